"""The annual plan: drafted, agreed, consented to, adjusted, closed; every day's version readable."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, PlanLine
from xianzhi.apps.power_access.services import accounts, plan
from xianzhi.apps.power_access.tests import sample
from xianzhi.apps.power_access.tests.sample import file, official, record, words
from xianzhi.kernel import clock, door, money, registry
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Case, MoneyAccount

pytestmark = pytest.mark.django_db

ACTUALS = {2022: Decimal("3100000.00"), 2023: Decimal("4200000.00"), 2024: Decimal("5300000.00")}
RESERVE = {"name": "预留", "amount": "4200000.00"}


@pytest.fixture(autouse=True)
def county(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with clock.at(date(2026, 3, 2)), sample.sampled_works():
        load_county()
        yield


def drafted(year: int = 2025, *lines: dict[str, str], on: date = date(2024, 12, 2)) -> Case:
    return plan.draft(year, by=official("energy.plan"), on=on, actuals=ACTUALS, lines=lines or (RESERVE,))


def agree(case: Case, agreed: str, on: date = date(2024, 12, 10), **changed: str) -> None:
    data = {"county_side": "县能源局", "company_side": "国网绛县供电公司", "agreed": agreed, **changed}
    door.take_step(case, "agree", by=official("energy.plan"), on=on, data=data, materials=[file("minutes")])


def consent(case: Case, day: date = date(2024, 12, 20)) -> None:
    data = {"number": "示例政函〔2024〕9号", "consented_on": day}
    door.take_step(case, "consent", by=official("government.consent"), on=day, data=data)


def in_force(*lines: dict[str, str], year: int = 2025) -> Case:
    case = drafted(year, *lines)
    agree(case, str(sum(Decimal(line["amount"]) for line in lines or (RESERVE,))), reason="新增产业项目")
    consent(case)
    return case


def adjust(case: Case, day: date, *changes: dict[str, Any], reason: str = "新增项目") -> None:
    data = {"number": "示例政函〔2025〕3号", "consented_on": day, "reason": reason, "changes": list(changes)}
    door.take_step(case, "adjust", by=official("government.consent"), on=day, data=data)


def line_of(project: AccessProject, amount: str) -> dict[str, str]:
    return {"name": project.name, "project": project.case.number, "amount": amount}


@pytest.mark.proves("power-3-1-2")
def test_the_draft_shows_last_year_and_the_mean() -> None:
    event = drafted().events.get()
    shown = {label: value for reason in event.decision["reasons"] for label, value in reason.get("used", {}).items()}
    assert shown["上年"] == "5,300,000.00元"
    assert shown["平均"] == "4,200,000.00元"


def test_a_year_has_one_plan() -> None:
    drafted()
    with pytest.raises(door.Refused, match="2025年度已有计划"):
        drafted()


def test_a_sum_above_both_references_needs_a_reason_and_the_minutes() -> None:
    case = drafted(2025, {"name": "预留", "amount": "6000000.00"})
    with pytest.raises(door.Refused, match="须说明理由"):
        agree(case, "6000000.00")
    with pytest.raises(door.Refused, match="缺协商纪要"):
        data = {"county_side": "县能源局", "company_side": "供电公司", "agreed": "6000000.00", "reason": "两个大项目"}
        door.take_step(case, "agree", by=official("energy.plan"), on=date(2024, 12, 10), data=data)
    with pytest.raises(door.Refused, match="供电公司一方没有填"):
        agree(case, "6000000.00", reason="两个大项目", company_side="")
    agree(case, "6000000.00", reason="两个大项目")
    assert case.state == "agreed"


def test_the_lines_must_reach_the_sum_agreed_on() -> None:
    case = drafted()
    with pytest.raises(door.Refused, match=r"相差100,000\.00元"):
        agree(case, "4300000.00")
    lines = [RESERVE, {"name": "预留二", "amount": "100000.00"}]
    door.take_step(case, "revise", by=official("energy.plan"), on=date(2024, 12, 3), data={"lines": lines})
    agree(case, "4300000.00")
    with pytest.raises(door.Refused, match="没有编号为绛电接〔2099〕9999的项目"):
        drafted(2026, {"name": "无", "project": "绛电接〔2099〕9999", "amount": "1.00"})


@pytest.mark.proves("power-3-1-3")
def test_a_project_on_a_plan_without_consent_is_still_to_be_listed() -> None:
    project = sample.project()
    case = drafted(2025, line_of(project, "386000.00"))
    agree(case, "386000.00")

    def listed(on: date) -> Any:
        facts = rules.ListFacts(
            plan.plan_consented(2025), plan.line_for(project, on) is not None, "示例发改〔2025〕3号"
        )
        return rules.may_list(facts, registry.parameters())

    day = date(2025, 1, 6)
    assert plan.plan_total(2025, day) == 0
    assert listed(day).refused and "待列入计划" in listed(day).failing[0].text
    consent(case)
    assert case.state == "in_force"
    assert not listed(day).refused


def test_the_plan_may_be_sent_back_and_only_the_government_consents() -> None:
    case = drafted()
    agree(case, "4200000.00")
    with pytest.raises(door.Refused, match="您没有这个岗位"):
        data = {"number": "1", "consented_on": date(2024, 12, 20)}
        door.take_step(case, "consent", by=official("energy.plan"), on=date(2024, 12, 20), data=data)
    with pytest.raises(door.Refused, match="应在2024-12-10至2024-12-20之间"):
        data = {"number": "1", "consented_on": date(2024, 12, 9)}
        door.take_step(case, "consent", by=official("government.consent"), on=date(2024, 12, 20), data=data)
    sent_back = {"why": "请压减预留"}
    door.take_step(case, "send_back", by=official("government.consent"), on=date(2024, 12, 20), data=sent_back)
    assert case.state == "drafting"
    assert not PlanLine.objects.exists()


@pytest.mark.proves("power-3-1-4")
def test_an_adjustment_holds_from_its_day_and_the_old_plan_stays_readable() -> None:
    case = in_force()
    project = sample.project()
    adjust(case, date(2025, 7, 10), {"project": project.case.number, "after": "650000.00"})
    assert plan.plan_total(2025, date(2025, 7, 1)) == Decimal("4200000.00")
    assert plan.plan_total(2025, date(2025, 7, 9)) == Decimal("4200000.00")
    assert plan.plan_total(2025, date(2025, 7, 10)) == Decimal("4850000.00")
    assert plan.line_for(project, date(2025, 7, 9)) is None
    assert plan.line_for(project, date(2025, 7, 10)).amount == Decimal("650000.00")
    adjust(case, date(2025, 8, 1), {"line": 1, "after": "4000000.00"})
    adjust(case, date(2025, 8, 1), {"line": 1, "after": None})
    assert plan.plan_total(2025, date(2025, 7, 31)) == Decimal("4850000.00")
    assert plan.plan_total(2025, date(2025, 8, 1)) == Decimal("650000.00")


def test_a_line_does_not_fall_below_the_money_paid() -> None:
    project = sample.project()
    case = in_force(line_of(project, "386000.00"))
    works = sample.works(project, date(2025, 2, 3))
    record(works, "fund", date(2025, 2, 5), amount="200000.00")
    record(works, "pay", date(2025, 3, 5), amount="150000.00")
    day = date(2025, 4, 1)
    assert plan.line_left(project, day) == Decimal("186000.00")
    with pytest.raises(door.Refused, match=r"已支付150,000\.00元，不能调为149,999\.99元"):
        adjust(case, day, {"line": 1, "after": "149999.99"})
    with pytest.raises(door.Refused, match=r"已支付150,000\.00元，不能删去"):
        adjust(case, day, {"line": 1, "after": None})
    with pytest.raises(door.Refused, match="计划中没有第7行"):
        adjust(case, day, {"line": 7, "after": "1.00"})
    with pytest.raises(door.Refused, match="调整理由没有填"):
        adjust(case, day, {"line": 1, "after": "150000.00"}, reason="")
    adjust(case, day, {"line": 1, "after": "150000.00"})
    assert plan.line_left(project, day) == Decimal("-50000.00")


def test_a_line_belongs_to_its_year() -> None:
    project = sample.project()
    in_force(line_of(project, "386000.00"))
    assert plan.line_for(project, date(2025, 12, 31)) is not None
    assert plan.line_for(project, date(2026, 1, 1)) is None
    assert plan.line_left(project, date(2026, 1, 1)) is None


def settled(project: AccessProject, funded: str, audited: str, year: int) -> None:
    works = sample.works(project, date(year, 2, 3))
    record(works, "fund", date(year, 2, 5), amount=funded)
    record(works, "audit", date(year, 11, 5), audited=audited)
    record(works, "settle", date(year, 11, 20))


def close(case: Case, on: date) -> None:
    door.take_step(case, "close", by=official("finance.close"), on=on, data={})


@pytest.mark.proves("power-3-2-2-6-5")
def test_a_shortfall_becomes_a_line_of_the_next_plan() -> None:
    project = sample.project()
    case = in_force(line_of(project, "4200000.00"), year=2024)
    settled(project, "4200000.00", "4386500.00", 2024)
    close(case, date(2024, 12, 31))
    assert case.state == "closed"
    assert plan.carried_into(2025) == Decimal("186500.00")
    following = plan.draft(
        2025, by=official("energy.plan"), on=date(2025, 1, 2), lines=[{"name": "预留", "amount": "4013500.00"}]
    )
    agree(following, "4200000.00", on=date(2025, 1, 3), reason="含上年缺口")
    consent(following, date(2025, 1, 10))
    carried = PlanLine.objects.get(plan__year=2025, kind="carry")
    assert (carried.amount, carried.name) == (Decimal("186500.00"), "2024年缺口转列")
    assert plan.plan_total(2025, date(2025, 1, 10)) == Decimal("4200000.00")


@pytest.mark.proves("power-3-2-2-6-5")
def test_a_shortfall_known_after_the_next_plan_was_agreed_on_comes_in_by_an_adjustment() -> None:
    project = sample.project()
    case = in_force(line_of(project, "4200000.00"), year=2024)
    settled(project, "4200000.00", "4386500.00", 2024)
    following = in_force()
    with pytest.raises(door.Refused, match="2024年度未到年末"):
        close(case, date(2024, 12, 30))
    close(case, date(2024, 12, 31))
    assert plan.carry_waiting(following.annual_plan) == Decimal("186500.00")
    day = date(2025, 1, 10)
    with pytest.raises(door.Refused, match=r"计划中没有上年缺口186,500\.00元以外的转列"):
        adjust(following, day, {"carry": True, "after": "186500.01"})
    adjust(following, day, {"carry": True, "after": "186500.00"})
    assert plan.carry_waiting(following.annual_plan) == 0
    assert PlanLine.objects.get(plan__year=2025, kind="carry").name == "2024年缺口转列"
    assert plan.plan_total(2025, day) == Decimal("4386500.00")


def books_of(year: int) -> dict[str, Decimal]:
    """What stands on the accounts of a plan, without those that hold nothing."""
    held = list(MoneyAccount.objects.filter(name__startswith=f"power.plan/{year}"))
    left = money.balances(held)
    prefix = accounts.plan_account(year)
    return {one.name.removeprefix(prefix).lstrip("/"): left[one.pk] for one in held if left[one.pk]}


@pytest.mark.proves("power-3-1-2", "power-3-1-4")
def test_the_consent_stands_on_the_lines_and_an_adjustment_moves_it() -> None:
    case = in_force()
    assert books_of(2025) == {"": Decimal("-4200000.00"), "line 1": Decimal("4200000.00")}
    project = sample.project()
    added = {"project": project.case.number, "after": "650000.00"}
    adjust(case, date(2025, 7, 10), added, {"line": 1, "after": "4200000.00"})
    assert books_of(2025) == {
        "": Decimal("-4850000.00"), "line 1": Decimal("4200000.00"), "line 2": Decimal("650000.00"),
    }  # fmt: skip
    assert money.balance("power.plan/2025", date(2025, 7, 9)) == Decimal("-4200000.00")
    adjust(case, date(2025, 8, 1), {"line": 2, "after": None})
    assert books_of(2025) == {"": Decimal("-4200000.00"), "line 1": Decimal("4200000.00")}


@pytest.mark.proves("power-3-2-2-6-5")
def test_a_closed_year_holds_nothing_but_what_the_next_one_takes_over() -> None:
    project = sample.project()
    case = in_force(line_of(project, "4200000.00"), year=2024)
    settled(project, "4100000.00", "4386500.00", 2024)
    assert books_of(2024) == {
        "": Decimal("-4200000.00"), "line 1": Decimal("100000.00"), "appropriated": Decimal("4100000.00"),
    }  # fmt: skip
    close(case, date(2024, 12, 31))
    assert books_of(2024) == {"": Decimal("-186500.00"), "carry": Decimal("186500.00")}
    following = plan.draft(
        2025, by=official("energy.plan"), on=date(2025, 1, 2), lines=[{"name": "预留", "amount": "4013500.00"}]
    )
    agree(following, "4200000.00", on=date(2025, 1, 3), reason="含上年缺口")
    consent(following, date(2025, 1, 10))
    assert books_of(2024) == {}
    assert books_of(2025) == {
        "": Decimal("-4200000.00"), "line 1": Decimal("186500.00"), "line 2": Decimal("4013500.00"),
    }  # fmt: skip
    assert list(money.findings()) == []


@pytest.mark.proves("power-3-2-2-6-6")
def test_a_surplus_goes_back_by_a_list_that_sums_to_it() -> None:
    project = sample.project()
    case = in_force(line_of(project, "4200000.00"), year=2024)
    settled(project, "4200000.00", "4050300.00", 2024)

    def give_back(amount: str) -> None:
        data = {"returns": [{"name": project.name, "amount": amount}]}
        door.take_step(case, "list_return", by=official("energy.plan"), on=date(2024, 12, 30), data=data)

    with pytest.raises(door.Refused) as refused:
        close(case, date(2024, 12, 31))
    assert "清单差 149,700.00 元" in words(refused.value)
    with pytest.raises(door.Refused, match=r"清单差 100\.00 元"):
        give_back("149600.00")
    give_back("149700.00")
    close(case, date(2024, 12, 31))
    assert case.state == "closed"
    assert plan.carried_into(2025) == 0


def test_the_page_offers_what_may_be_done_before_anything_is_entered() -> None:
    case = drafted()
    assert sample.possible(case, "energy.plan") == {"revise", "agree"}
    agree(case, "4200000.00")
    assert sample.possible(case, "government.consent") == {"consent", "send_back"}
    consent(case)
    assert sample.possible(case, "government.consent") == {"adjust"}
    assert sample.possible(case, "energy.plan") == {"list_return"}
    assert sample.possible(case, "finance.close") == {"close"}
