"""Reads a Source, writes its paragraphs: columns undone, furniture taken out, lines joined (rules G-1 to G-5).

A clean text has a paragraph on each line. A printed column has lines of one width W that end anywhere, inside words and
numbers too; there a first line is shorter by the two characters of an indent that was lost.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from xianzhi.apps.gazette.reader.forms import (
    ANNEX,
    FIELD,
    LONE_DATE,
    OPENING,
    SALUTATION,
    TITLE_END,
    is_fixed,
    is_organ,
)
from xianzhi.apps.gazette.reader.markers import marker_of
from xianzhi.apps.gazette.reader.model import Finding, Paragraph, Source
from xianzhi.apps.gazette.reader.units import all_units

NARROWEST = 24
"""Columns are not narrower than this, in half widths."""
INDENT = 4
"""What the two-character indent of a first line takes, in half widths."""
RAGGED = 6
"""A line this much shorter than the column has been ended, not broken: no character is wider than 2, and what may not
stand at the start of a line takes at most two more along."""
_END = re.compile(r"[。！？：；:;!?）)][”’」』）)】〕》]*$")
_STOP = re.compile(r"[。！？：:!?][”’」』）)】〕》]*$")
_DASHES = "—–－\\-─·•~"
_FURNITURE = (
    re.compile(rf"[{_DASHES}]+\s*\d{{1,4}}\s*[{_DASHES}]+"),
    re.compile(r"第\s*\d{1,4}\s*页(?:\s*[，,/]?\s*共\s*\d{1,4}\s*页)?"),
    re.compile(r"\d{1,2}\s*/\s*\d{4}\s+.{2,30}公报.*"),
    re.compile(r".{2,24}公报\s*(?:[·•]|\d{4}\s*年?\s*第?).{0,30}"),
    re.compile(r"[·•].{2,30}[·•]"),
)
_NAMES = re.compile(r"[^\d。：:；;]{3,60}[局委办厅署室会司院处中心队部镇道乡）)]")
_NUMBERED = re.compile(r"第[一二三四五六七八九十百零〇\d]{1,6}[编章节条](?:之[一二三四五六七八九十])?")
"""After the number of a part the space stays: it tells 第三条 规划… from 第三条规定."""


class _Widths(dict[str, int]):
    """The half widths of each character, looked up once."""

    def __missing__(self, char: str) -> int:
        self[char] = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        return self[char]


_WIDTHS = _Widths()


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank. start: where its text begins in the source, white space at its ends left out; width: in
    half widths; after: blank lines before it; indented: it opens with an indent of two characters."""

    text: str
    start: int
    width: int
    after: int
    indented: bool


def paragraphs(source: Source) -> tuple[list[Paragraph], list[Finding]]:
    """The paragraphs of a source in reading order, and as notes what was taken out as furniture."""
    lines, furniture = _sorted(list(_lines(source.text)))
    width = column_width(lines) if source.wrapped is not False else 0
    groups = _joined(lines, width) if width else ([line] for line in lines)
    found = [_paragraph(group) for group in groups]
    notes = [
        Finding("furniture", "note", f"页眉页脚：{line.text}", (line.start, line.start + len(line.text)))
        for line in furniture
    ]
    return [one for one in found if one.text], notes


def width_of(text: str) -> int:
    """Half widths: East Asian wide characters take two."""
    return sum(map(_WIDTHS.__getitem__, text))


def column_width(lines: list[Line]) -> int:
    """The width of a printed column, 0 where a line is a whole paragraph.

    The lines of a column are of one width, give or take what may not end or begin a line, and most of them end in the
    middle of a sentence. Lines that are paragraphs have every width, and end in a full stop.
    """
    long = [line.width for line in lines if line.width >= NARROWEST]
    if not long:
        return 0
    width = _mode(long)
    full = [line for line in lines if width - 4 <= line.width <= width + 2]
    broken = sum(1 for line in full if not _END.search(line.text))
    narrow = sum(1 for line in lines if line.width <= width + 2)
    return (
        width if len(full) >= max(3, 0.12 * len(long)) and 2 * broken >= len(full) and narrow >= 0.9 * len(lines) else 0
    )


def _mode(widths: list[int]) -> int:
    """The right edge: of the widths that hardly any line goes beyond, the one that most lines have.

    First lines, all short of it by the same indent, may be more in number.
    """
    counts = Counter(widths)
    edge = sorted(widths)[int(0.9 * len(widths))]
    return max((width for width in counts if width >= edge - 2), key=lambda width: (counts[width], width))


def _lines(text: str) -> Iterator[Line]:
    start = blank = 0
    for raw in text.split("\n"):
        bare = raw.strip()
        if bare:
            lead = raw[: len(raw) - len(raw.lstrip())]
            indented = width_of(lead) >= INDENT or "\t" in lead
            offset = start + len(raw) - len(raw.lstrip())
            yield Line(bare, offset, width_of(_closed(bare)), blank, indented)
            blank = 0
        else:
            blank += 1
        start += len(raw) + 1


def _sorted(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    """Lines that say something, and furniture: running heads and page numbers."""
    kept: list[Line] = []
    furniture: list[Line] = []
    for line in lines:
        is_furniture = len(line.text) <= 60 and any(form.fullmatch(line.text) for form in _FURNITURE)
        (furniture if is_furniture else kept).append(line)
    return kept, furniture


def _joined(lines: list[Line], width: int) -> Iterator[list[Line]]:
    """Groups of lines, each a paragraph of a printed column."""
    blanks = sum(1 for line in lines if line.after) / max(len(lines), 1)
    parted = 0.02 < blanks < 0.6  # else each line has a blank line after it, or none has
    indents = sum(line.indented for line in lines) > 0.05 * len(lines)
    group: list[Line] = []
    for line, below in zip(lines, [*lines[1:], None], strict=True):
        heads_cells = below is not None and line.width <= width - RAGGED and _are_cells(line.text, below.text)
        if group and (heads_cells or line.indented or (parted and line.after) or _starts(group, line, width, indents)):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _starts(group: list[Line], line: Line, width: int, indents: bool) -> bool:
    """Whether a line opens a paragraph, seen from the lines that came before it in the one that is open."""
    last = group[-1]
    if _are_cells(last.text, line.text):
        return True
    if is_fixed(line.text) or (len(group) == 1 and is_fixed(last.text)):
        return True
    stopped = bool(_STOP.search(last.text))
    if LONE_DATE.fullmatch(line.text.replace(" ", "")) and last.text[-1] not in "，,、：:于到至从在自—-（(":
        return True
    if stopped and line.width <= width - RAGGED and is_organ(line.text):
        return True  # a signature, or the head of the next document
    if last.width >= 1.3 * width:
        return last.text.endswith(("：", ":"))  # the full measure over two columns: what follows belongs to it
    first = len(group) == 1 and not last.indented and not indents
    if len(group) == 1 and _is_title(last.text) and OPENING.match(line.text):
        return True
    short = last.width <= width - RAGGED
    if short and (stopped or not first):
        return not _torn(last, line)
    if short and first and last.width <= width - RAGGED - INDENT:
        return not _torn(last, line)
    if marker_of(line.text) and (short or _END.search(last.text) or _is_heading(group)):
        return True
    if stopped and any(form.match(line.text) for form in (SALUTATION, FIELD, ANNEX)):
        return True
    if indents:
        return False
    return stopped and not short and width - INDENT - 2 <= line.width <= width - 3


def _are_cells(last: str, text: str) -> bool:
    """Two lines of names of units with no mark between them: cells of a table, for a list would go on after a mark."""
    return last[-1] not in "、，,；;" and all(_NAMES.fullmatch(one) and all_units(one) for one in (last, text))


def _is_title(text: str) -> bool:
    """A line that is a title and no part of a sentence."""
    return bool(re.search(TITLE_END.pattern + "$", text)) and not re.search(r"[，。；：]", text)


def _is_heading(group: list[Line]) -> bool:
    """Numbered words without a stop: nothing of a sentence yet."""
    return bool(marker_of(group[0].text)) and not any(re.search(r"[，。；！？]", one.text) for one in group)


def _torn(last: Line, line: Line) -> bool:
    """A short line may still be broken where a word of letters or digits did not fit, or after a comma in a head."""
    return last.text[-1] in "，、,（(《“" and not marker_of(line.text)


def _closed(text: str) -> str:
    """White space as the printed column has it: none between Chinese characters and digits."""
    return re.sub(r"\s+", "", text) if any(ord(char) > 0x2E7F for char in text) else text


def _paragraph(group: list[Line]) -> Paragraph:
    """Lines joined without a space, but for two words of letters; white space closed up, tabs between cells kept."""
    chars: list[str] = []
    at: list[int] = []
    for line in group:
        text = line.text
        if chars and chars[-1].isascii() and chars[-1].isalpha() and text[0].isascii() and text[0].isalpha():
            chars.append(" ")
            at.append(line.start - 1)
        if " " not in text and text.isprintable() and unicodedata.is_normalized("NFC", text):  # as nearly all are
            chars.extend(text)
            at.extend(range(line.start, line.start + len(text)))
            continue
        for place, char in enumerate(text):
            if char.isspace():
                kept = char == "\t" or _between_words(text, place) or _NUMBERED.fullmatch(text, 0, place)
                if not kept:
                    continue
                char = "\t" if char == "\t" else " "
                if chars and chars[-1] in "\t ":
                    continue
            elif unicodedata.category(char) in ("Cf", "Cc"):
                continue
            normal = unicodedata.normalize("NFC", char)
            chars.append(normal if len(normal) == 1 else char)
            at.append(line.start + place)
    return Paragraph("".join(chars), tuple(at), tuple(line.text for line in group))


def _between_words(text: str, place: int) -> bool:
    """A space between two letters or digits of ASCII stays; that beside a Chinese character goes."""
    before, after = text[:place].rstrip()[-1:], text[place:].lstrip()[:1]
    return bool(before and after and before.isascii() and after.isascii() and before.isalnum() and after.isalnum())
