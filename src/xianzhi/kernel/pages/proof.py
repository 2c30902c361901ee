"""Grave acts ask who one is once more, unless one showed it a few minutes ago."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from xianzhi.kernel.access import guesses, kept, machine, second, sessions
from xianzhi.kernel.access.address import address_of
from xianzhi.kernel.access.records import What, record
from xianzhi.kernel.pages.guard import SIGNED_IN, page
from xianzhi.kernel.speech.written import in_chinese

View = Callable[..., HttpResponse]
SHOWN = 60
"""Values of a kept form that its page lists."""


def safe_next(request: HttpRequest) -> str:
    """Where to go afterwards, as far as it is an address of ours; else the front page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if ours and wanted.startswith("/") else str(reverse("home"))


def onward(request: HttpRequest) -> HttpResponse:
    """After signing in or showing who one is: to what was being entered, or to the page that was wanted."""
    return redirect("kept") if kept.kept_for(request) else redirect(safe_next(request))


def proved(view: View) -> View:
    """Wraps a view below `page`: what is sent to it waits until whoever sent it has shown who it is."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and (answer := to_prove(request)) is not None:
            return answer
        return view(request, *args, **kwargs)

    return asked


def to_prove(request: HttpRequest) -> HttpResponse | None:
    """None where it was shown lately; else the way to the page that asks, with what was sent kept meanwhile."""
    if sessions.proved(request):
        return None
    kept.keep(request, request.user.pk)
    return redirect(f"{reverse('prove')}?{urlencode({'next': request.get_full_path()})}")


def shows(request: HttpRequest, door: str = "password") -> str:
    """Whether what was entered (`password`, or `code` where the account has one-time codes) is the account's own; an
    empty text, or what is wrong. Guesses are counted as at the sign-in page."""
    account = request.user
    coded = second.enrolled(account) and door != "password"
    try:
        made = guesses.begin(account.username, address_of(request), "code" if coded else "password")
    except guesses.LockedOut:
        return locked_words()
    entered = request.POST.get("code" if coded else "password", "")
    if not (second.accepts(account, entered) if coded else account.check_password(entered)):
        with in_chinese():
            record(What.FAILED, account, request=request, detail=_("动态码") if coded else _("核对密码"))
        if made.locks:
            record(What.LOCKED, account, request=request)
        return _("动态码不对，或已经用过。请等下一个") if coded else _("密码不对")
    guesses.succeeded(made)
    return ""


def locked_words() -> str:
    from django.conf import settings  # noqa: PLC0415 - read late, so that tests may change it

    return _("尝试次数过多。请{n}分钟后再试，或请安全管理员解锁。").format(n=settings.LOCK_MINUTES)


@page(SIGNED_IN, "POST")
def prove(request: HttpRequest) -> HttpResponse:
    """Asks who one is once more."""
    fault = ""
    if request.method == "POST":
        fault = shows(request, "either")
        if not fault:
            sessions.note(request, proved=int(machine.seconds()))
            return onward(request)
    context = {"coded": second.enrolled(request.user), "fault": fault, "next": safe_next(request)}
    return render(request, "kernel/prove.html", context, status=422 if fault else 200)


@page(SIGNED_IN, "POST")
def kept_page(request: HttpRequest) -> HttpResponse:
    """What was being entered when the session ended, to go on with or to drop."""
    found = kept.kept_for(request)
    if request.method == "POST":
        kept.forget(request)
        messages.success(request, _("已丢弃没有办完的内容。"))
        return redirect("home")
    if found is None:
        return redirect("home")
    values = [value for name, value in found.fields if value.strip() and name not in ("key", "sure", "next")]
    return render(request, "kernel/kept.html", {"kept": found, "values": values[:SHOWN], "is_step": _is_step(found)})


def _is_step(found: kept.Kept) -> bool:
    """Whether the page can show the form again before it is sent."""
    try:
        return resolve(found.path.partition("?")[0]).url_name == "step"
    except Resolver404:
        return False
