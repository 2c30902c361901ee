"""Places in documents in English: 三（二）2（4） is III(2)2(4), 第十一条第四项 is Art. 11(4)."""

import re

from xianzhi.law.numerals import from_chinese
from xianzhi.law.place import PREAMBLE

_DIGITS = "[一二三四五六七八九十百零〇两]+"
_ARTICLE = re.compile(rf"第({_DIGITS}|\d+)条(?:第({_DIGITS}|\d+)款)?(?:第({_DIGITS}|\d+)项)?")
_PARTS = re.compile(rf"({_DIGITS})((?:（{_DIGITS}）)?(?:\d+(?:（\d+）)?)?)(?=$|第|（)")
_REST = re.compile(rf"第({_DIGITS}|\d+)(句|段)")
_REST_WORDS = {"句": "sentence", "段": "para."}
_ROMAN = ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))


def place_in_english(text: str) -> tuple[str, str] | None:
    """(the place in English, what follows it in brackets, in Chinese) of a printed place; None for anything else."""
    if text.startswith(PREAMBLE):
        shown, rest = "Preamble", text[len(PREAMBLE) :]
    elif found := _ARTICLE.match(text):
        article, paragraph, item = (_number(one) for one in found.groups())
        shown = f"Art. {article}{f' para. {paragraph}' if paragraph else ''}{f'({item})' if item else ''}"
        rest = text[found.end() :]
    elif found := _PARTS.match(text):
        inner = re.sub(_DIGITS, lambda one: str(from_chinese(one.group())), found[2])
        shown = _roman(from_chinese(found[1])) + inner.replace("（", "(").replace("）", ")")
        rest = text[found.end() :]
    elif _REST.match(text):
        shown, rest = "", text
    else:
        return None
    while found := _REST.match(rest):
        shown += f", {_REST_WORDS[found[2]]} {_number(found[1])}"
        rest = rest[found.end() :]
    if rest and not re.fullmatch("（[^（）]+）", rest):
        return None
    return shown.removeprefix(", "), rest.strip("（）")


def _number(text: str | None) -> int:
    if not text:
        return 0
    return int(text) if text.isdigit() else int(from_chinese(text))


def _roman(number: int) -> str:
    shown = ""
    for value, letter in _ROMAN:
        while number >= value:
            shown, number = shown + letter, number - value
    return shown
