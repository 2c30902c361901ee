"""Reads YAML so that every mapping still knows the line it began on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from xianzhi.law.errors import Finding, LawError


class Block(dict[str, Any]):
    """A mapping of a YAML file, with the line (from 1) on which it and each of its keys begin."""

    line: int = 0

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}

    def line_of(self, key: str) -> int:
        """The line of a key; where the key is missing, the line of the mapping."""
        return self.lines.get(key, self.line)


class Rows(list[Any]):
    """A list of a YAML file, with the line (from 1) on which each of its entries begins."""

    def __init__(self, entries: Iterable[Any] = (), lines: Iterable[int] = ()) -> None:
        super().__init__(entries)
        self.lines = tuple(lines)


class _Loader(yaml.CSafeLoader):
    """The parser in C: a county's registers are read at every start, and the one in Python takes two seconds."""


def _block(loader: _Loader, node: yaml.MappingNode) -> Block:
    block = Block()
    block.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, list | dict):
            raise yaml.constructor.ConstructorError(None, None, "键不能是列表或键值", key_node.start_mark)
        if key in block:
            raise yaml.constructor.ConstructorError(None, None, f"键 {key} 出现两次", key_node.start_mark)
        block[key] = loader.construct_object(value_node, deep=True)
        block.lines[key] = key_node.start_mark.line + 1
    return block


def _rows(loader: _Loader, node: yaml.SequenceNode) -> Rows:
    lines = (entry.start_mark.line + 1 for entry in node.value)
    return Rows((loader.construct_object(entry, deep=True) for entry in node.value), lines)


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> Any:
    """A date; one that the calendar does not have (2024-02-30) is a fault of the file, not of the reader."""
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        raise yaml.constructor.ConstructorError(None, None, f"没有这一天：{node.value}", node.start_mark) from None


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _block)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_SEQUENCE_TAG, _rows)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def is_day(value: object) -> bool:
    """A date without a time of day (a datetime is a date to Python, and cannot be compared with one)."""
    return type(value) is date


def read(path: Path) -> Any:
    """The content of a YAML file; mappings are `Block`s.

    Raises LawError with file and line when the file is missing or is not YAML.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError):
        raise LawError(Finding("文件不存在", str(path), "请核对文件名和位置")) from None
    except UnicodeDecodeError as error:
        raise LawError(Finding(f"不是 UTF-8 文本（第 {error.start} 字节）", str(path), "请另存为 UTF-8")) from None
    try:
        return yaml.load(text, _Loader)  # _Loader is safe: it makes plain values only
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        remedy = "请检查缩进、冒号、引号和日期"
        raise LawError(Finding(f"YAML 写法有误：{error.problem}", f"{path}:{line}", remedy)) from None
    except yaml.YAMLError as error:
        raise LawError(Finding(f"不是 YAML：{error}", str(path))) from None
