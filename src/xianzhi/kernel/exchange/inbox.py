"""Taking messages in: each is checked, kept with its own bytes, and applied at most once, in whatever order and however
often it comes.

    same key, same body          the same answer again
    same key, another body       409, both kept
    what it is about is unknown  404, kept, applied once that is there
    an older version             kept, not applied
    refused by a rule            422 with all reasons, kept; the sender may correct it under the same key
    not signed, not JSON, old    refused unread: counted, nothing kept
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from django.db import transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Refused
from xianzhi.kernel.exchange import contracts, keys, signing
from xianzhi.kernel.exchange.contracts import Contract, Differs, Done, Message, NotTaken, Outdated, Waits
from xianzhi.kernel.exchange.outbox import RED_AFTER, seconds
from xianzhi.kernel.exchange.partners import note
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Account, Attachment, Case, Inbound, Partner
from xianzhi.kernel.speech.written import kept_in_chinese

FILE = "file"
"""The kind under which a file travels ahead of the message that names it; its number is its name, percent-encoded."""
BODY_MOST, FILE_MOST, SKEW, OLD = (
    "exchange.body.max_bytes", "exchange.file.max_bytes", "exchange.clock.skew", "exchange.replay.window",
)  # fmt: skip


class TurnedAway(Exception):
    """Not taken in, and nothing of it kept; the message says what is wrong and what to do."""

    def __init__(self, status: HTTPStatus, words: str) -> None:
        self.status, self.words = status, words
        super().__init__(words)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the sender is told: a status and a receipt in canonical form, with our signature."""

    status: int
    receipt: str
    signature: str

    @property
    def body(self) -> str:
        return signing.with_signature(self.receipt, self.signature)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of a message."""

    state: str
    status: HTTPStatus
    reasons: Sequence[str] = ()
    differs: Sequence[Mapping[str, str]] = ()
    done: Done | None = None
    case: Case | None = None


def refusal(reasons: Sequence[str]) -> Outcome:
    return Outcome(Inbound.REFUSED, HTTPStatus.UNPROCESSABLE_ENTITY, reasons)


def applied(done: Done) -> Outcome:
    return Outcome(Inbound.APPLIED, HTTPStatus.OK, [done.words] if done.words else [], done=done, case=done.case)


def most_bytes(kind: str) -> int:
    """How long a message of a kind may be."""
    return registry.parameters().get(FILE_MOST if kind == FILE else BODY_MOST, on=clock.today()).as_int()


def receive(partner: Partner, stated: Envelope, body: bytes, signature: str, *, way: str = "http") -> Reply:
    """Takes a message in and applies it if it can be. way: `file` for one that an officer brought, which may be old.

    Raises TurnedAway for what is refused unread; that is counted with the partner.
    """
    now = clock.now()
    try:
        sent_at = _checked(partner, stated, body, signature, now, way)
        if stated.kind == FILE:
            sm3 = keep_file(partner, unquote(stated.number), body)
            return _reply(HTTPStatus.OK, FILE, sm3, 1, sm3, Inbound.APPLIED, ())
        contract = _contract(partner, stated.kind)
        text, content = _read(body)
    except TurnedAway as refusal:
        turned_away(partner, refusal.words)
        raise
    skew = int((sent_at - now).total_seconds())
    made = Inbound(
        partner=partner, kind=stated.kind, number=stated.number[:80], body=text, digest=signing.digest(body),
        signature=signature, sent_at=sent_at, received_at=now, tried_at=now, way=way, skew=skew,
        flagged=way == "http" and abs(skew) > seconds(SKEW).total_seconds(),
    )  # fmt: skip
    return _take_in(made, contract, content)


def turned_away(partner: Partner, words: str) -> None:
    """Counts what was refused unread; a flood of it fills no table."""
    most = Partner._meta.get_field("turned_away_why").max_length
    Partner.objects.filter(pk=partner.pk).update(
        turned_away=F("turned_away") + 1, turned_away_at=clock.now(), turned_away_why=words[:most]
    )


def _checked(partner: Partner, stated: Envelope, body: bytes, signature: str, now: datetime, way: str) -> datetime:
    """When it was sent, once size, signature and date are right."""
    if len(body) > (most := most_bytes(stated.kind)):
        words = _("消息太长，最多 {most} 字节，请分开发送").format(most=most)
        raise TurnedAway(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, words)
    if stated.sender != partner.name or stated.receiver != county().code:
        raise TurnedAway(HTTPStatus.UNAUTHORIZED, _("发送方或接收方不对，请核对代号"))
    if not signing.verified(partner.public_key, stated.statement(body), signature):
        raise TurnedAway(HTTPStatus.UNAUTHORIZED, _("签名不对，请核对密钥和签名的内容"))
    try:
        sent_at = signing.moment(stated.sent_at)
    except ValueError:
        words = _("签发时间应带时区，写作 2025-03-12T16:20:00+08:00")
        raise TurnedAway(HTTPStatus.BAD_REQUEST, words) from None
    if way == "http" and abs(now - sent_at) > seconds(OLD):
        words = _("签发时间 {sent} 与现在相差太久，请重新签名发送").format(sent=stated.sent_at)
        raise TurnedAway(HTTPStatus.UNAUTHORIZED, words)
    return sent_at


def _contract(partner: Partner, kind: str) -> Contract:
    contract = contracts.incoming.get(kind)
    if contract is None or kind not in partner.takes:
        words = _("没有与贵方约定消息 {kind}").format(kind=kind[:60])
        raise TurnedAway(HTTPStatus.FORBIDDEN, words)
    return contract


def _read(body: bytes) -> tuple[str, Any]:
    try:
        text, content = body.decode("utf-8"), signing.read_json(body)
        if "\x00" in text or "\\u0000" in text:
            raise ValueError("a null character")
        return text, content
    except (ValueError, RecursionError):
        words = _("正文不是 UTF-8 编码的 JSON，或同一项写了两次")
        raise TurnedAway(HTTPStatus.BAD_REQUEST, words) from None


def keep_file(partner: Partner, name: str, content: bytes) -> str:
    """Keeps a file for the message that will name it; gives its digest."""
    sm3 = signing.digest(content)
    given = {"name": name[:160], "content": content, "received_at": clock.now()}
    Attachment.objects.get_or_create(partner=partner, sm3=sm3, defaults=given)
    return sm3


def _reply(
    status: HTTPStatus, kind: str, key: str, version: int, digest: str, result: str, reasons: Sequence[str]
) -> Reply:
    receipt = signing.canonical_body(
        {"kind": kind, "key": key, "version": version, "digest": digest, "result": result, "reasons": list(reasons)}
    )
    return Reply(int(status), receipt, signing.sign(keys.own(), signing.receipt_statement(receipt)))


# ---- each message once


def _take_in(made: Inbound, contract: Contract, content: Any) -> Reply:
    unreadable: NotTaken | None = None
    try:
        data, at, made.version = contract.cleaned(content)
        made.key = contract.key_of(data)[: Inbound._meta.get_field("key").max_length]
    except NotTaken as fault:
        made.key, made.version, unreadable = "", 0, fault
    else:
        ahead = int((at - made.received_at).total_seconds())
        if ahead > seconds(SKEW).total_seconds():  # it tells of what has not happened yet: its clock is off
            made.flagged, made.skew = True, max(ahead, made.skew)
    with transaction.atomic():
        Partner.objects.select_for_update().get(pk=made.partner_id)  # its messages queue, so that each is seen once
        same = Inbound.objects.filter(partner=made.partner, kind=made.kind, key=made.key, version=made.version)
        before = same.filter(digest=made.digest).first()
        if before is not None:
            return _again(before)
        if unreadable:  # signed, so it is kept with its bytes, though nobody can say what it is about
            finish(made, refusal(unreadable.reasons))
        elif other := same.filter(state__in=(Inbound.APPLIED, Inbound.WAITING, Inbound.KEPT)).first():
            finish(made, _conflict(other))
        else:
            finish(made, _outcome(made, contract, data, at))
        return answer_of(made)


def _again(before: Inbound) -> Reply:
    """The same message once more: the same answer. One that waits or was refused is looked at anew."""
    before.duplicates += 1
    before.save(update_fields=["duplicates"])
    if before.key and before.state in (Inbound.WAITING, Inbound.REFUSED) and not before.chosen:
        retry(before)
    return answer_of(before)


def answer_of(message: Inbound) -> Reply:
    """The answer that a message was given, signed."""
    signature = signing.sign(keys.own(), signing.receipt_statement(message.answer))
    return Reply(message.status, message.answer, signature)


@kept_in_chinese
def _conflict(other: Inbound) -> Outcome:
    theirs = _("同一业务号、同一版本此前收到过另一份（{day}），两份都已保留。内容有变的请另编版号").format(
        day=other.received_at.astimezone(clock.now().tzinfo).strftime("%Y-%m-%d %H:%M")
    )
    return Outcome(Inbound.CONFLICT, HTTPStatus.CONFLICT, [theirs], case=other.case)


@kept_in_chinese
def _outcome(made: Inbound, contract: Contract, data: Mapping[str, Any], at: datetime) -> Outcome:
    newest = Inbound.objects.filter(
        partner=made.partner, kind=made.kind, key=made.key, state=Inbound.APPLIED
    ).aggregate(newest=Max("version"))["newest"]
    if newest is not None and newest > made.version:
        words = _("已有第{newest}版，第{version}版存查不用").format(newest=newest, version=made.version)
        return Outcome(Inbound.KEPT, HTTPStatus.OK, [words])
    message = message_of(made, data, at)
    try:
        with transaction.atomic():  # whatever a handler began is undone where it does not come to its end
            done = contract.handler(message) if contract.handler else Done()
        return applied(done)
    except Waits as waits:
        status = HTTPStatus.NOT_FOUND if waits.unknown else HTTPStatus.ACCEPTED
        return Outcome(Inbound.WAITING, status, [waits.why])
    except Differs as differs:
        return Outcome(Inbound.CONFLICT, HTTPStatus.CONFLICT, [differs.why], differs.differs, case=differs.case)
    except Outdated as old:
        return Outcome(Inbound.KEPT, HTTPStatus.OK, [str(old)])
    except Refused as refused:
        reasons = [f"{one.text}{f'。{one.cure}' if one.cure else ''}" for one in refused.reasons]
        return refusal(reasons)
    except NotTaken as fault:
        return refusal(fault.reasons)


def message_of(made: Inbound, data: Mapping[str, Any], at: datetime) -> Message:
    """A message as its handler is given it. The account is read anew: the posts that it holds may have changed."""
    account = Account.objects.get(pk=made.partner.account_id)
    return Message(
        made.partner, made.kind, made.key, made.version, data, account, clock.today(), at, made.received_at
    )  # fmt: skip


_NOTED = {"applied": "applied", "waiting": "waits", "conflict": "conflict", "refused": "refused", "kept": "kept"}


def finish(made: Inbound, outcome: Outcome) -> None:
    """Writes what became of a message, and the answer that its sender gets however often it comes."""
    changed = made.pk is None or (made.state, list(made.reasons)) != (outcome.state, list(outcome.reasons))
    made.state, made.reasons, made.differs = outcome.state, list(outcome.reasons), list(outcome.differs)
    made.status, made.tried_at = int(outcome.status), clock.now()
    if outcome.done and outcome.done.event:
        made.event, made.case = outcome.done.event, outcome.done.event.case
    else:
        made.case = outcome.case or made.case
    made.answer = _reply(
        outcome.status, made.kind, made.key, made.version, made.digest, made.state, made.reasons
    ).receipt  # fmt: skip
    made.save()
    if changed:
        note(made.partner, _NOTED[made.state], "；".join(made.reasons), inbound=made)


# ---- what waits


@kept_in_chinese
def retry(message: Inbound) -> None:
    """Looks at a waiting or refused message anew."""
    contract = contracts.incoming.get(message.kind)
    if contract is None:
        return
    data, at, _version = contract.cleaned(signing.read_json(message.body.encode()))
    finish(message, _outcome(message, contract, data, at))


MOST_AT_ONCE = 200


def apply_waiting() -> int:
    """Looks anew at what waits, newer versions first; gives how many wait no longer."""
    waiting = Inbound.objects.filter(state=Inbound.WAITING).order_by("tried_at", "-version", "id")
    return sum(_look_again(pk) for pk in list(waiting.values_list("pk", flat=True)[:MOST_AT_ONCE]))


def _look_again(pk: int) -> bool:
    with transaction.atomic():
        found = Inbound.objects.filter(pk=pk).values_list("partner_id", flat=True).get()
        Partner.objects.select_for_update().get(pk=found)
        message = Inbound.objects.select_related("partner__unit", "partner__account").get(pk=pk)
        if message.state != Inbound.WAITING:
            return False
        retry(message)
        return message.state != Inbound.WAITING


def red() -> Q:
    """Incoming messages that nobody may overlook: waiting for a day, or two that differ and nobody has chosen."""
    waiting = Q(state=Inbound.WAITING, received_at__lt=clock.now() - seconds(RED_AFTER))
    return waiting | Q(state=Inbound.CONFLICT, chosen="")
