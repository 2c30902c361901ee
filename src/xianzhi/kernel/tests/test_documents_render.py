"""Official documents as they are set: what a reader, a ruler, a scanner and another program find on the page."""

import io
import zipfile
from collections import Counter
from datetime import date

import ofdkit
import pdfplumber
import pypdfium2
import pytest
import zxingcpp
from docx import Document
from PIL import Image

from xianzhi.kernel import clock, doctor
from xianzhi.kernel.documents import fonts, ofd, render, word
from xianzhi.kernel.tests import letters
from xianzhi.kernel.tests import sample as s
from xianzhi.law.errors import LawError

ON = date(2025, 4, 16)
HANZI = "依照示例办法经审查同意你单位的申请请按本函办理有关事项并于期限内报送情况"


@pytest.fixture
def people(db):
    with letters.registered(), clock.at(ON):
        yield s.settle()


def _text(pdf: bytes) -> str:
    found = pypdfium2.PdfDocument(pdf)
    return "".join(page.get_textpage().get_text_bounded() for page in found)


def test_the_pdf_holds_number_title_body_date_and_the_mark_of_sample_data(people):
    made = letters.letter_of(letters.write(people.clerk))
    text = _text(render.pdf_of(made).read_bytes()).replace("\r\n", "")
    for words in (
        "示函〔2025〕0001", "示例函", "同意你公司的申请", "2025年4月16日", "未加盖电子印章", "— 1 —", "示例数据",
        "《示例办法》第一条", render.spaced(made.code),
    ):  # fmt: skip
        assert words in text, words


def test_a_page_holds_22_lines_of_28_characters(people):
    made = letters.letter_of(letters.write(people.clerk, words=HANZI * 40))
    with pdfplumber.open(render.pdf_of(made)) as pdf:
        full = pdf.pages[1]
        lines = Counter(round(one["top"]) for one in full.chars if abs(one["size"] - 16) < 0.1)
        edges = [one["x0"] for one in full.chars if abs(one["size"] - 16) < 0.1]
    assert len(lines) == 22 and set(lines.values()) == {28}
    assert abs(min(edges) / 72 * 25.4 - 28) < 0.5  # 28 mm from the left edge


def test_the_same_content_gives_the_same_bytes(people):
    made = letters.letter_of(letters.write(people.clerk, lines=3))
    render._compiler.cache_clear()
    first = render.compiled(made).pdf
    render._compiler.cache_clear()
    with clock.at(date(2026, 1, 1)):
        assert render.compiled(made).pdf == first


def test_a_table_of_300_lines_breaks_over_pages_with_its_head_on_each(people):
    made = letters.letter_of(letters.write(people.clerk, lines=300))
    with pdfplumber.open(render.pdf_of(made)) as pdf:
        pages = [page.extract_text() for page in pdf.pages]
    assert len(pages) > 8 and all("金额（元）" in page for page in pages)
    whole = _text(render.pdf_of(made).read_bytes())
    assert all(f"第{n}项" in whole for n in range(1, 301)) and "30,000.00" in whole


def test_the_code_is_read_from_a_picture_of_the_page(people):
    made = letters.letter_of(letters.write(people.clerk))
    picture = Image.open(io.BytesIO(render.pictures_of(made, 150)[0]))
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [made.content["verify"]]


def test_without_any_chinese_face_a_document_is_numbered_and_set_later(people, settings, monkeypatch, tmp_path):
    settings.FONTS = [tmp_path]
    with monkeypatch.context() as bare:
        bare.setattr(fonts, "_SYSTEM", ())
        bare.setattr(fonts, "_PACKAGE", "no_such_package")
        assert fonts.chosen()["fangsong"] == [] and fonts.standing_in()["仿宋"] == ""
        made = letters.letter_of(letters.write(people.clerk))
        with pytest.raises(LawError, match="没有中文字体"):
            render.pdf_of(made)
        look = next(one for one in doctor.looks() if one.what == "公文字体")
        assert not look.well and "fonts-noto-cjk" in look.remedy
    assert render.pdf_of(made).read_bytes().startswith(b"%PDF")
    assert next(one for one in doctor.looks() if one.what == "公文字体").well  # that one face stands in is a note


def test_the_pip_face_serves_where_the_system_has_none(people, monkeypatch):
    monkeypatch.setattr(fonts, "_SYSTEM", ())
    assert "Noto Sans CJK SC" in fonts.chosen()["fangsong"]
    assert fonts.standing_in()["仿宋"]


def test_a_document_of_a_service_that_is_gone_says_so(people):
    made = letters.letter_of(letters.write(people.clerk))
    made.kind = "gone.letter"
    with pytest.raises(LawError, match="没有登记"):
        render.compiled(made)


def test_the_ofd_copy_reads_back_and_says_that_it_has_no_seal(people):
    made = letters.letter_of(letters.write(people.clerk, lines=5))
    data = ofd.ofd_of(made)
    assert data == ofd.ofd_of(made)
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None and "无电子签章" in archive.read("OFD.xml").decode()
    text = _ofd_text(data)
    for words in ("示函〔2025〕0001", "示例函", "同意你公司的申请", "第5项", "500.00", "无电子签章"):
        assert words in text, words


def _ofd_text(data: bytes) -> str:
    """All text of an OFD, as another program reads it."""
    with ofdkit.open(io.BytesIO(data)) as document:
        return document.text().replace("\n", "").replace(" ", "")


def test_the_word_copy_holds_the_same_words(people):
    made = letters.letter_of(letters.write(people.clerk, lines=5))
    sheet = Document(io.BytesIO(word.docx_of(made)))
    text = "\n".join(one.text for one in sheet.paragraphs)
    for words in ("示函〔2025〕0001", "示例函", letters.WORDS, "2025年4月16日", "未加盖电子印章"):
        assert words in text, words
    assert [cell.text for cell in sheet.tables[0].rows[5].cells] == ["5", "第5项", "500.00"]
