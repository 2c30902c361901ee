"""The accounts on which the county's money for power stands: of projects, of plans, of charges, of crops."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Sum

from xianzhi.apps.power_access.models import AccessProject, AnnualPlan
from xianzhi.kernel.models import Case, MoneyAccount, MoneyLine
from xianzhi.kernel.models.money import AccountKind, Fen
from xianzhi.kernel.money import open_account
from xianzhi.kernel.money.accounts import yuan_of

SERVICE = "power_access"
PROJECT, SOURCE = "power.project/", "power.source/"
FUND, PAID, RETURNED = "fund", "paid", "returned"
_PARTS = {AccountKind.FUND: FUND, AccountKind.SPENT: PAID, AccountKind.RETURNED: RETURNED}
PARTS = tuple(_PARTS.values())
"""Where a project's money stands: not yet paid, paid, given back. Together it is what was appropriated."""


def project_account(number: str, part: str) -> str:
    """The name of an account of the project with a number."""
    return f"{PROJECT}{number}/{part}"


@dataclass(frozen=True, slots=True)
class ProjectAccounts:
    """Where the money of one project stands."""

    fund: MoneyAccount
    paid: MoneyAccount
    returned: MoneyAccount


def accounts_of(project: AccessProject, works: Case) -> ProjectAccounts:
    """The accounts of a project; they belong to its works, whose readers may see them."""
    number = project.number
    titles = {FUND: f"{number}项目资金", PAID: f"{number}已付款项", RETURNED: f"{number}已退结余"}
    opened = (
        open_account(project_account(number, part), titles[part], kind, service=SERVICE, case=works)
        for kind, part in _PARTS.items()
    )
    return ProjectAccounts(*opened)


def source_account(name: str) -> MoneyAccount:
    """Where appropriations come from: 土地储备资金 and the like, outside these books."""
    return open_account(f"{SOURCE}{name}", name, AccountKind.OUTSIDE, service=SERVICE)


# ---- plans


def plan_account(year: int, part: str = "") -> str:
    """The name of an account of the plan of a year; of the whole consent where no part is named."""
    return f"power.plan/{year}/{part}" if part else f"power.plan/{year}"


def consent_account(plan: AnnualPlan) -> MoneyAccount:
    """What the county consented to: the other side of the lines."""
    return _of_plan(plan, "", AccountKind.AUTHORITY, "计划同意数")


def line_account(plan: AnnualPlan, number: int, name: str = "") -> MoneyAccount:
    """What a line of the plan still holds."""
    return _of_plan(plan, f"line {number}", AccountKind.BUDGET, f"计划第{number}行 {name}".strip())


def used_account(plan: AnnualPlan) -> MoneyAccount:
    """What was appropriated from the lines of the plan."""
    return _of_plan(plan, "appropriated", AccountKind.USED, "计划已拨付")


def carry_account(plan: AnnualPlan) -> MoneyAccount:
    """What the plan lacked, until the next one takes it over."""
    return _of_plan(plan, "carry", AccountKind.BUDGET, "缺口待转列")


def _of_plan(plan: AnnualPlan, part: str, kind: AccountKind, title: str) -> MoneyAccount:
    name = plan_account(plan.year, part)
    return open_account(name, f"{plan.year}年{title}", kind, service=SERVICE, case=plan.case)


# ---- sums


def sums_of(projects: Iterable[AccessProject], *, year: int | None = None) -> dict[int, dict[str, Decimal]]:
    """The yuan on the accounts of projects by project (id) and part, through all years or of one: one query."""
    names = {project_account(one.number, part): (one.pk, part) for one in projects for part in PARTS}
    lines = MoneyLine.objects.filter(account__name__in=names)
    if year is not None:
        lines = lines.filter(entry__on__year=year)
    found = {pk: dict.fromkeys(PARTS, Decimal("0.00")) for pk, _ in names.values()}
    for name, fen in lines.order_by().values_list("account__name").annotate(fen=Sum(Fen())):
        pk, part = names[name]
        found[pk][part] = yuan_of(fen)
    return found


def by_year() -> dict[int, dict[str, Decimal]]:
    """The yuan that moved on the accounts of all projects, by year and part: one query."""
    lines = MoneyLine.objects.filter(account__name__startswith=PROJECT).order_by()
    found: dict[int, dict[str, Decimal]] = {}
    for year, kind, fen in lines.values_list("entry__on__year", "account__kind").annotate(fen=Sum(Fen())):
        found.setdefault(year, dict.fromkeys(PARTS, Decimal("0.00")))[_PARTS[kind]] = yuan_of(fen)
    return found


def appropriated(project: AccessProject) -> Decimal:
    """The yuan that were ever appropriated to a project: they are in its fund, paid, or given back."""
    return sum(sums_of([project])[project.pk].values(), Decimal())


def appropriated_in(projects: Iterable[AccessProject], year: int) -> dict[int, Decimal]:
    """The yuan that were appropriated to projects in a year, by their ids."""
    return {pk: sum(parts.values(), Decimal()) for pk, parts in sums_of(projects, year=year).items()}


def paid_in(project: AccessProject, year: int) -> Decimal:
    """The yuan that were paid for a project in a year, less what came back."""
    return sums_of([project], year=year)[project.pk][PAID]


def sources_of(projects: Iterable[AccessProject]) -> dict[int, dict[str, Decimal]]:
    """From which sources the money of projects came, in yuan, by their ids: one query."""
    funds = {project_account(one.number, FUND): one.pk for one in projects}
    taken = MoneyLine.objects.filter(account__name__startswith=SOURCE, entry__lines__account__name__in=funds)
    rows = taken.order_by("account_id").values_list("entry__lines__account__name", "account__title")
    found: dict[int, dict[str, Decimal]] = {pk: {} for pk in funds.values()}
    for fund, source, fen in rows.annotate(fen=Sum(Fen())):
        if fen:
            found[funds[fund]][source] = -yuan_of(fen)
    return found


def carried_over(year: int, by: date | None = None) -> Decimal:
    """What the plan of a year lacked when it was closed (by a day), in yuan."""
    lines = MoneyLine.objects.filter(account__name=plan_account(year, "carry"), amount__gt=0)
    if by is not None:
        lines = lines.filter(entry__on__lte=by)
    return yuan_of(lines.aggregate(fen=Sum(Fen()))["fen"])
