"""Search by any two neighbouring characters: Chinese has no spaces, and two characters are a word."""

import re

from django.db import connection
from django.db.models import Q, QuerySet
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
    grams = grams_of(text).split()
    if not grams:
        return cases
    found = cases.filter(pk__in=_holding(grams))
    for word in _WORDS.findall(text):  # the pairs of a number in another order are another number
        found = found.filter(Q(number__icontains=word) | Q(title__icontains=word) | Q(subject__name__icontains=word))
    return found


def _holding(grams: list[str]) -> RawSQL:
    """The ids of the cases whose texts hold all of the pairs, by the index of the database."""
    if connection.vendor == "postgresql":
        return RawSQL("SELECT case_id FROM kernel_searchtext WHERE string_to_array(grams, ' ') @> %s", (grams,))
    wanted = " ".join(f'"{gram}"' for gram in grams)
    return RawSQL(
        "SELECT rowid FROM kernel_searchtext_grams WHERE kernel_searchtext_grams MATCH %s", (wanted,)
    )
