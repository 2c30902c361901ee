"""xianzhi restore: puts a backup into an empty installation, and proves that it is the same."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from xianzhi.kernel.backup import BadBackup, as_json, check, restore
from xianzhi.kernel.management.progress import Telling

BAD_USE = 2


class Command(BaseCommand):
    """Exit status 1 when the restored copy is not what was saved, 2 when the file or the place does not fit."""

    help = "把备份恢复到空的数据库，并逐行核对、核验账本"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--check", action="store_true", help="只检查备份文件，不恢复")
        parser.add_argument("--digest", default="", metavar="SM3", help="另行保存的清单摘要；不同就不恢复")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, file: Path, check: bool, digest: str, json: bool, **_: Any) -> None:
        telling = Telling(self.stderr, quiet=json)
        try:
            manifest, found = self._done(file, telling, only_check=check, digest=digest)
        except BadBackup as error:
            raise CommandError(str(error), returncode=BAD_USE) from None
        except (OSError, DatabaseError) as error:
            raise CommandError(f"没有恢复，数据库保持原样：{error}".strip(), returncode=BAD_USE) from None
        if json:
            self.stdout.write(as_json(manifest, found))
        else:
            self._say(manifest, found, "备份文件完好" if check else "已恢复并核对无误")
        if found:
            sys.exit(1)

    def _done(self, file: Path, telling: Telling, *, only_check: bool, digest: str) -> Any:
        if only_check or digest:
            manifest = check(file, telling)
            if digest and manifest.digest != digest:
                raise BadBackup(f"清单摘要是 {manifest.digest}，与另行保存的不同：备份被改动过，或不是同一份")
            if only_check:
                return manifest, []
        Path(settings.VAR).mkdir(mode=0o700, parents=True, exist_ok=True)
        call_command("migrate", verbosity=0)
        return restore(file, telling)

    def _say(self, manifest: Any, found: list[Any], well: str) -> None:
        for finding in found:
            self.stdout.write(str(finding))
        counts = (
            f"{manifest.at} 的备份，{manifest.rows} 行，{manifest.materials} 份材料，账本 {manifest.ledger_size} 项"
        )
        self.stdout.write(f"共 {len(found)} 处不符：{counts}" if found else f"{well}：{counts}")
        self.stdout.write(f"账本根 {manifest.ledger_root}")
