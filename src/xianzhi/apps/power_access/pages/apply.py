"""申请接电: by the owner, or at the window for an owner who came."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.apps.power_access.procedures.intake import LAND, LOAD, PROJECT, Intake
from xianzhi.apps.power_access.services import intake
from xianzhi.kernel import door
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Subject
from xianzhi.kernel.pages.forms import Control, StepForm, key_of
from xianzhi.kernel.pages.guard import SUBJECT, by_function, page
from xianzhi.kernel.pages.values import answer
from xianzhi.law.decision import Reason
from xianzhi.law.fields import BadField, choice, text

_MOST_BYTES = 1 << 20
PARTS = ((lazy("一、项目"), PROJECT), (lazy("二、土地"), LAND), (lazy("三、用电"), LOAD))
OWNER = (
    choice("owner_kind", "业主是", {Subject.ORGANISATION: "单位、个体工商户", Subject.PERSON: "个人"}),
    text("owner_name", "业主名称", most=80),
    text("owner_code", "统一社会信用代码或身份证号码"),
)


@page(SUBJECT | by_function("approval"), "POST")
def apply(request: HttpRequest) -> HttpResponse:
    """The application: whatever is missing or wrong is said beside its field, and what was entered stays."""
    sent = request.POST if request.method == "POST" else None
    form = StepForm(Intake.apply, (), sent, request.FILES if sent is not None else None)
    place = _control(choice("township", "在哪个乡镇", {one.code: one.name for one in county().townships}), sent)
    owner = [] if request.user.subject_id else [_control(one, sent) for one in OWNER]
    shown, status = None, HTTPStatus.OK
    if sent is not None:
        drawn = _drawing(request.FILES.get("red_line_file"), form)
        try:
            return _applied(request, form, place, owner)
        except (door.Refused, _Wrong) as refused:
            against = [*drawn, *refused.reasons]
            shown = answer(Intake.apply, against, getattr(refused, "decision", None))
            status = HTTPStatus.UNPROCESSABLE_ENTITY
    parts = [(zh, _of(form, fields)) for zh, fields in PARTS]
    context = {"form": form, "parts": parts, "place": place, "owner": owner, "answer": shown, "key": str(uuid4())}
    return render(request, "power_access/apply.html", context | {"step": Intake.apply}, status=status)


class _Wrong(Exception):
    """What speaks against an application before the door is asked."""

    def __init__(self, reasons: list[Reason]) -> None:
        self.reasons = tuple(reasons)
        super().__init__("；".join(reason.text for reason in reasons))


def _applied(request: HttpRequest, form: StepForm, place: Control, owner: list[Control]) -> HttpResponse:
    faults = [_fault(one.error) for one in (place, *owner) if one.error]
    if faults:
        raise _Wrong(faults + [_fault(one.error) for one in form.controls if one.error])
    with transaction.atomic():
        subject = request.user.subject if request.user.subject_id else _subject(owner)
        case = intake.apply(
            request.user, subject=subject, division=place.value, facts=form.data, materials=form.uploads,
            key=key_of(request.POST),
        )  # fmt: skip
    messages.success(request, _("申请已收到，编号 {number}。").format(number=case.number))
    return redirect("power:project", case.pk)


def _fault(message: str) -> Reason:
    return Reason(message, Intake.apply.cites[0], {}, False)


def _of(form: StepForm, fields: tuple[Any, ...]) -> list[Control]:
    names = {one.name for one in fields}
    return [control for control in form.controls if control.field.name in names]


def _control(asked: Any, sent: Any) -> Control:
    control = Control(asked, f"f-{asked.name}", (sent or {}).get(f"f-{asked.name}", "").strip())
    if sent is not None:
        try:
            asked.clean(control.value)
        except BadField as error:
            control.error = str(error)
    return control


def _subject(owner: list[Control]) -> Subject:
    """The owner who came to the window, found by the code or written down anew. A wrong digit is named."""
    try:
        return intake.owner_of(*(one.value for one in owner))
    except ValidationError as error:
        owner[-1].error = "；".join(error.messages)
        raise _Wrong([_fault(owner[-1].error)]) from None


def _drawing(file: UploadedFile | None, form: StepForm) -> list[Reason]:
    """A drawing that came as a file takes the place of the typed corners; the rule looks at it like at those."""
    if file is None:
        return []
    control = next(one for one in form.controls if one.field.name == "red_line")
    try:
        if (file.size or 0) > _MOST_BYTES:
            raise ValueError
        control.value = form.data["red_line"] = file.read().decode("utf-8-sig").strip()
    except ValueError:
        unread = _("读不出图形文件“{name}”。请选 GeoJSON 文件，1 MB 以内；或改填各角点的经纬度。")
        control.error = unread.format(name=file.name)
        return [_fault(control.error)]
    control.error = "" if control.value else _("图形文件“{name}”是空的。").format(name=file.name)
    return []
