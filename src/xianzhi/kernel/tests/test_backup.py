"""A backup restored elsewhere is the same, or says what is not; a bad one leaves everything as it was."""

import json
import zipfile
from dataclasses import replace
from datetime import timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from tests.support.database import Scratch, scratch_database

from xianzhi.kernel import backup, clock, doctor, door
from xianzhi.kernel.backup import archive, rows
from xianzhi.kernel.ledger import log
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.materials import Upload, path_of
from xianzhi.kernel.models import Account, Case, Event, Material, PendingLeaf
from xianzhi.kernel.search import matching
from xianzhi.kernel.tests import sample as the_sample

IN_SAMPLE = """
import sys
from xianzhi.kernel.tests import sample
from xianzhi.site.commands import main
with sample.registered():
    main()
"""
PLAN = b"%PDF-1.7 " + b"plan" * 100


@pytest.fixture
def saved(scratch: Scratch, tmp_path: Path):
    """A backup of a small county: two cases, a material, one event that is not in the log yet."""
    with the_sample.registered():
        people = the_sample.settle()
        first, second = the_sample.draft(people), the_sample.draft(people)
        the_sample.advance(people, first, "issue")
        door.take_step(second, "submit", by=people.applicant, materials=[Upload("plan", "方案.pdf", BytesIO(PLAN))])
        file = tmp_path / "county.zip"
        manifest, found = backup.take(file)
        assert found == []
        connection.close()
        yield file, manifest


@pytest.fixture
def elsewhere(saved):
    """An empty installation on another machine."""
    with scratch_database() as made:
        yield made


def test_a_restored_copy_is_the_same(saved, elsewhere):
    file, manifest = saved
    restored, found = backup.restore(file)
    assert (restored, found) == (manifest, [])
    assert manifest.ledger_size == Event.objects.count() == log.size()
    assert [case.title for case in Case.objects.all()] == ["示例许可"] * 2
    assert path_of(Material.objects.get().sha256).read_bytes() == PLAN


def test_the_restored_copy_goes_on_working(saved, elsewhere):
    """New rows get new keys, the triggers stand again, the search finds, the log grows from where it was."""
    file, manifest = saved
    backup.restore(file)
    case = Case.objects.order_by("pk").last()
    event = door.take_step(case, "accept", by=Account.objects.get(username="sample-clerk"))
    assert event.pk > max(Event.objects.exclude(pk=event.pk).values_list("pk", flat=True))
    log.append_all()
    assert log.size() == manifest.ledger_size + 1
    assert verify() == []
    assert matching(Case.objects.all(), "示例许可").count() == 2
    with pytest.raises(DatabaseError, match="append-only"):
        Event.objects.filter(pk=event.pk).update(name="x")


def test_nobody_is_signed_in_in_the_copy(saved):
    """What passes within minutes is not saved; what proves who somebody is, is."""
    names = {model._meta.db_table for model in rows.tables()}
    assert set(connection.introspection.table_names()) >= rows.PASSING
    assert not names & rows.PASSING
    assert {"kernel_account", "kernel_secondfactor", "kernel_accessrecord"} <= names


def test_both_databases_write_the_same_lines(saved, elsewhere):
    """What the digests rest on: nothing in a line depends on the database."""
    file, _ = saved
    with zipfile.ZipFile(file) as found:
        event = json.loads(found.read("tables/kernel_event.jsonl").splitlines()[0])
    names = [field.attname for field in rows.columns(Event)]
    told = dict(zip(names, event, strict=True))
    assert told["at"].endswith("+00:00")
    assert len(told["on"]) == len("2024-03-13")
    assert isinstance(told["data"], dict)


def test_from_the_other_database(scratch, tmp_path):
    """A backup made on SQLite is restored on the database of this run; both ends by command."""
    with the_sample.registered():
        people = the_sample.settle()
        the_sample.advance(people, the_sample.draft(people), "issue")
    connection.close()
    first, file, back = tmp_path / "first.zip", tmp_path / "sqlite.zip", tmp_path / "back.zip"
    here = scratch.environment
    sqlite = {key: value for key, value in here.items() if key != "XIANZHI_DATABASE"}
    sqlite["XIANZHI_VAR"] = str(tmp_path / "var")
    run = partial(_run, scratch)
    run(here, "backup", str(first))
    run(sqlite, "restore", str(first))
    run(sqlite, "backup", str(file))
    with scratch_database() as again:
        out = run(again.environment, "restore", str(file))
        assert "已恢复并核对无误" in out
        run(again.environment, "backup", str(back))
    whole = [json.loads(zipfile.ZipFile(one).read(archive.MANIFEST)) for one in (first, file, back)]
    assert whole[0]["tables"] == whole[1]["tables"] == whole[2]["tables"]
    assert whole[0]["ledger_root"] == whole[2]["ledger_root"]


def _run(scratch: Scratch, environment: dict[str, str], *words: str) -> str:
    process = replace(scratch, environment=environment).python(IN_SAMPLE, *words)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    return out


def test_a_place_that_holds_something_is_left_alone(saved, elsewhere):
    file, _ = saved
    the_sample.settle()
    with pytest.raises(backup.BadBackup, match="本机已有数据"):
        backup.restore(file)
    assert Event.objects.count() == 0


def rewritten(file: Path, name: str, content: bytes | None) -> Path:
    """A copy of a backup in which one member says something else, or is missing."""
    other = file.with_name("other.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w") as target:
        for member in source.namelist():
            if member != name:
                target.writestr(member, source.read(member))
            elif content is not None:
                target.writestr(member, content)
    return other


def test_a_changed_table_is_refused_whole(saved, elsewhere):
    file, _ = saved
    text = zipfile.ZipFile(file).read("tables/kernel_case.jsonl")
    with pytest.raises(backup.BadBackup, match="表 kernel_case 与清单不符"):
        backup.restore(
            rewritten(file, "tables/kernel_case.jsonl", text.replace("示例许可".encode(), "示例许诺".encode()))
        )
    assert not Account.objects.exists()
    assert backup.restore(file)[1] == []  # the right one still fits
    with pytest.raises(DatabaseError, match="append-only"):
        Event.objects.update(name="x")


def test_a_changed_material_is_refused(saved, elsewhere):
    file, _ = saved
    name = next(one for one in zipfile.ZipFile(file).namelist() if one.startswith("materials/"))
    with pytest.raises(backup.BadBackup, match=r"材料 .* 已损坏"):
        backup.restore(rewritten(file, name, b"%PDF-1.7 other"))
    with pytest.raises(backup.BadBackup, match="清单列有 1 份材料"):
        backup.check(rewritten(file, name, None))
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "不是县治的备份"), (b"PK\x05\x06" + bytes(18), "清单已损坏"), (b"not a zip at all", "不是县治的备份")],
)
def test_what_is_no_backup(scratch, tmp_path, content, said):
    file = tmp_path / "x.zip"
    file.write_bytes(content)
    with pytest.raises(backup.BadBackup, match=said):
        backup.restore(file)


def test_half_a_backup(saved, elsewhere):
    file, _ = saved
    half = file.with_name("half.zip")
    half.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    with pytest.raises(backup.BadBackup, match="没有写完"):
        backup.restore(half)


def test_another_county_or_version(saved, elsewhere):
    file, manifest = saved
    said = {**manifest.as_data(), "county": "999999000000"}
    with pytest.raises(backup.BadBackup, match="区划 999999000000"):
        backup.restore(rewritten(file, archive.MANIFEST, json.dumps(said).encode()))
    said = {**manifest.as_data(), "migrations": manifest.migrations[:-1]}
    with pytest.raises(backup.BadBackup, match="表结构与本版本不同"):
        backup.restore(rewritten(file, archive.MANIFEST, json.dumps(said).encode()))
    said = {**manifest.as_data(), "form": "xianzhi-backup-9"}
    with pytest.raises(backup.BadBackup, match="xianzhi-backup-9"):
        backup.restore(rewritten(file, archive.MANIFEST, json.dumps(said).encode()))


def test_the_digest_kept_elsewhere_finds_a_forged_manifest(saved, elsewhere):
    """Whoever changes a table and the manifest with it is found by the digest alone."""
    file, manifest = saved
    forged = rewritten(file, archive.MANIFEST, json.dumps({**manifest.as_data(), "at": "2030-01-01"}).encode())
    with pytest.raises(CommandError, match="与另行保存的不同"):
        call_command("restore", forged, digest=manifest.digest)
    assert not Account.objects.exists()


def test_a_copy_that_was_changed_after_the_restore_is_found(saved, elsewhere):
    file, manifest = saved
    backup.restore(file)
    Case.objects.filter(pk=Case.objects.first().pk).update(title="另一个")
    found = [str(finding) for finding in backup.prove(manifest)]
    assert any("表 kernel_case" in one and "内容不同" in one for one in found)
    path_of(Material.objects.get().sha256).unlink()
    assert any("方案.pdf" in str(finding) for finding in backup.prove(manifest))


def test_a_backup_names_what_is_missing_or_spoiled(scratch, tmp_path):
    with the_sample.registered():
        people = the_sample.settle()
        case = the_sample.draft(people)
        door.take_step(case, "submit", by=people.applicant, materials=[Upload("plan", "方案.pdf", BytesIO(PLAN))])
        digest = Material.objects.get().sha256
        path_of(digest).write_bytes(b"changed")
        _, found = backup.take(tmp_path / "a.zip")
        assert [(one.what, one.where) for one in found] == [("材料文件的内容与摘要不符，没有备份", digest)]
        path_of(digest).unlink()
        _, found = backup.take(tmp_path / "b.zip")
        assert ["方案.pdf" in one.where for one in found] == [True]


def test_the_commands(scratch, tmp_path):
    file = tmp_path / "b.zip"
    made = scratch.run("backup", str(file), "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["digest"] == json.loads((scratch.folder / archive.LAST).read_text())["digest"]
    assert file.stat().st_mode & 0o777 == 0o600
    again = scratch.run("backup", str(file))
    assert (again.returncode, "已存在" in again.stderr) == (2, True)
    nowhere = scratch.run("backup", str(tmp_path / "no" / "b.zip"))
    assert (nowhere.returncode, "请先建立" in nowhere.stderr) == (2, True)
    assert "备份文件完好" in scratch.run("restore", str(file), "--check").stdout
    missing = scratch.run("restore", str(tmp_path / "none.zip"))
    assert (missing.returncode, "Traceback" in missing.stderr) == (2, False)


def test_a_full_disk_leaves_no_half_file(scratch, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xianzhi.kernel.backup.taking._table", full)
    with pytest.raises(CommandError, match="写不了"):
        call_command("backup", tmp_path / "b.zip")
    assert list(tmp_path.iterdir()) == []


def test_everything_is_in_the_log_before_it_is_saved(scratch, tmp_path):
    with the_sample.registered():
        the_sample.draft(the_sample.settle())
        manifest, _ = backup.take(tmp_path / "b.zip")
        assert (manifest.ledger_size, PendingLeaf.objects.count()) == (1, 0)


def test_doctor_asks_for_a_backup_that_is_too_old(scratch, tmp_path, settings):
    settings.VAR, settings.SAMPLE = scratch.folder, False
    assert "xianzhi backup" in doctor._backup().remedy
    backup.take(tmp_path / "b.zip")
    assert doctor._backup().well
    with clock.at(clock.now() + timedelta(days=3)):
        assert not doctor._backup().well
