"""Invented land layers and building lines, around the places of the county pack. CGCS2000, degrees."""

import csv
from datetime import date
from functools import cache
from random import Random

from xianzhi.apps.power_access.models import PlanningLand, ReserveCover
from xianzhi.kernel.county import county

METRE_NORTH = 1 / 110_950
METRE_EAST = 1 / 90_800
"""Degrees to a metre at 35.5° north; near enough for invented places."""
PLANNED, COVERED = 900, 600
"""Half the side of a township's planned land, and of the part covered by reserve funds, in metres."""
ZONE = "140826402000"

Point = tuple[float, float]


@cache
def centres() -> dict[str, Point]:
    with (county().folder / "centres.csv").open(encoding="utf-8", newline="") as file:
        return {row["code"]: (float(row["lon"]), float(row["lat"])) for row in csv.DictReader(file)}


def shifted(point: Point, east: float, north: float) -> Point:
    """A point so many metres east and north of another."""
    return round(point[0] + east * METRE_EAST, 6), round(point[1] + north * METRE_NORTH, 6)


def rectangle(centre: Point, east: float, north: float) -> dict:
    """A polygon of half-sides in metres about a centre."""
    corners = [(-east, -north), (east, -north), (east, north), (-east, north), (-east, -north)]
    return {"type": "Polygon", "coordinates": [[list(shifted(centre, *corner)) for corner in corners]]}


def corners_text(shape: dict) -> str:
    """A polygon as an applicant types it."""
    return " ".join(f"{lon},{lat}" for lon, lat in shape["coordinates"][0][:-1])


def line_text(*points: Point) -> str:
    return " ".join(f"{lon},{lat}" for lon, lat in points)


def red_line(township: str, slot: int, *, inside: bool, covered: bool, astride: bool = False) -> tuple[dict, Point]:
    """A building line of about 100 by 80 metres and its centre: in planned land or not, in covered land or not."""
    random = Random(f"{township}{slot}")
    centre = centres()[township]
    # Projects of one township stand on a grid of 220 metres, so that no two building lines overlap.
    column, row = slot % 4, slot // 4 % 4
    near = (-420 + 220 * column, -420 + 220 * row)
    if astride:
        near = (PLANNED, -420 + 220 * row)
    elif not inside:
        near = (PLANNED + 400 + 220 * column, -420 + 220 * row)
    elif not covered:
        near = (-420 + 220 * column, COVERED + 110 + 120 * (row % 2))
    middle = shifted(centre, *near)
    return rectangle(middle, 45 + random.randrange(10), 36 + random.randrange(8)), middle


def make_layers() -> None:
    """Two versions of the planned land of each township, and the land covered by reserve funds."""
    for division in county().townships:
        middle = centres().get(division.code)
        if middle is None:
            continue
        old, new = rectangle(middle, PLANNED - 150, PLANNED - 150), rectangle(middle, PLANNED, PLANNED)
        first, second, true_on = date(2020, 1, 1), date(2023, 1, 1), date(2026, 11, 10)
        source = "示例图层，非法定规划成果"
        name, facts = f"{division.name}规划建设用地", {"source": source, "true_on": true_on}
        PlanningLand.objects.create(name=f"{name}（2020版）", shape=old, since=first, until=second, **facts)
        PlanningLand.objects.create(name=f"{name}（2023版）", shape=new, since=second, **facts)
        covered = rectangle(middle, COVERED, COVERED)
        ReserveCover.objects.create(name=f"{division.name}土地储备资金覆盖", shape=covered, since=second, **facts)
