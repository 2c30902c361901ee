"""Land layers: where building is planned, and where the land-reserve funds reach."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class LandLayer(models.Model):
    """A polygon (GeoJSON, CGCS2000) that holds from a day until the day before `until`, from a stated source."""

    name = models.CharField(_("名称"), max_length=80)
    shape = models.JSONField(_("范围"))
    since = models.DateField(_("自"))
    until = models.DateField(_("至（不含）"), null=True, blank=True)
    source = models.CharField(_("来源"), max_length=120)
    true_on = models.DateField(_("数据日期"))

    class Meta:
        abstract = True
        ordering = ("since", "id")
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="%(class)s_dates"),
        ]

    def __str__(self) -> str:
        return self.name


class PlanningLand(LandLayer):
    """规划建设用地: planned construction land of the town."""

    class Meta(LandLayer.Meta):
        verbose_name = verbose_name_plural = _("规划建设用地")


class ReserveCover(LandLayer):
    """土地储备资金覆盖: land that the land-reserve funds cover."""

    class Meta(LandLayer.Meta):
        verbose_name = verbose_name_plural = _("土地储备资金覆盖")
