"""The files that were received, what was read in them, and what people decided about it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models import Account, Case
from xianzhi.kernel.models.choices import TextChoices


class SourceFile(models.Model):
    """A file exactly as it was received, and the text that was taken from it."""

    sha256 = models.CharField(max_length=64, unique=True)
    sm3 = models.CharField(_("摘要（SM3）"), max_length=64)
    name = models.CharField(_("文件名"), max_length=160)
    media = models.CharField(_("格式"), max_length=8)
    size = models.PositiveBigIntegerField(_("字节"))
    content = models.BinaryField()
    text = models.TextField()
    """What spans count in; cut into pages by `pages`, the offsets at which they begin."""
    pages = models.JSONField(default=list)
    findings = models.JSONField(default=list)
    received_at = models.DateTimeField(_("收到"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("收件人"))

    class Meta:
        verbose_name = verbose_name_plural = _("原件")
        ordering = ("-received_at", "-id")

    def __str__(self) -> str:
        return self.name


class Reading(models.Model):
    """One document of a file under review. found: as `--json` prints it; clauses: its paragraphs in order."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="reading")
    file = models.ForeignKey(SourceFile, models.PROTECT, related_name="readings", verbose_name=_("原件"))
    index = models.PositiveSmallIntegerField(_("第几份"))
    number = models.CharField(_("文号"), max_length=60, blank=True)
    found = models.JSONField()
    clauses = models.JSONField()
    round = models.PositiveSmallIntegerField(default=1)
    """Which review this is: one more for each correction after publication."""

    class Meta:
        verbose_name = verbose_name_plural = _("读出的文件")
        ordering = ("file", "index")

    @property
    def title(self) -> str:
        return str(self.found.get("title") or self.found.get("attached_title") or "")


class Kind(TextChoices):
    """What an item is about; the order is that of the page."""

    HEAD = "head", _("文件要素")
    UNIT = "unit", _("单位名称")
    TASK = "task", _("任务")
    FINDING = "finding", _("疑点")
    SENTENCE = "sentence", _("没有读懂的句子")


class Item(models.Model):
    """One thing that was read, with its place in the source. doubt: why a person is asked; empty where nobody is."""

    reading = models.ForeignKey(Reading, models.CASCADE, related_name="items")
    order = models.PositiveIntegerField()
    key = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=Kind)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    found = models.JSONField()
    confidence = models.DecimalField(max_digits=2, decimal_places=1)
    doubt = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("reading", "order")
        constraints = [models.UniqueConstraint(fields=("reading", "key"), name="item_once")]


class Role(TextChoices):
    FIRST = "first", _("校核")
    SECOND = "second", _("复核")


class Verdict(TextChoices):
    ACCEPT = "accept", _("确认")
    CORRECT = "correct", _("更正")
    REJECT = "reject", _("排除")


class Answer(models.Model):
    """What one person decided about an item in one review. value: the corrected content, for CORRECT."""

    item = models.ForeignKey(Item, models.CASCADE, related_name="answers")
    round = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=6, choices=Role)
    verdict = models.CharField(max_length=8, choices=Verdict)
    value = models.JSONField(null=True)
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("item", "round", "role")
        constraints = [
            models.UniqueConstraint(fields=("item", "round", "role"), name="answer_once"),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.ACCEPT) | ~Q(reason=""), name="answer_that_changes_has_a_reason"
            ),
        ]
