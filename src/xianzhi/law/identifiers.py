"""The codes that name persons, organisations and places: checked digit by digit, made for tests, masked for display.

Identity number: GB 11643, check digit by ISO 7064 MOD 11-2. Unified social credit code: GB 32100-2015, check character
MOD 31-3. Division code: the twelve digits of the statistics bureau. That a division in a code exists, or existed when
it was given, is not checked: people and firms keep codes of counties long since merged.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Kind = Literal["identity", "credit", "division"]

CODE_LENGTH = 18
DIVISION_LENGTH = 12
BIRTH = slice(6, 14)
MASK = "*"

_IDENTITY_CHECKS = "10X98765432"
_IDENTITY_WEIGHTS = tuple(2 ** (CODE_LENGTH - place) % 11 for place in range(1, CODE_LENGTH))

_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS = tuple(3**place % len(_CREDIT_ALPHABET) for place in range(CODE_LENGTH - 1))
_CREDIT_DIVISION = range(2, 8)
_LOOKALIKES = {"I": "1", "O": "0", "Z": "2", "S": "5"}


class IdentifierError(ValueError):
    """A code that cannot be right; the message says which place is wrong and what should stand there."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A checked code in its normal form (half-width, upper case); `birth` only for an identity number."""

    kind: Kind
    code: str
    birth: date | None = None


def check_identity_number(code: str) -> Identifier:
    """An 18-place identity number (公民身份号码). Raises IdentifierError."""
    code = _normal(code)
    _check_length(code, CODE_LENGTH)
    _check_digits(code, range(CODE_LENGTH - 1))
    birth = _birth(code[BIRTH])
    _check_last(code, _identity_check(code))
    return Identifier("identity", code, birth)


def check_credit_code(code: str) -> Identifier:
    """An 18-place unified social credit code (统一社会信用代码). Raises IdentifierError."""
    code = _normal(code)
    _check_length(code, CODE_LENGTH)
    _check_credit_letters(code)
    _check_digits(code, _CREDIT_DIVISION)
    _check_last(code, _credit_check(code))
    return Identifier("credit", code)


def check_division_code(code: str) -> Identifier:
    """A 12-digit division code (统计用区划代码): province, city, county, township, village. Raises IdentifierError."""
    code = _normal(code)
    _check_length(code, DIVISION_LENGTH)
    _check_digits(code, range(DIVISION_LENGTH))
    if not int(code[:2]):
        raise IdentifierError("第1至2位省级代码不能是 00")
    if int(code[9:]) and not int(code[6:9]):
        raise IdentifierError(f"第7至9位乡级代码是 000，第10至12位村级代码就不能是 {code[9:]}")
    return Identifier("division", code)


def make_identity_number(body: str) -> str:
    """Seventeen digits, completed by their check digit. Raises IdentifierError if they cannot begin such a number."""
    body = _normal(body)
    _check_length(body, CODE_LENGTH - 1)
    _check_digits(body, range(CODE_LENGTH - 1))
    _birth(body[BIRTH])
    return body + _identity_check(body)


def make_credit_code(body: str) -> str:
    """Seventeen characters, completed by their check character. Raises IdentifierError if they cannot begin a code."""
    body = _normal(body)
    _check_length(body, CODE_LENGTH - 1)
    _check_credit_letters(body)
    _check_digits(body, _CREDIT_DIVISION)
    return body + _credit_check(body)


def mask(code: str, head: int = 3, tail: int = 4) -> str:
    """The code with its middle hidden, as long as before: 140***********0019.

    A code that would keep less hidden than it shows at either end (a short or half-typed one) is hidden whole.
    """
    hidden = len(code) - head - tail
    if hidden < max(head, tail):
        return MASK * len(code)
    return code[:head] + MASK * hidden + code[len(code) - tail :]


def _normal(code: str) -> str:
    """Half-width and upper case, without spaces."""
    return "".join(unicodedata.normalize("NFKC", code).split()).upper()


def _check_length(code: str, length: int) -> None:
    if not code:
        raise IdentifierError(f"未填写，应为{length}位")
    lacking = length - len(code)
    if lacking:
        fault = f"少{lacking}位" if lacking > 0 else f"多{-lacking}位"
        raise IdentifierError(f"{fault}：应为{length}位，填了{len(code)}位")


def _check_digits(code: str, places: range) -> None:
    for place in places:
        if code[place] not in "0123456789":
            raise IdentifierError(f"第{place + 1}位应为数字，填的是 {code[place]}")


def _check_credit_letters(code: str) -> None:
    for place, char in enumerate(code, start=1):
        if char in _CREDIT_ALPHABET:
            continue
        if char in _LOOKALIKES:
            raise IdentifierError(f"第{place}位不能是字母 {char}，请核对是否为数字 {_LOOKALIKES[char]}")
        raise IdentifierError(f"第{place}位不能是{'字母' if char.isascii() and char.isalpha() else '字符'} {char}")


def _check_last(code: str, expected: str) -> None:
    if code[-1] != expected:
        raise IdentifierError(f"第{len(code)}位校验码应为 {expected}，填的是 {code[-1]}")


def _birth(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        raise IdentifierError(f"第7至14位不是日期：{text}") from None


def _identity_check(code: str) -> str:
    total = sum(int(char) * weight for char, weight in zip(code[: CODE_LENGTH - 1], _IDENTITY_WEIGHTS, strict=True))
    return _IDENTITY_CHECKS[total % len(_IDENTITY_CHECKS)]


def _credit_check(code: str) -> str:
    body = code[: CODE_LENGTH - 1]
    total = sum(_CREDIT_ALPHABET.index(char) * weight for char, weight in zip(body, _CREDIT_WEIGHTS, strict=True))
    return _CREDIT_ALPHABET[-total % len(_CREDIT_ALPHABET)]
