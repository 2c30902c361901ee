"""`xianzhi gazette`: reads published documents and prints what stands in them, or takes one in for review."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.apps.gazette import queries
from xianzhi.apps.gazette.reader import spark, store
from xianzhi.apps.gazette.reader.folder import Result, files_in, read_all
from xianzhi.apps.gazette.reader.intake import MAX_BYTES
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.services import intake
from xianzhi.kernel import door
from xianzhi.kernel.models import Account

_EVERY = 50
"""Files between two lines of progress."""


class Command(BaseCommand):
    """Exit status 0; 1 where a person must look at something; 2 for bad use. `read` needs no database."""

    help = "读取公开发布的文件：文本、PDF、DOCX、HTML、OFD，或整个文件夹"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        reading = actions.add_parser("read", help="读取文件，不存入数据库")
        reading.add_argument("files", nargs="+", metavar="FILE", type=Path, help="文件或文件夹")
        reading.add_argument("--json", action="store_true", help="输出 JSON；文件不止一个时每个文件一行")
        reading.add_argument("--out", metavar="FOLDER", type=Path, help="每个文件的结果存为一个 JSON；已有的跳过")
        reading.add_argument(
            "--engine", choices=("local", "spark"), default="local", help="在本机读，或用 Apache Spark"
        )
        reading.add_argument("--master", metavar="URL", default="", help="Spark 主节点，如 spark://主机:7077；默认本机")

        loading = actions.add_parser("load", help="读入一个文件，开始校核")
        loading.add_argument("file", metavar="FILE", type=Path, help="文本、PDF、DOCX、HTML 或 OFD")
        loading.add_argument("--by", metavar="ACCOUNT", required=True, help="以谁的名义：任“公报编辑”岗位的账号")
        actions.add_parser("corrections", help="把校核中的更正输出为测试用例，每行一个 JSON")

    def handle(self, **options: Any) -> None:
        {"read": self._read, "load": self._load, "corrections": self._corrections}[options["action"]](options)

    def _corrections(self, options: dict[str, Any]) -> None:
        for one in queries.corrections():
            self.stdout.write(json.dumps(one, ensure_ascii=False))

    def _load(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        account = Account.objects.filter(username=options["by"]).first()
        if account is None:
            raise CommandError(f"没有账号 {options['by']}", returncode=2)
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path.name} 超过 {MAX_BYTES >> 20} MB，请拆分后分别读入", returncode=2)
            taken = intake.receive(path.read_bytes(), path.name, by=account)
        except OSError as error:
            raise CommandError(f"{path} 打不开（{error.strerror}），请核对路径和权限", returncode=2) from error
        except (Unreadable, intake.Known, door.Refused) as error:
            raise CommandError(str(error), returncode=1) from error
        for case in taken.cases:
            self.stdout.write(f"{case.number}  {case.title}")
        for title, reason in taken.refused:
            self.stderr.write(f"《{title}》：{reason}")
        if taken.refused:
            raise SystemExit(1)

    def _read(self, options: dict[str, Any]) -> None:
        paths: list[Path] = options["files"]
        for path in paths:
            if not path.exists():
                raise CommandError(f"没有文件 {path}，请核对路径", returncode=2)
        files = files_in(paths)
        if not files:
            raise CommandError("文件夹里没有可读的文件（.txt .pdf .docx .html .ofd）", returncode=2)
        if options["master"] and options["engine"] != "spark":
            raise CommandError("--master 只用于 --engine spark", returncode=2)
        try:
            found = self._keep(options) if options["out"] else self._print_all(files, options)
        except (spark.NoSpark, store.Clash) as error:
            raise CommandError(str(error), returncode=2) from error
        if found:
            raise SystemExit(1)

    def _print_all(self, files: list[Path], options: dict[str, Any]) -> bool:
        """Whether a person must look at something."""
        single = len(files) == 1 and not options["files"][0].is_dir()
        found = False
        for number, result in enumerate(_read(files, options), start=1):
            found |= result.found
            self._print(result, as_json=options["json"], single=single)
            if not single:
                _tell(number, len(files))
        return found

    def _keep(self, options: dict[str, Any]) -> bool:
        """Keeps the results in a folder; whether a person must look at something."""
        places = store.places(options["files"], options["out"])
        found = False
        todo = []
        for path, place in places.items():
            before = store.kept(path, place)
            if before is None:
                todo.append(path)
            else:
                found |= before.found
        if len(todo) < len(places):
            print(f"已有 {len(places) - len(todo)} 个结果，跳过", file=sys.stderr)
        for number, result in enumerate(_read(todo, options), start=1):
            found |= result.found
            if result.fault:
                self.stderr.write(result.fault)
            try:
                store.keep(result, places[result.path])
            except OSError as error:
                raise CommandError(f"{places[result.path]} 写不进去（{error.strerror}）", returncode=2) from error
            _tell(number, len(todo))
        return found

    def _print(self, result: Result, *, as_json: bool, single: bool) -> None:
        if result.fault:
            self.stderr.write(result.fault)
        if as_json:
            content: dict[str, Any] = {"documents": result.documents}
            if not single:
                content = store.content_of(result)
            self.stdout.write(json.dumps(content, ensure_ascii=False))
            return
        for one in result.documents:
            self.stdout.write(f"{one['doc_number'] or '（无文号）'}  {one['title'] or '（无标题）'}")
            self.stdout.write(
                f"    {one['issuer'] or '发文机关未载明'}  {one['date'] or '日期未载明'}  "
                f"条 {len(one['articles'])}，标题 {len(one['headings'])}，任务 {len(one['obligations'])}，"
                f"指标 {len(one['indicators'])}，民生实事 {len(one['livelihood_matters'])}"
            )
            for finding in one["findings"]:
                if finding["severity"] != "note":
                    self.stdout.write(f"    疑点：{finding['message']}")


def _read(files: list[Path], options: dict[str, Any]) -> Iterator[Result]:
    """Results in the order of the files, by the engine asked for."""
    if not files:
        return iter(())
    return spark.read_all(files, options["master"]) if options["engine"] == "spark" else read_all(files)


def _tell(number: int, total: int) -> None:
    if number % _EVERY == 0 or number == total:
        print(f"已读 {number}/{total}", file=sys.stderr)
