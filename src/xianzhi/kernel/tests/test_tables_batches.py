"""A batch from upload to undo: all or nothing, whatever happens in between."""

import csv
import json
import os
import signal
import time
from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse
from python_calamine import CalamineWorkbook
from tests.support.database import Scratch

from xianzhi.kernel import clock, door
from xianzhi.kernel.models import Account, Case, Event, TableBatch, TableEntry
from xianzhi.kernel.models.tables import TableState
from xianzhi.kernel.tables import batches, blank, declare, files, runs
from xianzhi.kernel.tables.batches import NotNow, SameFile
from xianzhi.kernel.tables.declare import Column, Load, Row, Table
from xianzhi.kernel.tests import sample as the_sample
from xianzhi.kernel.tests.sample import People
from xianzhi.kernel.tick import tick
from xianzhi.law.fields import BadField, choice, text

RESULTS = {"good": "正常", "bad": "异常"}
STEP = "inspect"
CSV = "办件编号,结果\n"


def _inspect(load: Load, row: Row) -> Event:
    case = Case.objects.visible_to(load.by).filter(number=row.values["case"]).first()
    if case is None:
        raise BadField(f"没有办件{row.values['case']}")
    return door.take_step(case, STEP, by=load.by, data={"result": row.values["result"]}, key=load.key(row.line))


def _undo(load: Load, event: Event) -> Event:
    later = event.case.events.filter(seq__gt=event.seq).exclude(step_name=STEP).first()
    if later:
        raise BadField(f"后来已办“{later.step.zh}”")
    return door.take_step(event.case, STEP, by=load.by, data={"result": "good"}, key=f"undo:{event.pk}")


INSPECTIONS = Table(
    name="test.inspections",
    zh="巡查结果",
    columns=(Column(text("case", "办件编号")), Column(choice("result", "结果", RESULTS))),
    by=("township.warden",),
    apply=_inspect,
    by_row=True,
    undo=_undo,
)


@pytest.fixture
def inspections(people: People) -> Iterator[Table]:
    declare.tables[INSPECTIONS.name] = INSPECTIONS
    with clock.at(date(2025, 4, 16)):
        yield INSPECTIONS
    del declare.tables[INSPECTIONS.name]


@pytest.fixture
def cases(people: People, inspections: Table) -> list[Case]:
    found = [the_sample.draft(people) for _number in range(3)]

    for case in found:
        door.take_step(case, "submit", by=people.applicant, materials=[the_sample_plan()])
    return found


def the_sample_plan() -> Any:
    from xianzhi.kernel.materials import Upload  # noqa: PLC0415

    return Upload("plan", "方案.pdf", BytesIO(b"%PDF-1.4"))


def sent(people: People, content: str, name: str = "巡查.csv") -> TableBatch:
    batch = batches.receive(INSPECTIONS, name, BytesIO(content.encode()), {}, by=people.warden)
    return batches.check(batch.pk)


def loaded(batch: TableBatch, *, good_only: bool = False) -> TableBatch:
    batches.ask_to_load(batch, good_only=good_only)
    return batches.load(batch.pk)


def lines(*rows: tuple[str, str]) -> str:
    return CSV + "".join(f"{number},{result}\n" for number, result in rows)


def inspected() -> int:
    return Event.objects.filter(step_name=STEP).count()


# ---- the way through ----


def test_a_check_finds_what_loading_would_find_and_leaves_nothing(people: People, cases: list[Case]) -> None:
    content = lines((cases[0].number, "正常"), ("无此件", "正常"), (cases[1].number, "挺好"), (cases[2].number, "异常"))
    batch = sent(people, content)
    assert (batch.state, batch.good, batch.bad) == (TableState.CHECKED, 2, 2)
    assert inspected() == 0 and not TableEntry.objects.exists()
    told = {one["line"]: one["reason"] for one in files.preview_of(batch)["faults"]}
    assert told[3] == "没有办件无此件" and "结果没有“挺好”这一种" in told[4]


def test_all_or_nothing_unless_the_good_rows_are_confirmed(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常"), ("无此件", "正常")))
    with pytest.raises(NotNow, match="1 行有误"):
        batches.ask_to_load(batch, good_only=False)
    assert inspected() == 0
    batch = loaded(batch, good_only=True)
    assert (batch.state, batch.good, batch.bad, batch.loaded_at is not None) == (TableState.LOADED, 1, 1, True)
    entry = TableEntry.objects.get()
    assert (entry.batch, entry.line, entry.event.key) == (batch, 2, f"table:{batch.pk}:2")


def test_what_turned_bad_since_the_check_stops_the_whole(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常"), (cases[1].number, "正常")))
    assert (batch.good, batch.bad) == (2, 0)
    TableBatch.objects.filter(pk=batch.pk).update(state=TableState.LOADING)
    Case.objects.filter(pk=cases[1].pk).update(state="start")
    batch = batches.load(batch.pk)
    assert (batch.state, batch.good, batch.bad) == (TableState.CHECKED, 1, 1)
    assert inspected() == 0
    assert "要在" in files.preview_of(batch)["faults"][0]["reason"]


def test_bad_rows_come_back_as_a_file_that_loads_once_mended(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常"), (cases[1].number, "=糟糕")))
    loaded(batch, good_only=True)
    with files.bad_rows_of(batch).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["办件编号", "结果", "原行号", "问题"]
    assert rows[1][:3] == [cases[1].number, "'=糟糕", "3"] and "没有“=糟糕”" in rows[1][3]
    rows[1][1] = "异常"
    mended = "\n".join(",".join(row) for row in rows)
    batch = loaded(sent(people, mended, "改好.csv"))
    assert (batch.good, batch.bad) == (1, 0) and inspected() == 2


def test_bad_rows_of_a_workbook_come_back_as_a_workbook(people: People, cases: list[Case]) -> None:
    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        for number, row in enumerate((("办件编号", "结果"), (cases[0].number, "正常"), ("无此件", "坏"))):
            page.write_row(number, 0, row)
    made.seek(0)
    batch = batches.check(batches.receive(INSPECTIONS, "巡查.xlsx", made, {}, by=people.warden).pk)
    assert (batch.good, batch.bad) == (1, 1)
    sheets = CalamineWorkbook.from_path(str(files.bad_rows_of(batch)))
    assert sheets.get_sheet_by_name("有误的行").to_python()[1][:3] == ["无此件", "坏", 3.0]
    assert sheets.get_sheet_by_name("错误清单").to_python()[1][:3] == [3.0, "结果", "坏"]


def test_the_same_file_twice_is_told(people: People, cases: list[Case]) -> None:
    content = lines((cases[0].number, "正常"))
    batch = sent(people, content)
    with pytest.raises(SameFile) as same:
        sent(people, content, "另一个名字.csv")
    assert same.value.batch == batch
    loaded(batch)
    with pytest.raises(SameFile, match="已导入"):
        sent(people, content)


def test_a_file_given_up_may_come_again_and_leaves_no_values_behind(people: People, cases: list[Case]) -> None:
    content = lines((cases[0].number, "正常"))
    batch = sent(people, content)
    batches.give_up(batch)
    assert not files.folder(batch).exists()
    assert sent(people, content).state == TableState.CHECKED


def test_a_file_given_up_during_its_check_stays_given_up(
    people: People, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = lines((cases[0].number, "正常"))
    batch = batches.receive(INSPECTIONS, "巡查.csv", BytesIO(content.encode()), {}, by=people.warden)
    run = runs.run

    def meanwhile(one: TableBatch, *, keep: bool) -> runs.Outcome:
        found = run(one, keep=keep)
        batches.give_up(one)
        return found

    monkeypatch.setattr(runs, "run", meanwhile)
    assert batches.check(batch.pk).state == TableState.DROPPED and not files.folder(batch).exists()


def test_the_clock_clears_away_what_waits_too_long(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常")))
    with clock.at(clock.today() + timedelta(days=40)):
        tick()
    batch.refresh_from_db()
    assert batch.state == TableState.DROPPED


def test_a_loaded_file_is_not_kept(people: People, cases: list[Case]) -> None:
    batch = loaded(sent(people, lines((cases[0].number, "正常"))))
    assert not files.upload_of(batch).exists() and len(batch.sha256) == 64


def test_loading_twice_writes_once(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常")))
    loaded(batch)
    batches.load(batch.pk)
    assert inspected() == 1
    with pytest.raises(NotNow):
        batches.ask_to_load(batch, good_only=False)


def test_an_unreadable_file_says_why(people: People, inspections: Table) -> None:
    batch = sent(people, "甲,乙\n1,2\n")
    assert batch.state == TableState.UNREADABLE and "没有找到标题行" in batch.fault


# ---- undoing ----


def test_undo_makes_up_for_every_step_by_another(people: People, cases: list[Case]) -> None:
    batch = loaded(sent(people, lines((cases[0].number, "异常"), (cases[1].number, "异常"))))
    with pytest.raises(NotNow, match="原因"):
        batches.ask_to_undo(batch, " ", by=people.warden)
    batches.ask_to_undo(batch, "传错了文件", by=people.warden)
    batch = batches.undo(batch.pk)
    assert (batch.state, batch.undone_by, batch.undo_reason) == (TableState.UNDONE, people.warden, "传错了文件")
    assert inspected() == 4
    assert sent(people, lines((cases[0].number, "异常"), (cases[1].number, "异常"))).state == TableState.CHECKED


def test_undo_is_refused_whole_where_a_later_step_rests_on_it(people: People, cases: list[Case]) -> None:
    batch = loaded(sent(people, lines((cases[0].number, "异常"), (cases[1].number, "异常"))))
    door.take_step(cases[0], "accept", by=people.clerk)
    batches.ask_to_undo(batch, "传错了文件", by=people.warden)
    batch = batches.undo(batch.pk)
    assert batch.state == TableState.LOADED and batch.undone_by is None
    assert f"第 2 行：{cases[0].number} 后来已办" in batch.fault
    assert inspected() == 2


def test_entries_cannot_be_changed_or_deleted(people: People, cases: list[Case]) -> None:
    loaded(sent(people, lines((cases[0].number, "正常"))))
    for statement in ("UPDATE kernel_tableentry SET line = 9", "DELETE FROM kernel_tableentry"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_what_nobody_goes_on_with_is_cleared_away(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常")))
    assert batches.sweep() == 0
    with clock.at(clock.today() + timedelta(days=40)):
        assert batches.sweep() == 1
    batch.refresh_from_db()
    assert batch.state == TableState.DROPPED and not files.folder(batch).exists()


# ---- pages ----


def open_as(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def test_the_pages_lead_from_the_empty_sheet_to_the_result(people: People, cases: list[Case]) -> None:
    client = open_as(people.warden)
    page = client.get(reverse("table", args=[INSPECTIONS.name]))
    assert "办件编号" in page.content.decode() and page.status_code == 200
    assert client.get(reverse("table-blank", args=[INSPECTIONS.name])).getvalue()[:2] == b"PK"
    file = BytesIO(lines((cases[0].number, "正常"), ("无此件", "正常")).encode())
    file.name = "巡查.csv"
    answer = client.post(reverse("table", args=[INSPECTIONS.name]), {"file": file})
    batch = TableBatch.objects.get()
    address = reverse("table-batch", args=[batch.pk])
    assert answer.url == address
    waiting = client.get(address).content.decode()
    assert "排队中" in waiting and 'http-equiv="refresh"' in waiting
    batches.check(batch.pk)
    text = client.get(address).content.decode()
    assert "没有办件无此件" in text and "只导入 1 行好的" in text and "http-equiv" not in text
    assert "无此件" in b"".join(client.get(reverse("table-bad", args=[batch.pk])).streaming_content).decode()
    assert client.post(address, {"act": "load"}).status_code == 409
    client.post(address, {"act": "load", "good_only": "yes"})
    batches.load(batch.pk)
    assert cases[0].number in client.get(address).content.decode()
    client.post(address, {"act": "undo", "reason": "传错了"})
    batches.undo(batch.pk)
    assert "传错了" in client.get(address).content.decode()


def test_others_see_neither_the_batch_nor_its_rows_and_the_auditor_no_values(people: People, cases: list[Case]) -> None:
    batch = sent(people, lines((cases[0].number, "正常"), ("机密号码", "正常")))
    address, bad = reverse("table-batch", args=[batch.pk]), reverse("table-bad", args=[batch.pk])
    assert open_as(people.clerk).get(address).status_code == 404
    assert open_as(people.clerk).get(bad).status_code == 404
    auditor = open_as(people.accounts["audit"])
    page = auditor.get(address)
    assert page.status_code == 200 and "机密号码" not in page.content.decode()
    assert auditor.get(bad).status_code == 404 and auditor.post(address, {"act": "load"}).status_code == 403
    assert "巡查.csv" in auditor.get(reverse("tables")).content.decode()
    assert open_as(people.clerk).get(reverse("table", args=[INSPECTIONS.name])).status_code == 403


def test_a_sheet_fills_the_lines_of_a_step(people: People, cases: list[Case]) -> None:
    name = declare.filling("sample.permit", the_sample.Permit.inspect, the_sample.Permit.inspect.asks[2])
    client = open_as(people.warden)
    step = reverse("step", args=[cases[0].pk, "inspect"])
    link = f"{reverse('table', args=[name])}?case={cases[0].pk}"
    assert link in client.get(step).content.decode()
    file = BytesIO("名称,深度（米）\n北沟,2.5\n南沟,\n".encode())
    file.name = "点位.csv"
    client.post(reverse("table", args=[name]), {"file": file, "case": cases[0].pk})
    batch = loaded(batches.check(TableBatch.objects.get().pk))
    assert (batch.state, batch.good) == (TableState.LOADED, 2) and inspected() == 0
    filled = client.get(step, {"batch": batch.pk}).content.decode()
    assert "北沟" in filled and "2.5" in filled and "南沟" in filled
    assert (
        "北沟" not in client.get(reverse("step", args=[cases[1].pk, "inspect"]), {"batch": batch.pk}).content.decode()
    )


def test_the_empty_sheet_can_be_filled_and_read(people: People, cases: list[Case], tmp_path: Path) -> None:
    made = BytesIO()
    blank.write(INSPECTIONS, made)
    made.seek(0)
    batch = batches.check(batches.receive(INSPECTIONS, "空表.xlsx", made, {}, by=people.warden).pk)
    assert batch.state == TableState.UNREADABLE and "没有数据行" in batch.fault


# ---- a kill in the middle ----

SLOW = """
import sys, time
from xianzhi.kernel import clock
from xianzhi.kernel.tables import batches, declare
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tests import test_tables_batches as here
before = here._inspect
def slow(load, row):
    event = before(load, row)
    if row.line == 3:
        print("middle", flush=True)
        time.sleep(60)
    return event
from dataclasses import replace
with sample.registered(), clock.at(here.date(2025, 4, 16)):
    declare.tables[here.INSPECTIONS.name] = replace(here.INSPECTIONS, apply=slow)
    batches.load(int(sys.argv[1]))
"""


def test_a_kill_in_the_middle_leaves_nothing_and_the_work_goes_on(scratch: Scratch) -> None:
    declare.tables[INSPECTIONS.name] = INSPECTIONS
    try:
        with the_sample.registered(), clock.at(date(2025, 4, 16)):
            people = the_sample.settle()
            cases = [the_sample.draft(people) for _number in range(3)]
            for case in cases:
                door.take_step(case, "submit", by=people.applicant, materials=[the_sample_plan()])
            batch = sent(people, lines(*((case.number, "正常") for case in cases)))
            batches.ask_to_load(batch, good_only=False)
            worker = scratch.python(SLOW, str(batch.pk))
            assert worker.stdout is not None and worker.stdout.readline() == "middle\n", worker.stderr.read()
            os.kill(worker.pid, signal.SIGKILL)
            worker.wait()
            for _try in range(50):  # a server notices a moment later that the connection is gone
                if inspected() == 0:
                    break
                time.sleep(0.1)
            assert inspected() == 0 and not TableEntry.objects.exists()
            assert TableBatch.objects.get().state == TableState.LOADING
            assert batches.load(batch.pk).state == TableState.LOADED
            assert inspected() == 3
    finally:
        del declare.tables[INSPECTIONS.name]


# ---- the command ----


@pytest.mark.any_database
def test_the_command_loads_a_file_and_says_what_is_wrong(scratch: Scratch, tmp_path: Path) -> None:
    told = json.loads(scratch.run("tables", "list", "--json").stdout)
    assert {"power_access.crops", "power_access.payments", "power_access.assets"} <= set(told["tables"])
    assert {"cases", "work", "units", "events", "parameters", "coverage"} <= set(told["lists"])
    made = tmp_path / "参数.xlsx"
    done = scratch.run("tables", "export", "parameters", str(made))
    assert done.returncode == 0, done.stderr
    assert CalamineWorkbook.from_path(str(made)).sheet_names == ["参数", "说明"]
    for arguments in (
        ("import", "nothing", "x.csv", "--by", "nobody"), ("export", "parameters", str(tmp_path / "x.doc")),
        ("export", "cases", str(tmp_path / "x.csv")), ("export", "nothing", "x.csv"),
    ):  # fmt: skip
        bad = scratch.run("tables", *arguments)
        assert bad.returncode == 2 and "Traceback" not in bad.stderr, bad.stderr
