"""这是谁家的电杆: what is scanned on a pole or a well, for whoever stands before it. No account is needed."""

from http import HTTPStatus
from uuid import uuid4

import segno
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.models import Asset
from xianzhi.apps.power_access.procedures import DefectReport, Handover
from xianzhi.apps.power_access.services import defects
from xianzhi.apps.power_access.services.handover import holder_of
from xianzhi.kernel import clock, door
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.forms import StepForm, key_of
from xianzhi.kernel.pages.guard import PUBLIC, by_function, page
from xianzhi.kernel.pages.values import answer

SHOWN = 30
_FORM = DefectReport.report_company
"""Both ways of reporting ask for the same."""
_SAID = ("what", "contact")
"""What whoever stands there enters; the asset he stands before is known."""


@page(PUBLIC)
def find(request: HttpRequest) -> HttpResponse:
    """Finds an asset by its code, or by a part of it or of its place."""
    asked = request.GET.get("code", "").strip()[:60]
    found = Asset.objects.none()
    if asked:
        found = Asset.objects.filter(Q(code__icontains=asked) | Q(position__icontains=asked)).order_by("code")
        exact = Asset.objects.filter(code__iexact=asked).first()
        if exact:
            return redirect("power:asset", code=exact.code)
    context = {"asked": asked, "found": found[:SHOWN], "more": found.count() > SHOWN}
    return render(request, "power_access/assets.html", context)


@page(PUBLIC, "POST")
@carries("power-5-1", "power-5-2", zh="设施责任查询")
def asset(request: HttpRequest, code: str) -> HttpResponse:
    """One asset: who answers for it, since when, whom to call; and a form to say what is wrong with it."""
    shown = get_object_or_404(Asset.objects.select_related("project__case", "handover"), code=code)
    refused, status, posted = None, HTTPStatus.OK, request.method == "POST"
    form = StepForm(_FORM, sent=request.POST if posted else None, files=request.FILES if posted else None)
    form.controls = [one for one in form.controls if one.field.name in _SAID]
    if posted:
        said = {name: form.data[name] for name in _SAID}
        try:
            case = defects.report_defect(shown, **said, photos=form.uploads, key=key_of(request.POST))
            return redirect(f"{reverse('power:receipt')}?number={case.number}")
        except door.Refused as error:
            refused, status = answer(_FORM, error.reasons, error.decision), HTTPStatus.UNPROCESSABLE_ENTITY
    today = clock.today()
    held = holder_of(shown, today)
    duty = shown.duties.on(today).first()
    context = {
        "asset": shown, "held": held, "since": duty.since if duty else None, "form": form, "refused": refused,
        "inspected": defects.inspected_on(shown), "open": defects.defects_of(shown).filter(closed_on=None).count(),
        "key": str(uuid4()),
    }  # fmt: skip
    return render(request, "power_access/asset.html", context, status=status)


@page(by_function("grid", "energy"))
def labels(request: HttpRequest, pk: int) -> HttpResponse:
    """A sheet of labels to print and put on the assets of a handover."""
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    if case.procedure is not Handover:
        raise Http404(_("标签随资产移交办件打印。"))
    made = [{"asset": one, "url": url_of(one), "code": _picture(url_of(one))} for one in case.handed_assets.all()]
    return render(request, "power_access/labels.html", {"case": case, "labels": made})


def url_of(shown: Asset) -> str:
    """The address that its label opens."""
    return settings.ADDRESS + reverse("power:asset", kwargs={"code": shown.code})


def _picture(text: str) -> str:
    made = segno.make(text, error="m").svg_inline(border=2, omitsize=True, svgclass="code", lineclass=None)
    return mark_safe(made)  # made of modules, no text
