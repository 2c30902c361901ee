"""The reader of published documents as Django lists it."""

from django.apps import AppConfig


class GazetteConfig(AppConfig):
    name = "xianzhi.apps.gazette"
    verbose_name = "公报"
