"""The kernel's commands, run as a user runs them: what they say and with which status they end."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from tests.support.database import Scratch

from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Case
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
