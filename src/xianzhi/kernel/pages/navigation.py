"""The entries of the masthead. Services add theirs from their pages package, imported with their addresses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from xianzhi.kernel.pages.guard import Who


@dataclass(frozen=True, slots=True)
class Entry:
    """One place to go: shown to whoever `who` admits, the lowest `order` first. The label goes through gettext."""

    name: str
    label: str
    url_name: str
    who: Who
    order: int = 50
    count: Callable[[Any], int] | None = None
    """What stands red behind it for an account; shown beside the label where it is not 0."""


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a page shows it."""

    name: str
    label: str
    url: str
    here: bool
    count: int = 0


_entries: dict[str, Entry] = {}


def add(entry: Entry) -> None:
    """Adds an entry. Raises ValueError where another one has its name."""
    if _entries.setdefault(entry.name, entry) != entry:
        raise ValueError(f"栏目 {entry.name} 已有，请换一个名字")


def shown(request: HttpRequest) -> list[Shown]:
    """The entries for whoever asks; the one whose address begins the page's own is `here`."""
    kept = [one for one in sorted(_entries.values(), key=lambda one: one.order) if one.who.admits(request.user)]
    urls = {one.name: str(reverse(one.url_name)) for one in kept}
    here = max((url for url in urls.values() if request.path.startswith(url)), key=len, default="")
    return [
        Shown(one.name, one.label, urls[one.name], urls[one.name] == here, one.count(request.user) if one.count else 0)
        for one in kept
    ]


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that the public can do without an account, on the front page: a label, one sentence, an address."""

    name: str
    label: str
    sentence: str
    url_name: str
    order: int = 50

    @property
    def url(self) -> str:
        return str(reverse(self.url_name))


_offers: dict[str, Offer] = {}


def offer(one: Offer) -> None:
    """Adds an offer. Raises ValueError where another one has its name."""
    if _offers.setdefault(one.name, one) != one:
        raise ValueError(f"公众服务 {one.name} 已有，请换一个名字")


def offers() -> list[Offer]:
    return sorted(_offers.values(), key=lambda one: one.order)
