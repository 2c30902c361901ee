"""Materials: taken by their content, kept once, and never half."""

import io
import os
import random
import signal
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.door import Refused
from xianzhi.kernel.materials import Upload, _zipped, path_of, sweep
from xianzhi.kernel.models import Event, Material
from xianzhi.kernel.tests import sample as the_sample


def zipped(member: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(member, "content")
    return held.getvalue()


PDF = b"%PDF-1.7\n1 0 obj"
FORMATS = {
    "书.pdf": (PDF, "application/pdf"),
    "图.png": (b"\x89PNG\r\n\x1a\n....", "image/png"),
    "照片.jpg": (b"\xff\xd8\xff\xe0....", "image/jpeg"),
    "照片.JPEG": (b"\xff\xd8\xff\xe1....", "image/jpeg"),
    "文.ofd": (zipped("OFD.xml"), "application/ofd"),
    "文.docx": (zipped("word/document.xml"), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "表.xlsx": (zipped("xl/workbook.xml"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


def withdraw(people, case, name: str, content: bytes) -> Event:
    letter = Upload("letter", name, io.BytesIO(content))
    return door.take_step(case, "withdraw", by=people.applicant, data={"why": "不再需要"}, materials=[letter])


def files() -> list[Path]:
    root = Path(settings.MEDIA_ROOT)
    return [path for path in root.rglob("*") if path.is_file()] if root.exists() else []


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_is_known_by_its_content(people, name):
    content, media_type = FORMATS[name]
    event = withdraw(people, the_sample.draft(people), name, content)
    material = Material.objects.get()
    assert (material.name, material.media_type, material.size) == (name, media_type, len(content))
    assert event.materials == [{"kind": "letter", "name": name, "sm3": material.sm3}]
    assert [path_of(material.sha256)] == files()
    assert path_of(material.sha256).read_bytes() == content


@pytest.mark.parametrize(("name", "content", "said"), [
    ("书.docx", PDF, "与文件名不符"),
    ("书.pdf", b"\xff\xd8\xff\xe0", "与文件名不符"),
    ("书.pdf", b"MZ program", "不是可接收的格式"),
    ("书.pdf", b"<html><script>alert(1)</script>", "不是可接收的格式"),
    ("书.docx", b"PK\x03\x04 broken", "不是可接收的格式"),
    ("书.docx", zipped("other.xml"), "不是可接收的格式"),
    ("书.pdf", b"", "空文件"),
    ("书", PDF, "与文件名不符"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_with_its_reason(people, name, content, said):
    case = the_sample.draft(people)
    with pytest.raises(Refused) as refused:
        withdraw(people, case, name, content)
    assert any(said in reason.text and name in reason.text for reason in refused.value.reasons)
    assert files() == [] and not Material.objects.exists()
    case.refresh_from_db()
    assert case.state == "draft"


def test_an_archive_broken_anywhere_is_only_no_format(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "x")
    whole, file, chance = packed.getvalue(), tmp_path / "x.xlsx", random.Random(1)
    directory = whole.index(b"PK\x01\x02")
    for _ in range(500):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            broken[chance.randrange(directory, len(broken))] = chance.randrange(256)
        file.write_bytes(broken)
        _zipped(file)  # gives a format or none, and raises nothing


def test_a_file_that_is_too_big_is_refused(people, settings):
    settings.MATERIAL_MAX_BYTES = 1 << 20
    with pytest.raises(Refused, match="1 MB"):
        withdraw(people, the_sample.draft(people), "书.pdf", PDF + bytes(1 << 20))
    assert files() == []
    withdraw(people, the_sample.draft(people), "书.pdf", PDF + bytes((1 << 20) - len(PDF)))
    assert len(files()) == 1


def test_a_name_leads_nowhere_else(people):
    withdraw(people, the_sample.draft(people), "../../../etc/书.pdf", PDF)
    assert Material.objects.get().name == "书.pdf"
    assert files() == [path_of(Material.objects.get().sha256)]


def test_two_cases_share_one_file_and_one_refusal_takes_it_from_neither(people):
    cases = [the_sample.draft(people) for _ in range(3)]
    for case in cases[:2]:
        withdraw(people, case, "书.pdf", PDF)
    with pytest.raises(Refused):
        door.take_step(
            cases[2], "withdraw", by=people.applicant, materials=[Upload("letter", "书.pdf", io.BytesIO(PDF))]
        )
    assert len(files()) == 1
    assert set(Material.objects.values_list("case_id", flat=True)) == {case.pk for case in cases[:2]}


def test_a_refused_step_leaves_no_file(people):
    case = the_sample.draft(people)
    with pytest.raises(Refused):  # the reason is missing
        door.take_step(case, "withdraw", by=people.applicant, materials=[Upload("letter", "书.pdf", io.BytesIO(PDF))])
    assert files() == []


def test_a_failing_effect_leaves_no_file(people, sample, monkeypatch):
    def fail(event, attempt):
        raise RuntimeError("power cut")

    monkeypatch.setitem(registry.effects, sample.withdraw.origin, fail)
    case = the_sample.draft(people)
    with pytest.raises(RuntimeError), transaction.atomic():
        withdraw(people, case, "书.pdf", PDF)
    assert files() == [] and not Material.objects.exists()


# ---- what nobody refers to


def aged(path: Path, age: timedelta) -> Path:
    moment = (clock.now() - age).timestamp()
    os.utime(path, (moment, moment))
    return path


def orphan(name: str, age: timedelta) -> Path:
    path = Path(settings.MEDIA_ROOT) / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF- orphan")
    return aged(path, age)


def test_the_sweep_takes_what_is_an_hour_old_and_unused(people):
    withdraw(people, the_sample.draft(people), "书.pdf", PDF)
    used = aged(path_of(Material.objects.get().sha256), timedelta(days=400))
    old, young = orphan("ab" * 32, timedelta(minutes=61)), orphan("cd" * 32, timedelta(minutes=59))
    assert sweep() == 1
    assert used.exists() and young.exists() and not old.exists()


def test_the_sweep_of_nothing_is_nothing(db):
    assert sweep() == 0


HALF = """
import sys, time
from xianzhi.kernel.materials import Upload, received

class Slow:
    def __init__(self):
        self.given = 0
    def seek(self, place):
        pass
    def read(self, size):
        self.given += 1
        if self.given > 1:
            print("half", flush=True)
            time.sleep(600)
        return b"%PDF-1.7" + bytes(1 << 20)

with received([Upload("letter", "x.pdf", Slow())]):
    pass
"""


def test_a_killed_upload_leaves_a_partial_file_that_is_swept_after_an_hour(scratch):
    process = scratch.python(HALF)
    assert process.stdout.readline().strip() == "half", process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    process.stdout.close(), process.stderr.close()
    (left,) = files()
    assert left.name.startswith("incoming-") and left.parent == Path(settings.MEDIA_ROOT)
    assert sweep() == 0
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert sweep() == 1
    assert files() == []
