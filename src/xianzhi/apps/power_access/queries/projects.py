"""Where each project stands, whose turn it is, when there will be light: for the desks and the owner's page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, QuerySet

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures import (
    CompanyPaid,
    CountyPaid,
    Intake,
    OwnPaid,
    SharedCivil,
    SharedElectrical,
)  # fmt: skip
from xianzhi.apps.power_access.queries.durations import Durations, StepDays, days_of
from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Event
from xianzhi.law.decision import Decision
from xianzhi.law.procedure import Procedure, Step

_WORKS = (
    ("scheme_made", "procure"), ("procured", "design"), ("designed", "list"), ("listed", "fund"), ("funded", "build"),
    ("built", "accept"), ("accepted", "energise"),
)  # fmt: skip
WAYS: Mapping[type[Procedure], tuple[tuple[str, str], ...]] = {
    Intake: (
        ("submitted", "classify"), ("referred", "settle_joint"), ("disputed", "decide"), ("classified", "dispatch"),
    ),
    CountyPaid: (("dispatched", "order"), ("ordered", "scheme"), *_WORKS),
    SharedCivil: (("determined", "take_scheme"), *_WORKS[:-1]),
    SharedElectrical: (("determined", "scheme"), ("scheme_made", "build"), ("built", "energise")),
    CompanyPaid: (
        ("handed_over", "accept"), ("accepted", "scheme"), ("scheme_made", "build"), ("built", "energise"),
    ),
    OwnPaid: (("handed_over", "offer"), ("offered", "choose"), ("chosen", "begin"), ("building", "energise")),
}  # fmt: skip
"""By procedure: the state and the step that leads on from it, as far as the light."""
AFTER_LIGHT = {
    "accepted": "hand_in", "handed_in": "audit", "audited": "settle", "settled": "close", "energised": "confirm_zero",
}  # fmt: skip
"""What is waited for once there is light."""
_HAND_ON = {rules.InvestmentClass.A: "hand_over", rules.InvestmentClass.C: "share", rules.InvestmentClass.D: "offer"}
_FOLLOWS: Mapping[str, tuple[type[Procedure], ...]] = {
    rules.InvestmentClass.A: (CompanyPaid,), rules.InvestmentClass.D: (OwnPaid,),
    rules.InvestmentClass.C: (SharedElectrical, SharedCivil), rules.InvestmentClass.OUT: (),
}  # fmt: skip
"""What a class is done in; where none is settled, the county's way is the longest."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A project with its cases, and the day there was light."""

    project: AccessProject
    strands: tuple[Case, ...]
    lit_on: date | None
    entered: Mapping[int, date]
    """By the id of a case: the day on which it came to its present state."""

    @property
    def intake(self) -> Case:
        return self.project.case

    @property
    def cases(self) -> tuple[Case, ...]:
        return (self.intake, *self.strands)

    def since(self, case: Case) -> date:
        """The day on which one of its cases came to the state in which it is."""
        return self.entered.get(case.pk, case.opened_on)

    @property
    def main(self) -> Case:
        """The case that the owner follows: the strand on which the light depends, the intake before there is one."""
        if not self.strands:
            return self.intake
        running = [one for one in self.strands if one.closed_on is None] or list(self.strands)
        civil = [one for one in running if one.procedure_name == SharedCivil.name]
        return (civil or running)[-1]

    @property
    def next_step(self) -> Step | None:
        """The step that is waited for; None once nothing is."""
        return next_step(self.main, self.project, lit=self.lit_on is not None)

    @property
    def halted(self) -> bool:
        return self.main.halted_on is not None


def next_step(case: Case, project: AccessProject, *, lit: bool = False) -> Step | None:
    """The step that leads a case on from where it stands; None in a final state."""
    if case.closed_on is not None:
        return None
    name = dict(WAYS.get(case.procedure, ())).get(case.state, "")
    if case.state in AFTER_LIGHT and (lit or not name):
        name = AFTER_LIGHT[case.state]
    if name == "dispatch" and case.procedure is Intake:
        name = _HAND_ON.get(project.classified, name)
    return case.procedure.steps.get(name)


def projects_for(account: Any) -> QuerySet[AccessProject]:
    """The projects whose intake an account may see."""
    seen = Case.objects.visible_to(account).filter(procedure_name=Intake.name)
    return AccessProject.objects.filter(case__in=seen).select_related("case", "case__subject")


def standings(projects: Iterable[AccessProject]) -> list[Standing]:
    """Where projects stand: three queries beside that of the projects themselves."""
    kept = list(projects)
    roots = [one.case_id for one in kept]
    names = [one.name for one in WAYS if one is not Intake]
    strands: dict[int, list[Case]] = defaultdict(list)
    for case in Case.objects.filter(parent_id__in=roots, procedure_name__in=names).order_by("id"):
        strands[case.parent_id].append(case)
    lit = Event.objects.filter(case__parent_id__in=roots, step_name="energise").order_by("id")
    lights = {root: data["energised_on"] for root, data in lit.values_list("case__parent_id", "data")}
    below = [case.pk for cases in strands.values() for case in cases]
    moves = Event.objects.filter(case_id__in=[*roots, *below]).exclude(from_state=F("to_state")).order_by()
    entered = dict(moves.values_list("case_id").annotate(Max("on")))
    return [Standing(one, tuple(strands[one.case_id]), _day(lights.get(one.case_id)), entered) for one in kept]


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None


def forecast(standing: Standing, past: Durations, on: date | None = None) -> Decision | None:
    """When there will be light, against the owner's date; None once there is, or where nothing is to come.

    A project of two strands has light when the slower one is done. [power-2-2-3]
    """
    if standing.lit_on or standing.main.closed_on or standing.project.classified == rules.InvestmentClass.OUT:
        return None
    day = on or clock.today()
    ways = [way for one in _running(standing) if (way := _remaining(standing, one, past, day))]
    found = [_foretold(standing, way, day) for way in ways]
    return max(found, key=lambda one: one.value or date.min, default=None)


def _running(standing: Standing) -> list[Case]:
    return [one for one in standing.strands if one.closed_on is None] or [standing.intake]


def _foretold(standing: Standing, way: list[rules.RemainingStep], on: date) -> Decision:
    facts = rules.LightFacts(on, tuple(way), county().calendar, standing.project.ready_by, standing.halted)
    return rules.light_forecast(facts, registry.parameters())


def _remaining(standing: Standing, case: Case, past: Durations, on: date) -> list[rules.RemainingStep]:
    """The steps from where a case stands to the light, the current one first."""
    steps = _from_here(case, past)
    if case.procedure is Intake:
        follows = _FOLLOWS.get(standing.project.classified, (CountyPaid,))
        steps += [step for one in follows for step in _all(one, past)]
    if case.procedure is SharedCivil:
        steps += [days_of(SharedElectrical, "energise", past)]
    since = standing.since(case)
    used = county().calendar.working_days_between(since, max(since, on))
    return [
        rules.RemainingStep(one.step.zh, one.expected, used if number == 0 else 0)
        for number, one in enumerate(steps)
        if one.expected is not None
    ]


def _from_here(case: Case, past: Durations) -> list[StepDays]:
    way = WAYS[case.procedure]
    states = [state for state, _step in way]
    if case.state not in states:
        return []
    rest = way[states.index(case.state) :]
    # Of referring, disputing and classifying a project goes through one only.
    if case.procedure is Intake:
        rest = rest[:1] + tuple(one for one in rest[1:] if one[0] == "classified")
    return [days_of(case.procedure, step, past) for _state, step in rest]


def _all(procedure: type[Procedure], past: Durations) -> list[StepDays]:
    return [days_of(procedure, step, past) for _state, step in WAYS[procedure]]
