"""Loads the county pack's units, their functions and the village committees into the database.

It may be run as often as the pack changes. Nothing is deleted: cases and events point to units and posts. A function
that the pack no longer gives to a unit ends today; whoever held a post by it keeps the record of having held it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Unit, UnitFunction
from xianzhi.law.errors import Finding, LawError

_FIELDS = ("division", "name", "short", "aliases", "kind", "phone", "sample")


@dataclass(frozen=True, slots=True)
class Summary:
    """What a load did."""

    units: int
    added: int
    changed: int
    functions_given: int
    functions_ended: int

    def __str__(self) -> str:
        return (
            f"单位 {self.units} 个：新增 {self.added}，更新 {self.changed}；"
            f"职能：新增 {self.functions_given}，截止 {self.functions_ended}"
        )


@dataclass(frozen=True, slots=True)
class _Held:
    """A function as the pack gives it."""

    unit: str
    function: str
    since: date
    until: date | None


@transaction.atomic
def load_county() -> Summary:
    """Brings units and functions to what the pack says. Raises LawError when a unit names a parent that is none."""
    entries = {entry["code"]: entry for entry in (*_units(), *_villages())}
    standing = {unit.code: unit for unit in Unit.objects.all()}
    added = changed = 0
    for code, entry in entries.items():
        unit = standing.setdefault(code, Unit(code=code))
        if unit.pk is None or _differs(unit, entry):
            added, changed = added + (unit.pk is None), changed + (unit.pk is not None)
            for name in _FIELDS:
                setattr(unit, name, entry[name])
            unit.save()
    changed += sum(_put_under(standing, code, entry["parent"]) for code, entry in entries.items())
    given, ended = _functions(standing, entries)
    return Summary(len(entries), added, changed, given, ended)


def _units() -> Iterator[dict[str, Any]]:
    for unit in county().units["units"]:
        yield _entry(unit, code=str(unit["code"]), division=str(unit["division"]), parent=unit.get("parent"))


def _villages() -> Iterator[dict[str, Any]]:
    """A unit for each village of the division table, under the unit of its township or zone."""
    rule = county().units.get("villages")
    if not rule:
        return
    left_out = {str(code) for code in rule.get("except", ())}
    above = {
        str(unit["division"]): unit["code"] for unit in county().units["units"] if unit["kind"] in ("township", "zone")
    }
    for division in county().divisions.values():
        if division.level == rule["level"] and division.code not in left_out:
            yield _entry(
                {"name": division.name, "short": division.name, **rule},
                code=f"village-{division.code}", division=division.code, parent=above.get(division.parent),
            )  # fmt: skip


def _entry(block: Mapping[str, Any], *, code: str, division: str, parent: str | None) -> dict[str, Any]:
    return {
        "code": code,
        "division": division,
        "name": str(block["name"]),
        "short": str(block.get("short") or block["name"]),
        "aliases": [str(alias) for alias in block.get("aliases", ())],
        "kind": str(block["kind"]),
        "phone": str(block.get("phone") or ""),
        "sample": bool(block.get("sample", False)),
        "parent": parent,
        "functions": block.get("functions", ()),
    }


def _differs(unit: Unit, entry: Mapping[str, Any]) -> bool:
    return any(getattr(unit, name) != entry[name] for name in _FIELDS)


def _put_under(standing: Mapping[str, Unit], code: str, parent: str | None) -> bool:
    """Sets the parent; True when it was another before. A unit that is new counts as added, not as changed."""
    if parent and parent not in standing:
        raise LawError(Finding(f"单位 {code} 的上级 {parent} 不存在", "units.yaml", "改正 parent，或补上该单位"))
    unit, above = standing[code], standing[parent].pk if parent else None
    if unit.parent_id == above:
        return False
    fresh = unit.parent_id is None
    unit.parent_id = above
    unit.save(update_fields=["parent"])
    return not fresh


def _functions(standing: Mapping[str, Unit], entries: Mapping[str, Mapping[str, Any]]) -> tuple[int, int]:
    """Gives and ends functions; how many were given and how many ended."""
    wanted = {(held.unit, held.function, held.since): held for held in _held(entries)}
    rows = {(row.unit.code, row.function, row.since): row for row in UnitFunction.objects.select_related("unit")}
    new = [held for key, held in wanted.items() if key not in rows]
    UnitFunction.objects.bulk_create(
        UnitFunction(unit=standing[held.unit], function=held.function, since=held.since, until=held.until)
        for held in new
    )
    ended = 0
    for key, row in rows.items():
        until = wanted[key].until if key in wanted else _ending(row)
        if row.until != until:
            ended += until is not None
            row.until = until
            row.save(update_fields=["until"])
    return len(new), ended


def _ending(row: UnitFunction) -> date:
    """The end of a function that left the pack: today, or the end already set. One that begins today or later ends
    after its first day, for the row stays and its end must lie after its beginning."""
    today = clock.today()
    if row.until is not None and row.until <= today:
        return row.until
    return max(today, row.since + timedelta(days=1))


def _held(entries: Mapping[str, Mapping[str, Any]]) -> Iterator[_Held]:
    for code, entry in entries.items():
        for held in entry["functions"]:
            yield _Held(code, str(held["function"]), held["from"], held.get("until"))
