"""What must always be true of the money: every entry balances and is the one that its event states, and all accounts
together hold nothing."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from xianzhi.kernel.models import Event, MoneyAccount, MoneyEntry, MoneyLine
from xianzhi.kernel.models.money import FLOORED, Fen
from xianzhi.kernel.money.accounts import yuan_of
from xianzhi.kernel.money.postings import as_stated
from xianzhi.kernel.registry import every_night
from xianzhi.law.errors import Finding
from xianzhi.law.money import format_yuan

RESTORE = "与备份对照，恢复被改动的记录"
CHUNK = 500


@every_night("资金平衡")
def money_faults(on: date) -> list[str]:
    """What the money does not prove, in words; nothing when all is well."""
    return [str(finding) for finding in findings()]


def findings() -> Iterator[Finding]:
    """Whatever is not as it must be, each with the row where it stands."""
    yield from _lost_lines()
    yield from _unbalanced()
    yield from _against_events()
    yield from _below_nothing()
    yield from _whole()


def _lost_lines() -> Iterator[Finding]:
    lost = MoneyLine.objects.exclude(entry_id__in=MoneyEntry.objects.values("pk"))
    for pk, entry in lost.values_list("pk", "entry_id"):
        yield Finding("所属的分录不存在", f"分录行 {pk}（分录 {entry}）", RESTORE)


def _unbalanced() -> Iterator[Finding]:
    sums = MoneyEntry.objects.annotate(count=Count("lines"), fen=Sum(Fen("lines__amount")))
    for entry in sums.filter(Q(count__lt=2) | ~Q(fen=0)).select_related("event__case"):
        what = f"各行之和为 {format_yuan(yuan_of(entry.fen))} 元，应为 0" if entry.fen else "分录不足两行"
        yield Finding(what, at(entry.event, entry.place), RESTORE)


def at(event: Event, place: int) -> str:
    """How a finding names an entry."""
    return f"办件 {event.case.number} 第 {event.seq} 条第 {place} 笔分录"


def _against_events() -> Iterator[Finding]:
    """Made again from its rows, every entry is what the chain of its case holds."""
    last = 0
    moved = Event.objects.filter(Q(postings__isnull=False) | Q(entries__isnull=False)).distinct()
    while events := list(moved.filter(pk__gt=last).select_related("case").order_by("pk")[:CHUNK]):
        kept = _kept(events)
        for event in events:
            yield from _compared(event, event.postings or [], kept.get(event.pk, {}))
        last = events[-1].pk


def _kept(events: list[Event]) -> dict[int, dict[int, Any]]:
    """By event and place: what the rows of the entries say."""
    entries = {entry.pk: entry for entry in MoneyEntry.objects.filter(event__in=events)}
    lines: dict[int, list[Any]] = {}
    rows = MoneyLine.objects.filter(entry__in=entries).order_by("pk")
    for entry_id, name, amount in rows.values_list("entry_id", "account__name", "amount"):
        lines.setdefault(entry_id, []).append((name, amount))
    found: dict[int, dict[int, Any]] = {}
    for pk, one in entries.items():
        stated = as_stated(one.kind, one.on, one.text, one.reference, one.reverses_id, lines.get(pk, ()))
        found.setdefault(one.event_id, {})[one.place] = stated
    return found


_NAMES = {
    "kind": "类别", "on": "日期", "text": "摘要", "reference": "流水号", "reverses": "冲销对象", "lines": "科目或金额",
}  # fmt: skip


def _compared(event: Event, stated: list[Any], kept: dict[int, Any]) -> Iterator[Finding]:
    for place, ought in enumerate(stated, start=1):
        is_ = kept.get(place)
        if is_ is None:
            yield Finding("办理记录载明的分录不在账上", at(event, place), RESTORE)
        elif is_ != ought:
            wrong = "、".join(zh for name, zh in _NAMES.items() if is_[name] != ought.get(name))
            yield Finding(f"{wrong}与办理记录载明的不符，入账后被改动", at(event, place), RESTORE)
    for place in sorted(set(kept) - set(range(1, len(stated) + 1))):
        yield Finding("办理记录没有载明这笔分录", at(event, place), RESTORE)


def _below_nothing() -> Iterator[Finding]:
    sums = MoneyAccount.objects.filter(kind__in=FLOORED).annotate(fen=Sum(Fen("lines__amount"))).filter(fen__lt=0)
    for account in sums.order_by("name"):
        yield Finding(f"余额为 {format_yuan(yuan_of(account.fen))} 元，不应低于 0", f"科目 {account.name}", RESTORE)


def _whole() -> Iterator[Finding]:
    if fen := MoneyLine.objects.aggregate(fen=Sum(Fen()))["fen"]:
        yield Finding(f"全部科目之和为 {format_yuan(yuan_of(fen))} 元，应为 0", "资金总账", RESTORE)
