"""What the door does with values that no record holds."""

import pytest
from django.db import DataError, connection

from xianzhi.kernel import door, registry
from xianzhi.kernel.models import Subject
from xianzhi.kernel.tests import sample as the_sample


def test_words_too_long_for_a_title_are_refused_by_the_step(people):
    def opened(why: str):
        return door.open_case(
            the_sample.Permit, the_sample.Permit.prepare, by=people.applicant, title=f"示例 {why}",
            division=the_sample.VILLAGE, subject=people.applicant.subject, data={**the_sample.OPENING, "area": why},
        )  # fmt: skip

    with pytest.raises(door.Refused, match="不是数"):
        opened("长" * 500)
    assert len(opened("1" + "0" * 12).title) < 120


def test_a_value_that_a_record_cannot_hold_refuses_the_step_and_leaves_nothing(people, monkeypatch):
    def write_too_much(event, attempt):
        Subject.objects.create(kind=Subject.PERSON, name="名" * 500, code="X")
        if connection.vendor == "sqlite":  # which takes words of any length
            raise DataError

    case = the_sample.draft(people)
    monkeypatch.setitem(registry.effects, the_sample.Permit.submit.origin, write_too_much)
    with pytest.raises(door.Refused, match="太长"):
        door.take_step(case, "submit", by=people.applicant)
    case.refresh_from_db()
    assert (case.state, case.seq, case.events.count()) == ("draft", 1, 1)
    assert not Subject.objects.filter(code="X").exists()
