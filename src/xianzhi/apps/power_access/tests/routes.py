"""Arguments for the addresses of this service that take some: see the kernel's tests/routes.py."""

from typing import Any

from xianzhi.apps.power_access.models import AnnualPlan, Asset
from xianzhi.apps.power_access.procedures import CountyPaid, Handover
from xianzhi.apps.power_access.services import intake
from xianzhi.apps.power_access.tests.walk import factory, paper
from xianzhi.kernel.models import Case
from xianzhi.kernel.tests.routes import TODAY, Route, World


def _project(world: World) -> dict[str, Any]:
    """A project of the sample's applicant."""
    owner = world.people.applicant
    known = Case.objects.filter(subject=owner.subject, procedure_name="power_access.intake").first()
    made = known or intake.apply(
        owner, subject=owner.subject, division=world.case.division, facts=factory(),
        materials=[paper("application"), paper("land_document")],
    )  # fmt: skip
    return {"pk": made.pk}


def _asset(world: World) -> Asset:
    """An asset that was listed for the handover of that project."""
    root = Case.objects.get(**_project(world))
    begun = {"state": "to_judge", "title": "资产移交", "opened_on": TODAY, "moved_on": TODAY}
    case, _ = Case.objects.get_or_create(
        number="绛电移〔2025〕9999", procedure_name=Handover.name, parent=root,
        defaults={**begun, "division": root.division},
    )  # fmt: skip
    made = {"kind": "工作井", "position": "示例路", "value": 1, "project": root.access_project, "handover": case}
    return Asset.objects.get_or_create(code="A-014", defaults=made)[0]


def _works(world: World) -> dict[str, Any]:
    """The works of that project."""
    root = Case.objects.get(**_project(world))
    begun = {"state": "handed_in", "title": "工程", "opened_on": TODAY, "moved_on": TODAY, "division": root.division}
    case, _ = Case.objects.get_or_create(
        number="绛电投〔2025〕9999", procedure_name=CountyPaid.name, parent=root, defaults=begun
    )
    return {"pk": case.pk}


def _plan(world: World) -> dict[str, Any]:
    """The plan of a year."""
    if not AnnualPlan.objects.exists():
        begun = {
            "state": "drafting",
            "title": "计划",
            "opened_on": TODAY,
            "moved_on": TODAY,
            "division": "140826000000",
        }
        case = Case.objects.create(number="绛电计〔2025〕9999", procedure_name="power_access.annual_plan", **begun)
        AnnualPlan.objects.create(case=case, year=TODAY.year)
    return {"year": TODAY.year}


ROUTES = {
    "power:project": Route(_project, private=True),
    "power:open": Route(lambda world: _project(world) | {"name": "matter"}, private=True),
    "power:asset": Route(lambda world: {"code": _asset(world).code}),
    "power:assets": Route(lambda world: {}, query="code=示例"),
    "power:package": Route(_works),
    "power:labels": Route(lambda world: {"pk": _asset(world).handover_id}, private=True),
    "power:self-check-map": Route(lambda world: {}, query="kw=45&bbox=111.56,35.48,111.58,35.5"),
    "power:self-check": Route(lambda world: {}, query="size=小微&voltage=低压&kw=45&wish=standard"),
    "api:power_project": Route(lambda world: {"case": str(_project(world)["pk"])}, private=True),
    "api:power_plan": Route(_plan),
    "api:power_asset": Route(lambda world: {"code": _asset(world).code}),
    "api:power_self_check": Route(lambda world: {}, query="size=小微&voltage=低压&kw=45&wish=standard"),
    "power:receipt": Route(lambda world: {}, query="number=绛电收〔2025〕0001"),
}
