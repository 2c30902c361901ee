"""A small drawing of the county with one township picked out."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import cos, radians
from typing import Any

from xianzhi.kernel.county import County, county

WIDTH = 340
_EDGE = 6


@dataclass(frozen=True, slots=True)
class Sketch:
    """Paths for an SVG of a width of 340: the townships of the county, and the one that is picked out."""

    height: int
    townships: tuple[str, ...]
    here: str
    name: str


def sketch_of(division: str) -> Sketch | None:
    """The county with the township of a division code; None where the county pack has no shapes."""
    drawn = _drawn(county())
    if drawn is None:
        return None
    height, paths = drawn
    here = paths.get(f"{division[:9]}000", "")
    return Sketch(height, tuple(paths.values()), here, county().place(division))


@lru_cache(maxsize=4)
def _drawn(of: County) -> tuple[int, dict[str, str]] | None:
    try:
        features = of.shapes("townships")["features"]
    except FileNotFoundError:
        return None
    points = [point for feature in features for ring in _rings(feature["geometry"]) for point in ring]
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    narrow = cos(radians((south + north) / 2))
    scale = (WIDTH - 2 * _EDGE) / ((east - west) * narrow)

    def point(x: float, y: float) -> str:
        return f"{_EDGE + (x - west) * narrow * scale:.0f},{_EDGE + (north - y) * scale:.0f}"

    def path(geometry: dict[str, Any]) -> str:
        return "".join(f"M{' '.join(point(*one) for one in ring)}Z" for ring in _rings(geometry))

    paths = {str(feature["properties"]["code"]): path(feature["geometry"]) for feature in features}
    return round((north - south) * scale) + 2 * _EDGE, paths


def _rings(geometry: dict[str, Any]) -> Iterator[list[list[float]]]:
    """The outlines of a polygon or of several."""
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    for polygon in polygons:
        yield from polygon
