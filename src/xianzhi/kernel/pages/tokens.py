"""接口令牌: what programs act with in one's name. One's own to make and to revoke; security sees and revokes all."""

from datetime import date, timedelta
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.api import scopes
from xianzhi.kernel.api import tokens as api_tokens
from xianzhi.kernel.models import ApiToken
from xianzhi.kernel.pages.guard import SIGNED_IN, by_duty, page
from xianzhi.kernel.pages.proof import proved

SECURITY = by_duty("security")
USUAL_DAYS = 90
A_PAGE = 50


@page(SIGNED_IN, "POST")
@proved
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens, and a new one: its text is on the page that makes it and nowhere else."""
    if request.method == "POST":
        return _made(request)
    return _page(request)


def _made(request: HttpRequest) -> HttpResponse:
    entered = {name: request.POST.get(name, "") for name in ("name", "partner", "expires_on")}
    chosen = request.POST.getlist("scope")
    faults: list[str] = []
    try:
        expires_on = date.fromisoformat(entered["expires_on"]) if entered["expires_on"] else None
    except ValueError:
        expires_on = None
        faults.append(_("到期日期不是日期，写作 2025-03-12"))
    text = ""
    if not faults:
        try:
            _token, text = api_tokens.make(
                request.user, name=entered["name"], partner=entered["partner"], wanted=chosen, expires_on=expires_on
            )
        except ValidationError as error:
            faults = error.messages
    if faults:
        return _page(request, entered=entered, chosen=chosen, faults=faults)
    return _page(request, text=text)


@page(SIGNED_IN, "POST")
def token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends a token for good; its owner and security may."""
    found = _of(request).filter(pk=pk).first()
    if found is None:
        raise Http404(_("没有这个令牌。"))
    if request.method == "POST":
        api_tokens.revoke(found, by=request.user)
        messages.success(request, _("令牌“{name}”已撤销，立即失效。").format(name=found.name))
    return redirect("tokens")


def _of(request: HttpRequest) -> Any:
    """The tokens that somebody may see: one's own, and all of them for security."""
    rows = ApiToken.objects.select_related("owner", "revoked_by")
    return rows if SECURITY.admits(request.user) else rows.filter(owner_id=request.user.pk)


def _page(
    request: HttpRequest, *, entered: dict[str, str] | None = None, chosen: list[str] | None = None,
    faults: list[str] | None = None, text: str = "",
) -> HttpResponse:  # fmt: skip
    shown = Paginator(_of(request), A_PAGE).get_page(request.GET.get("page"))
    rows = [
        {"token": one, "ended": api_tokens.ended(one), "scopes": [(name, scopes.word(name)) for name in one.scopes]}
        for one in shown
    ]
    last = clock.today() + timedelta(days=USUAL_DAYS)
    context = {
        "rows": rows, "shown": shown, "all": SECURITY.admits(request.user), "offered": scopes.offered(request.user),
        "entered": entered or {"expires_on": last.isoformat()}, "chosen": chosen or [], "faults": faults or [],
        "text": text,
    }  # fmt: skip
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    answer = render(request, "kernel/tokens.html", context, status=status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
