"""The ledger as a file of JSON lines that anyone can check with `verifier.py` and a Python interpreter.

First a header; then, in the order of the log, every event with its canonical body, and every checkpoint at its place;
last, for every case, how many events it has and the hash of the last.
Where one case is exported, each event has its proof.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.ledger import chain, log
from xianzhi.kernel.ledger.snapshot import CHUNK, snapshot
from xianzhi.kernel.models import Case, Checkpoint, LogEntry

FORM = "xianzhi-ledger-1"
VERIFIER = Path(__file__).with_name("verifier.py")


def export(file: Path, case: Case | None = None) -> dict[str, Any]:
    """Writes the whole log, or one case of it, to a file, and the verifier beside it; gives the header.

    What is still pending is put into the log first. The file appears under its name only when it is whole.
    """
    log.append_all()
    partial = file.with_name(f".{file.name}.part")
    try:
        with snapshot(), partial.open("wb") as target:
            lines = _lines(case)
            header = next(lines)
            target.write(_line(header))
            target.writelines(map(_line, lines))
        os.replace(partial, file)
    finally:
        partial.unlink(missing_ok=True)
    shutil.copyfile(VERIFIER, file.with_name(VERIFIER.name))
    return header


def proof(case: Case, seq: int) -> dict[str, Any]:
    """One event with the proof that it is in the log. Raises LookupError when it does not exist or is not in yet."""
    event = case.events.filter(seq=seq).first()
    if event is None:
        raise LookupError(f"办件 {case.number} 没有第 {seq} 条办理记录")
    found = log.inclusion_proof(event.pk)
    return {"number": case.number, "body": chain.body_of(event), "prev": event.prev, **found.as_data()}


def _line(found: dict[str, Any]) -> bytes:
    return chain.canonical(found) + b"\n"


def _lines(case: Case | None) -> Iterator[dict[str, Any]]:
    size = log.size()
    header: dict[str, Any] = {
        "form": FORM,
        "product": "xianzhi",
        "county": {"code": county().code, "name": county().name},
        "at": clock.now().isoformat(timespec="seconds"),
        "size": size,
        "root": log.root(size),
    }
    yield {**header, "case": case.number} if case else header
    ends: dict[str, dict[str, Any]] = {}
    checkpoints = Checkpoint.objects.order_by("size").iterator(chunk_size=CHUNK)
    checkpoint = None if case else next(checkpoints, None)
    for entry in _entries(case).iterator(chunk_size=CHUNK):
        event, number = entry.event, entry.event.case.number
        hashed = {"body": chain.body_of(event), "prev": event.prev, "hash": event.hash}
        path = {"path": log.inclusion_proof(event.pk, size).path} if case else {}
        yield {"index": entry.index, "number": number, **hashed, **path}
        ends[number] = {"end": number, "events": event.seq, "head": event.hash}
        while checkpoint is not None and checkpoint.size <= entry.index + 1:
            yield {"checkpoint": checkpoint.size, "root": checkpoint.root, "at": checkpoint.at.isoformat()}
            checkpoint = next(checkpoints, None)
    yield from ends.values()


def _entries(case: Case | None) -> QuerySet[LogEntry]:
    entries = LogEntry.objects.order_by("index").select_related("event__case")
    return entries.filter(event__case=case) if case else entries
