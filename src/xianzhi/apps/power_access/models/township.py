"""Crop compensation, plot by plot."""

from django.db import models
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models import Case
from xianzhi.kernel.personal.fields import SealedField
from xianzhi.kernel.personal.masks import NAME


class CropRowQuerySet(models.QuerySet["CropRow"]):
    def current(self) -> "CropRowQuerySet":
        """The rows of each matter's newest list, unless it was withdrawn."""
        standing = self.exclude(matter__state="withdrawn")
        return standing.alias(newest=Max("matter__crop_rows__version")).filter(version=F("newest"))


class CropRow(models.Model):
    """青苗赔偿: one plot of a list. A corrected list is a new version; the earlier one stays."""

    matter = models.ForeignKey(Case, models.PROTECT, related_name="crop_rows", verbose_name=_("乡镇协调"))
    version = models.PositiveSmallIntegerField(_("版本"))
    plot = models.CharField(_("地块"), max_length=60)
    holder = SealedField(_("承包人"), kind=NAME, row="matter_id")
    crop = models.CharField(_("作物"), max_length=40)
    area = models.DecimalField(_("面积（亩）"), max_digits=10, decimal_places=2)
    rate = models.DecimalField(_("标准（元/亩）"), max_digits=15, decimal_places=2)
    amount = models.DecimalField(_("金额（元）"), max_digits=15, decimal_places=2)

    objects = CropRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("青苗赔偿")
        ordering = ("matter", "version", "plot")
        constraints = [
            models.UniqueConstraint(fields=("matter", "version", "plot"), name="crop_row_once_a_plot"),
            models.CheckConstraint(condition=Q(area__gt=0, amount__gte=0), name="crop_row_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.plot} {self.holder}"
