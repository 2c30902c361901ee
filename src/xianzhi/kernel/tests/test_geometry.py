"""Lengths and areas against figures worked out by hand on the CGCS2000 ellipsoid.

a = 6,378,137 m, f = 1/298.257222101. On the meridian of 111° E the plane has scale 1, so that a step along it is
M·Δφ with M = a(1−e²)/(1−e² sin²φ)^1.5, and a step along the parallel there is N·cos φ·Δλ with N = a/√(1−e² sin²φ).
"""

from decimal import Decimal
from math import cos, radians, sin, sqrt

import pytest

from xianzhi.kernel import geometry
from xianzhi.kernel.geometry import BadShape

A, F = 6378137.0, 1 / 298.257222101
E2 = F * (2 - F)
LON, LAT = 111.0, 35.5


def north_m(degrees: float, at: float = LAT + 0.0005) -> float:
    return A * (1 - E2) / (1 - E2 * sin(radians(at)) ** 2) ** 1.5 * radians(degrees)


def east_m(degrees: float, at: float = LAT) -> float:
    return A / sqrt(1 - E2 * sin(radians(at)) ** 2) * cos(radians(at)) * radians(degrees)


def box(west: float, south: float, width: float, height: float) -> dict:
    east, north = west + width, south + height
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def line(*points: tuple[float, float]) -> dict:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def test_a_step_along_the_meridian() -> None:
    """0.001° of latitude at 35.5° is 110.95 m."""
    assert geometry.length_m(line((LON, LAT), (LON, LAT + 0.001))) == Decimal("110.95")
    assert abs(float(geometry.length_m(line((LON, LAT), (LON, LAT + 0.001)))) - north_m(0.001)) < 0.01


def test_a_step_along_the_parallel() -> None:
    """0.001° of longitude at 35.5° is 90.73 m."""
    assert geometry.length_m(line((LON, LAT), (LON + 0.001, LAT))) == Decimal("90.73")
    assert abs(float(geometry.length_m(line((LON, LAT), (LON + 0.001, LAT)))) - east_m(0.001)) < 0.01


def test_an_area_is_width_times_height() -> None:
    expected = north_m(0.001) * (east_m(0.001) + east_m(0.001, LAT + 0.001)) / 2
    assert abs(float(geometry.area_m2(box(LON, LAT, 0.001, 0.001))) - expected) < 0.1


def test_two_squares_that_share_a_quarter() -> None:
    a, b = box(LON, LAT, 0.002, 0.002), box(LON + 0.001, LAT + 0.001, 0.002, 0.002)
    assert abs(geometry.overlap_m2(a, b) - geometry.area_m2(a) / 4) < Decimal("0.5")


def test_squares_apart_share_nothing() -> None:
    a, b = box(LON, LAT, 0.001, 0.001), box(LON + 1, LAT, 0.001, 0.001)
    assert geometry.overlap_m2(a, b) == Decimal("0.00")


def test_what_lies_inside_the_red_line_does_not_count() -> None:
    """A route of 860 m whose last 60 m lie inside the red line: 800 m are left."""
    metre = 0.001 / north_m(0.001, LAT)
    route = line((LON, LAT), (LON, LAT + 860 * metre))
    red_line = box(LON - 0.001, LAT + 800 * metre, 0.002, 0.01)
    assert round(geometry.length_m(route)) == 860
    assert round(geometry.length_m(geometry.cut_outside(route, red_line))) == 800


def test_a_route_that_crosses_leaves_two_pieces_and_one_inside_leaves_none() -> None:
    red_line = box(LON, LAT, 0.001, 0.001)
    across = line((LON - 0.001, LAT + 0.0005), (LON + 0.002, LAT + 0.0005))
    assert geometry.cut_outside(across, red_line)["type"] == "MultiLineString"
    assert geometry.cut_outside(line((LON + 0.0001, LAT + 0.0005), (LON + 0.0009, LAT + 0.0005)), red_line) is None


BOW = {"type": "Polygon", "coordinates": [[[111, 35], [111.002, 35.002], [111.002, 35], [111, 35.002], [111, 35]]]}


@pytest.mark.parametrize(
    ("polygon", "says"),
    [
        (BOW, "边线在（111.001，35.001）处自相交"),
        (line((LON, LAT), (LON, LAT + 1)), "不是面"),
        ({"type": "Polygon", "coordinates": []}, "图形是空的"),
        ({"type": "Polygon", "coordinates": [[["a", "b"]]]}, "读不出图形"),
        ({"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]}, "读不出图形"),
        ({"type": "Nothing"}, "读不出图形"),
        ("Polygon", "读不出图形"),
        (None, "读不出图形"),
        ({"type": "Polygon", "coordinates": [[[111, 35], [111, 36], [111, 37], [111, 35]]]}, "自相交"),
        (box(35.5, 111, 0.1, 0.1), "经纬度写反了"),
        (box(500000, 3900000, 100, 100), "核对坐标系"),
    ],
)
def test_a_polygon_that_cannot_be_taken(polygon, says) -> None:
    with pytest.raises(BadShape) as refused:
        geometry.check_polygon(polygon)
    assert says in str(refused.value)


def test_good_shapes_come_back_as_they_are() -> None:
    assert geometry.check_polygon(box(LON, LAT, 1, 1)) == box(LON, LAT, 1, 1)
    assert geometry.check_line(line((LON, LAT), (LON, LAT + 1)))["type"] == "LineString"


@pytest.mark.parametrize("bad", [box(LON, LAT, 1, 1), line((LON, LAT), (LON, LAT)), {}])
def test_a_line_that_cannot_be_taken(bad) -> None:
    with pytest.raises(BadShape):
        geometry.check_line(bad)


def test_the_label_stands_on_the_shape() -> None:
    assert geometry.middle(line((LON, LAT), (LON, LAT + 1))) == (LON, LAT + 0.5)
    west, south, east, north = geometry.bounds(box(LON, LAT, 1, 1))
    assert (west, south, east, north) == (LON, LAT, LON + 1, LAT + 1)
    assert geometry.touches(box(LON, LAT, 1, 1), (LON + 0.9, LAT + 0.9, LON + 3, LAT + 3))
    assert not geometry.touches(box(LON, LAT, 1, 1), (LON + 2, LAT, LON + 3, LAT + 1))
