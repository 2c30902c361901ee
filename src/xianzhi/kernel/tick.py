"""The work of the clock: what happens because time passes, not because somebody acts.

Several processes may tick at once, and a tick that breaks off loses nothing: each part looks at what is, does what is
missing, and is done in transactions of its own.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from xianzhi.kernel import clock, limits, materials, registry
from xianzhi.kernel.access import nightly
from xianzhi.kernel.api import webhooks
from xianzhi.kernel.api.sweep import sweep as sweep_api
from xianzhi.kernel.county import county
from xianzhi.kernel.documents import batches
from xianzhi.kernel.door import Attempt, Refused, take_step
from xianzhi.kernel.exchange import delivery, inbox
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Case, Event, Mark, Reminder
from xianzhi.kernel.tables.batches import sweep as sweep_tables
from xianzhi.law.procedure import CLOCK, Step

logger = logging.getLogger(__name__)
PAGE = 500
ASK_AGAIN = timedelta(minutes=10)

Looked = dict[tuple[int, str], tuple[int, datetime]]
"""For a case and a step of the clock: at which event of the case, and when, its day had not come."""


@dataclass(slots=True)
class Summary:
    """What a tick did."""

    appended: int = 0
    reminded: int = 0
    taken: int = 0
    refused: int = 0
    failed: int = 0
    recomputed: int = 0
    swept: int = 0
    faults: int = 0
    exchanged: int = 0
    told: int = 0

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))

    def __str__(self) -> str:
        words: tuple[str, ...]
        words = ("入账 {appended} 条", "提醒 {reminded} 项", "自动办理 {taken} 步", "到期日更新 {recomputed} 件")
        words += ("清理文件 {swept} 个", "核对不符 {faults} 处", "办不了 {refused} 步", "出错 {failed} 处")
        said = "，".join((*words, "候办来文 {exchanged} 件", "待推送 {told} 件"))
        return said.format(**{field.name: getattr(self, field.name) for field in fields(self)})


def tick(now: datetime | None = None, *, looked: Looked | None = None) -> Summary:
    """Does what is due at this moment, or at a given one.

    looked: kept by a process that ticks often, so that it does not ask each sleeping case at every tick.
    """
    done = Summary()
    with clock.at(now) if now else nullcontext():
        _part(done, _recompute)
        _part(done, lambda summary: _take_steps(summary, {} if looked is None else looked))
        _part(done, _exchange)
        _part(done, _remind)
        _part(done, _append)
        _part(done, lambda summary: batches.resume_stalled())
        _part(done, _tell)
        _part(done, _check)
        _part(done, _sweep)
        _part(done, lambda summary: _sweep_access())
    return done


def _part(done: Summary, work: Callable[[Summary], object]) -> None:
    """One part of a tick; that it fails must not keep the others from their work."""
    try:
        work(done)
    except Exception:  # the clock goes on, and the log says what went wrong
        done.failed += 1
        logger.exception("定时工作出错")


def _exchange(done: Summary) -> None:
    """Applies what came early and can be applied now; what is due to go out is the worker's."""
    done.exchanged = inbox.apply_waiting()
    delivery.ask_worker()


def _append(done: Summary) -> None:
    done.appended = log.append_all()


# ---- steps of the clock


def _take_steps(done: Summary, looked: Looked) -> None:
    for procedure in registry.procedures.values():
        for step in procedure.steps.values():
            if CLOCK in step.by:
                for case in _pages(Case.objects.filter(procedure_name=procedure.name, state__in=step.source_names)):
                    _try(case, step, done, looked)


def _try(case: Case, step: Step, done: Summary, looked: Looked) -> None:
    now, mark = clock.now(), (case.pk, step.name)
    seq, last = looked.get(mark, (0, now))
    if seq == case.seq and last.date() == now.date() and now - last < ASK_AGAIN:
        return
    try:
        if _has_come(case, step) and _take(case, step):
            done.taken += 1
        looked[mark] = (case.seq, now)
    except Refused as refused:
        done.refused += 1
        logger.info("%s %s", case.number, refused)
    except Exception:  # one case with a fault must not stop the clock for all others
        done.failed += 1
        logger.exception("%s 不能自动办理“%s”", case.number, step.zh)


def _has_come(case: Case, step: Step) -> bool:
    """Whether the step's rule says that its day has come."""
    rule = step.when
    if rule is None:
        return False
    attempt = Attempt(case, step, CLOCK, clock.today(), {}, past=limits.history(case))
    return not rule(registry.gatherer_for(rule)(attempt), attempt.parameters).refused


def _take(case: Case, step: Step) -> bool:
    """Takes the step, unless another process was faster or the case has moved on. Once a day at most."""
    key = f"{step.name}:{clock.today()}"
    with transaction.atomic():
        locked = Case.objects.select_for_update().get(pk=case.pk)
        if locked.state not in step.source_names or locked.events.filter(key=key).exists():
            return False
        if not _has_come(locked, step):
            return False
        take_step(locked, step, by=CLOCK, key=key)
    case.seq = locked.seq
    return True


# ---- reminders


def _remind(done: Summary) -> None:
    """Writes a reminder for every running limit that is near or over and has none yet."""
    today = clock.today()
    near = county().calendar.add_working_days(today, limits.NEAR_DAYS + 1)
    soon = _known(Case.objects.open().filter(due_on__lt=near))
    for cases in _chunks(_pages(soon)):
        wanted = {key for case, events in _with_events(cases) for key in _reminders(case, events, today)}
        there = Reminder.objects.filter(case__in=cases).values_list("case_id", "step_name", "kind", "due_on")
        missing = sorted(wanted - set(there))
        Reminder.objects.bulk_create(
            (
                Reminder(case_id=case, step_name=step, kind=kind, due_on=due_on, at=clock.now())
                for case, step, kind, due_on in missing
            ),
            ignore_conflicts=True,  # another process may be writing the same
        )
        done.reminded += len(missing)


def _reminders(case: Case, events: Sequence[limits.Moved], today: date) -> Iterator[tuple[int, str, str, date]]:
    for one in limits.armed(case, events, today):
        if one.standing in ("near", "over"):
            yield case.pk, one.step.name, one.standing, one.due.on


# ---- due days


def _recompute(done: Summary) -> None:
    """Works out the due days of all open cases anew when a working calendar or a time limit has changed."""
    digest = _basis()
    if Mark.objects.filter(name="due_days", value=digest).exists():
        return
    for cases in _chunks(_pages(_known(Case.objects.open()))):
        for case, events in _with_events(cases):
            done.recomputed += bool(events) and _renew(case, events)
    Mark.objects.update_or_create(name="due_days", defaults={"value": digest})


def _basis() -> str:
    """What due days rest on beside the events: the calendar and the values of the limits."""
    names = {
        step.within.parameter
        for procedure in registry.procedures.values()
        for step in procedure.steps.values()
        if step.within
    }
    values = [(name, registry.parameters()[name].values) for name in sorted(names)]
    return hashlib.sha256(f"{county().calendar.digest} {values!r}".encode()).hexdigest()


def _renew(case: Case, events: list[limits.Moved]) -> bool:
    """Brings a case's due day up to date, if no step was taken meanwhile; whether it changed."""
    first = limits.earliest(case.procedure, events[-1], lambda: events, halted=case.halted_on is not None, strict=False)
    due_on, provisional, step = (first[0].on, first[0].provisional, first[1].name) if first else (None, False, "")
    if (case.due_on, case.due_provisional, case.due_step) == (due_on, provisional, step):
        return False
    unmoved = Case.objects.filter(pk=case.pk, seq=case.seq)
    return bool(unmoved.update(due_on=due_on, due_provisional=provisional, due_step=step))


# ---- once a night, once an hour


def _check(done: Summary) -> None:
    """Asks every service once a day what is not as it must be; the log keeps it, and `xianzhi doctor` shows it."""
    if _first("nightly", clock.today().isoformat()):
        for zh, check in registry.nightly.items():
            for fault in check(clock.today()):
                done.faults += 1
                logger.error("%s：%s", zh, fault)


def _sweep_access() -> None:
    if _first("access", clock.today().isoformat()):
        nightly.sweep()


def _tell(done: Summary) -> None:
    done.told = webhooks.look()


def _sweep(done: Summary) -> None:
    if _first("sweep", clock.now().strftime("%Y-%m-%dT%H%z")):
        done.swept = materials.sweep() + sweep_tables()
        sweep_api()


def _first(name: str, value: str) -> bool:
    """Whether nothing was marked yet with this day or hour; it is from now on."""
    if Mark.objects.filter(name=name, value=value).exists():
        return False
    Mark.objects.update_or_create(name=name, defaults={"value": value})
    return True


# ---- reading many cases


def _known(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those whose procedure is installed."""
    return cases.filter(procedure_name__in=list(registry.procedures))


def _pages(cases: QuerySet[Case]) -> Iterator[Case]:
    """Cases page by page: a cursor left open would hold an old state, from which SQLite lets nobody go on to write."""
    last = 0
    while page := list(cases.filter(pk__gt=last).order_by("pk")[:PAGE]):
        yield from page
        last = page[-1].pk


def _chunks(cases: Iterator[Case]) -> Iterator[list[Case]]:
    chunk: list[Case] = []
    for case in cases:
        chunk.append(case)
        if len(chunk) == PAGE:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _with_events(cases: list[Case]) -> Iterator[tuple[Case, list[limits.Moved]]]:
    """Each case with its events as the limits need them, read in one query."""
    rows = Event.objects.filter(case__in=cases).order_by("case_id", "seq")
    columns = rows.values_list("case_id", "step_name", "from_state", "to_state", "on", "data")
    found: dict[Any, list[limits.Moved]] = {
        case_id: [limits.Moved(*row[1:]) for row in group]
        for case_id, group in groupby(columns, key=lambda row: row[0])
    }
    return ((case, found.get(case.pk, [])) for case in cases)
