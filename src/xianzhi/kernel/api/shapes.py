"""The fields of a step as JSON Schema: money as decimal text, a day as date, choices with titles, lines as arrays.

What a schema cannot say (a day that is no day of the calendar, a rule over several fields) the door says.
"""

from collections.abc import Iterable
from typing import Any

from xianzhi.law.fields import (
    CHOICE,
    DAY,
    LINE,
    LINES,
    MONEY,
    NOTE,
    NUMBER,
    PAGE,
    TEXT,
    WHOLE,
    YES_NO,
    Field,
)

_DIGITS = 15


def schema_of(fields: Iterable[Field]) -> dict[str, Any]:
    """An object with these fields and no others."""
    asked = list(fields)
    return {
        "type": "object",
        "properties": {one.name: property_of(one) for one in asked},
        "required": [one.name for one in asked if one.required],
        "additionalProperties": False,
    }


def property_of(one: Field) -> dict[str, Any]:
    """One field with its Chinese label, its unit and what is said beside it on the page."""
    made = {"title": one.zh, **_BY_KIND[one.kind](one)}
    if told := "；".join(text for text in (f"单位：{one.unit}" if one.unit else "", one.help) if text):
        made["description"] = told
    if one.required:
        return made
    kind = made.get("type")
    return made | ({"type": [kind, "null"]} if kind else {}) | _nullable(made)


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    if "oneOf" in made:
        return {"oneOf": [*made["oneOf"], {"type": "null"}, {"const": "", "title": "不填"}]}
    return {}


def _words(one: Field) -> dict[str, Any]:
    most = one.most or (PAGE if one.kind == NOTE else LINE)
    return {"type": "string", "maxLength": most} | ({"minLength": 1} if one.required else {})


def _decimal(one: Field, places: int | None) -> dict[str, Any]:
    after = "" if places == 0 else rf"(\.\d{{1,{places or 12}}})?"
    return {
        "type": "string",
        "pattern": rf"^\d{{1,{_DIGITS}}}{after}$",
        "examples": ["12" if places == 0 else "1036.80"],
    }


def _choice(one: Field) -> dict[str, Any]:
    return {"oneOf": [{"const": value, "title": zh} for value, zh in one.choices]}


def _lines(one: Field) -> dict[str, Any]:
    return {"type": "array", "items": schema_of(one.columns)} | ({"minItems": 1} if one.required else {})


_BY_KIND = {
    TEXT: _words,
    NOTE: _words,
    DAY: lambda one: {"type": "string", "format": "date", "examples": ["2025-03-12"]},
    MONEY: lambda one: _decimal(one, 2),
    NUMBER: lambda one: _decimal(one, one.places),
    WHOLE: lambda one: {"type": "integer", "minimum": 0, "maximum": 10**_DIGITS - 1},
    CHOICE: _choice,
    YES_NO: lambda one: {"type": "boolean"},
    LINES: _lines,
}
