"""The product's application for journeys: its clock stands where a file says, and a step can be held half-way.

Nothing of the product is changed: the clock is moved by its own `at`, and a held step waits after its effect, when its
event is written and nothing is committed yet.
"""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import wraps
from typing import Any

from django.conf import settings

from xianzhi.kernel import clock, registry
from xianzhi.site.wsgi import application as product

CLOCK, HOLD, HELD = "clock", "hold", "held"
"""Names of files in XIANZHI_VAR: the moment in ISO form; there while steps are to be held; there once one is."""
LONG = 120


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    with clock.at(datetime.fromisoformat((settings.VAR / CLOCK).read_text())):
        return product(environ, start_response)


def _may_be_held(effect: Callable[..., None]) -> Callable[..., None]:
    @wraps(effect)
    def held(*arguments: Any) -> None:
        effect(*arguments)
        if (settings.VAR / HOLD).exists():
            (settings.VAR / HELD).touch()
            time.sleep(LONG)

    return held


def served() -> Callable[..., Iterable[bytes]]:
    """What the server's process runs; whoever only reads the names above changes nothing."""
    registry.effects.update({step: _may_be_held(effect) for step, effect in registry.effects.items()})
    return application
