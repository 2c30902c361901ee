"""Small words that every rule of this app shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum

from xianzhi.law.decision import Reason


class InvestmentClass(StrEnum):
    """投资界面类别: who pays up to the red line; the last three are no class yet, or none at all."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    OUT = "out"
    JOINT = "joint"
    PENDING = "pending"

    @property
    def zh(self) -> str:
        return _CLASS_ZH[self]


_CLASS_ZH = {
    InvestmentClass.A: "供电公司投资",
    InvestmentClass.B: "县政府投资",
    InvestmentClass.C: "县政府与供电公司分担",
    InvestmentClass.D: "用户投资",
    InvestmentClass.OUT: "不适用本通知",
    InvestmentClass.JOINT: "提请共同认定",
    InvestmentClass.PENDING: "待定",
}

FREE_FOR_OWNER = (InvestmentClass.A, InvestmentClass.B, InvestmentClass.C)
"""The classes in which the owner pays nothing outside the red line."""
COUNTY_PAID = (InvestmentClass.B, InvestmentClass.C)
"""The classes in which county money flows."""


def condition(
    holds: bool, cites: str, yes: str, no: str, *, cure: str = "", used: Mapping[str, object] | None = None
) -> Reason:
    """A condition in the sentence that fits it; the cure is told only where it is not met."""
    return Reason(yes if holds else no, cites, used or {}, holds, "" if holds else cure)


def sentence(text: str, cites: str, used: Mapping[str, object] | None = None) -> Reason:
    """A finding that carries the outcome and is neither met nor missed."""
    return Reason(text, cites, used or {})


def yes_no(holds: bool | None) -> str:
    """是, 否, or 未查明 where nobody knows yet."""
    return "未查明" if holds is None else "是" if holds else "否"


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The sum of amounts, a Decimal even when there are none."""
    return sum(amounts, Decimal())
