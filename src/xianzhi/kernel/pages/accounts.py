"""账号: the accounts of the installation, for whoever answers for security. No case stands on these pages."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, posts
from xianzhi.kernel.access import accounts as verbs
from xianzhi.kernel.models import AccessRecord, Account, DutyProposal, Post
from xianzhi.kernel.models.accounts import Duty
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import by_duty, page
from xianzhi.kernel.pages.proof import proved

SECURITY = by_duty("security")
A_PAGE = 50
SHOWN = 20
KINDS = {
    "staff": Q(subject=None, duty="", posts__isnull=False),
    "none": Q(subject=None, duty="", posts=None),
    "subject": Q(subject__isnull=False),
    "duty": ~Q(duty=""),
    "disabled": Q(is_active=False),
}


def _kind_words() -> dict[str, str]:
    return {
        "staff": _("任过岗位的"), "none": _("没有岗位的"), "subject": _("办事主体"), "duty": _("管理职责"),
        "disabled": _("已停用的"),
    }  # fmt: skip


@page(SECURITY)
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts, fifty to a page."""
    text, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    found = Account.objects.select_related("subject").order_by("username")
    if text:
        found = found.filter(Q(username__icontains=text) | Q(name__icontains=text))
    if kind in KINDS:
        found = found.filter(KINDS[kind]).distinct()
    paged = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    held = _held([one.pk for one in paged])
    open_ones = DutyProposal.objects.filter(decided_at=None).select_related("by")
    context = {
        "paged": paged, "lines": [(one, held.get(one.pk, [])) for one in paged], "q_accounts": text, "kind": kind,
        "kinds": _kind_words(), "proposals": list(open_ones),
        "next": words.query({"q": text, "kind": kind, "page": paged.number + 1}) if paged.has_next() else "",
        "before": words.query({"q": text, "kind": kind, "page": paged.number - 1}) if paged.has_previous() else "",
    }  # fmt: skip
    return render(request, "kernel/accounts.html", context)


def _held(keys: list[int]) -> dict[int, list[Post]]:
    found: dict[int, list[Post]] = {}
    for one in Post.objects.filter(in_force(clock.today()), account_id__in=keys).select_related("unit"):
        found.setdefault(one.account_id, []).append(one)
    return found


@page(SECURITY, "POST")
@proved
def new_account(request: HttpRequest) -> HttpResponse:
    """Creates an account; another security administrator is only proposed here."""
    entered = {name: request.POST.get(name, "").strip() for name in ("username", "name", "duty", "reason")}
    faults: list[str] = []
    if request.method == "POST":
        try:
            if entered["duty"] == Duty.SECURITY:
                verbs.propose(
                    entered["username"], entered["name"], reason=entered["reason"], by=request.user, request=request
                )
                messages.success(request, _("已提请设立，等另一位安全管理员确认。"))
                return redirect("accounts")
            made, one_time = verbs.create(
                entered["username"], entered["name"], duty=entered["duty"], by=request.user, request=request
            )
            return _told(request, made, one_time)
        except ValidationError as error:
            faults = error.messages
    context = {"entered": entered, "faults": faults, "duties": [one for one in Duty.choices if one[0]]}
    return render(request, "kernel/account_new.html", context, status=_status(faults))


@page(SECURITY)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account: its posts, how it stands, what happened to it."""
    return _page(request, _one(pk), [])


@page(SECURITY, "POST")
@proved
def change_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Disables, enables, resets, unlocks; ends sessions, removes a lost second factor (`act` says which)."""
    found = _one(pk)
    if request.method != "POST":
        return redirect("account", pk)
    by: dict[str, Any] = {"by": request.user, "request": request}
    act, reason = request.POST.get("act", ""), request.POST.get("reason", "")
    try:
        if act == "reset":
            return _told(request, found, verbs.reset(found, **by))
        told = _done(found, act, reason, by)
    except ValidationError as error:
        return _page(request, found, error.messages)
    messages.success(request, told)
    return redirect("account", pk)


def _done(found: Account, act: str, reason: str, by: dict[str, Any]) -> str:
    """Does it and says so. Raises ValidationError."""
    if act == "disable":
        verbs.disable(found, reason=reason, **by)
        return _("{name}的账号已停用，登录都已终止。").format(name=found.name)
    if act == "enable":
        verbs.enable(found, reason=reason, **by)
        return _("{name}的账号已启用。").format(name=found.name)
    if act == "unlock":
        verbs.unlock(found, **by)
        return _("{name}的账号已解锁。").format(name=found.name)
    if act == "end":
        return _("已终止{n}处登录。").format(n=verbs.end_sessions(found, **by))
    if act == "second":
        verbs.remove_second(found, **by)
        return _("{name}的动态码已停用。").format(name=found.name)
    raise ValidationError([_("没有选要办的事")])


@page(SECURITY, "POST")
@proved
def decide_proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """Agrees to, or declines, a security administrator that another one proposed."""
    found = get_object_or_404(DutyProposal.objects.select_related("by"), pk=pk)
    if request.method == "POST":
        agreed = request.POST.get("answer") == "agree"
        try:
            made = verbs.decide(found, agreed=agreed, by=request.user, request=request)
        except ValidationError as error:
            for one in error.messages:
                messages.error(request, one, extra_tags="no")
        else:
            if made is not None:
                return _told(request, *made)
            messages.success(request, _("已不同意设立。"))
    return redirect("accounts")


def _one(pk: int) -> Account:
    found: Account = get_object_or_404(Account.objects.select_related("subject"), pk=pk)
    return found


def _told(request: HttpRequest, found: Account, one_time: str) -> HttpResponse:
    """The one-time password, shown this once."""
    return render(request, "kernel/one_time.html", {"account": found, "one_time": one_time})


def _page(request: HttpRequest, found: Account, faults: list[str]) -> HttpResponse:
    today = clock.today()
    held = list(found.posts.select_related("unit").order_by("function", "role", "since")[: A_PAGE * 2])
    records = AccessRecord.objects.filter(account=found).select_related("by")[:SHOWN]
    context = {
        "account": found, "faults": faults, "own": found.pk == request.user.pk, **verbs.facts_of(found),
        "present": [one for one in held if one.until is None or one.until > today],
        "past": [one for one in held if one.until is not None and one.until <= today],
        "records": list(records), "post_word": posts.post_word,
    }  # fmt: skip
    return render(request, "kernel/account.html", context, status=_status(faults))


def _status(faults: list[str]) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
