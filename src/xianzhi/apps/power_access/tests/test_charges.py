"""Charges: none outside the red line falls on the owner; what was tried or paid is reported, answered and closed."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from xianzhi.apps.power_access.models import AccessProject, UserCharge
from xianzhi.apps.power_access.rules import InvestmentClass
from xianzhi.apps.power_access.services import charges
from xianzhi.apps.power_access.tests import sample
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock, door, limits, money
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account, Case, MoneyEntry
from xianzhi.law.procedure import PUBLIC

pytestmark = pytest.mark.django_db
DAY = date(2025, 4, 7)


@pytest.fixture(autouse=True)
def county() -> Iterator[None]:
    with clock.at(date(2025, 5, 6)), sample.sampled_works():
        load_county()
        yield


def charge(
    project: AccessProject, *, inside: bool = False, exception: str = "", amount: str = "12000.00"
) -> UserCharge:
    return charges.record_charge(
        project, by=official("grid.connect"), what="红线外40米电缆", amount=Decimal(amount), inside=inside,
        exception=exception, on=DAY,
    )  # fmt: skip


def take(case: Case, step: str, post: str, on: date = DAY, **data: Any) -> None:
    door.take_step(case, step, by=official(post), on=on, data=data)


@pytest.mark.proves("power-1-2")
def test_a_charge_outside_the_red_line_is_refused_and_a_report_opened() -> None:
    project = sample.project()
    with pytest.raises(charges.ChargeRefused, match=r"红线外费用12,000\.00元不得由用户承担") as refused:
        charge(project)
    assert not UserCharge.objects.exists()
    report = Case.objects.get(procedure_name="power_access.charge_report")
    assert refused.value.report == report
    assert (report.parent, report.state, report.subject) == (project.case, "received", project.case.subject)
    assert report.events.get().data["amount"] == "12000.00"
    assert not Case.objects.filter(procedure_name="power_access.charge_record").exists()
    owner = Account.objects.create(username="owner", name="示例甲", subject=project.case.subject)
    assert report in Case.objects.visible_to(owner)


def test_what_is_allowed_is_recorded_with_its_reason() -> None:
    inside = charge(sample.project(), inside=True)
    assert (inside.inside, inside.amount, inside.charged_on) == (True, Decimal("12000.00"), DAY)
    own = sample.project("示例商场", serial=8, kind=InvestmentClass.D)
    charge(own)
    excepted = sample.project("示例学校", serial=9)
    charge(excepted, exception="示例发改价〔2024〕1号")
    assert charges.charges_of(excepted).get().exception == "示例发改价〔2024〕1号"
    assert not Case.objects.filter(procedure_name="power_access.charge_report").exists()


def test_before_the_class_is_decided_nothing_is_charged_and_nothing_reported() -> None:
    with pytest.raises(door.Refused, match="认定前不得向用户收取") as refused:
        charge(sample.project(kind=InvestmentClass.PENDING))
    assert not isinstance(refused.value, charges.ChargeRefused)
    assert not Case.objects.filter(procedure_name__startswith="power_access.charge").exists()


def test_a_slip_of_the_pen_or_the_wrong_post_opens_no_report() -> None:
    project = sample.project()
    with pytest.raises(door.Refused, match="精确到分") as refused:
        charge(project, amount="12000.005")
    assert not isinstance(refused.value, charges.ChargeRefused)
    with pytest.raises(door.Refused, match="您没有这个岗位") as refused:
        charges.record_charge(
            project, by=official("finance.fund"), what="电缆", amount=Decimal(1), inside=False, on=DAY
        )
    assert not isinstance(refused.value, charges.ChargeRefused)
    assert not Case.objects.filter(procedure_name="power_access.charge_report").exists()


def test_anybody_may_report_and_holds_a_receipt() -> None:
    report = charges.report_charge(what="装表收费", amount=Decimal("500.00"), place="示例小吃店", on=DAY, key="one")
    again = charges.report_charge(what="装表收费", amount=Decimal("500.00"), place="示例小吃店", on=DAY, key="one")
    assert report == again
    assert report.number == "绛电收〔2025〕0001"
    assert charges.report_by_receipt(f" {report.number} ") == report
    assert charges.report_by_receipt("绛电收〔2025〕0002") is None
    with pytest.raises(door.Refused, match="不能由公众办理"):
        door.take_step(report, "ask", by=PUBLIC, on=DAY, data={"unit": "grid"})


def test_the_unit_answers_within_five_working_days_and_refunds() -> None:
    report = charges.report_charge(what="装表收费", amount=Decimal("500.00"), on=DAY)
    take(report, "ask", "approval.first_review", unit="grid")
    answer = next(one for one in limits.armed(report, limits.history(report), DAY) if one.step.name == "refund")
    assert (report.due_on, answer.due.on) == (date(2025, 4, 14), date(2025, 4, 14))
    late = {"refunded": "500.00", "refunded_on": date(2025, 4, 15), "receipt": "示例0001"}
    take(report, "refund", "grid.connect", on=date(2025, 4, 15), **late)
    past = next(one for one in limits.armed(report, limits.history(report), DAY) if one.step.name == "refund")
    assert past.late == 1
    take(report, "close", "approval.first_review", on=date(2025, 4, 16), told="已退还500元")
    assert report.closed_on == date(2025, 4, 16)


def asked(amount: str | None = "500.00") -> Case:
    report = charges.report_charge(what="装表收费", amount=Decimal(amount) if amount else None, on=DAY)
    take(report, "ask", "approval.first_review", unit="grid")
    return report


def refund(report: Case, amount: str, receipt: str = "示例0001") -> None:
    take(report, "refund", "grid.connect", refunded=amount, refunded_on=DAY, receipt=receipt)


def collected(report: Case) -> Decimal:
    return money.balance(f"power.report/{report.number}/collected")


@pytest.mark.proves("power-1-2")
def test_no_more_goes_back_than_was_reported_and_a_refund_done_anew_replaces_the_first() -> None:
    report = asked()
    with pytest.raises(door.Refused, match=r"已收 500\.00 元，不能退还 5,000\.00 元"):
        refund(report, "5000.00")
    refund(report, "300.00")
    assert collected(report) == Decimal("200.00")
    take(report, "reopen", "approval.first_review", why="没有退足")
    assert collected(report) == Decimal("500.00")
    refund(report, "500.00")  # under the number that the reversal has freed
    assert collected(report) == money.balance(f"power.report/{report.number}/payer") == 0
    assert list(money.findings()) == []


def test_one_receipt_is_one_refund() -> None:
    refund(asked(), "500.00")
    with pytest.raises(door.Refused, match="流水号供电公司 示例0001已在绛电收"):
        refund(asked(), "500.00")


def test_a_report_without_a_sum_is_refunded_as_the_unit_found_it() -> None:
    report = asked(None)
    refund(report, "120.00")
    assert collected(report) == 0
    assert [one.kind for one in MoneyEntry.objects.order_by("id")] == ["payment", "refund"]


def test_an_allowed_charge_stands_as_due() -> None:
    made = charge(sample.project(), inside=True)
    assert money.balance(f"power.charge/{made.case.number}/due") == Decimal("12000.00")


def test_an_explanation_needs_the_document_that_allows_the_charge() -> None:
    project = sample.project()
    report = charges.report_charge(what="电缆", amount=Decimal("800.00"), on=DAY)
    with pytest.raises(door.Refused, match="没有编号为绛电接〔2099〕9999的项目"):
        take(report, "ask", "approval.first_review", unit="energy", project="绛电接〔2099〕9999")
    take(report, "ask", "approval.first_review", unit="energy", project=project.case.number)
    said = {"what": "电缆", "amount": "800.00", "inside": False, "explanation": "施工队代收"}
    with pytest.raises(door.Refused, match="不得由用户承担"):
        take(report, "explain", "energy.settle", **said)
    take(report, "explain", "energy.settle", **said, exception="示例发改价〔2024〕1号")
    take(report, "reopen", "approval.first_review", why="文件不适用")
    take(report, "explain", "energy.settle", **{**said, "inside": True})
    assert report.state == "explained"


def test_the_page_offers_both_answers_before_anything_is_entered() -> None:
    report = charges.report_charge(what="电缆", amount=Decimal("800.00"), on=DAY)
    assert sample.possible(report, "approval.first_review") == {"ask"}
    take(report, "ask", "approval.first_review", unit="grid")
    assert sample.possible(report, "grid.connect") == {"refund", "explain"}
