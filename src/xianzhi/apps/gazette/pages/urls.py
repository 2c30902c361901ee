"""Addresses of 公报; with them come its entries of the masthead."""

from typing import Any

prefix = "gazette/"
app_name = "gazette"
urlpatterns: list[Any] = []
