"""No number from a document stands in code: rules and procedures know 0 and 1, everything else is a parameter."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

APPS = Path(__file__).parents[1] / "src" / "xianzhi" / "apps"
ALLOWED = (0, 1)
EXACT = {"Decimal", "date", "datetime", "timedelta", "Fraction"}
"""What may not be made from a literal, not even from 0 or 1 or a text."""


def sources() -> list[Path]:
    """Every app's rules and procedures, whether a file or a package."""
    found = [path for room in ("rules", "procedures") for path in APPS.glob(f"*/{room}.py")]
    found += [path for room in ("rules", "procedures") for path in APPS.glob(f"*/{room}/**/*.py")]
    return sorted(path for path in found if "tests" not in path.parts)


def literals(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, what) for every literal that ought to be a parameter. A format such as `.2%` only says how to print, and a
    field's `most` only how many characters its record holds: neither comes from a document."""
    widths = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.keyword) and node.arg == "most"}
    formats = {id(part) for node in ast.walk(tree) if isinstance(node, ast.FormattedValue) and node.format_spec
               for part in ast.walk(node.format_spec)}  # fmt: skip
    for node in ast.walk(tree):
        if id(node) in formats | widths:
            continue
        if isinstance(node, ast.Constant) and type(node.value) in (int, float, complex) and node.value not in ALLOWED:
            yield node.lineno, repr(node.value)
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"{node.value!r} is not exact"
        if isinstance(node, ast.Call) and _called(node) in EXACT:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
            if any(isinstance(part, ast.Constant) for value in given for part in ast.walk(value)):
                yield node.lineno, f"{_called(node)}(…) of a literal"


def _called(node: ast.Call) -> str:
    """`Decimal` of `Decimal(…)` and of `decimal.Decimal(…)`; "" for a call of anything else."""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(APPS)))
def test_rules_and_procedures_hold_no_literals(path: Path) -> None:
    found = [f"{path}:{line}: {what}" for line, what in literals(ast.parse(path.read_text(encoding="utf-8")))]
    assert not found, "\n".join([*found, "Put the value into parameters.yaml, with its citation, and look it up."])


def test_the_width_of_a_field_is_no_value_of_a_document() -> None:
    assert not list(literals(ast.parse("text('plot', '地块', most=60)")))
    assert list(literals(ast.parse("number('share', '比例', places=60)")))


@pytest.mark.parametrize(
    "code",
    ["x > 12", "x * 6", "Decimal('160')", "Decimal(0)", "date(2024, 1, 1)", "timedelta(days=1)", "x * 0.5", "1.0",
     "decimal.Decimal('1')", "f'{x * 100}'"],
)  # fmt: skip
def test_the_walker_sees(code: str) -> None:
    assert list(literals(ast.parse(code)))


@pytest.mark.parametrize(
    "code", ["x > 0", "x - 1", "Decimal()", "Decimal(x)", "timedelta(days=n)", "f'{x:.2%}'", "'160'", "True", "None"]
)
def test_the_walker_passes_over(code: str) -> None:
    assert not list(literals(ast.parse(code)))


def test_there_is_something_to_look_at() -> None:
    assert sources()
