"""What the installed services declare: registers, parameters, procedures, and the facts and effects of their steps.

Services register themselves; a second entry under one name is refused. The kernel names no service.
"""

import ast
import importlib
import inspect
import sys
import time
import typing
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core import checks

from xianzhi.kernel.county import county
from xianzhi.kernel.documents.kinds import Kind, faults_of
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.parameters import Parameter, Parameters, read_parameters
from xianzhi.law.procedure import Procedure, Rule, Step, references
from xianzhi.law.register import Provision, Register, read_register

registers: dict[str, Register] = {}
"""By the id of the instrument."""
provisions: dict[str, Provision] = {}
procedures: dict[str, type[Procedure]] = {}
post_names: dict[str, str] = {}
"""Chinese names of posts: approval.first_review is 初审. A service lists its own in `procedures.POSTS`."""
gatherers: dict[type, Callable[[Any], Any]] = {}
"""By the type of the facts that they gather."""
effects: dict[Step, Callable[[Any, Any], None]] = {}

documents: dict[str, Kind] = {}
"""Kinds of official documents by name; `documents.content` registers them."""

nightly: dict[str, Callable[[date], list[str]]] = {}
"""What must always be true of a service's records, by its Chinese name: each gives what is not so on a day."""

_FRESH_SECONDS = 5


class _Values:
    """The parameters as files declare them, and with the values that officials added, as last read."""

    def __init__(self) -> None:
        self.declared = Parameters()
        self.reader: Callable[[Parameters], Iterable[Parameter]] = lambda declared: ()
        self.merged: Parameters | None = None
        self.read_at = 0.0


_values = _Values()


def gathers(gatherer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Marks a function of an `Attempt` that gathers the facts named by its return type."""
    facts = typing.get_type_hints(gatherer)["return"]
    _once(gatherers, facts, gatherer, f"事实 {facts.__name__} 已有收集函数")
    return gatherer


def effect(step: Step) -> Callable[[Callable[[Any, Any], None]], Callable[[Any, Any], None]]:
    """Marks what a step does beside its event: `def issue(event, attempt)`, in the same transaction."""

    def mark(function: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
        _once(effects, step.origin, function, f"步骤 {step} 已有效果函数")
        return function

    return mark


def every_night(zh: str) -> Callable[[Callable[[date], list[str]]], Callable[[date], list[str]]]:
    """Marks a check that the clock makes once a day and `xianzhi doctor` whenever it is asked."""

    def mark(function: Callable[[date], list[str]]) -> Callable[[date], list[str]]:
        _once(nightly, zh, function, f"每夜核对“{zh}”已有")
        return function

    return mark


def _once(store: dict, key: Any, value: Any, fault: str) -> None:
    if key in store and store[key] is not value:
        raise LawError(Finding(fault, f"{value.__module__}.{value.__name__}", "每样只登记一次"))
    store[key] = value


def services() -> Iterator[tuple[str, Path]]:
    """(module, folder) of every installed app that carries out a document, and of the kernel itself."""
    for config in apps.get_app_configs():
        folder = Path(config.path)
        if config.name == "xianzhi.kernel" or (folder / "provisions.yaml").exists():
            yield config.name, folder


def load() -> None:
    """Reads every service. Raises LawError with all findings."""
    for _, folder in services():
        if (folder / "provisions.yaml").exists():
            _once_register(read_register(folder / "provisions.yaml"), folder)
    for path in county().registers:
        _once_register(_waiting(read_register(path)), path)
    _values.declared = _read_parameters()
    for module, folder in services():
        for room in ("procedures", "services", "documents"):
            if (folder / f"{room}.py").exists() or (folder / room).is_dir():
                _collect(importlib.import_module(f"{module}.{room}"))
    forget()


def _waiting(register: Register) -> Register:
    """The register of a document that no service carries out yet: each provision says so. A service that takes the
    document on takes its register out of the county pack."""
    awaits = "还没有办理这份文件事项的系统"
    return Register(
        register.instrument, (one if one.is_context else replace(one, awaits=awaits) for one in register.values())
    )


def _once_register(register: Register, folder: Path) -> None:
    if register.instrument.id in registers and registers[register.instrument.id].instrument != register.instrument:
        raise LawError(Finding(f"文件编号 {register.instrument.id} 已被使用", str(folder), "换一个编号"))
    registers[register.instrument.id] = register
    provisions.update(register)


def _read_parameters() -> Parameters:
    declared = Parameters()
    for _, folder in services():
        if (folder / "parameters.yaml").exists():
            declared = declared.merged(read_parameters(folder / "parameters.yaml"))
    return declared.merged(county().parameters)


def _collect(module: Any) -> None:
    post_names.update(getattr(module, "POSTS", {}))
    for found in vars(module).values():
        declared = inspect.isclass(found) and issubclass(found, Procedure) and found.name
        if declared and procedures.setdefault(found.name, found) is not found:
            raise LawError(Finding(f"办理流程 {found.name} 重名", found.__module__, "换一个类名"))


def parameters() -> Parameters:
    """All parameters with the values that officials added. Another process's addition shows within five seconds."""
    kept = _values.merged  # another thread may forget it meanwhile
    if kept is None or time.monotonic() - _values.read_at > _FRESH_SECONDS:
        kept = _values.declared.merged(_values.reader(_values.declared))
        _values.merged, _values.read_at = kept, time.monotonic()
    return kept


def declared() -> Parameters:
    """The parameters as the files declare them, without what officials added."""
    return _values.declared


def forget() -> None:
    """The values added by officials are read anew at the next question."""
    _values.merged = None


def adds_values(reader: Callable[[Parameters], Iterable[Parameter]]) -> Callable[[Parameters], Iterable[Parameter]]:
    """Marks the function that reads the values which officials added, given what the files declare."""
    _values.reader = reader
    return reader


def gatherer_for(rule: Rule) -> Callable[[Any], Any]:
    """The function that gathers the facts which a rule asks for. Raises LawError when nobody does."""
    facts = facts_of(rule)
    if facts not in gatherers:
        name = getattr(facts, "__name__", str(facts))
        raise LawError(Finding(f"规则 {rule.__name__} 要的事实 {name} 没人收集", rule.__module__, "用 @gathers 登记"))
    return gatherers[facts]


_facts: dict[Rule, type] = {}


def facts_of(rule: Rule) -> type:
    """The type of the first argument of a rule."""
    if rule not in _facts:
        hints = typing.get_type_hints(rule)
        _facts[rule] = hints[next(iter(inspect.signature(rule).parameters))]
    return _facts[rule]


def findings() -> Iterator[Finding]:
    """Everything that is declared and points to nothing."""
    functions = frozenset(county().functions)
    for procedure in procedures.values():
        yield from references(procedure, provisions=provisions, parameters=_values.declared, functions=functions)
        for step in procedure.steps.values():
            for rule in (*step.guards, *((step.when,) if step.when else ())):
                try:
                    gatherer_for(rule)
                except LawError as error:
                    yield from error.findings
            for kind in (*step.issues, *step.revokes):
                if kind not in documents:
                    where = f"办理流程 {procedure.name} 步骤 {step.name}"
                    yield Finding(f"文书 {kind} 没有登记", where, "用 Kind 声明，并用 @content 写出它的内容")
        for post in sorted(procedure.posts() - set(post_names)):
            yield Finding(f"岗位 {post} 没有中文名", f"办理流程 {procedure.name}", "在 procedures.py 的 POSTS 中写上")
    for parameter in _values.declared.values():
        for dated in parameter.values:
            if dated.cites not in provisions:
                yield Finding(
                    f"参数 {parameter.name} 的依据 {dated.cites} 不在任何登记簿中", parameter.source, "改正编号"
                )
    for document in documents.values():
        yield from faults_of(document, provisions, functions)
    for module, _ in services():
        yield from _citations_in_rules(module)


def rule_modules(service: str) -> Iterator[Any]:
    """The modules of a service's room `rules`, one or several."""
    for name in sorted(sys.modules):
        if name == f"{service}.rules" or name.startswith(f"{service}.rules."):
            yield sys.modules[name]


def _citations_in_rules(service: str) -> Iterator[Finding]:
    """Every text in a service's rules that looks like the id of a provision of its register must be one."""
    heads = tuple(f"{instrument}-" for instrument in registers)
    for module in rule_modules(service):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in (one for one in ast.walk(tree) if isinstance(one, ast.Constant)):
            cited = node.value if isinstance(node.value, str) else ""
            if cited.startswith(heads) and cited not in provisions:
                where = f"{module.__file__}:{node.lineno}"
                yield Finding(f"依据 {cited} 不在任何登记簿中", where, "改正编号，或在 provisions.yaml 中登记")


def check(app_configs: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """For `xianzhi check`, and before anything is served."""
    return [
        checks.Error(finding.what, hint=f"{finding.where} {finding.remedy}", id="xianzhi.E001")
        for finding in findings()
    ]
