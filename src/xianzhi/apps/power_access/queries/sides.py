"""Whose days they were: the time of a project, told apart by owner, grid and government."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Event
from xianzhi.law.procedure import APPLICANT, Step

OWNER, GRID, GOVERNMENT = "用户", "电网", "政府"
SIDES = (OWNER, GRID, GOVERNMENT)


def side_of(post: str) -> str:
    """On which side somebody works who takes a step by this post."""
    if post == APPLICANT:
        return OWNER
    return GRID if post.startswith("grid.") else GOVERNMENT


@dataclass(frozen=True, slots=True)
class Sides:
    """Working days by side, the open stretch until today included."""

    days: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.days.values())


def days_by_side(cases: Iterable[Case], waits: dict[int, Step | None], on: date | None = None) -> Sides:
    """How many working days each side has had the cases: one query.

    The days before a step belong to whoever took it; those since the last one to whom the case now waits for
    (`waits`: the step by the case's id, None where nothing is waited for).
    """
    kept, today, calendar = {one.pk: one for one in cases}, on or clock.today(), county().calendar
    days = dict.fromkeys(SIDES, 0)
    last: dict[int, date] = {}
    rows = Event.objects.filter(case__in=kept).order_by("case_id", "seq").values_list("case_id", "by_post", "on")
    for case, post, day in rows:
        if case in last:
            days[side_of(post)] += calendar.working_days_between(last[case], day)
        last[case] = day
    for case, since in last.items():
        step = waits.get(case)
        if step is not None and kept[case].closed_on is None and since < today:
            days[side_of(step.by[0])] += calendar.working_days_between(since, today)
    return Sides(days)
