"""How many steps a second pass the door, beside plain SQL and beside the best peer: `python bench/door.py`.

Peers take turns in short rounds, so that a slow minute of the machine hits all alike; read the ratios, not the figures.
Writes results.json and RESULTS.md beside this file.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scripts")]
import postgres  # noqa: E402

PEERS = ("limit", "xianzhi", "orm")
CASES = 2000
"""That every table holds from the start."""
BLOCK = {"limit": 80, "xianzhi": 40, "orm": 30}
"""Cases that a peer leads through its steps in a round."""
WARM = 4
DURABLE = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
shared_buffers = 256MB
max_wal_size = 2GB
jit = off
max_connections = 60
"""


class Worker:
    """A worker process and what it was asked."""

    def __init__(self, peer: str, database: str, part: int, parts: int) -> None:
        command = [sys.executable, str(HERE / "worker.py"), peer, database, str(part), str(parts)]
        others = {name: value for name, value in os.environ.items() if not name.startswith("XIANZHI_")}
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=others)

    def ask(self, *command: Any) -> None:
        assert self.process.stdin
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def answer(self) -> Any:
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a worker ended early; its error stands above")
        return json.loads(line)

    def call(self, *command: Any) -> Any:
        self.ask(*command)
        return self.answer()

    def end(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(30)


class Team:
    """All workers of one peer on one database."""

    def __init__(self, peer: str, database: str, size: int) -> None:
        self.peer, self.at = peer, 0
        self.workers = [Worker(peer, database, part, size) for part in range(size)]
        self.workers[0].call("setup", CASES)
        for worker in self.workers[1:]:
            worker.call("begin")
        self.take(WARM * size)

    def take(self, cases: int) -> tuple[list[float], float]:
        """(milliseconds of each step, seconds for all of them) for the next cases."""
        low, self.at = self.at, self.at + cases
        began = time.perf_counter()
        for worker in self.workers:
            worker.ask("take", low, self.at)
        steps = [step for worker in self.workers for step in worker.answer()]
        return steps, time.perf_counter() - began

    def end(self) -> None:
        for worker in self.workers:
            worker.end()


def calm(seconds: float = 1) -> None:
    """Waits, though not for long, until others leave the machine alone."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        idle, total = _ticks()
        time.sleep(0.1)
        later_idle, later = _ticks()
        if later_idle - idle > 0.75 * (later - total):
            return


def _ticks() -> tuple[int, int]:
    """(idle, all) ticks of all processors since the machine began."""
    if not Path("/proc/stat").exists():
        return 1, 1
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def measure(label: str, place: Any, size: int, rounds: int) -> dict[str, Any]:
    """All peers in turn on one database system, `place(peer)` giving each a database of its own."""
    print(f"{label} …", flush=True)
    with ExitStack() as stack:
        teams = {}
        for peer in PEERS:
            teams[peer] = Team(peer, place(peer), size)
            stack.callback(teams[peer].end)
        rates: dict[str, list[float]] = {peer: [] for peer in PEERS}
        usual: dict[str, list[float]] = {peer: [] for peer in PEERS}
        steps: dict[str, list[float]] = {peer: [] for peer in PEERS}
        logged, logging = 0, 0.0
        for turn in range(rounds):
            for peer in PEERS[turn % len(PEERS) :] + PEERS[: turn % len(PEERS)]:
                calm()
                taken, seconds = teams[peer].take(BLOCK[peer])
                steps[peer] += taken
                rates[peer].append(len(taken) / (sum(taken) / 1000 if size == 1 else seconds))
                # A stall of the machine falls on a few steps: with one worker, ratios rest on the middle one.
                usual[peer].append(1000 / statistics.median(taken) if size == 1 else rates[peer][-1])
            count, seconds = teams["xianzhi"].workers[0].call("log")
            logged, logging = logged + count, logging + seconds
        for peer, team in teams.items():
            assert team.workers[0].call("written") == 8 * team.at, f"{peer} lost a record"
    return {
        "label": label,
        "rounds": rounds,
        "peers": {peer: _summary(peer, rates[peer], steps[peer], usual) for peer in PEERS},
        "log": {"events": logged, "per_second": logged / logging},
    }


def _summary(peer: str, rates: list[float], steps: list[float], usual: dict[str, list[float]]) -> dict[str, float]:
    ordered = sorted(steps)
    return {
        "per_second": statistics.median(rates),
        "p50_ms": ordered[len(ordered) // 2],
        "p95_ms": ordered[len(ordered) * 95 // 100],
        "of_limit": _ratio(usual[peer], usual["limit"]),
        "times_orm": _ratio(usual[peer], usual["orm"]),
    }


def _ratio(ones: list[float], others: list[float]) -> float:
    """The middle of the ratios, each of two measurements of the same round."""
    return statistics.median(one / other for one, other in zip(ones, others, strict=True))


@contextmanager
def durable_cluster() -> Iterator[str]:
    """A PostgreSQL server that keeps what it commits, unlike that of the tests."""
    postgres.SETTINGS = DURABLE
    with postgres.cluster() as address:
        yield address


def database(address: str, name: str) -> str:
    """A new, empty database on the server of an address."""
    import psycopg  # noqa: PLC0415

    with psycopg.connect(address, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}"')
    return f"{address.rpartition('/')[0]}/{name}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    rounds, only = (options := parser.parse_args()).rounds, options.only
    found = []
    if only != "postgresql":
        folder = Path(tempfile.mkdtemp(prefix="bench-"))
        (folder / "xianzhi").mkdir()
        found.append(measure("SQLite", lambda peer: str(folder / f"{peer}.sqlite3"), 1, rounds))
        shutil.rmtree(folder)
    if only != "sqlite":
        with durable_cluster() as address:
            for size in (1, 4):
                label = f"PostgreSQL, {size} worker" + "s" * (size > 1)
                found.append(measure(label, lambda peer, size=size: database(address, f"{peer}_{size}"), size, rounds))
    save("door", found)
    for one in found:
        print(_table(one))


def _table(found: dict[str, Any]) -> str:
    lines = [f"\n**{found['label']}** (median of {found['rounds']} rounds)\n"]
    lines += ["| peer | steps/s | p50 ms | p95 ms | of the limit | times the ORM |", "|---|---|---|---|---|---|"]
    for peer, row in found["peers"].items():
        lines.append(
            f"| {peer} | {row['per_second']:,.0f} | {row['p50_ms']:.2f} | {row['p95_ms']:.2f} "
            f"| {row['of_limit']:.2f} | {row['times_orm']:.2f} |"
        )
    return "\n".join([*lines, f"\nMerkle log, appended after each round: {found['log']['per_second']:,.0f} events/s."])


def save(name: str, found: Any) -> None:
    path = HERE / "results.json"
    known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    path.write_text(json.dumps({**known, name: found}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
