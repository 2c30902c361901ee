"""Addresses of 获得电力; with them come its layers, its panels and its entries of the masthead."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.pages import (
    apply,
    assets,
    desks,
    figures,
    layers,
    openings,
    owner,
    package,
    panels,
    public,
    self_check,
    self_check_map,
)  # fmt: skip
from xianzhi.apps.power_access.queries import lists
from xianzhi.kernel.pages import navigation

__all__ = ["app_name", "layers", "lists", "panels", "prefix", "urlpatterns"]

prefix = "power/"
app_name = "power"
urlpatterns = [
    path("", public.front, name="front"),
    path("self-check/", self_check.self_check, name="self-check"),
    path("self-check/map/", self_check_map.self_check_map, name="self-check-map"),
    path("report/", public.report, name="report"),
    path("receipt/", public.receipt, name="receipt"),
    path("figures/", figures.figures_page, name="figures"),
    path("asset/", assets.find, name="assets"),
    path("asset/<str:code>/", assets.asset, name="asset"),
    path("handover/<int:pk>/labels/", assets.labels, name="labels"),
    path("apply/", apply.apply, name="apply"),
    path("projects/<int:pk>/", owner.project, name="project"),
    path("projects/<int:pk>/open/<slug:name>/", openings.open_beside, name="open"),
    path("works/<int:pk>/package/", package.locked_package, name="package"),
    path("plan/draft/", openings.draft_plan, name="draft-plan"),
    path("desk/approval/", desks.approval, name="desk-approval"),
    path("desk/energy/", desks.energy, name="desk-energy"),
    path("desk/grid/", desks.grid, name="desk-grid"),
    path("desk/finance/", desks.finance, name="desk-finance"),
    path("desk/township/", desks.township, name="desk-township"),
    path("desk/county/", desks.county_desk, name="desk-county"),
]

DESKS: tuple[tuple[str, Any], ...] = (
    ("approval", desks.approval), ("energy", desks.energy), ("grid", desks.grid), ("finance", desks.finance),
    ("township", desks.township), ("county", desks.county_desk),
)  # fmt: skip
for name, desk in DESKS:
    navigation.add(navigation.Entry(f"power-{name}", _("电力台面"), f"power:desk-{name}", desk.who, 60))

navigation.offer(navigation.Offer("power", _("获得电力"), _("接电的钱谁出、要几步、多少天。"), "power:front", 10))
navigation.offer(
    navigation.Offer("power-check", _("谁出钱自查"), _("答四个问题，看接电工程由谁出钱。"), "power:self-check", 11)
)
navigation.offer(
    navigation.Offer("power-report", _("反映接电乱收费"), _("红线以外让您出了钱的，说一声。"), "power:report", 12)
)
navigation.offer(
    navigation.Offer("power-asset", _("这是谁家的电杆"), _("扫码或填编号，看由谁负责、电话多少。"), "power:assets", 13)
)
