"""One cell: what a sheet holds, as a field takes it; and a value, as a sheet holds it."""

import difflib
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xianzhi.law.fields import CHOICE, DAY, MONEY, NOTE, NUMBER, TEXT, WHOLE, YES_NO, BadField, Field

NUMERIC = (MONEY, NUMBER, WHOLE)
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]+0{1,2}:00(?::00)?)?")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_BLANK = " \t\r\n\u3000\u00a0\u200b\ufeff"
_WORDS = {"是": "yes", "有": "yes", "√": "yes", "✓": "yes", "否": "no", "无": "no", "×": "no", "✗": "no"}
_FAULTY = ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!")
_PRECISE = 10**15
"""Excel keeps fifteen digits of a number; what follows is lost."""
_SERIALS = range(20_000, 80_000)
"""Days that Excel shows as a bare number where a cell has lost its date format: 1954 to 2119."""
_RISKY = re.compile(r"'*[=+\-@\t\r]")
"""With this a spreadsheet may take a text for a formula."""
_NEVER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip(_BLANK))


def as_text(cell: Any) -> str:
    """A cell as a person reads it: whole numbers without a point, days as 2025-03-12."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float):
        return _digits(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell).strip(_BLANK)


def _digits(number: float) -> str:
    """A number as Excel shows it, of which it knows fifteen digits: 0.1 + 0.2 is 0.3."""
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    if number == int(number) and abs(number) < _PRECISE:
        return str(int(number))
    return format(Decimal(f"{number:.15g}"), "f")


def taken(cell: Any, field: Field) -> Any:
    """A cell's value in the type of a field, None where it is empty. Raises BadField."""
    text = as_text(cell)
    if text in _FAULTY:
        raise BadField(_("{zh}的公式出错：{text}，请改正公式或直接填值").format(zh=field.zh, text=text))
    if field.kind in (TEXT, NOTE) and isinstance(cell, float | int) and not isinstance(cell, bool):
        if abs(cell) >= _PRECISE:
            told = _("{zh}被表格软件当成了数（{text}），末几位已经丢失；请把这一列设为“文本”后重填")
            raise BadField(told.format(zh=field.zh, text=text))
    elif field.kind == DAY:
        text = _day(cell, text, field)
    elif field.kind in NUMERIC:
        text = text.strip("¥￥元 ").replace(" ", "")
    elif field.kind == YES_NO:
        text = _WORDS.get(text, text.lower())
    elif field.kind == CHOICE:
        text = _chosen(text, field)
    return field.clean(text)


def _day(cell: Any, text: str, field: Field) -> str:
    found = _DAY.fullmatch(text) or _EIGHT.fullmatch(text)
    if found:
        year, month, day = found.groups()
        return f"{year}-{int(month):02}-{int(day):02}"
    if isinstance(cell, float | int) and cell in _SERIALS:
        raise BadField(_("{zh}丢了日期格式，只剩序号 {text}；请把这一列设为“日期”").format(zh=field.zh, text=text))
    return text


def _chosen(text: str, field: Field) -> str:
    """The stored value of a choice that is written by its Chinese label."""
    stored = {zh: value for value, zh in field.choices}
    if text in stored:
        return stored[text]
    if not text or text in dict(field.choices):
        return text
    near = difflib.get_close_matches(text, stored, 1, 0.5)
    hint = _("，是不是“{near}”").format(near=near[0]) if near else ""
    known = "、".join(stored)
    told = _("{zh}没有“{text}”这一种{hint}；可填：{known}")
    raise BadField(told.format(zh=field.zh, text=text[:40], hint=hint, known=known))


# ---- out -------------------------------------------------------------------------------------------------------------


def shown(value: Any, field: Field) -> Any:
    """A cleaned value as its cell shows it: choices by their label, yes and no in words."""
    if field.kind == CHOICE:
        return dict(field.choices).get(value, value)
    return value


def harmless(text: str) -> str:
    """A text of which no spreadsheet makes a formula: with an apostrophe before it where it might."""
    return f"'{text}" if _RISKY.match(text) else text


def unguarded(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if text.startswith("'") and _RISKY.match(text) else text


def clean_text(text: Any) -> str:
    """A text without what no sheet can hold."""
    return _NEVER.sub("", str(text).replace("\r\n", "\n").replace("\r", "\n"))


def csv_cell(value: Any) -> str:
    """A value in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return harmless(clean_text(value))
