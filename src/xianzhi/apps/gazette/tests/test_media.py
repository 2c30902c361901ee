"""A document reads the same from each form of file; what cannot be read is answered in a sentence."""

import io
import zipfile

import pytest

from xianzhi.apps.gazette.reader import as_json, intake, read
from xianzhi.apps.gazette.reader.intake import open_source
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Media
from xianzhi.apps.gazette.tests import files, samples

LINES = [line for line in samples.REPLY.split("\n") if line]
KEYS = ("title", "doc_number", "doc_type", "issuer", "date", "addressees", "disclosure")
LONG = "清河县今年要把村级道路养护当作一件大事来抓，县里统筹安排经费，各乡镇落实养护人员，每条道路都要有人管。" * 6


def header(data: bytes, name: str) -> dict[str, object]:
    (found,) = as_json(read(open_source(data, name)))["documents"]
    return {key: found[key] for key in KEYS}


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (files.pdf_of(samples.REPLY), Media.PDF),
        (files.docx_of(LINES), Media.DOCX),
        (files.html_of(LINES), Media.HTML),
        (files.html_of(LINES, charset="gb18030"), Media.HTML),
        (files.ofd_of(LINES), Media.OFD),
        (samples.REPLY.encode("gb18030"), Media.TEXT),
        (samples.REPLY.encode("utf-16"), Media.TEXT),
        (("\ufeff" + samples.REPLY).replace("\n", "\r\n").encode(), Media.TEXT),
    ],
    ids=["pdf", "docx", "html", "html gb18030", "ofd", "gb18030", "utf-16", "bom and crlf"],
)
def test_a_document_reads_the_same_from_each_form(data: bytes, media: Media) -> None:
    assert open_source(data, "通知").media is media
    assert header(data, "通知") == header(samples.REPLY.encode(), "通知.txt")


def test_another_encoding_is_noted() -> None:
    assert [one.code for one in open_source(samples.REPLY.encode("gb18030"), "a").findings] == ["encoding"]
    assert open_source(samples.REPLY.encode(), "a").findings == ()


def test_two_columns_of_a_pdf_are_read_left_before_right_and_joined() -> None:
    articles = "\n".join(f"第{number}条 {LONG}" for number in "一二三四五六七八九十")
    data = files.pdf_of(f"清河县道路养护办法\n{articles}", columns=2, head="清河县人民政府公报 2024年第3期")
    (found,) = as_json(read(open_source(data, "公报.pdf")))["documents"]
    assert [one["number"] for one in found["articles"]] == list(range(1, 11))
    (document,) = read(open_source(data, "公报.pdf"))
    assert [block.words for block in document.blocks if block.number] == [LONG] * 10


def test_running_heads_of_a_pdf_are_taken_out_and_listed() -> None:
    source = open_source(files.pdf_of((LONG + "\n") * 60, head="养护工作简报"), "a.pdf")
    assert "养护工作简报" not in source.text
    assert len(source.pages) >= 3
    assert len([one for one in source.findings if "养护工作简报" in one.message]) == len(source.pages)


def test_the_rows_of_a_word_table_keep_their_cells_and_its_numbers_are_written_out() -> None:
    data = files.docx_of(["一、任务"], [["建立台账", "县水务局"], ["", "县财政局"]], ["修路", "架桥"])
    assert open_source(data, "a.docx").text.split("\n") == [
        "一、任务",
        "1.修路",
        "2.架桥",
        "建立台账\t县水务局",
        "\t县财政局",
    ]


def test_only_the_article_of_a_page_is_read() -> None:
    text = open_source(files.html_of(LINES), "a.html").text
    assert text.split("\n") == LINES
    for outside in ("首页", "脚本", "版权所有", "门户"):
        assert outside not in text


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的"),
        (b" \n\n ", "空的"),
        (bytes(range(256)) * 40, "不是文本"),
        (b"\x00" * 4000 + b"a", "不是文本"),
        (b"PK\x03\x04" + bytes(200), "压缩结构已损坏"),
        (b"%PDF-1.4\nbroken", "已损坏"),
        (files.locked_pdf(), "设有密码"),
        (files.pdf_of(" "), "扫描件"),
        (files.docx_of([]), "没有文字"),
        (files.html_of([]), "没有正文"),
        (files.ofd_of(["一"]), "图片版"),
        ("机密★1年\n清河县人民政府\n关于修路的通知\n".encode(), "密级"),
    ],
    ids=["empty", "blank", "binary", "zeros", "zip", "pdf", "locked", "scan", "docx", "html", "ofd", "secret"],
)
def test_what_cannot_be_read_is_said_with_what_to_do(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said) as refused:
        open_source(data, "来件")
    assert str(refused.value).startswith("来件：")
    assert "请" in str(refused.value) or "不得" in str(refused.value)


def test_a_packed_file_that_is_no_document_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("照片.jpg", "x")
    with pytest.raises(Unreadable, match="支持文本"):
        open_source(out.getvalue(), "a.zip")


def test_a_file_too_large_or_packed_too_tightly_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "MAX_BYTES", 1000)
    with pytest.raises(Unreadable, match="请拆分"):
        open_source(b"a" * 1001, "大文件")
    monkeypatch.undo()
    monkeypatch.setattr(intake, "MAX_UNPACKED", 1000)
    with pytest.raises(Unreadable, match="不是正常的文件"):
        open_source(files.docx_of(["文字"]), "炸弹.docx")
