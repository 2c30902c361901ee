"""The kernel's commands, run as a user runs them: what they say and with which status they end."""

import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tasks_db.models import DBTaskResult
from tests.support.database import ROOT, Scratch

from xianzhi.kernel import doctor
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Case, PendingLeaf
from xianzhi.kernel.stylesheet import SOURCE, BadStylesheet, compiled
from xianzhi.kernel.tasks import verify_ledger
from xianzhi.kernel.tests import sample as the_sample

WITH_SAMPLE = """
import sys
from xianzhi.kernel.tests import sample
from xianzhi.site.commands import main
with sample.registered():
    main()
"""


@dataclass
class House:
    scratch: Scratch
    cases: list[Case]


@pytest.fixture
def house(scratch):
    """A scratch database with one finished and one young permit, all in the log."""
    with the_sample.registered():
        people = the_sample.settle()
        cases = [the_sample.draft(people), the_sample.draft(people)]
        the_sample.advance(people, cases[0], "issue")
        log.append_all()
        yield House(scratch, cases)
        connection.close()


def ledger(house: House, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`xianzhi ledger …` in a process of its own that knows the sample procedure."""
    process = house.scratch.python(WITH_SAMPLE, "ledger", *arguments)
    out, err = process.communicate(timeout=120)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def edit_event(case, seq: int) -> None:
    """What somebody with the password of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE kernel_event DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER kernel_event_no_update")
        cursor.execute("UPDATE kernel_event SET by_post = 'x' WHERE case_id = %s AND seq = %s", [case.pk, seq])
    connection.close()


def test_ledger_verify_passes_a_sound_ledger(house):
    done = ledger(house, "verify", "--files")
    assert done.returncode == 0, done.stderr
    assert "核验通过" in done.stdout and log.root() in done.stdout
    assert "已核验 10/10 条" in done.stderr


def test_ledger_verify_names_exactly_the_edited_event(house):
    edit_event(house.cases[0], 4)
    done = ledger(house, "verify")
    assert done.returncode == 1
    named, total = done.stdout.splitlines()
    assert named.startswith(f"办件 {house.cases[0].number} 第 4 条：") and total == "共 1 处不符"
    found = json.loads(ledger(house, "verify", "--json").stdout)
    assert [one["where"] for one in found["findings"]] == [f"办件 {house.cases[0].number} 第 4 条"]


def test_ledger_export_is_checked_by_the_verifier_beside_it(house, tmp_path):
    file = tmp_path / "ledger.jsonl"
    done = ledger(house, "export", str(file))
    assert done.returncode == 0, done.stderr
    kept = done.stdout.splitlines()[-1].partition("：")[2]
    command = [sys.executable, "-I", "-S", str(tmp_path / "verifier.py"), str(file), "--checkpoint", kept]
    assert subprocess.run(command, capture_output=True, env={}, check=False).returncode == 0
    done = ledger(house, "export", str(tmp_path / "one.jsonl"), "--case", house.cases[0].number)
    assert done.returncode == 0, done.stderr
    assert len((tmp_path / "one.jsonl").read_text(encoding="utf-8").splitlines()) == 1 + house.cases[0].seq + 1


def test_ledger_prove_gives_json(house):
    found = json.loads(ledger(house, "prove", house.cases[0].number, "2").stdout)
    assert found["root"] == log.root() and found["body"]["seq"] == 2


@pytest.mark.parametrize("arguments", [
    ("export", "/nowhere/at/all.jsonl"), ("export", "verifier.py"), ("export", "x.jsonl", "--case", "无"),
    ("prove", "无", "1"),
])  # fmt: skip
def test_bad_use_of_ledger_is_said_with_status_2(db, arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError) as error:
        call_command("ledger", *arguments)
    assert error.value.returncode == 2
    assert not list(tmp_path.iterdir())


# ---- assets


def test_the_compiled_stylesheet_is_for_old_browsers(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    call_command("assets", verbosity=0)
    css = (tmp_path / "xianzhi.css").read_text(encoding="utf-8")
    for younger in ("&", "light-dark(", "color-mix(", "oklch("):  # after Chromium 109
        assert younger not in css
    assert len(css) < len(SOURCE.read_text(encoding="utf-8"))
    assert gzip.decompress((tmp_path / "xianzhi.css.gz").read_bytes()).decode() == css
    assert list(tmp_path.glob("django_htmx/htmx*.js"))
    call_command("assets", verbosity=0)  # once more over what is there
    assert (tmp_path / "xianzhi.css").read_text(encoding="utf-8") == css


def test_nesting_and_both_themes_are_written_out(tmp_path):
    source = tmp_path / "x.css"
    source.write_text(
        ":root { color-scheme: light; --ink: light-dark(#111111, #eeeeee) } a { &:hover { color: var(--ink) } }"
    )
    css = compiled(source)
    assert "a:hover{" in css and "#111" in css and "#eee" in css
    source.write_text("a { color: } }")
    with pytest.raises(BadStylesheet, match=r"x\.css"):
        compiled(source)


# ---- doctor


def test_doctor_finds_nothing_in_a_sound_installation(scratch, monkeypatch):
    assert scratch.run("assets").returncode == 0
    done = scratch.run("doctor", "--json")
    found = {look["what"]: look for look in json.loads(done.stdout)}
    wanting = [look for look in found.values() if not look["well"] and look["what"] != "中文字体"]
    assert not wanting and "账本" in found
    assert done.returncode == (0 if found["中文字体"]["well"] else 1)


def test_doctor_says_what_is_missing_and_what_to_do(tmp_path):
    environment = {**os.environ, "XIANZHI_VAR": str(tmp_path), "PYTHONPATH": "src"}
    environment |= {"XIANZHI_DATABASE": "postgresql://nobody:secret-word@127.0.0.1:1/none"}
    (tmp_path / "secret.key").write_text("x" * 50)
    (tmp_path / "secret.key").chmod(0o644)
    command = [sys.executable, "-m", "xianzhi.site.commands", "doctor"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "chmod 600" in done.stdout and "连不上" in done.stdout and "xianzhi assets" in done.stdout
    assert "Traceback" not in done.stderr and "secret-word" not in done.stdout + done.stderr


def test_doctor_notices_a_clock_that_stands_still(db):
    PendingLeaf.objects.bulk_create(PendingLeaf(event_id=pk) for pk in range(1, doctor.BEHIND + 1))
    (wanting,) = [look for look in doctor._ledger() if not look.well]
    assert "xianzhi tick" in wanting.remedy


# ---- work


def test_the_worker_does_what_a_page_put_off(scratch):
    verify_ledger.enqueue()
    done = scratch.run("work", "--once")
    assert done.returncode == 0, done.stderr
    (result,) = [row.task_result for row in DBTaskResult.objects.all()]
    assert result.return_value["count"] == 0 and result.return_value["root"] == log.root()


# ---- serve


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def children_of(pid: int) -> dict[str, int]:
    """The processes that one started, by a word of their command."""
    found = {}
    for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
        words = Path(f"/proc/{child}/cmdline").read_text().split("\0")
        found |= {word: child for word in ("gunicorn", "work", "tick") if word in words}  # none where it just died
    return found


def is_there(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def wait_until(condition, seconds: float = 60) -> None:
    """Long enough for a busy machine; what is waited for comes in a moment on an idle one."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not come"
        time.sleep(0.1)


@pytest.fixture
def serving(scratch, port):
    """`xianzhi serve`, once it has said where to go."""
    environment = {**scratch.environment, "PYTHONUNBUFFERED": "1"}
    command = scratch.command("serve", "--port", str(port), "--workers", "1")
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            said = ""
            for line in process.stdout:
                said += line
                if f"http://127.0.0.1:{port}/" in line:
                    break
            else:
                pytest.fail(said)
            yield process
        finally:
            process.kill()


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks for processes in /proc")
def test_serve_answers_restarts_what_died_and_ends_all_together(serving, port):
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
        assert answer.status == 200
    started = children_of(serving.pid)
    assert set(started) == {"gunicorn", "work", "tick"}
    os.kill(started["tick"], signal.SIGKILL)
    wait_until(lambda: children_of(serving.pid).get("tick", started["tick"]) != started["tick"])
    started = children_of(serving.pid)
    serving.send_signal(signal.SIGTERM)
    assert serving.wait(timeout=60) == 0
    assert not any(map(is_there, started.values()))
    rest = serving.stdout.read()
    assert "时钟意外停止" in rest and "县治已停止" in rest and "Traceback" not in rest


@pytest.mark.any_database
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")
def test_a_killed_serve_leaves_nothing_running(serving):
    started = children_of(serving.pid)
    serving.kill()
    wait_until(lambda: not any(map(is_there, started.values())))


@pytest.mark.any_database
def test_serve_says_that_a_port_is_taken(scratch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = scratch.run("serve", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "已被占用" in done.stderr and "--port" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.any_database
def test_serve_says_that_the_database_is_not_ready(scratch, port):
    (scratch.folder / "empty").mkdir()
    done = scratch.run("serve", "--port", str(port), XIANZHI_DATABASE="", XIANZHI_VAR=str(scratch.folder / "empty"))
    assert done.returncode == 2 and "xianzhi migrate" in done.stderr


@pytest.mark.any_database
@pytest.mark.parametrize("options", [("--port", "0"), ("--port", "x"), ("--workers", "0")])
def test_serve_refuses_bad_options(scratch, options):
    assert scratch.run("serve", *options).returncode == 2
