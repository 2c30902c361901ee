"""Every request: a session that is over ends, what must come first comes first, and nothing stays in the browser."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers

from xianzhi.kernel.access import kept, passwords, second, sessions
from xianzhi.kernel.access.records import record

FIRST = {"password", "second-factor", "second-codes", "sign-out", "preferences"}
"""Pages that are open to whoever has yet to take a password or a second factor."""


class AccessMiddleware:
    """Comes after the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.ended = None
        if request.user.is_authenticated:
            self._hold(request)
        response = self.get_response(request)
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            add_never_cache_headers(response)  # a shared office computer, and a refusal tells something too
        return response

    def _hold(self, request: HttpRequest) -> None:
        """Ends the session where it is over; `request.ended` then says (whose, why)."""
        why = sessions.fault(request)
        if not why:
            sessions.touch(request)
            return
        record(why, request.user, request=request)
        request.ended = (request.user.pk, why)
        request.session.flush()
        request.session["ended"] = why  # for the sign-in page to say
        request.user = AnonymousUser()

    def process_view(self, request: HttpRequest, view: Any, arguments: Any, named: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or request.resolver_match.url_name in FIRST:
            return None
        if request.method == "POST":
            kept.sent(request)
        place = must_first(request)
        return redirect(place) if place else None


def must_first(request: HttpRequest) -> str:
    """The page that has to be gone through before any other: a new password, then a second factor."""
    if passwords.must_change(request.user):
        return "password"
    if not sessions.fact(request, "second") and second.needed(request.user):
        return "second-factor"
    return ""
