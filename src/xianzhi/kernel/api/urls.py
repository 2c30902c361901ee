"""Everything under /api/v1: the kernel's routers, then each service's under its own prefix, all of it guarded."""

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.renderers import JSONRenderer

from xianzhi.kernel.api import cases, county, hooks, law, ledger, proposals, reference, steps
from xianzhi.kernel.api.described import description
from xianzhi.kernel.api.guard import Rule, protect
from xianzhi.kernel.api.problems import Problem, handle
from xianzhi.kernel.pages.guard import PUBLIC

__all__ = ["app_name", "proposals", "urlpatterns"]

app_name = "api"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class _Chinese(JSONRenderer):
    """Characters as they are, not as escapes."""

    json_dumps_params = {"ensure_ascii": False}


api = NinjaAPI(
    title="县治接口",
    version="1",
    description="页面能看的、能办的，程序都可以看、可以办：同样的岗位、同样的范围、同样的依据。"
    "没有办理的，答复里写明每一条理由。",
    openapi_url=None,
    docs_url=None,
    urls_namespace=app_name,
    renderer=_Chinese(),
)
handle(api)
for one in (cases, steps, county, law, ledger, hooks):
    api.add_router("", one.router)
for service in settings.SERVICES:
    if find_spec(f"{service}.api"):
        room = import_module(f"{service}.api")
        api.add_router(f"/{room.prefix}", room.router)


def openapi(request: HttpRequest) -> HttpResponse:
    """The description for programs."""
    return JsonResponse(description(api), json_dumps_params={"ensure_ascii": False})


def docs(request: HttpRequest) -> HttpResponse:
    """The description for people."""
    return reference.page(request, description(api))


def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    """Whatever else is asked for."""
    raise Problem(404)


def _open(view: Any) -> Any:
    return protect({"GET": Rule(PUBLIC)}, view)


def _routes() -> Iterator[URLPattern]:
    """One pattern for each address, its methods guarded each by its own rule."""
    for router in api._get_bound_routers():
        names: set[str] = set()
        for found in router.urls_paths(router.prefix):
            route = str(found.pattern)
            if route in names:
                continue
            names.add(route)
            yield URLPattern(
                found.pattern, protect(_rules(router, route), found.callback), found.default_args, found.name
            )


def _rules(router: Any, route: str) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for written, view in router.path_operations.items():
        whole = f"{router.prefix}{written}".replace("//", "/").lstrip("/").replace("{", "<").replace("}", ">")
        for operation in view.operations if whole == route else ():
            rule = getattr(operation.view_func, "rule", None)
            if rule is None:
                raise ImproperlyConfigured(f"/api/v1/{route} is open to nobody: mark its view with @guarded")
            rules |= dict.fromkeys(operation.methods, rule)
    return rules


urlpatterns = [
    path("openapi.json", _open(openapi), name="openapi"),
    path("docs", _open(docs), name="docs"),
    *_routes(),
    path("<path:rest>", protect(dict.fromkeys(_METHODS, Rule(PUBLIC)), nowhere), name="nowhere"),
]
