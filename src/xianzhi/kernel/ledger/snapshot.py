"""Reading the whole ledger as it stood at one moment, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from operator import attrgetter
from typing import Any

from django.db import connection, transaction

CHUNK = 2000


@contextmanager
def snapshot() -> Iterator[None]:
    """Within it every query sees the same moment, and no writer waits. Inside a transaction it changes nothing."""
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic():
            _execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield
    else:
        _execute("BEGIN DEFERRED")  # not IMMEDIATE, as the settings have it for writers
        try:
            yield
        finally:
            _execute("ROLLBACK")


def _execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


class ByCase:
    """Rows of many cases, sorted by case, handed out case by case: two sorted streams run side by side."""

    def __init__(self, rows: Any) -> None:
        self._groups = groupby(rows.iterator(chunk_size=CHUNK), key=attrgetter("case_id"))
        self._next = next(self._groups, None)

    def of(self, case_id: int) -> list[Any]:
        """The rows of a case. Ask for the cases in ascending order."""
        while self._next is not None and self._next[0] < case_id:
            self._next = next(self._groups, None)
        if self._next is None or self._next[0] != case_id:
            return []
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return rows
