"""资产移交: beside the settlement, so that neither waits for the other."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import choice, day, lines, money, note, text, whole
from xianzhi.law.procedure import SAME, START, Paper, Procedure, Step, final, stage, states

OUTCOMES = {one.value: one.zh for one in rules.Judgement}
CODES = lines("codes", "资产", text("code", "资产编号", most=40))


class Handover(Procedure):
    """资产移交, from the acceptance to the day on which 供电公司 answers for the assets, or 建设单位 keeps them."""

    zh = "资产移交"
    numbered = "绛电移〔{year}〕{serial:04d}"
    readers = ("finance", "county_office", "government", "zone")

    to_judge, judged_transfer, signed = states("待研判 已研判移交 已签协议")
    transferred, kept = final("已移交 自留")
    journey = (stage("研判", to_judge), stage("签协议", judged_transfer, signed), stage("移交", transferred, kept))

    open = Step(
        "转入移交", START >> to_judge, by=("energy.works", "grid.connect", "grid.assets"),
        event="power_access.handover.opened", cites="power-3-2-2-7-1",
        help="验收合格后自动转入；重新研判时由县能源局转入",
    )  # fmt: skip
    list_assets = Step(
        "报资产清单", to_judge >> SAME, by="energy.works", event="power_access.handover.assets_listed",
        cites="power-3-2-2-7-1",
        asks=(
            lines(
                "assets", "资产", text("code", "资产编号", most=40), text("kind", "类别", most=40),
                text("position", "位置", most=120),
                text("point", "坐标", most=60, help="经度,纬度").optional, money("value", "价值"),
            ).optional,
            choice("view", "县能源局意见", OUTCOMES),
        ),
        guard=rules.asset_list_ok,
    )  # fmt: skip
    judge_transfer = Step(
        "研判移交", to_judge >> judged_transfer, by="grid.assets", event="power_access.handover.judged_transfer",
        cites=("power-3-2-2-7-1", "power-3-2-2-7-4"),
        asks=(note("reasons", "研判理由"), whole("judged", "研判资产", "项")), guard=rules.may_judge,
        help="形成无偿移交协议草案，价款为零",
        issues="power.handover_agreement",
    )  # fmt: skip
    judge_keep = Step(
        "研判自留", to_judge >> kept, by="grid.assets", event="power_access.handover.judged_keep",
        cites=("power-3-2-2-7-1", "power-3-2-2-7-4", "power-5-2"),
        asks=(note("reasons", "研判理由"), whole("judged", "研判资产", "项")), guard=rules.may_judge, grave=True,
        issues="power.safety_notice",
    )  # fmt: skip
    scan = Step(
        "现场核对", judged_transfer | signed >> SAME, by="grid.assets", event="power_access.handover.scanned",
        cites="power-3-2-2-7-1", asks=(CODES,), guard=rules.may_scan,
    )  # fmt: skip
    sign = Step(
        "签协议", judged_transfer >> signed, by="energy.works", event="power_access.handover.signed",
        cites="power-3-2-2-7-2", needs=(Paper("agreement", "无偿移交协议", cites="power-3-2-2-7-2"),),
        asks=(day("signed_on", "签署日期"), day("effective_on", "生效日期")), guard=rules.agreement_dated,
    )  # fmt: skip
    complete = Step(
        "办结移交", signed >> transferred, by="grid.assets", event="power_access.handover.transferred",
        cites=("power-3-2-2-7-2", "power-3-2-2-7-3", "power-3-2-2-7-4", "power-5-1"), guard=rules.may_transfer,
        grave=True, help="协议生效且设施投运之日起，安全责任归供电公司",
        issues="power.safety_notice",
    )  # fmt: skip
    inspect = Step(
        "年度巡检", transferred >> SAME, by="grid.assets", event="power_access.handover.inspected", cites="power-5-1",
        asks=(lines("findings", "巡检记录", text("code", "资产编号", most=40), text("finding", "情况")),),
        guard=rules.may_scan,
        aside=True,
    )  # fmt: skip
