"""From the application to the class of investment, and to those who then work on it."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from xianzhi.apps.power_access.models import AccessProject, DispatchOrder, JointDetermination
from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid, Intake, OwnPaid, SharedCivil, SharedElectrical
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official, words
from xianzhi.apps.power_access.tests.walk import APPLIED, applied, factory, hospital, owner, refused, shop, take
from xianzhi.kernel import clock, door
from xianzhi.kernel.limits import armed, history
from xianzhi.kernel.models import Case
from xianzhi.kernel.queries import OVERDUE, waiting_as_chosen, waiting_for

pytestmark = pytest.mark.usefixtures("jiangxian")
REVIEW, DISPATCH = "approval.first_review", "approval.dispatch"


def classified_as(case: Case) -> str:
    return AccessProject.objects.get(case=case).investment_class


# ---- the application


@pytest.mark.proves("power-3-2-2-1-2")
def test_an_application_without_land_document_names_it():
    with pytest.raises(door.Refused) as refusal:
        applied(factory(), materials=[walk.paper("application")])
    assert words(refusal.value) == "缺土地手续"
    assert not Case.objects.filter(procedure_name=Intake.name).exists()


def test_an_application_writes_the_project_with_its_papers_and_its_load():
    case = applied(factory(project_code="2503-140826-00-01-100001"))
    project = AccessProject.objects.get(case=case)
    assert case.number == "绛电接〔2025〕0001"
    assert (case.state, project.applied_on, project.investment_class) == ("submitted", APPLIED, "pending")
    assert (project.proof.obtained_on, project.load.capacity_kva) == (date(2024, 2, 20), 1250)
    assert 7_000 < project.area < 9_000
    assert project.red_line["coordinates"][0][0] == project.red_line["coordinates"][0][-1]


def test_a_key_sent_twice_makes_one_application():
    first, second = applied(factory(), key="k1"), applied(factory(), key="k1")
    assert first.pk == second.pk
    assert AccessProject.objects.count() == 1


def test_a_proof_dated_after_the_application_is_refused():
    with pytest.raises(door.Refused) as refusal:
        applied(factory(obtained_on=date(2025, 3, 4)))
    assert "取得日期晚于申请日" in words(refusal.value)


def test_a_red_line_that_crosses_itself_is_refused_with_the_place():
    west, east, south, north = "111.5600", "111.5611", "35.4810", "35.4817"
    bow = f"{west},{south} {east},{north} {east},{south} {west},{north}"
    with pytest.raises(door.Refused) as refusal:
        applied(factory(red_line=bow))
    assert "自相交" in words(refusal.value)
    with pytest.raises(door.Refused) as refusal:
        applied(factory(red_line="111.56;35.48"))
    assert "第1点" in words(refusal.value)


def test_a_red_line_over_another_owners_is_refused_and_tells_an_owner_no_number():
    first = applied(factory())
    with pytest.raises(door.Refused) as refusal:
        applied(factory(), owner("示例铸件厂", 2))
    assert "与另一项目的红线重叠" in words(refusal.value)
    with clock.at(APPLIED), pytest.raises(door.Refused) as refusal:
        walk.apply(
            official(REVIEW), subject=owner("示例铸件厂", 2).subject, division=first.division, facts=factory(),
            materials=[walk.paper("application"), walk.paper("land_document")],
        )  # fmt: skip
    assert first.number in words(refusal.value)


def test_shops_in_one_building_share_its_red_line():
    applied(shop(building="示例商厦"))
    applied(shop(building="示例商厦", name="示例书店"), owner("示例书店", 2))
    assert AccessProject.objects.count() == 2


def test_what_is_missing_is_asked_for_and_the_clock_stands_still_meanwhile():
    case = applied(factory())
    take(case, "ask_more", REVIEW, date(2025, 3, 4), missing="变压器容量证明")
    assert (case.due_on, case.halted_on) == (None, date(2025, 3, 4))
    take(case, "amend", owner(), date(2025, 3, 24), capacity_kva="1000", ready_by=date(2026, 1, 1))
    project = AccessProject.objects.get(case=case)
    assert (project.loads.count(), project.load.capacity_kva, project.load.size) == (2, 1000, "其他")
    assert project.ready_by == date(2026, 1, 1)
    assert case.due_on == date(2025, 3, 26)  # 3 working days from 03-03, of which one was used before the pause


def test_an_amendment_after_the_class_goes_back_to_the_first_review():
    case = walk.classified(factory())
    take(case, "amend", REVIEW, APPLIED, obtained_on=date(2023, 5, 31))
    assert (case.state, classified_as(case)) == ("submitted", "pending")
    assert "不适用本通知" in refused(case, "classify", REVIEW, APPLIED, extension=True, county_paid=True)


# ---- the class


@pytest.mark.proves("power-3-2-2-1-3")
def test_granted_covered_land_is_class_b_by_two_answers():
    case = applied(factory())
    event = take(case, "classify", REVIEW, APPLIED, extension=True, county_paid=True)
    assert (case.state, classified_as(case), event.decision["outcome"]) == ("classified", "B", "B")
    answers = event.decision["reasons"][-4]
    assert answers["used"] == {"延伸项目": "是", "县政府投资": "是"}


def test_answers_that_contradict_the_facts_are_refused():
    said = refused(applied(factory()), "classify", REVIEW, APPLIED, extension=True, county_paid=False)
    assert "县政府投资填“否”，按事实应为“是”" in said


@pytest.mark.proves("power-2-1-1")
def test_a_small_shop_is_class_a_and_rests_on_three_documents():
    case = applied(shop())
    event = take(case, "classify", REVIEW, APPLIED, extension=True, county_paid=False)
    assert classified_as(case) == "A"
    said = "".join(reason["text"] for reason in event.decision["reasons"])
    assert "发改能源规〔2020〕1479号" in said and "晋能源电力发〔2021〕190号" in said
    assert {reason["cites"] for reason in event.decision["reasons"]} >= {"power-2-1-1", "power-2-1-2"}


@pytest.mark.proves("power-2-4")
def test_a_second_feed_beyond_the_standard_is_class_d_with_both_costs():
    wish = {"over_standard": True, "wish": "要求第二路电源", "standard": "单电源标准"}
    case = applied(factory(**wish))
    costs = {"base_cost": "386000.00", "wished_cost": "742000.00"}
    event = take(case, "classify", REVIEW, APPLIED, extension=False, county_paid=False, **costs)
    said = "".join(reason["text"] for reason in event.decision["reasons"])
    assert "标准方案386,000.00元，用户方案742,000.00元" in said
    project = AccessProject.objects.get(case=case)
    assert (project.investment_class, project.base_class) == ("D", "B")


def test_an_early_proof_is_turned_down_with_the_reason():
    case = applied(factory(obtained_on=date(2023, 5, 31)))
    assert "不能直接" not in refused(case, "refer", REVIEW, APPLIED)
    event = take(case, "turn_down", REVIEW, APPLIED, told="按供电公司现行规定办理")
    assert (case.state, classified_as(case)) == ("out", "out")
    assert any(reason["cites"] == "power-6-2" and not reason["holds"] for reason in event.decision["reasons"])


def test_a_project_that_the_notice_reaches_is_not_turned_down():
    assert "本通知适用" in refused(applied(factory()), "turn_down", REVIEW, APPLIED, told="…")


def test_a_red_line_partly_in_planned_land_is_for_both_offices():
    case = applied(factory(red_line=walk.red_line(111.5945)))
    assert "须由两家共同认定" in refused(case, "classify", REVIEW, APPLIED, extension=True, county_paid=True)
    event = take(case, "refer", REVIEW, APPLIED)
    assert event.decision["outcome"] == "joint"
    assert "在规划建设用地内，须共同认定" in "".join(reason["text"] for reason in event.decision["reasons"])


def test_a_split_load_is_for_both_offices():
    applied(shop(building="示例商厦", capacity_kw="90.0"))
    second = applied(shop(building="示例商厦", capacity_kw="85.0"), on=date(2025, 7, 3))
    event = take(second, "refer", REVIEW, date(2025, 7, 3))
    assert "175.0" in "".join(reason["text"] for reason in event.decision["reasons"])


def test_old_layers_are_cautioned_against():
    case = applied(factory(), on=date(2025, 6, 2))
    event = take(case, "classify", REVIEW, date(2025, 6, 2), extension=True, county_paid=True)
    assert "用地图层数据日期为2025-03-01" in "".join(reason["text"] for reason in event.decision["reasons"])


# ---- both offices


@pytest.mark.proves("power-2-3-1")
def test_a_hospital_without_reserve_cover_is_class_c_by_joint_determination():
    case = applied(hospital())
    event = take(case, "refer", REVIEW, APPLIED)
    assert event.decision["outcome"] == "C"
    assert "缺审批局意见" in refused(case, "settle_joint", REVIEW, APPLIED)
    take(case, "opine_approval", REVIEW, APPLIED, opinion="C", reason="公共服务项目")
    take(case, "opine_grid", "grid.joint", APPLIED, opinion="C", reason="同意")
    take(case, "settle_joint", "grid.joint", APPLIED)
    determination = JointDetermination.objects.get()
    assert (case.state, classified_as(case), determination.number) == ("classified", "C", "绛电认〔2025〕0001")


@pytest.mark.proves("power-3-2-3-1")
def test_opinions_that_differ_go_to_the_county_office():
    case = applied(hospital())
    take(case, "refer", REVIEW, APPLIED)
    take(case, "opine_approval", REVIEW, APPLIED, opinion="C", reason="公共服务项目")
    assert "没有不一致的意见" in refused(case, "dispute", REVIEW, APPLIED)
    take(case, "opine_grid", "grid.joint", APPLIED, opinion="D", reason="超标准")
    assert "意见不一" in refused(case, "settle_joint", REVIEW, APPLIED)
    take(case, "dispute", REVIEW, APPLIED)
    assert case.state_shown.zh == "意见不一"
    assert case in waiting_for(official("county_office.decide"))
    assert "您没有这个岗位" in refused(case, "decide", REVIEW, APPLIED, decided="C", reason="…")
    take(case, "decide", "county_office.decide", APPLIED, decided="C", reason="按分担办理")
    assert (case.state, classified_as(case), JointDetermination.objects.get().county) == ("classified", "C", "C")


def test_an_opinion_may_be_changed_until_it_is_settled():
    case = applied(hospital())
    take(case, "refer", REVIEW, APPLIED)
    for opinion in ("D", "C"):
        take(case, "opine_approval", REVIEW, APPLIED, opinion=opinion, reason="…")
        take(case, "opine_grid", "grid.joint", APPLIED, opinion="C", reason="…")
    take(case, "settle_joint", REVIEW, APPLIED)
    assert classified_as(case) == "C"


@pytest.mark.parametrize("disputed", [False, True])
def test_both_or_the_county_office_may_find_the_notice_not_applicable(disputed):
    case = applied(hospital())
    take(case, "refer", REVIEW, APPLIED)
    take(case, "opine_approval", REVIEW, APPLIED, opinion="out", reason="…")
    take(case, "opine_grid", "grid.joint", APPLIED, opinion="C" if disputed else "out", reason="…")
    if disputed:
        take(case, "dispute", REVIEW, APPLIED)
        take(case, "decide_out", "county_office.decide", APPLIED, reason="不在范围内")
    else:
        assert "不适用本通知的另行告知" in refused(case, "settle_joint", REVIEW, APPLIED)
        take(case, "settle_out", REVIEW, APPLIED)
    assert (case.state, classified_as(case)) == ("out", "out")


# ---- handed on


@pytest.mark.proves("power-3-2-2-1-4")
def test_the_second_of_two_clerks_hears_the_number_of_the_first_ones_order():
    case = walk.classified(factory())
    second = Case.objects.get(pk=case.pk)
    take(case, "dispatch", DISPATCH, APPLIED)
    order = DispatchOrder.objects.get()
    assert order.number == "绛电派〔2025〕0001"
    assert order.case.parent == case and order.case.state == "dispatched"
    assert AccessProject.objects.get(case=case).stage == "works_permit"
    with clock.at(APPLIED), pytest.raises(door.Refused) as refusal:
        door.take_step(second, "dispatch", by=official(DISPATCH))
    assert "已派单，派工单为绛电派〔2025〕0001" in words(refusal.value)
    assert DispatchOrder.objects.count() == 1


def test_no_second_order_stands_beside_one_in_force():
    works = walk.dispatched()
    again = {"project": works.root.access_project, "case": works, "issued_on": APPLIED}
    with pytest.raises(IntegrityError), transaction.atomic():
        DispatchOrder.objects.create(number="绛电派〔2025〕0099", **again)


def test_an_order_taken_back_is_reissued_with_another_number():
    case = walk.dispatched()
    take(case, "receive", "energy.order", APPLIED)
    take(case, "reissue", DISPATCH, APPLIED, reason="红线更正")
    numbers = list(DispatchOrder.objects.order_by("id").values_list("number", "withdrawn_on"))
    assert numbers == [("绛电派〔2025〕0001", APPLIED), ("绛电派〔2025〕0002", None)]
    assert "派工单尚未签收" in refused(case, "order", "energy.order", APPLIED)


@pytest.mark.parametrize("step", ["hand_over", "share", "offer"])
def test_a_class_goes_only_its_own_way(step):
    assert "投资界面为县政府投资，不能" in refused(walk.classified(factory()), step, DISPATCH, APPLIED)


def test_each_class_opens_what_it_is_done_in():
    assert walk.handed_over().procedure is CompanyPaid
    electrical, civil = walk.shared()
    assert (electrical.procedure, civil.procedure) == (SharedElectrical, SharedCivil)
    assert walk.wished().procedure is OwnPaid


def test_the_ways_of_a_class_open_only_from_the_intake():
    with clock.at(APPLIED), pytest.raises(door.Refused) as refusal:
        door.open_case(
            CountyPaid, CountyPaid.dispatch, by=official(DISPATCH), title="没有受理的项目", division=walk.HENGSHUI
        )
    assert "只有县政府投资的延伸项目才派单" in words(refusal.value)


def test_an_owner_may_take_an_application_back():
    case = applied(factory())
    take(case, "withdraw", owner(), APPLIED, reason="改址")
    assert case.closed_on == APPLIED
    applied(factory(), owner("示例铸件厂", 2))  # the red line is free again


# ---- clocks


@pytest.mark.proves("power-3-2-2-1-5")
def test_an_overdue_first_review_counts_for_the_approval_bureau():
    case = applied(factory())
    assert (case.due_on, case.due_step) == (date(2025, 3, 6), "classify")
    with clock.at(date(2025, 3, 7)):
        assert list(waiting_as_chosen(official("approval.first_review"), light=OVERDUE)) == [case]
        (running,) = [one for one in armed(case, history(case), clock.today()) if one.standing != "done"]
        assert running.standing == "over"
    with clock.at(date(2025, 3, 6)):
        assert not waiting_as_chosen(official("approval.first_review"), light=OVERDUE)
