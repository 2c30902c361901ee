"""A till for tests of the money: a procedure whose one step moves whatever a test wants."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.kernel import door, registry
from xianzhi.kernel.models import Case, Event, MoneyAccount
from xianzhi.kernel.models.money import AccountKind
from xianzhi.kernel.money import Posting, balance, open_account
from xianzhi.kernel.money.entries import bookers
from xianzhi.kernel.tests import sample
from xianzhi.law.procedure import PUBLIC, SAME, START, Procedure, Step, final, states


class Till(Procedure):
    """示例账台, open until it is closed."""

    app = "sample"
    zh = "示例账台"
    numbered = "示账〔{year}〕{serial:04d}"

    standing = states("使用中")[0]
    closed = final("已结清")

    begin = Step("开立", START >> standing, by=PUBLIC, event="sample.till.begun", cites="sample-1-1")
    book = Step("入账", standing >> SAME, by=PUBLIC, event="sample.till.booked", cites="sample-2-1")
    close = Step("结清", standing >> closed, by=PUBLIC, event="sample.till.closed", cites="sample-2-1")


Wanted = Callable[[], Sequence[Posting]]
_wanted: dict[int, Wanted] = {}
"""By the case in which it is to move."""


def _booked(attempt: door.Attempt) -> Sequence[Posting]:
    return _wanted.pop(attempt.case.pk)()


@contextmanager
def tilled() -> Iterator[type[Till]]:
    """The till as if a service had declared it; all is as before afterwards."""
    with sample.registered():
        registry.procedures[Till.name] = Till
        bookers[Till.book.origin] = _booked
        try:
            yield Till
        finally:
            _wanted.clear()
            del bookers[Till.book.origin]


def begun() -> Case:
    return door.open_case(Till, Till.begin, by=PUBLIC, title="示例", division=sample.COUNTY)


def book(case: Case, *wanted: Posting | Callable[[], Posting], on: date | None = None, key: str = "") -> Event:
    """Takes a step that moves what is wanted. A function is asked within the step."""
    _wanted[case.pk] = lambda: [one() if callable(one) else one for one in wanted]
    try:
        return door.take_step(case, "book", by=PUBLIC, on=on, key=key)
    finally:
        _wanted.pop(case.pk, None)


NAMES = {
    "bank": AccountKind.OUTSIDE, "payer": AccountKind.OUTSIDE, "authority": AccountKind.AUTHORITY,
    "line": AccountKind.BUDGET, "used": AccountKind.USED, "fund": AccountKind.FUND, "spent": AccountKind.SPENT,
    "returned": AccountKind.RETURNED, "due": AccountKind.DUE, "levied": AccountKind.LEVIED,
    "received": AccountKind.RECEIVED, "deposit": AccountKind.DEPOSIT,
}  # fmt: skip


def accounts(case: Case | None = None) -> dict[str, MoneyAccount]:
    """One account of each kind, of a case or of nobody, by a short name."""
    return {
        name: open_account(f"sample.{name}", f"示例{kind.label}", kind, service="sample", case=case)
        for name, kind in NAMES.items()
    }


def held() -> dict[str, Decimal]:
    """What stands on each account of the till."""
    return {name: balance(f"sample.{name}") for name in NAMES}


def yuan(amount: Any) -> Decimal:
    return Decimal(str(amount))
