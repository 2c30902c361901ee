"""The borders of the house: who may import whom, and that rules run without Django."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

ROOT = Path(__file__).parent.parent
SRC = ROOT / "src"
PACKAGES = sorted((SRC / "xianzhi").rglob("__init__.py"))
ROOMS = ("rules", "procedures", "models", "services", "queries", "documents", "api", "demo", "reader")
"""Rooms of an app that may be a package of nouns; a room of that kind in the kernel counts as well."""

ENDS_WITHOUT_DJANGO = """
import importlib, sys
importlib.import_module(sys.argv[1])
strangers = sorted(name for name in sys.modules if name.split(".")[0] == "django" or name.startswith("xianzhi.kernel"))
sys.exit(f"loads {', '.join(strangers[:5])}" if strangers else 0)
"""


def module_name(path: Path) -> str:
    parts = path.relative_to(SRC).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def plain_modules() -> list[str]:
    """Every module of the law package and of the rules of an app, without their tests."""
    law = (SRC / "xianzhi" / "law").rglob("*.py")
    rules = [path for pattern in ("*/rules.py", "*/rules/**/*.py") for path in (SRC / "xianzhi" / "apps").glob(pattern)]
    return sorted(module_name(path) for path in (*law, *rules) if "tests" not in path.parts)


def test_the_contracts_hold(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_there_are_rules_to_hold() -> None:
    assert {"xianzhi.law.procedure", "xianzhi.apps.power_access.rules"} <= set(plain_modules())


@pytest.mark.parametrize("module", plain_modules())
def test_rules_and_law_load_without_django(module: str) -> None:
    """In an interpreter of its own: a name that a package only passes on is invisible to the contracts."""
    done = subprocess.run(
        [sys.executable, "-c", ENDS_WITHOUT_DJANGO, module],
        env={**os.environ, "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{module} {done.stderr.strip().splitlines()[-1]}"


def _is_plain(node: ast.stmt) -> bool:
    """`__all__`, or a table of words such as the names of the posts."""
    if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
        return False
    try:
        ast.literal_eval(node.value)
    except ValueError:
        return False
    return True


def only_passes_on(path: Path) -> list[str]:
    """What an `__init__.py` holds besides its docstring, imports from its own package, and plain tables."""
    package = module_name(path)
    others = []
    for index, node in enumerate(ast.parse(path.read_text(encoding="utf-8")).body):
        is_docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        is_own = isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith(f"{package}.") and node.level == 0
        if not (is_docstring or is_own or _is_plain(node)):
            others.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)[:60]}")
    return others


@pytest.mark.parametrize("path", PACKAGES, ids=lambda path: str(path.relative_to(SRC / "xianzhi").parent))
def test_packages_are_empty_and_rooms_only_pass_on_their_nouns(path: Path) -> None:
    """The contracts do not see through a package, so `__init__.py` is empty.

    A room that has become a package of nouns is the one exception: its `__init__.py` passes on the names of its own
    modules, so that `rules.classify` reads the same whether `rules` is a file or a package. Besides that it may hold
    a table of words for the whole room, and no code. The same holds for the parts of the kernel (money, exchange …),
    which say there what each of their modules is for.
    """
    is_room = path.parent.name in ROOMS and path.parent.parent.name != "xianzhi"
    if is_room or path.parent.parent.name == "kernel":
        assert only_passes_on(path) == [], "move this into a module of the room"
    else:
        assert path.read_text(encoding="utf-8").strip() == "", f"{path.relative_to(ROOT)} must be empty"
