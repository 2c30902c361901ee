"""The county pack: one county's own facts, read from the folder that the setting COUNTY names."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

import xianzhi.law
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.parameters import Parameter, read_parameters
from xianzhi.law.source import read
from xianzhi.law.timing import WorkingCalendar

_SEVERAL = {"township": "乡镇", "village": "村（社区）", "third_party": "第三方机构", "bureau": "县直单位"}


@dataclass(frozen=True)
class Division:
    """A county, township or village of the division table."""

    code: str
    name: str
    level: str
    parent: str


class County:
    """What a pack holds; each part is read when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def facts(self) -> Mapping[str, Any]:
        return read(self.folder / "county.yaml")

    @property
    def name(self) -> str:
        return str(self.facts["name"])

    @property
    def code(self) -> str:
        return str(self.facts["code"])

    @cached_property
    def divisions(self) -> Mapping[str, Division]:
        with (self.folder / "divisions.csv").open(encoding="utf-8-sig", newline="") as file:
            rows = [Division(row["code"], row["name"], row["level"], row["parent"]) for row in csv.DictReader(file)]
        return {row.code: row for row in rows}

    @cached_property
    def townships(self) -> tuple[Division, ...]:
        return tuple(row for row in self.divisions.values() if row.level == "township")

    def place(self, code: str) -> str:
        """The name of a division, with its township where it is a village: 横水镇 东山底村. The city and the province
        above are known too; for any other code the code itself."""
        division = self.divisions.get(code)
        if division is None:
            larger = [self.facts[level] for level in ("city", "province")]
            return next((str(one["name"]) for one in larger if str(one["code"]) == code), code)
        above = self.divisions.get(division.parent)
        return f"{above.name} {division.name}" if division.level == "village" and above else division.name

    @cached_property
    def units(self) -> Mapping[str, Any]:
        return read(self.folder / "units.yaml")

    @cached_property
    def functions(self) -> frozenset[str]:
        return frozenset(held["function"] for unit in self.units["units"] for held in unit.get("functions", ()))

    def function_name(self, function: str) -> str:
        """What a function is called: 行政审批."""
        return str(self.units.get("function_names", {}).get(function, function))

    def function_word(self, function: str) -> str:
        """Who holds a function, in a word: the unit's short name, or 乡镇 where there are several."""
        holders = [
            unit for unit in self.units["units"] if any(h["function"] == function for h in unit.get("functions", ()))
        ]
        if len(holders) == 1:
            return str(holders[0]["short"])
        return _SEVERAL.get(str(holders[0]["kind"]), function) if holders else function

    @cached_property
    def letterheads(self) -> Mapping[str, Any]:
        """By the code of a unit: the name under which it issues documents, and the words before their numbers."""
        path = self.folder / "letterhead.yaml"
        return read(path) if path.exists() else {}

    def names(self, language: str) -> Mapping[str, str]:
        """What divisions, units, functions and the county's own parameters are called in a language, by their Chinese
        name; empty where the pack has no such names."""
        path = self.folder / f"names.{language}.yaml"
        return {str(zh): str(name) for zh, name in read(path).items()} if path.exists() else {}

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        path = self.folder / "parameters.yaml"
        return read_parameters(path) if path.exists() else ()

    @cached_property
    def registers(self) -> tuple[Path, ...]:
        """The registers of the county's documents that no service carries out yet."""
        return tuple(sorted((self.folder / "registers").glob("*.yaml")))

    @cached_property
    def calendar(self) -> WorkingCalendar:
        """The national working calendar, with the county's own days over it where the pack has them."""
        years = dict(read(Path(xianzhi.law.__file__).parent / "calendars" / "cn.yaml"))
        if (own := self.folder / "calendar.yaml").exists():
            years |= read(own)
        return WorkingCalendar(years)

    def shapes(self, name: str) -> Mapping[str, Any]:
        """A GeoJSON layer of the pack: boundary, townships."""
        return json.loads((self.folder / f"{name}.geojson").read_text(encoding="utf-8"))


@lru_cache(maxsize=4)
def _read(folder: Path) -> County:
    if not (folder / "county.yaml").exists():
        raise LawError(Finding("没有县包", str(folder), "把 XIANZHI_COUNTY 指向含 county.yaml 的目录"))
    return County(folder)


def county() -> County:
    """The county that this installation serves."""
    return _read(settings.COUNTY)
