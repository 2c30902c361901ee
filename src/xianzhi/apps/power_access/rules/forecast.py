"""The day there is light: what was, and what is to be expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xianzhi.apps.power_access.rules.reasons import condition, sentence
from xianzhi.law.decision import REFUSE, Decision
from xianzhi.law.parameters import Parameters
from xianzhi.law.timing import Count, WorkingCalendar, due_date

GREEN, RED, ASKED, HALTED = "green", "red", "asked", "halted"


@dataclass(frozen=True, slots=True)
class RemainingStep:
    """A step before the light: how long it usually takes and how much of that is gone."""

    zh: str
    usual: int
    """The median of the county's own history, else the sample."""
    used: int = 0
    count: Count = Count.WORKDAY

    @property
    def left(self) -> int:
        """An overdue step has nothing left, so each day of delay moves the forecast by a day."""
        return max(0, self.usual - self.used)


@dataclass(frozen=True, slots=True)
class LightFacts:
    """Where a project stands and when its owner needs power."""

    on: date
    steps: tuple[RemainingStep, ...]
    """The steps still to be taken, the current one first."""
    calendar: WorkingCalendar
    ready_by: date | None = None
    halted: bool = False
    """Suspended by the owner."""


def light_forecast(facts: LightFacts, p: Parameters) -> Decision:
    """Today and what the remaining steps usually take, against the owner's date. [power-2-2-3]

    Outcome: green, red (late), asked (no date of the owner) or halted; value: the forecast day.
    """
    if facts.halted:
        return Decision.of(HALTED, sentence("业主暂停，停止计时，恢复后重新预计", "power-2-2-3"))
    day = facts.on
    for step in facts.steps:
        day = due_date(day, step.left, step.count, facts.calendar, rolls=False).on if step.left else day
    used: dict[str, object] = {"预计通电": day, "计划投用": facts.ready_by or "未填", "剩余步骤": len(facts.steps)}
    if facts.ready_by is None:
        return Decision.of(ASKED, sentence(f"预计{day}通电，请业主填写计划投用日", "power-2-2-3", used), value=day)
    gap = (day - facts.ready_by).days
    used["相差天数"] = f"{gap:+d}"
    late = gap > 0
    reason = condition(
        not late,
        "power-2-2-3",
        f"预计{day}通电，比计划投用早{-gap}天" if gap else f"预计{day}通电，恰为计划投用之日",
        f"预计{day}通电，晚{gap}天",
        cure="压缩后续步骤用时",
        used=used,
    )
    return Decision.of(RED if late else GREEN, reason, value=day)


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What 供电公司 reported of a connection."""

    accepted_on: date
    energised_on: date
    calendar: WorkingCalendar


def connection_days(facts: ConnectionFacts, p: Parameters) -> Decision:
    """Working days from acceptance to power, the first day not counted. [power-3-2-1-1] Value: the days."""
    used = {"受理": facts.accepted_on, "接电": facts.energised_on}
    if facts.energised_on < facts.accepted_on:
        wrong = condition(
            False, "power-3-2-1-1", "", f"接电日期{facts.energised_on}早于受理日期{facts.accepted_on}",
            cure="核对日期", used=used,
        )  # fmt: skip
        return Decision.of(REFUSE, wrong)
    days = facts.calendar.working_days_between(facts.accepted_on, facts.energised_on)
    text = f"{facts.accepted_on}受理，{facts.energised_on}接电，用时{days}个工作日"
    return Decision.of("energised", sentence(text, "power-3-2-1-1", {**used, "工作日": days}), value=days)
