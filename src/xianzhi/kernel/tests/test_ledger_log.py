"""The log: appended by several at once without loss, and its proofs out of stored nodes."""

import pytest
from django.db import connection, transaction

from xianzhi.kernel.ledger import log, merkle
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import Checkpoint, Event, LogEntry, LogNode, PendingLeaf
from xianzhi.kernel.tests import sample as the_sample


@pytest.fixture
def permits(people):
    cases = [the_sample.draft(people) for _ in range(3)]
    for case in cases:
        the_sample.advance(people, case, "issue")
    return cases


def test_pending_events_enter_in_the_order_of_their_ids(permits):
    ids = list(Event.objects.order_by("pk").values_list("pk", flat=True))
    assert log.append_pending(limit=5) == 5
    assert log.append_pending(limit=5) == 5
    assert log.append_all() == len(ids) - 10
    assert log.append_pending() == 0
    assert list(LogEntry.objects.order_by("index").values_list("event_id", flat=True)) == ids
    assert list(LogEntry.objects.order_by("index").values_list("index", flat=True)) == list(range(len(ids)))
    assert not PendingLeaf.objects.exists()
    assert LogNode.objects.count() == 2 * len(ids) - len(ids).bit_count()


def test_each_append_leaves_a_checkpoint(permits):
    log.append_pending(limit=4)
    log.append_all()
    sizes = list(Checkpoint.objects.order_by("size").values_list("size", "root"))
    assert sizes == [(4, log.root(4)), (Event.objects.count(), log.root())]


def test_an_empty_log_has_the_empty_root(db):
    assert log.append_pending() == 0
    assert log.root() == merkle.EMPTY.hex()


def test_every_event_is_proved_at_every_size(permits):
    log.append_all()
    size = log.size()
    for entry in LogEntry.objects.all():
        for among in range(entry.index + 1, size + 1):
            proof = log.inclusion_proof(entry.event_id, among)
            path = [bytes.fromhex(one) for one in proof.path]
            assert proof.root == log.root(among)
            assert merkle.verify_inclusion(entry.event.hash, proof.index, among, path, bytes.fromhex(proof.root))


def test_every_size_continues_every_earlier_one(permits):
    log.append_all()
    for new in range(1, log.size() + 1):
        for old in range(1, new + 1):
            path = [bytes.fromhex(one) for one in log.consistency_proof(old, new)]
            was, now = bytes.fromhex(log.root(old)), bytes.fromhex(log.root(new))
            assert merkle.verify_consistency(old, new, was, now, path)


def test_a_proof_takes_few_queries(permits, django_assert_max_num_queries):
    log.append_all()
    first = LogEntry.objects.first().event_id
    with django_assert_max_num_queries(3):
        log.inclusion_proof(first)
    with django_assert_max_num_queries(2):
        log.consistency_proof(3)


def test_what_cannot_be_proved_is_said(permits):
    event = Event.objects.first()
    with pytest.raises(LookupError, match="尚未进入账本"):
        log.inclusion_proof(event.pk)
    log.append_all()
    with pytest.raises(ValueError, match="账本只有"):
        log.root(log.size() + 1)
    with pytest.raises(ValueError, match="不在"):
        log.inclusion_proof(Event.objects.latest("pk").pk, 1)


def test_a_rolled_back_event_leaves_a_hole_that_harms_nothing(people):
    case = the_sample.draft(people)
    with pytest.raises(RuntimeError), transaction.atomic():
        the_sample.advance(people, case, "submit")
        raise RuntimeError("power cut")
    case.refresh_from_db()
    the_sample.advance(people, case, "submit")
    assert log.append_all() == 2
    assert verify() == []


def test_a_thousand_events_are_few_statements(people, django_assert_max_num_queries):
    case = the_sample.draft(people)
    body = Event.objects.get(case=case)
    Event.objects.bulk_create(
        Event(
            case=case, seq=seq, name=body.name, step_name=body.step_name, from_state="draft", to_state="draft",
            by_post="clock", on=body.on, at=body.at, prev="0" * 64, hash=f"{seq:064x}",
        ) for seq in range(2, 1001)
    )  # fmt: skip
    with django_assert_max_num_queries(25):
        assert log.append_pending(limit=1000) == 1000


APPEND = """
import sys
from xianzhi.kernel.ledger.log import append_pending
from xianzhi.kernel.models import PendingLeaf
done = 0
while PendingLeaf.objects.exists():
    done += append_pending(limit=3)
print(done)
"""


def test_several_processes_append_at_once(scratch):
    with the_sample.registered():
        people = the_sample.settle()
        for _ in range(6):
            the_sample.advance(people, the_sample.draft(people), "issue")
        total = Event.objects.count()
        connection.close()
        others = [scratch.python(APPEND) for _ in range(3)]
        said = [process.communicate(timeout=120) for process in others]
        assert [process.returncode for process in others] == [0, 0, 0], said
        assert sum(int(out) for out, _ in said) == total
        assert log.size() == LogEntry.objects.count() == total
        assert verify() == []
