"""Rotation of keys: nothing is lost, whenever it is killed; the commands and the doctor say what there is."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from xianzhi.kernel.models import CaseKey, Subject
from xianzhi.kernel.personal import health, keys, rotation, values
from xianzhi.kernel.personal.sealed import opened
from xianzhi.kernel.personal.tokens import seal
from xianzhi.kernel.tests.sample import People, draft
from xianzhi.law.identifiers import make_identity_number

pytestmark = pytest.mark.django_db
MANY = 25


@pytest.fixture(autouse=True)
def key_file(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.KEYS = tmp_path / "keys" / "personal.json"
    monkeypatch.setattr(rotation, "BATCH", 4)
    values.forget()
    return settings.KEYS


def code_of(number: int) -> str:
    return make_identity_number(f"14082619900307{number:03d}")


@pytest.fixture
def crowd() -> list[Subject]:
    return [
        Subject.objects.create(kind=Subject.PERSON, name=f"示例{n}", code=code_of(n), phone=f"138000{n:05d}")
        for n in range(MANY)
    ]


def all_there() -> None:
    for n in range(MANY):
        found = Subject.objects.get(code=code_of(n))
        assert opened(found.code) == code_of(n) and opened(found.phone) == f"138000{n:05d}"


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out, stderr=StringIO())
    return out.getvalue()


@pytest.mark.parametrize("index", [False, True])
def test_everything_is_sealed_anew_and_found(crowd: list[Subject], index: bool) -> None:
    old = keys.ring()
    run("keys", "rotate", *(["--index"] if index else []))
    now = keys.ring()
    used = rotation.uses()
    assert (now.current_index != old.current_index) if index else (now.current != old.current)
    assert used[now.current] == 2 * MANY and used[now.current_index] == 2 * MANY
    assert set(used) == {now.current, now.current_index} and rotation.left() == 0
    all_there()


@pytest.mark.parametrize("index", [False, True])
def test_a_killed_rotation_goes_on_where_it_stood(crowd: list[Subject], monkeypatch: Any, index: bool) -> None:
    old = keys.ring()

    def killed(done: int, total: int) -> None:
        if done >= MANY // 2:
            raise KeyboardInterrupt

    keys.add_index() if index else keys.add_seal()
    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(killed)
    assert 0 < rotation.left() < MANY
    all_there()  # half with the old key, half with the new
    assert [word for what, word, remedy in health.findings() if remedy] == [f"还有 {rotation.left()} 行用旧密钥"]
    before = keys.ring()
    assert "接着办理" in run("keys", "rotate")
    assert keys.ring() == before != old
    assert rotation.left() == 0
    all_there()
    run("keys", "drop", old.current_index if index else old.current)
    all_there()


def test_a_batch_that_breaks_leaves_its_rows_whole(crowd: list[Subject], monkeypatch: Any) -> None:
    keys.add_seal()
    sealed, count = seal, iter(range(1000))

    def breaks(*args: Any) -> str:
        if next(count) == 5:
            raise OSError("no space")
        return sealed(*args)

    monkeypatch.setattr(rotation, "seal", breaks)
    with pytest.raises(OSError, match="no space"):
        rotation.rotate()
    assert rotation.left() == MANY
    all_there()


def test_the_keys_of_cases_are_sealed_anew(people: People) -> None:
    case = draft(people)
    key = values._key_for(case)
    keys.add_seal()
    rotation.rotate()
    values.forget()
    assert CaseKey.objects.get().sealed.startswith(f"xz1.{keys.ring().current}.")
    assert values._key_for(case).secret == key.secret


def test_a_row_that_does_not_open_stays_and_is_named(crowd: list[Subject]) -> None:
    from django.db import connection  # noqa: PLC0415 - beside its only use

    with connection.cursor() as cursor:
        cursor.execute("UPDATE kernel_subject SET phone = code WHERE id = %s", [crowd[3].pk])
    keys.add_seal()
    done = rotation.rotate()
    assert done.rows == MANY - 1 and len(done.faults) == 1 and "校验不符" in done.faults[0]
    assert opened(Subject.objects.get(pk=crowd[3].pk).code) == code_of(3)
    with pytest.raises(SystemExit):
        run("keys", "rotate")


def test_a_key_in_use_is_not_dropped(crowd: list[Subject]) -> None:
    old = keys.ring().current
    keys.add_seal()
    for name, word in ((old, "还有 50 项在用"), (keys.ring().current, "正在使用"), ("nonsense", "没有密钥")):
        with pytest.raises(CommandError, match=word):
            run("keys", "drop", name)


def test_the_list_shows_no_secret(crowd: list[Subject]) -> None:
    text = run("keys", "list") + run("keys", "list", "--json")
    assert keys.ring().current in text and keys.ring().seal.secret.hex() not in text
    assert keys.ring().index.secret.hex() not in text
    assert json.loads(run("keys", "list", "--json"))[0]["uses"] == 2 * MANY


def test_the_doctor_finds_what_is_wrong_with_the_keys(crowd: list[Subject], key_file: Path) -> None:
    assert [remedy for _, _, remedy in health.findings()] == ["", ""]
    key_file.chmod(0o644)
    assert f"chmod 600 {key_file}" in next(health.findings())[2]
    key_file.chmod(0o600)
    text = key_file.read_text()
    key_file.write_text(text.replace(keys.ring().current, "0" * 8))
    assert any("50 项" in found and remedy for _, found, remedy in health.findings())
    key_file.write_text("{")
    assert list(health.findings())[-1][2]
    key_file.unlink()
    assert next(health.findings())[2] == "请从备份中恢复该文件，不要另建"
    assert not key_file.exists()


def test_the_doctor_makes_no_keys(key_file: Path) -> None:
    assert [remedy for _, _, remedy in health.findings()] == [""]
    assert not key_file.exists()


def test_a_lost_key_file_is_a_clear_error_of_the_command(crowd: list[Subject], key_file: Path) -> None:
    key_file.unlink()
    with pytest.raises(CommandError, match="不要另建"):
        run("keys", "list")
