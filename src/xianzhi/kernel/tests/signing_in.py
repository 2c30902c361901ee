"""What the tests of signing in share, beside the fixtures of conftest.py."""

from django.test import Client
from django.urls import reverse

PASSWORD = "蓝色的麦田-2024"
"""Of the fixture `clerk`."""


def signed_in(client: Client) -> bool:
    """Whether a browser sees what only somebody signed in sees."""
    return client.get(reverse("cases")).status_code == 200
