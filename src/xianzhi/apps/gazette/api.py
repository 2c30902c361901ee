"""What programs ask of the reader: a file read without being kept, and the documents under review."""

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as lazy
from ninja import File, Router, Schema
from ninja.files import UploadedFile

from xianzhi.apps.gazette import queries
from xianzhi.apps.gazette.pages.desk import READERS
from xianzhi.apps.gazette.reader.folder import read_bytes
from xianzhi.apps.gazette.reader.intake import MAX_BYTES
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.kernel.api import scopes
from xianzhi.kernel.api.guard import guarded
from xianzhi.kernel.api.problems import Problem

prefix = "gazette"
router = Router(tags=["公报"])
_SENT = File(..., description="文本、PDF、DOCX、HTML 或 OFD")
SCOPE = scopes.add("read:gazette", lazy("试读文件、查看校核中的文件"), READERS).name


class ReadingRow(Schema):
    case: int
    number: str
    title: str
    state_zh: str
    open: int


@router.post("/read", response=dict[str, Any], summary="试读一个文件", operation_id="gazette_read")
@guarded(READERS, SCOPE)
def read(request: HttpRequest, file: UploadedFile = _SENT) -> Any:
    """读出文件里的文件、条款、任务、日期和单位，不保存任何内容。"""
    name = str(file.name or "file")
    if (file.size or 0) > MAX_BYTES:
        raise Problem(413, f"{name} 超过 {MAX_BYTES >> 20} MB")
    try:
        return {"documents": json.loads(json.dumps(read_bytes(file.read(), name)))}
    except Unreadable as error:
        raise Problem(422, str(error)) from None


@router.get("/readings", response=list[ReadingRow], summary="校核中的文件", operation_id="gazette_readings")
@guarded(READERS, SCOPE)
def readings(request: HttpRequest) -> Any:
    """还没有启用的文件，各有几项存疑没有处理。"""
    return [
        ReadingRow(
            case=one["reading"].case_id,
            number=one["reading"].number,
            title=one["reading"].case.title,
            state_zh=one["reading"].case.state_shown.zh,
            open=one["open"],
        )
        for one in queries.under_way()
    ]
