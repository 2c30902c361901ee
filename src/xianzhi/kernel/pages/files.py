"""Handed-in files, for those who may see the case."""

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from xianzhi.kernel.materials import path_of
from xianzhi.kernel.models import Case, Material
from xianzhi.kernel.pages.guard import SIGNED_IN, page


@page(SIGNED_IN)
def material(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Sends a file to be saved, never to be shown in the browser: what strangers hand in runs nowhere."""
    found = get_object_or_404(Material, pk=pk, case__in=Case.objects.visible_to(request.user))
    try:
        file = path_of(found.sha256).open("rb")
    except FileNotFoundError:
        raise Http404(_("文件不在存储中，请联系系统管理员从备份恢复。")) from None
    response = FileResponse(file, as_attachment=True, filename=found.name, content_type=found.media_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
