"""Numbers in a series: none left out, none twice, whoever asks at the same time."""

import threading

import pytest
from django.db import connection, transaction

from xianzhi.kernel.models import Series
from xianzhi.kernel.numbers import next_number

FORM = "示许〔{year}〕{serial:04d}"


def test_numbers_follow_one_another_by_form_and_year(db):
    assert [next_number(FORM, 2025) for _ in range(3)] == ["示许〔2025〕0001", "示许〔2025〕0002", "示许〔2025〕0003"]
    assert next_number(FORM, 2026) == "示许〔2026〕0001"
    assert next_number("办〔{year}〕{serial:05d}", 2025) == "办〔2025〕00001"


def test_the_number_of_a_failed_transaction_is_given_to_the_next(db):
    next_number(FORM, 2025)
    with pytest.raises(RuntimeError), transaction.atomic():
        assert next_number(FORM, 2025) == "示许〔2025〕0002"
        raise RuntimeError("refused")
    assert next_number(FORM, 2025) == "示许〔2025〕0002"


def test_eight_writers_at_once_leave_no_gap(scratch):
    """Each takes ten numbers, and every third of its transactions fails after taking one."""
    given: list[str] = []
    start = threading.Barrier(8)

    def write() -> None:
        start.wait(timeout=30)
        for turn in range(15):
            try:
                with transaction.atomic():
                    number = next_number(FORM, 2025)
                    if turn % 3 == 2:
                        raise RuntimeError("refused")
                given.append(number)  # only what was committed
            except RuntimeError:
                pass
        connection.close()

    writers = [threading.Thread(target=write) for _ in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(timeout=120)
    assert sorted(given) == [FORM.format(year=2025, serial=serial) for serial in range(1, 81)]
    assert Series.objects.get().last == 80
