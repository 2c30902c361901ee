"""The desks: for each unit, the lists that it works through, made from the board of open projects."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.models import LandProof, LoadRequest, ProofKind
from xianzhi.apps.power_access.pages import county_lists
from xianzhi.apps.power_access.pages.openings import PLANNER
from xianzhi.apps.power_access.pages.registers import Cell, Row, Section, due, mark, money, number, row, total
from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid, OwnPaid, SharedCivil, SharedElectrical
from xianzhi.apps.power_access.queries.desks import CLASSIFYING, JOINT, SETTLED, WORKS, Board
from xianzhi.apps.power_access.queries.money import Money
from xianzhi.apps.power_access.queries.projects import Standing, next_step
from xianzhi.apps.power_access.services import obligations
from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.guard import by_function, page

Sections = Callable[[Board], Iterator[Section]]


def _desk(request: HttpRequest, zh: str, lead: str, sections: Sections, **more: Any) -> HttpResponse:
    made = list(sections(Board(request.user)))
    context = {"desk": zh, "lead": lead, "sections": made, "today": clock.today(), **more}
    return render(request, "power_access/desk.html", context)


# ---- 审批局


@page(by_function("approval"))
def approval(request: HttpRequest) -> HttpResponse:
    return _desk(request, _("审批局台面"), _("先到期的在前。点项目名进入办件办理。"), _approval)


def _approval(board: Board) -> Iterator[Section]:
    new = board.intakes(*CLASSIFYING)
    yield Section(
        "review", _("待初审"), (_("申请"), _("业主"), _("事实"), _("时限")),
        tuple(row(one.intake, _on(one), _owner(one), _facts(one), due(one.intake)) for one in new),
        _("没有待初审的申请。业主提交或窗口代填后列在这里。"), "power-3-2-2-1-3", _("是否延伸项目，是否县政府投资"),
    )  # fmt: skip
    settled = board.intakes(*SETTLED)
    yield Section(
        "dispatch", _("待派单转办"), (_("类别"), _("下一步"), _("时限")),
        tuple(
            row(one.intake, Cell(one.project.classified.zh), _next(one, one.intake), due(one.intake)) for one in settled
        ),
        _("没有待转办的项目。认定后列在这里。"), "power-3-2-2-1-4",
    )  # fmt: skip
    yield _joint(board)
    yield Section(
        "reports", _("收费反映"), (_("状态"), _("收到"), _("时限")),
        tuple(row(one, Cell(one.state_shown.zh), _began(one), due(one)) for one in board.reports()),
        _("没有未办结的收费反映。"), "power-1-2", first=_("反映"),
    )  # fmt: skip


def _joint(board: Board) -> Section:
    joint = board.intakes(*JOINT)
    given = board.opinions(one.intake for one in joint)
    rows = (
        row(one.intake, Cell(one.intake.state_shown.zh), _opinion("opine_approval" in given[one.intake.pk]),
            _opinion("opine_grid" in given[one.intake.pk]), due(one.intake))
        for one in joint
    )  # fmt: skip
    return Section(
        "joint", _("共同认定"), (_("状态"), _("审批局"), _("供电公司"), _("时限")), tuple(rows),
        _("没有待共同认定的项目。"), "power-3-2-3-1",
    )  # fmt: skip


def _opinion(there: bool) -> Cell:
    return mark("done", _("已出")) if there else mark("idle", _("未出"))


def _facts(one: Standing) -> Cell:
    """Which facts of the classification are not there yet."""
    if one.intake.halted_on:
        return mark("halt", _("等业主补正"))
    lacking = list(_lacking(_newest(one.project.proofs.all()), _newest(one.project.loads.all())))
    return mark("ask", _("缺{what}").format(what="、".join(lacking))) if lacking else mark("ok", _("齐全"))


def _newest(rows: Iterable[Any]) -> Any:
    return max(rows, key=lambda one: one.pk)


def _lacking(proof: LandProof, load: LoadRequest) -> Iterator[str]:
    if proof.kind != ProofKind.CERTIFICATE or proof.obtained_on is None:
        yield _("土地证")
    if load.capacity_kw is None and load.capacity_kva is None:
        yield _("报装容量")


# ---- 能源局


@page(by_function("energy"))
@carries("power-2-2-2", zh="项目资金清单")
def energy(request: HttpRequest) -> HttpResponse:
    lead = _("工程走到哪一步、钱到哪一步、结算资料哪天到期。")
    return _desk(request, _("能源局台面"), lead, _energy, plans=PLANNER.admits(request.user))


def _energy(board: Board) -> Iterator[Section]:
    running = board.strands(*WORKS)
    yield Section(
        "works", _("在办工程"), (_("状态"), _("下一步"), _("时限")),
        tuple(row(case, Cell(case.state_shown.zh), _next(one, case), due(case)) for one, case in running),
        _("没有在办的工程。审批局派单后列在这里。"), "power-3-2-2-1-1",
    )  # fmt: skip
    yield _money(board)
    handing = board.strands(*WORKS, states=("accepted",))
    yield Section(
        "settlement", _("待交结算资料"), (_("验收"), _("时限")),
        tuple(row(case, Cell(words.short_day(one.since(case))), due(case)) for one, case in handing),
        _("没有待交结算资料的工程。验收合格后一个自然月内交。"), "power-3-2-2-6-2",
    )  # fmt: skip
    yield _duties(board)


def _money(board: Board) -> Section:
    found = [(case, board.money[one.project.pk]) for one, case in board.strands(*WORKS)]
    rows = tuple(
        row(case, money(one.budget or None), money(one.appropriated), money(one.paid), money(one.left), _gap(one))
        for case, one in found
    )
    names = ("budget", "appropriated", "paid", "left", "gap")
    sums = [money(total(getattr(one, name) for _case, one in found)) for name in names]
    return Section(
        "money", _("项目资金"), (_("概算"), _("已拨付"), _("已支付"), _("余额"), _("缺口")), rows,
        _("没有在办的工程，也就没有资金。"), "power-2-2-2", _("单位：元"), tuple(sums) if rows else (),
    )  # fmt: skip


def _gap(one: Money) -> Cell:
    """What the county still has to find; a project without a cost detail has no gap yet."""
    if not one.budget:
        return mark("idle", _("未概算"))
    return mark("over", f"{one.gap:,.2f}") if one.gap else mark("ok", _("无缺口"))


def _duties(board: Board) -> Section:
    rows = tuple(
        Row(one.what, "", one.unit.name, (
            Cell(words.short_day(one.due_on) or _("无期限")),
            mark("done", _("已完成")) if one.done_on else mark("near", _("未完成")),
            Cell(one.result),
        ))
        for one in board.obligations("power-4-2-1", "power-2-2-3")
    )  # fmt: skip
    return Section(
        "duties", _("通知交办的任务"), (_("期限"), _("状态"), _("结果")), rows, _("还没有登记任务。"), "power-4-2-1",
        first=_("任务"),
    )  # fmt: skip


# ---- 供电公司


@page(by_function("grid"))
def grid(request: HttpRequest) -> HttpResponse:
    return _desk(request, _("供电公司台面"), _("要出的方案、要到场的环节、在办的接电、要接收的资产。"), _grid)


def _grid(board: Board) -> Iterator[Section]:
    ordered = sorted(
        [
            *board.strands(CountyPaid.name, states=("ordered",)),
            *board.strands(SharedElectrical.name, states=("determined",)),
        ],
        key=lambda pair: pair[1].due_on or board.today,
    )
    yield Section(
        "schemes", _("待出方案"), (_("用地"), _("计划投用"), _("时限")),
        tuple(row(case, Cell(one.project.land_use), _ready(one), due(case)) for one, case in ordered),
        _("没有待出的供电方案。能源局下达工单后列在这里。"), "power-3-2-2-2-1",
    )  # fmt: skip
    yield Section(
        "nodes", _("待到场的环节"), (_("环节"), _("状态")),
        tuple(row(case, Cell(node), Cell(case.state_shown.zh)) for _one, case, node in board.nodes()),
        _("没有等供电公司到场的环节。"), "power-3-2-2-5-2",
    )  # fmt: skip
    connected = board.strands(CompanyPaid.name, SharedElectrical.name, OwnPaid.name)
    yield Section(
        "connections", _("在办的接电"), (_("状态"), _("下一步"), _("已用工作日")),
        tuple(_connection(one, case) for one, case in connected),
        _("没有在办的接电。"), "power-3-2-1-1",
    )  # fmt: skip
    yield _joint(board)
    handed = board.handovers()
    yield Section(
        "assets", _("待接收资产"), (_("状态"), _("资产"), _("价值（元）")),
        tuple(row(case, Cell(case.state_shown.zh), number(case.assets, _("项")), money(case.worth)) for case in handed),
        _("没有待接收的资产。工程验收合格后列在这里。"), "power-3-2-2-7-1", first=_("移交"),
    )  # fmt: skip


def _connection(one: Standing, case: Case) -> Row:
    days = county().calendar.working_days_between(case.opened_on, clock.today())
    small = f"{case.procedure.zh} {case.number}"
    return row(case, Cell(case.state_shown.zh), _next(one, case), number(days), small=small)


# ---- 财政局


@page(by_function("finance"))
def finance(request: HttpRequest) -> HttpResponse:
    return _desk(request, _("财政局台面"), _("三件齐全、计划有余额的先拨。"), _finance)


def _finance(board: Board) -> Iterator[Section]:
    use = board.plan()
    asking = board.strands(*WORKS, states=("listed",))
    yield Section(
        "requests", _("待审核拨付"),
        (_("派工单或认定书"), _("费用明细"), _("概算（元）"), _("计划余额（元）"), _("时限")),
        tuple(
            row(case, _mandate(one, case), _detail(one), money(board.money[one.project.pk].budget),
                money(use.left_for(one.project) if use else None), due(case))
            for one, case in asking
        ),
        _("没有待拨付的项目。立项列入计划后列在这里。"), "power-3-2-2-4-1", _("派工单、设备清单、费用明细三件齐全才拨"),
    )  # fmt: skip
    yield _plan_use(board)
    ending = board.strands(*WORKS, states=("handed_in", "audited", "settled"))
    yield Section(
        "ending", _("审计和结算"), (_("状态"), _("应付尾款"), _("应收回"), _("应退结余"), _("时限")),
        tuple(
            row(case, Cell(case.state_shown.zh), money(sums.to_pay), money(sums.to_recover), money(sums.to_return),
                due(case))
            for one, case in ending if (sums := board.money[one.project.pk])
        ),
        _("没有在审计或结算的工程。"), "power-3-2-2-6-4", _("单位：元"),
    )  # fmt: skip


def _mandate(one: Standing, case: Case) -> Cell:
    if case.procedure_name == SharedCivil.name:
        papers = [paper.number for paper in one.project.determinations.all()]
    else:
        papers = [paper.number for paper in one.project.orders.all() if paper.withdrawn_on is None]
    return Cell(papers[-1]) if papers else mark("no", _("缺"))


def _detail(one: Standing) -> Cell:
    """The detail in force, and whether it was drawn from the scheme in force."""
    details, schemes = list(one.project.details.all()), list(one.project.schemes.all())
    if not details:
        return mark("no", _("缺"))
    if schemes and details[-1].scheme_id != schemes[-1].pk:
        return mark("no", _("设计待复核"))
    return mark("ok", _("第{n}版").format(n=details[-1].version))


def _plan_use(board: Board) -> Section:
    use = board.plan()
    rows = tuple(
        Row(line.name, reverse("case", args=[line.project.case_id]) if line.project else "", line.get_kind_display(),
            (money(line.amount), money(used), money(line.amount - used)))
        for line, used in (use.lines if use else ())
    )  # fmt: skip
    sums = (money(use.planned), money(use.used), money(use.planned - use.used)) if use else ()
    return Section(
        "plan", _("{year}年计划执行").format(year=board.today.year), (_("计划"), _("已拨付"), _("余额")), rows,
        _("今年还没有执行中的年度投资计划。"), "power-3-1-3", _("单位：元"), sums, first=_("计划项目"), counted=False,
    )  # fmt: skip


# ---- 乡镇


@page(by_function("township"))
def township(request: HttpRequest) -> HttpResponse:
    return _desk(request, _("乡镇台面"), _("本乡镇的青苗赔偿和要协调的问题。"), _township)


def _township(board: Board) -> Iterator[Section]:
    matters = board.matters()
    crops = [one for one in matters if one.plots]
    yield Section(
        "crops", _("青苗赔偿"), (_("地块"), _("面积（亩）"), _("金额（元）"), _("状态"), _("登记")),
        tuple(row(one, number(one.plots), number(one.area), money(one.amount), _state(one),
                  _began(one)) for one in crops),
        _("没有青苗赔偿。工程占到地里的庄稼时，由能源局或乡镇登记。"), "power-3-2-3-6",
        sums=(number(sum(one.plots for one in crops)), number(total(one.area for one in crops)),
              money(total(one.amount for one in crops)), Cell(""), Cell("")) if crops else (),
    )  # fmt: skip
    others = [one for one in matters if not one.plots]
    yield Section(
        "matters", _("要协调的问题"), (_("状态"), _("提出")),
        tuple(row(one, _state(one), _began(one)) for one in others),
        _("没有要协调的问题。"), "power-3-2-3-6", first=_("问题"),
    )  # fmt: skip


def _state(case: Case) -> Cell:
    return mark("done" if case.closed_on else "near", case.state_shown.zh)


# ---- 县政府办


@page(by_function("county_office", "government"))
def county_desk(request: HttpRequest) -> HttpResponse:
    return _desk(request, _("县政府台面"), _("计划够不够、哪里有分歧、哪些项目会晚、卡在谁那里。"), _county)


def _county(board: Board) -> Iterator[Section]:
    yield Section(
        "late", _("会晚的项目"), (_("状态"), _("下一步"), _("计划投用"), _("预计通电"), _("晚")),
        tuple(
            row(one.main, Cell(one.main.state_shown.zh), _next(one, one.main), _ready(one),
                Cell(words.short_day(told.value)), mark("over", _("{n}天").format(n=days)))
            for one, told, days in board.late()
        ),
        _("没有预计会晚的项目。"), "power-2-2-3", _("按本县各步骤一般用时推算"),
    )  # fmt: skip
    disputed = board.intakes("disputed")
    yield Section(
        "disputes", _("待裁定的分歧"), (_("业主"), _("时限")),
        tuple(row(one.intake, _owner(one), due(one.intake)) for one in disputed),
        _("没有待裁定的分歧。"), "power-3-2-3-1",
    )  # fmt: skip
    yield from county_lists.lists(board)
    yield _need(board)
    yield Section(
        "loads", _("卡在谁那里"), (_("责任单位"), _("在办"), _("逾期")),
        tuple(Row(one.stage, "", "", (Cell(one.unit), number(one.waiting),
              mark("over", str(one.overdue)) if one.overdue else mark("ok", "0"))) for one in board.loads()),
        _("没有在办的项目。"), "power-3-2-2-1-1", first=_("环节"), counted=False,
    )  # fmt: skip
    yield _addressees()


def _addressees() -> Section:
    """The townships and the zone, with the posts that somebody holds there."""
    rows = tuple(
        Row(one.unit.name, reverse("unit", args=[one.unit.code]), "", (_posts(one.posts),))
        for one in obligations.addressees()
    )  # fmt: skip
    return Section(
        "addressees", _("收文单位"), (_("承办岗位"),), rows, _("县包里没有乡镇。"), "power-0-3",
        _("乡镇和开发区照通知执行，先明确岗位"), first=_("单位"), counted=False,
    )  # fmt: skip


def _posts(held: tuple[str, ...]) -> Cell:
    return mark("ok", "、".join(words.role(one) for one in held)) if held else mark("near", _("未明确岗位"))


def _need(board: Board) -> Section:
    """The year's plan beside what the works that run still lack."""
    use, gaps = board.plan(), [board.money[one.project.pk] for one, _case in board.strands(*WORKS)]
    need = total(one.gap for one in gaps)
    left = use.planned - use.used if use else None
    rows = (Row(
        _("{year}年").format(year=board.today.year), reverse("case", args=[use.plan.case_id]) if use else "", "",
        (money(use.planned if use else None), money(use.used if use else None), money(left), money(need),
         mark("over", f"{need - (left or 0):,.2f}") if need > (left or 0) else mark("ok", _("够"))),
    ),)  # fmt: skip
    return Section(
        "need", _("计划和需要"), (_("计划"), _("已拨付"), _("计划余额"), _("在办缺口"), _("还差")), rows, "",
        "power-3-1-3", _("单位：元"), first=_("年度"), counted=False,
    )  # fmt: skip


# ---- cells


def _on(one: Standing) -> Cell:
    return Cell(words.short_day(one.project.applied_on))


def _began(case: Case) -> Cell:
    return Cell(words.short_day(case.opened_on))


def _owner(one: Standing) -> Cell:
    return Cell(one.intake.subject.name if one.intake.subject else "")


def _ready(one: Standing) -> Cell:
    return Cell(words.short_day(one.project.ready_by) or _("未填"))


def _next(one: Standing, case: Case) -> Cell:
    step = next_step(case, one.project, lit=one.lit_on is not None)
    return Cell(step.zh, words.post(step.by[0])) if step else Cell("")
