"""What is in force on a day, and how an amendment, a repeal or an extension is put on record."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from xianzhi.kernel import door, instruments, registry
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account, Case, Clause, Edition, InstrumentChange, ParameterValue, Unit
from xianzhi.kernel.posts import appoint
from xianzhi.kernel.services import propose_change
from xianzhi.law.force import Standing

pytestmark = pytest.mark.django_db
REPEAL = {"kind": "repeal", "since": "2025-03-01", "basis": "绛示〔2025〕1号"}


@pytest.fixture
def editor() -> Account:
    return official("editor", "county_office.gazette")


@pytest.fixture
def reviewer(editor: Account) -> Account:
    return official("reviewer", "county_office.review")


def official(name: str, post: str) -> Account:
    if not Unit.objects.exists():
        load_county()
    account = Account.objects.create(username=name, name=name)
    appoint(account, post, Unit.objects.get(code="county-office"), since=date(2024, 1, 1))
    return account


def standing(day: date, name: str = "power") -> Standing:
    return instruments.standing(name, day).standing


@pytest.mark.proves("house-3-1")
def test_a_notice_valid_three_years_ends_on_its_last_day() -> None:
    assert standing(date(2027, 3, 13)) == Standing.IN_FORCE
    assert standing(date(2027, 3, 14)) == Standing.EXPIRED


@pytest.mark.proves("house-3-1")
def test_what_ends_soon_is_listed_by_its_last_day() -> None:
    found = [(one.name, last) for one, last in instruments.expiring(date(2026, 12, 1), timedelta(days=180))]
    assert found == [("power", date(2027, 3, 13))]
    assert not list(instruments.expiring(date(2025, 1, 1), timedelta(days=180)))


@pytest.mark.proves("house-3-2")
def test_a_trial_without_a_period_follows_the_countys_rule_once_it_has_one(editor: Account) -> None:
    assert standing(date(2027, 3, 14), "sand") == Standing.TRIAL
    case = Case.objects.create(
        number="参数〔2024〕001", procedure_name="kernel.parameter_change", state="in_force", title="试行年限",
        division="140826000000", opened_on=date(2024, 1, 1), moved_on=date(2024, 1, 1),
    )  # fmt: skip
    ParameterValue.objects.create(
        name="law.trial_years", since=date(2024, 1, 1), value="2", cites="house-3-2", basis="示例〔2024〕1号", case=case
    )
    registry.forget()
    assert standing(date(2026, 2, 28), "sand") == Standing.TRIAL
    assert standing(date(2026, 3, 1), "sand") == Standing.EXPIRED


@pytest.mark.proves("house-3-3")
def test_a_repeal_takes_two_people_and_holds_from_its_day(editor: Account, reviewer: Account) -> None:
    appoint(editor, "county_office.review", Unit.objects.get(code="county-office"), since=date(2024, 1, 1))
    case = propose_change("waste", REPEAL, by=editor)
    assert standing(date(2025, 3, 1), "waste") == Standing.IN_FORCE, "not before it is confirmed"
    with pytest.raises(door.Refused, match="您办理过"):
        door.take_step(case, "confirm", by=editor)
    door.take_step(case, "confirm", by=reviewer)
    assert standing(date(2025, 2, 28), "waste") == Standing.IN_FORCE
    found = instruments.standing("waste", date(2025, 3, 1))
    assert (found.standing, found.basis) == (Standing.REPEALED, "绛示〔2025〕1号")


@pytest.mark.proves("house-3-3")
def test_a_mistake_is_undone_and_its_record_stays(editor: Account, reviewer: Account) -> None:
    case = propose_change("waste", REPEAL, by=editor)
    door.take_step(case, "confirm", by=reviewer)
    door.take_step(case, "undo", by=reviewer, data={"reason": "记错了文件"})
    assert standing(date(2025, 3, 1), "waste") == Standing.IN_FORCE
    assert InstrumentChange.objects.get().undone


@pytest.mark.proves("house-3-3")
@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("waste", {**REPEAL, "basis": ""}, "依据文件没有填"),
        ("nothing", REPEAL, "没有这份文件"),
        ("power", {**REPEAL, "since": "2027-03-14"}, "变动之日文件不在施行"),
        ("power", {**REPEAL, "kind": "extend"}, "没有写延长到哪一天"),
        ("power", {**REPEAL, "kind": "extend", "until": "2027-03-13"}, "不晚于原期限"),
        ("power", {**REPEAL, "until": "2026-01-01"}, "只用于延长和暂停"),
        ("power", {**REPEAL, "kind": "vanish"}, "变动应为"),
    ],
)
def test_a_change_that_cannot_be_is_refused_and_leaves_nothing(
    editor: Account, name: str, data: dict[str, str], said: str
) -> None:
    with pytest.raises(door.Refused, match=said):
        propose_change(name, data, by=editor)
    assert not Case.objects.exists()


@pytest.mark.proves("house-3-3")
def test_what_is_repealed_cannot_be_repealed_again(editor: Account, reviewer: Account) -> None:
    door.take_step(propose_change("waste", REPEAL, by=editor), "confirm", by=reviewer)
    with pytest.raises(door.Refused, match="变动之日文件不在施行"):
        propose_change("waste", {**REPEAL, "since": "2025-06-01"}, by=editor)


def test_the_database_refuses_every_change_of_an_edition(editor: Account) -> None:
    record = instruments.record_of("waste")
    edition = Edition.objects.create(
        instrument=record, number=1, on=date(2024, 4, 1), reason="示例", digest="0" * 64, source_sha256="0" * 64,
        source_name="示例.txt", by=editor,
    )  # fmt: skip
    Clause.objects.create(edition=edition, order=1, eid="sec_1", role="heading", text="一、示例", runs=[[0, 4]])
    for change in (
        lambda: Edition.objects.update(reason="改"),
        lambda: Clause.objects.update(text="改"),
        lambda: Clause.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
