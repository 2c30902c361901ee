"""Chinese numerals both ways: 一百二十三 and 123, 二〇二四 and 2024, 一点五 and 1.5, 1.5万 and 15000.

Reading never guesses: what may be meant in two ways (一万五, 二百五) is refused, with the character and its place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Context, Decimal

LIMIT = 10**16  # numerals are written and read below this: 一亿亿 would need a unit beyond 亿

DIGITS = "零一二三四五六七八九"
UNITS = ("", "十", "百", "千")

TEN_THOUSAND = 10**4
HUNDRED_MILLION = 10**8

_SPELLINGS = ("零〇○0", "一壹幺1", "二贰两2", "三叁3", "四肆4", "五伍5", "六陆6", "七柒7", "八捌8", "九玖9")
_DIGIT_OF = {char: digit for digit, chars in enumerate(_SPELLINGS) for char in chars}
_UNIT_OF = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_GROUP_OF = {"万": TEN_THOUSAND, "亿": HUNDRED_MILLION}

_HALF_WIDTH = str.maketrans("０１２３４５６７８９．－＋", "0123456789.-+")
_ARABIC = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?)(万亿|万|亿)?")
_EXACT = Context(prec=40)
_FRACTION_PLACES = 12


class NumeralError(ValueError):
    """Text that is no numeral; `position` counts its characters from 1, 0 where no single one is at fault."""

    def __init__(self, message: str, position: int = 0) -> None:
        super().__init__(message)
        self.position = position


def to_chinese(number: int) -> str:
    """An integer in Chinese: 11 is 十一, 110 is 一百一十, -5 is 负五. Raises ValueError from 10^16 on."""
    text = spell(abs(number), DIGITS, UNITS)
    text = text[1:] if text.startswith("一十") else text
    return f"负{text}" if number < 0 else text


def from_chinese(text: str) -> int:
    """The integer that `text` writes, in Chinese or Arabic figures; NumeralError if it is none or has a fraction."""
    value = decimal_from_chinese(text)
    if value != value.to_integral_value():
        raise NumeralError(f"“{text}”是小数，此处应为整数")
    return int(value)


def decimal_from_chinese(text: str) -> Decimal:
    """The number that `text` writes, with a fraction (一点五) or a group (1.5万, 一点五万) if it has one."""
    body = text.strip().translate(_HALF_WIDTH)
    if not body:
        raise NumeralError("没有填写数字")
    arabic = _ARABIC.fullmatch(body)
    if arabic:
        return _scaled(Decimal(arabic[1]), arabic[2] or "")
    negative = body.startswith("负")
    offset = len(text) - len(text.lstrip()) + negative
    value = _read_unsigned(body[negative:], offset)
    return value.copy_negate() if negative and value else value


def spell(number: int, digits: str, units: tuple[str, ...]) -> str:
    """A number from 0 to below 10^16 with the given ten digits and four units, no zero left out inside it."""
    if not 0 <= number < LIMIT:
        raise ValueError(f"数值 {number} 超出可书写的范围（小于一亿亿）")
    for scale, mark in ((HUNDRED_MILLION, "亿"), (TEN_THOUSAND, "万")):
        if number >= scale:
            high, low = divmod(number, scale)
            gap = digits[0] if 0 < low < scale // 10 else ""
            return spell(high, digits, units) + mark + gap + (spell(low, digits, units) if low else "")
    return _spell_group(number, digits, units)


def read_integer(text: str, offset: int = 0) -> int:
    """The whole number in `text`, written with units (一百二十三) or digit by digit (二〇二四).

    `offset` is how many characters stand before `text` in what the user typed, so that errors name the right place.
    """
    if len(text) > 1 and all(char in _DIGIT_OF for char in text):
        return _checked(int("".join(str(_DIGIT_OF[char]) for char in text)))
    return read_with_units(text, offset)


def read_with_units(text: str, offset: int = 0) -> int:
    """As `read_integer`, for text in which every digit but the last has its unit."""
    reader = _Reader(offset)
    for place, char in enumerate(text, start=1):
        reader.take(char, place)
    return _checked(reader.finish())


def digit_of(char: str) -> int | None:
    """The value of one digit in any spelling (二, 两, 贰, 2), or None."""
    return _DIGIT_OF.get(char)


def _spell_group(number: int, digits: str, units: tuple[str, ...]) -> str:
    """0 to 9999: every digit with its unit, a run of inner zeros as one."""
    if not number:
        return digits[0]
    figures = str(number)
    parts = [
        digits[int(figure)] + (units[power] if figure != "0" else "")
        for power, figure in zip(range(len(figures) - 1, -1, -1), figures, strict=True)
    ]
    return re.sub(f"{digits[0]}+", digits[0], "".join(parts)).rstrip(digits[0])


def _read_unsigned(body: str, offset: int) -> Decimal:
    whole, point, rest = body.partition("点")
    if not point:
        return Decimal(read_integer(body, offset))
    fraction = rest.rstrip("万亿")
    after = offset + len(whole) + 1
    if not whole or not fraction:
        raise NumeralError(f"第{after}个字“点”的前后都应有数字", after)
    figures = []
    for place, char in enumerate(fraction, start=after + 1):
        digit = _DIGIT_OF.get(char)
        if digit is None:
            raise NumeralError(f"第{place}个字“{char}”不能写在“点”之后，小数部分应逐位写数字", place)
        figures.append(str(digit))
    return _scaled(Decimal(f"{read_integer(whole, offset)}.{''.join(figures)}"), rest[len(fraction) :])


def _scaled(value: Decimal, group: str) -> Decimal:
    scales = {"": 1, "万": TEN_THOUSAND, "亿": HUNDRED_MILLION, "万亿": TEN_THOUSAND * HUNDRED_MILLION}
    if group not in scales:
        raise NumeralError(f"“{group}”不是数量单位，应为“万”“亿”或“万亿”")
    if int(value.as_tuple().exponent) < -_FRACTION_PLACES:
        raise NumeralError(f"小数位数过多，最多{_FRACTION_PLACES}位")
    _checked(int(value))
    scaled = _EXACT.multiply(value, Decimal(scales[group]))
    _checked(int(scaled))
    return scaled


def _checked(number: int) -> int:
    if abs(number) >= LIMIT:
        raise NumeralError("数值过大，应小于一亿亿")
    return number


@dataclass(slots=True)
class _Reader:
    """Reads a numeral with units from left to right: digits into a group of four, groups into 万 and 亿."""

    offset: int
    settled: int = 0  # everything up to the last 亿
    myriads: int = 0  # since then, everything up to the last 万
    group: int = 0  # since then, digits with their units
    digit: int | None = None  # read, but its unit not yet seen
    unit: int = TEN_THOUSAND  # the last unit in this group; the next must be smaller
    zero: bool = False  # the character before was 零
    seen: list[str] = field(default_factory=list)

    def take(self, char: str, place: int) -> None:
        place += self.offset
        value = _DIGIT_OF.get(char)
        if value == 0:
            self._take_zero(char, place)
        elif value is not None:
            self._take_digit(char, value, place)
        elif char in _UNIT_OF:
            self._take_unit(char, _UNIT_OF[char], place)
        elif char in _GROUP_OF:
            self._take_group(char, place)
        else:
            raise NumeralError(f"第{place}个字“{char}”不是数字", place)
        self.zero = value == 0
        self.seen.append(char)

    def finish(self) -> int:
        """The whole number, once the last character is taken."""
        place = self.offset + len(self.seen)
        if not self.seen:
            raise NumeralError("没有填写数字")
        if self.zero and len(self.seen) > 1:
            raise NumeralError(f"第{place}个字“{self.seen[-1]}”不能写在末尾", place)
        self._close_group(place, whole=not (self.settled or self.myriads))
        return self.settled + self.myriads + self.group

    def _take_zero(self, char: str, place: int) -> None:
        if self.digit is not None or self.zero:
            raise NumeralError(f"第{place}个字“{char}”前面缺少单位或重复", place)

    def _take_digit(self, char: str, value: int, place: int) -> None:
        if self.digit is not None:
            raise NumeralError(f"第{place}个字“{char}”前面缺少单位（十、百、千、万、亿）", place)
        self.digit = value

    def _take_unit(self, char: str, unit: int, place: int) -> None:
        bare_ten = unit == _UNIT_OF["十"] and self.digit is None and not self.zero
        if self.digit is None and not bare_ten:
            raise NumeralError(f"第{place}个字“{char}”前面缺少数字", place)
        if unit >= self.unit:
            raise NumeralError(f"第{place}个字“{char}”的次序不对，单位应从大到小", place)
        self.group += (1 if self.digit is None else self.digit) * unit
        self.unit, self.digit = unit, None

    def _take_group(self, char: str, place: int) -> None:
        self._close_group(place - 1, whole=True)
        before = self.group + (self.myriads if char == "亿" else 0)
        if not before or self.zero or (char == "万" and self.myriads) or (char == "亿" and self.settled):
            raise NumeralError(f"第{place}个字“{char}”前面缺少数字或次序不对", place)
        if char == "亿":
            self.settled, self.myriads = before * HUNDRED_MILLION, 0
        else:
            self.myriads = before * TEN_THOUSAND
        self.group, self.unit = 0, TEN_THOUSAND

    def _close_group(self, place: int, *, whole: bool) -> None:
        """Put a last digit into the ones, unless it may as well stand for a unit left out (二百五, 一万五).

        `whole`: a digit that is all there is of its group needs nothing before it.
        """
        if self.digit is None:
            return
        follows_ten = self.unit == _UNIT_OF["十"]
        alone = whole and self.unit == TEN_THOUSAND
        after_zero = len(self.seen) > 1 and _DIGIT_OF.get(self.seen[-2]) == 0
        if not (follows_ten or alone or after_zero):
            char = self.seen[-1]
            raise NumeralError(f"第{place}个字“{char}”有两种读法：前面应写“零”，或后面应写单位", place)
        self.group += self.digit
        self.digit = None
