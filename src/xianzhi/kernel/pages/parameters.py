"""参数新增取值: the form from which a value of a parameter is proposed."""

from http import HTTPStatus
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel import door, registry, services
from xianzhi.kernel.pages import law
from xianzhi.kernel.pages.forms import StepForm, key_of
from xianzhi.kernel.pages.guard import Who, page
from xianzhi.kernel.pages.values import answer
from xianzhi.kernel.posts import post_word
from xianzhi.kernel.procedures import ParameterChange
from xianzhi.law.parameters import UNITS

PROPOSER = Who(law.may_propose, lambda: post_word(ParameterChange.propose.posts[0]))


@page(PROPOSER, "POST")
def propose(request: HttpRequest, name: str) -> HttpResponse:
    parameter = registry.parameters().get_declared(name)
    if parameter is None:
        raise Http404(_("没有参数 {name}").format(name=name))
    step = ParameterChange.propose
    form = StepForm(step, initial={"name": name, "cites": parameter.values[-1].cites})
    shown, status = None, HTTPStatus.OK
    if request.method == "POST":
        form = StepForm(step, sent=request.POST)
        entered = {field: value for field, value in form.data.items() if field != "name"}
        try:
            key = key_of(request.POST)
            case = services.propose_value(name, entered, by=request.user, key=key)
        except door.Refused as refused:
            shown, status = answer(step, refused.reasons, refused.decision), HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            messages.success(
                request, _("已拟定，等{post}批准。").format(post=post_word(ParameterChange.approve.posts[0]))
            )
            return redirect("case", case.pk)
    context = {
        "parameter": parameter,
        "unit": UNITS[parameter.unit],
        "spans": list(law.spans_of(parameter)),
        "instrument": registry.provisions[parameter.values[0].cites].instrument,
        "form": form,
        "controls": [control for control in form.controls if control.field.name != "name"],
        "step": step,
        "answer": shown,
        "key": str(uuid4()),
    }
    return render(request, "kernel/law_propose.html", context, status=status)
