"""xianzhi serve: pages, worker and clock, started and stopped together."""

import socket
import sys
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, connections
from django.db.migrations.executor import MigrationExecutor

from xianzhi.kernel.stylesheet import SOURCE
from xianzhi.kernel.supervisor import Child, Supervisor

BAD_USE = 2
PORTS = range(1, 65536)
TICK_SECONDS = 30


def port_number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) not in PORTS:
        raise ArgumentTypeError(f"端口应为 1 到 65535 的整数，而不是 {text}")
    return int(text)


def count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise ArgumentTypeError(f"应为大于 0 的整数，而不是 {text}")
    return int(text)


class Command(BaseCommand):
    help = "启动网页、后台任务和时钟；Ctrl-C 一起停止"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--bind", default="127.0.0.1", metavar="ADDRESS", help="监听的地址，默认只限本机")
        parser.add_argument("--port", type=port_number, default=8000, metavar="N", help="端口，默认 8000")
        parser.add_argument("--workers", type=count, default=2, metavar="N", help="网页进程数，默认 2")

    def handle(self, *, bind: str, port: int, workers: int, **_: Any) -> None:
        _see_that_it_can_start(bind, port)
        self._note_missing_assets()
        us = [sys.executable, "-m", "xianzhi.site.commands"]
        web = [
            sys.executable, "-m", "gunicorn", "xianzhi.site.wsgi", "--bind", f"{_bracketed(bind)}:{port}",
            "--workers", str(workers), "--worker-class", "gthread", "--threads", "4", "--timeout", "60", "--preload",
            "--log-level", "warning",
        ]  # fmt: skip
        children = [
            Child("网页", web, vital=True),
            Child("后台任务", [*us, "work"]),
            Child("时钟", [*us, "tick", "--every", str(TICK_SECONDS)]),
        ]
        status = Supervisor(children, self._say, watch=self._saying_where(bind, port)).run()
        self._say("县治已停止")
        if status:
            sys.exit(status)

    def _note_missing_assets(self) -> None:
        if not (Path(settings.STATIC_ROOT) / SOURCE.name).exists():
            self.stderr.write("提示：样式还没有编译，网页会没有样式；请先运行 xianzhi assets")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    def _saying_where(self, bind: str, port: int) -> Callable[[], None]:
        """Says once, as soon as the pages answer, where to go."""
        host, said = "127.0.0.1" if bind == "0.0.0.0" else bind, False

        def watch() -> None:
            nonlocal said
            if said:
                return
            with suppress(OSError):
                socket.create_connection((host, port), timeout=0.2).close()
                self._say(f"县治正在运行：http://{_bracketed(host)}:{port}/  按 Ctrl-C 停止")
                said = True

        return watch


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _see_that_it_can_start(bind: str, port: int) -> None:
    """What would otherwise show as a stack trace of one of the processes."""
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the server will
        try:
            probe.bind((bind, port))
        except PermissionError:
            raise CommandError(f"没有权限使用端口 {port}，请换一个 1024 以上的端口", returncode=BAD_USE) from None
        except socket.gaierror:
            raise CommandError(f"本机没有地址 {bind}，请改正 --bind", returncode=BAD_USE) from None
        except OSError as error:
            what = f"端口 {port} 已被占用，或地址 {bind} 不可用（{error.strerror}）"
            what += "：请停止占用它的程序，或用 --port 换一个端口"
            raise CommandError(what, returncode=BAD_USE) from None
    try:
        executor = MigrationExecutor(connection)
        behind = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        raise CommandError(
            f"连不上数据库，请检查 XIANZHI_DATABASE 或 XIANZHI_VAR：{error}", returncode=BAD_USE
        ) from None
    finally:
        connections.close_all()  # the processes open their own
    if behind:
        raise CommandError("数据库还没有准备好，请先运行 xianzhi migrate", returncode=BAD_USE)
