"""xianzhi work: does the tasks that pages put off."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker


class Command(BaseCommand):
    help = "后台任务：一直运行，直到停止"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="做完已有的任务就结束")

    def handle(self, *, once: bool, **_: Any) -> None:
        worker = Worker(
            queue_names=["*"], interval=1, batch=once, backend_name="default", startup_delay=not once, max_tasks=None,
            worker_id=get_random_string(32), excluded_queue_names=[],
        )  # fmt: skip
        worker.configure_signals()
        worker.run()
