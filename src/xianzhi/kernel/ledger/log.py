"""The one log over all events: appending what the door left pending, its roots, and proofs out of stored nodes."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q

from xianzhi.kernel import clock
from xianzhi.kernel.ledger import merkle
from xianzhi.kernel.models import Checkpoint, Event, LogEntry, LogHead, LogNode, PendingLeaf

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Proof:
    """That an event stands at a place in the log that has this root."""

    index: int
    size: int
    hash: str
    path: tuple[str, ...]
    root: str

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def append_pending(limit: int = BATCH) -> int:
    """Puts pending events into the log, at most `limit` of them, with a checkpoint; gives their number.

    Whoever appends holds the log's head, so that several processes take turns. Events come in the order of their ids
    as far as they are committed; an id that is missing, or committed later, is no harm.
    """
    with transaction.atomic():
        head = _head()
        wanted = PendingLeaf.objects.order_by("event_id").values("event_id")[:limit]
        pending = list(Event.objects.filter(pk__in=wanted).order_by("pk").values_list("pk", "hash"))
        if not pending:
            return 0
        tree = _tree(head.size)
        entries = [LogEntry(index=tree.size + n, event_id=pk, hash=digest) for n, (pk, digest) in enumerate(pending)]
        LogEntry.objects.bulk_create(entries)
        LogNode.objects.bulk_create(
            LogNode(level=level, index=index, hash=found.hex())
            for _, digest in pending
            for (level, index), found in tree.add(digest)
        )
        PendingLeaf.objects.filter(event_id__in=[pk for pk, _ in pending]).delete()
        LogHead.objects.filter(pk=head.pk).update(size=tree.size)
        Checkpoint.objects.create(size=tree.size, root=tree.root().hex(), at=clock.now())
        return len(pending)


def append_all() -> int:
    """Puts every pending event into the log; gives their number."""
    appended = 0
    while found := append_pending():
        appended += found
    return appended


def size() -> int:
    """How many events the log holds."""
    return LogHead.objects.values_list("size", flat=True).first() or 0


def root(of: int | None = None) -> str:
    """The root of the log, or of its first `of` events, as 64 hexadecimal digits."""
    span = (0, _within(of))
    return _hashes([span])[0]


def inclusion_proof(event_id: int, of: int | None = None) -> Proof:
    """The proof that an event is among the first `of` of the log, or in the whole of it.

    Raises LookupError when it is not in the log yet, ValueError when it came later.
    """
    entry = LogEntry.objects.filter(event_id=event_id).first()
    if entry is None:
        raise LookupError("这条办理记录尚未进入账本，请稍候或运行 xianzhi tick")
    among = _within(of)
    *path, top = _hashes([*merkle.inclusion_ranges(entry.index, among), (0, among)])
    return Proof(entry.index, among, entry.hash, tuple(path), top)


def consistency_proof(old: int, new: int | None = None) -> list[str]:
    """The hashes proving that the log of `new` events (all of them) continues that of `old`."""
    return _hashes(merkle.consistency_ranges(old, _within(new)))


def _within(of: int | None) -> int:
    there = size()
    if of is not None and not 0 <= of <= there:
        raise ValueError(f"账本只有 {there} 项，没有 {of} 项时的根")
    return there if of is None else of


def _head() -> LogHead:
    """The log's head, locked; made when there is none."""
    found = LogHead.objects.select_for_update().first()
    if found is None:
        LogHead.objects.bulk_create([LogHead(pk=1)], ignore_conflicts=True)  # another process may be doing the same
        found = LogHead.objects.select_for_update().get()
    return found


def _tree(of: int) -> merkle.Growing:
    peaks = merkle.places((0, of))
    stored = _stored(peaks)
    return merkle.Growing(of, [stored[place] for place in peaks])


def _hashes(ranges: Iterable[merkle.Range]) -> list[str]:
    """The hashes of some ranges, in one query."""
    spans = list(ranges)
    stored = _stored(place for span in spans for place in merkle.places(span))
    return [found.hex() for found in merkle.hashes(spans, stored.__getitem__)]


def _stored(wanted: Iterable[merkle.Place]) -> dict[merkle.Place, bytes]:
    by_level: dict[int, list[int]] = {}
    for level, index in wanted:
        by_level.setdefault(level, []).append(index)
    if not by_level:
        return {}
    match = Q()
    for level, indexes in by_level.items():
        match |= Q(level=level, index__in=indexes)
    rows = LogNode.objects.filter(match).values_list("level", "index", "hash")
    return {(level, index): bytes.fromhex(found) for level, index, found in rows}
