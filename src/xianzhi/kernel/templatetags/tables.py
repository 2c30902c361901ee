"""Links by which a list goes out."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse

from xianzhi.kernel.pages import words
from xianzhi.kernel.tables.declare import listings
from xianzhi.kernel.tables.export import FORMATS

register = template.Library()


@register.inclusion_tag("kernel/parts/export.html", takes_context=True)
def export(context: Mapping[str, Any], name: str, **narrowed: Any) -> dict[str, Any]:
    """Links to the list of a page as Excel and CSV, narrowed as the page is, or by what is named."""
    request, one = context["request"], listings.get(name)
    if one is None or not (one.public or one.admits(request.user)):
        return {"links": []}
    sent = {key: value for key, value in request.GET.items() if key not in ("page", "before")}
    chosen = words.query({**sent, **narrowed}).removesuffix("?")
    route = "open-listing" if one.public else "listing"
    return {"links": [(zh, f"{reverse(route, args=[name, form])}{chosen}") for form, zh in FORMATS.items()]}


@register.inclusion_tag("kernel/parts/exports.html", takes_context=True)
def exports(context: Mapping[str, Any], service: str) -> dict[str, Any]:
    """All lists of a service that whoever looks may take out."""
    account = context["request"].user
    kept = [one for one in listings.values() if one.name.startswith(f"{service}.")]
    return {"request": context["request"], "lists": [one for one in kept if one.public or one.admits(account)]}
