"""登录记录: who signed in, failed to, was locked out, and what was done to accounts. For the auditor."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.models import AccessRecord, Account
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.audit import AUDIT
from xianzhi.kernel.pages.forms import day_of
from xianzhi.kernel.pages.guard import page

A_PAGE = 50
DAYS = 30
"""Days in the chart."""
EARLIEST, LATEST = date(1970, 1, 1), date(2999, 12, 31)
_MOST_DIGITS = 18
_WIDE, _HIGH, _FOOT = 380, 120, 18
What = AccessRecord.What
BAD = (What.FAILED, What.LOCKED, What.REFUSED)


@dataclass(frozen=True, slots=True)
class Bar:
    """A day of the chart: its figures, and where its two bars stand."""

    day: date
    entered: int
    bad: int
    x: float
    width: float
    entered_height: float
    bad_height: float

    @property
    def entered_y(self) -> float:
        return _HIGH - self.entered_height

    @property
    def bad_y(self) -> float:
        return self.entered_y - self.bad_height


@page(AUDIT)
def access(request: HttpRequest) -> HttpResponse:
    """The records, newest first, with filters; sign-ins and failures of thirty days, drawn and as a table."""
    chosen, faults = _chosen(request)
    found = list(_records(chosen)[: A_PAGE + 1])
    last = chosen["until"] or clock.today()
    bars = bars_until(last)
    kept = {name: value for name, value in chosen.items() if name != "before"}
    shown = {name: value.isoformat() if isinstance(value, date) else value for name, value in kept.items()}
    more = len(found) > A_PAGE
    context = {
        "records": found[:A_PAGE], "faults": faults, "chosen": shown, "narrowed": any(shown.values()),
        "whats": What.choices, "bars": bars, "most": max((one.entered + one.bad for one in bars), default=0),
        "wide": _WIDE, "high": _HIGH, "foot": _HIGH + _FOOT, "days": settings.ACCESS_RECORD_DAYS,
        "entered": sum(one.entered for one in bars), "bad": sum(one.bad for one in bars), "bad_whats": BAD,
        "first": words.query(shown) if chosen["before"] else "",
        "next": words.query({**shown, "before": found[A_PAGE - 1].pk}) if more else "",
    }  # fmt: skip
    return render(request, "kernel/access.html", context)


def _chosen(request: HttpRequest) -> tuple[dict[str, Any], list[str]]:
    """What the filters ask for; what cannot be read is said and left out."""
    faults: list[str] = []
    since, until = (_within(day_of(request.GET.get(name, "").strip(), faults)) for name in ("since", "until"))
    what, account = request.GET.get("what", ""), request.GET.get("account", "").strip()
    if what not in ("", *What.values):
        what = ""
    if account and not Account.objects.filter(username=account).exists():
        faults.append(_("没有账号“{name}”").format(name=account))
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) <= _MOST_DIGITS else None
    return {"since": since, "until": until, "what": what, "account": account, "before": number}, faults


def _within(found: date | None) -> date | None:
    return min(max(found, EARLIEST), LATEST) if found else None


def _records(chosen: dict[str, Any]) -> QuerySet[AccessRecord]:
    found = AccessRecord.objects.select_related("account", "by")
    if chosen["since"]:
        found = found.filter(at__gte=_morning(chosen["since"]))
    if chosen["until"]:
        found = found.filter(at__lt=_morning(chosen["until"]) + timedelta(days=1))
    if chosen["what"]:
        found = found.filter(what=chosen["what"])
    if chosen["account"]:
        name = chosen["account"]
        found = found.filter(Q(account__username=name) | Q(by__username=name))
    return found.filter(pk__lt=chosen["before"]) if chosen["before"] else found


def _morning(day: date) -> datetime:
    return datetime.combine(day, time(), timezone.get_default_timezone())


def bars_until(last: date) -> list[Bar]:
    """Sign-ins and what went wrong, for each of the thirty days up to the last. One query."""
    days = [last - timedelta(days=ago) for ago in range(min(DAYS, last.toordinal()) - 1, -1, -1)]
    rows = AccessRecord.objects.order_by().filter(at__gte=_morning(days[0]), at__lt=_morning(last) + timedelta(days=1))
    counted = {
        row["day"]: (row["entered"], row["bad"])
        for row in rows.values(day=TruncDate("at")).annotate(
            entered=Count("pk", filter=Q(what=What.SIGNED_IN)), bad=Count("pk", filter=Q(what__in=BAD))
        )
    }
    figures = [counted.get(day, (0, 0)) for day in days]
    scale = _HIGH / max(1, *(sum(one) for one in figures))
    step = _WIDE / len(days)
    return [
        Bar(
            day,
            entered,
            bad,
            round(at * step, 1),
            round(step * 0.7, 1),
            round(entered * scale, 1),
            round(bad * scale, 1),
        )
        for at, (day, (entered, bad)) in enumerate(zip(days, figures, strict=True))
    ]
