"""Writing messages, and what became of each. None is forgotten: it waits until a signed receipt comes, and after a day
without one it stands red before both sides."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import contracts, keys, signing
from xianzhi.kernel.exchange.partners import for_function, note
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Account, Event, Outbound, Partner
from xianzhi.kernel.speech.written import kept_in_chinese

RETRIES = ("exchange.retry.first", "exchange.retry.second", "exchange.retry.third", "exchange.retry.later")
RED_AFTER = "exchange.red_after"


class NotSent(Exception):
    """A message could not be written; the message says why."""


def seconds(name: str) -> timedelta:
    """A parameter of the exchange that is counted in seconds."""
    return timedelta(seconds=registry.parameters().get(name, on=clock.today()).as_int())


def send(
    event: Event | None, to: str, kind: str, body: Mapping[str, Any], *, key: str | None = None, version: int = 1
) -> list[Outbound]:
    """Writes a message to every partner of a function that takes its kind; one written before is not written again.

    Called by a step's effect: the message stands or falls with the event. to: a function (`grid`). body: the declared
    fields; event, version and time are added. key: the business key, made of the contract's key fields unless given.
    Gives what was written, nothing where no system of the function is connected. Raises LookupError for a kind that is
    not declared, and NotTaken where the body is not as declared.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a message is written in the transaction of the event that causes it")
    contract = contracts.outgoing[kind]
    at = event.at if event else clock.now()
    whole = {**body, "event": contract.event, "version": version, "at": _iso(at)}
    cleaned, _at, _version = contract.cleaned(whole)
    text = signing.canonical_body(whole)
    found = key if key is not None else contract.key_of(cleaned)
    return [_write(partner, event, kind, found, version, text) for partner in for_function(to, kind)]


def _iso(at: datetime) -> str:
    return at.astimezone(clock.now().tzinfo).isoformat(timespec="seconds")


def _write(partner: Partner, event: Event | None, kind: str, key: str, version: int, text: str) -> Outbound:
    now, number = clock.now(), f"{county().code}-{secrets.token_hex(8)}"
    before = partner.outbound.filter(kind=kind, key=key, version=version).first()
    if before is not None:
        if before.digest != signing.digest(text.encode()):
            raise NotSent(_("消息 {kind} {key} 第{version}版已发出，内容不同，应另编版号").format(
                kind=kind, key=key, version=version))  # fmt: skip
        return before
    message = Outbound(
        partner=partner, event=event, kind=kind, key=key, version=version, body=text, number=number, written_at=now,
        digest=signing.digest(text.encode()), next_try_at=now,
    )  # fmt: skip
    signed(message)
    message.save(force_insert=True)
    return message


def signed(message: Outbound) -> Outbound:
    """Dates and signs a message anew, as it is each time it is sent: an old signature proves no present wish."""
    message.sent_at = clock.now()
    message.signature = signing.sign(keys.own(), envelope(message).statement(message.body.encode()))
    return message


def envelope(message: Outbound) -> Envelope:
    """What stands on a message of ours."""
    return Envelope(county().code, message.partner.name, message.kind, message.number, _iso(message.sent_at))


def retry_after(attempts: int) -> timedelta:
    """How long after an attempt the next one comes: 1, 5, 30 minutes, then an hour each. attempts: made so far."""
    return seconds(RETRIES[min(max(attempts, 1), len(RETRIES)) - 1])


def due(limit: int) -> QuerySet[Outbound]:
    """What is to be sent now over a connection, the longest waiting first."""
    found = Outbound.objects.filter(state=Outbound.WAITING, next_try_at__lte=clock.now(), partner__paused_at=None)
    return found.filter(partner__transport="http").select_related("partner").order_by("next_try_at", "id")[:limit]


def claim(message: Outbound) -> bool:
    """Takes a message for one attempt; False where another worker has it. A worker that is killed afterwards leaves it
    to be sent again at its next time, which harms nobody: the partner knows it by its key."""
    attempts = message.attempts + 1
    later = clock.now() + retry_after(attempts)
    mine = Outbound.objects.filter(pk=message.pk, state=Outbound.WAITING, attempts=message.attempts)
    if not mine.update(attempts=attempts, next_try_at=later):
        return False
    message.attempts, message.next_try_at = attempts, later
    return True


@kept_in_chinese
@transaction.atomic
def record_fault(message: Outbound, words: str) -> None:
    """An attempt came to nothing."""
    most = Outbound._meta.get_field("fault").max_length
    waiting = Outbound.objects.filter(pk=message.pk, state=Outbound.WAITING)
    waiting.update(fault=words[:most], sent_at=message.sent_at, signature=message.signature)
    note(message.partner, "failed", _("第{n}次：{why}").format(n=message.attempts, why=words), outbound=message)


DONE, AGAIN, STOP = "done", "again", "stop"
_MEANS = {"applied": DONE, "kept": DONE, "waiting": AGAIN, "conflict": STOP, "refused": STOP}


@kept_in_chinese
@transaction.atomic
def record_receipt(message: Outbound, raw: bytes, *, status: int | None = None) -> str:
    """Takes an answer for a receipt, if it is one: signed by the partner, about this very message.

    Gives what it means: DONE, AGAIN (the partner keeps it and waits itself) or STOP (it refuses it). status: of HTTP,
    for the words. Raises NotSent where it is no receipt.
    """
    message = Outbound.objects.select_for_update(of=("self",)).select_related("partner").get(pk=message.pk)
    receipt, signature = _receipt(message, raw, status)
    means, words = _MEANS[receipt["result"]], "；".join(str(one) for one in receipt["reasons"])
    if message.state == Outbound.ANSWERED:
        return DONE  # a second receipt changes nothing
    message.answer, message.answer_signature = signing.canonical_body(receipt), signature
    if means == DONE:
        message.state, message.answered_at, message.fault = Outbound.ANSWERED, clock.now(), ""
    else:
        message.state = Outbound.DEAD if means == STOP else Outbound.WAITING
        message.fault = words[: Outbound._meta.get_field("fault").max_length]
    message.save(update_fields=["answer", "answer_signature", "state", "answered_at", "fault"])
    what = {DONE: "answered", STOP: "stopped", AGAIN: "waits"}[means]
    note(message.partner, what, words or str(_RESULTS.get(receipt["result"], "")), outbound=message)
    return means


_RESULTS = {
    "applied": gettext_lazy("对方已办"), "kept": gettext_lazy("对方已存查"),
    "waiting": gettext_lazy("对方已收，尚待其前事"),
}  # fmt: skip


def _receipt(message: Outbound, raw: bytes, status: int | None) -> tuple[dict[str, Any], str]:
    answered = _("对方答复 {status}，").format(status=status) if status else ""
    try:
        text, signature = signing.receipt_from(raw)
        receipt = signing.read_json(text.encode())
        about = (receipt["digest"], receipt["kind"])
        sound = receipt["result"] in _MEANS and isinstance(receipt.setdefault("reasons", []), list)
    except (ValueError, KeyError, TypeError):
        raise NotSent(answered + _("不是回执")) from None
    if not signing.verified(message.partner.public_key, signing.receipt_statement(text), signature):
        raise NotSent(answered + _("回执的签名不对"))
    if not sound or about != (message.digest, message.kind):
        raise NotSent(answered + _("回执说的不是这条消息"))
    return receipt, signature


@transaction.atomic
def resend(message: Outbound, *, by: Account) -> Outbound:
    """Puts a message first in the queue again; one that was stopped waits again. An answered one stays as it is."""
    message = Outbound.objects.select_for_update(of=("self",)).select_related("partner").get(pk=message.pk)
    if message.state != Outbound.ANSWERED:
        message.state, message.next_try_at = Outbound.WAITING, clock.now()
        message.save(update_fields=["state", "next_try_at"])
        note(message.partner, "resent", outbound=message, by=by)
    return message


def red() -> Q:
    """Outgoing messages that nobody may overlook: a day without receipt, or refused by the partner."""
    return Q(state=Outbound.DEAD) | Q(state=Outbound.WAITING, written_at__lt=clock.now() - seconds(RED_AFTER))
