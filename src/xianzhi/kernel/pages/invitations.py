"""How those served come to an account: an official hands over a code, they choose a name and a password."""

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.kernel.access import accounts, guesses
from xianzhi.kernel.access.address import address_of
from xianzhi.kernel.pages.cases import case_for
from xianzhi.kernel.pages.guard import PUBLIC, STAFF, page
from xianzhi.kernel.pages.proof import locked_words
from xianzhi.kernel.pages.session import failed


@page(STAFF, "POST")
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """A code for the subject of a case that the official sees, on a page to print and hand over."""
    case = case_for(request, pk)
    if case.subject is None:
        messages.error(request, _("这个办件没有办事主体，不能发邀请码。"), extra_tags="no")
        return redirect("case", pk)
    context = {"case": case, "days": settings.INVITATION_DAYS, "has": case.subject.accounts.count()}
    if request.method == "POST":
        context["code"] = accounts.invite(case.subject, by=request.user, request=request)
        context["address"] = request.build_absolute_uri(reverse("invited"))
    return render(request, "kernel/invite.html", context)


@page(PUBLIC, "POST")
def invited(request: HttpRequest) -> HttpResponse:
    """Makes an account with a code. Guesses at codes are counted by address."""
    if request.user.is_authenticated:
        return redirect("home")
    faults: list[str] = []
    entered = {name: request.POST.get(name, "").strip() for name in ("code", "username")}
    if request.method == "POST":
        faults = _faults(request, entered)
        if not faults:
            messages.success(request, _("账号已开通，请登录。"))
            return redirect("sign-in")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "kernel/invited.html", {"faults": faults, "entered": entered}, status=status)


def _faults(request: HttpRequest, entered: dict[str, str]) -> list[str]:
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        return [_("两次填写的密码不一样")]
    try:
        made = guesses.begin("", address_of(request), "invitation")
    except guesses.LockedOut:
        return [locked_words()]
    try:
        accounts.accept(entered["code"], entered["username"], new, request=request)
    except ValidationError as error:
        failed(request, made, _("开通账号"))
        return list(error.messages)
    guesses.succeeded(made)
    return []
