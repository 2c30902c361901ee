"""What goes to other systems and what comes from them: partners, messages out and in, and what happened to each."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case, Event
from xianzhi.kernel.models.choices import TextChoices
from xianzhi.kernel.models.units import Unit

_DIGEST = 64


class Transport(TextChoices):
    HTTP = "http", _("接口")
    FILE = "file", _("文件")


class Partner(models.Model):
    """A system of another unit with which messages are exchanged, and on what terms."""

    name = models.SlugField(_("代号"), max_length=40, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="partners", verbose_name=_("单位"))
    account = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="partner", verbose_name=_("对接账号")
    )
    """Holds posts of the unit and takes steps for the system; nobody can sign in with it."""
    transport = models.CharField(_("方式"), max_length=4, choices=Transport)
    address = models.CharField(_("地址"), max_length=300, blank=True)
    inside = models.BooleanField(_("在政务内网"), default=False)
    """Its address is one of the government's own network, which the Internet does not know."""
    public_key = models.CharField(_("SM2 公钥"), max_length=128, unique=True)
    sends = models.JSONField(_("我方发出"), default=list)
    takes = models.JSONField(_("我方接收"), default=list)
    paused_at = models.DateTimeField(_("暂停自"), null=True, blank=True)
    turned_away = models.PositiveIntegerField(_("拒收"), default=0)
    """How many posts in its name were refused unread: wrong signature, not JSON, too old. Counted, not kept."""
    turned_away_at = models.DateTimeField(_("最近拒收"), null=True, blank=True)
    turned_away_why = models.CharField(_("拒收原因"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("对接方")
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(condition=Q(transport="file") | ~Q(address=""), name="partner_http_with_address"),
            models.CheckConstraint(
                condition=Q(turned_away=0) | Q(turned_away_at__isnull=False), name="partner_turned_away_when"
            ),
        ]

    def __str__(self) -> str:
        return self.unit.name


class _Message(models.Model):
    """What both directions have: whose, what about, which version of it, and the very bytes."""

    kind = models.CharField(_("种类"), max_length=60)
    key = models.CharField(_("业务号"), max_length=120)
    version = models.PositiveIntegerField(_("版本"), default=1)
    body = models.TextField(_("正文"))
    digest = models.CharField(_("摘要（SM3）"), max_length=_DIGEST)
    signature = models.CharField(_("签名"), max_length=160)
    sent_at = models.DateTimeField(_("签发时间"))

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.key} v{self.version}"


class Outbound(_Message):
    """A message of ours: written with the event that causes it, kept until the partner's signed receipt comes."""

    WAITING, ANSWERED, DEAD = "waiting", "answered", "dead"
    STATES = [(WAITING, _("等待回执")), (ANSWERED, _("已回执")), (DEAD, _("已停发"))]

    number = models.CharField(_("消息号"), max_length=40, unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="outbound", verbose_name=_("对接方"))
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("起因"))
    written_at = models.DateTimeField(_("写入时间"))
    state = models.CharField(_("状态"), max_length=8, choices=STATES, default=WAITING)
    attempts = models.PositiveIntegerField(_("已发次数"), default=0)
    next_try_at = models.DateTimeField(_("下次发送"))
    fault = models.CharField(_("最近未成的原因"), max_length=300, blank=True)
    answer = models.TextField(_("回执"), blank=True)
    answer_signature = models.CharField(max_length=160, blank=True)
    answered_at = models.DateTimeField(_("回执时间"), null=True, blank=True)

    class Meta(_Message.Meta):
        verbose_name = verbose_name_plural = _("发出的消息")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("partner", "kind", "key", "version"), name="outbound_once"),
            models.CheckConstraint(
                condition=~Q(state="answered") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="outbound_answered_with_receipt",
            ),
        ]
        indexes = [models.Index(fields=("state", "next_try_at"), name="outbound_open", condition=~Q(state="answered"))]


class Inbound(_Message):
    """A message of a partner, with its own bytes and the answer that it was given."""

    APPLIED, WAITING, CONFLICT, REFUSED, KEPT = "applied", "waiting", "conflict", "refused", "kept"
    STATES = [
        (APPLIED, _("已办")), (WAITING, _("等待")), (CONFLICT, _("两份不同")), (REFUSED, _("退回")),
        (KEPT, _("存查")),
    ]  # fmt: skip

    number = models.CharField(_("对方消息号"), max_length=80)
    partner = models.ForeignKey(Partner, models.PROTECT, related_name="inbound", verbose_name=_("对接方"))
    way = models.CharField(_("途径"), max_length=4, choices=Transport)
    received_at = models.DateTimeField(_("收到时间"))
    skew = models.IntegerField(_("时钟偏差（秒）"), default=0)
    """By how many seconds the sender's clock is ahead of ours; behind where it is negative."""
    flagged = models.BooleanField(_("时钟存疑"), default=False)
    state = models.CharField(_("状态"), max_length=8, choices=STATES)
    reasons = models.JSONField(_("原因"), default=list)
    differs = models.JSONField(_("差异"), default=list)
    """Where it says something else than we hold: [{zh, ours, theirs}]."""
    chosen = models.CharField(_("选定"), max_length=200, blank=True)
    """Which of two was chosen, once somebody chose."""
    answer = models.TextField(_("答复"))
    status = models.PositiveSmallIntegerField(_("答复状态"))
    duplicates = models.PositiveIntegerField(_("重复"), default=0)
    event = models.ForeignKey(Event, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("所办"))
    case = models.ForeignKey(Case, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办件"))
    tried_at = models.DateTimeField(_("最近处理"))

    class Meta(_Message.Meta):
        verbose_name = verbose_name_plural = _("收到的消息")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=("partner", "kind", "key", "version", "digest"), name="inbound_once"),
        ]
        indexes = [
            models.Index(
                fields=("state", "tried_at"), name="inbound_open", condition=Q(state__in=("waiting", "conflict"))
            ),
        ]


class Attachment(models.Model):
    """A file that came ahead of the message that names it by its digest; gone once a case holds it as a material."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="attachments", verbose_name=_("对接方"))
    sm3 = models.CharField(_("摘要（SM3）"), max_length=_DIGEST)
    name = models.CharField(_("文件名"), max_length=160)
    content = models.BinaryField()
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("来文附件")
        constraints = [models.UniqueConstraint(fields=("partner", "sm3"), name="attachment_once")]


class ExchangeEntry(models.Model):
    """One thing that happened in the exchange: sent, answered, received, paused … Triggers refuse every change."""

    WHAT = [
        ("sent", _("发送")), ("answered", _("收到回执")), ("failed", _("没有送达")), ("stopped", _("停发")),
        ("resent", _("重新发送")), ("exported", _("导出文件")), ("received", _("收到")), ("applied", _("办理")),
        ("waits", _("等待")), ("conflict", _("两份不同")), ("refused", _("退回")), ("kept", _("存查")),
        ("chosen", _("选定")), ("paused", _("暂停")), ("resumed", _("恢复")), ("settled", _("登记对接")),
    ]  # fmt: skip

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="entries", verbose_name=_("对接方"))
    outbound = models.ForeignKey(Outbound, models.PROTECT, null=True, blank=True, related_name="entries")
    inbound = models.ForeignKey(Inbound, models.PROTECT, null=True, blank=True, related_name="entries")
    what = models.CharField(_("事项"), max_length=8, choices=WHAT)
    words = models.CharField(_("说明"), max_length=500, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("办理人")
    )
    """Empty where the system itself did it."""
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("对接记录")
        ordering = ("-id",)
