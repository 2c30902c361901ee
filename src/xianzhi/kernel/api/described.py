"""The OpenAPI 3.1 description: what ninja knows of the views, and every step of every procedure with its own schema.

Two procedures may each have a step of one name (`accept`). They share an address, for a case knows its procedure; the
schema of such a request is one of several, each with its title.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI

from xianzhi.kernel import registry
from xianzhi.kernel.api import scopes
from xianzhi.kernel.api.bodies import FORM, JSON
from xianzhi.kernel.api.openings import Opening, openings_of
from xianzhi.kernel.api.problems import MEDIA_TYPE, TITLES
from xianzhi.kernel.api.shapes import schema_of
from xianzhi.kernel.api.steps import PART
from xianzhi.kernel.api.told import taker_word
from xianzhi.law.procedure import APPLICANT, Procedure, Step

PREFIX = "/api/v1"
_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_EVERY = (400, 401, 403, 404, 405, 429)
_WRITES = (409, 413, 415, 422)
_READS = (304, 422, 503)
_KEY = {
    "in": "header", "name": "Idempotency-Key", "required": False,
    "schema": {"type": "string", "pattern": r"^[\x21-\x7e]{1,60}$"},
    "description": "同一个值只办理一次：重复发送得到同一条办理记录；换了内容则拒绝",
}  # fmt: skip
_CASE = {
    "in": "path", "name": "case", "required": True, "description": "办件的编号或数字标识",
    "schema": {"type": "string", "minLength": 1, "maxLength": 60, "pattern": r"^[^/\x00]+$"},
}  # fmt: skip


def description(api: NinjaAPI) -> dict[str, Any]:
    """The whole description, for the installed services and the language of the request."""
    known = tuple(registry.procedures.values())
    return _described(api, known, get_language() or "")


@lru_cache(maxsize=4)
def _described(api: NinjaAPI, known: tuple[type[Procedure], ...], language: str) -> dict[str, Any]:
    made: dict[str, Any] = dict(api.get_openapi_schema(path_prefix=PREFIX))
    paths = {path: dict(operations) for path, operations in made["paths"].items()}
    for path, operations in paths.items():
        for method, operation in operations.items():
            operations[method] = _with_problems(operation, reads=method == "get")
            _told_scope(api, path, method, operations[method])
    components = dict(made["components"])
    components["schemas"] = {**components["schemas"], **dict(_schemas(known))}
    components["securitySchemes"] = {
        "token": {"type": "http", "scheme": "bearer", "description": "接口令牌：Authorization: Bearer xz_…"},
        "session": {"type": "apiKey", "in": "cookie", "name": "sessionid", "description": "只供本站页面"},
    }
    paths |= dict(_step_paths(known)) | dict(_open_paths(known))
    return made | {"paths": paths, "components": components, "security": [{"token": []}, {"session": []}]}


def _told_scope(api: NinjaAPI, path: str, method: str, operation: dict[str, Any]) -> None:
    """Whom a view admits and what a token needs for it, at the end of its description."""
    rule = rules_of(api).get((path, method))
    if rule is None:
        return
    told = [operation.get("description", "").strip()]
    if rule.scope:
        told.append(_("令牌须有范围 `{scope}`。").format(scope=rule.scope))
    if not rule.who.admits(_Nobody()):
        told.append(_("供{who}使用。").format(who=rule.who.words()))
    else:
        operation["security"] = [{}, {"token": []}, {"session": []}]
    operation["description"] = "\n\n".join(text for text in told if text)


class _Nobody:
    """Somebody who is not signed in: whatever admits him is open to all."""

    is_authenticated = is_active = False
    pk = subject_id = None
    duty = ""


def rules_of(api: NinjaAPI) -> dict[tuple[str, str], Any]:
    """The rule of every view, by (path, method)."""
    found = {}
    for router in api._get_bound_routers():
        for path, view in router.path_operations.items():
            for operation in view.operations:
                for method in operation.methods:
                    whole = f"{PREFIX}{router.prefix}{path}".replace("//", "/")
                    found[whole, method.lower()] = operation.view_func.rule  # type: ignore[attr-defined]
    return found


def _with_problems(operation: dict[str, Any], *, reads: bool) -> dict[str, Any]:
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    for status in sorted({*_EVERY, *(_READS if reads else _WRITES)}):
        responses.setdefault(str(status), _problem(status))
    return operation | {"responses": responses}


def _problem(status: int) -> dict[str, Any]:
    if status not in TITLES:
        return {"description": _("没有变化")}
    answer: dict[str, Any] = {"description": str(TITLES[status]), "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
    headers = {401: "WWW-Authenticate", 405: "Allow", 429: "Retry-After"}
    if status in headers:
        answer["headers"] = {headers[status]: {"schema": {"type": "string"}, "required": True}}
    return answer


# ---- steps


def _callable(known: tuple[type[Procedure], ...]) -> Iterator[Step]:
    for procedure in known:
        for step in procedure.steps.values():
            if not step.starts and (step.posts or APPLICANT in step.by):
                yield step


def _schemas(known: tuple[type[Procedure], ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for step in _callable(known):
        yield _name(step), _body(step)
    for procedure in known:
        for opening in openings_of(procedure.name):
            yield _name(opening.step), _opening_body(opening, several=len(openings_of(procedure.name)) > 1)


def _name(step: Step) -> str:
    return f"{step.procedure.name}.{step.name}"


def _ref(step: Step) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{_name(step)}"}


def _body(step: Step) -> dict[str, Any]:
    """What is sent to take a step."""
    data = schema_of(step.asks)
    made: dict[str, Any] = {
        "type": "object", "title": f"{step.procedure.zh} {step.zh}", "description": _told(step),
        "properties": {"data": data}, "required": ["data"] if data["required"] else [],
        "additionalProperties": False, "x-step": _name(step), "x-event": step.event, "x-cites": list(step.cites),
        "x-by": list(step.by),
    }  # fmt: skip
    made["properties"]["materials"] = _materials(step)
    made["properties"]["sure"] = {"const": True, "title": "确认"} if step.grave else {"type": "boolean"}
    if step.grave:
        made["required"].append("sure")
    return made


def _opening_body(opening: Opening, *, several: bool) -> dict[str, Any]:
    made = _body(opening.step)
    about = schema_of(opening.about)
    made["properties"]["step"] = {"const": opening.step.name}
    made["properties"]["about"] = about
    made["required"] += [*(["about"] if about["required"] else []), *(["step"] if several else [])]
    return made


def _materials(step: Step) -> dict[str, Any]:
    kinds = [
        {"const": paper.name, "title": f"{paper.zh}{_('（必交）') if paper.required else ''}"} for paper in step.needs
    ]
    if not kinds:
        return {"type": "array", "maxItems": 0}
    item = {
        "type": "object", "required": ["kind", "upload"], "additionalProperties": False,
        "properties": {"kind": {"oneOf": kinds}, "upload": {"type": "string", "format": "uuid"}},
    }  # fmt: skip
    return {"type": "array", "items": item, "description": _("upload 是预先上传所得的 id")}


def _told(step: Step) -> str:
    """Who takes it, from where to where, on which provisions, with which event and materials."""
    known = registry.provisions
    cites = "；".join(f"{known[one].cited}（`{one}`）" if one in known else one for one in step.cites)
    sources = "、".join(state.zh for state in step.sources)
    told = [
        step.help,
        _("办理：{who}（{by}）").format(who="、".join(map(taker_word, step.by)), by="、".join(step.by)),
        _("由“{sources}”到“{target}”").format(sources=sources, target=_("不变") if step.stays else step.move.target.zh),
        _("依据：{cites}").format(cites=cites),
        _("事件：`{event}`").format(event=step.event),
        _("令牌须有范围 `{scope}`").format(scope=scopes.of_step(step)),
    ]
    if step.needs:
        papers = "、".join(f"{one.zh}（`{one.name}`{_('，必交') if one.required else ''}）" for one in step.needs)
        told.append(_("材料：{papers}").format(papers=papers))
    if step.grave:
        told.append(_('难以撤回，须加 "sure": true'))
    return "\n".join(f"- {one}" for one in told if one)


def _step_paths(known: tuple[type[Procedure], ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    by_name: dict[str, list[Step]] = {}
    for step in _callable(known):
        by_name.setdefault(step.name, []).append(step)
    for name, steps in by_name.items():
        zh = " / ".join(dict.fromkeys(one.zh for one in steps))
        told = "\n\n".join(f"**{step.procedure.zh} {step.zh}**\n\n{_told(step)}" for step in steps)
        operation = {
            "operationId": f"take_{name}", "tags": ["办理"], "summary": zh,
            "description": told, "parameters": [_CASE, _KEY], "requestBody": _request(steps),
            "responses": {"200": _taken(_("已办理"))},
        }  # fmt: skip
        yield f"{PREFIX}/cases/{{case}}/steps/{name}", {"post": _with_problems(operation, reads=False)}


def _open_paths(known: tuple[type[Procedure], ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    for procedure in known:
        offered = openings_of(procedure.name)
        if not offered:
            continue
        told = "\n\n".join(f"**{one.step.zh}**\n\n{_told(one.step)}" for one in offered)
        operation = {
            "operationId": f"open_{procedure.name.replace('.', '_')}", "tags": ["开办"],
            "summary": _("开办：{procedure}").format(procedure=procedure.zh), "description": told,
            "parameters": [_KEY], "requestBody": _request([one.step for one in offered]),
            "responses": {"201": _taken(_("已开办"))},
        }  # fmt: skip
        if any(one.public for one in offered):
            operation["security"] = [{}, {"token": []}, {"session": []}]
        yield f"{PREFIX}/procedures/{procedure.name}/open", {"post": _with_problems(operation, reads=False)}


def _request(steps: list[Step]) -> dict[str, Any]:
    """As JSON, or as a form with the JSON in its part `data` and a part for each file."""
    schema = _ref(steps[0]) if len(steps) == 1 else {"anyOf": [_ref(step) for step in steps]}
    content: dict[str, Any] = {JSON: {"schema": schema}}
    kinds = {paper.name: paper.zh for step in steps for paper in step.needs}
    if kinds:
        parts = {f"{PART}{name}": {"type": "string", "format": "binary", "title": zh} for name, zh in kinds.items()}
        content[FORM] = {
            "schema": {"type": "object", "properties": {"data": schema, **parts}, "additionalProperties": False},
            "encoding": {"data": {"contentType": JSON}},
        }
    needed = any(_body(step)["required"] for step in steps)
    return {"required": needed, "content": content}


def _taken(zh: str) -> dict[str, Any]:
    return {"description": zh, "content": {JSON: {"schema": {"$ref": "#/components/schemas/Taken"}}}}
