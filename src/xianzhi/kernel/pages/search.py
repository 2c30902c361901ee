"""查找: one box over cases, provisions, units and subjects, each as far as the account may see it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xianzhi.kernel import queries, registry, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Subject, Unit
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.personal.blind import normal
from xianzhi.kernel.personal.masks import PHONE
from xianzhi.kernel.search import matching
from xianzhi.law.errors import LawError
from xianzhi.law.place import parse_place
from xianzhi.law.register import Instrument, Provision

MOST = 20
"""How much of each kind is shown; the rest is reached by more words, or in the list of cases."""
_MOST_LOOKED_AT = 500
"""How many matching cases are asked for their subjects."""
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Found:
    """What one search found, and where it looked."""

    text: str
    cases: tuple[Case, ...]
    more_cases: str
    """How many there are, where not all are shown: 312 or 2000+."""
    instruments: tuple[Instrument, ...]
    provisions: tuple[Provision, ...]
    more_provisions: int
    units: tuple[Unit, ...]
    subjects: tuple[Subject, ...]
    looked: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        return not (self.cases or self.instruments or self.provisions or self.units or self.subjects)


@page(PUBLIC)
def search(request: HttpRequest) -> HttpResponse:
    text = " ".join(request.GET.get("q", "").split())[:_LONGEST]
    found = find(request.user, text) if text else None
    return render(request, "kernel/search.html", {"q": text, "found": found})


def find(account: Any, text: str) -> Found:
    """Everything that fits a text, for an account. Five queries at most, whatever the number of cases."""
    official = bool(account.is_authenticated and (scope.posts_of(account) or account.duty))
    cases: tuple[Case, ...] = ()
    more = ""
    looked = ["文件和条款"]
    if account.is_authenticated:
        listed = queries.find_cases(account, queries.Wanted(text=text))
        cases = listed.cases[:MOST]
        more = f"{listed.count}{'+' if listed.capped else ''}" if listed.count > MOST else ""
        looked.insert(0, "您能看到的办件（编号、名称、办事主体）")
    provisions = tuple(provisions_for(text))
    units: tuple[Unit, ...] = ()
    subjects: tuple[Subject, ...] = ()
    if official:
        units = tuple(units_for(text)[:MOST])
        subjects = tuple(subjects_for(account, text)[:MOST])
        looked += ["单位", "您能看到的办件的办事主体（名称，或完整的证件号码、信用代码、电话）"]
    return Found(
        text, cases, more, tuple(instruments_for(text)), provisions[:MOST], max(0, len(provisions) - MOST), units,
        subjects, tuple(looked),
    )  # fmt: skip


def instruments_for(text: str) -> Iterator[Instrument]:
    """The instruments whose number, title or issuer holds every word."""
    for register in registry.registers.values():
        one = register.instrument
        if _holds(text, one.number, one.title, one.short, one.id, one.issuer):
            yield one


def provisions_for(text: str) -> Iterator[Provision]:
    """The provisions with this id, at this place (三（二）2（4）), or with every word in their text, place or units.
    What begins with the place comes with it: 三（二） finds all of the section."""
    if text in registry.provisions:
        yield registry.provisions[text]
        return
    place = _place(text)
    for one in registry.provisions.values():
        if place is not None:
            if one.place.path[: len(place)] == place:
                yield one
        elif _holds(text, one.id, one.zh, one.place.full(), one.cited_short, *one.who, one.unclear):
            yield one


def _place(text: str) -> tuple[tuple[str, int | str], ...] | None:
    """The path of a place that somebody typed, with either kind of brackets."""
    try:
        return parse_place(text.replace("(", "（").replace(")", "）").replace(" ", "")).path
    except LawError:
        return None


def units_for(text: str) -> QuerySet[Unit]:
    """The units of this name, short name, alias or code."""
    known = [str(unit["code"]) for unit in county().units["units"] if _holds(text, *map(str, unit.get("aliases", ())))]
    return Unit.objects.filter(Q(name__icontains=text) | Q(short__icontains=text) | Q(code=text) | Q(code__in=known))


def subjects_for(account: Any, text: str) -> QuerySet[Subject]:
    """The subjects of visible cases, by a part of the name or by the whole code or telephone. A code alone shows nobody
    of whom the account sees no case."""
    seen = Case.objects.visible_to(account).order_by()
    by_name = matching(seen, text).filter(subject__name__icontains=text).values("subject_id")[:_MOST_LOOKED_AT]
    known = Q(code=text) | Q(phone=text) if normal(PHONE, text) else Q(code=text)
    by_code = known & Q(pk__in=seen.filter(subject__in=Subject.objects.filter(known)).values("subject_id"))
    return Subject.objects.filter(Q(pk__in=by_name) | by_code).order_by("name", "id")


def _holds(text: str, *places: str) -> bool:
    joined = "\n".join(places).lower()
    return all(word in joined for word in text.lower().split())
