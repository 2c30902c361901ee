"""The front page, signing in and out."""

from typing import Any

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.kernel import clock, registry, scope
from xianzhi.kernel.access import guesses, machine, passwords, second, sessions
from xianzhi.kernel.access.address import address_of
from xianzhi.kernel.access.records import What, record
from xianzhi.kernel.models import Account, Announcement
from xianzhi.kernel.pages import navigation
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.pages.proof import locked_words, onward, safe_next

NEWEST = 5
HALF = "half_signed_in"
HALF_SECONDS = 300
"""How long the page waits for a one-time code."""
_WRONG = lazy("账号或密码不对。请核对大小写；忘记密码由本单位的安全管理员重设。")
"""One message for whatever was wrong: it does not tell whether an account exists."""
_LONGEST = 150
_ENDED = {
    What.TIMED_OUT: lazy("您离开了一段时间，已自动退出。请重新登录；没有办完的内容，登录后还在。"),
    What.REFUSED: lazy("这次登录在另一个浏览器里出现，已经终止。请重新登录；若不是您本人，请修改密码。"),
}
_DUTY_HOMES = {"audit": "audit", "security": "accounts", "system": "system"}


@page(PUBLIC, "POST")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Account and password; then, where the account has them, the one-time code."""
    if request.user.is_authenticated:
        return redirect(safe_next(request))
    name, fault = request.POST.get("username", "").strip(), ""
    if request.method == "POST":
        password = request.POST.get("password", "")
        if name and password:
            account, fault = _known(request, name[:_LONGEST], password)
            if account is not None:
                return _goes_on(request, account)
    why: Any = request.session.pop("ended", "") if "ended" in request.session else ""
    context = {
        "next": safe_next(request), "name": name, "fault": fault, "ended": _ENDED.get(why, ""),
        "missing": request.method == "POST" and not fault,
    }  # fmt: skip
    return render(request, "kernel/sign_in.html", context)


def _known(request: HttpRequest, name: str, password: str) -> tuple[Account | None, str]:
    """The account whose password this is, or what to say."""
    try:
        made = guesses.begin(name, address_of(request))
    except guesses.LockedOut:
        return None, locked_words()
    account: Any = authenticate(request, username=name, password=password)
    if account is None or passwords.lapsed(account):
        failed(request, made)
        return None, str(_WRONG)
    guesses.succeeded(made)
    return account, ""


def failed(request: HttpRequest, made: guesses.Try, detail: str = "") -> None:
    """Records a try in vain, and the lock where it was the last one."""
    detail = detail or ("" if made.account else _("没有这个账号"))
    record(What.FAILED, made.account, request=request, detail=detail)
    if made.locks:
        record(What.LOCKED, made.account, request=request, detail=detail)


def _goes_on(request: HttpRequest, account: Account) -> HttpResponse:
    if not second.enrolled(account):
        return _enters(request, account)
    request.session[HALF] = {
        "account": account.pk, "at": machine.seconds(), "hash": account.get_session_auth_hash(),
        "next": safe_next(request),
    }  # fmt: skip
    return redirect("sign-in-code")


def _enters(request: HttpRequest, account: Account, **facts: Any) -> HttpResponse:
    """Begins the session under a new number, bound to this browser."""
    request.session.pop(HALF, None)
    login(request, account, backend="django.contrib.auth.backends.ModelBackend")
    if facts:
        sessions.note(request, **facts)
    record(What.SIGNED_IN, account, request=request)
    response = onward(request)
    sessions.bind(request, response)
    return response


@page(PUBLIC, "POST")
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """The one-time code, or a recovery code, of an account that has shown its password."""
    if request.user.is_authenticated:
        return redirect("home")
    half = request.session.get(HALF)
    account = _half_way(half)
    if account is None:
        request.session.pop(HALF, None)
        return redirect("sign-in")
    fault = ""
    if request.method == "POST":
        request.POST = request.POST.copy()
        request.POST["next"] = half["next"]
        fault = _code_fault(request, account)
        if not fault:
            return _enters(request, account, second=True)
    return render(request, "kernel/sign_in_code.html", {"fault": fault}, status=422 if fault else 200)


def _half_way(half: dict[str, Any] | None) -> Account | None:
    """The account that may show its code now: the password is still the same, and was shown just now."""
    if not half or machine.seconds() - half["at"] > HALF_SECONDS:
        return None
    account = Account.objects.filter(pk=half["account"], is_active=True).first()
    return account if account is not None and account.get_session_auth_hash() == half["hash"] else None


def _code_fault(request: HttpRequest, account: Account) -> str:
    try:
        made = guesses.begin(account.username, address_of(request), "code")
    except guesses.LockedOut:
        return locked_words()
    code = request.POST.get("code", "")
    if second.accepts(account, code) or second.recovers(account, code, request=request):
        guesses.succeeded(made)
        return ""
    failed(request, made, _("动态码"))
    return _("动态码不对，或已经用过。请等下一个；手机不在身边，可填一个恢复码。")


@page(PUBLIC, "POST")
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session."""
    if request.method == "POST" and request.user.is_authenticated:
        record(What.SIGNED_OUT, request.user, request=request)
        logout(request)
    return redirect("home")


@page(PUBLIC)
def home(request: HttpRequest) -> HttpResponse:
    """The front page for visitors; whoever has signed in goes to the work of the role."""
    account = request.user
    if account.is_authenticated:
        if account.duty:
            return redirect(_DUTY_HOMES[account.duty])
        if account.subject_id:
            return redirect("cases")
        if scope.posts_of(account):
            return redirect("work")
    today = clock.today()
    instruments = [one.instrument for one in registry.registers.values()]
    news = Announcement.objects.filter(since__lte=today).select_related("unit")[:NEWEST]
    context = {"instruments": instruments, "offers": navigation.offers(), "news": news, "today": today}
    return render(request, "kernel/home.html", context)
