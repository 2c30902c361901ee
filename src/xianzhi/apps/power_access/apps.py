"""The service as Django lists it."""

from django.apps import AppConfig


class PowerAccessConfig(AppConfig):
    name = "xianzhi.apps.power_access"
    verbose_name = "获得电力"
