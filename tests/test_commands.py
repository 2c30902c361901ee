"""The two commands and the locks: what they refuse, what they never delete, and how the summary counts."""

import os
import re
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

import serve  # noqa: E402 - the scripts are no package: they run before anything is installed
import suite  # noqa: E402

PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = ("requirements.lock", "requirements-test.lock", "scripts/postgres.lock")


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+)", text, flags=re.MULTILINE))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9-]+", line)[0].lower() for line in requirements}


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """`./run` with arguments that end before anything is set up."""
    command = [ROOT / "run", *arguments]
    return subprocess.run(
        command,
        cwd="/",
        env={**os.environ, **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_a_digest_for_every_package(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"://|^\s*-(?!-hash=)", text, flags=re.MULTILINE)
    packages = re.split(r"^(?=[a-z0-9-]+==)", text, flags=re.MULTILINE)[1:]
    assert packages and all("--hash=sha256:" in package for package in packages)


def test_the_locks_hold_what_the_project_asks_for() -> None:
    wanted = names(PYPROJECT["project"]["dependencies"])
    assert wanted <= pins("requirements.lock").keys()
    assert (
        wanted | names(PYPROJECT["project"]["optional-dependencies"]["test"]) <= pins("requirements-test.lock").keys()
    )


def test_the_test_lock_is_the_other_one_and_more() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-test.lock").items()


def test_every_dependency_says_why_it_is_there() -> None:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    asked = {*PYPROJECT["project"]["dependencies"], *PYPROJECT["project"]["optional-dependencies"]["test"]}
    silent = [
        line for line in lines if any(line.strip().startswith(f'"{name}",') for name in asked) and "#" not in line
    ]
    assert silent == []


def test_run_says_so_when_the_port_is_in_use(tmp_path: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        done = run("--port", str(port), XIANZHI_VAR=str(tmp_path / "var"))
    assert done.returncode == 2
    assert f"端口 {port} 已被占用" in done.stderr and "./run --port" in done.stderr
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1", "８０００"])
def test_run_refuses_what_is_no_port(port: str) -> None:
    done = run(f"--port={port}")
    assert done.returncode == 2
    assert "端口应为 1 到 65535 的整数" in done.stderr and "Traceback" not in done.stderr


def test_fresh_throws_away_only_what_run_has_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XIANZHI_DATABASE", raising=False)
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as refusal:
        serve._throw_away(tmp_path, asked=True)
    assert refusal.value.code == 2
    assert (tmp_path / "letter.txt").exists()

    ours = tmp_path / "var"
    serve._make_data_folder(ours)
    (ours / "xianzhi.sqlite3").touch()
    serve._throw_away(ours, asked=True)
    assert not ours.exists()


def test_fresh_leaves_another_database_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XIANZHI_DATABASE", "postgresql://someone@127.0.0.1:1/theirs")
    serve._make_data_folder(tmp_path / "var")
    with pytest.raises(SystemExit):
        serve._throw_away(tmp_path / "var", asked=True)
    assert (tmp_path / "var").exists()


def test_fresh_asks_and_a_pipe_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XIANZHI_DATABASE", raising=False)
    serve._make_data_folder(tmp_path / "var")
    with Path(os.devnull).open(encoding="utf-8") as nothing:
        monkeypatch.setattr("sys.stdin", nothing)
        with pytest.raises(SystemExit):
            serve._throw_away(tmp_path / "var", asked=False)
    assert (tmp_path / "var").exists()


def test_the_summary_adds_up_and_fails_with_any_failure(capsys: pytest.CaptureFixture[str]) -> None:
    parts = [suite.Outcome("a", passed=5, skipped=1), suite.Outcome("b", passed=2, failed=1)]
    assert suite._summary(parts) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "7 passed, 1 failed, 1 skipped"
    assert suite._summary(parts[:1]) == 0


def test_a_run_without_any_test_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert suite._summary([suite.Outcome("browser", skipped=1)]) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "0 passed, 1 failed, 1 skipped"


def test_a_broken_report_counts_nothing_and_a_whole_one_everything(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    assert suite._read_report(report) == (0, 0, 0)
    report.write_text("<testsuites><testsuite tests='9' failures='1' errors='2'", encoding="utf-8")
    assert suite._read_report(report) == (0, 0, 0)
    report.write_text(
        "<testsuites><testsuite tests='9' failures='1' errors='2' skipped='3'/></testsuites>", encoding="utf-8"
    )
    assert suite._read_report(report) == (3, 3, 3)


def test_an_unknown_path_is_bad_use() -> None:
    with pytest.raises(SystemExit) as refusal:
        suite._node("no/such/place::test_it")
    assert refusal.value.code == 2
