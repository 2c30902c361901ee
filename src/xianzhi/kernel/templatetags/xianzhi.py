"""The parts of the interface, one tag or filter each, named by what they are in the domain."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.posts import post_word
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC

register = template.Library()

_ENDS = 4
"""Characters shown of each end of a hash."""


# ---- status, citation ------------------------------------------------------------------------------------------------


@register.simple_tag
def mark(is_: str, word: str) -> SafeString:
    """A status: shape, word and colour. `is_` is ok, near, over, halt, done, idle, no or ask."""
    return format_html('<span class="mark" data-is="{}">{}</span>', is_, word)


@register.simple_tag
def citation(provision_id: str, form: str = "short") -> SafeString:
    """A citation with its link. form: full (with the title), short (with the number), place (only where it stands)."""
    provision = registry.provisions.get(provision_id)
    if provision is None:
        return format_html('<span class="citation">{}</span>', provision_id)
    words = {"full": provision.cited, "short": provision.cited_short, "place": provision.place.short()}[form]
    return format_html('<a class="citation" href="{}" title="{}">{}</a>', provision_url(provision_id), provision.zh, words)


@register.filter
def provision_url(provision_id: str) -> str:
    """The address of a provision; empty while no page shows the law."""
    try:
        return reverse("provision", args=[provision_id])
    except NoReverseMatch:
        return ""


# ---- figures and dates -----------------------------------------------------------------------------------------------


@register.filter
def money(amount: Decimal | str | int | None) -> str:
    """1,036.80 元"""
    return "" if amount is None else f"{Decimal(str(amount)):,.2f} {_('元')}"


@register.filter
def figure(number: Decimal | str | int | None, unit: str = "") -> str:
    """16,000 吨: digits in threes, the decimals as they are."""
    if number is None:
        return ""
    text = f"{Decimal(str(number)):,f}" if not isinstance(number, int) else f"{number:,}"
    return f"{text} {unit}".rstrip()


@register.filter
def day(value: date | str | None) -> str:
    """4月16日 周三; with the year where it is not this one: 2024年4月16日 周二."""
    if (found := _as_date(value)) is None:
        return ""
    year = "" if found.year == clock.today().year else f"{found.year}年"
    return f"{year}{found.month}月{found.day}日 {_weekday(found)}"


@register.filter
def full_day(value: date | str | None) -> str:
    """2025年4月16日 周三"""
    found = _as_date(value)
    return f"{found.year}年{found.month}月{found.day}日 {_weekday(found)}" if found else ""


@register.filter
def short_day(value: date | str | None) -> str:
    """4月16日, with the year where it is not this one."""
    return day(value).split(" ")[0]


@register.filter
def moment_words(value: datetime | None) -> str:
    """2025年4月16日 10:32"""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


@register.filter
def clock_time(value: datetime | None) -> str:
    """10:32"""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


def _as_date(value: date | str | None) -> date | None:
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    return date.fromisoformat(value) if isinstance(value, str) and value else value or None  # type: ignore[return-value]


def _weekday(value: date) -> str:
    """周三, or 周日上班 for a worked day of a weekend."""
    saturday = 5
    word = "周" + "一二三四五六日"[value.weekday()]
    return f"{word}上班" if value.weekday() >= saturday and county().calendar.is_working(value) else word


@register.filter
def size(count: int) -> str:
    """3.1 MB"""
    kilo = 1024
    for unit in ("B", "KB", "MB"):
        if count < kilo or unit == "MB":
            return f"{count:.0f} {unit}" if unit == "B" else f"{count:.1f} {unit}"
        count = count / kilo  # type: ignore[assignment]
    return ""


# ---- words -----------------------------------------------------------------------------------------------------------


@register.filter
def person(account: Any) -> str:
    return account.name if account is not None else _("系统")


@register.filter
def post(key: str) -> str:
    """县能源局 工单; 申请人, 系统 and 公众 for those who hold no post."""
    words = {APPLICANT: _("申请人"), CLOCK: _("系统"), PUBLIC: _("公众")}
    return words.get(key) or post_word(key)


@register.filter
def place(code: str) -> str:
    """The name of a division: 横水镇 东山底村."""
    return county().place(code)


@register.filter
def short_hash(digest: str) -> str:
    """7c19…e04b"""
    return f"{digest[:_ENDS]}…{digest[-_ENDS:]}" if digest else ""


@register.filter
def item(mapping: Mapping[Any, Any], key: Any) -> Any:
    return mapping.get(key)
