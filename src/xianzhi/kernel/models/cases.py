"""Cases and the events that are all that ever happens to them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel import registry
from xianzhi.kernel.models.subjects import Subject
from xianzhi.kernel.models.units import Unit
from xianzhi.kernel.scope import visible_cases
from xianzhi.law.procedure import Procedure, State

GENESIS = "0" * 64


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, account) -> "CaseQuerySet":
        """The one data scope: what an account may see, for lists, counts, search, maps and exports alike."""
        return self.filter(visible_cases(account))

    def open(self) -> "CaseQuerySet":
        return self.filter(closed_on=None)


class Case(models.Model):
    """One running procedure, for one subject, at one place. Moved only by `door.take_step`.

    `state`, `seq` and `head` are those of its last event. `due_on` is the earliest of its running time limits, worked
    out again at every step and by the clock: an index to sort by, never the source.
    """

    number = models.CharField(_("编号"), max_length=60)
    procedure_name = models.CharField(_("办理流程"), max_length=60, db_column="procedure")
    version = models.PositiveSmallIntegerField(_("流程版本"), default=1)
    state = models.CharField(_("状态"), max_length=40)
    title = models.CharField(_("事项"), max_length=120)
    subject = models.ForeignKey(
        Subject, models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("办事主体")
    )
    division = models.CharField(_("区划代码"), max_length=12)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("所属办件")
    )
    opened_on = models.DateField(_("开始"))
    moved_on = models.DateField(_("最近办理"))
    closed_on = models.DateField(_("办结"), null=True, blank=True)
    seq = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)
    due_on = models.DateField(_("最先到期"), null=True, blank=True)
    due_step = models.CharField(max_length=40, blank=True)
    due_provisional = models.BooleanField(default=False)
    halted_on = models.DateField(_("计时暂停"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("办件")
        ordering = ("-opened_on", "-id")
        constraints = [models.UniqueConstraint(fields=("number",), name="case_number_once")]
        # Every step rewrites the case and with it the entry in each index: no index here that nothing reads.
        indexes = [
            models.Index(fields=("division",), name="case_by_division", opclasses=["varchar_pattern_ops"]),
            models.Index(fields=("procedure_name", "state", "due_on"), name="case_by_state"),
            models.Index(fields=("due_on",), name="case_by_due", condition=Q(closed_on=None)),
            models.Index(fields=("-opened_on", "-id"), name="case_by_opened"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def procedure(self) -> type[Procedure]:
        return registry.procedures[self.procedure_name]

    @property
    def state_shown(self) -> State:
        return self.procedure.states[self.state]

    @property
    def root(self) -> "Case":
        """The case that this one belongs under; itself where it stands alone."""
        return self.parent or self


class Event(models.Model):
    """One step taken. Written once by the door; triggers refuse every change and deletion."""

    # The index of `event_seq_once` serves the case too.
    case = models.ForeignKey(Case, models.PROTECT, related_name="events", db_index=False, verbose_name=_("办件"))
    seq = models.PositiveIntegerField(_("序号"))
    name = models.CharField(_("事件"), max_length=80)
    step_name = models.CharField(_("步骤"), max_length=40, db_column="step")
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("办理人")
    )
    by_post = models.CharField(_("岗位"), max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("单位"))
    on = models.DateField(_("日期"))
    at = models.DateTimeField(_("时间"))
    data = models.JSONField(default=dict)
    decision = models.JSONField(null=True)
    materials = models.JSONField(default=list)
    postings = models.JSONField(null=True)
    """The money that the step moved, as its entries hold it; None where it moved none."""
    key = models.CharField(max_length=80, blank=True)
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = _("办理记录")
        ordering = ("case", "seq")
        constraints = [
            models.UniqueConstraint(fields=("case", "seq"), name="event_seq_once"),
            models.UniqueConstraint(fields=("case", "key"), name="event_key_once", condition=~Q(key="")),
        ]
        indexes = [
            models.Index(fields=("key",), name="event_opening_key", condition=Q(from_state="start") & ~Q(key="")),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.seq} {self.name}"

    @property
    def step(self):
        return self.case.procedure.steps[self.step_name]


class SearchText(models.Model):
    """Pairs of neighbouring characters of a case's number, title and subject. Apart from the case, which every step
    rewrites, for this is written once."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="search_text")
    grams = models.TextField()


class Reminder(models.Model):
    """A reminder that a time limit is near or over, written once for each."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="reminders", verbose_name=_("办件"))
    step_name = models.CharField(max_length=40, db_column="step")
    kind = models.CharField(max_length=4, choices=[("near", _("临近")), ("over", _("逾期"))])
    due_on = models.DateField(_("到期日"))
    at = models.DateTimeField(_("提醒时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("提醒")
        constraints = [
            models.UniqueConstraint(fields=("case", "step_name", "kind", "due_on"), name="reminder_once"),
        ]


class Series(models.Model):
    """The last number given in a series of numbers (绛电接〔2025〕), so that none is left out or given twice."""

    name = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=("name", "year"), name="series_once_a_year"),
        ]
