"""Who pays what outside the red line, in words, before there is any amount."""

from dataclasses import dataclass
from datetime import date

from xianzhi.apps.power_access.rules import CostKind, CostLine, InvestmentClass, Payer, SplitFacts, split_cost
from xianzhi.kernel import registry
from xianzhi.law.money import yuan
from xianzhi.law.parameters import NoValue

SHOWN = (CostKind.CIVIL, CostKind.ELECTRICAL, CostKind.METERING, CostKind.CORRIDOR)
"""The kinds of cost that an owner asks about."""


@dataclass(frozen=True, slots=True)
class Share:
    """One kind of cost, who bears it and the provision that says so."""

    kind: CostKind
    payer: Payer
    cites: str


def shares_of(classified: InvestmentClass, on: date) -> list[Share]:
    """Who bears each kind of cost in a class; empty where it is not settled, or a value has ended."""
    try:
        return [share for kind in SHOWN if (share := _share(classified, kind, on))]
    except NoValue:
        return []


def _share(classified: InvestmentClass, kind: CostKind, on: date) -> Share | None:
    """The rule is asked about one yuan of this kind: whoever it falls on, pays all of it."""
    line = CostLine(kind.zh, kind, yuan(1))
    found = split_cost(SplitFacts(on, classified, (line,)), registry.parameters())
    if found.refused:
        return None
    payer = next(who for who, amount in found.value.items() if amount)
    reason = next(one for one in found.reasons if str(payer) in one.used)
    return Share(kind, payer, reason.cites)
