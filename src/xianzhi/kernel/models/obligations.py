"""Obligations: what a provision orders a unit to do."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case
from xianzhi.kernel.models.instruments import PublishedInstrument
from xianzhi.kernel.models.units import Unit


class Obligation(models.Model):
    """What a provision orders a unit to do, by a date, to a figure; each may be open in the document.

    unit: None until the county hands a task to a unit that the document leaves open. proposed: the unit is our
    proposal (拟), the document names none. due_text: how the document puts a limit that is no single day.
    """

    provision = models.CharField(_("依据"), max_length=60, db_index=True)
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("责任单位")
    )
    proposed = models.BooleanField(_("拟"), default=False)
    instrument = models.ForeignKey(
        PublishedInstrument, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("文件")
    )
    """The document whose reading made it; None for what a service made."""
    what = models.CharField(_("任务"), max_length=200)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    due_text = models.CharField(_("期限原文"), max_length=80, blank=True)
    figure = models.CharField(_("指标"), max_length=60, blank=True)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("办件")
    )
    done_on = models.DateField(_("完成"), null=True, blank=True)
    result = models.CharField(_("结果"), max_length=200, blank=True)
    ended_on = models.DateField(_("不再要求"), null=True, blank=True)
    """The day on which a corrected edition of the document no longer held it."""

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        ordering = ("done_on", "due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=("provision", "unit", "what"), name="obligation_once"),
            models.UniqueConstraint(
                fields=("provision", "what"), name="obligation_without_unit_once", condition=Q(unit=None)
            ),
            models.CheckConstraint(
                condition=Q(done_on=None, result="") | (Q(done_on__isnull=False) & ~Q(result="")),
                name="obligation_done_with_result",
            ),
        ]

    def __str__(self) -> str:
        return self.what
