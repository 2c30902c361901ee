"""Who may ask for what. Every view of the API is marked with `@guarded`; the start-up refuses one that is not.

    @router.get("/cases", response=Page[CaseRow])
    @guarded(SIGNED_IN, "read:cases")
    def cases(request): ...

Asked in this order: a token or a session, how often, whether it is for this account at all (403), whether the token
covers it (403). What lies outside the data scope of the account is the view's own 404.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _
from ninja.utils import check_csrf

from xianzhi.kernel.api import rates, tokens
from xianzhi.kernel.api.problems import Problem, unauthorized
from xianzhi.kernel.api.scopes import covers
from xianzhi.kernel.models import ApiToken
from xianzhi.kernel.pages.guard import PUBLIC, READ, Who

View = TypeVar("View", bound=Callable[..., Any])
_SAME = ("same-origin", "none")
"""Sec-Fetch-Site of a request that our own pages make, or that somebody typed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a view admits, and which scope a token needs for it; empty where the view asks for one itself, or none."""

    who: Who
    scope: str = ""


def guarded(who: Who, scope: str = "") -> Callable[[View], View]:
    """Marks a view of the API with whom it is for."""

    def mark(view: View) -> View:
        view.rule = Rule(who, scope)  # type: ignore[attr-defined]
        return view

    return mark


def need(request: HttpRequest, scope: str) -> None:
    """The token of a request must cover a scope; a session needs none. Raises Problem (403) that names it."""
    token: ApiToken | None = request.token
    if token is not None and not covers(token.scopes, scope):
        detail = _("令牌的范围不够，缺 {scope}；请用含有它的令牌").format(scope=scope)
        challenge = f'Bearer realm="xianzhi", error="insufficient_scope", scope="{scope}"'
        raise Problem(403, detail, headers={"WWW-Authenticate": challenge}, missing_scope=scope)


def protect(rules: Mapping[str, Rule], view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that asks who is asking before it lets the other one answer. rules: by method."""
    whos = [rule.who for rule in rules.values()]

    def guard(request: HttpRequest, **arguments: Any) -> HttpResponse:
        headers: Mapping[str, str] = {}
        try:
            headers = _identify(request)
            answer = _answer(request, arguments)
        except Problem as problem:
            answer = problem.response()
        for name, value in headers.items():
            answer.headers.setdefault(name, value)
        return _finish(request, answer)

    def _answer(request: HttpRequest, arguments: Mapping[str, Any]) -> HttpResponse:
        rule = rules.get("GET" if request.method == "HEAD" else str(request.method))
        _admit(request, whos if rule is None else [rule.who])
        if rule is None:
            raise Problem(405, headers={"Allow": ", ".join(sorted(rules))})
        if rule.scope:
            need(request, rule.scope)
        _refuse_null(request, arguments)
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        return view(request, **arguments)

    guard.who = PUBLIC if PUBLIC in whos else _either(whos)  # type: ignore[attr-defined]
    guard.csrf_exempt = True  # type: ignore[attr-defined]  # asked for by _identify, for sessions alone
    return guard


def _either(whos: list[Who]) -> Who:
    joined = whos[0]
    for who in whos[1:]:
        joined = joined if who is joined else joined | who
    return joined


def _admit(request: HttpRequest, whos: list[Who]) -> None:
    if any(who.admits(request.user) for who in whos):
        return
    if not request.user.is_authenticated:
        raise unauthorized(_("请带上令牌：Authorization: Bearer xz_…"))
    raise Problem(403, _("这个地址供{needed}使用").format(needed=whos[0].words()))


def _identify(request: HttpRequest) -> dict[str, str]:
    """Puts the account and the token on the request, and counts it; the headers that tell how many are left."""
    request.token = None
    if said := request.headers.get("Authorization", ""):
        request.user = AnonymousUser()  # a token that is none is not made good by a session beside it
        try:
            token = tokens.found(_bearer(said))
        except tokens.BadToken as error:
            rates.count_unknown(request)
            raise unauthorized(str(error), "invalid_token") from None
        request.token, request.user = token, token.owner
        tokens.seen(token)
        return rates.count(f"token:{token.pk}", settings.API_REQUESTS_A_MINUTE)
    if not request.user.is_authenticated:
        return rates.count_unknown(request)
    counted = rates.count(f"account:{request.user.pk}", settings.API_REQUESTS_A_MINUTE)
    if request.method in READ:
        if not _same_origin(request):
            raise Problem(403, _("登录状态只供本站页面使用；别处的程序请用令牌"))
    elif check_csrf(request) is not None:
        raise Problem(403, _("登录状态下提交须带 CSRF 校验码；程序请用令牌"))
    return counted


def _bearer(said: str) -> str:
    kind, _space, text = said.partition(" ")
    if kind.lower() != "bearer" or not text.strip():
        raise tokens.BadToken(_("令牌写作 Authorization: Bearer xz_…"))
    return text.strip()


def _same_origin(request: HttpRequest) -> bool:
    """Whether a request with a session comes from our own pages. Browsers say so; what says nothing is no browser that
    another site could use, unless its Origin or Referer tells otherwise."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site in _SAME
    told = [urlsplit(request.headers[name]).netloc for name in ("Origin", "Referer") if name in request.headers]
    return all(host == request.get_host() for host in told)


def _refuse_null(request: HttpRequest, arguments: Mapping[str, Any]) -> None:
    """Nobody types the null character, and PostgreSQL keeps no text with it."""
    sent = [text for name, values in request.GET.lists() for text in (name, *values)]
    if any("\x00" in str(text) for text in (*sent, *arguments.values())):
        raise Problem(400, _("地址中有空字符，请去掉"))


def _finish(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Marks what was answered, so that what has not changed need not be sent again."""
    patch_vary_headers(answer, ("Authorization", "Cookie", "Accept-Language"))
    answer.headers.setdefault("Cache-Control", "private, no-cache")
    answer.headers.setdefault("X-Content-Type-Options", "nosniff")
    if request.method not in READ or answer.status_code != HTTPStatus.OK or answer.streaming:
        return answer
    digest = hashlib.sha256(answer.content).hexdigest()[:32]
    answer.headers["ETag"] = f'"{digest}"'
    return get_conditional_response(request, etag=f'"{digest}"', response=answer) or answer
