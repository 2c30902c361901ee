"""Where a provision stands in its document, read and printed: 第十一条第四项, 三（二）2（4）."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xianzhi.law.errors import Finding, LawError
from xianzhi.law.numerals import from_chinese, to_chinese

PREAMBLE = "引言"
OUTLINE = ("part", "section", "item", "task", "step")
"""Levels of a document in parts, outermost first. Whatever of them is present prints 一 （一） 1 （1） by depth."""
_SAME = {"sentence": "s", "para": "p", "paragraph": "p"}
_NUMBERED = {"chapter", "article", "s", *OUTLINE}
_KNOWN = {"chapter", "article", "p", "s", "clause", "line", *OUTLINE}
_ARTICLE = re.compile(
    r"第(?P<article>[一二三四五六七八九十百千零〇两]+|\d+)条"
    r"(?:第(?P<p>[一二三四五六七八九十]+|\d+)款)?"
    r"(?:第(?P<item>[一二三四五六七八九十百]+|\d+)项)?"
    r"(?:第(?P<s>[一二三四五六七八九十]+|\d+)句)?"
)
_PARTS = re.compile(
    r"(?P<part>[一二三四五六七八九十]+)"
    r"(?:（(?P<section>[一二三四五六七八九十]+)）(?:(?P<item>\d+)(?:（(?P<step>\d+)）)?)?)?"
    r"(?:第(?P<s>[一二三四五六七八九十]+)句)?"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a document: levels from the outside in, such as {"part": 3, "section": 2, "item": 1}."""

    levels: tuple[tuple[str, int | str], ...]

    @classmethod
    def of(cls, at: Mapping[str, int | str]) -> Place:
        """From a register's `at`. Raises LawError for a level that no document has."""
        levels = []
        for key, number in at.items():
            level = _SAME.get(key, key)
            if level == "part" and not isinstance(number, int):
                level = "clause"  # some registers call a part of a sentence "part"
            if level not in _KNOWN:
                known = "、".join(sorted(_KNOWN))
                raise LawError(Finding(f"位置里有不认识的层级 {key}", remedy=f"可用：{known}"))
            numbered = level in _NUMBERED or (level == "p" and "article" in at)
            if numbered and (not isinstance(number, int) or isinstance(number, bool) or number < 0):
                raise LawError(Finding(f"位置里的 {key} 不是序号：{number}", remedy="写数字，如 {part: 3}"))
            levels.append((level, number))
        return cls(tuple(levels))

    def get(self, level: str) -> int | str | None:
        return dict(self.levels).get(level)

    @property
    def heading(self) -> int | str | None:
        """The outermost level's number: chapter, part or section."""
        for level, number in self.levels:
            if level in ("chapter", *OUTLINE):
                return number
        return None

    @property
    def path(self) -> tuple[tuple[str, int | str], ...]:
        """Its levels as a reader sees them: 三（二） is one place, whether a register calls its levels part and section
        or section and item."""
        found = dict(self.levels)
        if "article" in found:
            return tuple((level, number) for level, number in self.levels if level != "chapter")
        numbers = (found[level] for level in OUTLINE if found.get(level))
        outline = tuple(("outline", number) for number in numbers) or (("outline", 0),)
        return outline + tuple((level, number) for level, number in self.levels if level not in OUTLINE)

    def short(self) -> str:
        """Down to article and item, or to the last outline level: 第十一条第四项, 三（二）2（4）, 引言."""
        found = dict(self.levels)
        if "article" in found:
            return self._articles(found) or PREAMBLE
        numbers = [found[level] for level in OUTLINE if level in found]
        if not numbers or numbers[0] == 0:
            return PREAMBLE
        numbers = [number for number in numbers if number != 0]  # what stands before （一） belongs to 一 itself
        return "".join(_outline(depth, int(number)) for depth, number in enumerate(numbers))

    def full(self) -> str:
        """As `short`, with paragraph, sentence and clause: 三（二）2（4）第一句（审核拨付）."""
        found = dict(self.levels)
        tail = ""
        if "p" in found and "article" not in found:
            tail += _paragraph(found["p"])
        if "s" in found:
            tail += f"第{_ordinal(found['s'])}句"
        if "clause" in found:
            tail += f"（{found['clause']}）"
        return self.short() + tail

    @staticmethod
    def _articles(found: Mapping[str, int | str]) -> str:
        if found["article"] == 0:
            return ""
        text = f"第{_ordinal(found['article'])}条"
        if "p" in found:
            text += f"第{_ordinal(found['p'])}款"
        if "item" in found:
            text += f"第{_ordinal(found['item'])}项"
        return text


def parse_place(text: str) -> Place:
    """Reads 第十一条第四项 or 三（二）2（4） back. Raises LawError that shows the text."""
    if match := _ARTICLE.fullmatch(text):
        return Place(_levels(match.groupdict(), text))
    if match := _PARTS.fullmatch(text):
        return Place(_levels(match.groupdict(), text))
    if text == PREAMBLE:
        return Place((("part", 0),))
    raise _unreadable(text)


def _unreadable(text: str) -> LawError:
    return LawError(Finding(f"读不出条款位置“{text}”", remedy="写法如：第十一条第四项，或 三（二）2（4）"))


def _levels(found: Mapping[str, str | None], text: str) -> tuple[tuple[str, int | str], ...]:
    try:
        return tuple((level, _number(number)) for level, number in found.items() if number)
    except ValueError:  # 十十 and the like
        raise _unreadable(text) from None


def _number(text: str) -> int:
    return int(text) if text.isdigit() else int(from_chinese(text))


def _paragraph(number: int | str) -> str:
    """第二段; a register may also letter the paragraphs of a section (b), or name one (结尾)."""
    if isinstance(number, str) and re.fullmatch("[a-z]", number):
        number = ord(number) - ord("a") + 1
    return f"第{_ordinal(number)}段" if isinstance(number, int) else f"（{number}）"


def _ordinal(number: int | str) -> str:
    return to_chinese(int(number))


def _outline(depth: int, number: int) -> str:
    forms = (to_chinese(number), f"（{to_chinese(number)}）", str(number), f"（{number}）")
    return forms[min(depth, len(forms) - 1)]
