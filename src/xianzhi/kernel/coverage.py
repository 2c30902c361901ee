"""Coverage: provision by provision, what carries it out and which test proves it.

Nothing is declared by hand that can be read: steps and materials say what they cite, rules name provisions in their
bodies, dated values cite them, and tests are found in the source. Only pages, queries, services, layers and commands
say so themselves, with `@carries`.
"""

import ast
import importlib
import pkgutil
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from django.conf import settings

from xianzhi.kernel import registry
from xianzhi.law import examples
from xianzhi.law.errors import Finding
from xianzhi.law.register import Provision

DONE, CARRIED, OPEN, CONTEXT = "done", "carried", "open", "context"
STATUSES = {DONE: "已落实，有测试", CARRIED: "已落实，缺测试", OPEN: "未落实", CONTEXT: "只作说明"}
STEP, PAPER, RULE, PARAMETER, DOCUMENT = "步骤", "材料", "规则", "参数", "文书"
_ROOMS = {"pages": "页面", "queries": "查询", "services": "服务", "layers": "图层", "commands": "命令"}
_TAG = re.compile(r"\[([a-z0-9, -]+)\]")
"""Provision ids at the end of a docstring: … [power-1-1]"""


@dataclass(frozen=True, slots=True)
class Carrier:
    """Something that carries a provision out: a rule, a step, a dated value, a page."""

    kind: str
    name: str
    ref: str = ""
    """What it is in code: `power_access.access_b.dispatch`, `classify`, `power.small.max_kw`."""


@dataclass(frozen=True, slots=True)
class Proof:
    """A test, or a worked example of the register's check."""

    name: str
    where: str


@dataclass(frozen=True, slots=True)
class Covered:
    """One provision with all that carries it out and proves it."""

    provision: Provision
    carriers: tuple[Carrier, ...]
    proofs: tuple[Proof, ...]

    @property
    def status(self) -> str:
        """One of STATUSES. What awaits software stays open, whatever carries part of it already."""
        if self.provision.is_context:
            return CONTEXT
        if self.provision.awaits or not self.carriers:
            return OPEN
        return DONE if self.proofs else CARRIED

    @property
    def unexplained(self) -> bool:
        """Neither carried out and proved, nor said to be open and why."""
        return self.status in (OPEN, CARRIED) and not self.provision.awaits


_declared: dict[str, list[Carrier]] = defaultdict(list)
Marked = TypeVar("Marked", bound=Callable)


def carries(*provisions: str, zh: str = "") -> Callable[[Marked], Marked]:
    """Marks a page, query, service, layer or command that carries out provisions.

    zh: what an official calls it; without it, its name in code. Name only what it truly does: a test must prove it.
    """

    def mark(function: Marked) -> Marked:
        rooms = function.__module__.split(".")
        kind = next((_ROOMS[room] for room in reversed(rooms) if room in _ROOMS), "功能")
        for provision in provisions:
            ref = f"{function.__module__}.{function.__name__}"
            _declared[provision].append(Carrier(kind, zh or function.__name__, ref))
        return function

    return mark


def of(instrument: str) -> tuple[Covered, ...]:
    """Every provision of an instrument, in the order of the document. Raises KeyError for an unknown one."""
    fixed, values, proofs = _fixed(), _values(), _proofs()
    return tuple(
        Covered(provision, (*fixed.get(name, ()), *values.get(name, ())), proofs.get(name, ()))
        for name, provision in registry.registers[instrument].items()
    )


def one(provision: str) -> Covered:
    """One provision. Raises KeyError for an id that no register has."""
    carriers = (*_fixed().get(provision, ()), *_values().get(provision, ()))
    return Covered(registry.provisions[provision], carriers, _proofs().get(provision, ()))


def counts(rows: tuple[Covered, ...]) -> Mapping[str, int]:
    """How many provisions there are of each status, all four named."""
    found = Counter(row.status for row in rows)
    return {status: found[status] for status in STATUSES}


def findings() -> Iterator[Finding]:
    """Marks and examples that name a provision which no register has."""
    _import_everything()
    for provision, carriers in sorted(_declared.items()):
        if provision not in registry.provisions:
            yield Finding(f"@carries 的条款 {provision} 不在任何登记簿中", carriers[0].ref, "改正编号")
    for provision, proofs in sorted(_proofs().items()):
        if provision not in registry.provisions:
            yield Finding(f"测试证明的条款 {provision} 不在任何登记簿中", proofs[0].where, "改正编号")


@lru_cache(maxsize=1)
def _fixed() -> Mapping[str, tuple[Carrier, ...]]:
    """What the code itself says; it cannot change while the process runs."""
    _import_everything()
    found: dict[str, list[Carrier]] = defaultdict(list)
    for provision, carrier in (*_steps(), *_documents(), *_rules()):
        if carrier not in found[provision]:
            found[provision].append(carrier)
    for provision, carriers in _declared.items():
        found[provision] += sorted(carriers, key=lambda carrier: carrier.ref)  # not in the order of importing
    return {provision: tuple(carriers) for provision, carriers in found.items()}


def _import_everything() -> None:
    """Pages and queries mark themselves when they are imported; a command imports none of them by itself."""
    for service, folder in registry.services():
        for module in pkgutil.walk_packages([str(folder)], f"{service}."):
            if _ROOMS.keys() & set(module.name.split(".")):
                importlib.import_module(module.name)


def _steps() -> Iterator[tuple[str, Carrier]]:
    for procedure in registry.procedures.values():
        for step in procedure.steps.values():
            ref = f"{procedure.name}.{step.name}"
            for provision in step.cites:
                yield provision, Carrier(STEP, f"{procedure.zh} {step.zh}", ref)
            for paper in step.needs:
                if paper.cites:
                    yield paper.cites, Carrier(PAPER, paper.zh, ref)


def _documents() -> Iterator[tuple[str, Carrier]]:
    for kind in registry.documents.values():
        for provision in kind.cites:
            yield provision, Carrier(DOCUMENT, kind.zh, kind.name)


def _rules() -> Iterator[tuple[str, Carrier]]:
    for service, _ in registry.services():
        modules = list(registry.rule_modules(service))
        names = {name: zh for module in modules for name, zh in getattr(module, "NAMES", {}).items()}
        for module in modules:
            tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
            for name, provisions in cited_by_functions(tree, registry.provisions).items():
                for provision in provisions:
                    yield provision, Carrier(RULE, names.get(name, name), f"{module.__name__}.{name}")


def cited_by_functions(tree: ast.Module, known: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    """The provisions that each public function of a module names: in its own body, in the tag that ends its docstring,
    and in the private functions and the constants of the module that it uses. What another public function names stays
    that one's alone, so that a rule is not said to carry out all that it asks."""
    parts = {name: node for node in tree.body for name in _names_defined(node)}
    public = [name for name, node in parts.items() if isinstance(node, ast.FunctionDef) and not name.startswith("_")]
    found = {}
    for name in public:
        reached, waiting = {name}, [name]
        while waiting:
            used = {node.id for node in ast.walk(parts[waiting.pop()]) if isinstance(node, ast.Name)}
            fresh = {one for one in used & parts.keys() if one not in reached and one not in public}
            reached |= fresh
            waiting += sorted(fresh)
        texts = dict.fromkeys(text for part in sorted(reached) for text in _texts(parts[part]))
        if cited := tuple(text for text in texts if text in known):
            found[name] = cited
    return found


def _names_defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [target.id for target in targets if isinstance(target, ast.Name)]


def _texts(node: ast.AST) -> Iterator[str]:
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
    if isinstance(node, ast.FunctionDef):
        for tag in _TAG.findall(ast.get_docstring(node) or ""):
            yield from (text.strip() for text in tag.split(","))


def _values() -> Mapping[str, tuple[Carrier, ...]]:
    """Dated values, those that officials added included: read anew each time."""
    found: dict[str, list[Carrier]] = defaultdict(list)
    for parameter in registry.parameters().values():
        for provision in dict.fromkeys(dated.cites for dated in parameter.values):
            found[provision].append(Carrier(PARAMETER, parameter.zh, parameter.name))
    return {provision: tuple(carriers) for provision, carriers in found.items()}


@lru_cache(maxsize=1)
def _proofs() -> Mapping[str, tuple[Proof, ...]]:
    found: dict[str, list[Proof]] = defaultdict(list)
    for provision, proof in (*_examples(), *_tests()):
        found[provision].append(proof)
    return {provision: tuple(proofs) for provision, proofs in found.items()}


def _examples() -> Iterator[tuple[str, Proof]]:
    for _, folder in registry.services():
        path = folder / "tests" / "examples.yaml"
        for example in examples.load(path) if path.exists() else ():
            yield example.check, Proof(example.name, _short(example.where))


def _tests() -> Iterator[tuple[str, Proof]]:
    for path in sorted({*(settings.ROOT / "src").glob("**/tests/**/*.py"), *(settings.ROOT / "tests").glob("**/*.py")}):
        text = path.read_text(encoding="utf-8")
        if "proves(" in text:
            yield from _marked(ast.parse(text), path)


def _marked(tree: ast.Module, path: Path) -> Iterator[tuple[str, Proof]]:
    """Tests with `@pytest.mark.proves("…")`, on themselves or on their class; one that is skipped proves nothing."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        marks = {name: call for call in node.decorator_list if (name := _mark_of(call))}
        if "proves" in marks and "skip" not in marks and isinstance(marks["proves"], ast.Call):
            for argument in marks["proves"].args:
                if isinstance(argument, ast.Constant):
                    yield str(argument.value), Proof(node.name, f"{_short(str(path))}:{node.lineno}")


def _mark_of(decorator: ast.expr) -> str:
    """The word after `pytest.mark.`"""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(called, ast.Attribute) and isinstance(called.value, ast.Attribute) and called.value.attr == "mark":
        return called.attr
    return ""


def _short(where: str) -> str:
    return where.removeprefix(f"{settings.ROOT}/")
