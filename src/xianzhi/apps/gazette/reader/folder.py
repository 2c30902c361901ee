"""Many files at once: on all cores, in the order of their names, with no more in memory than is being worked on."""

import hashlib
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xianzhi.apps.gazette.reader.intake import MAX_BYTES, open_source, too_large
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.reader.output import as_json
from xianzhi.apps.gazette.reader.pipeline import read

AHEAD = 4
"""Files handed to each process before the first of them is back."""
ENDINGS = frozenset((".txt", ".pdf", ".docx", ".html", ".htm", ".ofd", ".md"))


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a file: its documents as `--json` prints them, or why it could not be read. digest: the SHA-256 of
    its bytes, empty where it could not be opened."""

    path: Path
    documents: list[dict[str, Any]]
    fault: str = ""
    digest: str = ""

    @property
    def found(self) -> bool:
        """Something is for a person to look at."""
        return bool(self.fault) or any(
            finding["severity"] in ("ask", "block") for one in self.documents for finding in one["findings"]
        )


def read_file(path: Path) -> Result:
    """Reads one file; what cannot be read is said, not raised."""
    try:
        if path.stat().st_size > MAX_BYTES:  # before it fills the memory
            return Result(path, [], str(too_large(path.name, path.stat().st_size)))
        return read_of(path, path.read_bytes())
    except OSError as error:
        return Result(path, [], f"{path.name}：打不开（{error.strerror}）；请核对路径和权限")


def read_of(path: Path, data: bytes) -> Result:
    """Reads the bytes of one file; what cannot be read is said, not raised."""
    digest = digest_of(data)
    try:
        return Result(path, read_bytes(data, path.name), digest=digest)
    except Unreadable as error:
        return Result(path, [], str(error), digest)
    except Exception as error:  # one file of thousands must not end the reading of the others
        why = f"读取时出错（{type(error).__name__}）；请把文件交给维护人员"
        return Result(path, [], f"{path.name}：{why}", digest)


def digest_of(data: bytes) -> str:
    """The SHA-256 of the bytes of a file."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(data: bytes, name: str) -> list[dict[str, Any]]:
    """The documents in the bytes of a file. Raises Unreadable."""
    documents: list[dict[str, Any]] = as_json(read(open_source(data, name)))["documents"]
    return documents


def files_in(paths: list[Path]) -> list[Path]:
    """The files named, and those of the folders named that may be documents, sorted by name."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            found += sorted(one for one in path.rglob("*") if one.is_file() and one.suffix.lower() in ENDINGS)
        else:
            found.append(path)
    return found


def read_all(paths: list[Path], workers: int = 0) -> Iterator[Result]:
    """Reads files side by side and gives the results in the order of the paths."""
    workers = workers or os.cpu_count() or 1
    if workers == 1 or len(paths) == 1:
        yield from map(read_file, paths)
        return
    with ProcessPoolExecutor(workers) as pool:
        under_way: deque[Future[Result]] = deque()
        for path in paths:
            under_way.append(pool.submit(read_file, path))
            if len(under_way) >= workers * AHEAD:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
