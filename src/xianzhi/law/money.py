"""Money in yuan, always `Decimal`: rounding that is stated, and amounts in words (大写).

Words follow the rules for filling in bills of the payment and settlement measures: 整 after 元; none after 角 (where
it may be left out) or after 分.
"""

from __future__ import annotations

import re
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal
from enum import Enum

from xianzhi.law.numerals import LIMIT, NumeralError, digit_of, read_with_units, spell

FEN = Decimal("0.01")
LARGEST = LIMIT - 1  # yuan; a sum must stay below it, so that rounding up cannot pass what words can write
FEN_IN_YUAN = 100
FEN_IN_JIAO = 10

CAPITALS = "零壹贰叁肆伍陆柒捌玖"
CAPITAL_UNITS = ("", "拾", "佰", "仟")

# Wide enough for any sum the words can write, and deaf to whatever context the calling thread has set.
_EXACT = Context(prec=60)
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


class Rounding(Enum):
    """To what unit, and which way. HALF_UP goes away from zero from five on; DOWN cuts off."""

    HALF_UP_FEN = ("四舍五入到分", FEN, ROUND_HALF_UP)
    HALF_UP_YUAN = ("四舍五入到元", Decimal(1), ROUND_HALF_UP)
    DOWN_FEN = ("舍去分以下", FEN, ROUND_DOWN)
    DOWN_YUAN = ("舍去元以下", Decimal(1), ROUND_DOWN)

    def __init__(self, zh: str, unit: Decimal, mode: str) -> None:
        self.zh = zh
        self.unit = unit
        self.mode = mode


def yuan(value: Decimal | int | str, rounding: Rounding = Rounding.HALF_UP_FEN) -> Decimal:
    """`value` yuan, rounded as stated, always with two decimals.

    Raises TypeError for a float (it has already lost the exact sum) and ValueError for what is no finite number, or is
    too large to be written in words.
    """
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TypeError(f"金额 {value!r} 的类型是 {type(value).__name__}，不精确；请用 Decimal 或文字形式")
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value.strip()):
        raise ValueError(f"“{value}”不是金额；请写成 1036.80 的样子，不带千分号和单位")
    amount = Decimal(value.strip()) if isinstance(value, str) else Decimal(value)
    if not amount.is_finite():
        raise ValueError(f"{amount} 不是金额")
    if amount.copy_abs() >= LARGEST:
        raise ValueError(f"金额 {amount} 过大，应小于 {LARGEST} 元")
    rounded = amount.quantize(rounding.unit, rounding.mode, _EXACT).quantize(FEN, context=_EXACT)
    return rounded if rounded else rounded.copy_abs()  # a rounded -0.001 is 0.00, not -0.00


def format_yuan(amount: Decimal) -> str:
    """1036.8 as "1,036.80". Raises ValueError for a sum finer than a fen: round it where the rule says how."""
    return f"{_from_fen(_whole_fen(amount)):,}"


def capital(amount: Decimal) -> str:
    """A sum in words: 1036.80 is 壹仟零叁拾陆元捌角, 100 is 壹佰元整, -0.05 is 负伍分.

    Raises ValueError for a sum finer than a fen, or too large (`LARGEST`).
    """
    fen = _whole_fen(amount)
    whole, rest = divmod(abs(fen), FEN_IN_YUAN)
    jiao, odd = divmod(rest, FEN_IN_JIAO)
    text = "负" if fen < 0 else ""
    if whole or not rest:
        text += spell(whole, CAPITALS, CAPITAL_UNITS) + "元"
    if jiao:
        text += CAPITALS[jiao] + "角"
    elif whole and odd:
        text += CAPITALS[0]
    if odd:
        text += CAPITALS[odd] + "分"
    return text if rest else text + "整"


def parse_capital(text: str) -> Decimal:
    """The sum that words write; 人民币 before and 整 or 正 after may be there or not, 圆 may stand for 元.

    Raises NumeralError, which names the character and its place.
    """
    found = _CAPITAL.fullmatch(text.strip())
    if not found or not (found["whole"] or found["jiao"] or found["fen"]):
        raise NumeralError(f"“{text}”不是大写金额，应写成“壹仟零叁拾陆元捌角”的样子")
    start = len(text) - len(text.lstrip())
    whole = read_with_units(found["whole"], start + found.start("whole")) if found["whole"] else 0
    fen = whole * FEN_IN_YUAN
    for part, worth in (("jiao", FEN_IN_JIAO), ("fen", 1)):
        if found[part]:
            fen += worth * _single_digit(found[part], start + found.start(part) + 1, found["whole"] is not None)
    return _from_fen(-fen if found["sign"] else fen)


_CAPITAL = re.compile(
    r"(?:人民币)?(?P<sign>负)?(?:(?P<whole>[^元圆角分整正]+)[元圆])?"
    r"(?:(?P<jiao>[^元圆角分整正]+)角)?(?:(?P<fen>[^元圆角分整正]+)分)?[整正]?"
)


def _single_digit(part: str, place: int, may_open_with_zero: bool) -> int:
    """The digit of 角 or 分, before which one 零 may stand."""
    bare = part[1:] if may_open_with_zero and len(part) > 1 and digit_of(part[0]) == 0 else part
    digit = digit_of(bare)
    if digit is None:
        raise NumeralError(f"第{place}个字“{part}”处应只有一位数字", place)
    return digit


def _whole_fen(amount: Decimal | int | str) -> int:
    exact = yuan(amount)
    if exact != Decimal(amount):
        raise ValueError(f"金额 {amount} 不足一分的部分未舍入；请先按规定舍入到分")
    return int(exact.scaleb(2, _EXACT))


def _from_fen(fen: int) -> Decimal:
    return Decimal(fen).scaleb(-2, _EXACT)
