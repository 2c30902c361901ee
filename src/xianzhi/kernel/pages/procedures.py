"""办理流程: a procedure as a drawing, as a table of its steps, and as files for other programs."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.posts import post_word
from xianzhi.kernel.speech.said import said
from xianzhi.law import bpmn as interchange
from xianzhi.law import diagram
from xianzhi.law.parameters import NoValue
from xianzhi.law.procedure import Procedure, Step


@dataclass(frozen=True, slots=True)
class Line:
    """A step in the table."""

    step: Step
    takers: str
    sources: str
    target: str
    limit: str
    """How long it may take: 3个工作日; empty where there is no limit."""
    since: str
    """From when, where it is not the day on which the case came here."""
    cites: tuple[str, ...]
    """One provision for each place that prints differently."""


@page(PUBLIC)
def procedure(request: HttpRequest, name: str) -> HttpResponse:
    found = procedure_of(name)
    service = words.service(found.app)
    lines = [_line(found, step) for step in found.steps.values()]
    context = {"procedure": found, "service": service, "drawing": drawing(found), "lines": lines}
    return render(request, "kernel/procedure.html", context)


@page(PUBLIC)
def svg(request: HttpRequest, name: str) -> HttpResponse:
    return _file(drawing(procedure_of(name)), "image/svg+xml", f"{name}.svg")


@page(PUBLIC)
def bpmn(request: HttpRequest, name: str) -> HttpResponse:
    found = procedure_of(name)
    return _file(interchange.bpmn(found, names=_post_words(found)), "application/xml", f"{name}.bpmn")


def procedure_of(name: str) -> type[Procedure]:
    if name not in registry.procedures:
        raise Http404(_("没有办理流程 {name}").format(name=name))
    return registry.procedures[name]


def drawing(of: type[Procedure], current: str = "") -> SafeString:
    """The picture of a procedure; the law package escapes every word in it."""
    return mark_safe(diagram.svg(of, current=current, names=_post_words(of), say=said))


def _post_words(of: type[Procedure]) -> dict[str, str]:
    return {post: post_word(post) for post in of.posts()}


def _line(of: type[Procedure], step: Step) -> Line:
    sources = "、".join(state.zh for state in step.sources)
    limit, since = "", ""
    cites: dict[str, str] = {}
    for one in step.cites:
        cites.setdefault(registry.provisions[one].cited_short, one)
    if step.within:
        try:
            limit = str(registry.parameters().get(step.within.parameter, on=clock.today()))
        except NoValue:
            limit = _("现无时限")
        if step.within.since:
            earlier, _dot, asked = step.within.since.partition(".")
            label = next(field.zh for field in of.steps[earlier].asks if field.name == asked)
            since = _("自“{step}”的{field}起").format(step=of.steps[earlier].zh, field=label)
    return Line(step, door.takers(step), sources, step.move.target.zh, limit, since, tuple(cites.values()))


def _file(content: str | bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
