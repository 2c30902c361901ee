"""Procedures (办理流程): states and steps as declarations, checked when they are loaded.

    class Permit(Procedure):
        '''采砂许可, from application to expiry.'''

        zh = "采砂许可"
        applied, accepted = states("已申请 已受理")
        ended = final("已终止")

        apply = Step("申请", START >> applied, by=APPLICANT, event="river_sand.permit.applied", cites="sand-11-1")
        accept = Step("受理", applied >> accepted, by="approval.reception", within="sand.accept.limit", ...)

A step goes from any of its source states to one target: `a | b | c >> d`; `a >> SAME` records a fact without moving.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, overload

from xianzhi.law.decision import Decision
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.fields import DAY, Field
from xianzhi.law.parameters import Parameters
from xianzhi.law.timing import Count

APPLICANT = "applicant"
"""The subject served, through an account of its own."""
CLOCK = "clock"
"""The system itself, when a day has come."""
PUBLIC = "public"
"""Anyone, without an account."""
NOT_POSTS = (APPLICANT, CLOCK, PUBLIC)

Rule = Callable[[Any, Parameters], Decision]
"""A pure function over frozen facts and the parameters. Its first annotation names the facts that it needs."""


class State:
    """Where a case can stand."""

    def __init__(self, zh: str, *, final: bool = False) -> None:
        self.zh = zh
        self.final = final
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = self.name or name

    def __rshift__(self, target: State) -> Move:
        return Move((self,), target)

    @overload
    def __or__(self, rest: Move) -> Move: ...
    @overload
    def __or__(self, rest: State) -> Several: ...
    def __or__(self, rest: Move | State) -> Move | Several:
        return Several((self,)) | rest

    def __repr__(self) -> str:
        return f"State({self.name or self.zh})"


@dataclass(frozen=True, slots=True)
class Several:
    """Some states on the way to a move: in `a | b | c >> d` Python joins a and b before it sees the target."""

    states: tuple[State, ...]

    @overload
    def __or__(self, rest: Move) -> Move: ...
    @overload
    def __or__(self, rest: State) -> Several: ...
    def __or__(self, rest: Move | State) -> Move | Several:
        if isinstance(rest, Move):
            return Move((*self.states, *rest.sources), rest.target)
        return Several((*self.states, rest))

    def __rshift__(self, target: State) -> Move:
        return Move(self.states, target)


START = State("未开始")
START.name = "start"
SAME = State("不变")
SAME.name = "same"


def states(words: str) -> tuple[State, ...]:
    """States from their Chinese names, separated by spaces, in the order in which they are unpacked."""
    return tuple(State(word) for word in words.split())


def final(words: str) -> Any:
    """As `states`, for states that end a case. One word gives one state, several a tuple."""
    made = tuple(State(word, final=True) for word in words.split())
    return made if len(made) > 1 else made[0]


@dataclass(frozen=True, slots=True)
class Move:
    """From any of some states to one; a target SAME leaves the case where it is."""

    sources: tuple[State, ...]
    target: State


@dataclass(frozen=True, slots=True)
class Paper:
    """A material that a step needs: a kind of document, which an uploaded file then fulfils."""

    name: str
    zh: str
    cites: str = ""
    required: bool = True


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit for taking a step. It runs from the day on which the case came into a source state of the step,
    or from the date that an earlier step recorded: `since="accept.end_on"`."""

    parameter: str
    since: str = ""
    rolls: bool = True


@dataclass(slots=True, kw_only=True)
class _StepFields:
    by: str | tuple[str, ...] = ()  # a step without these three is refused when it is loaded, with a remedy
    event: str = ""
    cites: str | tuple[str, ...] = ()
    needs: tuple[Paper, ...] = ()
    asks: tuple[Field, ...] = ()
    guard: Rule | tuple[Rule, ...] = ()
    within: str | Limit | None = None
    not_by: str | tuple[str, ...] = ()
    when: Rule | None = None
    halts: bool = False
    resumes: bool = False
    grave: bool = False
    aside: bool = False
    help: str = ""
    issues: str | tuple[str, ...] = ()
    revokes: str | tuple[str, ...] = ()


def _several(words: str | tuple[str, ...]) -> tuple[str, ...]:
    """One word or several as a tuple; an empty word is none."""
    return (words,) if words and isinstance(words, str) else tuple(words)


class Step:
    """One act in a procedure.

    zh: its verb. move: from which states to which. by: `function.post`, APPLICANT, CLOCK or PUBLIC, or several of them.
    event: dotted and past. cites: provision ids. needs: materials. asks: fields. guard: rules that must allow it.
    within: the time limit for taking it. not_by: steps whose taker may not take this one (four eyes).
    when: for CLOCK, the rule that says the day has come. halts, resumes: stop and restart every clock of the case.
    grave: hard to undo, so the page asks once more. aside: possible, but nobody waits for it (to withdraw, to pause),
    so it brings a case into nobody's work. help: one sentence under the button. issues: kinds of official documents
    that it issues. revokes: kinds of which those that the case holds are of no force afterwards.
    """

    def __init__(self, zh: str, move: Move, **rest: Any) -> None:
        fields = _StepFields(**rest)
        self.zh, self.move, self.name = zh, move, ""
        self.by, self.cites, self.not_by = _several(fields.by), _several(fields.cites), _several(fields.not_by)
        self.guards: tuple[Rule, ...] = fields.guard if isinstance(fields.guard, tuple) else (fields.guard,)
        self.within = Limit(fields.within) if isinstance(fields.within, str) else fields.within
        self.event, self.needs, self.asks = fields.event, fields.needs, fields.asks
        self.when, self.halts, self.resumes = fields.when, fields.halts, fields.resumes
        self.grave, self.aside, self.help = fields.grave, fields.aside, fields.help
        self.issues, self.revokes = _several(fields.issues), _several(fields.revokes)
        self.source_names = frozenset(state.name for state in move.sources)
        self.origin = self
        """The step as first declared; a procedure that inherits a step has a copy of its own."""
        self.procedure: type[Procedure]

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @property
    def limit(self) -> Limit:
        """The time limit, for a step that has one."""
        assert self.within is not None, f"{self!r} has no time limit"
        return self.within

    def waits_for(self, taker: str) -> bool:
        """Whether the step is work of a taker: what an applicant may do himself waits for him, not for the clerk who
        may do it in his name."""
        return taker in self.by and not self.aside and (taker == APPLICANT or APPLICANT not in self.by)

    def inherited(self) -> Step:
        """A copy for another procedure, with the same origin."""
        return copy.copy(self)

    @property
    def sources(self) -> tuple[State, ...]:
        return self.move.sources

    @property
    def stays(self) -> bool:
        return self.move.target is SAME

    @property
    def starts(self) -> bool:
        return self.move.sources == (START,)

    def target_from(self, state: str) -> str:
        """The state after the step, taken in the given one."""
        return state if self.stays else self.move.target.name

    @property
    def posts(self) -> tuple[str, ...]:
        """The posts (`function.post`) that may take it, without applicant, clock and public."""
        return tuple(post for post in self.by if post not in NOT_POSTS)

    def __repr__(self) -> str:
        return f"Step({self.procedure.name}.{self.name})" if hasattr(self, "procedure") else f"Step({self.zh})"


@dataclass(frozen=True, slots=True)
class Stage:
    """A stretch of a procedure as the person served sees it; at most seven to a journey."""

    zh: str
    states: tuple[State, ...]


def stage(zh: str, *inside: State) -> Stage:
    return Stage(zh, inside)


class Procedure:
    """Base of all procedures. A subclass is read, named after its class, and checked for its own soundness at once;
    what it refers to (provisions, parameters, posts) is checked by `references` when everything is loaded."""

    zh: ClassVar[str]
    app: ClassVar[str] = ""
    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    numbered: ClassVar[str] = ""
    """How its cases are numbered: 绛电接〔{year}〕{serial:04d}. Empty: the kernel's plain form."""
    journey: ClassVar[tuple[Stage, ...]] = ()
    readers: ClassVar[tuple[str, ...]] = ()
    """Functions that see its cases without taking a step of it."""
    opens: ClassVar[tuple[str, ...]] = ()
    """Functions or posts that need the unmasked personal data of its cases, and may open them with a reason."""
    states: ClassVar[Mapping[str, State]]
    steps: ClassVar[Mapping[str, Step]]

    def __init_subclass__(cls, *, abstract: bool = False) -> None:
        """`abstract=True` declares states and steps for others to inherit; it is no procedure itself."""
        if abstract:
            return
        cls.app = cls.__module__.split(".apps.")[-1].split(".")[0] if ".apps." in cls.__module__ else cls.app
        own = "".join(f"_{c.lower()}" if c.isupper() else c for c in cls.__name__).lstrip("_")
        cls.name = f"{cls.app}.{own}" if cls.app else own
        members = _members(cls)
        cls.states = {name: state for name, state in members.items() if isinstance(state, State)}
        cls.steps = {name: step for name, step in members.items() if isinstance(step, Step)}
        for name, step in cls.steps.items():
            if name not in vars(cls):
                step = cls.steps[name] = step.inherited()
                setattr(cls, name, step)
            step.procedure = cls
            step.source_names = frozenset(state.name for state in step.sources)
        findings = [Finding(what, f"办理流程 {cls.name}", remedy) for what, remedy in _faults(cls)]
        if findings:
            raise LawError(findings)

    @classmethod
    def steps_from(cls, state: str) -> tuple[Step, ...]:
        """The steps that can be taken in a state, in the order of declaration."""
        return tuple(step for step in cls.steps.values() if state in step.source_names)

    @classmethod
    def posts(cls) -> frozenset[str]:
        """Every post that takes some step of it."""
        return frozenset(post for step in cls.steps.values() for post in step.posts)

    @classmethod
    def functions(cls) -> frozenset[str]:
        """The functions of the units that take part in it or read it."""
        return frozenset(post.split(".")[0] for post in cls.posts()) | frozenset(cls.readers)

    @classmethod
    def stage_of(cls, state: str) -> int:
        """The index in `journey` of the stage that a state belongs to; -1 where no stage holds it."""
        for index, part in enumerate(cls.journey):
            if any(inside.name == state for inside in part.states):
                return index
        return -1


def _members(procedure: type[Procedure]) -> dict[str, Any]:
    """What a procedure declares, after what it inherits, in the order of declaration."""
    found: dict[str, Any] = {}
    for base in reversed(procedure.__mro__):
        if issubclass(base, Procedure) and base is not Procedure:
            found |= vars(base)
    return found


def _faults(procedure: type[Procedure]) -> Iterator[tuple[str, str]]:
    """(what, remedy) for everything unsound in the declaration itself."""
    if not getattr(procedure, "zh", ""):
        yield "没有中文名 zh", "写 zh = “…”"
    steps, named = procedure.steps, procedure.states
    if not any(step.starts for step in steps.values()):
        yield "没有起始步骤", "至少一个步骤从 START 开始"
    for step in steps.values():
        yield from _step_faults(procedure, step)
    reached = _reached(procedure)
    for name, state in named.items():
        if name not in reached:
            yield f"状态“{state.zh}”（{name}）到不了", "加一个通到它的步骤，或删去"
        leaves = [step for step in procedure.steps_from(name) if step.target_from(name) != name]
        if not leaves and not state.final:
            yield f"状态“{state.zh}”（{name}）没有出路", "加一个离开它的步骤，或用 final() 声明为终态"
        if leaves and state.final:
            yield f"终态“{state.zh}”（{name}）还有步骤离开", "删去该步骤，或改用 states() 声明"
    events = [step.event for step in steps.values()]
    for event in sorted({event for event in events if events.count(event) > 1}):
        yield f"事件 {event} 被两个步骤使用", "每个步骤一个事件名"
    for name in sorted({*named, *steps} & set(vars(Procedure))):
        yield f"名字 {name} 是流程自身的属性", "换一个名字"
    for part in procedure.journey:
        for state in part.states:
            if named.get(state.name) is not state:
                yield f"journey 的“{part.zh}”用了别处的状态“{state.zh}”", "只用本流程声明的状态"
    if len(procedure.journey) > 7:  # the limit of the interface, not of a document
        yield "journey 多于七段", "合并相邻的段"


def _step_faults(procedure: type[Procedure], step: Step) -> Iterator[tuple[str, str]]:
    where = f"步骤“{step.zh}”（{step.name}）"
    for state in (*step.sources, step.move.target):
        if state not in (START, SAME) and procedure.states.get(state.name) is not state:
            yield f"{where}用了别处的状态“{state.zh}”", "只用本流程声明的状态"
    if SAME in step.sources or step.move.target is START:
        yield f"{where}把 START 当去向或把 SAME 当起点", "START 只作起点，SAME 只作去向"
    if START in step.sources and not step.starts:
        yield f"{where}既从 START 又从别的状态出发", "分成两个步骤"
    if step.stays and step.starts:
        yield f"{where}从 START 出发却不到任何状态", "给出目标状态"
    if not step.by or not all(step.by):
        yield f"{where}没有办理岗位", "写 by=“职能.岗位”"
    for post in step.posts:
        if post.count(".") != 1:
            yield f"{where}的岗位 {post} 写法有误", "写作“职能.岗位”，如 approval.reception"
    if not step.cites or not all(step.cites):
        yield f"{where}没有依据", "写 cites=“条款编号”"
    if not step.event or step.event.count(".") < 2:  # app, noun, past verb
        yield f"{where}没有事件名", "写作 app.noun.past，如 power_access.order.dispatched"
    if (CLOCK in step.by) != (step.when is not None):
        yield f"{where}由时钟办理而没有 when，或有 when 而不由时钟办理", "两者须同时出现"
    for other in step.not_by:
        if other not in procedure.steps:
            yield f"{where}的 not_by 指向不存在的步骤 {other}", "改为本流程的步骤名"
    if step.within and step.within.since:
        source, _, asked = step.within.since.partition(".")
        found = procedure.steps.get(source)
        if found is None or asked not in {one.name for one in found.asks if one.kind == DAY}:
            yield f"{where}的时限起算点 {step.within.since} 不存在", "写作“步骤名.日期字段名”"


def _reached(procedure: type[Procedure]) -> set[str]:
    reached: set[str] = {START.name}
    grown = True
    while grown:
        grown = False
        for step in procedure.steps.values():
            if step.stays or step.move.target.name in reached:
                continue
            if step.source_names & reached:
                reached.add(step.move.target.name)
                grown = True
    return reached


def references(
    procedure: type[Procedure], *, provisions: Mapping[str, object], parameters: Parameters, functions: frozenset[str]
) -> Iterator[Finding]:
    """What a procedure refers to that does not exist: citations, parameters, functions of units."""
    for step in procedure.steps.values():
        where = f"办理流程 {procedure.name} 步骤 {step.name}"
        for cited in (*step.cites, *(paper.cites for paper in step.needs if paper.cites)):
            if cited not in provisions:
                yield Finding(f"依据 {cited} 不在任何登记簿中", where, "改正编号，或在 provisions.yaml 中登记")
        limit = step.within.parameter if step.within else ""
        if limit and limit not in parameters:
            yield Finding(f"时限参数 {limit} 没有登记", where, "在 parameters.yaml 中登记")
        elif limit and parameters[limit].unit not in set(Count):
            what = f"时限参数 {limit} 的单位 {parameters[limit].unit} 不是时间"
            yield Finding(what, where, f"可用：{'、'.join(Count)}")
    for function in sorted(procedure.functions() - functions):
        where = f"办理流程 {procedure.name}"
        yield Finding(f"职能 {function} 没有单位承担", where, "在县包 units.yaml 中给单位这项职能")
