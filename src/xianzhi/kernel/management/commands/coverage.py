"""`xianzhi coverage`: which provisions are carried out and proved, and which are not."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from xianzhi.kernel import coverage, registry

_SIGNS = {coverage.DONE: "●", coverage.CARRIED: "◆", coverage.OPEN: "○", coverage.CONTEXT: "–"}


class Command(BaseCommand):
    """Exit status 1 when a provision is neither carried out and proved nor said to be open and why."""

    help = "逐条列出由什么落实、由哪个测试证明；有未说明的缺口时退出码为 1"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("instrument", nargs="?", default="", help="文件编号，如 power；不写则列全部")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")
        parser.add_argument("--open", action="store_true", help="只列没有落实或缺测试的条款")

    def handle(self, *, instrument: str, **options: Any) -> None:
        if instrument and instrument not in registry.registers:
            known = "、".join(registry.registers)
            raise CommandError(f"没有编号为 {instrument} 的文件，可用：{known}", returncode=2)
        chosen = [instrument] if instrument else list(registry.registers)
        try:
            covered = {name: coverage.of(name) for name in chosen}
        except DatabaseError as error:
            raise CommandError("读不到已设定的参数取值，请先运行 xianzhi migrate", returncode=2) from error
        findings = [str(finding) for finding in coverage.findings()]
        if options["json"]:
            content = {"instruments": _plain(covered), "findings": findings}
            self.stdout.write(json.dumps(content, ensure_ascii=False, indent=1))
        else:
            for name, rows in covered.items():
                self._table(name, rows, only_open=options["open"])
            for finding in findings:
                self.stderr.write(finding)
        if findings or any(row.unexplained for rows in covered.values() for row in rows):
            raise SystemExit(1)

    def _table(self, name: str, rows: tuple[coverage.Covered, ...], *, only_open: bool) -> None:
        document = registry.registers[name].instrument
        self.stdout.write(f"\n{document.number} {document.title}")
        for row in rows:
            if only_open and row.status not in (coverage.OPEN, coverage.CARRIED):
                continue
            self.stdout.write(
                f"{_SIGNS[row.status]} {row.provision.id}  {row.provision.place.full()}  {row.provision.zh}"
            )
            self.stdout.write(f"    {_said(row)}")
        told = "，".join(f"{coverage.STATUSES[status]} {count}" for status, count in coverage.counts(rows).items())
        self.stdout.write(f"共 {len(rows)} 条：{told}")


def _said(row: coverage.Covered) -> str:
    if row.provision.is_context:
        return "背景说明，没有可由系统办理的内容"
    carried = "；".join(f"{carrier.kind} {carrier.name}" for carrier in row.carriers) or "没有落实"
    proved = f"{len(row.proofs)} 个测试" if row.proofs else "没有测试"
    waits = f"（{row.provision.awaits}）" if row.provision.awaits else ""
    return f"{carried} — {proved}{waits}"


def _plain(covered: dict[str, tuple[coverage.Covered, ...]]) -> dict[str, Any]:
    return {
        name: {
            "number": registry.registers[name].instrument.number,
            "counts": coverage.counts(rows),
            "provisions": [
                {
                    "id": row.provision.id,
                    "status": row.status,
                    "awaits": row.provision.awaits,
                    "carriers": [{"kind": one.kind, "name": one.name, "ref": one.ref} for one in row.carriers],
                    "proofs": [{"name": one.name, "where": one.where} for one in row.proofs],
                }
                for row in rows
            ],
        }
        for name, rows in covered.items()
    }
