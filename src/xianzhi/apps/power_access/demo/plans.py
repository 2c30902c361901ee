"""The walks of the annual investment plans: drafted, consented to, adjusted for projects that wait, closed."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from xianzhi.apps.power_access.demo.cast import after, holder, paper, take
from xianzhi.apps.power_access.services import accounts, plan
from xianzhi.kernel import clock
from xianzhi.kernel.models import Case

Walk = Iterator[date]
ACTUALS = {2021: Decimal(2_600_000), 2022: Decimal(3_100_000), 2023: Decimal(4_200_000)}
SUMS = {2024: Decimal(6_000_000), 2025: Decimal(14_000_000), 2026: Decimal(12_000_000)}
ADJUSTED_EVERY = timedelta(days=30)


def walk_plan(year: int, waiting: list) -> Walk:
    """One year's plan. Projects that wait for a line get it with the next adjustment."""
    yield date(year, 3, 18) if year == min(SUMS) else date(year, 1, 15)
    case = plan.draft(
        year, by=holder("energy.plan"), actuals={one: ACTUALS[one] for one in ACTUALS if one >= year - 3},
        lines=[{"name": "预留", "amount": SUMS[year] - plan.carried_into(year, clock.today())}],
    )  # fmt: skip
    yield after(6)
    take(
        case, "agree", "energy.plan", paper("minutes", "协商纪要"), county_side="县能源局、县财政局",
        company_side="国网绛县供电公司", agreed=SUMS[year], reason="园区项目集中开工，需求高于往年",
    )  # fmt: skip
    yield after(8)
    take(case, "consent", "government.consent", number=f"绛政函〔{year}〕9号", consented_on=clock.today())
    serial = 20
    while clock.today() + ADJUSTED_EVERY < date(year, 12, 20):
        yield clock.today() + ADJUSTED_EVERY
        if waiting:
            serial += 1
            _adjust(case, year, waiting, serial)
    yield date(year, 12, 31)
    yield from _close(case, year)


def _adjust(case: Case, year: int, waiting: list, serial: int) -> None:
    """Lists what waits, out of the reserve as far as it goes."""
    today = clock.today()
    reserve = case.annual_plan.lines.filter(until=None, name="预留").first()
    changes, left = [], reserve.amount if reserve else Decimal()
    for project in list(waiting):
        total = project.detail.total
        changes.append({"project": project.number, "name": project.name, "after": total})
        left -= total
        waiting.remove(project)
    if reserve:
        changes.append({"line": reserve.number, "after": max(left, Decimal())})
    take(
        case, "adjust", "government.consent", number=f"绛政函〔{year}〕{serial}号", consented_on=today,
        reason="新增项目已完成设计，列入当年计划", changes=changes,
    )  # fmt: skip


def _close(case: Case, year: int) -> Walk:
    returns = [
        {"name": project.name, "amount": accounts.appropriated(project) - audited}
        for project, audited in plan.settled_in(year)
        if accounts.appropriated(project) > audited
    ]
    if returns:
        take(case, "list_return", "energy.plan", returns=returns)
    yield after(1)
    take(case, "close", "finance.close", receipt=f"示例收〔{year}〕1号" if returns else None)
