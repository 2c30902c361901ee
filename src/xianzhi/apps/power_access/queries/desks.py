"""What a desk reads at once: the projects that are open, with all that its lists are made from."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, Sum

from xianzhi.apps.power_access.models import AccessProject, AnnualPlan, CropRow, PlanLine
from xianzhi.apps.power_access.procedures import ChargeReport, CountyPaid, Handover, Intake, SharedCivil, TownshipMatter
from xianzhi.apps.power_access.queries.durations import Durations, durations
from xianzhi.apps.power_access.queries.money import Money, money_of_projects
from xianzhi.apps.power_access.queries.projects import Standing, forecast, next_step, projects_for, standings
from xianzhi.apps.power_access.services.accounts import appropriated_in
from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Event, Obligation
from xianzhi.law.decision import Decision
from xianzhi.law.procedure import APPLICANT

WORKS = (CountyPaid.name, SharedCivil.name)
NODES = {"procured": "设计", "built": "验收"}
"""The states in which 供电公司 is awaited at a node of the works."""
_NODE_NAMES = {"设计": "design", "验收": "acceptance"}


@dataclass(frozen=True, slots=True)
class Load:
    """How many open cases wait at a stage with whoever has to act, and how many of them are overdue."""

    stage: str
    unit: str
    waiting: int
    overdue: int


class Board:
    """The open projects that an account may see. Each part is read when it is first asked for, in a query or two."""

    def __init__(self, account: Any) -> None:
        self.account, self.today = account, clock.today()

    @cached_property
    def standings(self) -> list[Standing]:
        running = Case.objects.filter(parent_id=OuterRef("case_id"), closed_on=None).exclude(
            procedure_name__in=(TownshipMatter.name, ChargeReport.name)
        )
        projects = projects_for(self.account).filter(Q(case__closed_on=None) | Exists(running))
        return standings(projects.prefetch_related("proofs", "loads", "orders", "schemes", "details", "determinations"))

    @cached_property
    def past(self) -> Durations:
        return durations()

    @cached_property
    def money(self) -> dict[int, Money]:
        return money_of_projects([one.project for one in self.standings])

    def intakes(self, *states: str) -> list[Standing]:
        """The projects whose intake stands in one of some states, the soonest due first."""
        kept = [one for one in self.standings if one.intake.state in states]
        return sorted(kept, key=lambda one: _soonest(one.intake))

    def strands(self, *procedures: str, states: Iterable[str] = ()) -> list[tuple[Standing, Case]]:
        """The open strands of some procedures, the soonest due first; only in some states, where any are named."""
        wanted = set(states)
        kept = [
            (standing, case)
            for standing in self.standings
            for case in standing.strands
            if case.procedure_name in procedures and case.closed_on is None and (not wanted or case.state in wanted)
        ]
        return sorted(kept, key=lambda pair: _soonest(pair[1]))

    def late(self) -> list[tuple[Standing, Decision, int]]:
        """The projects whose forecast lies after the owner's date, the latest first, with the days."""
        told = [(one, told) for one in self.standings if (told := forecast(one, self.past, self.today))]
        red = [(one, told, (told.value - one.project.ready_by).days) for one, told in told if told.outcome == "red"]
        return sorted(red, key=lambda row: -row[2])

    def loads(self) -> list[Load]:
        """By stage and responsible unit: what waits there and what is overdue, over intakes and strands."""
        counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
        for standing in self.standings:
            for case in standing.cases:
                step = next_step(case, standing.project, lit=standing.lit_on is not None)
                if step is None:
                    continue
                poster = step.by[0]
                unit = "业主" if poster == APPLICANT else county().function_word(poster.partition(".")[0])
                stages = case.procedure.journey
                number = case.procedure.stage_of(case.state)
                row = counts[f"{case.procedure.zh} {stages[number].zh}" if number >= 0 else case.procedure.zh, unit]
                row[0] += 1
                row[1] += bool(case.due_on and case.due_on < self.today and not case.halted_on)
        found = [Load(stage, unit, *numbers) for (stage, unit), numbers in counts.items()]
        return sorted(found, key=lambda one: (-one.overdue, -one.waiting, one.stage))

    def opinions(self, cases: Iterable[Case]) -> dict[int, set[str]]:
        """By intake: whose opinion is there since the project was referred."""
        steps = ("refer", "opine_approval", "opine_grid")
        rows = Event.objects.filter(case__in=list(cases), step_name__in=steps).order_by("case_id", "seq")
        given: dict[int, set[str]] = defaultdict(set)
        for case, step in rows.values_list("case_id", "step_name"):
            given[case] = set() if step == "refer" else given[case] | {step}
        return given

    def nodes(self) -> list[tuple[Standing, Case, str]]:
        """The works at a node that 供电公司 has not attended and for which no absence is recorded."""
        waiting = self.strands(*WORKS, states=NODES)
        rows = Event.objects.filter(
            case__in=[case for _, case in waiting], step_name__in=("witness", "note_absence")
        ).values_list("case_id", "data", "on")
        seen = {(case, data["node"]) for case, data, _ in rows}
        named = [(standing, case, NODES[case.state]) for standing, case in waiting]
        return [row for row in named if (row[1].pk, _NODE_NAMES[row[2]]) not in seen]

    def handovers(self) -> list[Case]:
        """The open handovers, each with the number and value of its assets."""
        cases = Case.objects.visible_to(self.account).open().filter(procedure_name=Handover.name)
        assets = {"assets": Count("handed_assets"), "worth": Sum("handed_assets__value")}
        return list(cases.annotate(**assets).order_by("opened_on"))

    def reports(self) -> list[Case]:
        """The reports of charges that are not closed."""
        seen = Case.objects.visible_to(self.account).open().filter(procedure_name=ChargeReport.name)
        return list(seen.order_by("due_on", "id"))

    def matters(self) -> list[Case]:
        """What townships coordinate: the open ones first, then the newest; with plots, areas and sums."""
        seen = Case.objects.visible_to(self.account).filter(procedure_name=TownshipMatter.name)
        cases = list(seen.select_related("parent").order_by("-opened_on", "-id")[:100])
        sums: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal(), Decimal()])
        for matter, area, amount in (
            CropRow.objects.filter(matter__in=cases).current().values_list("matter_id", "area", "amount")
        ):
            row = sums[matter]
            row[0], row[1], row[2] = row[0] + 1, row[1] + area, row[2] + amount
        for case in cases:
            case.plots, case.area, case.amount = sums[case.pk]
        return sorted(cases, key=lambda case: case.closed_on is not None)

    def plan(self) -> "PlanUse | None":
        """The plan of this year and what became of it; None where there is none, or none that the account may see."""
        plans = AnnualPlan.objects.filter(year=self.today.year, case__in=Case.objects.visible_to(self.account))
        plan = plans.select_related("case").first()
        return use_of(plan, self.today) if plan else None

    def obligations(self, *provisions: str) -> list[Obligation]:
        return list(Obligation.objects.filter(provision__in=provisions).select_related("unit"))


@dataclass(frozen=True, slots=True)
class PlanUse:
    """A year's plan: each line with what was appropriated from it, in yuan."""

    plan: AnnualPlan
    lines: list[tuple[PlanLine, Decimal]]

    @property
    def planned(self) -> Decimal:
        return sum((line.amount for line, _ in self.lines), Decimal())

    @property
    def used(self) -> Decimal:
        return sum((used for _, used in self.lines), Decimal())

    def left_for(self, project: AccessProject) -> Decimal | None:
        """What the project's line still holds; None where it has none."""
        return next((line.amount - used for line, used in self.lines if line.project_id == project.pk), None)


def use_of(plan: AnnualPlan, on: date) -> PlanUse:
    """The lines of a plan as they stood on a day, each with what was appropriated from it so far."""
    lines = list(PlanLine.objects.on(on).filter(plan=plan).select_related("project__case"))
    used = appropriated_in([one.project for one in lines if one.project], plan.year)
    return PlanUse(plan, [(one, used.get(one.project_id, Decimal())) for one in lines])


def _soonest(case: Case) -> tuple[bool, date, int]:
    return case.halted_on is not None, case.due_on or date.max, case.pk


CLASSIFYING = (Intake.submitted.name,)
JOINT = (Intake.referred.name, Intake.disputed.name)
SETTLED = (Intake.classified.name,)
