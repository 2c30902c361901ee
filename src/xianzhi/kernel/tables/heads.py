"""Finding the list in a file: the sheet and the line whose cells are a table's headings."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from xianzhi.kernel.tables import reading
from xianzhi.kernel.tables.cells import as_text, is_empty
from xianzhi.kernel.tables.declare import Column, Table, spoken
from xianzhi.kernel.tables.reading import BadSheet, Sheet

LOOKED_AT = 15
"""Lines at the top among which the headings stand: a title and a date may come before them."""
MOST_SHEETS = 20
NUMBER, PROBLEM = "原行号", "问题"
"""Headings that the file of bad rows adds."""
_SKIPPED = frozenset(spoken(one) for one in (NUMBER, PROBLEM, "序号", "备注"))


@dataclass(slots=True)
class Found:
    """A list that was found: its columns by their place, and the lines below the headings."""

    sheet: Sheet
    headings: list[str]
    line: int
    places: list[tuple[int, Column]]
    lines: Iterator[tuple[int, list[Any]]]
    notes: list[str] = field(default_factory=list)
    """What was not read, and why."""


@dataclass(slots=True)
class _Tried:
    sheet: Sheet
    line: int = 0
    headings: list[str] = field(default_factory=list)
    matched: dict[str, list[int]] = field(default_factory=dict)
    rest: list[tuple[int, list[Any]]] = field(default_factory=list)


def find(table: Table, sheets: Iterable[Sheet]) -> Found:
    """The first list of a file with the headings of a table. Raises BadSheet, naming what is missing."""
    best: _Tried | None = None
    seen = []
    for sheet, _number in zip(sheets, range(MOST_SHEETS), strict=False):
        tried = _headings(table, sheet)
        seen.append(sheet.name)
        if tried.matched and not _missing(table, tried):
            return _found(table, tried)
        if best is None or len(tried.matched) > len(best.matched):
            best = tried
    if best is None or not best.matched:
        wanted = "、".join(one.heading for one in table.columns if one.field.required)
        told = _("没有找到标题行：前 {n} 行里没有“{wanted}”这些列名。请下载空表，照着列名填")
        where = _("（查了工作表：{names}）").format(names="、".join(seen)) if len(seen) > 1 else ""
        raise BadSheet(told.format(n=LOOKED_AT, wanted=wanted) + where)
    raise BadSheet("；".join(_missing(table, best)) + _("。请下载空表，照着列名填"))


def _headings(table: Table, sheet: Sheet) -> _Tried:
    """The line of a sheet that matches best, with the lines read after it."""
    known = {name: column.field.name for column in table.columns for name in column.names}
    best, kept = _Tried(sheet), []
    for line, cells in sheet.lines:
        kept.append((line, cells))
        matched: dict[str, list[int]] = {}
        for place, cell in enumerate(cells):
            if (name := known.get(spoken(as_text(cell)))) and isinstance(cell, str):
                matched.setdefault(name, []).append(place)
        if len(matched) > len(best.matched):
            best = _Tried(sheet, line, [as_text(cell) for cell in cells], matched)
        if len(matched) == len(table.columns) or len(kept) == LOOKED_AT:
            break
    best.rest = [one for one in kept if one[0] > best.line]
    return best


def _missing(table: Table, tried: _Tried) -> list[str]:
    """The headings that are needed and not there, each with the one that may have been meant."""
    used = {place for places in tried.matched.values() for place in places}
    strangers = [heading for place, heading in enumerate(tried.headings) if place not in used and heading]
    told = []
    for column in table.columns:
        if not column.field.required or column.field.name in tried.matched:
            continue
        near = difflib.get_close_matches(column.field.zh, strangers, 1, 0.5)
        hint = _("（“{near}”是不是它？）").format(near=near[0][:40]) if near else ""
        told.append(_("缺“{name}”这一列{hint}").format(name=column.heading, hint=hint))
    return told


def _found(table: Table, tried: _Tried) -> Found:
    for name, columns in tried.matched.items():
        if len(columns) > 1:
            where = "、".join(letters(tried.sheet.first_column + place) for place in columns)
            told = _("“{name}”这一列出现了 {n} 次（{where} 列），不知道读哪一列；请只留一列")
            raise BadSheet(told.format(name=table.column(name).heading, n=len(columns), where=where))
    places = [(tried.matched[one.field.name][0], one) for one in table.columns if one.field.name in tried.matched]
    used = {place for place, _column in places}
    strangers = [one for place, one in enumerate(tried.headings) if place not in used and one]
    strangers = [one for one in strangers if spoken(one) not in _SKIPPED]
    notes = [_("没有读的列：{names}").format(names="、".join(one[:20] for one in strangers[:20]))] if strangers else []
    if tried.sheet.name != "CSV":
        notes.insert(0, _("读的是工作表“{name}”，标题在第 {line} 行").format(name=tried.sheet.name, line=tried.line))
    lines = _below(tried)
    return Found(tried.sheet, tried.headings, tried.line, places, lines, notes)


def _below(tried: _Tried) -> Iterator[tuple[int, list[Any]]]:
    """The lines below the headings that hold anything."""
    for line, cells in tried.rest:
        if not all(is_empty(cell) for cell in cells):
            yield line, cells
    for line, cells in tried.sheet.lines:
        if line > reading.MOST_LINES:
            raise BadSheet(_("超过 {n} 行，请分成几份").format(n=reading.MOST_LINES))
        if not all(is_empty(cell) for cell in cells):
            yield line, cells


def letters(column: int) -> str:
    """How a sheet names a column, from 0: A, B … AA."""
    name = ""
    while column >= 0:
        name, column = chr(ord("A") + column % 26) + name, column // 26 - 1
    return name
