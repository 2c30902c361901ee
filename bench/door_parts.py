"""What each part of a step costs: `python bench/door_parts.py [sqlite|postgresql]`.

Every part is timed without the parts inside it, over the same steps as bench/door.py. The timers themselves cost a few
microseconds a step.
"""

import functools
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts")]
import workload  # noqa: E402
from door import CASES, database, durable_cluster, save  # noqa: E402
from peers.xianzhi import Peer  # noqa: E402

MEASURED = 100
"""Cases led through their eight steps."""

spent: dict[str, list[float]] = defaultdict(list)
_inner = [0.0]


def timed(part: str, function: Any) -> Any:
    """The function, its time booked under a part, without that of the parts that it calls."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        _inner.append(0.0)
        began = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            whole = time.perf_counter() - began
            spent[part].append(whole - _inner.pop())
            _inner[-1] += whole

    return wrapper


def watch() -> None:
    """Puts a timer around every part of the door."""
    from django.db import connection  # noqa: PLC0415

    from xianzhi.kernel import door, limits, rows, scope  # noqa: PLC0415
    from xianzhi.kernel.ledger import chain  # noqa: PLC0415
    from xianzhi.kernel.tests import sample  # noqa: PLC0415

    parts = {
        "lock and read the case and its events": (door, "_lock"),
        "read the posts": (scope, "_read_posts"),
        "who may": (door, "_who"),
        "four eyes": (door, "_other_eyes"),
        "clean what was entered": (door, "_clean"),
        "rules": (door, "_guards"),
        "time limits": (limits, "earliest"),
        "body and hash": (chain, "link"),
        "write event and case": (rows, "write"),
        "commit": (connection, "_commit"),
        "switch the transaction on and off": (connection, "set_autocommit"),
        "write the event in Python": (door, "_write"),
    }
    for part, (holder, name) in parts.items():
        setattr(holder, name, timed(part, getattr(holder, name)))
    from xianzhi.kernel import registry  # noqa: PLC0415

    registry.gatherers[sample.PermitFacts] = timed("gather the facts", sample.gather)


def measure(address: str) -> dict[str, float]:
    """Microseconds of a step by part."""
    peer = Peer(address)
    peer.setup(CASES)
    peer.begin_work()
    for call in workload.calls(0, 10):
        peer.take(call)
    watch()
    take = timed("the rest", peer.take)
    todo = workload.calls(10, 10 + MEASURED)
    for call in todo:
        take(call)
    # The middle time of a part, as often as a step has it: what others do on the machine falls on few of them.
    micro = {part: statistics.median(each) * len(each) / len(todo) * 1e6 for part, each in spent.items()}
    return dict(sorted({**micro, "a whole step": sum(micro.values())}.items(), key=lambda pair: -pair[1]))


def main() -> None:
    system = sys.argv[1] if len(sys.argv) > 1 else "sqlite"
    with ExitStack() as stack:
        if system == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-"))
            found = measure(f"{folder}/xianzhi.sqlite3")
        else:
            found = measure(database(stack.enter_context(durable_cluster()), "parts"))
    save(f"door_parts_{system}", found)
    for part, micro in found.items():
        print(f"{part:40s} {micro:8.0f} µs")


if __name__ == "__main__":
    main()
