"""Announcements: what a unit makes public."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case
from xianzhi.kernel.models.units import Unit


class Announcement(models.Model):
    """A text that a unit publishes for all to read, from a day and perhaps until one."""

    title = models.CharField(_("标题"), max_length=120)
    body = models.TextField(_("内容"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="announcements", verbose_name=_("发布单位"))
    provision = models.CharField(_("依据"), max_length=60, blank=True)
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="announcements")
    since = models.DateField(_("发布日期"))
    until = models.DateField(_("截止"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("公告")
        ordering = ("-since", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="announcement_dates"),
        ]

    def __str__(self) -> str:
        return self.title
