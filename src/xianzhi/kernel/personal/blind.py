"""Blind index: the same value gives the same digest under a key, so that it is found without being opened."""

import unicodedata

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC

from xianzhi.kernel.personal.keys import ring
from xianzhi.kernel.personal.masks import PHONE
from xianzhi.kernel.personal.tokens import Key

LENGTH = 80
_COUNTRY, _MOBILE_DIGITS = "86", 11


def normal(kind: str, text: str) -> str:
    """The one form of a value under which it is found: half-width, no spaces, capitals; of a telephone the digits."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    if kind != PHONE:
        return plain
    digits = "".join(char for char in plain if char.isdigit())
    foreign = digits.startswith(_COUNTRY) and len(digits) == len(_COUNTRY) + _MOBILE_DIGITS
    return digits[len(_COUNTRY) :] if foreign else digits


def digest(column: str, kind: str, text: str) -> str:
    """The digest of a value in a column (`kernel.subject.code`) under the current index key; empty for no value."""
    return _digest(ring().index, column, normal(kind, text))


def candidates(column: str, kind: str, text: str) -> list[str]:
    """The digests under every index key, the current one first: while a rotation runs, a row may still have the old."""
    keys, plain = ring(), normal(kind, text)
    others = [one for name, one in keys.indexes.items() if name != keys.current_index]
    return [_digest(one, column, plain) for one in (keys.index, *others)] if plain else []


def _digest(key: Key, column: str, plain: str) -> str:
    if not plain:
        return ""
    mac = HMAC(key.secret, SM3())
    mac.update(f"{column}|{plain}".encode())
    return f"{key.id}:{mac.finalize().hex()}"
