"""What programs read of 获得电力, and how they open its cases: the same services and queries as the pages."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import Query, Router, Schema
from pydantic import Field

from xianzhi.apps.power_access.models import AccessProject, Asset
from xianzhi.apps.power_access.models import AnnualPlan as PlanRow
from xianzhi.apps.power_access.pages import openings
from xianzhi.apps.power_access.pages.apply import OWNER
from xianzhi.apps.power_access.pages.questions import SelfCheck
from xianzhi.apps.power_access.pages.self_check import answer_of
from xianzhi.apps.power_access.procedures import AnnualPlan, ChargeReport, Intake
from xianzhi.apps.power_access.queries import figures as counted
from xianzhi.apps.power_access.queries.desks import use_of
from xianzhi.apps.power_access.queries.durations import county_way, durations
from xianzhi.apps.power_access.queries.money import money_of_project
from xianzhi.apps.power_access.queries.projects import Standing, forecast, projects_for, standings
from xianzhi.apps.power_access.rules import classify
from xianzhi.apps.power_access.services import charges, intake, plan
from xianzhi.apps.power_access.services.handover import holder_of
from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.api import scopes
from xianzhi.kernel.api.cases import Cursor, Limit
from xianzhi.kernel.api.guard import guarded
from xianzhi.kernel.api.openings import Asked, BadAbout, opens
from xianzhi.kernel.api.paging import page_of
from xianzhi.kernel.api.problems import Problem, reason_data
from xianzhi.kernel.api.schemas import Page, Reason
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Subject
from xianzhi.kernel.pages.guard import PUBLIC, SIGNED_IN
from xianzhi.law.fields import choice, text

prefix = "power"
router = Router(tags=["获得电力"])
SCOPE = scopes.add("read:power_access", lazy("查看获得电力的项目和计划"), SIGNED_IN).name
_YEARS = Query(None, description="哪一天的计划；不写为今天")
_Q = Query("", max_length=60)


class ProjectRow(Schema):
    case: int = Field(description="受理认定办件")
    number: str
    name: str
    place: str
    investment_class: str
    class_zh: str
    applied_on: date
    ready_by: date | None
    main_case: int | None = Field(description="现在办理的办件；不在您的范围内时为 null")
    state_zh: str
    next_step: str
    lit_on: date | None


class Money(Schema):
    """In yuan, as decimal text."""

    budget: Decimal
    appropriated: Decimal
    paid: Decimal
    left: Decimal
    gap: Decimal
    to_return: Decimal


class Project(ProjectRow):
    foretold: date | None = Field(description="预计通电的日子")
    reasons: list[Reason]
    money: Money | None = Field(description="县政府出钱的项目，工作人员可见")


class Line(Schema):
    number: int
    kind: str
    name: str
    project: str | None = Field(description="项目编号；不在您的范围内时为 null")
    amount: Decimal
    used: Decimal
    left: Decimal
    since: date


class Plan(Schema):
    case: int
    year: int
    state: str
    on: date
    planned: Decimal
    used: Decimal
    lines: list[Line]


class PlanYear(Schema):
    case: int
    year: int
    state: str


class Progress(Schema):
    investment_class: str
    zh: str
    under_way: int
    lit: int
    ended: int


class Year(Schema):
    year: int
    planned: Decimal
    appropriated: Decimal
    paid: Decimal
    audited: Decimal


class Zero(Schema):
    year: int
    quarter: int
    confirmed: int
    reported: int


class StepDays(Schema):
    step: str
    expected: int | None
    slowest: int | None


class Figures(Schema):
    on: date
    projects: list[Progress]
    days: list[StepDays]
    money: list[Year]
    zero: list[Zero]
    held: dict[str, dict[str, int]]


class Checked(Schema):
    """Who pays, as far as the answers tell."""

    outcome: str
    who: str
    settled: bool
    likely: str | None
    shares: dict[str, str]
    reasons: list[Reason]


class Pole(Schema):
    """Who answers for a pole or a well."""

    code: str
    kind: str
    position: str
    unit: str
    phone: str
    reasons: list[Reason]


# ---- reading


@router.get("/projects", response=Page[ProjectRow], summary="接入项目")
@guarded(SIGNED_IN, SCOPE)
def power_projects(request: HttpRequest, cursor: str = Cursor, limit: int = Limit) -> Any:
    """我能看到的接入项目，新的在前。"""
    asked = {"list": "power-projects", "account": request.user.pk}
    rows = projects_for(request.user)
    found, following = page_of(rows, ("-applied_on", "-id"), asked=asked, cursor=cursor, limit=limit)
    seen = _seen(request, found_standings := standings(found))
    return Page(items=[ProjectRow(**_row(one, seen)) for one in found_standings], next=following or None)


def _seen(request: HttpRequest, rows: list[Standing]) -> set[int]:
    below = [case.pk for one in rows for case in one.strands]
    return set(Case.objects.visible_to(request.user).filter(pk__in=below).values_list("pk", flat=True))


def _row(one: Standing, seen: set[int]) -> dict[str, Any]:
    project, main = one.project, one.main
    shown = main if main.pk in seen or main.pk == one.intake.pk else None
    step = one.next_step if shown else None
    return {
        "case": one.intake.pk, "number": project.number, "name": project.name, "place": project.place,
        "investment_class": project.investment_class, "class_zh": project.classified.zh,
        "applied_on": project.applied_on, "ready_by": project.ready_by, "main_case": shown.pk if shown else None,
        "state_zh": shown.state_shown.zh if shown else "", "next_step": step.name if step else "",
        "lit_on": one.lit_on,
    }  # fmt: skip


@router.get("/projects/{case}", response=Project, summary="一个接入项目")
@guarded(SIGNED_IN, SCOPE)
def power_project(request: HttpRequest, case: str) -> Project:
    """case：项目编号，或受理认定办件的数字标识。预计通电的日子和它的理由；县里的钱只给工作人员看。"""
    found = named(request.user, case)
    if found is None:
        raise Problem(404)
    one = standings([found])[0]
    foretold = forecast(one, durations())
    reasons = [reason_data(reason) for reason in foretold.reasons] if foretold else []
    return Project(
        **_row(one, _seen(request, [one])), foretold=foretold.value if foretold else None, reasons=reasons,
        money=_money(request, found),
    )  # fmt: skip


def named(account: Any, name: str) -> AccessProject | None:
    """The project with a number or a case's id, where the account may see it."""
    rows = projects_for(account)
    if name.isdecimal() and name.isascii() and len(name) < len("9" * 19):
        return rows.filter(case_id=int(name)).first()
    return rows.filter(case__number=name).first()


def _money(request: HttpRequest, project: AccessProject) -> Money | None:
    """As the panel of the works shows it: on cases below the project, to whoever sees one of them with a post."""
    works = Case.objects.visible_to(request.user).filter(parent_id=project.case_id)
    if request.user.subject_id is not None or not works.exists() or project.classified not in openings.COUNTY_PAID:
        return None
    money = money_of_project(project)
    return Money(
        budget=money.budget, appropriated=money.appropriated, paid=money.paid, left=money.left, gap=money.gap,
        to_return=money.to_return,
    )  # fmt: skip


@router.get("/plans", response=list[PlanYear], summary="年度投资计划")
@guarded(SIGNED_IN, SCOPE)
def power_plans(request: HttpRequest) -> Any:
    """我能看到的各年度计划，新的在前。"""
    return [PlanYear(case=one.case_id, year=one.year, state=one.case.state_shown.zh) for one in _plans(request)]


def _plans(request: HttpRequest) -> Any:
    return PlanRow.objects.filter(case__in=Case.objects.visible_to(request.user)).select_related("case")


@router.get("/plans/{year}", response=Plan, summary="一个年度的计划")
@guarded(SIGNED_IN, SCOPE)
def power_plan(request: HttpRequest, year: int, on: date | None = _YEARS) -> Plan:
    """各行的计划金额、已拨付和余额，按 on 那天有效的行。"""
    known = 0 < year < clock.today().year + 100
    found = _plans(request).filter(year=year).first() if known else None
    if found is None:
        raise Problem(404)
    day = on or clock.today()
    use = use_of(found, day)
    visible = {one.pk for one in projects_for(request.user).filter(pk__in=[line.project_id for line, _u in use.lines])}
    lines = [
        Line(
            number=line.number, kind=line.kind, name=line.name, amount=line.amount, used=used,
            left=line.amount - used, since=line.since,
            project=line.project.number if line.project_id in visible else None,
        )
        for line, used in use.lines
    ]  # fmt: skip
    return Plan(
        case=found.case_id, year=found.year, state=found.case.state_shown.zh, on=day, planned=use.planned,
        used=use.used, lines=lines,
    )  # fmt: skip


@router.get("/figures", response=Figures, summary="用数字看获得电力")
@guarded(PUBLIC)
def power_figures(request: HttpRequest) -> Figures:
    """任何人可看的统计，没有业主的名字。"""
    today = clock.today()
    return Figures(
        on=today,
        projects=[
            Progress(investment_class=one.value, zh=one.zh, under_way=row.under_way, lit=row.lit, ended=row.ended)
            for one, row in counted.by_class().items()
        ],
        days=[StepDays(step=one.step.zh, expected=one.expected, slowest=one.slowest) for one in county_way()],
        money=[
            Year(year=year, planned=one.planned, appropriated=one.appropriated, paid=one.paid, audited=one.audited)
            for year, one in counted.money_by_year().items()
        ],
        zero=[
            Zero(year=year, quarter=quarter, confirmed=one.confirmed, reported=one.reported)
            for (year, quarter), one in counted.zero_by_quarter().items()
        ],
        held={kind: dict(row) for kind, row in counted.held_by(today).items()},
    )


@router.get("/self-check", response=Checked, summary="谁出钱自查")
@guarded(PUBLIC)
def power_self_check(
    request: HttpRequest, size: str = _Q, voltage: str = _Q, kw: str = _Q, supply: str = _Q, proof_on: str = _Q,
    contract_on: str = _Q, planning: str = _Q, reserve: str = _Q, spot: str = _Q, wish: str = _Q,
) -> Checked:  # fmt: skip
    """四个问题，一个答案和它的理由。填的不留存。"""
    today, parameters = clock.today(), registry.parameters()
    form = SelfCheck(request.GET, today, str(parameters.get("power.small.max_kw", on=today)))
    if form.facts is None:
        errors = [{"text": one.error, "pointer": f"/{one.name}", "cure": ""} for one in form.errors]
        missing = _("没有写谁用电（size）、怎么接入（voltage）、怎么接（wish）")
        detail = "；".join(one["text"] for one in errors) or missing
        raise Problem(422, detail, errors=errors)
    decision = classify(form.facts, parameters)
    told = answer_of(decision, form)
    return Checked(
        outcome=told.outcome.value, who=str(told.words.who), settled=told.settled,
        likely=told.likely.value if told.likely else None,
        shares={one.kind.zh: str(one.payer) for one in told.shares},
        reasons=[reason_data(one) for one in decision.reasons],
    )  # fmt: skip


@router.get("/assets/{code}", response=Pole, summary="这是谁家的电杆")
@guarded(PUBLIC)
def power_asset(request: HttpRequest, code: str) -> Pole:
    """code：杆、井上的资产编号。"""
    found = Asset.objects.filter(code=code).select_related("project__case", "handover").first()
    if found is None:
        raise Problem(404)
    held = holder_of(found, clock.today())
    return Pole(
        code=found.code, kind=found.kind, position=found.position, unit=held.unit.name if held.unit else "",
        phone=held.unit.phone if held.unit else "", reasons=[reason_data(one) for one in held.decision.reasons],
    )  # fmt: skip


# ---- opening


def _places() -> dict[str, str]:
    return {one.code: one.name for one in county().townships}


TOWNSHIP = choice("township", "在哪个乡镇（代码）", _places())
PROJECT = text("project", "项目编号，或受理认定办件的数字标识", most=60)
_OWNER = tuple(one.optional for one in OWNER)


@opens(Intake.apply, TOWNSHIP, *_OWNER)
def apply(asked: Asked) -> Case:
    """An owner applies for himself; the window for one who came, named by his code."""
    with transaction.atomic():
        return intake.apply(
            asked.account, subject=_owner(asked), division=asked.about["township"], facts=asked.data,
            materials=asked.materials, key=asked.key,
        )  # fmt: skip


def _owner(asked: Asked) -> Subject:
    if asked.account.subject_id:
        return asked.account.subject
    given = [asked.about[one.name] for one in OWNER]
    for one, value in zip(OWNER, given, strict=True):
        if value is None:
            raise BadAbout(one.name, _("{what}没有填").format(what=one.zh))
    try:
        return intake.owner_of(*given)
    except ValidationError as error:
        raise BadAbout(OWNER[-1].name, "；".join(error.messages)) from None


def _visible(asked: Asked) -> AccessProject:
    found = named(asked.account, asked.about["project"])
    if found is None:
        raise BadAbout("project", _("没有这个项目，或不在您的范围内"))
    return found


def _beside(one: openings.Opening) -> None:
    """A case beside a project that the account may see, when it makes sense there."""

    @opens(one.step, PROJECT, *([TOWNSHIP.optional] if one.placed else []))
    def opened(asked: Asked) -> Case:
        project = _visible(asked)
        if not one.fits(project):
            raise BadAbout("project", _("这个项目不需要“{step}”").format(step=one.step.zh))
        place = asked.about.get("township") or project.case.division[:9] + "000"
        sent = openings.Sent(asked.account, asked.data, asked.key, place)
        try:
            return one.open(project, sent)
        except charges.ChargeRefused as refused:
            told = [*refused.reasons, openings.reported(one.step, refused.report)]
            raise door.Refused(one.step, told, refused.decision) from None


for _one in openings.OPENINGS.values():
    _beside(_one)


@opens(AnnualPlan.draft)
def draft_plan(asked: Asked) -> Case:
    actuals = {row["year"]: row["amount"] for row in asked.data["actuals"] or ()}
    lines = asked.data["lines"] or ()
    return plan.draft(asked.data["year"], by=asked.account, actuals=actuals, lines=lines, key=asked.key)


@opens(ChargeReport.report)
def report_charge(asked: Asked) -> Case:
    """Anybody reports a charge; the number of the case is the receipt."""
    return charges.report_charge(**asked.data, by=asked.by, key=asked.key)
