"""The house's own rules: frozen facts in, a Decision out. Like every rule, they import the law package only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from xianzhi.law.decision import Decision, Reason
from xianzhi.law.force import Change
from xianzhi.law.parameters import Parameters


@dataclass(frozen=True, slots=True)
class ValueFacts:
    """A value of a parameter that somebody proposes, and what already stands."""

    name: str
    zh: str
    """Empty where no such parameter is declared."""
    first: date | None
    """The first day for which the parameter has a value."""
    taken: frozenset[date]
    """The days from which it has a value already."""
    since: date | None
    fault: str
    """Why the value cannot be read in the parameter's unit; empty where it can."""
    cites: str
    cited: bool
    """Whether a register has the provision that is cited."""
    basis: str


def value_may_be_set(facts: ValueFacts, p: Parameters) -> Decision:
    """A parameter gains a value on a day of its own, with its provision and the higher document. [house-1-1]"""
    return Decision.judge(_about_value(facts))


def _about_value(facts: ValueFacts) -> Iterator[Reason]:
    known = bool(facts.zh)
    yield _condition(known, f"参数为“{facts.zh}”", f"没有参数 {facts.name}", "从文件页的参数旁进入")
    yield _condition(not facts.fault, "取值合乎单位", facts.fault, "按参数的单位填写")
    yield _condition(
        facts.cited, "依据已登记", f"条款 {facts.cites or '（空）'} 不在任何登记簿中", "填写条款编号，如 power-6-3"
    )
    yield _condition(
        bool(facts.basis), f"上级文件为{facts.basis}", "没有写上级文件", "写明文号，如 国办函〔2020〕129号"
    )
    if facts.since is None or facts.first is None:
        return
    used = {"拟自": facts.since, "最早": facts.first}
    early, taken = facts.since < facts.first, facts.since in facts.taken
    yield _condition(
        not early, "起始日期不早于首个取值", "起始日期早于该参数的首个取值", f"改为{facts.first}之后", used
    )
    yield _condition(not taken, "当日没有别的取值", "当日已有取值，已有的取值不改", "改为另一天", {"拟自": facts.since})


@dataclass(frozen=True, slots=True)
class BeginFacts:
    """An approved value, and today."""

    on: date
    since: date | None


def value_begins(facts: BeginFacts, p: Parameters) -> Decision:
    """The day has come from which an approved value is used. [house-1-3]"""
    begun = facts.since is not None and facts.since <= facts.on
    used = {"起用日期": facts.since, "今天": facts.on}
    reason = Reason("起用之日已到" if begun else "起用之日未到", "house-1-3", used, begun)
    return Decision.judge([reason])


@dataclass(frozen=True, slots=True)
class ChangeFacts:
    """A change of the force of a published document. What was not entered yet is None."""

    title: str
    """Empty where no such document is known."""
    live: bool
    """Whether it is in force, on trial or suspended on the day of the change."""
    kind: str | None
    since: date | None
    until: date | None
    last: date | None
    """Its last day as it stands."""
    basis: str


def change_may_be_recorded(facts: ChangeFacts, p: Parameters) -> Decision:
    """A document's force changes by a document that is named, while it is in force. [house-3-3]"""
    return Decision.judge(_about_change(facts))


def _about_change(facts: ChangeFacts) -> Iterator[Reason]:
    def holds(met: bool, yes: str, no: str, cure: str) -> Reason:
        return Reason(yes if met else no, "house-3-3", {}, met, "" if met else cure)

    yield holds(bool(facts.title), f"文件为《{facts.title}》", "没有这份文件", "从文件页进入，或核对编号")
    yield holds(bool(facts.basis), f"依据{facts.basis}", "没有写依据文件", "写明文号")
    if facts.kind is None or facts.since is None or not facts.title:
        return
    yield holds(facts.live, "变动之日文件在施行", "变动之日文件不在施行", "核对日期，或先更正此前的变动")
    if facts.kind == Change.EXTEND:
        longer = facts.until is not None and (facts.last is None or facts.until > facts.last)
        yield holds(longer, "延长到原期限之后", "没有写延长到哪一天，或不晚于原期限", "填写“至”")
    elif facts.until is not None:
        sound = facts.kind == Change.SUSPEND and facts.until >= facts.since
        yield holds(sound, "暂停期起止合适", "“至”只用于延长和暂停，且不早于“自”", "改正或留空")


@dataclass(frozen=True, slots=True)
class StandingFacts:
    """A document whose force somebody wants to end. What was not entered yet is None."""

    issuer: str
    held: bool
    """Whether he holds a post today at the unit that issued it."""
    standing: str
    """As it is now, in words."""
    in_force: bool
    reason: str | None
    longest: int
    """Characters of a reason, at most."""
    on: date | None
    issued_on: date
    today: date
    other: str
    """The number of the document that takes its place; empty where none does."""
    other_fits: bool


def standing_may_change(facts: StandingFacts, p: Parameters) -> Decision:
    """A document is revoked or superseded by the unit that issued it, once, with a reason. [house-2-1]"""
    return Decision.judge(_about_standing(facts))


def _about_standing(facts: StandingFacts) -> Iterator[Reason]:
    yield _about(
        facts.held, "由制发单位办理", f"这份文书由{facts.issuer}制发，您在该单位没有岗位", "请由制发单位的人员办理"
    )
    yield _about(facts.in_force, "文书现为有效", f"这份文书{facts.standing}，不能再改", "", {"效力": facts.standing})
    if facts.reason is not None:
        most = f"原因要写明，最多 {facts.longest} 个字"
        yield _about(0 < len(facts.reason) <= facts.longest, "写明了原因", most, "写明为什么撤销或替代")
    if facts.on is not None:
        used = {"成文": facts.issued_on, "办理": facts.on}
        sound = facts.issued_on <= facts.on <= facts.today
        yield _about(sound, "日期合适", "日期早于成文日期，或在今天之后", "改为成文日期至今天之间", used)
    fits = f"{facts.other} 可以替代"
    yield _about(facts.other_fits, fits, f"{facts.other} 不是同类的有效文书，不能替代", "填写同类文书的文号")


def _about(holds: bool, yes: str, no: str, cure: str, used: Mapping[str, object] | None = None) -> Reason:
    return Reason(yes if holds else no, "house-2-1", used or {}, holds, "" if holds else cure)


def _condition(holds: bool, yes: str, no: str, cure: str, used: Mapping[str, object] | None = None) -> Reason:
    return Reason(yes if holds else no, "house-1-1", used or {}, holds, "" if holds else cure)


NAMES = {
    "value_may_be_set": "能否新增取值", "value_begins": "取值起用", "standing_may_change": "能否撤销或替代文书",
    "change_may_be_recorded": "能否变动文件效力",
}  # fmt: skip
"""What officials call each rule."""
