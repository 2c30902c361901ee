"""Secret files: made once whoever comes first, whole, and read by their owner only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from xianzhi.kernel import secret_file


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "folder" / "a.key"
    secret_file.make_once(file, "密钥")
    assert (mode(file), mode(file.parent), file.read_text("utf-8")) == (0o600, 0o700, "密钥")
    secret_file.replace(file, "另一个")
    assert (mode(file), file.read_text("utf-8"), list(file.parent.iterdir())) == (0o600, "另一个", [file])


def test_of_several_at_once_one_wins_and_leaves_nothing_beside(tmp_path: Path) -> None:
    file, together = tmp_path / "a.key", Barrier(8)

    def make(text: str) -> str:
        together.wait()
        secret_file.make_once(file, text)
        return file.read_text()

    with ThreadPoolExecutor(8) as pool:
        seen = set(pool.map(make, "abcdefgh"))
    assert seen == {file.read_text()} and list(tmp_path.iterdir()) == [file]


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    file.write_text("old")
    secret_file.make_once(file, "new")
    assert (file.read_text(), list(tmp_path.iterdir())) == ("old", [file])


def test_what_cannot_be_written_leaves_nothing_beside(tmp_path: Path) -> None:
    file = tmp_path / "a.key"
    file.mkdir()
    with pytest.raises(OSError, match="directory"):
        secret_file.replace(file, "new")
    assert list(tmp_path.iterdir()) == [file]
