"""Search by any two neighbouring characters: Chinese has no spaces, and two characters are a word."""

import re

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

_WORDS = re.compile(r"[\w]+")


def grams_of(*texts: str) -> str:
    """All pairs of neighbouring letters, digits and characters of some texts, each once, separated by spaces."""
    words = (word for text in texts for word in _WORDS.findall(text.lower()))
    return " ".join(dict.fromkeys(gram for word in words for gram in _pairs(word)))


def _pairs(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


def matching(cases: QuerySet, text: str) -> QuerySet:
    """The cases whose number, title or subject holds every word of `text`; all of them for an empty text."""
    words = list(dict.fromkeys(_WORDS.findall(text.lower())))
    return cases.filter(pk__in=_holding(words)) if words else cases


# The pairs of a word in another order are another word (0002 of 2025 and 0001), so a longer word is looked for again,
# but only in the cases that the index gives: a word of two characters is its own pair.
_FOUND = "SELECT found.case_id FROM kernel_searchtext found"
_AGAIN = " JOIN kernel_case one ON one.id = found.case_id LEFT JOIN kernel_subject who ON who.id = one.subject_id"
_TEXT = "lower(one.number || '\n' || one.title || '\n' || coalesce(who.name, ''))"
_POSTGRESQL = ("kernel_pairs(found.grams) @> %s", f"strpos({_TEXT}, %s) > 0")
_SQLITE = (
    "found.case_id IN (SELECT rowid FROM kernel_searchtext_grams WHERE kernel_searchtext_grams MATCH %s)",
    f"instr({_TEXT}, %s) > 0",
)


def _holding(words: list[str]) -> RawSQL:
    """The ids of the cases whose texts hold all of the words, by the index of the database."""
    grams = grams_of(*words).split()
    longer = [word for word in words if len(word) > 2]
    postgresql = connection.vendor == "postgresql"
    indexed, again = _POSTGRESQL if postgresql else _SQLITE
    conditions = " AND ".join([indexed, *[again] * len(longer)])
    wanted = grams if postgresql else " ".join(f'"{gram}"' for gram in grams)
    return RawSQL(f"{_FOUND}{_AGAIN if longer else ''} WHERE {conditions}", (wanted, *longer))
