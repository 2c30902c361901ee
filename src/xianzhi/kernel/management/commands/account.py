"""xianzhi account: creating, disabling, enabling, resetting and listing accounts from the machine itself."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.access import accounts
from xianzhi.kernel.models import Account

BAD_USE = 2


class Command(BaseCommand):
    help = "设立、停用、启用、重设和列出账号；第一个安全管理员用它设立"

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="create | disable | enable | reset | list")
        creating = verbs.add_parser("create", help="新设账号，给出一次性密码")
        creating.add_argument("username", metavar="USERNAME", help="登录名")
        creating.add_argument("--name", default="", metavar="NAME", help="姓名，默认与登录名相同")
        creating.add_argument(
            "--duty", default="", choices=["system", "security", "audit"], metavar="DUTY",
            help="管理职责：system、security 或 audit",
        )  # fmt: skip
        for verb, zh in (("disable", "停用账号"), ("enable", "启用账号")):
            changing = verbs.add_parser(verb, help=zh)
            changing.add_argument("username", metavar="USERNAME", help="登录名")
            changing.add_argument("--reason", required=True, metavar="REASON", help="事由，记入登录记录")
        verbs.add_parser("reset", help="重设密码，给出一次性密码").add_argument("username", metavar="USERNAME")
        listing = verbs.add_parser("list", help="列出账号")
        listing.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"_{verb}")(**options)
        except ValidationError as error:
            raise CommandError("；".join(error.messages), returncode=BAD_USE) from None

    def _create(self, *, username: str, name: str, duty: str, **_: Any) -> None:
        made, one_time = accounts.create(username, name or username, duty=duty)
        self._tell(made, one_time)

    def _reset(self, *, username: str, **_: Any) -> None:
        found = _one(username)
        self._tell(found, accounts.reset(found))

    def _tell(self, account: Account, one_time: str) -> None:
        self.stdout.write(f"账号 {account.username} 的一次性密码：{one_time}")
        self.stdout.write("72小时内有效，只显示这一次；登录后须先改密码")

    def _disable(self, *, username: str, reason: str, **_: Any) -> None:
        accounts.disable(_one(username), reason=reason)
        self.stdout.write(f"账号 {username} 已停用，登录都已终止")

    def _enable(self, *, username: str, reason: str, **_: Any) -> None:
        accounts.enable(_one(username), reason=reason)
        self.stdout.write(f"账号 {username} 已启用")

    def _list(self, *, json: bool, **_: Any) -> None:
        rows = [
            {"username": one.username, "name": one.name, "duty": one.duty, "active": one.is_active}
            for one in Account.objects.order_by("username")
        ]
        if json:
            self.stdout.write(_as_json(rows))
            return
        for row, one in zip(rows, Account.objects.order_by("username"), strict=True):
            standing = "可用" if row["active"] else "已停用"
            self.stdout.write(
                f"{one.username:<20} {standing}　{one.name}　{one.get_duty_display() if one.duty else ''}"
            )


def _as_json(rows: list[dict[str, Any]]) -> str:
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _one(username: str) -> Account:
    try:
        return Account.objects.get(username=username)
    except Account.DoesNotExist:
        raise CommandError(f"没有账号 {username}，请用 xianzhi account list 核对登录名", returncode=BAD_USE) from None
