"""用户投资: only by the owner's own written wish, with both costs before him."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import day, money, note, text, yes_no
from xianzhi.law.procedure import APPLICANT, START, Paper, Procedure, Step, final, stage, states


class OwnPaid(Procedure):
    """用户投资办理, from the two schemes to the connection, or back to the standard one."""

    zh = "用户投资办理"
    numbered = "绛电用〔{year}〕{serial:04d}"
    readers = ("energy", "county_office", "government", "zone")
    opens = ("grid.connect",)

    handed_over, offered, chosen, building, returning = states("已转供电公司 待业主选择 业主自投 施工中 待改按标准")
    energised, returned, withdrawn = final("已接电 已改按标准 已撤回")
    journey = (
        stage("两个方案", handed_over), stage("业主选择", offered, returning), stage("施工", chosen, building),
        stage("接电", energised),
    )  # fmt: skip

    hand_over = Step(
        "转供电公司", START >> handed_over, by="approval.dispatch", event="power_access.own.handed_over",
        cites="power-2-4", guard=rules.may_offer,
    )  # fmt: skip
    offer = Step(
        "列两个方案", handed_over >> offered, by="grid.scheme", event="power_access.own.offered", cites="power-2-4",
        needs=(Paper("wish", "用户书面要求", cites="power-2-4"),),
        asks=(
            text("standard", "超出的标准", most=120), money("base_cost", "标准方案费用"),
            money("wished_cost", "用户方案费用"),
            note("difference", "两个方案的差别").optional,
        ),
    )  # fmt: skip
    choose = Step(
        "选择自投", offered >> chosen, by=APPLICANT, event="power_access.own.chosen", cites="power-2-4",
        asks=(yes_no("signed", "本人已看过两个方案的费用，自愿自投"),), guard=rules.may_choose, grave=True,
    )  # fmt: skip
    begin = Step(
        "报开工", chosen >> building, by="grid.connect", event="power_access.own.begun", cites="power-2-4",
        asks=(day("begun_on", "开工日期"),), guard=rules.day_ok,
    )  # fmt: skip
    return_to_base = Step(
        "改按标准方案", offered | chosen >> returning, by=APPLICANT, event="power_access.own.returned_to_base",
        cites="power-2-4", help="开工以前随时可以改回", aside=True,
    )  # fmt: skip
    reroute = Step(
        "转标准方案办理", returning >> returned, by="approval.dispatch", event="power_access.own.rerouted",
        cites="power-2-4", guard=rules.may_return_to,
    )  # fmt: skip
    energise = Step(
        "报接电", building >> energised, by="grid.connect", event="power_access.own.energised", cites="power-2-4",
        asks=(day("energised_on", "接电日期"),), guard=rules.day_ok,
    )  # fmt: skip
    withdraw = Step(
        "撤回", handed_over | offered | chosen | returning >> withdrawn, by=(APPLICANT, "approval.first_review"),
        event="power_access.own.withdrawn", cites="power-3-2-2-1-1", asks=(note("reason", "撤回原因"),), grave=True,
        aside=True,
    )  # fmt: skip
