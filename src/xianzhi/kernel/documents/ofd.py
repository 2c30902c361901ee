"""An OFD copy (GB/T 33190) of a document, written from its PDF: every character at its place, lines, the code to scan.

It carries no electronic seal and says so. Faces are named, not embedded: the reader's own stand in.
"""

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import groupby, pairwise
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pdfplumber
import segno

from xianzhi.kernel.documents import render
from xianzhi.kernel.models.documents import OfficialDocument

NO_SEAL = "无电子签章"
_MM = 25.4 / 72
_NS = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_FACES = ("仿宋", "宋体", "黑体")
_SAMPLE_SIZE = 60
"""Points; the mark 示例数据 is larger than anything else."""
_QR_PLACE = (28.0, 37.0, 20.0)
"""Left, top and side, in mm: as in house.typ."""
_ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def ofd_of(document: OfficialDocument) -> bytes:
    """The OFD copy. The same PDF gives the same bytes. Raises LawError where the document cannot be set."""
    files: dict[str, bytes] = {}
    with pdfplumber.open(render.pdf_of(document)) as pdf:
        count = len(pdf.pages)
        for number, page in enumerate(pdf.pages):
            files[f"Doc_0/Pages/Page_{number}/Content.xml"] = _page(page, number, document).encode()
    files["OFD.xml"] = _entry(document).encode()
    files["Doc_0/Document.xml"] = _document(count).encode()
    files["Doc_0/PublicRes.xml"] = _resources().encode()
    files["Doc_0/Res/qr.png"] = _qr(document)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files, key=lambda one: (one != "OFD.xml", one)):
            archive.writestr(zipfile.ZipInfo(name, _ZIP_DAY), files[name], zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _entry(document: OfficialDocument) -> str:
    """OFD.xml: what it is, and where the document begins."""
    content, day = document.content, document.issued_on
    said = {"文号": document.number, "验证码": document.code, "签章": NO_SEAL, "核验": content["verify"]}
    data = "".join(f"<ofd:CustomData Name={quoteattr(name)}>{escape(value)}</ofd:CustomData>"
                   for name, value in said.items())  # fmt: skip
    return (
        f'{_HEAD}<ofd:OFD {_NS} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>'
        f"<ofd:DocID>{document.content_sm3[:32]}</ofd:DocID><ofd:Title>{escape(content['title'])}</ofd:Title>"
        f"<ofd:Author>{escape(document.issuers)}</ofd:Author><ofd:Subject>{NO_SEAL}</ofd:Subject>"
        f"<ofd:CreationDate>{_day(day)}</ofd:CreationDate><ofd:CustomDatas>{data}</ofd:CustomDatas></ofd:DocInfo>"
        "<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>"
    )


def _day(day: date) -> str:
    return day.isoformat()


def _document(count: int) -> str:
    pages = "".join(
        f'<ofd:Page ID="{100 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(count)
    )
    return (
        f"{_HEAD}<ofd:Document {_NS}><ofd:CommonData><ofd:MaxUnitID>1000000</ofd:MaxUnitID>"
        "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
        "<ofd:PublicRes>PublicRes.xml</ofd:PublicRes></ofd:CommonData>"
        f"<ofd:Pages>{pages}</ofd:Pages></ofd:Document>"
    )


def _resources() -> str:
    faces = "".join(
        f'<ofd:Font ID="{number}" FontName="{name}" FamilyName="{name}"/>'
        for number, name in enumerate(_FACES, start=1)
    )
    return (
        f'{_HEAD}<ofd:Res {_NS} BaseLoc="Res"><ofd:Fonts>{faces}</ofd:Fonts><ofd:MultiMedias>'
        '<ofd:MultiMedia ID="9" Type="Image" Format="PNG"><ofd:MediaFile>qr.png</ofd:MediaFile></ofd:MultiMedia>'
        "</ofd:MultiMedias></ofd:Res>"
    )


def _page(page: Any, number: int, document: OfficialDocument) -> str:
    place = 1000 * (number + 1)
    objects = [*_lines(page), *_texts(page)]
    if number == 0:
        left, top, side = _QR_PLACE
        box = f"{left} {top} {side} {side}"
        objects.append(f'<ofd:ImageObject ID="@" Boundary="{box}" CTM="{side} 0 0 {side} 0 0" ResourceID="9"/>')
    objects.append(_text(f"（{NO_SEAL}）", 28.0, 288.0, 9.0, [9.0 * _MM] * len(NO_SEAL), "#808080", 2))
    drawn = "".join(one.replace('ID="@"', f'ID="{place + index}"', 1) for index, one in enumerate(objects, start=1))
    return (
        f"{_HEAD}<ofd:Page {_NS}><ofd:Area><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:Area><ofd:Content>"
        f'<ofd:Layer ID="{place}">{drawn}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def _lines(page: Any) -> Iterator[str]:
    """The red line, and the lines of tables."""
    for one in (*page.lines, *(rect for rect in page.rects if min(rect["width"], rect["height"]) < 3)):
        x0, x1, top, bottom = (one[name] * _MM for name in ("x0", "x1", "top", "bottom"))
        wide, high = max(x1 - x0, 0.01), max(bottom - top, 0.01)
        colour = _colour(one.get("stroking_color") or one.get("non_stroking_color"))
        width = max(float(one.get("linewidth") or 0.5) * _MM, 0.1)
        yield (
            f'<ofd:PathObject ID="@" Boundary="{x0:.3f} {top:.3f} {wide:.3f} {high:.3f}" LineWidth="{width:.3f}">'
            f'<ofd:StrokeColor Value="{_rgb(colour)}"/>'
            f"<ofd:AbbreviatedData>M 0 0 L {x1 - x0:.3f} {bottom - top:.3f}</ofd:AbbreviatedData></ofd:PathObject>"
        )


def _texts(page: Any) -> Iterator[str]:
    """Characters of one line and one size as one object."""
    upright = [one for one in page.chars if one["upright"] and one["size"] < _SAMPLE_SIZE and one["text"].strip()]
    key = lambda one: (round(one["top"], 1), round(one["size"], 1), one["fontname"], str(one["non_stroking_color"]))  # noqa: E731
    for _, run in groupby(upright, key=key):
        chars = list(run)
        first = chars[0]
        steps = [(after["x0"] - before["x0"]) * _MM for before, after in pairwise(chars)]
        words = "".join(one["text"] for one in chars)
        face = 3 if "Sans" in first["fontname"] or "Hei" in first["fontname"] else 1
        yield _text(
            words,
            first["x0"] * _MM,
            first["top"] * _MM,
            first["size"],
            steps,
            _colour(first["non_stroking_color"]),
            face,
        )


def _text(words: str, x: float, top: float, size: float, steps: list[float], colour: str, face: int) -> str:
    high, wide = size * _MM, sum(steps) + size * _MM
    delta = f' DeltaX="{" ".join(f"{step:.3f}" for step in steps[: len(words) - 1])}"' if len(words) > 1 else ""
    return (
        f'<ofd:TextObject ID="@" Boundary="{x:.3f} {top:.3f} {wide:.3f} {high * 1.2:.3f}" '
        f'Font="{face}" Size="{high:.3f}">'
        f'<ofd:FillColor Value="{_rgb(colour)}"/>'
        f'<ofd:TextCode X="0" Y="{high * 0.88:.3f}"{delta}>{escape(words)}</ofd:TextCode></ofd:TextObject>'
    )


def _colour(given: Any) -> str:
    """A colour of the PDF (grey or RGB, 0 to 1) as #rrggbb; black where it is something else."""
    if isinstance(given, int | float):
        given = (given,)
    values = tuple(given or (0,))
    if len(values) not in (1, 3) or not all(isinstance(one, int | float) for one in values):
        return "#000000"
    return "#" + "".join(f"{round(255 * one):02x}" for one in (values * 3 if len(values) == 1 else values))


def _rgb(colour: str) -> str:
    return " ".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5))


def _qr(document: OfficialDocument) -> bytes:
    made = io.BytesIO()
    segno.make(document.content["verify"], error="m", micro=False).save(made, kind="png", scale=6, border=2)
    return made.getvalue()
