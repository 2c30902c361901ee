"""Accounts: opening them, and how many yuan stand on them."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db.models import Q, Sum

from xianzhi.kernel import clock
from xianzhi.kernel.models import Case, MoneyAccount, MoneyLine, Subject, Unit
from xianzhi.kernel.models.money import AccountKind, Fen

NOTHING = Decimal("0.00")


def open_account(
    name: str, title: str, kind: AccountKind, *, service: str, case: Case | None = None,
    subject: Subject | None = None, unit: Unit | None = None,
) -> MoneyAccount:  # fmt: skip
    """The account of a name, opened where there is none yet.

    It belongs to a case, a subject or a unit, or to nobody (the world outside). service: the app that it is for.
    Raises ValueError where an account of that name is of another kind or belongs to another.
    """
    facts = {"kind": kind, "service": service, "case": case, "subject": subject, "unit": unit}
    found, _ = MoneyAccount.objects.get_or_create(
        name=name, defaults={"title": title[:160], "opened_on": clock.today(), **facts}
    )
    stands = (found.kind, found.service, found.case_id, found.subject_id, found.unit_id)
    if stands != (kind, service, *(owner and owner.pk for owner in (case, subject, unit))):
        raise ValueError(f"资金科目 {name} 已开立为另一种类别或另一归属，请换一个代号")
    return found


def find_account(name: str) -> MoneyAccount | None:
    """The account of a name; None where none was opened."""
    return MoneyAccount.objects.filter(name=name).first()


def balance(account: MoneyAccount | str, on: date | None = None) -> Decimal:
    """The yuan on an account, given itself or by name: now, or at the end of a day. Nothing where none was opened."""
    named = Q(account__name=account) if isinstance(account, str) else Q(account=account)
    lines = MoneyLine.objects.filter(named)
    if on is not None:
        lines = lines.filter(entry__on__lte=on)
    return yuan_of(lines.aggregate(fen=Sum(Fen()))["fen"])


def balances(accounts: Iterable[MoneyAccount]) -> dict[int, Decimal]:
    """The yuan on each of several accounts, by their ids: one query."""
    ids = [account.pk for account in accounts]
    sums = MoneyLine.objects.filter(account__in=ids).values_list("account").annotate(fen=Sum(Fen()))
    return dict.fromkeys(ids, NOTHING) | {pk: yuan_of(fen) for pk, fen in sums.order_by()}


def yuan_of(fen: int | None) -> Decimal:
    """Whole fen as yuan with two decimals; None is nothing."""
    return Decimal(fen or 0).scaleb(-2)
