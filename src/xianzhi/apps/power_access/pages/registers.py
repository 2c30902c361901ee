"""Lists of a desk: sections of one table each, whose rows lead to their case."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.kernel.models import Case
from xianzhi.kernel.pages import words


@dataclass(frozen=True, slots=True)
class Cell:
    """A value in a row: text, a smaller line below, a status where `is_` is given, a number where `num`."""

    text: str
    small: str = ""
    is_: str = ""
    num: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list: what it is, where it leads, its cells."""

    title: str
    url: str
    small: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """One list: columns after the first, rows, sums below the columns, and what is said where it is empty."""

    id: str
    zh: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    empty: str
    cites: str = ""
    hint: str = ""
    sums: tuple[Cell, ...] = ()
    first: str = field(default_factory=lambda: _("项目"))
    counted: bool = True
    """Whether the number of its rows says anything: an overview is not counted at the top of the page."""

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column with whether it holds numbers."""
        cells = self.rows[0].cells if self.rows else ()
        return [(zh, bool(cells) and cells[number].num) for number, zh in enumerate(self.columns)]

    @property
    def summed(self) -> list[tuple[str, Cell]]:
        return list(zip(self.columns, self.sums, strict=True)) if self.sums else []

    @property
    def labelled(self) -> list[tuple[Row, list[tuple[str, Cell]]]]:
        return [(row, list(zip(self.columns, row.cells, strict=True))) for row in self.rows]


def money(amount: Decimal | None) -> Cell:
    return Cell("" if amount is None else f"{amount:,.2f}", num=True)


def number(count: Any, unit: str = "") -> Cell:
    return Cell(words.figure(count, unit), num=True)


def due(case: Case) -> Cell:
    """The soonest limit of a case."""
    told = words.due(case)
    return Cell(told.words, told.below, told.is_)


def mark(is_: str, text: str, small: str = "") -> Cell:
    return Cell(text, small, is_)


def row(case: Case, *cells: Cell, title: str = "", small: str = "") -> Row:
    """A row that leads to a case."""
    return Row(title or case.title, reverse("case", args=[case.pk]), small or case.number, cells)


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((one for one in amounts if one is not None), Decimal())
