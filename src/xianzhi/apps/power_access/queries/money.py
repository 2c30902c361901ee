"""County money of a project: what stands on its accounts, beside what was handed in and audited."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, CostDetail
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.services import accounts, found
from xianzhi.kernel import registry
from xianzhi.kernel.models import Case, Event

HANDED_IN, AUDITED = Works.hand_in.event, Works.audit.event
STATED = {HANDED_IN: "submitted", AUDITED: "audited"}
"""The events that state an amount without moving money, and under which name."""
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
        """What the county still has to find. [power-2-2-2]"""
        decided = rules.funding_gap(rules.GapFacts(self.budget, self.appropriated), registry.parameters())
        return Decimal(decided.value)

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
    """The money of a project."""
    return money_of_projects([project])[project.pk]


def money_of_projects(projects: Iterable[AccessProject]) -> dict[int, Money]:
    """The money of several projects, by their ids: a fixed number of queries, however many they are."""
    by_pk = {one.pk: one for one in projects}
    by_case = {one.case_id: one.pk for one in by_pk.values()}
    sums, sources = accounts.sums_of(by_pk.values()), accounts.sources_of(by_pk.values())
    stated: dict[int, dict[str, Decimal]] = {pk: {} for pk in by_pk}
    events = Event.objects.filter(case__parent_id__in=by_case, name__in=STATED).order_by("on", "id")
    for case, name, data in events.values_list("case__parent_id", "name", "data"):
        stated[by_case[case]][name] = Decimal(data[STATED[name]])
    details = CostDetail.objects.filter(project_id__in=by_pk).order_by("version").values_list("project_id", "total")
    budgets = dict(details)
    return {
        pk: Money(
            budget=budgets.get(pk, NOTHING),
            appropriated=sum(sums[pk].values(), NOTHING),
            paid=sums[pk][accounts.PAID],
            given_back=sums[pk][accounts.RETURNED],
            sources=sources[pk],
            submitted=stated[pk].get(HANDED_IN),
            audited=stated[pk].get(AUDITED),
        )
        for pk in by_pk
    }
