"""Works that the county pays: what the orders of class B and the civil strand of class C have in common."""

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.procedures.forms import ANOTHER, DESIGN, PROCUREMENT, SOURCES
from xianzhi.law.fields import choice, day, lines, money, note, number, text, whole
from xianzhi.law.procedure import APPLICANT, CLOCK, SAME, Limit, Paper, Procedure, Step, final, states

NODES = {"study": "可研", "design": "设计", "acceptance": "验收"}
OWNER = (APPLICANT, "approval.first_review")


class Works(Procedure, abstract=True):
    """Steps 3 to 7 of the notice, from the scheme to the closing."""

    scheme_made, procured, designed, listed, funded = states("方案已出 已采购 已设计 已立项 已拨付")
    built, accepted, handed_in, audited, settled = states("已完工 已验收 已交资料 已审计 已结算")
    closed, withdrawn, stopped = final("已办结 已撤回 已停止")

    # 3 designer, drawings, line of the plan
    procure = Step(
        "选定设计单位", scheme_made >> procured, by="energy.design", event="power_access.works.procured",
        cites=("power-3-2-2-3-1", "power-3-2-2-3-4"), asks=PROCUREMENT, guard=rules.may_procure,
    )  # fmt: skip
    procure_more = Step(
        "另行采购", procured | designed | listed | funded | built | accepted >> SAME,
        by=("energy.works", "energy.design"), event="power_access.works.procured_more", cites="power-3-2-2-3-1",
        asks=PROCUREMENT, guard=rules.may_procure, help="施工、设备、审价、审计等", aside=True,
    )  # fmt: skip
    witness = Step(
        "出环节意见", scheme_made | procured | designed | listed | funded | built >> SAME,
        by=("grid.scheme", "grid.connect"), event="power_access.works.witnessed", aside=True, cites="power-3-2-2-5-2",
        asks=(choice("node", "环节", NODES), note("opinion", "意见")),
        issues="power.witness_opinion",
    )  # fmt: skip
    note_absence = Step(
        "记供电公司未到场", scheme_made | procured | designed | listed | funded | built >> SAME,
        by=("energy.design", "energy.works"), event="power_access.works.absence_noted", cites="power-3-2-2-5-2",
        asks=(choice("node", "环节", NODES), day("invited_on", "通知日期"), note("circumstances", "情况")), aside=True,
    )  # fmt: skip
    design = Step(
        "交设计", procured >> designed, by=("energy.design", "designer.design"), event="power_access.works.designed",
        cites=("power-3-2-2-3-2", "power-3-2-2-3-3", "power-1-4"),
        needs=(
            Paper("drawings", "设计图纸", cites="power-3-2-2-3-2"),
            Paper("equipment_list", "设备清单", cites="power-3-2-2-3-3"),
        ),
        asks=DESIGN, guard=rules.design_complete, within="power.design.limit",
    )  # fmt: skip
    redesign = Step(
        "复核设计", designed | listed | funded >> SAME, by=("energy.design", "designer.design"),
        event="power_access.works.redesigned", aside=True, cites="power-3-2-2-3-2",
        needs=(
            Paper("drawings", "设计图纸", cites="power-3-2-2-3-2"),
            Paper("equipment_list", "设备清单", cites="power-3-2-2-3-3"),
        ),
        asks=DESIGN, guard=rules.design_complete,
        help="供电方案有新版，或设计有修改的，按现行方案重交；设备清单一并重交",
    )  # fmt: skip
    list = Step(
        "立项列入计划", designed >> listed, by="energy.plan", event="power_access.works.listed",
        cites=("power-3-1-1", "power-3-1-3"),
        needs=(Paper("approval_document", "立项批复文件", cites="power-3-1-1"),),
        asks=(text("approval_number", "立项批复文号"), day("approved_on", "批复日期")), guard=rules.may_list,
    )  # fmt: skip

    # 4 money
    fund = Step(
        "审核拨付", listed >> funded, by="finance.fund", event="power_access.works.funded",
        cites=("power-3-2-2-4-1", "power-4-1", "power-2-2-2", "power-3-2-2-4-3"),
        asks=(money("amount", "拨付金额"), SOURCES, text("treasury_number", "国库流水号")),
        guard=(rules.may_fund, rules.booked_once), within="power.fund.limit", grave=True,
        issues="power.fund_slip",
    )  # fmt: skip
    fund_more = Step(
        "追加拨付", funded | built | accepted | handed_in | audited | settled >> SAME, by="finance.fund",
        event="power_access.works.funded_more", aside=True, cites=("power-3-2-2-4-1", "power-4-1"),
        asks=(money("amount", "拨付金额"), SOURCES, text("treasury_number", "国库流水号"), ANOTHER),
        guard=(rules.may_fund, rules.booked_once), grave=True,
        issues="power.fund_slip",
    )  # fmt: skip
    pay = Step(
        "支付", funded | built | accepted | handed_in | audited | settled >> SAME,
        by=("energy.settle", "finance.treasury"), event="power_access.works.paid", aside=True, cites="power-3-2-2-4-2",
        asks=(
            money("amount", "支付金额"), text("account", "收款账户"), text("treasury_number", "国库流水号"),
            text("purpose", "用途").optional, ANOTHER,
        ),
        guard=(rules.may_pay, rules.booked_once), grave=True,
    )  # fmt: skip

    reverse_payment = Step(
        "冲销支付", funded | built | accepted | handed_in >> SAME, by="energy.settle",
        event="power_access.works.payment_reversed", aside=True, cites="power-3-2-2-4-2",
        asks=(text("treasury_number", "国库流水号"), money("amount", "冲销金额"), note("reason", "冲销原因")),
        guard=rules.may_reverse, grave=True, help="误记的支付由一笔相反的分录冲销，原分录保留；审计后改用收回多付",
    )  # fmt: skip

    # 5 building
    progress = Step(
        "报进度", funded >> SAME, by=("energy.works", "builder.build"), event="power_access.works.progressed",
        cites=("power-3-2-2-5-1", "power-3-2-3-6"), needs=(Paper("photos", "分段照片", required=False),),
        asks=(
            text("section", "分段"), number("metres", "本次完成", "米", places=1), whole("wells", "井", "座").optional,
        ),
        guard=rules.may_build,
    )  # fmt: skip
    build = Step(
        "土建完工", funded >> built, by=("energy.works", "builder.build"), event="power_access.works.built",
        cites=("power-3-2-2-5-1", "power-3-2-2-5-3"), asks=(day("civil_on", "土建竣工日期"),), guard=rules.may_build,
    )  # fmt: skip

    # 6 acceptance and settlement
    accept = Step(
        "验收合格", built >> accepted, by="energy.works", event="power_access.works.accepted",
        cites=("power-3-2-2-6-1", "power-3-2-2-6-7"), needs=(Paper("acceptance_report", "验收报告"),),
        asks=(note("county_opinion", "县能源局验收意见"), day("end_on", "项目结束日")),
        guard=(rules.may_accept, rules.day_ok), help="合格之日即项目结束之日，自次日起一个自然月内交结算资料",
        issues="power.acceptance_report",
    )  # fmt: skip
    reject = Step(
        "验收不合格", built >> funded, by="energy.works", event="power_access.works.rejected", cites="power-3-2-2-6-1",
        asks=(lines("items", "不合格项", text("name", "问题"), day("due_on", "整改期限").optional),),
        guard=rules.may_reject,
    )  # fmt: skip
    hand_in = Step(
        "交结算资料", accepted >> handed_in, by="energy.settle", event="power_access.works.handed_in",
        cites="power-3-2-2-6-2",
        needs=(
            Paper("acceptance_report", "验收报告"), Paper("settlement_report", "结算报告"), Paper("papers", "相关资料"),
        ),
        asks=(money("submitted", "送审金额"),), guard=rules.may_hand_in,
        within=Limit("power.settlement.limit", since="accept.end_on"),
    )  # fmt: skip
    consent_finance = Step(
        "县财政局认可审计单位", handed_in >> SAME, by="finance.close", event="power_access.works.finance_consented",
        cites="power-3-2-2-6-3", asks=(text("auditor", "审计单位", functions=("auditor",)),),
    )  # fmt: skip
    consent_energy = Step(
        "县能源局认可审计单位", handed_in >> SAME, by="energy.settle", event="power_access.works.energy_consented",
        cites="power-3-2-2-6-3", asks=(text("auditor", "审计单位", functions=("auditor",)),),
    )  # fmt: skip
    audit = Step(
        "出审计结果", handed_in >> audited, by=("finance.close", "auditor.audit"), event="power_access.works.audited",
        cites=("power-3-2-2-6-3", "power-3-2-2-6-7"), needs=(Paper("audit_report", "竣工结算审计报告"),),
        asks=(
            money("audited", "审定金额"),
            text("package_sm3", "封存包摘要", most=64, help="审计报告所附封存包的摘要，与封存时不同的不收").optional,
        ),
        guard=(rules.may_audit, rules.package_unchanged),
        issues="power.audit_report",
    )  # fmt: skip
    settle = Step(
        "据实结算", audited >> settled, by="finance.close", event="power_access.works.settled",
        cites="power-3-2-2-6-4", guard=rules.may_settle, grave=True,
        issues="power.settlement_report",
    )  # fmt: skip
    recover = Step(
        "收回多付", settled >> SAME, by="energy.settle", event="power_access.works.recovered", cites="power-3-2-2-6-4",
        asks=(money("amount", "收回金额"), text("treasury_number", "国库流水号"), ANOTHER),
        guard=(rules.may_recover, rules.booked_once), aside=True,
    )  # fmt: skip
    give_back = Step(
        "退回结余", settled >> SAME, by="energy.settle", event="power_access.works.given_back", aside=True,
        cites="power-3-2-2-6-6",
        asks=(
            lines("returns", "结余退回清单", text("name", "事项"), money("amount", "金额")),
            text("treasury_number", "国库流水号"),
        ),
        guard=(rules.surplus, rules.booked_once),
        issues="power.return_list",
    )  # fmt: skip
    close = Step(
        "办结", settled >> closed, by=("energy.settle", CLOCK), event="power_access.works.closed",
        cites=("power-3-2-2-6-4", "power-3-2-2-6-6", "power-3-2-2-7-1"), guard=rules.may_close, when=rules.may_close,
    )  # fmt: skip

    # the owner steps back or asks for a pause
    withdraw = Step(
        "撤回", scheme_made | procured | designed | listed >> withdrawn, by=OWNER,
        event="power_access.works.withdrawn", aside=True, cites="power-3-2-2-1-1", asks=(note("reason", "撤回原因"),),
        guard=rules.withdrawal, grave=True,
    )  # fmt: skip
    stop = Step(
        "停止办理", funded | built >> stopped, by=("energy.works", "approval.first_review"),
        event="power_access.works.stopped", aside=True, cites="power-3-2-2-1-1",
        asks=(note("reason", "业主撤回原因"), money("returned", "退回未用资金")),
        guard=(rules.withdrawal, rules.rest_returned), grave=True, help="未用资金退回，已花部分报县政府办决定",
    )  # fmt: skip
    pause = Step(
        "暂停", scheme_made | procured | designed | listed | funded >> SAME, by=(*OWNER, "energy.works"),
        event="power_access.works.paused", cites="power-2-2-3", asks=(note("reason", "暂停原因"),), halts=True,
        aside=True,
    )  # fmt: skip
    resume = Step(
        "恢复", scheme_made | procured | designed | listed | funded >> SAME, by=(*OWNER, "energy.works"),
        event="power_access.works.resumed", aside=True, cites="power-2-2-3", resumes=True,
    )  # fmt: skip
