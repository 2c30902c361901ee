"""How figures, dates, people and time limits are written on a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.apps import apps
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.kernel import clock, limits, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.posts import post_word
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC
from xianzhi.law.timing import Count

_ENDS = 4
"""Characters shown of each end of a hash."""
_SATURDAY = 5
_KILO = 1024


# ---- figures ---------------------------------------------------------------------------------------------------------


def money(amount: Decimal | str | int | None) -> str:
    """1,036.80 元"""
    return "" if amount is None else f"{Decimal(str(amount)):,.2f} 元"


def yuan(amount: Decimal | None) -> str:
    """1,036.80, where the head of the column names the unit."""
    return "" if amount is None else f"{amount:,.2f}"


def figure(number: Decimal | str | int | None, unit: str = "") -> str:
    """16,000 吨: digits in threes, the decimals as they are."""
    return "" if number is None else f"{Decimal(str(number)):,f} {unit}".rstrip()


def size(count: int) -> str:
    """3.1 MB"""
    if count < _KILO:
        return f"{count} B"
    return f"{count / _KILO:.1f} KB" if count < _KILO**2 else f"{count / _KILO**2:.1f} MB"


def short_hash(digest: str) -> str:
    """7c19…e04b"""
    return f"{digest[:_ENDS]}…{digest[-_ENDS:]}" if digest else ""


# ---- dates -----------------------------------------------------------------------------------------------------------


def as_date(value: date | str | None) -> date | None:
    """A date from a date, a moment, or ISO text as an event holds it."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    if isinstance(value, str):
        return date.fromisoformat(value) if value else None
    return value


def weekday(value: date) -> str:
    """周三, or 周日上班 for a worked day of a weekend."""
    word = f"周{'一二三四五六日'[value.weekday()]}"
    return f"{word}上班" if value.weekday() >= _SATURDAY and county().calendar.is_working(value) else word


def full_day(value: date | str | None) -> str:
    """2025年4月16日 周三"""
    found = as_date(value)
    return f"{found.year}年{found.month}月{found.day}日 {weekday(found)}" if found else ""


def day(value: date | str | None) -> str:
    """4月16日 周三; with the year where it is not this one."""
    found = as_date(value)
    return f"{short_day(found)} {weekday(found)}" if found else ""


def short_day(value: date | str | None) -> str:
    """4月16日; with the year where it is not this one."""
    found = as_date(value)
    if found is None:
        return ""
    year = "" if found.year == clock.today().year else f"{found.year}年"
    return f"{year}{found.month}月{found.day}日"


def moment(value: datetime | None) -> str:
    """2025年4月16日 10:32"""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def hour(value: datetime | None) -> str:
    """10:32"""
    return f"{timezone.localtime(value):%H:%M}" if value else ""


# ---- people and services ---------------------------------------------------------------------------------------------


def post(key: str) -> str:
    """县能源局 工单; 申请人, 系统 and 公众 for those who hold no post."""
    return {APPLICANT: _("申请人"), CLOCK: _("系统"), PUBLIC: _("公众")}.get(key) or post_word(key)


def role(key: str) -> str:
    """The post without its unit: 工单."""
    return registry.post_names.get(key) or post(key)


def service(app: str) -> str:
    """The Chinese name of a service: the verbose name of its Django app."""
    return str(apps.get_app_config(app).verbose_name) if app in apps.app_configs else app


# ---- time limits -----------------------------------------------------------------------------------------------------

DAYS = {Count.WORKDAY: "个工作日", Count.DAY: "天", Count.MONTH: "天", Count.YEAR: "天"}
"""How the days of a limit are called: months and years are shown in calendar days."""


@dataclass(frozen=True, slots=True)
class DueWords:
    """A limit in a table cell: `is_` for its mark, its words, and the date below."""

    is_: str
    words: str
    below: str
    on: date | None


def due(case: Any) -> DueWords:
    """The earliest limit of a case in words: 剩 3 个工作日, 今天到期, 逾期 2 个工作日, 暂停计时, 无时限."""
    if case.halted_on:
        return DueWords("halt", _("暂停计时"), _("{day}起暂停").format(day=short_day(case.halted_on)), case.halted_on)
    if case.due_on is None:
        return DueWords("idle", _("无时限"), "", None)
    today, calendar = clock.today(), county().calendar
    below = day(case.due_on) + (_("（暂定）") if case.due_provisional else "")
    if case.due_on == today:
        return DueWords("near", _("今天到期"), below, case.due_on)
    working = calendar.working_days_between(min(today, case.due_on), max(today, case.due_on))
    if _counts_working_days(case) and working:
        length = f"{working} {DAYS[Count.WORKDAY]}"
    else:
        length = f"{abs((case.due_on - today).days)} {DAYS[Count.DAY]}"
    if case.due_on < today:
        return DueWords("over", _("逾期 {length}").format(length=length), below, case.due_on)
    is_ = "near" if working <= limits.NEAR_DAYS else "ok"
    return DueWords(is_, _("剩 {length}").format(length=length), below, case.due_on)


def _counts_working_days(case: Any) -> bool:
    step = case.procedure.steps.get(case.due_step)
    declared = registry.parameters().get_declared(step.within.parameter) if step and step.within else None
    return declared is not None and declared.unit == Count.WORKDAY


STANDINGS = {
    "ok": lazy("在期"),
    "near": lazy("临近"),
    "over": lazy("逾期"),
    "halt": lazy("暂停"),
    "done": lazy("办结"),
}


def limit_days(armed: limits.Armed) -> str:
    """How the days of a limit are called: 个工作日 or 天."""
    return DAYS[Count(armed.value.unit)]


def left(armed: limits.Armed) -> str:
    """剩 13 个工作日, or 逾期 2 个工作日."""
    days = armed.budget.left
    return _("剩 {n} {unit}" if days >= 0 else "逾期 {n} {unit}").format(n=abs(days), unit=limit_days(armed))


def query(chosen: Mapping[str, object]) -> str:
    """The query string for what was chosen, without what is empty: ?light=soon&page=2"""
    return "?" + urlencode({name: value for name, value in chosen.items() if value})
