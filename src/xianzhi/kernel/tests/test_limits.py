"""Time limits of a case: from when they run, what stops them, how they stand, and how they ended."""

from datetime import date, timedelta

import pytest

from xianzhi.kernel import clock, door, limits
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case
from xianzhi.kernel.tests.sample import Permit, advance, draft
from xianzhi.law.timing import Pause

# June 2025: the 11th is a Wednesday; no days off but weekends until the end of September.
DAY = date(2025, 6, 11)


def june(day: int) -> date:
    return date(2025, 6, day)


@pytest.fixture(autouse=True)
def _later():
    with clock.at(date(2025, 9, 1)):
        yield


def on_day(case: Case, on: date) -> dict[str, limits.Armed]:
    """The limits that run on a day, by step."""
    armed = limits.armed(case, limits.history(case), on)
    return {one.step.name: one for one in armed if one.taken is None}


def past(case: Case) -> list[tuple[str, date, date | None, int]]:
    armed = limits.armed(case, limits.history(case), clock.today())
    return [(one.step.name, one.since, one.taken, one.late) for one in armed if one.taken is not None]


def test_nothing_runs_before_the_first_source_state(people):
    assert on_day(draft(people, on=DAY), DAY) == {}


def test_a_limit_runs_from_the_day_of_coming_into_its_state(people):
    case = draft(people, on=june(2))
    advance(people, case, "submit", on=DAY)
    accept = on_day(case, DAY)["accept"]
    assert (accept.since, accept.due.on, accept.standing) == (DAY, june(18), "ok")
    assert (accept.budget.of, accept.budget.used, accept.budget.left) == (5, 0, 5)
    assert str(accept.value) == "5个工作日"


@pytest.mark.parametrize(
    ("on", "standing", "left"),
    [(june(12), "ok", 4), (june(13), "near", 3), (june(18), "near", 0), (june(19), "over", -1), (june(23), "over", -3)],
)
def test_a_limit_stands_by_the_days_left(people, on, standing, left):
    case = draft(people, on=DAY)
    advance(people, case, "submit", on=DAY)
    accept = on_day(case, on)["accept"]
    assert (accept.standing, accept.budget.left) == (standing, left)


def test_a_limit_over_several_states_runs_on_from_the_first(people):
    case = draft(people, on=DAY)
    advance(people, case, "accept", on=DAY)
    advance(people, case, "review", on=june(20))
    refuse = on_day(case, june(20))["refuse"]
    assert (refuse.since, refuse.due.on, refuse.budget.used) == (DAY, date(2025, 7, 9), 7)


def test_a_record_that_moves_nothing_starts_no_limit_anew(people):
    case = draft(people, on=DAY)
    advance(people, case, "submit", on=DAY)
    door.take_step(case, "inspect", by=people.warden, on=june(16), data={"result": "good"})
    door.take_step(case, "object_to", by="public", on=june(17), data={"objection": "异议"})
    assert on_day(case, june(17))["accept"].since == DAY
    assert (case.due_on, case.due_step) == (june(18), "accept")


def test_a_halt_stops_every_clock_and_gives_its_days_back(people):
    case = draft(people, on=DAY)
    advance(people, case, "review", on=DAY)
    advance(people, case, "request_correction", on=june(16))
    held = on_day(case, june(20))["refuse"]
    assert (held.standing, held.due.held, held.budget.used, held.budget.held) == ("halt", True, 2, 5)
    assert case.halted_on == june(16) and case.due_on is None
    advance(people, case, "resubmit", on=june(23))
    freed = on_day(case, june(23))["refuse"]
    assert (freed.since, freed.due.on, freed.due.paused) == (DAY, date(2025, 7, 16), 5)
    assert (freed.budget.used, freed.budget.held, freed.standing) == (3, 5, "ok")
    assert case.due_on == freed.due.on
    assert limits.pauses(Permit, limits.history(case)) == [Pause(june(16), june(23))]


def test_a_limit_that_begins_after_a_halt_knows_nothing_of_it(people):
    case = draft(people, on=DAY)
    advance(people, case, "resubmit", on=DAY, days=7)
    event = door.take_step(case, "approve", by=people.approver, on=date(2025, 7, 9), data={"pay_from": "2025-07-10"})
    pay = on_day(case, event.on)["pay_deposit"]
    assert (pay.since, pay.due.on, pay.due.paused) == (date(2025, 7, 10), date(2025, 8, 11), 0)
    assert pay.due.moved_from == date(2025, 8, 10)  # a Sunday


def test_a_limit_from_a_recorded_date_runs_from_that_date(people):
    case = draft(people, on=DAY)
    advance(people, case, "resubmit", on=DAY)
    door.take_step(case, "approve", by=people.approver, on=DAY, data={"pay_from": "2025-08-04"})
    pay = on_day(case, june(20))["pay_deposit"]
    assert (pay.since, pay.due.on, pay.budget.used, pay.standing) == (date(2025, 8, 4), date(2025, 9, 4), 0, "ok")
    assert (case.due_on, case.due_step) == (date(2025, 9, 4), "pay_deposit")


def test_a_limit_may_end_on_a_day_of_rest_where_the_law_says_so(people):
    case = draft(people, on=DAY)
    advance(people, case, "accept", on=DAY)
    assert on_day(case, DAY)["review"].due.on == june(21)  # a Saturday


def test_what_rests_on_an_unpublished_calendar_is_provisional(people):
    year = next(year for year in range(2025, 2100) if county().calendar.notice(year) is None)
    day = date(year, 3, 2)
    with clock.at(day):
        case = draft(people)
        advance(people, case, "submit")
    assert on_day(case, day)["accept"].due.provisional and case.due_provisional


def test_each_round_is_remembered_with_its_delay(people):
    case = draft(people, on=DAY)
    advance(people, case, "submit", on=DAY)
    advance(people, case, "accept", on=june(20))
    advance(people, case, "review", on=june(25))
    assert past(case) == [("accept", DAY, june(20), 2), ("review", june(20), june(25), 0)]


def test_the_earliest_limit_is_the_one_that_is_indexed(people):
    case = draft(people, on=DAY)
    advance(people, case, "submit", on=DAY)
    for step, on in (
        ("accept", june(12)),
        ("review", june(13)),
        ("request_correction", june(16)),
        ("resubmit", june(24)),
    ):
        advance(people, case, step, on=on)
        with clock.at(on):
            running = [one.due.on for one in on_day(case, on).values() if not one.due.held]
        assert case.due_on == min(running, default=None), step


def test_the_light_turns_by_working_days():
    friday, monday = june(13), june(16)
    for due, on, light in ((monday, friday, "near"), (june(18), friday, "near"), (june(19), friday, "ok")):
        assert limits.light(limits.Due(due, False), on) == light
    assert limits.light(limits.Due(friday, False), friday + timedelta(days=1)) == "over"
    assert limits.light(limits.Due(friday, False, held=True), monday) == "halt"
