"""The house's own procedures: declarations only."""

from xianzhi.kernel import rules
from xianzhi.law.fields import day, note, text
from xianzhi.law.procedure import CLOCK, START, Procedure, Step, final, stage, states

POSTS = {"approval.parameters": "参数拟定", "county_office.parameters": "参数批准"}


class ParameterChange(Procedure):
    """参数新增取值, from the proposal to the first day on which the value is used."""

    app = "kernel"
    zh = "参数新增取值"
    numbered = "参数〔{year}〕{serial:03d}"

    proposed, approved = states("待批准 已批准")
    in_force, rejected = final("已起用 未批准")
    journey = (stage("拟定", proposed), stage("批准", approved), stage("起用", in_force))

    propose = Step(
        "拟定取值", START >> proposed, by="approval.parameters", event="kernel.parameter.proposed",
        cites=("house-1-1", "house-1-2"), guard=rules.value_may_be_set,
        asks=(
            text("name", "参数"),
            day("since", "自"),
            text("value", "取值", help="只写数字、日期或文字，不写单位；留空表示自该日起不再有值").optional,
            text("cites", "依据条款", help="条款编号，如 power-6-3"),
            text("basis", "上级文件", help="文号"),
            note("reason", "理由"),
        ),
    )  # fmt: skip
    approve = Step(
        "批准", proposed >> approved, by="county_office.parameters", not_by="propose", grave=True,
        event="kernel.parameter.approved", cites=("house-1-1", "house-1-2"), guard=rules.value_may_be_set,
        asks=(note("opinion", "意见").optional,), help="批准后，自所定之日起的办件都用新值；已办结的不变",
    )  # fmt: skip
    reject = Step(
        "不予批准", proposed >> rejected, by="county_office.parameters", not_by="propose",
        event="kernel.parameter.rejected", cites="house-1-2", asks=(note("reason", "理由"),),
    )  # fmt: skip
    begin = Step(
        "起用", approved >> in_force, by=CLOCK, when=rules.value_begins, event="kernel.parameter.begun",
        cites="house-1-3",
    )  # fmt: skip
