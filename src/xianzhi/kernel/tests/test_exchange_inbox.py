"""Messages that come in: each once, whatever comes twice, late, in another order, wrongly signed or not at all."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xianzhi.kernel import clock
from xianzhi.kernel.exchange import inbox, keys, signing
from xianzhi.kernel.exchange.inbox import TurnedAway
from xianzhi.kernel.models import Attachment, ExchangeEntry, Inbound, Partner
from xianzhi.kernel.tests import exchange_sample as toy
from xianzhi.kernel.tests.exchange_sample import KIND, NUMBER, OPENED, SCHEME, Other, World


@pytest.fixture
def world() -> Iterator[World]:
    with toy.declared() as made:
        yield made


@pytest.fixture
def other(db: None, world: World) -> Other:
    world.known.add(NUMBER)
    world.opened.add(NUMBER)
    return toy.connect()


def said(reply: Any) -> dict[str, Any]:
    """What an answer says, once its signature is ours."""
    receipt, signature = signing.receipt_from(reply.body.encode())
    assert signing.verified(keys.own().public.hex(), signing.receipt_statement(receipt), signature)
    return json.loads(receipt)


def test_a_message_is_applied_kept_with_its_bytes_and_answered_with_our_signature(other: Other, world: World) -> None:
    raw = json.dumps(SCHEME, ensure_ascii=False, indent=3).encode()
    reply = other.give(raw)
    assert (reply.status, said(reply)["result"], said(reply)["digest"]) == (200, "applied", signing.digest(raw))
    kept = Inbound.objects.get()
    assert (kept.body, kept.key, kept.version, kept.flagged) == (raw.decode(), NUMBER, 1, False)
    assert world.facts == {NUMBER: (1, 820)}


@pytest.mark.proves("house-6-3")
def test_the_same_message_twice_has_one_effect_and_the_same_answer(other: Other, world: World) -> None:
    first, second = other.give(SCHEME), other.give(SCHEME, number="m-2")
    assert (first.status, first.receipt) == (second.status, second.receipt)
    assert world.applied == 1
    assert Inbound.objects.get().duplicates == 1


@pytest.mark.proves("house-6-3", "house-6-4")
def test_another_body_under_the_same_key_is_a_conflict_and_both_stay(other: Other, world: World) -> None:
    other.give(SCHEME)
    reply = other.give({**SCHEME, "length": 900})
    assert (reply.status, said(reply)["result"]) == (409, "conflict")
    assert "两份都已保留" in said(reply)["reasons"][0]
    assert sorted(Inbound.objects.values_list("state", flat=True)) == ["applied", "conflict"]
    assert world.facts == {NUMBER: (1, 820)}
    again = other.give({**SCHEME, "length": 900})
    assert (again.status, again.receipt) == (reply.status, reply.receipt)


@pytest.mark.proves("house-6-3")
def test_an_unknown_order_waits_and_is_applied_once_it_is_there(other: Other, world: World) -> None:
    late = {**SCHEME, "order": "示例2号"}
    reply = other.give(late)
    assert (reply.status, said(reply)["result"]) == (404, "waiting")
    assert inbox.apply_waiting() == 0
    world.known.add("示例2号")
    world.opened.add("示例2号")
    assert inbox.apply_waiting() == 1
    assert world.facts["示例2号"] == (1, 820)
    assert other.give(late).status == 200


def test_what_comes_before_its_turn_waits_with_202(other: Other, world: World) -> None:
    world.opened.clear()
    assert other.give(SCHEME).status == 202
    opened = {name: SCHEME[name] for name in ("order", "version", "at")} | {"event": "opened"}
    assert other.give(opened, OPENED).status == 200
    assert inbox.apply_waiting() == 1
    assert world.facts == {NUMBER: (1, 820)}


def test_an_older_version_is_kept_and_not_applied(other: Other, world: World) -> None:
    other.give({**SCHEME, "version": 2, "length": 900})
    reply = other.give(SCHEME)
    assert (reply.status, said(reply)["result"]) == (200, "kept")
    assert world.facts == {NUMBER: (2, 900)}


def test_a_refused_message_is_kept_and_may_be_corrected_under_its_key(other: Other, world: World) -> None:
    reply = other.give({**SCHEME, "length": 0})
    assert (reply.status, said(reply)["reasons"]) == (422, ["长度应大于零"])
    assert other.give(SCHEME).status == 200
    assert sorted(Inbound.objects.values_list("state", flat=True)) == ["applied", "refused"]


def test_what_differs_from_what_was_typed_is_shown_to_both(other: Other, world: World) -> None:
    world.typed[NUMBER, 1] = 800
    reply = other.give(SCHEME)
    assert reply.status == 409
    assert Inbound.objects.get().differs == [{"zh": "长度", "ours": "800", "theirs": "820"}]


@pytest.mark.proves("house-6-3")
@pytest.mark.parametrize(("off", "flagged"), [(119, False), (121, True), (-121, True), (-28_800, True), (28_800, True)])
def test_a_clock_that_is_off_is_flagged(other: Other, off: int, flagged: bool) -> None:
    with clock.at(date(2025, 3, 13)):
        assert other.give(SCHEME, sent=clock.now() + timedelta(seconds=off)).status == 200
    kept = Inbound.objects.get()
    assert kept.flagged is flagged
    assert kept.skew == off


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({**SCHEME, "at": "2025-03-12T08:20:00"}, "带时区"),
        ({**SCHEME, "at": None}, "带时区"),
        ({**SCHEME, "version": "1"}, "整数"),
        ({**SCHEME, "version": 0}, "整数"),
        ({**SCHEME, "event": "order"}, "event 应为 scheme"),
        ({**SCHEME, "length": "很长"}, "length：长度不是数"),
        ({**SCHEME, "length": True}, "length"),
        ({**SCHEME, "more": 1}, "没有约定 more"),
        ({}, "event"),
        (b"[]", "JSON 对象"),
        (b'"' + b"x" * 99 + b'"', "JSON 对象"),
    ],
)
def test_a_message_not_as_agreed_is_refused_with_every_reason_and_its_bytes_kept(
    other: Other, world: World, body: Any, reason: str
) -> None:
    reply = other.give(body)
    assert (reply.status, said(reply)["result"]) == (422, "refused")
    assert any(reason in one for one in said(reply)["reasons"])
    assert other.give(body).status == 422
    assert Inbound.objects.get().state == "refused"
    assert not world.applied


def test_all_that_is_wrong_is_said_at_once(other: Other) -> None:
    assert len(said(other.give({"order": "", "length": "x"}))["reasons"]) == 4


# ---- refused unread


def turned_away(other: Other, *args: Any, **more: Any) -> TurnedAway:
    with pytest.raises(TurnedAway) as caught:
        other.give(*args, **more)
    return caught.value


@pytest.mark.proves("house-6-3")
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"signed_by": "stranger"}, 401),
        ({"sender": "somebody"}, 401),
        ({"receiver": "140827"}, 401),
        ({"kind": "power.unheard"}, 403),
        ({"sent": "2025-03-12T16:20:00"}, 400),
        ({"sent": "gestern"}, 400),
        ({"sent": "0001-01-01T00:00:00+08:00"}, 400),
        ({"sent": "2020-01-01T00:00:00+08:00"}, 401),
        ({"body": b"\xff\xfe not json"}, 400),
        ({"body": b'{"a": 1, "a": 2}'}, 400),
        ({"body": b'{"a": NaN}'}, 400),
        ({"body": b'{"a": "\\u0000"}'}, 400),
        ({"body": b"[" * 5_000}, 400),
        ({"body": b'"' + b"x" * 4_194_304 + b'"'}, 413),
        ({"body": b""}, 400),
    ],
)
def test_what_is_turned_away_leaves_nothing_but_a_count(
    other: Other, world: World, change: dict[str, Any], status: int
) -> None:
    change = dict(change)
    if change.get("signed_by"):
        change["signed_by"] = keys.generate()
    refusal = turned_away(other, change.pop("body", SCHEME), change.pop("kind", KIND), **change)
    assert refusal.status == status
    assert not Inbound.objects.exists()
    assert not world.applied
    partner = Partner.objects.get()
    assert (partner.turned_away, partner.turned_away_why) == (1, refusal.words)


def test_a_message_repeated_by_a_thief_after_a_day_is_turned_away(other: Other) -> None:
    sent = clock.now()
    other.give(SCHEME, sent=sent)
    with clock.at(sent + timedelta(hours=25)):
        assert "相差太久" in turned_away(other, SCHEME, sent=sent).words
    assert Inbound.objects.get().duplicates == 0


def test_a_file_brought_by_an_officer_may_be_old(other: Other) -> None:
    sent = clock.now()
    with clock.at(sent + timedelta(days=20)):
        assert other.give(SCHEME, sent=sent, way="file").status == 200
    assert not Inbound.objects.get().flagged


def test_what_failed_within_a_handler_leaves_nothing_half_done(other: Other, world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(world, "applied", None)  # the handler breaks off after its first write
    with pytest.raises(TypeError), transaction.atomic():
        other.give(SCHEME)
    assert not Inbound.objects.exists()
    assert not ExchangeEntry.objects.filter(inbound__isnull=False).exists()


# ---- over HTTP


def test_the_address_of_partners_answers_with_a_receipt(other: Other, world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = other.post(client, SCHEME)
    assert answer.status_code == 200
    assert json.loads(answer.content)["receipt"]["result"] == "applied"
    assert world.applied == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Exchange-Signature": ""}, 400),
        ({"Exchange-Signature": "zz"}, 401),
        ({"Exchange-Signature": "30" * 70}, 401),
        ({"Exchange-Kind": ""}, 400),
        ({"Exchange-Number": "m-9"}, 401),
    ],
)
def test_headers_that_are_missing_or_wrong(other: Other, headers: dict[str, str], status: int) -> None:
    answer = other.post(Client(), SCHEME, **headers)
    assert answer.status_code == status
    assert "error" in answer.json()
    assert not Inbound.objects.exists()


def test_an_unknown_partner_a_form_and_a_body_too_long(other: Other) -> None:
    client = Client()
    assert client.post("/exchange/nobody", b"{}", content_type="application/json").status_code == 404
    assert client.post("/exchange/toy", {"a": 1}).status_code == 415
    assert other.post(client, b'"' + b"x" * 4_194_304 + b'"').status_code == 413
    assert not Inbound.objects.exists()


def test_a_file_travels_ahead_of_the_message_that_names_it(other: Other) -> None:
    reply = other.give(b"%PDF-1.4 scheme", "file", number="%E6%96%B9%E6%A1%88.pdf")
    assert reply.status == 200
    kept = Attachment.objects.get()
    assert (kept.name, bytes(kept.content)) == ("方案.pdf", b"%PDF-1.4 scheme")
    assert kept.sm3 == said(reply)["digest"]
    other.give(b"%PDF-1.4 scheme", "file", number="a.pdf")
    assert Attachment.objects.count() == 1


def test_the_database_itself_keeps_what_was_received(other: Other) -> None:
    other.give(SCHEME)
    for write in (lambda: Inbound.objects.update(body="{}"), lambda: ExchangeEntry.objects.update(words="")):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()
    with pytest.raises(DatabaseError), transaction.atomic():
        Inbound.objects.get().delete()


# ---- any order

MESSAGES = [
    ({name: SCHEME[name] for name in ("order", "version", "at")} | {"event": "opened"}, OPENED),
    (SCHEME, KIND),
    ({**SCHEME, "version": 2, "length": 840}, KIND),
    ({**SCHEME, "version": 3, "length": 860}, KIND),
]


@pytest.mark.proves("house-6-3")
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    order=st.permutations(range(len(MESSAGES))),
    twice=st.lists(st.sampled_from(range(len(MESSAGES))), max_size=5),
    known_after=st.integers(0, len(MESSAGES)),
    ticks=st.sets(st.integers(0, 9)),
)
def test_in_whatever_order_and_however_often_they_come_the_end_is_the_same(
    db: None, order: list[int], twice: list[int], known_after: int, ticks: set[int]
) -> None:
    with toy.declared() as world, transaction.atomic():
        other = toy.connect()
        for place, which in enumerate([*order, *twice]):
            if place == known_after:
                world.known.add(NUMBER)
            other.give(*MESSAGES[which])
            if place in ticks:
                inbox.apply_waiting()
        world.known.add(NUMBER)
        while inbox.apply_waiting():
            pass
        assert world.facts == {NUMBER: (3, 860)}
        states = dict(Inbound.objects.filter(kind=KIND).values_list("version", "state"))
        assert states[3] == "applied"
        assert set(states.values()) <= {"applied", "kept"}
        assert Inbound.objects.count() == len(MESSAGES)
        assert all(other.give(*one).status == 200 for one in MESSAGES)
        transaction.set_rollback(True)
