"""A cluster of Apache Spark on this machine: one master and two workers, each a process of its own."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from xianzhi.apps.gazette.reader.spark import java_home

PATIENCE = 120
"""Seconds for all three to find one another on a busy machine."""


@contextlib.contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[str]:
    """The URL of its master. Ends all its processes."""
    import pyspark  # noqa: PLC0415 - an extra

    env = {**os.environ, "JAVA_HOME": str(java_home(folder)), "SPARK_LOCAL_IP": "127.0.0.1"}
    env |= {"PYSPARK_PYTHON": sys.executable, "SPARK_WORKER_DIR": str(folder / "work")}
    start = [str(Path(pyspark.__file__).parent / "bin" / "spark-class")]
    log = folder / "cluster.log"
    running: list[subprocess.Popen[bytes]] = []

    def begin(*arguments: str) -> None:
        with log.open("ab") as said:
            running.append(subprocess.Popen([*start, *arguments], env=env, stdout=said, stderr=said))

    def said(words: str, times: int = 1) -> str:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            lines = [line for line in log.read_text(errors="replace").splitlines() if words in line]
            if len(lines) >= times:
                return lines[-1]
            assert all(process.poll() is None for process in running), log.read_text(errors="replace")
            time.sleep(0.2)
        raise AssertionError(log.read_text(errors="replace"))

    try:
        here = ("--host", "127.0.0.1", "--port", "0", "--webui-port", "0")
        begin("org.apache.spark.deploy.master.Master", *here)
        master = said("Starting Spark master at").split()[-1]
        for _ in range(workers):
            begin("org.apache.spark.deploy.worker.Worker", *here, "--cores", "1", "--memory", "1g", master)
        said("Registering worker", workers)
        yield master
    finally:
        for process in reversed(running):
            process.terminate()
        for process in running:
            process.wait(timeout=60)
