"""County money of a project: sums over what its steps recorded, never stored."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, CostDetail
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Event
from xianzhi.law.decision import Decision

RECOVERED, GIVEN_BACK, STOPPED = Works.recover.event, Works.give_back.event, Works.stop.event
HANDED_IN, AUDITED = Works.hand_in.event, Works.audit.event
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Money:
    """A project's money in yuan."""

    budget: Decimal
    """The total of the cost detail in force."""
    appropriated: Decimal
    paid: Decimal
    """Less what was recovered."""
    given_back: Decimal
    sources: dict[str, Decimal]
    """Appropriations by source."""
    submitted: Decimal | None
    audited: Decimal | None

    @property
    def left(self) -> Decimal:
        """What may still be paid."""
        return self.appropriated - self.paid - self.given_back

    @property
    def gap(self) -> Decimal:
        """What the county still has to find."""
        return max(NOTHING, self.budget - self.appropriated)

    @property
    def to_pay(self) -> Decimal:
        return max(NOTHING, (self.audited or self.paid) - self.paid)

    @property
    def to_recover(self) -> Decimal:
        return max(NOTHING, self.paid - (self.paid if self.audited is None else self.audited))

    @property
    def to_return(self) -> Decimal:
        """The surplus that is not back yet."""
        if self.audited is None:
            return NOTHING
        return max(NOTHING, self.appropriated - self.audited - self.given_back)


def money_of(case: Case) -> Money:
    """The money of the project that a case belongs to."""
    project = found.project_of(case)
    assert project is not None, f"{case} 不属于接入项目"
    return money_of_project(project)


def money_of_project(project: AccessProject) -> Money:
    """The money of a project, from the events of all cases below it."""
    return money_of_projects([project])[project.pk]


def money_of_projects(projects: Iterable[AccessProject]) -> dict[int, Money]:
    """The money of several projects, by their ids: two queries, however many they are."""
    by_case = {one.case_id: one.pk for one in projects}
    names = (*found.FUNDED, *found.PAID, RECOVERED, GIVEN_BACK, STOPPED, HANDED_IN, AUDITED)
    events = Event.objects.filter(case__parent_id__in=by_case, name__in=names).order_by("on", "id")
    recorded: dict[int, list] = {pk: [] for pk in by_case.values()}
    for case, step, data in events.values_list("case__parent_id", "name", "data"):
        recorded[by_case[case]].append((step, data))
    details = CostDetail.objects.filter(project_id__in=recorded).order_by("version").values_list("project_id", "total")
    budgets = dict(details)
    return {pk: _money(rows, budgets.get(pk, NOTHING)) for pk, rows in recorded.items()}


def _money(recorded: list, budget: Decimal) -> Money:
    return Money(
        budget=budget,
        appropriated=_sum(recorded, found.FUNDED, "amount"),
        paid=_sum(recorded, found.PAID, "amount") - _sum(recorded, (RECOVERED,), "amount"),
        given_back=_listed(recorded) + _sum(recorded, (STOPPED,), "returned"),
        sources=_sources(recorded),
        submitted=_last(recorded, HANDED_IN, "submitted"),
        audited=_last(recorded, AUDITED, "audited"),
    )


def gap_of(project: AccessProject) -> Decision:
    """What the county still has to find for a project. [power-2-2-2]"""
    money = money_of_project(project)
    return rules.funding_gap(rules.GapFacts(money.budget, money.appropriated), registry.parameters())


def settlement_of(case: Case, on: date) -> Decision | None:
    """When a project's papers are due or were handed in; None before its acceptance. [power-3-2-2-6-2]"""
    accepted = case.events.filter(step_name="accept").order_by("-seq").first()
    if accepted is None:
        return None
    handed = case.events.filter(name=HANDED_IN, seq__gt=accepted.seq).first()
    facts = rules.SettlementFacts(
        date.fromisoformat(accepted.data["end_on"]), county().calendar, handed.on if handed else None, on
    )
    return rules.settlement_due(facts, registry.parameters())


def _sum(recorded: list, steps: tuple[str, ...], field: str) -> Decimal:
    return sum((Decimal(data[field]) for name, data in recorded if name in steps), NOTHING)


def _listed(recorded: list) -> Decimal:
    rows = (row for name, data in recorded if name == GIVEN_BACK for row in data["returns"])
    return sum((Decimal(row["amount"]) for row in rows), NOTHING)


def _sources(recorded: list) -> dict[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for name, data in recorded:
        for row in data.get("sources", ()) if name in found.FUNDED else ():
            sums[row["source"]] = sums.get(row["source"], NOTHING) + Decimal(row["amount"])
    return sums


def _last(recorded: list, step: str, field: str) -> Decimal | None:
    amounts = [Decimal(data[field]) for name, data in recorded if name == step]
    return amounts[-1] if amounts else None
