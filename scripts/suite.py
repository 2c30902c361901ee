"""What ``./test`` does: the checks, then the tests on SQLite, on PostgreSQL and in a browser, then a summary.

Every part runs even when an earlier one failed. A part that could not run is named with the reason. The last line is
``N passed, N failed, N skipped`` over all parts; each check (style, types, borders …) counts as one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from environment import PYTHON, ROOT, TEST_LOCK, VENV, environment, prepare
from machine import Missing, browser, chinese_font
from postgres import cluster

LIMIT = 20 * 60  # seconds for one part: a test that hangs must end as a failure, not hold the machine
NOTHING_COLLECTED = 5  # pytest's exit status


@dataclass(frozen=True)
class Outcome:
    """How one part went."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    note: str = ""

    def line(self) -> str:
        counts = f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"
        if not self.passed + self.failed:
            counts = "skipped"
        return f"  {self.name:<22} {counts:<36} {self.seconds:6.1f} s  {self.note}".rstrip()


def main() -> int:
    options, extra = _options()
    selection = [_node(path) for path in options.paths]
    prepare(TEST_LOCK)
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory(prefix="xianzhi-test-") as folder:
        house = Suite(Path(folder), [*extra, *selection], chosen=bool(selection or extra))
        outcomes = house.run(quick=options.quick)
    return _summary(outcomes)


def _options() -> tuple[argparse.Namespace, list[str]]:
    parser = argparse.ArgumentParser(
        prog="./test",
        description="Sets everything up and passes every test: style, types, borders, then the tests on SQLite, on "
        "PostgreSQL and in a real browser. What could not run is named with the reason.",
        epilog="With PATHs or options of pytest (-k, -x …) the checks are left out and only those tests run. "
        "XIANZHI_INSTALL=no: install nothing outside .venv. XIANZHI_CHROMIUM: the browser to use.",
    )
    parser.add_argument("--quick", action="store_true", help="only the checks and SQLite: no PostgreSQL, no browser")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="files, folders or path::test, as pytest takes them")
    # pytest's own options may take values that look like paths: everything from the first unknown option on is its.
    arguments = sys.argv[1:]
    ours = {"--quick", "-h", "--help"}
    cut = next((i for i, word in enumerate(arguments) if word.startswith("-") and word not in ours), len(arguments))
    rest = [word for word in arguments[cut:] if word not in ours]
    mine = arguments[:cut] + [word for word in arguments[cut:] if word in ours]
    return parser.parse_args(mine), [word for word in rest if word != "--"]


def _node(text: str) -> str:
    """A path as the caller sees it, made absolute: the tests run from the top of the project."""
    path, mark, test = text.partition("::")
    here = Path(path).absolute()
    if not here.exists() and (ROOT / path).exists():
        here = ROOT / path
    if not here.exists():
        print(f"./test: there is no {path}, neither here nor in {ROOT}", file=sys.stderr)
        raise SystemExit(2)
    return f"{here}{mark}{test}"


class Suite:
    """One run of everything: where its temporary files are and which tests were asked for."""

    def __init__(self, folder: Path, arguments: list[str], *, chosen: bool) -> None:
        self.folder = folder
        self.arguments = arguments
        self.chosen = chosen
        # Tests never touch the data of the demo county, nor what the caller's shell happens to set for a server.
        others = {name: value for name, value in environment().items() if not name.startswith("XIANZHI_")}
        self.env = {**others, "XIANZHI_VAR": str(folder / "var")}

    def run(self, *, quick: bool) -> list[Outcome]:
        outcomes = [] if self.chosen else self._checks()
        outcomes.append(self._check("stylesheet", PYTHON, "-m", "xianzhi.site.commands", "assets"))
        outcomes.append(self._pytest("SQLite", ["-n", "2", "-m", "not browser"]))
        if quick:
            why = "--quick leaves it out"
            outcomes += [Outcome("PostgreSQL", skipped=1, note=why), Outcome("browser", skipped=1, note=why)]
        else:
            outcomes += [self._postgres(), self._browser()]
        return outcomes

    def _checks(self) -> list[Outcome]:
        manage = [PYTHON, "manage.py"]
        return [
            self._check("style (ruff check)", VENV / "bin" / "ruff", "check", "--quiet", "."),
            self._check("form (ruff format)", VENV / "bin" / "ruff", "format", "--check", "."),
            self._check("types (mypy)", PYTHON, "-m", "mypy"),
            self._check("borders (imports)", VENV / "bin" / "lint-imports", "--no-logo"),
            self._check("migrations complete", *manage, "makemigrations", "--check", "--dry-run", "--verbosity", "1"),
        ]

    def _check(self, name: str, *command: str | Path) -> Outcome:
        _title(name)
        began = time.monotonic()
        status = _call(command, self.env)
        seconds = time.monotonic() - began
        if status:
            again = " ".join(str(word).replace(f"{ROOT}/", "") for word in command)
            return Outcome(name, failed=1, seconds=seconds, note=f"try it alone: {again}")
        return Outcome(name, passed=1, seconds=seconds)

    def _pytest(self, name: str, options: list[str], **extra: str) -> Outcome:
        _title(f"tests: {name}")
        report = self.folder / f"{name}.xml"
        began = time.monotonic()
        command = [PYTHON, "-m", "pytest", "-q", f"--junitxml={report}", *options, *self.arguments]
        status = _call(command, {**self.env, **extra})
        seconds = time.monotonic() - began
        if status == NOTHING_COLLECTED and self.chosen:
            return Outcome(name, skipped=1, seconds=seconds, note="none of the chosen tests belongs here")
        passed, failed, skipped = _read_report(report)
        note = ""
        if status == NOTHING_COLLECTED:
            note = "there is no such test"
        elif status and not failed:
            note = f"pytest ended with status {status}" if status > 0 else f"ended by signal {-status}"
        # A status without a failed test is a broken run, such as a folder that cannot be imported.
        return Outcome(name, passed, max(failed, 1) if status else failed, skipped, seconds, note)

    def _postgres(self) -> Outcome:
        try:
            with cluster() as address:
                return self._pytest("PostgreSQL", ["-n", "2", "-m", "not browser"], XIANZHI_DATABASE=address)
        except Missing as why:
            return Outcome("PostgreSQL", skipped=1, note=str(why))

    def _browser(self) -> Outcome:
        name = "browser"
        try:
            program = browser()
        except Missing as why:
            return Outcome(name, skipped=1, note=f"no Chromium: {why}")
        note = ""
        try:
            chinese_font()
        except Missing as why:
            note = f"pages drawn without a Chinese font: {why}"
        two = ["-n", "2", "--dist", "loadfile", "-m", "browser"]  # a server and a browser for each
        outcome = self._pytest(name, two, XIANZHI_CHROMIUM=str(program))
        return outcome if outcome.note or not note else Outcome(**{**vars(outcome), "note": note})


def _title(text: str) -> None:
    print(f"\n── {text} " + "─" * max(4, 70 - len(text)), flush=True)


def _call(command: tuple[str | Path, ...] | list[str | Path], env: dict[str, str]) -> int:
    """Run a part with its output shown; past the limit it is ended with everything it started."""
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        return process.wait(timeout=LIMIT)
    except subprocess.TimeoutExpired:
        print(f"ended after {LIMIT // 60} minutes", flush=True)
        return -signal.SIGKILL
    finally:
        # Ctrl-C reaches only this process; whatever is left of the part ends with it.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _read_report(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped out of pytest's JUnit file; zeros when the run broke off before writing one."""
    try:
        suites = list(ElementTree.parse(report).getroot().iter("testsuite"))
    except (OSError, ElementTree.ParseError):
        return 0, 0, 0
    tests, failures, errors, skipped = (
        sum(int(suite.get(key, 0)) for suite in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    failed = failures + errors
    return max(0, tests - failed - skipped), failed, skipped


def _summary(outcomes: list[Outcome]) -> int:
    passed = sum(outcome.passed for outcome in outcomes)
    failed = sum(outcome.failed for outcome in outcomes)
    skipped = sum(outcome.skipped for outcome in outcomes)
    if not passed + failed:
        print("./test: no test ran", file=sys.stderr)
        failed = 1
    _title("summary")
    for outcome in outcomes:
        print(outcome.line())
    print()
    print(f"{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    return 1 if failed else 0


def _end(signum: int, frame: object) -> None:
    """A polite end (from CI, say) unwinds like an error, so that the database server and folders go too."""
    raise SystemExit(128 + signum)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
