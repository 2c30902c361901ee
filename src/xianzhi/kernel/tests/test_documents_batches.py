"""Batches: every good row one document, every bad row a reason; and nothing twice after a kill."""

import io
import time
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock
from xianzhi.kernel.documents import batches, check
from xianzhi.kernel.models import Batch, BatchRow, OfficialDocument
from xianzhi.kernel.tests import letters
from xianzhi.kernel.tests import sample as s
from xianzhi.law.errors import LawError

ON = date(2025, 4, 16)
ROWS = [{"words": "第一份"}, {"words": ""}, {"words": "第三份"}]


@pytest.fixture
def people(db):
    with letters.registered(), clock.at(ON):
        yield s.settle()


def test_good_rows_become_documents_and_bad_ones_are_named(people, tmp_path):
    made = batches.batch(letters.LETTER.name, ROWS, by=people.clerk, title="一季度")
    assert batches.progress(made).left == 3
    done = batches.run(made)
    assert (done.made, done.bad, done.left, done.percent) == (2, 1, 0, 100) and made.finished_at
    assert made.rows.get(number=2).fault == "没有正文，请补充"
    assert [one.number for one in made.documents.order_by("serial")] == ["示函〔2025〕0001", "示函〔2025〕0002"]
    assert all(one.pdf_sha256 for one in made.documents.all())
    batches.run(made)  # once more does nothing
    assert OfficialDocument.objects.count() == 2 and not list(check.findings())
    batches.write_zip(made, tmp_path / "all.zip")
    archive = zipfile.ZipFile(tmp_path / "all.zip")
    assert "没有正文" in archive.read("目录.csv").decode() and len(archive.namelist()) == 3
    assert archive.read("示例函 示函〔2025〕0001.pdf").startswith(b"%PDF")


def test_who_may_not_issue_may_not_begin_and_nothing_is_written(people):
    for kind, rows, by, said in (
        (letters.LETTER.name, ROWS, people.cashier, "没有制发示例函的岗位"),
        (letters.ORDER.name, ROWS, people.clerk, "不能批量制发"),
        (letters.LETTER.name, [], people.clerk, "共 0 行"),
    ):
        with pytest.raises(LawError, match=said):
            batches.batch(kind, rows, by=by)
    assert not Batch.objects.exists()


def test_a_batch_that_lost_its_worker_is_asked_for_again_once(people, django_capture_on_commit_callbacks):
    made = batches.batch(letters.LETTER.name, ROWS, by=people.clerk)
    assert batches.resume_stalled() == 0
    with clock.at(clock.now() + batches.STALLED + timedelta(seconds=1)):
        assert batches.resume_stalled() == 1 and batches.resume_stalled() == 0
    assert Batch.objects.get(pk=made.pk).finished_at is None


def test_the_pages_take_a_file_show_progress_and_give_the_zip(people):
    client = Client()
    client.force_login(people.clerk)
    page = reverse("document-batches")
    assert "没有选择文件" in client.post(page, {"kind": letters.LETTER.name}).content.decode()
    csv = SimpleUploadedFile("rows.csv", 'words\n第一份\n""\n'.encode("gb18030"))
    client.post(page, {"kind": letters.LETTER.name, "title": "一季度", "rows": csv})
    made = Batch.objects.get()
    own = reverse("document-batch", args=[made.pk])
    assert "制发中" in client.get(own).content.decode()
    assert client.get(reverse("document-batch-zip", args=[made.pk])).status_code == 404
    batches.run(made)
    shown = client.get(own).content.decode()
    assert "制发完毕" in shown and "没有正文" in shown and "一季度" in client.get(page).content.decode()
    data = b"".join(client.get(reverse("document-batch-zip", args=[made.pk])).streaming_content)
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
    other = Client()
    other.force_login(people.cashier)
    assert other.get(own).status_code == 404


RUN = """
import sys
from xianzhi.kernel.documents import batches
from xianzhi.kernel.models import Batch
from xianzhi.kernel.tests import letters
with letters.registered():
    print(batches.run(Batch.objects.get(pk=int(sys.argv[1]))).made, flush=True)
"""


def test_a_worker_killed_in_the_middle_leaves_no_gap_and_no_double(scratch):
    with letters.registered():
        people = s.settle()
        made = batches.batch(letters.LETTER.name, [{"words": f"第{n}份"} for n in range(1, 81)], by=people.clerk)
        worker = scratch.python(RUN, str(made.pk))
        while worker.poll() is None and BatchRow.objects.exclude(document=None).count() < 5:
            time.sleep(0.02)
        worker.kill()  # SIGKILL
        worker.communicate()
        before = batches.progress(made)
        assert 5 <= before.made < 80, before
        again = scratch.python(RUN, str(made.pk))
        said, errors = again.communicate(timeout=120)
        assert again.returncode == 0 and said.strip() == "80", errors
        serials = list(made.documents.order_by("serial").values_list("serial", flat=True))
        assert serials == list(range(1, 81))
        assert made.documents.values("number").distinct().count() == 80
        assert not made.documents.filter(pdf_sha256="").exists() and not list(check.findings(files=True))
        assert Path(scratch.folder).exists() and Batch.objects.get(pk=made.pk).finished_at


def test_two_workers_on_one_batch_do_no_row_twice(scratch):
    with letters.registered():
        people = s.settle()
        made = batches.batch(letters.LETTER.name, [{"words": f"第{n}份"} for n in range(1, 41)], by=people.clerk)
        workers = [scratch.python(RUN, str(made.pk)) for _ in range(2)]
        ended = [worker.communicate(timeout=120) for worker in workers]
        assert [worker.returncode for worker in workers] == [0, 0], ended
        assert OfficialDocument.objects.count() == 40 and not list(check.findings())


def test_the_command_makes_a_batch_from_a_file_and_checks_all(people, tmp_path, capsys):
    sheet = tmp_path / "rows.csv"
    sheet.write_text("words\n第一份\n第二份\n", encoding="utf-8-sig")
    call = ("documents", "batch", letters.LETTER.name, str(sheet), "--by", people.clerk.username)
    call_command(*call, "--zip", str(tmp_path / "all.zip"))
    assert "制发 2 份" in capsys.readouterr().out and zipfile.ZipFile(tmp_path / "all.zip").testzip() is None
    call_command("documents", "check")
    assert "2 份文书全部相符" in capsys.readouterr().out
    letters.write(people.clerk)
    call_command("documents", "render")
    assert "排版 1 份" in capsys.readouterr().out
    sheet.write_text("words\n\n,\n第二份\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command(*call)
    assert "没有正文" in capsys.readouterr().out
    for wrong, said in ((["--by", "nobody-at-all"], "没有账号"), (["--by", people.cashier.username], "没有制发")):
        with pytest.raises(CommandError, match=said):
            call_command(*call[:-2], *wrong)
