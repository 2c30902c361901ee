"""Assets that were built, the agreements by which they pass, and who keeps each of them safe since when."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.models.projects import AccessProject
from xianzhi.kernel.models import Case, Unit


class Asset(models.Model):
    """资产: a pole, a well, a length of duct that a project left behind."""

    code = models.CharField(_("资产编号"), max_length=40, unique=True)
    kind = models.CharField(_("类别"), max_length=40)
    position = models.CharField(_("位置"), max_length=120)
    point = models.JSONField(_("坐标"), null=True, blank=True)
    """A GeoJSON point, CGCS2000."""
    value = models.DecimalField(_("价值（元）"), max_digits=15, decimal_places=2)
    photo = models.CharField(_("照片"), max_length=64, blank=True)
    """The SHA-256 of the material that shows it."""
    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="assets", verbose_name=_("项目"))
    handover = models.ForeignKey(Case, models.PROTECT, related_name="handed_assets", verbose_name=_("移交办件"))

    class Meta:
        verbose_name = verbose_name_plural = _("资产")
        ordering = ("code",)
        constraints = [models.CheckConstraint(condition=Q(value__gte=0), name="asset_value")]

    def __str__(self) -> str:
        return f"{self.code} {self.kind}"


class HandoverAgreement(models.Model):
    """无偿移交协议: drafted with the judgement, dated when it is signed; the signed file is a material of its case."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="handover_agreement", verbose_name=_("移交办件"))
    price = models.DecimalField(_("价款（元）"), max_digits=15, decimal_places=2, default=0)
    signed_on = models.DateField(_("签署日期"), null=True, blank=True)
    effective_on = models.DateField(_("生效日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("无偿移交协议")
        constraints = [
            models.CheckConstraint(condition=Q(price=0), name="handover_is_free"),
            models.CheckConstraint(
                condition=Q(signed_on=None, effective_on=None) | Q(effective_on__gte=F("signed_on")),
                name="handover_agreement_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} 移交协议"


class SafetyDutyQuerySet(models.QuerySet["SafetyDuty"]):
    def on(self, day: date) -> "SafetyDutyQuerySet":
        """The duties as they stood on a day."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))


class SafetyDuty(models.Model):
    """安全责任: which unit answers for an asset, from a day until the day before `until`."""

    asset = models.ForeignKey(Asset, models.PROTECT, related_name="duties", verbose_name=_("资产"))
    holder = models.ForeignKey(Unit, models.PROTECT, related_name="safety_duties", verbose_name=_("安全责任单位"))
    since = models.DateField(_("自"))
    until = models.DateField(_("至（不含）"), null=True, blank=True)

    objects = SafetyDutyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("安全责任")
        ordering = ("asset", "since")
        constraints = [
            models.UniqueConstraint(fields=("asset",), name="safety_duty_one_holder", condition=Q(until=None)),
            models.UniqueConstraint(fields=("asset", "since"), name="safety_duty_once_a_day"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="safety_duty_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.asset} {self.holder}"
