"""In force on a day: the table of rule G-14, its borders, and what ends an instrument."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.law.force import Change, Changed, Effect, Standing, Terms, in_force, last_day, years_later

SAND = Terms(date(2024, 2, 28), Effect.PUBLISHED, trial=True)
WASTE = Terms(date(2024, 3, 28))
POWER = Terms(date(2024, 3, 13), Effect.DATED, years=3)
CENSUS = Terms(date(2024, 2, 29), tasks_until=date(2026, 6, 30))
DAYS = (date(2024, 2, 27), date(2024, 3, 1), date(2025, 6, 30), date(2027, 3, 13), date(2027, 3, 14))
TABLE = (
    (SAND, "not_yet trial trial trial trial"),
    (WASTE, "not_yet not_yet in_force in_force in_force"),
    (POWER, "not_yet not_yet in_force in_force expired"),
    (CENSUS, "not_yet in_force in_force tasks_ended tasks_ended"),
)


@pytest.mark.parametrize(("terms", "expected"), TABLE)
def test_the_table_of_the_rule(terms: Terms, expected: str) -> None:
    assert " ".join(in_force(terms, day).standing for day in DAYS) == expected


def test_from_publication_is_assumed_until_the_day_is_known() -> None:
    assert in_force(SAND, date(2024, 3, 1)).assumed
    known = Terms(date(2024, 2, 28), Effect.PUBLISHED, published=date(2024, 3, 5))
    assert in_force(known, date(2024, 3, 4)).standing == Standing.NOT_YET
    found = in_force(known, date(2024, 3, 5))
    assert (found.standing, found.assumed) == (Standing.IN_FORCE, False)


def test_a_named_day_of_effect_and_a_named_last_day() -> None:
    named = Terms(date(2024, 3, 1), Effect.DAY, effective=date(2024, 5, 1), until=date(2024, 12, 31))
    standings = [in_force(named, day).standing for day in (date(2024, 4, 30), date(2024, 5, 1), date(2025, 1, 1))]
    assert standings == [Standing.NOT_YET, Standing.IN_FORCE, Standing.EXPIRED]


def test_a_trial_without_an_end_ends_by_the_countys_rule_only() -> None:
    assert last_day(SAND) is None
    assert last_day(SAND, trial_years=2) == date(2026, 2, 28)
    assert in_force(SAND, date(2026, 3, 1), trial_years=2).standing == Standing.EXPIRED


def test_what_is_repealed_stays_repealed_and_says_by_what() -> None:
    repealed = Terms(date(2024, 3, 28), changes=(Changed(Change.REPEAL, date(2025, 7, 1), basis="绛示〔2025〕1号"),))
    assert in_force(repealed, date(2025, 6, 30)).standing == Standing.IN_FORCE
    found = in_force(repealed, date(2025, 7, 1))
    assert (found.standing, found.basis) == (Standing.REPEALED, "绛示〔2025〕1号")


def test_what_had_expired_before_its_repeal_is_expired() -> None:
    late = Terms(date(2024, 3, 13), years=1, changes=(Changed(Change.REPEAL, date(2026, 1, 1)),))
    assert in_force(late, date(2026, 2, 1)).standing == Standing.EXPIRED


def test_an_extension_moves_the_last_day_and_never_back() -> None:
    longer = Terms(date(2024, 3, 13), years=3, changes=(Changed(Change.EXTEND, date(2026, 1, 1), date(2028, 3, 13)),))
    assert in_force(longer, date(2027, 3, 14)).standing == Standing.IN_FORCE
    shorter = Terms(date(2024, 3, 13), years=3, changes=(Changed(Change.EXTEND, date(2026, 1, 1), date(2026, 3, 1)),))
    assert last_day(shorter) == date(2027, 3, 13)


def test_a_suspension_ends_with_its_last_day() -> None:
    paused = Terms(date(2024, 3, 28), changes=(Changed(Change.SUSPEND, date(2025, 1, 1), date(2025, 1, 31)),))
    standings = [in_force(paused, date(2025, *day)).standing for day in ((1, 1), (1, 31), (2, 1))]
    assert standings == [Standing.SUSPENDED, Standing.SUSPENDED, Standing.IN_FORCE]


def test_nothing_known_is_unknown() -> None:
    assert in_force(Terms(None), date(2024, 1, 1)).standing == Standing.UNKNOWN


def test_years_end_on_the_same_day_and_in_february_on_the_last() -> None:
    assert years_later(date(2024, 3, 13), 3) == date(2027, 3, 13)
    assert years_later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert years_later(date(2024, 2, 29), 4) == date(2028, 2, 29)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(1, 9))
def test_the_last_day_is_in_force_and_the_next_is_not(dated: date, years: int) -> None:
    terms = Terms(dated, years=years)
    last = last_day(terms)
    assert last is not None
    assert in_force(terms, last).live
    assert in_force(terms, last + timedelta(days=1)).standing == Standing.EXPIRED
