"""Problems (RFC 9457): what is wrong, where, what to do; a refusal names every reason with its citation."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from xianzhi.kernel import registry
from xianzhi.kernel.pages.values import sentence
from xianzhi.law.decision import Reason
from xianzhi.law.parameters import NoValue

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: lazy("请求读不懂"),
    401: lazy("没有有效的令牌"),
    403: lazy("没有权限"),
    404: lazy("没有这一项，或不在您的范围内"),
    405: lazy("这个地址不支持这种方法"),
    409: lazy("不能办理"),
    413: lazy("内容太大"),
    415: lazy("不支持这种内容格式"),
    422: lazy("填写有误"),
    429: lazy("请求太频繁"),
    500: lazy("系统出错"),
    503: lazy("暂时没有可用的值"),
}


class Problem(Exception):
    """Something that is answered as a problem. errors: as `reason_data` makes them. headers: of the answer."""

    def __init__(
        self, status: int, detail: str = "", *, errors: Iterable[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None, **more: Any,
    ) -> None:  # fmt: skip
        self.status, self.detail, self.errors = status, detail, list(errors)
        self.headers, self.more = dict(headers or {}), more
        super().__init__(detail)

    def response(self) -> HttpResponse:
        title = str(TITLES.get(self.status, HTTPStatus(self.status).phrase))
        body: dict[str, Any] = {"type": f"{reverse('api:docs')}#problem-{self.status}", "title": title}
        body |= {"status": self.status, "detail": self.detail or title, **self.more}
        if self.errors:
            body["errors"] = self.errors
        content = json.dumps(body, ensure_ascii=False, default=str)
        return HttpResponse(content, status=self.status, content_type=MEDIA_TYPE, headers=self.headers)


def citation(provision: str) -> Any:
    """A citation as it prints, with the address of the provision's page."""
    known = registry.provisions.get(provision)
    if known is None:
        return {"id": provision, "printed": provision, "url": ""}
    return {"id": provision, "printed": known.cited, "url": reverse("provision", args=[provision])}


def reason_data(reason: Reason, pointer: str = "") -> Any:
    """One reason with its citation, the values used and the cure. pointer: the field that it is about."""
    data = reason.as_data()
    found: dict[str, Any] = {"text": sentence(reason.text), "cites": citation(reason.cites)}
    found |= {"used": data.get("used", {}), "cure": reason.cure}
    return found | ({"pointer": pointer} if pointer else {})


def refusal(status: int, step: str, reasons: Sequence[Reason], pointers: Mapping[str, str] | None = None) -> Problem:
    """A step that may not be taken, with all that speaks against it. pointers: by the text of a reason."""
    errors = [reason_data(one, (pointers or {}).get(one.text, "")) for one in reasons]
    detail = _("“{step}”没有办理：{why}").format(step=step, why="；".join(one["text"] for one in errors))
    return Problem(status, detail, errors=errors)


def unauthorized(detail: str, error: str = "") -> Problem:
    """401 as RFC 6750 has it. error: invalid_token where something was sent that is none."""
    challenge = 'Bearer realm="xianzhi"' + (f', error="{error}"' if error else "")
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})


def handle(api: NinjaAPI) -> None:
    """Everything that a view or the reading of a request raises becomes a problem."""
    handled: Any = api.add_exception_handler  # its own types know no lambda
    handled(Problem, lambda request, found: found.response())
    handled(Http404, lambda request, found: Problem(404).response())
    handled(ValidationError, _invalid)
    handled(HttpError, lambda request, found: Problem(found.status_code, _unread(found)).response())
    handled(NoValue, lambda request, found: Problem(503, str(found)).response())
    handled(RequestDataTooBig, lambda request, found: Problem(413).response())
    handled(MultiPartParserError, _no_form)
    handled(Exception, _crashed)


def _no_form(request: HttpRequest, found: Exception) -> HttpResponse:
    return Problem(400, _("表单读不出，请核对 multipart/form-data 的写法")).response()


def _unread(found: HttpError) -> str:
    return _("请求内容不是合法的 JSON，请核对") if found.status_code == HTTPStatus.BAD_REQUEST else ""


def _invalid(request: HttpRequest, found: ValidationError) -> HttpResponse:
    errors = [_field_error(one) for one in found.errors]
    detail = _("{what}填写有误").format(what="、".join(dict.fromkeys(one["pointer"] for one in errors)))
    return Problem(422, detail, errors=errors).response()


_PYDANTIC = {
    "missing": lazy("没有填"),
    "int_parsing": lazy("应为整数"),
    "bool_parsing": lazy("应为 true 或 false"),
    "date_from_datetime_parsing": lazy("应为日期，如 2025-03-12"),
    "date_parsing": lazy("应为日期，如 2025-03-12"),
    "string_too_long": lazy("太长，最多 {max_length} 个字"),
    "string_too_short": lazy("太短，最少 {min_length} 个字"),
    "string_type": lazy("应为文字"),
    "list_type": lazy("应为数组"),
    "too_short": lazy("最少 {min_length} 项"),
    "too_long": lazy("最多 {max_length} 项"),
    "greater_than_equal": lazy("不能小于 {ge}"),
    "less_than_equal": lazy("不能大于 {le}"),
    "string_pattern_mismatch": lazy("写法不对，应符合 {pattern}"),
    "enum": lazy("应为 {expected}"),
    "literal_error": lazy("应为 {expected}"),
    "extra_forbidden": lazy("没有这一项，请去掉"),
}


def _field_error(one: Mapping[str, Any]) -> dict[str, Any]:
    """One fault that the types of the request found."""
    place = [str(part) for part in one["loc"]]
    form = str(_PYDANTIC.get(one["type"], lazy("填写有误")))
    text = form.format(**one.get("ctx", {})) if "{" in form else form
    return {"text": text, "pointer": "/" + "/".join(place[1:] if len(place) > 1 else place), "cure": ""}


def _crashed(request: HttpRequest, found: Exception) -> HttpResponse:
    """A fault of ours: the log has it, the program is told no more than that."""
    logger.error("接口 %s %s 出错", request.method, request.path, exc_info=found)
    return Problem(500, _("系统出错，已记入日志；请稍后再试，或联系系统管理员")).response()
