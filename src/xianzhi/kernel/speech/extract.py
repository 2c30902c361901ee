"""Every Chinese word that somebody may read: in Python code, in templates, in registers and parameters.

A sentence with values in it becomes a pattern: f"{unit}应在{day}前办理" is kept as "{0}应在{1}前办理". Values that
stand side by side are one placeholder, for nobody could tell them apart in the finished sentence.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.extract import extract as found_in
from django.utils.translation.template import templatize

from xianzhi.law.source import read

CHINESE = re.compile(r"[\u3400-\u9fff]")
_ROOMS_WITHOUT_WORDS = {"tests", "migrations", "demo", "speech"}
"""Rooms whose Chinese nobody reads as the product's words: what demo data says is data."""
_FILES_WITHOUT_WORDS = {"numerals.py", "settings.py", "stylesheet.py", "demo.py"}
"""Tables of Chinese digits, remarks for those who run the house, invented data."""
_GRAMMAR = "reader"
"""A room whose Chinese is grammar, read by programs; only what it says of a file is said to people."""
_SAYS = {"Unreadable", "Finding", "Result"}
_SPLIT = {"states", "final"}
"""Functions that take several words in one text, separated by spaces."""
_A_FORM = re.compile(r"\{\w+:[^}]*\}|\(\?P<|\[[^\]]*[\u3400-\u9fff]|\\d")
"""Forms of numbers (绛电接〔{year}〕{serial:04d}) and regular expressions are read by programs."""
_A_DATE = re.compile(r"(?=.*\{)(?:\{\w+\}|[年月日周元 ]|上班)+|一二三四五六日")
"""Days and amounts have forms of their own (said.py)."""


@dataclass(frozen=True, slots=True)
class Word:
    """A message id and where it stands: a path relative to the folder that was searched, and a line."""

    text: str
    path: str
    line: int


def words_in(folder: Path) -> Iterator[Word]:
    """The words of all Python files, templates, registers and parameters below a folder, file by file."""
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if _ROOMS_WITHOUT_WORDS & set(inside.parts[:-1]) or path.name in _FILES_WITHOUT_WORDS:
            continue
        yield from words_of(path, str(inside))


def words_of(path: Path, name: str = "") -> Iterator[Word]:
    """The words of one file; `name` is what the words call it."""
    reader = {".py": _python, ".html": _template, ".yaml": _yaml}.get(path.suffix)
    for text, line in reader(path) if reader else ():
        if CHINESE.search(text) and not _A_DATE.fullmatch(text):
            yield Word(text, name or path.name, line)


# ---- Python ----------------------------------------------------------------------------------------------------------


def _python(path: Path) -> Iterator[tuple[str, int]]:
    tree: ast.AST = ast.parse(path.read_text(encoding="utf-8"))
    if _GRAMMAR in path.parts:
        tree = ast.List([node for node in ast.walk(tree) if isinstance(node, ast.Call) and _name(node) in _SAYS])
    if path.parent.name == "api":
        yield from _described(tree)
    passed = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            passed |= {id(part) for part in node.values}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _SPLIT:
            passed |= {id(part) for part in node.args}
            for part in node.args:
                if isinstance(part, ast.Constant):
                    yield from ((word, node.lineno) for word in str(part.value).split())
    for node in ast.walk(tree):
        if id(node) in passed:
            continue
        if isinstance(node, ast.JoinedStr):
            yield _pattern(node), node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and not _A_FORM.search(node.value):
            yield node.value, node.lineno


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _described(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """The docstrings of the API's addresses: its description shows them."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and (text := ast.get_docstring(node)):
            yield from ((line, node.lineno) for line in text.split("\n") if CHINESE.search(line) and "。" in line)


def _pattern(sentence: ast.JoinedStr) -> str:
    made, number, after_value = "", 0, False
    for part in sentence.values:
        if isinstance(part, ast.Constant):
            made += str(part.value)
            after_value = False
        elif not after_value:
            made += f"{{{number}}}"
            number, after_value = number + 1, True
    return made


# ---- templates -------------------------------------------------------------------------------------------------------


def _template(path: Path) -> Iterator[tuple[str, int]]:
    source = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    source = f"({source})"  # within brackets no indentation is wrong
    for line, messages, _comments, _context in found_in("python", BytesIO(source.encode())):
        for text in (messages,) if isinstance(messages, str) else messages:
            if text:
                yield text, line


# ---- declarations ----------------------------------------------------------------------------------------------------


def _yaml(path: Path) -> Iterator[tuple[str, int]]:
    if path.name == "provisions.yaml":
        yield from ((text, 1) for text in _register(read(path)))
    elif path.name == "parameters.yaml":
        for block in (read(path) or {}).values():
            yield str(block["zh"]), block.line
            yield from ((str(one.get("value")), block.line) for one in block["values"] if block.get("unit") == "text")


def _register(content: Any) -> Iterator[str]:
    """What a register says beside its provisions, which carry their English themselves."""
    instrument = content["instrument"]
    yield from (str(instrument[key]) for key in ("title", "short", "issuer", "applies_to") if instrument.get(key))
    yield from (str(heading) for heading in (instrument.get("headings") or {}).values())
    for provision in content["provisions"]:
        yield from (str(provision[key]) for key in ("unclear", "awaits") if provision.get(key))
        yield from (level for level in provision["at"].values() if isinstance(level, str))
