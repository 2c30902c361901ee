"""A Word copy of a document, made of the same parts as its PDF. A copy to work with: only the PDF has a digest."""

import io
from typing import Any

import segno
from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from xianzhi.kernel.documents import render
from xianzhi.kernel.models.documents import OfficialDocument

RED = RGBColor(0xD7, 0x00, 0x0F)
_BODY, _TABLE, _TITLE, _HEAD = Pt(16), Pt(12), Pt(22), Pt(34)
_LINE = Pt(28.95)


def docx_of(document: OfficialDocument) -> bytes:
    """The Word copy. Raises LawError where the document cannot be set."""
    content, sheet = document.content, Document()
    _page(sheet)
    for issuer in content["issuers"]:
        _words(sheet, issuer, "方正小标宋简体", _HEAD, centred=True, colour=RED, bold=True)
    _words(sheet, content["number"], "仿宋", _BODY, centred=True)
    _words(sheet, content["title"], "方正小标宋简体", _TITLE, centred=True, bold=True)
    for part in render.compiled(document).parts:
        _part(sheet, part)
    _words(sheet, "依据：" + "；".join(dict.fromkeys(content["cited"])), "楷体", _TABLE)
    for issuer in content["issuers"]:
        _words(sheet, issuer + "　　　", "仿宋", _BODY, right=True)
    day = document.issued_on
    _words(sheet, f"{day.year}年{day.month}月{day.day}日　　　　", "仿宋", _BODY, right=True)
    _check(sheet, document)
    sheet.core_properties.title = f"{content['title']}（{content['number']}）"
    sheet.core_properties.author = "、".join(content["issuers"])
    made = io.BytesIO()
    sheet.save(made)
    return made.getvalue()


def _page(sheet: Any) -> None:
    section = sheet.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)


def _words(
    sheet: Any, words: str, face: str, size: Pt, *, centred: bool = False, right: bool = False, bold: bool = False,
    colour: RGBColor | None = None, indent: bool = False,
) -> None:  # fmt: skip
    paragraph = sheet.add_paragraph()
    form = paragraph.paragraph_format
    form.space_after, form.space_before = Pt(0), Pt(0)
    if size == _BODY:
        form.line_spacing = _LINE
    if indent:
        form.first_line_indent = Pt(2 * size.pt)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, words, face, size, bold, colour)


def _run(paragraph: Any, words: str, face: str, size: Pt, bold: bool = False, colour: RGBColor | None = None) -> None:
    run = paragraph.add_run(words)
    run.font.size, run.font.name, run.bold = size, face, bold
    run._element.rPr.rFonts.set(qn("w:eastAsia"), face)
    if colour:
        run.font.color.rgb = colour


def _part(sheet: Any, part: dict[str, Any]) -> None:
    kind = part["kind"]
    if kind == "facts":
        _table(sheet, part["rows"], head=False)
    elif kind == "listing":
        rows = [part["columns"], *part["rows"], *([part["total"]] if part.get("total") else [])]
        _table(sheet, rows, head=True)
    elif kind == "head":
        _words(sheet, part["text"], "黑体", _BODY, indent=True)
    elif kind == "picture":
        _words(sheet, f"（{part['text']}，见 PDF）", "楷体", _TABLE, centred=True)
    else:
        _words(sheet, part["text"], "仿宋", _BODY, indent=kind == "para")


def _table(sheet: Any, rows: list[list[str]], *, head: bool) -> None:
    table = sheet.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for place, row in enumerate(rows):
        made = table.add_row()
        if head and not place:  # the labels stand on every page
            made._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for number, (cell, words) in enumerate(zip(made.cells, row, strict=True)):
            label = (head and not place) or (not head and not number)
            _run(cell.paragraphs[0], words or "", "黑体" if label else "仿宋", _TABLE)


def _check(sheet: Any, document: OfficialDocument) -> None:
    picture = io.BytesIO()
    segno.make(document.content["verify"], error="m", micro=False).save(picture, kind="png", scale=6, border=2)
    sheet.add_picture(picture, width=Mm(22))
    code = render.spaced(document.code)
    _words(
        sheet, f"扫码核验真伪和效力，验证码 {code}。本 Word 件供编辑引用，以 PDF 为准，未加盖电子印章。", "仿宋", _TABLE
    )
