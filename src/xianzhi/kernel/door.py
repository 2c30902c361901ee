"""The one door for writes: a case moves only by a declared step, taken here.

`take_step` locks the case, looks at everything that speaks against the step, and either refuses with every reason at
once, writing nothing, or writes the event, moves the case and its clocks and applies the step's effect: one transaction.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection, transaction

from xianzhi.kernel import clock, limits, registry, scope
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.materials import BadFile, Stored, Upload, kept
from xianzhi.kernel.models import Account, Case, Event, Material, SearchText, Subject
from xianzhi.kernel.numbers import next_number
from xianzhi.kernel.search import grams_of
from xianzhi.law.decision import Decision, Reason
from xianzhi.law.fields import BadField, as_plain
from xianzhi.law.parameters import NoValue, Parameters
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC, Procedure, Step

Actor = Account | str
"""Who takes a step: an account, or CLOCK, or PUBLIC."""


class Refused(Exception):
    """A step that may not be taken, with all the reasons."""

    def __init__(self, step: Step, reasons: Sequence[Reason], decision: Decision | None = None) -> None:
        self.step, self.reasons, self.decision = step, tuple(reasons), decision
        super().__init__(f"{step.zh}：" + "；".join(reason.text for reason in reasons))


@dataclass(frozen=True, slots=True)
class Attempt:
    """A step that somebody wants to take: what gatherers and effects are given."""

    case: Case
    step: Step
    by: Actor
    on: date
    data: Mapping[str, Any]
    """What was entered, in its own types; empty when a page only asks what may be done."""
    papers: frozenset[str] = frozenset()
    """The kinds of material that the case holds, with those handed in now."""

    @property
    def parameters(self) -> Parameters:
        return registry.parameters()


@dataclass(frozen=True, slots=True)
class _As:
    """In which quality an actor takes a step."""

    post: str
    unit_id: int | None = None


def take_step(
    case: Case,
    step: Step | str,
    *,
    by: Actor,
    on: date | None = None,
    data: Mapping[str, Any] | None = None,
    materials: Iterable[Upload] = (),
    key: str = "",
) -> Event:
    """Takes a step in a case and gives its event.

    by: an account, CLOCK or PUBLIC. on: the day it counts for, today unless given. data: what the step asks for.
    key: makes a repeat harmless; the same key gives the same event. Raises Refused with all reasons.
    """
    step = case.procedure.steps[step] if isinstance(step, str) else step
    with transaction.atomic(savepoint=False):
        locked = _lock(case)
        if key and (before := locked.events.filter(key=key).first()):
            return _same(before, step, data)
        with _received(step, materials) as stored:
            event = _take(locked, step, by, on or clock.today(), data or {}, stored, key)
    _refresh(case, locked)
    return event


def open_case(
    procedure: type[Procedure],
    step: Step,
    *,
    by: Actor,
    title: str,
    division: str,
    subject: Subject | None = None,
    parent: Case | None = None,
    on: date | None = None,
    data: Mapping[str, Any] | None = None,
    materials: Iterable[Upload] = (),
    key: str = "",
) -> Case:
    """Opens a case by a step that starts its procedure. Raises Refused with all reasons, and then nothing is left.

    key: one key opens one case, however often it is sent.
    """
    day = on or clock.today()
    with transaction.atomic(savepoint=False):
        if key and (opened := _opened(procedure, by, key)):
            return opened
        case = Case(
            number=next_number(procedure.numbered or "办〔{year}〕{serial:05d}", day.year),
            procedure_name=procedure.name,
            version=procedure.version,
            state="start",
            title=title,
            division=division,
            subject=subject,
            parent=parent,
            opened_on=day,
            moved_on=day,
        )
        case.save(force_insert=True)
        SearchText.objects.create(case=case, grams=grams_of(case.number, title, subject.name if subject else ""))
        with _received(step, materials) as stored:
            _take(case, step, by, day, data or {}, stored, key)
    return case


def _opened(procedure: type[Procedure], by: Actor, key: str) -> Case | None:
    account = by if isinstance(by, Account) else None
    found = Event.objects.filter(key=key, from_state="start", by=account, case__procedure_name=procedure.name)
    event = found.select_related("case").first()
    return event.case if event else None


def _lock(case: Case) -> Case:
    """The case as it stands now, locked until the transaction ends (SQLite's IMMEDIATE locks the whole file)."""
    locked = Case.objects.select_for_update().get(pk=case.pk)
    if "subject" in case._state.fields_cache and locked.subject_id == case.subject_id:
        locked.subject = case.subject
    return locked


@contextmanager
def _received(step: Step, materials: Iterable[Upload]) -> Iterator[list[Stored]]:
    """The files handed in with a step, stored; a file that cannot be taken refuses the step."""
    try:
        with kept(materials) as stored:
            yield stored
    except BadFile as error:
        raise Refused(step, [Reason(str(error), step.cites[0], {}, False)]) from None


def _same(before: Event, step: Step, data: Mapping[str, Any] | None) -> Event:
    """The event of an earlier try with the same key; another step or content under that key is refused."""
    if before.step_name != step.name or (data is not None and _clean(step, data)[0] != _typed(step, before.data)):
        text = "这个提交编号已用于另一项内容，没有重复办理"
        raise Refused(step, [Reason(text, step.cites[0], {"已办": before.name}, False, "请刷新页面后再试")])
    return before


def _typed(step: Step, stored: Mapping[str, Any]) -> dict[str, Any]:
    return _clean(step, stored)[0]


def _take(case: Case, step: Step, by: Actor, on: date, data: Mapping[str, Any], stored: list[Stored], key: str) -> Event:
    cleaned, faults = _clean(step, data)
    attempt = Attempt(case, step, by, on, cleaned, _papers(case, step, stored))
    quality, reasons = _who(attempt)
    reasons += [*_when(attempt), *_where(attempt), *faults, *_missing(attempt)]
    decision = None
    if not faults and case.state in step.source_names:
        decision = _guards(attempt)
        if decision is not None and decision.refused:
            reasons += decision.failing
    if reasons:
        raise Refused(step, reasons, decision)
    event = _write(attempt, quality, decision, stored, key)
    if apply := registry.effects.get(step.origin):
        apply(event, attempt)
    return event


def _where(attempt: Attempt) -> Iterator[Reason]:
    case, step = attempt.case, attempt.step
    if case.state in step.source_names:
        return
    shown = case.procedure.states[case.state].zh if case.state in case.procedure.states else "未开始"
    wanted = "、".join(state.zh for state in step.sources)
    cure = "这一步已经办过，或还没有轮到" if case.state != "start" else "请先申请"
    yield Reason(f"“{step.zh}”要在“{wanted}”时办理，本件现为“{shown}”", step.cites[0], {"状态": shown}, False, cure)


def _when(attempt: Attempt) -> Iterator[Reason]:
    cites = attempt.step.cites[0]
    if attempt.on > clock.today():
        yield Reason("办理日期在今天之后", cites, {"办理日期": attempt.on}, False, "改为今天或更早")
    if attempt.on < attempt.case.moved_on:
        used = {"办理日期": attempt.on, "上一步": attempt.case.moved_on}
        yield Reason("办理日期早于上一步", cites, used, False, "改为上一步当日或之后")


def _who(attempt: Attempt) -> tuple[_As | None, list[Reason]]:
    """In which quality the actor may take the step, or why not."""
    case, step, by = attempt.case, attempt.step, attempt.by
    if isinstance(by, str):
        if by in step.by and by in (CLOCK, PUBLIC):
            return _As(by), []
        return None, [Reason(f"“{step.zh}”不能由{_actor_word(by)}办理", step.cites[0], {}, False)]
    if APPLICANT in step.by and by.is_active and by.subject_id and by.subject_id == case.subject_id:
        return _As(APPLICANT), _other_eyes(attempt)
    post = next((post for post in scope.posts_of(by) if post.key in step.by and _reaches(post, case)), None)
    if post is None:
        text = f"“{step.zh}”由{takers(step)}办理，您没有这个岗位，或本件不在您的范围内"
        return None, [Reason(text, step.cites[0], {"办理岗位": takers(step)}, False, "请转交有此岗位的人员")]
    return _As(post.key, post.unit_id), _other_eyes(attempt)


def _reaches(post: scope.HeldPost, case: Case) -> bool:
    if post.outside:
        return case.pk is not None and case.assignments.filter(unit_id=post.unit_id).exists()
    return post.covers(case.division)


def takers(step: Step) -> str:
    """Who takes a step, in words: 审批局 初审 或 申请人."""
    from xianzhi.kernel.posts import post_word  # noqa: PLC0415 - words are for refusals and pages only

    return " 或 ".join(_actor_word(one) if one in (APPLICANT, CLOCK, PUBLIC) else post_word(one) for one in step.by)


def _actor_word(actor: str) -> str:
    return {APPLICANT: "申请人", CLOCK: "系统", PUBLIC: "公众"}.get(actor, actor)


def _other_eyes(attempt: Attempt) -> list[Reason]:
    """Four eyes: whoever took one of the steps named by `not_by` may not take this one."""
    if not attempt.step.not_by:
        return []
    taken = attempt.case.events.filter(step_name__in=attempt.step.not_by, by=attempt.by).first()
    if taken is None:
        return []
    earlier = attempt.case.procedure.steps[taken.step_name].zh
    text = f"您办理过“{earlier}”，不能再办“{attempt.step.zh}”"
    return [Reason(text, attempt.step.cites[0], {"前一步": earlier}, False, "请由另一人办理")]


def _clean(step: Step, data: Mapping[str, Any]) -> tuple[dict[str, Any], list[Reason]]:
    cleaned, faults = {}, []
    for field in step.asks:
        try:
            cleaned[field.name] = field.clean(data.get(field.name))
        except BadField as error:
            faults.append(Reason(str(error), step.cites[0], {}, False))
    for name in sorted(set(data) - {field.name for field in step.asks}):
        faults.append(Reason(f"这一步没有“{name}”这一项", step.cites[0], {}, False, "请去掉"))
    return cleaned, faults


def _papers(case: Case, step: Step, stored: Sequence[Stored]) -> frozenset[str]:
    handed = {one.kind for one in stored}
    if step.needs and case.seq:
        handed |= set(case.materials.values_list("kind", flat=True))
    return frozenset(handed)


def _missing(attempt: Attempt) -> Iterator[Reason]:
    for paper in attempt.step.needs:
        if paper.required and paper.name not in attempt.papers:
            yield Reason(f"缺{paper.zh}", paper.cites or attempt.step.cites[0], {}, False, f"请上传{paper.zh}")


def _guards(attempt: Attempt) -> Decision | None:
    try:
        return Decision.all_of(
            rule(registry.gatherer_for(rule)(attempt), attempt.parameters) for rule in attempt.step.guards
        )
    except NoValue as error:
        cites = attempt.step.cites[0]
        return Decision.judge([Reason(str(error), cites, {}, False, "请由有权的单位先设定参数")])


def _write(attempt: Attempt, quality: _As, decision: Decision | None, stored: Sequence[Stored], key: str) -> Event:
    case, step = attempt.case, attempt.step
    event = Event(
        case_id=case.pk,
        seq=case.seq + 1,
        name=step.event,
        step_name=step.name,
        from_state=case.state,
        to_state=step.target_from(case.state),
        by_id=attempt.by.pk if isinstance(attempt.by, Account) else None,
        by_post=quality.post,
        unit_id=quality.unit_id,
        on=attempt.on,
        at=clock.now(),
        data={name: as_plain(value) for name, value in attempt.data.items() if value is not None},
        decision=decision.as_data() if decision else None,
        materials=[{"kind": one.kind, "name": one.name, "sm3": one.sm3} for one in stored],
        key=key,
        prev=case.head,
    )
    event.hash = chain.link(event.prev, chain.body_of(event))
    event.pk = _insert(event)
    _move(case, event, step)
    if stored:
        Material.objects.bulk_create(_material(case, event, one) for one in stored)
    return event


def _material(case: Case, event: Event, one: Stored) -> Material:
    return Material(
        case=case, kind=one.kind, name=one.name, media_type=one.media_type, size=one.size, sha256=one.sha256,
        sm3=one.sm3, event_seq=event.seq, by_id=event.by_id, at=event.at,
    )  # fmt: skip


def _move(case: Case, event: Event, step: Step) -> None:
    """Brings the case to where its event left it, and its clocks with it."""
    if step.halts and case.halted_on is None:
        case.halted_on = event.on
    elif step.resumes:
        case.halted_on = None
    last = limits.Moved(event.step_name, event.from_state, event.to_state, event.on, event.data)
    first = limits.earliest(case.procedure, last, lambda: limits.history(case), halted=case.halted_on is not None)
    due, due_step = first if first else (None, None)
    case.state, case.seq, case.head, case.moved_on = event.to_state, event.seq, event.hash, event.on
    case.due_on, case.due_provisional = (due.on, due.provisional) if due else (None, False)
    case.due_step = due_step.name if due_step else ""
    case.closed_on = event.on if case.procedure.states[case.state].final else None
    _update(case)


# The two statements that every step runs are written out: through the ORM they cost more than all else in a step.

_EVENT_COLUMNS = (
    "case_id", "seq", "name", "step", "from_state", "to_state", "by_id", "by_post", "unit_id", "on", "at", "data",
    "decision", "materials", "key", "prev", "hash",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO kernel_event ({', '.join(f'"{name}"' for name in _EVENT_COLUMNS)}) "  # noqa: S608 - names only
    f"VALUES ({', '.join('%s' for _ in _EVENT_COLUMNS)}) RETURNING id"
)
_CASE_COLUMNS = ("state", "seq", "head", "moved_on", "due_on", "due_step", "due_provisional", "halted_on", "closed_on")
_UPDATE = f"UPDATE kernel_case SET {', '.join(f'{name} = %s' for name in _CASE_COLUMNS)} WHERE id = %s"  # noqa: S608


def _insert(event: Event) -> int:
    values = (
        event.case_id, event.seq, event.name, event.step_name, event.from_state, event.to_state, event.by_id,
        event.by_post, event.unit_id, _day(event.on), _moment(event.at), _json(event.data),
        _json(event.decision) if event.decision is not None else None, _json(event.materials), event.key,
        event.prev, event.hash,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        return int(cursor.fetchone()[0])


def _update(case: Case) -> None:
    values = [getattr(case, name) for name in _CASE_COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [_day(value) if isinstance(value, date) else value for value in values] + [case.pk])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _day(value: date) -> Any:
    return connection.ops.adapt_datefield_value(value)


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value.astimezone(UTC))


def _refresh(case: Case, locked: Case) -> None:
    """The caller's object shows what the door did."""
    for name in ("state", "seq", "head", "moved_on", "due_on", "due_step", "due_provisional", "halted_on", "closed_on"):
        setattr(case, name, getattr(locked, name))


@dataclass(frozen=True, slots=True)
class Option:
    """A step of the present state, as a page shows it: whether it may be taken, and if not, why."""

    step: Step
    mine: bool
    reasons: tuple[Reason, ...]
    decision: Decision | None

    @property
    def possible(self) -> bool:
        return self.mine and not self.reasons


def options(case: Case, by: Account) -> list[Option]:
    """The steps of a case's present state for an account: possible ones first, the rest with their reasons.

    What a step asks for and the materials handed in with it are not missed here: its form asks for them.
    """
    found = []
    for step in case.procedure.steps_from(case.state):
        if step.posts or APPLICANT in step.by:
            found.append(_option(Attempt(case, step, by, clock.today(), {}, _papers(case, step, ()))))
    return sorted(found, key=lambda option: (not option.possible, not option.mine))


def _option(attempt: Attempt) -> Option:
    quality, reasons = _who(attempt)
    mine = quality is not None
    decision = _guards(attempt)
    failing = decision.failing if decision and decision.refused else ()
    return Option(attempt.step, mine, (*reasons, *failing), decision)
