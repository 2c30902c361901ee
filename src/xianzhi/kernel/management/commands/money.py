"""xianzhi money: whether the books hold."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from xianzhi.kernel.ledger.snapshot import snapshot
from xianzhi.kernel.models import MoneyAccount, MoneyEntry
from xianzhi.kernel.money import findings


class Command(BaseCommand):
    """Exit status 1 when something does not agree."""

    help = "核对资金：每笔分录借贷相抵、与办理记录相符，全部科目之和为零"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="check")
        checking = verbs.add_parser("check", help="核对全部分录和科目")
        checking.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, verb: str, json: bool, **_: Any) -> None:
        with snapshot():
            found = list(findings())
            entries, accounts = MoneyEntry.objects.count(), MoneyAccount.objects.count()
        if json:
            self._write({"entries": entries, "accounts": accounts, "findings": [asdict(one) for one in found]})
        else:
            for finding in found:
                self.stdout.write(str(finding))
            sound = f"资金核对通过，{entries} 笔分录，{accounts} 个科目，合计为 0"
            self.stdout.write(f"共 {len(found)} 处不符" if found else sound)
        if found:
            sys.exit(1)

    def _write(self, found: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=1))
