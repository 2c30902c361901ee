"""Taking a step: what it does, what it asks for, and every reason when it is refused."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.models import Case, TableBatch
from xianzhi.kernel.models.tables import TableState
from xianzhi.kernel.pages.cases import case_for
from xianzhi.kernel.pages.forms import StepForm, key_of
from xianzhi.kernel.pages.guard import SIGNED_IN, page
from xianzhi.kernel.pages.proof import to_prove
from xianzhi.kernel.pages.values import Answer, answer
from xianzhi.kernel.tables.batches import filled_rows
from xianzhi.kernel.tables.declare import filling
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.law.decision import Reason
from xianzhi.law.fields import LINES
from xianzhi.law.parameters import NoValue
from xianzhi.law.procedure import APPLICANT, Step


@page(SIGNED_IN, "POST")
def step(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The form of a step, and the step itself when it is sent."""
    case = case_for(request, pk)
    wanted = case.procedure.steps.get(name)
    if wanted is None or wanted.starts or not (wanted.posts or APPLICANT in wanted.by):
        raise Http404(_("这个办件没有这一步。"))
    return _taken(request, case, wanted) if request.method == "POST" else _asked(request, case, wanted)


def _asked(request: HttpRequest, case: Case, step: Step) -> HttpResponse:
    option = next((one for one in door.options(case, request.user) if one.step is step), None)
    if option is None:
        return _not_now(request, case, step)
    shown = answer(step, option.reasons, option.decision)
    if not option.mine:
        return _page(request, case, step, None, shown, HTTPStatus.FORBIDDEN)
    if option.reasons and not step.asks and not step.needs:  # nothing that could be entered would change the answer
        return _page(request, case, step, None, shown, HTTPStatus.CONFLICT)
    form = StepForm(step, _held(case, step), initial=_from_sheet(request, case, step))
    return _page(request, case, step, form, shown, HTTPStatus.OK)


def _from_sheet(request: HttpRequest, case: Case, step: Step) -> dict[str, Any]:
    """The lines that were read from Excel or CSV for this form, where its address names them."""
    number = request.GET.get("batch", "")
    if not number.isdecimal() or len(number) > len("999999999"):
        return {}
    batch = TableBatch.objects.filter(pk=int(number), by=request.user, state=TableState.LOADED).first()
    asked = [one for one in step.asks if one.kind == LINES]
    field = next((one for one in asked if batch and batch.table == filling(case.procedure_name, step, one)), None)
    if batch is None or field is None or batch.chosen.get("case") != case.pk:
        return {}
    try:
        return {field.name: filled_rows(batch)}
    except BadSheet as error:
        messages.error(request, str(error))
        return {}


def _taken(request: HttpRequest, case: Case, step: Step) -> HttpResponse:
    form = StepForm(step, _held(case, step), request.POST, request.FILES)
    if "more" in request.POST:  # more rows for a small table; nothing is taken yet
        return _page(request, case, step, form, None, HTTPStatus.OK)
    if step.grave and "sure" not in request.POST:
        doubt = Reason(_("这一步办理后难以撤回，还没有确认"), step.cites[0], {}, False, _("核对后勾选确认，再办理"))
        return _page(request, case, step, form, answer(step, [doubt], None), HTTPStatus.UNPROCESSABLE_ENTITY)
    if step.grave and (answer_first := to_prove(request)) is not None:
        return answer_first
    try:
        key = key_of(request.POST)
        door.take_step(case, step, by=request.user, data=form.data, materials=form.uploads, key=key)
    except door.Refused as refused:
        shown = answer(step, refused.reasons, refused.decision)
        return _page(request, case, step, form, shown, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("“{step}”已办理，记入办理记录。").format(step=step.zh))
    seen = Case.objects.visible_to(request.user).filter(pk=case.pk).exists()
    return redirect("case", case.pk) if seen else redirect("work")


def _not_now(request: HttpRequest, case: Case, step: Step) -> HttpResponse:
    """The step exists, but not from where the case stands."""
    shown = case.state_shown.zh
    text = _("“{step}”要在“{states}”时办理，本件现为“{state}”").format(
        step=step.zh, states="、".join(one.zh for one in step.sources), state=shown
    )
    reason = Reason(text, step.cites[0], {_("状态"): shown}, False, _("这一步已经办过，或还没有轮到"))
    return _page(request, case, step, None, answer(step, [reason], None), HTTPStatus.CONFLICT)


def _held(case: Case, step: Step) -> list[Any]:
    """The files that the case holds of the materials that the step needs."""
    kinds = [paper.name for paper in step.needs]
    return list(case.materials.filter(kind__in=kinds).order_by("id")) if kinds else []


def _limit(step: Step) -> str:
    """How long the step may take, in words: 3个工作日."""
    if step.within is None:
        return ""
    try:
        return str(registry.parameters().get(step.within.parameter, on=clock.today()))
    except NoValue:
        return ""


def _page(
    request: HttpRequest, case: Case, step: Step, form: StepForm | None, shown: Answer | None, status: HTTPStatus
) -> HttpResponse:
    for control in form.controls if form else ():
        if control.kind == LINES:
            name = filling(case.procedure_name, step, control.field)
            control.sheet = f"{reverse('table', args=[name])}?case={case.pk}"
    context = {
        "case": case,
        "step": step,
        "target": "" if step.stays else step.move.target.zh,
        "limit": _limit(step),
        "takers": door.takers(step),
        "form": form,
        "answer": shown,
        "refused": status == HTTPStatus.UNPROCESSABLE_ENTITY,
        "chosen_files": bool(form and form.uploads),
        "key": str(uuid4()),
    }
    return render(request, "kernel/step.html" if form else "kernel/refused.html", context, status=status)
