"""Assignments: which outside body works on which case. Apart from the cases, for the data scope reads them."""

from django.db import models

from xianzhi.kernel.models.units import Unit


class Assignment(models.Model):
    """A unit outside the government (a designer, an auditor) that works on one case and sees that one only."""

    case = models.ForeignKey("kernel.Case", models.CASCADE, related_name="assignments")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="assignments")

    class Meta:
        constraints = [models.UniqueConstraint(fields=("case", "unit"), name="assignment_once")]
