"""共担: 供电公司 builds the electrical part, the county pays the civil part; two cases under one project."""

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.procedures.company_paid import Connection
from xianzhi.apps.power_access.procedures.forms import SCHEME
from xianzhi.apps.power_access.procedures.works import OWNER, Works
from xianzhi.law.fields import note
from xianzhi.law.procedure import SAME, START, Paper, Step, stage, states


class SharedElectrical(Connection):
    """分担项目电气工程, paid and built by 供电公司."""

    zh = "分担项目电气工程"
    numbered = "绛电分〔{year}〕{serial:04d}-电"
    readers = ("energy", "county_office", "government", "zone")

    (determined,) = states("已认定")
    journey = (
        stage("认定", determined), stage("方案", Connection.scheme_made), stage("建设", Connection.built),
        stage("接电", Connection.energised, Connection.confirmed_zero, Connection.reported),
    )  # fmt: skip

    open = Step(
        "转供电公司", START >> determined, by="approval.dispatch", event="power_access.shared.electrical_opened",
        cites=("power-3-2-3-2", "power-2-3-3"), guard=rules.may_share,
    )  # fmt: skip
    scheme = Step(
        "出供电方案", determined >> Connection.scheme_made, by="grid.scheme", event="power_access.shared.scheme_made",
        cites=("power-3-2-3-3", "power-3-2-3-4"), needs=(Paper("scheme", "供电方案"),), asks=SCHEME,
        guard=(rules.scheme_complete, rules.route_ok), within="power.scheme.limit",
        help="原则上采用架空；采用电缆的说明理由和增加的土建费用",
        issues="power.scheme_reply",
    )  # fmt: skip
    revise_scheme = Step(
        "变更供电方案", Connection.scheme_made >> SAME, by="grid.scheme", event="power_access.shared.scheme_revised",
        cites=("power-3-2-3-3", "power-3-2-2-3-2"), needs=(Paper("scheme", "供电方案"),),
        asks=(*SCHEME, note("reason", "变更原因")), guard=(rules.scheme_complete, rules.route_ok), aside=True,
        issues="power.scheme_reply",
    )  # fmt: skip
    adopt_scheme = Step(
        "采用来文方案", Connection.scheme_made >> SAME,
        by="energy.order", event="power_access.scheme.adopted", aside=True, cites=("power-3-2-3-3", "power-3-2-2-3-2"),
        needs=(Paper("scheme", "供电方案"),), asks=(*SCHEME, note("reason", "理由")),
        guard=(rules.scheme_complete, rules.route_ok), issues="power.scheme_reply",
        help="录入的与供电公司来文不同时，在“交换”中对照选定",
    )  # fmt: skip


class SharedCivil(Works):
    """分担项目土建配套, paid by the county: 共同认定书 stands for the order, then steps 3 to 7."""

    zh = "分担项目土建配套"
    numbered = "绛电分〔{year}〕{serial:04d}-土"
    readers = ("county_office", "government", "zone", "approval")

    (determined,) = states("已认定")
    journey = (
        stage("认定", determined),
        stage("选定单位和设计", Works.scheme_made, Works.procured, Works.designed),
        stage("审核拨付", Works.listed),
        stage("土建施工", Works.funded),
        stage("验收结算", Works.built, Works.accepted, Works.handed_in, Works.audited),
        stage("移交办结", Works.settled, Works.closed),
    )

    open = Step(
        "转县能源局", START >> determined, by="approval.dispatch", event="power_access.shared.civil_opened",
        cites=("power-3-2-3-5", "power-2-3-2"), guard=rules.may_share,
    )  # fmt: skip
    take_scheme = Step(
        "承接供电方案", determined >> Works.scheme_made, by="energy.order", event="power_access.shared.scheme_taken",
        cites=("power-3-2-3-2", "power-3-2-3-5"), guard=rules.scheme_there, help="土建按供电公司的方案设计",
    )  # fmt: skip
    withdraw = Step(
        "撤回", determined | Works.scheme_made | Works.procured | Works.designed | Works.listed >> Works.withdrawn,
        by=OWNER, event="power_access.works.withdrawn", cites="power-3-2-2-1-1", asks=(note("reason", "撤回原因"),),
        guard=rules.withdrawal, grave=True, aside=True,
    )  # fmt: skip
