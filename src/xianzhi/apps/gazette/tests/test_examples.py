"""The worked examples of the rules of reading, each a test of its own."""

from pathlib import Path

import pytest

from xianzhi.apps.gazette import rules
from xianzhi.law import examples
from xianzhi.law.parameters import Parameters, read_parameters
from xianzhi.law.register import read_register
from xianzhi.law.timing import WorkingCalendar

HERE = Path(__file__).parent
EXAMPLES = examples.load(HERE / "examples.yaml")
REGISTER = read_register(HERE.parent / "provisions.yaml")


@pytest.mark.parametrize(
    "example", [pytest.param(one, id=str(one), marks=pytest.mark.proves(one.check)) for one in EXAMPLES]
)
def test_example(example: examples.Example) -> None:
    parameters = Parameters(read_parameters(HERE.parent / "parameters.yaml"))
    assert examples.run(example, rules, parameters, WorkingCalendar({})) == []


def test_every_example_carries_a_check_of_the_register_and_every_rule_has_one() -> None:
    assert {one.check for one in EXAMPLES} <= set(REGISTER)
    assert {one.when for one in EXAMPLES} == set(rules.NAMES)
