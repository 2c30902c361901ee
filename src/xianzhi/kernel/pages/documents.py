"""文书: the list of official documents, one document with its copies and its force, batches."""

import csv
import io
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, registry
from xianzhi.kernel.documents import batches, check, fonts, kinds, lists, ofd, standing, word
from xianzhi.kernel.documents import render as setting
from xianzhi.kernel.models import Case, OfficialDocument
from xianzhi.kernel.models.documents import Standing
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.forms import day_of
from xianzhi.kernel.pages.guard import SIGNED_IN, STAFF, by_duty, page
from xianzhi.law.errors import LawError

READERS = STAFF | by_duty("audit")
A_PAGE = 50
SHOWN_FAULTS = 200
_LONGEST = 60
_MOST_DIGITS = 18
_MOST_BYTES = 5_242_880
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@page(READERS)
def documents(request: HttpRequest) -> HttpResponse:
    wanted, faults = _wanted(request)
    found = list(lists.find(request.user, wanted)[: A_PAGE + 1])
    chosen = {
        "q": wanted.text,
        "kind": wanted.kind,
        "unit": wanted.unit,
        "standing": wanted.standing,
        "since": wanted.since and wanted.since.isoformat(),
        "until": wanted.until and wanted.until.isoformat(),
    }
    return render(
        request,
        "kernel/documents.html",
        {
            "documents": rows_of(found[:A_PAGE]),
            "faults": faults,
            "chosen": chosen,
            "narrowed": any(chosen.values()),
            "kinds": list(lists.kinds_for(request.user)),
            "units": list(lists.issuing_units(request.user)),
            "standings": Standing.choices,
            "first": words.query(chosen) if wanted.before else "",
            "next": words.query({**chosen, "before": found[A_PAGE - 1].pk}) if len(found) > A_PAGE else "",
            "batches": lists.batches_for(request.user).exists() or _able(request),
        },
    )


def _wanted(request: HttpRequest) -> tuple[lists.Wanted, list[str]]:
    """What the filters ask for; what cannot be read is said and left out."""
    sent = {name: value.strip()[:_LONGEST] for name, value in request.GET.items()}
    faults: list[str] = []
    since, until = (day_of(sent.get(name, ""), faults) for name in ("since", "until"))
    if since and until and since > until:
        faults.append(_("起日在止日之后"))
    before = sent.get("before", "")
    state = sent.get("standing", "")
    return lists.Wanted(
        text=sent.get("q", ""),
        kind=sent.get("kind", ""),
        unit=sent.get("unit", ""),
        standing=state if state in Standing.values else "",
        since=since,
        until=until,
        before=int(before) if before.isdecimal() and len(before) <= _MOST_DIGITS else None,
    ), faults


@dataclass(frozen=True, slots=True)
class Row:
    """A document as a list shows it."""

    document: OfficialDocument

    @property
    def mark(self) -> str:
        return lists.MARKS[self.document.standing]

    @property
    def word(self) -> str:
        return str(Standing(self.document.standing).label)


def rows_of(found: Iterable[OfficialDocument]) -> list[Row]:
    return [Row(one) for one in found]


def rows_for_case(case: Case) -> list[Row]:
    """The documents of a case, first to last, for its page."""
    return rows_of(case.documents.prefetch_related("changes").order_by("pk"))


def document_for(request: HttpRequest, pk: int) -> OfficialDocument:
    """The document, where the account may see it; else 404 either way."""
    seen = lists.visible_to(request.user).select_related("case", "unit", "event", "batch")
    return get_object_or_404(seen.prefetch_related("changes"), pk=pk)


@page(SIGNED_IN)
def document(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, document_for(request, pk))


def _shown(
    request: HttpRequest, found: OfficialDocument, faults: Iterable[Any] = (), status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    try:
        setting.pdf_of(found)
        fault = ""
    except LawError as error:
        fault = str(error)
    return render(
        request,
        "kernel/document.html",
        {
            "row": Row(found),
            "document": found,
            "fault": fault,
            "cites": _once(found.content.get("cites", ())),
            "changes": check.changes_of(found),
            "may_change": standing.may_change(found, request.user),
            "faults": list(faults),
            "sent": request.POST,
            "missing": {role: name for role, name in fonts.standing_in().items() if role == "仿宋"},
            "opens": found.case_id and Case.objects.visible_to(request.user).filter(pk=found.case_id).exists(),
            "code": setting.spaced(found.code),
        },
        status=status,
    )


def _once(cites: Iterable[str]) -> list[str]:
    """The provisions that a document cites, sentences of one paragraph only once."""
    known = registry.provisions
    places = {known[one].cited_short: one for one in reversed(list(cites)) if one in known}
    return list(reversed(places.values()))


@page(SIGNED_IN, "POST")
def change_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Revokes a document, or puts another one in its place, with a reason."""
    found = document_for(request, pk)
    if request.method != "POST":
        return redirect("document", found.pk)
    reason, number = request.POST.get("reason", ""), request.POST.get("successor", "").strip()
    try:
        if number:
            other = lists.visible_to(request.user).filter(number=number).first()
            if other is None:
                said = [_("没有文号为“{number}”的文书，请核对文号").format(number=number[:_LONGEST])]
                return _shown(request, found, said, HTTPStatus.UNPROCESSABLE_ENTITY)
            standing.supersede(found, other, by=request.user, reason=reason)
        else:
            standing.revoke(found, by=request.user, reason=reason)
    except standing.NotChanged as refused:
        said = [f"{one.text}{f'。{one.cure}' if one.cure else ''}" for one in refused.reasons]
        return _shown(request, found, said, HTTPStatus.UNPROCESSABLE_ENTITY)
    messages.success(request, _("{number} 的效力已变更，原件和原因都已留存。").format(number=found.number))
    return redirect("document", found.pk)


# ---- copies ----------------------------------------------------------------------------------------------------------


@page(SIGNED_IN)
def document_pdf(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDF: shown in the browser, saved with ?save=1."""
    found = document_for(request, pk)
    file = _made(lambda: setting.pdf_of(found)).open("rb")
    name = f"{batches.file_name(found)}.pdf"
    return FileResponse(file, as_attachment="save" in request.GET, filename=name, content_type="application/pdf")


@page(SIGNED_IN)
def document_ofd(request: HttpRequest, pk: int) -> HttpResponse:
    found = document_for(request, pk)
    return _download(
        _made(lambda: ofd.ofd_of(found)), f"{batches.file_name(found)}（{ofd.NO_SEAL}）.ofd", "application/ofd"
    )


@page(SIGNED_IN)
def document_docx(request: HttpRequest, pk: int) -> HttpResponse:
    found = document_for(request, pk)
    return _download(_made(lambda: word.docx_of(found)), f"{batches.file_name(found)}.docx", DOCX)


@page(SIGNED_IN)
def document_picture(request: HttpRequest, pk: int) -> HttpResponse:
    """The first page as a picture."""
    found = document_for(request, pk)
    return HttpResponse(_made(lambda: setting.pictures_of(found))[0], content_type="image/png")


def _made(make: Any) -> Any:
    """What a maker gives; 404 with the reason where it cannot be made."""
    try:
        return make()
    except LawError as error:
        raise Http404(str(error)) from None


def _download(data: bytes, name: str, media_type: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


# ---- batches ---------------------------------------------------------------------------------------------------------


def _able(request: HttpRequest) -> list[tuple[str, str]]:
    """The kinds that somebody may make in batches today."""
    return [(name, registry.documents[name].zh) for name in sorted(kinds.rows)
            if name in registry.documents and batches.issuing_unit(name, request.user)]  # fmt: skip


@page(READERS, "POST")
def document_batches(request: HttpRequest) -> HttpResponse:
    """The batches of one's own unit, and the form that begins another from a CSV file."""
    faults: list[str] = []
    if request.method == "POST":
        try:
            made = batches.batch(request.POST.get("kind", ""), _rows(request), by=request.user,
                                 title=request.POST.get("title", "").strip()[:120])  # fmt: skip
        except LawError as error:
            faults = [str(finding) for finding in error.findings]
        except ValueError as error:
            faults = [str(error)]
        else:
            messages.success(request, _("已交后台制发，可离开本页；刷新看进度。"))
            return redirect("document-batch", made.pk)
    found = lists.batches_for(request.user)[:A_PAGE]
    return render(
        request,
        "kernel/document_batches.html",
        {"batches": [(one, batches.progress(one)) for one in found], "kinds": _able(request), "faults": faults},
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
    )


def _rows(request: HttpRequest) -> list[dict[str, str]]:
    """The rows of the CSV file that was sent. Raises ValueError with what to do."""
    sent = request.FILES.get("rows")
    if sent is None:
        raise ValueError(_("没有选择文件，请选 CSV 文件"))
    if sent.size > _MOST_BYTES:
        raise ValueError(_("文件超过 5 MB，请分批"))
    data = sent.read()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ValueError(_("读不出文件，请另存为 CSV（UTF-8）"))
    try:
        return [
            {str(name): str(value or "") for name, value in row.items()} for row in csv.DictReader(io.StringIO(text))
        ]
    except csv.Error:
        raise ValueError(_("读不出文件，请另存为 CSV（UTF-8）")) from None


def batch_for(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(lists.batches_for(request.user), pk=pk)


@page(READERS, "POST")
def document_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """How far a batch is; sending the form asks the worker to go on."""
    found = batch_for(request, pk)
    stalled = found.finished_at is None and clock.now() - found.beat_at > batches.STALLED
    if request.method == "POST":
        if stalled:
            batches.resume_stalled()
        messages.success(request, _("已交后台继续。"))
        return redirect("document-batch", found.pk)
    bad = found.rows.exclude(fault="").order_by("number")
    return render(
        request,
        "kernel/document_batch.html",
        {"batch": found, "progress": batches.progress(found), "stalled": stalled, "bad": bad[:SHOWN_FAULTS],
         "made": rows_of(found.documents.prefetch_related("changes").order_by("serial")[:A_PAGE])},
    )  # fmt: skip


@page(READERS)
def document_batch_zip(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The PDFs of a batch with their list."""
    found = batch_for(request, pk)
    if found.finished_at is None:
        raise Http404(_("这一批还没有制发完。"))
    with tempfile.NamedTemporaryFile(suffix=".zip", delete=False) as file:
        path = Path(file.name)
    try:
        batches.write_zip(found, path)
        return FileResponse(path.open("rb"), as_attachment=True, filename=f"{found.title}.zip")
    finally:
        path.unlink()  # what is open stays readable
