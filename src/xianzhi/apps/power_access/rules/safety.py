"""Assets: where they go after the acceptance, and who keeps them safe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from xianzhi.apps.power_access.rules.reasons import condition, sentence
from xianzhi.law.decision import ALLOW, Decision
from xianzhi.law.money import format_yuan
from xianzhi.law.parameters import Parameters


class Judgement(StrEnum):
    """研判结论 of an asset."""

    TRANSFER = "transfer"
    KEEP = "keep"

    @property
    def zh(self) -> str:
        return "移交供电公司" if self == Judgement.TRANSFER else "自留"


class Holder(StrEnum):
    """安全责任单位, by its part; which unit that is, the project says."""

    COMPANY = "供电公司"
    BUILDER = "建设单位"


@dataclass(frozen=True, slots=True)
class SafetyFacts:
    """An asset on a day."""

    on: date
    in_operation_on: date | None = None
    effective_on: date | None = None
    """From when the signed agreement is in effect."""
    judgement: Judgement | None = None
    building_unit: str = ""
    """The unit that stands for 建设单位: 县能源局, the owner in class D, or whom the county named."""


def safety_holder(facts: SafetyFacts, p: Parameters) -> Decision:
    """供电公司 from the day on which the agreement is in effect and the asset in operation. [power-3-2-2-7-3]

    Exactly one holder on any day. Outcome: a Holder; value: the day on which it passed to 供电公司, if it did.
    """
    used: dict[str, object] = {
        "投运日期": facts.in_operation_on or "未投运",
        "协议生效": facts.effective_on or "未签协议",
        "所问日期": facts.on,
    }
    if facts.judgement == Judgement.KEEP:
        text = "研判为自留，由建设单位负安全责任，重新研判前不变"
        return Decision.of(Holder.BUILDER, sentence(text, "power-5-2", _named(facts, used)))
    if facts.effective_on is None:
        text = "尚未签署移交协议，由建设单位负安全责任"
        return Decision.of(Holder.BUILDER, sentence(text, "power-5-2", _named(facts, used)))
    if facts.in_operation_on is None:
        text = "协议已签而设施未投运，由建设单位负安全责任"
        return Decision.of(Holder.BUILDER, sentence(text, "power-5-2", _named(facts, used)))
    passes = max(facts.effective_on, facts.in_operation_on)
    if facts.on < passes:
        text = f"{passes}起移交生效并投运，此前由建设单位负安全责任"
        return Decision.of(Holder.BUILDER, sentence(text, "power-5-2", _named(facts, used)))
    text = f"自{passes}起移交生效并投运，由供电公司运维并负安全责任"
    return Decision.of(
        Holder.COMPANY, sentence(text, "power-3-2-2-7-3", used), sentence(text, "power-5-1"), value=passes
    )


def _named(facts: SafetyFacts, used: dict[str, object]) -> dict[str, object]:
    return {**used, "建设单位": facts.building_unit or "未指定"}


@dataclass(frozen=True, slots=True)
class JudgeFacts:
    """How far the judgement of a project's assets has come."""

    assets: int
    judged: int
    reasons_given: bool | None = None
    """None while the page only previews."""
    county_view: Judgement | None = None
    """What 县能源局 holds to be better."""
    outcome: Judgement | None = None
    """What is being judged."""


def may_judge(facts: JudgeFacts, p: Parameters) -> Decision:
    """Every asset is judged, with reasons, by both together. [power-3-2-2-7-1]"""
    reasons = [
        condition(
            0 < facts.assets == facts.judged,
            "power-3-2-2-7-1",
            f"{facts.assets}项资产均已研判",
            f"{facts.assets}项资产中研判了{facts.judged}项",
            cure="逐项研判",
            used={"资产": facts.assets, "已研判": facts.judged},
        )
    ]
    if facts.reasons_given is not None:
        reasons.append(
            condition(facts.reasons_given, "power-3-2-2-7-1", "已说明研判理由", "未说明研判理由", cure="写明研判理由")
        )
    if facts.county_view is not None and facts.outcome is not None:
        view = facts.county_view.zh
        reasons.append(
            condition(facts.county_view == facts.outcome, "power-3-2-2-7-1", f"县能源局意见为{view}，双方一致",
                      f"县能源局意见为{view}，与研判不一致", cure="双方商定后由县能源局重报资产清单",
                      used={"县能源局意见": view, "研判": facts.outcome.zh})
        )  # fmt: skip
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """Codes that were read on the spot."""

    unknown: tuple[str, ...] = ()
    """Those that are not on the list of the handover."""


def may_scan(facts: ScanFacts, p: Parameters) -> Decision:
    """Only assets of the list count as found. [power-3-2-2-7-1]"""
    strange = "、".join(facts.unknown)
    return Decision.judge([
        condition(not strange, "power-3-2-2-7-1", "所扫资产均在清单内", f"{strange}不在移交清单内",
                  cure="核对编号，或由县能源局补报资产清单", used={"清单外": strange or "无"}),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class AssetListFacts:
    """A list of assets as it is typed; None while the page only previews."""

    codes: tuple[str, ...] | None = None
    taken: tuple[str, ...] = ()
    """Those that exist already in another handover."""
    misplaced: tuple[str, ...] = ()
    """What is wrong with a position that cannot be read."""


def asset_list_ok(facts: AssetListFacts, p: Parameters) -> Decision:
    """Every asset has a code of its own and, where one is given, a position that can be drawn. [power-3-2-2-7-1]"""
    codes = facts.codes or ()
    doubled = "、".join(sorted({code for code in codes if codes.count(code) > 1} | set(facts.taken)))
    return Decision.judge([
        *(condition(False, "power-3-2-2-7-1", "", fault, cure="改正坐标") for fault in facts.misplaced),
        condition(not doubled, "power-3-2-2-7-1", f"清单列{len(codes)}项资产", f"资产编号{doubled}重复",
                  cure="每项资产一个编号", used={"重复编号": doubled or "无"}),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class TransferFacts:
    """A transfer that is to be completed."""

    agreement_signed: bool
    """The signed agreement is on file."""
    assets: int
    scanned: int
    """How many of them were found on the spot."""
    price: Decimal | None = None
    """In yuan; None while the page only previews."""


def may_transfer(facts: TransferFacts, p: Parameters) -> Decision:
    """A signed agreement, free of charge, every asset found. [power-3-2-2-7-2] [power-3-2-2-7-1]"""
    reasons = [
        condition(
            facts.agreement_signed, "power-3-2-2-7-2", "已签无偿移交协议", "缺无偿移交协议", cure="签署并上传协议"
        ),
        condition(
            0 < facts.assets == facts.scanned,
            "power-3-2-2-7-1",
            f"{facts.assets}项资产全部核对",
            f"{facts.assets}项资产只核对了{facts.scanned}项，不能办结",
            cure="扫码核对其余资产",
            used={"资产": facts.assets, "已核对": facts.scanned},
        ),
    ]
    if facts.price is not None:
        reasons.append(
            condition(
                not facts.price,
                "power-3-2-2-7-1",
                "移交价款为零",
                f"移交应为无偿，所填价款为{format_yuan(facts.price)}元",
                cure="价款改为零",
                used={"价款": facts.price},
            )
        )
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class AgreementFacts:
    """The dates of an agreement; None while the page only previews."""

    on: date
    signed_on: date | None = None
    effective_on: date | None = None


def agreement_dated(facts: AgreementFacts, p: Parameters) -> Decision:
    """Signed first, in effect then. [power-3-2-2-7-2]"""
    if facts.signed_on is None or facts.effective_on is None:
        return Decision.of(ALLOW, sentence("签署无偿移交协议", "power-3-2-2-7-2"))
    signed, effective = facts.signed_on, facts.effective_on
    return Decision.judge([
        condition(signed <= facts.on, "power-3-2-2-7-2", f"{signed}签署", f"签署日期{signed}晚于办理日期{facts.on}",
                  cure="签署后再办理", used={"签署日期": signed}),
        condition(signed <= effective, "power-3-2-2-7-2", f"{effective}生效",
                  f"生效日期{effective}早于签署日期{signed}", cure="改正生效日期", used={"生效日期": effective}),
    ])  # fmt: skip
