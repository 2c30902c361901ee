"""The machine's own time, for sessions, guesses and one-time codes.

The county's clock may be set to another day in a demonstration; nobody's session ends by that, and a telephone that
shows one-time codes does not travel with it.
"""

import time
from datetime import UTC, datetime


def seconds() -> float:
    """Seconds since 1970."""
    return time.time()


def now() -> datetime:
    return datetime.fromtimestamp(seconds(), UTC)
