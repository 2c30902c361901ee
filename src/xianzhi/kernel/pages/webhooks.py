"""事件推送: where programs are told of events, and what became of each delivery."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel.api import webhooks as api_webhooks
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Delivery, Subscription
from xianzhi.kernel.pages.guard import SIGNED_IN, page
from xianzhi.kernel.pages.proof import proved

A_PAGE = 50
_MOST_DIGITS = 18
MARKS = {
    Delivery.State.WAITING: "idle",
    Delivery.State.DELIVERED: "done",
    Delivery.State.FAILED: "no",
    Delivery.State.WITHHELD: "halt",
}


@page(SIGNED_IN, "POST")
@proved
def webhooks(request: HttpRequest) -> HttpResponse:
    """One's subscriptions, and a new one: its secret is on the page that makes it and nowhere else."""
    entered = {name: request.POST.get(name, "").strip() for name in ("url", "events", "algorithm")}
    faults: list[str] = []
    secret = ""
    if request.method == "POST":
        try:
            made = api_webhooks.subscribe(
                request.user, url=entered["url"], events=entered["events"].split(),
                algorithm=entered["algorithm"] or Subscription.SM3,
            )  # fmt: skip
            secret, entered = api_webhooks.secret_of(made), {}
        except ValidationError as error:
            faults = error.messages
    rows = [{"row": one, "events": "、".join(one.events)} for one in _own(request)]
    context = {
        "rows": rows,
        "entered": entered,
        "faults": faults,
        "secret": secret,
        "private": settings.OUTGOING_PRIVATE,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    answer = render(request, "kernel/webhooks.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@page(SIGNED_IN, "POST")
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    """One subscription with its deliveries; pausing, going on, telling again, ending it."""
    found = _own(request).filter(pk=pk).first()
    if found is None:
        raise Http404(_("没有这个订阅。"))
    faults: list[str] = []
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        try:
            if act is not None:
                messages.success(request, act(request, found))
                return redirect("webhook", pk) if Subscription.objects.filter(pk=pk).exists() else redirect("webhooks")
        except ValidationError as error:
            faults = error.messages
    shown = Paginator(found.deliveries.select_related("event__case"), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "found": found, "events": "、".join(found.events), "shown": shown, "size": log.size(), "faults": faults,
        "rows": [{"row": one, "is": MARKS[Delivery.State(one.state)]} for one in shown],
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "kernel/webhook.html", context, status=status)


def _own(request: HttpRequest):
    return Subscription.objects.filter(owner_id=request.user.pk).select_related("token")


def _pause(request: HttpRequest, found: Subscription) -> str:
    api_webhooks.pause(found, _("本人暂停"))
    return _("已暂停推送。")


def _resume(request: HttpRequest, found: Subscription) -> str:
    api_webhooks.resume(found)
    return _("已恢复推送，等待的立即再推送。")


def _replay(request: HttpRequest, found: Subscription) -> str:
    text = request.POST.get("from", "").strip()
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise ValidationError(_("从哪个序号起没有填，或不是数"))
    api_webhooks.replay(found, int(text))
    return _("从序号 {n} 起重新推送。").format(n=int(text))


def _end(request: HttpRequest, found: Subscription) -> str:
    found.delete()
    return _("已退订。")


_ACTS: dict[str, Callable[[HttpRequest, Subscription], str]] = {
    "pause": _pause, "resume": _resume, "replay": _replay, "end": _end,
}  # fmt: skip
