"""Small questions of single steps: a drawing, a date, a number that must not come twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access.rules.reasons import condition, sentence
from xianzhi.law.decision import ALLOW, Decision
from xianzhi.law.money import format_yuan, yuan
from xianzhi.law.parameters import Parameters


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another project's red line that lies over this one."""

    project: str
    """Its number, or a plain word for those who may not see it."""
    area: Decimal
    """In m²."""


@dataclass(frozen=True, slots=True)
class RedLineFacts:
    """A red line as it was drawn."""

    faults: tuple[str, ...] = ()
    """What is wrong with the drawing itself, each with its place."""
    overlaps: tuple[Overlap, ...] = ()


def red_line_ok(facts: RedLineFacts, p: Parameters) -> Decision:
    """A red line is one sound polygon that belongs to one project. [power-1-1]"""
    reasons = [
        condition(False, "power-1-1", "", f"建筑区划红线：{fault}", cure="改正坐标后重新提交") for fault in facts.faults
    ]
    reasons += [
        condition(
            False, "power-1-1", "", f"与{one.project}的红线重叠{one.area}平方米", cure="核对坐标，或与该项目协调",
            used={"重叠面积": one.area},
        )
        for one in facts.overlaps
    ]  # fmt: skip
    return Decision.judge(reasons or [sentence("建筑区划红线完整，不与其他项目重叠", "power-1-1")])


@dataclass(frozen=True, slots=True)
class RecordedFacts:
    """A day that a step records of something past; None while the page only previews."""

    what: str
    cites: str
    on: date
    """The day of recording."""
    recorded: date | None
    not_before: date
    before: date | None = None
    """The day recorded already, where it may be recorded once only."""


def day_ok(facts: RecordedFacts, p: Parameters) -> Decision:
    """A recorded day lies neither in the future nor before what led to it, and is recorded once. [power-3-2-2-6-2]"""
    reasons = [
        condition(facts.before is None, facts.cites, f"尚未记录{facts.what}", f"已记录{facts.what}：{facts.before}",
                  cure="不必重复记录")
    ]  # fmt: skip
    if facts.recorded is not None:
        reasons.append(
            condition(
                facts.not_before <= facts.recorded <= facts.on,
                facts.cites,
                f"{facts.what}为{facts.recorded}",
                f"{facts.what}{facts.recorded}应在{facts.not_before}至{facts.on}之间",
                cure="核对日期",
                used={"最早": facts.not_before, "最晚": facts.on},
            )
        )
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class TreasuryFacts:
    """A number of the treasury under which money moved, and where it stands already."""

    number: str | None
    booked_in: str = ""
    """The case that has it; empty for a fresh one."""
    alike: str = ""
    """Another number under which the same sum moved for the same project on the same day."""
    amount: Decimal | None = None
    """The sum of both, in yuan."""
    another: bool = False
    """Whoever enters it says that these are two."""


def booked_once(facts: TreasuryFacts, p: Parameters) -> Decision:
    """One treasury number is one payment; of two numbers with one sum and day it is asked whether they are two.
    [power-3-2-2-4-2]"""
    reasons = [
        condition(not facts.booked_in, "power-3-2-2-4-2", "国库流水号未曾入账",
                  f"国库流水号{facts.number}已在{facts.booked_in}入账", cure="核对是否重复支付")
    ]  # fmt: skip
    if facts.alike and not facts.booked_in:
        sum_ = format_yuan(facts.amount or yuan(0))
        reasons.append(
            condition(
                facts.another, "power-3-2-2-4-2", f"已核对，与流水号{facts.alike}同日同额，确为另一笔",
                f"同一天已有同额的一笔：流水号{facts.alike}，{sum_}元",
                cure="核对两个流水号；确为另一笔的，“确为另一笔”选是",
                used={"已入账": facts.alike, "金额": facts.amount},
            )
        )  # fmt: skip
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class RecoverFacts:
    """What was paid beyond the audit, in yuan; `amount` None while the page only previews."""

    owed: Decimal
    amount: Decimal | None = None


def may_recover(facts: RecoverFacts, p: Parameters) -> Decision:
    """No more is taken back than was paid beyond the audit. [power-3-2-2-6-4]"""
    if facts.amount is None:
        return Decision.of(ALLOW, sentence(f"应收回{format_yuan(facts.owed)}元", "power-3-2-2-6-4"))
    return Decision.judge([
        condition(0 < facts.amount <= facts.owed, "power-3-2-2-6-4", f"收回{format_yuan(facts.amount)}元",
                  f"收回{format_yuan(facts.amount)}元，应收回 {format_yuan(facts.owed)} 元", cure="改正金额",
                  used={"应收回": facts.owed})
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReadyFacts:
    """What a strand waits for from the other one."""

    scheme_version: int
    """0 while there is no scheme."""


def scheme_there(facts: ReadyFacts, p: Parameters) -> Decision:
    """Civil works are planned on 供电公司's scheme. [power-3-2-3-2]"""
    return Decision.judge([
        condition(facts.scheme_version > 0, "power-3-2-3-2", f"供电方案第{facts.scheme_version}版已出",
                  "供电公司尚未出具供电方案", cure="由供电公司出具供电方案")
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class RouteDrawnFacts:
    """The line of a scheme as it was drawn."""

    fault: str = ""
    """What is wrong with the drawing."""
    length: Decimal | None = None
    """All of it, in metres; None while the page only previews."""
    counted: Decimal | None = None
    """The part outside the red line."""


def route_ok(facts: RouteDrawnFacts, p: Parameters) -> Decision:
    """A line that can be measured; what lies inside the red line is the owner's. [power-1-3] Value: the metres."""
    if facts.fault:
        return Decision.judge([condition(False, "power-1-3", "", f"路径：{facts.fault}", cure="改正坐标后重新提交")])
    if facts.length is None or facts.counted is None:
        return Decision.of(ALLOW, sentence("路径自公共电网到用户红线", "power-1-3"))
    used = {"全长": facts.length, "计入": facts.counted}
    text = f"线路全长{facts.length}米，红线外计入{facts.counted}米"
    return Decision(ALLOW, (sentence(text, "power-1-3", used),), facts.counted)


@dataclass(frozen=True, slots=True)
class RestFacts:
    """What a stopped project did not use, in yuan; `returned` None while the page only previews."""

    left: Decimal
    returned: Decimal | None = None


def rest_returned(facts: RestFacts, p: Parameters) -> Decision:
    """A project that stops gives back what it did not use. [power-3-2-2-1-1]"""
    left = format_yuan(facts.left)
    if facts.returned is None:
        return Decision.of(ALLOW, sentence(f"未用{left}元须退回", "power-3-2-2-1-1"))
    return Decision.judge([
        condition(facts.returned == facts.left, "power-3-2-2-1-1", f"退回未用{left}元",
                  f"退回{format_yuan(facts.returned)}元，未用为 {left} 元", cure="按余额全部退回",
                  used={"未用": facts.left})
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class EnergisedFacts:
    """The day on which there was light; None before."""

    energised_on: date | None


def once_energised(facts: EnergisedFacts, p: Parameters) -> Decision:
    """The owner is asked what he paid once there is light. [power-1-2]"""
    return Decision.judge([
        condition(facts.energised_on is not None, "power-1-2", f"已于{facts.energised_on}接电", "尚未接电",
                  cure="接电后再确认")
    ])  # fmt: skip
