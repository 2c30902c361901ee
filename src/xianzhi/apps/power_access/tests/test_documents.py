"""The documents of section (e): which step issues each, what stands in it, and what takes its force."""

from datetime import date
from typing import Any

import pypdfium2
import pytest

from xianzhi.apps.power_access.models import Asset
from xianzhi.apps.power_access.procedures import CompanyPaid, Handover, PriceReview
from xianzhi.apps.power_access.services import review
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock, registry
from xianzhi.kernel.documents import batches, check, ofd, render, word
from xianzhi.kernel.models import Case, OfficialDocument

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("jiangxian")]
ON = walk.APPLIED
KINDS = {name for name in registry.documents if name.startswith("power.")}


def issued(case: Case, kind: str) -> OfficialDocument:
    """The newest document of a kind in a case."""
    return case.documents.filter(kind=f"power.{kind}").latest("pk")


def text_of(document: OfficialDocument) -> str:
    """All that a reader finds in the PDF, without breaks of lines."""
    found = pypdfium2.PdfDocument(render.pdf_of(document))
    text = "".join(page.get_textpage().get_text_bounded() for page in found)
    return text.replace("\r", "").replace("\n", "")


def says(document: OfficialDocument, *words: str) -> None:
    text = text_of(document)
    for one in (document.number, *words):
        assert one in text, f"{document.zh}: {one}\n{text}"


def test_every_document_of_the_notice_is_declared():
    assert {registry.documents[name].zh for name in KINDS} == {
        "投资界面认定书", "共同认定书", "派工单", "工单", "供电方案答复", "年度投资计划", "年度投资计划调整通知",
        "资金审核拨付单", "环节参与意见", "验收报告", "竣工结算报告", "审价报告", "竣工结算审计报告", "结余退回清单",
        "缺口转列单", "无偿移交协议", "安全责任告知书", "零收费确认单",
    }  # fmt: skip


@pytest.mark.proves("power-3-2-2-1-3", "power-3-2-2-1-4")
def test_the_review_states_class_answers_and_who_pays_and_the_order_has_the_map():
    case = walk.dispatched()
    found = issued(case.root, "classification")
    says(found, "县政府投资", "是否延伸项目", "红线外费用分担", "示例食品厂", "绛县行政审批服务管理局")
    order = issued(case, "dispatch_order")
    assert order.number == case.root.access_project.order.number  # one number, never two
    assert order.content["facts"]["map"].startswith("<svg")
    says(order, "县能源局：", "示例不动产权第0000001号", "变压器1250.0千伏安", "2025年12月1日", "建筑区划红线示意")


def test_an_order_issued_anew_supersedes_and_a_withdrawal_revokes_it():
    case = walk.dispatched()
    first = issued(case, "dispatch_order")
    walk.take(case, "reissue", "approval.dispatch", ON, reason="项目名称有误")
    second = issued(case, "dispatch_order")
    assert (first.standing, second.standing) == ("superseded", "in_force") and first.changes.get().successor == second
    says(second, "重新派发", "项目名称有误")
    walk.take(case, "withdraw", walk.owner(), ON, reason="项目不建了")
    assert second.standing == "revoked" and "项目不建了" in second.changes.get().reason


def test_a_project_reviewed_anew_has_one_review_in_force():
    case = walk.classified(walk.factory())
    first = issued(case, "classification")
    walk.take(case, "amend", walk.owner(), ON, place="横水镇示例路3号")
    assert first.standing == "revoked"
    walk.take(case, "classify", "approval.first_review", ON, extension=True, county_paid=True)
    assert issued(case, "classification").standing == "in_force"


def test_what_the_notice_does_not_reach_is_told_in_writing():
    case = walk.applied(walk.factory(obtained_on=date(2023, 1, 5)))
    walk.take(case, "turn_down", "approval.first_review", ON, told="土地手续取得在先")
    says(issued(case, "classification"), "不适用本通知", "土地手续取得在先。")


def test_both_offices_determine_on_one_paper_with_the_number_of_the_record():
    _, civil = walk.shared()
    found = issued(civil.root, "joint_determination")
    assert found.number == civil.root.access_project.determinations.get().number
    says(found, "绛县行政审批服务管理局", "国网绛县供电公司", "公共服务项目", "县政府与供电公司分担")
    assert found.content["issuers"] == ["绛县行政审批服务管理局", "国网绛县供电公司"]


def test_the_work_order_and_the_scheme_with_its_second_version():
    case = walk.scheme_made()
    order = issued(case, "work_order")
    assert order.number == case.root.access_project.order.work_order
    says(order, issued(case, "dispatch_order").number, "前答复")
    first = issued(case, "scheme_reply")
    says(first, "示例线12号杆", "10kV", "架空", "第1版", "1250.0千伏安")
    walk.take(case, "revise_scheme", "grid.scheme", ON, "scheme", **{**walk.SCHEME, "access_point": "示例线13号杆"},
              reason="原接入点容量不足")  # fmt: skip
    second = issued(case, "scheme_reply")
    assert (first.standing, second.standing) == ("superseded", "in_force")
    says(second, "第2版", "示例线13号杆", "原接入点容量不足")


def test_the_plan_its_adjustment_and_the_slip_that_rests_on_it():
    case = walk.funded()
    project = case.root.access_project
    made = project.plan_lines.get().plan.case
    says(
        issued(made, "annual_plan"), "2025年度电力延伸工程投资计划", "500,000.00", "示例政函〔2025〕1号", "绛县人民政府"
    )
    slip = issued(case, "fund_slip")
    says(slip, issued(case, "dispatch_order").number, "土地储备资金", "250,000.00", "386,000.00", "示例发改〔2025〕8号",
         "114,000.00", "示例库〔2025〕1号")  # fmt: skip
    changes = [{"line": 1, "after": "520000.00"}, {"name": "预留", "after": "30000.00"}]
    with clock.at(ON):
        walk.take(made, "adjust", "government.consent", ON, number="示例政函〔2025〕2号", consented_on=ON,
                  reason="材料涨价", changes=changes)  # fmt: skip
    says(issued(made, "plan_adjustment"), "材料涨价", "500,000.00", "520,000.00", "+20,000.00", "550,000.00")


def test_opinion_acceptance_audit_settlement_and_what_goes_back():
    case = walk.settled(paid="360000.00", audited="352000.00")
    says(issued(case, "witness_opinion"), "验收", "同意", "供电公司")
    says(issued(case, "acceptance_report"), "电缆排管", "386,000.00", "合格", "2025年3月3日")
    audit = issued(case, "audit_report")
    says(audit, "402,000.00", "352,000.00", "50,000.00", "12.44%", "示例会计师事务所")
    assert case.materials.filter(sm3=audit.content["facts"]["papers"][0]["sm3"]).exists()
    says(issued(case, "settlement_report"), "402,000.00", "352,000.00", "8,000.00", "绛县财政局", "绛县能源局")
    walk.take(case, "recover", "energy.settle", ON, amount="8000.00", treasury_number="示例收〔2025〕1号")
    walk.take(case, "give_back", "energy.settle", ON, treasury_number="示例退〔2025〕1号",
              returns=[{"name": "工程结余", "amount": "34000.00"}])  # fmt: skip
    says(issued(case, "return_list"), "工程结余", "34,000.00", "示例退〔2025〕1号")


def test_a_review_of_prices_is_filed_by_the_third_party_itself():
    lines = [*walk.LINES, {"name": "审价费", "kind": "review_fee", "amount": "6000.00"}]
    made = walk.scheme_made()
    walk.take(made, "procure", "energy.design", ON, **walk.procurement("设计", contractor="示例设计院"))
    walk.take(made, "witness", "grid.scheme", ON, node="design", opinion="同意")
    walk.take(made, "design", "energy.design", ON, "drawings", "equipment_list",
              **walk.design(lines=lines, total="392000.00"))  # fmt: skip
    with clock.at(ON):
        case = review.order(made.root.access_project, "示例造价咨询公司", by=official("energy.settle"))
    assert case.procedure is PriceReview
    walk.take(case, "submit", "energy.settle", ON, "price_report", submitted="402000.00")
    walk.take(case, "review", "price_reviewer.review", ON, "review_report", reviewed="381500.00")
    first = issued(case, "price_review")
    says(first, "示例造价咨询公司", "20,500.00", "5.10%")
    walk.take(case, "return_report", "energy.settle", ON, why="漏项")
    walk.take(case, "review", "price_reviewer.review", ON, "review_report", reviewed="380000.00")
    assert first.standing == "superseded"


def handed(judge: str, **rest: Any) -> Case:
    """A handover judged one way, with two assets."""
    case = walk.child(walk.accepted(), Handover)
    rows = [{"code": f"A-{n}", "kind": "工作井", "position": f"示例路{n}号", "value": "12000.00"} for n in (1, 2)]
    walk.take(case, "list_assets", "energy.works", ON, assets=rows, view=judge.removeprefix("judge_"))
    walk.take(case, judge, "grid.assets", ON, reasons="与公用线路相连", judged=2)
    return case


def test_the_agreement_is_drafted_with_its_list_for_nothing_and_the_duty_is_told():
    case = handed("judge_transfer")
    says(issued(case, "handover_agreement"), "无偿移交协议", "移交价款为0.00元", "A-2", "示例路2号", "24,000.00")
    walk.take(case, "scan", "grid.assets", ON, codes=[{"code": "A-1"}, {"code": "A-2"}])
    walk.take(case, "sign", "energy.works", ON, "agreement", signed_on=ON, effective_on=ON)
    walk.take(case, "complete", "grid.assets", ON)
    says(issued(case, "safety_notice"), "安全责任", "A-1", "县能源局")  # not in operation yet


def test_assets_that_are_kept_are_told_to_the_building_unit_and_in_batches_too():
    case = handed("judge_keep")
    says(issued(case, "safety_notice"), "不移交", "由你单位继续承担安全责任", "A-1", "A-2")
    codes = [{"asset": "A-1"}, {"asset": "A-9"}, {"asset": ""}]
    with clock.at(ON):
        made = batches.batch("power.safety_notice", codes, by=official("energy.works"))
        done = batches.run(made)
    assert (done.made, done.bad) == (1, 2)
    assert "没有编号为“A-9”的资产" in made.rows.get(number=2).fault
    says(made.documents.get(), Asset.objects.get(code="A-1").position)


def test_nothing_paid_and_something_paid_are_both_on_paper():
    case = walk.handed_over()
    assert case.procedure is CompanyPaid
    walk.take(case, "accept", "grid.connect", ON, accepted_on=ON)
    walk.take(case, "scheme", "grid.connect", ON, access_point="示例线3号杆")
    walk.take(case, "build", "grid.connect", ON, built_on=ON)
    walk.take(case, "energise", "grid.connect", ON, energised_on=ON)
    walk.take(case, "report_paid", walk.owner(), ON, what="电表费用", amount="500.00")
    says(issued(case, "zero_charge"), "500.00", "电表费用", "示例食品厂反映")


def test_a_shortfall_is_carried_by_a_list_of_its_own_and_none_is_written_for_nothing():
    case = walk.settled(paid="386000.00", audited="402000.00")
    made = case.root.access_project.plan_lines.get().plan.case
    changes = [{"line": 1, "after": "386000.00"}]
    with clock.at(ON):
        data = {"number": "示例政函〔2025〕2号", "consented_on": ON, "reason": "压减", "changes": changes}
        walk.take(made, "adjust", "government.consent", ON, **data)
    assert not made.documents.filter(kind="power.carry_list").exists()
    walk.take(made, "close", "finance.close", date(2026, 1, 5))
    says(issued(made, "carry_list"), "2025年度缺口转列单", "402,000.00", "16,000.00", "转列2026年度投资计划")


def test_every_document_has_its_copies_and_the_register_is_sound():
    case = walk.accepted()
    for one in OfficialDocument.objects.filter(case__in=[case, case.root]):
        assert zip_of(ofd.ofd_of(one)) and zip_of(word.docx_of(one)), one
    assert not list(check.findings(files=True))


def zip_of(data: bytes) -> bool:
    return data.startswith(b"PK")
