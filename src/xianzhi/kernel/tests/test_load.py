"""The county pack in the database: complete, again and again the same, and nothing is ever deleted."""

from datetime import date

import pytest

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Unit, UnitFunction

pytestmark = pytest.mark.django_db


def test_units_villages_and_functions_are_loaded() -> None:
    summary = load_county()
    assert summary.added == summary.units == Unit.objects.count() == len(county().units["units"]) + 145
    bureau = Unit.objects.get(code="approval-bureau")
    assert (bureau.division, bureau.reach, bureau.parent.code) == ("140826000000", "140826", "government")
    assert [held.function for held in bureau.functions.all()] == ["approval"]
    village = Unit.objects.filter(kind="village").first()
    assert village.parent.kind == "township" and village.division.startswith(village.parent.reach)


def test_a_second_load_changes_nothing() -> None:
    load_county()
    before = list(Unit.objects.values_list("code", "parent_id", "name"))
    again = load_county()
    assert (again.added, again.changed, again.functions_given, again.functions_ended) == (0, 0, 0, 0)
    assert list(Unit.objects.values_list("code", "parent_id", "name")) == before


def test_a_function_that_leaves_the_pack_ends_and_its_row_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    load_county()
    moved = {
        **county().units,
        "units": [{**unit, "functions": moved_functions(unit)} for unit in county().units["units"]],
    }
    monkeypatch.setitem(county().__dict__, "units", moved)
    with clock.at(date(2025, 5, 6)):
        summary = load_county()
    assert (summary.functions_given, summary.functions_ended) == (1, 1)
    rows = {row.unit.code: (row.since, row.until) for row in UnitFunction.objects.filter(function="approval")}
    assert rows == {
        "approval-bureau": (date(2024, 1, 1), date(2025, 5, 6)),
        "energy-bureau": (date(2025, 5, 6), None),
    }
    with clock.at(date(2026, 1, 1)):
        assert load_county().functions_ended == 0, "an end that has passed is not moved"


def test_a_renamed_unit_keeps_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    load_county()
    before = Unit.objects.get(code="energy-bureau").pk
    renamed = {"energy-bureau": {"name": "县能源中心"}}
    units = [{**unit, **renamed.get(unit["code"], {})} for unit in county().units["units"]]
    monkeypatch.setitem(county().__dict__, "units", {**county().units, "units": units})
    assert load_county().changed == 1
    assert Unit.objects.get(pk=before).name == "县能源中心"


def moved_functions(unit: dict) -> list:
    """The approval function has moved from its bureau to the energy bureau."""
    if unit["code"] == "approval-bureau":
        return []
    moved = [{"function": "approval", "from": date(2025, 5, 6)}] if unit["code"] == "energy-bureau" else []
    return [*unit.get("functions", ()), *moved]
