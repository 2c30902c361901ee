"""Worked examples as data that an official can read: facts given, a rule asked, the answer expected.

    - check: sand-9-2
      name: asked ten days before the permit expires
      given: {expires: 2025-06-30, applied: 2025-06-20}
      when: renewal_allowed
      then: {outcome: refuse, cites: [sand-9-2], says: 应在到期前}

`given` holds the fields of the rule's facts; decimals are quoted and a calendar is given by itself. `like` names an
earlier example of the file whose facts are taken over, so that `given` holds only what differs. `parameters` may lay
values over the app's own: `{name: {from: 2025-01-01, value: "200", cites: …, standing: override}}`, or a plain value
for every day. `then` may hold `outcome`, `value`, `cites` (each must be among those of the decision), `used` (a label
and its value each) and `says` (one or several pieces of the reasons or their cures).
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

from xianzhi.law.decision import Decision
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.parameters import DOCUMENT, Dated, Parameters, as_scalar
from xianzhi.law.source import Block, read
from xianzhi.law.timing import WorkingCalendar

_NEEDED = ("check", "name", "when", "then")
_KNOWN = {*_NEEDED, "given", "like"}
_WORDS: Mapping[Any, str] = {True: "on", False: "off"}
"""YAML reads a bare `on` or `off` as yes or no; as the name of a field it is the word."""
_EXPECTED = {"outcome", "value", "cites", "used", "says"}


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example, with the place where it stands."""

    check: str
    """The id of the provision whose check it carries."""
    name: str
    given: Mapping[str, Any]
    when: str
    """The name of the rule."""
    then: Mapping[str, Any]
    where: str = ""

    def __str__(self) -> str:
        return f"{self.check}: {self.name}"


class BadExample(ValueError):
    """The facts of an example cannot be made; the message names the field and what to write."""


def load(path: Path) -> list[Example]:
    """Reads an `examples.yaml`. Raises LawError with every fault, each naming file, line and remedy."""
    findings: list[Finding] = []
    examples: list[Example] = []
    seen: dict[str, Example] = {}
    for block in read(path) or ():
        where = f"{path}:{getattr(block, 'line', 1)}"
        faults = list(_faults(block, seen))
        findings += [Finding(what, where, remedy) for what, remedy in faults]
        if not faults:
            model = seen[block["like"]].given if "like" in block else {}
            given = {**model, **block.get("given", {})}
            example = Example(block["check"], block["name"], given, block["when"], block["then"], where)
            seen[example.name] = example
            examples.append(example)
    if findings:
        raise LawError(findings)
    return examples


def _faults(block: Any, seen: Mapping[str, Example]) -> Iterator[tuple[str, str]]:
    if not isinstance(block, Block):
        yield "例子不是键值", "每个例子以“- check: …”开头"
        return
    if missing := [key for key in _NEEDED if not block.get(key)]:
        yield f"例子缺 {'、'.join(missing)}", "请补上"
        return
    if strange := sorted({*map(str, block)} - _KNOWN):
        yield f"例子里有不认识的键 {'、'.join(strange)}", f"可用：{'、'.join(sorted(_KNOWN))}"
    if "given" not in block and "like" not in block:
        yield "例子缺 given", "写出事实，或用 like 指向前面的例子"
    if earlier := seen.get(block["name"]):
        yield f"例子“{block['name']}”与 {earlier.where} 同名", "换一个名字"
    if "like" in block and block["like"] not in seen:
        yield f"like 所指的例子“{block['like']}”不在前面", "写前面一个例子的 name"
    if not isinstance(block.get("given", block), Block) or not isinstance(block["then"], Block):
        yield "given 或 then 不是键值", "写作 {名: 值}"
    elif strange := sorted({*map(str, block["then"])} - _EXPECTED):
        yield f"then 里有不认识的键 {'、'.join(strange)}", f"可用：{'、'.join(sorted(_EXPECTED))}"


def run(example: Example, rules: types.ModuleType, parameters: Parameters, calendar: WorkingCalendar) -> list[str]:
    """What differs from what the example expects, a sentence each; empty when all is as expected."""
    rule = getattr(rules, example.when, None)
    if rule is None:
        return [f"{example.where}：{rules.__name__} 中没有规则 {example.when}"]
    given = {key: value for key, value in example.given.items() if key != "parameters"}
    try:
        facts = build(facts_type(rule), given, calendar)
        decision = rule(facts, _laid_over(parameters, example))
    except (BadExample, LawError, LookupError) as error:
        return [f"{example.where}：{error}"]
    return [f"{example.where}：{what}" for what in _differences(example.then, decision)]


def facts_type(rule: Callable[..., Decision]) -> type:
    """The dataclass of facts that a rule takes first."""
    hints = get_type_hints(rule)
    found: type = next(hint for name, hint in hints.items() if name != "return")
    return found


def build(kind: type, given: Mapping[str, Any], calendar: WorkingCalendar, where: str = "") -> Any:
    """An instance of a dataclass from plain values, by its annotations. Raises BadExample."""
    hints = get_type_hints(kind)
    wanted = {field.name: field for field in fields(kind)}
    given = {_WORDS.get(key, key): value for key, value in given.items()}
    if strange := [key for key in given if key not in wanted]:
        raise BadExample(f"{where or kind.__name__} 没有字段 {'、'.join(map(str, strange))}，可用：{'、'.join(wanted)}")
    made = {}
    for name, field in wanted.items():
        place = f"{where}.{name}" if where else name
        if hints[name] is WorkingCalendar:
            made[name] = calendar
        elif name in given:
            made[name] = _convert(hints[name], given[name], calendar, place)
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BadExample(f"given 缺 {place}")
    return kind(**made)


def _convert(hint: Any, raw: Any, calendar: WorkingCalendar, where: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        if raw is None and type(None) in arguments:
            return None
        return _convert(next(one for one in arguments if one is not type(None)), raw, calendar, where)
    if origin in (tuple, frozenset, list):
        if not isinstance(raw, list):
            raise BadExample(f"{where} 应为列表：{raw}")
        items = (_convert(arguments[0], item, calendar, f"{where}[{n}]") for n, item in enumerate(raw))
        return origin(items)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(raw, Mapping):
            raise BadExample(f"{where} 应为键值：{raw}")
        key_hint, value_hint = arguments
        return {
            _convert(key_hint, key, calendar, where): _convert(value_hint, value, calendar, f"{where}.{key}")
            for key, value in raw.items()
        }
    if is_dataclass(hint):
        if not isinstance(raw, Mapping):
            raise BadExample(f"{where} 应为键值：{raw}")
        return build(hint, raw, calendar, where)  # type: ignore[arg-type]  # a dataclass type, not an instance
    return _scalar(hint, raw, where)


def _scalar(hint: Any, raw: Any, where: str) -> Any:
    if hint is Decimal:
        if isinstance(raw, float | bool):
            raise BadExample(f'{where} 的值 {raw} 不精确，请加引号，写作 "9.99"')
        try:
            return Decimal(str(raw))
        except InvalidOperation:
            raise BadExample(f"{where} 不是数：{raw}") from None
    if isinstance(hint, type) and issubclass(hint, Enum):
        try:
            return hint(raw)
        except ValueError:
            known = "、".join(str(one.value) for one in hint)
            raise BadExample(f"{where} 的值 {raw} 不认识，可用：{known}") from None
    if hint is date and isinstance(raw, datetime):
        raise BadExample(f"{where} 应为日期，不带时间：{raw}")
    if hint is int and isinstance(raw, bool):
        raise BadExample(f"{where} 应为整数：{raw}")
    if hint is Any or hint is object or isinstance(raw, hint):
        return raw
    raise BadExample(f"{where} 应为 {hint.__name__}：{raw!r}")


def _laid_over(parameters: Parameters, example: Example) -> Parameters:
    """The parameters with those of the example: a dated value beside the others, a plain one instead of them."""
    changed = []
    for name, given in (example.given.get("parameters") or {}).items():
        if name not in parameters:
            raise BadExample(f"没有参数 {name}")
        known = parameters[name]
        where = f"例子“{example.name}”的参数 {name}"
        if isinstance(given, Mapping):
            value = as_scalar(known.unit, given.get("value"), where)
            standing, basis = str(given.get("standing", DOCUMENT)), str(given.get("basis", ""))
            since, cites = given["from"], str(given.get("cites", known.values[0].cites))
            changed.append(known.with_values([Dated(since, value, cites, standing, basis)]))
        else:
            plain = as_scalar(known.unit, given, where)
            since = known.values[0].since
            changed.append(type(known)(name, known.zh, known.unit, (Dated(since, plain, known.values[0].cites),)))
    rest = [parameter for name, parameter in parameters.items() if name not in {one.name for one in changed}]
    return Parameters([*rest, *changed])


def _differences(then: Mapping[str, Any], decision: Decision) -> Iterator[str]:
    if "outcome" in then and str(then["outcome"]) != str(decision.outcome):
        yield f"结果应为 {then['outcome']}，得到 {decision.outcome}（{_sentences(decision)}）"
    if "value" in then and not _same(then["value"], decision.value):
        yield f"数值应为 {_shown(then['value'])}，得到 {_shown(decision.value)}"
    for cited in then.get("cites") or ():
        if cited not in decision.cites:
            yield f"依据应有 {cited}，只有 {'、'.join(decision.cites)}"
    used = [dict(reason.used) for reason in decision.reasons]
    for label, expected in (then.get("used") or {}).items():
        found = [one[label] for one in used if label in one]
        if not any(_same(expected, value) for value in found):
            yield f"所用的“{label}”应为 {_shown(expected)}，得到 {'、'.join(map(_shown, found)) or '没有这一项'}"
    says = then.get("says") or ()
    for piece in (says,) if isinstance(says, str) else says:
        if piece not in _sentences(decision):
            yield f"理由中应有“{piece}”，得到：{_sentences(decision)}"


def _sentences(decision: Decision) -> str:
    return "；".join(text for reason in decision.reasons for text in (reason.text, reason.cure) if text)


def _same(expected: Any, found: Any) -> bool:
    """Numbers by value, containers by element, all else by its text: a parameter's value reads 160千瓦."""
    if isinstance(found, Mapping):
        known = {str(key): value for key, value in found.items()}
        return isinstance(expected, Mapping) and all(
            str(key) in known and _same(value, known[str(key)]) for key, value in expected.items()
        )
    if isinstance(found, list | tuple):
        return isinstance(expected, list) and len(expected) == len(found) and all(map(_same, expected, found))
    if isinstance(found, bool) or found is None or isinstance(expected, bool) or expected is None:
        return found is expected
    if isinstance(found, Decimal | int):
        try:
            return Decimal(str(expected)) == Decimal(found)
        except InvalidOperation:
            return False
    return str(expected) == str(found)


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + "，".join(f"{key}：{_shown(one)}" for key, one in value.items()) + "}"
    return "无" if value is None else str(value)
