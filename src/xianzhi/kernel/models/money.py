"""Money: accounts, entries and their lines. Written only by `kernel.money`, and never changed or deleted."""

from django.db import models
from django.db.models import BigIntegerField, F, Func, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case, Event
from xianzhi.kernel.models.choices import TextChoices
from xianzhi.kernel.models.subjects import Subject
from xianzhi.kernel.models.units import Unit

YUAN = "CNY"


class AccountKind(TextChoices):
    """What stands on an account. `FLOORED` says which of them never fall below nothing."""

    OUTSIDE = "outside", _("外部往来")
    AUTHORITY = "authority", _("授权额度")
    BUDGET = "budget", _("计划指标")
    USED = "used", _("已用指标")
    FUND = "fund", _("专项资金")
    SPENT = "spent", _("已付款项")
    RETURNED = "returned", _("退回结余")
    DUE = "due", _("应收款项")
    LEVIED = "levied", _("应收来源")
    RECEIVED = "received", _("已收款项")
    DEPOSIT = "deposit", _("保证金")


FLOORED = frozenset({
    AccountKind.USED, AccountKind.FUND, AccountKind.SPENT, AccountKind.RETURNED, AccountKind.DUE, AccountKind.RECEIVED,
    AccountKind.DEPOSIT,
})  # fmt: skip
"""Kinds of account that nothing may be taken from but what is there. The rest stand for the other side of a movement;
a plan's line may fall below nothing by an adjustment, but nothing is drawn from it then."""


class EntryKind(TextChoices):
    """Why money moved."""

    BUDGET = "budget", _("下达指标")
    APPROPRIATION = "appropriation", _("拨付")
    CHARGE = "charge", _("应收")
    PAYMENT = "payment", _("支付")
    REFUND = "refund", _("退还")
    DEPOSIT = "deposit", _("收保证金")
    RELEASE = "release", _("退保证金")
    TRANSFER = "transfer", _("划转")
    CARRY = "carry", _("结转")
    REVERSAL = "reversal", _("冲销")


class MoneyAccount(models.Model):
    """资金科目: a place where yuan stand, named by a path of nouns such as power.plan/2025/line 3.

    It belongs to a case, a subject or a unit, or to nobody: then it is the world outside the county's books.
    """

    name = models.CharField(_("科目代号"), max_length=120, unique=True)
    title = models.CharField(_("科目"), max_length=160)
    service = models.CharField(_("服务"), max_length=40)
    kind = models.CharField(_("类别"), max_length=12, choices=AccountKind)
    case = models.ForeignKey(
        Case, models.PROTECT, null=True, blank=True, related_name="money_accounts", verbose_name=_("办件")
    )
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="money_accounts", verbose_name=_("办事主体")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="money_accounts", verbose_name=_("单位")
    )
    currency = models.CharField(_("币种"), max_length=3, default=YUAN)
    opened_on = models.DateField(_("开立"))

    class Meta:
        verbose_name = verbose_name_plural = _("资金科目")
        ordering = ("service", "name")
        constraints = [
            models.CheckConstraint(condition=Q(currency=YUAN), name="money_account_yuan"),
            models.CheckConstraint(
                condition=Q(case=None, subject=None) | Q(case=None, unit=None) | Q(subject=None, unit=None),
                name="money_account_one_owner",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def floored(self) -> bool:
        """Whether it never falls below nothing."""
        return self.kind in FLOORED


class MoneyEntry(models.Model):
    """资金分录: one movement of money, the `place`-th of its event. Its lines sum to exactly nothing."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="entries", db_index=False, verbose_name=_("办理记录"))
    place = models.PositiveSmallIntegerField(_("序号"))
    on = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=14, choices=EntryKind)
    text = models.CharField(_("摘要"), max_length=200)
    reference = models.CharField(_("流水号"), max_length=240, blank=True)
    """The number under which others know the movement, such as the treasury's."""
    edition = models.PositiveSmallIntegerField(default=1)
    """Counts the entries under one number: a second one comes only after the first was reversed."""
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="reversed_by", verbose_name=_("冲销")
    )

    class Meta:
        verbose_name = verbose_name_plural = _("资金分录")
        ordering = ("on", "id")
        constraints = [
            models.UniqueConstraint(fields=("event", "place"), name="money_entry_once"),
            models.UniqueConstraint(
                fields=("kind", "reference", "edition"), name="money_reference_once", condition=~Q(reference="")
            ),
            models.CheckConstraint(condition=Q(kind="reversal") ^ Q(reverses=None), name="money_reversal_reverses"),
        ]
        indexes = [
            models.Index(fields=("reference",), name="money_by_reference", condition=~Q(reference="")),
            models.Index(fields=("on",), name="money_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.get_kind_display()} {self.text}"


class MoneyLine(models.Model):
    """What an entry puts into an account (above nothing) or takes out of it (below), in yuan."""

    entry = models.ForeignKey(MoneyEntry, models.PROTECT, related_name="lines", verbose_name=_("分录"))
    account = models.ForeignKey(MoneyAccount, models.PROTECT, related_name="lines", verbose_name=_("科目"))
    amount = models.DecimalField(_("金额（元）"), max_digits=15, decimal_places=2)

    class Meta:
        verbose_name = verbose_name_plural = _("分录各行")
        ordering = ("entry", "id")
        constraints = [
            models.UniqueConstraint(fields=("entry", "account"), name="money_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="money_line_something"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} {self.account_id}"


class Fen(Func):
    """An amount in whole fen, to sum up: SQLite keeps decimals as binary fractions, whose sums are not exact."""

    template = "CAST(ROUND(%(expressions)s * 100) AS BIGINT)"
    output_field = BigIntegerField()

    def __init__(self, amount: str = "amount") -> None:
        super().__init__(F(amount))
