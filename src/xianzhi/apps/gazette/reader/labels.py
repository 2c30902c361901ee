"""Reads blocks and obligations, writes the sentences: every character of each block in one of them, one label to each.

A sentence ends at 。！？；or at the end of its paragraph; a heading and a list of units are sentences of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from xianzhi.apps.gazette.reader.model import Block, Document, Part, Role
from xianzhi.apps.gazette.reader.units import fields_in, is_unit
from xianzhi.apps.gazette.reader.verbs import has_figure, imperative
from xianzhi.apps.gazette.reader.wordings import (
    BACKGROUND,
    COUNTS,
    DATED,
    DONE,
    GROWS,
    GUIDING,
    HEADING,
    LISTS,
    MATTERS,
    MUST,
    OBLIGATION,
    PARAMETER,
    PUBLICITY,
    RHETORIC,
    SCOPE,
    SIGNATURE,
    SLOGANS,
    TARGET,
    THINGS,
    UNREAD,
    by_form,
    decided_by_organ,
    deontic,
    organ_acts,
    organ_opens,
)

START = 12
_SURE, _RULE, _GUESS = 1.0, 0.8, 0.6
_BY_ROLE = {
    Role.ISSUER: HEADING, Role.TITLE: HEADING, Role.NUMBER: HEADING, Role.ADDRESSEES: SCOPE, Role.SIGNATURE: SIGNATURE,
    Role.PUBLICITY: PUBLICITY, Role.ANNEX: HEADING, Role.CHAPTER: HEADING, Role.SECTION: HEADING, Role.HEADING: HEADING,
}  # fmt: skip
_STOPS = "。！？；;!?"
_OPENS, _CLOSES = "（(《“〈「", "）)》”〉」"
_MARK = re.compile(rf"[{_STOPS}{_OPENS}{_CLOSES}]")
_READABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff□]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """block.text[start:end] of the block at `block`; said: where its words begin, after the number."""

    block: int
    start: int
    end: int
    said: int
    label: str
    confidence: float


def sentences(document: Document) -> list[Sentence]:
    """The sentences in the order in which they stand, with their places in the blocks."""
    return list(_Reader(document).read())


def entries(document: Document, found: list[Sentence]) -> list[dict[str, Any]]:
    """The same as `--json` prints them."""
    return [_entry(document, one) for one in found]


def _entry(document: Document, one: Sentence) -> dict[str, Any]:
    block = document.blocks[one.block]
    words = re.sub(r"\s", "", block.text[one.said : one.end] or block.text[one.start : one.end])
    return {
        "label": one.label,
        "text_start": words[:START],
        "span": list(block.span(one.start, one.end)),
        "block": one.block,
        "confidence": one.confidence,
    }


def parts_of(block: Block) -> list[tuple[int, int]]:
    """Where the sentences of a block begin and end: head to head, from its first character to its last."""
    text = block.text
    cuts = {0, len(text), *_field_cuts(text)}
    body = 0
    if block.role in (Role.ITEM, Role.ARTICLE) and block.run_in and len(block.run_in) + 1 < len(block.words):
        body = block.start + len(block.run_in) + 1
        cuts.add(body)
    depth = 0
    for mark in _MARK.finditer(text, body):
        char, place = mark[0], mark.start()
        depth += (char in _OPENS) - (char in _CLOSES and depth > 0)
        if char in _STOPS and (depth == 0 or _ends_quote(text, place)):
            cuts.add(_past_marks(text, place + 1))
    ordered = sorted(cuts)
    found: list[tuple[int, int]] = []
    for start, end in pairwise(ordered):
        if found and not _READABLE.search(text[start:end]) and not _BROKEN.search(text[start:end]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _field_cuts(text: str) -> Iterator[int]:
    """Around lists of units and deadlines that stand at the end of a paragraph or between sentences."""
    for start, end, _ in fields_in(text):
        if start and text[start - 1] in _STOPS + "）)” ":
            yield start
            yield end


def _ends_quote(text: str, place: int) -> bool:
    """A full stop that closes a quotation closes the sentence too, if the bracket never closes otherwise."""
    rest = text[place + 1 :]
    return not any(char in _CLOSES for char in rest)


def _past_marks(text: str, place: int) -> int:
    while place < len(text) and (text[place] in _STOPS + _CLOSES or text[place].isspace()):
        place += 1
    return place


class _Reader:
    """Goes over a document once; what a sentence is depends on its words and on the headings it stands under."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.report = document.header.doc_type == "work_report"
        self.tasks = [one for one in document.obligations if "span" in one]
        self.openings = Counter(
            _family(block) for block in document.blocks if block.role is Role.BODY and _has_opening(block)
        )
        self.plain = {_family(block) for block in document.blocks if block.role is Role.ITEM and not block.run_in}

    def read(self) -> Iterator[Sentence]:
        for place, block in enumerate(self.document.blocks):
            lead_in = LISTS.search(self._lead_in(block, place)) if place else None
            listed = bool(THINGS.search(lead_in[0])) if lead_in else None
            parts = parts_of(block)
            for number, (start, end) in enumerate(parts):
                said = max(start, block.start) if start < block.start < end else start
                words = block.text[said:end].strip()
                after = block.text[end : parts[number + 1][1]] if number + 1 < len(parts) else ""
                if _opens(block, words, number, after) and (number or self._many_open(block)):
                    label, sure = HEADING, _RULE
                else:
                    label, sure = self._label(block, words, start, number, listed)
                yield Sentence(place, start, end, said, label, sure)

    def _many_open(self, block: Block) -> bool:
        """Whether the paragraphs beside this one open with a heading of their own too."""
        return self.openings[_family(block)] > 1

    def _in_table(self, block: Block) -> bool:
        """Whether a paragraph is what is left of a cell: no sentence, only a number, units or a few words."""
        text = block.text.strip("、，, ")
        if re.search(r"[。；！？：:]", text):
            return False
        return (
            len(text) <= 8 or bool(re.fullmatch(r"[\d.%％/-]+", text)) or all(map(is_unit, re.split(r"[、，,]", text)))
        )

    def _lead_in(self, block: Block, place: int) -> str:
        """The sentence that opens the list in which an item stands."""
        above = block.above[-1] if block.above else None
        if block.role is not Role.ITEM:
            return ""
        if above is not None and above.text.rstrip().endswith(("：", ":")):
            return above.text.rstrip()
        before = place - 1
        while before >= 0 and self.document.blocks[before].role is Role.ITEM:
            if self.document.blocks[before].level < block.level:
                break
            before -= 1
        text = self.document.blocks[before].text.rstrip() if before >= 0 else ""
        return text if text.endswith(("：", ":")) else ""

    def _label(self, block: Block, words: str, start: int, number: int, listed: bool | None) -> tuple[str, float]:
        if not _READABLE.search(words) or len(_BROKEN.findall(words)) * 4 > len(words):
            return (UNREAD, 0.0) if _BROKEN.search(words) or not words else (HEADING, _GUESS)
        if block.role in _BY_ROLE:
            return _BY_ROLE[block.role], _SURE
        if number == 0 and block.run_in and start == 0 and len(words) <= len(block.run_in) + 1:
            return (OBLIGATION, _GUESS) if self._among_sentences(block) and imperative(words) else (HEADING, _SURE)
        bare = number == 0 and block.level in (1, 2) and not block.run_in and len(block.words) > len(words)
        if bare and re.fullmatch(r"[^，,：:\d]{2,12}。", words) and not imperative(words):
            return HEADING, _RULE
        if block.role is Role.CELL:
            return self._cell(block, words)
        if (stretch := fields_in(words)) and stretch[0][0] <= 1:
            return PARAMETER, _SURE
        if block.role is Role.BODY and self._in_table(block):
            return PARAMETER, _GUESS
        if listed is not None and (listed or not imperative(words)):
            return PARAMETER, _RULE
        if label := by_form(words):
            return label, _RULE
        label, sure = self._by_place(block, words)
        if label in (BACKGROUND, SCOPE, TARGET) and sure == _GUESS and self._ordered(block, start):
            return OBLIGATION, _RULE
        return label, sure

    def _among_sentences(self, block: Block) -> bool:
        """Whether what looks like a run-in heading is the first sentence of an item, its neighbours having none."""
        return block.role is Role.ITEM and _family(block) in self.plain

    def _ordered(self, block: Block, start: int) -> bool:
        """Whether the tasks that were found hold this place."""
        first = min(max(start, block.start), len(block.text) - 1)
        place = block.span(first, first + 1)[0]
        return any(one["span"][0] <= place < one["span"][1] for one in self.tasks)

    def _cell(self, block: Block, words: str) -> tuple[str, float]:
        low, high = block.span()
        inside = any(one["span"][0] <= low and high <= one["span"][1] for one in self.tasks)
        if inside:
            return (OBLIGATION, _RULE) if len(words) > START or imperative(words) else (PARAMETER, _RULE)
        return (HEADING, _RULE) if len(words) <= START else (PARAMETER, _GUESS)

    def _by_place(self, block: Block, words: str) -> tuple[str, float]:
        """The words alone do not settle it: the heading above does, else the verb."""
        heads = "".join(one.run_in for one in block.above) + block.run_in
        if self.report and re.match(r"各位(?:代表|委员)[，,！!：]|同志们[，,！!]", block.text):
            return (BACKGROUND if looks_back(block, self.document) else RHETORIC), _RULE
        if self.report and looks_back(block, self.document):
            return BACKGROUND, _RULE
        if MATTERS.search(words) and not re.search(r"[，,][^，,]{2,30}(?:(?<![重主需])要(?!求)|须|应当)", words):
            return BACKGROUND, _RULE
        if re.search(r"目标", block.run_in or (block.above[-1].run_in if block.above else "")) and DATED.search(words):
            return TARGET, _RULE
        if SLOGANS.search(words) or (GUIDING.search(heads) and not has_figure(words) and not MUST.search(words)):
            return RHETORIC, _RULE
        law = self.document.header.doc_type == "measures" and block.part is not Part.NOTICE
        if label := deontic(words, law or bool(re.search(r"处罚|罚则|法律责任", heads))):
            return label, _RULE
        if decided_by_organ(words) or (law and re.search(r"(?:全部|一律|统一)纳入|采取[^，。]*方式", words)):
            return OBLIGATION, _RULE
        if self.report and DONE.search(words):
            return OBLIGATION, _GUESS
        if re.search(r"增速[^，]*(?:同步|高于|持平)|指标[^，]*(?:完成|达到|控制)", words):
            return TARGET, _RULE
        if re.search(r"标准|条件|要素|内容$", heads) and not organ_acts(words) and not imperative(words):
            return PARAMETER, _GUESS
        if (
            re.search(r"(?:适用|实施|征收|收费|保护|调查|普查)(?:的)?(?:范围|对象)|^范围", heads)
            and not has_figure(words)
            and not imperative(words)
        ):
            return SCOPE, _GUESS
        if has_figure(words) and (GROWS.search(words) or re.search(r"目标|指标", heads)) and not imperative(words):
            return TARGET, _RULE
        if organ_acts(words) or imperative(words) or MUST.search(words) or organ_opens(words):
            return OBLIGATION, _RULE
        if re.search(r"目标", heads) and len(words) > START:
            return TARGET, _GUESS
        return BACKGROUND, _GUESS


def _family(block: Block) -> tuple[int, int]:
    """What the items of one list have in common."""
    return (id(block.above[-1]) if block.above else 0, block.level)


def _opens(block: Block, words: str, number: int, after: str) -> bool:
    """Whether a short sentence is the heading of what follows: 优化产业布局。…, or 一是提供窗口服务。… and no 二是."""
    short = len(words) <= 16 and not re.search(r"[，,：:\d]|[！!？?]$", words) and len(after) > 6
    if COUNTS.match(words):
        return short and not COUNTS.match(after)
    return short and number == 0 and block.role is Role.BODY and not block.marker and words.endswith("。")


def _has_opening(block: Block) -> bool:
    head, _, rest = block.text.partition("。")
    return bool(rest) and len(rest) > 30 and _opens(block, head + "。", 0, rest)


def looks_back(block: Block, document: Document) -> bool:
    """Whether a paragraph of a report tells what was done."""
    heads = "".join(one.run_in for one in (*block.above, block) if one.level == 1)
    if not heads:
        return block.role is Role.BODY
    past = str((document.header.plan_year or 0) - 1)
    return bool(re.search(r"回顾|总结|成效|工作情况|成绩|过去", heads)) or (past in heads and "今年" not in heads)
