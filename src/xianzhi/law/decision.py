"""What a rule answers: an outcome, and every reason with its citation and the values used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

ALLOW = "allow"
REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition a rule looked at, in a sentence that an official can read."""

    text: str
    cites: str
    used: Mapping[str, object] = field(default_factory=dict)
    """The values that decided it, by their Chinese label."""
    holds: bool = True
    """False when this is the condition that is not met."""
    cure: str = ""
    """How to get a yes; only where the condition is not met."""

    def as_data(self) -> dict[str, Any]:
        """Plain values for storing in an event."""
        data: dict[str, Any] = {"text": self.text, "cites": self.cites, "holds": self.holds}
        if self.used:
            data["used"] = {label: _plain(value) for label, value in self.used.items()}
        if self.cure:
            data["cure"] = self.cure
        return data


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer of a rule. `outcome` is ALLOW, REFUSE, or the rule's own word (a class, a holder).

    `value` is an amount or a date where the rule works one out.
    """

    outcome: str
    reasons: tuple[Reason, ...]
    value: Any = None

    def __post_init__(self) -> None:
        if not self.reasons:
            raise ValueError("a decision needs at least one reason")

    @property
    def refused(self) -> bool:
        return self.outcome == REFUSE

    @property
    def failing(self) -> tuple[Reason, ...]:
        """The conditions that are not met."""
        return tuple(reason for reason in self.reasons if not reason.holds)

    @property
    def cites(self) -> tuple[str, ...]:
        """Every provision relied on, once each, in the order of the reasons."""
        return tuple(dict.fromkeys(reason.cites for reason in self.reasons))

    @classmethod
    def of(cls, outcome: str, *reasons: Reason, value: Any = None) -> Decision:
        return cls(outcome, reasons, value)

    @classmethod
    def judge(cls, reasons: Iterable[Reason], *, value: Any = None) -> Decision:
        """Allowed when every condition holds, else refused; all conditions stay visible."""
        kept = tuple(reasons)
        return cls(ALLOW if all(reason.holds for reason in kept) else REFUSE, kept, value)

    @classmethod
    def all_of(cls, decisions: Iterable[Decision]) -> Decision | None:
        """Several guards as one decision: refused when any is. None when there was no guard."""
        kept = tuple(decisions)
        if not kept:
            return None
        if len(kept) == 1:
            return kept[0]
        reasons = tuple(reason for decision in kept for reason in decision.reasons)
        return cls(REFUSE if any(decision.refused for decision in kept) else ALLOW, reasons)

    def as_data(self) -> dict[str, Any]:
        """Plain values for storing in an event."""
        data: dict[str, Any] = {"outcome": self.outcome, "reasons": [reason.as_data() for reason in self.reasons]}
        if self.value is not None:
            data["value"] = _plain(self.value)
        return data


def _plain(value: object) -> Any:
    """A value as JSON can hold it: Decimals and dates as their text, containers element by element."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal | date | datetime):
        return value.isoformat() if isinstance(value, date) else str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=str)  # the same event on every run
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return str(value)
