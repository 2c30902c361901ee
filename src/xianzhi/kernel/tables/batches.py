"""A batch from the file that was sent to the rows that stand: received, checked, loaded, and undone by new steps.

Everything that a batch writes is in one transaction, with its own record: whoever looks sees none of it or all, and a
process that is killed leaves nothing. A check runs the very same verbs and takes all back at its end.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.door import Refused
from xianzhi.kernel.models import Account, TableBatch
from xianzhi.kernel.models.tables import LIVE, TableState
from xianzhi.kernel.speech.written import kept_in_chinese
from xianzhi.kernel.tables import declare, files, heads, reading, runs
from xianzhi.kernel.tables.declare import Load, Row, Table, clean_chosen
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.kernel.tables.report import KEPT
from xianzhi.kernel.tables.rows import Rows
from xianzhi.law.fields import BadField, as_plain

KEEP = timedelta(days=30)
"""How long a file waits for somebody to go on with it."""
_CHUNK = 1 << 20


class SameFile(Exception):
    """The very file was sent before, for the same target; `batch` is what became of it."""

    def __init__(self, batch: TableBatch) -> None:
        self.batch = batch
        super().__init__(_("这份文件已经交过（批次 {n}，{state}）").format(n=batch.pk, state=batch.get_state_display()))


class NotNow(Exception):
    """What is asked of a batch does not fit where it stands; the message says why."""


# ---- receiving ----


def receive(table: Table, name: str, file: BinaryIO, chosen: Mapping[str, Any], *, by: Account) -> TableBatch:
    """Takes a file in for a table; the check is still to run.

    chosen: the answers to what the table asks for a file as a whole. Raises BadField, BadSheet, SameFile.
    """
    cleaned = clean_chosen(table, chosen)
    if table.prepare:
        table.prepare(cleaned, by)
    files.root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="incoming-", dir=files.root()) as scratch:
        copy = Path(scratch) / "upload"
        size, digest = _copied(file, copy, name)
        reading.kind_of(copy, name)
        kept = {key: as_plain(value) for key, value in cleaned.items() if value is not None}
        target = json.dumps(kept, ensure_ascii=False, sort_keys=True) if kept else ""
        return _kept(table, Path(name).name[:160], copy, size, digest, kept, target, by)


def _kept(
    table: Table, name: str, copy: Path, size: int, digest: str, chosen: dict[str, Any], target: str, by: Account
) -> TableBatch:
    same = TableBatch.objects.filter(table=table.name, target=target[:300], sha256=digest, state__in=LIVE)
    try:
        with transaction.atomic():
            batch = TableBatch.objects.create(
                table=table.name, target=target[:300], chosen=chosen, by=by, at=clock.now(), name=name, size=size,
                sha256=digest,
            )  # fmt: skip
            shutil.rmtree(files.folder(batch), ignore_errors=True)
            files.folder(batch).mkdir()
            copy.replace(files.upload_of(batch))
    except IntegrityError:
        raise SameFile(same.get()) from None
    return batch


def _copied(file: BinaryIO, to: Path, name: str) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    with to.open("wb") as target:
        while chunk := file.read(_CHUNK):
            size += len(chunk)
            if size > reading.MOST_BYTES:
                raise BadSheet(_("{name} 超过 {n} MB，请分成几份").format(name=name, n=reading.MOST_BYTES >> 20))
            target.write(chunk)
            digest.update(chunk)
    if not size:
        raise BadSheet(_("{name} 是空的，请选有内容的文件").format(name=name))
    return size, digest.hexdigest()


# ---- checking and loading ----


@kept_in_chinese
def check(pk: int) -> TableBatch:
    """Runs a batch through without keeping anything of it, and records what was found."""
    batch = TableBatch.objects.select_related("by").get(pk=pk)
    if batch.state != TableState.CHECKING:
        return batch
    found: dict[str, Any]
    try:
        outcome = runs.run(batch, keep=False)
    except BadSheet as error:
        found = {"state": TableState.UNREADABLE, "fault": str(error)}
    else:
        found = {"state": TableState.CHECKED, "fault": outcome.whole, "good": outcome.good, "bad": outcome.bad}
    # It may have been given up meanwhile.
    TableBatch.objects.filter(pk=pk, state=TableState.CHECKING).update(**found)
    batch.refresh_from_db()
    if batch.state == TableState.DROPPED:
        shutil.rmtree(files.folder(batch), ignore_errors=True)
    return batch


def ask_to_load(batch: TableBatch, *, good_only: bool) -> None:
    """Marks a checked batch as to be loaded. Raises NotNow with what speaks against it."""
    with transaction.atomic():
        locked = TableBatch.objects.select_for_update().get(pk=batch.pk)
        if locked.state != TableState.CHECKED:
            raise NotNow(_("这一批现为“{state}”，不能再导入").format(state=locked.get_state_display()))
        if locked.fault:
            raise NotNow(_("整表有问题，改正后重新上传：{fault}").format(fault=locked.fault))
        if not locked.good:
            raise NotNow(_("没有一行可以导入"))
        if locked.bad and not good_only:
            raise NotNow(_("有 {n} 行有误。改好后重新上传，或确认只导入好的行").format(n=locked.bad))
        locked.state, locked.good_only = TableState.LOADING, good_only
        locked.save(update_fields=["state", "good_only"])
    files.tell(batch, 0, 0)
    batch.state, batch.good_only = locked.state, good_only


@kept_in_chinese
def load(pk: int) -> TableBatch:
    """Loads a batch that was asked for. What speaks against a row or the whole sends it back to its preview."""
    batch = TableBatch.objects.select_related("by").get(pk=pk)
    if batch.state != TableState.LOADING:
        return batch
    try:
        runs.run(batch, keep=True)
    except BadSheet as error:  # the file is away, or another one
        batch.state, batch.fault = TableState.UNREADABLE, str(error)
        batch.save(update_fields=["state", "fault"])
    except Exception:
        TableBatch.objects.filter(pk=pk, state=TableState.LOADING).update(state=TableState.CHECKED)
        raise
    batch.refresh_from_db()
    return batch


# ---- giving up, undoing, clearing away ----


def give_up(batch: TableBatch) -> None:
    """The file is not wanted any more. Raises NotNow once it is loaded."""
    open_states = (TableState.CHECKING, TableState.CHECKED, TableState.UNREADABLE)
    if not TableBatch.objects.filter(pk=batch.pk, state__in=open_states).update(state=TableState.DROPPED):
        raise NotNow(_("这一批现为“{state}”，不能放弃").format(state=batch.get_state_display()))
    shutil.rmtree(files.folder(batch), ignore_errors=True)


def ask_to_undo(batch: TableBatch, reason: str, *, by: Account) -> None:
    """Marks a loaded batch as to be undone. Raises NotNow."""
    table = declare.find(batch.table)
    if table is None or table.undo is None:
        raise NotNow(table.undo_words if table and table.undo_words else _("这张表不能整批撤销"))
    if not reason.strip():
        raise NotNow(_("没有写撤销的原因"))
    changed = TableBatch.objects.filter(pk=batch.pk, state=TableState.LOADED).update(
        state=TableState.UNDOING, undone_by=by, undo_reason=reason.strip()[:200], fault=""
    )
    if not changed:
        raise NotNow(_("这一批现为“{state}”，不能撤销").format(state=batch.get_state_display()))
    files.tell(batch, 0, 0)


@kept_in_chinese
def undo(pk: int) -> TableBatch:
    """Makes up for every step of a batch by its own step, the last first: all, or none where one is refused."""
    batch = TableBatch.objects.select_related("by", "undone_by").get(pk=pk)
    table = declare.find(batch.table)
    if batch.state != TableState.UNDOING or table is None or table.undo is None or batch.undone_by is None:
        return batch
    reasons: list[str] = []
    with transaction.atomic():
        locked = TableBatch.objects.select_for_update(of=("self",)).select_related("undone_by").get(pk=pk)
        if locked.state != TableState.UNDOING:
            return batch
        run = Load(locked, locked.undone_by, clean_chosen(table, locked.chosen))
        for entry in locked.entries.select_related("event__case").order_by("-id"):
            try:
                with transaction.atomic():
                    table.undo(run, entry.event)
            except (Refused, BadField) as refused:
                told = "；".join(runs.said(one) for one in getattr(refused, "reasons", ())) or str(refused)
                where = _("第 {line} 行：").format(line=entry.line) if entry.line else ""
                reasons.append(f"{where}{entry.event.case.number} {told}")
        if reasons:
            transaction.set_rollback(True)
        else:
            locked.state, locked.undone_at = TableState.UNDONE, clock.now()
            locked.save(update_fields=["state", "undone_at"])
    if reasons:
        more = _("……共 {n} 处").format(n=len(reasons)) if len(reasons) > KEPT else ""
        TableBatch.objects.filter(pk=pk).update(
            state=TableState.LOADED, undone_by=None, undo_reason="", fault="；".join(reasons[:KEPT]) + more
        )
    batch.refresh_from_db()
    return batch


def sweep() -> int:
    """Gives up what nobody went on with for thirty days, and clears away the files of what has ended; their number."""
    before = clock.now() - KEEP
    waiting = (TableState.CHECKING, TableState.CHECKED, TableState.UNREADABLE)
    TableBatch.objects.filter(state__in=waiting, at__lt=before).update(state=TableState.DROPPED)
    removed = 0
    for path in files.root().iterdir() if files.root().exists() else ():
        batch = TableBatch.objects.filter(pk=int(path.name)).first() if path.name.isdecimal() else None
        if (batch is None and path.stat().st_mtime < before.timestamp()) or (batch and _is_done(batch, before)):
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _is_done(batch: TableBatch, before: Any) -> bool:
    return batch.state in (TableState.DROPPED, TableState.UNDONE) or (
        batch.state == TableState.LOADED and batch.at < before
    )


def filled_rows(batch: TableBatch) -> list[dict[str, Any]]:
    """The good rows of a batch that fills a form, as their form shows them. Raises BadSheet."""
    table = declare.find(batch.table)
    if table is None or not table.fills or not files.upload_of(batch).exists():
        raise BadSheet(_("文件已不在服务器上，请重新上传"))
    with reading.opened(files.upload_of(batch), batch.name) as sheets:
        rows = Rows(table, heads.find(table, sheets), runs.loading(table, batch))
        return [
            {name: as_plain(value) for name, value in row.values.items() if value is not None}
            for row, _cells in rows if isinstance(row, Row)
        ]  # fmt: skip
