"""Reads the blocks of a document, writes the items of a list that it calls 民生实事 (惠民实事, 实事) with a number.

Such a list is one paragraph (一是…；二是…), a paragraph an item below the sentence that calls it so, or an annex.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xianzhi.apps.gazette.reader.model import Block, Document, Role
from xianzhi.apps.gazette.reader.units import Units, fields_in

_COUNT = r"(?P<count>\d{1,3}|[一二三四五六七八九十百]{1,4})"
_CALLS = re.compile(
    rf"{_COUNT}\s*[件项个大]\s*(?:[\u4e00-\u9fff“”]{{0,8}}?)(?:民生实事|惠民实事|为民实事|民生工程|惠民工程|民生事项|民生大事|利民实事|实事|好事实事)"
)
_DONE = re.compile(r"兑现|完成了|全部完成|全面完成|如期|圆满|办结|已完成|得到落实|顺利")
_ITEM = re.compile(
    r"(?:^|(?<=[：:；;。]))\s*(?:(?P<han>[一二三四五六七八九十]{1,3})是|[（(](?P<arabic>\d{1,2})[）)]|(?P<dotted>\d{1,2})[.．、](?!\d)|[①-⑳])"
)
_HAN = "一二三四五六七八九十"


@dataclass(frozen=True, slots=True)
class _Item:
    place: int
    start: int
    end: int
    units: Units


def find(document: Document) -> list[dict[str, Any]]:
    """The matters of the first such list, in order: n, text, units_lead, units, span."""
    if document.header.doc_type == "measures":
        return []
    for place, block in enumerate(document.blocks):
        called = _CALLS.search(block.text)
        if called is None or _DONE.search(block.text[called.end() : called.end() + 20]):
            continue
        count = _value(called["count"])
        items = [*_inline(block, place, called.end())] or [*_below(document.blocks, place, count)]
        if len(items) >= max(2, 0.6 * count):
            return [_entry(document.blocks[item.place], number, item) for number, item in enumerate(items, start=1)]
    return []


def _value(numeral: str) -> int:
    if numeral.isdigit():
        return int(numeral)
    tens, _, ones = numeral.rpartition("十")
    if "十" not in numeral:
        return _HAN.find(numeral[-1]) + 1
    return (_HAN.find(tens[-1]) + 1 if tens else 1) * 10 + (_HAN.find(ones) + 1 if ones else 0)


def _inline(block: Block, place: int, start: int) -> Iterator[_Item]:
    """Items that stand in the paragraph that calls them: each begins with its mark, and marks follow one another."""
    marks: list[tuple[int, int]] = []
    for found in _ITEM.finditer(block.text, start):
        if _value_of(found) == len(marks) + 1:
            marks.append((found.start(), found.end()))
    if len(marks) < 2:
        yield from _listed(block, place, start)
        return
    for number, (_, begin) in enumerate(marks):
        end = marks[number + 1][0] if number + 1 < len(marks) else _end_of_last(block.text, begin)
        yield _item(block, place, begin, end)


def _listed(block: Block, place: int, start: int) -> Iterator[_Item]:
    """Items without marks, between semicolons after a colon."""
    colon = re.search(r"[：:]", block.text[start:])
    if not colon:
        return
    begin = start + colon.end()
    parts = [found.span() for found in re.compile(r"[^；;]+").finditer(block.text, begin)]
    if len(parts) >= 3:
        for low, high in parts:
            yield _item(block, place, low, high if high < len(block.text) else _end_of_last(block.text, low))


def _end_of_last(text: str, begin: int) -> int:
    """The last item of a paragraph ends with its sentence."""
    stop = text.find("。", begin)
    return stop if stop >= 0 else len(text)


def _value_of(found: re.Match[str]) -> int:
    if found["han"]:
        return _value(found["han"])
    return int(found["arabic"] or found["dotted"] or 0) or ord(found[0].strip()[-1]) - ord("①") + 1


def _below(blocks: list[Block], place: int, count: int) -> Iterator[_Item]:
    """Items that are paragraphs of their own, all of one form (1. or 一是), below the block that calls them."""
    caller = blocks[place]
    form: int | None = None
    number = 0
    for at in range(place + 1, len(blocks)):
        block = blocks[at]
        if block.role in (Role.TITLE, Role.ISSUER, Role.ANNEX) or (number == 0 and at > place + 6):
            if number:
                return
            continue
        marked = _ITEM.match(block.text)
        expected = block.number == number + 1 if block.level else bool(marked and _value_of(marked) == number + 1)
        level = block.level if block.level else 9
        if form is None and expected and number == 0 and (level != caller.level or not caller.level):
            form = level
        if form is None:
            continue
        if level == form and expected:
            number += 1
            start = block.start if block.level else (marked.end() if marked else 0)
            yield _item(block, at, start, len(block.text))
        elif number and (number >= count or (block.level and block.level < form)):
            return


def _item(block: Block, place: int, start: int, end: int) -> _Item:
    """The words of an item without its list of units and its closing mark."""
    units = Units()
    for low, _, found in fields_in(block.text):
        if start < low < end:
            units.add(found)
            end = low
    while end > start and block.text[end - 1] in "。；;.（( ，,":
        end -= 1
    return _Item(place, start, end, units)


def _entry(block: Block, number: int, item: _Item) -> dict[str, Any]:
    return {
        "n": number,
        "text": block.text[item.start : item.end],
        "units_lead": list(item.units.lead),
        "units": list(item.units.others),
        "span": list(block.span(item.start, item.end)),
    }
