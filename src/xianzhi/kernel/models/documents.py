"""Official documents: what was issued, what became of it, and batches of many."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel import registry
from xianzhi.kernel.models.cases import Case, Event
from xianzhi.kernel.models.choices import TextChoices
from xianzhi.kernel.models.units import Unit


class Batch(models.Model):
    """Many documents of one kind, made by the worker row by row."""

    kind = models.CharField(_("文书"), max_length=60)
    title = models.CharField(_("名称"), max_length=120)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("制发单位"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("开始"))
    issued_on = models.DateField(_("成文日期"))
    count = models.PositiveIntegerField(_("份数"))
    beat_at = models.DateTimeField(_("最近进展"))
    finished_at = models.DateTimeField(_("完成"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("批量制发")
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.title

    @property
    def zh(self) -> str:
        """The kind in words."""
        known = registry.documents.get(self.kind)
        return known.zh if known else self.kind


class Standing(TextChoices):
    IN_FORCE = "in_force", _("有效")
    SUPERSEDED = "superseded", _("已被替代")
    REVOKED = "revoked", _("已撤销")


class OfficialDocument(models.Model):
    """One document as it was issued. Append-only: only the digests of its PDF are filled in, once.

    Documents of one series (power.dispatch_order in a year) are a chain: `serial` counts without a gap, and each is
    hashed together with the hash of the one before it, so that a row changed or taken away is found.
    """

    kind = models.CharField(_("文书"), max_length=60)
    series = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(_("文号"), max_length=80, unique=True)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("办件")
    )
    event = models.ForeignKey(
        Event, models.PROTECT, null=True, blank=True, related_name="documents", verbose_name=_("办理记录")
    )
    batch = models.ForeignKey(Batch, models.PROTECT, null=True, blank=True, related_name="documents")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="documents", verbose_name=_("制发单位"))
    issued_on = models.DateField(_("成文日期"))
    content = models.JSONField(_("内容"))
    content_sm3 = models.CharField(_("内容摘要（SM3）"), max_length=64)
    template_sm3 = models.CharField(max_length=64)
    code = models.CharField(_("验证码"), max_length=16, unique=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    at = models.DateTimeField(_("制发时间"))
    pdf_sha256 = models.CharField(max_length=64, blank=True, default="", db_index=True)
    pdf_sm3 = models.CharField(_("PDF 摘要（SM3）"), max_length=64, blank=True, default="")
    pdf_size = models.PositiveIntegerField(null=True, blank=True)
    pdf_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("文书")
        ordering = ("-issued_on", "-id")
        constraints = [
            models.UniqueConstraint(fields=("series", "year", "serial"), name="document_serial_once"),
            models.CheckConstraint(
                condition=Q(case__isnull=False, event__isnull=False, batch=None)
                | Q(case=None, event=None, batch__isnull=False),
                name="document_from_event_or_batch",
            ),
            models.CheckConstraint(
                condition=Q(pdf_sha256="", pdf_sm3="", pdf_size=None, pdf_at=None)
                | (~Q(pdf_sha256="") & ~Q(pdf_sm3="") & Q(pdf_size__isnull=False, pdf_at__isnull=False)),
                name="document_pdf_whole",
            ),
        ]
        indexes = [models.Index(fields=("kind", "-issued_on"), name="document_by_kind")]

    def __str__(self) -> str:
        return f"{self.zh} {self.number}"

    @property
    def zh(self) -> str:
        """What it is called, as it was when it was issued: 派工单."""
        return str(self.content.get("zh", self.kind))

    @property
    def title(self) -> str:
        return str(self.content.get("title", self.zh))

    @property
    def issuers(self) -> str:
        """Those who issued it: 国网绛县供电公司、绛县能源局."""
        return "、".join(self.content.get("issuers", ()))

    @property
    def standing(self) -> str:
        """in_force, superseded or revoked: as its last change left it."""
        last = next(iter(sorted(self.changes.all(), key=lambda one: -one.pk)), None)
        return str(last.standing) if last else str(Standing.IN_FORCE)


class DocumentChange(models.Model):
    """A document lost its force. Append-only, and chained to the document like the next link."""

    document = models.ForeignKey(OfficialDocument, models.PROTECT, related_name="changes", verbose_name=_("文书"))
    standing = models.CharField(_("效力"), max_length=12, choices=Standing)
    reason = models.CharField(_("原因"), max_length=200)
    on = models.DateField(_("日期"))
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+")
    successor = models.ForeignKey(
        OfficialDocument, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("替代文书")
    )
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("文书效力变更")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=("document", "prev"), name="document_change_once"),
            models.CheckConstraint(
                condition=Q(standing__in=("superseded", "revoked")) & ~Q(reason=""), name="document_change_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document.number} {self.get_standing_display()}"


class BatchRow(models.Model):
    """One row of a batch: what it was made from, and its document or why there is none."""

    batch = models.ForeignKey(Batch, models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField(_("行"))
    data = models.JSONField()
    document = models.OneToOneField(OfficialDocument, models.PROTECT, null=True, blank=True, related_name="batch_row")
    fault = models.CharField(_("问题"), max_length=300, blank=True, default="")

    class Meta:
        ordering = ("batch", "number")
        constraints = [
            models.UniqueConstraint(fields=("batch", "number"), name="batch_row_once"),
            models.CheckConstraint(condition=Q(document=None) | Q(fault=""), name="batch_row_document_or_fault"),
        ]
