"""Which step moves what, and the posting of it: only here is money written."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Max

from xianzhi.kernel.models import Event, MoneyAccount, MoneyEntry, MoneyLine
from xianzhi.kernel.models.money import AccountKind, EntryKind
from xianzhi.kernel.money.accounts import balances
from xianzhi.kernel.money.postings import MoneyRefused, Posting
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.money import format_yuan
from xianzhi.law.procedure import Step

Booker = Callable[[Any], Iterable[Posting]]
bookers: dict[Step, Booker] = {}
"""By the step whose money they book."""


def books(*steps: Step) -> Callable[[Booker], Booker]:
    """Marks a function that says what money its steps move: given the `Attempt` once nothing speaks against it, it
    yields postings. It may open accounts, and writes nothing else."""

    def mark(booker: Booker) -> Booker:
        for step in steps:
            if bookers.setdefault(step.origin, booker) is not booker:
                where = f"{booker.__module__}.{booker.__name__}"
                raise LawError(Finding(f"步骤 {step} 的资金已有登记", where, "每步只登记一次"))
        return booker

    return mark


def drafted(attempt: Any) -> list[Posting]:
    """What an attempted step moves. Raises MoneyRefused."""
    booker = bookers.get(attempt.step.origin)
    return list(booker(attempt)) if booker else []


def post(event: Event, postings: Sequence[Posting]) -> list[MoneyEntry]:
    """Writes the postings of an event, within its transaction: all of them or none.

    Raises MoneyRefused where an account holds less than is taken from it, where a number was booked before, and where
    an entry is reversed a second time; ValueError where the event does not state these postings.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("money is posted within the transaction of its event")
    if (event.postings or []) != [one.stated(event.on) for one in postings]:
        raise ValueError(f"{event} 没有记载这些分录")
    _guard(postings)
    return [_written(event, place, one) for place, one in enumerate(postings, start=1)]


def booked(reference: str) -> MoneyEntry | None:
    """The entry that stands under a number, of whatever kind; None where there is none that was not reversed."""
    standing = MoneyEntry.objects.filter(reference=reference, reversed_by=None).exclude(kind=EntryKind.REVERSAL)
    return standing.select_related("event__case").order_by("pk").first()


# ---- what must hold, also when several post at once


def _guard(postings: Sequence[Posting]) -> None:
    """No account is left with less than nothing that may not be: looked at under a lock, posting after posting."""
    watched = {
        account.pk: account
        for one in postings
        for account, amount in one.lines
        if amount < 0 and (account.floored or account.pk in one.covered)
    }
    if not watched:
        return
    # Always in the same order, so that two who post to the same accounts wait and do not block each other for good.
    # It does not stop others from pointing to the accounts, only from looking at them with the same intent.
    list(MoneyAccount.objects.select_for_update(no_key=True).filter(pk__in=watched).order_by("pk").values_list("pk"))
    held = balances(watched.values())
    for one in postings:
        for account, amount in one.lines:
            if account.pk not in held:
                continue
            if amount < 0 and held[account.pk] + amount < 0:
                raise _too_little(account, held[account.pk], -amount)
            held[account.pk] += amount


_SHORT: dict[str, str] = defaultdict(
    lambda: "“{title}”余额 {held} 元，不足 {taken} 元",
    {
        AccountKind.RECEIVED: "“{title}”已收 {held} 元，不能退还 {taken} 元",
        AccountKind.DEPOSIT: "“{title}”尚存 {held} 元，不能退还 {taken} 元",
        AccountKind.DUE: "“{title}”应收 {held} 元，不能收取 {taken} 元",
    },
)


def _too_little(account: MoneyAccount, held: Decimal, taken: Decimal) -> MoneyRefused:
    words = {"title": account.title, "held": format_yuan(held), "taken": format_yuan(taken)}
    spent = account.kind in (AccountKind.RECEIVED, AccountKind.DEPOSIT) and not held
    text = f"“{account.title}”已全部退还" if spent else _SHORT[account.kind].format(**words)
    return MoneyRefused(text, "核对金额", {"余额": held, "金额": taken})


# ---- writing


def _written(event: Event, place: int, one: Posting) -> MoneyEntry:
    """The lines first and the entry last, which the database takes only where they balance."""
    entry = MoneyEntry(
        id=_next_id(), event=event, place=place, on=one.on or event.on, kind=one.kind, text=one.text,
        reference=one.reference, edition=_edition(one), reverses=one.reverses,
    )  # fmt: skip
    lines = [MoneyLine(entry_id=entry.pk, account=account, amount=amount) for account, amount in one.lines]
    try:
        MoneyLine.objects.bulk_create(lines)
        entry.save(force_insert=True)
    except IntegrityError as error:  # somebody else was faster
        if one.reference and "reference" in str(error):
            raise MoneyRefused(f"流水号{one.reference}已入账", "核对是否重复") from None
        if one.reverses and "reverses" in str(error):
            raise MoneyRefused(f"“{one.reverses.text}”已经冲销", "不必重复办理") from None
        raise
    return entry


def _edition(one: Posting) -> int:
    """How many entries of its kind have stood under its number, with this one. All are read at one moment: one that is
    committed meanwhile has the same place, and the database takes only one of them."""
    if not one.reference:
        return 1
    earlier = MoneyEntry.objects.filter(kind=one.kind, reference=one.reference)
    found = list(earlier.select_related("reversed_by", "event__case"))
    for entry in found:
        if not hasattr(entry, "reversed_by"):
            raise MoneyRefused(f"流水号{one.reference}已在{entry.event.case.number}入账", "核对是否重复")
    return len(found) + 1


def _next_id() -> int:
    """The id of the entry to come, for its lines are written before it. On SQLite one transaction writes at a time."""
    if connection.vendor != "postgresql":
        return (MoneyEntry.objects.aggregate(last=Max("pk"))["last"] or 0) + 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('kernel_moneyentry', 'id'))")
        return cursor.fetchone()[0]
