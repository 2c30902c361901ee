"""Subscriptions to events, for programs."""

from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status
from pydantic import Field

from xianzhi.kernel.api import schemas, webhooks
from xianzhi.kernel.api.cases import Cursor, Limit
from xianzhi.kernel.api.guard import guarded, need
from xianzhi.kernel.api.paging import page_of
from xianzhi.kernel.api.problems import Problem
from xianzhi.kernel.models import Subscription
from xianzhi.kernel.pages.guard import SIGNED_IN

router = Router(tags=["事件推送"])
SCOPE = "write:webhooks"
_MOST = 10**18
_TEXT = r"^[\x21-\x7e]+$"


class Wanted(Schema, extra="forbid"):
    url: str = Field(max_length=500, pattern=_TEXT, description="接收地址，https")
    events: list[str] = Field(
        min_length=1, max_length=50, description="事件名，如 power_access.order.dispatched、power_access.*、*"
    )
    algorithm: Literal["sm3", "sha256"] = Field("sm3", description="签名算法：HMAC-SM3 或 HMAC-SHA256")


class SubscriptionRow(Schema):
    id: int
    url: str
    events: list[str]
    algorithm: str
    position: int = Field(description="账本中下一个要看的序号")
    failures: int
    paused_at: datetime | None
    paused_why: str
    created_at: datetime


class SubscriptionMade(SubscriptionRow):
    secret: str = Field(description="验签用的密钥，只在这里给一次")


class DeliveryRow(Schema):
    id: int
    sequence: int
    event: str
    state: str = Field(description="waiting、delivered、failed 或 withheld")
    attempts: int
    next_at: datetime
    status: int | None
    error: str
    done_at: datetime | None


def _row(one: Subscription) -> dict[str, Any]:
    names = ("url", "events", "algorithm", "position", "failures", "paused_at", "paused_why", "created_at")
    return {"id": one.pk, **{name: getattr(one, name) for name in names}}


def _of(request: HttpRequest, pk: int) -> Subscription:
    found = Subscription.objects.filter(pk=pk, owner_id=request.user.pk).first() if 0 < pk < _MOST else None
    if found is None:
        raise Problem(404)
    return found


@router.get("/webhooks", response=list[SubscriptionRow], summary="我的事件推送")
@guarded(SIGNED_IN, SCOPE)
def subscriptions(request: HttpRequest) -> Any:
    """账号的各个订阅。"""
    return [SubscriptionRow(**_row(one)) for one in Subscription.objects.filter(owner=request.user)]


@router.post("/webhooks", response={201: SubscriptionMade}, summary="订阅事件推送")
@guarded(SIGNED_IN, SCOPE)
def subscribe(request: HttpRequest, wanted: Wanted) -> Status:
    """从下一个事件起推送。只推送账号能看到的办件；推送时再核对一次。

    经令牌订阅的，令牌须有范围 read:cases，令牌失效即停。"""
    need(request, webhooks.SCOPE)
    try:
        made = webhooks.subscribe(
            request.user, url=wanted.url, events=wanted.events, algorithm=wanted.algorithm, token=request.token
        )
    except ValidationError as error:
        faults = [{"text": text, "pointer": "", "cure": ""} for text in error.messages]
        raise Problem(422, "；".join(error.messages), errors=faults) from None
    return Status(201, SubscriptionMade(**_row(made), secret=webhooks.secret_of(made)))


@router.get("/webhooks/{pk}", response=SubscriptionRow, summary="一个订阅")
@guarded(SIGNED_IN, SCOPE)
def subscription(request: HttpRequest, pk: int) -> SubscriptionRow:
    """一个订阅的现状。"""
    return SubscriptionRow(**_row(_of(request, pk)))


@router.delete("/webhooks/{pk}", response={204: None}, summary="退订")
@guarded(SIGNED_IN, SCOPE)
def unsubscribe(request: HttpRequest, pk: int) -> Status:
    """退订，推送记录一并删去。"""
    _of(request, pk).delete()
    return Status(204, None)


@router.post("/webhooks/{pk}/resume", response=SubscriptionRow, summary="恢复推送")
@guarded(SIGNED_IN, SCOPE)
def resume(request: HttpRequest, pk: int) -> SubscriptionRow:
    """连续失败而暂停的，恢复后立即再推送。"""
    found = _of(request, pk)
    webhooks.resume(found)
    found.refresh_from_db()
    return SubscriptionRow(**_row(found))


@router.post("/webhooks/{pk}/replay", response=SubscriptionRow, summary="从某个序号起重新推送")
@guarded(SIGNED_IN, SCOPE)
def replay(request: HttpRequest, pk: int, start: int = Query(alias="from", ge=0, le=_MOST)) -> SubscriptionRow:
    """from：账本中的序号。从它起的事件都再推送一遍，次序不变。"""
    found = _of(request, pk)
    try:
        webhooks.replay(found, start)
    except ValidationError as error:
        text = error.messages[0]
        raise Problem(422, text, errors=[{"text": text, "pointer": "/from", "cure": ""}]) from None
    found.refresh_from_db()
    return SubscriptionRow(**_row(found))


@router.get("/webhooks/{pk}/deliveries", response=schemas.Page[DeliveryRow], summary="推送记录")
@guarded(SIGNED_IN, SCOPE)
def deliveries(request: HttpRequest, pk: int, cursor: str = Cursor, limit: int = Limit) -> Any:
    """新的在前。withheld：推送时账号已看不到那个办件，没有推送。"""
    rows = _of(request, pk).deliveries.select_related("event")
    asked = {"list": "deliveries", "of": pk}
    found, following = page_of(rows, ("-id",), asked=asked, cursor=cursor, limit=limit)
    items = [
        DeliveryRow(
            id=one.pk, sequence=one.sequence, event=one.event.name, state=one.state, attempts=one.attempts,
            next_at=one.next_at, status=one.status, error=one.error, done_at=one.done_at,
        )
        for one in found
    ]  # fmt: skip
    return schemas.Page(items=items, next=following or None)
