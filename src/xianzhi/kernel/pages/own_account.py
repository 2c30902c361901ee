"""我的账号: password, second factor, and where one is signed in."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel.access import machine, passwords, second, sessions
from xianzhi.kernel.access.records import What, record
from xianzhi.kernel.access.seal import BadSeal, digest, seal, unseal
from xianzhi.kernel.pages.guard import SIGNED_IN, page
from xianzhi.kernel.pages.proof import proved, shows
from xianzhi.kernel.speech.written import in_chinese

_SECRET, _PURPOSE = "second_secret", "enrol"


@page(SIGNED_IN, "POST")
def own_account(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ends one of them, all others, or all."""
    if request.method == "POST":
        return _ended(request)
    here = request.session.session_key
    rows = [
        {"row": one, "here": one.session_key == here, "mark": _mark(one.session_key)}
        for one in sessions.open_of(request.user)
    ]
    context = {
        "rows": rows, "second": second.enrolled(request.user), "needed": second.needed(request.user),
        "left": second.recovery_codes_left(request.user), "idle": settings.SESSION_IDLE_MINUTES,
        "whole": settings.SESSION_HOURS,
    }  # fmt: skip
    return render(request, "kernel/own_account.html", context)


def _mark(key: str) -> str:
    """Names a session on the page without giving it away."""
    return digest(key, "session")[:16]


def _ended(request: HttpRequest) -> HttpResponse:
    which, here = request.POST.get("end", ""), request.session.session_key
    if which == "all":
        sessions.end_all(request.user)
        with in_chinese():
            record(What.ENDED, request.user, request=request, detail=_("本人终止全部登录"))
        logout(request)
        return redirect("sign-in")
    if which == "others":
        count = sessions.end_all(request.user, but=here)
    else:
        found = [one for one in request.user.sessions.all() if _mark(one.session_key) == which]
        count = sum(one.delete()[0] for one in found)
    if count:
        with in_chinese():
            record(What.ENDED, request.user, request=request, detail=_("本人终止{n}处登录").format(n=count))
        messages.success(request, _("已终止{n}处登录。").format(n=count))
    return redirect("own-account")


@page(SIGNED_IN, "POST")
def password(request: HttpRequest) -> HttpResponse:
    """Changes the password."""
    faults: list[str] = []
    if request.method == "POST":
        new = request.POST.get("new", "")
        if new != request.POST.get("again", ""):
            faults.append(_("两次填写的新密码不一样"))
        if not faults and (fault := shows(request)):
            faults.append(fault)
        if not faults:
            try:
                passwords.change(request.user, new, request=request)
            except ValidationError as error:
                faults += error.messages
            else:
                facts = {"second": sessions.fact(request, "second"), "proved": int(machine.seconds())}
                update_session_auth_hash(request, request.user)
                sessions.note(request, **facts)
                messages.success(request, _("密码已修改，其他地方的登录都已终止。"))
                return redirect("home")
    context = {"faults": faults, "forced": passwords.must_change(request.user), "kept": passwords.KEPT}
    return render(request, "kernel/password.html", context, status=_status(bool(faults)))


@page(SIGNED_IN, "POST")
@proved
def second_factor(request: HttpRequest) -> HttpResponse:
    """Sets up one-time codes: shows a secret, and begins to ask for codes once one was shown that fits it."""
    account, fault = request.user, ""
    has = second.enrolled(account)
    if has and request.method == "POST" and "remove" in request.POST:
        return _removed(request)
    if has and "new" not in request.GET:
        return render(request, "kernel/second_factor.html", {"has": True, **_standing(request)})
    secret = _secret(request)
    if request.method == "POST":
        try:
            codes = second.enrol(account, secret, request.POST.get("code", ""), request=request)
        except ValueError:
            fault = _("动态码不对。请核对手机的时间，再填手机上现在显示的6位数字。")
        else:
            request.session.pop(_SECRET, None)
            sessions.note(request, second=True)
            sessions.end_all(account, but=request.session.session_key)
            return render(request, "kernel/recovery_codes.html", {"codes": codes})
    picture = second.picture(second.address_of(account, secret))
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    context = {"has": False, "picture": picture, "secret": groups, "fault": fault, **_standing(request)}
    return render(request, "kernel/second_factor.html", context, status=_status(bool(fault)))


def _standing(request: HttpRequest) -> dict[str, object]:
    return {"needed": second.needed(request.user), "left": second.recovery_codes_left(request.user)}


def _secret(request: HttpRequest) -> str:
    """The secret that is being set up: the same until it is, so that a second look shows the same picture."""
    try:
        return unseal(request.session[_SECRET], _PURPOSE)
    except (KeyError, BadSeal):
        secret = second.new_secret()
        request.session[_SECRET] = seal(secret, _PURPOSE)
        return secret


def _removed(request: HttpRequest) -> HttpResponse:
    if second.needed(request.user):
        messages.error(request, _("您的岗位或职责必须使用动态码，不能停用。"), extra_tags="no")
    else:
        second.remove(request.user, request=request)
        messages.success(request, _("动态码已停用。"))
    return redirect("own-account")


@page(SIGNED_IN, "POST")
@proved
def second_codes(request: HttpRequest) -> HttpResponse:
    """New recovery codes in place of the old ones."""
    if request.method != "POST" or not second.enrolled(request.user):
        return redirect("second-factor")
    codes = second.new_recovery_codes(request.user)
    return render(request, "kernel/recovery_codes.html", {"codes": codes})


def _status(faulty: bool) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if faulty else HTTPStatus.OK
