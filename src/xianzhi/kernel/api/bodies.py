"""What a request holds: JSON, or a form with a part `data` and files. Read strictly: what cannot be kept is refused."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _

from xianzhi.kernel.api.problems import Problem

JSON, FORM = "application/json", "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Body:
    """The members of a body, and the files of a form by the name of their part."""

    members: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[tuple[str, UploadedFile], ...] = ()


def body_of(request: HttpRequest) -> Body:
    """Reads what was sent. Raises Problem: 400 for what is no JSON object, 413 and 415."""
    kind = (request.content_type or "").lower()
    try:
        if kind == FORM:
            files = tuple((name, file) for name, sent in request.FILES.lists() for file in sent)
            return Body(_object(request.POST.get("data", "{}").encode("utf-8", "surrogatepass")), files)
        if kind not in (JSON, "") and request.body:
            raise Problem(415, _("请用 {json} 或 {form}").format(json=JSON, form=FORM))
        return Body(_object(request.body or b"{}"))
    except RequestDataTooBig:
        raise Problem(413, _("内容太大；材料请先传到 /api/v1/materials")) from None
    except (MultiPartParserError, TooManyFieldsSent, TooManyFilesSent, UnicodeError):
        raise Problem(400, _("表单读不出，请核对 multipart/form-data 的写法")) from None


def _object(text: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(text, parse_constant=_refuse)
        json.dumps(found, ensure_ascii=False).encode()  # a lone surrogate is no character and cannot be kept
    except (ValueError, RecursionError):
        raise Problem(400, _("请求内容不是合法的 JSON，请核对")) from None
    if not isinstance(found, dict):
        raise Problem(400, _('请求内容应为 JSON 对象，如 {"data": {}}'))
    if b"\\u0000" in text:
        raise Problem(400, _("请求内容中有空字符，请去掉"))
    return found


def _refuse(constant: str) -> None:
    raise ValueError(constant)
