"""The reference page: the same description, set for people, in the house's own look and with nothing from outside."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from xianzhi.kernel.api import scopes
from xianzhi.kernel.api.problems import TITLES


@dataclass(frozen=True, slots=True)
class Entry:
    """One operation: its method and address, what it does, what is sent and answered."""

    id: str
    method: str
    path: str
    summary: str
    told: tuple[str, ...]
    parameters: tuple[Mapping[str, Any], ...]
    bodies: tuple[tuple[str, str], ...]
    """(title, JSON Schema) of what is sent."""


def page(request: HttpRequest, description: Mapping[str, Any]) -> HttpResponse:
    """Every operation under its tag."""
    groups: dict[str, list[Entry]] = {}
    for path, operations in description["paths"].items():
        for method, operation in operations.items():
            tag = (operation.get("tags") or ["其他"])[0]
            groups.setdefault(tag, []).append(_entry(description, path, method, operation))
    numbered = [(f"part-{number}", tag, entries) for number, (tag, entries) in enumerate(groups.items(), start=1)]
    context = {
        "groups": numbered, "scopes": scopes.every(), "title": description["info"]["title"],
        "about": description["info"]["description"],
        "problems": [(status, title) for status, title in TITLES.items()],
    }  # fmt: skip
    return render(request, "kernel/api.html", context)


def _entry(description: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> Entry:
    told = tuple(part for part in operation.get("description", "").split("\n\n") if part.strip())
    return Entry(
        id=operation["operationId"], method=method.upper(), path=path, summary=operation["summary"], told=told,
        parameters=tuple(operation.get("parameters", ())), bodies=tuple(_bodies(description, operation)),
    )  # fmt: skip


def _bodies(description: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    content = operation.get("requestBody", {}).get("content", {})
    for media, one in content.items():
        schema = one["schema"]
        several = schema.get("anyOf", [schema]) if media == "application/json" else []
        for each in several:
            found = _resolved(description, each)
            plain = {name: found[name] for name in ("properties", "required") if found.get(name)}
            yield found.get("title", ""), json.dumps(plain, ensure_ascii=False, indent=2)


def _resolved(description: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    return description["components"]["schemas"][name] if name else schema
