"""Money: balanced, append-only entries in yuan, written with the events that moved it.

    account = open_account("power.plan/2025/line 3", "2025年计划第3行", AccountKind.BUDGET, case=plan_case)

    @books(Works.pay)
    def _paid(attempt):
        yield pay(fund, spent, attempt.data["amount"], "支付工程款", reference="国库 0001")

What a step moves is said by the function marked with `books` for it. The door writes it into the step's event, so that
the chain of the case covers it, and then as entries: each entry's lines sum to nothing, checked here and by the
database. Nothing is changed or deleted; what was a mistake is reversed by another entry. `findings` compares every
entry with its event, and every balance with what may be.

Rooms: accounts (open them, read them), postings (the verbs), entries (which step moves what, and the posting of it),
check (what must always be true), queries (statements and overviews for pages).
"""

from xianzhi.kernel.money.accounts import AccountKind, balance, balances, find_account, open_account
from xianzhi.kernel.money.check import findings
from xianzhi.kernel.money.entries import booked, books, post
from xianzhi.kernel.money.postings import (
    EntryKind,
    MoneyRefused,
    Posting,
    appropriate,
    carry,
    charge,
    draw,
    hold_deposit,
    pay,
    posting,
    refund,
    release_deposit,
    reverse,
    transfer,
)

__all__ = [
    "AccountKind",
    "EntryKind",
    "MoneyRefused",
    "Posting",
    "appropriate",
    "balance",
    "balances",
    "booked",
    "books",
    "carry",
    "charge",
    "draw",
    "find_account",
    "findings",
    "hold_deposit",
    "open_account",
    "pay",
    "post",
    "posting",
    "refund",
    "release_deposit",
    "reverse",
    "transfer",
]
