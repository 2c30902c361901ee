"""The parts of the interface, one tag or filter each, named by what they are in the domain."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xianzhi.kernel import limits, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.values import Answer, Shown, plain, sentence
from xianzhi.kernel.personal.masks import in_public
from xianzhi.law.parameters import STANDINGS
from xianzhi.law.procedure import Step

register = template.Library()

MOST_CELLS = 60
"""A longer limit is drawn as one bar: its cells would be too narrow to see."""

register.filter("money", words.money)
register.filter("yuan", words.yuan)
register.filter("figure", words.figure)
register.filter("size", words.size)
register.filter("short_hash", words.short_hash)
register.filter("day", words.day)
register.filter("full_day", words.full_day)
register.filter("short_day", words.short_day)
register.filter("moment_words", words.moment)
register.filter("clock_time", words.hour)
register.filter("post", words.post)
register.filter("role", words.role)
register.filter("service", words.service)


@register.filter
def person(account: Any) -> str:
    """The name of whoever took a step; the clock and the public have none."""
    return account.name if account is not None else _("系统")


@register.filter
def browser(agent: str) -> str:
    """A browser as people call it: Edge（Windows）. What is not known is told as it calls itself."""
    names = ("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari")
    systems = ("Android", "Android"), ("iPhone", "iPhone"), ("Windows", "Windows"), ("Mac OS", "Mac")
    name = next((zh for mark, zh in names if mark in agent), "")
    system = next((zh for mark, zh in (*systems, ("Linux", "Linux")) if mark in agent), "")
    return f"{name}（{system}）" if name and system else agent[:40] or _("不明")


@register.filter
def place(code: str) -> str:
    """The name of a division: 横水镇 东山底村."""
    return county().place(code)


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def public(text: str) -> str:
    """A published text with the telephones, identity numbers and mailboxes in it masked."""
    return in_public(text)


@register.simple_tag
def mark(is_: str, word: str) -> SafeString:
    """A status: shape, word and colour. `is_` is ok, near, over, halt, done, idle, no or ask."""
    return format_html('<span class="mark" data-is="{}">{}</span>', is_, word)


@register.simple_tag
def citation(provision_id: str, form: str = "short") -> SafeString:
    """A citation with its link. form: full (with the title), short (with the number), place (only where it stands)."""
    provision = registry.provisions.get(provision_id)
    if provision is None:
        name, _mark, eid = provision_id.partition("#")
        if eid:  # a document that has a text and no register
            return format_html('<a class="citation" href="{}#{}">{}</a>', reverse("text", args=[name]), eid, name)
        return format_html('<span class="citation">{}</span>', provision_id)
    shown = {"full": provision.cited, "short": provision.cited_short, "place": provision.place.short()}[form]
    return format_html('<a class="citation" href="{}">{}</a>', provision_url(provision_id), shown)


@register.filter
def provision_url(provision_id: str) -> str:
    """The address of a provision; empty while no page shows the law."""
    try:
        return str(reverse("provision", args=[provision_id]))
    except NoReverseMatch:
        return ""


@register.simple_tag
def due(case: Any) -> SafeString:
    """A limit in a table cell: words, then the date."""
    found = words.due(case)
    below = format_html(' <time datetime="{}">{}</time>', found.on.isoformat(), found.below) if found.on else ""
    return format_html('<span class="due">{}{}</span>', mark(found.is_, found.words), below)


@register.filter
def cites(step: Step) -> str:
    """The first provision that a step rests on."""
    return step.cites[0]


register.filter("plain", plain)
register.filter("sentence", sentence)


@register.inclusion_tag("kernel/parts/clock.html")
def clock(armed: limits.Armed) -> dict[str, Any]:
    """A time limit with a cell for each day of its budget."""
    budget, unit = armed.budget, words.limit_days(armed)
    of = budget.of + budget.rolled
    used = min(budget.used, of)
    if armed.taken:
        left = {"before": _("用"), "number": budget.used}
    else:
        left = {"before": _("剩") if budget.left >= 0 else _("逾期"), "number": abs(budget.left)}
    return {
        "armed": armed,
        "unit": unit,
        "word": words.STANDINGS[armed.standing],
        "standing": f"（{STANDINGS[armed.value.standing]}）",
        "left": left,
        "of": of,
        "used": used,
        "long": of + budget.held > MOST_CELLS,
        "label": _("共{of}{unit}，已用{used}，暂停{held}，{word}{left}").format(
            of=of, unit=unit, used=used, held=budget.held, word=left["before"], left=left["number"]
        ),
    }


@register.inclusion_tag("kernel/parts/decision.html")
def decision(answer: Answer) -> dict[str, Any]:
    """What a rule answered: the answer, its reasons, the values used, how to get a yes."""
    return {"answer": answer}


@register.inclusion_tag("kernel/parts/values.html")
def values(shown: list[Shown]) -> dict[str, Any]:
    """Named values: a person's own words stand apart, lines as a small table, the rest in a row."""
    return {"values": shown, "short": [one for one in shown if not one.said and not one.columns]}
