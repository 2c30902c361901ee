"""`xianzhi gazette load` and `corrections`: what they store, what they say, and their exit status."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from xianzhi.apps.gazette.demo import CHECKS
from xianzhi.apps.gazette.models import Kind, Reading, SourceFile, Verdict
from xianzhi.apps.gazette.services import review
from xianzhi.apps.gazette.tests.official import official

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "检查通知.txt"
    path.write_text(CHECKS)
    return path


def test_a_file_is_taken_in_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    official("editor")
    call_command("gazette", "load", str(file), "--by", "editor")
    assert "采砂场检查" in capsys.readouterr().out and Reading.objects.count() == 1
    with pytest.raises(CommandError, match="不再收第二份") as said:
        call_command("gazette", "load", str(file), "--by", "editor")
    assert said.value.returncode == 1 and SourceFile.objects.count() == 1


@pytest.mark.parametrize(("by", "status", "said"), [("nobody", 2, "没有账号"), ("reviewer", 1, "公报编辑")])
def test_only_an_editor_takes_files_in(file: Path, by: str, status: int, said: str) -> None:
    official("reviewer")
    with pytest.raises(CommandError, match=said) as error:
        call_command("gazette", "load", str(file), "--by", by)
    assert error.value.returncode == status and not SourceFile.objects.exists()


def test_what_is_no_file_or_too_large_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: Path) -> None:
    official("editor")
    with pytest.raises(CommandError, match="打不开") as error:
        call_command("gazette", "load", str(tmp_path / "没有.txt"), "--by", "editor")
    assert error.value.returncode == 2
    large = tmp_path / "大.pdf"
    with large.open("wb") as sparse:
        sparse.truncate(200 * 1024 * 1024)
    with pytest.raises(CommandError, match="超过 64 MB"):
        call_command("gazette", "load", str(large), "--by", "editor")
    assert not SourceFile.objects.exists()


def test_corrections_come_as_lines_of_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    official("editor")
    call_command("gazette", "load", str(file), "--by", "editor")
    item = Reading.objects.get().items.filter(kind=Kind.TASK).exclude(doubt="").first()
    review.answer(item, Verdict.REJECT, by=official("reviewer"), reason="不是任务")
    capsys.readouterr()
    call_command("gazette", "corrections")
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line)["verdict"] == "reject"
