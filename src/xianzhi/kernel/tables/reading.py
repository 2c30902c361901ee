"""Opening a file that somebody sent: what it is, whether it is safe, and its rows one after another.

A file is looked at before it is opened: how much it unpacks to, how many cells it claims, whether it is locked or holds
macros. Whatever cannot be read is said in one sentence, with what to do about it.
"""

import codecs
import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

MOST_BYTES = 20 * 1_048_576
MOST_UNPACKED = 300 * 1_048_576
MOST_CELLS = 3_000_000
MOST_COLUMNS = 200
MOST_LINES = 200_000
"""Lines of a sheet, empty ones too: more are not read, whatever a table allows."""
_CHUNK = 1 << 20
_OLD = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_SEPARATORS = ",\t;，；|"
_SAMPLE = 64 * 1024
_REF = re.compile(rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r=["']([A-Za-z]{1,3})(\d{1,7})["']""")
_FAULTY = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\bt=["']e["'][^>]*>""")
_AT = re.compile(rb"""\br=["']([A-Za-z]{1,3})(\d{1,7})["']""")
_OVERLAP = 200
"""Bytes of a chunk that are looked at again with the next: a cell may be cut in two."""
_MOST_FAULTY = 1000
OWN_SHEETS = ("说明", "填写说明", "错误清单")
"""Sheets that Xianzhi itself adds beside a list."""


class BadSheet(ValueError):
    """A file that cannot be read as a table; the message says why and what to do."""


@dataclass(slots=True)
class Sheet:
    """One list of a file: its lines from the first, and how many there are at most, 0 where nobody knows."""

    name: str
    lines: Iterator[tuple[int, list[Any]]]
    height: int = 0
    guarded: bool = False
    """Whether texts carry an apostrophe where a spreadsheet might take them for formulas."""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    """Merged cells: first line, first column, last line, last column, from 1 and 0."""
    faulty: dict[int, list[int]] = field(default_factory=dict)
    """Columns, from 0, of the cells in a line whose formula came to an error."""
    first_column: int = 0


@contextmanager
def opened(path: Path, name: str) -> Iterator[Iterator[Sheet]]:
    """The lists of a file, for the length of a body. Raises BadSheet."""
    kind = kind_of(path, name)
    if kind == "xlsx":
        faulty = _looked_through(path)
        book = _book(path)
        try:
            yield _sheets(book, faulty)
        finally:
            book.close()
    else:
        encoding = _encoding(path)
        with path.open(encoding=encoding, newline="") as file:
            yield iter([_text(file, encoding)])


def kind_of(path: Path, name: str) -> str:
    """xlsx or csv, by the content. Raises BadSheet."""
    with path.open("rb") as file:
        head = file.read(_SAMPLE)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n,;"):
        raise BadSheet(_("{name} 是空的，请选有内容的文件").format(name=name))
    if head.startswith(b"PK"):
        return "xlsx"
    if head.startswith(_OLD):
        if _LOCKED in path.read_bytes():
            raise BadSheet(_("{name} 有密码，打不开；请在表格软件里去掉密码后另存").format(name=name))
        raise BadSheet(_("{name} 是旧版 xls 文件，请另存为 xlsx 或 CSV").format(name=name))
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"<htm", b"<!DO", b"<?xm", b"{\\rtf")):
        raise BadSheet(_("{name} 不是表格，请交 xlsx 或 CSV 文件").format(name=name))
    return "csv"


# ---- xlsx ------------------------------------------------------------------------------------------------------------


def _looked_through(path: Path) -> dict[str, dict[int, list[int]]]:
    """Unpacks a workbook once without keeping it, counting; gives the cells in error by the member that holds them."""
    try:
        with ZipFile(path) as archive:
            members = archive.infolist()
            names = [one.filename for one in members]
            if "xl/workbook.xml" not in names:
                raise BadSheet(_("文件不是 xlsx 表格，请在表格软件里另存为 xlsx 或 CSV"))
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise BadSheet(_("表格带有宏，不收；请另存为不带宏的 xlsx"))
            if len(set(names)) < len(names):
                raise BadSheet(_("文件内部有重名的部分，不像表格软件存的；请重新另存为 xlsx"))
            if any(one.flag_bits & 1 for one in members):
                raise BadSheet(_("文件有密码，打不开；请去掉密码后另存"))
            left = MOST_UNPACKED
            faulty: dict[str, dict[int, list[int]]] = {}
            for one in members:
                if one.file_size > left:
                    raise _too_big()
                left -= _unpacked(archive, one, faulty)
            return faulty
    except (BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as error:
        if isinstance(error, BadSheet):
            raise
        raise BadSheet(_("文件损坏，打不开；请在表格软件里重新另存")) from None
    except Exception as error:  # zlib and lzma have errors of their own
        raise BadSheet(_("文件损坏，打不开；请在表格软件里重新另存")) from error


def _too_big() -> BadSheet:
    return BadSheet(_("文件展开后太大（超过 {n} MB），请删去空行空列和图片，或分成几份").format(n=MOST_UNPACKED >> 20))


def _unpacked(archive: ZipFile, member: Any, faulty: dict[str, dict[int, list[int]]]) -> int:
    """Reads a member through; its size. Of a sheet, the furthest cell must stay within what is read."""
    is_sheet = member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml")
    size, tail = 0, b""
    last_line = last_column = 0
    found: dict[int, list[int]] = {}
    with archive.open(member) as file:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if not is_sheet:
                continue
            chunk = tail + chunk
            for letters, digits in _REF.findall(chunk):
                last_line = max(last_line, int(digits))
                last_column = max(last_column, _column(letters))
            for cell in _FAULTY.findall(chunk) if len(found) < _MOST_FAULTY else ():
                if at := _AT.search(cell):
                    columns = found.setdefault(int(at[2]), [])
                    if _column(at[1]) not in columns:
                        columns.append(_column(at[1]))
            tail = chunk[-_OVERLAP:]
    if last_column >= MOST_COLUMNS:
        told = _("表格最右一列是第 {n} 列，最多 {most} 列；请删去右边的空列")
        raise BadSheet(told.format(n=last_column + 1, most=MOST_COLUMNS))
    if last_line > MOST_LINES or last_line * (last_column + 1) > MOST_CELLS:
        raise BadSheet(_("表格最后一行是第 {n} 行，超过能读的行数；请删去末尾的空行，或分成几份").format(n=last_line))
    faulty[member.filename] = found
    return size


def _column(letters: bytes) -> int:
    """The number of a column, from 0: A is 0, AB is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number - 1


def _book(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError:
        raise BadSheet(_("文件损坏，打不开；请在表格软件里重新另存")) from None
    except BaseException as error:
        raise _panic(error) from None


def _panic(error: BaseException) -> BaseException:
    """A fault inside the reader of workbooks comes as an exception of its own kind, which nothing else catches."""
    if type(error).__name__ == "PanicException":
        return BadSheet(_("文件的内部结构读不懂，请在表格软件里重新另存"))
    return error


def _sheets(book: CalamineWorkbook, faulty: dict[str, dict[int, list[int]]]) -> Iterator[Sheet]:
    wanted = [
        (number, one.name)
        for number, one in enumerate(book.sheets_metadata)
        if one.typ == SheetTypeEnum.WorkSheet and one.visible == SheetVisibleEnum.Visible and one.name not in OWN_SHEETS
    ]
    if not wanted:
        raise BadSheet(_("文件里没有可见的工作表，请取消隐藏后再交"))
    for number, name in wanted:
        try:
            sheet = book.get_sheet_by_index(number)
        except CalamineError:
            raise BadSheet(_("工作表“{name}”损坏，读不出来；请在表格软件里重新另存").format(name=name)) from None
        except BaseException as error:
            raise _panic(error) from None
        first = sheet.start[1] if sheet.start else 0
        ranges = tuple((a + 1, b, c + 1, d) for (a, b), (c, d) in sheet.merged_cell_ranges or ())
        errors = faulty.get(f"xl/worksheets/sheet{number + 1}.xml", {})
        lines = enumerate(sheet.iter_rows(), start=1) if sheet.height else iter(())
        yield Sheet(name, lines, sheet.total_height, merged=ranges, faulty=errors, first_column=first)


# ---- csv -------------------------------------------------------------------------------------------------------------


def _encoding(path: Path) -> str:
    """utf-8, utf-16 where it is marked so, or GB18030. Raises BadSheet for what is no text."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16" if _reads(path, "utf-16") else _no_text()
    if _reads(path, "utf-8-sig"):
        return "utf-8-sig"
    return "gb18030" if _reads(path, "gb18030") else _no_text()


def _no_text() -> str:
    raise BadSheet(_("文件不是 xlsx 也不是文本，读不出来；请在表格软件里另存为 xlsx 或 CSV"))


def _reads(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                if "\x00" in decoder.decode(chunk):
                    return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _text(file: Any, encoding: str) -> Sheet:
    sample = file.read(_SAMPLE)
    file.seek(0)
    return Sheet("CSV", _read_lines(file, _separator(sample)), guarded=True)


def _separator(sample: str) -> str:
    """The mark that parts the cells of the first lines."""
    lines = [line for line in sample.splitlines()[:15] if line.strip()]
    counted = {mark: max((line.count(mark) for line in lines), default=0) for mark in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda mark: counted[mark])
    return best if counted[best] else ","


def _read_lines(file: Any, separator: str) -> Iterator[tuple[int, list[Any]]]:
    reader = csv.reader(file, delimiter=separator)
    before = 0
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                told = _("第 {line} 行有 {n} 列，最多 {most} 列")
                raise BadSheet(told.format(line=before + 1, n=len(cells), most=MOST_COLUMNS))
            yield before + 1, cells
            before = reader.line_num
    except csv.Error as error:
        told = _("第 {line} 行起读不下去，多半是引号没有成对；请在表格软件里改正后另存")
        raise BadSheet(told.format(line=before + 1)) from error
