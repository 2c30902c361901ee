"""Charges put to an owner."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.models.projects import AccessProject
from xianzhi.kernel.models import Case


class UserCharge(models.Model):
    """用户费用: what an owner was charged and why it was allowed. A refused charge never becomes one."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="user_charge", verbose_name=_("登记办件"))
    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="user_charges", verbose_name=_("项目"))
    what = models.CharField(_("事项"), max_length=120)
    amount = models.DecimalField(_("金额（元）"), max_digits=15, decimal_places=2)
    inside = models.BooleanField(_("红线内"))
    exception = models.CharField(_("例外文件"), max_length=160, blank=True)
    charged_on = models.DateField(_("收费日期"))

    class Meta:
        verbose_name = verbose_name_plural = _("用户费用")
        ordering = ("-charged_on", "-id")
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="user_charge_amount")]

    def __str__(self) -> str:
        return self.what
