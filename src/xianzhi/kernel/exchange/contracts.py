"""What is exchanged: kinds of messages with their fields, declared by the apps, for both sides to read on one page."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from xianzhi.kernel import clock
from xianzhi.kernel.exchange.signing import moment
from xianzhi.kernel.models import Account, Case, Event, Partner
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.fields import BadField, Field


class Waits(Exception):
    """A message cannot be applied yet: what it is about is not known here, or has not come so far."""

    def __init__(self, why: str, *, unknown: bool = False) -> None:
        """unknown: there is no such order here, so the sender hears 404; otherwise the message is early (202)."""
        self.why, self.unknown = why, unknown
        super().__init__(why)


class Differs(Exception):
    """A message says something else than what is recorded here under the same version: somebody has to choose."""

    def __init__(self, why: str, differs: Sequence[Mapping[str, str]], case: Case | None = None) -> None:
        """differs: [{zh, ours, theirs}]."""
        self.why, self.differs, self.case = why, list(differs), case
        super().__init__(why)


class Outdated(Exception):
    """A message was overtaken by a newer fact: kept, and not applied."""


class NotTaken(Exception):
    """A message is refused for good, with every reason."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = reasons
        super().__init__("；".join(reasons))


@dataclass(frozen=True, slots=True)
class Message:
    """What a handler is given: a message whose signature and form are right."""

    partner: Partner
    kind: str
    key: str
    version: int
    data: Mapping[str, Any]
    """The declared fields, in their own types; what is optional and missing is None."""
    by: Account
    """The partner's account: takes steps as the posts of its unit."""
    on: date
    """The day on which it is applied."""
    at: datetime
    """When the sender says that what it tells of happened."""
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What a handler did: the event that it made, or only the words of what was found to be so already."""

    event: Event | None = None
    words: str = ""
    case: Case | None = None


Handler = Callable[[Message], Done]
Chosen = Callable[[Message, Account, str], Done]


@dataclass(frozen=True, slots=True)
class Contract:
    """One kind of message. `incoming` ones have a handler."""

    kind: str
    """`power.scheme`: the app, then what it is about; the second half stands in the body as `event`."""
    zh: str
    cites: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    """The fields that make the business key, beside kind and version."""
    answers: tuple[str, ...]
    """Functions of the units that answer for it here: they see what waits."""
    example: Mapping[str, Any]
    posts: tuple[str, ...] = ()
    """As which posts the partner's account acts."""
    help: str = ""
    handler: Handler | None = field(default=None, compare=False)
    chosen: Chosen | None = field(default=None, compare=False)
    """Takes a message over what is recorded, once somebody chose it: by whom, and why."""

    @property
    def incoming(self) -> bool:
        return self.handler is not None

    @property
    def event(self) -> str:
        return self.kind.partition(".")[2]

    def example_text(self) -> str:
        return json.dumps(self.example, ensure_ascii=False, indent=1)

    def key_of(self, data: Mapping[str, Any]) -> str:
        return ":".join(str(data[name]) for name in self.key)

    def cleaned(self, body: Any) -> tuple[dict[str, Any], datetime, int]:
        """The fields in their own types, the time and the version. Raises NotTaken with every fault."""
        if not isinstance(body, Mapping):
            raise NotTaken("正文应是一个 JSON 对象")
        faults, found = [], {}
        if body.get("event") != self.event:
            faults.append(f"event 应为 {self.event}")
        try:
            at = moment(str(body.get("at") or ""))
        except ValueError:
            at = clock.now()
            faults.append("at 应为带时区的时间，写作 2025-03-12T16:20:00+08:00")
        version = body.get("version", 1)
        if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= _MOST_VERSIONS:
            faults.append(f"version 应为 1 至 {_MOST_VERSIONS} 的整数")
        for one in self.fields:
            try:
                found[one.name] = one.clean(body.get(one.name))
            except BadField as error:
                faults.append(f"{one.name}：{error}")
        known = {one.name for one in self.fields} | _ENVELOPE
        faults += [f"没有约定 {name} 这一项，请去掉" for name in sorted(set(body) - known)]
        if faults:
            raise NotTaken(*faults)
        return found, at, version


_ENVELOPE = {"event", "at", "version"}
_MOST_VERSIONS = 9999

incoming: dict[str, Contract] = {}
outgoing: dict[str, Contract] = {}


def receives(
    kind: str,
    *,
    zh: str,
    cites: str,
    fields: Sequence[Field],
    key: Sequence[str],
    posts: Sequence[str],
    answers: Sequence[str],
    example: Mapping[str, Any],
    help: str = "",
    chosen: Chosen | None = None,
) -> Callable[[Handler], Handler]:
    """Marks the function that applies a kind of incoming message. It takes steps by `message.by`, and raises Waits,
    Differs, Outdated, NotTaken or the door's Refused where the message is not applied."""

    def mark(handler: Handler) -> Handler:
        made = Contract(
            kind, zh, cites, tuple(fields), tuple(key), tuple(answers), example, tuple(posts), help, handler,
            chosen,
        )  # fmt: skip
        _add(incoming, made, handler)
        return handler

    return mark


def sends(
    kind: str, *, zh: str, cites: str, fields: Sequence[Field], key: Sequence[str], answers: Sequence[str],
    example: Mapping[str, Any], help: str = "",
) -> Contract:  # fmt: skip
    """Declares a kind of outgoing message."""
    made = Contract(kind, zh, cites, tuple(fields), tuple(key), tuple(answers), example, help=help)
    return _add(outgoing, made, made)


def _add(store: dict[str, Contract], made: Contract, whose: Any) -> Contract:
    before = store.setdefault(made.kind, made)
    if before is not made and before.handler is not made.handler:
        raise LawError(Finding(f"消息 {made.kind} 已有约定", getattr(whose, "__module__", ""), "每种消息只约定一次"))
    try:
        made.cleaned(made.example)
    except NotTaken as fault:
        raise LawError(Finding(f"消息 {made.kind} 的例子不合约定：{fault}", "", "改正例子或字段")) from None
    return made


def all_kinds() -> Iterator[Contract]:
    """Every contract, what comes in first."""
    yield from incoming.values()
    yield from outgoing.values()


def contract_of(kind: str) -> Contract | None:
    return incoming.get(kind) or outgoing.get(kind)
