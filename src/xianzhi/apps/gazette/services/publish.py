"""Putting a signed document to use: its text, where our registers' provisions stand in it, and its obligations."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from xianzhi.apps.gazette.models import Kind, Reading
from xianzhi.apps.gazette.procedures import Reading as Procedure
from xianzhi.apps.gazette.services import places, review
from xianzhi.apps.gazette.services.organs import Organs
from xianzhi.apps.gazette.services.registers import register_of
from xianzhi.apps.gazette.services.review import Decided
from xianzhi.kernel import door, registry
from xianzhi.kernel.models import Case, Clause, Edition, Event, Obligation, PublishedInstrument, Unit, Wording
from xianzhi.law.register import Register

_WHAT = Obligation._meta.get_field("what").max_length or 200
_CLAUSE_FIELDS = ("eid", "above", "role", "level", "marker", "heading", "text", "runs")
CORRECTED = "读法更正"


@dataclass(frozen=True, slots=True)
class _Order:
    """One obligation as it is to stand."""

    provision: str
    unit: str | None
    what: str
    due: date | None
    due_text: str
    proposed: bool


@registry.effect(Procedure.publish)
def publish(event: Event, attempt: door.Attempt) -> None:
    """The text becomes the instrument's next edition; its tasks become obligations, those of the last edition that it
    no longer holds end. [gazette-3-1, gazette-3-2]"""
    reading = attempt.case.reading
    stands = review.decided(reading)
    heads = {one.item.key.removeprefix("head-"): one.value["value"] for one in stands if one.item.kind == Kind.HEAD}
    instrument = _instrument(attempt.case, reading, heads, attempt.data.get("published_on"))
    edition = _edition(instrument, reading, event, attempt)
    clauses = list(edition.clauses.order_by("order"))
    wordings = _wordings(registry.registers.get(instrument.name), reading.clauses, clauses)
    _order(instrument, list(_orders(instrument, stands, clauses, wordings)), attempt.on)


@registry.effect(Procedure.correct)
def reopen(event: Event, attempt: door.Attempt) -> None:
    """A correction is a review of its own; what was decided before stands until it is decided anew."""
    reading = attempt.case.reading
    reading.round += 1
    reading.save(update_fields=["round"])


# ---- the text -------------------------------------------------------------------------------------------------------


def _instrument(case: Case, reading: Reading, heads: dict[str, Any], published: date | None) -> PublishedInstrument:
    register = register_of(heads["doc_number"], heads["title"], heads["date"])
    effect = heads["effect"]
    facts = {
        "number": heads["doc_number"] or "", "title": heads["title"], "issuers": reading.found["issuers"],
        "short": register.instrument.short if register else heads["title"][:120], "kind": heads["kind"],
        "form": reading.found["doc_type"] or "", "addressees": heads["addressees"] or "",
        "publicity": reading.found["disclosure"] or "", "annexes": reading.found["attachments"],
        "dated_on": date.fromisoformat(heads["date"]), "effect": effect["effect"],
        "effective_on": effect["effective"], "until": effect["until"], "years": effect["years"],
        "trial": effect["trial"], "case": case,
    }  # fmt: skip
    if register and register.instrument.tasks_until:
        facts["tasks_until"] = register.instrument.tasks_until
    if published:
        facts["published_on"] = published
    name = register.instrument.id if register else f"doc-{case.pk}"
    standing = PublishedInstrument.objects.filter(case=case).first()
    found, _made = PublishedInstrument.objects.update_or_create(
        name=standing.name if standing else name, defaults=facts
    )
    return found


def _edition(instrument: PublishedInstrument, reading: Reading, event: Event, attempt: door.Attempt) -> Edition:
    number = instrument.editions.count() + 1
    edition = Edition.objects.create(
        instrument=instrument, number=number, on=attempt.on, digest=review.digest(reading), by=event.by,
        reason=_reason(attempt.case) if number > 1 else "首次读入", source_sha256=reading.file.sha256,
        source_name=reading.file.name, references=reading.found["references"],
    )  # fmt: skip
    Clause.objects.bulk_create(
        Clause(edition=edition, order=order, **{name: one[name] for name in _CLAUSE_FIELDS})
        for order, one in enumerate(reading.clauses)
    )
    return edition


def _reason(case: Case) -> str:
    last = case.events.filter(step_name="correct").order_by("-seq").values_list("data", flat=True).first() or {}
    return f"{CORRECTED}：{last.get('reason', '')}"[:200]


def _wordings(register: Register | None, read: places.Clauses, clauses: list[Clause]) -> list[Wording]:
    if register is None:
        return []
    found = places.locate(register.values(), read)
    made = [Wording(clause=clauses[one.clause], provision=one.provision, start=one.start, end=one.end) for one in found]
    return Wording.objects.bulk_create(made)


# ---- its obligations -----------------------------------------------------------------------------------------------


def _orders(
    instrument: PublishedInstrument, stands: Iterable[Decided], clauses: list[Clause], wordings: list[Wording]
) -> Iterator[_Order]:
    """The obligations of what stands, each at the provision of our register or else at its clause."""
    kept = list(stands)
    named = {one.value["name"]: one.value["units"] if one.kept else [] for one in kept if one.item.kind == Kind.UNIT}
    known = set(Unit.objects.values_list("code", flat=True))
    organs = Organs()
    at = places.Stretches((*places.span_of(one.clause.runs, one.start, one.end), one.provision) for one in wordings)
    for one in kept:
        if one.item.kind == Kind.TASK and one.kept:
            units, proposed = _units(one.value, named, organs)
            due = date.fromisoformat(one.value["due"]) if one.value["due"] else None
            what = one.value["what"] if len(one.value["what"]) <= _WHAT else one.value["what"][: _WHAT - 1] + "…"
            provision = at.at(one.item.start, one.item.end) or _clause_at(instrument.name, clauses, one.item.start)
            named_here: list[str | None] = [code for code in units if code in known]
            for unit in named_here or [None]:
                yield _Order(provision, unit, what, due, one.value["due_text"][:80], proposed and unit is not None)


def _units(value: dict[str, Any], named: dict[str, list[str]], organs: Organs) -> tuple[list[str], bool]:
    """The units that a task is for, and whether they are only proposed."""
    if chosen := value.get("unit_codes"):
        return chosen, True
    for names, proposed in ((value["units"], False), (value["proposed"], True)):
        codes = [code for name in names for code in named.get(name, organs.meant(name).codes)]
        if codes:
            return list(dict.fromkeys(codes)), proposed
    return [], False


def _clause_at(name: str, clauses: list[Clause], place: int) -> str:
    """A place that no register knows is cited by its clause: doc-12#sec_1__para_2."""
    found = (one.eid for one in clauses if one.runs and one.runs[0][0] <= place < one.runs[-1][1])
    return f"{name}#{next(found, '')}"[:60]


def _order(instrument: PublishedInstrument, orders: list[_Order], on: date) -> None:
    """Brings the obligations of a document to what it now says: new ones are added, those gone end, none is deleted."""
    units = dict(Unit.objects.values_list("code", "pk"))
    wanted = {(one.provision, units.get(one.unit or ""), one.what): one for one in orders}
    own = (f"{instrument.name}#", f"{instrument.name}-")
    standing = {
        (one.provision, one.unit_id, one.what): one
        for one in Obligation.objects.filter(case=None)
        if one.provision.startswith(own)
    }
    fresh = [
        Obligation(
            provision=provision,
            unit_id=unit,
            what=what,
            due_on=one.due,
            due_text=one.due_text,
            proposed=one.proposed,
            instrument=instrument,
        )
        for (provision, unit, what), one in wanted.items()
        if (provision, unit, what) not in standing
    ]
    Obligation.objects.bulk_create(fresh)
    for key, one in standing.items():
        if one.instrument_id != instrument.pk:
            continue  # made by a service of its own
        again = wanted.get(key)
        changed = (again.due if again else one.due_on, None if again else one.ended_on or on)
        if (one.due_on, one.ended_on) != changed:
            one.due_on, one.ended_on = changed
            one.save(update_fields=["due_on", "ended_on"])
