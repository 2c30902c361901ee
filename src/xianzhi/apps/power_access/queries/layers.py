"""What the land layers say about a red line: the facts of the classification."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import PlanningLand, ReserveCover
from xianzhi.apps.power_access.models.land import LandLayer
from xianzhi.kernel import geometry
from xianzhi.kernel.models.units import in_force

_WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Ground:
    """A red line against the layers of a day. Areas in whole m²; None where no layer is loaded."""

    area: Decimal
    inside: Decimal | None
    """How much of it lies in planned construction land."""
    covered: bool | None
    """Wholly under reserve cover; None also where only a part is."""
    true_on: date | None
    """The older of the days to which the layers are true."""


def ground_of(red_line: Any, on: date) -> Ground:
    """What the layers in force on a day say about a red line: two queries."""
    area = area_of(red_line)
    inside, planned_on = _common(PlanningLand, red_line, area, on)
    reserved, covered_on = _common(ReserveCover, red_line, area, on)
    covered = None if reserved is None or 0 < reserved < area else reserved == area
    return Ground(area, inside, covered, min((day for day in (planned_on, covered_on) if day), default=None))


def area_of(red_line: Any) -> Decimal:
    """The area of a red line in whole m², as the classification counts it."""
    return geometry.area_m2(red_line).quantize(_WHOLE)


def land_facts(red_line: Any, supply: rules.Supply, on: date) -> tuple[rules.LandFacts, date | None]:
    """The facts of a red line for the rules, and the day to which the layers are true."""
    ground = ground_of(red_line, on)
    return rules.LandFacts(supply, ground.area, ground.inside, ground.covered), ground.true_on


def _common(layer: type[LandLayer], red_line: Any, area: Decimal, on: date) -> tuple[Decimal | None, date | None]:
    """What a red line has in common with a layer, whose polygons do not overlap one another, and the layer's day."""
    rows = list(layer._default_manager.filter(in_force(on)).values_list("shape", "true_on"))
    if not rows:
        return None, None
    box = geometry.bounds(red_line)
    shapes = [shape for shape, _ in rows if geometry.touches(shape, box)]
    common = sum((geometry.overlap_m2(red_line, shape) for shape in shapes), Decimal())
    return min(area, common.quantize(_WHOLE)), min(day for _, day in rows)
