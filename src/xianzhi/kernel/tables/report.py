"""The file of bad rows: each as it came, with its line and what is wrong, to be mended and loaded again."""

import csv
from pathlib import Path
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from xianzhi.kernel.tables.cells import as_text, clean_text, csv_cell
from xianzhi.kernel.tables.heads import NUMBER, PROBLEM
from xianzhi.kernel.tables.rows import Bad, Fault

KEPT = 50
"""Faults that are kept at hand for the page; the file has all of them."""
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
MOST_CHARACTERS = 32_767
"""Of one cell of Excel."""


class Report:
    """Collects bad rows into a file as they come; keeps the first faults at hand. Nothing is written without one."""

    def __init__(self, path: Path, headings: list[str]) -> None:
        """path: without its ending where it is to be a workbook, .csv for text."""
        self.path, self.count, self.first = path, 0, list[Fault]()
        self._headings = headings
        self._writer: _Csv | _Xlsx | None = None

    def add(self, bad: Bad) -> None:
        if self._writer is None:
            self._writer = (_Csv if self.path.suffix == ".csv" else _Xlsx)(self.path, self._headings)
        self.count += 1
        self.first += bad.faults[: max(0, KEPT - len(self.first))]
        self._writer.add(bad)

    def close(self) -> None:
        if self._writer is None:
            self.path.unlink(missing_ok=True)
        else:
            self._writer.close()


def _told(bad: Bad) -> str:
    return "；".join(one.reason for one in bad.faults)


class _Csv:
    def __init__(self, path: Path, headings: list[str]) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._out = csv.writer(self._file)
        self._width = len(headings)
        self._out.writerow([*(csv_cell(one) for one in headings), NUMBER, PROBLEM])

    def add(self, bad: Bad) -> None:
        cells = [*bad.cells, *[""] * (self._width - len(bad.cells))][: self._width]
        self._out.writerow([*(_as_it_came(one) for one in cells), bad.line, csv_cell(_told(bad))])

    def close(self) -> None:
        self._file.close()


def _as_it_came(cell: Any) -> str:
    text = as_text(cell)
    return text if isinstance(cell, int | float) else csv_cell(text.removeprefix("'"))


class _Xlsx:
    def __init__(self, path: Path, headings: list[str]) -> None:
        self._book = xlsxwriter.Workbook(str(path), OPTIONS)
        bold = self._book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._as_text = self._book.add_format({"num_format": "@"})
        self._rows = self._book.add_worksheet(_("有误的行"))
        self._list = self._book.add_worksheet("错误清单")
        self._width, self._row, self._fault = len(headings), 0, 0
        for place, heading in enumerate([*headings, NUMBER, PROBLEM]):
            self._rows.write_string(0, place, clean_text(heading), bold)
        self._rows.freeze_panes(1, 0)
        self._rows.set_column(0, max(0, self._width - 1), 16)
        self._rows.set_column(self._width + 1, self._width + 1, 60)
        for place, (heading, width) in enumerate(((_("行"), 8), (_("列"), 18), (_("值"), 28), (_("原因"), 60))):
            self._list.write_string(0, place, heading, bold)
            self._list.set_column(place, place, width)
        self._list.freeze_panes(1, 0)

    def add(self, bad: Bad) -> None:
        self._row += 1
        for place, cell in enumerate(bad.cells[: self._width]):
            if isinstance(cell, float | int) and not isinstance(cell, bool):
                self._rows.write_number(self._row, place, cell)
            elif text := as_text(cell):
                self._rows.write_string(self._row, place, clean_text(text)[:MOST_CHARACTERS], self._as_text)
        self._rows.write_number(self._row, self._width, bad.line)
        self._rows.write_string(self._row, self._width + 1, clean_text(_told(bad))[:MOST_CHARACTERS], self._wrap)
        for one in bad.faults:
            self._fault += 1
            self._list.write_number(self._fault, 0, one.line)
            for place, text in enumerate((one.column, one.value, one.reason), start=1):
                self._list.write_string(self._fault, place, clean_text(text)[:MOST_CHARACTERS], self._wrap)

    def close(self) -> None:
        self._book.close()
