"""年度投资计划: one case a year, from the draft to the closing."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import day, lines, money, note, text, whole, yes_no
from xianzhi.law.procedure import SAME, START, Paper, Procedure, Step, final, stage, states

LINES = lines(
    "lines", "计划项目", text("name", "名称", most=120), text("project", "项目编号", help="预留的不填").optional,
    money("amount", "金额"),
)  # fmt: skip
CHANGES = lines(
    "changes", "调整各行", whole("line", "行号", help="新增的不填").optional,
    text("name", "名称", most=120, help="新增的填写").optional,
    text("project", "项目编号", help="新增项目的填写").optional,
    yes_no("carry", "上年缺口转列", help="上年在本年计划协商后才结转的选是").optional,
    money("after", "调整后", help="删去的不填").optional,
)  # fmt: skip
CONSENT = (text("number", "同意文号"), day("consented_on", "同意日期"))


class AnnualPlan(Procedure):
    """年度投资计划, agreed between the county and 供电公司, consented to by the county, closed with the year."""

    zh = "年度投资计划"
    numbered = "绛电计〔{year}〕{serial:02d}"
    readers = ("county_office", "grid", "zone")

    drafting, agreed, in_force = states("编制中 已协商 执行中")
    closed = final("已结转")
    journey = (stage("编制", drafting), stage("同意", agreed), stage("执行", in_force), stage("结转", closed))

    draft = Step(
        "编制计划", START >> drafting, by="energy.plan", event="power_access.plan.drafted", cites="power-3-1-2",
        asks=(
            whole("year", "年度"),
            lines("actuals", "以前年度实际投资", whole("year", "年度"), money("amount", "实际投资")).optional,
            LINES.optional,
        ),
        guard=(rules.may_draft, rules.plan_reference, rules.lines_add_up),
        help="上年实际投资和近几年平均投资随判定列出；上年缺口自动转列",
    )  # fmt: skip
    revise = Step(
        "修改草案", drafting >> SAME, by="energy.plan", event="power_access.plan.revised", cites="power-3-1-2",
        asks=(LINES,), guard=rules.lines_add_up, aside=True,
    )  # fmt: skip
    agree = Step(
        "确定协商数", drafting >> agreed, by="energy.plan", event="power_access.plan.agreed", cites="power-3-1-2",
        needs=(Paper("minutes", "协商纪要"),),
        asks=(
            text("county_side", "县直单位一方"), text("company_side", "供电公司一方"), money("agreed", "协商数"),
            note("reason", "理由", help="高于上年和平均数的必须说明").optional,
        ),
        guard=(rules.may_agree, rules.plan_reference, rules.lines_add_up),
    )  # fmt: skip
    send_back = Step(
        "退回修改", agreed >> drafting, by="government.consent", event="power_access.plan.sent_back", aside=True,
        cites="power-3-1-3", asks=(note("why", "退回原因"),),
    )  # fmt: skip
    consent = Step(
        "同意计划", agreed >> in_force, by="government.consent", event="power_access.plan.consented",
        cites="power-3-1-3", asks=CONSENT, guard=rules.consent_dated, grave=True,
        issues="power.annual_plan",
    )  # fmt: skip
    adjust = Step(
        "调整计划", in_force >> SAME, by="government.consent", event="power_access.plan.adjusted", cites="power-3-1-4",
        asks=(*CONSENT, note("reason", "调整理由"), CHANGES), guard=(rules.consent_dated, rules.may_adjust),
        help="调整自同意之日起生效，以前各日仍按原计划查阅", aside=True,
        issues="power.plan_adjustment",
    )  # fmt: skip
    list_return = Step(
        "报结余清单", in_force >> SAME, by="energy.plan", event="power_access.plan.return_listed", aside=True,
        cites="power-3-2-2-6-6",
        asks=(lines("returns", "结余退回清单", text("name", "项目", most=120), money("amount", "退回金额")),),
        guard=rules.year_surplus,
        issues="power.return_list",
    )  # fmt: skip
    close = Step(
        "年度结转", in_force >> closed, by="finance.close", event="power_access.plan.closed",
        cites=("power-3-2-2-6-5", "power-3-2-2-6-6"), asks=(text("receipt", "结余收款凭证号").optional,),
        guard=(rules.year_over, rules.carry, rules.year_surplus), grave=True, help="缺口转列下年计划，结余按清单退回",
        issues="power.carry_list",
    )  # fmt: skip
