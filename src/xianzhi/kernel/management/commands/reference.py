"""xianzhi reference: writes docs/reference from what is declared."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel import reference


class Command(BaseCommand):
    """With --check, exit status 1 when a page is out of date."""

    help = "由登记内容生成参考手册（条款、参数、步骤、事件、权限、设置、命令）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER", help="如 docs/reference")
        parser.add_argument("--check", action="store_true", help="只比较，不改写")

    def handle(self, *, folder: Path, check: bool, **_: Any) -> None:
        if not folder.is_dir():
            raise CommandError(f"没有文件夹 {folder}，请先建立", returncode=2)
        changed = reference.differences(folder) if check else reference.write(folder)
        for name in changed:
            self.stdout.write(f"{'过期' if check else '已写'} {folder / name}")
        if check and changed:
            sys.exit(1)
