"""个人信息: opening masked values in a case, the record of looks, and what a person may ask of what is held on him."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet, Sum
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, registry
from xianzhi.kernel.models import Look, Subject
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.audit import AUDIT
from xianzhi.kernel.pages.cases import case_for
from xianzhi.kernel.pages.guard import SIGNED_IN, by_duty, page
from xianzhi.kernel.pages.proof import proved
from xianzhi.kernel.personal import opening, rights
from xianzhi.kernel.personal.holdings import holdings
from xianzhi.kernel.personal.looks import LEAST_REASON, NoReason, record, record_export
from xianzhi.kernel.personal.tokens import Fault
from xianzhi.kernel.speech.written import in_chinese

SECURITY = by_duty("security")
A_PAGE = 50
MANY = "personal.looks.many"
DAYS = 30
"""How far back the days with many looks are shown."""
_GRANT = "personal_asked"
_MOST_DIGITS = 18


# ---- opening values in a case ----------------------------------------------------------------------------------------


@page(SIGNED_IN, "POST")
def opened(request: HttpRequest, pk: int) -> HttpResponse:
    """What is masked in a case; sent with a reason, the chosen values in full, this once."""
    case = case_for(request, pk)
    if opening.post_for(request.user, case) is None:
        needed = _("查看完整号码限于办理本件需要的岗位，您的岗位不在其中。")
        return render(request, "403.html", {"exception": needed}, status=HTTPStatus.FORBIDDEN)
    chosen = request.POST.getlist("item") or request.GET.getlist("item")
    purpose, reason = request.POST.get("purpose", ""), request.POST.get("reason", "")
    values, fault = None, ""
    if request.method == "POST":
        try:
            values = opening.reveal(request.user, case, chosen, purpose, reason)
        except (NoReason, Fault) as error:
            fault = str(error)
    context = {
        "case": case,
        "items": opening.items(case),
        "chosen": chosen,
        "purposes": opening.PURPOSES.items(),
        "purpose": purpose,
        "reason": reason,
        "least": LEAST_REASON,
        "values": values,
        "fault": fault,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if fault else HTTPStatus.OK
    return render(request, "kernel/personal_open.html", context, status=status)


# ---- the auditor's record --------------------------------------------------------------------------------------------


@page(AUDIT)
def looks(request: HttpRequest) -> HttpResponse:
    """Every look, export, correction and erasure, by official, person, kind and day; and the days with many."""
    chosen = {name: request.GET.get(name, "").strip()[:60] for name in ("since", "until", "kind", "account", "person")}
    faults: list[str] = []
    found = _narrowed(chosen, faults)
    before = request.GET.get("before", "")
    if before.isdecimal() and len(before) <= _MOST_DIGITS:
        found = found.filter(seq__lt=int(before))
    rows = list(found.select_related("account", "unit", "subject", "case")[: A_PAGE + 1])
    many = registry.parameters().get(MANY, on=clock.today())
    return render(
        request,
        "kernel/looks.html",
        {
            "looks": rows[:A_PAGE],
            "faults": faults,
            "chosen": chosen,
            "narrowed": any(chosen.values()),
            "kinds": Look.Kind.choices,
            "many": many,
            "busy": busy(many.as_int()),
            "days": DAYS,
            "first": words.query(chosen) if before else "",
            "next": words.query({**chosen, "before": rows[A_PAGE - 1].seq}) if len(rows) > A_PAGE else "",
        },
    )


def _narrowed(chosen: dict[str, str], faults: list[str]) -> QuerySet[Look]:
    """The looks that the filters ask for; what cannot be read is said and left out. A person is asked for by the id of
    the subject: a number in an address would stay in the browser's history."""
    found = Look.objects.all()
    for name, lookup in (("since", "at__date__gte"), ("until", "at__date__lte")):
        try:
            if chosen[name]:
                found = found.filter(**{lookup: date.fromisoformat(chosen[name])})
        except ValueError:
            faults.append(_("不是日期：{text}，写作 2025-03-12").format(text=chosen[name]))
            chosen[name] = ""
    if chosen["kind"] in Look.Kind.values:
        found = found.filter(kind=chosen["kind"])
    if chosen["account"]:
        found = found.filter(account__username=chosen["account"])
    if chosen["person"]:
        readable = chosen["person"].isdecimal() and len(chosen["person"]) <= _MOST_DIGITS
        found = found.filter(subject=int(chosen["person"])) if readable else found.none()
    return found


def busy(many: int) -> list[dict[str, Any]]:
    """The accounts and days, of late, on which so many values or more were opened: account__name, day and n."""
    since = clock.now() - timedelta(days=DAYS)
    opened_ = Look.objects.filter(kind__in=(Look.Kind.LOOK, Look.Kind.SHOW), at__gte=since).order_by()
    days = opened_.annotate(day=TruncDate("at")).values("account__name", "account__username", "day")
    return list(days.annotate(n=Sum("count"), times=Count("pk")).filter(n__gte=many).order_by("-day", "-n"))


# ---- what a person may ask -------------------------------------------------------------------------------------------


@page(SECURITY, "POST")
def persons(request: HttpRequest) -> HttpResponse:
    """Finds what is held on a person, by the whole number and with a reason; the number never stands in an address."""
    code, reason, faults = request.POST.get("code", "").strip(), request.POST.get("reason", ""), []
    if request.method == "POST":
        try:
            found = Subject.objects.filter(code=code).first() if code else None
            if found is None:
                faults.append(_("没有这个证件号码的人。请核对号码") if code else _("没有填证件号码"))
            else:
                with in_chinese():
                    record(Look.Kind.SHOW, request.user, _("本人信息清单"), reason, subject=found)
                request.session[_GRANT] = found.pk
                return redirect("person", found.pk)
        except (NoReason, Fault) as error:
            faults.append(str(error))
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "kernel/persons.html", {"faults": faults, "reason": reason}, status=status)


def _asked(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Wraps a view of a subject: where it was not asked for with a reason just now, the form that asks comes first."""

    @wraps(view)
    def granted(request: HttpRequest, pk: int) -> HttpResponse:
        found = Subject.objects.filter(pk=pk).first() if request.session.get(_GRANT) == pk else None
        if found is None:
            messages.warning(request, _("请先按证件号码和理由查找。"))
            return redirect("persons")
        return view(request, found)

    return granted


@page(SECURITY, "POST")
@_asked
def person(request: HttpRequest, found: Subject) -> HttpResponse:
    """Everything that is held on a person, masked; sent, a correction."""
    fault = ""
    if request.method == "POST":
        changes = {name: request.POST.get(name, "") for name in rights.CORRECTABLE}
        try:
            rights.correct(found, changes, by=request.user, reason=request.POST.get("reason", ""))
            messages.success(request, _("已更正，记入查看记录。"))
            return redirect("person", found.pk)
        except (ValueError, Fault) as error:
            fault = str(error)
    return _person(request, found, [fault] if fault else [])


def _person(request: HttpRequest, found: Subject, faults: list[str]) -> HttpResponse:
    context = {
        "subject": found,
        "held": holdings(found),
        "against": rights.reasons_against(found),
        "correctable": rights.CORRECTABLE.items(),
        "faults": faults,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "kernel/person.html", context, status=status)


@page(SECURITY, "POST")
@_asked
def person_file(request: HttpRequest, found: Subject) -> HttpResponse:
    """The same in full as a file, for the person who asked."""
    if request.method != "POST":
        return redirect("person", found.pk)
    try:
        record_export(request.user, _("本人信息副本"), 1, request.POST.get("reason", ""), subject=found)
    except NoReason as error:
        return _person(request, found, [str(error)])
    text = json.dumps(holdings(found, openly=True), ensure_ascii=False, indent=1)
    answer = HttpResponse(text, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="person-{found.pk}.json"'
    return answer


@page(SECURITY, "POST")
@proved
@_asked
def person_erase(request: HttpRequest, found: Subject) -> HttpResponse:
    """Erases what is held on a person, where nothing speaks against it."""
    if request.method != "POST":
        return redirect("person", found.pk)
    if "sure" not in request.POST:
        return _person(request, found, [_("删除后无法恢复，还没有勾选确认")])
    try:
        rights.erase(found, by=request.user, reason=request.POST.get("reason", ""))
    except rights.NotAllowed as error:
        return _person(request, found, list(error.reasons))
    except NoReason as error:
        return _person(request, found, [str(error)])
    messages.success(request, _("已删除，记入查看记录。账本仍可核验。"))
    return redirect("person", found.pk)
