"""How long my work, search and a case page take among 100,000 cases in PostgreSQL: `python bench/pages.py`.

The cases are sample permits of three years, nine of ten finished, in all townships. Pages are asked for through
Django's test client, with every middleware, one after another in one process; the times are those of the server's work.
"""

import argparse
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts"), str(HERE.parent / "src")]
from door import database, durable_cluster, save  # noqa: E402

TODAY = date(2025, 6, 11)
SUBJECTS = 5000
FINISHED = 0.9
SLOW_MS = 20
"""From which a single query is shown with its plan."""
WORDS = ("扩建", "新建", "改造", "临时", "景区", "养殖", "采石", "加油站", "幼儿园", "卫生院", "大棚", "冷库", "光伏")


@contextmanager
def filled(cases: int) -> Iterator[Any]:
    """A county with many cases, on a server of its own; gives its people."""
    with durable_cluster() as address:
        os.environ["XIANZHI_DATABASE"] = database(address, "pages")
        os.environ["XIANZHI_VAR"] = tempfile.mkdtemp(prefix="bench-")
        os.environ["DJANGO_SETTINGS_MODULE"] = "xianzhi.site.settings"
        import django  # noqa: PLC0415 - only once the settings know their database

        django.setup()
        from django.core.management import call_command  # noqa: PLC0415

        from xianzhi.kernel import clock  # noqa: PLC0415
        from xianzhi.kernel.tests import sample  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        call_command("assets", verbosity=0)
        with sample.registered(), clock.at(TODAY):
            people = sample.settle()
            began = time.perf_counter()
            _fill(cases, people)
            print(f"{cases:,} cases written in {time.perf_counter() - began:.0f} s", flush=True)
            yield people


def _fill(count: int, people: Any) -> None:
    from fill import WAY, fill  # noqa: PLC0415

    from xianzhi.kernel.county import county  # noqa: PLC0415
    from xianzhi.kernel.models import Subject  # noqa: PLC0415

    luck = random.Random(1)
    names = [f"绛县{luck.choice(WORDS)}{number}有限公司" for number in range(SUBJECTS)]
    made = [Subject(kind="organisation", name=name, code=f"P{number}") for number, name in enumerate(names)]
    subjects = [people.applicant.subject, *Subject.objects.bulk_create(made)]
    places = [code for code, place in county().divisions.items() if place.level == "village"]
    ends = ["issue" if luck.random() < FINISHED else luck.choice(WAY[:-1]) for _ in range(count)]
    days = [TODAY - timedelta(days=luck.randrange(1000 if end == "issue" else 60)) for end in ends]
    fill(
        count,
        subjects,
        upto=ends.__getitem__,
        on=days.__getitem__,
        due=lambda number: days[number] + timedelta(days=30),
        titles=lambda number: f"{luck.choice(WORDS)}{luck.choice(WORDS)}许可{number}",
        divisions=lambda _: luck.choice(places),
    )


def addresses(people: Any) -> dict[str, tuple[str, Callable[[int], str]]]:
    """By name of the page: who asks, and for which address the n-th time."""
    from xianzhi.kernel.models import Case  # noqa: PLC0415

    luck = random.Random(2)
    ids = list(Case.objects.order_by("?").values_list("pk", flat=True)[:200])
    in_town = list(Case.objects.visible_to(people.warden).order_by("?").values_list("pk", flat=True)[:200])
    return {
        "my work, county clerk": ("clerk", lambda n: "/work"),
        "my work, page 3": ("clerk", lambda n: "/work?page=3"),
        "my work, township": ("warden", lambda n: "/work"),
        "my work, applicant": ("applicant", lambda n: "/work"),
        "search, a frequent word": ("clerk", lambda n: f"/search?q={luck.choice(WORDS)}"),
        "search, two words": ("clerk", lambda n: f"/search?q={luck.choice(WORDS)}+{luck.choice(WORDS)}"),
        "search, a number": ("clerk", lambda n: f"/search?q={luck.randrange(100_000):06d}"),
        "search, one character": ("clerk", lambda n: "/search?q=光"),
        "search, nothing found": ("clerk", lambda n: "/search?q=鸵鸟"),
        "search, township": ("warden", lambda n: f"/search?q={luck.choice(WORDS)}"),
        "a case, county clerk": ("clerk", lambda n: f"/cases/{ids[n % len(ids)]}"),
        "a case, township": ("warden", lambda n: f"/cases/{in_town[n % len(in_town)]}"),
        "list of cases": ("clerk", lambda n: "/cases"),
        "list of cases, a township": ("clerk", lambda n: "/cases?place=140826103000&state=open"),
        "list of cases, township": ("warden", lambda n: "/cases"),
    }


def measure(people: Any, requests: int, only: str) -> dict[str, dict[str, float]]:
    """(median, p95, queries) of every page."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    settings.ALLOWED_HOSTS.append("testserver")
    found = {}
    for name, (who, address) in addresses(people).items():
        if only not in name:
            continue
        client = Client()
        client.force_login(people.accounts[who])
        queries = _queries(client, address(0))
        times = sorted(_timed(client, address(turn)) for turn in range(requests))
        p50, p95 = statistics.median(times), times[len(times) * 95 // 100]
        found[name] = {"p50_ms": p50, "p95_ms": p95, "queries": len(queries)}
        print(f"{name:28s} p50 {p50:6.1f}  p95 {p95:6.1f} ms  {len(queries)} queries", flush=True)
        for statement, milliseconds in queries:
            if milliseconds > SLOW_MS:
                _explain(statement, milliseconds)
    return found


def _timed(client: Any, address: str) -> float:
    began = time.perf_counter()
    answer = client.get(address)
    milliseconds = (time.perf_counter() - began) * 1000
    assert answer.status_code == 200, (address, answer.status_code)
    return milliseconds


def _queries(client: Any, address: str) -> list[tuple[str, float]]:
    """(statement, milliseconds) of one request, the second of its kind."""
    from django.db import connection  # noqa: PLC0415
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    client.get(address)
    with CaptureQueriesContext(connection) as captured:
        client.get(address)
    return [(one["sql"], float(one["time"]) * 1000) for one in captured.captured_queries]


def _explain(statement: str, milliseconds: float) -> None:
    from django.db import connection  # noqa: PLC0415

    print(f"    {milliseconds:.0f} ms: {statement}")
    if statement.startswith("SELECT"):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS) {statement}")
            for (line,) in cursor.fetchall():
                print(f"        {line}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--only", default="", help="pages whose name holds this")
    options = parser.parse_args()
    with filled(options.cases) as people:
        found = measure(people, options.requests, options.only)
    if not options.only:
        save("pages", {"cases": options.cases, "requests": options.requests, "pages": found})


if __name__ == "__main__":
    main()
