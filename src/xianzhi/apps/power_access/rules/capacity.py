"""The load asked for: in kilowatts, to one decimal, and not split over applications."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access.rules.reasons import condition, sentence, total
from xianzhi.law.decision import ALLOW, REFUSE, Decision, Reason
from xianzhi.law.parameters import Parameters
from xianzhi.law.timing import add_months

FLAG = "flag"


@dataclass(frozen=True, slots=True)
class OtherLoad:
    """An earlier application with the same owner's code in the same building."""

    capacity_kw: Decimal
    applied_on: date


@dataclass(frozen=True, slots=True)
class CapacityFacts:
    """What was asked for, and what was asked for before on the same site."""

    applied_on: date
    capacity_kw: Decimal | None
    """报装容量 as declared, in kW; None where only kVA was given."""
    capacity_kva: Decimal | None = None
    same_site: tuple[OtherLoad, ...] = ()


def capacity_ok(facts: CapacityFacts, p: Parameters) -> Decision:
    """The load can be compared with the cap: ALLOW, REFUSE, or flag when a site's sum passes it. [power-2-1-3]

    kVA is never turned into kW: the power factor is not ours to assume. Value: the sum of the site in kW.
    """
    if (form := _form(facts)) and not form.holds:
        return Decision.of(REFUSE, form)
    assert facts.capacity_kw is not None
    near = _within_window(facts, p)
    summed = total((facts.capacity_kw, *(other.capacity_kw for other in near)))
    if not near:
        return Decision.of(ALLOW, form, value=summed)
    cap = p.get("power.small.max_kw", on=facts.applied_on)
    used = {"本次报装": facts.capacity_kw, "同址合计": summed, "上限": cap}
    split = facts.capacity_kw <= cap.as_decimal() < summed
    earlier = "、".join(f"{other.applied_on}报装{other.capacity_kw}千瓦" for other in near)
    verdict = f"超过{cap}，须共同认定" if split else f"上限为{cap}"
    site = sentence(f"同一主体同一建筑{earlier}，连同本次合计{summed}千瓦，{verdict}", "power-2-1-3", used)
    return Decision.of(FLAG if split else ALLOW, form, site, value=summed)


def _form(facts: CapacityFacts) -> Reason:
    kw, used = facts.capacity_kw, {"报装千瓦": facts.capacity_kw, "报装千伏安": facts.capacity_kva}
    if kw is None:
        text = "只填了千伏安，请填千瓦" if facts.capacity_kva is not None else "未填报装容量，请填千瓦"
        return condition(False, "power-2-1-3", "", text, cure="由业主填报以千瓦计的报装容量", used=used)
    return condition(
        kw > 0 and kw == round(kw, 1),
        "power-2-1-3",
        f"报装容量{kw}千瓦",
        f"报装容量{kw}千瓦写法有误，应大于零且只写一位小数",
        cure="按一位小数重填报装容量",
        used=used,
    )


def _within_window(facts: CapacityFacts, p: Parameters) -> tuple[OtherLoad, ...]:
    """The earlier applications that still count with this one."""
    if not facts.same_site:
        return ()
    window = p.get("power.same_site.window", on=facts.applied_on).as_int()
    since = add_months(facts.applied_on, -window)
    return tuple(other for other in facts.same_site if since <= other.applied_on <= facts.applied_on)
