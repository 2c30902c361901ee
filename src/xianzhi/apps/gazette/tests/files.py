"""The same document as text, PDF, DOCX, HTML and OFD, made from its lines."""

import io
import zipfile
from html import escape

import typst
from docx import Document as new_docx

PAGE = (
    '#set page(width: 210mm, height: 297mm, margin: 20mm{columns})\n#set text(font: "Noto Sans CJK SC", size: 10.5pt)\n'
)


def pdf_of(text: str, *, columns: int = 1, head: str = "") -> bytes:
    """A PDF with a text layer; head stands on top of every page, its number at the foot."""
    setting = f', columns: {columns}, header: [{head}], footer: context [— #counter(page).display() —]' if head else (
        f", columns: {columns}"
    )  # fmt: skip
    body = "\n\n".join(f"#par[{_typst(line)}]" for line in text.split("\n") if line.strip())
    return typst.compile((PAGE.replace("{columns}", setting) + body).encode())


def _typst(line: str) -> str:
    return "".join(f"\\{char}" if char in "#*_`$<>@[]\\=-+/~" else char for char in line)


def locked_pdf() -> bytes:
    """A PDF that opens only with a password."""
    parts = [
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n",
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n",
        b"4 0 obj<</Filter/Standard/V 1/R 2/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">/P -4>>endobj\n",
        b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF",
    ]
    return b"".join(parts)


def docx_of(lines: list[str], table: list[list[str]] | None = None, numbered: list[str] | None = None) -> bytes:
    """Paragraphs, then a list that Word numbers by itself, then a table."""
    document = new_docx()
    for line in lines:
        document.add_paragraph(line)
    for line in numbered or []:
        document.add_paragraph(line, style="List Number")
    if table:
        made = document.add_table(len(table), len(table[0]))
        for row, cells in zip(made.rows, table, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def html_of(lines: list[str], *, charset: str = "utf-8") -> bytes:
    """The page of a site: navigation, scripts and a footer around the article."""
    article = "".join(f"<p>　　{escape(line)}</p>\n" for line in lines)
    page = (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>门户</title>'
        '<script>var a = "脚本";</script></head>'
        f'<body><nav><a href="/">首页</a></nav><div class="content" id="zoom">{article}</div>'
        f"<footer>版权所有</footer></body></html>"
    )
    return page.encode(charset)


def ofd_of(lines: list[str]) -> bytes:
    """One page with a text object for each line."""
    ns = 'xmlns:ofd="http://www.ofdspec.org/2016"'
    objects = "".join(
        f'<ofd:TextObject ID="{10 + number}" Boundary="20 {20 + 6 * number} 170 5" Font="1" Size="4">'
        f'<ofd:TextCode X="0" Y="4" DeltaX="g {len(line) - 1} 4">{escape(line)}</ofd:TextCode></ofd:TextObject>'
        for number, line in enumerate(lines)
    )
    entries = {
        "OFD.xml": f'<ofd:OFD {ns} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        "<ofd:DocID>1</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {ns}><ofd:CommonData><ofd:MaxUnitID>99</ofd:MaxUnitID><ofd:PageArea>"
        "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
        '<ofd:Page ID="5" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages></ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": f"<ofd:Page {ns}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox>"
        f'</ofd:Area><ofd:Content><ofd:Layer ID="6">{objects}</ofd:Layer></ofd:Content></ofd:Page>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in entries.items():
            packed.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>{content}')
    return out.getvalue()
