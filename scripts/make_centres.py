"""Sketches where a county's townships and villages lie, for a county that has no surveyed points at hand (示意).

    python scripts/make_centres.py [counties/jiangxian]

Reads `divisions.csv`, `boundary.geojson` and `sketch.yaml` of the pack, writes `townships.geojson` and `centres.csv`.
Townships are the places nearest to each hand-chosen centre; villages are scattered round their township's centre.
Everything follows from the seed: a second run writes the same bytes. Nothing written here is a fact about a place.
"""

from __future__ import annotations

import csv
import json
import math
import random
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import shapely
import yaml
from shapely import Geometry, MultiPoint, Point, Polygon
from shapely.affinity import scale

GRID = 1e-6  # degrees: six decimals, about 0.1 m
MARGIN = 2e-3  # degrees kept between a village and its township's border, about 200 m
REACH = 0.07  # degrees of latitude: no village farther from its township's centre
TOWN_REACH = 0.015  # the same for communities (居民委员会), which lie in the town itself
CANDIDATES = 16  # tried for each village; the one farthest from its neighbours stays


class Sketch(NamedTuple):
    seed: int
    centres: dict[str, Point]
    carved: dict[str, Polygon]


def read_sketch(path: Path) -> Sketch:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    centres = {str(code): Point(place) for code, place in content["centres"].items()}
    carved = {str(code): Polygon(corners) for code, corners in content.get("carved", {}).items()}
    return Sketch(content["seed"], centres, carved)


def read_boundary(path: Path) -> Geometry:
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    return shapely.union_all([shapely.from_geojson(json.dumps(feature["geometry"])) for feature in features])


def read_divisions(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return sorted(csv.DictReader(file), key=lambda row: row["code"])


def draw_townships(sketch: Sketch, boundary: Geometry) -> dict[str, Geometry]:
    """Each township gets what lies nearest to its centre, less what is carved out."""
    # A degree of longitude is shorter than one of latitude: distances are compared after that is evened out.
    narrow = math.cos(math.radians(boundary.centroid.y))
    points = MultiPoint([(centre.x * narrow, centre.y) for centre in sketch.centres.values()])
    cells = shapely.voronoi_polygons(points, extend_to=scale(boundary, narrow, 1, origin=(0, 0)))
    flat = [scale(cell, 1 / narrow, 1, origin=(0, 0)) for cell in cells.geoms]
    cut = shapely.union_all(list(sketch.carved.values()))
    drawn = {}
    for code, centre in sketch.centres.items():
        cell = next(cell for cell in flat if cell.contains(centre))
        drawn[code] = tidy(cell.intersection(boundary).difference(cut))
    return drawn | {code: tidy(area.intersection(boundary)) for code, area in sketch.carved.items()}


def tidy(area: Geometry) -> Geometry:
    """On the grid and in one fixed order of corners, so that equal shapes are equal bytes."""
    return shapely.normalize(shapely.set_precision(area, GRID))


def scatter(codes: Iterable[str], area: Geometry, centre: Point, chance: random.Random) -> dict[str, Point]:
    """One point for each village inside its township, not too near to one another."""
    inside = area.buffer(-MARGIN)
    narrow = math.cos(math.radians(centre.y))
    taken, placed = [(centre.x * narrow, centre.y)], {}
    for code in codes:
        reach = TOWN_REACH if is_community(code) else REACH
        candidates = [draw_point(inside, centre, reach, narrow, chance) for _ in range(CANDIDATES)]
        best = max(candidates, key=lambda point: nearest(point.x * narrow, point.y, taken))
        taken.append((best.x * narrow, best.y))
        placed[code] = best
    return placed


def is_community(code: str) -> bool:
    """The last three digits of a statistical code are below 200 for a 居民委员会."""
    return int(code[9:]) < 200


def draw_point(inside: Geometry, centre: Point, reach: float, narrow: float, chance: random.Random) -> Point:
    for _ in range(10_000):
        east, north = chance.uniform(-reach, reach), chance.uniform(-reach, reach)
        point = Point(round(centre.x + east / narrow, 6), round(centre.y + north, 6))
        if math.hypot(east, north) <= reach and inside.contains(point):
            return point
    raise SystemExit(f"在 {centre.x}, {centre.y} 周围放不下村点：请在 sketch.yaml 中把该乡镇的中心移离边界")


def nearest(x: float, y: float, taken: list[tuple[float, float]]) -> float:
    return min(math.hypot(x - other_x, y - other_y) for other_x, other_y in taken)


def place_centres(
    sketch: Sketch, divisions: list[dict[str, str]], townships: Mapping[str, Geometry]
) -> dict[str, Point]:
    """The townships' own centres, then every village's."""
    placed = dict(sketch.centres)
    for code in sketch.carved:
        middle = townships[code].representative_point()
        placed[code] = Point(round(middle.x, 6), round(middle.y, 6))
    for code, area in sorted(townships.items()):
        villages = [row["code"] for row in divisions if row["parent"] == code]
        # One stream of chance for each township: a village added in one moves nothing in the others.
        placed |= scatter(villages, area, placed[code], random.Random(f"{sketch.seed}/{code}"))
    return placed


def check(sketch: Sketch, divisions: list[dict[str, str]], boundary: Geometry) -> None:
    """Refuses a sketch that names other townships than the county has, or a place outside the county."""
    listed = {row["code"] for row in divisions if row["level"] == "township"}
    sketched = {*sketch.centres, *sketch.carved}
    if listed != sketched:
        raise SystemExit(f"sketch.yaml 与 divisions.csv 的乡镇不一致：{'、'.join(sorted(listed ^ sketched))}")
    outside = [code for code, place in (sketch.centres | sketch.carved).items() if not boundary.contains(place)]
    if outside:
        raise SystemExit(f"sketch.yaml 中的位置在县界之外：{'、'.join(outside)}")


def feature(code: str, name: str, area: Geometry) -> str:
    properties: dict[str, Any] = {"code": code, "name": name, "synthetic": True, "note": "示意，非法定界线"}
    content = {"type": "Feature", "properties": properties, "geometry": shapely.geometry.mapping(area)}
    return json.dumps(content, ensure_ascii=False)


def write_townships(path: Path, townships: Mapping[str, Geometry], names: Mapping[str, str]) -> None:
    lines = ",\n".join(feature(code, names[code], area) for code, area in sorted(townships.items()))
    text = f'{{"type": "FeatureCollection", "features": [\n{lines}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def write_centres(path: Path, centres: Mapping[str, Point]) -> None:
    rows = [f"{code},{point.x:.6f},{point.y:.6f}" for code, point in sorted(centres.items())]
    path.write_text("\n".join(["code,lon,lat", *rows, ""]), encoding="utf-8", newline="\n")


def main(pack: Path) -> None:
    sketch = read_sketch(pack / "sketch.yaml")
    divisions = read_divisions(pack / "divisions.csv")
    boundary = read_boundary(pack / "boundary.geojson")
    check(sketch, divisions, boundary)
    townships = draw_townships(sketch, boundary)
    write_townships(pack / "townships.geojson", townships, {row["code"]: row["name"] for row in divisions})
    write_centres(pack / "centres.csv", place_centres(sketch, divisions, townships))


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "counties/jiangxian"))
