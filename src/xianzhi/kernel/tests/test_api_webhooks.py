"""Webhooks: signed, tried again, paused, told again from any place; never of what the owner may not see."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock, door
from xianzhi.kernel.access import sessions
from xianzhi.kernel.api import tokens, webhooks
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Account, Case, Delivery, Post, Subscription
from xianzhi.kernel.outgoing import Answer, Unreachable
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tests.api import program
from xianzhi.kernel.tests.sample import People

URL = "https://hooks.example.com/x"


class Receiver:
    """Stands in for the network: answers as it is told to, and keeps what it was sent."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, bytes, dict[str, str]]] = []
        self.answer: Answer | Exception = Answer(204, b"")

    def post(self, url: str, body: bytes, headers: dict[str, str], **more: Any) -> Answer:
        assert more["timeout"] and more["max_bytes"] and more["allow_private"] is False
        self.heard.append((url, body, headers))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer

    @property
    def events(self) -> list[str]:
        return [json.loads(body)["event"] for _url, body, _headers in self.heard]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    made = Receiver()
    monkeypatch.setattr(webhooks, "post", made.post)
    return made


@pytest.fixture
def owner(people: People) -> Account:
    return people.applicant


@pytest.fixture
def subscription(owner: Account) -> Subscription:
    return webhooks.subscribe(owner, url=URL, events=["sample.*"])


def happen(people: People) -> Case:
    """Two events of the applicant's, one case of the neighbour's, all in the log."""
    made = sample.draft(people)
    door.take_step(made, "submit", by=people.applicant)
    door.open_case(
        sample.Permit, sample.Permit.prepare, by=people.neighbour, title="别人的", division=sample.VILLAGE,
        subject=people.neighbour.subject, data=sample.OPENING,
    )  # fmt: skip
    log.append_all()
    return made


def work(one: Subscription) -> int:
    """What the clock and the worker do."""
    webhooks.look()
    return webhooks.deliver(one.pk)


@pytest.fixture
def at() -> Iterator[Any]:
    """Goes on in time."""
    now = clock.now()

    def later(**span: float):
        return clock.at(now + timedelta(**span))

    with clock.at(now):
        yield later


def test_events_of_ones_own_cases_come_in_their_order(
    people: People, receiver: Receiver, subscription: Subscription
) -> None:
    made = happen(people)
    assert work(subscription) == 2
    assert receiver.events == ["sample.permit.prepared", "sample.permit.submitted"]
    sent = json.loads(receiver.heard[1][1])
    assert sent["case"] == {"id": made.pk, "number": made.number, "procedure": "sample.permit"}
    assert sent["url"] == f"/api/v1/cases/{made.pk}/events/2" and sent["sequence"] == 1
    assert set(sent) == {
        "id", "sequence", "event", "on", "at", "hash", "case", "seq", "step", "from_state", "to_state", "url"
    }, "identifiers and public facts, nothing that was entered"  # fmt: skip
    assert work(subscription) == 0, "nothing is told twice"


def test_what_was_before_the_subscription_is_not_told(people: People, receiver: Receiver, owner: Account) -> None:
    happen(people)
    one = webhooks.subscribe(owner, url=URL, events=["*"])
    assert work(one) == 0


@pytest.mark.parametrize("algorithm", ["sm3", "sha256"])
def test_the_signature_covers_id_time_and_body(
    people: People, receiver: Receiver, owner: Account, algorithm: str
) -> None:
    one = webhooks.subscribe(owner, url=URL, events=["*"], algorithm=algorithm)
    happen(people)
    work(one)
    _url, body, headers = receiver.heard[0]
    stamp, mark = (part.partition("=")[2] for part in headers["Xianzhi-Signature"].split(","))
    signed = f"{headers['Xianzhi-Delivery']}.{stamp}.".encode() + body
    secret = webhooks.secret_of(one).encode()
    if algorithm == "sha256":
        expected = hmac.new(secret, signed, hashlib.sha256).hexdigest()
    else:
        made = HMAC(secret, SM3())
        made.update(signed)
        expected = made.finalize().hex()
    assert mark == expected and headers["Xianzhi-Algorithm"] == f"hmac-{algorithm}"
    assert abs(int(stamp) - clock.now().timestamp()) < 60


def test_no_secret_stands_in_the_database(subscription: Subscription) -> None:
    kept = str(Subscription.objects.filter(pk=subscription.pk).values().get())
    assert webhooks.secret_of(subscription).removeprefix("whsec_") not in kept


BAD = [Unreachable("连不上对方"), Answer(500, b"x"), Answer(301, b""), Answer(404, b""), Answer(199, b"")]


@pytest.mark.parametrize("answer", BAD, ids=lambda one: str(getattr(one, "status", "unreachable")))
def test_what_did_not_arrive_is_sent_again_later_and_later(
    people: People, receiver: Receiver, subscription: Subscription, answer: Any, at: Any
) -> None:
    happen(people)
    receiver.answer = answer
    assert work(subscription) == 0
    first = Delivery.objects.order_by("id").first()
    assert (first.state, first.attempts) == ("waiting", 1) and first.error
    tried = len(receiver.heard)
    work(subscription)
    assert len(receiver.heard) == tried, "not before its time"
    waits = []
    for hours in (1, 30, 60):
        with at(hours=hours):
            before = clock.now()
            work(subscription)
            first.refresh_from_db()
            waits.append(first.next_at - before)
    assert waits == sorted(waits) and waits[0] < waits[-1]
    receiver.answer = Answer(200, b"")
    with at(hours=90):
        assert work(subscription) == 2
    first.refresh_from_db()
    assert (first.state, first.status) == ("delivered", 200)
    ids = [headers["Xianzhi-Delivery"] for _url, _body, headers in receiver.heard]
    assert len(set(ids)) == 2, "the same id at every attempt"


def test_a_receiver_that_never_answers_is_paused_and_goes_on_when_asked(
    people: People, receiver: Receiver, subscription: Subscription, settings, at: Any
) -> None:
    settings.WEBHOOK_PAUSE_AFTER = 3
    happen(people)
    receiver.answer = Unreachable("连不上对方")
    for hours in (0, 1, 2, 3, 4):
        with at(hours=hours):
            work(subscription)
    subscription.refresh_from_db()
    assert subscription.paused_at and "连续 3 次" in subscription.paused_why
    assert len(receiver.heard) == 3
    receiver.answer = Answer(200, b"")
    with at(hours=5):
        assert work(subscription) == 0
        webhooks.resume(subscription)
        assert work(subscription) == 2


def test_after_its_last_attempt_a_delivery_is_given_up(
    people: People, receiver: Receiver, subscription: Subscription, settings, at: Any
) -> None:
    settings.WEBHOOK_PAUSE_AFTER = 1000
    happen(people)
    receiver.answer = Answer(500, b"")
    for turn in range(webhooks.MOST_ATTEMPTS + 3):
        with at(days=turn):
            work(subscription)
    assert set(Delivery.objects.values_list("state", "attempts")) == {("failed", webhooks.MOST_ATTEMPTS)}


def test_scope_is_asked_once_more_when_it_is_sent(people: People, receiver: Receiver) -> None:
    one = webhooks.subscribe(people.clerk, url=URL, events=["*"])
    happen(people)
    webhooks.look()
    waiting = Delivery.objects.filter(subscription=one)
    assert waiting.count() == 3
    Post.objects.filter(account=people.clerk).update(until=clock.today())
    assert webhooks.deliver(one.pk) == 0
    assert not receiver.heard and set(waiting.values_list("state", flat=True)) == {"withheld"}


def test_a_subscription_ends_with_its_token(people: People, receiver: Receiver) -> None:
    asked = program(people.applicant, "read:cases", "write:webhooks")
    pk = asked.post("/webhooks", {"url": URL, "events": ["*"]}, status=201)["id"]
    one = Subscription.objects.get(pk=pk)
    happen(people)
    webhooks.look()
    tokens.revoke(asked.token, by=people.applicant)
    assert webhooks.deliver(pk) == 0 and not receiver.heard
    one.refresh_from_db()
    assert "撤销" in one.paused_why


def test_everything_can_be_told_again_from_any_place(
    people: People, receiver: Receiver, subscription: Subscription
) -> None:
    happen(people)
    work(subscription)
    asked = program(people.applicant, "read:cases", "write:webhooks")
    asked.post(f"/webhooks/{subscription.pk}/replay?from=1")
    assert work(subscription) == 1
    assert receiver.events[2:] == ["sample.permit.submitted"]
    assert asked.fail(422, "post", f"/webhooks/{subscription.pk}/replay?from=99")["errors"][0]["pointer"] == "/from"
    asked.fail(422, "post", f"/webhooks/{subscription.pk}/replay?from=-1")
    asked.fail(422, "post", f"/webhooks/{subscription.pk}/replay")


def test_two_workers_never_send_to_one_at_a_time(
    people: People, receiver: Receiver, subscription: Subscription
) -> None:
    happen(people)
    webhooks.look()
    Subscription.objects.filter(pk=subscription.pk).update(busy_until=clock.now() + timedelta(minutes=1))
    assert webhooks.deliver(subscription.pk) == 0 and not receiver.heard
    with clock.at(clock.now() + timedelta(minutes=2)):  # the one who held it died
        assert webhooks.deliver(subscription.pk) == 2


def test_the_worker_is_asked_once(people: People, receiver: Receiver, subscription: Subscription) -> None:
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415

    happen(people)
    webhooks.look()
    webhooks.look()
    assert DBTaskResult.objects.filter(task_path__endswith="deliver_webhooks").count() == 1


@pytest.mark.parametrize(
    ("patterns", "name", "wanted"),
    [(["*"], "a.b.c", True), (["a.*"], "a.b.c", True), (["a.b"], "a.b.c", False), (["a.b.c"], "a.b.c", True),
     (["a.*"], "ab.c", False), (["x", "a.b.*"], "a.b.c", True)],
)  # fmt: skip
def test_what_a_pattern_covers(patterns: list[str], name: str, wanted: bool) -> None:
    assert webhooks.wants(patterns, name) is wanted


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example.com/", "https://127.0.0.1/", "https://10.0.0.1/", "https://[::1]/", "ftp://x", "x",
     "https://" + "a" * 600],
)  # fmt: skip
def test_an_address_that_must_not_be_asked_is_refused(owner: Account, url: str) -> None:
    with pytest.raises(ValidationError):
        webhooks.subscribe(owner, url=url, events=["*"])


def test_what_is_wrong_with_a_subscription_is_said(people: People) -> None:
    asked = program(people.applicant, "read:cases", "write:webhooks")
    asked.fail(422, "post", "/webhooks", {"url": URL, "events": []})
    asked.fail(422, "post", "/webhooks", {"url": URL, "events": ["a b"]})
    asked.fail(422, "post", "/webhooks", {"url": URL, "events": ["*"], "algorithm": "md5"})
    asked.fail(422, "post", "/webhooks", {"url": URL, "events": ["*"], "more": 1})
    asked.fail(422, "post", "/webhooks", {"url": "https://127.0.0.1/", "events": ["*"]})
    asked.fail(400, "post", "/webhooks", "{")
    small = program(people.applicant, "write:webhooks")
    assert small.fail(403, "post", "/webhooks", {"url": URL, "events": ["*"]})["missing_scope"] == "read:cases"


def test_a_subscription_is_its_owners_alone(people: People, subscription: Subscription) -> None:
    asked = program(people.clerk, "read:cases", "write:webhooks")
    assert asked.get("/webhooks") == []
    for method, path in (
        ("get", ""),
        ("delete", ""),
        ("post", "/resume"),
        ("post", "/replay?from=0"),
        ("get", "/deliveries"),
    ):
        asked.fail(404, method, f"/webhooks/{subscription.pk}{path}")
    own = program(people.applicant, "read:cases", "write:webhooks")
    assert own.get(f"/webhooks/{subscription.pk}")["url"] == URL
    assert own.ask("delete", f"/webhooks/{subscription.pk}").status_code == 204
    assert not Subscription.objects.exists()


def test_old_deliveries_are_forgotten(people: People, receiver: Receiver, subscription: Subscription) -> None:
    happen(people)
    work(subscription)
    assert webhooks.sweep() == 0
    with clock.at(clock.now() + webhooks.KEPT + timedelta(days=1)):
        assert webhooks.sweep() == 2


# ---- the pages


def test_the_pages_subscribe_pause_go_on_tell_again_and_end(
    people: People, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "proved", lambda request: True)
    client = Client()
    client.force_login(people.applicant)
    wrong = client.post(reverse("webhooks"), {"url": "http://x/", "events": "*"})
    assert wrong.status_code == 422 and "https" in wrong.content.decode()
    made = client.post(reverse("webhooks"), {"url": URL, "events": "sample.* power_access.*", "algorithm": "sha256"})
    one = Subscription.objects.get()
    assert one.events == ["sample.*", "power_access.*"] and webhooks.secret_of(one) in made.content.decode()
    happen(people)
    work(one)
    address = reverse("webhook", args=[one.pk])
    assert "已送达" in client.get(address).content.decode()
    client.post(address, {"act": "pause"})
    assert "暂停" in client.get(address).content.decode()
    client.post(address, {"act": "resume"})
    assert client.post(address, {"act": "replay", "from": "x"}).status_code == 422
    client.post(address, {"act": "replay", "from": "0"})
    assert work(one) == 2
    client.post(address, {"act": "end"})
    assert not Subscription.objects.exists()
