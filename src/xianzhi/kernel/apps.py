"""Loads every installed service when the process starts, and refuses to start on anything unsound."""

from django.apps import AppConfig
from django.core import checks


class KernelConfig(AppConfig):
    name = "xianzhi.kernel"
    verbose_name = "县治"

    def ready(self) -> None:
        from xianzhi.kernel import registry  # noqa: PLC0415 - models must be loaded first

        registry.load()
        checks.register(registry.check, "xianzhi")
