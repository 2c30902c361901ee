"""Messages that go out: written with their event, delivered to a system that misbehaves, never forgotten."""

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction

from xianzhi.kernel import clock
from xianzhi.kernel.exchange import delivery, keys, outbox, partners, signing
from xianzhi.kernel.exchange.contracts import NotTaken
from xianzhi.kernel.exchange.outbox import NotSent
from xianzhi.kernel.models import ExchangeEntry, Outbound, Partner
from xianzhi.kernel.tests import exchange_sample as toy
from xianzhi.kernel.tests.exchange_sample import NUMBER, TOLD, Other, World

DAY = date(2025, 4, 16)
Behaviour = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    """The outside system: does what its server's `behave` says with each message."""

    protocol_version = "HTTP/1.0"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.heard.append((dict(self.headers), body))
        self.server.behave(self, body)

    def say(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None: ...


class System(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.behave: Behaviour = lambda handler, body: handler.say(500, b"")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/in"

    def handle_error(self, *args: Any) -> None: ...


@contextmanager
def running() -> Iterator[System]:
    system = System()
    thread = threading.Thread(target=system.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield system
    finally:
        system.shutdown()
        system.server_close()
        thread.join(5)


@pytest.fixture
def system() -> Iterator[System]:
    with running() as made:
        yield made


@pytest.fixture(autouse=True)
def world() -> Iterator[World]:
    with toy.declared() as made:
        yield made


@pytest.fixture
def other(db: None, system: System) -> Other:
    return toy.connect(transport="http", address=system.address, inside=True)


def written(key: str = NUMBER, version: int = 1) -> Outbound:
    with transaction.atomic():
        (message,) = outbox.send(None, "grid", TOLD, {"order": key}, version=version)
    return message


def now(message: Outbound) -> Outbound:
    return Outbound.objects.get(pk=message.pk)


# ---- writing


def test_a_message_is_canonical_signed_for_one_receiver_and_waits(other: Other) -> None:
    with clock.at(DAY):
        message = now(written())
    assert message.body == '{"at":"2025-04-16T09:00:00+08:00","event":"order","order":"示例1号","version":1}'
    assert (message.state, message.attempts, message.key) == ("waiting", 0, NUMBER)
    statement = outbox.envelope(message).statement(message.body.encode())
    assert signing.verified(keys.own().public.hex(), statement, message.signature)
    assert not signing.verified(keys.own().public.hex(), statement + b" ", message.signature)


@pytest.mark.proves("house-6-1")
def test_a_message_stands_or_falls_with_its_transaction(other: Other) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.send(None, "grid", TOLD, {"order": NUMBER})
        1 / 0  # noqa: B018 - the step breaks off
    assert not Outbound.objects.exists()


def test_a_message_written_twice_is_one_and_another_body_needs_another_version(other: Other) -> None:
    with clock.at(DAY):
        assert written().pk == written().pk
    with clock.at(DAY + timedelta(days=1)), pytest.raises(NotSent, match="另编版号"):
        written()
    assert Outbound.objects.count() == 1


def test_nothing_is_written_where_nobody_is_connected_or_the_kind_is_not_agreed(db: None) -> None:
    with transaction.atomic():
        assert outbox.send(None, "grid", TOLD, {"order": NUMBER}) == []
        toy.connect(sends=[])
        assert outbox.send(None, "grid", TOLD, {"order": NUMBER}) == []
        with pytest.raises(NotTaken, match="单号没有填"):
            outbox.send(None, "grid", TOLD, {})
        with pytest.raises(KeyError):
            outbox.send(None, "grid", "toy.unheard", {})


def test_the_content_of_a_message_is_never_changed_or_deleted(other: Other) -> None:
    message = written()
    with pytest.raises(DatabaseError), transaction.atomic():
        Outbound.objects.update(body="{}")
    with pytest.raises(DatabaseError), transaction.atomic():
        message.delete()


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        ({"public_key": "00" * 64}, "公钥"),
        ({"public_key": "xyz"}, "公钥"),
        ({"sends": ["toy.unheard"]}, "没有消息种类 toy.unheard"),
        ({"takes": [TOLD]}, "没有消息种类"),
        ({"transport": "http"}, "地址"),
        ({"transport": "http", "address": "http://10.0.0.1/"}, "https"),
        ({"transport": "http", "address": "https://10.0.0.1/"}, "内部地址"),
        ({"transport": "http", "address": "file:///etc/passwd", "inside": True}, "https"),
    ],
)
def test_terms_that_cannot_be(db: None, terms: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        toy.connect(**terms)
    assert not Partner.objects.exists()


def test_nobody_signs_in_as_a_partner_and_a_key_is_one_partners(other: Other) -> None:
    assert not other.partner.account.has_usable_password()
    with pytest.raises(ValidationError, match="这把公钥已用于toy"):
        toy.connect("second", public_key=other.partner.public_key)
    assert "private" not in repr(other.keys)
    assert other.keys.private.hex() not in repr(other.keys)


# ---- delivering


@pytest.mark.proves("house-6-1")
def test_a_signed_receipt_ends_the_waiting(other: Other, system: System) -> None:
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD))
    message = written()
    assert delivery.deliver() == 1
    headers, body = system.heard[0]
    assert (headers["Exchange-Kind"], body.decode()) == (TOLD, message.body)
    kept = now(message)
    assert (kept.state, kept.attempts, kept.fault) == ("answered", 1, "")
    assert kept.answered_at and json.loads(kept.answer)["result"] == "applied"
    assert delivery.deliver() == 0
    assert len(system.heard) == 1


def _wrong_key(other: Other) -> Behaviour:
    stranger = Other(other.partner, keys.generate())
    return lambda handler, body: handler.say(200, stranger.receipt(body, TOLD))


def _drip(handler: Handler, body: bytes) -> None:
    handler.send_response(200)
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def _reset(handler: Handler, body: bytes) -> None:
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


MISBEHAVIOUR: dict[str, tuple[Callable[[Other], Behaviour], str]] = {
    "500": (lambda other: lambda handler, body: handler.say(500, b"boom"), "对方答复 500，不是回执"),
    "409 of a proxy": (lambda other: lambda handler, body: handler.say(409, b"<html>"), "对方答复 409，不是回执"),
    "garbage": (lambda other: lambda handler, body: handler.say(200, b"\xff\x00{{"), "不是回执"),
    "nothing": (lambda other: lambda handler, body: handler.say(200, b""), "不是回执"),
    "a list": (lambda other: lambda handler, body: handler.say(200, b"[1]"), "不是回执"),
    "deep": (lambda other: lambda handler, body: handler.say(200, b"[" * 60_000), "不是回执"),
    "no receipt": (lambda other: lambda handler, body: handler.say(200, b'{"ok": true}'), "不是回执"),
    "unsigned": (
        lambda other: lambda handler, body: handler.say(200, b'{"receipt": {"digest": "0"}, "signature": ""}'),
        "不是回执",
    ),
    "signed by another": (_wrong_key, "回执的签名不对"),
    "of another message": (
        lambda other: lambda handler, body: handler.say(200, other.receipt(b"another", TOLD)), "不是这条消息",
    ),
    "a result unheard of": (
        lambda other: lambda handler, body: handler.say(200, other.receipt(body, TOLD, "fine")), "不是这条消息",
    ),
    "huge": (lambda other: lambda handler, body: handler.say(200, b"x" * 200_000), "内容太长"),
    "slow drip": (lambda other: _drip, "不是回执"),
    "late": (lambda other: lambda handler, body: time.sleep(2), "没有完整答复"),
    "reset": (lambda other: _reset, "没有完整答复"),
    "redirect": (
        lambda other: lambda handler, body: handler.say(302, b"", Location="http://127.0.0.1:9/"), "对方答复 302",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", MISBEHAVIOUR)
def test_whatever_is_no_receipt_leaves_the_message_waiting_with_the_reason(
    other: Other, system: System, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave, said = MISBEHAVIOUR[how]
    system.behave = behave(other)
    _timeout(monkeypatch, 1)
    message = written()
    assert delivery.deliver() == 0
    kept = now(message)
    assert (kept.state, kept.attempts, kept.answer) == ("waiting", 1, "")
    assert said in kept.fault
    assert len(system.heard) == 1, "a redirect is not followed"
    assert ExchangeEntry.objects.filter(outbound=message, what="failed").count() == 1
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD))
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert delivery.deliver() == 1
    assert now(message).state == "answered"


def _timeout(monkeypatch: pytest.MonkeyPatch, seconds: int) -> None:
    known = delivery._number
    monkeypatch.setattr(delivery, "_number", lambda name: seconds if name == delivery.TIMEOUT else known(name))


@pytest.mark.parametrize(
    ("result", "state", "means"),
    [
        ("kept", "answered", "DONE"),
        ("waiting", "waiting", "AGAIN"),
        ("conflict", "dead", "STOP"),
        ("refused", "dead", "STOP"),
    ],
)
def test_what_a_receipt_says_is_done(other: Other, system: System, result: str, state: str, means: str) -> None:
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD, result, reasons=["示例原因"]))
    message = written()
    delivery.deliver()
    kept = now(message)
    assert kept.state == state
    assert kept.fault == ("" if means == "DONE" else "示例原因")
    assert Outbound.objects.filter(outbox.red()).exists() is (means == "STOP")


@pytest.mark.proves("house-6-2")
def test_a_message_is_tried_after_1_5_and_30_minutes_then_every_hour_and_red_after_a_day(
    other: Other, system: System
) -> None:
    with clock.at(DAY):
        began = clock.now()
        message = written()
    tried = []
    for minute in range(0, 60 * 25):
        with clock.at(began + timedelta(minutes=minute)):
            if outbox.due(9):
                delivery.deliver()
                tried.append(minute)
            if minute in (0, 60 * 24):
                assert not Outbound.objects.filter(outbox.red()).exists()
    assert tried[:6] == [0, 1, 6, 36, 96, 156]
    assert now(message).attempts == len(tried)
    with clock.at(began + timedelta(hours=24, seconds=1)):
        assert Outbound.objects.filter(outbox.red()).exists()


def test_a_partner_that_cannot_be_reached_holds_nobody_else_up(other: Other, system: System) -> None:
    silent = toy.connect("silent", transport="http", address="http://127.0.0.1:1/", inside=True)
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD))
    with transaction.atomic():
        for serial in range(3):
            outbox.send(None, "grid", TOLD, {"order": f"示例{serial}号"})
    assert delivery.deliver() == 3
    attempts = Outbound.objects.filter(partner=silent.partner).values_list("attempts", flat=True)
    assert sorted(attempts) == [0, 0, 1]


def test_while_a_partner_is_paused_nothing_is_sent_and_then_all(other: Other, system: System) -> None:
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD))
    officer = toy.somebody()
    written()
    partners.pause(other.partner, by=officer, why="对方检修")
    assert delivery.deliver() == 0
    assert not system.heard
    partners.resume(other.partner, by=officer)
    assert delivery.deliver() == 1
    assert list(ExchangeEntry.objects.filter(by=officer).values_list("what", flat=True)) == ["resumed", "paused"]


def test_a_message_that_was_stopped_is_sent_again_when_somebody_says_so(other: Other, system: System) -> None:
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD, "refused"))
    message = written()
    delivery.deliver()
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD))
    assert delivery.deliver() == 0
    outbox.resend(message, by=toy.somebody())
    assert delivery.deliver() == 1
    outbox.resend(message, by=message.partner.account)
    assert now(message).state == "answered"


def test_a_worker_killed_between_sending_and_recording_sends_again_and_the_partner_knows_it(
    other: Other, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.behave = lambda handler, body: handler.say(200, other.receipt(body, TOLD))
    message = written()
    with monkeypatch.context() as killed:
        killed.setattr(outbox, "record_receipt", lambda *args, **more: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            delivery.deliver()
    assert now(message).state == "waiting"
    assert delivery.deliver() == 0, "not before its time"
    with clock.at(clock.now() + timedelta(seconds=61)):
        assert delivery.deliver() == 1
    assert [body for _, body in system.heard] == [message.body.encode()] * 2
    assert len({headers["Exchange-Number"] for headers, _ in system.heard}) == 1


def test_the_clock_asks_the_worker_once(other: Other) -> None:
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415

    assert not delivery.ask_worker()
    written()
    assert delivery.ask_worker()
    assert delivery.ask_worker()
    assert DBTaskResult.objects.count() == 1


def test_two_workers_at_once_send_a_message_once(scratch: Any, system: System) -> None:
    other = toy.connect(transport="http", address=system.address, inside=True)

    def slowly(handler: Handler, body: bytes) -> None:
        time.sleep(0.2)
        handler.say(200, other.receipt(body, TOLD))

    system.behave = slowly
    with transaction.atomic():
        for serial in range(4):
            outbox.send(None, "grid", TOLD, {"order": f"示例{serial}号"})
    together, answered = threading.Barrier(2), []

    def work() -> None:
        together.wait(10)
        answered.append(delivery.deliver())
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert sum(answered) == 4
    assert len({body for _, body in system.heard}) == len(system.heard) == 4


def test_two_systems_that_post_the_same_message_at_once_have_one_effect(scratch: Any, world: World) -> None:
    other = toy.connect()
    world.known.add(NUMBER)
    world.opened.add(NUMBER)
    together, said = threading.Barrier(4), []

    def post() -> None:
        together.wait(10)
        said.append(other.give(toy.SCHEME).status)
        connection.close()

    senders = [threading.Thread(target=post) for _ in range(4)]
    for one in senders:
        one.start()
    for one in senders:
        one.join(60)
    assert said == [200] * 4
    assert world.applied == 1
    assert Partner.objects.get().inbound.get().duplicates == 3
