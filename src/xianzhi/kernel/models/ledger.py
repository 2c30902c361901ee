"""The Merkle log over all events (after RFC 6962, with SM3)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Event


class PendingLeaf(models.Model):
    """An event not yet in the log. A trigger writes it with the event, so that none can be forgotten."""

    event_id = models.BigIntegerField(primary_key=True)


class LogEntry(models.Model):
    """The place of an event in the log, from 0 without gaps."""

    index = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="log_entry")
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("index",)


class LogNode(models.Model):
    """The hash of a whole subtree: of the 2**level leaves from `index * 2**level` on."""

    level = models.PositiveSmallIntegerField()
    index = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=("level", "index"), name="log_node_once")]


class LogHead(models.Model):
    """One row: how many leaves there are. Whoever appends locks it."""

    size = models.BigIntegerField(default=0)


class Checkpoint(models.Model):
    """The root of the log at a size, for whoever keeps it outside."""

    size = models.BigIntegerField(_("记录数"), unique=True)
    root = models.CharField(_("账本根"), max_length=64)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("检查点")
        ordering = ("-size",)
