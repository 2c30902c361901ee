"""Official documents as the door issues them: number, frozen content, force, and what a changed row gives away."""

import json
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django_tasks_db.models import DBTaskResult

from xianzhi.kernel import clock, materials, registry, tasks
from xianzhi.kernel.documents import check, issue, render, standing
from xianzhi.kernel.door import take_step
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import DocumentChange, OfficialDocument, Series
from xianzhi.kernel.tests import letters
from xianzhi.kernel.tests import sample as s
from xianzhi.law.procedure import START, Procedure, Step, final

ON = date(2025, 4, 16)


@pytest.fixture
def people(db):
    with letters.registered(), clock.at(ON):
        yield s.settle()


def test_a_step_issues_its_document_with_number_frozen_content_and_digest(people, settings):
    case = letters.write(people.clerk, lines=2)
    made = letters.letter_of(case)
    assert made.number == "示函〔2025〕0001" and made.event == case.events.get() and made.issued_on == ON
    assert made.content["facts"]["rows"][1] == {"name": "第2项", "amount": "200.00"}
    assert made.content["facts"]["day"] == "2025-04-16"
    assert made.content["verify"] == f"{settings.ADDRESS}/verify/{made.code}"
    assert made.content_sm3 == chain.sm3(chain.canonical(made.content)).hex()
    assert len(made.code) == issue.CODE_LENGTH and set(made.code) <= set(issue.ALPHABET)
    assert made.pdf_sha256 == "" and made.standing == "in_force"


def test_a_number_that_the_effect_gave_is_the_documents_own(people):
    case = letters.write(people.clerk)
    take_step(case, "order", by=people.clerk)
    assert case.documents.get(kind=letters.ORDER.name).number == f"示单〔2025〕{case.pk:06d}"
    assert OfficialDocument.objects.values("number").distinct().count() == 2


def test_a_step_that_is_refused_in_its_documents_leaves_no_number_behind(people, monkeypatch):
    def breaks(*_, **__):
        raise DatabaseError("no")

    letters.write(people.clerk)
    with monkeypatch.context() as patched:
        patched.setattr(OfficialDocument, "save", breaks)
        with pytest.raises(DatabaseError), transaction.atomic():
            letters.write(people.clerk)
    assert letters.letter_of(letters.write(people.clerk)).number == "示函〔2025〕0002"


def test_a_newer_one_supersedes_and_a_withdrawal_revokes(people):
    case = letters.write(people.clerk)
    first = letters.letter_of(case)
    take_step(case, "rewrite", by=people.clerk, data={"words": "另一份"})
    second = letters.letter_of(case)
    assert (first.standing, second.standing) == ("superseded", "in_force")
    assert first.changes.get().successor == second
    event = take_step(case, "withdraw", by=people.clerk, data={"reason": "不再需要"})
    change = second.changes.get()
    assert (second.standing, change.event, change.by) == ("revoked", event, people.clerk)
    assert "不再需要" in change.reason
    assert first.changes.count() == 1  # it had lost its force before


@pytest.mark.proves("house-2-1")
def test_only_the_unit_that_issued_a_document_revokes_it_once_and_with_a_reason(people):
    made = letters.letter_of(letters.write(people.clerk))
    with pytest.raises(standing.NotChanged, match="在该单位没有岗位"):
        standing.revoke(made, by=people.cashier, reason="写错了")
    with pytest.raises(standing.NotChanged, match="原因要写明"):
        standing.revoke(made, by=people.clerk, reason="  ")
    with pytest.raises(standing.NotChanged, match="早于成文日期"):
        standing.revoke(made, by=people.clerk, reason="写错了", on=ON - timedelta(days=1))
    assert standing.may_change(made, people.reviewer) and not standing.may_change(made, people.cashier)
    standing.revoke(made, by=people.reviewer, reason="写错了")
    assert OfficialDocument.objects.get(pk=made.pk).standing == "revoked"
    with pytest.raises(standing.NotChanged, match="已撤销，不能再改"):
        standing.revoke(made, by=people.clerk, reason="再撤一次")
    assert DocumentChange.objects.count() == 1


def test_a_document_gives_way_only_to_one_of_its_kind_that_is_in_force(people):
    made, other = (letters.letter_of(letters.write(people.clerk)) for _ in range(2))
    case = made.case
    take_step(case, "order", by=people.clerk)
    with pytest.raises(standing.NotChanged, match="不是同类"):
        standing.supersede(made, case.documents.get(kind=letters.ORDER.name), by=people.clerk, reason="换")
    standing.supersede(made, other, by=people.clerk, reason="换")
    assert made.changes.get().successor == other


@pytest.mark.proves("house-2-1")
def test_the_database_refuses_to_change_or_delete_a_document(people):
    made = letters.letter_of(letters.write(people.clerk))
    standing.revoke(made, by=people.clerk, reason="写错了")
    rows = OfficialDocument.objects.filter(pk=made.pk)
    for act in (
        lambda: rows.update(number="示函〔2025〕9999"),
        lambda: rows.update(content={}),
        lambda: rows._raw_delete("default"),
        lambda: DocumentChange.objects.update(reason="没有原因"),
        lambda: DocumentChange.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    render.pdf_of(made)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(pdf_sha256="0" * 64)


def _unguarded(statement: str, *values) -> None:
    """What somebody with the password of the database could do."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE kernel_officialdocument DISABLE TRIGGER USER")
        else:
            for name in ("no_update", "pdf_once", "no_delete"):
                cursor.execute(f"DROP TRIGGER kernel_officialdocument_{name}")
        cursor.execute(statement, values)


def test_the_nightly_check_names_a_document_whose_content_was_changed(people):
    made = letters.letter_of(letters.write(people.clerk))
    letters.write(people.clerk)
    nightly = registry.nightly["文书"]
    assert nightly(ON) == []
    other = made.content | {"number": "示函〔2025〕0009"}
    _unguarded("UPDATE kernel_officialdocument SET content = %s WHERE id = %s", json.dumps(other), made.pk)
    assert nightly(ON) == [f"文书 {made.number} 内容与摘要不符，制发后被改动"]
    assert [str(one.where) for one in verify() if "内容与摘要不符" in one.what] == [f"文书 {made.number}"]


def test_a_document_that_was_taken_away_leaves_a_gap(people):
    made = [letters.letter_of(letters.write(people.clerk)) for _ in range(3)]
    _unguarded("DELETE FROM kernel_officialdocument WHERE id = %s", made[1].pk)
    said = [finding.what for finding in check.findings()]
    assert "缺第 2 份" in said and any("链对不上" in one for one in said)


def test_a_file_that_was_changed_is_found(people):
    made = letters.letter_of(letters.write(people.clerk))
    path = render.pdf_of(made)
    path.write_bytes(b"%PDF-1.7 " + b"x" * (made.pdf_size - 9))
    assert not list(check.findings())
    assert [finding.what for finding in check.findings(files=True)] == ["PDF 与登记的摘要不符"]
    path.unlink()
    assert [finding.what for finding in check.findings()] == ["PDF 不在存储中"]


def test_the_sweep_leaves_the_pdf_alone(people):
    path = render.pdf_of(letters.letter_of(letters.write(people.clerk)))
    with clock.at(clock.now() + timedelta(days=2)):
        materials.sweep()
    assert path.exists()


def test_the_pdf_is_asked_for_once_the_step_is_kept(people, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as later:
        made = letters.letter_of(letters.write(people.clerk))
    assert len(later) == 1
    asked = DBTaskResult.objects.get(task_path=tasks.render_document.module_path)
    assert asked.args_kwargs["args"] == [made.pk]
    with django_capture_on_commit_callbacks() as later, issue.rendered_later():
        letters.write(people.clerk)
    assert later == []


def test_a_step_that_names_an_unknown_kind_is_a_finding(people):
    class Odd(Procedure):
        """示例."""

        app, zh = "odd", "示例"
        done = final("已办")
        begin = Step(
            "办", START >> done, by="approval.clerk", event="odd.case.done", cites="sample-1-1", issues="odd.none"
        )

    registry.procedures[Odd.name] = Odd
    try:
        assert any("文书 odd.none 没有登记" in str(one) for one in registry.findings())
    finally:
        del registry.procedures[Odd.name]


def test_what_cannot_be_frozen_is_refused():
    with pytest.raises(TypeError, match="float"):
        issue.frozen({"a": 1.5})


def test_series_of_letters_and_of_cases_do_not_mix(people):
    letters.write(people.clerk)
    assert set(Series.objects.values_list("name", flat=True)) == {letters.LETTER.name, letters.Writing.numbered}
