"""交换: what goes to other units' systems and what comes from them, what waits and why, and what stands red."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Refused
from xianzhi.kernel.exchange import choices, contracts, files, inbox, keys, outbox, partners, reach, signing
from xianzhi.kernel.exchange.contracts import Contract, NotTaken
from xianzhi.kernel.exchange.files import BadBundle
from xianzhi.kernel.models import Inbound, Outbound, Partner
from xianzhi.kernel.pages.guard import PUBLIC, Who, page
from xianzhi.law import fields
from xianzhi.law.fields import Field

EXCHANGE = Who(reach.takes_part, lambda: _("负责交换的单位、对接单位和审计员"))
A_PAGE = 40
OUT, IN = "out", "in"
LIGHTS = {"red": gettext_lazy("红灯"), "waiting": gettext_lazy("等待"), "all": gettext_lazy("全部")}
_MARKS = {
    "answered": "done", "applied": "done", "waiting": "near", "dead": "over", "conflict": "ask", "refused": "no",
    "kept": "idle", "away": "no",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A message as a list shows it."""

    message: Any
    way: str
    red: bool

    @property
    def contract(self) -> Any:
        return contracts.contract_of(self.message.kind)

    @property
    def zh(self) -> str:
        return self.contract.zh if self.contract else self.message.kind

    @property
    def is_(self) -> str:
        return "over" if self.red else _MARKS[self.message.state]

    @property
    def word(self) -> str:
        said = str(self.message.get_state_display())
        if self.way == IN and self.message.state == Inbound.CONFLICT and self.message.chosen:
            return _("已选定")
        return _("{state}，超过一天").format(state=said) if self.red and self.message.state == "waiting" else said

    @property
    def why(self) -> str:
        if self.way == IN:
            return "；".join(self.message.reasons)
        if self.message.fault or self.message.state != Outbound.WAITING:
            return str(self.message.fault)
        if self.message.partner.paused_at:
            return _("已暂停发送")
        return _("等导出文件，或等对方交来回执") if self.message.partner.transport == "file" else _("等后台发送")

    @property
    def url(self) -> str:
        return str(reverse("exchange-outbound" if self.way == OUT else "exchange-inbound", args=[self.message.pk]))


@page(EXCHANGE)
def exchange(request: HttpRequest) -> HttpResponse:
    """All partners, and the messages that wait or stand red."""
    light = request.GET.get("light", "waiting")
    light = light if light in LIGHTS else "waiting"
    name = request.GET.get("partner", "")
    partners_ = reach.partners_of(request.user)
    chosen = next((one for one in partners_ if one.name == name), None)
    context = {
        "lines": [_line(one) for one in partners_],
        "chosen": chosen,
        "light": light,
        "lights": [(one, word, _count(request.user, one, chosen)) for one, word in LIGHTS.items()],
        "out": _shown(request.user, OUT, light, chosen),
        "in": _shown(request.user, IN, light, chosen),
        "most": A_PAGE,
    }
    return render(request, "kernel/exchange.html", context)


_TABLES: dict[str, tuple[Any, Callable[[], Q]]] = {OUT: (Outbound, outbox.red), IN: (Inbound, inbox.red)}
_WAITS = {OUT: ("waiting", "dead"), IN: ("waiting", "conflict")}


def _filtered(account: Any, way: str, light: str, chosen: Partner | None) -> Any:
    model, red = _TABLES[way]
    found = model.objects.filter(reach.messages_of(account))
    if chosen is not None:
        found = found.filter(partner=chosen)
    if light == "red":
        return found.filter(red())
    if light == "waiting":
        open_ = found.filter(state__in=_WAITS[way])
        return open_.filter(chosen="") if way == IN else open_
    return found


def _count(account: Any, light: str, chosen: Partner | None) -> int:
    return sum(_filtered(account, way, light, chosen).count() for way in _TABLES)


def _shown(account: Any, way: str, light: str, chosen: Partner | None) -> list[Shown]:
    found = list(_filtered(account, way, light, chosen).select_related("partner__unit", "event__case")[:A_PAGE])
    model, red = _TABLES[way]
    reds = set(model.objects.filter(red(), pk__in=[one.pk for one in found]).values_list("pk", flat=True))
    return [Shown(one, way, one.pk in reds) for one in found]


def _line(partner: Partner) -> dict[str, Any]:
    sent = partner.outbound.aggregate(
        waits=Count("pk", filter=Q(state="waiting")), red=Count("pk", filter=outbox.red())
    )
    came = partner.inbound.aggregate(waits=Count("pk", filter=Q(state="waiting")), red=Count("pk", filter=inbox.red()))
    return {"partner": partner, "waits": sent["waits"], "came": came["waits"], "red": sent["red"] + came["red"]}


# ---- one message


def _seen(model: Any, request: HttpRequest, pk: int) -> Any:
    found = model.objects.filter(reach.messages_of(request.user), pk=pk)
    message = found.select_related("partner__unit", "event__case").first()
    if message is None:
        raise Http404
    return message


@page(EXCHANGE, "POST")
def outbound(request: HttpRequest, pk: int) -> HttpResponse:
    """A message of ours: its body, what was tried, the receipt; to send it again."""
    message = _seen(Outbound, request, pk)
    if request.method == "POST":
        if not reach.answers_for(request.user, message.kind):
            raise PermissionDenied
        outbox.resend(message, by=request.user)
        messages.success(request, _("已排到最前，后台马上发送。"), extra_tags="done")
        return redirect("exchange-outbound", pk=pk)
    context = {
        "shown": Shown(message, OUT, Outbound.objects.filter(outbox.red(), pk=pk).exists()),
        "message": message,
        "may_act": reach.answers_for(request.user, message.kind) and message.state != Outbound.ANSWERED,
        "entries": message.entries.select_related("by")[:A_PAGE],
        "own_key": keys.own().public.hex(),
    }
    return render(request, "kernel/exchange_message.html", context)


@page(EXCHANGE, "POST")
def inbound(request: HttpRequest, pk: int) -> HttpResponse:
    """A message of a partner: its body, what came of it; where two differ, both side by side, to choose one."""
    message, faults = _seen(Inbound, request, pk), []
    if request.method == "POST":
        if not reach.answers_for(request.user, message.kind):
            raise PermissionDenied
        try:
            which = request.POST.get("which", "")
            if which not in (choices.OURS, choices.THEIRS):
                raise NotTaken(_("没有选哪一份"))
            choices.choose(message, which, by=request.user, why=request.POST.get("why", ""))
            messages.success(request, _("已选定，两份都保留。"), extra_tags="done")
            return redirect("exchange-inbound", pk=pk)
        except NotTaken as refusal:
            faults = list(refusal.reasons)
        except Refused as refusal:
            faults = [one.text for one in refusal.reasons]
    rival = choices.rival_of(message) if message.state == Inbound.CONFLICT or message.chosen else None
    context = {
        "shown": Shown(message, IN, Inbound.objects.filter(inbox.red(), pk=pk).exists()),
        "message": message,
        "rival": rival,
        "compared": message.differs or (rival and _compared(rival, message)) or [],
        "to_choose": message.state == Inbound.CONFLICT and not message.chosen,
        "may_act": reach.answers_for(request.user, message.kind),
        "faults": faults,
        "why": request.POST.get("why", ""),
        "entries": message.entries.select_related("by")[:A_PAGE],
    }
    return render(request, "kernel/exchange_message.html", context, status=422 if faults else 200)


def _compared(rival: Inbound, message: Inbound) -> list[dict[str, str]]:
    """Field by field where two bodies differ."""
    contract = contracts.incoming.get(message.kind)
    try:
        ours, theirs = (contract.cleaned(_json(one))[0] for one in (rival, message)) if contract else ({}, {})
    except NotTaken:
        return []
    return [
        {"zh": field.zh, "ours": _word(ours[field.name]), "theirs": _word(theirs[field.name])}
        for field in (contract.fields if contract else ())
        if ours[field.name] != theirs[field.name]
    ]


def _json(message: Inbound) -> Any:
    return signing.read_json(message.body.encode())


def _word(value: Any) -> str:
    return "" if value is None else str(value)


# ---- one partner


def _partner(request: HttpRequest, name: str) -> Partner:
    found = next((one for one in reach.partners_of(request.user) if one.name == name), None)
    if found is None:
        raise Http404
    return found


@page(EXCHANGE, "POST")
def partner(request: HttpRequest, name: str) -> HttpResponse:
    """One partner: its terms and keys; to pause and resume, and to carry messages as files where the line is down."""
    one, faults, report = _partner(request, name), [], None
    if request.method == "POST":
        does = request.POST.get("does", "")
        act = {"pause": _pause, "resume": _resume, "bring": _bring}.get(does)
        may = reach.brings if does == "bring" else reach.manages
        if act is None or not may(request.user, one):
            raise PermissionDenied
        try:
            report = act(request, one)
        except BadBundle as fault:
            faults = [str(fault)]
        else:
            if report is None:
                return redirect("exchange-partner", name=name)
    context = {
        "partner": one,
        "line": _line(one),
        "own_key": keys.own().public.hex(),
        "code": county().code,
        "kinds": [(word, [contracts.contract_of(kind) or kind for kind in kinds]) for word, kinds in
                  ((_("我方发出"), one.sends), (_("我方接收"), one.takes))],
        "may_act": reach.manages(request.user, one),
        "may_bring": reach.brings(request.user, one),
        "faults": faults,
        "report": [(line, _MARKS.get(line.state, "done")) for line in report.lines] if report else [],
        "entries": one.entries.filter(outbound=None, inbound=None).select_related("by")[:A_PAGE],
    }  # fmt: skip
    return render(request, "kernel/exchange_partner.html", context, status=422 if faults else 200)


def _pause(request: HttpRequest, one: Partner) -> None:
    why = request.POST.get("why", "").strip()
    if not why:
        raise BadBundle(_("没有写暂停的原因"))
    partners.pause(one, by=request.user, why=why)


def _resume(request: HttpRequest, one: Partner) -> None:
    partners.resume(one, by=request.user)


def _bring(request: HttpRequest, one: Partner) -> files.Report:
    upload, pasted = request.FILES.get("file"), request.POST.get("pasted", "").strip()
    if upload is None and not pasted:
        raise BadBundle(_("没有选文件，也没有粘贴内容"))
    if upload is not None and upload.size > inbox.most_bytes(inbox.FILE):
        raise BadBundle(_("文件太大，请分开交来"))
    raw = upload.read() if upload is not None else pasted.encode()
    return files.receive_file(one, raw)


@page(EXCHANGE, "POST")
def bundle(request: HttpRequest, name: str) -> HttpResponse:
    """What waits for a partner, as one signed file. Posted, for the messages are signed and noted anew."""
    one = _partner(request, name)
    if request.method != "POST":
        return redirect("exchange-partner", name=name)
    if not reach.brings(request.user, one):
        raise PermissionDenied
    return _zip(files.export(one, by=request.user), files.name_of(one))


@page(EXCHANGE)
def receipts(request: HttpRequest, name: str) -> HttpResponse:
    """The receipts for what came by file, to be carried back."""
    one = _partner(request, name)
    return _zip(files.receipts_for(one), f"receipts-{files.name_of(one)}")


def _zip(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_WRITTEN = {
    fields.TEXT: gettext_lazy("文字"), fields.NOTE: gettext_lazy("文字"), fields.DAY: gettext_lazy("日期，2025-03-12"),
    fields.MONEY: gettext_lazy("数，最多两位小数"), fields.NUMBER: gettext_lazy("数"),
    fields.WHOLE: gettext_lazy("整数"), fields.CHOICE: gettext_lazy("其中之一"),
    fields.YES_NO: gettext_lazy("true 或 false"), fields.LINES: gettext_lazy("数组"),
}  # fmt: skip


def _described(contract: Contract) -> list[tuple[Field, str]]:
    """The fields of a contract with how each is written, those on every message included."""
    return [*((one, str(_WRITTEN[one.kind])) for one in (*_COMMON, *contract.fields))]


_COMMON = (
    fields.text("event", "事项", help="种类的后一半"),
    fields.text("at", "发生时间", help="带时区，2025-03-12T16:20:00+08:00"),
    fields.whole("version", "版本", help="不写为 1；内容有变的加 1").optional,
)


@page(PUBLIC)
def agreed(request: HttpRequest) -> HttpResponse:
    """交换约定: how messages are signed and answered, and every kind with its fields, for both sides to build on."""
    names = (*outbox.RETRIES, outbox.RED_AFTER, inbox.SKEW, inbox.OLD, inbox.BODY_MOST, inbox.FILE_MOST)
    context = {
        "directions": [
            (_("贵方发来"), [(one, _described(one)) for one in contracts.incoming.values()]),
            (_("本县发出"), [(one, _described(one)) for one in contracts.outgoing.values()]),
        ],
        "own_key": keys.own().public.hex(),
        "code": county().code,
        "parameters": [registry.parameters().get(name, on=clock.today()) for name in names],
    }
    return render(request, "kernel/exchange_agreed.html", context)
