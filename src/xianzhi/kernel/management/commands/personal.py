"""xianzhi personal: what is held on a person, as a list or a file, and its erasure."""

import json
import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.models import Look, Subject
from xianzhi.kernel.personal import rights
from xianzhi.kernel.personal.holdings import holdings
from xianzhi.kernel.personal.looks import NoReason, record, record_export
from xianzhi.kernel.personal.tokens import Fault

BAD_USE = 2


class Command(BaseCommand):
    """Exit status 1 when something speaks against it, 2 for bad use."""

    help = "列出系统里有关一个人的全部内容，给本人副本，或依法删除"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="show | erase")
        showing = verbs.add_parser("show", help="列出全部内容，号码遮盖；加 --out 写成完整副本")
        erasing = verbs.add_parser("erase", help="保存期满、没有未办结办件的，销毁密钥并清空登记")
        showing.add_argument("--out", type=Path, metavar="FILE", help="把完整内容写到文件，须有 --reason")
        for one in (showing, erasing):
            one.add_argument("code", metavar="CODE", help="证件号码")
            one.add_argument("--reason", default="", help="理由，如本人申请书的编号；记入查看记录")

    def handle(self, *, verb: str, code: str, reason: str, out: Path | None = None, **_: Any) -> None:
        try:
            subject = Subject.objects.filter(code=code).first()
            if subject is None:
                raise CommandError("没有这个证件号码的人，请核对号码", returncode=BAD_USE)
            if verb == "erase":
                self._erase(subject, reason)
            elif out is not None:
                self._copy(subject, out, reason)
            else:
                record(Look.Kind.SHOW, None, "本人信息清单", reason or "命令 personal show", subject=subject)
                self.stdout.write(json.dumps(holdings(subject), ensure_ascii=False, indent=1))
        except NoReason as error:
            raise CommandError(f"{error}（--reason）", returncode=BAD_USE) from None
        except Fault as error:
            raise CommandError(str(error)) from None

    def _copy(self, subject: Subject, out: Path, reason: str) -> None:
        record_export(None, "本人信息副本", 1, reason, subject=subject)
        text = json.dumps(holdings(subject, openly=True), ensure_ascii=False, indent=1)
        try:
            with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
        except OSError as error:
            raise CommandError(f"写不了 {out}：{error.strerror}", returncode=BAD_USE) from None
        self.stdout.write(f"已写入 {out}，交给本人后请删去")

    def _erase(self, subject: Subject, reason: str) -> None:
        try:
            look = rights.erase(subject, by=None, reason=reason)
        except rights.NotAllowed as error:
            raise CommandError(f"现在不能删除：{error}") from None
        self.stdout.write(f"已删除，记入查看记录第 {look.seq} 条")
