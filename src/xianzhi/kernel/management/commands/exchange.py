"""xianzhi exchange: partners, keys, and messages without a page."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q

from xianzhi.kernel.exchange import delivery, files, inbox, keys, outbox, partners
from xianzhi.kernel.models import Partner, Unit
from xianzhi.kernel.models.exchange import Transport


class Command(BaseCommand):
    """Exit status of `status`: 1 when something stands red."""

    help = "与其他单位系统的消息交换：status、deliver、receive、export、keys、partner"

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True, metavar="做什么")
        does.add_parser("status", help="各对接方等待多少、红灯多少；有红灯时退出状态为 1")
        does.add_parser("deliver", help="发送到时的消息，办理可办的来文")
        does.add_parser("keys", help="显示本县的公钥；没有密钥时生成")
        taken = does.add_parser("receive", help="收取对方的文件（消息或回执），回执写在旁边")
        taken.add_argument("partner", help="对接方代号")
        taken.add_argument("file", type=Path, help="zip 或 JSON 文件")
        given = does.add_parser("export", help="把等待中的消息导出为签名文件")
        given.add_argument("partner", help="对接方代号")
        given.add_argument("file", type=Path, help="写到哪个文件")
        settled = does.add_parser("partner", help="登记对接方，或改变约定")
        settled.add_argument("name", help="代号，小写字母、数字和连字符")
        settled.add_argument("--unit", required=True, help="单位代号，见“单位”页")
        settled.add_argument("--key", required=True, help="对方 SM2 公钥，十六进制")
        settled.add_argument("--address", default="", help="接口地址；不写为文件交换")
        settled.add_argument("--inside", action="store_true", help="地址在政务内网（许可内部地址和 http）")
        settled.add_argument("--sends", nargs="*", default=[], metavar="KIND", help="我方发出的消息种类")
        settled.add_argument("--takes", nargs="*", default=[], metavar="KIND", help="我方接收的消息种类")

    def handle(self, *, does: str, **given: Any) -> None:
        getattr(self, f"_{does}")(**given)

    def _status(self, **_: Any) -> None:
        red = False
        for partner in Partner.objects.select_related("unit"):
            sent = partner.outbound.aggregate(
                waits=Count("pk", filter=Q(state="waiting")), red=Count("pk", filter=outbox.red())
            )
            came = partner.inbound.aggregate(
                waits=Count("pk", filter=Q(state="waiting")), red=Count("pk", filter=inbox.red())
            )
            red = red or bool(sent["red"] or came["red"])
            paused = "，已暂停发送" if partner.paused_at else ""
            self.stdout.write(
                f"{partner.name} {partner.unit.name}：待发 {sent['waits']}，其中红灯 {sent['red']}；"
                f"候办来文 {came['waits']}，红灯 {came['red']}；拒收 {partner.turned_away} 次{paused}"
            )
        if not Partner.objects.exists():
            self.stdout.write("还没有对接方。用 xianzhi exchange partner 登记")
        if red:
            sys.exit(1)

    def _deliver(self, **_: Any) -> None:
        self.stdout.write(f"收到回执 {delivery.deliver()} 条，候办来文办成 {inbox.apply_waiting()} 件")

    def _keys(self, **_: Any) -> None:
        try:
            self.stdout.write(f"本县公钥：{keys.own().public.hex()}\n密钥文件：{keys.path()}（请随备份另行保管）")
        except keys.BadKey as error:
            raise CommandError(str(error)) from None

    def _receive(self, *, partner: str, file: Path, **_: Any) -> None:
        try:
            report = files.receive_file(self._find(partner), file.read_bytes())
        except OSError as error:
            raise CommandError(f"读不了 {file}：{error.strerror}") from None
        except files.BadBundle as error:
            raise CommandError(f"{file}：{error}") from None
        for line in report.lines:
            self.stdout.write(f"{line.state} {line.what} {line.words}".rstrip())
        if report.replies:
            ack = file.with_name(f"{file.stem}-ack.zip")
            ack.write_bytes(report.ack)
            self.stdout.write(f"回执：{ack}")

    def _export(self, *, partner: str, file: Path, **_: Any) -> None:
        file.write_bytes(files.export(self._find(partner), by=None))
        self.stdout.write(f"已写到 {file}")

    def _partner(self, *, name: str, unit: str, **given: Any) -> None:
        found = Unit.objects.filter(code=unit).first()
        if found is None:
            raise CommandError(f"没有单位 {unit}。请看“单位”页上的代号")
        try:
            made = partners.settle(
                name, found, public_key=given["key"], address=given["address"], inside=given["inside"],
                transport=Transport.HTTP if given["address"] else Transport.FILE, sends=given["sends"],
                takes=given["takes"],
            )  # fmt: skip
        except ValidationError as fault:
            raise CommandError("；".join(fault.messages)) from None
        self.stdout.write(f"已登记 {made.name}（{made.unit.name}）")

    def _find(self, name: str) -> Partner:
        partner = Partner.objects.filter(name=name).first()
        if partner is None:
            known = "、".join(Partner.objects.values_list("name", flat=True)) or "无"
            raise CommandError(f"没有对接方 {name}。已登记：{known}")
        return partner
