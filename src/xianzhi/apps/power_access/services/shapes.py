"""Red lines and routes as people hand them in: corner by corner, or as GeoJSON."""

import json
from typing import Any

from xianzhi.kernel.geometry import BadShape, check_line, check_polygon


def polygon_from(text: str) -> dict[str, Any]:
    """A polygon from its corners or from GeoJSON; the last corner need not repeat the first. Raises BadShape."""
    shape = _geojson(text)
    if shape is None:
        corners = _points(text)
        closed = corners if corners[0] == corners[-1] else [*corners, corners[0]]
        shape = {"type": "Polygon", "coordinates": [closed]}
    return dict(check_polygon(shape))


def line_from(text: str) -> dict[str, Any]:
    """A line from its points or from GeoJSON. Raises BadShape."""
    shape = _geojson(text)
    return dict(check_line(shape or {"type": "LineString", "coordinates": _points(text)}))


def point_from(text: str) -> dict[str, Any]:
    """A point from `lon,lat`. Raises BadShape."""
    points = _points(text)
    if len(points) != 1:
        raise BadShape(f"“{text}”应是一个点，写作“经度,纬度”，如 111.570,35.490")
    return {"type": "Point", "coordinates": points[0]}


def _geojson(text: str) -> dict[str, Any] | None:
    if not text.lstrip().startswith("{"):
        return None
    try:
        shape = json.loads(text)
    except ValueError:
        raise BadShape("读不出 GeoJSON。请检查括号和引号，或改填各点经纬度") from None
    return shape.get("geometry") or shape


def _points(text: str) -> list[list[float]]:
    """`lon,lat lon,lat …`; full-width commas, semicolons and line breaks are taken, too."""
    words = text.replace("，", ",").replace("；", " ").replace(";", " ").split()
    return [_point(number, word) for number, word in enumerate(words, start=1)]


def _point(number: int, word: str) -> list[float]:
    try:
        longitude, latitude = (float(part) for part in word.split(","))
    except ValueError:
        raise BadShape(f"第{number}点“{word}”写法有误。应为“经度,纬度”，如 111.570,35.490") from None
    return [longitude, latitude]
