"""Guards of the steps from the order to the acceptance."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from xianzhi.apps.power_access.rules.costs import CostKind, CostLine, DetailFacts, detail_ok
from xianzhi.apps.power_access.rules.reasons import InvestmentClass, condition, sentence
from xianzhi.law.decision import ALLOW, REFUSE, Decision, Reason
from xianzhi.law.money import format_yuan
from xianzhi.law.parameters import Parameters


class Mode(StrEnum):
    """敷设方式."""

    OVERHEAD = "架空"
    CABLE = "电缆"


class ProcurementKind(StrEnum):
    """What is bought; the thresholds tell construction, goods and services apart."""

    DESIGN = "设计"
    BUILDING = "施工"
    EQUIPMENT = "设备"
    REVIEW = "审价"
    AUDIT = "审计"


class Method(StrEnum):
    """How it is bought."""

    OPEN_TENDER = "公开招标"
    INVITED_TENDER = "邀请招标"
    CONSULTATION = "竞争性磋商"
    INQUIRY = "询价"
    DIRECT = "直接委托"


TENDERS = (Method.OPEN_TENDER, Method.INVITED_TENDER)
_THRESHOLDS = {
    ProcurementKind.BUILDING: "power.tender.construction",
    ProcurementKind.EQUIPMENT: "power.tender.goods",
}


@dataclass(frozen=True, slots=True)
class DispatchFacts:
    """A classified project before its order."""

    classified: InvestmentClass
    order_number: str = ""
    """The order that exists already, unless it was withdrawn."""


def may_dispatch(facts: DispatchFacts, p: Parameters) -> Decision:
    """One order for each county-paid project. [power-3-2-2-1-4]"""
    return Decision.judge([
        condition(
            facts.classified == InvestmentClass.B,
            "power-3-2-2-1-4",
            "属县政府投资的延伸项目，可以派单",
            f"投资界面为{facts.classified.zh}，只有县政府投资的延伸项目才派单",
            cure="按所属投资界面办理",
            used={"投资界面": facts.classified.zh},
        ),
        condition(
            not facts.order_number,
            "power-3-2-2-1-4",
            "尚未派单",
            f"已派单，派工单为{facts.order_number}",
            cure="使用已有的派工单",
            used={"派工单": facts.order_number or "无"},
        ),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class WorkOrderFacts:
    """A dispatched project before 县能源局's work order."""

    dispatch_number: str
    """The 派工单 that the bureau holds; empty while there is none."""
    received: bool


def may_order(facts: WorkOrderFacts, p: Parameters) -> Decision:
    """A work order rests on a dispatch order that has been received. [power-3-2-2-2-1]"""
    return Decision.judge([
        condition(bool(facts.dispatch_number), "power-3-2-2-1-4", f"派工单为{facts.dispatch_number}", "没有派工单",
                  cure="由审批局派单"),
        condition(facts.received, "power-3-2-2-2-1", "派工单已签收", "派工单尚未签收", cure="先签收派工单"),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchemeFacts:
    """A supply scheme as it is handed in; None while the page only previews."""

    work_order: str
    """The number of 县能源局's 工单; empty while there is none."""
    classified: InvestmentClass = InvestmentClass.B
    access_point: str | None = None
    route: str | None = None
    """A drawing or a description of the line up to the red line."""
    mode: Mode | None = None
    mode_reason: str | None = None
    cable_civil: Decimal | None = None
    overhead_civil: Decimal | None = None
    """The civil cost of either mode, in yuan."""


def scheme_complete(facts: SchemeFacts, p: Parameters) -> Decision:
    """A scheme answers a work order and names access point, route and mode. [power-3-2-2-2-1]

    Value: in class C with cable, what the cable adds to the county's civil cost.
    """
    reasons = [
        condition(bool(facts.work_order), "power-3-2-2-2-1", f"县能源局工单为{facts.work_order}", "没有县能源局工单",
                  cure="由县能源局下达工单")
    ]  # fmt: skip
    for zh, given in (("接入点", facts.access_point), ("到红线的路径", facts.route)):
        if given is not None:
            reasons.append(
                condition(bool(given), "power-3-2-2-2-1", f"已写明{zh}", f"缺{zh}", cure=f"在供电方案中写明{zh}")
            )
    added = None
    if facts.mode == Mode.CABLE and facts.classified == InvestmentClass.C:
        reasons += _cable(facts)
        if facts.cable_civil is not None and facts.overhead_civil is not None:
            added = facts.cable_civil - facts.overhead_civil
    return Decision.judge(reasons, value=added)


def _cable(facts: SchemeFacts) -> Iterator[Reason]:
    """Overhead in principle: a cable needs a reason, and the county sees what it adds. [power-3-2-3-3]"""
    if facts.mode_reason is not None:
        yield condition(
            bool(facts.mode_reason), "power-3-2-3-3", "已说明采用电缆的理由", "原则上采用架空，采用电缆须说明理由",
            cure="写明理由，或改为架空",
        )  # fmt: skip
    if facts.cable_civil is not None and facts.overhead_civil is not None:
        added = facts.cable_civil - facts.overhead_civil
        text = f"采用电缆，县政府承担的土建费用增加 {format_yuan(added)} 元"
        used = {"电缆土建": facts.cable_civil, "架空土建": facts.overhead_civil, "增加": added}
        yield sentence(text, "power-3-2-3-3", used)


@dataclass(frozen=True, slots=True)
class ProcureFacts:
    """A purchase before it is made; None while the page only previews."""

    on: date
    kind: ProcurementKind | None = None
    estimate: Decimal | None = None
    method: Method | None = None
    study_opinion: bool = True
    """供电公司 took part in the study, or its absence is recorded; its scheme may count as its opinion."""


def may_procure(facts: ProcureFacts, p: Parameters) -> Decision:
    """At the threshold it is a tender. [power-3-2-2-3-1]"""
    reasons = [witnessed("可研", facts.study_opinion)]
    if facts.kind is not None and facts.estimate is not None and facts.method is not None:
        threshold = p.get(_THRESHOLDS.get(facts.kind, "power.tender.services"), on=facts.on)
        below = facts.estimate < threshold.as_decimal()
        sum_zh = format_yuan(facts.estimate)
        reasons.append(
            condition(
                below or facts.method in TENDERS,
                "power-3-2-2-3-1",
                f"估算{sum_zh}元，采用{facts.method}",
                f"估算{sum_zh}元，达到招标条件，不能{facts.method}",
                cure="改为公开招标或邀请招标",
                used={"估算价": facts.estimate, "招标限额": threshold, "采购方式": facts.method},
            )
        )
    return Decision.judge(reasons)


def witnessed(node: str, there: bool) -> Reason:
    """供电公司 takes part at a key point, or its absence is recorded. [power-3-2-2-5-2]"""
    return condition(
        there,
        "power-3-2-2-5-2",
        f"供电公司已参与{node}环节",
        f"缺供电公司{node}环节意见",
        cure="由供电公司出具意见，或记录其未到场",
        used={"环节": node},
    )


@dataclass(frozen=True, slots=True)
class DesignFacts:
    """Drawings, equipment list and cost detail as they are handed in."""

    survey: bool
    """A record of the site survey."""
    scheme_version: int
    design_scheme_version: int
    """The version from which it was drawn."""
    opinion: bool
    """供电公司's opinion on the design, or its recorded absence."""
    classified: InvestmentClass = InvestmentClass.B
    lines: tuple[CostLine, ...] | None = None
    typed_total: Decimal | None = None


def design_complete(facts: DesignFacts, p: Parameters) -> Decision:
    """Drawn from survey and current scheme, priced by line, seen by 供电公司. [power-3-2-2-3-2] Value: the total."""
    reasons = [
        condition(facts.survey, "power-3-2-2-3-2", "有现场勘查记录", "缺现场勘查记录", cure="补现场勘查记录"),
        _current(facts.scheme_version, facts.design_scheme_version),
        witnessed("设计", facts.opinion),
    ]
    if facts.lines is None:
        return Decision.judge(reasons)
    detail = detail_ok(DetailFacts(facts.classified, facts.lines, facts.typed_total), p)
    return Decision.judge((*reasons, *detail.reasons), value=detail.value)


def _current(scheme: int, design: int) -> Reason:
    return condition(
        scheme == design,
        "power-3-2-2-3-2",
        f"设计依据供电方案第{scheme}版",
        f"供电方案已到第{scheme}版，设计依据第{design}版，设计待复核",
        cure="按新方案复核设计",
        used={"供电方案版本": scheme, "设计依据版本": design},
    )


@dataclass(frozen=True, slots=True)
class ReviewOrderFacts:
    """A price review that is to be ordered."""

    lines: tuple[CostLine, ...]


def may_order_review(facts: ReviewOrderFacts, p: Parameters) -> Decision:
    """The fee of a price review stands in the project's budget. [power-4-2-3]"""
    there = any(line.kind == CostKind.REVIEW_FEE for line in facts.lines)
    return Decision.judge(
        [condition(there, "power-4-2-3", "预算列有审价费", "预算无审价费", cure="在费用明细中列入审价费")]
    )


@dataclass(frozen=True, slots=True)
class ReviewerFacts:
    """Who is to review prices; None while the page only previews."""

    name: str | None = None
    known: bool = False
    """It is registered as a third party that reviews prices."""


def reviewer_known(facts: ReviewerFacts, p: Parameters) -> Decision:
    """A third party reviews, neither the builder nor the bureau. [power-4-2-2]"""
    if facts.name is None:
        return Decision.of(ALLOW, sentence("由第三方审价", "power-4-2-2"))
    return Decision.judge([
        condition(facts.known, "power-4-2-2", f"由第三方{facts.name}审价", f"{facts.name}不是登记的第三方审价单位",
                  cure="填写登记的审价单位名称", used={"审价单位": facts.name}),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class BuildFacts:
    """A funded project before its works begin or end."""

    builder: str
    """The contracted builder; empty while there is none."""
    scheme_version: int
    design_scheme_version: int
    crops_unsettled: int = 0
    """Plots in the corridor whose compensation is not paid."""


def may_build(facts: BuildFacts, p: Parameters) -> Decision:
    """A builder under contract, the scheme unchanged, the crops settled. [power-3-2-2-5-1]"""
    return Decision.judge([
        condition(bool(facts.builder), "power-3-2-2-3-1", f"施工单位为{facts.builder}", "尚未选定施工单位",
                  cure="先选定施工单位并签合同"),
        _current(facts.scheme_version, facts.design_scheme_version),
        condition(not facts.crops_unsettled, "power-3-2-3-6", "青苗赔偿已结清",
                  f"还有{facts.crops_unsettled}块地的青苗赔偿未结清", cure="由乡镇结清青苗赔偿后施工"),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProgressFacts:
    """The works by length, in metres."""

    designed: Decimal
    built: Decimal


def progress(facts: ProgressFacts, p: Parameters) -> Decision:
    """How much of the drawn length is built. [power-3-2-2-5-1] Value: the share, 1 for all."""
    share = facts.built / facts.designed if facts.designed else Decimal()
    text = f"图纸{facts.designed}米，已建{facts.built}米，完成{share:.1%}"
    used = {"图纸": facts.designed, "已建": facts.built, "完成": f"{share:.1%}"}
    return Decision.of("progress", sentence(text, "power-3-2-2-5-1", used), value=share)


@dataclass(frozen=True, slots=True)
class AcceptFacts:
    """Works before their acceptance; opinions None while the page only previews."""

    civil_finished: bool
    electrical_finished: bool
    county_opinion: bool | None = None
    company_opinion: bool | None = None


def may_accept(facts: AcceptFacts, p: Parameters) -> Decision:
    """Both works are finished and both sides give their opinion. [power-3-2-2-6-1]"""
    works = {"土建": facts.civil_finished, "电气": facts.electrical_finished}
    reasons = [
        condition(done, "power-3-2-2-6-1", f"{zh}已竣工", f"{zh}未竣工", cure=f"{zh}竣工后再验收")
        for zh, done in works.items()
    ]
    if facts.county_opinion is not None:
        reasons.append(
            condition(facts.county_opinion, "power-3-2-2-6-1", "县能源局已出验收意见", "缺县能源局验收意见",
                      cure="由县能源局出具意见")
        )  # fmt: skip
    if facts.company_opinion is not None:
        reasons.append(witnessed("验收", facts.company_opinion))
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class FailedItem:
    """A thing that the acceptance found wanting."""

    name: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class RejectFacts:
    """The list that goes back to the builder."""

    items: tuple[FailedItem, ...] | None = None


def may_reject(facts: RejectFacts, p: Parameters) -> Decision:
    """Works go back with a list, every item with a date. [power-3-2-2-6-1]"""
    if facts.items is None:
        return Decision.of(ALLOW, sentence("验收不合格的，逐项列明整改日期", "power-3-2-2-6-1"))
    if not facts.items:
        return Decision.of(REFUSE, condition(False, "power-3-2-2-6-1", "", "没有列出不合格项", cure="逐项列出不合格项"))
    undated = "、".join(item.name for item in facts.items if item.due_on is None)
    return Decision.judge(
        [
            condition(
                not undated, "power-3-2-2-6-1", "不合格项均有整改日期", f"{undated}没有整改日期", cure="逐项写明日期"
            )
        ]
    )
