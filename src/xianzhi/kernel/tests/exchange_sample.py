"""A toy order and the messages about it, and a partner with keys, for the tests of the exchange.

An order is known once `known` holds its number; a message sets its newest fact. Nothing here is a case: what the door
does with a step is tested with the services.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.test import Client

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import contracts, keys, partners, signing
from xianzhi.kernel.exchange.contracts import Differs, Done, Message, NotTaken, Outdated, Waits
from xianzhi.kernel.exchange.inbox import Reply, receive
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Account, Partner, Unit, UnitFunction
from xianzhi.law.fields import text, whole

KIND, OPENED, TOLD = "toy.scheme", "toy.opened", "toy.order"
SCHEME = {"order": "示例1号", "event": "scheme", "version": 1, "at": "2025-03-12T16:20:00+08:00", "length": 820}
NUMBER = "示例1号"


@dataclass
class World:
    """What the toy's handlers know and did."""

    known: set[str] = field(default_factory=set)
    opened: set[str] = field(default_factory=set)
    facts: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Of each order: the version and the length in force."""
    typed: dict[tuple[str, int], int] = field(default_factory=dict)
    """Lengths that an officer typed, by order and version."""
    applied: int = 0

    def scheme(self, message: Message) -> Done:
        order, length = message.data["order"], message.data["length"]
        if order not in self.known:
            raise Waits(f"没有{order}", unknown=True)
        if order not in self.opened:
            raise Waits(f"{order}还没有开工")
        if length == 0:
            raise NotTaken("长度应大于零")
        version, _length = self.facts.get(order, (0, 0))
        if version > message.version:
            raise Outdated("已有新版")
        typed = self.typed.get((order, message.version))
        if typed is not None and typed != length:
            raise Differs("录入的与来文不同", [{"zh": "长度", "ours": str(typed), "theirs": str(length)}])
        self.facts[order] = (message.version, length)
        self.applied += 1
        return Done(words="已录")

    def open(self, message: Message) -> Done:
        if message.data["order"] not in self.known:
            raise Waits("没有这张单", unknown=True)
        self.opened.add(message.data["order"])
        return Done()


@contextmanager
def declared() -> Iterator[World]:
    """The toy's contracts, declared for the length of a test."""
    kept = dict(contracts.incoming), dict(contracts.outgoing)
    world = World()
    common = {"cites": "house-6-1", "answers": ("approval",), "key": ("order",)}
    contracts.receives(
        KIND, zh="示例方案", fields=(text("order", "单号"), whole("length", "长度", "米")), posts=("grid.sample",),
        example=SCHEME, **common,
    )(world.scheme)  # fmt: skip
    contracts.receives(
        OPENED, zh="示例开工", fields=(text("order", "单号"),), posts=("grid.sample",),
        example={"order": NUMBER, "event": "opened", "version": 1, "at": "2025-03-12T16:20:00+08:00"}, **common,
    )(world.open)  # fmt: skip
    contracts.sends(
        TOLD, zh="示例工单", fields=(text("order", "单号"),),
        example={"order": NUMBER, "event": "order", "version": 1, "at": "2025-03-12T16:20:00+08:00"}, **common,
    )  # fmt: skip
    try:
        yield world
    finally:
        for store, before in zip((contracts.incoming, contracts.outgoing), kept, strict=True):
            store.clear()
            store.update(before)


@dataclass(frozen=True)
class Other:
    """The other side: its record here, and the keys that only it has."""

    partner: Partner
    keys: keys.KeyPair

    def envelope(self, kind: str, number: str = "m-1", sent: datetime | str | None = None, **changed: str) -> Envelope:
        sent = sent or clock.now()
        said = sent if isinstance(sent, str) else sent.isoformat(timespec="seconds")
        given = {"sender": self.partner.name, "receiver": county().code, "kind": kind, "number": number} | changed
        return Envelope(**given, sent_at=said)

    def give(
        self, body: dict[str, Any] | bytes, kind: str = KIND, *, way: str = "http", signed_by: Any = None, **stated: Any
    ) -> Reply:
        """Hands a message in beneath HTTP."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        envelope = self.envelope(kind, **stated)
        signature = signing.sign(signed_by or self.keys, envelope.statement(raw))
        return receive(Partner.objects.get(pk=self.partner.pk), envelope, raw, signature, way=way)

    def post(self, client: Client, body: dict[str, Any] | bytes, kind: str = KIND, **headers: str) -> Any:
        """Posts a message to the address that partners use."""
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        stated = self.envelope(kind)
        sent = {
            "Exchange-Sender": stated.sender, "Exchange-Kind": kind, "Exchange-Number": stated.number,
            "Exchange-Sent": stated.sent_at, "Exchange-Signature": signing.sign(self.keys, stated.statement(raw)),
        }  # fmt: skip
        given = {name: value for name, value in (sent | headers).items() if value}
        return client.post(
            f"/exchange/{self.partner.name}", raw, content_type="application/json", headers=given
        )  # fmt: skip

    def receipt(self, body: bytes, kind: str, result: str = "applied", **changed: Any) -> bytes:
        """A receipt for a message of ours, signed by the other side."""
        said = {"kind": kind, "key": "", "version": 1, "digest": signing.digest(body), "result": result, "reasons": []}
        text_ = signing.canonical_body(said | changed)
        return signing.with_signature(text_, signing.sign(self.keys, signing.receipt_statement(text_))).encode()


def grid() -> Unit:
    unit, fresh = Unit.objects.get_or_create(
        code="toy-grid", defaults={"division": county().code, "name": "示例供电公司", "short": "示例供电",
                                   "kind": "company"},
    )  # fmt: skip
    if fresh:
        UnitFunction.objects.create(unit=unit, function="grid", since="2024-01-01")
    return unit


def connect(name: str = "toy", **terms: Any) -> Other:
    """A partner of the toy's unit that sends and takes all kinds."""
    pair = keys.generate()
    given = {"sends": [TOLD], "takes": [KIND, OPENED], "public_key": pair.public.hex()} | terms
    return Other(partners.settle(name, grid(), **given), pair)


def everything(partner: Partner) -> list[tuple[Any, ...]]:
    """The inbox of a partner, as far as it matters what came of it."""
    return sorted(partner.inbound.values_list("kind", "key", "version", "state", "body"))


def somebody(**given: Any) -> Account:
    return Account.objects.create(username="toy-officer", name="示例甲", password="!", **given)
