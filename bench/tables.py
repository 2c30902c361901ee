"""Excel and CSV: 100,000 rows of 12 columns in and out, each in a process of its own; seconds and memory.

    python bench/tables.py [ROWS]

Memory is what the process takes at its highest beyond what it had before it began (peak RSS). Coming in means: sent,
checked against a rule and a uniqueness with a file of bad rows (37 of them), then loaded, all through `batches`, into a
table of its own on SQLite. Going out means: read from that table and written as a file. Beside them stand the peers
that one would reach for: openpyxl (streaming) reading and writing the same file, where it is installed.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROWS = 100_000
BAD = 37
HERE = Path(__file__).resolve().parent
JOBS = ("in-xlsx", "in-csv", "out-xlsx", "out-csv", "peer-in-xlsx", "peer-out-xlsx")


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS
    with tempfile.TemporaryDirectory(prefix="xianzhi-bench-") as var:
        environment = {**os.environ, "XIANZHI_VAR": var, "DJANGO_SETTINGS_MODULE": "xianzhi.site.settings"}
        environment["PYTHONPATH"] = os.pathsep.join((str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")))
        environment.pop("XIANZHI_DATABASE", None)
        for job in ("prepare", *JOBS):
            command = [sys.executable, __file__, "--job", job, str(rows), var]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            if done.returncode:
                print(f"{job}: {done.stderr.strip().splitlines()[-1]}")
            elif job != "prepare":
                told = json.loads(done.stdout.splitlines()[-1])
                print(f"{job:14} {told['seconds']:7.1f} s {told['mib']:7.0f} MiB more   {told.get('said', '')}")


def a_row(number: int) -> list[Any]:
    bad = number % 2700 == 5 and number // 2700 < BAD
    return [
        f"地块{number:06d}", f"示例户{number % 997}", f"14082619800101{number % 10_000:04d}", "一亩" if bad else 2.35,
        1500 + number % 7, round(3525 + number * 0.01, 2), "小麦" if number % 2 else "玉米", "2025-03-12",
        "是" if number % 3 else "否", number % 40, f"横水镇示例村{number % 158}组", f"备注{number}，无",
    ]  # fmt: skip


HEADINGS = ["地块", "承包人", "身份证号", "面积", "标准", "金额", "作物", "勘查日期", "已付", "株数", "地点", "说明"]


def job(name: str, rows: int, var: Path) -> None:
    import django  # noqa: PLC0415

    django.setup()
    if name == "prepare":
        prepare(rows, var)
        return
    from xianzhi.kernel.county import county  # noqa: PLC0415 - what every process has read anyway

    county()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    said = {
        "in-xlsx": lambda: come_in(var / "rows.xlsx"), "in-csv": lambda: come_in(var / "rows.csv"),
        "out-xlsx": lambda: go_out(var / "out.xlsx"), "out-csv": lambda: go_out(var / "out.csv"),
        "peer-in-xlsx": lambda: peer_in(var / "rows.xlsx"), "peer-out-xlsx": lambda: peer_out(var / "peer.xlsx", rows),
    }[name]()  # fmt: skip
    seconds = time.perf_counter() - began
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(json.dumps({"seconds": seconds, "mib": more, "said": said}))


def prepare(rows: int, var: Path) -> None:
    """The database, an account, and the files: as Excel itself writes them, with its table of shared texts."""
    import csv  # noqa: PLC0415

    import xlsxwriter  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415

    from xianzhi.kernel.models import Account  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    Account.objects.create(username="bench", name="示例")
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE bench_row (batch, {', '.join(f'c{number}' for number in range(12))})")
    with xlsxwriter.Workbook(str(var / "rows.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, HEADINGS)
        for number in range(rows):
            page.write_row(number + 1, 0, a_row(number))
    with (var / "rows.csv").open("w", encoding="gb18030", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADINGS)
        out.writerows(a_row(number) for number in range(rows))


def come_in(path: Path) -> str:
    from xianzhi.kernel.models import Account  # noqa: PLC0415
    from xianzhi.kernel.tables import batches, declare  # noqa: PLC0415

    table = declare.table(_table())
    with path.open("rb") as file:
        batch = batches.receive(table, path.name, file, {}, by=Account.objects.get())
    began = time.perf_counter()
    batch = batches.check(batch.pk)
    checked = time.perf_counter() - began
    batches.ask_to_load(batch, good_only=True)
    batch = batches.load(batch.pk)
    if batch.state != "loaded" or batch.bad > BAD:
        raise SystemExit(f"{batch.state} {batch.good} {batch.bad} {batch.fault}")
    return f"check {checked:.1f} s, load {time.perf_counter() - began - checked:.1f} s, {batch.bad} bad rows"


def _table() -> Any:
    from xianzhi.kernel.tables.declare import Column, Load, Table  # noqa: PLC0415
    from xianzhi.law.fields import choice, day, money, number, text, whole, yes_no  # noqa: PLC0415

    fields = (
        text("plot", "地块"), text("holder", "承包人"), text("identity", "身份证号"), number("area", "面积", places=2),
        money("rate", "标准"), money("amount", "金额"), choice("crop", "作物", {"wheat": "小麦", "corn": "玉米"}),
        day("seen_on", "勘查日期"), yes_no("paid", "已付"), whole("trees", "株数"), text("place", "地点"),
        text("said", "说明"),
    )  # fmt: skip

    def write(load: Load) -> tuple[()]:
        from django.db import connection  # noqa: PLC0415

        lots = declare_lots([load.batch.pk, *map(_plain, row.values.values())] for row in load.rows)
        with connection.cursor() as cursor:
            for lot in lots:
                cursor.executemany(f"INSERT INTO bench_row VALUES ({', '.join(['%s'] * 13)})", lot)  # noqa: S608
        return ()

    def wide_enough(values: Any, load: Load) -> list[tuple[str, str]]:
        return [] if values["area"] else [("area", "面积应大于零")]

    return Table(
        "bench.rows", "量", tuple(Column(one) for one in fields), ("bench.bench",), write, check=wide_enough,
        unique=("plot",),
    )  # fmt: skip


def declare_lots(rows: Iterator[list[Any]]) -> Iterator[list[list[Any]]]:
    from xianzhi.kernel.tables.declare import lots  # noqa: PLC0415

    return lots(rows, 1000)


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int) else str(value)


def go_out(path: Path) -> str:
    from django.db import connection  # noqa: PLC0415

    from xianzhi.kernel.tables import export  # noqa: PLC0415
    from xianzhi.kernel.tables.declare import Listing, Out  # noqa: PLC0415

    def rows(account: Any, chosen: Any) -> Iterator[Any]:
        with connection.chunked_cursor() as cursor:
            first = "SELECT min(batch) FROM bench_row"
            cursor.execute(f"SELECT * FROM bench_row WHERE batch = ({first})")  # noqa: S608
            while some := cursor.fetchmany(2000):
                yield from some

    columns = tuple(Out(zh, lambda row, at=at: row[at + 1]) for at, zh in enumerate(HEADINGS))
    listing = Listing("bench.rows", "量", columns, rows, lambda account: True)
    made = export.make(listing, path.suffix[1:], path, account=None, chosen={}, reason="量一量有多快")
    return f"{made.count} rows, {path.stat().st_size / 1e6:.1f} MB"


def peer_in(path: Path) -> str:
    import openpyxl  # noqa: PLC0415 - a peer, installed by hand

    count = sum(1 for _row in openpyxl.load_workbook(path, read_only=True).active.iter_rows(values_only=True))
    return f"openpyxl, {count} rows, read only, nothing checked"


def peer_out(path: Path, rows: int) -> str:
    import openpyxl  # noqa: PLC0415 - a peer, installed by hand

    book = openpyxl.Workbook(write_only=True)
    page = book.create_sheet()
    page.append(HEADINGS)
    for number in range(rows):
        page.append(a_row(number))
    book.save(path)
    return "openpyxl, from memory, no database"


if __name__ == "__main__":
    if "--job" in sys.argv:
        at = sys.argv.index("--job")
        job(sys.argv[at + 1], int(sys.argv[at + 2]), Path(sys.argv[at + 3]))
    else:
        main()
