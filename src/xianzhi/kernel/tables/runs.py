"""One pass over the file of a batch, in one transaction: kept where it is to be and nothing speaks against it.

A check is such a pass whose transaction is taken back at its end, so that a preview knows what loading will say.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.door import Refused
from xianzhi.kernel.models import TableBatch, TableEntry
from xianzhi.kernel.models.tables import TableState
from xianzhi.kernel.tables import declare, files, heads, reading
from xianzhi.kernel.tables.cells import as_text
from xianzhi.kernel.tables.declare import Load, Row, Table, clean_chosen
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.kernel.tables.report import KEPT, Report
from xianzhi.kernel.tables.rows import Bad, Fault, Rows
from xianzhi.law.fields import BadField

SHOWN = 8
"""Rows of the preview."""
EVERY = 500
"""Rows after which the progress is told."""


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


def run(batch: TableBatch, *, keep: bool) -> Outcome:
    """One pass over the file within one transaction, kept only where it is to be and nothing speaks against it."""
    table = declare.find(batch.table)
    if table is None:
        raise BadSheet(_("这张表已不再使用"))
    if not files.upload_of(batch).exists():
        raise BadSheet(_("文件已不在服务器上，请重新上传"))
    outcome = Outcome()
    with reading.opened(files.upload_of(batch), batch.name) as sheets:
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
        files.upload_of(batch).unlink(missing_ok=True)  # its rows stand in the records now, and its digest in the batch
    return outcome


@contextmanager
def _reporting(batch: TableBatch, headings: list[str]) -> Iterator[Report]:
    report = Report(files.bad_rows_of(batch), headings)
    try:
        yield report
    finally:
        report.close()


def _apply(table: Table, batch: TableBatch, found: heads.Found, outcome: Outcome, report: Report) -> None:
    load = loading(table, batch)
    rows = Rows(table, found, load)
    good = _good(rows, outcome, report, _telling(batch, found.sheet.height))
    if table.by_row:
        for row, cells in good:
            _take(table, load, row, cells, outcome, report)
    else:
        load.rows = (_counted(row, outcome) for row, _cells in good)
        _take_whole(table, load, outcome)
    for _rest in load.rows if not table.by_row else ():  # what a verb that was refused has not looked at
        pass
    outcome.whole = "；".join(one for one in (outcome.whole, rows.wrong_total()) if one)


def loading(table: Table, batch: TableBatch) -> Load:
    """A run of a batch with what was chosen for it. Raises BadSheet where that is gone."""
    cleaned = clean_chosen(table, batch.chosen)
    load = Load(batch, batch.by, cleaned)
    try:
        load.found = table.prepare(cleaned, batch.by) if table.prepare else None
    except BadField as error:
        raise BadSheet(str(error)) from None
    return load


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


def _take(table: Table, load: Load, row: Row, cells: list[Any], outcome: Outcome, report: Report) -> None:
    """A row's own step; what is refused goes to the bad rows, and leaves nothing."""
    try:
        with transaction.atomic():
            event = table.apply(load, row)
            TableEntry.objects.create(batch=load.batch, line=row.line, event=event)
    except Refused as refused:
        report.add(Bad(row.line, cells, [Fault(row.line, "", "", said(one)) for one in refused.reasons]))
    except BadField as error:
        report.add(Bad(row.line, cells, [Fault(row.line, "", "", str(error))]))
    except (IntegrityError, DataError):
        report.add(Bad(row.line, cells, [Fault(row.line, "", "", _not_stored())]))
    else:
        outcome.good += 1


def _take_whole(table: Table, load: Load, outcome: Outcome) -> None:
    first = next(load.rows, None)
    if first is None:
        return
    load.rows = _with(first, load.rows)
    rest = load.rows
    try:
        with transaction.atomic():
            for event in table.apply(load) or ():
                TableEntry.objects.create(batch=load.batch, line=0, event=event)
    except Refused as refused:
        outcome.whole = "；".join(said(one) for one in refused.reasons)
    except BadField as error:
        outcome.whole = str(error)
    except (IntegrityError, DataError):
        outcome.whole = _not_stored()
    load.rows = rest


def _not_stored() -> str:
    """For what the database refuses and no rule has foreseen."""
    return _("与已有的记录重复，或数值太大，记录存不下；请核对")


def _with(first: Row, rest: Iterator[Row]) -> Iterator[Row]:
    yield first
    yield from rest


def said(reason: Any) -> str:
    """A reason with what to do about it."""
    return f"{reason.text}，{reason.cure}" if getattr(reason, "cure", "") else reason.text


def _telling(batch: TableBatch, of: int) -> Callable[[int], None]:
    def tell(number: int) -> None:
        if number % EVERY == 1:
            files.tell(batch, number - 1, of)

    return tell


def _show(batch: TableBatch, table: Table, outcome: Outcome) -> None:
    shown = {
        "headings": [_("行"), *(one.heading for one in table.columns)],
        "rows": outcome.shown,
        "faults": [asdict(one) for one in outcome.faults[:KEPT]],
        "notes": outcome.notes,
    }
    files.show(batch, shown)
