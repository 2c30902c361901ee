"""`xianzhi county`: loads the county pack's units and functions."""

from typing import Any

from django.core.management.base import BaseCommand

from xianzhi.kernel.county import county
from xianzhi.kernel.load import load_county


class Command(BaseCommand):
    help = "把县包中的单位、职能和村（社区）载入数据库；可反复运行，只增加或截止，不删除"

    def handle(self, **_: Any) -> None:
        self.stdout.write(f"{county().name}：{load_county()}")
