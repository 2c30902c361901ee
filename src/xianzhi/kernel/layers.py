"""Layers of the map: who adds one, and what each shows to an account.

    @layer("red_lines", "用地红线", order=20)
    def red_lines(account, bbox):
        '''The red lines of the visible cases.'''
        cases = Case.objects.visible_to(account)
        ...
        yield Feature(geometry, "…", kind="zone", url=…, division=…)

A layer shows what its account may see and nothing else: features of cases come from `Case.objects.visible_to`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Substr
from django.urls import reverse

from xianzhi.kernel import clock, geometry
from xianzhi.kernel.county import County, county
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.guard import SIGNED_IN, Who

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees of EPSG:4490."""


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing on the map. `geometry` is GeoJSON in EPSG:4490."""

    geometry: Mapping[str, Any]
    label: str
    kind: str = "zone"
    """How it is drawn: zone (area), zone ban (forbidden), route, river, site (a spot), place (a count)."""
    url: str = ""
    division: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    """What the table beside the map and programs read, by Chinese label."""


Source = Callable[[Any, Box | None], Iterable[Feature]]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer that may be laid over the county."""

    name: str
    zh: str
    order: int
    who: Who
    features: Source


layers: dict[str, Layer] = {}


def layer(name: str, zh: str, order: int = 50, *, who: Who = SIGNED_IN) -> Callable[[Source], Source]:
    """Marks a function of (account, bbox or None) that gives the features of a layer. The lowest order is drawn first.

    Raises ValueError where another layer has the name.
    """

    def mark(source: Source) -> Source:
        made = Layer(name, zh, order, who, source)
        if layers.setdefault(name, made).features is not source:
            raise ValueError(f"图层 {name} 已有，请换一个名字")
        return source

    return mark


def layers_for(account: Any) -> list[Layer]:
    """The layers that an account may lay over the county, the lowest first."""
    return [one for one in sorted(layers.values(), key=lambda one: one.order) if one.who.admits(account)]


def base(of: County) -> list[Feature]:
    """The county's outline and its townships: always drawn, sketches of the county pack."""
    outline = [Feature(one["geometry"], of.name, "county") for one in of.shapes("boundary")["features"]]
    towns = [
        Feature(one["geometry"], one["properties"]["name"], "town", division=str(one["properties"]["code"]))
        for one in of.shapes("townships")["features"]
    ]
    return [*outline, *towns]


@layer("cases", "在办件数", order=90)
def open_cases(account: Any, bbox: Box | None) -> Iterable[Feature]:
    """How many open cases the account sees in each township, and how many of them are overdue."""
    shapes = {str(one["properties"]["code"]): one["geometry"] for one in county().shapes("townships")["features"]}
    for row in counted_by_township(account):
        code = f"{row['town']}000"
        if code in shapes:
            lon, lat = geometry.middle(shapes[code])
            yield Feature(
                {"type": "Point", "coordinates": [lon, lat]}, str(row["cases"]), "place", division=code,
                url=f"{reverse('cases')}?place={code}", properties={"在办": row["cases"], "逾期": row["overdue"]},
            )  # fmt: skip


def counted_by_township(account: Any) -> Iterable[Mapping[str, Any]]:
    """(town: 9 digits, cases, overdue) of the visible open cases, in one query."""
    township_digits = 9
    late = Count("pk", filter=Q(due_on__lt=clock.today()))
    found = Case.objects.visible_to(account).open().order_by().annotate(town=Substr("division", 1, township_digits))
    return found.values("town").annotate(cases=Count("pk"), overdue=late).order_by("town")
