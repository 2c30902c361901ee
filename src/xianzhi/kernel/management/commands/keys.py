"""xianzhi keys: the keys of personal data."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.personal import keys, rotation
from xianzhi.kernel.personal.tokens import AES, SM4

BAD_USE = 2


class Command(BaseCommand):
    """Exit status 1 when something could not be made anew, 2 for bad use."""

    help = "个人信息的密钥：列出、新增、更换、去掉"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="list | new | rotate | drop")
        listing = verbs.add_parser("list", help="列出密钥的编号、算法、使用次数，不显示密钥本身")
        listing.add_argument("--json", action="store_true", help="以 JSON 输出")
        for name, words in (("new", "新增一个密钥，此后的内容用它加密"), ("rotate", "换用新密钥，并重新加密全部内容")):
            verb = verbs.add_parser(name, help=words)
            verb.add_argument("--cipher", choices=(SM4, AES), default=SM4, help="算法，默认 sm4")
            verb.add_argument("--index", action="store_true", help="换检索密钥，而不是加密密钥")
        verb.add_argument("--background", action="store_true", help="重新加密由后台进程办理")
        dropping = verbs.add_parser("drop", help="去掉不再使用的密钥；备份中仍用它的内容将无法恢复")
        dropping.add_argument("key", metavar="KEY")

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(**options)
        except keys.Fault as error:
            raise CommandError(str(error)) from None

    def _list(self, *, json: bool, **_: Any) -> None:
        held, used = keys.ring(), rotation.uses()
        rows = [
            {"key": one.id, "cipher": one.cipher or "index", "made": one.made, "uses": used[one.id],
             "current": one.id in (held.current, held.current_index)}
            for one in (*held.seals.values(), *held.indexes.values())
        ]  # fmt: skip
        if json:
            self.stdout.write(_as_json(rows))
            return
        self.stdout.write(f"密钥文件 {keys.path()}")
        for row in rows:
            word = "检索" if row["cipher"] == "index" else f"加密 {row['cipher']}"
            now = "，正在使用" if row["current"] else ""
            self.stdout.write(f"{row['key']}  {word}  {row['made']}  {row['uses']} 项{now}")
        for name, count in sorted(rotation.missing().items()):
            self.stdout.write(f"{name}  不在密钥文件中  {count} 项")

    def _new(self, *, cipher: str, index: bool, **_: Any) -> None:
        made = keys.add_index() if index else keys.add_seal(cipher)
        self.stdout.write(f"已新增密钥 {made.id}，请备份 {keys.path()}")

    def _rotate(self, *, cipher: str, index: bool, background: bool, **_: Any) -> None:
        if count := rotation.left():
            self.stdout.write(f"上次更换还有 {count} 行没有完成，接着办理，不另建密钥")
        else:
            self._new(cipher=cipher, index=index)
        if background:
            rotation.rotate_in_background.enqueue()
            self.stdout.write("重新加密已排队，由后台办理；用 xianzhi keys list 看进度")
            return
        done = rotation.rotate(lambda at, total: self.stderr.write(f"已重新加密 {at}/{total} 行"))
        for fault in done.faults:
            self.stdout.write(fault)
        self.stdout.write(f"已重新加密 {done.rows} 行，{len(done.faults)} 行没有成功")
        if done.faults:
            sys.exit(1)

    def _drop(self, *, key: str, **_: Any) -> None:
        if count := rotation.uses()[key]:
            raise CommandError(f"密钥 {key} 还有 {count} 项在用，请先运行 xianzhi keys rotate", returncode=BAD_USE)
        try:
            keys.drop(key)
        except ValueError as error:
            raise CommandError(str(error), returncode=BAD_USE) from None
        self.stdout.write(f"已去掉密钥 {key}；含有它的旧备份请连同旧密钥文件一起保存")


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1)
