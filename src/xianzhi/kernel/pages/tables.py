"""表格: lists that come in from Excel or CSV, step by step with a look before each; lists that go out."""

import os
import tempfile
from collections.abc import Callable
from http import HTTPStatus
from io import BytesIO
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.kernel.models import Case, TableBatch
from xianzhi.kernel.models.tables import TableState
from xianzhi.kernel.pages.forms import Control
from xianzhi.kernel.pages.guard import PUBLIC, SIGNED_IN, STAFF, Who, by_duty, page, refused
from xianzhi.kernel.posts import post_word
from xianzhi.kernel.tables import batches, blank, declare, export, files, tasks
from xianzhi.kernel.tables.batches import NotNow, SameFile
from xianzhi.kernel.tables.declare import Listing, Table
from xianzhi.kernel.tables.reading import MOST_BYTES, BadSheet
from xianzhi.law.fields import BadField, Field

AUDITOR = by_duty("audit")
READERS = STAFF | AUDITOR
MOST_BATCHES = 50
LONGEST = 60
"""Characters of one thing in an address."""
MARKS = {
    TableState.CHECKING: "halt", TableState.CHECKED: "ask", TableState.UNREADABLE: "no", TableState.LOADING: "halt",
    TableState.LOADED: "done", TableState.DROPPED: "idle", TableState.UNDOING: "halt", TableState.UNDONE: "idle",
}  # fmt: skip
RUNNING = (TableState.CHECKING, TableState.LOADING, TableState.UNDOING)
"""The worker is at it."""


@page(READERS)
def tables(request: HttpRequest) -> HttpResponse:
    """What may come in, what may go out, and the batches: one's own, all for the auditor."""
    found = TableBatch.objects.select_related("by")
    if not AUDITOR.admits(request.user):
        found = found.filter(by=request.user)
    return render(
        request,
        "kernel/tables.html",
        {
            "tables": declare.tables_for(request.user),
            "listings": [one for one in declare.listings.values() if one.public or one.admits(request.user)],
            "batches": [_told(one) for one in found[:MOST_BATCHES]],
            "all": AUDITOR.admits(request.user),
        },
    )


def _told(batch: TableBatch) -> dict[str, Any]:
    table = declare.find(batch.table)
    return {"batch": batch, "zh": table.zh if table else batch.table, "mark": MARKS[TableState(batch.state)]}


def _table_for(request: HttpRequest, name: str) -> Table:
    found = declare.find(name)
    if found is None:
        raise Http404(_("没有叫 {name} 的表").format(name=name))
    return found


def _loaders(table: Table) -> Who:
    posts = [post for post in table.by if "." in post]
    return Who(
        lambda account: declare.may_load(table, account),
        lambda: "、".join(post_word(post) for post in posts) or _("申请人"),
    )


# ---- coming in -------------------------------------------------------------------------------------------------------


@page(SIGNED_IN, "POST")
def table(request: HttpRequest, name: str) -> HttpResponse:
    """The page of a table: what it holds, its empty sheet, and where the filled one is sent."""
    found = _table_for(request, name)
    who = _loaders(found)
    if not who.admits(request.user):
        return refused(request, who)
    faults: list[str] = []
    entered = {one.name: request.POST.get(one.name, request.GET.get(one.name, ""))[:200] for one in found.asks}
    if request.method == "POST":
        batch = _received(request, found, entered, faults)
        if batch is not None:
            return redirect("table-batch", batch.pk)
    context = {
        "table": found,
        "columns": [(one, blank.form_of(one)) for one in found.columns],
        "asks": [Control(one, one.name, entered[one.name]) for one in found.asks],
        "faults": faults,
        "most": MOST_BYTES >> 20,
        "batches": [_told(one) for one in TableBatch.objects.filter(table=found.name, by=request.user)[:10]],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "kernel/table.html", context, status=status)


def _received(request: HttpRequest, found: Table, entered: dict[str, str], faults: list[str]) -> TableBatch | None:
    """The batch of the file that was sent; what is wrong with it goes to `faults`."""
    file = request.FILES.get("file")
    if file is None:
        faults.append(_("没有选文件"))
        return None
    try:
        batch = batches.receive(found, file.name, file, entered, by=request.user)
    except SameFile as same:
        if same.batch.by_id == request.user.pk:
            messages.info(request, str(same))
            return same.batch
        faults.append(_("{told}，交的人是{name}").format(told=same, name=same.batch.by.name))
        return None
    except (BadSheet, BadField) as error:
        faults.append(str(error))
        return None
    tasks.check_table.enqueue(batch.pk)
    return batch


@page(SIGNED_IN)
def table_blank(request: HttpRequest, name: str) -> HttpResponseBase:
    """The empty sheet of a table."""
    found = _table_for(request, name)
    who = _loaders(found)
    if not who.admits(request.user):
        return refused(request, who)
    made = BytesIO()
    blank.write(found, made)
    made.seek(0)
    name = _("{zh}空表.xlsx").format(zh=found.zh.replace("：", "-"))
    return FileResponse(made, as_attachment=True, filename=name, content_type=export.MEDIA[export.XLSX])


def _batch_for(request: HttpRequest, pk: int) -> TableBatch:
    seen = TableBatch.objects.select_related("by", "undone_by")
    if not AUDITOR.admits(request.user):
        seen = seen.filter(by=request.user)
    return get_object_or_404(seen, pk=pk)


@page(SIGNED_IN, "POST")
def table_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """One file that was sent: how far it is, what it holds, what is wrong with it, and what to do next."""
    batch = _batch_for(request, pk)
    fault = ""
    if request.method == "POST":
        if batch.by_id != request.user.pk:
            return refused(request, Who(lambda account: False, lambda: _("交文件的人")))
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            return redirect("table-batch", pk)
        try:
            act(request, batch)
        except NotNow as error:
            fault = str(error)
            batch.refresh_from_db()
        else:
            return redirect("table-batch", pk)
    return _batch_page(request, batch, fault)


def _batch_page(request: HttpRequest, batch: TableBatch, fault: str) -> HttpResponse:
    found = declare.find(batch.table)
    progress = files.progress_of(batch) if batch.state in RUNNING else None
    mine = batch.by_id == request.user.pk
    context = {
        "batch": batch,
        "table": found,
        "zh": found.zh if found else batch.table,
        "mark": MARKS[TableState(batch.state)],
        "running": batch.state in RUNNING,
        "progress": progress,
        "broken_off": progress is not None and not progress.alive,
        "preview": files.preview_of(batch) if mine else {},
        "bad_file": mine and files.bad_rows_of(batch).exists(),
        "chosen": _chosen(batch, found),
        "entries": [
            (one, one.event) for one in batch.entries.select_related("event__case").order_by("id")[:MOST_BATCHES]
        ],
        "entry_count": batch.entries.count(),
        "mine": mine,
        "back": _back(batch, found) if mine and batch.state == TableState.LOADED else "",
        "may_undo": bool(mine and found and found.undo and batch.state == TableState.LOADED),
        "fault": fault,
    }
    status = HTTPStatus.CONFLICT if fault else HTTPStatus.OK
    return render(request, "kernel/table_batch.html", context, status=status)


def _chosen(batch: TableBatch, found: Table | None) -> list[tuple[str, str]]:
    """What was entered for the file as a whole, in words."""
    if found is not None and found.fills:
        return [(_("办件"), case.number) for case in Case.objects.filter(pk=batch.chosen["case"])]
    asks = found.asks if found is not None else ()
    return [(one.zh, _words_of(one, batch.chosen[one.name])) for one in asks if batch.chosen.get(one.name)]


def _words_of(asked: Field, value: Any) -> str:
    """A kept answer as a person reads it."""
    return str(dict(asked.choices).get(value, value))


def _back(batch: TableBatch, found: Table | None) -> str:
    """Where the work goes on with what was loaded."""
    if found is None or not found.fills:
        return ""
    return f"{reverse('step', args=[batch.chosen['case'], found.name.split(':')[2]])}?batch={batch.pk}"


def _load(request: HttpRequest, batch: TableBatch) -> None:
    batches.ask_to_load(batch, good_only="good_only" in request.POST)
    tasks.load_table.enqueue(batch.pk)


def _drop(request: HttpRequest, batch: TableBatch) -> None:
    batches.give_up(batch)
    messages.success(request, _("已放弃，文件已删去。"))


def _undo(request: HttpRequest, batch: TableBatch) -> None:
    batches.ask_to_undo(batch, request.POST.get("reason", ""), by=request.user)
    tasks.undo_table.enqueue(batch.pk)


def _again(request: HttpRequest, batch: TableBatch) -> None:
    """A run that was broken off begins anew: nothing of it was kept."""
    runs = {
        TableState.CHECKING: tasks.check_table,
        TableState.LOADING: tasks.load_table,
        TableState.UNDOING: tasks.undo_table,
    }
    again = runs.get(TableState(batch.state))
    progress = files.progress_of(batch)
    if again is None or (progress is not None and progress.alive):
        raise NotNow(_("这一批正在办理，或已经办完"))
    again.enqueue(batch.pk)


ACTS: dict[str, Callable[[HttpRequest, TableBatch], None]] = {
    "load": _load, "drop": _drop, "undo": _undo, "again": _again,
}  # fmt: skip


@page(SIGNED_IN)
def table_bad(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file of bad rows. Only for whoever sent the file: it holds what it held."""
    batch = get_object_or_404(TableBatch, pk=pk, by=request.user)
    path = files.bad_rows_of(batch)
    if not path.exists():
        raise Http404(_("没有有误的行，或文件已清理。"))
    name = f"{Path(batch.name).stem}-{_('有误的行')}{path.suffix}"
    return _sent(path, name, path.suffix.removeprefix("."))


# ---- going out -------------------------------------------------------------------------------------------------------


@page(SIGNED_IN)
def listing(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """A list as its page shows it, as a file."""
    found = declare.listings.get(name)
    if found is None or form not in export.FORMATS:
        raise Http404(_("没有叫 {name} 的清单").format(name=name))
    if not found.public and not found.admits(request.user):
        return refused(request, Who(found.admits, lambda: _("“{zh}”页面的使用人").format(zh=found.zh)))
    return _exported(request, found, form)


@page(PUBLIC)
def open_listing(request: HttpRequest, name: str, form: str) -> HttpResponseBase:
    """A list that is open to anyone."""
    found = declare.listings.get(name)
    if found is None or form not in export.FORMATS:
        raise Http404(_("没有叫 {name} 的清单").format(name=name))
    if not found.public:
        return redirect_to_login(reverse("listing", args=[name, form]))
    return _exported(request, found, form)


def _exported(request: HttpRequest, found: Listing, form: str) -> HttpResponseBase:
    chosen = {name: value.strip()[:LONGEST] for name, value in request.GET.items()}
    handle, path = tempfile.mkstemp(prefix="xianzhi-export-")
    os.close(handle)
    try:
        made = export.make(found, form, Path(path), account=request.user, chosen=chosen)
        return _sent(Path(path), made.name, form)
    except BadSheet as error:
        messages.error(request, str(error))
        return redirect("tables")
    finally:
        os.unlink(path)  # an open file lasts until it is sent


def _sent(path: Path, name: str, form: str) -> FileResponse:
    response = FileResponse(path.open("rb"), as_attachment=True, filename=name, content_type=export.MEDIA[form])
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
