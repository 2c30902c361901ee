"""The figures that anybody may see: counts and sums over all projects, no owner's name among them."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, PlanLine, SafetyDuty
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.queries.projects import standings
from xianzhi.apps.power_access.services import accounts
from xianzhi.kernel.models import Event

NOTHING = Decimal("0.00")
MONTH = 30
"""Days up to which a project counts as somewhat late."""
OURS = "power_access."
CONFIRMED, REPORTED = "confirm_zero", "report_paid"


@dataclass(frozen=True, slots=True)
class Zero:
    """What owners answered when they were asked whether they had paid outside the red line."""

    confirmed: int
    reported: int

    @property
    def share(self) -> Decimal | None:
        """Of those who answered, in percent with one decimal; None while nobody has."""
        answered = self.confirmed + self.reported
        return (Decimal(100 * self.confirmed) / answered).quantize(Decimal("0.1")) if answered else None


@dataclass(frozen=True, slots=True)
class Year:
    """County money of a year, in yuan."""

    planned: Decimal = NOTHING
    appropriated: Decimal = NOTHING
    paid: Decimal = NOTHING
    audited: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What auditing took off, in yuan: of the works audited in a year."""

    works: int
    submitted: Decimal
    audited: Decimal

    @property
    def cut(self) -> Decimal:
        """In percent of what was submitted, two decimals."""
        return (100 * (self.submitted - self.audited) / self.submitted).quantize(Decimal("0.01"))


@dataclass(frozen=True, slots=True)
class Progress:
    """Projects of a class: still on the way, with light, and withdrawn or turned down."""

    under_way: int = 0
    lit: int = 0
    ended: int = 0


def by_class() -> dict[rules.InvestmentClass, Progress]:
    """How far the projects of each class are, in the order of the classes."""
    counts: dict[rules.InvestmentClass, Counter[str]] = defaultdict(Counter)
    for one in standings(AccessProject.objects.select_related("case")):
        ended = one.lit_on is None and all(case.closed_on for case in one.cases)
        counts[one.project.classified]["lit" if one.lit_on else "ended" if ended else "under_way"] += 1
    return {one: Progress(**counts[one]) for one in rules.InvestmentClass if one in counts}


def zero_by_quarter() -> dict[tuple[int, int], Zero]:
    """The owners' answers by (year, quarter), the earliest first."""
    answers: dict[tuple[int, int], Counter[str]] = defaultdict(Counter)
    events = Event.objects.filter(case__procedure_name__startswith=OURS, step_name__in=(CONFIRMED, REPORTED))
    for step, on in events.values_list("step_name", "on"):
        answers[on.year, (on.month + 2) // 3][step] += 1
    return {one: Zero(answers[one][CONFIRMED], answers[one][REPORTED]) for one in sorted(answers)}


def money_by_year() -> dict[int, Year]:
    """What was planned, appropriated, paid and found right by the auditors, by year: what moved as the accounts hold
    it, and what the auditors found, which moves nothing, as it was entered."""
    years: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(lambda: NOTHING))
    for year, amount in PlanLine.objects.filter(until=None).values_list("plan__year", "amount"):
        years[year]["planned"] += amount
    for year, parts in accounts.by_year().items():
        years[year].update(appropriated=sum(parts.values(), NOTHING), paid=parts[accounts.PAID])
    for _, _, on, data in _events(Works.audit.event):
        years[on.year]["audited"] += Decimal(data["audited"])
    return {year: Year(**years[year]) for year in sorted(years)}


def reviews_by_year() -> dict[int, Reviewed]:
    """What was submitted and what was found right, of the works audited in each year."""
    submitted: dict[int, Decimal] = {}
    found: dict[int, Reviewed] = {}
    for case, name, on, data in _events(Works.hand_in.event, Works.audit.event):
        if name == Works.hand_in.event:
            submitted[case] = Decimal(data["submitted"])
            continue
        one = found.get(on.year, Reviewed(0, NOTHING, NOTHING))
        audited = one.audited + Decimal(data["audited"])
        found[on.year] = Reviewed(one.works + 1, one.submitted + submitted[case], audited)
    return {year: found[year] for year in sorted(found)}


def on_time() -> dict[int, tuple[int, int, int]]:
    """Of the projects with light and with a date of their owner, by the year of the light: in time, up to a month
    late, later."""
    years: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in standings(AccessProject.objects.exclude(ready_by=None).select_related("case")):
        if one.lit_on:
            late = (one.lit_on - one.project.ready_by).days
            years[one.lit_on.year][0 if late <= 0 else 1 if late <= MONTH else 2] += 1
    return {year: (row[0], row[1], row[2]) for year, row in sorted(years.items())}


def held_by(on: date) -> Mapping[str, Mapping[str, int]]:
    """The assets that each unit answers for on a day, by kind: {"电缆井": {"供电公司": 12}}."""
    duties = SafetyDuty.objects.on(on).values_list("asset__kind", "holder__short")
    rows = duties.annotate(Count("pk")).order_by("asset__kind")
    kinds: dict[str, dict[str, int]] = defaultdict(dict)
    for kind, holder, number in rows:
        kinds[kind][holder] = number
    return kinds


def _events(*names: str) -> Iterator[tuple[int, str, date, dict]]:
    """(case, name, day, what was entered) of the events of some names, first to last."""
    events = Event.objects.filter(name__in=names).order_by("id")
    return events.values_list("case_id", "name", "on", "data").iterator()
