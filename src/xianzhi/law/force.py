"""Whether an instrument is in force on a day: from when, until when, on trial or not, and what ended it.

What the document says is kept as it says it (from its publication, for three years); every state is worked out for a
day and stored nowhere. A period of years is counted as the Civil Code counts it: the first day is not counted, so three
years from 2024-03-13 end with 2027-03-13.
"""

from __future__ import annotations

from calendar import isleap
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Effect(StrEnum):
    """From when an instrument says that it applies."""

    PUBLISHED = "published"
    """From its publication; where that day is not known its own date is taken, and said to be assumed."""
    DATED = "dated"
    """From the day of its date."""
    DAY = "day"
    """From a day that it names."""
    SILENT = "silent"
    """It does not say: the day of its date is taken."""


class Standing(StrEnum):
    """Where an instrument stands on a day."""

    NOT_YET = "not_yet"
    TRIAL = "trial"
    IN_FORCE = "in_force"
    SUSPENDED = "suspended"
    TASKS_ENDED = "tasks_ended"
    """A plan whose period is over; nothing of it was repealed."""
    EXPIRED = "expired"
    REPEALED = "repealed"
    SUPERSEDED = "superseded"
    UNKNOWN = "unknown"


WORDS = {
    Standing.NOT_YET: "尚未施行", Standing.TRIAL: "试行", Standing.IN_FORCE: "施行中", Standing.SUSPENDED: "暂停执行",
    Standing.TASKS_ENDED: "任务期已满", Standing.EXPIRED: "已失效", Standing.REPEALED: "已废止",
    Standing.SUPERSEDED: "已被替代", Standing.UNKNOWN: "不明",
}  # fmt: skip
MARKS = {
    Standing.NOT_YET: "idle", Standing.TRIAL: "near", Standing.IN_FORCE: "ok", Standing.SUSPENDED: "halt",
    Standing.TASKS_ENDED: "done", Standing.EXPIRED: "over", Standing.REPEALED: "over", Standing.SUPERSEDED: "over",
    Standing.UNKNOWN: "ask",
}  # fmt: skip
"""How a page marks each standing."""
LIVE = frozenset({Standing.TRIAL, Standing.IN_FORCE})


class Change(StrEnum):
    """What can happen to an instrument after its issue."""

    AMEND = "amend"
    EXTEND = "extend"
    SUSPEND = "suspend"
    REPEAL = "repeal"
    SUPERSEDE = "supersede"


CHANGES = {
    Change.AMEND: "修改", Change.EXTEND: "延长有效期", Change.SUSPEND: "暂停执行", Change.REPEAL: "废止",
    Change.SUPERSEDE: "替代",
}  # fmt: skip
_ENDS = {Change.REPEAL: Standing.REPEALED, Change.SUPERSEDE: Standing.SUPERSEDED}


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: from which day (`on` included), until when for a suspension or an extension, and on what basis."""

    kind: Change
    on: date
    until: date | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What an instrument and its history say about its force. None: not said."""

    dated: date | None
    effect: Effect = Effect.SILENT
    published: date | None = None
    effective: date | None = None
    """The day that it names, for Effect.DAY."""
    until: date | None = None
    years: int | None = None
    """How many years it is valid from its effect."""
    trial: bool = False
    tasks_until: date | None = None
    """The end of the period of a plan's tasks."""
    changes: tuple[Changed, ...] = ()


@dataclass(frozen=True, slots=True)
class Force:
    """The answer for a day. since and last: the first and the last day of force, as far as known; assumed: the first
    day was taken from the document's date, because its publication is not known; basis: of what ended it."""

    standing: Standing
    since: date | None
    last: date | None
    assumed: bool = False
    basis: str = ""

    @property
    def words(self) -> str:
        return WORDS[self.standing]

    @property
    def mark(self) -> str:
        return MARKS[self.standing]

    @property
    def live(self) -> bool:
        return self.standing in LIVE


def years_later(day: date, years: int) -> date:
    """The last day of a period of years that begins on the day after `day`; 29 February ends on the 28th."""
    year = day.year + years
    return (
        day.replace(year=year, day=28)
        if (day.month, day.day) == (2, 29) and not isleap(year)
        else day.replace(year=year)
    )


def first_day(of: Terms) -> tuple[date | None, bool]:
    """The first day of force, and whether it is assumed."""
    if of.effect == Effect.DAY:
        return of.effective, False
    if of.effect == Effect.PUBLISHED:
        return of.published or of.dated, of.published is None
    return of.dated, False


def last_day(of: Terms, trial_years: int | None = None) -> date | None:
    """The last day of force that the instrument, its extensions or the county's rule for trials state."""
    since, _assumed = first_day(of)
    stated = of.until
    if stated is None and since is not None:
        years = of.years if of.years is not None else trial_years if of.trial else None
        stated = years_later(since, years) if years is not None else None
    extended = [one.until for one in of.changes if one.kind == Change.EXTEND and one.until]
    return max([*extended, stated]) if stated else max(extended, default=None)


def in_force(of: Terms, on: date, *, trial_years: int | None = None) -> Force:
    """How an instrument stands on a day. trial_years: how long a trial lasts that states no end; None: not ruled.

    Of several changes the one that ended it first decides. [rule G-14]
    """
    since, assumed = first_day(of)
    last = last_day(of, trial_years)
    if since is None:
        return Force(Standing.UNKNOWN, None, last)
    if on < since:
        return Force(Standing.NOT_YET, since, last, assumed)
    ended = min((one for one in of.changes if one.kind in _ENDS and one.on <= on), key=lambda one: one.on, default=None)
    if ended and (last is None or ended.on <= last):
        return Force(_ENDS[ended.kind], since, last, assumed, ended.basis)
    if last is not None and on > last:
        return Force(Standing.EXPIRED, since, last, assumed)
    if paused := _paused(of.changes, on):
        return Force(Standing.SUSPENDED, since, last, assumed, paused.basis)
    if of.tasks_until is not None and on > of.tasks_until:
        return Force(Standing.TASKS_ENDED, since, last, assumed)
    return Force(Standing.TRIAL if of.trial else Standing.IN_FORCE, since, last, assumed)


def _paused(changes: Iterable[Changed], on: date) -> Changed | None:
    return next(
        (
            one
            for one in changes
            if one.kind == Change.SUSPEND and one.on <= on and (one.until is None or on <= one.until)
        ),
        None,
    )
