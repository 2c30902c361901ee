"""How long the steps take: what the county itself has needed, and what it expects where it has no history yet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid, Intake, SharedCivil, SharedElectrical
from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Event
from xianzhi.law.parameters import NoValue, Value
from xianzhi.law.procedure import Procedure, Step

USUAL = {
    "classify": "first_review", "settle_joint": "joint", "dispatch": "dispatch", "share": "dispatch",
    "hand_over": "dispatch", "order": "work_order", "scheme": "scheme", "procure": "procure", "design": "design",
    "list": "list", "fund": "fund", "build": "build", "accept": "accept", "energise": "energise",
}  # fmt: skip
"""By step: the word by which the parameters call it (power.….median)."""
COUNTY_WAY = (
    (Intake, "classify"), (Intake, "dispatch"), (CountyPaid, "order"), (CountyPaid, "scheme"), (CountyPaid, "procure"),
    (CountyPaid, "design"), (CountyPaid, "list"), (CountyPaid, "fund"), (CountyPaid, "build"), (CountyPaid, "accept"),
)  # fmt: skip
"""The way of a county-paid project from the application to the acceptance."""
_MEASURED = (Intake, CountyPaid, CompanyPaid, SharedCivil, SharedElectrical)
ENOUGH = 3
"""A median of fewer cases says nothing about the next one."""


@dataclass(frozen=True, slots=True)
class StepDays:
    """A step with its days, in working days: what it took (so many times) and what the county expects and allows."""

    step: Step
    times: int
    median: int | None
    slowest: int | None
    usual: int | None
    limit: Value | None

    @property
    def measured(self) -> bool:
        """Whether the county's own history says how long it takes."""
        return self.times >= ENOUGH

    @property
    def expected(self) -> int | None:
        return self.median if self.measured else self.usual


Durations = dict[tuple[str, str], list[int]]
"""By procedure and step: the working days of each time it was taken."""


def durations() -> Durations:
    """The days that moving steps took since the case last moved: one query over the events of this service.

    Times at which the clocks stood still count too: an owner waits through them as well.
    """
    names = [procedure.name for procedure in _MEASURED]
    events = Event.objects.filter(case__procedure_name__in=names).order_by("case_id", "seq")
    found: Durations = defaultdict(list)
    before: tuple[int, date] | None = None
    calendar = county().calendar
    rows = events.values_list("case_id", "case__procedure_name", "step_name", "from_state", "to_state", "on")
    for case, procedure, step, left, came, on in rows.iterator():
        if left == came:
            continue
        if before and before[0] == case:
            found[procedure, step].append(calendar.working_days_between(before[1], on))
        before = (case, on)
    return found


def days_of(procedure: type[Procedure], name: str, past: Durations) -> StepDays:
    """One step with its days, from what `durations` found."""
    step, taken, today = procedure.steps[name], past.get((procedure.name, name), []), clock.today()
    return StepDays(
        step,
        len(taken),
        median_low(taken) if taken else None,
        max(taken, default=None),
        _number(f"power.{USUAL[name]}.median", today) if name in USUAL else None,
        _value(step.within.parameter, today) if step.within else None,
    )


def county_way() -> list[StepDays]:
    """The steps of a county-paid project with their days: one query."""
    past = durations()
    return [days_of(procedure, name, past) for procedure, name in COUNTY_WAY]


def _value(parameter: str, on: date) -> Value | None:
    known = registry.parameters()
    try:
        return known.get(parameter, on=on) if parameter in known else None
    except NoValue:
        return None


def _number(parameter: str, on: date) -> int | None:
    found = _value(parameter, on)
    return found.as_int() if found else None
