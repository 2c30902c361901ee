"""What can be read of the county: units, obligations, announcements, the map, and the search over everything."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router

from xianzhi.kernel import clock
from xianzhi.kernel.api import schemas, told
from xianzhi.kernel.api.cases import LONGEST, Cursor, Limit
from xianzhi.kernel.api.guard import guarded
from xianzhi.kernel.api.paging import page_of
from xianzhi.kernel.api.problems import Problem, citation
from xianzhi.kernel.models import Announcement, Case, Obligation, Post, Unit
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.pages import map as pages_map
from xianzhi.kernel.pages import search as pages_search
from xianzhi.kernel.pages import units as pages_units
from xianzhi.kernel.pages.guard import PUBLIC, SIGNED_IN
from xianzhi.kernel.posts import post_word

router = Router(tags=["县情"])
_Text = Query("", max_length=LONGEST)
_Before = Query(None, description="期限在这一天之前")
_Layers = Query([], description="图层；不写为全部")


@router.get("/units", response=schemas.Page[schemas.UnitRow], summary="单位")
@guarded(pages_units.READERS, "read:units")
def units(
    request: HttpRequest, kind: str = _Text, function: str = _Text, cursor: str = Cursor, limit: int = Limit
) -> Any:
    """kind：类别；function：今天承担这项职能的。"""
    rows = Unit.objects.select_related("parent").prefetch_related("functions")
    if kind:
        rows = rows.filter(kind=kind)
    if function:
        rows = rows.filter(in_force(clock.today(), "functions__"), functions__function=function).distinct()
    asked = {"list": "units", "account": request.user.pk, "wanted": [kind, function]}
    found, following = page_of(rows, ("division", "code"), asked=asked, cursor=cursor, limit=limit)
    return schemas.Page(items=[schemas.UnitRow(**_unit(one)) for one in found], next=following or None)


@router.get("/units/{code}", response=schemas.UnitWhole, summary="一个单位")
@guarded(pages_units.READERS, "read:units")
def unit(request: HttpRequest, code: str) -> schemas.UnitWhole:
    """单位的职能、今天的岗位、下级单位。"""
    found = Unit.objects.select_related("parent").prefetch_related("functions").filter(code=code).first()
    if found is None:
        raise Problem(404)
    held = Post.objects.filter(in_force(clock.today()), unit=found).select_related("account")
    posts = [
        schemas.Held(post=one.key, zh=post_word(one.key), name=one.account.name, since=one.since, until=one.until)
        for one in held.order_by("function", "role", "since")[: pages_units.MOST]
    ]
    children = list(found.children.order_by("code").values_list("code", flat=True))
    return schemas.UnitWhole(**_unit(found), posts=posts, children=children)


def _unit(one: Unit) -> dict[str, Any]:
    today = clock.today()
    functions = {f.function for f in one.functions.all() if f.since <= today and (f.until is None or f.until > today)}
    return {
        "code": one.code, "name": one.name, "short": one.short, "kind": one.kind, "division": one.division,
        "parent": one.parent.code if one.parent else None, "functions": sorted(functions),
    }  # fmt: skip


@router.get("/obligations", response=schemas.Page[schemas.ObligationRow], summary="任务")
@guarded(pages_units.READERS, "read:units")
def obligations(
    request: HttpRequest, unit: str = _Text, provision: str = _Text, is_open: bool = Query(False, alias="open"),
    due_before: date | None = _Before, cursor: str = Cursor, limit: int = Limit,
) -> Any:  # fmt: skip
    """条款要求单位完成的事。属于办件的，能看到那个办件才列出。open：只要没有完成、仍有要求的。"""
    seen = Case.objects.visible_to(request.user).order_by().values("pk")
    rows = Obligation.objects.filter(Q(case=None) | Q(case_id__in=seen)).select_related("unit")
    for name, value in (("unit__code", unit), ("provision", provision)):
        rows = rows.filter(**{name: value}) if value else rows
    if is_open:
        rows = rows.filter(done_on=None, ended_on=None)
    if due_before:
        rows = rows.filter(due_on__lt=due_before)
    wanted = [unit, provision, is_open, str(due_before or "")]
    asked = {"list": "obligations", "account": request.user.pk, "wanted": wanted}
    found, following = page_of(rows, ("-id",), asked=asked, cursor=cursor, limit=limit)
    return schemas.Page(items=[_obligation(one) for one in found], next=following or None)


def _obligation(one: Obligation) -> schemas.ObligationRow:
    return schemas.ObligationRow(
        id=one.pk, cites=citation(one.provision), unit=one.unit.code if one.unit else None,
        unit_zh=one.unit.name if one.unit else "", proposed=one.proposed, what=one.what, due_on=one.due_on,
        due_text=one.due_text, figure=one.figure, case=one.case_id, done_on=one.done_on, result=one.result,
        ended_on=one.ended_on,
    )  # fmt: skip


@router.get("/announcements", response=schemas.Page[schemas.AnnouncementRow], summary="公告")
@guarded(PUBLIC)
def announcements(request: HttpRequest, cursor: str = Cursor, limit: int = Limit) -> Any:
    """已发布的公告，新的在前。"""
    rows = Announcement.objects.filter(since__lte=clock.today()).select_related("unit")
    found, following = page_of(rows, ("-since", "-id"), asked={"list": "announcements"}, cursor=cursor, limit=limit)
    items = [
        schemas.AnnouncementRow(
            id=one.pk, title=one.title, body=one.body, unit=one.unit.name, provision=one.provision, since=one.since,
            until=one.until,
        )
        for one in found
    ]  # fmt: skip
    return schemas.Page(items=items, next=following or None)


@router.get("/map", summary="地图要素（GeoJSON）", response={200: dict[str, Any]})
@guarded(SIGNED_IN, "read:map")
def features(
    request: HttpRequest, layer: list[str] = _Layers, place: str = _Text,
    bbox: str = Query("", max_length=LONGEST, description="西,南,东,北"),
) -> HttpResponse:  # fmt: skip
    """各图层在一个乡镇或范围内的要素，坐标为 CGCS2000（EPSG:4490）。"""
    try:
        view = pages_map.view_of(request)
    except pages_map.BadView as error:
        raise Problem(422, str(error)) from None
    content = pages_map.collection(*pages_map.features_of(request.user, view))
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})


@router.get("/search", response=schemas.Found, summary="查找")
@guarded(PUBLIC, "read:cases")
def search(request: HttpRequest, q: str = _Text) -> schemas.Found:
    """在办件、文件、条款、单位、办事主体中查找，各以账号能看到的为限；没有令牌的只查文件和条款。"""
    if not (text := " ".join(q.split())):
        return schemas.Found(cases=[], more_cases="", instruments=[], provisions=[], units=[], subjects=[])
    found = pages_search.find(request.user, text)
    return schemas.Found(
        cases=told.cases(request.user, found.cases), more_cases=found.more_cases,
        instruments=[one.id for one in found.instruments], provisions=[citation(one.id) for one in found.provisions],
        units=[one.code for one in found.units], subjects=[row for one in found.subjects if (row := told.subject(one))],
    )  # fmt: skip
