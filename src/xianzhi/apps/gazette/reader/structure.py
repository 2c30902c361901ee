"""Reads the paragraphs of one document and its header, writes its blocks: role, part, number, and what is above (G-7).

A text with the form of a number is taken as one only if it follows its predecessor at its level, or opens a list; so
4.4亿元 is no item, and a gap is a finding.
"""

import re

from xianzhi.apps.gazette.reader.header import Heads
from xianzhi.apps.gazette.reader.markers import ARTICLE, CHAPTER, RANKS, SECTION, Marker, marker_of
from xianzhi.apps.gazette.reader.model import Block, Finding, Paragraph, Part, Role

LONGEST_RUN_IN = 30
"""A run-in heading has at most so many characters."""
LONGEST_HEADING = 60
WIDEST_GAP = 3
"""Numbers that may be missing before one is no longer taken as a number."""
_ANNEX = re.compile(r"附\s*件\s*(?:\d{1,2}|[一二三四五六七八九十]{1,3})?[：:]?|附表?[：:]?\d{0,2}|附\d{1,2}[：:]?")
_ANNEX_TITLED = re.compile(r"附件\d{0,2}[：:]?(?=[^\d：:].{2,50}$)")
_ROLES = {CHAPTER: Role.CHAPTER, SECTION: Role.SECTION, ARTICLE: Role.ARTICLE}
_MARKS = re.compile(r"[。：:]")
_WITHIN = re.compile(r"[。；;：:！？]")


class _Outline:
    """What is open above the paragraph in hand, and how far each level has counted: under its parent (counted), and
    through the whole text (running), for tasks are often numbered through: 3. under （一）, 4. under （二）."""

    def __init__(self) -> None:
        self.open: list[Block] = []
        self.counted: dict[int, int] = {}
        self.running: dict[int, int] = {}

    def follows(self, marker: Marker) -> bool:
        """Whether a number goes on where its level stands; the first of a level opens it."""
        last = self.counted.get(marker.level, 0)
        if marker.inserted:
            return marker.number == last
        if not last and marker.number == self.running.get(marker.level, 0) + 1:
            return True
        return marker.number == 1 or last < marker.number <= last + 1 + (WIDEST_GAP if last else 1)

    def gap(self, marker: Marker) -> bool:
        last = self.counted.get(marker.level, 0)
        on = last or self.running.get(marker.level, 0)
        return not marker.inserted and marker.number != 1 and marker.number != on + 1

    def enter(self, block: Block, level: int, number: int) -> None:
        rank = RANKS.index(level)
        self.open = [one for one in self.open if RANKS.index(_level(one)) < rank]
        block.above = tuple(self.open)
        self.open.append(block)
        for lower in RANKS[rank + 1 :]:
            if lower != ARTICLE:  # articles count through their chapters
                self.counted.pop(lower, None)
        self.counted[level] = self.running[level] = number


def _level(block: Block) -> int:
    return next((level for level, role in _ROLES.items() if role is block.role), block.level)


def blocks_of(paragraphs: list[Paragraph], heads: Heads) -> tuple[list[Block], list[Finding]]:
    """The blocks of a document in order, one for each paragraph, and a finding for each gap in a numbering."""
    outline, part = _Outline(), Part.NOTICE
    blocks: list[Block] = []
    findings: list[Finding] = []
    for place, paragraph in enumerate(paragraphs):
        if place == heads.attached:
            outline, part = _Outline(), Part.ATTACHED
        role = heads.roles.get(place)
        if role is None and place and _is_annex_head(paragraph.text):
            outline, part, role = _Outline(), Part.ANNEX, Role.ANNEX
        if role is not None:
            blocks.append(Block(paragraph, role, part))
            continue
        blocks.append(_block(paragraph, part, outline, findings))
    _demote(blocks)
    return blocks, findings


def _demote(blocks: list[Block]) -> None:
    """Numbered words without a stop that head nothing are items of a list: 1.申请书 before 2.身份证."""
    for block, below in zip(blocks, [*blocks[1:], None], strict=True):
        if block.role is Role.HEADING and (below is None or block not in below.above):
            block.role, block.run_in = Role.ITEM, ""


def _is_annex_head(text: str) -> bool:
    return len(text) < 60 and bool(_ANNEX.fullmatch(text) or (_ANNEX_TITLED.match(text) and not text.endswith("。")))


def _block(paragraph: Paragraph, part: Part, outline: _Outline, findings: list[Finding]) -> Block:
    text = paragraph.text
    if "\t" in text:
        return Block(paragraph, Role.CELL, part, above=tuple(outline.open))
    marker = marker_of(text)
    if marker is None or not outline.follows(marker):
        if marker:
            findings.append(
                Finding("numbering", "note", f"“{marker.text}”接不上前面的编号，按正文处理", paragraph.span())
            )
        return Block(paragraph, Role.BODY, part, above=tuple(outline.open))
    if outline.gap(marker):
        findings.append(Finding("gap", "ask", f"编号到“{marker.text}”之前有缺号", paragraph.span()))
    block = _numbered(paragraph, part, marker)
    outline.enter(block, marker.level, marker.number)
    return block


def _numbered(paragraph: Paragraph, part: Part, marker: Marker) -> Block:
    start = len(marker.text)
    words = paragraph.text[start:]
    if words[:1] in "　 ：:、":
        start += len(words) - len(words.lstrip("　 ：:、"))
        words = paragraph.text[start:]
    role = _ROLES.get(marker.level)
    if role is not None:
        run_in = words if role is not Role.ARTICLE else ""
        return Block(paragraph, role, part, 0, marker.text, marker.number, start, run_in)
    alone = len(words) <= LONGEST_HEADING and not _WITHIN.search(words.rstrip("：:。"))
    if alone and not words.endswith(("。", "；", ";")):
        return Block(
            paragraph, Role.HEADING, part, marker.level, marker.text, marker.number, start, words.rstrip("：:")
        )
    return Block(paragraph, Role.ITEM, part, marker.level, marker.text, marker.number, start, run_in_of(words))


def run_in_of(words: str) -> str:
    """The clause up to the first 。 or ： of a numbered paragraph, where the paragraph goes on after it."""
    found = _MARKS.search(words)
    if not found or not 0 < found.start() <= LONGEST_RUN_IN or found.end() >= len(words):
        return ""
    if re.search(r"[；;]", words[: found.start()]):
        return ""
    return words[: found.start()]
