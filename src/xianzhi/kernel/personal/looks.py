"""The record of who saw, took away or erased what of whom, and why: append-only, in a chain of hashes.

It is written before anything is shown: a look that cannot be recorded does not happen.
"""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.db import transaction

from xianzhi.kernel import clock, scope
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models import Account, Case, Look, LookHead, Subject
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.kernel.personal.masks import without_numbers
from xianzhi.law.errors import Finding

LEAST_REASON = 4
"""Characters of a reason: less says nothing."""
_HEAD = 1
_MOST_REASON = 200
_MOST_WHAT = 200


class NoReason(ValueError):
    """A look without a reason that an auditor could follow; the message says what to write."""


def record_export(
    account: Account | None,
    what: str,
    count: int,
    reason: str,
    *,
    case: Case | None = None,
    subject: Subject | None = None,
) -> Look:
    """Records that a list or file with data of persons left the system, before the file is handed over.

    account: who took it; None for a command. what: the list in words (办件清单). count: its rows. reason: why, at least
    four characters. Raises NoReason.
    """
    return record(Look.Kind.EXPORT, account, what, reason, count=count, case=case, subject=subject)


def fault_of(reason: str) -> str:
    """What is wrong with a reason; empty where it will do."""
    enough = len(" ".join(reason.split())) >= LEAST_REASON
    return "" if enough else f"没有写明理由：至少{LEAST_REASON}个字，写清用在哪件事上"


def record(
    kind: str, account: Account | None, what: str, reason: str, *, count: int = 1, subject: Subject | None = None,
    case: Case | None = None, purpose: str = "", post: scope.HeldPost | None = None,
) -> Look:  # fmt: skip
    """Adds one look to the chain. The reason is cleaned of numbers, so that the record gives nothing away itself.

    post: in which post it was done; the account's first one unless given. Raises NoReason.
    """
    reason = without_numbers(" ".join(reason.split()))[:_MOST_REASON]
    if fault := fault_of(reason):
        raise NoReason(fault)
    if post is None and account is not None:
        post = next(iter(scope.posts_of(account)), None)
    with transaction.atomic():
        head = _locked()
        look = Look(
            seq=head.size + 1, kind=kind, account=account, post=post.key if post else getattr(account, "duty", ""),
            unit_id=post.unit_id if post else None, what=what[:_MOST_WHAT], count=count, subject=subject, case=case,
            purpose=purpose, reason=reason, at=clock.now(), prev=head.hash,
        )  # fmt: skip
        look.hash = chain.link(look.prev, body_of(look))
        look.save(force_insert=True)
        LookHead.objects.filter(pk=_HEAD).update(size=look.seq, hash=look.hash)
    return look


def _locked() -> LookHead:
    """The head of the chain, held until the transaction ends."""
    LookHead.objects.get_or_create(pk=_HEAD, defaults={"hash": GENESIS})
    return LookHead.objects.select_for_update().get(pk=_HEAD)


def body_of(look: Look) -> dict[str, Any]:
    """What a look's hash covers."""
    return {
        "seq": look.seq,
        "kind": str(look.kind),
        "account": look.account_id,
        "post": look.post,
        "unit": look.unit_id,
        "what": look.what,
        "count": look.count,
        "subject": look.subject_id,
        "case": look.case_id,
        "purpose": look.purpose,
        "reason": look.reason,
        "at": look.at.astimezone(UTC).isoformat(timespec="microseconds"),
    }


def look_findings() -> Iterator[Finding]:
    """What does not agree in the record of looks: gaps, changed entries, a tail that was cut off."""
    remedy = "从备份中恢复，并查明谁改动了数据库"
    prev, seq = GENESIS, 0
    for look in Look.objects.order_by("seq").iterator(chunk_size=1000):
        where = f"个人信息查看记录第 {look.seq} 条"
        if look.seq != seq + 1 or look.prev != prev:
            yield Finding("与上一条接不上，中间有缺失或改动", where, remedy)
        if look.hash != chain.link(look.prev, body_of(look)):
            yield Finding("内容与自身的 hash 不符，写入后被改动", where, remedy)
        prev, seq = look.hash, look.seq
    head = LookHead.objects.filter(pk=_HEAD).first()
    if (head.size, head.hash) != (seq, prev) if head else seq:
        yield Finding("末尾与链尾不符，最后若干条被删去", "个人信息查看记录", remedy)
