"""A PostgreSQL server for one test run: own cluster, own free loopback port, own temporary folder, gone afterwards."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from environment import PYTHON, ROOT, VENV, environment
from machine import Missing, install

BINARIES_LOCK = ROOT / "scripts" / "postgres.lock"
CACHE = VENV / "postgres"  # the pip package's servers are kept beside the environment that they came with

# Speed over safety: the data is thrown away. No test can tell, for the server itself is never killed in the middle.
SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
fsync = off
synchronous_commit = off
full_page_writes = off
max_connections = 60
"""


@contextmanager
def cluster() -> Iterator[str]:
    """Yield a fresh database's address, ``postgresql://user:password@host:port/db``; Missing says why there is none."""
    programs = _programs()
    user = _server_user()
    # /tmp, because the server's own user must reach it and the name of a socket may not be long.
    folder = Path(tempfile.mkdtemp(prefix="xianzhi-pg-", dir="/tmp"))
    data = folder / "data"
    try:
        if user:
            shutil.chown(folder, user, pwd.getpwnam(user).pw_gid)
            programs = _within_reach(programs, folder, user)
        _initialise(user, programs, folder, password := secrets.token_hex(16))
        port = _free_port()
        with (data / "postgresql.conf").open("a", encoding="utf-8") as settings:
            settings.write(SETTINGS.format(port=port, folder=folder))
        _call(user, programs / "pg_ctl", "-D", data, "-l", folder / "log", "-w", "-t", "60", "start")
        try:
            _call(user, programs / "createdb", "-h", folder, "-p", str(port), "-U", "postgres", "xianzhi")
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/xianzhi"
        finally:
            _call(user, programs / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _initialise(user: str | None, programs: Path, folder: Path, password: str) -> None:
    """Make the cluster: a password on the loopback port, none on the socket, whose folder only its owner may enter."""
    word = folder / "password"
    word.touch(mode=0o600)
    word.write_text(password, encoding="utf-8")
    if user:
        shutil.chown(word, user)
    who = ["-U", "postgres", f"--pwfile={word}", "--auth-host=scram-sha-256", "--auth-local=trust"]
    _call(user, programs / "initdb", "-D", folder / "data", *who, "-E", "UTF8", "--locale=C", "--no-sync")
    word.unlink()


def _programs() -> Path:
    """The folder of initdb and its like: the machine's, else Debian's package, else a pip package."""
    found = _machine_programs()
    if found:
        return found
    try:
        install("postgresql")
    except Missing as no_debian:
        return _pip_programs(no_debian)
    found = _machine_programs()
    if not found:
        raise Missing("Debian's package brought no initdb")
    return found


def _machine_programs() -> Path | None:
    folders = []
    if shutil.which("pg_config"):
        said = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=False)
        folders.append(Path(said.stdout.strip() or "/nowhere"))
    versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if path.parent.name.isdigit()]
    folders += sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    if initdb := shutil.which("initdb"):
        folders.append(Path(initdb).resolve().parent)
    # pg_config alone comes with the client's development files: look for the server itself.
    return next((folder for folder in folders if _complete(folder)), None)


def _complete(folder: Path) -> bool:
    return all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres", "createdb"))


def _pip_programs(no_debian: Missing) -> Path:
    if not _pip_folder():
        if os.environ.get("XIANZHI_INSTALL") == "no":
            raise no_debian
        print("fetching a PostgreSQL server with pip …", flush=True)
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--target", CACHE]
        command = [*pip, "--require-hashes", "-r", BINARIES_LOCK]
        done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr.strip() or "no reason given").splitlines()[-1]
            raise Missing(f"no server on this machine; {no_debian}; pip's package: {last}")
    found = _pip_folder()
    if not found:
        raise Missing(f"no server on this machine; {no_debian}; pip's package holds no server")
    return found


def _pip_folder() -> Path | None:
    return next((path for path in sorted(CACHE.glob("*/pginstall*/bin"), reverse=True) if _complete(path)), None)


def _server_user() -> str | None:
    """PostgreSQL refuses to run as root: then it runs as `postgres`, or as nobody where there is none."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return name
    raise Missing("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _within_reach(programs: Path, folder: Path, user: str) -> Path:
    """The programs as `user` can start them: copied next to the data where their own place is closed to others."""
    if _run(user, programs / "initdb", "--version").returncode == 0:
        return programs
    shutil.copytree(programs.parent, folder / "server")
    return folder / "server" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(user: str | None, *command: str | Path) -> None:
    done = _run(user, *command)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise Missing(f"{Path(command[0]).name} failed: {said}")


def _run(user: str | None, *command: str | Path) -> subprocess.CompletedProcess[str]:
    # The server outlives pg_ctl, so its output goes to a file: a pipe would stay open as long as the server.
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        identity = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
        try:
            code = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                cwd="/",
                check=False,
                env={**os.environ, "LC_ALL": "C"},
                **identity,
            ).returncode
        except OSError as error:
            return subprocess.CompletedProcess(command, 127, "", str(error))
        out.seek(0), err.seek(0)
        return subprocess.CompletedProcess(command, code, out.read(), err.read())


if __name__ == "__main__":
    # By hand: python scripts/postgres.py  prints the address and keeps the server until Enter is pressed.
    try:
        with cluster() as address:
            print(address, flush=True)
            sys.stdin.readline()
    except Missing as why:
        raise SystemExit(str(why)) from None
