"""The two statements that every step runs, written out: through the ORM they cost more than all else in a step."""

import json
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from xianzhi.kernel.models import Case, Event

MOVED = ("state", "seq", "head", "moved_on", "due_on", "due_step", "due_provisional", "halted_on", "closed_on")
"""What a step changes of its case."""
_EVENT = (
    "case_id", "seq", "name", "step", "from_state", "to_state", "by_id", "by_post", "unit_id", "on", "at", "data",
    "decision", "materials", "key", "prev", "hash",
)  # fmt: skip
_NAMES = ", ".join(f'"{name}"' for name in _EVENT)  # "on" is a word of SQL
_PLACES = ", ".join("%s" for _ in _EVENT)
_INSERT = f"INSERT INTO kernel_event ({_NAMES}) VALUES ({_PLACES}) RETURNING id"  # noqa: S608 - the names above
_UPDATE = f"UPDATE kernel_case SET {', '.join(f'{name} = %s' for name in MOVED)} WHERE id = %s"  # noqa: S608


def insert(event: Event) -> int:
    """Writes an event; gives its id."""
    values = (
        event.case_id, event.seq, event.name, event.step_name, event.from_state, event.to_state, event.by_id,
        event.by_post, event.unit_id, _day(event.on), _moment(event.at), _json(event.data),
        None if event.decision is None else _json(event.decision), _json(event.materials), event.key, event.prev,
        event.hash,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        return int(cursor.fetchone()[0])


def update(case: Case) -> None:
    """Writes what a step changed of its case."""
    values = [getattr(case, name) for name in MOVED]
    with connection.cursor() as cursor:
        cursor.execute(_UPDATE, [_day(value) if isinstance(value, date) else value for value in values] + [case.pk])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _day(value: date) -> Any:
    return connection.ops.adapt_datefield_value(value)


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value.astimezone(UTC))
