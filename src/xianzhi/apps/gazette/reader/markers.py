"""The numbers that open a paragraph: 第三章, 第十一条, 一、, （二）, 3., （4）.

A text that looks like a marker need not be one (4.4亿元); whether it is accepted depends on what went before, and that
is for `structure` to say.
"""

import re
from dataclasses import dataclass

from xianzhi.law.numerals import from_chinese

_HAN = r"[一二三四五六七八九十百零〇]{1,6}"
CHAPTER, SECTION, ARTICLE = -3, -2, -1
"""Levels of a measures text, above those of headings: 第…编 and 第…章 are chapters."""
RANKS = (CHAPTER, SECTION, ARTICLE, 1, 2, 3, 4, 5)
"""All levels, outermost first."""
_FORMS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (CHAPTER, re.compile(rf"第({_HAN}|\d{{1,3}})[编章](?![节条款])")),
    (SECTION, re.compile(rf"第({_HAN}|\d{{1,3}})节")),
    (ARTICLE, re.compile(rf"第({_HAN}|\d{{1,3}})条(?:之[一二三四五六七八九十])?(?=\s|[^第款项的和与及、至规例件])")),
    (1, re.compile(rf"({_HAN})[、.．](?![一二三四五六七八九十])")),
    (2, re.compile(rf"[（(]({_HAN})[）)][、.．]?")),
    (3, re.compile(r"(\d{1,3})(?:[.．](?!\d(?!00[%％]|\d*年))|[、])")),
    (4, re.compile(r"[（(](\d{1,3})[）)][、.．]?")),
    (5, re.compile(r"([①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮])")),
)
_OPENERS = frozenset("第一二三四五六七八九十百零〇（(0123456789①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮")
_INSERTED = re.compile(r"之[一二三四五六七八九十]$")


@dataclass(frozen=True, slots=True)
class Marker:
    """level: one of RANKS; text: as printed; number: its value, from 1; inserted: 第三条之一, which follows its
    own number."""

    level: int
    text: str
    number: int
    inserted: bool = False


def marker_of(text: str) -> Marker | None:
    """What a paragraph opens with, if that has the form of a marker."""
    if not text or text[0] not in _OPENERS:
        return None
    for level, form in _FORMS:
        if found := form.match(text):
            number = _value(found[1])
            if number:
                return Marker(level, found[0], number, bool(_INSERTED.search(found[0])))
    return None


def _value(numeral: str) -> int:
    if numeral.isdigit() and numeral.isascii():
        return int(numeral)
    if "①" <= numeral <= "⑮":
        return ord(numeral) - ord("①") + 1
    try:
        return int(from_chinese(numeral))
    except ValueError:
        return 0
