"""A list on its way out: written row by row into a file of its own, counted and recorded before anyone gets it.

A file that breaks off in the middle would look whole, so nothing is sent until all of it stands.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account
from xianzhi.kernel.personal.looks import record_export
from xianzhi.kernel.speech.written import in_chinese
from xianzhi.kernel.tables.cells import clean_text, csv_cell
from xianzhi.kernel.tables.declare import Listing, Out
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.kernel.tables.report import MOST_CHARACTERS, OPTIONS
from xianzhi.law.fields import DAY, MONEY, NUMBER, WHOLE

XLSX, CSV = "xlsx", "csv"
FORMATS = {XLSX: "Excel", CSV: "CSV"}
MEDIA = {XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", CSV: "text/csv; charset=utf-8"}
MOST = 500_000
"""Rows of one file; Excel itself ends at 1,048,576."""
_AT_ONCE = 2000
_SHEET_NAME = 31
_NOT_IN_NAMES = str.maketrans({mark: "·" for mark in '[]:*?/\\<>|"'})
_NUMBERS = {MONEY: "#,##0.00", NUMBER: "General", WHOLE: "0"}


@dataclass(frozen=True, slots=True)
class Made:
    """A file that stands: its rows, and the name that it goes by."""

    count: int
    name: str


def make(listing: Listing, form: str, path: Path, *, account: Any, chosen: Mapping[str, str], reason: str = "") -> Made:
    """Writes a list as an account may see it, and records that it went out.

    form: xlsx or csv. chosen: the filters of its page. reason: why; the filters, unless given. Raises BadSheet where
    the list is too long.
    """
    told = [*listing.told(chosen)]
    write = _xlsx if form == XLSX else _csv
    count = write(listing, path, _rows(listing, account, chosen), told, account)
    if not listing.public:
        with in_chinese():
            filters = "，".join(listing.told(chosen)) or _("全部")
            what = _("{zh}（{form}）").format(zh=listing.zh, form=FORMATS[form])
            why = reason or _("从页面导出：{filters}").format(filters=filters)
        record_export(account if isinstance(account, Account) else None, what, count, why)
    return Made(count, file_name(listing, form))


def file_name(listing: Listing, form: str) -> str:
    """办件清单-20250416-示例数据.xlsx"""
    parts = [
        str(listing.zh).translate(_NOT_IN_NAMES),
        f"{clock.today():%Y%m%d}",
        *([_("示例数据")] if settings.SAMPLE else []),
    ]
    return f"{'-'.join(parts)}.{form}"


def _rows(listing: Listing, account: Any, chosen: Mapping[str, str]) -> Iterator[Any]:
    found = listing.rows(account, chosen)
    rows: Iterable[Any] = found.iterator(chunk_size=_AT_ONCE) if hasattr(found, "iterator") else found
    for number, row in enumerate(rows, start=1):
        if number > MOST:
            raise BadSheet(_("清单超过 {n} 行，请先筛选再导出").format(n=MOST))
        yield row


def _csv(listing: Listing, path: Path, rows: Iterator[Any], told: list[str], account: Any) -> int:
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow([str(one.zh) for one in listing.columns])
        for row in rows:
            out.writerow([csv_cell(_plain(one.value(row))) for one in listing.columns])
            count += 1
    return count


def _plain(value: Any) -> Any:
    """A value as it may leave: moments in the county's time, what the kernel keeps masked stays masked."""
    if isinstance(value, datetime):
        return timezone.localtime(value)
    if value is None or isinstance(value, bool | Decimal | int | float | date):
        return value
    return str(value)


def _xlsx(listing: Listing, path: Path, rows: Iterator[Any], told: list[str], account: Any) -> int:
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        formats = _formats(book)
        sheet = book.add_worksheet(str(listing.zh).translate(_NOT_IN_NAMES)[:_SHEET_NAME])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(listing.columns):
            sheet.set_column(place, place, column.width)
            sheet.write_string(0, place, str(column.zh), formats["head"])
        count = 0
        for count, row in enumerate(rows, start=1):
            for place, column in enumerate(listing.columns):
                _cell(sheet, count, place, _plain(column.value(row)), column, formats)
        sheet.autofilter(0, 0, max(1, count), len(listing.columns) - 1)
        _about(book.add_worksheet("说明"), listing, count, told, account, formats)
    return count


def _formats(book: Any) -> dict[str, Any]:
    found = {
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        "text": book.add_format({"num_format": "@"}),
        DAY: book.add_format({"num_format": "yyyy-mm-dd", "align": "left"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
    }
    return found | {kind: book.add_format({"num_format": shape}) for kind, shape in _NUMBERS.items()}


def _cell(sheet: Any, line: int, place: int, value: Any, column: Out, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, datetime):
        sheet.write_datetime(line, place, value.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date):
        sheet.write_datetime(line, place, value, formats[DAY])
    elif isinstance(value, Decimal | int | float) and not isinstance(value, bool):
        sheet.write_number(line, place, value, formats.get(column.kind, formats[NUMBER]))
    else:
        text = csv_cell(value) if isinstance(value, bool) else clean_text(value)[:MOST_CHARACTERS]
        sheet.write_string(line, place, text, formats["text"])


def _about(sheet: Any, listing: Listing, count: int, told: list[str], account: Any, formats: dict[str, Any]) -> None:
    """Where the list comes from, what it was narrowed to, when and by whom it was taken."""
    moment = timezone.localtime(clock.now())
    lines = [
        (_("清单"), str(listing.zh)),
        (_("来源"), _("{county}县治").format(county=county().name)),
        (_("筛选"), "；".join(told) or _("全部")),
        (_("行数"), f"{count:,}"),
        (_("导出时间"), f"{moment:%Y-%m-%d %H:%M}"),
        (_("导出人"), account.name if isinstance(account, Account) else _("公开")),
        (_("个人信息"), _("证件号码、电话已遮盖")),
    ]
    if settings.SAMPLE:
        lines.append((_("数据"), _("示例数据，不是真实业务")))
    sheet.set_column(0, 0, 14)
    sheet.set_column(1, 1, 60)
    for number, (word, text) in enumerate(lines):
        sheet.write_string(number, 0, word, formats["head"])
        sheet.write_string(number, 1, clean_text(text), formats["text"])
