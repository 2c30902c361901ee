"""Published documents as texts: the instrument, the editions of its text, their clauses, and what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case
from xianzhi.law.force import CHANGES, Change, Changed, Effect, Terms


class PublishedInstrument(models.Model):
    """One published document. `name` is the id of its register where it has one, and stands in addresses.

    What it says of its force is kept as it says it; where it stands on a day is worked out by `law.force`.
    """

    name = models.SlugField(_("编号"), max_length=60, unique=True)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    title = models.CharField(_("标题"), max_length=300)
    short = models.CharField(_("简称"), max_length=120)
    issuers = models.JSONField(_("发文机关"), default=list)
    kind = models.CharField(_("种类"), max_length=20)
    form = models.CharField(_("文种"), max_length=20, blank=True)
    """measures, notice, plan …: the form of its text."""
    addressees = models.TextField(_("主送"), blank=True)
    publicity = models.CharField(_("公开方式"), max_length=60, blank=True)
    annexes = models.JSONField(_("附件"), default=list)
    dated_on = models.DateField(_("成文日期"), null=True)
    published_on = models.DateField(_("发布日期"), null=True, blank=True)
    effect = models.CharField(max_length=10, choices=[(one, one) for one in Effect], default=Effect.SILENT)
    effective_on = models.DateField(_("施行日期"), null=True, blank=True)
    until = models.DateField(_("有效期至"), null=True, blank=True)
    years = models.PositiveSmallIntegerField(_("有效年数"), null=True, blank=True)
    trial = models.BooleanField(_("试行"), default=False)
    tasks_until = models.DateField(_("任务期至"), null=True, blank=True)
    case = models.OneToOneField(Case, models.PROTECT, null=True, related_name="instrument", verbose_name=_("办件"))

    class Meta:
        verbose_name = verbose_name_plural = _("文件")
        ordering = ("dated_on", "id")
        constraints = [
            models.UniqueConstraint(fields=("number",), name="instrument_number_once", condition=~Q(number="")),
        ]

    def __str__(self) -> str:
        return f"《{self.title}》"

    @property
    def terms(self) -> Terms:
        """What it says about its force, with what became of it."""
        changes = tuple(
            Changed(Change(one.kind), one.on, one.until, one.basis) for one in self.changes.all() if not one.undone
        )
        return Terms(
            self.dated_on, Effect(self.effect), published=self.published_on, effective=self.effective_on,
            until=self.until, years=self.years, trial=self.trial, tasks_until=self.tasks_until, changes=changes,
        )  # fmt: skip


class Edition(models.Model):
    """The text of an instrument as two people confirmed it; a correction is a new edition. Never changed."""

    instrument = models.ForeignKey(PublishedInstrument, models.PROTECT, related_name="editions")
    number = models.PositiveSmallIntegerField(_("版本"))
    on = models.DateField(_("日期"))
    reason = models.CharField(_("原因"), max_length=200)
    digest = models.CharField(_("摘要（SM3）"), max_length=64)
    source_sha256 = models.CharField(max_length=64)
    source_name = models.CharField(_("原件"), max_length=160)
    references = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("签发人"))

    class Meta:
        verbose_name = verbose_name_plural = _("版本")
        ordering = ("instrument", "number")
        constraints = [models.UniqueConstraint(fields=("instrument", "number"), name="edition_once")]

    def __str__(self) -> str:
        return f"{self.instrument} {self.number}"


class Clause(models.Model):
    """A numbered paragraph, heading or plain paragraph of an edition, character by character as the source has it.

    runs: stretches [from, to) of the source in which its characters stand, in order; together as long as the text.
    """

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="clauses")
    order = models.PositiveIntegerField()
    eid = models.CharField(_("位置编号"), max_length=120)
    above = models.CharField(max_length=120, blank=True)
    """The eid of the clause that it stands under."""
    role = models.CharField(max_length=12)
    level = models.PositiveSmallIntegerField(default=0)
    marker = models.CharField(max_length=20, blank=True)
    heading = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    runs = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("条文")
        ordering = ("edition", "order")
        constraints = [models.UniqueConstraint(fields=("edition", "eid"), name="clause_once")]

    def __str__(self) -> str:
        return self.text[:40]


class Wording(models.Model):
    """Where in an edition a provision of a register stands: text[start:end] of the clause."""

    clause = models.ForeignKey(Clause, models.CASCADE, related_name="wordings")
    provision = models.CharField(_("条款"), max_length=60, db_index=True)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()

    class Meta:
        verbose_name = verbose_name_plural = _("对应原文")
        ordering = ("clause", "start")
        constraints = [
            models.UniqueConstraint(fields=("clause", "provision"), name="wording_once"),
            models.CheckConstraint(condition=Q(start__lt=models.F("end")), name="wording_is_not_empty"),
        ]

    @property
    def text(self) -> str:
        return self.clause.text[self.start : self.end]


class InstrumentChange(models.Model):
    """An amendment, extension, suspension, repeal or replacement, with the document that it rests on."""

    instrument = models.ForeignKey(PublishedInstrument, models.PROTECT, related_name="changes")
    kind = models.CharField(_("变动"), max_length=10, choices=list(CHANGES.items()))
    on = models.DateField(_("自"))
    until = models.DateField(_("至"), null=True, blank=True)
    basis = models.CharField(_("依据"), max_length=200)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    case = models.OneToOneField(Case, models.PROTECT, related_name="change", verbose_name=_("办件"))
    undone = models.BooleanField(_("已更正"), default=False)
    """A later step of its case said that it was a mistake."""

    class Meta:
        verbose_name = verbose_name_plural = _("效力变动")
        ordering = ("instrument", "on", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=models.F("on")), name="change_until_after_on"
            ),
        ]
