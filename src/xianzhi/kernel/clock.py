"""The only clock. Tests and demonstration data travel with `at`; nothing else reads the machine's time."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

_set: ContextVar[datetime | None] = ContextVar("xianzhi_clock", default=None)


def now() -> datetime:
    """This moment, with the county's time zone."""
    moment = _set.get() or timezone.now()  # noqa: TID251 - the one place that may
    return moment.astimezone(ZoneInfo(settings.TIME_ZONE))


def today() -> date:
    return now().date()


@contextmanager
def at(moment: datetime | date) -> Iterator[None]:
    """Within it, the clock stands at a moment; a date means nine in the morning of that day."""
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(9), ZoneInfo(settings.TIME_ZONE))
    token = _set.set(moment)
    try:
        yield
    finally:
        _set.reset(token)
