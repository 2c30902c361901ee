"""Sessions: when one began, in which browser, when it ends.

The store is Django's own over a table that also says whose session it is, so that whoever owns it can see and end it.
A session begun at the sign-in page is bound to the browser by a second cookie, signed and kept after signing out: a
session cookie alone, carried to another browser, is worth nothing.
"""

import hashlib
import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db.models import QuerySet
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from xianzhi.kernel.access import machine
from xianzhi.kernel.access.address import address_of
from xianzhi.kernel.access.records import What, agent_of, record

FACTS = "access"
"""Under this name a session keeps what is below; all moments in seconds since 1970."""
BROWSER = "xianzhi_browser"
A_YEAR = 365 * 24 * 3600
_SEEN_EVERY = 60
"""Seconds between two writes of when somebody was last seen."""


class SessionStore(DatabaseStore):
    """Django's store in the database, with the owner beside the data."""

    @classmethod
    def get_model_class(cls) -> Any:
        from xianzhi.kernel.models import Session  # noqa: PLC0415 - models must be loaded first

        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = super().create_model_instance(data)
        facts = data.get(FACTS)
        if facts and (account := data.get("_auth_user_id")):
            row.account_id = int(account)
            row.began, row.seen = (datetime.fromtimestamp(facts[name], UTC) for name in ("began", "seen"))
            row.address, row.agent = facts["address"] or None, facts["agent"]
        return row


# ---- beginning


@receiver(user_logged_in)
def _begin(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    now = int(machine.seconds())
    request.session[FACTS] = {
        "began": now, "seen": now, "proved": now, "second": False, "browser": "", "kind": kind_of(request),
        "address": address_of(request), "agent": agent_of(request),
    }  # fmt: skip


def note(request: HttpRequest, **facts: Any) -> None:
    """Notes facts of the session: proved, second, browser …"""
    request.session[FACTS] = {**request.session[FACTS], **facts}


def fact(request: HttpRequest, name: str) -> Any:
    return request.session.get(FACTS, {}).get(name)


def bind(request: HttpRequest, response: HttpResponse) -> None:
    """Binds the session to this browser, which from now on is known by a cookie of its own."""
    mark = _mark(request) or secrets.token_urlsafe(24)
    note(request, browser=hashlib.sha256(mark.encode()).hexdigest())
    response.set_signed_cookie(
        BROWSER, mark, salt=BROWSER, max_age=A_YEAR, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def kind_of(request: HttpRequest) -> str:
    """Which browser on which system, without versions: an update in the middle of the day ends no session."""
    return re.sub(r"[\d._]+", "", request.META.get("HTTP_USER_AGENT", ""))[:200]


def _mark(request: HttpRequest) -> str:
    return str(request.get_signed_cookie(BROWSER, default="", salt=BROWSER, max_age=A_YEAR) or "")


# ---- holding it to the rules


def fault(request: HttpRequest) -> str:
    """What ends this session now: a kind of record, or nothing."""
    facts = request.session.get(FACTS)
    now = machine.seconds()
    if facts is None:  # nothing signs in past the sign-in signal, so this was not made here
        return str(What.REFUSED)
    if facts["browser"]:  # only sessions of the sign-in page are bound; no other way leads in from outside
        mark = _mark(request)
        same = mark and secrets.compare_digest(hashlib.sha256(mark.encode()).hexdigest(), facts["browser"])
        if not same or facts["kind"] != kind_of(request):
            return str(What.REFUSED)
    idle, whole = now - facts["seen"], now - facts["began"]
    if idle >= settings.SESSION_IDLE_MINUTES * 60 or whole >= settings.SESSION_HOURS * 3600:
        return str(What.TIMED_OUT)
    return ""


def touch(request: HttpRequest) -> None:
    """Notes that somebody is at work, at most once a minute."""
    now = int(machine.seconds())
    if now - request.session[FACTS]["seen"] >= _SEEN_EVERY:
        note(request, seen=now)


def proved(request: HttpRequest) -> bool:
    """Whether whoever sits there showed only lately who it is."""
    at = fact(request, "proved")
    return at is not None and machine.seconds() - at < settings.PROVED_MINUTES * 60


# ---- whose are open, and ending them


def open_of(account: Any) -> QuerySet[Any]:
    """The sessions of an account that are not over, the last used first."""
    now = machine.now()
    return account.sessions.filter(
        seen__gt=now - timedelta(minutes=settings.SESSION_IDLE_MINUTES),
        began__gt=now - timedelta(hours=settings.SESSION_HOURS),
    ).order_by("-seen")


def end_all(account: Any, *, but: str | None = None) -> int:
    """Ends the sessions of an account, but one; how many that were."""
    return int(account.sessions.exclude(session_key=but or "").delete()[0])


def end_if_nothing_left(account: Any) -> None:
    """Ends the sessions of an official who was relieved of the last post."""
    from xianzhi.kernel import scope  # noqa: PLC0415 - posts look at accounts

    fresh = type(account).objects.get(pk=account.pk)
    if not fresh.subject_id and not scope.posts_of(fresh) and end_all(fresh):
        record(What.ENDED, fresh)


def sweep() -> int:
    """Deletes sessions that are over; how many."""
    from xianzhi.kernel.models import Session  # noqa: PLC0415 - models must be loaded first

    return int(Session.objects.filter(expire_date__lt=machine.now()).delete()[0])
