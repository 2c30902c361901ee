"""用数字看获得电力: open to anybody; each picture has its table, and no owner is named."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.queries import figures
from xianzhi.apps.power_access.queries.durations import county_way
from xianzhi.kernel import clock
from xianzhi.kernel.charts import Chart, Series, bars
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.kernel.pages.words import money

TEN_THOUSAND = 10_000
HOLDER_TONES = ("azurite", "near", "halt", "ok")


@page(PUBLIC)
@carries("power-1-1", zh="用数字看获得电力")
def figures_page(request: HttpRequest) -> HttpResponse:
    """All charts, in the order in which people ask."""
    charts = [*_projects(), *_days(), *_money(), *_zero(), *_assets()]
    return render(request, "power_access/figures.html", {"charts": charts, "today": clock.today()})


def _projects() -> Iterator[Chart]:
    found = figures.by_class()
    total = sum(one.under_way + one.lit + one.ended for one in found.values())
    lit = sum(one.lit for one in found.values())
    yield bars(
        _("各类项目办到哪里"),
        _("共 {total} 个项目，{lit} 个已通电。").format(total=total, lit=lit),
        what=_("类别"), unit=_("个"),
        series=(Series(_("已通电"), "ok"), Series(_("办理中"), "azurite"), Series(_("未办成"), "rest")),
        rows={_(one.zh): (row.lit, row.under_way, row.ended) for one, row in found.items()},
    )  # fmt: skip
    late = figures.on_time()
    timely, everyone = sum(row[0] for row in late.values()), sum(map(sum, late.values()))
    yield bars(
        _("通电赶上了计划投用日吗"),
        _("填了计划投用日并已通电的 {everyone} 个项目中，{timely} 个按时。").format(everyone=everyone, timely=timely),
        what=_("通电年份"), unit=_("个"),
        series=(Series(_("按时"), "ok"), Series(_("晚一个月以内"), "near"), Series(_("晚一个月以上"), "over")),
        rows={str(year): row for year, row in late.items()},
    )  # fmt: skip


def _days() -> Iterator[Chart]:
    way = county_way()
    yield bars(
        _("县政府投资的项目，每一步多少天"),
        _("从申请到验收，一般共 {days} 个工作日。").format(days=sum(one.expected or 0 for one in way)),
        what=_("步骤"), unit=_("工作日"), form="beside",
        series=(Series(_("一般"), "azurite"), Series(_("最慢"), "rest")),
        rows={_(one.step.zh): (one.expected, one.slowest) for one in way},
    )  # fmt: skip


def _money() -> Iterator[Chart]:
    years = figures.money_by_year()
    paid = sum((one.paid for one in years.values()), figures.NOTHING)
    yield bars(
        _("县里的钱：计划、拨付、支付、审定"),
        _("历年共支付 {paid}。").format(paid=money(paid)),
        what=_("年度"), unit=_("万元"), form="beside",
        series=(
            Series(_("计划"), "rest"), Series(_("拨付"), "azurite"), Series(_("支付"), "ink"), Series(_("审定"), "ok"),
        ),
        rows={
            str(year): tuple(map(_ten_thousands, (one.planned, one.appropriated, one.paid, one.audited)))
            for year, one in years.items()
        },
    )  # fmt: skip
    reviews = figures.reviews_by_year()
    cut = sum((one.submitted - one.audited for one in reviews.values()), figures.NOTHING)
    chart = bars(
        _("结算审计核减"),
        _("历年共核减 {cut}。").format(cut=money(cut)),
        what=_("审计年份"), unit=_("万元"), form="beside",
        series=(Series(_("送审"), "rest"), Series(_("审定"), "ok")),
        rows={
            str(year): (_ten_thousands(one.submitted), _ten_thousands(one.audited)) for year, one in reviews.items()
        },
    )  # fmt: skip
    more = [[*row, one.works, f"{one.cut}%"] for row, one in zip(chart.rows, reviews.values(), strict=True)]
    yield replace(chart, heads=[*chart.heads, _("项目"), _("核减")], rows=more)


def _ten_thousands(yuan: Decimal) -> Decimal:
    return (yuan / TEN_THOUSAND).quantize(Decimal("0.01"))


def _zero() -> Iterator[Chart]:
    quarters = figures.zero_by_quarter()
    all_ = figures.Zero(sum(one.confirmed for one in quarters.values()), sum(one.reported for one in quarters.values()))
    told = _("还没有人答复。")
    if all_.share is not None:
        told = _("{answered} 位业主答复，{share}% 说红线外没有交过钱。").format(
            answered=all_.confirmed + all_.reported, share=all_.share
        )
    yield bars(
        _("红线外有没有让您交钱"), told, what=_("季度"), unit=_("位"),
        series=(Series(_("没有交过"), "ok"), Series(_("反映交过"), "over")),
        rows={
            _("{year}年{quarter}季度").format(year=year, quarter=quarter): (one.confirmed, one.reported)
            for (year, quarter), one in quarters.items()
        },
    )  # fmt: skip


def _assets() -> Iterator[Chart]:
    kinds = figures.held_by(clock.today())
    holders = sorted({holder for row in kinds.values() for holder in row})
    total = sum(number for row in kinds.values() for number in row.values())
    yield bars(
        _("建成的设施由谁负责安全"),
        _("共 {total} 项，每项都有一个责任单位。").format(total=total),
        what=_("设施"), unit=_("项"),
        series=tuple(Series(holder, HOLDER_TONES[n % len(HOLDER_TONES)]) for n, holder in enumerate(holders)),
        rows={kind: tuple(row.get(holder) for holder in holders) for kind, row in kinds.items()},
    )  # fmt: skip
