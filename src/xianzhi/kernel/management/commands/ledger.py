"""xianzhi ledger: verify the ledger, export it for outsiders, prove one event."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.ledger import log
from xianzhi.kernel.ledger.export import VERIFIER, export, proof
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import Case, Event

BAD_USE = 2


class Command(BaseCommand):
    help = "核验、导出账本，证明一条办理记录在账本中"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify | export | prove")
        verifying = verbs.add_parser("verify", help="核验全部办件、办理记录、材料和账本")
        verifying.add_argument("--files", action="store_true", help="重新计算每份材料文件的摘要")
        verifying.add_argument("--json", action="store_true", help="以 JSON 输出")
        exporting = verbs.add_parser("export", help="导出账本，旁边附核验程序")
        exporting.add_argument("file", type=Path, metavar="FILE")
        exporting.add_argument("--case", metavar="NUMBER", help="只导出一个办件")
        proving = verbs.add_parser("prove", help="以 JSON 给出一条办理记录在账本中的证明")
        proving.add_argument("number", metavar="NUMBER", help="办件编号")
        proving.add_argument("seq", type=int, metavar="SEQ", help="第几条")

    def handle(self, *, verb: str, **options: Any) -> None:
        if verb == "verify":
            self._verify(**options)
        elif verb == "export":
            self._export(**options)
        else:
            self._prove(**options)

    def _verify(self, *, files: bool, json: bool, **_: Any) -> None:
        found = verify(None if json else self._progress, files=files)
        if json:
            self._write({"events": Event.objects.count(), "findings": [asdict(finding) for finding in found]})
        else:
            for finding in found:
                self.stdout.write(str(finding))
            self.stdout.write(f"共 {len(found)} 处不符" if found else f"核验通过，{_standing()}")
        if found:
            sys.exit(1)

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"已核验 {done}/{total} 条办理记录")

    def _export(self, *, file: Path, case: str | None, **_: Any) -> None:
        if not file.parent.is_dir():
            raise CommandError(f"没有文件夹 {file.parent}，请先建立", returncode=BAD_USE)
        if file.name == VERIFIER.name or file.is_dir():
            raise CommandError(f"{file} 是文件夹或核验程序的名字，请换一个文件名", returncode=BAD_USE)
        try:
            header = export(file, _case(case) if case else None)
        except OSError as error:
            raise CommandError(f"写不了 {file}：{error.strerror}", returncode=BAD_USE) from None
        self.stdout.write(f"已导出到 {file}，{_standing()}")
        self.stdout.write(f"核验：python {file.with_name(VERIFIER.name)} {file}")
        self.stdout.write(f"请另行保存检查点：{header['size']}:{header['root']}")

    def _prove(self, *, number: str, seq: int, **_: Any) -> None:
        log.append_all()
        try:
            self._write(proof(_case(number), seq))
        except LookupError as error:
            raise CommandError(str(error), returncode=BAD_USE) from None

    def _write(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))


def _case(number: str) -> Case:
    try:
        return Case.objects.get(number=number)
    except Case.DoesNotExist:
        raise CommandError(f"没有编号为 {number} 的办件，请核对编号", returncode=BAD_USE) from None


def _standing() -> str:
    return f"账本 {log.size()} 项，账本根 {log.root()}"
