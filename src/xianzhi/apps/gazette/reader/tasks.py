"""Reads the blocks of a document, writes its obligations (rules G-11, G-12): one for each task that carries units or a
deadline, each row of a table of tasks, and each clause of prose that orders a named organ or carries a deadline.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from xianzhi.apps.gazette.reader.clauses import Clause, clauses_of
from xianzhi.apps.gazette.reader.dates import When, dates_in, relative_in
from xianzhi.apps.gazette.reader.model import Block, Document, Part, Role
from xianzhi.apps.gazette.reader.tables import rows_of
from xianzhi.apps.gazette.reader.units import Units, fields_in

START = 12
"""Characters by which an entry is known."""
_FIRST_LEADS = re.compile(r"(?:排在|列在)?第一(?:位|个)?的?(?:部门|单位)?(?:的)?(?:部门|单位)?为牵头(?:部门|单位)")
_GOALS = re.compile(r"目标|总体要求|指导思想|基本原则")
_PAST = re.compile(r"回顾|总结|成效|情况|工作成绩|主要成绩")
_STEP = re.compile(r"[（(]([^（()）。；]{2,40})[）)][。：:]?$|阶段[：:]?(20\d{2}年[^。，；]{2,30})[。：:]?$")
"""A step that ends with its time: 动员部署（2024年3月）."""
_STEP_NAMED = re.compile(r"第[一二三四五六七八九十]{1,2}(?:阶段|步)|[一二三四五六七八九十]{1,3}是")
_TIME_ONLY = re.compile(r"[\d年月日号底末初前之以上中下旬半季度至到起—－\-~～.、即一二三四五六七八九十今内份]+")
_DEEP = (Role.HEADING, Role.ITEM, Role.ARTICLE)


@dataclass(slots=True)
class Task:
    """A block and those below it that belong to it."""

    head: int
    blocks: list[int]
    units: Units = field(default_factory=Units)
    dues: list[str] = field(default_factory=list)


def find(document: Document) -> list[dict[str, Any]]:
    """The obligations of a document in the order in which they stand."""
    taken: set[int] = set()
    found = [*_rows(document, taken), *_tasks(document, taken), *_steps(document, taken)]
    found += _prose(document, taken)
    found.sort(key=lambda one: one["span"][0])
    if _FIRST_LEADS.search("".join(block.text for block in document.blocks)):
        for one in found:
            if one["units"] and not one["units_lead"]:
                one["units_lead"] = one["units"][:1]
    return found


def years(document: Document) -> list[int | None]:
    """For each block the year that a date in it has if it names none: of the nearest date or heading above."""
    year = document.header.plan_year if document.header.doc_type == "work_report" else document.header.year
    found: list[int | None] = []
    for block in document.blocks:
        found.append(year)
        dates = dates_in(block.text, None) if "年" in block.text else []
        named = [when.year for when in dates if when.year and 2000 <= when.year < 2100]
        year = named[-1] if named else year
    return found


def _rows(document: Document, taken: set[int]) -> Iterator[dict[str, Any]]:
    known = years(document)
    for row in rows_of(document.blocks):
        taken.update(row.blocks)
        first = document.blocks[row.content]
        when = _last(dates_in(row.due, known[row.content]), loose=True)
        entry = _entry(document, row.content, row.words, row.units, when, row.due)
        entry["number"] = row.number or None
        entry["span"] = list(first.span(row.start, row.end))
        yield entry


def _tasks(document: Document, taken: set[int]) -> Iterator[dict[str, Any]]:
    known = years(document)
    for task in _groups(document, taken):
        taken.update(task.blocks)
        head = document.blocks[task.head]
        segments = _segments(head) if len(task.blocks) == 1 else []
        if len(segments) > 1:
            yield from _segment_entries(document, task.head, segments, known[task.head])
            continue
        when, raw = _due_of(document, task, known)
        entry = _entry(document, task.head, head.words, task.units, when, raw)
        entry["number"] = head.marker.rstrip(".．、") or None
        entry["span"] = [head.span()[0], document.blocks[task.blocks[-1]].span()[1]]
        yield entry


def _steps(document: Document, taken: set[int]) -> Iterator[dict[str, Any]]:
    """Steps of a plan whose heading ends with their time, each with the paragraphs below it."""
    if document.header.doc_type == "work_report":
        return
    known = years(document)
    for place, block in enumerate(document.blocks):
        if place in taken or not (time := _time_of_step(block)):
            continue
        when = _last(dates_in(time, known[place]), loose=True)
        if when is None:
            continue
        last = place
        while last + 1 < len(document.blocks) and _below(document.blocks[last + 1], block) and last + 1 not in taken:
            last += 1
        taken.update(range(place, last + 1))
        entry = _entry(document, place, block.words, Units(), when, time)
        entry["number"] = block.marker.rstrip(".．、") or None
        entry["span"] = [block.span()[0], document.blocks[last].span()[1]]
        yield entry


def _time_of_step(block: Block) -> str:
    """The time that the heading of a step ends with, else nothing. A holiday has its days in brackets too."""
    if not (block.level or _STEP_NAMED.match(block.text)) or re.search(r"放假|调休|值班", block.text):
        return ""
    head = block.run_in or re.split(r"(?<=[）)])[。：:]|。", block.words, maxsplit=1)[0]
    found = _STEP.search(head) if len(head) <= 60 else None
    time = (found[1] or found[2]) if found else ""
    return time if _TIME_ONLY.fullmatch(time) and re.search(r"[年月日旬季]", time) else ""


def _below(block: Block, head: Block) -> bool:
    if head.level:
        return any(one is head for one in block.above)
    return block.role is Role.BODY and not block.level and not _STEP_NAMED.match(block.text)


def _groups(document: Document, taken: set[int]) -> Iterator[Task]:
    """Blocks that carry a list of units or a deadline line, each with the numbered block that it belongs to."""
    blocks = document.blocks
    carriers = [
        place for place, block in enumerate(blocks)
        if place not in taken and block.role in (*_DEEP, Role.BODY) and fields_in(block.text)
    ]  # fmt: skip
    heads: dict[int, Task] = {}
    for place in carriers:
        head = _head_of(blocks, place, carriers)
        task = heads.setdefault(head, Task(head, list(range(head, place + 1))))
        task.blocks = list(range(head, place + 1))
    for task in heads.values():
        _extend(blocks, task)
        for place in task.blocks:
            for _, _, units in fields_in(blocks[place].text):
                task.units.add(units)
                if units.due:
                    task.dues.append(units.due)
        yield task


def _head_of(blocks: list[Block], place: int, carriers: list[int]) -> int:
    """The block a carrier belongs to: itself if it is numbered or says something of its own, else the item above."""
    block = blocks[place]
    if block.level or block.role is Role.ARTICLE:
        return place
    says = re.sub(r"\s", "", block.text[: fields_in(block.text)[0][0]]).strip("（(。；")
    above = block.above[-1] if block.above else None
    if above is None or not above.level:
        return place if says else max(place - 1, 0)
    head = next(at for at in range(place, -1, -1) if blocks[at] is above)
    rivals = [at for at in carriers if at != place and head < at and blocks[at].above and blocks[at].above[-1] is above]
    speaking = [at for at in rivals if blocks[at].text[: fields_in(blocks[at].text)[0][0]].strip("（(")]
    return place if says and speaking else head


def _extend(blocks: list[Block], task: Task) -> None:
    """Takes in the unnumbered blocks between that belong to the task, up to the last that carries something."""
    last = task.blocks[-1]
    while last + 1 < len(blocks) and blocks[last + 1].role is Role.BODY and _only_fields(blocks[last + 1].text):
        last += 1
    task.blocks = list(range(task.head, last + 1))


def _only_fields(text: str) -> bool:
    found = fields_in(text)
    return bool(found) and found[0][0] == 0 and found[-1][1] >= len(text) - 1


def _segments(block: Block) -> list[tuple[int, int, Units]]:
    """The parts of a paragraph that holds several tasks, each ended by its own list in brackets."""
    parts: list[tuple[int, int, Units]] = []
    start = block.start + (len(block.run_in) + 1 if block.run_in and block.role is Role.ITEM else 0)
    for begin, end, units in fields_in(block.text):
        if units and begin - start >= 4:
            parts.append((start, end, units))
            start = end
    return parts


def _segment_entries(
    document: Document, place: int, segments: list[tuple[int, int, Units]], year: int | None
) -> Iterator[dict[str, Any]]:
    block = document.blocks[place]
    for start, end, units in segments:
        words = re.sub(r"^[一二三四五六七八九十]{1,3}是", "", block.text[start:end])
        when = _last(dates_in(units.due, year), loose=True) if units.due else _last(dates_in(words, year))
        entry = _entry(document, place, words, units, when, units.due)
        entry["span"] = list(block.span(start, end))
        yield entry


def _due_of(document: Document, task: Task, known: list[int | None]) -> tuple[When | None, str]:
    """The deadline of a task: that of its own line, else the last in its text that is one."""
    if task.dues:
        return _last(dates_in(task.dues[-1], known[task.head]), loose=True), task.dues[-1]
    found = [when for place in task.blocks for when in dates_in(document.blocks[place].text, known[place])]
    last = _last([when for when in found if when.firm or when.precision == "year"])
    return last, ""


def _last(found: list[When], *, loose: bool = False) -> When | None:
    """The last deadline; loose: where a deadline is asked for, a bare month or year is one."""
    return next((when for when in reversed(found) if when.due and (loose or when.firm)), None)


def _prose(document: Document, taken: set[int]) -> Iterator[dict[str, Any]]:
    report = document.header.doc_type == "work_report"
    known = years(document)
    before: list[dict[str, Any]] = []
    for place, block in enumerate(document.blocks):
        if place in taken or block.role not in (*_DEEP, Role.BODY) or block.part is Part.ANNEX or not block.words:
            continue
        if report and _is_past(block, document):
            continue
        current: list[dict[str, Any]] = []
        for clause in clauses_of(block, known[place]):
            current += _clause_entries(document, place, clause, report, before)
        yield from current
        before = current or before


def _is_past(block: Block, document: Document) -> bool:
    """A part of a report that looks back: what stands there was done."""
    heads = "".join(one.run_in for one in block.above if one.level == 1)
    if not heads:
        return True
    return bool(_PAST.search(heads)) or (str((document.header.plan_year or 0) - 1) in heads and "今年" not in heads)


def _clause_entries(
    document: Document, place: int, clause: Clause, report: bool, before: list[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    block = document.blocks[place]
    goal = any(_GOALS.search(one.run_in) for one in (*block.above, block))
    signed = document.header.date
    whens = [
        when for when in clause.whens
        if when.due and (when.firm or (not report and signed and when.due >= signed and _opens(clause, when)))
    ]  # fmt: skip
    if report or (goal and not clause.organs):
        orders: list[Units] = [Units()] if whens and not goal else []
    else:
        orders = clause.organs or ([Units()] if whens else [])
        if clause.yearly and not whens and not clause.organ_opens:
            orders = [Units(), *orders]
    if not whens and report:
        return
    for number, units in enumerate(orders):
        dues: list[When | None] = [*whens] or [None]
        for when in dues if number == 0 else [_when_for(clause, number, whens)]:
            raw = when.raw if when else clause.relative if number == 0 else ""
            entry = _entry(document, place, clause.words, units, when, raw or "")
            entry["span"] = list(block.span(clause.start, clause.end))
            if number == 0 and not report:
                _date_before(clause, units, when, before)
            yield entry


def _opens(clause: Clause, when: When) -> bool:
    """2024年7月，组织验收: a bare month or year that a clause opens with, and that is still to come."""
    opens = not clause.words[: when.start].strip("于在，,") and clause.words[when.end : when.end + 1] in ("，", ",")
    return opens and when.precision in ("month", "year", "day")


def _when_for(clause: Clause, number: int, whens: list[When]) -> When | None:
    """A second organ in a clause has the dates that stand after its name."""
    after = clause.starts[number] if number < len(clause.starts) else 0
    return next((when for when in whens if when.start > after), None)


_COLLECTS = re.compile(r"统计|提供|收集|汇总|填报|摸排|梳理|报送|上报")
_DELIVERS = re.compile(r"(?:报送|上报|报告|推送|提交|汇总至|反馈|移交)")


def _date_before(clause: Clause, units: Units, when: When | None, before: list[dict[str, Any]]) -> None:
    """各单位于4月15日前将数据报送…: the units are those of the paragraph above that gather the data."""
    everyone = units.others and re.match(r"(?:各|上述|以上)(?:有关|相关|责任)?(?:单位|部门)", units.others[0])
    if not (everyone and when and when.due and _DELIVERS.search(clause.words)):
        return
    for entry in before:
        if entry["due"] is None and _COLLECTS.search(entry["duty"]):
            entry["due"], entry["due_text"], entry["due_in"] = when.due.isoformat(), when.raw, "next_paragraph"
            entry["due_precision"] = when.precision


def _entry(document: Document, place: int, words: str, units: Units, when: When | None, raw: str) -> dict[str, Any]:
    block = document.blocks[place]
    due = when.due if when else None
    text = when.raw if when else raw
    if not due and not text:
        text = relative_in(words) or "" if units else ""
    return {
        "number": block.marker or None,
        "section": "".join(one.marker for one in block.above) or None,
        "text_start": words[:START],
        "duty": words,
        "units_lead": list(units.lead),
        "units": list(units.others),
        "units_open": units.open,
        "units_proposed": [],
        "due": due.isoformat() if due else None,
        "due_text": text,
        "due_precision": when.precision if when and due else None,
        "strict_due": when.strict.isoformat() if when and when.strict else None,
        "modality": "in_principle" if "原则上" in words else "must",
        "block": place,
    }
