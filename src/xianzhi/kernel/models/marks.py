"""What the clock has already dealt with."""

from django.db import models


class Mark(models.Model):
    """What the clock last saw of something, or when it last did something, so that it need not do it at every tick:
    the digest of the calendar and limits that the due days were worked out with, the hour of the last sweep."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.CharField(max_length=100)
