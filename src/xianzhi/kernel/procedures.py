"""The house's own procedures: declarations only."""

from xianzhi.kernel import rules
from xianzhi.law.fields import choice, day, note, text
from xianzhi.law.force import CHANGES
from xianzhi.law.procedure import CLOCK, START, Procedure, Step, final, stage, states

POSTS = {
    "approval.parameters": "参数拟定", "county_office.parameters": "参数批准", "county_office.gazette": "公报编辑",
    "county_office.review": "文件审核",
}  # fmt: skip


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


class EffectChange(Procedure):
    """文件效力变动: an amendment, extension, suspension, repeal or replacement of a published document."""

    app = "kernel"
    zh = "文件效力变动"
    numbered = "效力〔{year}〕{serial:03d}"

    proposed, recorded = states("待确认 已记入")
    undone, rejected = final("已更正 未确认")
    journey = (stage("提出", proposed), stage("确认", recorded))

    propose = Step(
        "提出变动", START >> proposed, by="county_office.gazette", event="kernel.effect.proposed", cites="house-3-3",
        guard=rules.change_may_be_recorded,
        asks=(
            text("name", "文件", help="文件编号，如 power"),
            choice("kind", "变动", {str(kind): zh for kind, zh in CHANGES.items()}),
            day("since", "自"),
            day("until", "至", help="延长到哪一天，或暂停到哪一天").optional,
            text("basis", "依据文件", help="文号"),
            note("note", "说明", most=200).optional,
        ),
    )  # fmt: skip
    confirm = Step(
        "确认", proposed >> recorded, by="county_office.review", not_by="propose", grave=True,
        event="kernel.effect.recorded", cites="house-3-3", guard=rules.change_may_be_recorded,
        help="确认后，自所定之日起各页按新的效力显示",
    )  # fmt: skip
    reject = Step(
        "不予确认", proposed >> rejected, by="county_office.review", not_by="propose",
        event="kernel.effect.rejected", cites="house-3-3", asks=(note("reason", "理由"),),
    )  # fmt: skip
    undo = Step(
        "更正", recorded >> undone, by="county_office.review", aside=True, grave=True, event="kernel.effect.undone",
        cites="house-3-3", asks=(note("reason", "理由"),), help="记错时用；原记录留存，效力恢复到变动之前",
    )  # fmt: skip
