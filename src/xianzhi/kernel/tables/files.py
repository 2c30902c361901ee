"""Where a batch keeps its files while it is under way: what was sent, its bad rows, its progress and its preview."""

import json
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from xianzhi.kernel import clock
from xianzhi.kernel.models import TableBatch

STALE = timedelta(minutes=2)
"""A run that has said nothing for so long was broken off."""


def root() -> Path:
    """Beside the materials: what stands here waits to be loaded and goes away."""
    media = Path(settings.MEDIA_ROOT)
    return media.with_name(f"{media.name}-tables")


def folder(batch: TableBatch) -> Path:
    return root() / str(batch.pk)


def upload_of(batch: TableBatch) -> Path:
    return folder(batch) / "upload"


def bad_rows_of(batch: TableBatch) -> Path:
    """The file of bad rows, in the format of the file that was sent."""
    return folder(batch) / ("bad.csv" if _is_text(batch) else "bad.xlsx")


def _is_text(batch: TableBatch) -> bool:
    return not batch.name.lower().endswith(".xlsx")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: rows done, rows in all where they are known, and whether it still goes on."""

    done: int
    of: int
    alive: bool


def progress_of(batch: TableBatch) -> Progress | None:
    """None before a run has begun."""
    path = folder(batch) / "progress"
    try:
        done, of = (int(one) for one in path.read_text(encoding="ascii").split())
        told = path.stat().st_mtime
    except (OSError, ValueError):
        return None
    return Progress(done, of, (clock.now().timestamp() - told) < STALE.total_seconds())


def preview_of(batch: TableBatch) -> dict[str, Any]:
    """The first rows, the first faults and the notes of the last run."""
    try:
        return json.loads((folder(batch) / "preview.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def tell(batch: TableBatch, done: int, of: int) -> None:
    """Writes the progress beside the file: the database shows nothing of a transaction that still runs."""
    folder(batch).mkdir(parents=True, exist_ok=True)
    (folder(batch) / "progress").write_text(f"{done} {of}", encoding="ascii")


def show(batch: TableBatch, shown: dict[str, Any]) -> None:
    """Keeps what the page of the batch shows of its file."""
    (folder(batch) / "preview.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")
