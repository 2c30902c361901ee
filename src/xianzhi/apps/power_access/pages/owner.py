"""The owner's page of a project: one page from the application to the light."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from xianzhi.apps.power_access.procedures import Intake
from xianzhi.apps.power_access.queries.durations import durations
from xianzhi.apps.power_access.queries.projects import Standing, forecast, next_step, projects_for, standings
from xianzhi.apps.power_access.queries.shares import shares_of
from xianzhi.apps.power_access.queries.sides import days_by_side
from xianzhi.apps.power_access.services import charges
from xianzhi.kernel import clock, door, limits
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.cases import journey
from xianzhi.kernel.pages.guard import SIGNED_IN, page
from xianzhi.law.procedure import APPLICANT, Step

LIGHTS = {"green": "ok", "red": "over", "asked": "ask", "halted": "halt"}
"""The mark of each outcome of the forecast."""
ONCE_LIT = ("confirm_zero", "report_paid")


@dataclass(frozen=True, slots=True)
class Turn:
    """A case that waits for somebody: the step, who takes it, its limit where one runs."""

    case: Case
    step: Step
    takers: str
    since: date
    armed: limits.Armed | None


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that the owner may take."""

    case: Case
    step: Step


@page(SIGNED_IN)
@carries("power-3-2-2-1-1", zh="业主的一页")
def project(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the project stands, who works now, when there will be light, who pays, whose days they were."""
    found = get_object_or_404(projects_for(request.user), case_id=pk)
    standing = standings([found])[0]
    seen = _seen(request, standing)
    told = {case.pk: _history(case) for case in seen}
    turns = [turn for case in seen if (turn := _turn(case, standing, told[case.pk][1]))]
    foretold = forecast(standing, durations())
    main = standing.main if standing.main.pk in told else standing.intake
    events, armed = told[main.pk]
    waits = {case.pk: next_step(case, found, lit=standing.lit_on is not None) for case in seen}
    context = {
        "project": found,
        "standing": standing,
        "main": main,
        "journey": journey(main, events, armed),
        "turns": turns,
        "choices": _choices(request, standing, seen),
        "missing": _missing(standing.intake, told[standing.intake.pk][0]),
        "foretold": foretold,
        "light": LIGHTS.get(foretold.outcome, "ask") if foretold else "",
        "shares": shares_of(found.classified, found.applied_on),
        "reasons": _reasons(told[standing.intake.pk][0]),
        "sides": days_by_side(seen, waits),
        "charges": list(charges.charges_of(found)),
        "order": found.order,
        "determination": found.determinations.last(),
        "scheme": found.scheme,
        "today": clock.today(),
    }
    return render(request, "power_access/project.html", context)


def _seen(request: HttpRequest, standing: Standing) -> list[Case]:
    """The project's cases, as far as the account may see them."""
    theirs = Case.objects.visible_to(request.user).filter(pk__in=[one.pk for one in standing.cases])
    visible = set(theirs.values_list("pk", flat=True))
    if standing.intake.pk not in visible:
        raise Http404
    return [one for one in standing.cases if one.pk in visible]


def _history(case: Case) -> tuple[list, list[limits.Armed]]:
    events = list(case.events.select_related("unit").order_by("seq"))
    moved = [limits.Moved(one.step_name, one.from_state, one.to_state, one.on, one.data) for one in events]
    return events, limits.armed(case, moved, clock.today())


def _turn(case: Case, standing: Standing, armed: list[limits.Armed]) -> Turn | None:
    step = next_step(case, standing.project, lit=standing.lit_on is not None)
    if step is None:
        return None
    running = next((one for one in armed if one.taken is None and one.step.name == step.name), None)
    return Turn(case, step, door.takers(step), standing.since(case), running)


def _choices(request: HttpRequest, standing: Standing, seen: list[Case]) -> list[Choice]:
    """What the owner may do now. Whether there was a charge is asked once there is light."""
    if request.user.subject_id is None or request.user.subject_id != standing.intake.subject_id:
        return []
    found = [
        Choice(case, step)
        for case in seen
        if case.closed_on is None
        for step in case.procedure.steps_from(case.state)
        if APPLICANT in step.by and (standing.lit_on or step.name not in ONCE_LIT) and _fits(case, step)
    ]
    return sorted(found, key=lambda one: (one.step.grave, one.step.name not in ONCE_LIT))


def _fits(case: Case, step: Step) -> bool:
    """A pause is offered while the clocks run, its end while they stand still."""
    return not (step.halts and case.halted_on) and not (step.name == "resume" and not case.halted_on)


def _missing(intake: Case, events: list) -> str:
    """What the first reviewer still waits for, in the reviewer's own words."""
    if intake.state != Intake.submitted.name or not intake.halted_on:
        return ""
    asked = next((one for one in reversed(events) if one.step_name == Intake.ask_more.name), None)
    return str(asked.data.get("missing", "")) if asked else ""


def _reasons(events: list) -> list[dict]:
    """The reasons of the newest decision on the class, as its event keeps them."""
    deciding = ("classify", "settle_joint", "settle_out", "decide", "decide_out", "turn_down", "refer")
    event = next((one for one in reversed(events) if one.step_name in deciding and one.decision), None)
    return list(event.decision["reasons"]) if event else []
