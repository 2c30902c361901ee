"""Restoring a backup into an empty installation, and proving that what stands there is what was saved."""

import hashlib
import json
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any
from zipfile import BadZipFile, ZipFile

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.core.management.color import no_style
from django.db import IntegrityError, connection, transaction

from xianzhi.kernel import registry
from xianzhi.kernel.backup import rows
from xianzhi.kernel.backup.archive import MATERIALS, BadBackup, Manifest, Table, applied, opened
from xianzhi.kernel.backup.taking import Progress
from xianzhi.kernel.county import county
from xianzhi.kernel.ledger import log
from xianzhi.kernel.ledger.snapshot import CHUNK, snapshot
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.materials import CHUNK as BYTES
from xianzhi.kernel.materials import INCOMING, path_of
from xianzhi.kernel.models import Account, Event, Subject
from xianzhi.law.errors import Finding

_DAMAGED = (BadZipFile, zlib.error, EOFError, KeyError, json.JSONDecodeError)
"""What reading a damaged zip raises."""


def _quiet(what: str, done: int, total: int) -> None:
    """No progress."""


def check(file: Path, progress: Progress = _quiet) -> Manifest:
    """Reads a backup through without restoring it. Raises BadBackup for anything that is not as its manifest says."""
    with opened(file) as archive:
        manifest = Manifest.read(archive)
        for done, table in enumerate(manifest.tables):
            progress("表", done, len(manifest.tables))
            for _ in _lines(archive, table):
                pass
        for _ in _materials(archive, manifest, progress):
            pass
    return manifest


def restore(file: Path, progress: Progress = _quiet) -> tuple[Manifest, list[Finding]]:
    """Restores a backup into an installation that holds nothing yet; gives its manifest and what the proof found.

    Raises BadBackup when the file or the place does not fit, and then the database is as it was.
    """
    with opened(file) as archive:
        manifest = Manifest.read(archive)
        _fits(manifest)
        _keep(archive, manifest, progress)
        try:
            with transaction.atomic(), _without_triggers(manifest):
                _load(archive, manifest, progress)
                _whole()
        except IntegrityError as error:
            raise BadBackup(f"备份中的记录互相不符：{error}，请换一份备份") from None
    registry.forget()
    return manifest, list(prove(manifest, progress))


def prove(manifest: Manifest, progress: Progress = _quiet) -> Iterator[Finding]:
    """Whether the installation holds exactly what a manifest says: rows, digests, log, and every material."""
    with snapshot():
        for done, table in enumerate(manifest.tables):
            progress("核对表", done, len(manifest.tables))
            now = _table_now(table.name)
            if now != table:
                said = f"备份时 {table.rows} 行，现有 {now.rows} 行" if now.rows != table.rows else "行数相同，内容不同"
                yield Finding(said, f"表 {table.name}", "请重新恢复")
        if (log.size(), log.root(manifest.ledger_size)) != (manifest.ledger_size, manifest.ledger_root):
            yield Finding("账本根与备份时不同", f"账本 {log.size()} 项", "请重新恢复")
    yield from verify(lambda done, total: progress("核验办理记录", done, total), files=True)


def _table_now(name: str) -> Table:
    count, digest = 0, Hash(SM3())
    for line in rows.lines(_models()[name]):
        digest.update(line)
        count += 1
    return Table(name, count, digest.finalize().hex())


def _models() -> dict[str, rows.Model]:
    return {model._meta.db_table: model for model in rows.tables()}


def _fits(manifest: Manifest) -> None:
    """Whether a backup may be restored here."""
    if manifest.county != county().code:
        raise BadBackup(f"这是区划 {manifest.county} 的备份，本机的县包是 {county().code}，请改用那个县包")
    if manifest.migrations != applied() or {table.name for table in manifest.tables} != set(_models()):
        raise BadBackup("备份的表结构与本版本不同，请先用做备份时的版本恢复，再升级")
    for model in (Event, Account, Subject):
        if model._base_manager.exists():
            raise BadBackup("本机已有数据，恢复会盖掉它们：请用空的数据库（换一个 XIANZHI_VAR 或 XIANZHI_DATABASE）")


@contextmanager
def _without_triggers(manifest: Manifest) -> Iterator[None]:
    """Lets rows in as they were; the triggers stand again before anything is committed."""
    names = [table.name for table in manifest.tables]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in names:
                cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
            yield
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come is not altered
            for name in names:
                cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')
        else:
            cursor.execute("PRAGMA defer_foreign_keys = ON")
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY rowid")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, statement in triggers:
                cursor.execute(statement, None)


def _load(archive: ZipFile, manifest: Manifest, progress: Progress) -> None:
    models = _models()
    for model in models.values():
        with connection.cursor() as cursor:  # what a fresh installation has of its own
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608 - our names
    for done, table in enumerate(manifest.tables):
        progress("恢复表", done, len(manifest.tables))
        left = _lines(archive, table)
        while some := list(islice(left, CHUNK)):
            rows.insert(models[table.name], some)


def _whole() -> None:
    """What the database keeps beside the rows: references, the next numbers, the index of the search."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(_models().values())):
            cursor.execute(statement)
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO kernel_searchtext_grams (kernel_searchtext_grams) VALUES ('rebuild')")


def _lines(archive: ZipFile, table: Table) -> Iterator[list[Any]]:
    """The rows of a table. Raises BadBackup at the end, when they are not those of the manifest."""
    count, digest = 0, Hash(SM3())
    try:
        with archive.open(table.member) as source:
            for line in source:
                digest.update(line)
                count += 1
                yield json.loads(line)
    except _DAMAGED:
        raise BadBackup(f"备份中的表 {table.name} 已损坏，请换一份备份") from None
    if (count, digest.finalize().hex()) != (table.rows, table.sm3):
        raise BadBackup(f"备份中的表 {table.name} 与清单不符，请换一份备份")


def _materials(archive: ZipFile, manifest: Manifest, progress: Progress) -> Iterator[tuple[str, IO[bytes]]]:
    """The materials, each with its digest. Raises BadBackup for one that is damaged or not what its name says."""
    names = [name for name in archive.namelist() if name.startswith(MATERIALS)]
    if len(names) != manifest.materials:
        raise BadBackup(f"清单列有 {manifest.materials} 份材料，备份中有 {len(names)} 份，请换一份备份")
    for done, name in enumerate(names):
        progress("材料", done, len(names))
        digest = name.removeprefix(MATERIALS)
        try:
            with archive.open(name) as source:
                found = hashlib.file_digest(source, "sha256").hexdigest()  # type: ignore[arg-type]
                source.seek(0)
                if found == digest:
                    yield digest, source
        except _DAMAGED:
            found = ""
        if found != digest:
            raise BadBackup(f"备份中的材料 {digest} 已损坏，请换一份备份")


def _keep(archive: ZipFile, manifest: Manifest, progress: Progress) -> None:
    for digest, source in _materials(archive, manifest, progress):
        final = path_of(digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        partial = final.with_name(f"{INCOMING}{digest}")
        with partial.open("wb") as target:
            shutil.copyfileobj(source, target, BYTES)
        partial.replace(final)
