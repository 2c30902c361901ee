"""The door when several come at once, and when one is killed on the way: on a database that everybody commits to."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from signal import SIGKILL
from textwrap import dedent, indent
from typing import Any

import pytest
from django.conf import settings

from xianzhi.kernel import clock, door
from xianzhi.kernel.ledger import log
from xianzhi.kernel.materials import path_of, sweep
from xianzhi.kernel.models import Account, Case, Event, LogEntry, Material, PendingLeaf, SearchText, Series
from xianzhi.kernel.tests import sample as s
from xianzhi.kernel.tests.evidence import chain_faults

# What every process of a crew begins with: who it is, and a gate that opens for all at once.
START = """
import json, os, random, signal, sys, time
from io import BytesIO
from pathlib import Path
from django.db import connection, connections
from xianzhi.kernel import door, registry, rows
from xianzhi.kernel.materials import Received, Upload
from xianzhi.kernel.models import Account, Case, Subject
from xianzhi.kernel.tests import sample as s

place, folder = int(sys.argv[1]), Path(sys.argv[2])
people = s.People({account.name: account for account in Account.objects.select_related("subject")})
cases = list(Case.objects.order_by("pk"))
report = {"taken": [], "refused": []}

def gate():
    (folder / f"here-{place}").touch()
    while not (folder / "go").exists():
        time.sleep(0.001)

def attempt(act):
    try:
        report["taken"].append(act())
    except door.Refused as refused:
        report["refused"].append(str(refused))

with s.registered():
"""


@pytest.fixture
def people(scratch: Any) -> Iterator[s.People]:
    with s.registered():
        yield s.settle()


def crew(scratch: Any, size: int, work: str) -> list[dict[str, list[Any]]]:
    """Runs the same work in several processes that begin together; gives their reports."""
    code = START + indent(dedent(work) + "\nprint(json.dumps(report))", "    ")
    workers = [scratch.python(code, str(place), str(scratch.folder)) for place in range(size)]
    try:
        while any(worker.poll() is None for worker in workers) and not _all_here(scratch.folder, size):
            time.sleep(0.01)
        (scratch.folder / "go").touch()
        said = [worker.communicate(timeout=120) for worker in workers]
    finally:
        for worker in workers:
            worker.kill()
    (scratch.folder / "go").unlink()
    assert [worker.returncode for worker in workers] == [0] * size, [errors for _, errors in said]
    return [json.loads(out.splitlines()[-1]) for out, _ in said]


def _all_here(folder: Path, size: int) -> bool:
    return len(list(folder.glob("here-*"))) >= size


def assert_whole() -> None:
    """No case half-done: every chain fits, and nothing is there without what belongs to it."""
    for case in Case.objects.all():
        assert chain_faults(case) == []
        assert SearchText.objects.filter(case=case).exists()
    events = set(Event.objects.values_list("pk", flat=True))
    logged = set(LogEntry.objects.values_list("event_id", flat=True))
    pending = set(PendingLeaf.objects.values_list("event_id", flat=True))
    assert logged | pending == events and not logged & pending
    for material in Material.objects.all():
        assert Event.objects.filter(case=material.case_id, seq=material.event_seq).exists()
        assert path_of(material.sha256).exists()
    numbers = sum(Series.objects.values_list("last", flat=True))
    assert numbers == Case.objects.count()  # none left out


# ---- several at once


def test_two_clerks_take_one_step_and_one_is_told(scratch, people):
    cases = [s.draft(people) for _ in range(12)]
    for case in cases:
        s.advance(people, case, "submit")
    reports = crew(
        scratch,
        2,
        """
        gate()
        clerk = people.accounts[("clerk", "other_clerk")[place]]
        for case in cases:
            attempt(lambda: door.take_step(case, "accept", by=clerk).pk)
        """,
    )
    for case in cases:
        assert case.events.filter(step_name="accept").count() == 1
    taken = [pk for report in reports for pk in report["taken"]]
    refused = [text for report in reports for text in report["refused"]]
    assert len(set(taken)) == len(taken) == len(refused) == len(cases)
    assert all("本件现为“已受理”" in text for text in refused)
    assert_whole()


def test_eight_workers_over_fifty_cases_lose_nothing(scratch, people):
    for _ in range(50):
        s.draft(people)
    reports = crew(
        scratch,
        8,
        """
        gate()
        luck, today = random.Random(place), s.clock.today()
        states = "draft submitted accepted reviewed correction resubmitted approved deposited".split()
        following = dict(zip(states, s.STEPS))
        while cases:
            case = luck.choice(cases)
            case.refresh_from_db()
            step = following.get(case.state)
            if step is None:
                cases.remove(case)
            else:
                taker = people.accounts[s.TAKERS[step]]
                attempt(lambda: door.take_step(case, step, by=taker, data=s.entered(step, today)).pk)
        """,
    )
    taken = [pk for report in reports for pk in report["taken"]]
    assert len(taken) == len(set(taken)) == 50 * len(s.STEPS)
    assert set(Case.objects.values_list("state", "seq")) == {("issued", 9)}
    assert all("本件现为" in text for report in reports for text in report["refused"])
    assert_whole()
    assert log.append_all() == Event.objects.count()
    assert_whole()


def test_one_key_from_several_processes_is_one_event_and_one_case(scratch, people):
    for _ in range(6):
        s.draft(people)
    reports = crew(
        scratch,
        3,
        """
        gate()
        for case in cases:
            attempt(lambda: door.take_step(case, "submit", by=people.applicant, key="once").pk)
        for turn in range(6):
            attempt(lambda: s.draft(people, key=f"open-{turn}").pk)
        """,
    )
    assert [report["refused"] for report in reports] == [[], [], []]
    assert reports[0]["taken"] == reports[1]["taken"] == reports[2]["taken"]
    assert Case.objects.count() == 12 and Event.objects.count() == 6 + 6 + 6
    assert_whole()


# ---- one is killed

WORK = """
def kill():
    os.kill(os.getpid(), signal.SIGKILL)

def pdf():
    return [Upload("plan", "方案.pdf", BytesIO(b"%PDF-1.7 " + random.randbytes(4000)))]

def open_another(event, attempt):
    child = door.open_case(s.Permit, s.Permit.prepare, by=attempt.by, title="附属", division=s.VILLAGE,
                           subject=attempt.case.subject, parent=attempt.case, data=s.OPENING)
    time.sleep(random.random() / 200)

registry.effects[s.Permit.submit] = open_another

def submit():
    case = s.draft(people)
    door.take_step(case, "submit", by=people.applicant, materials=pdf())
"""


def assert_nothing_half_done() -> None:
    assert_whole()
    for case in Case.objects.filter(parent=None):
        submitted = case.events.filter(step_name="submit").count()
        assert submitted == case.children.count() == case.materials.count()
    with clock.at(clock.now() + timedelta(days=1)):
        sweep()
    files = {path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}
    assert files == set(Material.objects.values_list("sha256", flat=True))


POINTS = {
    "insert": "statement('INSERT INTO kernel_event')",
    "update": "statement('UPDATE kernel_case')",
    "keep": "function(Received, 'keep')",
    "commit": "function(connection, '_commit')",
}


def alone(scratch: Any, work: str) -> int:
    """Runs work in a process of its own; gives its exit status. What it says on the way to a real error is shown."""
    worker = scratch.python(START + indent(WORK + dedent(work), "    "), "0", str(scratch.folder))
    _, errors = worker.communicate(timeout=120)
    assert worker.returncode <= 0, errors
    return int(worker.returncode)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("point", POINTS)
def test_a_process_killed_at_a_point_leaves_nothing_half_done(scratch, people, point, moment):
    status = alone(
        scratch,
        f"""
        submit()
        case = s.draft(people)
        def deadly(act, *args):
            if {moment!r} == "before":
                kill()
            act(*args)
            kill()
        def function(holder, name):
            real = getattr(holder, name)
            setattr(holder, name, lambda *args: deadly(real, *args))
        def statement(start):
            def watch(execute, sql, *rest):
                return (deadly if sql.startswith(start) else lambda act, *args: act(*args))(execute, sql, *rest)
            connection.execute_wrappers.append(watch)
        {POINTS[point]}
        door.take_step(case, "submit", by=people.applicant, materials=pdf())
        """,
    )
    assert status == -SIGKILL
    there = point == "commit" and moment == "after"
    assert Event.objects.filter(step_name="submit").count() == (2 if there else 1)
    assert_nothing_half_done()


def test_processes_killed_at_any_moment_leave_nothing_half_done(scratch, people):
    status = alone(  # forked anew for each life, which costs a new connection and no new start
        scratch,
        """
        connections.close_all()
        for life in range(25):
            born = os.fork()
            if not born:
                random.seed(life)
                while True:
                    submit()
            time.sleep(0.05 + random.random() / 5)
            os.kill(born, signal.SIGKILL)
            os.waitpid(born, 0)
        """,
    )
    assert status == 0
    assert Event.objects.filter(step_name="submit").count() > 25  # they did get to work
    assert_nothing_half_done()
    applicant = Account.objects.get(name="applicant")
    for case in Case.objects.filter(state="draft", parent=None):
        door.take_step(case, "submit", by=applicant)  # what the killed left behind goes on
