"""The cursor for the few statements that are written out, because every step or every page runs them."""

from typing import Any

from django.db import connection


def cursor() -> Any:
    """As `connection.cursor()`; but PostgreSQL parses and plans a statement once for a connection, not every time."""
    if connection.vendor != "postgresql":
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor  # noqa: PLC0415 - only there with psycopg

    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))
