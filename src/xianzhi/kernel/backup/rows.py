"""The rows of a table as lines that are the same on every database, and back."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import connection, models

from xianzhi.kernel.ledger.snapshot import CHUNK

SKIPPED = frozenset({"contenttypes", "auth", "sessions", "django_tasks_database"})
"""Apps whose tables are made anew: permissions that nobody uses, work for the worker."""
PASSING = frozenset({"kernel_session", "kernel_guesses", "kernel_requestcount"})
"""Tables of what holds for minutes: whoever was signed in signs in again, tries are counted from nothing."""

Model = type[models.Model]


def tables() -> list[Model]:
    """The tables that a backup holds, by name."""
    found = [model for model in apps.get_models(include_auto_created=True) if _belongs(model)]
    return sorted(found, key=lambda model: model._meta.db_table)


def _belongs(model: Model) -> bool:
    meta = model._meta
    to = (field.related_model._meta.app_label for field in meta.concrete_fields if field.related_model)
    kept = meta.managed and not meta.proxy and meta.db_table not in PASSING
    return kept and SKIPPED.isdisjoint((meta.app_label, *to))


def columns(model: Model) -> list[models.Field]:
    """The columns that are kept; what the database computes itself it computes again."""
    return [field for field in model._meta.concrete_fields if not field.generated]


def lines(model: Model) -> Iterator[bytes]:
    """Every row, by primary key, as canonical JSON."""
    fields = columns(model)
    rows = model._base_manager.order_by("pk").values_list(*(field.attname for field in fields))
    for row in rows.iterator(chunk_size=CHUNK):
        plain = [_plain(field, value) for field, value in zip(fields, row, strict=True)]
        yield json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _plain(field: models.Field, value: Any) -> Any:
    if isinstance(field, models.JSONField):
        return value
    value = field.get_prep_value(value)  # of a sealed value the token, never what it says
    match value:
        case None | bool() | int() | str():
            return value
        case Decimal():
            return f"{value:.{field.decimal_places}f}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return base64.b64encode(bytes(value)).decode()
    raise TypeError(f"{field} holds a {type(value).__name__}, which a backup does not know")


def insert(model: Model, given: Iterable[list[Any]]) -> None:
    """Writes rows as `lines` gave them, past the models: what was sealed is not sealed again."""
    fields, quote = columns(model), connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    statement = f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - our names
    with connection.cursor() as cursor:
        cursor.executemany(statement, ([_stored(*pair) for pair in zip(fields, row, strict=True)] for row in given))


def _stored(field: models.Field, plain: Any) -> Any:
    target = field.target_field if field.is_relation else field
    if plain is None and not isinstance(target, models.JSONField):
        return None
    if isinstance(target, models.BinaryField):
        return base64.b64decode(plain)
    if isinstance(target, models.DateTimeField):
        plain = datetime.fromisoformat(plain)
    if type(target).__module__.startswith("django."):
        return target.get_db_prep_save(plain, connection)
    return plain
