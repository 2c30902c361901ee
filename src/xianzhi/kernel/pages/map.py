"""地图: the county and the layers that an account may see, drawn on the server, with the table of what is drawn.

The picture is a sketch: lines of the county pack and of cases over one another, not an official map.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import cos, isfinite, radians
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xianzhi.kernel import geometry
from xianzhi.kernel.county import county
from xianzhi.kernel.layers import Box, Feature, Layer, base, layers_for
from xianzhi.kernel.pages.guard import SIGNED_IN, page

WIDTH = 340
"""Units of the picture: small, so that its labels are read on a phone."""
MOST = 1000
"""Features drawn of one layer; more would be a blot."""
LABELS = 60
"""With more features than these in view, only the townships keep their labels: the table has the rest."""
A_PAGE = 200
_EDGE, _BESIDE, _TALLEST = 10, 0.04, 0.8
_DOT, _MOST_DOT, _GROWTH = 5.0, 16.0, 2.2
_NEARER = 0.5
_NARROWEST = 1e-5
"""Degrees, about a metre: nearer, the numbers of the picture lose their meaning."""
_LETTER, _LINE, _ABOVE, _BELOW, _MIDDLE = 13, 15, -12, 21, 5
"""Size of a label's letters, and where it stands from the point that it names."""


class BadView(ValueError):
    """A part of the map that cannot be shown; the message says why."""


@dataclass(frozen=True, slots=True)
class View:
    """What somebody wants to see: which layers, of which township or box."""

    chosen: tuple[Layer, ...]
    place: str
    box: Box | None


@dataclass(frozen=True, slots=True)
class Shape:
    """A feature as the picture draws it: a path, or a dot with its radius, and its label."""

    kind: str
    path: str
    x: float
    y: float
    radius: float
    label: str
    url: str
    title: str
    label_y: float = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """The drawing: its height at WIDTH, what lies below and what lies above."""

    height: int
    ground: tuple[Shape, ...]
    shapes: tuple[Shape, ...]


@page(SIGNED_IN)
def map_page(request: HttpRequest) -> HttpResponse:
    offered = layers_for(request.user)
    fault = ""
    try:
        view = view_of(request)
    except BadView as error:
        fault, view = str(error), View(tuple(offered), "", None)
    found, full = features_of(request.user, view)
    shown = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    asked = [("chosen", "1"), *(("layer", one.name) for one in view.chosen), ("place", view.place)]
    return render(
        request,
        "kernel/map.html",
        {
            "offered": [(one, one in view.chosen) for one in offered],
            "townships": county().townships,
            "place": view.place,
            "fault": fault,
            "full": full,
            "width": WIDTH,
            "most": MOST,
            "picture": draw(view, [feature for _layer, feature in found]),
            "shown": shown,
            "legend": legend(found),
            "zooms": zooms(view, [feature for _layer, feature in found]),
            "query": urlencode(asked),
        },
    )


@page(SIGNED_IN)
def features(request: HttpRequest) -> JsonResponse:
    """The same features for programs, as GeoJSON in EPSG:4490."""
    try:
        view = view_of(request)
    except BadView as error:
        return JsonResponse({"error": str(error)}, status=400, json_dumps_params={"ensure_ascii": False})
    content = collection(*features_of(request.user, view))
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False}, content_type="application/geo+json")


def collection(found: Iterable[tuple[Layer, Feature]], full: bool) -> dict[str, Any]:
    """Features as GeoJSON. full: some layer had more than is drawn."""
    return {
        "type": "FeatureCollection",
        "note": _("示意，不是法定界线；坐标为 CGCS2000（EPSG:4490）"),
        "complete": not full,
        "features": [_as_geojson(layer, feature) for layer, feature in found],
    }


def view_of(request: HttpRequest) -> View:
    """What the address asks for. Raises BadView with what is wrong and how it is written."""
    offered = {one.name: one for one in layers_for(request.user)}
    wanted = request.GET.getlist("layer")
    if unknown := [name for name in wanted if name not in offered]:
        raise BadView(_("没有图层 {name}，可用：{known}").format(name=unknown[0], known="、".join(offered)))
    chosen = tuple(offered[name] for name in offered if name in wanted or not (wanted or "chosen" in request.GET))
    place = request.GET.get("place", "")
    if place and place not in {one.code for one in county().townships}:
        raise BadView(_("没有乡镇 {code}，请从列表中选择").format(code=place))
    return View(chosen, place, box_in(request.GET.get("bbox", "")) or (_bounds_of(place) if place else None))


def box_in(text: str) -> Box | None:
    """The box that an address asks for, None where it asks for none. Raises BadView where it cannot be read."""
    if not text:
        return None
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        west, south, east, north = 1.0, 1.0, 0.0, 0.0
    sound = all(map(isfinite, (west, south, east, north))) and -180 <= west < east <= 180 and -90 <= south < north <= 90
    if not sound or min(east - west, north - south) < _NARROWEST:
        raise BadView(_("范围 bbox={text} 读不出，写作 西,南,东,北，如 111.4,35.3,111.8,35.6").format(text=text[:60]))
    return west, south, east, north


def _bounds_of(place: str) -> Box | None:
    return next((geometry.bounds(one.geometry) for one in base(county()) if one.division == place), None)


def features_of(account: Any, view: View) -> tuple[list[tuple[Layer, Feature]], bool]:
    """What the chosen layers show in the view, and whether some layer had more than is drawn."""
    found: list[tuple[Layer, Feature]] = []
    full = False
    for layer in view.chosen:
        some = list(islice(_within(layer.features(account, view.box), view), MOST + 1))
        full = full or len(some) > MOST
        found += [(layer, feature) for feature in some[:MOST]]
    return found, full


def _within(features: Iterable[Feature], view: View) -> Iterator[Feature]:
    """Those in the box; of a township, those that say they belong to it whether or not their layer heeded the box."""
    for one in features:
        if view.place and one.division and not one.division.startswith(view.place[:9]):
            continue
        if view.box is None or geometry.touches(one.geometry, view.box):
            yield one


def _as_geojson(layer: Layer, feature: Feature) -> dict[str, Any]:
    properties = {"layer": layer.name, "label": feature.label, "division": feature.division, "url": feature.url}
    return {"type": "Feature", "geometry": feature.geometry, "properties": {**feature.properties, **properties}}


# ---- the picture -----------------------------------------------------------------------------------------------------


class Sheet:
    """Longitude and latitude to the units of the picture: narrowed by the cosine of the latitude, north up."""

    def __init__(self, box: Box) -> None:
        west, south, east, north = box
        self.narrow = cos(radians((south + north) / 2))
        if (north - south) > (east - west) * self.narrow * _TALLEST:  # a slender place: show what lies beside it
            wider = (north - south) / self.narrow / _TALLEST - (east - west)
            west, east = west - wider / 2, east + wider / 2
        beside = max(east - west, north - south) * _BESIDE
        self.west, self.north = west - beside, north + beside
        self.scale = (WIDTH - 2 * _EDGE) / ((east - west + 2 * beside) * self.narrow)
        self.height = round((north - south + 2 * beside) * self.scale) + 2 * _EDGE

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return _EDGE + (lon - self.west) * self.narrow * self.scale, _EDGE + (self.north - lat) * self.scale

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Longitude and latitude of a point of the picture: the other way round."""
        return self.west + (x - _EDGE) / (self.narrow * self.scale), self.north - (y - _EDGE) / self.scale

    def path(self, shape: Any) -> str:
        """The `d` of an SVG path for any GeoJSON but points."""
        return "".join(self._line(line, closed) for line, closed in _lines(shape))

    def _line(self, line: Sequence[Sequence[float]], closed: bool) -> str:
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in (self.at(*point[:2]) for point in line))
        return f"M{points}{'Z' if closed else ''}"


def _lines(shape: Any) -> Iterator[tuple[Sequence[Sequence[float]], bool]]:
    """(points, whether they close) of every line and ring of a shape."""
    kind, parts = shape["type"], shape.get("coordinates", ())
    if kind == "LineString":
        yield parts, False
    elif kind in ("MultiLineString", "Polygon"):
        yield from ((part, kind == "Polygon") for part in parts)
    elif kind == "MultiPolygon":
        yield from ((ring, True) for part in parts for ring in part)
    elif kind == "GeometryCollection":
        for one in shape["geometries"]:
            yield from _lines(one)


def draw(view: View, features: Sequence[Feature]) -> Picture:
    """The townships below, the features above, the larger kinds first."""
    below = base(county())
    sheet = Sheet(view.box or geometry.bounds(below[0].geometry))
    named = len(features) <= LABELS
    drawn = [_shape(sheet, one, label=_is_named(one, named)) for one in features]
    counts, others = [one for one in drawn if one.kind == "place"], [one for one in drawn if one.kind != "place"]
    taken = [(one.x, one.y + _MIDDLE, one.radius) for one in counts]
    ground = tuple(_apart([_unclipped(sheet, _shape(sheet, one, label=one.kind == "town")) for one in below], taken))
    taken += [(one.x, one.label_y, len(one.label) * _LETTER / 2) for one in ground if one.label]
    inside = [one for one in others if 0 <= one.x <= WIDTH and 0 <= one.y <= sheet.height]
    outside = [replace(one, label="") for one in others if one not in inside]
    return Picture(sheet.height, ground, (*outside, *_apart(inside, taken), *counts))


def _unclipped(sheet: Sheet, one: Shape) -> Shape:
    """The same, without its label where the edge of the picture would cut it."""
    half = len(one.label) * _LETTER / 2
    whole = half <= one.x <= WIDTH - half and _LINE <= one.y <= sheet.height - _LINE
    return one if whole else replace(one, label="")


def _is_named(one: Feature, named: bool) -> bool:
    """Land is told by its legend; a count is its own label."""
    return one.kind == "place" or (named and not one.kind.startswith("zone"))


def zooms(view: View, features: Sequence[Feature]) -> list[tuple[str, str]]:
    """(what, the box to ask for): nearer, farther, and just what lies on the land."""
    west, south, east, north = view.box or geometry.bounds(base(county())[0].geometry)
    middle, half = ((west + east) / 2, (south + north) / 2), ((east - west) / 2, (north - south) / 2)
    found = [(_("放大"), _around(middle, half, _NEARER)), (_("缩小"), _around(middle, half, 1 / _NEARER))]
    spots = [geometry.bounds(one.geometry) for one in features if one.kind != "place" and "zone" not in one.kind]
    if spots:
        lows, highs = [min(box[i] for box in spots) for i in (0, 1)], [max(box[i] for box in spots) for i in (2, 3)]
        found.append((_("对准图上各处"), ",".join(f"{number:.5f}" for number in (*lows, *highs))))
    return found


def _around(middle: tuple[float, float], half: tuple[float, float], share: float) -> str:
    (lon, lat), (wide, high) = middle, half
    box = (lon - wide * share, lat - high * share, lon + wide * share, lat + high * share)
    return ",".join(f"{number:.5f}" for number in box)


def _apart(shapes: Sequence[Shape], taken: Iterable[tuple[float, float, float]] = ()) -> Iterator[Shape]:
    """The same with their labels above their points; below where a dot or another label is in the way, else without.

    taken: (middle, base line, half of the width) of what stands there already.
    """
    taken = list(taken)
    for one in shapes:
        half = len(one.label) * _LETTER / 2
        spots = [one.y + _ABOVE, one.y + _BELOW] if one.label else []
        free = [y for y in spots if all(abs(y - v) >= _LINE or abs(one.x - u) >= half + w for u, v, w in taken)]
        if free:
            taken.append((one.x, free[0], half))
        yield replace(one, label=one.label if free else "", label_y=free[0] if free else one.y)


def _shape(sheet: Sheet, one: Feature, *, label: bool) -> Shape:
    x, y = sheet.at(*geometry.middle(one.geometry))
    path = "" if one.geometry["type"] in ("Point", "MultiPoint") else sheet.path(one.geometry)
    radius = min(_MOST_DOT, _DOT + _GROWTH * len(one.label)) if one.kind == "place" else _DOT
    told = "，".join(f"{name} {value}" for name, value in one.properties.items())
    where = county().place(one.division) if one.kind == "place" else one.label
    title = f"{where}：{told}" if told else where
    return Shape(one.kind, path, round(x, 1), round(y, 1), radius, one.label if label else "", one.url, title)


def legend(found: Sequence[tuple[Layer, Feature]]) -> list[tuple[str, str, bool]]:
    """(kind, layer, whether it is drawn as a dot) of what is in the picture."""
    kinds = {(one.kind, layer.zh, one.geometry["type"] == "Point"): None for layer, one in found}
    return list(kinds)
