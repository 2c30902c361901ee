"""Tables of tasks: rows with their cells on one line and tabs between, or one cell to a paragraph (flattened).

A column is known by its heading: 序号, 任务内容, 牵头单位, 责任单位, 完成时限 and the like.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xianzhi.apps.gazette.reader.model import Block, Role
from xianzhi.apps.gazette.reader.units import Units, all_units, is_unit, members

_COLUMNS = (
    ("number", re.compile(r"序号|编号|项次")),
    ("lead", re.compile(r"(?:牵头|主办|主责|总牵头)(?:责任)?(?:部门|单位|科室)")),
    (
        "others",
        re.compile(r"(?:责任|配合|协办|参与|实施|承办|协同|协助|落实|负责)(?:实施)?(?:部门|单位|主体|科室)(?:（.*）)?"),
    ),
    ("due", re.compile(r"(?:完成|办理|工作|推进|整改)?(?:时限|时间|期限|进度)(?:节点|要求|安排)?")),
    (
        "content",
        re.compile(
            r"(?:具体|主要|重点|工作|任务|目标|改革|实施)*(?:任务|内容|措施|举措|事项|要求)(?:内容|及目标|分解|明细)?"
        ),
    ),
    ("group", re.compile(r"(?:任务|项目|类别|工作|指标|事项|领域|阶段)(?:名称|类别|分类|项目|大项)?|分类|类型")),
    ("other", re.compile(r"备注|责任领导|责任人|联系人|目标值|单位|进展|成果形式|分管领导|牵头领导")),
)  # fmt: skip
_FEWEST = 3
"""Columns that a table of tasks has at least."""
_DATE_LIKE = re.compile(
    r"(?:\d{4}年?)?[^，。]{0,12}(?:年|月|季度|底|日|长期|全年|持续|常态化)[^，。]{0,8}|20\d{2}[./-]\d{1,2}(?:[./-]\d{1,2})?"
)
_UNITS_AT_END = re.compile(r"。([^，。；]{2,60})$")
"""Units that ran into the cell before them, as in a table copied out of a page."""
_BAR = re.compile(r"[|｜]")
_RULE = re.compile(r"[|｜:：\-—\s]+")
"""The line of dashes below the headings of a table with bars."""


@dataclass(frozen=True, slots=True)
class Row:
    """content: the place of the block with the words of the task, [start, end) in its text."""

    number: str
    content: int
    start: int
    end: int
    words: str
    units: Units
    due: str
    blocks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Cell:
    block: int
    start: int
    end: int
    text: str


def rows_of(blocks: list[Block]) -> Iterator[Row]:
    """The rows of all tables of tasks, in order."""
    place = 0
    while place < len(blocks):
        if found := _head(blocks, place):
            columns, place = found
            rows = _tabbed(blocks, place, columns) if place and _is_row(blocks[place - 1].text) else None
            cells, place = rows if rows is not None else _flat(blocks, place, columns)
            yield from (row for one in cells if (row := _row(one, columns)))
        else:
            place += 1


def _column(text: str) -> str | None:
    bare = re.sub(r"[\s：:]", "", text)
    return next((name for name, form in _COLUMNS if form.fullmatch(bare)), None) if len(bare) <= 12 else None


def _head(blocks: list[Block], place: int) -> tuple[list[str], int] | None:
    """The columns of a table whose headings stand here, and the place after them."""
    if _is_row(blocks[place].text):
        columns = [_column(cell.text) for cell in _cells_of(blocks[place].text, place)]
        return ([one or "other" for one in columns], place + 1) if _is_head(columns) else None
    columns = []
    at = place
    while at < len(blocks) and (column := _column(blocks[at].text)):
        columns.append(column)
        at += 1
    return ([one or "other" for one in columns], at) if _is_head(columns) else None


def _is_head(columns: list[str | None]) -> bool:
    known = [one for one in columns if one]
    tells = {"lead", "others", "due"} & set(known)
    return len(known) >= _FEWEST and bool(tells) and bool({"content", "group"} & set(known))


def _tabbed(blocks: list[Block], place: int, columns: list[str]) -> tuple[list[list[_Cell | None]], int]:
    rows: list[list[_Cell | None]] = []
    while place < len(blocks) and _is_row(blocks[place].text):
        cells = _cells_of(blocks[place].text, place)
        place += 1
        if not _is_head([_column(cell.text) for cell in cells]) and not _RULE.fullmatch(blocks[place - 1].text):
            named: list[_Cell | None] = [cell if cell.text else None for cell in cells]
            filled = [cell for cell in cells if cell.text]
            short = len(cells) < len(columns) and len(filled) > 1
            rows.append(_placed(filled, columns) if short else (named + [None] * len(columns))[: len(columns)])
    return rows, place


def _is_row(text: str) -> bool:
    """A row on one line, its cells parted by tabs or bars."""
    return "\t" in text or len(_BAR.findall(text)) > 1


def _cells_of(text: str, place: int) -> list[_Cell]:
    mark = "\t" if "\t" in text else "|" if "|" in text else "｜"
    start = 1 if text.startswith(mark) and mark != "\t" else 0
    end = len(text) - 1 if text.endswith(mark) and mark != "\t" else len(text)
    cells = []
    for part in text[start:end].split(mark):
        cells.append(_Cell(place, start, start + len(part), part.strip()))
        start += len(part) + 1
    return cells


def _flat(blocks: list[Block], place: int, columns: list[str]) -> tuple[list[list[_Cell | None]], int]:
    """Rows whose cells are paragraphs: a row begins with its number, and ends where the next number follows."""
    rows: list[list[_Cell | None]] = []
    current: list[_Cell] = []
    expected = 1
    while place < len(blocks) and blocks[place].role not in (Role.ANNEX, Role.TITLE):
        text = blocks[place].text
        if found := _head(blocks, place):
            if found[0] != columns:
                break
            place = found[1]
            continue
        if text == str(expected) and columns[0] == "number":
            if current:
                rows.append(_placed(current, columns))
            current, expected = [], expected + 1
        current.append(_Cell(place, 0, len(text), text))
        place += 1
    if current and expected > 1:
        rows.append(_placed(current, columns))
    return rows, place


def _placed(cells: list[_Cell], columns: list[str]) -> list[_Cell | None]:
    """Cells to columns: the date and the units from the end, number and group from the start, between the content."""
    placed: list[_Cell | None] = [None] * len(columns)
    if _agree(cells, columns):
        return list(cells)
    left = list(cells)
    if columns[0] == "number":
        placed[0] = left.pop(0)
    if "due" in columns and len(left) > 1 and _DATE_LIKE.fullmatch(left[-1].text):
        placed[columns.index("due")] = left.pop()
    _place_units(left, placed, [at for at, column in enumerate(columns) if column in ("lead", "others")])
    content = columns.index("content") if "content" in columns else columns.index("group")
    if len(left) > 1 and "group" in columns and columns.index("group") < content and len(left[0].text) <= 20:
        placed[columns.index("group")] = left.pop(0)
    if left:
        placed[content] = left[0]
    return placed


def _agree(cells: list[_Cell], columns: list[str]) -> bool:
    """One cell to each column, and each of the kind that its column asks for."""
    if len(cells) != len(columns):
        return False
    for cell, column in zip(cells, columns, strict=True):
        if column in ("lead", "others") and not all_units(cell.text) and cell.text not in "/—无":
            return False
        if column == "content" and all_units(cell.text):
            return False
        if column == "due" and not _DATE_LIKE.fullmatch(cell.text):
            return False
    return True


def _torn(text: str) -> bool:
    """A list of units that breaks off inside the last name."""
    listed, _ = members(text)
    return len(listed) > 1 and all(map(is_unit, listed[:-1])) and not is_unit(listed[-1]) and "。" not in text


def _place_units(left: list[_Cell], placed: list[_Cell | None], columns: list[int]) -> None:
    """The units at the end of a row; where they are more cells than columns, the last column has the rest."""
    run: list[_Cell] = []
    while len(left) > 1 and all_units(left[-1].text):
        run.insert(0, left.pop())
        if len(left) > 1 and _torn(left[-1].text):
            above = left.pop()
            run[0] = _Cell(above.block, above.start, above.end, above.text + run[0].text)
    if left and len(run) < len(columns) and (found := _UNITS_AT_END.search(left[-1].text)) and all_units(found[1]):
        words = left.pop()
        left.append(_Cell(words.block, words.start, words.start + found.start(1), words.text[: found.start(1)]))
        run.insert(0, _Cell(words.block, words.start + found.start(1), words.end, found[1]))
    for at, cell in zip(columns, run, strict=False):
        placed[at] = cell
    if len(run) > len(columns) > 0:
        first = run[len(columns) - 1]
        rest = run[len(columns) - 1 :]
        placed[columns[-1]] = _Cell(first.block, first.start, first.end, "、".join(cell.text for cell in rest))


def _row(cells: list[_Cell | None], columns: list[str]) -> Row | None:
    """A row as a task, if it has words and a unit or a date."""
    named = {column: cell for column, cell in zip(columns, cells, strict=True) if cell}
    content = named.get("content") or named.get("group")
    if content is None or len(content.text) < 4:
        return None
    units = Units()
    for column in ("lead", "others"):
        if column in named:
            listed, is_open = members(named[column].text)
            units.add(Units(lead=listed, open=is_open) if column == "lead" else Units(others=listed, open=is_open))
    due = named["due"].text if "due" in named else ""
    if not units and not due:
        return None
    places = sorted({cell.block for cell in cells if cell})
    number = named["number"].text if "number" in named else ""
    words = re.sub(r"^\d{1,2}[.．、]", "", content.text)
    return Row(
        number, content.block, content.start, content.end, words, units, due, tuple(range(places[0], places[-1] + 1))
    )
