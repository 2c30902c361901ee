"""Files that only their owner reads (mode 0600): whole on the disk or not there at all. Plain Python, for the settings
too."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


def make_once(file: Path, text: str) -> None:
    """Makes a file that is not there yet, and its folder; of several processes that do it together, one wins and the
    others leave its text as it is. Raises OSError."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _written(file, text) as written, suppress(FileExistsError):
        os.link(written, file)


def replace(file: Path, text: str) -> None:
    """Puts a text in the place of what a file holds. Raises OSError."""
    with _written(file, text) as written:
        os.replace(written, file)


@contextmanager
def _written(file: Path, text: str) -> Iterator[Path]:
    """A whole file beside the one that is meant, on the disk; gone afterwards, whatever happens."""
    handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)  # mkstemp gives the mode
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as target:
            target.write(text)
            target.flush()
            os.fsync(target.fileno())
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)
