"""A parameter gains a value: proposed by one, approved by another, used from its day on."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account, Case, ParameterValue, Unit
from xianzhi.kernel.posts import appoint
from xianzhi.kernel.procedures import ParameterChange
from xianzhi.kernel.services import propose_value
from xianzhi.law.procedure import CLOCK

pytestmark = pytest.mark.django_db
NAME = "power.small.max_kw"
ENTERED = {
    "since": "2025-01-01", "value": "200", "cites": "power-6-3", "basis": "示例上级文件〔2024〕9号",
    "reason": "上级提高了上限",
}  # fmt: skip


@pytest.fixture
def proposer() -> Account:
    return official("proposer", "approval.parameters", "approval-bureau")


@pytest.fixture
def approver(proposer: Account) -> Account:
    return official("approver", "county_office.parameters", "county-office")


def official(name: str, post: str, unit: str) -> Account:
    if not Unit.objects.exists():
        load_county()
    account = Account.objects.create(username=name, name=name)
    appoint(account, post, Unit.objects.get(code=unit), since=date(2024, 1, 1))
    return account


def reasons(refused: pytest.ExceptionInfo[door.Refused]) -> str:
    return "；".join(reason.text for reason in refused.value.reasons)


@pytest.mark.proves("house-1-1", "house-1-3")
def test_an_approved_value_holds_from_its_day_and_not_before(
    proposer: Account, approver: Account, django_capture_on_commit_callbacks
) -> None:
    case = propose_value(NAME, ENTERED, by=proposer)
    assert case.division == county().code and case.title == "小微企业零投资的报装容量上限新增取值"
    assert registry.parameters().get(NAME, on=date(2025, 1, 1)).value == Decimal(160), "not before it is approved"
    with django_capture_on_commit_callbacks(execute=True):
        door.take_step(case, "approve", by=approver)
    assert registry.parameters().get(NAME, on=date(2024, 12, 31)).value == Decimal(160)
    found = registry.parameters().get(NAME, on=date(2025, 1, 1))
    assert (found.value, found.standing, found.basis, found.cites) == (
        Decimal(200), "override", "示例上级文件〔2024〕9号", "power-6-3",
    )  # fmt: skip


@pytest.mark.proves("house-1-2")
def test_the_database_refuses_every_change_of_a_value(proposer: Account, approver: Account) -> None:
    door.take_step(propose_value(NAME, ENTERED, by=proposer), "approve", by=approver)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ParameterValue.objects.update(value="999")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ParameterValue.objects.all().delete()


def test_nobody_approves_what_he_proposed(proposer: Account, approver: Account) -> None:
    appoint(proposer, "county_office.parameters", Unit.objects.get(code="county-office"), since=date(2024, 1, 1))
    case = propose_value(NAME, ENTERED, by=proposer)
    with pytest.raises(door.Refused) as refused:
        door.take_step(case, "approve", by=proposer)
    assert "您办理过“拟定取值”" in reasons(refused)
    assert not ParameterValue.objects.exists()


@pytest.mark.proves("house-1-2")
def test_what_is_not_approved_is_used_nowhere(proposer: Account, approver: Account) -> None:
    case = propose_value(NAME, ENTERED, by=proposer)
    door.take_step(case, "reject", by=approver, data={"reason": "文号有误"})
    assert case.closed_on and not ParameterValue.objects.exists()


@pytest.mark.proves("house-1-1")
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"since": "2024-03-13"}, "当日已有取值"),
        ({"since": "2019-01-01"}, "起始日期早于该参数的首个取值"),
        ({"value": "很多"}, "不是数"),
        ({"value": "-1"}, "是负数"),
        ({"value": "1e400"}, "太大"),
        ({"value": "9" * 81}, "取值太长，最多80个字"),
        ({"cites": "power-99"}, "条款 power-99 不在任何登记簿中"),
        ({"basis": ""}, "上级文件没有填"),
        ({"since": "去年"}, "不是日期"),
    ],
)
def test_a_value_that_cannot_stand_is_refused_with_the_reason(proposer: Account, change: dict, says: str) -> None:
    with pytest.raises(door.Refused) as refused:
        propose_value(NAME, {**ENTERED, **change}, by=proposer)
    assert says in reasons(refused)
    assert not Case.objects.exists()


def test_an_unknown_parameter_is_refused(proposer: Account) -> None:
    with pytest.raises(door.Refused) as refused:
        propose_value("power.nothing", ENTERED, by=proposer)
    assert "没有参数 power.nothing" in reasons(refused)


def test_a_second_value_of_the_same_day_is_refused_when_it_would_be_approved(
    proposer: Account, approver: Account
) -> None:
    first, second = (propose_value(NAME, ENTERED, by=proposer) for _ in range(2))
    door.take_step(first, "approve", by=approver)
    with pytest.raises(door.Refused) as refused:
        door.take_step(second, "approve", by=approver)
    assert "当日已有取值" in reasons(refused)


def test_only_the_post_proposes(approver: Account) -> None:
    with pytest.raises(door.Refused) as refused:
        propose_value(NAME, ENTERED, by=approver)
    assert "参数拟定" in reasons(refused)


@pytest.mark.proves("house-1-3")
def test_the_clock_closes_the_change_on_the_day_and_not_before(proposer: Account, approver: Account) -> None:
    with clock.at(date(2024, 11, 1)):
        case = propose_value(NAME, ENTERED, by=proposer)
        door.take_step(case, "approve", by=approver)
        attempt = door.Attempt(case, ParameterChange.begin, CLOCK, clock.today(), {}, past=())
        assert ParameterChange.begin.when(
            registry.gatherer_for(ParameterChange.begin.when)(attempt), attempt.parameters
        ).refused
    with clock.at(date(2025, 1, 1)):
        door.take_step(case, "begin", by=CLOCK)
    assert case.state == "in_force"


def test_an_empty_value_ends_the_parameter(
    proposer: Account, approver: Account, django_capture_on_commit_callbacks
) -> None:
    case = propose_value(NAME, {**ENTERED, "value": ""}, by=proposer)
    with django_capture_on_commit_callbacks(execute=True):
        door.take_step(case, "approve", by=approver)
    with pytest.raises(LookupError, match="已止"):
        registry.parameters().get(NAME, on=date(2025, 1, 1))
