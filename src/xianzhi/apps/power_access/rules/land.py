"""The land of a project: how it is supplied, whether it is planned for building, whether the reserve funds cover it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xianzhi.apps.power_access.rules.reasons import InvestmentClass, sentence, yes_no
from xianzhi.law.decision import ALLOW, Decision, Reason
from xianzhi.law.parameters import Parameters


class Supply(StrEnum):
    """供地方式."""

    ALLOCATED = "划拨"
    GRANTED = "出让"
    LEASED = "租赁"
    CONTRIBUTED = "作价出资"
    COLLECTIVE = "集体"
    NONE = "无"


NAMED_MODES = (Supply.ALLOCATED, Supply.GRANTED)
"""The two ways of supply that the notice names; what its 等 takes in is decided jointly."""


@dataclass(frozen=True, slots=True)
class LandFacts:
    """What the land layers and papers say. Areas in whole m², so that a sliver of drawing decides nothing."""

    supply: Supply | None = None
    area: Decimal | None = None
    """Of the project's red line."""
    inside: Decimal | None = None
    """How much of it lies in planned construction land."""
    reserve_covered: bool | None = None

    @property
    def wholly_inside(self) -> bool:
        return self.area is not None and self.inside is not None and 0 < self.area <= self.inside

    @property
    def outside(self) -> bool:
        """Known to lie wholly outside planned construction land."""
        return self.area is not None and self.inside is not None and self.area > 0 and self.inside <= 0

    def used(self) -> dict[str, object]:
        return {
            "供地方式": self.supply or "未查明",
            "用地面积": self.area if self.area is not None else "未查明",
            "规划建设用地内面积": self.inside if self.inside is not None else "未查明",
            "土地储备资金覆盖": yes_no(self.reserve_covered),
        }


def within_boundary(facts: LandFacts, p: Parameters) -> Decision:
    """State land in planned construction land is in scope; doubt goes to joint determination. [power-1-1]"""
    doubts = (*_mode_doubt(facts), *_planning_doubt(facts))
    if doubts:
        return Decision(InvestmentClass.JOINT, doubts)
    if facts.outside:
        return Decision.of(InvestmentClass.OUT, _outside(facts))
    text = f"以{facts.supply}方式供国有土地，用地全部在规划建设用地内，投资做到用户红线"
    return Decision.of(ALLOW, sentence(text, "power-1-1", facts.used()))


def land_class(facts: LandFacts) -> Decision:
    """B, joint or C from the land alone. [power-2-2-1] [power-2-3-1]

    Beside joint the value is the class that follows once the doubt is settled in the project's favour.
    """
    doubts = (*_mode_doubt(facts), *_planning_doubt(facts), *_reserve_doubt(facts))
    far = (_outside(facts),) if facts.outside else ()
    if doubts:
        likely = InvestmentClass.C if far or facts.reserve_covered is False else InvestmentClass.B
        return Decision(InvestmentClass.JOINT, (*doubts, *far), likely)
    if facts.wholly_inside and facts.reserve_covered:
        text = f"以{facts.supply}方式供国有土地，用地全部在规划建设用地内且土地储备资金覆盖，延伸投资由县政府出"
        return Decision.of(InvestmentClass.B, sentence(text, "power-2-2-1", facts.used()))
    lacking = "" if facts.reserve_covered else "，土地储备资金未覆盖"
    text = f"不属供电公司投资和县政府投资的项目{lacking}，由县政府与供电公司分担，须共同认定"
    return Decision.of(InvestmentClass.C, sentence(text, "power-2-3-1", facts.used()), *far)


def _mode_doubt(facts: LandFacts) -> tuple[Reason, ...]:
    if facts.supply in NAMED_MODES:
        return ()
    if facts.supply is None:
        text = "供地方式未查明，须共同认定"
    elif facts.supply == Supply.NONE:
        text = "项目没有供地手续，须共同认定"
    else:
        text = f"供地方式为{facts.supply}，是否属于“划拨、出让等”须共同认定"
    return (sentence(text, "power-2-2-1", facts.used()),)


def _planning_doubt(facts: LandFacts) -> tuple[Reason, ...]:
    if facts.wholly_inside or facts.outside:
        return ()
    if not facts.area or facts.inside is None:
        text = "用地是否在规划建设用地内未查明，须共同认定"
    else:
        text = f"用地{facts.area:,}平方米中{facts.inside:,}平方米在规划建设用地内，须共同认定"
    return (sentence(text, "power-1-1", facts.used()),)


def _reserve_doubt(facts: LandFacts) -> tuple[Reason, ...]:
    if facts.reserve_covered is not None:
        return ()
    return (sentence("土地储备资金是否覆盖未查明，须共同认定", "power-2-2-1", facts.used()),)


def _outside(facts: LandFacts) -> Reason:
    """Part 1 speaks of planned construction land only: whether it reaches further is for both offices to say."""
    text = "用地在规划建设用地之外，投资到红线的规定是否适用须由共同认定写明，认定前不得向用户收费"
    return sentence(text, "power-1-1", facts.used())
