"""xianzhi doctor: says what an installation has and what it lacks."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from xianzhi.kernel.doctor import looks


class Command(BaseCommand):
    """Exit status 1 when something is missing."""

    help = "检查本机的安装：有什么、缺什么、怎么办"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, json: bool, **_: Any) -> None:
        found = list(looks())
        if json:
            self.stdout.write(_as_json(found))
        else:
            for look in found:
                self.stdout.write(f"{'✓' if look.well else '✗'} {look.what}：{look.found}")
                if not look.well:
                    self.stdout.write(f"    {look.remedy}")
        if not all(look.well for look in found):
            sys.exit(1)


def _as_json(found: list[Any]) -> str:
    return json.dumps([{**asdict(look), "well": look.well} for look in found], ensure_ascii=False, indent=1)
