"""Search by any two neighbouring characters: Chinese has no spaces, and two characters are a word."""

import re

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

_WORDS = re.compile(r"[\w]+")


def grams_of(*texts: str) -> str:
    """All pairs of neighbouring letters, digits and characters of some texts, without repeats, separated by spaces."""
    return " ".join(dict.fromkeys(gram for text in texts for word in _WORDS.findall(text.lower()) for gram in _pairs(word)))


def _pairs(word: str) -> list[str]:
    return [word[i : i + 2] for i in range(len(word) - 1)] or [word]


def matching(cases: QuerySet, text: str) -> QuerySet:
    """The cases whose number, title or subject holds every word of `text`; all of them for an empty text."""
    grams = grams_of(text).split()
    if not grams:
        return cases
    if connection.vendor == "postgresql":
        return cases.filter(pk__in=RawSQL("SELECT case_id FROM kernel_searchtext WHERE string_to_array(grams, ' ') @> %s", (grams,)))
    wanted = " ".join(f'"{gram}"' for gram in grams)
    return cases.filter(pk__in=RawSQL("SELECT rowid FROM kernel_searchtext_grams WHERE kernel_searchtext_grams MATCH %s", (wanted,)))
