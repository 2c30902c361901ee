"""Batches: many documents of one kind, one for each row, made by the worker.

A row is done in a transaction of its own, so a batch that was broken off (a kill, a power failure) goes on where it
stood; two workers on one batch do no row twice.
"""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from xianzhi.kernel import clock, registry, scope
from xianzhi.kernel.documents import kinds, render
from xianzhi.kernel.documents.issue import frozen, issue_row
from xianzhi.kernel.documents.kinds import BadRow
from xianzhi.kernel.models import Account, Batch, BatchRow, OfficialDocument, Unit
from xianzhi.law.errors import Finding, LawError

MOST = 100_000
STALLED = timedelta(minutes=2)
"""A batch without progress for so long lost its worker."""
_PAGE = 200
_FAULT = BatchRow._meta.get_field("fault").max_length


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is."""

    count: int
    made: int
    bad: int

    @property
    def left(self) -> int:
        return self.count - self.made - self.bad

    @property
    def percent(self) -> int:
        """100 only once nothing is left."""
        return 100 if not self.left else min(99, 100 * (self.made + self.bad) // max(1, self.count))


def batch(
    kind: str, rows: Iterable[Mapping[str, Any]], *, by: Account, title: str = "", on: date | None = None
) -> Batch:
    """Begins a batch and leaves it to the worker. Raises LawError: a kind that takes no rows, no post at a unit that
    issues it, no rows or too many."""
    known, data = registry.documents.get(kind), [frozen(dict(row)) for row in rows]
    if known is None or kind not in kinds.rows:
        able = "、".join(sorted(kinds.rows)) or "（无）"
        raise LawError(Finding(f"文书 {kind} 不能批量制发", "批量制发", f"可用：{able}"))
    if not 0 < len(data) <= MOST:
        raise LawError(Finding(f"共 {len(data)} 行", "批量制发", f"一批 1 至 {MOST} 行，请补充或分批"))
    unit = issuing_unit(kind, by)
    if unit is None:
        raise LawError(Finding(f"{by.name}没有制发{known.zh}的岗位", "批量制发", "请由制发单位的人员办理"))
    now = clock.now()
    with transaction.atomic():
        made = Batch.objects.create(
            kind=kind, title=(title or known.zh)[:120], unit=unit, by=by, at=now, issued_on=on or clock.today(),
            count=len(data), beat_at=now,
        )  # fmt: skip
        BatchRow.objects.bulk_create(
            (BatchRow(batch=made, number=number, data=row) for number, row in enumerate(data, start=1)), batch_size=1000
        )
        transaction.on_commit(partial(_enqueue, made.pk))
    return made


def issuing_unit(kind: str, by: Account) -> Unit | None:
    """The unit at which somebody may issue documents of a kind today; None where he may not."""
    functions = registry.documents[kind].functions
    held = next((post for post in scope.posts_of(by) if post.function in functions), None)
    return Unit.objects.get(pk=held.unit_id) if held else None


def _enqueue(pk: int) -> None:
    from xianzhi.kernel.tasks import run_batch  # noqa: PLC0415 - which imports this module

    run_batch.enqueue(pk)


def run(found: Batch, say: Callable[[Progress], None] | None = None) -> Progress:
    """Makes what is missing of a batch, each document with its PDF, and tells `say` between; gives where it stands."""
    last = 0
    while page := list(_waiting(found).filter(number__gt=last).order_by("number")[:_PAGE]):
        for row in page:
            _make(found, row.pk)
            last = row.number
            Batch.objects.filter(pk=found.pk).update(beat_at=clock.now())
        if say:
            say(progress(found))
    for document in found.documents.filter(pdf_sha256="").order_by("pk").iterator(chunk_size=_PAGE):
        render.pdf_of(document)  # rows that were made before the break, and not set
        Batch.objects.filter(pk=found.pk).update(beat_at=clock.now())
    now = progress(found)
    if not now.left:
        Batch.objects.filter(pk=found.pk, finished_at=None).update(finished_at=clock.now())
        found.refresh_from_db()
    return now


def _waiting(found: Batch) -> Any:
    return found.rows.filter(document=None, fault="")


def _make(found: Batch, pk: int) -> None:
    with transaction.atomic():
        row = BatchRow.objects.select_for_update().filter(pk=pk, document=None, fault="").first()
        if row is None:
            return  # another worker was faster
        try:
            with transaction.atomic():
                row.document = issue_row(registry.documents[found.kind], row.data, found)
        except BadRow as fault:
            row.fault = str(fault)[:_FAULT] or "这一行不能制发"
        row.save(update_fields=["document", "fault"])
    if row.document:
        render.pdf_of(row.document)


def progress(found: Batch) -> Progress:
    """How far a batch is."""
    counts = found.rows.aggregate(made=Count("pk", filter=Q(document__isnull=False)),
                                  bad=Count("pk", filter=~Q(fault="")))  # fmt: skip
    return Progress(found.count, counts["made"], counts["bad"])


def resume_stalled() -> int:
    """Asks the worker again for batches that lost theirs; gives their number."""
    stalled = Batch.objects.filter(finished_at=None, beat_at__lt=clock.now() - STALLED)
    asked = 0
    for found in stalled:
        # Only who moves the beat asks, so that two clocks do not ask twice.
        if Batch.objects.filter(pk=found.pk, beat_at=found.beat_at).update(beat_at=clock.now()):
            _enqueue(found.pk)
            asked += 1
    return asked


def write_zip(found: Batch, target: Path) -> None:
    """Writes the PDFs of a batch, and a list of all its rows, into a zip file."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for document in found.documents.order_by("serial").iterator(chunk_size=_PAGE):
            archive.write(render.pdf_of(document), f"{file_name(document)}.pdf")
        archive.writestr("目录.csv", "\ufeff" + _listed(found))


def _listed(found: Batch) -> str:
    made = io.StringIO()
    sheet = csv.writer(made)
    sheet.writerow(["行", "文号", "验证码", "PDF 摘要（SHA-256）", "问题"])
    sheet.writerows(_lines(found))
    return made.getvalue()


def _lines(found: Batch) -> Iterator[list[Any]]:
    for row in found.rows.select_related("document").order_by("number").iterator(chunk_size=_PAGE):
        one = row.document
        yield [row.number, *((one.number, one.code, one.pdf_sha256) if one else ("", "", "")), row.fault]


def file_name(document: OfficialDocument) -> str:
    """What a copy is called, without its ending: 派工单 绛电派〔2025〕0007"""
    return "".join(one for one in f"{document.zh} {document.number}" if one not in '\\/:*?"<>|')
