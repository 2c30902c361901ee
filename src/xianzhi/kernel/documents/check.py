"""What no longer agrees with itself among the documents: contents, chains, numbers, files."""

import hashlib
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from xianzhi.kernel import registry
from xianzhi.kernel.documents import issue, standing
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.materials import path_of
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.kernel.models.documents import DocumentChange, OfficialDocument
from xianzhi.law.errors import Finding

RESTORE = "从备份中恢复，并查明是谁改动"
_SHOWN = 20
"""Findings of a night; a table that is wrong throughout needs no longer list."""


@registry.every_night("文书")
def nightly(on: date) -> list[str]:
    """Every document and change whose content, chain or file no longer agrees with what was kept of it."""
    found = []
    for finding in findings():
        found.append(f"{finding.where} {finding.what}")
        if len(found) == _SHOWN:
            break
    return found


def findings(*, files: bool = False) -> Iterator[Finding]:
    """As `nightly`, one by one. files: read every PDF again."""
    rows = OfficialDocument.objects.order_by("series", "year", "serial").prefetch_related("changes")
    for (series, year), group in groupby(rows.iterator(chunk_size=500), key=lambda one: (one.series, one.year)):
        prev, serial = GENESIS, 0
        for one in group:
            if one.serial != serial + 1 and serial:
                yield Finding(f"缺第 {serial + 1} 份", f"文书 {series} {year}", RESTORE)
            if one.prev != prev:
                yield Finding("与上一份的链对不上，两份之间有改动", f"文书 {one.number}", RESTORE)
            yield from _own(one)
            yield from _file(one, files)
            yield from _changes(one)
            prev, serial = one.hash, one.serial


def _own(one: OfficialDocument) -> Iterator[Finding]:
    where = f"文书 {one.number}"
    if chain.sm3(chain.canonical(one.content)).hex() != one.content_sm3:
        yield Finding("内容与摘要不符，制发后被改动", where, RESTORE)
    elif issue.link(one) != one.hash:
        yield Finding("登记项与链不符，制发后被改动", where, RESTORE)


def _file(one: OfficialDocument, files: bool) -> Iterator[Finding]:
    if not one.pdf_sha256:
        return
    path, where = path_of(one.pdf_sha256), f"文书 {one.number}"
    if not path.is_file():
        yield Finding("PDF 不在存储中", where, "从备份中恢复该文件")
    elif path.stat().st_size != one.pdf_size or (
        files and hashlib.sha256(path.read_bytes()).hexdigest() != one.pdf_sha256
    ):
        yield Finding("PDF 与登记的摘要不符", where, "从备份中恢复该文件")


def _changes(one: OfficialDocument) -> Iterator[Finding]:
    prev = one.hash
    for change in sorted(one.changes.all(), key=lambda change: change.pk):
        if change.prev != prev or standing.link(change) != change.hash:
            yield Finding("效力变更记录被改动或缺失", f"文书 {one.number}", RESTORE)
        prev = change.hash


def changes_of(one: OfficialDocument) -> list[DocumentChange]:
    """The changes of a document, first to last, with who made them."""
    return list(one.changes.select_related("by", "successor").order_by("pk"))
