"""The one door for writes: a case moves only by a declared step, taken here.

`take_step` locks the case, looks at everything that speaks against the step, and either refuses with every reason at
once, writing nothing, or writes the event, moves the case and its clocks and applies the step's effect, in one
transaction.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import date
from typing import Any

from django.db import DataError, transaction

from xianzhi.kernel import clock, limits, registry, rows, scope
from xianzhi.kernel.documents.issue import issue_for
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.materials import Received, Stored, Upload, received
from xianzhi.kernel.models import Account, Case, Event, SearchText, Subject
from xianzhi.kernel.money import entries
from xianzhi.kernel.money.postings import MoneyRefused, Posting
from xianzhi.kernel.numbers import next_number
from xianzhi.kernel.personal.masks import without_numbers
from xianzhi.kernel.personal.tokens import Fault
from xianzhi.kernel.personal.values import opened_data, sealed_data
from xianzhi.kernel.search import grams_of
from xianzhi.kernel.speech.written import in_chinese
from xianzhi.law.decision import Decision, Reason
from xianzhi.law.fields import BadField, as_plain
from xianzhi.law.parameters import NoValue, Parameters
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC, Procedure, Step

_TITLE = Case._meta.get_field("title").max_length
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
    _: KW_ONLY
    past: Sequence[limits.Moved]
    """What happened in the case before, first to last."""

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
    step = _declared(case.procedure, step)
    with in_chinese(), received(materials) as files, transaction.atomic():
        locked, past = _lock(case)
        if key and any(moved.key == key for moved in past):
            event = _same(locked.events.get(key=key), step, by, on, data or {}, files)
        else:
            event = _take(locked, past, step, by, on or clock.today(), data or {}, files, key)
    rows.refresh(case, locked)
    return event


def _declared(procedure: type[Procedure], step: Step | str) -> Step:
    """The procedure's own step, also for a step of the base that it inherits from. Raises LookupError for any other."""
    found = procedure.steps.get(step if isinstance(step, str) else step.name)
    if found is None or (isinstance(step, Step) and found.origin is not step.origin):
        raise LookupError(f"{procedure.name} has no step {step}")
    return found


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
    step, day = _declared(procedure, step), on or clock.today()
    with in_chinese(), received(materials) as files, transaction.atomic():
        # Openings of a procedure queue for its numbers, so whoever has one sees what others opened before.
        number = next_number(procedure.numbered or "办〔{year}〕{serial:05d}", day.year)
        if key and (before := _opened(procedure, by, key)):
            transaction.set_rollback(True)  # gives the number back
            return _same(before, step, by, on, data or {}, files).case
        case = Case(
            number=number,
            procedure_name=procedure.name,
            version=procedure.version,
            state="start",
            title=title[:_TITLE],  # made of what was entered, which the step has yet to look at
            division=division,
            subject=subject,
            parent=parent,
            opened_on=day,
            moved_on=day,
        )
        case.save(force_insert=True)
        SearchText.objects.create(case=case, grams=_grams(case))
        _take(case, [], step, by, day, data or {}, files, key)
    return case


def _grams(case: Case) -> str:
    """What a case is found by; a number of a person that somebody typed into a title is not."""
    return grams_of(case.number, without_numbers(case.title), case.subject.name if case.subject else "")


def _opened(procedure: type[Procedure], by: Actor, key: str) -> Event | None:
    openings = Event.objects.filter(from_state="start", case__procedure_name=procedure.name)
    return openings.filter(key=key, by_id=_account_id(by)).select_related("case").first()


def _account_id(by: Actor) -> int | None:
    return None if isinstance(by, str) else by.pk


def _lock(case: Case) -> tuple[Case, list[limits.Moved]]:
    """The case as it stands now, locked, with the subject that the caller has read already; and its past."""
    locked, past = rows.lock(case.pk)
    if "subject" in case._state.fields_cache and locked.subject_id == case.subject_id:
        locked.subject = case.subject
    return locked, [limits.Moved(*moved) for moved in past]


def _same(before: Event, step: Step, by: Actor, on: date | None, data: Mapping[str, Any], files: Received) -> Event:
    """The event of an earlier try with the same key; anything else sent under that key is refused."""
    cleaned, faults = _clean(step, data)
    now = (step.name, _account_id(by), on or before.on, _stated(cleaned), [one.stated() for one in files.stored])
    try:
        stated = opened_data(step, before.data) if before.step_name == step.name else before.data
    except Fault as error:
        raise Refused(step, [_no_key(step, error)]) from None
    if faults or now != (before.step_name, before.by_id, before.on, stated, before.materials):
        text = "这个提交编号已用于另一项内容，没有重复办理"
        raise Refused(step, [Reason(text, step.cites[0], {"已办": before.step.zh}, False, "请刷新页面后再试")])
    return before


def _stated(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What was entered, as an event states it."""
    return {name: as_plain(value) for name, value in cleaned.items() if value is not None}


def _take(
    case: Case, past: list[limits.Moved], step: Step, by: Actor, on: date, data: Mapping[str, Any], files: Received,
    key: str,
) -> Event:  # fmt: skip
    cleaned, faults = _clean(step, data)
    attempt = Attempt(case, step, by, on, cleaned, _papers(past, files.stored), past=past)
    quality, reasons = _who(attempt)
    reasons += [*_when(attempt), *_where(attempt), *_paused(attempt), *faults, *_bad(step, files), *_missing(attempt)]
    decision = None
    if not faults and (case.state in step.source_names or _taken_before(attempt)):
        decision = _guards(attempt)
        reasons += _against(decision)
    if reasons or quality is None:
        raise Refused(step, reasons, decision)
    try:
        postings = entries.drafted(attempt)
        event = _write(attempt, quality, decision, files, key, postings)
    except NoValue as error:  # of a time limit that the step sets running
        raise Refused(step, [_no_value(step, error)], decision) from None
    except Fault as error:  # no key to seal what was said of a person
        raise Refused(step, [_no_key(step, error)], decision) from None
    except MoneyRefused as error:
        raise Refused(step, [_no_money(step, error)], decision) from None
    try:
        if apply := registry.effects.get(step.origin):
            apply(event, attempt)
        entries.post(event, postings)
        if step.issues or step.revokes:
            issue_for(event, attempt)
    except MoneyRefused as error:
        raise Refused(step, [_no_money(step, error)], decision) from None
    except DataError:
        too_much = Reason("有一项文字太长，或数值太大，记录存不下", step.cites[0], {}, False, "请缩短或核对后再试")
        raise Refused(step, [too_much], decision) from None
    files.keep()  # last, so that an effect that fails leaves no file
    return event


def _where(attempt: Attempt) -> Iterator[Reason]:
    case, step = attempt.case, attempt.step
    if case.state in step.source_names:
        return
    shown = case.procedure.states[case.state].zh if case.state in case.procedure.states else "未开始"
    wanted = "、".join(state.zh for state in step.sources)
    cure = "这一步已经办过，或还没有轮到" if case.state != "start" else "请先申请"
    yield Reason(f"“{step.zh}”要在“{wanted}”时办理，本件现为“{shown}”", step.cites[0], {"状态": shown}, False, cure)


def _paused(attempt: Attempt) -> Iterator[Reason]:
    """A pause cannot begin twice, and only a pause can end."""
    case, step = attempt.case, attempt.step
    if step.stays and step.halts and case.halted_on:
        yield Reason("计时已经暂停", step.cites[0], {"暂停自": case.halted_on}, False, "先恢复计时")
    if step.stays and step.resumes and not case.halted_on:
        yield Reason("计时没有暂停，不用恢复", step.cites[0], {}, False)


def _taken_before(attempt: Attempt) -> bool:
    """Whoever comes second hears from the guards what came of the first: 已派单, with its number."""
    return any(moved.step == attempt.step.name for moved in attempt.past)


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
    others, account = attempt.step.not_by, _account_id(attempt.by)
    taken = [one.step for one in attempt.past if one.step in others and one.by_id == account] if others else []
    if not taken:
        return []
    earlier = attempt.case.procedure.steps[taken[0]].zh
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


def _papers(past: Iterable[limits.Moved], stored: Iterable[Stored]) -> frozenset[str]:
    return frozenset((*(kind for moved in past for kind in moved.papers), *(one.kind for one in stored)))


def _bad(step: Step, files: Received) -> Iterator[Reason]:
    for fault in files.faults:
        yield Reason(fault, step.cites[0], {}, False)


def _missing(attempt: Attempt) -> Iterator[Reason]:
    for paper in attempt.step.needs:
        if paper.required and paper.name not in attempt.papers:
            yield Reason(f"缺{paper.zh}", paper.cites or attempt.step.cites[0], {}, False, f"请上传{paper.zh}")


def _guards(attempt: Attempt) -> Decision | None:
    step = attempt.step
    rules = (*step.guards, step.when) if step.when and attempt.by == CLOCK else step.guards
    try:
        return Decision.all_of(rule(registry.gatherer_for(rule)(attempt), attempt.parameters) for rule in rules)
    except NoValue as error:
        return Decision.judge([_no_value(step, error)])


def _against(decision: Decision | None) -> tuple[Reason, ...]:
    """What speaks against a step: the conditions that are not met, or, where a rule names none, all that it says."""
    if decision is None or not decision.refused:
        return ()
    return decision.failing or decision.reasons


def _no_key(step: Step, error: Fault) -> Reason:
    return Reason(str(error), step.cites[0], {}, False, "请告知系统管理员")


def _no_value(step: Step, error: NoValue) -> Reason:
    return Reason(str(error), step.cites[0], {}, False, "请由有权的单位先设定参数")


def _no_money(step: Step, error: MoneyRefused) -> Reason:
    return Reason(error.text, step.cites[0], error.used, False, error.cure)


def _write(
    attempt: Attempt, quality: _As, decision: Decision | None, files: Received, key: str, postings: Sequence[Posting]
) -> Event:
    case, step = attempt.case, attempt.step
    event = Event(
        case=case,
        seq=case.seq + 1,
        name=step.event,
        step_name=step.name,
        from_state=case.state,
        to_state=step.target_from(case.state),
        by_id=_account_id(attempt.by),
        by_post=quality.post,
        unit_id=quality.unit_id,
        on=attempt.on,
        at=clock.now(),
        data=sealed_data(case, step, _stated(attempt.data)),
        decision=decision.as_data() if decision else None,
        materials=[one.stated() for one in files.stored],
        postings=[one.stated(attempt.on) for one in postings] or None,
        key=key,
        prev=case.head,
    )
    event.hash = chain.link(event.prev, chain.body_of(event))
    _move(attempt, event)
    rows.write(event, case)
    rows.write_materials(event, files.stored)
    return event


def _move(attempt: Attempt, event: Event) -> None:
    """Brings the case to where its event leaves it, and its clocks with it."""
    case, step = attempt.case, attempt.step
    if step.halts and case.halted_on is None:
        case.halted_on = event.on
    elif step.resumes:
        case.halted_on = None
    last = limits.Moved(event.step_name, event.from_state, event.to_state, event.on, event.data)
    halted = case.halted_on is not None
    first = limits.earliest(case.procedure, last, lambda: [*attempt.past, last], halted=halted)
    due, due_step = first if first else (None, None)
    case.state, case.seq, case.head, case.moved_on = event.to_state, event.seq, event.hash, event.on
    case.due_on, case.due_provisional = (due.on, due.provisional) if due else (None, False)
    case.due_step = due_step.name if due_step else ""
    final = case.procedure.states[case.state].final
    case.closed_on = (case.closed_on or event.on) if final else None  # a record made afterwards closes nothing anew


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
    found, past = [], limits.history(case)
    for step in case.procedure.steps_from(case.state):
        if step.posts or APPLICANT in step.by:
            found.append(_option(Attempt(case, step, by, clock.today(), {}, _papers(past, ()), past=past)))
    return sorted(found, key=lambda option: (not option.possible, option.step.aside, not option.mine))


def _option(attempt: Attempt) -> Option:
    quality, reasons = _who(attempt)
    mine = quality is not None
    decision = _guards(attempt)
    return Option(attempt.step, mine, (*reasons, *_paused(attempt), *_against(decision)), decision)
