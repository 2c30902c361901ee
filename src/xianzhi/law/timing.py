"""Time limits: when something is due, how much of its time is used, and how it stands.

A limit is a budget of days that starts on the day after the event (the first day is not counted), is not used up
while a case is paused, and, where the law says so, does not end on a day of rest (Civil Code, articles 200 to 204).
Nothing here is stored: a due date is computed each time from its start, its pauses and the working calendar.
"""

from __future__ import annotations

import calendar as gregorian
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Literal

ONE_DAY = timedelta(days=1)
MONTHS_IN_YEAR = 12
SATURDAY = 5  # date.weekday(): Monday is 0

# A notice may move days of rest into the last week of the year before (29 December 2018 was a working Saturday by the
# notice for 2019), so from this day on the following year's notice is needed too.
NEW_YEAR_REACH = (12, 25)

ENTRY_NAMES = ("notice", "issued", "off", "on")

Standing = Literal["ok", "near", "over", "halt"]


class Count(StrEnum):
    """The unit in which a time limit is counted."""

    WORKDAY = "workday"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class WorkingCalendar:
    """Which days are worked: weekends, corrected by one published notice a year.

    `data` maps a year to {"notice": its number, "off": weekdays of rest, "on": worked weekend days} and, for readers,
    "issued"; dates may be `date` or ISO text. A year that is missing counts plain weekends, and `is_published` says so.
    Raises ValueError, naming the year and the entry, for anything else in it, or a day that contradicts its list.
    """

    def __init__(self, data: Mapping[int, Mapping[str, Any]]) -> None:
        self._notices: dict[int, str] = {}
        self._off: set[date] = set()
        self._on: set[date] = set()
        for key, entry in data.items():
            year = int(key)
            self._notices[year] = _notice_of(year, entry)
            self._off |= _days_of(year, entry, "off", weekend=False)
            self._on |= _days_of(year, entry, "on", weekend=True)

    def notice(self, year: int) -> str | None:
        """The number of the notice that a year rests on, or None while there is none."""
        return self._notices.get(year)

    @property
    def digest(self) -> str:
        """Another one as soon as any notice or day differs: then every date worked out before may be another too."""
        content = repr((sorted(self._notices.items()), sorted(self._off), sorted(self._on)))
        return hashlib.sha256(content.encode()).hexdigest()

    def is_working(self, day: date) -> bool:
        """Whether `day` is worked, as far as the published notices say."""
        return day in self._on or (not _is_weekend(day) and day not in self._off)

    def is_published(self, day: date) -> bool:
        """Whether every notice that can decide `day` is out; if not, what is computed from it is provisional."""
        reaches_on = (day.month, day.day) >= NEW_YEAR_REACH
        return day.year in self._notices and (not reaches_on or day.year + 1 in self._notices)

    def next_working(self, day: date) -> date:
        """`day` itself if it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_working_days(self, start: date, n: int) -> date:
        """The n-th working day after `start`, which is not counted; n = 0 gives `next_working(start)`."""
        _refuse_negative(n)
        if not n:
            return self.next_working(start)
        return _walk(start, n, self.is_working)

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; negative when `end` is the earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(map(self.is_working, _days_after(start, end)))


@dataclass(frozen=True, slots=True, order=True)
class Pause:
    """A stretch in which a limit does not run: from the day `from_` up to, not including, the day `to`.

    The day on which it is resumed counts again. `to=None` is a pause that is still open. A pause that is resumed on
    the day it began costs nothing.
    """

    from_: date
    to: date | None = None

    def __post_init__(self) -> None:
        if self.to is not None and self.to < self.from_:
            raise ValueError(f"恢复日期 {self.to} 早于暂停日期 {self.from_}，请核对暂停记录")

    def covers(self, day: date) -> bool:
        """Whether the limit stands still on `day`."""
        return self.from_ <= day and (self.to is None or day < self.to)


@dataclass(frozen=True, slots=True)
class Due:
    """The last day of a limit, and what explains it.

    `provisional`: a day that it depends on has no published notice yet. `moved_from`: the day on which the budget ran
    out, when the limit could not end on it; `rolled`: the days that this added. `paused`: days not counted up to `on`.
    Both in the limit's own days (see `Budget`). `held`: a pause is open, so `on` is only the earliest possible day.
    """

    on: date
    provisional: bool
    moved_from: date | None = None
    rolled: int = 0
    paused: int = 0
    held: bool = False


@dataclass(frozen=True, slots=True)
class Budget:
    """A limit as it stands on a day, in its own days (working days, or calendar days for the other units).

    of + rolled = used + left. `of`: what the law grants; `rolled`: added because it would end on a day of rest;
    `used` and `held`: days gone, counted and paused; `left`: negative by the days that it is overdue.
    """

    of: int
    rolled: int
    used: int
    held: int
    left: int


def add_months(start: date, n: int) -> date:
    """The same day of the month n months later, or the last day of that month where it has no such day."""
    years, month = divmod(start.month - 1 + n, MONTHS_IN_YEAR)
    year, month = start.year + years, month + 1
    return date(year, month, min(start.day, gregorian.monthrange(year, month)[1]))


def days_before(day: date, n: int) -> date:
    """The day n calendar days before `day`."""
    return day - timedelta(days=n)


def merge_pauses(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """The same paused days as few pauses in order of time; overlapping and touching ones become one."""
    merged: list[Pause] = []
    for pause in sorted(pauses, key=lambda p: p.from_):
        if pause.to == pause.from_:
            continue
        last = merged[-1] if merged else None
        if last is None or (last.to is not None and last.to < pause.from_):
            merged.append(pause)
        elif last.to is not None and (pause.to is None or pause.to > last.to):
            merged[-1] = Pause(last.from_, pause.to)
    return tuple(merged)


def due_date(
    start: date,
    amount: int,
    count: Count,
    calendar: WorkingCalendar,
    *,
    rolls: bool = True,
    pauses: Iterable[Pause] = (),
    on: date | None = None,
) -> Due:
    """The last day of a limit of `amount` units that an event on `start` sets running.

    Months and years are turned into the calendar days that they span from `start`, and a pause is added to them day by
    day. With `rolls`, a limit never ends on a day of rest (a limit in working days cannot anyway), nor on a paused one.
    An open pause leaves the due date unknown: the answer is then `held`, as if work were resumed on the day `on` (or,
    without `on`, on the day of the pause): no due date can be earlier. An open pause that begins after the due date
    changes nothing. Raises ValueError for a negative amount.
    """
    ledger = tuple(pauses)
    closed = merge_pauses(p for p in ledger if p.to is not None)
    due = _due_when_closed(start, amount, count, calendar, rolls, closed)
    opened = min((p.from_ for p in ledger if p.to is None), default=None)
    if opened is None or opened > due.on:
        return due
    resumed = merge_pauses((*closed, Pause(opened, max(opened, on or opened))))
    return replace(_due_when_closed(start, amount, count, calendar, rolls, resumed), held=True)


def budget(
    start: date,
    amount: int,
    count: Count,
    calendar: WorkingCalendar,
    pauses: Iterable[Pause],
    on: date,
    *,
    rolls: bool = True,
) -> Budget:
    """How much of a limit is used, held and left at the end of the day `on`; nothing is used before it starts."""
    ledger = tuple(pauses)
    due = due_date(start, amount, count, calendar, rolls=rolls, pauses=ledger, on=on)
    held = _held(start, on, count, calendar, merge_pauses(ledger))
    used = _gone(start, on, count, calendar) - held
    of = _days_granted(start, amount, count)
    return Budget(of=of, rolled=due.rolled, used=used, held=held, left=of + due.rolled - used)


def standing(due_on: date, on: date, near_days: int, held: bool = False) -> Standing:
    """How a limit stands on a day: at a halt, over, near (due within `near_days` calendar days), or ok."""
    if held:
        return "halt"
    if on > due_on:
        return "over"
    return "near" if (due_on - on).days <= near_days else "ok"


def _due_when_closed(
    start: date, amount: int, count: Count, calendar: WorkingCalendar, rolls: bool, pauses: tuple[Pause, ...]
) -> Due:
    """The due date once every pause has its end; `pauses` are merged."""
    in_workdays = count == Count.WORKDAY

    def may_end(day: date) -> bool:
        return calendar.is_working(day) and not any(pause.covers(day) for pause in pauses)

    granted = _days_granted(start, amount, count)
    end = _walk(start, granted, may_end) if in_workdays else _run_out(start, granted, pauses)
    last = end
    while rolls and not may_end(last):
        last += ONE_DAY
    # Calendar days are certain: of a limit in them, only the search for a day to end on rests on the notices.
    looked_up = _days_after(start if in_workdays else end - ONE_DAY, last) if rolls or in_workdays else ()
    return Due(
        on=last,
        provisional=not all(map(calendar.is_published, looked_up)),
        moved_from=end if last != end else None,
        rolled=_gone(end, last, count, calendar) - _held(end, last, count, calendar, pauses),
        paused=_held(start, last, count, calendar, pauses),
    )


def _days_granted(start: date, amount: int, count: Count) -> int:
    """A limit as a number of days of its own: working days, or calendar days from `start`."""
    _refuse_negative(amount)
    if count == Count.MONTH:
        return (add_months(start, amount) - start).days
    if count == Count.YEAR:
        return (add_months(start, amount * MONTHS_IN_YEAR) - start).days
    return amount


def _run_out(start: date, granted: int, pauses: tuple[Pause, ...]) -> date:
    """The day on which that many calendar days have run since `start`; `pauses` are merged and closed."""
    end = start + timedelta(days=granted)
    for pause in pauses:
        first = max(pause.from_, start + ONE_DAY)
        if first <= end and pause.to is not None and pause.to > first:
            end += pause.to - first
    return end


def _gone(start: date, end: date, count: Count, calendar: WorkingCalendar) -> int:
    """How many of the limit's own days lie after `start`, up to `end`; none when `end` is the earlier."""
    if end <= start:
        return 0
    return calendar.working_days_between(start, end) if count == Count.WORKDAY else (end - start).days


def _held(start: date, end: date, count: Count, calendar: WorkingCalendar, pauses: tuple[Pause, ...]) -> int:
    """How many of those days are paused; `pauses` are merged."""
    return sum(
        _gone(max(start, pause.from_ - ONE_DAY), min(end, pause.to - ONE_DAY) if pause.to else end, count, calendar)
        for pause in pauses
    )


def _walk(start: date, n: int, counts: Callable[[date], bool]) -> date:
    """The n-th day after `start` that counts."""
    day = start
    while n:
        day += ONE_DAY
        n -= counts(day)
    return day


def _days_after(start: date, end: date) -> Iterator[date]:
    """The days after `start` up to and including `end`."""
    for offset in range((end - start).days):
        yield start + timedelta(days=offset + 1)


def _is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _refuse_negative(amount: int) -> None:
    if amount < 0:
        raise ValueError(f"时限不能是负数：{amount}")


def _notice_of(year: int, entry: Mapping[str, Any]) -> str:
    for name in entry:
        if name not in ENTRY_NAMES:
            # A bare on or off in YAML arrives as True or False: passed over, a year would lose its holidays unseen.
            cure = f"；应为 {'、'.join(ENTRY_NAMES)}，其中 on、off 在 YAML 中要加引号"
            raise ValueError(f"{year}年工作日历中的“{name}”无法识别{cure}")
    notice = str(entry.get("notice") or "").strip()
    if not notice:
        raise ValueError(f"{year}年工作日历缺少放假通知文号（notice）；通知未发布的年份不要列入")
    return notice


def _days_of(year: int, entry: Mapping[str, Any], name: str, *, weekend: bool) -> set[date]:
    """The listed days, each checked to lie in the notice's reach and to differ from a plain week."""
    days = set()
    for value in entry.get(name) or ():
        day = _read_day(year, name, value)
        in_reach = day.year == year or (day.year == year - 1 and (day.month, day.day) >= NEW_YEAR_REACH)
        if not in_reach:
            raise ValueError(f"{year}年工作日历 {name} 中的 {day} 不在该年通知范围内，请核对年份")
        if _is_weekend(day) != weekend:
            plain = "本来就是周末，不必列入" if name == "off" else "本来就是周一至周五，不必列入"
            raise ValueError(f"{year}年工作日历 {name} 中的 {day} {plain}，请核对日期")
        days.add(day)
    return days


def _read_day(year: int, name: str, value: object) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"{year}年工作日历 {name} 中的“{value}”不是日期，应写成 {year}-01-31 的样子") from None
