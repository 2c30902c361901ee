"""DOCX: paragraphs and tables in their order; numbers that Word counts by itself are written out."""

import io
import zipfile
from collections import defaultdict
from typing import Any

from docx import Document as open_docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml.etree import XMLSyntaxError

from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Media, Source
from xianzhi.law.numerals import to_chinese

_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮"


def source_of(data: bytes, name: str) -> Source:
    """A paragraph a line, a row of a table a line with tabs between its cells. Raises Unreadable."""
    try:
        document = open_docx(io.BytesIO(data))
    except (PackageNotFoundError, KeyError, ValueError, XMLSyntaxError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{name}：DOCX 已损坏；请用 Word 或 WPS 重新保存后再读入") from error
    numbers = _Numbers(document)
    lines: list[str] = []
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            lines += _rows(part)
        else:
            lines.append(numbers.of(part) + part.text.replace("\n", " ").replace("\t", " "))
    if not any(line.strip() for line in lines):
        raise Unreadable(f"{name}：DOCX 里没有文字；若是图片，请先做文字识别")
    return Source("\n".join(lines), Media.DOCX, wrapped=False)


def _rows(table: Table) -> list[str]:
    """Rows with their cells; a merged cell stands once."""
    rows = []
    for row in table.rows:
        seen: set[int] = set()
        cells = []
        for cell in row.cells:
            text = "" if id(cell._tc) in seen else " ".join(cell.text.split())
            seen.add(id(cell._tc))
            cells.append(text)
        rows.append("\t".join(cells))
    return rows


class _Numbers:
    """Counts the automatic numbering of a document."""

    def __init__(self, document: Any) -> None:
        self._counts: dict[tuple[str, int], int] = defaultdict(int)
        self._forms: dict[tuple[str, int], tuple[str, str]] = {}
        try:
            root = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            return
        abstract = {one.get(qn("w:abstractNumId")): one for one in root.findall(qn("w:abstractNum"))}
        for number in root.findall(qn("w:num")):
            link = number.find(qn("w:abstractNumId"))
            for level in abstract[link.get(qn("w:val"))].findall(qn("w:lvl")) if link is not None else ():
                kind, text = level.find(qn("w:numFmt")), level.find(qn("w:lvlText"))
                if kind is not None and text is not None:
                    key = number.get(qn("w:numId")), int(level.get(qn("w:ilvl")))
                    self._forms[key] = kind.get(qn("w:val")), text.get(qn("w:val")) or ""

    def of(self, paragraph: Paragraph) -> str:
        """The number that Word prints before a paragraph, empty if it prints none."""
        found = _numbering(paragraph)
        if found is None or found.numId is None:
            return ""
        level = found.ilvl.val if found.ilvl is not None else 0
        key = str(found.numId.val), level
        if key not in self._forms:
            return ""
        self._counts[key] += 1
        for lower in [one for one in self._counts if one[0] == key[0] and one[1] > level]:
            del self._counts[lower]
        text = self._forms[key][1]
        for above in range(level + 1):
            kind = self._forms.get((key[0], above), ("decimal", ""))[0]
            text = text.replace(f"%{above + 1}", _written(self._counts[key[0], above] or 1, kind))
        return text


def _numbering(paragraph: Paragraph) -> Any:
    """The numbering of a paragraph: its own, else that of its style or of one that the style is based on."""
    own: Any = paragraph._p.pPr
    if own is not None and own.numPr is not None:
        return own.numPr
    style: Any = paragraph.style
    while style is not None:
        properties = style.element.pPr
        if properties is not None and properties.numPr is not None:
            return properties.numPr
        style = style.base_style
    return None


def _written(number: int, kind: str) -> str:
    if kind in ("bullet", "none"):
        return ""
    if kind.lower().startswith(("chinese", "ideograph", "japanese", "taiwanese")):
        return to_chinese(number)
    if "circle" in kind.lower() and number <= len(_CIRCLED):
        return _CIRCLED[number - 1]
    return str(number)
