"""The empty sheet of a table, to be filled in: headings, notes, and cells that refuse what cannot be taken."""

from typing import Any, BinaryIO

import xlsxwriter
from django.utils.translation import gettext as _

from xianzhi.kernel.tables.declare import Column, Table
from xianzhi.law.fields import CHOICE, DAY, MONEY, NOTE, NUMBER, TEXT, WHOLE, YES_NO

_MOST_LISTED = 250
"""Characters of the choices that one cell can offer in Excel."""
_FORMATS = {TEXT: "@", NOTE: "@", CHOICE: "@", YES_NO: "@", DAY: "yyyy-mm-dd", MONEY: "#,##0.00", WHOLE: "0"}


def write(table: Table, to: BinaryIO) -> None:
    """Writes the empty workbook of a table."""
    with xlsxwriter.Workbook(to, {"in_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet(table.zh.replace("：", " ").replace("/", " ")[:31])
        needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#E8E4D8", "text_wrap": True, "valign": "top"})
        free = book.add_format({"bottom": 1, "bg_color": "#F4F2EC", "text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        last = min(table.limit, 5000)
        for place, column in enumerate(table.columns):
            shape = book.add_format({"num_format": _FORMATS.get(column.field.kind, "General")})
            sheet.set_column(place, place, column.wide, shape)
            sheet.write_string(0, place, column.heading, needed if column.field.required else free)
            sheet.write_comment(0, place, note(column), {"x_scale": 2})
            if rule := _rule(column):
                sheet.data_validation(1, place, last, place, rule)
        _notes(book, book.add_worksheet("填写说明"), table)


def note(column: Column) -> str:
    """How a column is filled in, in words."""
    asked = column.field
    parts = [_("必填") if asked.required else _("可不填"), form_of(column)]
    if asked.help:
        parts.append(asked.help)
    if column.sample:
        parts.append(_("如 {sample}").format(sample=column.sample))
    return "；".join(part for part in parts if part)


def form_of(column: Column) -> str:
    """What kind of value a column holds, in words."""
    asked = column.field
    if asked.kind == CHOICE:
        return _("可填：{choices}").format(choices="、".join(zh for _value, zh in asked.choices))
    if asked.kind == NUMBER and asked.places is not None:
        return _("数，最多 {n} 位小数").format(n=asked.places)
    return {
        TEXT: _("文字"), NOTE: _("文字"), DAY: _("日期，如 2025-03-12"), MONEY: _("金额，到分"), NUMBER: _("数"),
        WHOLE: _("整数"), YES_NO: _("是 或 否"),
    }.get(asked.kind, "")  # fmt: skip


def _rule(column: Column) -> dict[str, Any] | None:
    asked = column.field
    said = {"error_title": column.heading[:32], "error_message": note(column)[:255], "ignore_blank": True}
    if asked.kind in (CHOICE, YES_NO):
        words = [zh for _value, zh in asked.choices] if asked.kind == CHOICE else ["是", "否"]
        return {"validate": "list", "source": words, **said} if len(",".join(words)) <= _MOST_LISTED else None
    if asked.kind in (MONEY, NUMBER):
        return {"validate": "decimal", "criteria": ">=", "value": 0, **said}
    return {"validate": "integer", "criteria": ">=", "value": 0, **said} if asked.kind == WHOLE else None


def _notes(book: Any, sheet: Any, table: Table) -> None:
    head = book.add_format({"bold": True, "bottom": 1})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 80)
    lines = [
        (table.zh, table.help),
        (_("行数"), _("一次最多 {n} 行；空行不算").format(n=f"{table.limit:,}")),
        (_("列"), _("按列名认列，先后不限；多出的列不读。证件号码、账号所在的列请保持“文本”格式")),
    ]
    if table.total:
        told = _("末行第一格写“合计”的，与各行{name}之和核对")
        lines.append((_("合计"), told.format(name=table.column(table.total).field.zh)))
    lines += [(column.heading, note(column)) for column in table.columns]
    for number, (word, text) in enumerate(lines):
        sheet.write_string(number, 0, word, head)
        sheet.write_string(number, 1, text, wrap)
