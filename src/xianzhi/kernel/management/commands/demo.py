"""xianzhi demo: loads the demonstration county."""

from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel import demo


class Command(BaseCommand):
    help = "载入示范县：单位、账号和各项服务的示例数据。"

    def add_arguments(self, parser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="已有办件时不载入，只列出账号")

    def handle(self, *args, if_empty: bool, **options) -> None:
        if not demo.loaded():
            demo.load(self.stdout.write)
        elif not if_empty:
            raise CommandError("数据库中已有办件，没有载入。要从头开始，请用 ./run --fresh。", returncode=2)
        self.stdout.write(f"\n示例账号（密码都是 {demo.PASSWORD}）：")
        for account in demo.accounts():
            self.stdout.write(f"  {account.username:<12} {account.name}　{account.what}")
