"""The language is what somebody chose: kept with the account, for visitors in the cookie of the look."""

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.kernel.pages.preferences import COOKIE, Preferences
from xianzhi.kernel.tests.sample import People

pytestmark = pytest.mark.django_db


def test_the_choice_is_kept_with_the_account(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    client.post(reverse("preferences"), {"language": "en", "next": "/work"})
    assert people.fresh("clerk").language == "en"
    shown = client.get(reverse("work"))
    assert '<html lang="en"' in shown.content.decode() and shown["Content-Language"] == "en"
    client.post(reverse("preferences"), {"theme": "dark"})
    assert people.fresh("clerk").language == "en", "another choice leaves it as it was"


def test_a_visitor_keeps_it_in_a_cookie(client: Client) -> None:
    moved = client.post(reverse("preferences"), {"language": "en", "next": "/sign-in"})
    assert moved.cookies[COOKIE].value == "light..en"
    assert '<html lang="en"' in client.get(reverse("sign-in")).content.decode()
    client.post(reverse("preferences"), {"language": "zh-hans"})
    assert '<html lang="zh-CN"' in client.get(reverse("sign-in")).content.decode()


def test_what_the_browser_asks_for_is_not_heeded(client: Client) -> None:
    shown = client.get(reverse("sign-in"), headers={"accept-language": "en"})
    assert '<html lang="zh-CN"' in shown.content.decode()


@pytest.mark.parametrize("text", ["light..fr", "light..en.more", "....", "x.y.z", ""])
def test_an_odd_cookie_is_read_as_far_as_it_makes_sense(text: str) -> None:
    read = Preferences.read(text)
    assert (read.theme, read.large) == ("light", False)
    assert read.language == ("en" if ".en" in text else "zh-hans")


def test_the_choice_of_a_language_nobody_speaks_changes_nothing(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    client.post(reverse("preferences"), {"language": "fr"})
    assert people.fresh("clerk").language == "zh-hans"
