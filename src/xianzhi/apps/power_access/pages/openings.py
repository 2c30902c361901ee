"""另立办件: the cases that officials open by hand, a year's plan and what stands beside a project."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures import AnnualPlan, ChargeRecord, Handover, PriceReview, TownshipMatter
from xianzhi.apps.power_access.rules import COUNTY_PAID, InvestmentClass
from xianzhi.apps.power_access.services import charges, handover, plan, review, township
from xianzhi.kernel import door, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Case
from xianzhi.kernel.pages.forms import Control, StepForm, key_of
from xianzhi.kernel.pages.guard import SIGNED_IN, Who, page
from xianzhi.kernel.pages.panels import Made, panel
from xianzhi.kernel.pages.values import answer
from xianzhi.kernel.posts import post_word
from xianzhi.law.decision import Reason
from xianzhi.law.fields import BadField, choice
from xianzhi.law.procedure import Procedure, Step


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent to open a case: the project where there is one, a place where it is asked for."""

    by: Account
    data: dict[str, Any]
    key: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Opening:
    """A case beside a project: when it makes sense, and the verb that opens it."""

    procedure: type[Procedure]
    step: Step
    fits: Callable[[AccessProject], bool]
    open: Callable[[AccessProject, Sent], Case]
    placed: bool = False
    """It may lie in another township than the project."""


def _of_county(project: AccessProject) -> bool:
    return project.classified in COUNTY_PAID


def _decided(project: AccessProject) -> bool:
    return project.classified not in (InvestmentClass.PENDING, InvestmentClass.JOINT)


def _kept(project: AccessProject) -> bool:
    before = handover.handover_of(project)
    return before is not None and before.state == Handover.kept.name


def _review(project: AccessProject, sent: Sent) -> Case:
    return review.order(project, sent.data["reviewer"], by=sent.by, key=sent.key)


def _crops(project: AccessProject, sent: Sent) -> Case:
    wanted = sent.data["wanted_by"]
    return township.list_crops(project, sent.place, sent.data["plots"], by=sent.by, wanted_by=wanted, key=sent.key)


def _matter(project: AccessProject, sent: Sent) -> Case:
    return township.ask(project, sent.place, by=sent.by, key=sent.key, **sent.data)


def _charge(project: AccessProject, sent: Sent) -> Case:
    return charges.record_charge(project, by=sent.by, key=sent.key, **sent.data).case


def _anew(project: AccessProject, sent: Sent) -> Case:
    return handover.judge_anew(project, by=sent.by, key=sent.key)


OPENINGS = {
    "review": Opening(PriceReview, PriceReview.order, _of_county, _review),
    "crops": Opening(TownshipMatter, TownshipMatter.list_crops, _of_county, _crops, placed=True),
    "matter": Opening(TownshipMatter, TownshipMatter.file, _decided, _matter, placed=True),
    "charge": Opening(ChargeRecord, ChargeRecord.record, _decided, _charge),
    "handover": Opening(Handover, Handover.open, _kept, _anew),
}


def may_open(account: Any, step: Step) -> bool:
    """Whether somebody holds a post that opens cases by a step."""
    return any(post.key in step.posts for post in scope.posts_of(account))


PLANNER = Who(lambda account: may_open(account, AnnualPlan.draft), lambda: post_word(AnnualPlan.draft.posts[0]))


@panel("power_access", where="side", order=90)
def beside(request: HttpRequest, case: Case) -> Made:
    """What may be opened beside the project of this case by whoever looks."""
    account = request.user
    mine = {name: one for name, one in OPENINGS.items() if may_open(account, one.step)}
    project = AccessProject.objects.filter(case_id=case.parent_id or case.pk).first() if mine else None
    links = [
        (one.step.zh, reverse("power:open", args=[project.case_id, name]))
        for name, one in mine.items() if project and one.fits(project)
    ]  # fmt: skip
    return {"template": "power_access/panels/beside.html", "context": {"links": links}} if links else None


@page(SIGNED_IN, "POST")
def open_beside(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Opens a case beside a project that the account may see."""
    seen = Case.objects.visible_to(request.user)
    project = get_object_or_404(AccessProject.objects.select_related("case__subject"), case_id=pk, case__in=seen)
    opening = OPENINGS.get(name)
    if opening is None:
        raise Http404(_("没有这种办件。"))
    if not may_open(request.user, opening.step):
        return _refused(request, opening.step)
    place = _place(request, project) if opening.placed else None

    def opened(sent: Sent) -> Case:
        if place is not None and place.error:
            raise door.Refused(opening.step, [Reason(place.error, opening.step.cites[0], {}, False)])
        return opening.open(project, sent)

    return _form(request, opening.step, opened, project=project, place=place)


@page(PLANNER, "POST")
def draft_plan(request: HttpRequest) -> HttpResponse:
    """Begins the plan of a year."""

    def opened(sent: Sent) -> Case:
        actuals = {row["year"]: row["amount"] for row in sent.data["actuals"]}
        return plan.draft(sent.data["year"], by=sent.by, actuals=actuals, lines=sent.data["lines"], key=sent.key)

    return _form(request, AnnualPlan.draft, opened)


def _refused(request: HttpRequest, step: Step) -> HttpResponse:
    words = _("“{step}”由{who}办理。").format(step=step.zh, who=door.takers(step))
    return render(request, "403.html", {"exception": words}, status=HTTPStatus.FORBIDDEN)


def _place(request: HttpRequest, project: AccessProject) -> Control:
    asked = choice("township", "在哪个乡镇", {one.code: one.name for one in county().townships})
    control = Control(asked, "f-township", request.POST.get("f-township", project.case.division[:9] + "000"))
    try:
        asked.clean(control.value)
    except BadField as error:
        control.error = str(error)
    return control


def _form(
    request: HttpRequest, step: Step, opened: Callable[[Sent], Case], *, project: AccessProject | None = None,
    place: Control | None = None,
) -> HttpResponse:  # fmt: skip
    """The form of an opening step; the case itself once it is sent and nothing speaks against it."""
    sent = request.POST if request.method == "POST" else None
    form, shown, status = StepForm(step, (), sent), None, HTTPStatus.OK
    if sent is not None and "more" not in sent:
        wanted = Sent(request.user, form.data, key_of(sent), place.value if place else "")
        try:
            case = opened(wanted)
        except charges.ChargeRefused as refused:
            shown = answer(step, [*refused.reasons, reported(step, refused.report)], refused.decision)
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        except door.Refused as refused:
            shown, status = answer(step, refused.reasons, refused.decision), HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            messages.success(request, _("“{step}”已办理，编号 {number}。").format(step=step.zh, number=case.number))
            return redirect("case", case.pk)
    controls = list(_controls(form, place))
    context = {"form": form, "controls": controls, "step": step, "project": project, "answer": shown}
    context |= {"takers": door.takers(step), "back": _back(project), "key": str(uuid4())}
    return render(request, "power_access/open.html", context, status=status)


def reported(step: Step, report: Case) -> Reason:
    """A forbidden charge does not vanish: it stands as a report."""
    told = _("不准收取，已转为收费反映 {number}").format(number=report.number)
    return Reason(told, step.cites[0], {}, False, _("退还用户，或写明例外文件"))


def _controls(form: StepForm, place: Control | None) -> Iterator[Control]:
    if place is not None:
        yield place
    yield from form.controls


def _back(project: AccessProject | None) -> str:
    return reverse("case", args=[project.case_id]) if project else reverse("power:desk-energy")
