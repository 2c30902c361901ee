"""The product's application for journeys: its clock stands where a file says, and it can be held in mid-transaction.

Nothing of the product is changed. The clock is moved by its own `at`, and a held request sleeps in a wrapper around the
database cursor, where a slow disk would hold it.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection

from xianzhi.kernel import clock
from xianzhi.site.wsgi import application as product

CLOCK, HOLD, HELD = "clock", "hold", "held"
"""Names of files in XIANZHI_VAR: the moment in ISO form; there while events are to be held; there once one is."""
LONG = 120


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    moment = datetime.fromisoformat((settings.VAR / CLOCK).read_text())
    holding = connection.execute_wrapper(_hold) if (settings.VAR / HOLD).exists() else nullcontext()
    with clock.at(moment), holding:
        return product(environ, start_response)


def _hold(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Waits after an event is written and before it is committed."""
    done = execute(sql, params, many, context)
    if sql.startswith("INSERT") and '"kernel_event"' in sql:
        (settings.VAR / HELD).touch()
        time.sleep(LONG)
    return done
