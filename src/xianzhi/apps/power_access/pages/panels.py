"""What this service adds to the page of a case: the project, why this class, the money, whose days, the papers."""

from typing import Any

from django.http import HttpRequest

from xianzhi.apps.power_access.models import AccessProject, AnnualPlan, Asset, HandoverAgreement, SafetyDuty
from xianzhi.apps.power_access.pages.assets import labels
from xianzhi.apps.power_access.pages.package import locked_package
from xianzhi.apps.power_access.procedures import (
    AnnualPlan as PlanProcedure,
)  # fmt: skip
from xianzhi.apps.power_access.procedures import (
    CountyPaid,
    Handover,
    Intake,
    SharedCivil,
    TownshipMatter,
)
from xianzhi.apps.power_access.queries.durations import durations
from xianzhi.apps.power_access.queries.money import money_of_project
from xianzhi.apps.power_access.queries.projects import forecast, next_step, standings
from xianzhi.apps.power_access.queries.shares import shares_of
from xianzhi.apps.power_access.queries.sides import days_by_side
from xianzhi.apps.power_access.rules import CostKind, CostLine, SplitFacts, split_cost
from xianzhi.kernel import clock, registry
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.panels import Made, panel

APP = "power_access"
_PART = "power_access/panels/"
DECIDING = ("classify", "refer", "settle_joint", "settle_out", "decide", "decide_out", "turn_down")


def _project(case: Case) -> AccessProject | None:
    """The project that a case belongs under; None for plans and what stands for itself."""
    if not hasattr(case, "_power_project"):
        case._power_project = AccessProject.objects.filter(
            case_id=case.parent_id or case.pk
        ).select_related("case__subject").first()  # fmt: skip
    return case._power_project


def _made(part: str, **context: Any) -> Made:
    return {"template": f"{_PART}{part}.html", "context": context}


@panel(APP, where="side", order=10)
def project(request: HttpRequest, case: Case) -> Made:
    """The project's facts: place, load, land, orders, and when there will be light."""
    found = _project(case)
    if found is None:
        return None
    standing = standings([found])[0]
    return _made(
        "project", project=found, proof=found.proofs.last(), load=found.loads.last(), order=found.order,
        determination=found.determinations.last(), lit_on=standing.lit_on, foretold=forecast(standing, durations()),
        opens=Case.objects.visible_to(request.user).filter(pk=found.case_id).exists(),
    )  # fmt: skip


@panel(Intake, order=20)
def classification(request: HttpRequest, case: Case) -> Made:
    """The class with both answers and every reason, as the event of the decision keeps them."""
    event = case.events.filter(step_name__in=DECIDING, decision__isnull=False).order_by("-seq").first()
    found = _project(case)
    if event is None or found is None:
        return None
    return _made("classification", event=event, reasons=event.decision["reasons"], project=found,
                 shares=shares_of(found.classified, found.applied_on))  # fmt: skip


@panel(CountyPaid, order=20)
@panel(SharedCivil, order=20)
def works(request: HttpRequest, case: Case) -> Made:
    """Scheme versions, the cost detail with its total, and the money of the project."""
    found = _project(case)
    if found is None:
        return None
    detail, schemes = found.detail, list(found.schemes.all())
    lines = list(detail.lines.all()) if detail else []
    money = money_of_project(found)
    return _made(
        "works", schemes=schemes, scheme=schemes[-1] if schemes else None, detail=detail, lines=lines, case=case,
        packed=money.submitted is not None and locked_package.who.admits(request.user),  # type: ignore[attr-defined]
        split=_split(found, lines),
        money=money, bought=list(found.procurements.all()),
        line=found.plan_lines.filter(until=None).select_related("plan").last(),
    )  # fmt: skip


def _split(found: AccessProject, lines: list[Any]) -> list[tuple[str, Any]]:
    """Who bears what of the detail, without those that bear nothing."""
    if not lines:
        return []
    costs = tuple(CostLine(one.name, CostKind(one.kind), one.amount) for one in lines)
    decision = split_cost(SplitFacts(found.applied_on, found.classified, costs), registry.parameters())
    return [] if decision.refused else [(str(payer), amount) for payer, amount in decision.value.items() if amount]


@panel(CountyPaid, where="side", order=30)
@panel(SharedCivil, where="side", order=30)
@panel(Intake, where="side", order=30)
def sides(request: HttpRequest, case: Case) -> Made:
    """Whose days the case has taken."""
    found = _project(case)
    if found is None:
        return None
    return _made("sides", sides=days_by_side([case], {case.pk: next_step(case, found)}))


@panel(TownshipMatter, order=20)
def crops(request: HttpRequest, case: Case) -> Made:
    """The plots of the newest list with their sum."""
    rows = list(case.crop_rows.current())
    if not rows:
        return None
    return _made("crops", rows=rows, area=sum(one.area for one in rows), amount=sum(one.amount for one in rows))


@panel(Handover, order=20)
def assets(request: HttpRequest, case: Case) -> Made:
    """The assets of a handover, who keeps each safe today, and the agreement."""
    held = list(case.handed_assets.prefetch_related("duties__holder"))
    if not held:
        return None
    rows = [(one, _holder(one)) for one in held]
    prints = labels.who.admits(request.user)  # type: ignore[attr-defined]
    return _made("assets", rows=rows, worth=sum(one.value for one in held),
                 agreement=HandoverAgreement.objects.filter(case=case).first(), labels=prints and case.pk)  # fmt: skip


def _holder(asset: Asset) -> SafetyDuty | None:
    """The duty in force today, from what was fetched before."""
    today = clock.today()
    held = (one for one in asset.duties.all() if one.since <= today)
    return next((one for one in held if one.until is None or one.until > today), None)


@panel(PlanProcedure, order=20)
def plan(request: HttpRequest, case: Case) -> Made:
    """The lines of a plan as they stand today."""
    found = AnnualPlan.objects.filter(case=case).first()
    lines = list(found.lines.on(clock.today()).select_related("project__case")) if found else []
    return _made("plan", plan=found, lines=lines, total=sum(one.amount for one in lines)) if lines else None
