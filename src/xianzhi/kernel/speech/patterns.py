"""Sentences with values in them, told apart again: “{0}”由{1}办理 against “初审”由县审批局办理.

A pattern is its literal pieces in order. Matching looks for each piece from where the last one ended, so it takes time
linear in the sentence: no regular expression is built from a catalogue.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from xianzhi.kernel.speech.extract import CHINESE

_PLACEHOLDER = re.compile(r"\{(\w+)\}|%\((\w+)\)s")
_RUN = re.compile(r"-?[\d,.]+|[^\d]+")
_WEAK = 4
"""A pattern with fewer Chinese characters fits too much: it counts only where its values are understood as well."""
_UNITS = ("元", "米", "千瓦", "亩", "天", "平方米", "秒", "路")
"""What stands in front of a unit is a number."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A message with placeholders, and its translation."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]
    string: str
    weight: int

    @classmethod
    def of(cls, message: str, string: str) -> "Pattern":
        parts = _PLACEHOLDER.split(message)
        pieces = tuple(parts[0::3])
        names = tuple(first or second for first, second in zip(parts[1::3], parts[2::3], strict=True))
        return cls(pieces, names, string, len(CHINESE.findall("".join(pieces))))

    @property
    def weak(self) -> bool:
        return self.weight < _WEAK

    def match(self, text: str) -> dict[str, str] | None:
        """The values of the placeholders; None where the sentence is another one."""
        first, last = self.pieces[0], self.pieces[-1]
        if not text.startswith(first) or not text.endswith(last) or len(text) < len(first) + len(last):
            return None
        at, end, values = len(first), len(text) - len(last), []
        for piece in self.pieces[1:-1]:
            found = self._next(text, piece, at, end)
            if found < 0:
                return None
            values.append(text[at:found])
            at = found + len(piece)
        values.append(text[at:end])
        tail = len(values) > 1 and not last  # a clause at the end may be missing
        if not all(values[:-1] if tail else values) or any(
            CHINESE.search(value) and after.startswith(_UNITS)
            for value, after in zip(values, self.pieces[1:], strict=True)
        ):
            return None
        found_values: dict[str, str] = {}
        for name, value in zip(self.names, values, strict=True):
            if found_values.setdefault(name, value) != value:
                return None
        return found_values

    @staticmethod
    def _next(text: str, piece: str, at: int, end: int) -> int:
        """Where the next piece begins, a value of one character at least before it. Between two values without a piece
        the first is all digits that there are, or all that are none."""
        if piece:
            return text.find(piece, at + 1, end)
        run = _RUN.match(text, at, end)
        return run.end() if run and run.end() < end else -1

    def filled(self, values: dict[str, str]) -> str:
        """The translation with these values."""
        return _PLACEHOLDER.sub(lambda found: values.get(found[1] or found[2], found[0]), self.string)


class Patterns:
    """All patterns of a language, those that say most first; found by how they begin or end."""

    def __init__(self, messages: Iterable[tuple[str, str]]) -> None:
        made = [Pattern.of(message, string) for message, string in messages if _PLACEHOLDER.search(message)]
        made.sort(key=lambda one: (-one.weight, -len("".join(one.pieces)), one.pieces))
        self._by_first: dict[str, list[tuple[int, Pattern]]] = {}
        for order, one in enumerate(made):
            self._by_first.setdefault(one.pieces[0][:1], []).append((order, one))

    def fitting(self, text: str) -> Iterator[tuple[Pattern, dict[str, str]]]:
        """The patterns that fit a sentence with the values they find in it, the most specific first."""
        candidates = sorted([*self._by_first.get("", ()), *self._by_first.get(text[:1], ())], key=lambda one: one[0])
        for _order, one in candidates:
            values = one.match(text)
            if values is not None:
                yield one, values
