"""A few processes that live and die together: the web server, the worker and the clock of one installation."""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import xianzhi

FIRST_WAIT, LONGEST_WAIT, SOUND_AFTER = 1.0, 60.0, 60.0
GRACE = 20.0
"""Seconds that a process has to finish what it began."""
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


@dataclass
class Child:
    """One process: its name in words, its command, and whether all must end with it when it never came up."""

    zh: str
    command: Sequence[str]
    vital: bool = False
    process: subprocess.Popen[bytes] | None = None
    began: float = 0.0
    wait: float = FIRST_WAIT
    again: float = 0.0
    """When to start it again."""

    def start(self) -> None:
        # A session of its own: Ctrl-C reaches the supervisor alone, which then ends all of them in order.
        self.process = subprocess.Popen(
            self.command,
            env=_environment(),
            start_new_session=True,
            preexec_fn=_die_with_parent,  # noqa: PLW1509 - the supervisor has no threads
        )
        self.began = time.monotonic()

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts children, starts a dead one again after a pause that grows, and ends all together."""

    def __init__(self, children: Sequence[Child], say: Callable[[str], None], watch: Callable[[], None]) -> None:
        """say: prints a line. watch: called now and then while they run."""
        self._children, self._say, self._watch = children, say, watch
        self._stop = threading.Event()

    def run(self) -> int:
        """Until a signal comes; gives the exit status."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stop.set())
        status = 0
        try:
            for child in self._children:
                child.start()
            while not self._stop.wait(0.5) and not status:
                status = max(self._look_after(child) for child in self._children)
                self._watch()
        finally:
            self._end()
        return status

    def _look_after(self, child: Child) -> int:
        """Starts a dead child again when its pause is over; 1 when nothing can go on without it."""
        now = time.monotonic()
        if child.runs():
            if now - child.began > SOUND_AFTER:
                child.wait = FIRST_WAIT
            return 0
        if child.process is not None:
            code, child.process = child.process.returncode, None
            if child.vital and now - child.began < SOUND_AFTER and child.wait == FIRST_WAIT:
                self._say(f"{child.zh}没能启动（状态 {code}），原因见上，全部停止")
                return 1
            self._say(f"{child.zh}意外停止（状态 {code}），{child.wait:.0f} 秒后重新启动")
            child.again, child.wait = now + child.wait, min(2 * child.wait, LONGEST_WAIT)
        elif now >= child.again:
            child.start()
        return 0

    def _end(self) -> None:
        for child in self._children:
            if child.process is not None and child.runs():
                child.process.terminate()
        limit = time.monotonic() + GRACE
        for child in self._children:
            if child.process is not None:
                try:
                    child.process.wait(timeout=max(0.1, limit - time.monotonic()))
                except subprocess.TimeoutExpired:
                    child.process.kill()
                    child.process.wait()


def _environment() -> dict[str, str]:
    """Ours, with this very package in reach, wherever it lies."""
    return {**os.environ, "PYTHONPATH": str(Path(next(iter(xianzhi.__path__))).parent), "PYTHONUNBUFFERED": "1"}


def _die_with_parent() -> None:
    """On Linux a child ends also when its supervisor was killed and could not end it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
