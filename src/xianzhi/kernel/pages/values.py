"""What was entered with a step, as a page shows it: by its Chinese label, with its unit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from xianzhi.kernel.pages import words
from xianzhi.kernel.personal.values import shown_data
from xianzhi.law.decision import Decision, Reason
from xianzhi.law.fields import CHOICE, DAY, LINES, MONEY, NOTE, NUMBER, WHOLE, YES_NO, Field
from xianzhi.law.procedure import Step

_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_WITHIN = re.compile(r"(?<![\d-])\d{4}-\d{2}-\d{2}(?![\d-])")
FIGURES = (MONEY, NUMBER, WHOLE)


@dataclass(frozen=True, slots=True)
class Shown:
    """One value with its label. `said` for a person's own words; `rows` for lines, each of (label, text)."""

    label: str
    text: str
    said: bool = False
    columns: tuple[Field, ...] = ()
    rows: tuple[tuple[tuple[str, str], ...], ...] = ()


def values_of(fields: Iterable[Field], data: Mapping[str, Any]) -> list[Shown]:
    """The values that were entered, in the order in which they were asked for. Of an event: `entered`."""
    return [_shown(field, data[field.name]) for field in fields if data.get(field.name) not in (None, "", [])]


def entered(step: Step | None, data: Mapping[str, Any]) -> list[Shown]:
    """The values of an event; those of a step that is no longer declared, by their bare names."""
    masked = shown_data(step, data)
    if step is not None:
        return values_of(step.asks, masked)
    return [Shown(name, plain(value)) for name, value in masked.items()]


def _shown(field: Field, value: Any) -> Shown:
    if field.kind == LINES:
        rows = tuple(
            tuple((column.zh, word(column, line.get(column.name))) for column in field.columns) for line in value
        )
        return Shown(field.zh, "", columns=field.columns, rows=rows)
    return Shown(field.zh, word(field, value), said=field.kind == NOTE)


def word(field: Field, value: Any) -> str:
    """One value in words: 1,036.80 元, 2025年4月16日 周三, the label of a choice, 是 or 否."""
    if value is None or value == "":
        return ""
    if field.kind == CHOICE:
        return dict(field.choices).get(value, str(value))
    if field.kind == YES_NO:
        return _("是") if value else _("否")
    if field.kind == DAY:
        return words.full_day(value)
    if field.kind == MONEY:
        return words.money(value)
    return words.figure(value, field.unit) if field.kind in FIGURES else str(value)


def plain(value: Any) -> str:
    """A value that a rule used, in words."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str) and _ISO_DAY.fullmatch(value):
        try:
            return words.full_day(value)
        except ValueError:  # the number of some paper, such as 2025-13-45
            return value
    if isinstance(value, date):
        return words.full_day(value)
    if isinstance(value, Decimal | int):
        return words.figure(value)
    if isinstance(value, Mapping):
        return "，".join(f"{name} {plain(one)}" for name, one in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(plain(one) for one in value)
    return _("无") if value is None else str(value)


def sentence(text: str) -> str:
    """A reason's sentence with its days as people write them: 2027年2月1日. Stored sentences keep 2027-02-01."""

    def day(found: re.Match[str]) -> str:
        try:
            read = date.fromisoformat(found.group())
        except ValueError:  # the number of some paper, such as 2025-13-45
            return found.group()
        return f"{read.year}年{read.month}月{read.day}日"

    return _DAY_WITHIN.sub(day, text)


@dataclass(frozen=True, slots=True)
class Answer:
    """A decision as a page shows it: what stands against the step, what speaks for it."""

    id: str
    title: str
    failing: tuple[Reason, ...]
    holding: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        return not self.failing

    @property
    def cures(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(reason.cure for reason in self.failing if reason.cure))


def answer(step: Step, reasons: Iterable[Reason], decision: Decision | None) -> Answer:
    """For the block of one step: all that stands against it, and the conditions that hold."""
    holding = tuple(reason for reason in decision.reasons if reason.holds) if decision else ()
    return Answer(f"why-{step.name}", step.zh, tuple(reasons), holding)
