"""A server of the product on a scratch database, with the county's units and the demonstration's accounts."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from datetime import time as hour
from zoneinfo import ZoneInfo

from django.conf import settings
from tests.journeys.application import CLOCK, HELD, HOLD
from tests.support.database import ROOT, Scratch

from xianzhi.apps.power_access.demo.accounts import make_owners
from xianzhi.apps.power_access.tests.walk import lay_land
from xianzhi.kernel import clock, demo
from xianzhi.kernel.load import load_county

FIRST_DAY = date(2025, 3, 3)
"""A Monday within the notice's own dates."""
SLOW = 60
"""Seconds after which a server that does not answer counts as broken."""


class Server:
    """A running server: where it is, what day it is there, and how it dies."""

    def __init__(self, scratch: Scratch) -> None:
        self.scratch = scratch
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.travel(FIRST_DAY)
        self._log = (scratch.folder / "server.log").open("a+")
        self._process: subprocess.Popen[bytes] | None = None

    def travel(self, day: date) -> None:
        """It is ten in the morning of a day from now on."""
        moment = datetime.combine(day, hour(10), ZoneInfo(settings.TIME_ZONE))
        new = self.scratch.folder / f"{CLOCK}.new"
        new.write_text(moment.isoformat())
        new.replace(self.scratch.folder / CLOCK)  # whole or not at all: the server may read it just now

    def start(self) -> None:
        command = [
            sys.executable, "-m", "gunicorn", "tests.journeys.application:served()", "--bind", f"127.0.0.1:{self.port}",
            "--worker-class", "gthread", "--threads", "4", "--log-level", "warning",
        ]  # fmt: skip
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=self.scratch.environment, stdin=subprocess.DEVNULL, stdout=self._log,
            stderr=self._log, start_new_session=True,
        )  # fmt: skip
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + SLOW
        while time.monotonic() < until:
            assert self._process is not None and self._process.poll() is None, f"no server:\n{self.log}"
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"the server does not answer:\n{self.log}")

    def kill(self) -> None:
        """As a power cut would: all its processes at once, without a word."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    @property
    def log(self) -> str:
        self._log.seek(0)
        return self._log.read()

    def hold(self) -> None:
        """The next event waits before it is committed."""
        (self.scratch.folder / HOLD).touch()

    def wait_until_held(self) -> None:
        until = time.monotonic() + SLOW
        while not (self.scratch.folder / HELD).exists():
            assert time.monotonic() < until, "no event came to be held"
            time.sleep(0.02)

    def release(self) -> None:
        (self.scratch.folder / HOLD).unlink()


@contextmanager
def serving(scratch: Scratch) -> Iterator[Server]:
    """A server on a fresh county: units, accounts, land layers, and no case yet."""
    made = scratch.run("assets")
    assert made.returncode == 0, made.stderr
    with clock.at(FIRST_DAY):
        load_county()
        for account in demo.accounts():
            demo.make_account(account)
        make_owners()
        lay_land()
    server = Server(scratch)
    try:
        server.start()
        yield server
    finally:
        server.kill()
