"""The annual investment plan and its lines, dated so that the plan of any day can be read."""

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.models.projects import AccessProject
from xianzhi.kernel.models import Case
from xianzhi.kernel.models.choices import TextChoices


class AnnualPlan(models.Model):
    """年度投资计划: which case is the plan of which year."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="annual_plan", verbose_name=_("办件"))
    year = models.PositiveSmallIntegerField(_("年度"), unique=True)

    class Meta:
        verbose_name = verbose_name_plural = _("年度投资计划")
        ordering = ("-year",)

    def __str__(self) -> str:
        return f"{self.year}年度投资计划"


class LineKind(TextChoices):
    """What a line of the plan is for."""

    PROJECT = "project", _("项目")
    RESERVE = "reserve", _("预留")
    CARRY = "carry", _("上年缺口转列")


class PlanLineQuerySet(models.QuerySet["PlanLine"]):
    def on(self, day: date) -> "PlanLineQuerySet":
        """The lines as they stood on a day."""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))


class PlanLine(models.Model):
    """One version of a line. An adjustment ends the version in force and writes the next under the same number."""

    plan = models.ForeignKey(AnnualPlan, models.PROTECT, related_name="lines", verbose_name=_("计划"))
    number = models.PositiveSmallIntegerField(_("行号"))
    kind = models.CharField(_("类别"), max_length=8, choices=LineKind)
    name = models.CharField(_("名称"), max_length=120)
    project = models.ForeignKey(
        AccessProject, models.PROTECT, null=True, blank=True, related_name="plan_lines", verbose_name=_("项目")
    )
    amount = models.DecimalField(_("金额（元）"), max_digits=15, decimal_places=2)
    since = models.DateField(_("自"))
    until = models.DateField(_("至（不含）"), null=True, blank=True)

    objects = PlanLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("计划项目")
        ordering = ("plan", "number", "since", "id")
        constraints = [
            models.UniqueConstraint(fields=("plan", "number"), name="plan_line_one_in_force", condition=Q(until=None)),
            models.UniqueConstraint(
                fields=("plan", "project"),
                name="plan_line_once_a_project",
                condition=Q(until=None, project__isnull=False),
            ),
            # Two adjustments may bear one date: the first version then holds for no day, and stays readable.
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="plan_line_dates"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="plan_line_amount"),
            models.CheckConstraint(condition=Q(kind="project") ^ Q(project=None), name="plan_line_project"),
        ]

    def __str__(self) -> str:
        return self.name
