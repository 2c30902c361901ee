"""What came in as a sheet: each file with who loaded it, when, its digest and counts, and the steps that it became."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Event
from xianzhi.kernel.models.choices import TextChoices


class TableState(TextChoices):
    CHECKING = "checking", _("检查中")
    CHECKED = "checked", _("待确认")
    UNREADABLE = "unreadable", _("读不出来")
    LOADING = "loading", _("导入中")
    LOADED = "loaded", _("已导入")
    DROPPED = "dropped", _("已放弃")
    UNDOING = "undoing", _("撤销中")
    UNDONE = "undone", _("已撤销")


LIVE = (TableState.CHECKING, TableState.CHECKED, TableState.LOADING, TableState.LOADED, TableState.UNDOING)
"""States in which the same file is not taken a second time."""


class TableBatch(models.Model):
    """导入批次: one file that somebody sent for a table. Its values stay in the file until it is loaded."""

    table = models.CharField(_("表"), max_length=160)
    target = models.CharField(_("对象"), max_length=300, blank=True)
    """What was entered for the file as a whole, as canonical text: the same file may be loaded for another project."""
    chosen = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("导入人"))
    at = models.DateTimeField(_("上传时间"))
    name = models.CharField(_("文件"), max_length=160)
    size = models.PositiveIntegerField(_("字节"))
    sha256 = models.CharField(_("摘要（SHA-256）"), max_length=64)
    state = models.CharField(_("状态"), max_length=10, choices=TableState.choices, default=TableState.CHECKING)
    good_only = models.BooleanField(_("只导入好的行"), default=False)
    good = models.PositiveIntegerField(_("好的行"), default=0)
    bad = models.PositiveIntegerField(_("有误的行"), default=0)
    fault = models.TextField(_("整表的问题"), blank=True)
    loaded_at = models.DateTimeField(_("导入时间"), null=True, blank=True)
    undone_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )
    undo_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("导入批次")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=("table", "target", "sha256"), name="table_batch_once", condition=Q(state__in=LIVE)
            ),
            models.CheckConstraint(
                condition=Q(state__in=("loaded", "undoing", "undone"), loaded_at__isnull=False)
                | Q(state__in=("checking", "checked", "unreadable", "loading", "dropped"), loaded_at=None),
                name="table_batch_loaded",
            ),
            models.CheckConstraint(
                condition=~Q(state="undone") | Q(undone_at__gte=F("loaded_at"), undone_by__isnull=False),
                name="table_batch_undone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.table} {self.name}"


class TableEntry(models.Model):
    """A step that a batch became: written with it, in the same transaction. Triggers refuse every change."""

    batch = models.ForeignKey(TableBatch, models.PROTECT, related_name="entries", verbose_name=_("导入批次"))
    line = models.PositiveIntegerField(_("行"))
    """Of the sheet; 0 where the step holds the whole list."""
    event = models.OneToOneField(Event, models.PROTECT, related_name="table_entry", verbose_name=_("办理记录"))

    class Meta:
        verbose_name = verbose_name_plural = _("导入的行")
        ordering = ("batch", "id")

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.line}"
