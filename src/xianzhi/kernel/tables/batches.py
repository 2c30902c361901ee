"""A batch from the file that was sent to the rows that stand: received, checked, loaded, and undone by new steps.

Everything that a batch writes is in one transaction, with its own record: whoever looks sees none of it or all, and a
process that is killed leaves nothing. A check runs the very same verbs and takes all back at its end.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.door import Refused
from xianzhi.kernel.models import Account, TableBatch, TableEntry
from xianzhi.kernel.models.tables import LIVE, TableState
from xianzhi.kernel.tables import declare, heads, reading
from xianzhi.kernel.tables.cells import as_text
from xianzhi.kernel.tables.declare import Load, Row, Table
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.kernel.tables.report import KEPT, Report
from xianzhi.kernel.tables.rows import Bad, Fault, Rows
from xianzhi.law.fields import BadField, as_plain

SHOWN = 8
"""Rows of the preview."""
EVERY = 500
"""Rows after which the progress is told."""
KEEP = timedelta(days=30)
"""How long a file waits for somebody to go on with it."""
STALE = timedelta(minutes=2)
"""A run that has said nothing for so long was broken off."""
_CHUNK = 1 << 20


class SameFile(Exception):
    """The very file was sent before, for the same target; `batch` is what became of it."""

    def __init__(self, batch: TableBatch) -> None:
        self.batch = batch
        super().__init__(_("这份文件已经交过（批次 {n}，{state}）").format(n=batch.pk, state=batch.get_state_display()))


class NotNow(Exception):
    """What is asked of a batch does not fit where it stands; the message says why."""


@dataclass(slots=True)
class Outcome:
    """What one run over a file found."""

    good: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)
    whole: str = ""
    """What speaks against the list as a whole."""
    shown: list[list[str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


# ---- where a batch keeps its files ----


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


# ---- receiving ----


def receive(table: Table, name: str, file: BinaryIO, chosen: Mapping[str, Any], *, by: Account) -> TableBatch:
    """Takes a file in for a table; the check is still to run.

    chosen: the answers to what the table asks for a file as a whole. Raises BadField, BadSheet, SameFile.
    """
    cleaned = clean_chosen(table, chosen)
    if table.prepare:
        table.prepare(cleaned, by)
    root().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="incoming-", dir=root()) as scratch:
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
            shutil.rmtree(folder(batch), ignore_errors=True)
            folder(batch).mkdir()
            copy.replace(upload_of(batch))
    except IntegrityError:
        raise SameFile(same.get()) from None
    return batch


def clean_chosen(table: Table, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in their own types. Raises BadField with every fault."""
    cleaned, faults = {}, []
    for asked in table.asks:
        try:
            cleaned[asked.name] = asked.clean(chosen.get(asked.name))
        except BadField as error:
            faults.append(str(error))
    if faults:
        raise BadField("；".join(faults))
    return cleaned


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


def check(pk: int) -> TableBatch:
    """Runs a batch through without keeping anything of it, and records what was found."""
    batch = TableBatch.objects.select_related("by").get(pk=pk)
    if batch.state != TableState.CHECKING:
        return batch
    found: dict[str, Any]
    try:
        outcome = _run(batch, keep=False)
    except BadSheet as error:
        found = {"state": TableState.UNREADABLE, "fault": str(error)}
    else:
        found = {"state": TableState.CHECKED, "fault": outcome.whole, "good": outcome.good, "bad": outcome.bad}
    # It may have been given up meanwhile.
    TableBatch.objects.filter(pk=pk, state=TableState.CHECKING).update(**found)
    batch.refresh_from_db()
    if batch.state == TableState.DROPPED:
        shutil.rmtree(folder(batch), ignore_errors=True)
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
    _tell(batch, 0, 0)
    batch.state, batch.good_only = locked.state, good_only


def load(pk: int) -> TableBatch:
    """Loads a batch that was asked for. What speaks against a row or the whole sends it back to its preview."""
    batch = TableBatch.objects.select_related("by").get(pk=pk)
    if batch.state != TableState.LOADING:
        return batch
    try:
        _run(batch, keep=True)
    except BadSheet as error:  # the file is away, or another one
        batch.state, batch.fault = TableState.UNREADABLE, str(error)
        batch.save(update_fields=["state", "fault"])
    except Exception:
        TableBatch.objects.filter(pk=pk, state=TableState.LOADING).update(state=TableState.CHECKED)
        raise
    batch.refresh_from_db()
    return batch


def _run(batch: TableBatch, *, keep: bool) -> Outcome:
    """One pass over the file within one transaction, kept only where it is to be and nothing speaks against it."""
    table = declare.find(batch.table)
    if table is None:
        raise BadSheet(_("这张表已不再使用"))
    if not upload_of(batch).exists():
        raise BadSheet(_("文件已不在服务器上，请重新上传"))
    outcome = Outcome()
    with reading.opened(upload_of(batch), batch.name) as sheets:
        found = heads.find(table, sheets)
        outcome.notes = found.notes
        with _reporting(batch, found.headings) as report, transaction.atomic():
            locked = TableBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.state != batch.state:  # another worker was faster
                return outcome
            _apply(table, locked, found, outcome, report)
            outcome.bad, outcome.faults = report.count, report.first
            kept = keep and not outcome.whole and outcome.good and (locked.good_only or not outcome.bad)
            if kept:
                locked.state, locked.loaded_at = TableState.LOADED, clock.now()
                locked.good, locked.bad = outcome.good, outcome.bad
                locked.save(update_fields=["state", "loaded_at", "good", "bad"])
            else:
                transaction.set_rollback(True)
    _show(batch, table, outcome)
    if keep and not kept:
        TableBatch.objects.filter(pk=batch.pk).update(
            state=TableState.CHECKED, fault=outcome.whole, good=outcome.good, bad=outcome.bad
        )
    elif keep and not table.fills:
        upload_of(batch).unlink(missing_ok=True)  # its rows stand in the records now, and its digest in the batch
    return outcome


@contextmanager
def _reporting(batch: TableBatch, headings: list[str]) -> Iterator[Report]:
    report = Report(bad_rows_of(batch), headings)
    try:
        yield report
    finally:
        report.close()


def _apply(table: Table, batch: TableBatch, found: heads.Found, outcome: Outcome, report: Report) -> None:
    run = _loading(table, batch)
    rows = Rows(table, found, run)
    good = _good(rows, outcome, report, _telling(batch, found.sheet.height))
    if table.by_row:
        for row, cells in good:
            _take(table, run, row, cells, outcome, report)
    else:
        run.rows = (_counted(row, outcome) for row, _cells in good)
        _take_whole(table, run, outcome)
    for _rest in run.rows if not table.by_row else ():  # what a verb that was refused has not looked at
        pass
    outcome.whole = "；".join(one for one in (outcome.whole, rows.wrong_total()) if one)


def _loading(table: Table, batch: TableBatch) -> Load:
    cleaned = clean_chosen(table, batch.chosen)
    run = Load(batch, batch.by, cleaned)
    try:
        run.found = table.prepare(cleaned, batch.by) if table.prepare else None
    except BadField as error:
        raise BadSheet(str(error)) from None
    return run


def _good(rows: Rows, outcome: Outcome, report: Report, tell: Callable[[int], None]) -> Iterator[tuple[Row, list[Any]]]:
    for number, (row, cells) in enumerate(rows, start=1):
        tell(number)
        if isinstance(row, Bad):
            report.add(row)
            continue
        if len(outcome.shown) < SHOWN:
            outcome.shown.append([str(row.line), *(as_text(_cell(rows, one, cells)) for one in rows.table.columns)])
        yield row, cells


def _cell(rows: Rows, column: declare.Column, cells: list[Any]) -> Any:
    place = next((place for place, one in rows.found.places if one is column), None)
    return cells[place] if place is not None and place < len(cells) else None


def _counted(row: Row, outcome: Outcome) -> Row:
    outcome.good += 1
    return row


def _take(table: Table, run: Load, row: Row, cells: list[Any], outcome: Outcome, report: Report) -> None:
    """A row's own step; what is refused goes to the bad rows, and leaves nothing."""
    try:
        with transaction.atomic():
            event = table.apply(run, row)
            TableEntry.objects.create(batch=run.batch, line=row.line, event=event)
    except Refused as refused:
        report.add(Bad(row.line, cells, [Fault(row.line, "", "", said(one)) for one in refused.reasons]))
    except BadField as error:
        report.add(Bad(row.line, cells, [Fault(row.line, "", "", str(error))]))
    except (IntegrityError, DataError):
        report.add(Bad(row.line, cells, [Fault(row.line, "", "", _not_stored())]))
    else:
        outcome.good += 1


def _take_whole(table: Table, run: Load, outcome: Outcome) -> None:
    first = next(run.rows, None)
    if first is None:
        return
    run.rows = _with(first, run.rows)
    rest = run.rows
    try:
        with transaction.atomic():
            for event in table.apply(run) or ():
                TableEntry.objects.create(batch=run.batch, line=0, event=event)
    except Refused as refused:
        outcome.whole = "；".join(said(one) for one in refused.reasons)
    except BadField as error:
        outcome.whole = str(error)
    except (IntegrityError, DataError):
        outcome.whole = _not_stored()
    run.rows = rest


def _not_stored() -> str:
    """For what the database refuses and no rule has foreseen."""
    return _("与已有的记录重复，或数值太大，记录存不下；请核对")


def _with(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def said(reason: Any) -> str:
    """A reason with what to do about it."""
    return f"{reason.text}，{reason.cure}" if getattr(reason, "cure", "") else reason.text


# ---- telling ----


def _telling(batch: TableBatch, of: int) -> Callable[[int], None]:
    def tell(number: int) -> None:
        if number % EVERY == 1:
            _tell(batch, number - 1, of)

    return tell


def _tell(batch: TableBatch, done: int, of: int) -> None:
    """Writes the progress beside the file: the database shows nothing of a transaction that still runs."""
    folder(batch).mkdir(parents=True, exist_ok=True)
    (folder(batch) / "progress").write_text(f"{done} {of}", encoding="ascii")


def _show(batch: TableBatch, table: Table, outcome: Outcome) -> None:
    shown = {
        "headings": [_("行"), *(one.heading for one in table.columns)],
        "rows": outcome.shown,
        "faults": [asdict(one) for one in outcome.faults[:KEPT]],
        "notes": outcome.notes,
    }
    (folder(batch) / "preview.json").write_text(json.dumps(shown, ensure_ascii=False), encoding="utf-8")


# ---- giving up, undoing, clearing away ----


def give_up(batch: TableBatch) -> None:
    """The file is not wanted any more. Raises NotNow once it is loaded."""
    open_states = (TableState.CHECKING, TableState.CHECKED, TableState.UNREADABLE)
    if not TableBatch.objects.filter(pk=batch.pk, state__in=open_states).update(state=TableState.DROPPED):
        raise NotNow(_("这一批现为“{state}”，不能放弃").format(state=batch.get_state_display()))
    shutil.rmtree(folder(batch), ignore_errors=True)


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
    _tell(batch, 0, 0)


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
                told = "；".join(said(one) for one in getattr(refused, "reasons", ())) or str(refused)
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
    for path in root().iterdir() if root().exists() else ():
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
    if table is None or not table.fills or not upload_of(batch).exists():
        raise BadSheet(_("文件已不在服务器上，请重新上传"))
    with reading.opened(upload_of(batch), batch.name) as sheets:
        rows = Rows(table, heads.find(table, sheets), _loading(table, batch))
        return [
            {name: as_plain(value) for name, value in row.values.items() if value is not None}
            for row, _cells in rows if isinstance(row, Row)
        ]  # fmt: skip
