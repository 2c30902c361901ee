"""Issuing: the door calls `issue_for` after a step's effect, in the step's own transaction."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise

from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.documents import kinds, standing, templates
from xianzhi.kernel.documents.kinds import Kind
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models.cases import GENESIS, Event
from xianzhi.kernel.models.documents import Batch, OfficialDocument
from xianzhi.kernel.models.units import Unit, in_force
from xianzhi.kernel.numbers import next_serial
from xianzhi.law.errors import Finding, LawError

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of a verification code: no character that is read as another one."""
CODE_LENGTH = 12
"""31 to the 12th: nobody comes upon one by trying."""

_lazy: ContextVar[bool] = ContextVar("xianzhi_documents_lazy", default=False)


@contextmanager
def rendered_later() -> Iterator[None]:
    """Within it no document asks the worker for its PDF, which is then made when it is first opened."""
    token = _lazy.set(True)
    try:
        yield
    finally:
        _lazy.reset(token)


def issue_for(event: Event, attempt: Any) -> None:
    """What a step does to documents: those that it revokes, then those that it issues. For the door."""
    step = attempt.step
    for name in step.revokes:
        reason = f"{step.zh}：{attempt.data.get('reason') or attempt.case.procedure.zh}"
        standing.revoke_all(event, name, reason[:200])
    for name in step.issues:
        issue(registry.documents[name], event, attempt)


def issue(kind: Kind, event: Event, attempt: Any) -> OfficialDocument | None:
    """Issues one document of a kind for an event; None where its content function says that there is none."""
    facts = kinds.contents[kind.name](event, attempt)
    if facts is None:
        return None
    units = _issuers(kind, event, attempt)
    number = kind.numbered(event, attempt) if callable(kind.numbered) else ""
    made = _write(
        kind, frozen(facts), Origin(units, event.on, event=event, by_post=event.by_post), number,
    )  # fmt: skip
    if kind.sole:
        standing.supersede_former(made, event)
    return made


def issue_row(kind: Kind, row: Mapping[str, Any], batch: Batch) -> OfficialDocument:
    """Issues the document of a row of a batch. Raises BadRow."""
    facts = kinds.rows[kind.name](row)
    return _write(kind, frozen(facts), Origin((batch.unit,), batch.issued_on, batch=batch), "")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from."""

    units: Sequence[Unit]
    on: date
    event: Event | None = None
    batch: Batch | None = None
    by_post: str = ""


def _write(kind: Kind, facts: Any, origin: Origin, number: str) -> OfficialDocument:
    year, unit = origin.on.year, origin.units[0]
    series, form = _series(kind, unit)
    serial = next_serial(series, year)  # from here to the end of the transaction nobody else writes in this series
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    number = number or form.format(year=year, serial=serial)
    content = {
        "kind": kind.name,
        "zh": kind.zh,
        "title": str(facts.get("title") or kind.zh),
        "number": number,
        "issued_on": origin.on.isoformat(),
        "issuers": [letterhead(one) for one in origin.units],
        "cites": list(kind.cites),
        "cited": [registry.provisions[one].cited for one in kind.cites if one in registry.provisions],
        "sample": bool(settings.SAMPLE),
        "verify": f"{settings.ADDRESS}/verify/{code}",
        "facts": facts,
    }
    made = OfficialDocument(
        kind=kind.name,
        series=series,
        year=year,
        serial=serial,
        number=number,
        case=origin.event.case if origin.event else None,
        event=origin.event,
        batch=origin.batch,
        unit=unit,
        issued_on=origin.on,
        content=content,
        content_sm3=chain.sm3(chain.canonical(content)).hex(),
        template_sm3=templates.digest(kind.template),
        code=code,
        prev=_head(series, year, serial),
        at=clock.now(),
    )
    made.hash = link(made)
    made.save(force_insert=True)
    if not _lazy.get():
        transaction.on_commit(partial(_ask_for_pdf, made.pk), robust=True)
    return made


def link(document: OfficialDocument) -> str:
    """The hash of a document that follows `prev` in its series, over everything that is frozen of it."""
    body = {
        "kind": document.kind,
        "series": document.series,
        "year": document.year,
        "serial": document.serial,
        "number": document.number,
        "case": document.case_id,
        "event": document.event_id,
        "batch": document.batch_id,
        "unit": document.unit_id,
        "on": document.issued_on.isoformat(),
        "content": document.content_sm3,
        "template": document.template_sm3,
        "code": document.code,
    }
    return chain.link(document.prev, body)


def _head(series: str, year: int, serial: int) -> str:
    """The hash of the document before. Where a series ran before it had documents, the chain begins later."""
    before = OfficialDocument.objects.filter(series=series, year=year, serial__lt=serial).order_by("-serial")
    return before.values_list("hash", flat=True).first() or GENESIS


def _ask_for_pdf(pk: int) -> None:
    from xianzhi.kernel.tasks import render_document  # noqa: PLC0415 - which imports the renderer

    render_document.enqueue(pk)


def _series(kind: Kind, unit: Unit) -> tuple[str, str]:
    """The series in which a kind is numbered, and the form of its numbers.

    A series of the county's letterhead is the kind's own; a unit's prefix is common to all its ordinary documents;
    where the letterhead says neither, the kind is numbered by its own name, unit by unit.
    """
    if callable(kind.numbered):
        return kind.name, ""
    if kind.numbered:
        return kind.name, kind.numbered
    own = county().letterheads.get(unit.code, {})
    if word := own.get("series", {}).get(kind.name):
        return kind.name, f"{word}〔{{year}}〕{{serial:04d}}"
    if word := own.get("prefix"):
        return f"letterhead:{unit.code}"[:60], f"{word}〔{{year}}〕{{serial}}号"
    word = f"{unit.short}{kind.zh}".replace("{", "").replace("}", "")
    return f"{kind.name}:{unit.code}"[:60], f"{word}〔{{year}}〕{{serial:04d}}"


def _issuers(kind: Kind, event: Event, attempt: Any) -> tuple[Unit, ...]:
    """The units that issue a document; the first one keeps it. Raises LawError where nobody holds the function."""
    if callable(kind.issuer):
        found = kind.issuer(event, attempt)
        return (found,) if isinstance(found, Unit) else tuple(found)
    return tuple(_holder(function, event, kind) for function in kind.functions)


def _holder(function: str, event: Event, kind: Kind) -> Unit:
    """The unit of the step where it holds the function, else the county's own."""
    if event.by_post.partition(".")[0] == function and event.unit_id:
        return Unit.objects.get(pk=event.unit_id)
    held = Unit.objects.filter(in_force(event.on, "functions__"), functions__function=function).order_by("code").first()
    if held is None:
        raise LawError(
            Finding(f"职能 {function} 没有单位承担", f"文书 {kind.name}", "在县包 units.yaml 中给单位这项职能")
        )
    return held


def letterhead(unit: Unit) -> str:
    """The name under which a unit issues documents."""
    return str(county().letterheads.get(unit.code, {}).get("issuer") or unit.name)


def frozen(value: Any) -> Any:
    """A value as JSON keeps it: dates and amounts as text. Raises TypeError for what would not stay the same."""
    if isinstance(value, Enum):
        return frozen(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value if not isinstance(value, str) else str(value)
    if isinstance(value, Decimal | Promise):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(name): frozen(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [frozen(one) for one in value]
    raise TypeError(f"文书的内容不能有 {type(value).__name__}：{value!r}")
