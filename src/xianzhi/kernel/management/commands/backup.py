"""xianzhi backup: everything that the installation holds, in one file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.backup import as_json, take
from xianzhi.kernel.management.progress import Telling

BAD_USE = 2


class Command(BaseCommand):
    """Exit status 1 when a material is missing or spoiled; the backup is made all the same."""

    help = "把全部数据和材料备份成一个文件；办理不用停"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, file: Path, json: bool, **_: Any) -> None:
        if not file.parent.is_dir():
            raise CommandError(f"没有文件夹 {file.parent}，请先建立", returncode=BAD_USE)
        if file.exists():
            raise CommandError(f"{file} 已存在，请换一个文件名，旧备份不覆盖", returncode=BAD_USE)
        try:
            manifest, found = take(file, Telling(self.stderr, quiet=json))
        except OSError as error:
            raise CommandError(f"写不了 {file}：{error.strerror}", returncode=BAD_USE) from None
        if json:
            self.stdout.write(as_json(manifest, found))
        else:
            for finding in found:
                self.stdout.write(str(finding))
            self.stdout.write(f"已备份到 {file}：{manifest.rows} 行，{manifest.materials} 份材料")
            self.stdout.write(f"请另行保存清单摘要：{manifest.digest}")
            self.stdout.write("个人信息的密钥不在备份中，请另行保存（xianzhi keys）")
        if found:
            sys.exit(1)
