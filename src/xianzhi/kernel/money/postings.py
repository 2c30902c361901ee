"""What a step wants to move: postings, made by verbs. A posting moves nothing until the door has written its event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.kernel.models import MoneyAccount, MoneyEntry
from xianzhi.kernel.models.money import AccountKind, EntryKind

MOST = Decimal(10) ** 13
"""Yuan; what an amount stays below."""
_TEXT = MoneyEntry._meta.get_field("text").max_length


class MoneyRefused(Exception):
    """A movement that may not be: what speaks against it, and what to do. Nothing was written."""

    def __init__(self, text: str, cure: str = "", used: Mapping[str, object] | None = None) -> None:
        self.text, self.cure, self.used = text, cure, dict(used or {})
        super().__init__(text)


def exact(amount: Decimal) -> Decimal:
    """The amount itself, with two decimals. Raises TypeError for anything but a Decimal, and MoneyRefused for what is
    finer than a fen, not finite, or too large."""
    if not isinstance(amount, Decimal):
        raise TypeError(f"金额 {amount!r} 的类型是 {type(amount).__name__}；只收 Decimal")
    if not amount.is_finite() or abs(amount) >= MOST:
        raise MoneyRefused(f"{amount} 不是可以入账的金额", "核对金额")
    if amount != round(amount, 2):
        raise MoneyRefused(f"金额 {amount} 不足一分的部分没有舍入", "精确到分，最多两位小数")
    return round(amount, 2)


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry to come. Its lines name an account each and sum to exactly nothing."""

    kind: EntryKind
    lines: tuple[tuple[MoneyAccount, Decimal], ...]
    text: str
    reference: str = ""
    """The number under which others know the movement: one number is one entry of its kind."""
    on: date | None = None
    """The day for which it counts; that of its event unless given."""
    reverses: MoneyEntry | None = None
    covered: frozenset[int] = field(default=frozenset())
    """Accounts (ids) that must hold what is taken from them, though their kind may fall below nothing."""

    def stated(self, on: date) -> dict[str, Any]:
        """As its event keeps it."""
        return as_stated(
            self.kind, self.on or on, self.text, self.reference, self.reverses and self.reverses.pk,
            ((account.name, amount) for account, amount in self.lines),
        )  # fmt: skip


def as_stated(
    kind: str, on: date, text: str, reference: str, reverses: int | None, lines: Iterable[tuple[str, Decimal]]
) -> dict[str, Any]:
    """The content of an entry as an event keeps it, and as it is made again from the entry's rows to be compared."""
    return {
        "kind": str(kind), "on": on.isoformat(), "text": text, "reference": reference, "reverses": reverses,
        "lines": [[name, f"{amount:.2f}"] for name, amount in lines],
    }  # fmt: skip


def posting(
    kind: EntryKind, lines: Iterable[tuple[MoneyAccount, Decimal]], text: str, *, reference: str = "",
    on: date | None = None, reverses: MoneyEntry | None = None, covered: Iterable[MoneyAccount] = (),
) -> Posting:  # fmt: skip
    """A posting of any lines; those of one account are put together, and what comes to nothing is left out.

    Raises TypeError for an amount that is no Decimal, MoneyRefused for one that cannot be booked or where no money
    moves, and ValueError where the lines do not sum to nothing.
    """
    sums: dict[MoneyAccount, Decimal] = {}
    for account, amount in lines:
        sums[account] = sums.get(account, Decimal()) + exact(amount)
    kept = tuple((account, amount) for account, amount in sums.items() if amount)
    if not kept:
        raise MoneyRefused("没有金额可以入账", "填写大于零的金额")
    if rest := sum((amount for _, amount in kept), Decimal()):
        raise ValueError(f"分录不平：各行之和为 {rest} 元，应为 0")
    ids = frozenset(account.pk for account in covered)
    return Posting(kind, kept, text[:_TEXT], reference.strip(), on, reverses, ids)


# ---- verbs


def charge(due: MoneyAccount, levied: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Somebody owes from now on: `due` holds what is still to come."""
    return _moved(EntryKind.CHARGE, levied, due, amount, text, rest)


def pay(source: MoneyAccount, to: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Money out of a fund, or in for what is due. No more than the source holds."""
    return _moved(EntryKind.PAYMENT, source, to, amount, text, rest)


def refund(paid: MoneyAccount, to: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Gives back what was paid, never more than it."""
    return _moved(EntryKind.REFUND, paid, to, amount, text, rest)


def hold_deposit(payer: MoneyAccount, deposit: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Takes a deposit, which stays the payer's. Raises ValueError where the account is none for deposits."""
    _deposits(deposit)
    return _moved(EntryKind.DEPOSIT, payer, deposit, amount, text, rest)


def release_deposit(deposit: MoneyAccount, to: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Gives a deposit back, or what is left of it, once. Raises ValueError where the account is none for deposits."""
    _deposits(deposit)
    return _moved(EntryKind.RELEASE, deposit, to, amount, text, rest)


def appropriate(sources: Mapping[MoneyAccount, Decimal], fund: MoneyAccount, text: str, **rest: Any) -> Posting:
    """Money of several sources for a fund."""
    amounts = [_positive(amount) for amount in sources.values()]
    taken = ((source, -amount) for source, amount in zip(sources, amounts, strict=True))
    return posting(EntryKind.APPROPRIATION, [*taken, (fund, sum(amounts, Decimal()))], text, **rest)


def draw(line: MoneyAccount, used: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Uses up a line of a plan for what is appropriated, never more than it holds."""
    return _moved(EntryKind.BUDGET, line, used, amount, text, {**rest, "covered": [line]})


def transfer(source: MoneyAccount, to: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Moves money from one place to another."""
    return _moved(EntryKind.TRANSFER, source, to, amount, text, rest)


def carry(source: MoneyAccount, to: MoneyAccount, amount: Decimal, text: str, **rest: Any) -> Posting:
    """Takes over into another year."""
    return _moved(EntryKind.CARRY, source, to, amount, text, rest)


def reverse(entry: MoneyEntry, text: str, **rest: Any) -> Posting:
    """Takes a mistaken entry back. Raises MoneyRefused for one that is reversed already, or that is a reversal."""
    if entry.reverses_id is not None:
        raise MoneyRefused("冲销分录不能再冲销", "按原业务重新入账")
    if hasattr(entry, "reversed_by"):
        raise MoneyRefused(f"“{entry.text}”已经冲销", "不必重复办理")
    lines = [(line.account, -line.amount) for line in entry.lines.select_related("account")]
    return posting(EntryKind.REVERSAL, lines, text, reverses=entry, **rest)


def _moved(
    kind: EntryKind, source: MoneyAccount, to: MoneyAccount, amount: Decimal, text: str, rest: Mapping[str, Any]
) -> Posting:
    amount = _positive(amount)
    return posting(kind, [(source, -amount), (to, amount)], text, **rest)


def _positive(amount: Decimal) -> Decimal:
    if exact(amount) <= 0:
        raise MoneyRefused(f"金额 {amount} 应大于零", "核对金额")
    return exact(amount)


def _deposits(account: MoneyAccount) -> None:
    if account.kind != AccountKind.DEPOSIT:
        raise ValueError(f"科目“{account.title}”不是保证金科目")
