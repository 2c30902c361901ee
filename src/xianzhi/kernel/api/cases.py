"""What can be read of cases: who I am, what waits for me, cases, their events and files."""

from datetime import date
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from xianzhi.kernel import clock, door, limits, queries, scope
from xianzhi.kernel.api import schemas, told
from xianzhi.kernel.api.guard import guarded
from xianzhi.kernel.api.paging import MOST, USUAL, page_of
from xianzhi.kernel.api.problems import Problem
from xianzhi.kernel.materials import MEDIA_TYPES, path_of
from xianzhi.kernel.models import Case, Event, LogEntry, Material
from xianzhi.kernel.pages.guard import SIGNED_IN, STAFF, SUBJECT
from xianzhi.kernel.posts import post_word

router = Router(tags=["办件"])
LONGEST = 60
"""Characters of a search text, or of a filter."""
_EARLIEST, _LATEST = date(1900, 1, 1), date(9999, 12, 31)
_DIGITS = 18
Limit = Query(USUAL, ge=1, le=MOST, description="每页最多几条")
Cursor = Query("", max_length=1000, description="上一页给的 next")
_Text = Query("", max_length=LONGEST)
_FILE = {"content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES}}


def case_for(request: HttpRequest, name: str) -> Case:
    """The case with a number or an id, where the account may see it; else 404 either way."""
    seen = Case.objects.visible_to(request.user).select_related("subject")
    by_id = name.isdecimal() and name.isascii() and len(name) <= _DIGITS
    found = seen.filter(pk=int(name)).first() if by_id else seen.filter(number=name).first()
    if found is None:
        raise Problem(404)
    return found


@router.get("/me", response=schemas.Me, summary="我是谁", tags=["账号"])
@guarded(SIGNED_IN)
def me(request: HttpRequest) -> schemas.Me:
    """令牌（或登录）所代表的账号、它今天的岗位，以及令牌的范围。"""
    account, token = request.user, request.token
    codes = dict(account.posts.values_list("unit_id", "unit__code"))
    posts = [
        schemas.PostHeld(key=one.key, zh=post_word(one.key), unit=codes[one.unit_id], unit_zh=one.unit)
        for one in scope.posts_of(account)
    ]
    seen = None
    if token is not None:
        seen = schemas.TokenSeen(name=token.name, prefix=token.prefix, scopes=token.scopes, expires_on=token.expires_on)
    return schemas.Me(
        username=account.username, name=account.name, duty=account.duty, posts=posts,
        subject=told.subject(account.subject), token=seen,
    )  # fmt: skip


@router.get("/work", response=schemas.Page[schemas.WorkRow], summary="我的待办")
@guarded(STAFF | SUBJECT, "read:work")
def work(request: HttpRequest, post: str = _Text, cursor: str = Cursor, limit: int = Limit) -> Any:
    """等我办理的办件，最先到期的在前；暂停计时的在最后。post：只看一个岗位的（职能.岗位）。"""
    account = request.user
    waiting = queries.waiting_for(account, post).select_related("subject")
    waiting = waiting.annotate(
        held=Coalesce("halted_on", Value(_EARLIEST)), due=Coalesce("due_on", Value(_LATEST))
    ).annotate(light=queries.light_on(clock.today()))
    asked = {"list": "work", "account": account.pk, "post": post}
    rows, following = page_of(waiting, ("held", "due", "id"), asked=asked, cursor=cursor, limit=limit)
    items = []
    for shown, one in zip(told.cases(account, rows), rows, strict=True):
        mine = queries.steps_for(one, account, post)
        if mine:
            step, key = mine[0]
            items.append(schemas.WorkRow(
                case=shown, light=one.light, step=step.name, step_zh=step.zh, post=key,
                others=[other.name for other, _key in mine[1:]],
            ))  # fmt: skip
    return schemas.Page(items=items, next=following or None)


@router.get("/cases", response=schemas.Page[schemas.CaseRow], summary="办件")
@guarded(SIGNED_IN, "read:cases")
def cases(
    request: HttpRequest, q: str = _Text, procedure: str = _Text, state: str = _Text, place: str = _Text,
    cursor: str = Cursor, limit: int = Limit,
) -> Any:  # fmt: skip
    """我能看到的办件，新的在前。q：编号、名称、办事主体中的字；state：状态，或 open、closed；place：乡镇代码。"""
    account = request.user
    wanted = queries.Wanted(text=q, procedure=procedure, state=state, place=place)
    rows = queries.wanted_cases(account, wanted).select_related("subject")
    asked = {"list": "cases", "account": account.pk, "wanted": [q, procedure, state, place]}
    found, following = page_of(rows, ("-opened_on", "-id"), asked=asked, cursor=cursor, limit=limit)
    return schemas.Page(items=told.cases(account, found), next=following or None)


@router.get("/cases/{case}", response=schemas.CaseWhole, summary="一个办件")
@guarded(SIGNED_IN, "read:cases")
def case(request: HttpRequest, case: str) -> schemas.CaseWhole:
    """办件的现状：能办什么、为什么不能办、时限、办理记录、材料、文书、下级办件。case：编号或数字标识。"""
    found, account = case_for(request, case), request.user
    events = list(found.events.select_related(*told.EVENT_JOINS).order_by("seq"))
    moved = [limits.Moved(one.step_name, one.from_state, one.to_state, one.on, one.data) for one in events]
    below = Case.objects.visible_to(account).filter(parent_id=found.pk).select_related("subject")
    names = {paper.name: paper.zh for step in found.procedure.steps.values() for paper in step.needs}
    row = told.cases(account, [found])[0]
    return schemas.CaseWhole(
        **row.dict(), version=found.version, seq=found.seq, head=found.head,
        options=[told.option(one) for one in door.options(found, account)],
        limits=[told.limit(one) for one in limits.armed(found, moved, clock.today())],
        events=[told.event(one) for one in events],
        materials=[told.material(one, names) for one in found.materials.order_by("id")],
        documents=[told.document(one) for one in found.documents.prefetch_related("changes").order_by("id")],
        children=told.cases(account, below.order_by("opened_on", "id")[: queries.PAGE]),
    )  # fmt: skip


@router.get("/events", response=schemas.Page[schemas.EventRow], summary="办理记录")
@guarded(SIGNED_IN, "read:cases")
def events(
    request: HttpRequest, name: str = _Text, after: int = Query(-1, ge=-1, le=10**_DIGITS), cursor: str = Cursor,
    limit: int = Limit,
) -> Any:  # fmt: skip
    """我能看到的办件的办理记录，按账本中的序号；后入账的总在后面，不会漏。name：事件名的开头；after：从这个序号之后读起。"""
    account = request.user
    seen = Case.objects.visible_to(account).order_by().values("pk")
    rows = LogEntry.objects.filter(event__case_id__in=seen, index__gt=after)
    if name:
        rows = rows.filter(event__name__startswith=name.removesuffix("*"))
    asked = {"list": "events", "account": account.pk, "name": name, "after": after}
    found, following = page_of(rows, ("index",), asked=asked, cursor=cursor, limit=limit)
    by_id = Event.objects.select_related(*told.EVENT_JOINS).in_bulk([one.event_id for one in found])
    items = [told.event(by_id[one.event_id]) for one in found]
    return schemas.Page(items=items, next=following or None)


@router.get("/cases/{case}/events/{seq}", response=schemas.EventRow, summary="一条办理记录")
@guarded(SIGNED_IN, "read:cases")
def event(request: HttpRequest, case: str, seq: int) -> schemas.EventRow:
    """办件的第几条办理记录。"""
    return told.event(event_for(request, case, seq))


def event_for(request: HttpRequest, case: str, seq: int) -> Event:
    """An event of a case that the account may see; else 404."""
    found = case_for(request, case)
    known = 0 < seq <= found.seq
    one = found.events.select_related(*told.EVENT_JOINS).filter(seq=seq).first() if known else None
    if one is None:
        raise Problem(404)
    return one


@router.get("/materials/{pk}", summary="下载材料", url_name="material", openapi_extra={"responses": {200: _FILE}})
@guarded(SIGNED_IN, "read:materials")
def material(request: HttpRequest, pk: int) -> HttpResponse:
    """我能看到的办件中的一份材料。"""
    known = 0 < pk < 10**_DIGITS
    found = Material.objects.filter(pk=pk, case__in=Case.objects.visible_to(request.user)).first() if known else None
    if found is None:
        raise Problem(404)
    try:
        file = path_of(found.sha256).open("rb")
    except FileNotFoundError:
        raise Problem(404, _("文件不在存储中，请联系系统管理员从备份恢复")) from None
    return FileResponse(file, as_attachment=True, filename=found.name, content_type=found.media_type)
