"""PDF by its text layer, page by page: left column before right, running heads and page numbers taken out, listed."""

import re
from collections import Counter
from itertools import pairwise

import pypdfium2

from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Finding, Media, Source

_FEWEST = 20
"""Characters a page has on average at least; fewer is a scan."""
_EDGE = 2
"""Lines at the top and at the bottom of a page among which furniture stands."""
_DIGITS = re.compile(r"\d+")


def source_of(data: bytes, name: str) -> Source:
    """The text of all pages. Raises Unreadable for a PDF that is locked, broken or a scan."""
    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        why = "设有密码；请取得可公开的版本" if "assword" in str(error) else "已损坏；请重新导出后再读入"
        raise Unreadable(f"{name}：PDF {why}") from error
    try:
        pages = [_lines(document[number]) for number in range(len(document))]
    except pypdfium2.PdfiumError as error:
        raise Unreadable(f"{name}：PDF 有一页无法读取；请重新导出后再读入") from error
    finally:
        document.close()
    if not pages or sum(len(line) for page in pages for line in page) < _FEWEST * len(pages):
        raise Unreadable(f"{name}：PDF 没有文字层，是扫描件；请先做文字识别，或取得电子文本")
    kept, furniture = _without_furniture(pages)
    text = "\n".join("\n".join(page) for page in kept)
    starts = [0]
    for page in kept[:-1]:
        starts.append(starts[-1] + len("\n".join(page)) + 1)
    notes = tuple(Finding("furniture", "note", f"第 {number} 页页眉页脚：{line}") for number, line in furniture)
    return Source(text, Media.PDF, tuple(starts), None, notes)


def _lines(page: pypdfium2.PdfPage) -> list[str]:
    """The lines of a page in reading order: as they stand in the file, unless they jump between two columns."""
    text_page = page.get_textpage()
    try:
        boxes = [text_page.get_rect(number) for number in range(text_page.count_rects())]
        if not _jumps(boxes, page.get_width()):
            text = text_page.get_text_range()
        else:
            middle = page.get_width() / 2
            halves = [(0.0, middle), (middle, page.get_width())]
            text = "\n".join(
                text_page.get_text_bounded(left=left, right=right, bottom=0, top=page.get_height())
                for left, right in halves
            )
    finally:
        text_page.close()
    return [
        line.rstrip() for line in re.split(r"[\r\n]+", text.replace("\ufffe", "").replace("\x00", "")) if line.strip()
    ]


def _jumps(boxes: list[tuple[float, float, float, float]], width: float) -> bool:
    """Whether the file goes to and fro between a left and a right column, line by line."""
    middle = width / 2
    narrow = [box for box in boxes if box[2] < middle * 1.04 or box[0] > middle * 0.96]
    sides = [box[0] > middle * 0.96 for box in narrow]
    if len(narrow) < 10 or len(narrow) < 0.6 * len(boxes) or not (any(sides) and not all(sides)):
        return False
    return sum(first != second for first, second in pairwise(sides)) > 0.3 * len(sides)


def _without_furniture(pages: list[list[str]]) -> tuple[list[list[str]], list[tuple[int, str]]]:
    """Pages without the lines at their edges that come back on most pages, whatever number they carry."""
    seen = Counter(
        key for page in pages for key in {_DIGITS.sub("#", line.strip()) for line in (*page[:_EDGE], *page[-_EDGE:])}
    )
    often = {key for key, count in seen.items() if count >= max(3, 0.4 * len(pages))}
    kept: list[list[str]] = []
    furniture: list[tuple[int, str]] = []
    for number, page in enumerate(pages, start=1):
        lines = []
        for place, line in enumerate(page):
            edge = place < _EDGE or place >= len(page) - _EDGE
            if edge and _DIGITS.sub("#", line.strip()) in often:
                furniture.append((number, line.strip()))
            else:
                lines.append(line)
        kept.append(lines)
    return kept, furniture
