"""Where the land is, pointed at on a map: each click comes nearer, the last one answers. No script, nothing is kept."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import cos, radians

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.pages.layers import planning_land, reserve_cover
from xianzhi.kernel import geometry
from xianzhi.kernel.county import county
from xianzhi.kernel.layers import Box, base
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.pages.map import WIDTH, BadView, Sheet, View, box_in, draw

COLUMNS = 16
"""Squares across the picture, each of which can be clicked."""
NEARER = 8
"""How many times narrower the land in view is after a click."""
NEAR = 1500
"""Metres across from which on a click says where the land is: a square is then at most 100 metres wide."""
_METRES = 111_000
"""To a degree of latitude."""
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Square:
    """A square of the picture and where a click on it leads."""

    x: float
    y: float
    side: float
    url: str


class Pointing:
    """What is in view, and the addresses that lead on from it with the answers that were given already."""

    def __init__(self, sent: QueryDict) -> None:
        self.given = QueryDict(mutable=True)
        self.given.update({name: value for name, value in sent.items() if value and name not in ("bbox", "spot")})
        self.box: Box = box_in(sent.get("bbox", "")) or whole_county()
        self.sheet = Sheet(self.box)

    @property
    def near(self) -> bool:
        return _metres_across(self.box) <= NEAR

    @property
    def middle(self) -> tuple[float, float]:
        west, south, east, north = self.box
        return (west + east) / 2, (south + north) / 2

    def squares(self) -> Iterator[Square]:
        side = WIDTH / COLUMNS
        for row in range(int(self.sheet.height / side) + 1):
            for column in range(COLUMNS):
                x, y = column * side, row * side
                yield Square(x, y, side, self.on_click(*self.sheet.place(x + side / 2, y + side / 2)))

    def on_click(self, longitude: float, latitude: float) -> str:
        if self.near:
            return self.answer(longitude, latitude)
        return self.look(longitude, latitude, _metres_across(self.box) / NEARER)

    def answer(self, longitude: float, latitude: float) -> str:
        """The self-check with this spot."""
        known = self.given.copy()
        known["spot"] = f"{longitude:.{_DIGITS}f}, {latitude:.{_DIGITS}f}"
        part = "result" if self.given else "q3"
        return f"{reverse('power:self-check')}?{known.urlencode()}#{part}"

    def look(self, longitude: float, latitude: float, metres: float) -> str:
        """This page with so many metres in view around a place."""
        high = metres / 2 / _METRES
        wide = high / cos(radians(latitude))
        return self.show((longitude - wide, latitude - high, longitude + wide, latitude + high))

    def show(self, box: Box) -> str:
        known = self.given.copy()
        known["bbox"] = ",".join(f"{number:.{_DIGITS}f}" for number in box)
        return f"?{known.urlencode()}#drawing"

    def moves(self) -> list[tuple[str, str]]:
        """(what, where it leads): all that a keyboard needs."""
        (lon, lat), across = self.middle, _metres_across(self.box)
        north, east = across / 3 / _METRES, across / 3 / _METRES / cos(radians(lat))
        return [
            (_("放大"), self.look(lon, lat, across / 2)),
            (_("缩小"), self.look(lon, lat, across * 2)),
            (_("往北"), self.look(lon, lat + north, across)),
            (_("往南"), self.look(lon, lat - north, across)),
            (_("往西"), self.look(lon - east, lat, across)),
            (_("往东"), self.look(lon + east, lat, across)),
        ]

    def townships(self) -> list[tuple[str, str]]:
        towns = [one for one in base(county()) if one.kind == "town"]
        return [(one.label, self.show(geometry.bounds(one.geometry))) for one in towns]


def whole_county() -> Box:
    return geometry.bounds(base(county())[0].geometry)


def _metres_across(box: Box) -> float:
    west, south, east, north = box
    return (east - west) * cos(radians((south + north) / 2)) * _METRES


@page(PUBLIC)
def self_check_map(request: HttpRequest) -> HttpResponse:
    fault = ""
    try:
        pointing = Pointing(request.GET)
    except BadView as error:
        fault, pointing = str(error), Pointing(QueryDict())
    land = list(chain(*(layer(request.user, pointing.box) for layer in (planning_land, reserve_cover))))
    back = f"{reverse('power:self-check')}?{pointing.given.urlencode()}#q3"
    return render(
        request,
        "power_access/self_check_map.html",
        {
            "fault": fault,
            "pointing": pointing,
            "picture": draw(View((), "", pointing.box), land),
            "width": WIDTH,
            "centre": pointing.sheet.at(*pointing.middle),
            "here": pointing.answer(*pointing.middle),
            "true_on": min((one.properties[_("数据日期")] for one in land), default=None),
            "back": back,
        },
    )
