"""Files as people send them: read, or refused in one clear sentence."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from xianzhi.kernel.tables import heads, reading
from xianzhi.kernel.tables.declare import Column, Load, Row, Table
from xianzhi.kernel.tables.heads import letters
from xianzhi.kernel.tables.reading import BadSheet, kind_of
from xianzhi.kernel.tables.rows import Bad, Rows
from xianzhi.law.fields import choice, day, money, number, text, whole, yes_no

PLOTS = Table(
    name="test.plots",
    zh="地块",
    columns=(
        Column(text("plot", "地块"), aliases=("地块名称",)),
        Column(text("identity", "身份证号").optional),
        Column(number("area", "面积", "亩", places=2)),
        Column(money("amount", "金额")),
        Column(choice("crop", "作物", {"wheat": "小麦", "corn": "玉米"}).optional),
        Column(day("seen_on", "勘查日期").optional),
        Column(whole("trees", "株数").optional),
        Column(yes_no("paid", "已付").optional),
    ),
    by=(),
    apply=lambda load: (),
    unique=("plot",),
    total="amount",
    most=1000,
)
HEADINGS = [one.heading for one in PLOTS.columns]
Sheet = Callable[..., Path]


@pytest.fixture
def sheet(tmp_path: Path) -> Sheet:
    """Writes a workbook with the given rows and gives its path."""

    def write(rows: list[list[Any]], *, name: str = "表", also: Callable | None = None, top: int = 0) -> Path:
        path = tmp_path / "made.xlsx"
        book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False})
        page = book.add_worksheet(name)
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        for line, row in enumerate(rows, start=top):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    page.write_datetime(line, place, cell, days)
                elif cell is not None:
                    page.write(line, place, cell)
        if also:
            also(book, page)
        book.close()
        return path

    return write


def read(path: Path, name: str = "made.xlsx", table: Table = PLOTS) -> tuple[list[Row], list[Bad], Rows]:
    with reading.opened(path, name) as sheets:
        rows = Rows(table, heads.find(table, sheets), Load(None, None, {}))
        found = [row for row, _cells in rows]
    return [one for one in found if isinstance(one, Row)], [one for one in found if isinstance(one, Bad)], rows


def refusal(path: Path, name: str = "made.xlsx", table: Table = PLOTS) -> str:
    with pytest.raises(BadSheet) as error:
        read(path, name, table)
    return str(error.value)


def text_file(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "made.csv"
    path.write_bytes(content)
    return path


# ---- what is taken ----


def test_a_workbook_gives_values_in_their_own_types(sheet: Sheet) -> None:
    rows = [HEADINGS, ["南坡1号", "140826198001010011", 2.35, 3525, "小麦", datetime(2025, 3, 12), 12, "是"]]
    (row,), bad, _rows = read(sheet(rows))
    assert not bad
    assert row.line == 2
    assert row.values == {
        "plot": "南坡1号", "identity": "140826198001010011", "area": Decimal("2.35"), "amount": Decimal("3525.00"),
        "crop": "wheat", "seen_on": datetime(2025, 3, 12).date(), "trees": 12, "paid": True,
    }  # fmt: skip


def test_whole_numbers_stay_whole_in_a_text_and_sums_of_floats_are_what_the_sheet_shows(sheet: Sheet) -> None:
    (row,), bad, _rows = read(sheet([HEADINGS, [101, None, 0.1 + 0.2, 1234.1 + 0.2]]))
    assert not bad
    assert (row.values["plot"], row.values["area"]) == ("101", Decimal("0.3"))
    assert row.values["amount"] == Decimal("1234.30")


def test_an_identity_number_that_became_a_number_is_refused_not_changed(sheet: Sheet) -> None:
    _good, (bad,), _rows = read(sheet([HEADINGS, ["甲", 140826198001010011, 1, 1]]))
    assert "末几位已经丢失" in bad.faults[0].reason and bad.faults[0].column == "身份证号"


@pytest.mark.parametrize("written", ["2025-03-12", "2025/3/12", "2025.3.12", "2025年3月12日", "20250312"])
def test_days_are_read_as_people_write_them(sheet: Sheet, written: str) -> None:
    (row,), _bad, _rows = read(sheet([HEADINGS, ["甲", None, 1, 1, None, written]]))
    assert row.values["seen_on"].isoformat() == "2025-03-12"


def test_a_day_without_its_format_is_named(sheet: Sheet) -> None:
    _good, (bad,), _rows = read(sheet([HEADINGS, ["甲", None, 1, 1, None, 45728]]))
    assert "丢了日期格式" in bad.faults[0].reason


def test_headings_may_stand_below_a_title_in_another_order_with_other_words(sheet: Sheet) -> None:
    rows = [["横水镇青苗赔偿表"], [], ["金额(元)", "地块 名称", "面积"], [10, "甲", 1]]
    (row,), bad, found = read(sheet(rows))
    assert not bad and row.line == 4 and row.values["plot"] == "甲"
    assert found.found.notes == ["读的是工作表“表”，标题在第 3 行"]


def test_columns_that_nobody_knows_are_said_and_left_out(sheet: Sheet) -> None:
    _good, _bad, found = read(sheet([["序号", *HEADINGS[:4], "电话"], [1, "甲", None, 1, 1, "138"]]))
    assert "没有读的列：电话" in found.found.notes


def test_a_list_that_begins_to_the_right_is_read_with_its_own_lines(sheet: Sheet) -> None:
    rows = [[None, None, *HEADINGS[:4]], [None, None, "甲", None, 1, 1], [None, None, "乙", None, "x", 1]]
    (row,), (bad,), _rows = read(sheet(rows, top=3))
    assert (row.line, bad.line, bad.faults[0].value) == (5, 6, "x")


def test_empty_lines_between_and_after_are_nothing(sheet: Sheet) -> None:
    def also(book: Any, page: Any) -> None:
        blank = book.add_format({"border": 1})
        for line in range(3, 900):
            page.write_blank(line, 0, None, blank)

    good, bad, _rows = read(sheet([HEADINGS, ["甲", None, 1, 1], [" ", ""]], also=also))
    assert (len(good), len(bad)) == (1, 0)


def test_the_sheet_with_the_headings_is_found_among_others(sheet: Sheet) -> None:
    def also(book: Any, page: Any) -> None:
        other = book.add_worksheet("二月")
        for place, heading in enumerate(HEADINGS):
            other.write(0, place, heading)
        other.write_row(1, 0, ["乙", "", 1, 1])

    (row,), _bad, found = read(sheet([["随便"], ["写的"]], also=also))
    assert row.values["plot"] == "乙" and "二月" in found.found.notes[0]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_csv_in_every_writing(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [separator.join(("地块", "面积（亩）", "金额")), separator.join(("南坡，1号"[:2], "2.35", "3525.00"))]
    (row,), bad, _rows = read(text_file(tmp_path, "\r\n".join(lines).encode(encoding)), "made.csv")
    assert not bad and row.values["area"] == Decimal("2.35")


def test_csv_keeps_quotes_line_breaks_and_the_line_numbers_of_the_file(tmp_path: Path) -> None:
    content = '地块,面积,金额\r\n"南坡\n""1号""",1,"1,000.50"\r\n乙,x,1\r\n'.encode()
    (row,), (bad,), _rows = read(text_file(tmp_path, content), "made.csv")
    assert row.values["plot"] == '南坡\n"1号"' and row.values["amount"] == Decimal("1000.50")
    assert (row.line, bad.line) == (2, 4)


# ---- what is wrong in a row ----


def test_every_fault_of_a_row_is_named_with_its_column_and_value(sheet: Sheet) -> None:
    _good, (bad,), _rows = read(sheet([HEADINGS, ["", None, -1, "一千", "小麥", "2025-13-01"]]))
    told = {one.column: (one.value, one.reason) for one in bad.faults}
    assert set(told) == {"地块", "面积（亩）", "金额（元）", "作物", "勘查日期"}
    assert told["面积（亩）"] == ("-1", "面积不能是负数：-1")
    assert "金额不是数：一千" in told["金额（元）"][1]
    assert "是不是“小麦”" in told["作物"][1]


def test_a_row_twice_is_named_with_the_first(sheet: Sheet) -> None:
    good, (bad,), _rows = read(sheet([HEADINGS, ["甲", None, 1, 1], ["甲", None, 2, 2]]))
    assert len(good) == 1 and bad.faults[0].reason == "与第 2 行重复"


def test_a_merged_cell_is_named(sheet: Sheet) -> None:
    def also(book: Any, page: Any) -> None:
        page.merge_range(1, 0, 2, 0, "甲")

    _good, (bad,), _rows = read(sheet([HEADINGS, [None, None, 1, 1], [None, None, 2, 2]], also=also))
    assert "第 2 至 3 行合并了单元格" in bad.faults[0].reason and bad.line == 3


def test_a_formula_in_error_is_never_taken_for_nothing(sheet: Sheet) -> None:
    def also(book: Any, page: Any) -> None:
        page.write_formula(1, 4, "=VLOOKUP(A2,X,2)", None, "#N/A")
        page.write_formula(2, 3, "=1+1", None, 2)

    (row,), (bad,), _rows = read(sheet([HEADINGS, ["甲", None, 1, 1], ["乙", None, 1]], also=also))
    assert "公式出错" in bad.faults[0].reason and bad.line == 2
    assert row.values["amount"] == Decimal("2.00")


def test_a_stated_total_must_be_the_sum(sheet: Sheet) -> None:
    _good, _bad, rows = read(sheet([HEADINGS, ["甲", None, 1, 386000], ["合 计", None, None, 386100]]))
    assert rows.wrong_total() == "第 3 行：合计应为 386,000.00，表中写 386,100.00"
    good, _bad, rows = read(sheet([HEADINGS, ["甲", None, 1, 386000], ["合计", None, None, 386000]]))
    assert rows.wrong_total() == "" and len(good) == 1


# ---- what is refused as a whole ----


def test_missing_headings_are_named_with_the_near_one(sheet: Sheet) -> None:
    told = refusal(sheet([["地块", "面积", "金额合"], ["甲", 1, 1]]))
    assert "缺“金额（元）”这一列" in told and "“金额合”是不是它" in told


def test_a_heading_twice_is_named_with_its_columns(sheet: Sheet) -> None:
    told = refusal(sheet([["地块", "面积", "金额", "金额"], ["甲", 1, 1, 2]]))
    assert "出现了 2 次（C、D 列）" in told


def test_no_headings_at_all(sheet: Sheet) -> None:
    assert "没有找到标题行" in refusal(sheet([["甲", "乙"], [1, 2]]))


def test_headings_without_rows(sheet: Sheet) -> None:
    assert "没有数据行" in refusal(sheet([HEADINGS]))


def test_too_many_rows(sheet: Sheet) -> None:
    told = refusal(sheet([HEADINGS, *([f"地{n}", None, 1, 1] for n in range(1001))]))
    assert "一次最多 1000 行" in told


def test_a_hidden_sheet_is_not_read(sheet: Sheet) -> None:
    def also(book: Any, page: Any) -> None:
        book.add_worksheet("看得见").activate()
        page.hide()

    assert "没有找到标题行" in refusal(sheet([HEADINGS, ["甲", None, 1, 1]], also=also))


def _zip(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MOST_UNPACKED", 1 << 20)
    path = _zip(tmp_path / "b.xlsx", ("xl/workbook.xml", b""), ("xl/worksheets/sheet1.xml", b"0" * (2 << 20)))
    assert "展开后太大" in refusal(path)


def test_a_cell_far_away_is_refused_before_room_is_made_for_it(sheet: Sheet) -> None:
    def below(book: Any, page: Any) -> None:
        page.write(1_048_575, 0, "x")

    def right(book: Any, page: Any) -> None:
        page.write(3, 16_383, "x")

    assert "最后一行是第 1048576 行" in refusal(sheet([HEADINGS], also=below))
    assert "最右一列是第 16384 列" in refusal(sheet([HEADINGS], also=right))


def test_macros_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "m.xlsx", ("xl/workbook.xml", b""), ("xl/vbaProject.bin", b"x"))
    assert "宏" in refusal(path)


def test_a_password_an_old_format_and_what_is_no_table(tmp_path: Path) -> None:
    old = b"\xd0\xcf\x11\xe0" + b"\x00" * 600
    for content, word in (
        (old + "EncryptedPackage".encode("utf-16-le"), "密码"), (old, "旧版 xls"), (b"%PDF-1.7 ...", "不是表格"),
        (b"", "空"), (b"\xef\xbb\xbf\r\n", "空"), (b"a\x00b,c\n", "不是 xlsx"), (b"\xff\xff\xfe,\x81", "不是 xlsx"),
        (b"PK\x03\x04 torn", "损坏"),
    ):  # fmt: skip
        assert word in refusal(text_file(tmp_path, content), "f.xlsx"), content[:12]


def test_a_torn_workbook_is_refused(sheet: Sheet, tmp_path: Path) -> None:
    whole = sheet([HEADINGS, *([f"地{n}", None, 1, 1] for n in range(50))]).read_bytes()
    for cut in (len(whole) // 3, len(whole) // 2, len(whole) - 30):
        assert "损坏" in refusal(text_file(tmp_path, whole[:cut]), "f.xlsx")


def test_a_document_in_the_clothes_of_a_workbook(tmp_path: Path) -> None:
    assert "不是 xlsx 表格" in refusal(_zip(tmp_path / "d.xlsx", ("word/document.xml", b"")))
    broken = _zip(tmp_path / "e.xlsx", ("xl/workbook.xml", b"<nonsense"), ("[Content_Types].xml", b"<"))
    with pytest.raises(BadSheet):
        read(broken)


def test_a_quote_that_never_closes(tmp_path: Path) -> None:
    content = ('地块,面积,金额\n"甲,1,1\n' + "乙,1,1\n" * 30_000).encode()
    assert "引号没有成对" in refusal(text_file(tmp_path, content), "f.csv")


def test_kinds_by_content(tmp_path: Path) -> None:
    assert kind_of(text_file(tmp_path, "地块,面积\n".encode()), "x.xlsx") == "csv"


def test_names_of_columns() -> None:
    assert [letters(n) for n in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]
    assert [reading._column(one) for one in (b"A", b"Z", b"AA", b"zz")] == [0, 25, 26, 701]


def test_anything_at_all_is_read_or_refused(tmp_path: Path) -> None:
    """A flipped byte anywhere in a workbook never ends in a crash."""
    buffer = BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet()
    page.write_row(0, 0, HEADINGS)
    page.write_row(1, 0, ["甲", "", 1, 1])
    book.close()
    whole = bytearray(buffer.getvalue())
    for at in range(0, len(whole), 97):
        bent = bytearray(whole)
        bent[at] ^= 0x55
        path = text_file(tmp_path, bytes(bent))
        try:
            read(path, "f.xlsx")
        except BadSheet as error:
            assert str(error)
