"""The record of looks: with a reason, in a chain, unchangeable."""

import pytest
from django.db import DatabaseError, connection, transaction

from xianzhi.kernel.models import Look, LookHead
from xianzhi.kernel.personal.looks import NoReason, look_findings, record_export
from xianzhi.kernel.tests.sample import People

pytestmark = pytest.mark.django_db


def test_an_export_is_recorded_with_who_took_what_and_why(people: People) -> None:
    look = record_export(people.clerk, "办件清单", 37, "月底报送市局")
    assert (look.kind, look.account, look.what, look.count) == (Look.Kind.EXPORT, people.clerk, "办件清单", 37)
    assert look.post and look.unit_id
    assert list(look_findings()) == []


@pytest.mark.parametrize("reason", ["", "   ", "看看", "  a  b "])
def test_a_look_without_a_reason_is_refused(people: People, reason: str) -> None:
    with pytest.raises(NoReason, match="理由"):
        record_export(people.clerk, "办件清单", 1, reason)
    assert not Look.objects.exists()


def test_a_reason_gives_no_number_away(people: People) -> None:
    look = record_export(people.clerk, "办件清单", 1, "核对 140826199003070010 的电话 13800001111")
    assert look.reason == "核对 140***********0010 的电话 138****1111"


def test_looks_cannot_be_changed_or_deleted(people: People) -> None:
    record_export(people.clerk, "办件清单", 1, "月底报送市局")
    for change in (lambda: Look.objects.update(reason="别的理由"), lambda: Look.objects.all().delete()):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_changed_look_and_a_cut_tail_are_found(people: People) -> None:
    for number in range(3):
        record_export(people.clerk, f"清单{number}", 1, "月底报送市局")
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER kernel_look_no_update")
            cursor.execute("UPDATE kernel_look SET reason = '别的理由' WHERE seq = 2")
        assert [finding.where for finding in look_findings()] == ["个人信息查看记录第 2 条"]
    LookHead.objects.update(size=4)
    assert any("末尾" in finding.what for finding in look_findings())
