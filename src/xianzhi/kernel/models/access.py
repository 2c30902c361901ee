"""Signing in: sessions, guesses, second factors, earlier passwords, and the record of all of it."""

from typing import Any

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.accounts import Account, Duty
from xianzhi.kernel.models.choices import TextChoices
from xianzhi.kernel.models.subjects import Subject

AGENT_LENGTH = 120


class AccessRecord(models.Model):
    """That somebody signed in, failed to, was locked out … Triggers refuse every change, and deletion for half a year.

    It never holds a password, nor a name typed at the door that is no account's: people type passwords there.
    """

    class What(TextChoices):
        SIGNED_IN = "signed_in", _("登录")
        FAILED = "failed", _("登录失败")
        LOCKED = "locked", _("锁定")
        UNLOCKED = "unlocked", _("解锁")
        SIGNED_OUT = "signed_out", _("退出")
        TIMED_OUT = "timed_out", _("超时退出")
        ENDED = "ended", _("登录被终止")
        REFUSED = "refused", _("会话被拒")
        SECOND_SET = "second_set", _("启用动态码")
        SECOND_REMOVED = "second_removed", _("停用动态码")
        RECOVERY_USED = "recovery_used", _("使用恢复码")
        PASSWORD_CHANGED = "password_changed", _("修改密码")
        PASSWORD_RESET = "password_reset", _("重设密码")
        CREATED = "created", _("新设账号")
        DISABLED = "disabled", _("停用账号")
        ENABLED = "enabled", _("启用账号")
        INVITED = "invited", _("发邀请码")
        PROPOSED = "proposed", _("提请设立")
        DECLINED = "declined", _("不同意设立")

    at = models.DateTimeField(_("时间"))
    what = models.CharField(_("事项"), max_length=20, choices=What)
    account = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("办理人"))
    """Who did it to the account; empty where the account itself or the installation did."""
    address = models.GenericIPAddressField(_("地址"), null=True)
    agent = models.CharField(_("浏览器"), max_length=AGENT_LENGTH, blank=True)
    detail = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("登录记录")
        ordering = ("-id",)
        indexes = [
            models.Index(fields=("at",), name="access_by_time"),
            models.Index(fields=("account", "-id"), name="access_by_account"),
        ]


class Session(AbstractBaseSession):
    """A session, with whose it is and where it was begun, so that its owner can see and end it."""

    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="sessions", verbose_name=_("账号"))
    began = models.DateTimeField(_("登录时间"), null=True)
    seen = models.DateTimeField(_("最近操作"), null=True)
    address = models.GenericIPAddressField(_("地址"), null=True)
    agent = models.CharField(_("浏览器"), max_length=AGENT_LENGTH, blank=True)

    class Meta(AbstractBaseSession.Meta):
        verbose_name = verbose_name_plural = _("会话")

    @classmethod
    def get_session_store_class(cls) -> Any:
        from xianzhi.kernel.access.sessions import SessionStore  # noqa: PLC0415 - the store needs this model

        return SessionStore


class Guesses(models.Model):
    """How often one and the same door was tried in vain. Each try is counted before the password is looked at."""

    key = models.CharField(max_length=64, unique=True)
    """A keyed digest of what is counted: account with address, account alone, address alone."""
    account = models.ForeignKey(Account, models.CASCADE, null=True, related_name="guesses", verbose_name=_("账号"))
    address = models.GenericIPAddressField(_("地址"), null=True)
    failures = models.PositiveIntegerField(_("次数"), default=0)
    most = models.PositiveIntegerField(_("最多"))
    last = models.DateTimeField(_("最近一次"))


class SecondFactor(models.Model):
    """The secret that an account shares with its one-time code app, encrypted, and the last code's step in time."""

    account = models.OneToOneField(Account, models.CASCADE, primary_key=True, related_name="second_factor")
    sealed = models.TextField()
    counter = models.BigIntegerField(default=0)
    """No code of this step of 30 seconds, or of an earlier one, is taken again."""
    since = models.DateTimeField(_("启用时间"))


class RecoveryCode(models.Model):
    """A code that stands in for the second factor once. Only its keyed digest is kept."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64, unique=True)
    used_at = models.DateTimeField(null=True)


class PastPassword(models.Model):
    """A password that an account had, hashed, so that it is not taken again soon."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="past_passwords")
    password = models.CharField(max_length=128)
    at = models.DateTimeField()

    class Meta:
        ordering = ("-id",)


class DutyProposal(models.Model):
    """A security administrator wants another one: the second decides whether there will be a third."""

    username = models.CharField(_("登录名"), max_length=150)
    name = models.CharField(_("姓名"), max_length=60)
    duty = models.CharField(_("管理职责"), max_length=10, choices=Duty)
    reason = models.CharField(_("事由"), max_length=200)
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("提请人"))
    at = models.DateTimeField(_("提请时间"))
    decided_by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("确认人"))
    decided_at = models.DateTimeField(_("确认时间"), null=True)
    account = models.OneToOneField(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    """The account that came of it; empty while undecided, and where it was declined."""

    class Meta:
        verbose_name = verbose_name_plural = _("提请设立的管理员")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("by")), name="duty_takes_two"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, account=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="duty_decision_whole",
            ),
        ]


class Invitation(models.Model):
    """A code, handed over on paper, with which a subject makes its account. Only its keyed digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="invitations", verbose_name=_("办事主体"))
    by = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("发码人"))
    at = models.DateTimeField(_("发码时间"))
    until = models.DateTimeField(_("有效至"))
    account = models.OneToOneField(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("账号"))
    """The account made with it: it serves once."""

    class Meta:
        verbose_name = verbose_name_plural = _("邀请码")
