"""Where the townships take part."""

from __future__ import annotations

from dataclasses import dataclass

from xianzhi.apps.power_access.rules.reasons import condition
from xianzhi.law.decision import Decision
from xianzhi.law.parameters import Parameters


@dataclass(frozen=True, slots=True)
class PlaceFacts:
    """A place and the township that answers for it."""

    place: str
    township: str = ""
    """Empty where the place lies in no township."""


def in_a_township(facts: PlaceFacts, p: Parameters) -> Decision:
    """Crops and questions of policy are the township's at the place. [power-3-2-3-6]"""
    return Decision.judge([
        condition(bool(facts.township), "power-3-2-3-6", f"由{facts.township}协调", f"{facts.place}没有负责协调的乡镇",
                  cure="按地块所在的乡镇登记", used={"地点": facts.place, "乡镇": facts.township or "无"}),
    ])  # fmt: skip
