"""Results kept in a folder, a JSON file for each file read: what was broken off goes on where it stopped."""

import hashlib
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from xianzhi.apps.gazette.reader.folder import Result, digest_of, files_in


class Clash(Exception):
    """Two files would be kept under one name; the text says which."""


def content_of(result: Result) -> dict[str, Any]:
    """A result as one of many is printed: with its file and its fault."""
    return {"file": str(result.path), "fault": result.fault or None, "documents": result.documents}


def places(roots: list[Path], out: Path) -> dict[Path, Path]:
    """For each file to read the file to keep: its path below the folder that was named, with `.json`. Raises Clash."""
    found: dict[Path, Path] = {}
    taken: dict[Path, Path] = {}
    for root in roots:
        for path in files_in([root]):
            below = path.relative_to(root) if root.is_dir() else Path(path.name)
            place = out / below.with_name(f"{below.name}.json")
            other = taken.setdefault(place, path)
            if other != path:
                raise Clash(f"{other} 和 {path} 的结果都要存为 {place}；请分别指定输出文件夹")
            found[path] = place
    return found


def keep(result: Result, place: Path) -> None:
    """Writes a result, whole or not at all. Raises OSError."""
    place.parent.mkdir(parents=True, exist_ok=True)
    half = place.with_name(f".{place.name}.{os.getpid()}")
    content = {"digest": result.digest, "reader": reader_digest(), **content_of(result)}
    half.write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
    half.replace(place)


def kept(path: Path, place: Path) -> Result | None:
    """The result kept of these very bytes by this very reader, if there is one."""
    try:
        content = json.loads(place.read_text(encoding="utf-8"))
        same = (content["digest"], content["reader"]) == (digest_of(path.read_bytes()), reader_digest())
        return Result(path, content["documents"], content["fault"] or "", content["digest"]) if same else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@cache
def reader_digest() -> str:
    """The SHA-256 of the reader's own code: another reader may read the same bytes better."""
    found = hashlib.sha256()
    for part in _code(Path(__file__).parent):
        found.update(part)
    return found.hexdigest()


def _code(folder: Path) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*.py")):
        yield path.relative_to(folder).as_posix().encode()
        yield path.read_bytes()
