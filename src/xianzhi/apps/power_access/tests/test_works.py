"""County-paid works from the order to the closing, with every refusal on the way."""

from datetime import date
from decimal import Decimal

import pytest

from xianzhi.apps.power_access.models import AccessProject, CostDetail, DispatchOrder, SupplyScheme
from xianzhi.apps.power_access.procedures import ChargeReport, CountyPaid, Handover
from xianzhi.apps.power_access.queries import works
from xianzhi.apps.power_access.queries.money import money_of
from xianzhi.apps.power_access.services import review, township
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import HENGSHUI, official
from xianzhi.apps.power_access.tests.walk import APPLIED, BUDGET, child, design, funding, owner, payment, refused, take
from xianzhi.kernel import clock
from xianzhi.kernel.limits import armed, history
from xianzhi.kernel.models import Case
from xianzhi.kernel.queries import OVERDUE, waiting_as_chosen, waiting_for

pytestmark = pytest.mark.usefixtures("jiangxian")
PAPERS = ("drawings", "equipment_list")


def project(case: Case) -> AccessProject:
    return AccessProject.objects.get(case=case.root.pk)


def revised(case: Case, on: date = APPLIED) -> None:
    """A second version of the scheme."""
    changed = walk.SCHEME | {"access_point": "示例线15号杆", "reason": "改接点"}
    take(case, "revise_scheme", "grid.scheme", on, "scheme", **changed)


# ---- the whole way


def test_the_seven_steps_from_the_order_to_the_closing():
    case = walk.settled(paid="360000.00", audited="381500.00")
    day = APPLIED
    money = money_of(case)
    assert (money.appropriated, money.paid) == (Decimal(BUDGET), Decimal("360000.00"))
    assert money.to_pay == Decimal("21500.00")
    assert money.sources == {"土地储备资金": Decimal("250000.00"), "城市基础设施配套费": Decimal("136000.00")}
    said = refused(case, "close", "energy.settle", day)
    assert "还有应付尾款21,500.00元" in said and "应退回结余4,500.00元" in said and "资产移交尚未办结" in said
    take(case, "pay", "energy.settle", day, **payment("21500.00", "示例支〔2025〕2号"))
    returns = [{"name": "结余", "amount": "4500.00"}]
    take(case, "give_back", "energy.settle", day, returns=returns, treasury_number="示例退〔2025〕1号")
    handover = child(case, Handover)
    assets = [{"code": "A-001", "kind": "工作井", "position": "示例路口", "value": "1000.00"}]
    take(handover, "list_assets", "energy.works", day, assets=assets, view="keep")
    take(handover, "judge_keep", "grid.assets", day, reasons="县里自留", judged=1)
    take(case, "close", "energy.settle", day)
    assert (case.state, case.closed_on) == ("closed", day)
    assert [case.procedure.stage_of(event.to_state) for event in case.events.all()][-1] == 6


# ---- 2 order and scheme


@pytest.mark.proves("power-3-2-2-2-1")
def test_no_scheme_without_a_work_order_nor_without_access_point():
    case = walk.dispatched()
    assert "要在“已下工单”时办理" in refused(case, "scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME)
    assert "派工单尚未签收" in refused(case, "order", "energy.order", APPLIED)
    take(case, "receive", "energy.order", APPLIED)
    take(case, "order", "energy.order", APPLIED)
    order = DispatchOrder.objects.get()
    assert (order.received_on, order.work_order) == (APPLIED, "绛电工〔2025〕0001")
    without = walk.SCHEME | {"access_point": ""}
    assert "接入点没有填" in refused(case, "scheme", "grid.scheme", APPLIED, "scheme", **without)
    assert "缺供电方案" in refused(case, "scheme", "grid.scheme", APPLIED, **walk.SCHEME)
    take(case, "scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME)
    made = SupplyScheme.objects.get()
    assert (made.version, made.voltage, made.capacity_kva) == (1, "10kV", 1250)
    assert 900 < made.length < 1000


@pytest.mark.proves("power-1-3")
def test_only_what_lies_outside_the_red_line_counts():
    case = walk.dispatched()
    take(case, "receive", "energy.order", APPLIED)
    take(case, "order", "energy.order", APPLIED)
    through = walk.SCHEME | {"route": "111.5600,35.4800 111.5600,35.4810 111.5605,35.4814"}
    event = take(case, "scheme", "grid.scheme", APPLIED, "scheme", **through)
    made = SupplyScheme.objects.get()
    said = "".join(reason["text"] for reason in event.decision["reasons"])
    assert f"红线外计入{made.length}米" in said
    assert 110 < made.length < 112  # 0.001 degrees of latitude; the 63 m inside are the owner's own


def test_a_route_that_is_no_line_is_refused():
    case = walk.dispatched()
    take(case, "receive", "energy.order", APPLIED)
    take(case, "order", "energy.order", APPLIED)
    said = refused(case, "scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME | {"route": "沿示例路"})
    assert "第1点“沿示例路”写法有误" in said


@pytest.mark.proves("power-3-2-2-2-2")
def test_a_scheme_open_for_twelve_working_days_is_red_for_the_power_company():
    case = walk.dispatched()
    take(case, "receive", "energy.order", APPLIED)
    take(case, "order", "energy.order", APPLIED)
    assert (case.due_on, case.due_step) == (date(2025, 3, 17), "scheme")
    with clock.at(date(2025, 3, 19)):
        (running,) = [one for one in armed(case, history(case), clock.today()) if one.standing == "over"]
        assert running.step.name == "scheme"
        assert list(waiting_as_chosen(official("grid.scheme"), light=OVERDUE)) == [case]


# ---- 3 purchases, designs, plan


@pytest.mark.proves("power-3-2-2-3-1")
def test_at_the_threshold_a_purchase_is_a_tender():
    case = walk.scheme_made()
    dear = walk.procurement("施工", estimate="4200000.00")
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计", estimate="58000.00"))
    assert "达到招标条件" in refused(case, "procure_more", "energy.works", APPLIED, **dear)
    take(case, "procure_more", "energy.works", APPLIED, **dear | {"method": "公开招标", "result_number": "示例招1号"})


def test_a_contractor_on_the_platform_sees_this_case_from_then_on():
    case = walk.scheme_made()
    builder = official("builder.build")
    with clock.at(APPLIED):
        assert not Case.objects.visible_to(builder).filter(pk=case.pk).exists()
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计", contractor="示例设计院"))
    take(case, "procure_more", "energy.works", APPLIED, **walk.procurement("施工"))
    with clock.at(APPLIED):
        assert set(Case.objects.visible_to(builder)) == {case}


@pytest.mark.proves("power-3-2-2-3-3", "power-1-4")
def test_a_total_that_is_not_the_sum_and_a_line_without_kind_are_refused():
    case = walk.scheme_made()
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计"))
    take(case, "witness", "grid.scheme", APPLIED, node="design", opinion="同意")
    said = refused(case, "design", "energy.design", APPLIED, *PAPERS, **design(total="386100.00"))
    assert "合计应为 386,000.00" in said
    unkind = [dict(walk.LINES[0], kind=None), *walk.LINES[1:]]
    said = refused(case, "design", "energy.design", APPLIED, *PAPERS, **design(lines=unkind))
    assert "“电缆排管”须归入土建或电气" in said
    assert "缺设备清单" in refused(case, "design", "energy.design", APPLIED, "drawings", **design())
    take(case, "design", "energy.design", APPLIED, *PAPERS, **design())
    assert (CostDetail.objects.get().total, CostDetail.objects.get().lines.count()) == (Decimal(BUDGET), 3)


def test_a_design_needs_a_survey_and_the_scheme_in_force():
    case = walk.scheme_made()
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计"))
    revised(case)
    take(case, "witness", "grid.scheme", APPLIED, node="design", opinion="同意")
    said = refused(case, "design", "energy.design", APPLIED, *PAPERS, **design(surveyed_on=None))
    assert "缺现场勘查记录" in said and "供电方案已到第2版，设计依据第1版" in said


@pytest.mark.proves("power-3-2-2-5-2")
def test_no_design_and_no_money_without_the_opinion_of_the_power_company():
    case = walk.scheme_made()
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计"))
    said = refused(case, "design", "energy.design", APPLIED, *PAPERS, **design())
    assert "缺供电公司设计环节意见" in said
    take(case, "note_absence", "energy.design", APPLIED, node="design", invited_on=APPLIED, circumstances="未到场")
    take(case, "design", "energy.design", APPLIED, *PAPERS, **design())
    walk.planned(case)
    take(case, "list", "energy.plan", APPLIED, "approval_document", **walk.APPROVAL)
    revised(case)
    assert "缺供电公司设计环节意见" in refused(case, "fund", "finance.fund", APPLIED, **funding())


@pytest.mark.proves("power-3-2-2-3-2")
def test_a_second_scheme_marks_the_design_and_stops_the_money():
    case = walk.funded()
    revised(case)
    assert not works.design_current(project(case))
    said = refused(case, "pay", "energy.settle", APPLIED, **payment("1000.00", "示例支1号"))
    assert "设计待复核，停止支付" in said
    assert "设计待复核" in refused(case, "build", "energy.works", APPLIED, civil_on=APPLIED)
    take(case, "witness", "grid.scheme", APPLIED, node="design", opinion="同意")
    again = [walk.paper("drawings", "2"), walk.paper("equipment_list", "2")]
    take(case, "redesign", "energy.design", APPLIED, *again, **design(2))
    take(case, "pay", "energy.settle", APPLIED, **payment("1000.00", "示例支1号"))
    assert project(case).details.count() == 2


@pytest.mark.proves("power-3-1-3")
def test_a_project_waits_for_its_line_in_a_consented_plan():
    case = walk.designed()
    said = refused(case, "list", "energy.plan", APPLIED, "approval_document", **walk.APPROVAL)
    assert "待列入计划" in said
    walk.planned(case)
    unnumbered = walk.APPROVAL | {"approval_number": ""}
    assert "立项批复文号没有填" in refused(case, "list", "energy.plan", APPLIED, "approval_document", **unnumbered)
    assert "缺立项批复文件" in refused(case, "list", "energy.plan", APPLIED, **walk.APPROVAL)
    take(case, "list", "energy.plan", APPLIED, "approval_document", **walk.APPROVAL)


# ---- 4 money


@pytest.mark.proves("power-3-2-2-4-1", "power-4-1")
def test_finance_funds_no_more_than_the_detail_from_sources_that_sum_to_it():
    case = walk.listed()
    said = refused(case, "fund", "finance.fund", APPLIED, **funding(amount="390000.00"))
    assert "超出 4,000.00 元" in said
    short = [walk.SOURCES[0], {"source": "城市基础设施配套费", "amount": "130000.00"}]
    assert "来源差 6,000.00 元" in refused(case, "fund", "finance.fund", APPLIED, **funding(sources=short))
    take(case, "fund", "finance.fund", APPLIED, **funding())
    assert money_of(case).gap == 0


def test_a_plan_line_too_small_has_to_be_adjusted_first():
    case = walk.designed()
    walk.planned(case, "300000.00")
    take(case, "list", "energy.plan", APPLIED, "approval_document", **walk.APPROVAL)
    assert "计划余额差 86,000.00 元" in refused(case, "fund", "finance.fund", APPLIED, **funding())


def test_an_equipment_list_of_the_design_before_is_another_version():
    case = walk.listed()
    take(case, "redesign", "energy.design", APPLIED, **design())
    assert "设备清单第1版与费用明细第2版，版本不一致" in refused(case, "fund", "finance.fund", APPLIED, **funding())
    take(case, "redesign", "energy.design", APPLIED, walk.paper("equipment_list", "3"), **design())
    take(case, "fund", "finance.fund", APPLIED, **funding())


@pytest.mark.proves("power-3-2-2-4-2")
def test_payments_stay_within_the_balance_and_go_to_the_contracted_account():
    case = walk.funded()
    take(case, "pay", "energy.settle", APPLIED, **payment("300000.00", "示例支1号"))
    said = refused(case, "pay", "energy.settle", APPLIED, **payment("90000.00", "示例支2号", "6222-别处"))
    assert "余额 86,000.00 元" in said and "收款账户与合同不一致" in said
    said = refused(case, "pay", "energy.settle", APPLIED, **payment("1000.00", "示例支1号"))
    assert f"国库流水号示例支1号已在{case.number}入账" in said
    assert money_of(case).left == Decimal("86000.00")


# ---- 5 building


def test_no_digging_before_the_crops_are_paid():
    case = walk.funded()
    plots = [{"plot": "东坡1号", "holder": "示例甲", "area": "2.35", "crop": "小麦"}]
    with clock.at(APPLIED):
        matter = township.list_crops(project(case), HENGSHUI, plots, by=official("energy.works"))
    progress = {"section": "K0", "metres": "100"}
    assert "还有1块地的青苗赔偿未结清" in refused(case, "progress", "energy.works", APPLIED, **progress)
    coordinate = official("township.coordinate", unit="township-101")
    shown = {"where": "村委会", "from_day": APPLIED, "to_day": APPLIED}
    take(matter, "show", coordinate, APPLIED, **shown)
    take(matter, "pay", coordinate, APPLIED, paid="3525.00", paid_on=APPLIED)
    take(case, "progress", "energy.works", APPLIED, **progress)


@pytest.mark.proves("power-3-2-2-5-1")
def test_progress_is_told_against_the_drawings():
    case = walk.funded()
    for section, metres in (("K0", "400"), ("K1", "215")):
        take(case, "progress", "builder.build", APPLIED, section=section, metres=metres, wells=2)
    found = works.progress_of(case, project(case))
    assert "完成75.0%" in found.reasons[0].text


def test_works_need_a_builder_under_contract():
    case = walk.scheme_made()
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计"))
    take(case, "witness", "grid.scheme", APPLIED, node="design", opinion="同意")
    take(case, "design", "energy.design", APPLIED, *PAPERS, **design())
    walk.planned(case)
    take(case, "list", "energy.plan", APPLIED, "approval_document", **walk.APPROVAL)
    take(case, "fund", "finance.fund", APPLIED, **funding())
    assert "尚未选定施工单位" in refused(case, "build", "energy.works", APPLIED, civil_on=APPLIED)


# ---- 6 acceptance and settlement


@pytest.mark.proves("power-3-2-2-6-1")
def test_civil_finished_and_electrical_not_is_not_accepted():
    case = walk.built()
    acceptance = {"county_opinion": "合格", "end_on": APPLIED}
    said = refused(case, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
    assert "电气未竣工" in said and "缺供电公司验收环节意见" in said
    take(case, "finish_electrical", "grid.connect", APPLIED, electrical_on=APPLIED)
    undated = [{"name": "井盖不平", "due_on": None}]
    assert "井盖不平没有整改日期" in refused(case, "reject", "energy.works", APPLIED, items=undated)
    take(case, "reject", "energy.works", APPLIED, items=[{"name": "井盖不平", "due_on": date(2025, 3, 10)}])
    assert case.state == "funded"
    take(case, "build", "energy.works", APPLIED, civil_on=APPLIED)
    take(case, "witness", "grid.connect", APPLIED, node="acceptance", opinion="同意")
    take(case, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
    assert child(case, Handover).state == "to_judge"


def test_an_opinion_on_works_that_were_rejected_does_not_serve_for_the_next_acceptance():
    case = walk.built()
    take(case, "finish_electrical", "grid.connect", APPLIED, electrical_on=APPLIED)
    take(case, "witness", "grid.connect", APPLIED, node="acceptance", opinion="不同意")
    take(case, "reject", "energy.works", APPLIED, items=[{"name": "井盖不平", "due_on": APPLIED}])
    take(case, "build", "energy.works", APPLIED, civil_on=APPLIED)
    acceptance = {"county_opinion": "合格", "end_on": APPLIED}
    said = refused(case, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
    assert "缺供电公司验收环节意见" in said


def test_the_end_of_a_project_is_neither_in_the_future_nor_before_its_works():
    case = walk.built()
    take(case, "finish_electrical", "grid.connect", APPLIED, electrical_on=APPLIED)
    take(case, "witness", "grid.connect", APPLIED, node="acceptance", opinion="同意")
    for day in (date(2025, 3, 2), date(2025, 3, 4)):
        acceptance = {"county_opinion": "合格", "end_on": day}
        said = refused(case, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
        assert "应在2025-03-03至2025-03-03之间" in said


@pytest.mark.proves("power-3-2-2-6-2")
@pytest.mark.parametrize(
    ("end", "due"),
    [
        (date(2024, 5, 20), date(2024, 6, 20)), (date(2024, 8, 31), date(2024, 9, 30)),
        (date(2024, 9, 1), date(2024, 10, 8)), (date(2024, 11, 8), date(2024, 12, 9)),
        (date(2024, 12, 31), date(2025, 2, 5)), (date(2025, 4, 5), date(2025, 5, 6)),
    ],
)  # fmt: skip
def test_settlement_papers_are_due_a_natural_month_after_the_end(end, due, monkeypatch):
    monkeypatch.setattr(walk, "APPLIED", end)
    case = accepted_on(end)
    assert (case.due_on, case.due_step) == (due, "hand_in")


def accepted_on(end: date) -> Case:
    """A project whose every step was taken on the day of its end."""
    case = walk.dispatched(end)
    take(case, "receive", "energy.order", end)
    take(case, "order", "energy.order", end)
    take(case, "scheme", "grid.scheme", end, "scheme", **walk.SCHEME)
    walk.designed(end, case)
    line_day = date(end.year, 1, 5) if end.month > 1 else end
    walk.planned(case, on=max(line_day, walk.BEGAN))
    take(case, "list", "energy.plan", end, "approval_document", **walk.APPROVAL)
    take(case, "fund", "finance.fund", end, **funding())
    take(case, "build", "energy.works", end, civil_on=end)
    take(case, "finish_electrical", "energy.works", end, electrical_on=end)
    take(case, "witness", "grid.connect", end, node="acceptance", opinion="同意")
    take(case, "accept", "energy.works", end, "acceptance_report", county_opinion="合格", end_on=end)
    return case


@pytest.mark.proves("power-3-2-2-6-7")
def test_energy_is_green_and_finance_running_while_the_audit_is_pending(monkeypatch):
    end = date(2024, 5, 20)
    monkeypatch.setattr(walk, "APPLIED", end)
    case = accepted_on(end)
    assert case in waiting_for(official("energy.settle"))
    take(case, "hand_in", "energy.settle", date(2024, 6, 11), "settlement_report", "papers", submitted="386000.00")
    with clock.at(date(2024, 6, 12)):
        (done,) = [one for one in armed(case, history(case), clock.today()) if one.step.name == "hand_in"]
        assert (done.standing, done.taken, done.late) == ("done", date(2024, 6, 11), 0)
        assert case in waiting_for(official("finance.close"))


def test_papers_handed_in_a_day_late_stay_late(monkeypatch):
    end = date(2024, 5, 20)
    monkeypatch.setattr(walk, "APPLIED", end)
    case = accepted_on(end)
    take(case, "hand_in", "energy.settle", date(2024, 6, 21), "settlement_report", "papers", submitted="386000.00")
    (done,) = [one for one in armed(case, history(case), date(2024, 7, 1)) if one.step.name == "hand_in"]
    assert done.late == 1


def test_an_ordered_price_review_comes_before_the_settlement_papers():
    case = walk.accepted()
    detail = project(case).detail
    detail.lines.create(name="审价费", kind="review_fee", amount=Decimal("1.00"))
    with clock.at(APPLIED):
        ordered = review.order(project(case), "示例造价咨询公司", by=official("energy.settle"))
    handed = ("settlement_report", "papers")
    assert "审价尚未完成" in refused(case, "hand_in", "energy.settle", APPLIED, *handed, submitted="402000.00")
    take(ordered, "submit", "energy.settle", APPLIED, "price_report", submitted="402000.00")
    take(ordered, "review", "price_reviewer.review", APPLIED, "review_report", reviewed="381500.00")
    take(ordered, "accept", "energy.settle", APPLIED)
    take(case, "hand_in", "energy.settle", APPLIED, *handed, submitted="402000.00")


@pytest.mark.proves("power-3-2-2-6-3")
def test_an_auditor_needs_the_consent_of_both():
    case = walk.accepted()
    take(case, "hand_in", "energy.settle", APPLIED, "settlement_report", "papers", submitted="402000.00")
    auditor, report = official("auditor.audit"), {"audited": "381500.00"}
    take(case, "consent_energy", "energy.settle", APPLIED, auditor="示例会计师事务所")
    said = refused(case, "audit", auditor, APPLIED, "audit_report", **report)
    assert "缺县财政局认可" in said and "本件不在您的范围内" in said
    take(case, "consent_finance", "finance.close", APPLIED, auditor="另一家事务所")
    assert "缺县能源局认可" in refused(case, "audit", "finance.close", APPLIED, "audit_report", **report)
    take(case, "consent_finance", "finance.close", APPLIED, auditor="示例会计师事务所")
    take(case, "audit", auditor, APPLIED, "audit_report", **report)
    assert case.state == "audited"


def test_papers_changed_after_they_were_locked_stop_the_settlement():
    case = walk.accepted()
    take(case, "hand_in", "energy.settle", APPLIED, "settlement_report", "papers", submitted="402000.00")
    take(case, "consent_energy", "energy.settle", APPLIED, auditor="示例会计师事务所")
    changed = walk.paper("settlement_report", "改")
    take(case, "consent_finance", "finance.close", APPLIED, changed, auditor="示例会计师事务所")
    said = refused(case, "audit", "finance.close", APPLIED, "audit_report", audited="381500.00")
    assert "结算报告与锁定时不一致" in said


@pytest.mark.proves("power-3-2-2-6-4")
def test_the_audit_settles_the_real_cost():
    case = walk.settled(paid="360000.00", audited="381500.00")
    settled = case.events.get(step_name="settle")
    assert settled.decision["value"] == "21500.00"
    assert "应付尾款21,500.00元" in settled.decision["reasons"][0]["text"]


def test_what_was_paid_beyond_the_audit_is_recovered():
    case = walk.settled(paid="360000.00", audited="352000.00")
    assert money_of(case).to_recover == Decimal("8000.00")
    more = {"amount": "9000.00", "treasury_number": "示例收1号"}
    assert "应收回 8,000.00 元" in refused(case, "recover", "energy.settle", APPLIED, **more)
    take(case, "recover", "energy.settle", APPLIED, **more | {"amount": "8000.00"})
    assert money_of(case).to_recover == 0


@pytest.mark.proves("power-3-2-2-6-6")
def test_a_surplus_goes_back_by_a_list_that_sums_to_it():
    case = walk.settled(paid="381500.00", audited="381500.00")
    short = {"returns": [{"name": "结余", "amount": "4400.00"}], "treasury_number": "示例退1号"}
    assert "清单差 100.00 元" in refused(case, "give_back", "energy.settle", APPLIED, **short)
    take(case, "give_back", "energy.settle", APPLIED, **short | {"returns": [{"name": "结余", "amount": "4500.00"}]})
    assert money_of(case).to_return == 0


# ---- light


def test_light_is_recorded_once_and_the_owner_then_says_what_he_paid():
    case = walk.accepted()
    assert "尚未接电" in refused(case, "confirm_zero", owner(), APPLIED)
    take(case, "energise", "grid.connect", date(2025, 3, 5), energised_on=date(2025, 3, 4))
    assert "已记录接电日期：2025-03-04" in refused(
        case, "energise", "grid.connect", date(2025, 3, 5), energised_on=date(2025, 3, 5)
    )
    take(case, "confirm_zero", owner(), date(2025, 3, 5))
    take(case, "report_paid", owner(), date(2025, 3, 6), what="表计", amount="500.00")
    report = child(case, ChargeReport)
    assert (report.state, report.subject) == ("received", owner().subject)


# ---- stepping back


def test_the_owner_sees_seven_steps_and_where_the_project_stands():
    case = walk.listed()
    assert len(CountyPaid.journey) == 7
    assert CountyPaid.journey[CountyPaid.stage_of(case.state)].zh == "审核拨付"
    assert CountyPaid.stage_of(case.state) == 3
    with clock.at(APPLIED):
        assert Case.objects.visible_to(owner()).filter(pk=case.pk).exists()


def test_before_the_money_a_project_is_withdrawn_and_its_order_with_it():
    case = walk.listed()
    take(case, "withdraw", owner(), APPLIED, reason="停建")
    assert case.state == "withdrawn"
    assert DispatchOrder.objects.get().withdrawn_on == APPLIED


def test_after_the_money_it_is_stopped_and_the_rest_returned():
    case = walk.funded()
    take(case, "pay", "energy.settle", APPLIED, **payment("300000.00", "示例支1号"))
    assert "要在" in refused(case, "withdraw", owner(), APPLIED, reason="停建")
    said = refused(case, "stop", "energy.works", APPLIED, reason="停建", returned="80000.00")
    assert "未用为 86,000.00 元" in said
    event = take(case, "stop", "energy.works", APPLIED, reason="停建", returned="86000.00")
    assert "已花300,000.00元报县政府办决定" in "".join(reason["text"] for reason in event.decision["reasons"])
    assert money_of(case).left == 0


def test_a_pause_stops_every_clock_until_it_ends():
    case = walk.scheme_made()
    take(case, "procure", "energy.design", APPLIED, **walk.procurement("设计"))
    assert case.due_on == date(2025, 3, 31)
    assert "没有暂停" in refused(case, "resume", owner(), date(2025, 3, 4))
    take(case, "pause", owner(), date(2025, 3, 4), reason="资金")
    assert "已经暂停" in refused(case, "pause", owner(), date(2025, 3, 5), reason="资金")
    assert (case.due_on, case.halted_on) == (None, date(2025, 3, 4))
    take(case, "resume", owner(), date(2025, 3, 18))
    assert case.due_on == date(2025, 4, 15)


# ---- whose step it is


@pytest.mark.proves("power-3-2-2-3-4", "power-3-2-2-4-3", "power-3-2-2-5-3", "power-3-2-2-7-4")
def test_each_step_counts_for_its_own_unit():
    case, finance = walk.scheme_made(), official("finance.fund")
    assert case in waiting_for(official("energy.design"))
    walk.listed(case=case)
    assert case in waiting_for(finance)
    take(case, "fund", "finance.fund", APPLIED, **funding())
    assert case in waiting_for(official("energy.works"))
    assert case not in waiting_for(finance)
    take(case, "build", "energy.works", APPLIED, civil_on=APPLIED)
    take(case, "finish_electrical", "energy.works", APPLIED, electrical_on=APPLIED)
    take(case, "witness", "grid.connect", APPLIED, node="acceptance", opinion="同意")
    acceptance = {"county_opinion": "合格", "end_on": APPLIED}
    take(case, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
    assert child(case, Handover) in waiting_for(official("grid.assets"))
