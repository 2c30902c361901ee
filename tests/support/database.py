"""Databases of their own for tests that must really commit: races, kills, several processes.

Events can be neither changed nor deleted, so such a test cannot clean up after itself: it works on a copy of a migrated
database and throws the copy away. Do not combine it with pytest-django's `db` fixtures.
"""

import atexit
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Scratch:
    """A fresh migrated database, which this process and all its threads use while it lasts."""

    folder: Path
    """Stands in for XIANZHI_VAR."""
    environment: dict[str, str]
    """For subprocesses that are to work on the same database."""

    def command(self, *arguments: str) -> list[str]:
        """The words of a command of the product, for subprocess."""
        return [sys.executable, "-m", "xianzhi.site.commands", *arguments]

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of the product to its end."""
        return subprocess.run(
            self.command(*arguments), env={**self.environment, **extra}, cwd=ROOT, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip

    def python(self, code: str, *arguments: str) -> subprocess.Popen[str]:
        """Starts an interpreter that has set up Django and then runs the code."""
        start = "import django; django.setup()\n"
        return subprocess.Popen(
            [sys.executable, "-c", start + code, *arguments], env=self.environment, cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip


@contextmanager
def scratch_database() -> Iterator[Scratch]:
    """A fresh migrated database on the backend of this run, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="xianzhi-scratch-"))
    media, settings.MEDIA_ROOT = settings.MEDIA_ROOT, folder / "materials"
    try:
        if connection.vendor == "postgresql":
            name = f"scratch_{secrets.token_hex(6)}"
            _on_server(f'CREATE DATABASE "{name}" TEMPLATE "{_postgres_template()}"')
            try:
                with _connected_to(name):
                    yield Scratch(folder, _environment(folder, name))
            finally:
                _on_server(f'DROP DATABASE "{name}" WITH (FORCE)')
        else:
            file = folder / "xianzhi.sqlite3"  # the name that the settings give it
            shutil.copy(_sqlite_template(), file)
            with _connected_to(str(file)):
                yield Scratch(folder, _environment(folder, None))
    finally:
        settings.MEDIA_ROOT = media
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    """Every connection opened meanwhile, in whatever thread, goes to the named database."""
    shared = connections.settings["default"]  # the wrappers of all threads hold this same object
    own, before = connections["default"], shared["NAME"]
    del connections["default"]
    shared["NAME"] = name
    try:
        yield
    finally:
        connections["default"].close()
        shared["NAME"] = before
        connections["default"] = own


def _environment(folder: Path, name: str | None) -> dict[str, str]:
    others = {key: value for key, value in os.environ.items() if key != "XIANZHI_DATABASE"}
    own = {
        **others,
        "DJANGO_SETTINGS_MODULE": "xianzhi.site.settings",
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONUTF8": "1",
        "XIANZHI_VAR": str(folder),
        "XIANZHI_SECRET": settings.SECRET_KEY,
        "XIANZHI_KEYS": str(settings.KEYS),  # what this process sealed, its subprocesses open
    }
    return own if name is None else {**own, "XIANZHI_DATABASE": _address(name)}


def _address(name: str) -> str:
    known = connections.settings["default"]
    who = f"{quote(known['USER'], safe='')}:{quote(known['PASSWORD'], safe='')}"
    return f"postgresql://{who}@{known['HOST']}:{known['PORT']}/{name}"


def _on_server(statement: str) -> None:
    import psycopg  # noqa: PLC0415 - only there where PostgreSQL is

    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(statement)


@cache
def _sqlite_template() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="xianzhi-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with _connected_to(str(folder / "template.sqlite3")):
        call_command("migrate", verbosity=0)
    return folder / "template.sqlite3"


@cache
def _postgres_template() -> str:
    name = f"template_{secrets.token_hex(6)}"
    _on_server(f'CREATE DATABASE "{name}"')
    atexit.register(_on_server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    with _connected_to(name):
        call_command("migrate", verbosity=0)
    return name
