"""xianzhi assets: puts the static files where the server finds them, the stylesheet and the words compiled."""

import gzip
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from xianzhi.kernel.speech import catalogue
from xianzhi.kernel.stylesheet import SOURCE, BadStylesheet, compiled


class Command(BaseCommand):
    help = "收集静态文件，并为旧浏览器编译样式"
    requires_system_checks: list[str] = []

    def handle(self, *, verbosity: int, **_: Any) -> None:
        try:
            css = compiled().encode()
        except BadStylesheet as error:
            raise CommandError(str(error)) from None
        call_command("collectstatic", interactive=False, verbosity=0)
        # Over the source that was just collected: what is served is compiled, under the same name.
        target = Path(settings.STATIC_ROOT) / SOURCE.name
        _write(target, css)
        _write(target.with_name(f"{target.name}.gz"), gzip.compress(css, mtime=0))
        catalogue.compile_all()
        if verbosity:
            self.stdout.write(f"样式 {len(css) // 1024} KB，静态文件在 {settings.STATIC_ROOT}")


def _write(target: Path, content: bytes) -> None:
    """Whole or not at all: a server may be running."""
    partial = target.with_name(f".{target.name}.part")
    partial.write_bytes(content)
    os.replace(partial, target)
