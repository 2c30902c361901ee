"""Time limits: worked examples of the law's rules, then promises that hold for any dates."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import holidays
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.law.timing import (
    Budget,
    Count,
    Due,
    Pause,
    WorkingCalendar,
    add_months,
    budget,
    days_before,
    due_date,
    merge_pauses,
    standing,
)

DATA = yaml.safe_load((Path(__file__).parents[1] / "calendars" / "cn.yaml").read_text(encoding="utf-8"))
CN = WorkingCalendar(DATA)
UNPUBLISHED = WorkingCalendar({})

days = st.dates(date(2022, 12, 1), date(2027, 3, 1))
amounts = st.integers(0, 90)
counts = st.sampled_from(Count)


@st.composite
def closed_pauses(draw: st.DrawFn) -> Pause:
    from_ = draw(days)
    return Pause(from_, from_ + timedelta(draw(st.integers(0, 40))))


ledgers = st.lists(closed_pauses(), max_size=4)


def day(text: str) -> date:
    return date.fromisoformat(text)


def each_day(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(offset)


# --- the calendar -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_every_day_of_a_published_year_agrees_with_a_second_source(year: int) -> None:
    other = holidays.country_holidays("CN", years=[year])
    differing = [
        d for d in each_day(date(year, 1, 1), date(year, 12, 31)) if CN.is_working(d) != other.is_working_day(d)
    ]
    assert differing == []


def test_working_days_of_each_year_add_up() -> None:
    totals = {y: CN.working_days_between(date(y - 1, 12, 31), date(y, 12, 31)) for y in (2024, 2025, 2026)}
    assert totals == {2024: 251, 2025: 248, 2026: 248}


def test_every_year_names_its_notice() -> None:
    assert {year: CN.notice(year) for year in range(2023, 2028)} == {
        2023: "国办发明电〔2022〕16号",
        2024: "国办发明电〔2023〕7号",
        2025: "国办发明电〔2024〕12号",
        2026: "国办发明电〔2025〕7号",
        2027: None,
    }


def test_a_year_without_its_notice_counts_plain_weekends_and_says_so() -> None:
    assert not CN.is_published(day("2027-02-10"))
    assert CN.is_working(day("2027-10-01"))  # a Friday
    assert not CN.is_working(day("2027-10-02"))


@pytest.mark.parametrize(
    ("on", "published"), [("2026-12-24", True), ("2026-12-25", False), ("2026-12-31", False), ("2025-12-31", True)]
)
def test_the_last_week_of_december_waits_for_the_next_notice_too(on: str, published: bool) -> None:
    assert CN.is_published(day(on)) is published


def test_a_notice_may_move_days_of_the_december_before_it() -> None:
    moved = WorkingCalendar({2019: {"notice": "甲", "off": ["2018-12-31", "2019-01-01"], "on": ["2018-12-29"]}})
    assert moved.is_working(day("2018-12-29"))
    assert not moved.is_working(day("2018-12-31"))


def test_acceptance_took_eight_working_days_because_one_saturday_was_worked() -> None:
    assert CN.is_working(day("2024-05-11"))
    assert CN.working_days_between(day("2024-05-06"), day("2024-05-15")) == 8
    assert CN.working_days_between(day("2024-05-15"), day("2024-05-06")) == -8


def test_dates_may_come_as_text_or_as_dates() -> None:
    as_text = WorkingCalendar({2024: {"notice": "甲", "off": ["2024-05-01"], "on": []}})
    as_date = WorkingCalendar({2024: {"notice": "甲", "off": [date(2024, 5, 1)]}})
    assert not as_text.is_working(day("2024-05-01")) and not as_date.is_working(day("2024-05-01"))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"off": []}, "2024年工作日历缺少放假通知文号"),
        ({"notice": "甲", "off": ["2024-05-11"]}, "2024年工作日历 off 中的 2024-05-11 本来就是周末"),
        ({"notice": "甲", "on": ["2024-05-10"]}, "2024年工作日历 on 中的 2024-05-10 本来就是周一至周五"),
        ({"notice": "甲", "off": ["2025-05-01"]}, "2024年工作日历 off 中的 2025-05-01 不在该年通知范围内"),
        (yaml.safe_load("{notice: 甲, off: [2024-05-01]}"), "2024年工作日历中的“False”无法识别.*要加引号"),
        ({"notice": "甲", "off": ["5月1日"]}, "2024年工作日历 off 中的“5月1日”不是日期"),
    ],
)
def test_a_wrong_entry_is_refused_by_year_and_day(entry: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        WorkingCalendar({2024: entry})


@given(days, st.integers(1, 120))
def test_adding_working_days_is_the_inverse_of_counting_them(start: date, n: int) -> None:
    assert CN.working_days_between(start, CN.add_working_days(start, n)) == n


@given(days, amounts)
def test_a_working_day_limit_never_ends_on_a_rest_day(start: date, n: int) -> None:
    assert CN.is_working(CN.add_working_days(start, n))


@given(days, days, amounts, amounts)
def test_adding_working_days_is_monotone_in_start_and_number(a: date, b: date, m: int, n: int) -> None:
    assert CN.add_working_days(min(a, b), n) <= CN.add_working_days(max(a, b), n)
    assert CN.add_working_days(a, min(m, n)) <= CN.add_working_days(a, max(m, n))


@given(days, days, days)
def test_counting_is_additive(a: date, b: date, c: date) -> None:
    count = CN.working_days_between
    assert count(a, b) + count(b, c) == count(a, c)


# --- due dates --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "due"),
    [
        ("2024-05-20", "2024-06-20"),
        ("2024-01-31", "2024-02-29"),
        ("2024-08-31", "2024-09-30"),
        ("2024-09-01", "2024-10-08"),
        ("2024-11-08", "2024-12-09"),
        ("2024-12-31", "2025-02-05"),
        ("2025-04-05", "2025-05-06"),
    ],
)
def test_settlement_is_due_one_month_on_or_the_next_working_day(end: str, due: str) -> None:
    assert due_date(day(end), 1, Count.MONTH, CN).on == day(due)


def test_a_limit_that_rolls_shows_from_where_and_how_far() -> None:
    due = due_date(day("2024-09-01"), 1, Count.MONTH, CN)
    assert due == Due(day("2024-10-08"), provisional=False, moved_from=day("2024-10-01"), rolled=7)


@pytest.mark.parametrize(
    ("start", "amount", "due"),
    [
        ("2024-09-25", 10, "2024-10-14"),
        ("2024-09-24", 7, "2024-10-09"),
        ("2024-09-24", 20, "2024-10-25"),
        ("2024-06-03", 30, "2024-07-16"),
        ("2024-09-10", 5, "2024-09-18"),
        ("2024-09-26", 7, "2024-10-11"),
        ("2024-09-26", 0, "2024-09-26"),
    ],
)
def test_working_days_skip_holidays_and_keep_worked_weekends(start: str, amount: int, due: str) -> None:
    assert due_date(day(start), amount, Count.WORKDAY, CN) == Due(day(due), provisional=False)


def test_three_years_that_do_not_roll_and_the_renewal_before_them() -> None:
    due = due_date(day("2024-03-13"), 3, Count.YEAR, CN, rolls=False)
    assert due == Due(day("2027-03-13"), provisional=False)  # certain: no notice decides it
    assert days_before(due.on, 180) == day("2026-09-14")
    assert due_date(day("2024-03-13"), 3, Count.YEAR, CN) == Due(
        day("2027-03-15"), provisional=True, moved_from=day("2027-03-13"), rolled=2
    )


def test_a_year_from_a_leap_day_ends_on_the_last_of_february() -> None:
    assert due_date(day("2024-02-29"), 1, Count.YEAR, CN).on == day("2025-02-28")


def test_a_limit_that_needs_an_unpublished_notice_is_provisional() -> None:
    assert due_date(day("2026-12-21"), 3, Count.WORKDAY, CN) == Due(day("2026-12-24"), provisional=False)
    assert due_date(day("2026-12-21"), 4, Count.WORKDAY, CN).provisional
    assert due_date(day("2026-12-01"), 2, Count.MONTH, CN).provisional


def test_a_negative_limit_is_refused() -> None:
    for count in Count:
        with pytest.raises(ValueError, match="时限不能是负数：-1"):
            due_date(day("2024-01-02"), -1, count, CN)


@given(days, st.integers(0, 48))
def test_a_month_later_is_the_same_day_or_the_last_of_the_month(start: date, n: int) -> None:
    end = add_months(start, n)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end.day < start.day and (end + timedelta(1)).day == 1)


@given(days, amounts, counts)
def test_a_limit_that_rolls_ends_on_a_working_day_and_never_earlier(start: date, n: int, count: Count) -> None:
    plain = due_date(start, n, count, CN, rolls=False)
    rolled = due_date(start, n, count, CN)
    assert CN.is_working(rolled.on)
    assert rolled.on >= plain.on
    assert rolled.moved_from == (plain.on if rolled.on != plain.on else None)
    assert not any(CN.is_working(d) for d in each_day(plain.on, rolled.on - timedelta(1)))


@given(days, st.integers(0, 365))
def test_days_are_certain_when_they_do_not_roll(start: date, n: int) -> None:
    assert due_date(start, n, Count.DAY, UNPUBLISHED, rolls=False) == Due(start + timedelta(n), provisional=False)
    assert due_date(start, n, Count.DAY, UNPUBLISHED).provisional


# --- pauses -----------------------------------------------------------------------------------------------------


def test_ninety_days_are_moved_by_twelve_paused_ones() -> None:
    filed = day("2024-07-01")
    assert due_date(filed, 90, Count.DAY, CN).on == day("2024-09-29")
    opinion = Pause(day("2024-08-01"), day("2024-08-13"))
    assert due_date(filed, 90, Count.DAY, CN, pauses=[opinion]) == Due(day("2024-10-11"), False, paused=12)


def test_the_day_of_the_pause_is_not_counted_and_the_day_of_resuming_is() -> None:
    # Monday; Tuesday counts; paused Wednesday and Thursday; resumed Friday, which is the second day.
    pause = Pause(day("2024-03-06"), day("2024-03-08"))
    assert due_date(day("2024-03-04"), 2, Count.WORKDAY, CN, pauses=[pause]).on == day("2024-03-08")


def test_a_month_is_lengthened_by_its_paused_calendar_days_then_rolls() -> None:
    pause = Pause(day("2024-05-21"), day("2024-05-23"))
    due = due_date(day("2024-05-20"), 1, Count.MONTH, CN, pauses=[pause])
    assert due == Due(day("2024-06-24"), False, moved_from=day("2024-06-22"), rolled=2, paused=2)


def test_a_limit_cannot_end_while_it_is_paused() -> None:
    # The month ends on Saturday 8 June; the pause begins on the day of rest before the Monday it would move to.
    pause = Pause(day("2024-06-09"), day("2024-06-13"))
    assert due_date(day("2024-05-08"), 1, Count.MONTH, CN, pauses=[pause]).on == day("2024-06-13")


def test_an_open_pause_holds_the_limit_and_gives_its_earliest_end() -> None:
    pause = Pause(day("2024-03-06"))
    start = day("2024-03-04")
    unknown = due_date(start, 5, Count.WORKDAY, CN, pauses=[pause])
    assert (unknown.held, unknown.on) == (True, day("2024-03-11"))
    later = due_date(start, 5, Count.WORKDAY, CN, pauses=[pause], on=day("2024-03-13"))
    assert (later.held, later.on, later.paused) == (True, day("2024-03-18"), 5)


def test_an_open_pause_that_follows_a_closed_one_keeps_its_days() -> None:
    pauses = [Pause(day("2024-03-05"), day("2024-03-08")), Pause(day("2024-03-08"))]
    due = due_date(day("2024-03-04"), 5, Count.WORKDAY, CN, pauses=pauses)
    assert (due.held, due.on, due.paused) == (True, day("2024-03-14"), 3)


def test_an_open_pause_after_the_end_changes_nothing() -> None:
    pauses = [Pause(day("2024-03-12"))]
    due = due_date(day("2024-03-04"), 5, Count.WORKDAY, CN, pauses=pauses, on=day("2024-05-01"))
    assert due == Due(day("2024-03-11"), provisional=False)


def test_a_pause_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="恢复日期 2024-03-05 早于暂停日期 2024-03-06"):
        Pause(day("2024-03-06"), day("2024-03-05"))


@given(days, amounts, counts, ledgers, closed_pauses())
def test_one_more_pause_never_shortens_a_limit(
    start: date, n: int, count: Count, ledger: list[Pause], more: Pause
) -> None:
    assert due_date(start, n, count, CN, pauses=[*ledger, more]).on >= due_date(start, n, count, CN, pauses=ledger).on


@given(days, st.integers(1, 90), counts, ledgers)
def test_a_paused_limit_ends_on_a_day_that_runs_and_works(
    start: date, n: int, count: Count, ledger: list[Pause]
) -> None:
    due = due_date(start, n, count, CN, pauses=ledger)
    assert CN.is_working(due.on)
    assert not any(pause.covers(due.on) for pause in ledger)


@given(days, amounts, counts, ledgers, days, st.integers(0, 60))
def test_an_open_pause_never_ends_sooner_than_promised(
    start: date, n: int, count: Count, ledger: list[Pause], opened: date, wait: int
) -> None:
    promised = due_date(start, n, count, CN, pauses=[*ledger, Pause(opened)])
    resumed = due_date(start, n, count, CN, pauses=[*ledger, Pause(opened, opened + timedelta(wait))])
    assert resumed.on >= promised.on
    if not promised.held:
        assert resumed == promised


@given(st.lists(closed_pauses() | st.builds(Pause, days), max_size=5))
def test_merging_keeps_the_paused_days_and_is_done_once(ledger: list[Pause]) -> None:
    merged = merge_pauses(ledger)
    assert merge_pauses(merged) == merged
    assert merge_pauses(reversed(ledger)) == merged
    assert all(a.to is not None and a.to < b.from_ for a, b in pairwise(merged))
    for d in each_day(date(2022, 12, 1), date(2027, 5, 1)):
        assert any(p.covers(d) for p in merged) == any(p.covers(d) for p in ledger)


# --- the budget and the light -------------------------------------------------------------------------------------


def test_a_budget_shows_one_cell_a_day() -> None:
    start, pause = day("2024-03-04"), Pause(day("2024-03-06"), day("2024-03-08"))
    at = {
        on: budget(start, 5, Count.WORKDAY, CN, [pause], day(on))
        for on in ("2024-03-01", "2024-03-04", "2024-03-07", "2024-03-13", "2024-03-15")
    }
    assert at == {
        "2024-03-01": Budget(of=5, rolled=0, used=0, held=0, left=5),
        "2024-03-04": Budget(of=5, rolled=0, used=0, held=0, left=5),
        "2024-03-07": Budget(of=5, rolled=0, used=1, held=2, left=4),
        "2024-03-13": Budget(of=5, rolled=0, used=5, held=2, left=0),
        "2024-03-15": Budget(of=5, rolled=0, used=7, held=2, left=-2),
    }


def test_a_month_is_shown_in_calendar_days_with_those_it_rolled() -> None:
    end = day("2024-09-01")
    assert budget(end, 1, Count.MONTH, CN, (), day("2024-10-05")) == Budget(of=30, rolled=7, used=34, held=0, left=3)
    assert budget(end, 1, Count.MONTH, CN, (), day("2024-10-10")).left == -2
    assert budget(end, 1, Count.MONTH, CN, (), day("2024-10-05"), rolls=False).left == -4


def test_an_open_pause_uses_up_nothing_more() -> None:
    pauses = [Pause(day("2024-03-06"))]
    early = budget(day("2024-03-04"), 5, Count.WORKDAY, CN, pauses, day("2024-03-06"))
    late = budget(day("2024-03-04"), 5, Count.WORKDAY, CN, pauses, day("2024-03-15"))
    assert (early.used, early.held, early.left) == (1, 1, 4)
    assert (late.used, late.held, late.left) == (1, 8, 4)


@given(days, amounts, counts, ledgers, days)
def test_a_budget_adds_up_and_agrees_with_the_due_date(
    start: date, n: int, count: Count, ledger: list[Pause], on: date
) -> None:
    found = budget(start, n, count, CN, ledger, on)
    due = due_date(start, n, count, CN, pauses=ledger).on
    assert found.of + found.rolled == found.used + found.left
    if found.left > 0:
        assert on < due
    if found.left < 0:
        assert on > due
    assert budget(start, n, count, CN, ledger, due).left == 0


@pytest.mark.parametrize(
    ("on", "held", "expected"),
    [
        ("2024-03-05", False, "ok"),
        ("2024-03-08", False, "near"),
        ("2024-03-11", False, "near"),
        ("2024-03-12", False, "over"),
        ("2024-03-12", True, "halt"),
    ],
)
def test_the_light(on: str, held: bool, expected: str) -> None:
    assert standing(day("2024-03-11"), day(on), near_days=3, held=held) == expected
