"""What several services look up: the project of a case, who holds a function, sums over what its steps recorded."""

from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures.works import Works
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


FUNDED, PAID = (Works.fund.event, Works.fund_more.event), (Works.pay.event,)
"""The events of the works that record money in and money out."""


def events_of(project: AccessProject, *steps: str):
    """The events of some steps in the cases under a project, first to last."""
    return Event.objects.filter(case__parent_id=project.case_id, step_name__in=steps).order_by("on", "id")


def moved(project: AccessProject, names: tuple[str, ...], *, year: int | None = None) -> Decimal:
    """The yuan that events of some names recorded, in all years or in one."""
    events = Event.objects.filter(case__parent_id=project.case_id, name__in=names)
    if year is not None:
        events = events.filter(on__year=year)
    return sum((Decimal(data["amount"]) for data in events.values_list("data", flat=True)), Decimal())
