"""What a step asks for: named, typed fields, from which the page, the checks and the API are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from xianzhi.law.identifiers import MASK

TEXT, NOTE, DAY, MONEY, NUMBER, WHOLE, CHOICE, YES_NO, LINES = (
    "text", "note", "day", "money", "number", "whole", "choice", "yes_no", "lines",
)  # fmt: skip
_FEN = Decimal("0.01")
_MOST_DIGITS = 15
_MOST_PLACES = 12
"""Far beyond any amount or measure of a county, and within what Decimal computes exactly."""
_YEARS = range(1900, 2200)
"""A day outside them is a slip of the pen; far outside, no time limit can be counted from it."""
LINE, PAGE = 200, 2000
"""Characters of one line of words, and of an opinion, unless a field says otherwise."""


PERSONAL = ("identity", "phone", "name", "account", "contact", "address")
"""What words about a person may be; each kind is masked in its own way."""


class BadField(ValueError):
    """What was entered cannot be taken; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a step asks for."""

    name: str
    zh: str
    kind: str = TEXT
    unit: str = ""
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    """(stored value, Chinese label)"""
    columns: tuple[Field, ...] = ()
    """For LINES: what each line holds."""
    places: int | None = None
    """For NUMBER: how many decimals are allowed."""
    most: int | None = None
    """For words: how many characters, where fewer or more than LINE or PAGE."""
    personal: str = ""
    """For words about a person: identity, phone, name, account, contact or address. Sealed in events, shown masked."""
    functions: tuple[str, ...] = ()
    """For the name of a unit: the functions whose units a form proposes. Another name may be entered all the same."""
    help: str = ""

    @property
    def optional(self) -> Field:
        return replace(self, required=False)

    def clean(self, raw: Any) -> Any:
        """The value in its own type, or None when left empty. Raises BadField."""
        if isinstance(raw, str):
            raw = raw.strip()
        if raw is None or raw == "" or raw == []:
            if self.required:
                raise BadField(f"{self.zh}没有填")
            return None
        return _CLEAN[self.kind](self, raw)

    def _text(self, raw: Any) -> str:
        if not isinstance(raw, str | int | Decimal):
            raise BadField(f"{self.zh}应为文字")
        if "\x00" in str(raw):
            raise BadField(f"{self.zh}含有不能保存的字符，请重新输入")
        if self.personal and MASK in str(raw):  # copied from a page: saving it would lose what it hides
            raise BadField(f"{self.zh}含有 {MASK}，像是遮盖后的文字，请填写完整的内容")
        most = self.most or (PAGE if self.kind == NOTE else LINE)
        if len(str(raw)) > most:
            raise BadField(f"{self.zh}太长，最多{most}个字，现有{len(str(raw))}个")
        return str(raw)

    def _choice(self, raw: Any) -> str:
        if not isinstance(raw, str) or raw not in dict(self.choices):
            raise BadField(f"{self.zh}应为：{'、'.join(zh for _, zh in self.choices)}")
        return str(raw)

    def _day(self, raw: Any) -> date:
        try:
            is_day = isinstance(raw, date) and not isinstance(raw, datetime)
            found = raw if is_day else date.fromisoformat(str(raw))
        except ValueError:
            raise BadField(f"{self.zh}不是日期：{str(raw)[:LINE]}，写作 2025-03-12") from None
        if found.year not in _YEARS:
            raise BadField(f"{self.zh}的年份不对：{found.isoformat()}，请核对")
        return found

    def _decimal(self, raw: Any) -> Decimal:
        if isinstance(raw, float | bool):
            raise BadField(f"{self.zh}须以文字形式给出数值，以免失真")
        try:
            number = Decimal(str(raw).replace(",", "").replace("，", ""))
        except InvalidOperation:
            raise BadField(f"{self.zh}不是数：{raw}") from None
        if not number.is_finite():
            raise BadField(f"{self.zh}不是数：{raw}")
        if number < 0:
            raise BadField(f"{self.zh}不能是负数：{raw}")
        if number.adjusted() >= _MOST_DIGITS or int(number.as_tuple().exponent) < -_MOST_PLACES:
            raise BadField(f"{self.zh}位数太多：{raw}，请核对")
        number = abs(number)  # -0 is 0
        if self.places is not None and number != round(number, self.places):
            word = "整数" if self.places == 0 else f"最多{self.places}位小数"
            raise BadField(f"{self.zh}应为{word}：{raw}")
        return number

    def _money(self, raw: Any) -> Decimal:
        number = self._decimal(raw)
        if number != round(number, 2):
            raise BadField(f"{self.zh}精确到分，最多两位小数：{raw}")
        return number.quantize(_FEN)

    def _whole(self, raw: Any) -> int:
        number = self._decimal(raw)
        if number != number.to_integral_value():
            raise BadField(f"{self.zh}应为整数：{raw}")
        return int(number)

    def _yes_no(self, raw: Any) -> bool:
        if raw in (True, "yes", "true", "on", "1"):
            return True
        if raw in (False, "no", "false", "0"):
            return False
        raise BadField(f"{self.zh}应为是或否")

    def _lines(self, raw: Any) -> list[dict[str, Any]]:
        if not isinstance(raw, list):
            raise BadField(f"{self.zh}应为若干行")
        lines = []
        for number, line in enumerate(raw, start=1):
            if not isinstance(line, Mapping):
                raise BadField(f"{self.zh}第{number}行不是一行数据")
            try:
                lines.append({column.name: column.clean(line.get(column.name)) for column in self.columns})
            except BadField as error:
                raise BadField(f"{self.zh}第{number}行：{error}") from None
        return lines


_CLEAN: dict[str, Any] = {
    TEXT: Field._text,
    NOTE: Field._text,
    DAY: Field._day,
    MONEY: Field._money,
    NUMBER: Field._decimal,
    WHOLE: Field._whole,
    CHOICE: Field._choice,
    YES_NO: Field._yes_no,
    LINES: Field._lines,
}


def text(
    name: str, zh: str, *, most: int | None = None, personal: str = "", functions: tuple[str, ...] = (), help: str = ""
) -> Field:  # fmt: skip
    """One line of words. personal: what it says of a person, if it does: identity, phone, name, account, contact.
    functions: of the units whose names a form proposes."""
    return Field(name, zh, TEXT, most=most, personal=_known(personal), functions=functions, help=help)


def note(name: str, zh: str, *, most: int | None = None, personal: str = "", help: str = "") -> Field:
    """An opinion or a reason, in a person's own words. personal: as for `text`."""
    return Field(name, zh, NOTE, most=most, personal=_known(personal), help=help)


def _known(personal: str) -> str:
    if personal and personal not in PERSONAL:
        raise ValueError(f"no kind of personal data {personal}; one of {', '.join(PERSONAL)}")
    return personal


def day(name: str, zh: str, *, help: str = "") -> Field:
    return Field(name, zh, DAY, help=help)


def money(name: str, zh: str, *, help: str = "") -> Field:
    """An amount in yuan, to the fen."""
    return Field(name, zh, MONEY, "元", help=help)


def number(name: str, zh: str, unit: str = "", *, places: int | None = None, help: str = "") -> Field:
    """A quantity that is not negative, with the decimals allowed."""
    return Field(name, zh, NUMBER, unit, places=places, help=help)


def whole(name: str, zh: str, unit: str = "", *, help: str = "") -> Field:
    return Field(name, zh, WHOLE, unit, help=help)


def choice(name: str, zh: str, choices: Mapping[str, str], *, help: str = "") -> Field:
    """One of several; `choices` maps the stored value to its Chinese label."""
    return Field(name, zh, CHOICE, choices=tuple(choices.items()), help=help)


def yes_no(name: str, zh: str, *, help: str = "") -> Field:
    return Field(name, zh, YES_NO, help=help)


def lines(name: str, zh: str, *columns: Field, help: str = "") -> Field:
    """A small table, entered line by line."""
    return Field(name, zh, LINES, columns=columns, help=help)


def as_plain(value: Any) -> Any:
    """A cleaned value as JSON holds it: Decimals and dates as their text."""
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return [as_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: as_plain(item) for key, item in value.items()}
    return value
