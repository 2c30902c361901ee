"""依据: the instruments, their provisions, what carries each out, and the values that they give over time."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, coverage, registry, scope
from xianzhi.kernel import instruments as documents
from xianzhi.kernel.coverage import CARRIED, CONTEXT, DONE, OPEN, PAPER, PARAMETER, STEP, Covered
from xianzhi.kernel.models import Edition, Wording
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.procedures import ParameterChange
from xianzhi.law.numerals import to_chinese
from xianzhi.law.parameters import DOCUMENT, STANDINGS, UNITS, Dated, NoValue, Parameter
from xianzhi.law.place import PREAMBLE
from xianzhi.law.register import KINDS, Instrument, Provision

SHOWN_AS = {DONE: "ok", CARRIED: "near", OPEN: "over", CONTEXT: "idle"}
"""The mark of each status of coverage."""
_MARGIN_LEVELS = 2
"""How deep a place goes into the margin: 三（二）, 第十一条第四项; the rest stands beside it."""


class ProvisionPath:
    """`power/power-2-1-3` in an address, `power-2-1-3` in code: the instrument makes the address easy to guess."""

    regex = "[a-z][a-z0-9_-]*/[a-z][a-z0-9-]*"

    def to_python(self, value: str) -> str:
        instrument, _slash, provision = value.partition("/")
        if not provision.startswith(f"{instrument}-"):
            raise ValueError
        return provision

    def to_url(self, value: str) -> str:
        if value not in registry.provisions:
            raise ValueError(f"没有条款 {value}")
        return f"{registry.provisions[value].instrument.id}/{value}"


def provision_url(provision: str) -> str:
    """The address of a provision's page; empty for an id that no register has."""
    return reverse("provision", args=[provision]) if provision in registry.provisions else ""


@dataclass(frozen=True, slots=True)
class Carried:
    """One line of what carries a provision out: 规则, 步骤 … with the names of one kind, each with its link if any."""

    kind: str
    names: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Span:
    """One dated value as it is shown: from when, how it stands, and where it comes from."""

    words: str
    since: date
    is_: str
    """now, idle (still to come) or past."""
    standing: str
    basis: str
    cites: str
    """The provision cited, where it is another than the one above it."""


@dataclass(frozen=True, slots=True)
class Values:
    """A parameter over time."""

    parameter: Parameter
    spans: tuple[Span, ...]
    proposal: str
    """Where a new value is proposed; empty for whoever may not."""


@dataclass(frozen=True, slots=True)
class Row:
    """A provision as the list shows it. `margin` is empty where the one above has the same."""

    covered: Covered
    margin: str
    carried: tuple[Carried, ...]
    values: tuple[Values, ...]

    @property
    def provision(self) -> Provision:
        return self.covered.provision

    @property
    def kind(self) -> str:
        return KINDS[self.provision.kind]

    @property
    def who(self) -> str:
        return "、".join(self.provision.who)

    @property
    def mark(self) -> str:
        return SHOWN_AS[self.covered.status]


@dataclass(frozen=True, slots=True)
class Part:
    """A part or chapter of an instrument."""

    id: str
    title: str
    short: str
    rows: tuple[Row, ...]


@page(PUBLIC)
def instruments(request: HttpRequest) -> HttpResponse:
    """Every instrument of this installation, with how far it is carried out."""
    texts = set(Edition.objects.values_list("instrument__name", flat=True))
    standings = {known.name: (known, force) for known, force in documents.standings(clock.today())}
    rows = [{**overview(name), "has_text": name in texts} for name in registry.registers]
    alone = [found for name, found in standings.items() if name not in registry.registers]
    context = {"rows": rows, "alone": alone, "legend": legend(), "procedures": procedures_by_service()}
    return render(request, "kernel/law.html", context)


@page(PUBLIC)
def instrument(request: HttpRequest, name: str) -> HttpResponse:
    if name not in registry.registers:
        if documents.current_edition(name):
            return redirect("text", name)
        raise Http404(_("没有编号为 {name} 的文件").format(name=name))
    found = registry.registers[name].instrument
    only_open, with_values = "open" in request.GET, "plain" not in request.GET
    covered = coverage.of(name)
    rows = [row_of(one, request.user, with_values=with_values) for one in covered]
    chosen = [row for row in rows if not only_open or row.covered.status in (OPEN, CARRIED)]
    return render(
        request,
        "kernel/law_instrument.html",
        {
            "instrument": found,
            "standing": standing(found),
            "edition": documents.current_edition(name),
            "above": above(found),
            "ending": ending(found),
            "parts": parts_of(found, rows),
            "shown": parts_of(found, chosen),
            "only_open": only_open,
            "with_values": with_values,
            "count": len(covered),
            "counts": legend(coverage.counts(covered)),
            "done": coverage.counts(covered)[DONE],
            "open": [row for row in rows if row.covered.status == OPEN],
            "procedures": [one for one in registry.procedures.values() if _cites(one, name)],
            "may_propose": may_propose(request.user),
        },
    )


@page(PUBLIC)
def provision(request: HttpRequest, provision_id: str) -> HttpResponse:
    if provision_id not in registry.provisions:
        raise Http404(_("没有编号为 {name} 的条款").format(name=provision_id))
    row = row_of(coverage.one(provision_id), request.user)
    register = registry.registers[row.provision.instrument.id]
    order = list(register)
    at = order.index(provision_id)
    return render(
        request,
        "kernel/law_provision.html",
        {
            "row": row,
            "provision": row.provision,
            "instrument": row.provision.instrument,
            "standing": standing(row.provision.instrument),
            "status": coverage.STATUSES[row.covered.status],
            "before": register[order[at - 1]] if at else None,
            "after": register[order[at + 1]] if at + 1 < len(order) else None,
            "wording": wording_of(provision_id),
        },
    )


def wording_of(provision_id: str) -> Wording | None:
    """Where the newest text of its document has a provision, if the text was read in."""
    rows = Wording.objects.filter(provision=provision_id).select_related("clause__edition__instrument")
    return rows.order_by("-clause__edition__number").first()


# ---- the instrument --------------------------------------------------------------------------------------------------


def overview(name: str) -> dict[str, Any]:
    """One line of the list of instruments."""
    covered = coverage.of(name)
    found = registry.registers[name].instrument
    counts = coverage.counts(covered)
    cells = [(SHOWN_AS[one.status], one.provision) for one in covered]
    return {"instrument": found, "standing": standing(found), "counts": counts, "all": len(covered), "cells": cells}


def standing(of: Instrument) -> tuple[str, str]:
    """The mark and the word for where an instrument stands today."""
    found = documents.standing(of.id, clock.today())
    return found.mark, _(found.words)


def above(of: Instrument) -> list[tuple[str, str]]:
    """The higher documents that it names: (number, address); without an address where it is not registered here."""
    known = {register.instrument.number: name for name, register in registry.registers.items()}
    return [(number, reverse("instrument", args=[known[number]]) if number in known else "") for number in of.rests_on]


@dataclass(frozen=True, slots=True)
class Ending:
    """That an instrument ends soon or has ended, and when it was to be said."""

    is_: str
    left: int
    until: date
    warned: date | None


def ending(of: Instrument) -> Ending | None:
    """The warning before an instrument's last day. How long before is the parameter `<instrument>.warning.…`."""
    if of.until is None:
        return None
    today = clock.today()
    left = (of.until - today).days
    if left < 0:
        return Ending("over", left, of.until, None)
    leads = [lead for lead in _warnings(of.id, today) if left <= lead]
    return Ending("near", left, of.until, of.until - timedelta(days=max(leads))) if leads else None


def _warnings(name: str, today: date) -> Iterator[int]:
    parameters = registry.parameters()
    for one in parameters.values():
        if one.name.startswith(f"{name}.warning.") and one.unit == "day":
            try:
                yield parameters.get(one.name, on=today).as_int()
            except NoValue:
                continue


def parts_of(of: Instrument, rows: Iterable[Row]) -> list[Part]:
    """The provisions by part or chapter, in the order of the document."""
    grouped: dict[Any, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row.provision.place.heading, []).append(row)
    return [_part(of, number, found) for number, found in grouped.items()]


def _part(of: Instrument, number: Any, rows: list[Row]) -> Part:
    heading = (of.headings or {}).get(number, "")
    if number is None:
        title = short = _("条文")
    elif number == 0:
        title = short = PREAMBLE
    elif rows[0].provision.place.get("chapter") is not None:
        title, short = f"第{to_chinese(number)}章　{heading}", heading or f"第{to_chinese(number)}章"
    else:
        title, short = f"{to_chinese(number)}、{heading}".rstrip("、"), to_chinese(number)
    return Part(f"part-{number if number is not None else 'all'}", title, short, tuple(_margins(rows)))


def _margins(rows: list[Row]) -> Iterator[Row]:
    before = ""
    for row in rows:
        margin = row.margin
        yield row if margin != before else Row(row.covered, "", row.carried, row.values)
        before = margin


def _cites(procedure: Any, name: str) -> bool:
    return any(cited.startswith(f"{name}-") for step in procedure.steps.values() for cited in step.cites)


def legend(counts: Mapping[str, int] | None = None) -> list[tuple[str, str, int]]:
    """(mark, word, how many) of every status."""
    return [(SHOWN_AS[status], word, (counts or {}).get(status, 0)) for status, word in coverage.STATUSES.items()]


def procedures_by_service() -> list[tuple[str, list[Any]]]:
    """The procedures under the Chinese name of their service."""
    found: dict[str, list[Any]] = {}
    for procedure in registry.procedures.values():
        found.setdefault(words.service(procedure.app), []).append(procedure)
    return list(found.items())


# ---- one provision ---------------------------------------------------------------------------------------------------


def row_of(covered: Covered, account: Any, *, with_values: bool = True) -> Row:
    place = covered.provision.place
    margin = type(place)(place.levels[:_MARGIN_LEVELS]).short()
    shown = tuple(values_of(covered, account)) if with_values else ()
    return Row(covered, margin, tuple(carried_by(covered)), shown)


def carried_by(covered: Covered) -> Iterator[Carried]:
    """What carries a provision out, by kind."""
    kinds: dict[str, dict[str, str]] = {}
    for carrier in covered.carriers:
        kinds.setdefault(carrier.kind, {}).setdefault(carrier.name, _address(carrier))
    for kind, names in kinds.items():
        yield Carried(kind, tuple(names.items()))


def _address(carrier: coverage.Carrier) -> str:
    if carrier.kind not in (STEP, PAPER):
        return ""
    procedure, _dot, step = carrier.ref.rpartition(".")
    try:
        return f"{reverse('procedure', args=[procedure])}#{step}"
    except NoReverseMatch:
        return ""


def values_of(covered: Covered, account: Any) -> Iterator[Values]:
    """The parameters of which some value cites the provision, each with all its values over time."""
    allowed = may_propose(account)
    for carrier in covered.carriers:
        if carrier.kind == PARAMETER:
            parameter = registry.parameters()[carrier.ref]
            spans = tuple(spans_of(parameter, covered.provision.id))
            yield Values(parameter, spans, reverse("propose", args=[parameter.name]) if allowed else "")


def spans_of(parameter: Parameter, under: str = "") -> Iterator[Span]:
    """A parameter's values, the earliest first, the one in force today marked."""
    today = clock.today()
    now = max((dated.since for dated in parameter.values if dated.since <= today), default=None)
    for dated in parameter.values:
        is_ = "now" if dated.since == now else "idle" if dated.since > today else "past"
        standing_word = "" if dated.standing == DOCUMENT else STANDINGS[dated.standing]
        cites = dated.cites if dated.cites != under else ""
        yield Span(value_words(parameter, dated), dated.since, is_, standing_word, dated.basis, cites)


def value_words(parameter: Parameter, dated: Dated) -> str:
    """160 千瓦, 2027年3月13日, or that the parameter has no value any more."""
    if dated.value is None:
        return _("不再有值")
    if isinstance(dated.value, date):
        return words.full_day(dated.value).split(" ")[0]
    return str(dated.value) if isinstance(dated.value, str) else words.figure(dated.value, UNITS[parameter.unit])


def may_propose(account: Any) -> bool:
    """Whether an account holds the post that proposes values."""
    return any(post.key in ParameterChange.propose.by for post in scope.posts_of(account))
