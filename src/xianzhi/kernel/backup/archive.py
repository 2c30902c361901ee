"""The file of a backup: how it is laid out, and what its manifest says."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from xianzhi.kernel.backup.rows import SKIPPED
from xianzhi.kernel.ledger.chain import canonical

FORM = "xianzhi-backup-1"
MANIFEST = "manifest.json"
MATERIALS = "materials/"
LAST = "last-backup.json"


class BadBackup(ValueError):
    """A file that cannot be restored; the message says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Table:
    """What the manifest says of one table: its name, how many rows, and the SM3 digest of its lines."""

    name: str
    rows: int
    sm3: str

    @property
    def member(self) -> str:
        return f"tables/{self.name}.jsonl"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `digest` is worth keeping elsewhere: with it nobody can change the file unseen."""

    form: str
    county: str
    at: str
    database: str
    migrations: list[str]
    tables: tuple[Table, ...]
    materials: int
    material_bytes: int
    ledger_size: int
    ledger_root: str

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    @property
    def digest(self) -> str:
        return sm3(canonical(self.as_data()))

    def as_data(self) -> dict[str, Any]:
        return json.loads(json.dumps(asdict(self)))

    @classmethod
    def read(cls, archive: ZipFile) -> "Manifest":
        """Raises BadBackup for anything but a manifest of this form."""
        try:
            found = json.loads(archive.read(MANIFEST))
            if found["form"] != FORM:
                raise BadBackup(f"备份的格式是 {found['form']}，本版本只认 {FORM}，请用做备份时的版本恢复")
            return cls(**{**found, "tables": tuple(Table(**one) for one in found["tables"])})
        except (KeyError, TypeError, json.JSONDecodeError, BadZipFile):
            raise BadBackup("不是县治的备份，或清单已损坏，请换一份备份") from None


def as_json(manifest: Manifest, found: Iterable[Any]) -> str:
    """A manifest, its digest and the findings of a command, for a program to read."""
    said = {**manifest.as_data(), "digest": manifest.digest, "findings": [asdict(one) for one in found]}
    return json.dumps(said, ensure_ascii=False, indent=1)


def opened(file: Path) -> ZipFile:
    """Opens a backup. Raises BadBackup when it cannot be read."""
    try:
        return ZipFile(file)
    except FileNotFoundError:
        raise BadBackup(f"没有文件 {file}，请核对路径") from None
    except (BadZipFile, IsADirectoryError):
        raise BadBackup(f"{file} 不是县治的备份，或没有写完，请换一份备份") from None
    except OSError as error:
        raise BadBackup(f"读不了 {file}：{error.strerror}") from None


def applied() -> list[str]:
    """The migrations that the database has gone through, of the tables that a backup holds."""
    names = MigrationRecorder(connection).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in names if app not in SKIPPED)


def sm3(data: bytes) -> str:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize().hex()


@dataclass(frozen=True, slots=True)
class Last:
    """When the last backup was made, and what it holds."""

    at: str
    file: str
    digest: str


def last() -> Last | None:
    """The last backup that this installation made; None when it made none."""
    try:
        return Last(**json.loads((Path(settings.VAR) / LAST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def note(manifest: Manifest, file: Path) -> None:
    """Remembers that a backup was made."""
    made = Last(manifest.at, str(file.absolute()), manifest.digest)
    (Path(settings.VAR) / LAST).write_text(json.dumps(asdict(made), ensure_ascii=False), encoding="utf-8")
