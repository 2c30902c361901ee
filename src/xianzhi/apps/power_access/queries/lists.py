"""The lists of this service as Excel and CSV, each as far as an account may see it."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from xianzhi.apps.power_access.models import Asset, CropRow, PlanLine, SafetyDuty
from xianzhi.apps.power_access.procedures import AnnualPlan, ChargeReport, TownshipMatter
from xianzhi.apps.power_access.queries import durations, figures
from xianzhi.apps.power_access.queries.money import Money, money_of_projects
from xianzhi.apps.power_access.queries.projects import Standing, projects_for, standings
from xianzhi.kernel import clock, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case
from xianzhi.kernel.personal.masks import NAME, masked, without_numbers
from xianzhi.kernel.tables.declare import Listing, Out, listing, lots
from xianzhi.law.fields import DAY, MONEY, NUMBER, WHOLE

AT_ONCE = 500
Chosen = Mapping[str, str]


def _official(account: Any) -> bool:
    """Whoever holds a post, and the auditor."""
    return account.is_authenticated and (account.duty == "audit" or bool(scope.posts_of(account)))


# ---- projects and their money


def _projects(account: Any, chosen: Chosen) -> Iterator[Standing]:
    found = projects_for(account).prefetch_related("loads").order_by("-applied_on", "-id")
    for some in lots(found.iterator(chunk_size=AT_ONCE), AT_ONCE):
        yield from standings(some)


def _load(one: Standing, name: str) -> Decimal | None:
    load = max(one.project.loads.all(), key=lambda load: load.pk, default=None)
    return getattr(load, name) if load else None


PROJECT = (
    Out(lazy("项目编号"), lambda one: one.project.number, width=22),
    Out(lazy("项目名称"), lambda one: one.project.name, width=30),
    Out(lazy("业主"), lambda one: one.intake.subject and one.intake.subject.name, width=26),
)
PROJECTS = (
    *PROJECT,
    Out(lazy("证件号码或信用代码"), lambda one: one.intake.subject and one.intake.subject.shown_code, width=24),
    Out(lazy("地址"), lambda one: one.project.place, width=30),
    Out(lazy("乡镇和村"), lambda one: county().place(one.intake.division), width=20),
    Out(lazy("用地性质"), lambda one: one.project.land_use, width=12),
    Out(lazy("容量（千瓦）"), lambda one: _load(one, "capacity_kw"), NUMBER, 12),
    Out(lazy("容量（千伏安）"), lambda one: _load(one, "capacity_kva"), NUMBER, 12),
    Out(lazy("投资界面"), lambda one: one.project.classified.zh, width=18),
    Out(lazy("现状"), lambda one: one.main.state_shown.zh, width=14),
    Out(lazy("下一步"), lambda one: one.next_step and one.next_step.zh, width=16),
    Out(lazy("申请"), lambda one: one.project.applied_on, DAY, 12),
    Out(lazy("计划投用日"), lambda one: one.project.ready_by, DAY, 12),
    Out(lazy("接电"), lambda one: one.lit_on, DAY, 12),
)
listing(Listing("power_access.projects", lazy("接入项目清单"), PROJECTS, _projects, _official))


def _money(account: Any, chosen: Chosen) -> Iterator[tuple[Standing, Money]]:
    for some in lots(_projects(account, chosen), AT_ONCE):
        moved = money_of_projects([one.project for one in some])
        for one in some:
            money = moved[one.project.pk]
            if money.budget or money.appropriated:
                yield one, money


def _of_project(one: Out) -> Out:
    return Out(one.zh, lambda row: one.value(row[0]), one.kind, one.width)


MONEY_OF_WORKS = (
    *(_of_project(one) for one in PROJECT),
    Out(lazy("费用明细合计（元）"), lambda row: row[1].budget, MONEY, 18),
    Out(lazy("已拨付（元）"), lambda row: row[1].appropriated, MONEY, 18),
    Out(lazy("已支付（元）"), lambda row: row[1].paid, MONEY, 18),
    Out(lazy("已退回（元）"), lambda row: row[1].given_back, MONEY, 18),
    Out(lazy("余额（元）"), lambda row: row[1].left, MONEY, 18),
    Out(lazy("送审（元）"), lambda row: row[1].submitted, MONEY, 18),
    Out(lazy("审定（元）"), lambda row: row[1].audited, MONEY, 18),
    Out(lazy("应付尾款（元）"), lambda row: row[1].to_pay, MONEY, 18),
    Out(lazy("应收回（元）"), lambda row: row[1].to_recover, MONEY, 18),
    Out(lazy("应退结余（元）"), lambda row: row[1].to_return, MONEY, 18),
)
listing(Listing("power_access.money", lazy("工程资金清单"), MONEY_OF_WORKS, _money, _official))


# ---- the annual plan


def _plan_lines(account: Any, chosen: Chosen) -> QuerySet[PlanLine]:
    seen = Case.objects.visible_to(account).filter(procedure_name=AnnualPlan.name).order_by().values("pk")
    found = PlanLine.objects.filter(plan__case__in=seen).select_related("plan", "project__case")
    return found.order_by("-plan__year", "number", "since", "id")


PLAN = (
    Out(lazy("年度"), lambda line: line.plan.year, WHOLE, 8),
    Out(lazy("行号"), lambda line: line.number, WHOLE, 8),
    Out(lazy("类别"), lambda line: line.get_kind_display(), width=14),
    Out(lazy("名称"), lambda line: line.name, width=36),
    Out(lazy("项目编号"), lambda line: line.project and line.project.number, width=22),
    Out(lazy("金额（元）"), lambda line: line.amount, MONEY, 18),
    Out(lazy("自"), lambda line: line.since, DAY, 12),
    Out(lazy("至（不含）"), lambda line: line.until, DAY, 12),
)
listing(Listing("power_access.plan", lazy("年度投资计划明细"), PLAN, _plan_lines, _official))


# ---- assets, crops, reports


def _assets(account: Any, chosen: Chosen) -> Iterator[tuple[Asset, SafetyDuty | None]]:
    seen = Case.objects.visible_to(account).order_by().values("pk")
    found = Asset.objects.filter(handover__in=seen).select_related("project__case", "handover").order_by("code")
    for some in lots(found.iterator(chunk_size=AT_ONCE), AT_ONCE):
        duties = SafetyDuty.objects.on(clock.today()).filter(asset__in=some).select_related("holder")
        held = {duty.asset_id: duty for duty in duties}
        for asset in some:
            yield asset, held.get(asset.pk)


def _point(asset: Asset) -> str:
    return ",".join(str(one) for one in asset.point["coordinates"]) if asset.point else ""


ASSETS = (
    Out(lazy("资产编号"), lambda row: row[0].code, width=22),
    Out(lazy("类别"), lambda row: row[0].kind, width=16),
    Out(lazy("位置"), lambda row: row[0].position, width=36),
    Out(lazy("坐标"), lambda row: _point(row[0]), width=24),
    Out(lazy("价值（元）"), lambda row: row[0].value, MONEY, 16),
    Out(lazy("项目编号"), lambda row: row[0].project.number, width=22),
    Out(lazy("移交办件"), lambda row: row[0].handover.number, width=22),
    Out(lazy("移交情况"), lambda row: row[0].handover.state_shown.zh, width=14),
    Out(lazy("安全责任单位"), lambda row: row[1] and row[1].holder.name, width=28),
    Out(lazy("责任自"), lambda row: row[1] and row[1].since, DAY, 12),
)
listing(Listing("power_access.assets", lazy("资产和移交清单"), ASSETS, _assets, _official))


def _crops(account: Any, chosen: Chosen) -> QuerySet[CropRow]:
    seen = Case.objects.visible_to(account).filter(procedure_name=TownshipMatter.name).order_by().values("pk")
    found = CropRow.objects.filter(matter__in=seen).current().select_related("matter__parent")
    return found.order_by("matter_id", "plot", "id")


CROPS = (
    Out(lazy("协调编号"), lambda row: row.matter.number, width=22),
    Out(lazy("项目编号"), lambda row: row.matter.parent and row.matter.parent.number, width=22),
    Out(lazy("乡镇和村"), lambda row: county().place(row.matter.division), width=20),
    Out(lazy("地块"), lambda row: row.plot, width=18),
    Out(lazy("承包人"), lambda row: masked(NAME, str(row.holder)), width=12),
    Out(lazy("作物"), lambda row: row.crop, width=12),
    Out(lazy("面积（亩）"), lambda row: row.area, NUMBER, 12),
    Out(lazy("标准（元/亩）"), lambda row: row.rate, MONEY, 14),
    Out(lazy("金额（元）"), lambda row: row.amount, MONEY, 16),
    Out(lazy("现状"), lambda row: row.matter.state_shown.zh, width=12),
)
listing(Listing("power_access.crops", lazy("青苗赔偿清单"), CROPS, _crops, _official))


def _reports(account: Any, chosen: Chosen) -> Iterator[tuple[Case, Mapping[str, Any]]]:
    seen = Case.objects.visible_to(account).filter(procedure_name=ChargeReport.name)
    for case in seen.prefetch_related("events").order_by("-opened_on", "-id").iterator(chunk_size=AT_ONCE):
        told: dict[str, Any] = {}
        for event in case.events.all():
            told |= {name: value for name, value in event.data.items() if isinstance(value, str)}
        yield case, told


def _amount(told: Mapping[str, Any], name: str) -> Decimal | None:
    return Decimal(told[name]) if told.get(name) else None


REPORTS = (
    Out(lazy("回执编号"), lambda row: row[0].number, width=22),
    Out(lazy("收费事项"), lambda row: without_numbers(row[1].get("what", "")), width=36),
    Out(lazy("金额（元）"), lambda row: _amount(row[1], "amount"), MONEY, 16),
    Out(lazy("地点或项目"), lambda row: without_numbers(row[1].get("place", "")), width=28),
    Out(lazy("收到"), lambda row: row[0].opened_on, DAY, 12),
    Out(lazy("现状"), lambda row: row[0].state_shown.zh, width=12),
    Out(lazy("已退还（元）"), lambda row: _amount(row[1], "refunded"), MONEY, 16),
    Out(lazy("办结"), lambda row: row[0].closed_on, DAY, 12),
)
listing(Listing("power_access.reports", lazy("收费反映清单"), REPORTS, _reports, _official))


# ---- what anybody may have


def _figures(account: Any, chosen: Chosen) -> Iterator[tuple[str, str, Any, str]]:
    """(what, of which, figure, unit): counts and medians only, nobody's name among them. [power-1-2]"""
    for kind, progress in figures.by_class().items():
        yield _("项目数"), _("{kind}，在办").format(kind=kind.zh), progress.under_way, _("个")
        yield _("项目数"), _("{kind}，已通电").format(kind=kind.zh), progress.lit, _("个")
        yield _("项目数"), _("{kind}，已终止").format(kind=kind.zh), progress.ended, _("个")
    for one in durations.county_way():
        if one.median is not None:
            yield _("各步用时中位数"), one.step.zh, one.median, _("个工作日")
            yield _("各步用时最长"), one.step.zh, one.slowest, _("个工作日")
    for (year, quarter), zero in figures.zero_by_quarter().items():
        when = _("{year}年第{quarter}季度").format(year=year, quarter=quarter)
        yield _("零收费确认"), when, zero.confirmed, _("户")
        yield _("反映有收费"), when, zero.reported, _("户")
        yield _("零收费占比"), when, zero.share, "%"


FIGURES = (
    Out(lazy("指标"), lambda row: row[0], width=20),
    Out(lazy("范围"), lambda row: row[1], width=30),
    Out(lazy("数值"), lambda row: row[2], NUMBER, 12),
    Out(lazy("单位"), lambda row: row[3], width=12),
)
listing(Listing("power_access.figures", lazy("获得电力公开数据"), FIGURES, _figures, lambda account: True, public=True))
