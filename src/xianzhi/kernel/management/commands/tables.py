"""xianzhi tables: loads a list from Excel or CSV, and writes lists as Excel or CSV, as an account may."""

import json
import sys
import tempfile
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.models import Account, TableBatch
from xianzhi.kernel.models.tables import TableState
from xianzhi.kernel.pages import lists
from xianzhi.kernel.tables import batches, declare, export, files
from xianzhi.kernel.tables.batches import NotNow, SameFile
from xianzhi.kernel.tables.reading import BadSheet
from xianzhi.law.fields import BadField

BAD_USE = 2
KERNEL_LISTS = lists.__name__
"""Imported for what it declares."""


class Command(BaseCommand):
    help = "从 Excel 或 CSV 导入一张表，导出一张清单"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="list | import | export")
        verbs.add_parser("list", help="列出可导入的表和可导出的清单").add_argument("--json", action="store_true")
        loading = verbs.add_parser("import", help="核对并导入一份文件；有一行有误就什么都不写")
        loading.add_argument("name", metavar="NAME", help="表的代号")
        loading.add_argument("file", type=Path, metavar="FILE", help="xlsx 或 csv")
        loading.add_argument("--by", required=True, metavar="USER", help="以谁的名义（登录名）")
        loading.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="整份的对象，如项目编号")
        loading.add_argument("--good-only", action="store_true", help="只导入好的行")
        loading.add_argument("--json", action="store_true", help="以 JSON 输出")
        writing = verbs.add_parser("export", help="把一张清单写成 xlsx 或 csv")
        writing.add_argument("name", metavar="NAME", help="清单的代号")
        writing.add_argument("file", type=Path, metavar="FILE", help="以 .xlsx 或 .csv 结尾")
        writing.add_argument("--by", default="", metavar="USER", help="以谁的范围（登录名）；公开的清单不用")
        writing.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="筛选，如 state=open")

    def handle(self, *, verb: str, **options: Any) -> None:
        {"list": self._list, "import": self._import, "export": self._export}[verb](**options)

    def _list(self, *, json: bool, **_: Any) -> None:
        found = {
            "tables": {one.name: one.zh for one in declare.tables.values()},
            "lists": {one.name: str(one.zh) for one in declare.listings.values()},
        }
        if json:
            self._write(found)
            return
        for word, names in (("导入", found["tables"]), ("导出", found["lists"])):
            for name, zh in names.items():
                self.stdout.write(f"{word}\t{name}\t{zh}")

    def _import(self, *, name: str, file: Path, by: str, set: list[str], good_only: bool, json: bool, **_: Any) -> None:
        table = declare.find(name)
        if table is None:
            raise CommandError(f"没有叫 {name} 的表，xianzhi tables list 列出全部", returncode=BAD_USE)
        account = _account(by)
        if not declare.may_load(table, account):
            raise CommandError(f"{account.name}没有导入“{table.zh}”的岗位", returncode=BAD_USE)
        try:
            with file.open("rb") as opened:
                batch = batches.receive(table, file.name, opened, _pairs(set), by=account)
        except OSError as error:
            raise CommandError(f"读不了 {file}：{error.strerror}", returncode=BAD_USE) from None
        except (BadSheet, BadField, SameFile) as error:
            raise CommandError(str(error), returncode=1) from None
        batch = batches.check(batch.pk)
        said = ""
        if batch.state == TableState.CHECKED:
            try:
                batches.ask_to_load(batch, good_only=good_only)
            except NotNow as error:
                said = str(error)
            else:
                batch = batches.load(batch.pk)
        self._told(batch, said or batch.fault, json=json)
        if batch.state != TableState.LOADED:
            sys.exit(1)

    def _told(self, batch: TableBatch, said: str, *, json: bool) -> None:
        shown = files.preview_of(batch)
        bad_rows = files.bad_rows_of(batch)
        if json:
            told = {"batch": batch.pk, "state": batch.state, "good": batch.good, "bad": batch.bad, "said": said}
            told |= {"faults": shown.get("faults", []), "bad_rows": str(bad_rows) if bad_rows.exists() else ""}
            self._write(told)
            return
        for one in shown.get("faults", []):
            self.stdout.write(f"第 {one['line']} 行 {one['column']} {one['value']}：{one['reason']}")
        if bad_rows.exists():
            self.stdout.write(f"有误的行：{bad_rows}")
        done = batch.state == TableState.LOADED
        word = "已导入" if done else "没有导入"
        self.stdout.write(f"批次 {batch.pk}：{word}，好 {batch.good} 行，有误 {batch.bad} 行")
        if said:
            self.stdout.write(said)

    def _export(self, *, name: str, file: Path, by: str, set: list[str], **_: Any) -> None:
        listing, form = declare.listings.get(name), file.suffix.lower().removeprefix(".")
        if listing is None:
            raise CommandError(f"没有叫 {name} 的清单，xianzhi tables list 列出全部", returncode=BAD_USE)
        if form not in export.FORMATS:
            raise CommandError(f"{file} 应以 .xlsx 或 .csv 结尾", returncode=BAD_USE)
        if not file.parent.is_dir():
            raise CommandError(f"没有文件夹 {file.parent}，请先建立", returncode=BAD_USE)
        if not by and not listing.public:
            raise CommandError("这张清单不公开，请用 --by 写明以谁的范围导出", returncode=BAD_USE)
        account = _account(by) if by else None
        if account is not None and not listing.public and not listing.admits(account):
            raise CommandError(f"{account.name}不能导出“{listing.zh}”", returncode=BAD_USE)
        with tempfile.TemporaryDirectory(dir=file.parent, prefix=".export-") as scratch:
            made = Path(scratch) / file.name
            try:
                done = export.make(
                    listing, form, made, account=account, chosen=_pairs(set), reason="以命令导出：xianzhi tables export"
                )
            except BadSheet as error:
                raise CommandError(str(error), returncode=1) from None
            made.replace(file)
        self.stdout.write(f"已写入 {file}，{done.count} 行")

    def _write(self, found: Any) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1, default=asdict))


def _account(username: str) -> Account:
    try:
        return Account.objects.get(username=username, is_active=True)
    except Account.DoesNotExist:
        raise CommandError(f"没有登录名为 {username} 的账号", returncode=BAD_USE) from None


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        name, mark, value = one.partition("=")
        if not mark:
            raise CommandError(f"{one} 应写作 NAME=VALUE", returncode=BAD_USE)
        pairs[name] = value
    return pairs
