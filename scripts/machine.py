"""What the tests borrow from the machine: Debian packages where they may be installed, a browser, a Chinese font.

Nothing here asks for input. ``XIANZHI_INSTALL=no`` forbids every installation outside the virtual environment.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Missing(Exception):
    """Something the tests need is not here and could not be had; the text says why."""


def install(*packages: str) -> None:
    """Install Debian packages quietly, or raise Missing with the reason."""
    if os.environ.get("XIANZHI_INSTALL") == "no":
        raise Missing("XIANZHI_INSTALL=no forbids installing it")
    if not shutil.which("apt-get"):
        raise Missing("this machine has no apt-get to install it with")
    if os.geteuid() != 0:
        raise Missing(f"only root may install it: apt-get install {' '.join(packages)}")
    print(f"installing {', '.join(packages)} …", flush=True)
    order = ["install", "-y", "-qq", "--no-install-recommends", *packages]
    # The package lists of a fresh machine are empty or stale: then the first try fails at once.
    done = _apt(order)
    if done.returncode:
        _apt(["update", "-qq"])
        done = _apt(order)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or "no reason given").splitlines()[-1]
        raise Missing(f"apt-get could not install {' '.join(packages)}: {said}")


def _apt(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_SUSPEND": "1"}
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments]
    return subprocess.run(command, env=quiet, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def browser() -> Path:
    """A Chromium that starts, installed if need be; Missing says why there is none."""
    found = _browser()
    if found is None and "XIANZHI_CHROMIUM" in os.environ:
        raise Missing(f"XIANZHI_CHROMIUM names {os.environ['XIANZHI_CHROMIUM']}, which does not start")
    if found is None:
        install("chromium", "fonts-noto-cjk")
        found = _browser()
    if found is None:
        raise Missing("Debian's chromium does not start here")
    return found


def _browser() -> Path | None:
    named = os.environ.get("XIANZHI_CHROMIUM")
    for name in (named,) if named else BROWSERS:
        path = shutil.which(name)
        if path and _says_version(path):
            return Path(path)
    return None


def _says_version(path: str) -> bool:
    """Some systems ship a `chromium-browser` that only tells where to get one."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def chinese_font() -> None:
    """See that pages in the browser have a Chinese font; Missing says why not."""
    if not _has_chinese_font():
        install("fonts-noto-cjk", "fontconfig")


def _has_chinese_font() -> bool:
    try:
        listed = subprocess.run(["fc-list", ":lang=zh", "family"], capture_output=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return bool(listed.stdout.strip())
