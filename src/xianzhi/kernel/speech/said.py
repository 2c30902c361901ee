"""A word or a stored sentence in the reader's language.

In Chinese a text is itself. In another language it is, in this order: what the catalogue or the county pack calls it; a
citation, a date, an amount; a sentence of the catalogue with other values in it, whose values are said in turn; several
sentences or words with Chinese punctuation between them. What nobody translated, such as a person's name, stays.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from django.conf import settings
from django.utils.translation import get_language

from xianzhi.kernel import registry
from xianzhi.kernel.county import county
from xianzhi.kernel.speech import catalogue
from xianzhi.kernel.speech.extract import CHINESE
from xianzhi.kernel.speech.patterns import Patterns
from xianzhi.kernel.speech.places import place_in_english

_LONGEST = 2000
"""Longer texts are somebody's own; they are not taken apart."""
_DEEPEST = 6
_FULL_WIDTH = re.compile(r"[\u3000-\u303f\uff01-\uff5e]")
_WEEKDAYS = dict(zip("一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(r"(?:(\d{4})年)?(\d{1,2})月(\d{1,2})日(?: ?周([一二三四五六日])(上班)?)?")
_YEAR = re.compile(r"(\d{4})年(?:度)?")
_MONTH = re.compile(r"(\d{4})年(\d{1,2})月")
_MONEY = re.compile(r"(-?[\d,]+(?:\.\d+)?) ?元")
_COUNTED = re.compile(r"(-?[\d,.]+%?) ?([^\d\s].*)")
_NUMBER_AND_PLACE = re.compile(r"(\S+〔\d{4}〕[^ ]*?号?)[ 　](\S+)")
_WORD_AND_FIGURE = re.compile(r"([^\d\s]+?)( ?)(-?\d[\d,.]*[^\d\s]{0,6})")
_FOREIGN_AROUND = re.compile(
    r"([^\u3400-\u9fff]*?[A-Za-z][^\u3400-\u9fff]*?|)()"
    r"((?:\d[\d,.]* ?)?[\u3400-\u9fff](?:.*[\u3400-\u9fff〕）](?:\d+号?)?)?)()([^\u3400-\u9fff]*)",
    re.DOTALL,
)
"""Chinese within another language's words, from its first character to its last."""
_TITLE = re.compile(r"《([^《》]+)》(.*)")
_PAPER_NUMBER = re.compile(r"[\u4e00-\u9fff（）]{1,24}〔\d{4}〕(?:第)?\d+号?(?:-[\u4e00-\u9fff])?")
"""绛政办发〔2024〕4号: the number of a paper is its name in every language."""
_BREAKS = (
    re.compile("(\n+(?:- )?|^- )"),
    re.compile("([。；！？]| · )"),
    re.compile("(，)"),
    re.compile("( 或 | +|　)"),
    None,  # brackets and quotation marks
    re.compile(r"(、|·|→|—|/|\*\*|`)"),
    re.compile("(：)"),
)
"""Where a text is cut, the strongest first; never inside brackets or quotation marks."""
_MARKS = {
    "。": ". ", "；": "; ", "！": "! ", "？": "? ", "，": ", ", "：": ": ", "、": ", ", "（": " (", "）": ") ",
    "《": " “", "》": "” ", "　": " ", " 或 ": " or ",
}  # fmt: skip
"""What stands for a mark in English; the others stay as they are."""
_OPENING, _CLOSING = "（《“", "）》”"
_MASK = "\ue000"


_ONE = re.compile(
    r"(?<![\d.,¥-])1 ((?:working )?(?:day|month|year|second|minute|hour|case|record|row|item|provision))s\b"
)
"""1 working days."""


class Said(NamedTuple):
    """A text in another language, and whether all of it was understood."""

    text: str
    whole: bool


def said(text: str, language: str = "") -> str:
    """A Chinese word or sentence in the reader's language (or the one given); in Chinese, the text itself."""
    wanted = language or get_language() or settings.LANGUAGE_CODE
    if wanted == settings.LANGUAGE_CODE or not needs_saying(text) or len(text) > _LONGEST:
        return text
    return _whole(text, wanted).text


def understood(text: str, language: str) -> bool:
    """Whether every Chinese word of a text is known in a language."""
    return not needs_saying(text) or _whole(text, language).whole


def needs_saying(text: str) -> bool:
    return bool(CHINESE.search(text) or _FULL_WIDTH.search(text))


@lru_cache(maxsize=4)
def _words(language: str) -> dict[str, str]:
    """The county's own words and names, the provisions in the registers' second language, then the catalogue."""
    words = dict(county().names(language))
    if language == "en":
        words |= {one.zh: one.en for one in registry.provisions.values()}
    return words | catalogue.compiled(language)


@lru_cache(maxsize=4)
def _patterns(language: str) -> Patterns:
    return Patterns({**county().names(language), **catalogue.compiled(language)}.items())


def forget() -> None:
    """The catalogues are read anew."""
    for kept in (_words, _patterns, _whole, _say):
        kept.cache_clear()


@lru_cache(maxsize=20_000)
def _whole(text: str, language: str) -> Said:
    found = _say(text, language, 0)
    tidy = re.sub(r" +([,.;:!?)”])", r"\1", re.sub(r"([(“]) +", r"\1", re.sub(r"  +", " ", found.text)))
    tidy = _ONE.sub(r"1 \1", tidy)
    return Said(tidy.strip() if text.strip() == text else tidy, found.whole)


@lru_cache(maxsize=50_000)
def _say(text: str, language: str, depth: int) -> Said:
    if not needs_saying(text):
        return Said(text, True)
    bare = text.strip()
    if bare != text:
        return Said(text.replace(bare, _say(bare, language, depth).text), _say(bare, language, depth).whole)
    if word := _words(language).get(text):
        return Said(word, True)
    if form := _form(text, language, depth):
        return form
    partial = None
    if depth < _DEEPEST:
        for pattern, values in _patterns(language).fitting(text):
            told = {name: _say(value, language, depth + 1) for name, value in values.items()}
            whole = all(one.whole for one in told.values())
            made = Said(pattern.filled({name: one.text for name, one in told.items()}), whole)
            if whole:
                return made
            partial = partial or (None if pattern.weak else made)
    taken_apart = _apart(text, language, depth)
    if taken_apart.whole or partial is None:
        return taken_apart
    return partial


# ---- citations, dates, amounts ---------------------------------------------------------------------------------------


def _form(text: str, language: str, depth: int) -> Said | None:
    """What has one form whatever its words: a citation, a day, an amount, a number with its unit."""
    if depth > 1 and len(text) == 1:  # 三 alone is a place only where a page prints nothing else
        return None
    for read in (_cited, _dated, _counted):
        if found := read(text, lambda part: _say(part, language, depth + 1)):
            return found
    return None


def _cited(text: str, say: Callable[[str], Said]) -> Said | None:
    if _PAPER_NUMBER.fullmatch(text):
        return Said(text, True)
    if found := _NUMBER_AND_PLACE.fullmatch(text):
        place = _place(found[2], say)
        return Said(f"{found[1]} {place.text}", place.whole) if place else None
    if found := _TITLE.fullmatch(text):
        place = _place(found[2], say) if found[2] else Said("", True)
        title = say(found[1])
        return Said(f"{title.text}, {place.text}".rstrip(", "), title.whole and place.whole) if place else None
    return _place(text, say)


def _place(text: str, say: Callable[[str], Said]) -> Said | None:
    found = place_in_english(text)
    if found is None:
        return None
    shown, clause = found
    told = say(clause)
    return Said(f"{shown} ({told.text})" if clause else shown, told.whole)


def _dated(text: str, say: Callable[[str], Said]) -> Said | None:
    if found := _DAY.fullmatch(text):
        return Said(_day(found), True)
    if found := _MONTH.fullmatch(text):
        return Said(f"{found[1]}-{int(found[2]):02d}", True)
    if found := _YEAR.fullmatch(text):
        return Said(found[1], True)
    if _DAY.search(text):
        dated = _DAY.sub(_day, text)
        told = say(dated)
        return told if told.whole else None
    return None


def _day(found: re.Match[str]) -> str:
    year, month, day, weekday, worked = found.groups()
    shown = f"{year}-{int(month):02d}-{int(day):02d}" if year else f"{int(day)} {_MONTHS[(int(month) - 1) % 12]}"
    if weekday:
        shown += f" {_WEEKDAYS[weekday]}{' (working day)' if worked else ''}"
    return shown


def _counted(text: str, say: Callable[[str], Said]) -> Said | None:
    if found := _MONEY.fullmatch(text):
        return Said(f"-¥{found[1][1:]}" if found[1].startswith("-") else f"¥{found[1]}", True)
    if found := _COUNTED.fullmatch(text):
        unit = say(found[2])
        if unit.whole:
            return Said(f"{found[1]} {unit.text}", True)
    return None


# ---- several in one --------------------------------------------------------------------------------------------------


def _apart(text: str, language: str, depth: int) -> Said:
    """A text cut at its strongest marks, each part said by itself."""
    if depth > _DEEPEST:
        return Said(text, False)
    if text[-1] in _MARKS and text[-1] not in _CLOSING:
        return _joined(text, [text[:-1], text[-1], ""], language, depth)
    for form in (_WORD_AND_FIGURE, _FOREIGN_AROUND):
        if found := form.fullmatch(text):
            parts = list(found.groups())
            made = _joined(text, [parts[0], " ", parts[2]] if form is _WORD_AND_FIGURE else parts, language, depth)
            if made.whole:
                return made
    inside = _inside(text)
    masked = "".join(_MASK if within else letter for letter, within in zip(text, inside, strict=True))
    if text[0] in _MARKS and text[0] not in _OPENING:
        return _joined(text, ["", text[0], text[1:]], language, depth)
    if masked.endswith(f"{_MASK}）") and (begun := masked.rindex("（")):  # a remark in brackets at the end
        return _joined(text, [text[:begun], "（", text[begun + 1 : -1], "）", ""], language, depth)
    for at in range(len(masked) - 1, 0, -1):  # a sentence of the catalogue with a clause of its own behind it
        if masked[at] == "，":
            before, after = _say(text[:at], language, depth + 1), _say(text[at:], language, depth + 1)
            if before.whole and after.whole:
                return Said(before.text + after.text, True)
    for mark in _BREAKS:
        parts = _cut(text, masked, mark) if mark else _grouped(text, inside)
        if len(parts) > 1:
            return _joined(text, parts, language, depth)
    return Said(text, not CHINESE.search(text))


def _inside(text: str) -> list[bool]:
    """For each character whether it stands inside brackets or quotation marks that close again."""
    inside, open_at = [False] * len(text), []
    for at, letter in enumerate(text):
        if letter in _OPENING:
            open_at.append(at)
        elif letter in _CLOSING and open_at and _OPENING.index(text[open_at[-1]]) == _CLOSING.index(letter):
            begun = open_at.pop()
            inside[begun + 1 : at] = [True] * (at - begun - 1)
    return inside


def _cut(text: str, masked: str, mark: re.Pattern[str]) -> list[str]:
    """Parts and the marks between them, by turns."""
    parts, at = [], 0
    for found in mark.finditer(masked):
        parts += [text[at : found.start()], found.group()]
        at = found.end()
    return [*parts, text[at:]]


def _grouped(text: str, inside: list[bool]) -> list[str]:
    """As `_cut`, at the brackets and quotation marks themselves."""
    parts, begun = [""], 0
    for at, letter in enumerate(text):
        edge = not inside[at] and letter in _OPENING + _CLOSING
        if edge:
            parts[-1] = text[begun:at]
            parts += [letter, ""]
            begun = at + 1
    parts[-1] = text[begun:]
    return parts


def _numeral(part: str) -> Said | None:
    """The number of a chapter: 三 between marks."""
    found = place_in_english(part) if len(part) == 1 else None
    return Said(found[0], True) if found else None


def _joined(text: str, parts: list[str], language: str, depth: int) -> Said:
    """The parts said one by one, with the marks between them as they are in the other language."""
    told = [_numeral(part) or _say(part, language, depth + 1) for part in parts[0::2]]
    if _somebodys(text, parts, told):
        return Said(text, False)
    marks = [_MARKS.get(one, one) for one in parts[1::2]]
    joined = "".join(one.text + sign for one, sign in zip(told, [*marks, ""], strict=True))
    return Said(joined.strip() if text.strip() == text else joined, all(one.whole for one in told))


def _somebodys(text: str, parts: list[str], told: list[Said]) -> bool:
    """Whether a text is somebody's own: less than half of a sentence is understood, names in quotation marks aside."""
    if "：" in parts[1::2] or not "".join(parts[1::2]).strip(" 或") or re.search("[A-Za-z]{3}", text):
        return False
    heard = [part for part, one in zip(parts[0::2], told, strict=True) if one.whole or one.text != part]
    known = sum(len(CHINESE.findall(part)) for part in heard)
    return known * 2 < len(CHINESE.findall(re.sub("“[^”]*”", "", text)))
