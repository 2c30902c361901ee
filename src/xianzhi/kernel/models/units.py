"""Units (organs, townships, villages, companies) and the functions that a county gives them."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.county import county
from xianzhi.kernel.models.choices import TextChoices


class UnitKind(TextChoices):
    GOVERNMENT = "government", _("人民政府")
    OFFICE = "office", _("办公室")
    BUREAU = "bureau", _("部门")
    TOWNSHIP = "township", _("乡镇")
    ZONE = "zone", _("开发区")
    VILLAGE = "village", _("村（社区）")
    COMPANY = "company", _("企业")
    INSTITUTION = "institution", _("事业单位")
    THIRD_PARTY = "third_party", _("第三方机构")


def reach_of(division: str) -> str:
    """The leading digits of the division codes in a division: of a county 6, of a township 9, of a village 12."""
    if division.endswith("000000"):
        return division[:6]
    return division[:9] if division.endswith("000") else division


class Unit(models.Model):
    """An organ of the county or a body that works with it, at a place in the tree of divisions."""

    code = models.SlugField(_("代号"), max_length=60, unique=True)
    division = models.CharField(_("区划代码"), max_length=12, db_index=True)
    name = models.CharField(_("名称"), max_length=80)
    short = models.CharField(_("简称"), max_length=40)
    aliases = models.JSONField(_("别称"), default=list, blank=True)
    kind = models.CharField(_("类别"), max_length=20, choices=UnitKind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("上级")
    )
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    sample = models.BooleanField(_("示例"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ("division", "code")

    def __str__(self) -> str:
        return self.name

    @property
    def reach(self) -> str:
        """The leading digits of the division codes that it answers for."""
        return reach_of(self.division)


class UnitFunction(models.Model):
    """A function (approval, energy, finance …) held by a unit from a day, until the day before `until`."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="functions", verbose_name=_("单位"))
    function = models.CharField(_("职能"), max_length=40, db_index=True)
    since = models.DateField(_("自"))
    until = models.DateField(_("至（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("单位职能")
        ordering = ("function", "since")
        constraints = [
            models.UniqueConstraint(fields=("unit", "function", "since"), name="unit_function_once_a_day"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="unit_function_dates"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.function}"

    @property
    def name(self) -> str:
        """As an official reads it: 行政审批."""
        return county().function_name(self.function)


def in_force(on: date, prefix: str = "") -> Q:
    """Rows with `since` and `until` that hold on a day; `prefix` reaches them over a relation (`unit__functions__`)."""
    since, until = f"{prefix}since__lte", f"{prefix}until"
    return Q(**{since: on}) & (Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gt": on}))
