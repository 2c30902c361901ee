"""我的待办: what waits for me, soonest first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel import clock, queries, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import STAFF, SUBJECT, page

LIGHTS = {
    queries.OVERDUE: ("over", _("已逾期")),
    queries.TODAY: ("near", _("今天到期")),
    queries.SOON: ("near", _("三日内")),
    queries.LATER: ("ok", _("三日以后")),
    queries.OPEN: ("idle", _("无时限")),
    queries.HELD: ("halt", _("暂停计时")),
}
"""By light: its mark and its word."""


@page(STAFF | SUBJECT)
def work(request: HttpRequest) -> HttpResponse:
    chosen = {name: request.GET.get(name, "") for name in ("light", "service", "post")}
    posts = list(dict.fromkeys(post.key for post in scope.posts_of(request.user)))
    if chosen["light"] not in queries.LIGHTS:
        chosen["light"] = ""
    if chosen["post"] not in posts:
        chosen["post"] = ""
    found = queries.work_for(request.user, **chosen, page=_number(request.GET.get("page")))
    return render(
        request,
        "kernel/work.html",
        {
            "work": found,
            "chosen": chosen,
            "tally": _tally(found.tally, chosen),
            "groups": _groups(found),
            "services": found.services,
            "posts": posts,
            "today": clock.today(),
            "working": county().calendar.is_working(clock.today()),
            "units": list(dict.fromkeys(post.unit for post in scope.posts_of(request.user))),
            "earlier": _address(chosen, page=found.page - 1) if found.page > 1 else "",
            "later": _address(chosen, page=found.page + 1) if found.more else "",
        },
    )


def _number(text: str | None) -> int:
    """A page number from an address; anything else is the first page."""
    last = queries.MOST // queries.PAGE
    return min(max(int(text), 1), last) if text and text.isdecimal() and len(text) < len("99999") else 1


def _tally(counts: dict[str, int], chosen: dict[str, str]) -> list[dict[str, object]]:
    return [
        {
            "is": is_,
            "word": word,
            "count": counts[light],
            "url": _address(chosen, light=light),
            "here": chosen["light"] == light,
        }
        for light, (is_, word) in LIGHTS.items()
        if counts[light] or light != queries.OPEN or chosen["light"] == light
    ]


def _groups(found: queries.Work) -> list[dict[str, object]]:
    """The tasks of the page under their lights, in the order in which they came."""
    made: dict[str, list[queries.Task]] = {}
    for task in found.tasks:
        made.setdefault(task.light, []).append(task)
    return [
        {"light": light, "is": is_, "word": word, "count": found.tally[light], "tasks": made[light]}
        for light, (is_, word) in LIGHTS.items()
        if light in made
    ]


def _address(chosen: dict[str, str], **change: object) -> str:
    return words.query({**chosen, **change})
