"""One worker of one peer, in a process of its own: `python worker.py PEER DATABASE PART PARTS`.

Takes commands from standard input, one line of JSON each, and answers each with one line of JSON.
"""

import gc
import importlib
import json
import sys
import time

import workload


def main() -> None:
    name, database, part, parts = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    peer = importlib.import_module(f"peers.{name}").Peer(database)
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        print(json.dumps(_answer(peer, command, arguments, part, parts)), flush=True)


def _answer(peer, command: str, arguments: list[int], part: int, parts: int) -> object:
    if command == "setup":
        peer.setup(*arguments)
        peer.begin_work()
        return "ok"
    if command == "begin":
        peer.begin_work()
        return "ok"
    if command == "take":
        todo = workload.calls(*arguments, part, parts)
        gc.collect()
        return [round(_timed(peer, call), 4) for call in todo]
    if command == "log":
        began = time.perf_counter()
        return [peer.log(), time.perf_counter() - began]
    return peer.written()


def _timed(peer, call: workload.Call) -> float:
    """Milliseconds for one step."""
    began = time.perf_counter()
    peer.take(call)
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
