"""Class D: only by the owner's written wish, and back to the standard whenever building has not begun."""

from datetime import date

import pytest

from xianzhi.apps.power_access.models import AccessProject, DispatchOrder
from xianzhi.apps.power_access.procedures import CountyPaid
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.walk import APPLIED, child, factory, owner, refused, take
from xianzhi.kernel.models import Case

pytestmark = pytest.mark.usefixtures("jiangxian")
OFFER = {"standard": "单电源标准", "base_cost": "386000.00", "wished_cost": "742000.00"}


def offered() -> Case:
    case = walk.wished()
    take(case, "offer", "grid.scheme", APPLIED, "wish", **OFFER)
    return case


def test_the_owner_chooses_with_both_costs_before_him():
    case = walk.wished()
    assert "缺用户书面要求" in refused(case, "offer", "grid.scheme", APPLIED, **OFFER)
    take(case, "offer", "grid.scheme", APPLIED, "wish", **OFFER)
    assert "您没有这个岗位" in refused(case, "choose", "grid.scheme", APPLIED, signed=True)
    assert "缺用户签名" in refused(case, "choose", owner(), APPLIED, signed=False)
    take(case, "choose", owner(), APPLIED, signed=True)
    take(case, "begin", "grid.connect", date(2025, 4, 1), begun_on=date(2025, 4, 1))
    take(case, "energise", "grid.connect", date(2025, 6, 2), energised_on=date(2025, 6, 2))
    assert (case.state, case.closed_on) == ("energised", date(2025, 6, 2))


@pytest.mark.parametrize("chosen", [False, True])
def test_he_may_go_back_to_the_standard_until_building_begins(chosen):
    case = offered()
    if chosen:
        take(case, "choose", owner(), APPLIED, signed=True)
    take(case, "return_to_base", owner(), APPLIED)
    take(case, "reroute", "approval.dispatch", APPLIED)
    works = child(case, CountyPaid)
    project = AccessProject.objects.get(case=case.root.pk)
    assert (case.state, works.state, project.investment_class) == ("returned", "dispatched", "B")
    assert DispatchOrder.objects.get().case == works


def test_once_building_began_there_is_no_way_back():
    case = offered()
    take(case, "choose", owner(), APPLIED, signed=True)
    take(case, "begin", "grid.connect", APPLIED, begun_on=APPLIED)
    assert "本件现为“施工中”" in refused(case, "return_to_base", owner(), APPLIED)


def test_a_standard_scheme_without_a_settled_class_needs_a_new_application():
    wish = {"over_standard": True, "wish": "要求第二路电源", "standard": "单电源标准"}
    intake = walk.classified(factory(**wish, obtained_on=date(2023, 5, 31)))
    take(intake, "offer", "approval.dispatch", APPLIED)
    case = child(intake, walk.OwnPaid)
    take(case, "offer", "grid.scheme", APPLIED, "wish", **OFFER)
    take(case, "return_to_base", owner(), APPLIED)
    assert "尚无确定的类别" in refused(case, "reroute", "approval.dispatch", APPLIED)
    take(case, "withdraw", owner(), APPLIED, reason="重新申请")
