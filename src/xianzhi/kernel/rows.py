"""The statements that every step runs, written out: through the ORM they cost more than all else in a step."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db import connection

from xianzhi.kernel import sql
from xianzhi.kernel.materials import Stored
from xianzhi.kernel.models import Case, Event, Material

_CASE = tuple(field.attname for field in Case._meta.concrete_fields)
_COLUMNS = ", ".join(f'"{field.column}"' for field in Case._meta.concrete_fields)
_READ = f"SELECT {_COLUMNS} FROM kernel_case WHERE id = %s"  # noqa: S608 - the model's own names
_HISTORY = (
    'SELECT step, from_state, to_state, "on", data, by_id, key, materials '  # "on" is a word of SQL
    "FROM kernel_event WHERE case_id = %s ORDER BY seq"
)

Past = tuple[str, str, str, date, dict[str, Any], int | None, str, tuple[str, ...]]
"""(step, from, to, on, data, by, key, kinds of material) of an event."""
MOVED = ("state", "seq", "head", "moved_on", "due_on", "due_step", "due_provisional", "halted_on", "closed_on")
"""What a step changes of its case."""
_EVENT = (
    "case_id", "seq", "name", "step", "from_state", "to_state", "by_id", "by_post", "unit_id", "on", "at", "data",
    "decision", "materials", "postings", "key", "prev", "hash",
)  # fmt: skip
_NAMES = ", ".join(f'"{name}"' for name in _EVENT)
_PLACES = ", ".join("%s" for _ in _EVENT)
_INSERT = f"INSERT INTO kernel_event ({_NAMES}) VALUES ({_PLACES}) RETURNING id"  # noqa: S608 - the names above
_UPDATE = f"UPDATE kernel_case SET {', '.join(f'{name} = %s' for name in MOVED)} WHERE id = %s"  # noqa: S608


def lock(case_id: int) -> tuple[Case, list[Past]]:
    """The case as it stands now, locked until the transaction ends (SQLite's IMMEDIATE locks the whole file), and its
    events, first to last."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with sql.cursor() as cursor:
        cursor.execute(_READ + lock, (case_id,))
        found = cursor.fetchone()
        if found is None:
            raise Case.DoesNotExist(f"no case {case_id}")
        return Case.from_db(connection.alias, _CASE, found), _history(cursor, case_id)


def history(case_id: int) -> list[Past]:
    """The events of a case, first to last."""
    with sql.cursor() as cursor:
        return _history(cursor, case_id)


def _history(cursor: Any, case_id: int) -> list[Past]:
    cursor.execute(_HISTORY, (case_id,))
    return [
        (*moved, json.loads(data), by, key, _kinds(materials)) for *moved, data, by, key, materials in cursor.fetchall()
    ]


def _kinds(materials: str) -> tuple[str, ...]:
    return tuple(one["kind"] for one in json.loads(materials)) if materials != "[]" else ()


def write(event: Event, case: Case) -> None:
    """Writes an event, which is given its id, and what it changed of its case."""
    values = (
        event.case_id, event.seq, event.name, event.step_name, event.from_state, event.to_state, event.by_id,
        event.by_post, event.unit_id, event.on.isoformat(), _moment(event.at), _json(event.data),
        None if event.decision is None else _json(event.decision), _json(event.materials),
        _json(event.postings) if event.postings else None, event.key, event.prev, event.hash,
    )  # fmt: skip
    now = (getattr(case, name) for name in MOVED)
    moved = [value.isoformat() if isinstance(value, date) else value for value in now]
    with sql.cursor() as cursor:
        cursor.execute(_INSERT, values)
        event.pk = cursor.fetchone()[0]
        cursor.execute(_UPDATE, [*moved, case.pk])


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _moment(value: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(value.astimezone(UTC))


def write_materials(event: Event, files: Sequence[Stored]) -> None:
    """What was handed in with an event."""
    if files:
        Material.objects.bulk_create(
            Material(
                case_id=event.case_id, kind=one.kind, name=one.name, media_type=one.media_type, size=one.size,
                sha256=one.sha256, sm3=one.sm3, event_seq=event.seq, by_id=event.by_id, at=event.at,
            )
            for one in files
        )  # fmt: skip


def refresh(case: Case, locked: Case) -> None:
    """The caller's object shows what was done to the locked one."""
    for name in MOVED:
        setattr(case, name, getattr(locked, name))
