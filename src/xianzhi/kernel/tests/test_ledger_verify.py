"""`verify` says nothing of a sound ledger, and names exactly what was changed in another."""

import io

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from xianzhi.kernel import door
from xianzhi.kernel.ledger import chain, log
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.materials import Upload, path_of
from xianzhi.kernel.models import Case, Checkpoint, Event, LogEntry, LogHead, LogNode, Material, PendingLeaf
from xianzhi.kernel.tests import sample as the_sample


@pytest.fixture
def permits(people) -> list[Case]:
    """Three cases at different places, in the log up to the last two events."""
    cases = [the_sample.draft(people) for _ in range(3)]
    the_sample.advance(people, cases[0], "issue")
    the_sample.advance(people, cases[1], "review")
    log.append_all()
    the_sample.advance(people, cases[2], "accept")
    return cases


@pytest.fixture
def unlocked(db):
    """The database without its triggers, as somebody with the password could make it, until the test ends."""
    tables = ("kernel_event", "kernel_logentry", "kernel_lognode", "kernel_checkpoint", "kernel_material")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _no_checks_to_come()
            for table in tables:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        else:
            for table in tables:
                cursor.execute(f"DROP TRIGGER {table}_no_update")
                cursor.execute(f"DROP TRIGGER {table}_no_delete")


def _no_checks_to_come() -> None:
    """PostgreSQL neither alters nor truncates a table with deferred checks still to come."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def sound():
    return [str(finding) for finding in verify()]


def where(findings) -> list[str]:
    return [finding.where for finding in findings]


def at(case: Case, seq: int) -> str:
    return f"办件 {case.number} 第 {seq} 条"


def test_a_sound_ledger_has_no_findings_with_events_still_pending(permits):
    assert PendingLeaf.objects.exists()
    assert sound() == []
    log.append_all()
    assert sound() == []


def test_an_empty_ledger_has_no_findings(db):
    assert sound() == []


def test_progress_is_told(permits):
    told = []
    verify(lambda done, total: told.append((done, total)))
    assert told[-1] == (Event.objects.count(), Event.objects.count())


@pytest.mark.parametrize("table", ["kernel_event", "kernel_logentry", "kernel_lognode", "kernel_checkpoint"])
def test_the_database_refuses_every_change(permits, table):
    column = "root" if table == "kernel_checkpoint" else "hash"
    statements = [f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"]  # noqa: S608 - our own names
    if connection.vendor == "postgresql":
        _no_checks_to_come()
        statements += [f"TRUNCATE {table} CASCADE"]
    for statement in statements:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert sound() == []


def test_the_database_refuses_every_change_of_a_material(withdrawn):
    for change in (lambda rows: rows.update(sha256="0" * 64), lambda rows: rows._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change(withdrawn.materials.all())


@pytest.mark.parametrize("change", [
    lambda events: events.update(by_post="approval.approver"),
    lambda events: events.delete(),
    lambda events: events._raw_delete("default"),
    lambda events: events.first().save(),
    lambda events: events.filter(pk=events.first().pk).update(data={}),
    lambda events: events.bulk_update([events.model(pk=events.first().pk, seq=9)], ["seq"]),
])  # fmt: skip
def test_the_orm_cannot_change_an_event(permits, change):
    count = Event.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic():
        change(Event.objects.order_by("pk"))
    assert Event.objects.count() == count
    assert sound() == []


@pytest.mark.parametrize(("column", "value"), [
    ("data", {"pay_from": "2020-01-01"}), ("by_post", "approval.clerk"), ("on", "2020-01-01"),
    ("decision", {"outcome": "allow", "reasons": []}), ("key", "other"), ("by_id", None),
])  # fmt: skip
def test_one_edited_event_is_named_and_no_other(permits, unlocked, column, value):
    event = permits[0].events.get(step_name="approve")
    Event.objects.filter(pk=event.pk).update(**{column: value})
    (finding,) = verify()
    assert finding.where == at(permits[0], event.seq)
    assert "hash" in finding.what


@pytest.mark.parametrize(("column", "value"), [
    ("title", "另一事项"), ("number", "示许〔2099〕0001"), ("division", "140826201000"), ("subject_id", None),
    ("opened_on", "2020-01-01"),
])  # fmt: skip
def test_what_a_case_is_cannot_be_changed_unseen(permits, column, value):
    Case.objects.filter(pk=permits[0].pk).update(**{column: value})
    (finding,) = verify()
    assert finding.where == at(Case.objects.get(pk=permits[0].pk), 1)
    assert "主体" in finding.what


def test_an_edit_of_the_last_event_shows_before_it_is_in_the_log(permits, unlocked):
    last = permits[2].events.order_by("-seq").first()
    Event.objects.filter(pk=last.pk).update(data={"x": 1})
    assert where(verify()) == [at(permits[2], last.seq)]


def test_an_edit_with_its_hash_made_anew_breaks_the_next_link_and_the_log(permits, unlocked):
    event = permits[0].events.get(seq=3)
    event.data = {"documents": 99}
    Event.objects.filter(pk=event.pk).update(data=event.data, hash=chain.link(event.prev, chain.body_of(event)))
    assert sorted(where(verify())) == [at(permits[0], 3), at(permits[0], 4)]


def test_a_column_that_cannot_be_read_is_named(permits, unlocked):
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps to its types")
    event = permits[1].events.get(seq=2)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_event SET \"on\" = '2025-13-45' WHERE id = %s", [event.pk])
    (finding,) = verify()
    assert finding.where == at(permits[1], 2) and "无法读取" in finding.what


def test_a_missing_event_is_named(permits, unlocked):
    event = permits[2].events.get(seq=2)  # not yet in the log, which would hold it fast
    PendingLeaf.objects.filter(event_id=event.pk).delete()
    Event.objects.filter(pk=event.pk)._raw_delete("default")
    found = [str(finding) for finding in verify()]
    assert any("缺第 2 条" in finding and permits[2].number in finding for finding in found)


@pytest.mark.parametrize(("column", "value", "word"), [
    ("state", "refused", "状态"), ("seq", 99, "序号"), ("head", "f" * 64, "链尾"), ("closed_on", None, "办结日期"),
])  # fmt: skip
def test_a_case_that_left_its_last_event_is_named(permits, column, value, word):
    Case.objects.filter(pk=permits[0].pk).update(**{column: value})
    (finding,) = verify()
    assert word in finding.what
    assert finding.where == at(permits[0], permits[0].events.count())


def test_a_case_without_events_is_named(permits, people):
    bare = Case.objects.create(
        number="空〔2025〕1", procedure_name="sample.permit", state="draft", title="空", division=the_sample.VILLAGE,
        opened_on=the_sample.BEGAN, moved_on=the_sample.BEGAN,
    )  # fmt: skip
    assert where(verify()) == [f"办件 {bare.number}"]


def test_a_move_that_no_step_declares_is_named(permits, unlocked):
    last = permits[2].events.order_by("-seq").first()
    last.to_state = "issued"
    last.hash = chain.link(last.prev, chain.body_of(last))
    Event.objects.filter(pk=last.pk).update(to_state=last.to_state, hash=last.hash)
    Case.objects.filter(pk=permits[2].pk).update(state="issued", head=last.hash, closed_on=last.on)
    (finding,) = verify()
    assert finding.where == at(permits[2], last.seq) and "不能从" in finding.what


def test_an_event_that_missed_the_log_is_named(permits):
    pending = PendingLeaf.objects.first()
    event = Event.objects.get(pk=pending.event_id)
    pending.delete()
    (finding,) = verify()
    assert finding.where == at(permits[2], event.seq) and "账本" in finding.what


def test_an_event_pending_twice_is_named(permits):
    PendingLeaf.objects.create(event_id=LogEntry.objects.first().event_id)
    assert ["待入账" in finding.what for finding in verify()] == [True]


@pytest.mark.parametrize("change", [
    lambda: LogNode.objects.filter(level=1, index=0).update(hash="f" * 64),
    lambda: LogNode.objects.filter(level=1, index=0)._raw_delete("default"),
    lambda: LogNode.objects.create(level=9, index=9, hash="f" * 64),
    lambda: LogEntry.objects.filter(index=2).update(hash="f" * 64),
    lambda: LogEntry.objects.filter(index=2)._raw_delete("default"),
    lambda: Checkpoint.objects.update(root="f" * 64),
    lambda: Checkpoint.objects.create(size=1000, root="f" * 64, at="2025-01-01T00:00:00Z"),
    lambda: LogHead.objects.update(size=F("size") + 1),
])  # fmt: skip
def test_a_changed_log_is_found(permits, unlocked, change):
    assert sound() == []
    change()
    assert verify()


def test_a_material_that_no_event_states_is_named(permits):
    Material.objects.create(
        case=permits[2], kind="plan", name="方案.pdf", media_type="application/pdf", size=3, sha256="ab" * 32,
        sm3="0" * 64, event_seq=2, at="2025-01-01T00:00:00Z",
    )  # fmt: skip
    (finding,) = verify()
    assert "不在办理记录中" in finding.what and finding.where == at(permits[2], 2)


def test_one_file_handed_in_twice_is_sound(people):
    case = the_sample.draft(people)
    files = [Upload("plan", name, io.BytesIO(b"%PDF-1.7")) for name in ("一.pdf", "二.pdf", "二.pdf")]
    door.take_step(case, "submit", by=people.applicant, materials=files)
    assert verify() == []


def test_another_name_of_a_material_is_named(withdrawn, unlocked):
    withdrawn.materials.update(name="别的.pdf")
    assert [finding.what for finding in verify()] == ["材料“撤回.pdf”没有登记", "材料“别的.pdf”不在办理记录中"]


@pytest.fixture
def withdrawn(people) -> Case:
    """A case with a letter handed in."""
    case = the_sample.draft(people)
    letter = Upload("letter", "撤回.pdf", io.BytesIO(b"%PDF-1.7 letter"))
    door.take_step(case, "withdraw", by=people.applicant, data={"why": "不再需要"}, materials=[letter])
    return case


def test_a_lost_file_is_named(withdrawn):
    assert sound() == []
    path_of(Material.objects.get().sha256).unlink()
    (finding,) = verify()
    assert "文件不在" in finding.what and finding.where == at(withdrawn, 2)


def test_a_changed_file_of_the_same_length_is_found_when_files_are_read(withdrawn):
    path_of(Material.objects.get().sha256).write_bytes(b"%PDF-1.7 LETTER")
    assert sound() == []
    (finding,) = verify(files=True)
    assert "摘要不符" in finding.what and finding.where == at(withdrawn, 2)


def test_a_lost_row_of_a_material_is_named(withdrawn, unlocked):
    Material.objects.all().delete()
    (finding,) = verify()
    assert "没有登记" in finding.what and finding.where == at(withdrawn, 2)
