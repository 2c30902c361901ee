"""A step is written whole or not at all, once for one key, with its files and its effect."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, transaction

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.materials import ORPHAN_AFTER, Upload, path_of, sweep
from xianzhi.kernel.models import Case, Event, Material
from xianzhi.kernel.tests import sample as s
from xianzhi.kernel.tests.evidence import chain_faults, refusal, texts, written
from xianzhi.kernel.tests.sample import Permit, advance, draft

TODAY = date(2025, 6, 11)
PDF = b"%PDF-1.7 a sample"


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


def upload(kind: str = "plan", content: bytes = PDF, name: str = "方案.pdf") -> Upload:
    return Upload(kind, name, BytesIO(content))


def stored_files() -> list[str]:
    root = path_of("0" * 64).parents[1]
    return sorted(path.name for path in root.rglob("*") if path.is_file())


# ---- one key, one event


def test_the_same_key_gives_the_same_event(people):
    case = draft(people)
    advance(people, case, "review")
    take = {"by": people.reviewer, "data": {"note": "补方案"}, "key": "k1"}
    first = door.take_step(case, "request_correction", **take)
    before = written()
    again = door.take_step(case, "request_correction", **take)
    assert again.pk == first.pk and written() == before and case.state == "correction"


@pytest.mark.parametrize(
    "other",
    [
        {"data": {"note": "别的"}},
        {"data": {}},
        {"data": None},
        {"data": {"note": "补方案", "more": 1}},
        {"by": "clerk"},
        {"on": TODAY - timedelta(days=1)},
        {"step": "approve", "data": {"pay_from": TODAY}},
        {"materials": [("plan", "方案.pdf")]},
    ],
)
def test_the_same_key_for_something_else_is_refused(people, other):
    case = draft(people, on=TODAY - timedelta(days=9))
    advance(people, case, "review", on=TODAY - timedelta(days=9))
    take = {"by": people.reviewer, "data": {"note": "补方案"}, "key": "k1"}
    door.take_step(case, "request_correction", **take)
    other = dict(other)
    step = other.pop("step", "request_correction")
    if "by" in other:
        other["by"] = people.accounts[other["by"]]
    other["materials"] = [upload(kind, name=name) for kind, name in other.pop("materials", ())]
    assert "已用于另一项内容" in texts(refusal(case, step, **{**take, **other}))


def test_a_key_belongs_to_its_case(people):
    one, other = draft(people), draft(people)
    first = door.take_step(one, "submit", by=people.applicant, key="k1")
    second = door.take_step(other, "submit", by=people.applicant, key="k1")
    assert first.pk != second.pk


def test_a_refused_key_may_be_used_again(people):
    case = draft(people)
    refusal(case, "withdraw", by=people.applicant, data={"why": "不办了"}, key="k1")
    door.take_step(
        case, "withdraw", by=people.applicant, data={"why": "不办了"}, materials=[upload("letter")], key="k1"
    )


def test_a_repeat_with_the_same_file_is_the_same(people):
    case = draft(people)
    take = {"by": people.applicant, "key": "k1"}
    first = door.take_step(case, "submit", **take, materials=[upload()])
    assert door.take_step(case, "submit", **take, materials=[upload()]).pk == first.pk
    assert "已用于另一项" in texts(refusal(case, "submit", **take, materials=[upload(content=PDF + b"!")]))
    assert Material.objects.count() == 1


def test_one_key_opens_one_case(people):
    first = draft(people, key="k1")
    before = written()
    assert draft(people, key="k1").pk == first.pk
    assert written() == before  # no number is lost on it
    with pytest.raises(door.Refused, match="已用于另一项"):
        draft(people, key="k1", documents=9)
    assert written() == before
    assert draft(people, key="k2").pk != first.pk
    assert list(Case.objects.order_by("pk").values_list("number", flat=True)) == [
        "示许〔2025〕0001",
        "示许〔2025〕0002",
    ]


# ---- files


def test_a_material_is_kept_with_its_step(people):
    case = draft(people)
    event = door.take_step(case, "submit", by=people.applicant, materials=[upload()])
    material = Material.objects.get()
    assert (material.case, material.kind, material.event_seq, material.by) == (
        case,
        "plan",
        event.seq,
        people.applicant,
    )
    assert (material.media_type, material.size, stored_files()) == ("application/pdf", len(PDF), [material.sha256])
    assert event.materials == [{"kind": "plan", "name": "方案.pdf", "sm3": material.sm3}]
    assert path_of(material.sha256).read_bytes() == PDF


def test_a_material_is_missed_until_it_is_handed_in(people):
    case = draft(people)
    (reason,) = refusal(case, "withdraw", by=people.applicant, data={"why": "不办了"}).reasons
    assert (reason.text, reason.cure, reason.cites) == ("缺撤回申请书", "请上传撤回申请书", "sample-1-1")
    door.take_step(case, "withdraw", by=people.applicant, data={"why": "不办了"}, materials=[upload("letter")])


def test_a_material_handed_in_earlier_counts(people):
    case = draft(people)
    door.take_step(case, "submit", by=people.applicant, materials=[upload("letter")])
    door.take_step(case, "withdraw", by=people.applicant, data={"why": "不办了"})


@pytest.mark.parametrize(
    ("content", "name", "said"),
    [
        (b"MZ....", "方案.exe", "不是可接收的格式"),
        (b"", "方案.pdf", "是空文件"),
        (PDF, "方案.png", "与文件名不符"),
        (b"PK\x03\x04 broken", "方案.docx", "不是可接收的格式"),
        (PDF * 20, "方案.pdf", "超过"),
    ],
)
def test_a_file_that_cannot_be_taken_is_one_reason_among_others(people, monkeypatch, content, name, said):
    monkeypatch.setattr(settings, "MATERIAL_MAX_BYTES", 10 * len(PDF))
    case = draft(people)
    refused = refusal(case, "submit", by=people.clerk, materials=[upload(content=content, name=name), upload()])
    assert "由申请人办理" in texts(refused) and said in texts(refused)
    assert stored_files() == []


def test_a_refused_step_leaves_no_file_and_takes_none_away(people):
    one, other = draft(people), draft(people)
    refusal(one, "submit", by=people.clerk, materials=[upload()])
    assert stored_files() == []
    door.take_step(other, "submit", by=people.applicant, materials=[upload()])
    refusal(one, "submit", by=people.clerk, materials=[upload()])
    assert stored_files() == [Material.objects.get().sha256]


def test_the_sweep_takes_what_nobody_refers_to_and_nothing_else(people):
    case = draft(people)
    door.take_step(case, "submit", by=people.applicant, materials=[upload()])
    kept = Material.objects.get().sha256
    root = path_of(kept).parents[1]
    (root / "incoming-x").write_bytes(b"half")
    orphan = path_of("ab" * 32)
    orphan.parent.mkdir()
    orphan.write_bytes(b"whole, but of no step")
    with clock.at(clock.now().replace(year=2040)):
        assert sweep() == 2
    assert stored_files() == [kept]
    (root / "incoming-y").write_bytes(b"half")
    with clock.at(clock.now().replace(year=2020) + ORPHAN_AFTER):
        assert sweep() == 0  # young: perhaps still on its way


# ---- effects


class Broken(Exception):
    pass


def test_an_effect_that_fails_undoes_its_step(people):
    @registry.effect(Permit.submit)
    def _(event, attempt):
        assert Event.objects.filter(pk=event.pk).exists() and attempt.case.state == "submitted"
        raise Broken

    case = draft(people)
    before = written()
    with pytest.raises(Broken), transaction.atomic():
        door.take_step(case, "submit", by=people.applicant, materials=[upload()])
    assert [*written()[:-1]] == [*before[:-1]] and case.state == "draft"
    with clock.at(clock.now().replace(year=2040)):
        sweep()
    assert stored_files() == []


def test_an_effect_takes_steps_and_opens_cases_in_the_same_transaction(people):
    opened = []

    @registry.effect(Permit.submit)
    def _(event, attempt):
        child = door.open_case(
            Permit, Permit.prepare, by=attempt.by, title="附属", division=s.VILLAGE, subject=attempt.case.subject,
            parent=attempt.case, data=s.OPENING, key=f"{event.case_id}-child",
        )  # fmt: skip
        opened.append(child)
        if len(opened) > 1:
            return
        door.take_step(child, "submit", by=attempt.by)
        door.take_step(attempt.case, "object_to", by="public", data={"objection": "同时"})

    case = draft(people)
    door.take_step(case, "submit", by=people.applicant)
    assert [child.state for child in opened] == ["submitted", "draft"] and opened[0].parent == case
    assert (case.seq, case.state) == (3, "submitted")
    for one in Case.objects.all():
        assert chain_faults(one) == []


def test_a_refusal_within_an_effect_undoes_all(people):
    @registry.effect(Permit.submit)
    def _(event, attempt):
        door.take_step(attempt.case, "accept", by=attempt.by)

    case = draft(people)
    before = written()
    with pytest.raises(door.Refused, match="受理"), transaction.atomic():
        door.take_step(case, "submit", by=people.applicant)
    assert written() == before


def test_a_caught_refusal_leaves_the_callers_transaction_whole(people):
    case = draft(people)
    with transaction.atomic():
        refusal(case, "submit", by=people.clerk)
        with pytest.raises(door.Refused):
            draft(people, documents="none")
        door.take_step(case, "submit", by=people.applicant)
    assert case.state == "submitted" and chain_faults(case) == []


# ---- the database itself


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_an_event(people, change):
    event = draft(people).events.get()
    for doing in (lambda: Event.objects.filter(pk=event.pk), Event.objects.all):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            doing().update(by_post="x") if change == "update" else doing()._raw_delete(doing().db)
    assert Event.objects.get(pk=event.pk).by_post == "applicant"


def test_the_database_refuses_a_second_event_in_one_place(people):
    event = draft(people).events.get()
    event.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        event.save(force_insert=True)


# ---- clocks


def test_due_on_follows_the_steps(people):
    case = draft(people)
    assert case.due_on is None
    advance(people, case, "submit")
    assert (case.due_on, case.due_step, case.due_provisional) == (date(2025, 6, 18), "accept", False)
    advance(people, case, "accept")
    assert (case.due_on, case.due_step) == (date(2025, 6, 21), "review")  # ten days, a Saturday: it does not roll
    advance(people, case, "review")
    assert (case.due_on, case.due_step) == (date(2025, 7, 9), "refuse")
    advance(people, case, "request_correction")
    assert (case.due_on, case.halted_on) == (None, TODAY)
    with clock.at(TODAY + timedelta(days=7)):
        advance(people, case, "resubmit")
        assert (case.due_on, case.halted_on) == (date(2025, 7, 15), None)
        door.take_step(case, "approve", by=people.approver, data={"pay_from": "2025-07-01"})
    assert (case.due_on, case.due_step) == (date(2025, 8, 1), "pay_deposit")
    stored = Case.objects.get(pk=case.pk)
    assert (stored.due_on, stored.due_step) == (case.due_on, case.due_step)


def test_a_case_that_ended_has_no_clock(people):
    case = draft(people)
    advance(people, case, "request_correction")
    door.take_step(case, "refuse", by=people.approver, data={"why": "不补正"})
    assert (case.due_on, case.due_step, case.closed_on) == (None, "", TODAY)
