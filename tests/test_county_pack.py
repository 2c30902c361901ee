"""The county pack is whole and at one with itself: places, borders, units, names, values.

Read as plain data, without the product, so that a county can run it while it is still writing its pack.
"""

from __future__ import annotations

import csv
import json
import math
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import shapely
import yaml
from shapely import Geometry, Point
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parent.parent
PACK = ROOT / "counties" / "jiangxian"
REGISTERS = sorted((ROOT / "src" / "xianzhi" / "apps").glob("*/provisions.yaml"))
KINDS = {"government", "bureau", "office", "township", "zone", "village", "company", "third_party", "institution"}
SNAKE = re.compile(r"[a-z]+(_[a-z]+)*")
CODE = re.compile(r"\d{12}")
GRID = 1e-6  # degrees: corners are rounded to six decimals, about 0.1 m


def load(name: str) -> Any:
    return yaml.safe_load((PACK / name).read_text(encoding="utf-8"))


def rows(name: str) -> list[dict[str, str]]:
    with (PACK / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def areas(name: str) -> dict[str, Geometry]:
    content = json.loads((PACK / name).read_text(encoding="utf-8"))
    return {one["properties"]["code"]: shape(one["geometry"]) for one in content["features"]}


COUNTY = load("county.yaml")
UNITS = load("units.yaml")
DIVISIONS = {row["code"]: row for row in rows("divisions.csv")}
CENTRES = {row["code"]: Point(float(row["lon"]), float(row["lat"])) for row in rows("centres.csv")}
TOWNSHIPS = areas("townships.geojson")
BOUNDARY = shapely.union_all(list(areas("boundary.geojson").values()))


def villages() -> Iterator[dict[str, str]]:
    """The rows of which the loader makes units."""
    rule = UNITS["villages"]
    left_out = {str(code) for code in rule["except"]}
    return (row for row in DIVISIONS.values() if row["level"] == rule["level"] and row["code"] not in left_out)


def is_sliver(area: Geometry) -> bool:
    """No wider than what rounding of corners may leave along a border, however long."""
    return bool(area.buffer(-GRID).is_empty)


def register(path: Path) -> Any:
    """The register of one app: the facts of its instrument, and its provisions."""
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def words(entry: dict[str, Any]) -> set[str]:
    """Everything that an entry is called."""
    return {entry["name"], entry.get("short", entry["name"]), *entry.get("aliases", [])}


def called() -> Counter[str]:
    """How many units, villages and generic words answer to each name."""
    named = [*UNITS["units"], *UNITS["generic"], *villages()]
    return Counter(word for entry in named for word in words(entry))


# ---------------------------------------------------------------- divisions and places


def test_the_county_is_the_root_of_its_divisions() -> None:
    county = str(COUNTY["code"])
    assert [row["code"] for row in DIVISIONS.values() if row["level"] == "county"] == [county]
    assert DIVISIONS[county]["name"] == COUNTY["name"]
    assert DIVISIONS[county]["parent"] == str(COUNTY["city"]["code"])
    assert str(COUNTY["city"]["code"])[:2] == str(COUNTY["province"]["code"])[:2]


def test_no_division_is_listed_twice() -> None:
    assert len(rows("divisions.csv")) == len(DIVISIONS)
    assert len(rows("centres.csv")) == len(CENTRES)


@pytest.mark.parametrize("level, above", [("township", "county"), ("village", "township")])
def test_every_division_has_a_code_and_a_parent_one_level_up(level: str, above: str) -> None:
    for row in DIVISIONS.values():
        assert CODE.fullmatch(row["code"]), row
        assert row["level"] in {"county", "township", "village"}, row
        if row["level"] == level:
            assert DIVISIONS[row["parent"]]["level"] == above, row
            significant = 6 if above == "county" else 9
            assert row["code"][:significant] == row["parent"][:significant], row


def test_the_pack_has_the_places_that_the_documents_count() -> None:
    """Ten townships and the zone; heritage.R11 counts 146 survey areas, the zone's placeholder among them."""
    levels = Counter(row["level"] for row in DIVISIONS.values())
    assert levels == {"county": 1, "township": 11, "village": 146}
    assert len(list(villages())) == 145


def test_every_township_and_village_has_one_centre() -> None:
    assert set(CENTRES) == {code for code, row in DIVISIONS.items() if row["level"] != "county"}


def test_every_centre_lies_in_its_township_and_in_the_county() -> None:
    for code, point in CENTRES.items():
        township = code if code in TOWNSHIPS else DIVISIONS[code]["parent"]
        assert TOWNSHIPS[township].contains(point), code
        assert BOUNDARY.contains(point), code


def test_no_two_centres_share_a_place() -> None:
    spots = Counter((point.x, point.y) for point in CENTRES.values())
    assert max(spots.values()) == 1


def test_townships_are_those_of_the_divisions_and_sound() -> None:
    assert set(TOWNSHIPS) == {code for code, row in DIVISIONS.items() if row["level"] == "township"}
    for code, area in TOWNSHIPS.items():
        assert area.is_valid and not area.is_empty, code


def test_townships_cover_the_county_without_gap_or_overlap() -> None:
    together = shapely.union_all(list(TOWNSHIPS.values()))
    assert is_sliver(together.symmetric_difference(BOUNDARY))
    listed = sorted(TOWNSHIPS)
    for index, one in enumerate(listed):
        for other in listed[index + 1 :]:
            assert is_sliver(TOWNSHIPS[one].intersection(TOWNSHIPS[other])), (one, other)


def test_a_drawn_border_says_that_it_is_synthetic() -> None:
    content = json.loads((PACK / "townships.geojson").read_text(encoding="utf-8"))
    if (PACK / "sketch.yaml").exists():
        assert all(one["properties"]["synthetic"] is True for one in content["features"])


def test_the_county_measures_on_its_own_meridian() -> None:
    """EPSG:4534 to 4554 are the 3-degree zones on 75° to 135° E: the county's must be the nearest."""
    assert COUNTY["crs"]["stored"] == "EPSG:4490"
    zone = int(COUNTY["crs"]["measured"].removeprefix("EPSG:"))
    meridian = 75 + 3 * (zone - 4534)
    assert math.fabs(BOUNDARY.centroid.x - meridian) <= 1.5


@pytest.mark.skipif(not (PACK / "sketch.yaml").exists(), reason="the pack has surveyed points")
def test_drawing_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("divisions.csv", "boundary.geojson", "sketch.yaml"):
        shutil.copy(PACK / name, tmp_path)
    script = ROOT / "scripts" / "make_centres.py"
    subprocess.run([sys.executable, str(script), str(tmp_path)], check=True)
    for name in ("centres.csv", "townships.geojson"):
        assert (tmp_path / name).read_bytes() == (PACK / name).read_bytes(), name


# ---------------------------------------------------------------- units and their names


@pytest.mark.parametrize("unit", UNITS["units"], ids=lambda unit: unit["code"])
def test_a_unit_is_complete(unit: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", unit["code"])
    assert unit["name"] and unit["short"]
    assert unit["kind"] in KINDS
    above_county = {str(COUNTY["city"]["code"]), str(COUNTY["province"]["code"])}
    assert str(unit["division"]) in DIVISIONS.keys() | above_county
    assert unit["functions"], "a unit without a function does nothing"


def test_codes_are_unique_and_parents_lead_to_a_root() -> None:
    parents = {unit["code"]: unit["parent"] for unit in UNITS["units"]}
    assert len(parents) == len(UNITS["units"])
    for code, at in parents.items():
        seen = {code}
        while at is not None:
            assert at in parents, f"{code}: no unit {at}"
            assert at not in seen, f"{code}: goes round in a circle at {at}"
            seen.add(at)
            at = parents[at]


def every_function() -> Iterator[tuple[str, dict[str, Any]]]:
    for unit in UNITS["units"]:
        yield from ((unit["code"], function) for function in unit["functions"])
    yield from (("villages", function) for function in UNITS["villages"]["functions"])


def test_every_function_has_a_chinese_name() -> None:
    assert {function["function"] for _, function in every_function()} == UNITS["function_names"].keys()


def test_functions_are_dated_snake_case_words() -> None:
    for code, function in every_function():
        assert SNAKE.fullmatch(function["function"]), (code, function)
        assert isinstance(function["from"], date), (code, function)
        assert function.get("until", date.max) > function["from"], (code, function)


def test_power_access_finds_every_function_that_it_asks_for() -> None:
    having = Counter(function["function"] for _, function in every_function())
    one_each = "approval energy finance grid county_office government zone designer builder price_reviewer auditor"
    assert {name: having[name] for name in one_each.split()} == dict.fromkeys(one_each.split(), 1)
    assert having["township"] == 10


def test_each_township_unit_serves_its_own_division() -> None:
    served = {str(unit["division"]): unit for unit in UNITS["units"] if unit["kind"] in {"township", "zone"}}
    assert set(served) == set(TOWNSHIPS)
    for code, unit in served.items():
        if unit["kind"] == "township":
            assert unit["name"] == f"{DIVISIONS[code]['name']}人民政府"


def test_invented_units_are_marked_and_say_so() -> None:
    for unit in UNITS["units"]:
        assert unit.get("sample", False) == unit["name"].startswith("示例"), unit["code"]


def test_villages_left_out_exist() -> None:
    assert {str(code) for code in UNITS["villages"]["except"]} <= DIVISIONS.keys()


def test_a_name_belongs_to_one_unit_only() -> None:
    assert [word for word, times in called().items() if times > 1] == []


def test_generic_words_stand_for_functions_that_somebody_has() -> None:
    having = {function["function"] for _, function in every_function()}
    for entry in UNITS["generic"]:
        assert set(entry["functions"]) <= having, entry["name"]


@pytest.mark.parametrize("path", REGISTERS, ids=lambda path: path.parent.name)
def test_every_name_in_a_register_is_known(path: Path) -> None:
    content = register(path)
    named = {who for provision in content["provisions"] for who in provision["who"]}
    if content["instrument"].get("kind") != "系统规则":
        named.add(content["instrument"]["issuer"])
    assert sorted(named - called().keys()) == [], f"{path}: add the name or an alias to {PACK.name}/units.yaml"


def test_letterheads_are_of_listed_units() -> None:
    listed = {unit["code"] for unit in UNITS["units"]}
    letterheads = load("letterhead.yaml")
    assert set(letterheads) <= listed
    prefixes = [word for one in letterheads.values() for word in (one.get("prefix"), *one.get("series", {}).values())]
    assert max(Counter(word for word in prefixes if word).values()) == 1, "two series would share their numbers"


# ---------------------------------------------------------------- parameters


@pytest.mark.parametrize("name, parameter", load("parameters.yaml").items())
def test_a_value_is_dated_cited_and_of_known_standing(name: str, parameter: dict[str, Any]) -> None:
    assert re.fullmatch(r"[a-z]+(\.[a-z]+(_[a-z]+)*)+", name)
    assert parameter["zh"] and parameter["unit"] and "checked" in parameter
    days = [one["from"] for one in parameter["values"]]
    assert days == sorted(set(days))
    for one in parameter["values"]:
        assert isinstance(one["from"], date) and one["cites"]
        assert one["standing"] in {"county", "general", "override"}
        assert one["standing"] == "county" or one["basis"], "a value from elsewhere names where it stands"
        exact = str if parameter["unit"].startswith("CNY") else int
        assert one["value"] is None or isinstance(one["value"], exact), "money is quoted, so that it stays exact"


@pytest.mark.skipif(not REGISTERS, reason="no app register yet")
def test_values_cite_provisions_that_exist() -> None:
    known = {provision["id"] for path in REGISTERS for provision in register(path)["provisions"]}
    prefixes = {provision.split("-")[0] for provision in known}
    cited = {one["cites"] for parameter in load("parameters.yaml").values() for one in parameter["values"]}
    # Values may wait for an app that is not there yet; those of an app that is there must cite it rightly.
    assert sorted(cite for cite in cited - known if cite.split("-")[0] in prefixes) == []
