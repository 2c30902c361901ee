"""Tokens for programs, what they did, and the webhooks that tell programs of events."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Event
from xianzhi.kernel.models.choices import TextChoices


class ApiToken(models.Model):
    """Lets a program act for its owner, within its scopes, until a day. Of the token itself only a digest is kept."""

    name = models.CharField(_("名称"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tokens", verbose_name=_("所属账号")
    )
    partner = models.CharField(_("使用系统"), max_length=80, blank=True)
    """The outside system that uses it; empty where the owner does so himself."""
    prefix = models.CharField(_("前缀"), max_length=8, unique=True)
    digest = models.CharField(max_length=64)
    scopes = models.JSONField(_("范围"))
    created_at = models.DateTimeField(_("创建时间"))
    expires_on = models.DateField(_("到期（当日不可用）"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("撤销人")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("接口令牌")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None) | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="token_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}"


class TokenUse(models.Model):
    """That a step was taken through a token. Triggers refuse every change and deletion.

    The event names the account, which answers for what its tokens do; this row, written in the same transaction, says
    that a program acted for it.
    """

    event = models.OneToOneField(Event, models.PROTECT, primary_key=True, related_name="token_use")
    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="uses", verbose_name=_("接口令牌"))
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("令牌办理记录")
        ordering = ("-event",)


class RequestCount(models.Model):
    """How many requests came from one asker in its present window of time."""

    asker = models.CharField(max_length=80, primary_key=True)
    window = models.BigIntegerField(db_index=True)
    count = models.PositiveIntegerField()


class IncomingFile(models.Model):
    """A file that a program sent ahead of the step that hands it in. It lasts an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=160)
    media_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    sm3 = models.CharField(max_length=64)
    at = models.DateTimeField(db_index=True)


class Subscription(models.Model):
    """That a program wants to be told of events: where, of which, and how far in the log it has been told."""

    SM3, SHA256 = "sm3", "sha256"

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="subscriptions", verbose_name=_("所属账号")
    )
    token = models.ForeignKey(
        ApiToken, models.PROTECT, null=True, blank=True, related_name="subscriptions", verbose_name=_("接口令牌")
    )
    """The token that made it, within whose scopes and life it stays; empty where the owner made it on a page."""
    url = models.CharField(_("地址"), max_length=500)
    events = models.JSONField(_("事件"))
    algorithm = models.CharField(
        _("签名算法"), max_length=6, choices=[(SM3, "HMAC-SM3"), (SHA256, "HMAC-SHA256")], default=SM3
    )
    salt = models.CharField(max_length=32)
    """From it and the key of the installation the secret is worked out, so that no secret stands in the database."""
    position = models.BigIntegerField(_("已读到"))
    """The index in the log of the first event that was not looked at yet."""
    failures = models.PositiveIntegerField(_("连续失败"), default=0)
    paused_at = models.DateTimeField(_("暂停时间"), null=True, blank=True)
    paused_why = models.CharField(_("暂停原因"), max_length=200, blank=True)
    busy_until = models.DateTimeField(null=True, blank=True)
    """A worker is delivering until then."""
    created_at = models.DateTimeField(_("创建时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("事件推送")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(paused_at=None, paused_why="") | (Q(paused_at__isnull=False) & ~Q(paused_why="")),
                name="subscription_paused_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event to be told to one subscription: waiting, delivered, failed for good, or withheld (out of scope)."""

    class State(TextChoices):
        WAITING = "waiting", _("待推送")
        DELIVERED = "delivered", _("已送达")
        FAILED = "failed", _("已放弃")
        WITHHELD = "withheld", _("不在范围，未推送")

    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="deliveries")
    sequence = models.BigIntegerField(_("序号"))
    """The index of the event in the log."""
    event = models.ForeignKey(Event, models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次推送"))
    status = models.PositiveSmallIntegerField(_("对方答复"), null=True, blank=True)
    error = models.CharField(_("原因"), max_length=200, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("推送记录")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("subscription", "next_at"), name="delivery_due", condition=Q(state="waiting")),
        ]
