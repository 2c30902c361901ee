"""The worked examples of the register, each a test of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from xianzhi.apps.power_access import rules
from xianzhi.law import examples
from xianzhi.law.parameters import Parameters, read_parameters
from xianzhi.law.register import read_register
from xianzhi.law.source import read
from xianzhi.law.timing import WorkingCalendar

HERE = Path(__file__).parent
EXAMPLES = examples.load(HERE / "examples.yaml")
REGISTER = read_register(HERE.parent / "provisions.yaml")


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    return Parameters(read_parameters(HERE.parent / "parameters.yaml")).merged(read_parameters(HERE / "county.yaml"))


@pytest.fixture(scope="module")
def calendar() -> WorkingCalendar:
    data: Mapping = read(Path(examples.__file__).parent / "calendars" / "cn.yaml")
    return WorkingCalendar(data)


@pytest.mark.parametrize(
    "example", [pytest.param(one, id=str(one), marks=pytest.mark.proves(one.check)) for one in EXAMPLES]
)
def test_example(example: examples.Example, parameters: Parameters, calendar: WorkingCalendar) -> None:
    assert examples.run(example, rules, parameters, calendar) == []


def test_every_example_carries_a_check_of_the_register() -> None:
    assert {one.check for one in EXAMPLES} <= set(REGISTER)


def test_every_public_rule_has_an_example() -> None:
    named = {name for name in rules.__all__ if callable(getattr(rules, name)) and name.islower()}
    assert named == {one.when for one in EXAMPLES}
