"""Exchange with 县财政局: plan lines and appropriations out, payments in, one by its number of the treasury."""

import json
from decimal import Decimal

import pytest

from xianzhi.apps.power_access.queries.money import money_of
from xianzhi.apps.power_access.tests import exchange, walk
from xianzhi.apps.power_access.tests.exchange import System, said
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock
from xianzhi.kernel.exchange import choices, inbox
from xianzhi.kernel.exchange.contracts import NotTaken
from xianzhi.kernel.models import Case, Inbound, Outbound

DAY = walk.APPLIED


@pytest.fixture
def treasury(jiangxian: None) -> System:
    return exchange.treasury()


def pay(system: System, case: Case, number: str = "示例支〔2025〕1号", **changed: object) -> object:
    given = {"project": case.root.number, "amount": "120000.00", "account": walk.ACCOUNT, "paid_on": "2025-03-03"}
    return system.give("payment", treasury_number=number, **(given | changed))


@pytest.mark.proves("power-3-1-3")
def test_the_lines_of_a_plan_go_to_finance_with_each_consent(treasury: System) -> None:
    case = walk.listed()
    body = json.loads(Outbound.objects.get(kind="power.plan_lines").body)
    assert (body["year"], body["version"], body["total"]) == (2025, 1, "500000.00")
    assert body["lines"] == [
        {"number": 1, "name": case.title, "project": case.root.number, "amount": "500000.00"}
    ]  # fmt: skip


@pytest.mark.proves("power-3-2-2-4-1")
def test_an_appropriation_goes_out_with_its_number_line_and_sources(treasury: System) -> None:
    case = walk.funded()
    message = Outbound.objects.get(kind="power.appropriation")
    body = json.loads(message.body)
    assert (body["treasury_number"], body["amount"], body["line"]) == ("示例库〔2025〕1号", walk.BUDGET, 1)
    assert sum(Decimal(one["amount"]) for one in body["sources"]) == Decimal(walk.BUDGET)
    assert message.event.case == case


@pytest.mark.proves("power-3-2-2-4-2")
def test_a_payment_is_booked_once_by_its_number(treasury: System) -> None:
    case = walk.funded()
    first = pay(treasury, case)
    assert said(first)["result"] == "applied", said(first)
    assert pay(treasury, case).receipt == first.receipt
    assert money_of(case).paid == Decimal("120000.00")
    event = case.events.get(step_name="pay")
    assert (event.by, event.by_post) == (treasury.partner.account, "finance.treasury")


def test_a_payment_that_was_typed_already_is_confirmed(treasury: System) -> None:
    case = walk.funded()
    walk.take(case, "pay", "energy.settle", DAY, **walk.payment("120000.00", "示例支〔2025〕1号"))
    assert said(pay(treasury, case))["reasons"] == ["已按此流水号记账，相符"]
    other = pay(treasury, case, version=2, amount="99.00")
    assert other.status == 422
    assert "金额不同" in said(other)["reasons"][0]
    assert money_of(case).paid == Decimal("120000.00")


def test_a_payment_that_fits_no_project_is_listed_until_it_does(treasury: System) -> None:
    case = walk.listed()
    early = pay(treasury, case)
    assert (early.status, said(early)["result"]) == (202, "waiting")
    nowhere = pay(treasury, case, "示例支〔2025〕9号", project="绛电接〔2025〕9999")
    assert nowhere.status == 404
    assert "对不上账" in said(nowhere)["reasons"][0]
    walk.take(case, "fund", "finance.fund", DAY, **walk.funding())
    with clock.at(DAY):
        assert inbox.apply_waiting() == 1
    assert money_of(case).paid == Decimal("120000.00")
    assert Inbound.objects.get(state="waiting").key == "示例支〔2025〕9号"


@pytest.mark.proves("power-3-2-2-4-2")
@pytest.mark.parametrize(("which", "paid"), [(choices.OURS, "120000.00"), (choices.THEIRS, "240000.00")])
def test_two_numbers_with_one_sum_and_day_are_asked_about(treasury: System, which: str, paid: str) -> None:
    case = walk.funded()
    pay(treasury, case)
    second = pay(treasury, case, "示例支〔2025〕2号")
    assert (second.status, "一笔还是两笔" in said(second)["reasons"][0]) == (409, True)
    message = Inbound.objects.get(state="conflict")
    assert message.differs[0]["ours"] == "示例支〔2025〕1号"
    with clock.at(DAY):
        with pytest.raises(NotTaken, match="没有写理由"):
            choices.choose(message, which, by=official("energy.settle"), why=" ")
        choices.choose(message, which, by=official("energy.settle"), why="两张发票")
    assert money_of(case).paid == Decimal(paid)


def test_a_payment_beyond_the_balance_is_refused_by_the_rule_of_the_page(treasury: System) -> None:
    case = walk.funded()
    reply = pay(treasury, case, amount="386000.01")
    assert reply.status == 422
    assert "余额 386,000.00 元" in said(reply)["reasons"][0]
    assert money_of(case).paid == 0
