"""Obligations: what a provision orders a unit to do."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case
from xianzhi.kernel.models.units import Unit


class Obligation(models.Model):
    """What a provision orders a unit to do, by a date, to a figure; both may be open in the document."""

    provision = models.CharField(_("依据"), max_length=60, db_index=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="obligations", verbose_name=_("责任单位"))
    what = models.CharField(_("任务"), max_length=200)
    due_on = models.DateField(_("期限"), null=True, blank=True)
    figure = models.CharField(_("指标"), max_length=60, blank=True)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="obligations", verbose_name=_("办件")
    )
    done_on = models.DateField(_("完成"), null=True, blank=True)
    result = models.CharField(_("结果"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        ordering = ("done_on", "due_on", "id")
        constraints = [
            models.UniqueConstraint(fields=("provision", "unit", "what"), name="obligation_once"),
            models.CheckConstraint(
                condition=Q(done_on=None, result="") | (Q(done_on__isnull=False) & ~Q(result="")),
                name="obligation_done_with_result",
            ),
        ]

    def __str__(self) -> str:
        return self.what
