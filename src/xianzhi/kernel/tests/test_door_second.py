"""Two who take one step: the second hears from the guards what came of the first."""

from datetime import date

import pytest

from xianzhi.kernel import clock
from xianzhi.kernel.tests.evidence import refusal, texts
from xianzhi.kernel.tests.sample import advance, draft


@pytest.fixture(autouse=True)
def _today():
    with clock.at(date(2025, 6, 11)):
        yield


def test_a_step_taken_before_is_also_judged_by_its_guards(people):
    case = draft(people)
    advance(people, case, "pay_deposit")
    refused = refusal(case, "pay_deposit", by=people.cashier, data={"amount": "1.00"})
    assert "本件现为“已缴款”" in texts(refused)
    assert "保证金数额" in texts(refused)


def test_a_step_not_yet_due_is_not_judged(people):
    case = draft(people)
    advance(people, case, "accept")
    refused = refusal(case, "pay_deposit", by=people.cashier, data={"amount": "1.00"})
    assert "保证金数额" not in texts(refused)
