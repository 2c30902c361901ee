"""Which unit answers for a step: what waits with it, and what is overdue there."""

from collections import Counter
from datetime import date
from typing import Any

from django.db.models import Count, F

from xianzhi.apps.power_access.services import found
from xianzhi.kernel import clock, registry
from xianzhi.kernel.models import Case, Unit
from xianzhi.law.procedure import APPLICANT, Procedure, Step

TOWNSHIP, OWNER = "township", "用户"


def main_step(procedure: type[Procedure], state: str) -> Step | None:
    """The step that a case waits for in a state: one with a limit before others, one easily undone before a grave one,
    else the first declared. None in a final state."""
    leading = [step for step in procedure.steps_from(state) if step.target_from(state) != state]
    return min(leading, key=lambda step: (step.within is None, step.grave), default=None)


def unit_for(step: Step, division: str, on: date) -> Unit | None:
    """The unit responsible for a step: that of the first post which it names, at the place where there are many of it.

    None where it is the owner's turn.
    """
    if step.by[0] == APPLICANT or not step.posts:
        return None
    function = step.posts[0].split(".")[0]
    return found.township_of(division, on) if function == TOWNSHIP else found.unit_of(function, on)


def waiting_with(case: Case, on: date | None = None) -> Unit | None:
    """The unit whose turn it is in a case; None once it is closed or where it is the owner's turn."""
    step = main_step(case.procedure, case.state)
    return unit_for(step, case.division, on or clock.today()) if step else None


def overdue_by_unit(account: Any, on: date | None = None) -> Counter[str]:
    """How many overdue steps count for each unit, over the cases of this service that an account may see."""
    today = on or clock.today()
    late = _ours(account).filter(due_on__lt=today, halted_on=None)
    names: Counter[str] = Counter()
    for name, step, division, number in _counted(late, "due_step"):
        unit = unit_for(registry.procedures[name].steps[step], division, today)
        names[unit.name if unit else OWNER] += number
    return names


def waiting_by_unit(account: Any, on: date | None = None) -> Counter[str]:
    """How many open cases wait with each unit, over the cases of this service that an account may see."""
    today = on or clock.today()
    names: Counter[str] = Counter()
    for name, state, division, number in _counted(_ours(account), "state"):
        step = main_step(registry.procedures[name], state)
        unit = unit_for(step, division, today) if step else None
        names[unit.name if unit else OWNER] += number
    return names


def _ours(account: Any):
    return Case.objects.visible_to(account).open().filter(procedure_name__startswith="power_access.").order_by()


def _counted(cases, field: str):
    """(procedure, `field`, division, number) of some cases: one query, a row for each kind."""
    rows = cases.values("procedure_name", "division", kind=F(field)).annotate(number=Count("pk"))
    return rows.values_list("procedure_name", "kind", "division", "number")
