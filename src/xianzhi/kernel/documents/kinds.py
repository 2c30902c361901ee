"""Kinds of official documents, as a service declares them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xianzhi.law.errors import Finding, LawError

Content = Callable[[Any, Any], Mapping[str, Any] | None]
"""(event, attempt) -> the facts that stand in the document; None where the step issues none this time."""
Numbering = Callable[[Any, Any], str]
"""(event, attempt) -> the number that the step's effect has given already."""
Units = Callable[[Any, Any], Any]
"""(event, attempt) -> the unit that issues it, or several."""
Row = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""A row of a batch -> the facts that stand in its document. Raises BadRow."""

contents: dict[str, Content] = {}
rows: dict[str, Row] = {}


class BadRow(ValueError):
    """A row of a batch for which no document can be made; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of official document.

    name: dotted, such as power.dispatch_order. zh: what it is called, 派工单. template: the .typ that sets it.
    issuer: a function of units (approval), several of them for a joint document, or a rule of (event, attempt).
    numbered: a form such as 绛电派〔{year}〕{serial:04d}, or a function that tells the number which the step's effect
    has given; empty: as the county's letterhead.yaml says. cites: provision ids. sole: a newer one in the same case
    takes the place of the one before.
    """

    name: str
    zh: str
    template: Path
    issuer: str | tuple[str, ...] | Units
    cites: tuple[str, ...]
    numbered: str | Numbering = ""
    sole: bool = False

    @property
    def functions(self) -> tuple[str, ...]:
        """The functions that issue it; none where a rule says who does."""
        if isinstance(self.issuer, str):
            return (self.issuer,)
        return self.issuer if isinstance(self.issuer, tuple) else ()


def content(kind: Kind) -> Callable[[Content], Content]:
    """Marks the function that gathers what stands in a document of a kind, and registers the kind."""

    def mark(function: Content) -> Content:
        from xianzhi.kernel import registry  # noqa: PLC0415 - which knows this module

        if (
            registry.documents.setdefault(kind.name, kind) != kind
            or contents.setdefault(kind.name, function) != function
        ):
            raise LawError(
                Finding(f"文书 {kind.name} 已有", f"{function.__module__}.{function.__name__}", "换一个名字")
            )
        return function

    return mark


def each(kind: Kind) -> Callable[[Row], Row]:
    """Marks the function that turns a row of a batch into what stands in its document."""

    def mark(function: Row) -> Row:
        rows[kind.name] = function
        return function

    return mark


def faults_of(kind: Kind, provisions: Iterable[str], functions: Iterable[str]) -> Iterator[Finding]:
    """What a kind refers to that does not exist."""
    where = f"文书 {kind.name}"
    if not kind.template.exists():
        yield Finding(f"没有模板 {kind.template}", where, "在服务的 documents 目录中写 .typ 模板")
    if not kind.cites:
        yield Finding("没有依据", where, "写 cites=(“条款编号”,)")
    for cited in kind.cites:
        if cited not in provisions:
            yield Finding(f"依据 {cited} 不在任何登记簿中", where, "改正编号，或在 provisions.yaml 中登记")
    for function in kind.functions:
        if function not in functions:
            yield Finding(f"职能 {function} 没有单位承担", where, "在县包 units.yaml 中给单位这项职能")
