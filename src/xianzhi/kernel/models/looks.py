"""Looks at personal data, in a chain of their own; and the key under which a case's personal values are sealed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.accounts import Account
from xianzhi.kernel.models.cases import Case
from xianzhi.kernel.models.choices import TextChoices
from xianzhi.kernel.models.subjects import Subject
from xianzhi.kernel.models.units import Unit


class Look(models.Model):
    """Somebody saw, took away or erased personal data. Triggers refuse every change and deletion.

    It is no event of a case: an event moves the case's last day and queues for its lock, and reading must do neither.
    So looks have a chain of their own, hashed like events, which `ledger verify` follows to its head.
    """

    class Kind(TextChoices):
        LOOK = "look", _("查看完整号码")
        SHOW = "show", _("打开含个人信息的页面")
        EXPORT = "export", _("导出")
        CORRECT = "correct", _("更正")
        ERASE = "erase", _("删除")

    seq = models.BigIntegerField(_("序号"), unique=True)
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("查看人"))
    """Empty where a command did it."""
    post = models.CharField(_("岗位"), max_length=80, blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("单位"))
    what = models.CharField(_("内容"), max_length=200)
    count = models.PositiveIntegerField(_("条数"), default=1)
    """How many persons or rows."""
    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="looks", verbose_name=_("办事主体"))
    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="looks", verbose_name=_("办件"))
    purpose = models.CharField(_("用途"), max_length=20, blank=True)
    reason = models.CharField(_("理由"), max_length=200)
    at = models.DateTimeField(_("时间"))
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息查看记录")
        ordering = ("-seq",)
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="look_with_reason")]
        indexes = [models.Index(fields=("account", "at"), name="look_by_account")]

    def __str__(self) -> str:
        return f"{self.seq} {self.kind} {self.what}"


class LookHead(models.Model):
    """One row: how many looks there are and the hash of the last. Whoever records one locks it."""

    size = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class CaseKey(models.Model):
    """The key that seals the personal values in a case's events, itself sealed under the master key.

    The ledger keeps the sealed values for ever; without this key nobody reads them. Erasing empties it.
    """

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="key")
    sealed = models.TextField(blank=True)
    made_at = models.DateTimeField(_("时间"))
    destroyed_at = models.DateTimeField(_("销毁时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("办件密钥")
        constraints = [
            models.CheckConstraint(
                condition=Q(sealed="", destroyed_at__isnull=False) | (~Q(sealed="") & Q(destroyed_at=None)),
                name="case_key_or_destroyed",
            )
        ]
