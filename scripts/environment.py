"""The virtual environment of the checkout: made once, filled from a lock file, and left alone while nothing changed.

Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "requirements-test.lock"  # holds everything that RUN_LOCK holds, at the same versions

LAUNCHER = """#!/bin/sh
exec "$(dirname -- "$0")/python" -m xianzhi.site.commands "$@"
"""


for _stream in (sys.stdout, sys.stderr):
    # A terminal that cannot show Chinese gets question marks, and its English half, rather than an error.
    if isinstance(_stream, io.TextIOWrapper):
        _stream.reconfigure(errors="replace")


def say(zh: str, en: str = "") -> None:
    """Print one line to the person at the terminal, Chinese first."""
    print(f"{zh}  {en}".rstrip(), flush=True)


def stop(zh: str, en: str, status: int = 2) -> NoReturn:
    """Say what is wrong and what to do, and end."""
    print(f"{zh}\n{en}", file=sys.stderr, flush=True)
    raise SystemExit(status)


def prepare(lock: Path) -> None:
    """Make ``.venv`` hold what `lock` names, and this checkout itself; do nothing when it already does."""
    stamp = _read_stamp()
    if stamp.get("root", str(ROOT)) != str(ROOT):
        _discard("项目文件夹换了位置，重建运行环境。", "The project has moved: making its environment anew.")
        stamp = {}
    works = _works()
    if works and stamp.get(lock.name) == _digest(lock):
        return
    if not works:
        _make()
    _install(lock)
    _link_checkout()
    # The test lock includes the other one, so it satisfies both commands.
    held = {RUN_LOCK, lock}
    stamp = {"root": str(ROOT), **{path.name: _digest(path) for path in sorted(held)}}
    STAMP.write_text(json.dumps(stamp, indent=1), encoding="utf-8")


def environment(**extra: str) -> dict[str, str]:
    """Environment variables for a command of this checkout."""
    return {**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **extra}


def _read_stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _works() -> bool:
    """Whether the environment's interpreter starts, is new enough and has pip: an upgrade of Python loses pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _discard(zh: str, en: str) -> None:
    say(zh, en)
    if Path(sys.prefix).resolve() == VENV.resolve():
        # This very process runs on the environment that goes: the interpreter below it carries on.
        base = getattr(sys, "_base_executable", "") or sys.executable
        shutil.rmtree(VENV)
        os.execve(base, [base, "-u", *sys.argv], environment())
    shutil.rmtree(VENV, ignore_errors=True)


def _make() -> None:
    if VENV.exists():
        if not (VENV / "pyvenv.cfg").exists() and any(VENV.iterdir()):
            stop(
                f"{VENV} 不是本项目建立的运行环境，请移走后再运行。",
                f"{VENV} is not a virtual environment: move it away, then run again.",
            )
        _discard("运行环境不完整，重建。", "The environment is incomplete: making it anew.")
    say("建立运行环境 .venv …", "Making the virtual environment.")
    made = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if made.returncode:
        print(made.stdout + made.stderr, file=sys.stderr)
        stop(
            "无法建立运行环境（原因见上）。Debian、Ubuntu 请安装 python3-venv；磁盘满或无写权限请先处理。",
            "The virtual environment could not be made (see above): install python3-venv, free disk space or "
            "make the folder writable, then run again.",
        )


def _install(lock: Path) -> None:
    count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
    say(f"安装 {count} 个锁定版本的程序包（只在首次或更新后）…", f"Installing {count} locked packages, once.")
    began = time.monotonic()
    pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
    command = [*pip, "--require-hashes", "-r", lock]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout + done.stderr, file=sys.stderr)
        stop(
            "程序包没有装上（原因见上）：请检查网络或 pip 的镜像设置，再运行一次。",
            "pip could not install the packages (see above): check the network or pip's index setting, then run again.",
        )
    say(f"用时 {time.monotonic() - began:.0f} 秒。", "Done.")


def _link_checkout() -> None:
    """Put ``src`` on the environment's path and ``xianzhi`` among its commands: nothing to build, nothing to fetch."""
    (site,) = (VENV / "lib").glob("python*/site-packages")
    (site / "xianzhi.pth").write_text(f"{ROOT / 'src'}\n", encoding="utf-8")
    launcher = VENV / "bin" / "xianzhi"
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
