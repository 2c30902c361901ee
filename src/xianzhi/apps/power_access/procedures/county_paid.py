"""县政府投资: the dispatch order and the seven steps of the notice."""

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.procedures.forms import SCHEME
from xianzhi.apps.power_access.procedures.works import OWNER, Works
from xianzhi.law.fields import day, money, note, text
from xianzhi.law.procedure import APPLICANT, SAME, START, Paper, Step, stage, states


class CountyPaid(Works):
    """县政府投资办理, from the dispatch order to the closing."""

    zh = "县政府投资办理"
    numbered = "绛电投〔{year}〕{serial:04d}"
    readers = ("county_office", "government", "zone")

    dispatched, ordered = states("已派单 已下工单")
    journey = (
        stage("初审派单", dispatched),
        stage("供电方案", ordered),
        stage("选定单位和设计", Works.scheme_made, Works.procured, Works.designed),
        stage("审核拨付", Works.listed),
        stage("土建施工", Works.funded),
        stage("验收结算", Works.built, Works.accepted, Works.handed_in, Works.audited),
        stage("移交办结", Works.settled, Works.closed),
    )

    dispatch = Step(
        "派单", START >> dispatched, by="approval.dispatch", event="power_access.order.dispatched",
        cites=("power-3-2-2-1-4", "power-3-2-2-1-1"), guard=rules.may_dispatch,
        help="由受理认定转入，派工单号随办件生成",
        issues="power.dispatch_order",
    )  # fmt: skip
    reissue = Step(
        "撤回重派", dispatched >> SAME, by="approval.dispatch", event="power_access.order.reissued", aside=True,
        cites="power-3-2-2-1-4", asks=(note("reason", "原因"),), grave=True, help="原派工单作废，另发新号",
        issues="power.dispatch_order",
    )  # fmt: skip
    receive = Step(
        "签收派工单", dispatched >> SAME, by="energy.order", event="power_access.order.received",
        cites="power-3-2-2-1-4",
    )  # fmt: skip
    order = Step(
        "下达工单", dispatched >> ordered, by="energy.order", event="power_access.order.ordered",
        cites="power-3-2-2-2-1", guard=rules.may_order, within="power.work_order.limit",
        issues="power.work_order",
    )  # fmt: skip
    scheme = Step(
        "出供电方案", ordered >> Works.scheme_made, by="grid.scheme", event="power_access.scheme.made",
        cites=("power-3-2-2-2-1", "power-3-2-2-2-2", "power-1-3"),
        needs=(Paper("scheme", "供电方案", cites="power-3-2-2-2-1"),),
        asks=SCHEME, guard=(rules.scheme_complete, rules.route_ok), within="power.scheme.limit",
        issues="power.scheme_reply",
    )  # fmt: skip
    revise_scheme = Step(
        "变更供电方案", Works.scheme_made | Works.procured | Works.designed | Works.listed | Works.funded >> SAME,
        by="grid.scheme", event="power_access.scheme.revised", aside=True, cites=("power-3-2-2-2-1", "power-3-2-2-3-2"),
        needs=(Paper("scheme", "供电方案", cites="power-3-2-2-2-1"),),
        asks=(*SCHEME, note("reason", "变更原因")), guard=(rules.scheme_complete, rules.route_ok),
        help="设计须按新版复核，复核前停止支付",
        issues="power.scheme_reply",
    )  # fmt: skip

    adopt_scheme = Step(
        "采用来文方案", Works.scheme_made | Works.procured | Works.designed | Works.listed | Works.funded >> SAME,
        by="energy.order", event="power_access.scheme.adopted", aside=True,
        cites=("power-3-2-2-2-1", "power-3-2-2-3-2"),
        needs=(Paper("scheme", "供电方案"),), asks=(*SCHEME, note("reason", "理由")),
        guard=(rules.scheme_complete, rules.route_ok), issues="power.scheme_reply",
        help="录入的与供电公司来文不同时，在“交换”中对照选定",
    )  # fmt: skip
    adopt_scheme = Step(
        "采用来文方案", Works.scheme_made | Works.procured | Works.designed | Works.listed | Works.funded >> SAME,
        by="energy.order", event="power_access.scheme.adopted", aside=True,
        cites=("power-3-2-2-2-1", "power-3-2-2-3-2"), needs=(Paper("scheme", "供电方案"),),
        asks=(*SCHEME, note("reason", "理由")), guard=(rules.scheme_complete, rules.route_ok),
        issues="power.scheme_reply", help="录入的与供电公司来文不同时，在“交换”中对照选定",
    )  # fmt: skip

    finish_electrical = Step(
        "电气完工", Works.funded | Works.built >> SAME, by=("energy.works", "grid.connect"),
        event="power_access.works.electrical_finished", cites="power-3-2-2-6-1",
        asks=(day("electrical_on", "电气竣工日期"),), guard=rules.day_ok,
    )  # fmt: skip
    energise = Step(
        "接电", Works.accepted | Works.handed_in | Works.audited | Works.settled >> SAME, by="grid.connect",
        event="power_access.works.energised", cites=("power-2-2-3", "power-5-1"),
        asks=(day("energised_on", "接电日期"),), guard=rules.day_ok,
    )  # fmt: skip
    confirm_zero = Step(
        "确认红线外未交费", Works.accepted | Works.handed_in | Works.audited | Works.settled >> SAME, by=OWNER,
        event="power_access.works.zero_confirmed", cites="power-1-2", guard=(rules.once_energised, rules.zero_charge),
        issues="power.zero_charge",
    )  # fmt: skip
    report_paid = Step(
        "反映红线外交费", Works.accepted | Works.handed_in | Works.audited | Works.settled >> SAME, by=APPLICANT,
        event="power_access.works.charge_reported", aside=True, cites="power-1-2",
        asks=(text("what", "收费事项", most=120), money("amount", "金额")),
        guard=(rules.once_energised, rules.zero_charge),
        issues="power.zero_charge",
    )  # fmt: skip
    withdraw = Step(
        "撤回", dispatched | ordered | Works.scheme_made | Works.procured | Works.designed | Works.listed
        >> Works.withdrawn, by=OWNER, event="power_access.works.withdrawn", aside=True, cites="power-3-2-2-1-1",
        asks=(note("reason", "撤回原因"),), guard=rules.withdrawal, grave=True,
        revokes=("power.dispatch_order", "power.work_order"),
    )  # fmt: skip
