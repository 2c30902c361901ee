"""Class A: what 供电公司 reports, in its order, and the owner's answer."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from xianzhi.apps.power_access.procedures import ChargeReport
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.walk import child, owner, refused, take
from xianzhi.kernel import clock
from xianzhi.kernel.models import Case
from xianzhi.kernel.tick import tick

pytestmark = pytest.mark.usefixtures("jiangxian")
HANDED_OVER = date(2024, 5, 6)


def built() -> Case:
    case = walk.handed_over(HANDED_OVER)
    take(case, "accept", "grid.connect", HANDED_OVER, accepted_on=HANDED_OVER)
    take(case, "scheme", "grid.connect", date(2024, 5, 8), access_point="示例台区")
    take(case, "build", "grid.connect", date(2024, 5, 14), built_on=date(2024, 5, 14))
    return case


@pytest.mark.proves("power-3-2-1-1")
def test_a_connection_takes_eight_working_days_over_an_adjusted_saturday():
    case = built()
    event = take(case, "energise", "grid.connect", date(2024, 5, 15), energised_on=date(2024, 5, 15))
    assert case.state == "energised"
    assert "用时8个工作日" in event.decision["reasons"][0]["text"]


def test_reports_come_in_their_order():
    case = walk.handed_over(HANDED_OVER)
    assert "要在“已建成”时办理" in refused(case, "energise", "grid.connect", HANDED_OVER, energised_on=HANDED_OVER)
    later = {"accepted_on": date(2024, 5, 7)}
    assert "受理日期2024-05-07应在" in refused(case, "accept", "grid.connect", HANDED_OVER, **later)


def test_light_does_not_come_before_the_works():
    case = built()
    early = {"energised_on": date(2024, 5, 13)}
    assert "应在2024-05-14至2024-05-15之间" in refused(case, "energise", "grid.connect", date(2024, 5, 15), **early)


def test_the_owner_confirms_by_one_tap():
    case = built()
    take(case, "energise", "grid.connect", date(2024, 5, 15), energised_on=date(2024, 5, 15))
    assert "您没有这个岗位" in refused(case, "confirm_zero", owner("示例书店", 2), date(2024, 5, 15))
    event = take(case, "confirm_zero", owner(), date(2024, 5, 16))
    assert (case.state, case.closed_on) == ("confirmed_zero", date(2024, 5, 16))
    assert event.decision["outcome"] == "confirmed_zero"


@pytest.mark.proves("power-1-2")
def test_an_owner_who_paid_reports_it_and_a_report_is_opened():
    case = built()
    take(case, "energise", "grid.connect", date(2024, 5, 15), energised_on=date(2024, 5, 15))
    take(case, "report_paid", owner(), date(2024, 5, 16), what="表计", amount="500.00")
    report = child(case, ChargeReport)
    assert (case.state, report.state, report.events.get().data["amount"]) == ("reported", "received", "500.00")


def test_class_a_has_no_step_that_moves_county_money():
    assert not {"fund", "fund_more", "pay"} & set(walk.handed_over().procedure.steps)


@pytest.mark.proves("power-1-2")
def test_an_owner_who_does_not_answer_is_asked_again_after_seven_days():
    case = built()
    take(case, "energise", "grid.connect", date(2024, 5, 15), energised_on=date(2024, 5, 15))
    assert (case.due_step, case.due_on) == ("confirm_zero", date(2024, 5, 22))
    with clock.at(datetime(2024, 5, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))):
        tick()
    assert case.reminders.get(kind="over").step_name == "confirm_zero"
