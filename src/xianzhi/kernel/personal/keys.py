"""The keys of personal data: a file outside the database, readable by its owner only.

Master keys seal values and the keys of cases; index keys make the digests by which a value is looked up. Each has an id
that stands in whatever was made with it, so that old and new work side by side until a rotation is through.
"""

import fcntl
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from xianzhi.kernel import clock, secret_file
from xianzhi.kernel.personal.tokens import AES, PREFIX, SM4, Fault, Key, secret_for

FORM = "xianzhi-keys-1"
INDEX_BYTES = 32
_ID_BYTES = 4


class NoKeys(Fault):
    """The key file is missing or cannot be read; the message says where it should be and what to do."""


class KeyMissing(Fault):
    """Something was sealed with a key that the key file does not hold."""

    def __init__(self, key_id: str) -> None:
        self.key_id = key_id
        super().__init__(f"密钥文件 {path()} 中没有密钥 {key_id}，请从备份中找回含有它的密钥文件")


@dataclass(frozen=True, slots=True)
class Ring:
    """All keys of the installation and which of them are current."""

    seals: dict[str, Key]
    current: str
    indexes: dict[str, Key]
    current_index: str

    @property
    def seal(self) -> Key:
        return self.seals[self.current]

    @property
    def index(self) -> Key:
        return self.indexes[self.current_index]

    def master(self, key_id: str) -> Key:
        """The master key of this id. Raises KeyMissing."""
        if key_id not in self.seals:
            raise KeyMissing(key_id)
        return self.seals[key_id]


def path() -> Path:
    return Path(settings.KEYS)


class _Kept:
    """The ring as last read, and by which signs the file is known to be the same."""

    signs: tuple[object, ...] = ()
    ring: Ring | None = None


def ring() -> Ring:
    """The keys as the file has them now; of an installation that has sealed nothing yet, made when first asked for.

    Raises NoKeys.
    """
    file = path()
    try:
        found = file.stat()
    except FileNotFoundError:
        _make(file)
        found = file.stat()
    except OSError as error:
        raise NoKeys(f"读不了密钥文件 {file}：{error.strerror}，请检查路径和权限") from None
    signs = (str(file), found.st_ino, found.st_mtime_ns, found.st_size)
    kept = _Kept.ring
    if kept is None or signs != _Kept.signs:
        kept = _read(file)
        _Kept.ring, _Kept.signs = kept, signs
    return kept


def _read(file: Path) -> Ring:
    try:
        data = json.loads(file.read_text())
        seals = {
            name: Key(name, one["cipher"], bytes.fromhex(one["key"]), one["made"])
            for name, one in data["seals"].items()
        }
        indexes = {name: Key(name, "", bytes.fromhex(one["key"]), one["made"]) for name, one in data["indexes"].items()}
        made = Ring(seals, data["current"], indexes, data["current_index"])
        assert data["form"] == FORM and made.seal and made.index
    except OSError as error:
        raise NoKeys(f"读不了密钥文件 {file}：{error.strerror}，请检查路径和权限") from None
    except (ValueError, KeyError, TypeError, AttributeError, AssertionError):
        raise NoKeys(f"密钥文件 {file} 的内容不对，请从备份中恢复") from None
    return made


def _make(file: Path) -> None:
    """The first keys; of two processes that start together, one makes them. Raises NoKeys where some were lost."""
    if something_sealed():
        raise NoKeys(f"没有密钥文件 {file}，而数据库中已有加密的个人信息；请从备份中恢复该文件，不要另建")
    seal, index = _fresh(SM4), _fresh("")
    made = Ring({seal.id: seal}, seal.id, {index.id: index}, index.id)
    try:
        secret_file.make_once(file, _text(made))
    except OSError as error:
        raise NoKeys(f"写不了密钥文件 {file}：{error.strerror}，请检查路径和权限") from None


def something_sealed() -> bool:
    """Asked of the tables themselves, for a migration may be on its way."""
    there = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table, column in (("kernel_subject", "code"), ("kernel_casekey", "sealed")):
            if table in there:
                cursor.execute(f"SELECT 1 FROM {table} WHERE {column} LIKE %s LIMIT 1", [f"{PREFIX}.%"])  # noqa: S608
                if cursor.fetchone():
                    return True
    return False


def _fresh(cipher: str) -> Key:
    secret = secret_for(cipher) if cipher else secrets.token_bytes(INDEX_BYTES)
    return Key(secrets.token_hex(_ID_BYTES), cipher, secret, clock.now().isoformat(timespec="seconds"))


def _text(keys: Ring) -> str:
    data: dict[str, Any] = {
        "form": FORM,
        "note": "县治个人信息密钥。与数据库分开备份；丢失后加密的个人信息无法恢复。",
        "current": keys.current,
        "seals": {
            one.id: {"cipher": one.cipher, "key": one.secret.hex(), "made": one.made} for one in keys.seals.values()
        },
        "current_index": keys.current_index,
        "indexes": {one.id: {"key": one.secret.hex(), "made": one.made} for one in keys.indexes.values()},
    }
    return json.dumps(data, ensure_ascii=False, indent=1)


def replace(keys: Ring) -> None:
    """Puts a changed ring in the place of the file, whole or not at all. Call it inside `changing`."""
    secret_file.replace(path(), _text(keys))


@contextmanager
def changing() -> Iterator[Ring]:
    """The ring, with the right to change it: one process at a time."""
    ring()
    handle = os.open(path().with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield ring()
    finally:
        os.close(handle)


def add_seal(cipher: str = SM4) -> Key:
    """A new master key, current from now on. cipher: SM4 or AES. Raises ValueError for any other."""
    if cipher not in (SM4, AES):
        raise ValueError(f"没有算法 {cipher}，可用 {SM4}、{AES}")
    made = _fresh(cipher)
    with changing() as keys:
        replace(Ring({**keys.seals, made.id: made}, made.id, keys.indexes, keys.current_index))
    return made


def add_index() -> Key:
    """A new index key, current from now on; values are still found under the older ones until a rotation is through."""
    made = _fresh("")
    with changing() as keys:
        replace(Ring(keys.seals, keys.current, {**keys.indexes, made.id: made}, made.id))
    return made


def drop(key_id: str) -> None:
    """Takes a key away that nothing uses any more. Raises ValueError for a current one or one that is not there."""
    with changing() as keys:
        if key_id in (keys.current, keys.current_index):
            raise ValueError(f"密钥 {key_id} 正在使用，不能去掉")
        if key_id not in keys.seals and key_id not in keys.indexes:
            raise ValueError(f"没有密钥 {key_id}")
        seals = {name: one for name, one in keys.seals.items() if name != key_id}
        indexes = {name: one for name, one in keys.indexes.items() if name != key_id}
        replace(Ring(seals, keys.current, indexes, keys.current_index))
