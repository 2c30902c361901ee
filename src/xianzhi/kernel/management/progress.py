"""How a long command tells where it is: a line now and then, on the error stream, so that its output stays clean."""

import time
from typing import TextIO

EVERY_SECONDS = 2.0


class Telling:
    """Called with what is being done, how much is done and of how much; speaks every two seconds."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream, self._quiet, self._told = stream, quiet, time.monotonic()

    def __call__(self, what: str, done: int, total: int) -> None:
        if not self._quiet and time.monotonic() - self._told >= EVERY_SECONDS:
            self._told = time.monotonic()
            self._stream.write(f"{what} {done}/{total}\n")
