"""Lines and areas on the ground. They are kept as GeoJSON in longitude and latitude (EPSG:4490, CGCS2000) and measured
in the county's own plane (`crs.measured` of the pack), in metres and square metres to the centimetre."""

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import shapely
from pyproj import Transformer
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from xianzhi.kernel.county import county

GeoJSON = Mapping[str, Any]
_CENTI = Decimal("0.01")
_WEST, _SOUTH, _EAST, _NORTH = 73, 3, 136, 54
"""What CGCS2000 serves: the land of the whole country."""
_AREAS, _LINES = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString")


class BadShape(ValueError):
    """A shape that cannot be taken; the message says what is wrong, where, and what to do."""


def length_m(line: GeoJSON) -> Decimal:
    """The length of a line, in metres. Raises BadShape."""
    return _rounded(_measured(_read(line)).length)


def area_m2(polygon: GeoJSON) -> Decimal:
    """The area of a polygon, in square metres. Raises BadShape."""
    return _rounded(_measured(_area(polygon)).area)


def overlap_m2(a: GeoJSON, b: GeoJSON) -> Decimal:
    """How much of two polygons is common to both, in square metres. Raises BadShape."""
    return _rounded(_measured(_area(a)).intersection(_measured(_area(b))).area)


def cut_outside(line: GeoJSON, polygon: GeoJSON) -> GeoJSON | None:
    """The part of a line that lies outside a polygon; None where nothing does. Raises BadShape."""
    rest = _read(line).difference(_area(polygon))
    return None if rest.is_empty else mapping(rest)


def check_polygon(polygon: GeoJSON) -> GeoJSON:
    """The same polygon when it can be taken. Raises BadShape: not a polygon, outside the country, an edge that
    crosses another (with the place), without area."""
    _area(polygon)
    return polygon


def check_line(line: GeoJSON) -> GeoJSON:
    """The same line when it can be taken. Raises BadShape."""
    found = _read(line)
    if found.geom_type not in _LINES:
        raise BadShape("不是线。请画出线路，至少两个不同的点")
    if found.length == 0:
        raise BadShape("线路没有长度。请画出至少两个不同的点")
    return line


def bounds(geometry: GeoJSON) -> tuple[float, float, float, float]:
    """West, south, east, north, in degrees. Raises BadShape."""
    west, south, east, north = _read(geometry).bounds
    return west, south, east, north


def middle(geometry: GeoJSON) -> tuple[float, float]:
    """A point of the shape itself, for its label: longitude, latitude. Raises BadShape."""
    found = _read(geometry)
    point = found.interpolate(0.5, normalized=True) if found.geom_type in _LINES else found.representative_point()
    return point.x, point.y


def touches(geometry: GeoJSON, box: tuple[float, float, float, float]) -> bool:
    """Whether some part of a shape lies in a box of west, south, east, north. Raises BadShape."""
    return bool(_read(geometry).intersects(shapely.box(*box)))


def _read(geometry: GeoJSON) -> BaseGeometry:
    try:
        found = shape(geometry)
        empty = found.is_empty or not all(map(_finite, found.bounds))
    except (shapely.errors.ShapelyError, AttributeError, KeyError, TypeError, ValueError, IndexError):
        raise BadShape("读不出图形。请用 GeoJSON 的 geometry：{type, coordinates}") from None
    if empty:
        raise BadShape("图形是空的。请重新绘制")
    west, south, east, north = found.bounds
    if not (west >= _WEST and east <= _EAST and south >= _SOUTH and north <= _NORTH):
        cure = (
            "经纬度写反了，应先经度后纬度"
            if south >= _WEST and north <= _EAST
            else "请核对坐标系，应为 CGCS2000 经纬度"
        )
        raise BadShape(f"坐标（{west:.6f}，{south:.6f}）不在境内。{cure}")
    return found


def _finite(number: float) -> bool:
    return number == number and abs(number) != float("inf")


def _area(polygon: GeoJSON) -> BaseGeometry:
    found = _read(polygon)
    if found.geom_type not in _AREAS:
        raise BadShape("不是面。请画出封闭的范围")
    if not found.is_valid:
        raise BadShape(_fault(found))
    if found.area == 0:
        raise BadShape("范围没有面积。请至少画三个不在一条直线上的点")
    return found


def _fault(found: BaseGeometry) -> str:
    """What makes a polygon unusable, in a sentence; shapely says `Self-intersection[111.5 35.4]`."""
    what, _, place = explain_validity(found).partition("[")
    where = place.rstrip("]").replace(" ", "，")
    if "Self-intersection" in what:
        return f"边线在（{where}）处自相交。请把交叉处的点挪开"
    return f"范围画得不对，在（{where}）处。请重新绘制" if where else "范围画得不对。请重新绘制"


@lru_cache(maxsize=4)
def _plane(stored: str, measured: str) -> Transformer:
    return Transformer.from_crs(stored, measured, always_xy=True)


def _measured(found: BaseGeometry) -> BaseGeometry:
    crs = county().facts["crs"]
    plane = _plane(crs["stored"], crs["measured"])
    return shapely.transform(found, plane.transform, interleaved=False)


def _rounded(number: float) -> Decimal:
    return Decimal(number).quantize(_CENTI)
