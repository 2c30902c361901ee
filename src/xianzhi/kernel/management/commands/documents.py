"""xianzhi documents: make documents in batches, set those whose PDF is missing, check them all."""

import csv
import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.documents import batches, check, render
from xianzhi.kernel.models import Account, Batch, OfficialDocument
from xianzhi.law.errors import LawError

BAD_USE = 2
_TOLD = 50
"""Documents between two lines of progress."""


class Command(BaseCommand):
    help = "批量制发文书，补排 PDF，核对全部文书"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="batch | go-on | render | check")
        making = verbs.add_parser("batch", help="按 CSV 文件一行一份制发，第一行为列名")
        making.add_argument("kind", metavar="KIND", help="文书，如 power.safety_notice")
        making.add_argument("file", type=Path, metavar="FILE")
        making.add_argument("--by", required=True, metavar="ACCOUNT", help="经办人的账号，须在制发单位有岗位")
        making.add_argument("--title", default="", help="这一批的名称")
        making.add_argument("--zip", type=Path, metavar="FILE", help="全部 PDF 存为一个 zip 文件")
        going = verbs.add_parser("go-on", help="接着做没有做完的一批")
        going.add_argument("batch", type=int, metavar="NUMBER", help="批次编号")
        verbs.add_parser("render", help="给还没有 PDF 的文书排版")
        checking = verbs.add_parser("check", help="核对全部文书的内容、文号、PDF")
        checking.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, verb: str, **options: Any) -> None:
        verbs: dict[str, Callable[..., None]]
        verbs = {"batch": self._batch, "go-on": self._go_on, "render": self._render, "check": self._check}
        try:
            verbs[verb](**options)
        except LawError as error:
            raise CommandError("；".join(map(str, error.findings)), returncode=BAD_USE) from None

    def _batch(self, *, kind: str, file: Path, by: str, title: str, zip: Path | None, **_: Any) -> None:
        account = Account.objects.filter(username=by, is_active=True).first()
        if account is None:
            raise CommandError(f"没有账号 {by}，请核对", returncode=BAD_USE)
        made = batches.batch(kind, _rows(file), by=account, title=title or file.stem)
        self._run(made)
        if zip is not None:
            batches.write_zip(made, zip)
            self.stdout.write(f"已存到 {zip}")

    def _go_on(self, *, batch: int, **_: Any) -> None:
        made = Batch.objects.filter(pk=batch).first()
        if made is None:
            raise CommandError(f"没有第 {batch} 批，请核对", returncode=BAD_USE)
        self._run(made)

    def _run(self, made: Batch) -> None:
        done = batches.run(made, self._progress)
        for row in made.rows.exclude(fault="").order_by("number"):
            self.stdout.write(f"第 {row.number} 行：{row.fault}")
        self.stdout.write(f"第 {made.pk} 批：共 {done.count} 行，制发 {done.made} 份，有问题 {done.bad} 行")
        if done.bad:
            sys.exit(1)

    def _progress(self, done: batches.Progress) -> None:
        self.stderr.write(f"已制发 {done.made}/{done.count}")

    def _render(self, **_: Any) -> None:
        missing = OfficialDocument.objects.filter(pdf_sha256="").order_by("pk")
        total = missing.count()
        for number, document in enumerate(missing.iterator(chunk_size=200), start=1):
            render.pdf_of(document)
            if number % _TOLD == 0:
                self.stderr.write(f"已排版 {number}/{total}")
        self.stdout.write(f"排版 {total} 份")

    def _check(self, *, json: bool, **_: Any) -> None:
        found = list(check.findings(files=True))
        if json:
            self._as_json([{"where": one.where, "what": one.what, "remedy": one.remedy} for one in found])
        else:
            for finding in found:
                self.stdout.write(str(finding))
            self.stdout.write(
                f"共 {len(found)} 处不符" if found else f"{OfficialDocument.objects.count()} 份文书全部相符"
            )
        if found:
            sys.exit(1)

    def _as_json(self, found: list[dict[str, str]]) -> None:
        self.stdout.write(json.dumps({"findings": found}, ensure_ascii=False, indent=1))


def _rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, in UTF-8 or GB 18030."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CommandError(f"读不了 {path}：{error.strerror}", returncode=BAD_USE) from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return [dict(row) for row in csv.DictReader(data.decode(encoding).splitlines())]
        except UnicodeDecodeError:
            continue
    raise CommandError(f"{path} 不是 UTF-8 或 GB 18030 的 CSV 文件，请另存", returncode=BAD_USE)
