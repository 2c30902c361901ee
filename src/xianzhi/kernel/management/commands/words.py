"""xianzhi words: which words still lack a translation."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from xianzhi.kernel.speech import catalogue


class Command(BaseCommand):
    help = "核对各语言的词句：哪些还没有译文"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--write", action="store_true", help="把新词句写进 .po 文件，去掉不再用的")

    def handle(self, *, write: bool, **_: Any) -> None:
        lacking = 0
        for language in catalogue.languages():
            if write:
                catalogue.write(language)
            words = list(catalogue.missing(language))
            lacking += len(words)
            for word in words:
                self.stdout.write(f"{language} {word.path}:{word.line} {word.text}")
            self.stdout.write(f"{language}：缺 {len(words)} 条译文")
        catalogue.compile_all()
        if lacking:
            raise SystemExit(1)
