"""What this service lays over the map. Projects, routes, crops and assets only as far as the account may see them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.models import (
    AccessProject,
    Asset,
    CropRow,
    PlanningLand,
    ReserveCover,
    SafetyDuty,
    SupplyScheme,
)  # fmt: skip
from xianzhi.apps.power_access.models.land import LandLayer
from xianzhi.apps.power_access.procedures import Intake, TownshipMatter
from xianzhi.apps.power_access.queries.desks import Board
from xianzhi.apps.power_access.queries.projects import projects_for
from xianzhi.kernel import clock, geometry
from xianzhi.kernel.county import county
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.layers import Box, Feature, layer
from xianzhi.kernel.models import Case
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.pages.guard import PUBLIC, STAFF

GONE = (Intake.withdrawn.name, Intake.out.name)
_TOWNSHIP_DIGITS = 9


@layer("power_planning", "规划建设用地", order=10, who=PUBLIC)
@carries("power-1-1", zh="规划建设用地图层")
def planning_land(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """The planned construction land in force today."""
    yield from _land(PlanningLand, "zone", bbox)


@layer("power_reserve", "土地储备资金覆盖", order=11, who=PUBLIC)
def reserve_cover(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """The land that the reserve funds cover today."""
    yield from _land(ReserveCover, "zone cover", bbox)


def _land(layer_of: type[LandLayer], kind: str, bbox: Box | None) -> Iterator[Feature]:
    for one in layer_of._default_manager.filter(in_force(clock.today())):
        if _seen(one.shape, bbox):
            told = {_("数据日期"): one.true_on, _("来源"): one.source}
            yield Feature(one.shape, one.name, kind, properties=told)


@layer("power_red_lines", "接入项目红线", order=30)
def red_lines(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """The red lines of the visible projects, each with its class."""
    for one in _projects(account):
        if _seen(one.red_line, bbox):
            yield _project(one, one.red_line, "site", one.classified.zh)


@layer("power_routes", "接电路径", order=31)
def routes(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """The routes of the schemes in force, overhead or cable."""
    for one in _schemes(account):
        if _seen(one.route, bbox):
            yield _project(one.project, one.route, "route", one.mode, {_("到红线（米）"): one.length})


@layer("power_access_points", "接入点", order=32)
def access_points(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """Where the routes leave the public grid."""
    for one in _schemes(account):
        points = one.route.get("coordinates") if one.route else None
        if points and one.route["type"] == "LineString":
            spot = {"type": "Point", "coordinates": points[0]}
            if _seen(spot, bbox):
                yield _project(one.project, spot, "site", one.access_point, {_("电压"): one.voltage})


@layer("power_assets", "电力资产和安全责任", order=40, who=STAFF)
@carries("power-5-1", zh="安全责任图层")
def assets(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """The assets of visible handovers, each with the unit that keeps it safe today."""
    seen = Case.objects.visible_to(account)
    held = dict(SafetyDuty.objects.on(clock.today()).values_list("asset_id", "holder__name"))
    for one in Asset.objects.filter(handover__in=seen, point__isnull=False).select_related("handover"):
        if _seen(one.point, bbox):
            told = {_("类别"): one.kind, _("位置"): one.position, _("安全责任单位"): held.get(one.pk, _("未投运"))}
            url = reverse("case", args=[one.handover_id])
            yield Feature(one.point, one.code, "site", url, one.handover.division, told)


@layer("power_crops", "青苗赔偿", order=50, who=STAFF)
def crops(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """Plots, area and sum of crop compensation, by township."""
    matters = Case.objects.visible_to(account).filter(procedure_name=TownshipMatter.name)
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal(), Decimal()])
    rows = CropRow.objects.filter(matter__in=matters).current().values_list("matter__division", "area", "amount")
    for division, area, amount in rows:
        town = sums[f"{division[:_TOWNSHIP_DIGITS]}000"]
        town[0], town[1], town[2] = town[0] + 1, town[1] + area, town[2] + amount
    for code, shape in _townships().items():
        if code in sums and _seen(shape, bbox):
            lon, lat = geometry.middle(shape)
            plots, area, amount = sums[code]
            told = {_("地块"): plots, _("面积（亩）"): area, _("金额（元）"): amount}
            spot = {"type": "Point", "coordinates": [lon, lat]}
            yield Feature(spot, str(plots), "place", reverse("cases") + f"?place={code}", code, told)


@layer("power_late", "会晚的项目", order=60, who=STAFF)
def late(account: Any, bbox: Box | None) -> Iterator[Feature]:
    """The projects that will have light after their owner's date."""
    for standing, _told, days in Board(account).late():
        one = standing.project
        if _seen(one.red_line, bbox):
            yield _project(one, one.red_line, "ban", _("晚{n}天").format(n=days), {_("计划投用"): one.ready_by})


def _projects(account: Any) -> Iterable[AccessProject]:
    return projects_for(account).exclude(case__state__in=GONE)


def _schemes(account: Any) -> Iterator[SupplyScheme]:
    """The scheme in force of each visible project."""
    found = SupplyScheme.objects.filter(project__in=_projects(account)).select_related("project__case")
    newest = {one.project_id: one for one in found.order_by("version")}
    yield from newest.values()


def _project(
    one: AccessProject, shape: Mapping[str, Any], kind: str, word: str, more: Mapping[str, Any] | None = None
) -> Feature:
    told = {_("编号"): one.number, _("类别"): one.classified.zh, **(more or {})}
    return Feature(
        shape, f"{one.name} {word}", kind, reverse("power:project", args=[one.case_id]), one.case.division, told
    )


def _seen(shape: Mapping[str, Any] | None, bbox: Box | None) -> bool:
    """Whether a shape is there at all and, where a part of the map is asked for, lies in it."""
    return shape is not None and (bbox is None or geometry.touches(shape, bbox))


def _townships() -> dict[str, Mapping[str, Any]]:
    return {str(one["properties"]["code"]): one["geometry"] for one in county().shapes("townships")["features"]}
