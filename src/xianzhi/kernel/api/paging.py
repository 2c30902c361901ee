"""Cursors: where a page ends, signed, so that the next one begins there whatever is added meanwhile.

A cursor holds the values of the last row by which the list is sorted, and a digest of what was asked for: it is of no
use for another list, other filters or another account.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.core import signing
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from xianzhi.kernel.api.problems import Problem

MOST, USUAL = 100, 50
"""Rows of a page: at most, and where nothing is said."""
_SALT = "xianzhi.api.cursor"


def page_of(
    rows: QuerySet[Any], by: Sequence[str], *, asked: Mapping[str, Any], cursor: str, limit: int
) -> tuple[list[Any], str]:
    """A page of rows and the cursor of the next; empty where there is none.

    by: fields to sort by, a minus for falling ones; together they must tell any two rows apart, and none is null.
    asked: what the list was asked for, with the account. Raises Problem (422) for a cursor of another list.
    """
    names = [one.removeprefix("-") for one in by]
    if cursor:
        rows = rows.filter(_after(by, _read(cursor, asked)))
    found = list(rows.order_by(*by)[: limit + 1])
    if len(found) <= limit:
        return found, ""
    last = found[limit - 1]
    return found[:limit], _written([getattr(last, name) for name in names], asked)


def _after(by: Sequence[str], values: Sequence[Any]) -> Q:
    """The rows that come after one, for a list sorted by several fields."""
    wanted, same = Q(), Q()
    for one, value in zip(by, values, strict=True):
        name = one.removeprefix("-")
        wanted |= same & Q(**{f"{name}__{'lt' if one.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return wanted


def _written(values: Sequence[Any], asked: Mapping[str, Any]) -> str:
    plain = [{"d": one.isoformat()} if isinstance(one, date) else one for one in values]
    return signing.dumps([_digest(asked), plain], salt=_SALT)


def _read(cursor: str, asked: Mapping[str, Any]) -> list[Any]:
    try:
        digest, values = signing.loads(cursor, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        digest, values = "", []
    if digest != _digest(asked):
        fault = _("游标 cursor 不是这个列表给的，或筛选条件变了；请不带 cursor 从头读起")
        raise Problem(422, fault, errors=[{"text": fault, "pointer": "/cursor", "cure": ""}])
    return [date.fromisoformat(one["d"]) if isinstance(one, dict) else one for one in values]


def _digest(asked: Mapping[str, Any]) -> str:
    plain = json.dumps(asked, sort_keys=True, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
