"""Telling programs of events: what is due, to whom, signed; again later where it did not arrive.

The clock walks the log from where each subscription stands and writes a delivery for each event that it asks for and
its owner may see; the worker sends them. The log has no gaps and one order, so nothing is missed, and from any place in
it everything can be told again. Whether the owner may still see the case is asked once more when it is sent.
"""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.api import tokens
from xianzhi.kernel.api.scopes import covers
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Account, ApiToken, Case, Delivery, Event, LogEntry, Subscription
from xianzhi.kernel.outgoing import Unreachable, checked, post
from xianzhi.kernel.speech.written import kept_in_chinese

SCOPE = "read:cases"
"""Events tell of cases: a token needs it at the moment of delivery."""
MOST = 20
"""Subscriptions of one account."""
BATCH = 500
"""Events of the log that are looked at in one transaction."""
PASS = 20
"""Deliveries that one task sends, so that every subscription has its turn."""
GIVE_UP_PASS = 3
"""Failures in a row after which a task leaves the rest for later."""
MOST_ATTEMPTS = 10
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=6)
LEASE = timedelta(minutes=5)
KEPT = timedelta(days=30)
"""How long it is kept what was delivered."""
_PATTERN = re.compile(r"\*|[a-z0-9_]+(\.[a-z0-9_]+)*(\.\*)?")
_OK = range(200, 300)
_ANSWER = 2048
"""Bytes of an answer that are read; nothing is done with them."""


# ---- subscribing


def subscribe(
    owner: Account, *, url: str, events: Iterable[str], algorithm: str = Subscription.SM3, token: ApiToken | None = None
) -> Subscription:
    """Subscribes from the next event on. Raises ValidationError with every fault."""
    wanted = list(dict.fromkeys(one.strip() for one in events))
    faults = [_("事件 {name} 写法不对，写作 power_access.order.dispatched、power_access.* 或 *").format(name=one[:80])
              for one in wanted if not _PATTERN.fullmatch(one)]  # fmt: skip
    if not wanted:
        faults.append(_("没有写要推送的事件"))
    if algorithm not in (Subscription.SM3, Subscription.SHA256):
        faults.append(_("签名算法应为 sm3 或 sha256"))
    if len(url) > Subscription._meta.get_field("url").max_length:
        faults.append(_("地址太长"))
    try:
        checked(url, allow_private=settings.OUTGOING_PRIVATE)
    except Unreachable as error:
        faults.append(str(error))
    if Subscription.objects.filter(owner=owner).count() >= MOST:
        faults.append(_("订阅已有 {n} 个，请先删去不用的").format(n=MOST))
    if faults:
        raise ValidationError(faults)
    return Subscription.objects.create(
        owner=owner, token=token, url=url, events=wanted, algorithm=algorithm, salt=secrets.token_hex(16),
        position=log.size(), created_at=clock.now(),
    )  # fmt: skip


def secret_of(one: Subscription) -> str:
    """The secret that the receiver checks signatures with; worked out, never stored."""
    return "whsec_" + tokens.keyed(tokens.installation_keys()[0], b"xianzhi.webhook", one.salt.encode()).hex()


def replay(one: Subscription, sequence: int) -> None:
    """Tells everything again from a place in the log on. Raises ValidationError for one that is not there yet."""
    if not 0 <= sequence <= log.size():
        raise ValidationError(_("序号应在 0 到 {last} 之间").format(last=log.size()))
    Subscription.objects.filter(pk=one.pk).update(position=sequence)


def resume(one: Subscription) -> None:
    """Goes on with a paused subscription; what waits is sent at once."""
    Subscription.objects.filter(pk=one.pk).update(paused_at=None, paused_why="", failures=0)
    one.deliveries.filter(state=Delivery.State.WAITING).update(next_at=clock.now())


def pause(one: Subscription, why: str) -> None:
    Subscription.objects.filter(pk=one.pk, paused_at=None).update(paused_at=clock.now(), paused_why=why[:200])


# ---- what is due


def look() -> int:
    """Writes the deliveries that the log has come to, and asks the worker to send what is due; gives their number."""
    found = 0
    for pk in Subscription.objects.filter(paused_at=None).values_list("pk", flat=True):
        while (step := _match(pk)) is not None:
            found += step
    _enqueue()
    return found


def _match(pk: int) -> int | None:
    """Goes on through the log for one subscription; how many deliveries it wrote, None at the end of the log."""
    with transaction.atomic():
        one = (
            Subscription.objects.select_for_update(of=("self",))
            .select_related("owner")
            .filter(pk=pk, paused_at=None)
            .first()
        )
        if one is None:
            return None
        rows = LogEntry.objects.filter(index__gte=one.position).order_by("index")[:BATCH]
        entries = list(rows.values_list("index", "event_id", "event__name", "event__case_id"))
        if not entries:
            return None
        asked = [entry for entry in entries if wants(one.events, entry[2])]
        cases = {entry[3] for entry in asked}
        seen = set(Case.objects.visible_to(one.owner).filter(pk__in=cases).values_list("pk", flat=True))
        due = [
            Delivery(subscription=one, sequence=index, event_id=event, next_at=clock.now())
            for index, event, _name, case in asked
            if case in seen
        ]
        Delivery.objects.bulk_create(due)
        Subscription.objects.filter(pk=pk).update(position=entries[-1][0] + 1)
        return len(due)


def wants(patterns: Iterable[str], name: str) -> bool:
    """Whether one of the patterns covers the name of an event."""
    return any(one == "*" or covers([one], name) for one in patterns)


def due(one: Subscription) -> Any:
    """What is to be sent to a subscription now, first things first."""
    return one.deliveries.filter(state=Delivery.State.WAITING, next_at__lte=clock.now()).order_by("id")


def _enqueue() -> None:
    """One task for each subscription with something due, where none is waiting for the worker already."""
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415 - models are ready only now

    from xianzhi.kernel.tasks import deliver_webhooks  # noqa: PLC0415 - tasks import this module

    now = clock.now()
    waiting = Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lte=now, subscription__paused_at=None)
    idle = Q(subscription__busy_until=None) | Q(subscription__busy_until__lte=now)
    wanted = set(waiting.filter(idle).values_list("subscription_id", flat=True).distinct())
    if not wanted:
        return
    queued = DBTaskResult.objects.filter(task_path=deliver_webhooks.module_path, status="READY")
    for pk in sorted(wanted - {one["args"][0] for one in queued.values_list("args_kwargs", flat=True)}):
        deliver_webhooks.enqueue(pk)


# ---- sending


def deliver(pk: int) -> int:
    """Sends what is due to one subscription; gives how many arrived. Two workers never send to one at a time."""
    now = clock.now()
    free = Q(busy_until=None) | Q(busy_until__lte=now)
    if not Subscription.objects.filter(free, pk=pk, paused_at=None).update(busy_until=now + LEASE):
        return 0
    try:
        return _deliver(pk)
    finally:
        Subscription.objects.filter(pk=pk).update(busy_until=None)


def _deliver(pk: int) -> int:
    arrived = failed = 0
    one = Subscription.objects.select_related("owner", "token").get(pk=pk)
    for delivery in due(one).select_related("event__case")[:PASS]:
        one = Subscription.objects.select_related("owner", "token__owner").filter(pk=pk, paused_at=None).first()
        if one is None or failed >= GIVE_UP_PASS:
            break
        if fault := closed(one):
            pause(one, fault)
            break
        if not Case.objects.visible_to(one.owner).filter(pk=delivery.event.case_id).exists():
            _done(delivery, Delivery.State.WITHHELD)
            continue
        if _send(one, delivery):
            arrived, failed = arrived + 1, 0
        else:
            failed += 1
    return arrived


def closed(one: Subscription) -> str:
    """Why nothing is to be delivered to a subscription at all; empty where all is well."""
    if not one.owner.is_active:
        return _("所属账号已停用")
    if one.token is None:
        return ""
    if fault := tokens.ended(one.token):
        return fault
    return "" if covers(one.token.scopes, SCOPE) else _("令牌的范围不够，缺 {scope}").format(scope=SCOPE)


@kept_in_chinese
def _send(one: Subscription, delivery: Delivery) -> bool:
    body = payload(delivery)
    try:
        answer = post(
            one.url, body, headers_for(one, delivery, body), timeout=settings.WEBHOOK_SECONDS,
            allow_private=settings.OUTGOING_PRIVATE, max_bytes=_ANSWER,
        )  # fmt: skip
        status, error = (
            answer.status,
            "" if answer.status in _OK else _("对方答复 {status}").format(status=answer.status),
        )
    except Unreachable as unreachable:
        status, error = None, str(unreachable)
    delivery.attempts += 1
    delivery.status, delivery.error = status, error[:200]
    if not error:
        Subscription.objects.filter(pk=one.pk).update(failures=0)
        _done(delivery, Delivery.State.DELIVERED)
        return True
    _failed(one, delivery)
    return False


def _failed(one: Subscription, delivery: Delivery) -> None:
    if delivery.attempts >= MOST_ATTEMPTS:
        _done(delivery, Delivery.State.FAILED)
    else:
        delivery.next_at = clock.now() + min(FIRST_WAIT * 2 ** (delivery.attempts - 1), LONGEST_WAIT)
        delivery.save()
    failures = one.failures + 1
    Subscription.objects.filter(pk=one.pk).update(failures=failures)
    if failures >= settings.WEBHOOK_PAUSE_AFTER:
        why = _("连续 {n} 次没有送达，最近一次：{error}").format(n=failures, error=delivery.error)
        pause(one, why)


def _done(delivery: Delivery, state: Delivery.State) -> None:
    delivery.state, delivery.done_at = state, clock.now()
    delivery.save()


def payload(delivery: Delivery) -> bytes:
    """What is sent: identifiers and public facts, nothing that was entered. The rest is read with a token."""
    event: Event = delivery.event
    case = event.case
    content = {
        "id": delivery_id(delivery), "sequence": delivery.sequence, "event": event.name, "on": event.on.isoformat(),
        "at": event.at.isoformat(), "hash": event.hash,
        "case": {"id": case.pk, "number": case.number, "procedure": case.procedure_name},
        "seq": event.seq, "step": event.step_name, "from_state": event.from_state, "to_state": event.to_state,
        "url": reverse("api:event", args=[case.pk, event.seq]),
    }  # fmt: skip
    return json.dumps(content, ensure_ascii=False).encode()


def delivery_id(delivery: Delivery) -> str:
    """The same at every attempt: who has seen it, need not look again."""
    return f"{delivery.subscription_id}-{delivery.pk}"


def headers_for(one: Subscription, delivery: Delivery, body: bytes) -> dict[str, str]:
    """Xianzhi-Signature: t=SECONDS,v1=HEX is the HMAC over `ID.SECONDS.BODY` with the secret of the subscription."""
    seconds, name = int(clock.now().timestamp()), delivery_id(delivery)
    signed = f"{name}.{seconds}.".encode() + body
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Xianzhi-Webhook/1",
        "Xianzhi-Event": delivery.event.name,
        "Xianzhi-Delivery": name,
        "Xianzhi-Algorithm": f"hmac-{one.algorithm}",
        "Xianzhi-Signature": f"t={seconds},v1={signature(secret_of(one), one.algorithm, signed)}",
    }


def signature(secret: str, algorithm: str, signed: bytes) -> str:
    """HMAC-SM3 or HMAC-SHA256 in hexadecimal."""
    if algorithm == Subscription.SHA256:
        return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    return tokens.keyed(secret.encode(), signed).hex()


def sweep() -> int:
    """Forgets what was settled long ago; gives the number."""
    old = Delivery.objects.exclude(state=Delivery.State.WAITING).filter(done_at__lt=clock.now() - KEPT)
    return old.delete()[0]
