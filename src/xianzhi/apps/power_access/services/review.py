"""Price review: who may see the case, and whether a project's review is done."""

from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures.review import PriceReview
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import door
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Account, Assignment, Case, Event
from xianzhi.kernel.registry import effect, gathers

REVIEWER = "price_reviewer"


def review_standing(project: AccessProject) -> tuple[bool, bool]:
    """Whether a review of the project's prices was ordered, and whether every one ordered was accepted."""
    reviews = Case.objects.filter(parent_id=project.case_id, procedure_name=PriceReview.name)
    open_ones = reviews.exclude(state=PriceReview.accepted.name)
    ordered = reviews.exists()
    return ordered, ordered and not open_ones.exists()


@gathers
def order_facts(attempt: Attempt) -> rules.ReviewOrderFacts:
    project = found.project_of(attempt.case)
    detail = project.detail if project else None
    lines = detail.lines.all() if detail else ()
    return rules.ReviewOrderFacts(
        tuple(rules.CostLine(line.name, rules.CostKind(line.kind), line.amount) for line in lines)
    )


@gathers
def reviewer_facts(attempt: Attempt) -> rules.ReviewerFacts:
    name = attempt.data.get("reviewer")
    known = name is not None and found.third_party(REVIEWER, name, attempt.on) is not None
    return rules.ReviewerFacts(name, known)


@gathers
def review_facts(attempt: Attempt) -> rules.ReviewFacts:
    submitted = attempt.case.events.filter(step_name=PriceReview.submit.name).order_by("-seq").first()
    return rules.ReviewFacts(Decimal(submitted.data["submitted"]), attempt.data.get("reviewed"))


@effect(PriceReview.order)
def _ordered(event: Event, attempt: Attempt) -> None:
    """The reviewer, and the builder where he works on the platform, see this case from now on."""
    case = attempt.case
    builders = case.root.access_project.procurements.filter(kind=rules.ProcurementKind.BUILDING, unit__isnull=False)
    units = [found.third_party(REVIEWER, attempt.data["reviewer"], attempt.on)]
    units += [bought.unit for bought in builders.order_by("-id")[:1]]
    for unit in units:
        Assignment.objects.get_or_create(case=case, unit=unit)


def order(project: AccessProject, reviewer: str, *, by: Account, on: date | None = None, key: str = "") -> Case:
    """Orders the review of a project's prices from a third party, by its name."""
    return door.open_case(
        PriceReview, PriceReview.order, by=by, on=on, title=f"{project.name}审价", division=project.case.division,
        parent=project.case, data={"reviewer": reviewer}, key=key,
    )  # fmt: skip
