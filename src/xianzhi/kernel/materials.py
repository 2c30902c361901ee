"""Files that were handed in: checked by their content, stored once under their digest, never half-written."""

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings

from xianzhi.kernel import clock

CHUNK = 1 << 20
INCOMING = "incoming-"
ORPHAN_AFTER = timedelta(hours=1)
_MAGIC = (
    (b"%PDF-", "application/pdf", (".pdf",)),
    (b"\x89PNG\r\n\x1a\n", "image/png", (".png",)),
    (b"\xff\xd8\xff", "image/jpeg", (".jpg", ".jpeg")),
)
_ZIPPED = (
    ("OFD.xml", "application/ofd", (".ofd",)),
    ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",)),
    ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",)),
)
ACCEPTED = "PDF、OFD、DOCX、XLSX、PNG、JPG"
MEDIA_TYPES = tuple(media for _sign, media, _ends in (*_MAGIC, *_ZIPPED))


class BadFile(ValueError):
    """A file that cannot be taken; the message says why and what to hand in instead."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it comes in: which material it is meant to be, its name, its bytes."""

    kind: str
    name: str
    file: BinaryIO


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that stands under its digest."""

    kind: str
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str

    def stated(self) -> dict[str, str]:
        """As an event states it."""
        return {"kind": self.kind, "name": self.name, "sm3": self.sm3}


def path_of(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


class Received:
    """Files on their way in: taken in whole beside the store, to be kept or forgotten together."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []
        self.faults: list[str] = []
        """What is wrong with those that cannot be taken."""
        self._partials: list[Path] = []

    def take(self, upload: Upload) -> None:
        root = Path(settings.MEDIA_ROOT)
        root.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=INCOMING, dir=root)
        self._partials.append(Path(name))
        with os.fdopen(handle, "wb") as target:
            size, sha256, sm3 = _copy(upload, target)
            target.flush()
            os.fsync(target.fileno())
        media_type = _media_type(upload.name, Path(name))
        self.stored.append(Stored(upload.kind, Path(upload.name).name[:160], media_type, size, sha256, sm3))

    def keep(self) -> None:
        """Puts each under its digest, over the same bytes if they are there: a file in use again is not an orphan."""
        for partial, stored in zip(self._partials, self.stored, strict=True):
            final = path_of(stored.sha256)
            final.parent.mkdir(parents=True, exist_ok=True)
            partial.replace(final)
            _sync(final.parent)

    def forget(self) -> None:
        """Takes away what is not kept. What stands stays: another case may have begun to use the same bytes."""
        for partial in self._partials:
            partial.unlink(missing_ok=True)


@contextmanager
def received(uploads: Iterable[Upload]) -> Iterator[Received]:
    """Takes files in for the length of a body, which keeps them or leaves nothing of them."""
    files = Received()
    try:
        for upload in uploads:
            try:
                files.take(upload)
            except BadFile as error:
                files.faults.append(str(error))
        yield files
    finally:
        files.forget()


def _sync(folder: Path) -> None:
    """Makes the names in a folder last through a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy(upload: Upload, target: BinaryIO) -> tuple[int, str, str]:
    size, sha256, sm3 = 0, hashlib.sha256(), Hash(SM3())
    upload.file.seek(0)
    while chunk := upload.file.read(CHUNK):
        size += len(chunk)
        if size > settings.MATERIAL_MAX_BYTES:
            raise BadFile(f"{upload.name} 超过 {settings.MATERIAL_MAX_BYTES // CHUNK} MB，请压缩或分成几份")
        target.write(chunk)
        sha256.update(chunk)
        sm3.update(chunk)
    if not size:
        raise BadFile(f"{upload.name} 是空文件，请重新选择")
    return size, sha256.hexdigest(), sm3.finalize().hex()


def _media_type(name: str, path: Path) -> str:
    """The format by the content; the name's ending must agree with it."""
    with path.open("rb") as file:
        head = file.read(16)
    found: tuple[str, tuple[str, ...]] | None
    found = next(((media, ends) for magic, media, ends in _MAGIC if head.startswith(magic)), None)
    if found is None and head.startswith(b"PK"):
        found = _zipped(path)
    if found is None:
        raise BadFile(f"{name} 的内容不是可接收的格式，请交 {ACCEPTED}")
    media, ends = found
    if Path(name).suffix.lower() not in ends:
        raise BadFile(f"{name} 的内容是 {ends[0]} 格式，与文件名不符，请改正扩展名或重新导出")
    return media


def _zipped(path: Path) -> tuple[str, tuple[str, ...]] | None:
    try:
        with ZipFile(path) as archive:
            names = set(archive.namelist())
    except (BadZipFile, NotImplementedError, ValueError, OSError):  # all that zipfile says of what it cannot read
        return None
    return next(((media, ends) for member, media, ends in _ZIPPED if member in names), None)


def sweep() -> int:
    """Removes files that no material and no document refers to and that are older than an hour; gives their number."""
    root, removed = Path(settings.MEDIA_ROOT), 0
    before = (clock.now() - ORPHAN_AFTER).timestamp()
    for path in root.rglob("*") if root.exists() else ():
        # Asked twice: a file that was taken into use meanwhile is young again.
        if _is_old(path, before) and _is_unused(path) and _is_old(path, before):
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _is_old(path: Path, before: float) -> bool:
    return path.is_file() and path.stat().st_mtime < before


def _is_unused(path: Path) -> bool:
    from xianzhi.kernel.models import Material, OfficialDocument  # noqa: PLC0415 - the door imports this module

    if path.name.startswith(INCOMING):
        return True
    used = Material.objects.filter(sha256=path.name), OfficialDocument.objects.filter(pdf_sha256=path.name)
    return not any(rows.exists() for rows in used)
