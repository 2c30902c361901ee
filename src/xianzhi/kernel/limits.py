"""Time limits of a case: worked out from its events, its pauses, the parameters and the calendar; never stored.

A limit belongs to the step that must be taken within it. It runs while the case is in a source state of that step,
from the day on which the case came among these states, or from a date that an earlier step recorded.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from xianzhi.kernel import clock, registry, rows
from xianzhi.kernel.county import county
from xianzhi.law.parameters import NoValue, Value
from xianzhi.law.procedure import Procedure, Step
from xianzhi.law.timing import Budget, Due, Pause, budget, due_date

NEAR_DAYS = 3
"""Working days before its end from which a limit is shown as near."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What an event means for time: the step taken, from where to where, when, and the dates it recorded."""

    step: str
    from_state: str
    to_state: str
    on: date
    data: dict[str, Any]
    by_id: int | None = None
    """The account that took it; None for the clock and the public."""
    key: str = ""
    """Under which it was sent, to know a repeat by."""
    papers: tuple[str, ...] = ()
    """The kinds of material handed in with it."""


@dataclass(frozen=True, slots=True)
class Armed:
    """A limit that runs, or has run, in a case."""

    step: Step
    value: Value
    since: date
    due: Due
    budget: Budget
    standing: str
    """ok, near, over or halt while it runs; done once the step was taken."""
    taken: date | None = None
    late: int = 0
    """Days after the due day on which the step was taken."""


def history(case) -> list[Moved]:
    """The events of a case, first to last, as the limits need them."""
    return [Moved(*moved) for moved in rows.history(case.pk)]


def pauses(procedure: type[Procedure], events: Iterable[Moved]) -> list[Pause]:
    """The times for which the clocks of a case stood still; the last may be open."""
    found: list[Pause] = []
    since: date | None = None
    for event in events:
        step = procedure.steps[event.step]
        if step.halts and since is None:
            since = event.on
        elif step.resumes and since is not None:
            found.append(Pause(since, event.on))
            since = None
    return [*found, Pause(since, None)] if since else found


def entered(step: Step, events: Sequence[Moved]) -> date | None:
    """The day on which the running of a step's limit began; None while it does not run."""
    if not events or events[-1].to_state not in step.source_names:
        return None
    if step.within and step.limit.since:
        return _recorded(step.limit.since, events)
    for event in reversed(events):
        if event.from_state not in step.source_names:
            return event.on
    return events[0].on


def _recorded(since: str, events: Sequence[Moved]) -> date | None:
    name, _, field = since.partition(".")
    for event in reversed(events):
        if event.step == name and event.data.get(field):
            return date.fromisoformat(event.data[field])
    return None


def earliest(
    procedure: type[Procedure], last: Moved, load: Callable[[], list[Moved]], *, halted: bool, strict: bool = True
) -> tuple[Due, Step] | None:
    """The first due day among the limits that run after an event; the earlier events are only loaded if they matter.

    Raises NoValue for a limit without a value on its first day; unless strict, such a limit does not run.
    """
    if halted:
        return None
    running = [step for step in procedure.steps_from(last.to_state) if step.within]
    found = []
    for step in running:
        fresh = not step.limit.since and last.from_state not in step.source_names
        events = [last] if fresh else load()
        since = entered(step, events)
        if since is not None and (strict or _has_value(step, since)):
            found.append((_due(step, since, [] if fresh else pauses(procedure, events)), step))
    return min(found, key=lambda pair: pair[0].on) if found else None


def _due(step: Step, since: date, paused: Sequence[Pause]) -> Due:
    amount, count = _value(step, since).as_limit()
    return due_date(since, amount, count, county().calendar, rolls=step.limit.rolls, pauses=paused, on=clock.today())


def _value(step: Step, since: date) -> Value:
    return registry.parameters().get(step.limit.parameter, on=since)


def _has_value(step: Step, since: date) -> bool:
    """Whether a limit has a value on its first day: officials may end a parameter from a day that has passed."""
    try:
        return bool(_value(step, since))
    except NoValue:
        return False


def armed(case, events: Sequence[Moved], on: date) -> list[Armed]:
    """Every limit of a case that runs or ran, running ones first, each with its budget on a day."""
    procedure = case.procedure
    paused = pauses(procedure, events)
    running, past = [], []
    for step in (step for step in procedure.steps.values() if step.within):
        since = entered(step, events)
        if since is not None and _has_value(step, since):
            running.append(_armed(step, since, paused, on))
        rounds = [(began, taken) for began, taken in _rounds(step, events) if _has_value(step, began)]
        past += [_armed(step, began, paused, taken, taken) for began, taken in rounds]
    return sorted(running, key=lambda one: one.due.on) + past


def _armed(step: Step, since: date, paused: Sequence[Pause], on: date, taken: date | None = None) -> Armed:
    value = _value(step, since)
    amount, count = value.as_limit()
    calendar = county().calendar
    due = due_date(since, amount, count, calendar, rolls=step.limit.rolls, pauses=paused, on=on)
    spent = budget(since, amount, count, calendar, paused, on, rolls=step.limit.rolls)
    if taken is not None:
        return Armed(step, value, since, due, spent, "done", taken, max(0, -spent.left))
    return Armed(step, value, since, due, spent, light(due, on))


def light(due: Due, on: date) -> str:
    """ok, near, over or halt: near from NEAR_DAYS working days before the due day."""
    if due.held:
        return "halt"
    if on > due.on:
        return "over"
    return "near" if county().calendar.working_days_between(on, due.on) <= NEAR_DAYS else "ok"


def _rounds(step: Step, events: Sequence[Moved]) -> list[tuple[date, date]]:
    """(began, taken) for each time that a step with a limit was taken."""
    found = []
    for index, event in enumerate(events):
        if event.step == step.name and index:
            began = entered(step, events[:index])
            if began is not None:
                found.append((began, event.on))
    return found
