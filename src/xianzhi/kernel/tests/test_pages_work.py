"""我的待办 and the list of cases: what is on them, in which order, and in how many queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xianzhi.kernel import clock, door, limits, queries
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case
from xianzhi.kernel.tests.sample import OTHER_TOWN, TOWN, People, advance, draft

TODAY = date(2025, 4, 16)
WORK_QUERIES = 10
"""Session, account, posts, groups, cases, the count in the masthead, the checkpoint; a few to spare for the frame."""
LIST_QUERIES = 10


@pytest.fixture(autouse=True)
def on_a_day():
    with clock.at(TODAY):
        yield


def _submitted(people: People, on: date, **more) -> Case:
    case = draft(people, on=on, **more)
    door.take_step(case, "submit", by=people.applicant, on=on)
    return case


def _due(case: Case, due_on: date | None) -> Case:
    Case.objects.filter(pk=case.pk).update(due_on=due_on)
    return case


def test_the_soonest_stands_first_under_its_light(people: People) -> None:
    later, today, over, soon, never = (_submitted(people, TODAY) for _ in range(5))
    for case, days in ((later, 20), (today, 0), (over, -5), (soon, 1)):
        _due(case, TODAY + timedelta(days=days))
    _due(never, None)
    work = queries.work_for(people.fresh("clerk"))
    assert [task.case.pk for task in work.tasks] == [over.pk, today.pk, soon.pk, later.pk, never.pk]
    assert [task.light for task in work.tasks] == ["overdue", "today", "soon", "later", "open"]
    assert work.total == 5 and work.tally["overdue"] == 1


def test_the_light_of_the_list_is_the_light_of_the_case_on_every_day(people: People) -> None:
    """The database sorts by dates what `limits.light` decides by working days: around holidays too."""
    case = _submitted(people, date(2025, 4, 1))
    words = {"overdue": "over", "today": "near", "soon": "near", "later": "ok"}
    for on in (date(2025, 4, 25), date(2025, 4, 26), date(2025, 4, 27), date(2025, 4, 30), date(2025, 9, 28)):
        with clock.at(on):
            for days in range(-3, 14):
                _due(case, on + timedelta(days=days))
                (task,) = queries.work_for(people.fresh("clerk")).tasks
                due = limits.Due(on + timedelta(days=days), provisional=False)
                assert words[task.light] == limits.light(due, on), (on, days)


def test_a_held_case_is_listed_last_and_says_since_when(client: Client, people: People) -> None:
    held = _submitted(people, TODAY)
    advance(people, held, "request_correction")
    running = _due(_submitted(people, TODAY), None)
    work = queries.work_for(people.fresh("approver"))
    assert [task.light for task in work.tasks] == ["held"]
    client.force_login(people.approver)
    shown = client.get(reverse("work")).content.decode()
    assert "暂停计时" in shown and "4月16日起暂停" in shown
    assert running.number not in shown


def test_only_what_waits_for_me_in_my_places_is_listed(people: People) -> None:
    mine = _submitted(people, TODAY, division=TOWN)
    _submitted(people, TODAY, division=OTHER_TOWN)
    assert {task.case.pk for task in queries.work_for(people.fresh("clerk")).tasks} >= {mine.pk}
    assert queries.work_for(people.fresh("cashier")).total == 0
    assert queries.work_for(people.fresh("warden")).total == 0, "a record that moves nothing waits for nobody"


def test_a_post_narrows_the_list(people: People) -> None:
    people.post("clerk", "approval", "approval.reviewer")
    submitted = _submitted(people, TODAY)
    accepted = _submitted(people, TODAY)
    door.take_step(accepted, "accept", by=people.other_clerk)
    account = people.fresh("clerk")
    assert {task.case.pk for task in queries.work_for(account).tasks} == {submitted.pk, accepted.pk}
    (only,) = queries.work_for(account, post="approval.reviewer").tasks
    assert (only.case.pk, only.step.name, only.post) == (accepted.pk, "review", "approval.reviewer")


def test_the_counts_are_those_of_the_lists_that_they_open(client: Client, people: People) -> None:
    for days in (-4, -3, 0, 1, 2, 15):
        _due(_submitted(people, TODAY), TODAY + timedelta(days=days))
    account = people.fresh("clerk")
    tally = queries.work_for(account).tally
    for light, count in tally.items():
        assert len(queries.work_for(account, light=light).tasks) == count, light
    assert len(queries.work_for(account, service="sample").tasks) == 6
    assert queries.work_for(account, service="another").total == 0


def test_every_page_is_reached_and_no_case_is_lost(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    made = {_submitted(people, TODAY).pk for _ in range(5)}
    account, page, seen = people.fresh("clerk"), 1, []
    while True:
        work = queries.work_for(account, page=page)
        seen += [task.case.pk for task in work.tasks]
        if not work.more:
            break
        page += 1
    assert (page, len(seen), set(seen)) == (3, 5, made)


def test_more_work_than_is_counted_is_said(client: Client, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 3)
    for _ in range(4):
        _submitted(people, TODAY)
    client.force_login(people.clerk)
    assert "待办太多" in client.get(reverse("work")).content.decode()


@pytest.mark.parametrize("address", ["?light=nothing", "?page=0", "?page=-1", "?page=x", "?page=" + "9" * 40,
                                     "?post=a.b", "?light=over&light=soon"])  # fmt: skip
def test_a_changed_address_is_no_error(client: Client, people: People, address: str) -> None:
    _submitted(people, TODAY)
    client.force_login(people.clerk)
    assert client.get(reverse("work") + address).status_code == 200


def test_due_in_words(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    case = _submitted(people, TODAY)
    for due_on, words in (
        (date(2025, 4, 14), "逾期 2 个工作日"),
        (date(2025, 4, 16), "今天到期"),
        (date(2025, 4, 18), "剩 2 个工作日"),
        (date(2025, 4, 27), "4月27日 周日上班"),
        (date(2026, 1, 5), "2026年1月5日"),
    ):
        _due(case, due_on)
        assert words in client.get(reverse("work")).content.decode(), words
    assert "暂定" not in client.get(reverse("work")).content.decode()
    Case.objects.filter(pk=case.pk).update(due_provisional=True)
    assert "（暂定）" in client.get(reverse("work")).content.decode()


def test_an_empty_list_says_what_would_be_here(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    assert "现在没有等您办的事" in client.get(reverse("work")).content.decode()


def _queries_of(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("name", "budget"), [("work", WORK_QUERIES), ("cases", LIST_QUERIES)])
def test_a_list_takes_the_same_queries_for_3_and_for_60_cases(
    client: Client, people: People, name: str, budget: int
) -> None:
    client.force_login(people.clerk)
    for _ in range(3):
        _submitted(people, TODAY)
    few = _queries_of(client, reverse(name))
    for _ in range(57):
        _submitted(people, TODAY)
    assert _queries_of(client, reverse(name)) == few <= budget


# ---- the list of cases


def test_cases_are_found_by_words_state_place_and_procedure(people: People) -> None:
    here, there = _submitted(people, TODAY, division=TOWN), draft(people, division=OTHER_TOWN)
    account = people.fresh("clerk")

    def found(**wanted: str) -> set[int]:
        return {case.pk for case in queries.find_cases(account, queries.Wanted(**wanted)).cases}

    assert found() == {here.pk, there.pk}
    assert found(text=there.number) == {there.pk}
    assert found(state="submitted") == {here.pk}
    assert found(state="closed") == set()
    assert found(place=TOWN) == {here.pk}
    assert found(procedure="sample.permit", state="open") == {here.pk, there.pk}
    assert found(procedure="none") == set()


def test_the_pages_of_a_list_join_without_gap(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    made = [draft(people, on=TODAY - timedelta(days=n // 2)).pk for n in range(5)]
    account, seen, before = people.fresh("clerk"), [], ""
    while True:
        found = queries.find_cases(account, queries.Wanted(before=before))
        assert found.count == 5
        seen += [case.pk for case in found.cases]
        if not (before := found.next):
            break
    assert sorted(seen) == sorted(made) and len(seen) == 5


@pytest.mark.parametrize(
    "address",
    ["?before=x", "?before=2025-04-16", "?state=no", "?place=%25", "?q=" + "长" * 500],
)
def test_a_changed_address_of_the_list_is_no_error(client: Client, people: People, address: str) -> None:
    draft(people)
    client.force_login(people.clerk)
    assert client.get(reverse("cases") + address).status_code == 200


def test_the_day_until_which_a_case_is_near_skips_holidays() -> None:
    until = queries.soon_until(date(2025, 4, 29))  # 1 to 5 May are off
    assert until == date(2025, 5, 7)
    assert county().calendar.working_days_between(date(2025, 4, 29), until) == limits.NEAR_DAYS
