"""读入台: hand a file in, see what was read in each, and what waits for whom."""

import json
from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from xianzhi.apps.gazette import queries
from xianzhi.apps.gazette.models import SourceFile
from xianzhi.apps.gazette.procedures import EDITOR
from xianzhi.apps.gazette.reader.akn import Invalid
from xianzhi.apps.gazette.reader.intake import MAX_BYTES
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.services import exports, intake
from xianzhi.kernel import door, scope
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.pages.guard import PUBLIC, by_function, page
from xianzhi.kernel.pages.texts import edition_or_404

READERS = by_function("county_office", "supervision")


def may_receive(account: Any) -> bool:
    return any(post.key == EDITOR for post in scope.posts_of(account))


@page(READERS, "POST")
@carries("gazette-1-1", "gazette-1-3", zh="读入台")
def desk(request: HttpRequest) -> HttpResponse:
    """What was received and where each document stands; whoever may, hands a file in."""
    if request.method == "POST":
        return _received(request)
    return _page(request)


def _page(request: HttpRequest, fault: str = "", status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    context = {
        "files": queries.files(),
        "under_way": queries.under_way(),
        "may_receive": may_receive(request.user),
        "fault": fault,
        "most": MAX_BYTES >> 20,
    }
    return render(request, "gazette/desk.html", context, status=status)


def _received(request: HttpRequest) -> HttpResponse:
    if not may_receive(request.user):
        return _page(request, _("读入文件由公报编辑办理，您没有这个岗位。"), HTTPStatus.FORBIDDEN)
    sent = request.FILES.get("file")
    if sent is None:
        return _page(
            request, _("没有选文件。选一个文本、PDF、DOCX、HTML 或 OFD 文件再读入。"), HTTPStatus.UNPROCESSABLE_ENTITY
        )
    if sent.size > MAX_BYTES:
        said = _("{name} 有 {size} MB，超过 {most} MB；请拆分后分别读入").format(
            name=sent.name, size=sent.size >> 20, most=MAX_BYTES >> 20
        )
        return _page(request, said, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        taken = intake.receive(sent.read(), sent.name, by=request.user)
    except intake.Known as known:
        messages.info(request, str(known))
        return redirect("gazette:file", known.file.pk)
    except (Unreadable, door.Refused) as error:
        return _page(request, str(error), HTTPStatus.UNPROCESSABLE_ENTITY)
    for title, reason in taken.refused:
        messages.warning(request, f"《{title}》：{reason}")
    done = _("{name} 已收下，读出 {n} 份文件，等待校核。").format(name=taken.file.name, n=len(taken.cases))
    messages.success(request, done)
    return redirect("gazette:file", taken.file.pk)


@page(READERS)
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A file: its documents, what was taken out as page furniture, and the proof that nothing was lost."""
    found = get_object_or_404(SourceFile.objects.defer("content").select_related("by"), pk=pk)
    return render(request, "gazette/file.html", {"file": found, **queries.account_of(found)})


@page(READERS)
def original(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file as it was received, to be saved; never shown in the browser."""
    found = get_object_or_404(SourceFile, pk=pk)
    answer = FileResponse(BytesIO(bytes(found.content)), as_attachment=True, filename=found.name,
                          content_type="application/octet-stream")  # fmt: skip
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@page(READERS)
@carries("gazette-4-1", zh="空号与缺附件")
def gaps(request: HttpRequest) -> HttpResponse:
    """Numbers that are missing in a series, annexes that were not read in, cited documents that we lack."""
    return render(request, "gazette/gaps.html", queries.gaps())


@page(PUBLIC)
def akoma_ntoso(request: HttpRequest, name: str) -> HttpResponse:
    """The text of a document for other programs of the law; not offered where it would not be valid."""
    edition = edition_or_404(name, request.GET.get("edition", ""))
    try:
        data = exports.akoma_ntoso(edition)
    except Invalid as error:
        raise Http404(_("这份文件不能导出为 Akoma Ntoso：{fault}").format(fault=error)) from None
    answer = HttpResponse(data, content_type="application/akn+xml; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}-{edition.number}.xml"'
    return answer


@page(READERS)
def corrections(request: HttpRequest) -> HttpResponse:
    """Every correction as a test case, one line of JSON each."""
    lines = (json.dumps(one, ensure_ascii=False) for one in queries.corrections())
    answer = HttpResponse("".join(f"{line}\n" for line in lines), content_type="application/x-ndjson; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="corrections.jsonl"'
    return answer
