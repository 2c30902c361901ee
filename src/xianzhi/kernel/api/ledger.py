"""What proves the ledger: checkpoints for whoever keeps them outside, and proofs that an event stands in the log."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from xianzhi.kernel.api import schemas
from xianzhi.kernel.api.cases import Cursor, Limit, event_for
from xianzhi.kernel.api.guard import guarded
from xianzhi.kernel.api.paging import page_of
from xianzhi.kernel.api.problems import Problem
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Checkpoint
from xianzhi.kernel.pages.guard import SIGNED_IN

router = Router(tags=["账本"])
_MOST = 10**18


@router.get("/ledger/checkpoints", response=schemas.Page[schemas.CheckpointRow], summary="检查点")
@guarded(SIGNED_IN, "read:ledger")
def checkpoints(request: HttpRequest, cursor: str = Cursor, limit: int = Limit) -> Any:
    """账本在各个大小时的根，新的在前。存到别处，日后可以核对账本没有被改过。"""
    asked = {"list": "checkpoints"}
    found, following = page_of(Checkpoint.objects.all(), ("-size",), asked=asked, cursor=cursor, limit=limit)
    items = [schemas.CheckpointRow(size=one.size, root=one.root, at=one.at) for one in found]
    return schemas.Page(items=items, next=following or None)


@router.get("/ledger/consistency", response=schemas.Consistency, summary="前后一致的证明")
@guarded(SIGNED_IN, "read:ledger")
def consistency(
    request: HttpRequest, old: int = Query(1, ge=1, le=_MOST), new: int | None = Query(None, ge=1, le=_MOST)
) -> schemas.Consistency:
    """证明大小为 new 的账本是大小为 old 的账本续写而成；new 不写为现在的大小。"""
    size = log.size() if new is None else new
    if old > size or size > log.size():
        raise Problem(422, f"账本现有 {log.size()} 条，old 不能大于 new，new 不能大于现有条数")
    return schemas.Consistency(
        old=old, new=size, old_root=log.root(old), new_root=log.root(size), path=log.consistency_proof(old, size)
    )


@router.get("/cases/{case}/events/{seq}/proof", response=schemas.Proof, summary="办理记录在账本中的证明")
@guarded(SIGNED_IN, "read:ledger")
def proof(request: HttpRequest, case: str, seq: int, size: int | None = Query(None, ge=1, le=_MOST)) -> schemas.Proof:
    """证明一条办理记录在账本里；size：对哪个大小的根，不写为现在。"""
    event = event_for(request, case, seq)
    try:
        return schemas.Proof(**log.inclusion_proof(event.pk, size).as_data())
    except LookupError as error:
        raise Problem(409, str(error)) from None
    except ValueError as error:
        raise Problem(422, str(error)) from None
