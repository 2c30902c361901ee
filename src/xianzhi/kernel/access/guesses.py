"""Locking a door at which somebody guesses.

A try is counted before the password is looked at, in a transaction of its own, so that guesses sent side by side are
counted like guesses sent one after the other; a success gives its try back. Names that are no account's are counted
like all others: a lock tells nobody whether there is such an account.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F

from xianzhi.kernel.access import machine
from xianzhi.kernel.access.address import house_of
from xianzhi.kernel.access.seal import digest
from xianzhi.kernel.models import Account, Guesses


@dataclass(frozen=True, slots=True)
class Try:
    """A try that was counted. locks: it was the last one before the door is locked."""

    own: str
    """What is counted for the account from the address."""
    others: tuple[str, ...]
    account: Any
    locks: bool


class LockedOut(Exception):
    """Too many tries; nothing was looked at."""


def begin(name: str, address: str, door: str = "password") -> Try:
    """Counts a try at an account's door from an address. Raises LockedOut.

    name: as typed. door: what is guessed; passwords and one-time codes are counted apart.
    """
    account = Account.objects.filter(username=name).first()
    counted = list(_counted(name, house_of(address), door))
    locks = False
    with transaction.atomic():
        # Always in one order, so that two tries side by side never wait for each other.
        rows = [_row(key, most, owned, account, address) for key, most, owned in sorted(counted)]
        if any(row.failures >= row.most for row in rows):
            raise LockedOut
        for row in rows:
            row.failures += 1
            row.last = machine.now()
            row.save(update_fields=["failures", "last"])
            locks = locks or row.failures >= row.most
    own, *others = (key for key, _most, _owned in counted)
    return Try(own, tuple(others), account, locks)


def succeeded(made: Try) -> None:
    """Takes the try back; what was counted for this account from this address begins anew."""
    Guesses.objects.filter(key=made.own).delete()
    Guesses.objects.filter(key__in=made.others, failures__gt=0).update(failures=F("failures") - 1)


def locked(account: Any) -> list[Guesses]:
    """The locks that an account stands under now."""
    return list(account.guesses.filter(failures__gte=F("most"), last__gt=_cool()).order_by("-last"))


def unlock(account: Any) -> int:
    """Forgets all guesses at an account; how many locks that opened."""
    opened = len(locked(account))
    account.guesses.all().delete()
    return opened


def sweep() -> int:
    """Deletes counts that have cooled off."""
    return int(Guesses.objects.filter(last__lte=_cool()).delete()[0])


def _cool() -> Any:
    return machine.now() - timedelta(minutes=settings.LOCK_MINUTES)


def _counted(name: str, house: str, door: str) -> Iterator[tuple[str, int, bool]]:
    """(key, most tries, whether it is the account's)"""
    folded = name.strip().casefold()
    yield digest(f"1 {door} {folded} {house}", "guesses"), settings.GUESSES, True
    yield digest(f"2 {door} {folded}", "guesses"), settings.GUESSES_ACCOUNT, True
    yield digest(f"3 {door} {house}", "guesses"), settings.GUESSES_ADDRESS, False


def _row(key: str, most: int, owned: bool, account: Any, address: str) -> Guesses:
    """The count, locked for this transaction; one that has cooled off begins anew."""
    fresh = {"account": account if owned else None, "address": address or None, "most": most, "last": machine.now()}
    Guesses.objects.bulk_create([Guesses(key=key, **fresh)], ignore_conflicts=True)
    row = Guesses.objects.select_for_update().get(key=key)
    if row.failures and row.last <= _cool():
        row.failures = 0
    row.most = most
    return row
