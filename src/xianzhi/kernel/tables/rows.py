"""Checking the rows of a list one after another: good ones go on, of bad ones every fault is kept."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xianzhi.kernel.tables.cells import as_text, is_empty, taken, unguarded
from xianzhi.kernel.tables.declare import Load, Row, Table
from xianzhi.kernel.tables.heads import Found
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.law.fields import BadField

_TOTALS = ("合计", "总计", "共计")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in one line: the column's heading (empty for the line as a whole), what stands there, why."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Bad:
    """A line that cannot be taken, as it came, with its faults."""

    line: int
    cells: list[Any]
    faults: list[Fault]


@dataclass(slots=True)
class Stated:
    """The sum that a closing line states, beside the sum of what was read."""

    line: int
    stated: Decimal | None = None
    summed: Decimal = Decimal("0.00")
    whole: bool = True
    """Whether every amount above could be read: else the sums cannot be compared."""


@dataclass(slots=True)
class Rows:
    """The rows of a list, to be gone through once."""

    table: Table
    found: Found
    load: Load
    seen: dict[tuple, int] = field(default_factory=dict)
    sums: Stated = field(default_factory=lambda: Stated(0))

    def __iter__(self) -> Iterator[tuple[Row | Bad, list[Any]]]:
        """Each line as a good or a bad row, with its cells. Raises BadSheet where there are too many."""
        read = 0
        for line, cells in self.found.lines:
            if self._closes(line, cells):
                continue
            read += 1
            if read > self.table.limit:
                raise BadSheet(_("超过 {n} 行，这张表一次最多 {n} 行；请分成几份").format(n=self.table.limit))
            yield self._one(line, cells), cells
        if not read:
            raise BadSheet(_("标题下面没有数据行"))

    def _one(self, line: int, cells: list[Any]) -> Row | Bad:
        values: dict[str, Any] = {one.field.name: None for one in self.table.columns}
        faults: list[Fault] = []
        broken = self.found.sheet.faulty.get(line, ())
        for place, column in self.found.places:
            cell = cells[place] if place < len(cells) else None
            if self.found.sheet.guarded and cell and isinstance(cell, str):
                cell = unguarded(cell)
            try:
                if broken and place + self.found.sheet.first_column in broken:
                    raise BadField(_("{zh}的公式出错，请改正公式或直接填值").format(zh=column.field.zh))
                values[column.field.name] = taken(cell, column.field)
            except BadField as error:
                reason = str(error) + self._merged(line, place, cell)
                faults.append(Fault(line, column.heading, as_text(cell)[:200], reason))
        if not faults:
            faults = self._against(line, values)
        self._sum(values)
        return Bad(line, cells, faults) if faults else Row(line, values)

    def _merged(self, line: int, place: int, cell: Any) -> str:
        """That an empty cell lies under a merged one."""
        at = place + self.found.sheet.first_column
        if is_empty(cell):
            for top, left, bottom, right in self.found.sheet.merged:
                if top <= line <= bottom and left <= at <= right:
                    told = _("（第 {top} 至 {bottom} 行合并了单元格，请取消合并，逐行填写）")
                    return told.format(top=top, bottom=bottom)
        return ""

    def _against(self, line: int, values: dict[str, Any]) -> list[Fault]:
        faults = []
        if self.table.unique:
            same = tuple(values[name] for name in self.table.unique)
            if None not in same and (first := self.seen.setdefault(same, line)) != line:
                heading = self.table.column(self.table.unique[0]).heading
                reason = _("与第 {line} 行重复").format(line=first)
                faults.append(Fault(line, heading, "、".join(str(one) for one in same)[:200], reason))
        for name, reason in self.table.check(values, self.load) if self.table.check else ():
            value = values.get(name)
            heading = self.table.column(name).heading if name else ""
            faults.append(Fault(line, heading, "" if value is None else str(value)[:200], reason))
        return faults

    def _sum(self, values: dict[str, Any]) -> None:
        if self.table.total:
            amount = values.get(self.table.total)
            if amount is None:
                self.sums.whole = False
            else:
                self.sums.summed += amount

    def _closes(self, line: int, cells: list[Any]) -> bool:
        """Whether a line only states the sum of those above."""
        first = next((as_text(cell) for cell in cells if not is_empty(cell)), "").replace(" ", "")
        if not self.table.total or not first.startswith(_TOTALS):
            return False
        place = next((place for place, one in self.found.places if one.field.name == self.table.total), None)
        if place is not None and place < len(cells) and not is_empty(cells[place]):
            try:
                self.sums.line = line
                self.sums.stated = taken(cells[place], self.table.column(self.table.total).field)
            except BadField:
                self.sums.stated = None
        return True

    def wrong_total(self) -> str:
        """What is wrong with the sum that the sheet states; empty where it is right or cannot be compared."""
        sums = self.sums
        if sums.stated is None or not sums.whole or sums.stated == sums.summed:
            return ""
        told = _("第 {line} 行：合计应为 {summed}，表中写 {stated}")
        return told.format(line=sums.line, summed=f"{sums.summed:,.2f}", stated=f"{sums.stated:,.2f}")
