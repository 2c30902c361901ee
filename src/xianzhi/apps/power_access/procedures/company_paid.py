"""供电公司投资: the company connects by its own rules, here stands what it reports."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import day, money, text
from xianzhi.law.procedure import APPLICANT, START, Procedure, Step, final, stage, states


class Connection(Procedure, abstract=True):
    """What 供电公司 reports of works of its own, and the owner's answer once there is light."""

    scheme_made, built, energised = states("方案已出 已建成 已接电")
    confirmed_zero, reported = final("已确认零收费 已反映收费")

    build = Step(
        "报建成", scheme_made >> built, by="grid.connect", event="power_access.connection.built",
        cites=("power-3-2-1-1", "power-3-2-3-4"), asks=(day("built_on", "建成日期"),), guard=rules.day_ok,
    )  # fmt: skip
    energise = Step(
        "报接电", built >> energised, by="grid.connect", event="power_access.connection.energised",
        cites=("power-3-2-1-1", "power-3-2-3-2"), asks=(day("energised_on", "接电日期"),),
        guard=(rules.connection_days, rules.day_ok),
    )  # fmt: skip
    confirm_zero = Step(
        "确认红线外未交费", energised >> confirmed_zero, by=(APPLICANT, "approval.first_review"),
        event="power_access.connection.zero_confirmed", cites=("power-1-2", "power-2-1-3"), guard=rules.zero_charge,
        within="power.zero_answer.limit", help="接电当天问一次；七天没有答复的再问一次",
        issues="power.zero_charge",
    )  # fmt: skip
    report_paid = Step(
        "反映红线外交费", energised >> reported, by=APPLICANT, event="power_access.connection.charge_reported",
        cites="power-1-2", asks=(text("what", "收费事项", most=120), money("amount", "金额")), guard=rules.zero_charge,
        aside=True,
        issues="power.zero_charge",
    )  # fmt: skip


class CompanyPaid(Connection):
    """供电公司投资办理, from the hand-over to the owner's answer."""

    zh = "供电公司投资办理"
    numbered = "绛电供〔{year}〕{serial:04d}"
    readers = ("energy", "county_office", "government", "zone")

    handed_over, accepted = states("已转供电公司 已受理")
    journey = (
        stage("转办", handed_over), stage("受理", accepted), stage("方案", Connection.scheme_made),
        stage("建设", Connection.built),
        stage("接电", Connection.energised, Connection.confirmed_zero, Connection.reported),
    )  # fmt: skip

    hand_over = Step(
        "转供电公司", START >> handed_over, by="approval.dispatch", event="power_access.connection.handed_over",
        cites=("power-3-2-1-1", "power-2-1-1", "power-2-1-2"), guard=rules.may_hand_over,
    )  # fmt: skip
    accept = Step(
        "报受理", handed_over >> accepted, by="grid.connect", event="power_access.connection.accepted",
        cites="power-3-2-1-1", asks=(day("accepted_on", "受理日期"),), guard=rules.day_ok,
    )  # fmt: skip
    scheme = Step(
        "报方案", accepted >> Connection.scheme_made, by=("grid.connect", "grid.scheme"),
        event="power_access.connection.scheme_made", cites="power-3-2-1-1",
        asks=(text("access_point", "接入点", most=80),),
    )  # fmt: skip
