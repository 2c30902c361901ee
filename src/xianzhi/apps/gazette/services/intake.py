"""Taking a file in: kept byte for byte, parted into its documents, each with a case of its own for the review."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.db import transaction

from xianzhi.apps.gazette.models import Item, Reading, SourceFile
from xianzhi.apps.gazette.procedures import Reading as Procedure
from xianzhi.apps.gazette.reader.intake import open_source
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.model import Document, Source
from xianzhi.apps.gazette.reader.output import as_json
from xianzhi.apps.gazette.reader.pipeline import read
from xianzhi.apps.gazette.services import places
from xianzhi.apps.gazette.services.clauses import clauses_of
from xianzhi.apps.gazette.services.items import drafts
from xianzhi.apps.gazette.services.organs import Organs
from xianzhi.apps.gazette.services.registers import register_of
from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Case, Event


class Known(ValueError):
    """The same bytes were received before; `file` is where they stand."""

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        super().__init__(f"{file.name} 已于 {file.received_at:%Y-%m-%d} 收过，不再收第二份")


@dataclass(frozen=True, slots=True)
class Taken:
    """A file that was taken in: the cases of its documents, and the documents that were refused, with the reason."""

    file: SourceFile
    cases: tuple[Case, ...]
    refused: tuple[tuple[str, str], ...]


@lru_cache(maxsize=2)
def _read(sha256: str, data: bytes, name: str) -> tuple[Source, tuple[Document, ...], list[dict[str, Any]]]:
    """A file as it is read; each of its documents opens a case, and asks again."""
    source = open_source(data, name)
    documents = read(source)
    return source, tuple(documents), as_json(documents)["documents"]


def receive(data: bytes, name: str, *, by: Account, on: date | None = None) -> Taken:
    """Takes a file in and opens a case for each of its documents.

    Raises Unreadable for what cannot be read, Known for a file received before, Refused where no document of it may be
    received; then nothing is stored. [gazette-1-1, gazette-1-3]
    """
    sha256 = hashlib.sha256(data).hexdigest()
    if before := SourceFile.objects.filter(sha256=sha256).first():
        raise Known(before)
    source, documents, _found = _read(sha256, data, name)
    if not documents:
        raise Unreadable(f"{name}：没有读到文件的标题和正文；请核对是不是公开发布的文件")
    with transaction.atomic():
        file = SourceFile.objects.create(
            sha256=sha256, sm3=_sm3(data), name=name[-160:], media=source.media, size=len(data), content=data,
            text=source.text, pages=list(source.pages), received_at=clock.now(), by=by,
            findings=[{"code": one.code, "message": one.message, "span": one.span} for one in source.findings],
        )  # fmt: skip
        cases, refusals = [], []
        for index, document in enumerate(documents):
            title = document.header.title or document.header.attached_title or name
            try:
                cases.append(_open(file, index, title, by, on))
            except door.Refused as refused:
                refusals.append((title, refused))
        if not cases:
            raise refusals[0][1]
    return Taken(file, tuple(cases), tuple((title, str(refused)) for title, refused in refusals))


def _open(file: SourceFile, index: int, title: str, by: Account, on: date | None) -> Case:
    return door.open_case(
        Procedure, Procedure.receive, by=by, on=on, title=title, division=county().code,
        data={"file": file.pk, "index": index},
    )  # fmt: skip


def document_of(file_pk: int, index: int) -> tuple[SourceFile, Document | None, dict[str, Any]]:
    """A document of a file, as read and as `--json` prints it; None and {} where the file has none such."""
    file = SourceFile.objects.get(pk=file_pk)
    _source, documents, found = _read(file.sha256, bytes(file.content), file.name)
    if index >= len(documents):
        return file, None, {}
    return file, documents[index], found[index]


@registry.effect(Procedure.receive)
def store(event: Event, attempt: door.Attempt) -> None:
    """Keeps what was read, and every item of it."""
    file, document, found = document_of(attempt.data["file"], attempt.data["index"])
    assert document is not None, "the rule may_receive saw it"
    reading = Reading.objects.create(
        case=attempt.case, file=file, index=attempt.data["index"], number=found["doc_number"] or "", found=found,
        clauses=clauses_of(document),
    )  # fmt: skip
    register = register_of(found["doc_number"], found["title"], found["date"])
    whose = places.actors(register, reading.clauses) if register else places.nobody
    Item.objects.bulk_create(
        Item(
            reading=reading,
            order=order,
            key=one.key,
            kind=one.kind,
            start=one.span[0],
            end=one.span[1],
            found=one.found,
            confidence=one.confidence,
            doubt=one.doubt,
        )
        for order, one in enumerate(drafts(found, Organs(), whose))
    )


def _sm3(data: bytes) -> str:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()
