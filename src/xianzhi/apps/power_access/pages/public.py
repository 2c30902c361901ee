"""What anybody may open: the service's front page, and the report of a charge."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.procedures import ChargeReport
from xianzhi.apps.power_access.queries.durations import county_way
from xianzhi.apps.power_access.queries.shares import shares_of
from xianzhi.apps.power_access.rules import ExpiryFacts, InvestmentClass, expiry_warning
from xianzhi.apps.power_access.services import charges
from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.pages.forms import StepForm, key_of
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.pages.values import answer
from xianzhi.law.parameters import NoValue

CLASSES = (
    (InvestmentClass.A, _("小微企业，低压接入，不超过容量上限"), "power-2-1-2"),
    (InvestmentClass.B, _("划拨、出让等供国有土地，在规划建设用地内，土地储备资金覆盖"), "power-2-2-1"),
    (InvestmentClass.C, _("不属前两类的其他用户"), "power-2-3-1"),
    (InvestmentClass.D, _("要高出标准，或有特别要求"), "power-2-4"),
)


@page(PUBLIC)
@carries("power-0-1", "power-0-4", zh="服务首页")
def front(request: HttpRequest) -> HttpResponse:
    """The notice in a few words, and how long each step takes."""
    today, parameters = clock.today(), registry.parameters()
    rows = [{"of": one, "who": who, "cites": cites, "shares": shares_of(one, today)} for one, who, cites in CLASSES]
    try:
        cap = parameters.get("power.small.max_kw", on=today)
    except NoValue:
        cap = None
    way = county_way()
    instrument = registry.registers["power"].instrument
    known = {one.instrument.number: name for name, one in registry.registers.items()}
    context = {
        "classes": rows,
        "cap": cap,
        "way": way,
        "total": sum(one.expected or 0 for one in way),
        "longest": max((one.slowest or one.expected or 0 for one in way), default=0),
        "instrument": instrument,
        "above": [(number, known.get(number, "")) for number in instrument.rests_on],
        "expiry": expiry_warning(ExpiryFacts(today), parameters),
    }
    return render(request, "power_access/front.html", context)


@page(PUBLIC, "POST")
@carries("power-1-2", zh="反映乱收费")
def report(request: HttpRequest) -> HttpResponse:
    """The public report of a charge; its number is the receipt."""
    step, refused, status = ChargeReport.report, None, HTTPStatus.OK
    form = StepForm(step, sent=request.POST if request.method == "POST" else None)
    if request.method == "POST":
        try:
            case = charges.report_charge(**_given(form.data), key=key_of(request.POST))
            return redirect(f"{reverse('power:receipt')}?number={case.number}")
        except door.Refused as error:
            refused, status = answer(step, error.reasons, error.decision), HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "refused": refused, "key": str(uuid4())}
    return render(request, "power_access/report.html", context, status=status)


def _given(data: dict[str, object]) -> dict[str, Any]:
    return {**data, "amount": data["amount"] or None}


@page(PUBLIC)
def receipt(request: HttpRequest) -> HttpResponse:
    """Where a report stands, for whoever holds its receipt number. It shows no name and no telephone."""
    number = request.GET.get("number", "").strip()[:60]
    case = charges.report_by_receipt(number) if number else None
    events = list(case.events.order_by("seq").select_related("unit")) if case else []
    context = {"number": number, "case": case, "events": events}
    return render(request, "power_access/receipt.html", context)
