"""The one clock, and the values that are read again now and then."""

from datetime import UTC, date, datetime

import pytest

from xianzhi.kernel import clock, registry


def test_a_moment_of_another_zone_is_told_in_the_countys_own():
    with clock.at(datetime(2025, 4, 15, 17, tzinfo=UTC)):  # one in the morning of the next day in the county
        assert clock.today() == date(2025, 4, 16)
        assert clock.now().isoformat() == "2025-04-16T01:00:00+08:00"


@pytest.mark.django_db
def test_parameters_are_there_while_another_thread_forgets_them(monkeypatch):
    registry.parameters()

    class Meanwhile:
        @staticmethod
        def monotonic() -> float:
            registry.forget()
            return 0.0

    monkeypatch.setattr(registry, "time", Meanwhile)
    assert registry.parameters() is not None
