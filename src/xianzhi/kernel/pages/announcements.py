"""公告: what units have made public, for everyone. Announcements come from steps of cases, never from a page."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from xianzhi.kernel import clock
from xianzhi.kernel.models import Announcement
from xianzhi.kernel.pages.guard import PUBLIC, page

_A_PAGE = 30


def _published():
    """Those whose day has come; one whose time is over stays readable and says so."""
    return Announcement.objects.filter(since__lte=clock.today()).select_related("unit")


@page(PUBLIC)
def announcements(request: HttpRequest) -> HttpResponse:
    shown = Paginator(_published(), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "kernel/announcements.html", {"shown": shown, "today": clock.today()})


@page(PUBLIC)
def announcement(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(_published(), pk=pk)
    return render(request, "kernel/announcement.html", {"found": found, "today": clock.today()})
