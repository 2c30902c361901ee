"""What the land layers say about a spot."""

from dataclasses import dataclass
from datetime import date

from xianzhi.apps.power_access.models import PlanningLand, ReserveCover
from xianzhi.apps.power_access.models.land import LandLayer
from xianzhi.kernel import geometry
from xianzhi.kernel.models.units import in_force

_NEAR = 1e-7
"""A spot is a box of this half width in degrees, about a centimetre."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place and what the layers say about it; None where no layer is loaded."""

    longitude: float
    latitude: float
    planned: bool | None
    covered: bool | None
    true_on: date | None
    """The older of the days to which the two layers are true."""


def spot_at(longitude: float, latitude: float, on: date) -> Spot:
    """Whether a spot lies in planned construction land and under reserve cover: two queries."""
    box = (longitude - _NEAR, latitude - _NEAR, longitude + _NEAR, latitude + _NEAR)
    planned, planned_on = _covers(PlanningLand, box, on)
    covered, covered_on = _covers(ReserveCover, box, on)
    days = [day for day in (planned_on, covered_on) if day]
    return Spot(longitude, latitude, planned, covered, min(days, default=None))


def _covers(
    layer: type[LandLayer], box: tuple[float, float, float, float], on: date
) -> tuple[bool | None, date | None]:
    rows = list(layer._default_manager.filter(in_force(on)).values_list("shape", "true_on"))
    if not rows:
        return None, None
    return any(geometry.touches(shape, box) for shape, _ in rows), min(day for _, day in rows)
