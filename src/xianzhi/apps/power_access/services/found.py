"""What several services look up: the project of a case, who holds a function, what its steps recorded."""

from datetime import date

from xianzhi.apps.power_access.models import AccessProject
from xianzhi.kernel.models import Case, Event, Unit
from xianzhi.kernel.models.units import in_force


def project_of(case: Case) -> AccessProject | None:
    """The project that a case belongs under; None where it stands for itself."""
    return AccessProject.objects.filter(case_id=case.root.pk).select_related("case").first()


def project_numbered(number: str) -> AccessProject | None:
    """The project with a number such as 绛电接〔2025〕0007."""
    return AccessProject.objects.filter(case__number=number).select_related("case").first()


def unit_of(function: str, on: date) -> Unit | None:
    """The one unit that holds a function on a day."""
    return Unit.objects.filter(in_force(on, "functions__"), functions__function=function).order_by("code").first()


def township_of(division: str, on: date) -> Unit | None:
    """The township that answers for a place."""
    held = Unit.objects.filter(in_force(on, "functions__"), functions__function="township")
    return next((unit for unit in held if division.startswith(unit.reach)), None)


def third_party(function: str, name: str, on: date) -> Unit | None:
    """A registered third party by its name or short name."""
    held = Unit.objects.filter(in_force(on, "functions__"), functions__function=function)
    return held.filter(name=name).first() or held.filter(short=name).first()


def events_of(project: AccessProject, *steps: str):
    """The events of some steps in the cases under a project, first to last."""
    return Event.objects.filter(case__parent_id=project.case_id, step_name__in=steps).order_by("on", "id")
