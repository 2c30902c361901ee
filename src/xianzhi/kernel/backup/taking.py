"""Making a backup while the county goes on working."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings
from django.db import connection

from xianzhi.kernel import clock
from xianzhi.kernel.backup.archive import FORM, MANIFEST, MATERIALS, Manifest, Table, applied, note
from xianzhi.kernel.backup.rows import Model, lines, tables
from xianzhi.kernel.county import county
from xianzhi.kernel.ledger import log
from xianzhi.kernel.ledger.chain import canonical
from xianzhi.kernel.ledger.snapshot import snapshot
from xianzhi.kernel.materials import CHUNK, path_of
from xianzhi.kernel.models import Material
from xianzhi.law.errors import Finding

SHA256 = 64
"""Hexadecimal digits of a digest, the name of a stored file."""
Progress = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""


def take(file: Path, progress: Progress = lambda what, done, total: None) -> tuple[Manifest, list[Finding]]:
    """Writes a backup of this moment to a file, which appears under its name only when it is whole.

    Gives its manifest, and the materials that are missing or no longer what their digest says: the backup is made all
    the same. Raises OSError when it cannot be written.
    """
    log.append_all()
    partial = file.with_name(f".{file.name}.part")
    try:
        with os.fdopen(os.open(partial, os.O_CREAT | os.O_TRUNC | os.O_RDWR, 0o600), "w+b") as target:
            with ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True) as archive, snapshot():
                manifest, found = _fill(archive, progress)
            target.flush()
            os.fsync(target.fileno())
        partial.replace(file)
    finally:
        partial.unlink(missing_ok=True)
    note(manifest, file)
    return manifest, found


def _fill(archive: ZipFile, progress: Progress) -> tuple[Manifest, list[Finding]]:
    models, kept = tables(), []
    for done, model in enumerate(models):
        progress("表", done, len(models))
        kept.append(_table(archive, model))
    size, root = log.size(), log.root()
    missing = [
        Finding("材料文件不在存储中", f"{name}（摘要 {digest}）", "请从更早的备份恢复")
        for digest, name in Material.objects.values_list("sha256", "name").distinct().order_by("sha256").iterator()
        if not path_of(digest).exists()
    ]
    count, total, spoiled = _materials(archive, progress)
    manifest = Manifest(
        FORM, county().code, clock.now().isoformat(timespec="seconds"), connection.vendor, applied(), tuple(kept),
        count, total, size, root,
    )  # fmt: skip
    archive.writestr(MANIFEST, canonical(manifest.as_data()))
    return manifest, [*missing, *spoiled]


def _table(archive: ZipFile, model: Model) -> Table:
    name, rows, digest = model._meta.db_table, 0, Hash(SM3())
    with archive.open(Table(name, 0, "").member, "w", force_zip64=True) as target:
        for line in lines(model):
            target.write(line)
            digest.update(line)
            rows += 1
    return Table(name, rows, digest.finalize().hex())


def _materials(archive: ZipFile, progress: Progress) -> tuple[int, int, list[Finding]]:
    files, count, total, found = sorted(_stored()), 0, 0, []
    for done, path in enumerate(files):
        progress("材料", done, len(files))
        with path.open("rb") as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != path.name:
                found.append(Finding("材料文件的内容与摘要不符，没有备份", path.name, "请从更早的备份恢复"))
                continue
            source.seek(0)
            entry = ZipInfo(MATERIALS + path.name)
            entry.compress_type = ZIP_STORED  # pictures and PDF are small already
            with archive.open(entry, "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, CHUNK)
        count, total = count + 1, total + path.stat().st_size
    return count, total, found


def _stored() -> Iterator[Path]:
    root = Path(settings.MEDIA_ROOT)
    return (path for path in root.glob("??/*") if path.is_file() and len(path.name) == SHA256)
