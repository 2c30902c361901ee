"""Arguments for the addresses of this service that take some: see the kernel's tests/routes.py."""

from typing import Any

from xianzhi.apps.power_access.services import intake
from xianzhi.apps.power_access.tests.walk import factory, paper
from xianzhi.kernel.models import Case
from xianzhi.kernel.tests.routes import Route, World


def _project(world: World) -> dict[str, Any]:
    """A project of the sample's applicant."""
    owner = world.people.applicant
    known = Case.objects.filter(subject=owner.subject, procedure_name="power_access.intake").first()
    made = known or intake.apply(
        owner, subject=owner.subject, division=world.case.division, facts=factory(),
        materials=[paper("application"), paper("land_document")],
    )  # fmt: skip
    return {"pk": made.pk}


ROUTES = {
    "power:project": Route(_project, private=True),
    "power:open": Route(lambda world: _project(world) | {"name": "matter"}, private=True),
    "power:self-check": Route(lambda world: {}, query="size=小微&voltage=低压&kw=45&wish=standard"),
    "power:receipt": Route(lambda world: {}, query="number=绛电收〔2025〕0001"),
}
