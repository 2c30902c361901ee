"""Units as documents print them, and the units of the county that are meant (G-11)."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from xianzhi.kernel.county import county
from xianzhi.kernel.models import Unit
from xianzhi.kernel.models.units import UnitKind

ONE, GROUP, OUTSIDE, UNKNOWN = "one", "group", "outside", "unknown"
_TOWNSHIPS = re.compile(r"(?:各|属地|所属|有关|相关|本)?乡镇?(?:镇)?(?:人民政府|政府)?")
_ABOVE = re.compile(r"(?:国务院|国家|中央|省|市|自治区|地区).{0,14}")
_LOOSE = re.compile(r"[（）()\s]")


@dataclass(frozen=True, slots=True)
class Meant:
    """Which units a printed name means. kind: one unit, a group of them, one outside the county, or unknown."""

    kind: str
    codes: tuple[str, ...] = ()


@dataclass
class Organs:
    """The units of the county by every name that they are printed under."""

    units: list[Unit] = field(default_factory=lambda: list(Unit.objects.exclude(kind=UnitKind.VILLAGE)))

    @cached_property
    def _by_name(self) -> dict[str, str]:
        named: dict[str, str] = {}
        for unit in self.units:
            for name in (unit.name, unit.short, *unit.aliases):
                named.setdefault(_loose(name), unit.code)
        return named

    @cached_property
    def townships(self) -> tuple[str, ...]:
        return tuple(unit.code for unit in self.units if unit.kind == UnitKind.TOWNSHIP)

    def meant(self, name: str) -> Meant:
        """The units that a name means: exact, then with and without the county in front; 各乡镇 are all townships."""
        plain = _loose(name)
        for form in self._forms(plain):
            if code := self._by_name.get(form):
                return Meant(ONE, (code,))
        if _TOWNSHIPS.fullmatch(plain):
            return Meant(GROUP, self.townships)
        return Meant(OUTSIDE) if _ABOVE.fullmatch(plain) else Meant(UNKNOWN)

    def _forms(self, plain: str) -> list[str]:
        bare = plain
        for front in (county().name, "我县", "本县", "县"):
            bare = bare.removeprefix(front)
        return [plain, bare, f"县{bare}", f"{county().name}{bare}", f"{county().name}县{bare}"]


def _loose(name: str) -> str:
    return _LOOSE.sub("", name)
