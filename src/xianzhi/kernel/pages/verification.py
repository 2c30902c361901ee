"""核验: whether a document is genuine and in force, for anybody. Says nothing of what stands in it."""

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.kernel.coverage import carries
from xianzhi.kernel.documents import lists
from xianzhi.kernel.models import OfficialDocument
from xianzhi.kernel.models.documents import Standing
from xianzhi.kernel.pages import navigation
from xianzhi.kernel.pages.guard import PUBLIC, page

navigation.offer(
    navigation.Offer(
        "verification", lazy("核验文书"), lazy("收到一份文书，查它是不是真的、还有没有效。"), "verification", 80
    )
)
_LONGEST = 80
GENUINE, UNKNOWN = "genuine", "unknown"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the page says: genuine, superseded, revoked or unknown."""

    outcome: str
    document: OfficialDocument | None = None
    same_file: bool | None = None
    """Whether the file that was handed in is the document's own; None where none was."""

    @property
    def mark(self) -> str:
        return {GENUINE: "ok", Standing.SUPERSEDED: "idle", Standing.REVOKED: "no"}.get(self.outcome, "ask")

    @property
    def word(self) -> str:
        return {
            GENUINE: _("真实有效"), Standing.SUPERSEDED: _("真实，已被替代"), Standing.REVOKED: _("真实，已撤销"),
        }.get(self.outcome, _("查无此件"))  # fmt: skip

    @property
    def last(self) -> Any:
        """The change that ended its force."""
        return self.document.changes.select_related("successor").order_by("-pk").first() if self.document else None


def answer(code: str, number: str | None = None) -> Answer:
    """What there is to say of a code, and of a number where one was typed with it."""
    found = lists.by_code(code[:_LONGEST])
    if found is None or (number is not None and not lists.same_number(found, number)):
        return Answer(UNKNOWN)
    return Answer(GENUINE if found.standing == Standing.IN_FORCE else found.standing, found)


@page(PUBLIC)
def verification(request: HttpRequest) -> HttpResponse:
    """The form: number and code as they are printed."""
    number, code = (request.GET.get(name, "").strip()[:_LONGEST] for name in ("number", "code"))
    said = answer(code, number) if number or code else None
    if said and said.document:
        return redirect("verified", said.document.code)
    return render(request, "kernel/verification.html", {"answer": said, "number": number, "code": code})


@page(PUBLIC, "POST")
@carries("house-2-2", zh="文书核验")
def verified(request: HttpRequest, code: str) -> HttpResponse:
    """What the code of a document leads to; a PDF or a digest that is sent is compared with the document's own."""
    said, fault = answer(code), ""
    if request.method == "POST" and said.document:
        digests, fault = _digests(request)
        if not fault:
            same = any(lists.has_digest(said.document, one) for one in digests)
            said = Answer(said.outcome, said.document, same)
    status = HTTPStatus.NOT_FOUND if said.document is None else HTTPStatus.OK
    shown = {"answer": said, "number": "", "code": code[:_LONGEST], "fault": fault}
    return render(request, "kernel/verification.html", shown, status=status)


def _digests(request: HttpRequest) -> tuple[list[str], str]:
    """The digests of what was sent, or what is wrong with it. A file is read and forgotten."""
    sent, typed = request.FILES.get("file"), request.POST.get("digest", "").strip()
    if sent is None:
        return ([typed], "") if typed else ([], _("请选择 PDF 文件，或填写摘要"))
    if sent.size > settings.MATERIAL_MAX_BYTES:
        return [], _("文件太大，不会是本系统制发的文书")
    sha256, sm3 = hashlib.sha256(), Hash(SM3())
    for chunk in sent.chunks():
        sha256.update(chunk)
        sm3.update(chunk)
    return [sha256.hexdigest(), sm3.finalize().hex()], ""
