"""审计: the ledger and whether it holds, every step ever taken, and every post given or ended. For the auditor."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xianzhi.kernel import clock, registry, tasks
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Account, Checkpoint, Event, PendingLeaf, PostChange
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.forms import day_of
from xianzhi.kernel.pages.guard import by_duty, page

AUDIT = by_duty("audit")
A_PAGE = 50
SHOWN = 10
"""Checkpoints and changes of posts on the page; all checkpoints are in the file."""
_MOST_DIGITS = 18
_LONGEST = timedelta(hours=1)
"""A verification that runs longer was broken off with its worker; nobody would ever end it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events to show. `before` is the id of the last one of the page before."""

    since: date | None = None
    until: date | None = None
    procedure: str = ""
    account: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """An event as the list tells it."""

    event: Event

    @property
    def verb(self) -> str:
        procedure = registry.procedures.get(self.event.case.procedure_name)
        step = procedure.steps.get(self.event.step_name) if procedure else None
        return step.zh if step else self.event.name


@page(AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    wanted, faults = _wanted(request)
    found = list(events_for(wanted)[: A_PAGE + 1])
    chosen = {
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until and wanted.until.isoformat(),
        "procedure": wanted.procedure,
        "account": wanted.account,
    }
    more = len(found) > A_PAGE
    return render(
        request,
        "kernel/audit.html",
        {
            "size": log.size(),
            "pending": PendingLeaf.objects.count(),
            "checkpoints": list(Checkpoint.objects.all()[:SHOWN]),
            "last": last_check(),
            "events": [Told(event) for event in found[:A_PAGE]],
            "changes": list(PostChange.objects.select_related("post__account", "post__unit", "by")[:SHOWN]),
            "faults": faults,
            "chosen": chosen,
            "narrowed": any(chosen.values()),
            "procedures": sorted(registry.procedures.values(), key=lambda one: one.zh),
            "first": words.query(chosen) if wanted.before else "",
            "next": words.query({**chosen, "before": found[A_PAGE - 1].pk}) if more else "",
        },
    )


def _wanted(request: HttpRequest) -> tuple[Wanted, list[str]]:
    """What the filters ask for; what cannot be read is said and left out."""
    faults: list[str] = []
    since, until = (day_of(request.GET.get(name, "").strip(), faults) for name in ("since", "until"))
    if since and until and since > until:
        faults.append(_("起日在止日之后"))
    procedure, account = request.GET.get("procedure", ""), request.GET.get("account", "").strip()
    if procedure and procedure not in registry.procedures:
        faults.append(_("没有办理流程 {name}").format(name=procedure))
        procedure = ""
    if account and not Account.objects.filter(username=account).exists():
        faults.append(_("没有账号“{name}”").format(name=account))
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) <= _MOST_DIGITS else None
    return Wanted(since, until, procedure, account, number), faults


def events_for(wanted: Wanted) -> QuerySet[Event]:
    """The events of all cases, the newest first."""
    found = Event.objects.select_related("case", "by", "unit").order_by("-pk")
    if wanted.since:
        found = found.filter(on__gte=wanted.since)
    if wanted.until:
        found = found.filter(on__lte=wanted.until)
    if wanted.procedure:
        found = found.filter(case__procedure_name=wanted.procedure)
    if wanted.account:
        found = found.filter(by__username=wanted.account)
    return found.filter(pk__lt=wanted.before) if wanted.before else found


# ---- verifying the ledger --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Check:
    """The last verification: running, failed, or done with its findings."""

    is_: str
    word: str
    running: bool
    asked: Any
    result: dict[str, Any] | None


def last_check() -> Check | None:
    """The newest verification that somebody asked for; None before the first."""
    row = _checks().first()
    if row is None:
        return None
    if row.status == TaskResultStatus.READY:
        return Check("idle", _("排队中"), True, row.enqueued_at, None)
    if row.status == TaskResultStatus.RUNNING and clock.now() - (row.started_at or row.enqueued_at) < _LONGEST:
        return Check("halt", _("正在校验"), True, row.enqueued_at, None)
    if row.status != TaskResultStatus.SUCCESSFUL or not row.return_value:
        return Check("ask", _("没有校验完"), False, row.enqueued_at, None)
    sound = row.return_value["count"] == 0
    word = _("相符") if sound else _("不符 {n} 处").format(n=row.return_value["count"])
    return Check("done" if sound else "no", word, False, row.enqueued_at, row.return_value)


def _checks() -> QuerySet[DBTaskResult]:
    return DBTaskResult.objects.filter(task_path=tasks.verify_ledger.module_path).order_by("-enqueued_at")


@page(AUDIT, "POST")
def verify(request: HttpRequest) -> HttpResponse:
    """Asks the worker to verify the whole ledger; one such work at a time."""
    if request.method == "POST":
        last = last_check()
        if last is None or not last.running:
            tasks.verify_ledger.enqueue(files=bool(request.POST.get("files")))
        messages.success(request, _("校验已排队，由后台办理；刷新本页看结果，也可离开。"))
    return redirect("audit")


@page(AUDIT)
def checkpoints(request: HttpRequest) -> HttpResponse:
    """Every checkpoint, for whoever keeps them outside: size, root (SM3) and moment."""
    rows = [
        {"size": one.size, "root": one.root, "at": one.at.isoformat()} for one in Checkpoint.objects.order_by("size")
    ]
    answer = HttpResponse(json.dumps(rows, indent=1), content_type="application/json")
    answer["Content-Disposition"] = 'attachment; filename="checkpoints.json"'
    return answer
