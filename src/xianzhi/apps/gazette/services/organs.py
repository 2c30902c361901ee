"""Units as documents print them, and the units of the county that are meant (G-11)."""

from dataclasses import dataclass, field
from functools import cached_property

from xianzhi.apps.gazette.reader import naming
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Unit
from xianzhi.kernel.models.units import UnitKind

ONE, GROUP, OUTSIDE, UNKNOWN = "one", "group", "outside", "unknown"


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
                named.setdefault(naming.loose(name), unit.code)
        return named

    @cached_property
    def townships(self) -> tuple[str, ...]:
        return tuple(unit.code for unit in self.units if unit.kind == UnitKind.TOWNSHIP)

    def meant(self, name: str) -> Meant:
        """The units that a name means: exact, then with and without the county in front; 各乡镇 are all townships."""
        for form in naming.forms(name, county().name):
            if code := self._by_name.get(form):
                return Meant(ONE, (code,))
        if naming.is_every_township(name):
            return Meant(GROUP, self.townships)
        return Meant(OUTSIDE) if naming.is_above(name) else Meant(UNKNOWN)
