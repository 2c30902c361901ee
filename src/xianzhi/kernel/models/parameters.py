"""Values of parameters that officials added through the procedure 参数取值; files hold all the others."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case


class ParameterValue(models.Model):
    """A dated value in force, written by the approving step of its case and never changed."""

    name = models.CharField(_("参数"), max_length=80)
    since = models.DateField(_("自"))
    value = models.CharField(_("取值"), max_length=80, blank=True)
    cites = models.CharField(_("依据"), max_length=60)
    basis = models.CharField(_("上级文件"), max_length=160)
    case = models.OneToOneField(Case, models.PROTECT, related_name="parameter_value")

    class Meta:
        verbose_name = verbose_name_plural = _("参数取值")
        ordering = ("name", "since")
        constraints = [models.UniqueConstraint(fields=("name", "since"), name="parameter_value_once_a_day")]
