"""送审封存包: the papers of a settlement as they were handed in, to carry to the auditor and to compare when back."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xianzhi.apps.power_access.procedures import CountyPaid, SharedCivil
from xianzhi.apps.power_access.services import package
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.exchange import inbox
from xianzhi.kernel.exchange.files import BadBundle
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.guard import by_function, page

_MARKS = {
    "same": ("done", gettext_lazy("相符")),
    "changed": ("no", gettext_lazy("与锁定时不一致")),
    "missing": ("no", gettext_lazy("缺")),
}


@page(by_function("energy", "finance", "auditor"), "POST")
@carries("power-3-2-2-6-3", zh="送审封存包")
def locked_package(request: HttpRequest, pk: int) -> HttpResponse:
    """The list of digests, the package to download, and the comparison of one that came back."""
    names = (CountyPaid.name, SharedCivil.name)
    case = Case.objects.visible_to(request.user).filter(pk=pk, procedure_name__in=names).first()
    if case is None:
        raise Http404
    papers, faults, compared = package.locked(case), [], []
    if request.method == "GET" and "zip" in request.GET and papers:
        response = HttpResponse(package.package(case), content_type="application/zip")
        response["Content-Disposition"] = f'attachment; filename="package-{case.pk}.zip"'
        return response
    if request.method == "POST":
        try:
            compared = package.compare(case, _uploaded(request))
        except BadBundle as fault:
            faults = [str(fault)]
    wrong = [one.name for one in compared if one.state != "same"]
    context = {
        "case": case,
        "papers": [(package.name_in(serial, paper), paper) for serial, paper in enumerate(papers, start=1)],
        "digest": package.digest_of(case),
        "compared": [(one, *_MARKS[one.state]) for one in compared],
        "wrong": "、".join(wrong),
        "faults": faults,
    }
    return render(request, "power_access/package.html", context, status=422 if faults or wrong else 200)


def _uploaded(request: HttpRequest) -> bytes:
    upload = request.FILES.get("package")
    if upload is None:
        raise BadBundle(_("没有选文件"))
    if upload.size > inbox.most_bytes(inbox.FILE):
        raise BadBundle(_("文件太大，请核对是不是封存包"))
    return bytes(upload.read())
