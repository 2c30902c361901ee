"""xianzhi tick: the work of the clock, once or again and again."""

import logging
import signal
import threading
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from xianzhi.kernel.tick import Looked, tick


def seconds(text: str) -> float:
    try:
        found = float(text)
    except ValueError:
        found = 0
    if not found > 0:
        raise ArgumentTypeError(f"间隔应为大于 0 的秒数，而不是 {text}")
    return found


class Command(BaseCommand):
    help = "定时工作：入账、提醒、自动办理、到期日、清理；可由多个进程同时运行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=seconds, metavar="SECONDS", help="每隔若干秒一次，直到停止；只报有事的")

    def handle(self, *, every: float | None, **_: Any) -> None:
        if every is None:
            self.stdout.write(str(tick()))
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())  # what has begun is finished first
        looked: Looked = {}
        while not stop.is_set():
            close_old_connections()
            try:
                done = tick(looked=looked)
            except Exception:  # a database that is restarting must not end the clock
                logging.getLogger(__name__).exception("定时工作出错，稍后再试")
            else:
                if done:
                    self.stdout.write(str(done))
            stop.wait(every)
