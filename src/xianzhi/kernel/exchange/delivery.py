"""Sending what is due over HTTP: only to the partner's own address, bounded in time and size, no redirect followed."""

import logging

from django.utils.translation import gettext as _
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from xianzhi.kernel import clock, outgoing, registry
from xianzhi.kernel.exchange import outbox
from xianzhi.kernel.exchange.outbox import NotSent
from xianzhi.kernel.models import Outbound

logger = logging.getLogger(__name__)
MOST_AT_ONCE = 50
SIGNATURE, SENDER, KIND, NUMBER, SENT = (
    "Exchange-Signature", "Exchange-Sender", "Exchange-Kind", "Exchange-Number", "Exchange-Sent",
)  # fmt: skip
"""The headers of a message."""
JSON = "application/json; charset=utf-8"
TIMEOUT, ANSWER_MOST = "exchange.timeout", "exchange.answer.max_bytes"


def deliver(most: int = MOST_AT_ONCE) -> int:
    """Sends what is due, each message by one worker however many there are; gives how many were answered.

    A partner that cannot be reached is not tried again in the same round, so that it holds nobody else up.
    """
    answered, silent = 0, set()
    for message in list(outbox.due(most)):
        if message.partner_id not in silent and outbox.claim(message):
            try:
                answered += _attempt(message)
            except outgoing.Unreachable:
                silent.add(message.partner_id)
    return answered


def _attempt(message: Outbound) -> bool:
    """Whether it was answered. Raises Unreachable, once that is written down."""
    try:
        answer = _post(message)
        return outbox.record_receipt(message, answer.body, status=answer.status) == outbox.DONE
    except outgoing.Unreachable as error:
        outbox.record_fault(message, str(error))
        raise
    except NotSent as error:
        outbox.record_fault(message, str(error))
    except Exception:  # one message must not keep the others waiting
        logger.exception("%s", message)
        outbox.record_fault(message, _("发送时出错，详见运行日志"))
    return False


def ask_worker() -> bool:
    """Asks the worker to deliver what is due, unless it has been asked already; whether anything is due."""
    if not outbox.due(1):
        return False
    from xianzhi.kernel.tasks import deliver_messages  # noqa: PLC0415 - tasks know everything

    ready = DBTaskResult.objects.filter(task_path=deliver_messages.module_path, status=TaskResultStatus.READY)
    if not ready.exists():
        deliver_messages.enqueue()
    return True


def _post(message: Outbound) -> outgoing.Answer:
    outbox.signed(message)
    stated = outbox.envelope(message)
    headers = {
        "Content-Type": JSON, "Accept": "application/json", SENDER: stated.sender, KIND: stated.kind,
        NUMBER: stated.number, SENT: stated.sent_at, SIGNATURE: message.signature,
        "Exchange-Attempt": str(message.attempts),
    }  # fmt: skip
    answer = outgoing.post(
        message.partner.address, message.body.encode(), headers, timeout=_number(TIMEOUT),
        allow_private=message.partner.inside, max_bytes=_number(ANSWER_MOST),
    )  # fmt: skip
    if not answer.complete:
        raise NotSent(_("对方答复 {status}，内容太长，不是回执").format(status=answer.status))
    return answer


def _number(name: str) -> int:
    return registry.parameters().get(name, on=clock.today()).as_int()
