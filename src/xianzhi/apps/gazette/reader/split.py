"""Reads paragraphs, writes the stretches of them that are one document each (rule G-6).

A document opens with its issuer and title; its number stands below the title (or above it), a report has the line with
the day and the meeting there. A file in which no such place is found, or one alone, is one document.
"""

import re
from itertools import pairwise

from xianzhi.apps.gazette.reader.forms import NUMBER, TITLE_END, is_fixed, is_organ
from xianzhi.apps.gazette.reader.markers import marker_of
from xianzhi.apps.gazette.reader.model import Paragraph

_SUBTITLE = re.compile(
    r"(?:[—－―─–-]{1,4}|[（(])(?:\d{4}|[〇○零一二三四五六七八九]{4})年.{0,12}日?在.{4,60}(?:会议|大会)上?"
)
_BARE_SUBTITLE = re.compile(r"\d{4}年\d{1,2}月\d{1,2}日在[^。，；]{4,50}(?:会议|大会)上")
_STOPS = re.compile(r"[。；：！？:;!?]$")
_LONGEST_HEAD = 6
"""Lines that a title and its issuers take at most."""


def is_subtitle(text: str) -> bool:
    """The line under the title of a report: ——2024年2月20日在…会议上, its dash in front or not."""
    return bool(_SUBTITLE.match(text) or _BARE_SUBTITLE.fullmatch(text))


def split(paragraphs: list[Paragraph]) -> list[list[Paragraph]]:
    """The documents of a file in order; every paragraph is in exactly one."""
    starts = sorted({_start(paragraphs, at) for at in range(len(paragraphs)) if _opens(paragraphs, at)})
    if not starts:
        return [paragraphs] if paragraphs else []
    bounds = [0, *starts[1:], len(paragraphs)]
    return [paragraphs[first:last] for first, last in pairwise(bounds)]


def _opens(paragraphs: list[Paragraph], at: int) -> bool:
    """Whether the number or the subtitle of a document stands here, with its title beside it."""
    text = paragraphs[at].text
    if is_subtitle(text):
        return True
    if not NUMBER.fullmatch(text):
        return False
    before = paragraphs[at - 1].text if at else ""
    after = paragraphs[at + 1].text if at + 1 < len(paragraphs) else ""
    return bool(TITLE_END.search(before[-20:]) or _addresses(after) or TITLE_END.search(after[-20:]))


def _addresses(text: str) -> bool:
    return text.endswith(("：", ":")) and len(text) < 300


def _start(paragraphs: list[Paragraph], at: int) -> int:
    """From the number or subtitle back over the title to the first of its lines."""
    first = at
    ended = is_subtitle(paragraphs[at].text)
    for place in range(at - 1, max(at - 1 - _LONGEST_HEAD, -1), -1):
        text = paragraphs[place].text
        if _is_outside(text) or (ended and first < at and not _goes_before(text, paragraphs[first].text)):
            break
        first = place
        ended = True
    return first


def _is_outside(text: str) -> bool:
    """What cannot be a line of a title."""
    marker = marker_of(text)
    numbered = marker is not None and marker.level <= 3
    return numbered or len(text) > 90 or bool(_STOPS.search(text)) or is_fixed(text)


def _goes_before(text: str, title: str) -> bool:
    """Whether a line belongs above a title that is already there: its issuer, or its first half."""
    return is_organ(text) or not TITLE_END.search(text[-20:])
