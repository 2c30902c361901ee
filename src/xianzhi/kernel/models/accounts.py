"""Accounts, and the posts that they hold at units for a time."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.choices import TextChoices
from xianzhi.kernel.models.subjects import Subject
from xianzhi.kernel.models.units import Unit


class Duty(TextChoices):
    """The three duties that are kept apart from one another and from every post."""

    NONE = "", _("无")
    SYSTEM = "system", _("系统管理员")
    SECURITY = "security", _("安全管理员")
    AUDIT = "audit", _("审计员")


class Account(AbstractUser):
    """Somebody who signs in: an official with posts, a subject served, or one of the three duties."""

    first_name = last_name = None
    name = models.CharField(_("姓名"), max_length=60)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="accounts", verbose_name=_("办事主体")
    )
    duty = models.CharField(_("管理职责"), max_length=10, choices=Duty, blank=True, default=Duty.NONE)
    must_change = models.BooleanField(_("须改密码"), default=False)
    """The password was given by somebody else: it serves once, and not for long."""
    password_at = models.DateTimeField(_("密码设于"), null=True, blank=True)
    theme = models.CharField(
        max_length=5, default="light", choices=[("light", _("浅色")), ("dark", _("深色")), ("auto", _("跟随系统"))]
    )
    large_text = models.BooleanField(_("大字"), default=False)
    language = models.CharField(
        _("语言"), max_length=7, default="zh-hans", choices=[("zh-hans", "中文"), ("en", "English")]
    )

    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = verbose_name_plural = _("账号")
        constraints = [
            models.CheckConstraint(condition=Q(duty="") | Q(subject=None), name="duty_serves_no_subject"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Post(models.Model):
    """A post (`function.post`, such as approval.first_review) held by an account at a unit for a time."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="posts", verbose_name=_("账号"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="posts", verbose_name=_("单位"))
    function = models.CharField(_("职能"), max_length=40)
    role = models.CharField(_("岗位"), max_length=40)
    since = models.DateField(_("自"))
    until = models.DateField(_("至（不含）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("岗位")
        ordering = ("account", "function", "role")
        constraints = [
            models.UniqueConstraint(fields=("account", "unit", "function", "role", "since"), name="post_once_a_day"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=F("since")), name="post_dates"),
        ]
        indexes = [models.Index(fields=("account", "function", "role"), name="post_by_account")]

    def __str__(self) -> str:
        return f"{self.account} {self.key}"

    @property
    def key(self) -> str:
        """As steps name it: function.post"""
        return f"{self.function}.{self.role}"


class PostChange(models.Model):
    """That a post was given or ended, by whom and why. Triggers refuse every change and deletion.

    It is no event of a case: steps are taken by posts, and whoever answers for security holds none. So the change is
    written beside the post, in the same transaction, and the auditor reads it.
    """

    GIVEN, ENDED = "given", "ended"

    post = models.ForeignKey(Post, models.PROTECT, related_name="changes", verbose_name=_("岗位"))
    change = models.CharField(_("变动"), max_length=5, choices=[(GIVEN, _("授予")), (ENDED, _("终止"))])
    on = models.DateField(_("自何日"))
    reason = models.CharField(_("事由"), max_length=200)
    by = models.ForeignKey(Account, models.PROTECT, null=True, related_name="+", verbose_name=_("办理人"))
    """Empty where the installation itself set it up."""
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("岗位变动")
        ordering = ("-at", "-id")
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="post_change_with_reason")]
