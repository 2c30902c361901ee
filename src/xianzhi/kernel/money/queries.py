"""What the pages of the money read: which accounts somebody may see, their statements, and sums over them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from xianzhi.kernel import scope
from xianzhi.kernel.models import Case, MoneyAccount, MoneyEntry, MoneyLine
from xianzhi.kernel.models.money import AccountKind, Fen
from xianzhi.kernel.money.accounts import NOTHING, yuan_of

A_PAGE = 50
FINANCE = "finance"
"""The function that answers for the county's money."""


def visible(account: Any) -> QuerySet[MoneyAccount]:
    """The accounts that somebody may see: of the cases that he may see, of his own subject, of his units; those of
    nobody are for finance and the auditor."""
    if not account.is_authenticated or not account.is_active:
        return MoneyAccount.objects.none()
    seen = Q(case__in=Case.objects.visible_to(account))
    posts = scope.posts_of(account)
    if account.subject_id:
        seen |= Q(subject_id=account.subject_id)
    if posts:
        seen |= Q(unit__in=[post.unit_id for post in posts])
    if account.duty == "audit":
        return MoneyAccount.objects.all()
    if any(post.function == FINANCE for post in posts):
        seen |= Q(case=None, subject=None, unit=None)
    return MoneyAccount.objects.filter(seen)


@dataclass(frozen=True, slots=True)
class Flow:
    """What went into an account, or into several of one kind, and out of it, in a time; and what stands on it now."""

    into: Decimal = NOTHING
    out: Decimal = NOTHING
    left: Decimal = NOTHING


def _flows(year: int | None, lines: str = "") -> dict[str, Sum]:
    """Aggregates in fen over the lines of accounts, by the names of `Flow`."""
    amount = f"{lines}amount"
    within = Q(**{f"{lines}entry__on__year": year}) if year else Q()
    return {
        "fen_in": Sum(Fen(amount), filter=within & Q(**{f"{amount}__gt": 0})),
        "fen_out": Sum(Fen(amount), filter=within & Q(**{f"{amount}__lt": 0})),
        "fen": Sum(Fen(amount)),
    }


def _flow(row: Any) -> Flow:
    fen_in, fen_out, fen = (row[name] for name in ("fen_in", "fen_out", "fen"))
    return Flow(yuan_of(fen_in), -yuan_of(fen_out) if fen_out else NOTHING, yuan_of(fen))


@dataclass(frozen=True, slots=True)
class Held:
    """An account with what went in and out of it."""

    account: MoneyAccount
    flow: Flow


def held(accounts: QuerySet[MoneyAccount], year: int | None = None, *, most: int | None = None) -> list[Held]:
    """Accounts with their flows, of all years or of one: two queries. most: how many accounts."""
    found = list(accounts.select_related("case", "unit", "subject").order_by("service", "name")[:most])
    rows = MoneyLine.objects.filter(account__in=[one.pk for one in found]).order_by().values("account")
    flows = {row["account"]: _flow(row) for row in rows.annotate(**_flows(year))}
    return [Held(one, flows.get(one.pk, Flow())) for one in found]


@dataclass(frozen=True, slots=True)
class Total:
    """All accounts of one kind of a service."""

    service: str
    kind: AccountKind
    accounts: int
    flow: Flow


def totals(accounts: QuerySet[MoneyAccount], year: int | None = None) -> list[Total]:
    """Sums by service and kind of account: two queries."""
    groups = accounts.order_by().values("service", "kind")
    counts = {(row["service"], row["kind"]): row["count"] for row in groups.annotate(count=Count("pk"))}
    lines = MoneyLine.objects.filter(account__in=accounts.order_by().values("pk")).order_by()
    rows = lines.values("account__service", "account__kind").annotate(**_flows(year))
    flows = {(row["account__service"], row["account__kind"]): _flow(row) for row in rows}
    kinds = list(AccountKind)
    found = [Total(service, AccountKind(kind), count, flows.get((service, kind), Flow()))
             for (service, kind), count in counts.items()]  # fmt: skip
    return sorted(found, key=lambda one: (one.service, kinds.index(one.kind)))


def years() -> list[int]:
    """The years in which money moved, the last first."""
    return [day.year for day in MoneyEntry.objects.dates("on", "year", order="DESC")]


# ---- the statement of an account


@dataclass(frozen=True, slots=True)
class Other:
    """An account on the other side of an entry; nameless where whoever asks may not see it."""

    account: MoneyAccount | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a statement, with what stood on the account after it."""

    entry: MoneyEntry
    amount: Decimal
    left: Decimal | None
    """None in a list of one way only."""
    others: tuple[Other, ...]
    opens: bool
    """Whoever asks may see the case of the entry."""

    @property
    def into(self) -> Decimal | None:
        return self.amount if self.amount > 0 else None

    @property
    def out(self) -> Decimal | None:
        return -self.amount if self.amount < 0 else None

    @property
    def reversal(self) -> MoneyEntry | None:
        """The entry that took this one back."""
        return getattr(self.entry, "reversed_by", None)


@dataclass(frozen=True, slots=True)
class Statement:
    """A page of an account's lines, the newest first, and its sums."""

    rows: list[Row]
    flow: Flow
    page: int
    more: bool


WAYS = {"in": Q(amount__gt=0), "out": Q(amount__lt=0)}


def statement(account: MoneyAccount, by: Any, *, year: int | None = None, way: str = "", page: int = 1) -> Statement:
    """The lines of an account as somebody may see them, all or of a year, or one way of `WAYS` only, a page at a
    time: a fixed number of queries."""
    lines = MoneyLine.objects.filter(account=account)
    flow = _flow(lines.aggregate(**_flows(year)))
    found = lines.filter(entry__on__year=year) if year else lines
    found = found.filter(WAYS.get(way, Q())).select_related(
        "entry__event__case", "entry__reversed_by", "entry__reverses"
    )
    first = (page - 1) * A_PAGE
    shown = list(found.order_by("-entry__on", "-entry_id")[first : first + A_PAGE + 1])
    left = None if way in WAYS else _left_after(lines, shown[0].entry) if shown else NOTHING
    rows = _rows(shown[:A_PAGE], left, by)
    return Statement(rows, flow, page, len(shown) > A_PAGE)


def _left_after(lines: QuerySet[MoneyLine], entry: MoneyEntry) -> Decimal:
    """What stood on an account after an entry, in the order of its statement."""
    until = Q(entry__on__lt=entry.on) | Q(entry__on=entry.on, entry_id__lte=entry.pk)
    return yuan_of(lines.filter(until).aggregate(fen=Sum(Fen()))["fen"])


def _rows(lines: list[MoneyLine], left: Decimal | None, by: Any) -> list[Row]:
    """Lines one after the other, the newest first, of which `left` stood on the account after the first."""
    entries = [line.entry_id for line in lines]
    seen = set(visible(by).filter(lines__entry__in=entries).values_list("pk", flat=True))
    cases = {line.entry.event.case_id for line in lines}
    opens = set(Case.objects.visible_to(by).filter(pk__in=cases).values_list("pk", flat=True))
    sides: dict[int, list[MoneyLine]] = {}
    for side in MoneyLine.objects.filter(entry__in=entries).select_related("account").order_by("pk"):
        sides.setdefault(side.entry_id, []).append(side)
    rows = []
    for line in lines:
        others = _others(line, sides[line.entry_id], seen)
        rows.append(Row(line.entry, line.amount, left, others, line.entry.event.case_id in opens))
        left = None if left is None else left - line.amount
    return rows


def _others(line: MoneyLine, sides: Iterable[MoneyLine], seen: set[int]) -> tuple[Other, ...]:
    """The other side: in an entry of several movements, those that go the other way."""
    across = [one for one in sides if one.account_id != line.account_id and (one.amount > 0) != (line.amount > 0)]
    return tuple(Other(one.account if one.account_id in seen else None, abs(one.amount)) for one in across)


# ---- of a case


def of_case(case: Case) -> tuple[list[Held], list[MoneyEntry]]:
    """The accounts of a case with their flows, and the entries that its steps made, the newest first."""
    entries = MoneyEntry.objects.filter(event__case=case).select_related("event", "reversed_by")
    return held(case.money_accounts.all()), list(entries.order_by("-on", "-id"))
