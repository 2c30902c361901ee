"""Verifying the log: every event in it once, its tree grown anew, every node and checkpoint compared."""

from collections.abc import Iterator
from itertools import islice

from django.db.models import Q

from xianzhi.kernel.ledger import merkle
from xianzhi.kernel.ledger.snapshot import CHUNK
from xianzhi.kernel.models import Checkpoint, Event, LogEntry, LogHead, LogNode, PendingLeaf
from xianzhi.law.errors import Finding

LOG = "账本"
RESTORE = "请与备份或外部保存的检查点核对，查明改动来源"


def log_findings() -> Iterator[Finding]:
    """Everything in the log that does not agree with the events or with itself."""
    yield from _left_out()
    yield from _tree()


def _left_out() -> Iterator[Finding]:
    pending = PendingLeaf.objects.values("event_id")
    out = Event.objects.filter(log_entry=None).exclude(pk__in=pending).select_related("case")
    for event in out.order_by("pk").iterator(chunk_size=CHUNK):
        yield Finding("既不在账本中，也不在待入账之列", _where(event), RESTORE)
    known = Event.objects.filter(log_entry=None).values("pk")
    for row in PendingLeaf.objects.exclude(event_id__in=known).iterator(chunk_size=CHUNK):
        yield Finding(f"待入账的记录 {row.event_id} 不存在或已在账本中", LOG, RESTORE)


def _tree() -> Iterator[Finding]:
    tree, expected = merkle.Growing(), 0
    checkpoints = Checkpoint.objects.order_by("size").iterator(chunk_size=CHUNK)
    checkpoint = next(checkpoints, None)
    entries = LogEntry.objects.order_by("index").values_list("index", "hash", "event_id").iterator(chunk_size=CHUNK)
    while rows := list(islice(entries, CHUNK)):
        yield from _agree(rows)
        grown: dict[merkle.Place, str] = {}
        for index, digest, _ in rows:
            if index != expected:
                yield Finding(f"缺第 {expected} 项，其后无法重算", LOG, RESTORE)
                return
            expected += 1
            grown.update((place, found.hex()) for place, found in tree.add(digest))
            while checkpoint is not None and checkpoint.size <= tree.size:
                yield from _checkpoint(checkpoint, tree)
                checkpoint = next(checkpoints, None)
        yield from _nodes(grown)
    for left in (checkpoint, *checkpoints) if checkpoint else ():
        yield Finding(f"检查点记有 {left.size} 项，账本只有 {tree.size} 项", LOG, RESTORE)
    yield from _counts(tree.size)


def _agree(rows: list[tuple[int, str, int]]) -> Iterator[Finding]:
    """The log holds the hashes that the events have."""
    events = Event.objects.select_related("case").only("seq", "hash", "case__number").in_bulk([pk for *_, pk in rows])
    for index, digest, pk in rows:
        if pk not in events:
            yield Finding(f"第 {index} 项对应的办理记录不存在", LOG, RESTORE)
        elif events[pk].hash != digest:
            yield Finding(f"hash 与账本第 {index} 项不符，入账后被改动", _where(events[pk]), RESTORE)


def _checkpoint(checkpoint: Checkpoint, tree: merkle.Growing) -> Iterator[Finding]:
    if checkpoint.size == tree.size and checkpoint.root != tree.root().hex():
        yield Finding(f"{checkpoint.size} 项时的检查点与重算的账本根不符", LOG, RESTORE)


def _nodes(grown: dict[merkle.Place, str]) -> Iterator[Finding]:
    match = Q()
    by_level: dict[int, list[int]] = {}
    for level, index in grown:
        by_level.setdefault(level, []).append(index)
    for level, indexes in by_level.items():
        match |= Q(level=level, index__range=(min(indexes), max(indexes)))
    rows = LogNode.objects.filter(match).values_list("level", "index", "hash")
    stored = {(level, index): found for level, index, found in rows}
    for place, found in grown.items():
        if stored.get(place) != found:
            level, index = place
            yield Finding(f"节点（层 {level}，序 {index}）与重算的不符", LOG, RESTORE)


def _counts(size: int) -> Iterator[Finding]:
    head = LogHead.objects.values_list("size", flat=True).first() or 0
    if head != size:
        yield Finding(f"账本头记有 {head} 项，实有 {size} 项", LOG, RESTORE)
    nodes = LogNode.objects.count()
    if nodes > 2 * size - size.bit_count():
        yield Finding(f"节点多出 {nodes - 2 * size + size.bit_count()} 个", LOG, RESTORE)


def _where(event: Event) -> str:
    return f"办件 {event.case.number} 第 {event.seq} 条"
