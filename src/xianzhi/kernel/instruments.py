"""The published documents of the county as one list, whether read in, registered, or both; and what is in force."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xianzhi.kernel import registry
from xianzhi.kernel.models import Edition, PublishedInstrument
from xianzhi.law.force import Force, Terms, in_force, last_day
from xianzhi.law.parameters import NoValue
from xianzhi.law.register import Instrument

TRIAL_YEARS = "law.trial_years"
SYSTEM = "系统规则"
"""The kind of registers that are no document of the county."""


@dataclass(frozen=True, slots=True)
class Known:
    """A document of the county: from its register, from its text, or from both."""

    name: str
    number: str
    title: str
    short: str
    issuer: str
    kind: str
    dated_on: date | None
    terms: Terms
    registered: bool
    record: PublishedInstrument | None


def known() -> list[Known]:
    """Every document of the county, the earliest first."""
    records = {one.name: one for one in PublishedInstrument.objects.prefetch_related("changes")}
    found = [
        _registered(name, records.get(name))
        for name, register in registry.registers.items()
        if register.instrument.kind != SYSTEM
    ]
    found += [_published(one) for name, one in records.items() if name not in registry.registers]
    return sorted(found, key=lambda one: (one.dated_on or date.max, one.name))


def one(name: str) -> Known | None:
    record = PublishedInstrument.objects.prefetch_related("changes").filter(name=name).first()
    if name in registry.registers:
        return _registered(name, record)
    return _published(record) if record else None


def _registered(name: str, record: PublishedInstrument | None) -> Known:
    of = registry.registers[name].instrument
    kind = record.kind if record else of.kind
    terms = record.terms if record else of.terms
    return Known(name, of.number, of.title, of.short, of.issuer, kind, of.issued, terms, True, record)


def _published(of: PublishedInstrument) -> Known:
    issuer = "、".join(of.issuers)
    return Known(of.name, of.number, of.title, of.short, issuer, of.kind, of.dated_on, of.terms, False, of)


def record_of(name: str) -> PublishedInstrument:
    """The record of a document; one that is known by its register only gets it here. Raises KeyError."""
    record = PublishedInstrument.objects.filter(name=name).first()
    return record or PublishedInstrument.objects.create(name=name, **_facts(registry.registers[name].instrument))


def _facts(of: Instrument) -> dict[str, Any]:
    """What a register says of its document, as its record holds it."""
    terms = of.terms
    return {
        "number": of.number, "title": of.title, "short": of.short, "issuers": [of.issuer], "kind": of.kind,
        "dated_on": of.issued, "effect": terms.effect, "effective_on": terms.effective, "until": terms.until,
        "trial": terms.trial, "tasks_until": terms.tasks_until,
    }  # fmt: skip


def trial_years(on: date) -> int | None:
    """How long a trial lasts that states no end, by the county's own rule; None where it has none."""
    try:
        return registry.parameters().get(TRIAL_YEARS, on=on).as_int()
    except NoValue:
        return None


def standing(name: str, on: date) -> Force:
    """Where an instrument stands on a day. Raises LookupError for an unknown one."""
    found = one(name)
    if found is None:
        raise LookupError(name)
    return in_force(found.terms, on, trial_years=trial_years(on))


def standings(on: date) -> Iterator[tuple[Known, Force]]:
    """Every document with where it stands on a day."""
    years = trial_years(on)
    for found in known():
        yield found, in_force(found.terms, on, trial_years=years)


def expiring(on: date, within: timedelta) -> Iterator[tuple[Known, date]]:
    """Documents in force on a day whose last day comes within a time, the first to end first."""
    years = trial_years(on)
    ending = []
    for found, force in standings(on):
        last = last_day(found.terms, years)
        if force.live and last is not None and last - on <= within:
            ending.append((found, last))
    yield from sorted(ending, key=lambda one: one[1])


def current_edition(name: str) -> Edition | None:
    """The newest edition of an instrument's text."""
    return Edition.objects.filter(instrument__name=name).select_related("instrument", "by").order_by("-number").first()


def numbers() -> Mapping[str, str]:
    """The name of each document by its number, to link what cites it."""
    return {one.number: one.name for one in known() if one.number}
