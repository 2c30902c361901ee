"""Connection projects: what was applied for, and the records that its cases make."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.rules import (
    CostKind,
    InvestmentClass,
    Method,
    Mode,
    OwnerSize,
    ProcurementKind,
    Supply,
    Voltage,
)
from xianzhi.kernel.models import Case, Event, Unit
from xianzhi.kernel.models.choices import TextChoices

CLASSES = [(one.value, one.zh) for one in InvestmentClass]
KINDS = [(one.value, one.zh) for one in CostKind]


def _words(kinds) -> list[tuple[str, str]]:
    """Choices of a rule's enumeration whose stored value is the Chinese word itself."""
    return [(one.value, one.value) for one in kinds]


def _yuan(zh, **rest) -> models.DecimalField:
    """An amount in yuan."""
    return models.DecimalField(zh, max_digits=14, decimal_places=2, **rest)


class Stage(TextChoices):
    """How far the project is in the approval of engineering construction projects."""

    LAND = "land", _("立项用地")
    WORKS_PERMIT = "works_permit", _("工程建设许可")
    BUILDING_PERMIT = "building_permit", _("施工许可")
    COMPLETION = "completion", _("竣工")


class ProofKind(TextChoices):
    """Papers on the land; only the certificate settles the day of the proof."""

    CERTIFICATE = "certificate", _("不动产权证书")
    ALLOCATION = "allocation", _("划拨决定书")
    GRANT = "grant", _("出让合同")
    APPROVAL = "approval", _("建设用地批准")
    LEASE = "lease", _("租赁合同")
    OTHER = "other", _("其他")


class AccessProject(models.Model):
    """A place that is to get power: one for each intake case, known to every case below it."""

    case = models.OneToOneField(Case, models.PROTECT, related_name="access_project", verbose_name=_("办件"))
    project_code = models.CharField(_("投资项目代码"), max_length=40, null=True, blank=True, unique=True)
    name = models.CharField(_("项目名称"), max_length=80)
    place = models.CharField(_("地址"), max_length=120)
    red_line = models.JSONField(_("建筑区划红线"))
    area = models.DecimalField(_("红线内面积（平方米）"), max_digits=12, decimal_places=0)
    land_use = models.CharField(_("用地性质"), max_length=40)
    stage = models.CharField(_("审批阶段"), max_length=20, choices=Stage, default=Stage.LAND)
    applied_on = models.DateField(_("申请日期"))
    ready_by = models.DateField(_("计划投用日"), null=True, blank=True)
    own_grid = models.BooleanField(_("供电公司经营区内"), default=True)
    investment_class = models.CharField(
        _("投资界面类别"), max_length=10, choices=CLASSES, default=InvestmentClass.PENDING.value
    )
    base_class = models.CharField(_("标准方案类别"), max_length=10, choices=CLASSES, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接入项目")
        ordering = ("-applied_on", "-id")
        constraints = [
            models.CheckConstraint(condition=Q(area__gt=0), name="access_project_area"),
            models.CheckConstraint(
                condition=Q(investment_class__in=[value for value, _zh in CLASSES]), name="access_project_class"
            ),
            models.CheckConstraint(condition=~Q(project_code=""), name="access_project_code"),
        ]
        indexes = [models.Index(fields=("investment_class",), name="access_project_by_class")]

    def __str__(self) -> str:
        return f"{self.case.number} {self.name}"

    @property
    def classified(self) -> InvestmentClass:
        return InvestmentClass(self.investment_class)

    @property
    def number(self) -> str:
        return self.case.number

    @property
    def proof(self) -> "LandProof":
        """The papers on the land as last handed in."""
        return self.proofs.latest("id")

    @property
    def load(self) -> "LoadRequest":
        """The load as last asked for."""
        return self.loads.latest("id")

    @property
    def scheme(self) -> "SupplyScheme | None":
        """The scheme in force."""
        return self.schemes.order_by("-version").first()

    @property
    def detail(self) -> "CostDetail | None":
        """The cost detail in force."""
        return self.details.order_by("-version").first()

    @property
    def order(self) -> "DispatchOrder | None":
        """The order in force."""
        return self.orders.filter(withdrawn_on=None).first()


class LandProof(models.Model):
    """The papers on a project's land; an amendment adds another, the last one counts."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="proofs", verbose_name=_("项目"))
    kind = models.CharField(_("土地手续"), max_length=20, choices=ProofKind)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    obtained_on = models.DateField(_("取得日期"), null=True, blank=True)
    first_obtained_on = models.DateField(_("首次取得日期"), null=True, blank=True)
    supply_mode = models.CharField(_("供地方式"), max_length=8, choices=_words(Supply))
    parcel = models.CharField(_("宗地代码"), max_length=40, blank=True)
    area = models.DecimalField(_("用地面积（平方米）"), max_digits=12, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("土地产权证明")
        ordering = ("project", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(first_obtained_on=None) | Q(obtained_on__gte=F("first_obtained_on")),
                name="land_proof_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"


class LoadRequest(models.Model):
    """What power is asked for, by whom; an amendment adds another, the last one counts."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="loads", verbose_name=_("项目"))
    capacity_kw = models.DecimalField(_("报装容量（千瓦）"), max_digits=9, decimal_places=1, null=True, blank=True)
    capacity_kva = models.DecimalField(_("变压器容量（千伏安）"), max_digits=9, decimal_places=1, null=True, blank=True)
    voltage = models.CharField(_("电压等级"), max_length=4, choices=_words(Voltage))
    feeds = models.PositiveSmallIntegerField(_("电源数"), default=1)
    size = models.CharField(_("企业规模"), max_length=4, choices=_words(OwnerSize))
    size_proof = models.CharField(_("规模证明"), max_length=80, blank=True)
    building = models.CharField(_("建筑"), max_length=80, blank=True)
    over_standard = models.BooleanField(_("超标准或个性需求"), default=False)
    wish = models.TextField(_("用户要求"), blank=True)
    standard = models.CharField(_("超出的标准"), max_length=120, blank=True)
    base_cost = _yuan(_("标准方案费用（元）"), null=True, blank=True)
    wished_cost = _yuan(_("用户方案费用（元）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报装需求")
        ordering = ("project", "id")
        constraints = [
            models.CheckConstraint(condition=Q(feeds__in=(1, 2)), name="load_feeds"),
            models.CheckConstraint(condition=Q(capacity_kw=None) | Q(capacity_kw__gt=0), name="load_kw"),
            models.CheckConstraint(condition=Q(capacity_kva=None) | Q(capacity_kva__gt=0), name="load_kva"),
        ]

    def __str__(self) -> str:
        return f"{self.capacity_kw or '–'} kW"


class JointDetermination(models.Model):
    """共同认定书: what both offices, or the county office for them, determined. In class C it stands for the order."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="determinations", verbose_name=_("项目"))
    number = models.CharField(_("编号"), max_length=60, unique=True)
    on = models.DateField(_("认定日期"))
    approval = models.CharField(_("审批局意见"), max_length=10, choices=CLASSES)
    company = models.CharField(_("供电公司意见"), max_length=10, choices=CLASSES)
    county = models.CharField(_("县政府办决定"), max_length=10, choices=CLASSES, blank=True)
    investment_class = models.CharField(_("认定结果"), max_length=10, choices=CLASSES)

    class Meta:
        verbose_name = verbose_name_plural = _("共同认定书")
        ordering = ("project", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(county="", approval=F("company"), investment_class=F("approval"))
                | Q(investment_class=F("county")),
                name="joint_determination_agreed_or_decided",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class DispatchOrder(models.Model):
    """派工单: the one order on which everybody works; another only after it was withdrawn."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="orders", verbose_name=_("项目"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="dispatch_orders", verbose_name=_("办件"))
    number = models.CharField(_("派工单号"), max_length=60, unique=True)
    issued_on = models.DateField(_("派单日期"))
    received_on = models.DateField(_("签收日期"), null=True, blank=True)
    work_order = models.CharField(_("工单号"), max_length=60, null=True, blank=True, unique=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("派工单")
        ordering = ("issued_on", "id")
        constraints = [
            models.UniqueConstraint(
                fields=("project",), condition=Q(withdrawn_on=None), name="dispatch_order_once_a_project"
            ),
            models.CheckConstraint(
                condition=Q(received_on=None, work_order=None) | Q(received_on__isnull=False, work_order__isnull=False),
                name="work_order_with_receipt",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class SupplyScheme(models.Model):
    """供电方案, by version; the last one is in force."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="schemes", verbose_name=_("项目"))
    version = models.PositiveSmallIntegerField(_("版本"))
    company_version = models.PositiveSmallIntegerField(_("供电公司版本号"), default=1)
    """As 供电公司 counts its versions; two of ours bear one where a choice was made between what was typed and what
    its system sent."""
    made_on = models.DateField(_("答复日期"))
    voltage = models.CharField(_("电压"), max_length=20)
    access_point = models.CharField(_("接入点"), max_length=80)
    capacity_kva = models.DecimalField(_("容量（千伏安）"), max_digits=9, decimal_places=1, null=True, blank=True)
    route = models.JSONField(_("路径"))
    length = models.DecimalField(_("到红线的长度（米）"), max_digits=8, decimal_places=1)
    mode = models.CharField(_("敷设方式"), max_length=4, choices=_words(Mode))
    mode_reason = models.TextField(_("采用电缆的理由"), blank=True)
    cable_civil = _yuan(_("电缆土建费用（元）"), null=True, blank=True)
    overhead_civil = _yuan(_("架空土建费用（元）"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("供电方案")
        ordering = ("project", "version")
        constraints = [models.UniqueConstraint(fields=("project", "version"), name="scheme_version_once")]

    def __str__(self) -> str:
        return f"{self.project.name} {self.access_point}"


class CostDetail(models.Model):
    """费用明细 of a design, by version, drawn from one version of the scheme."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="details", verbose_name=_("项目"))
    version = models.PositiveSmallIntegerField(_("版本"))
    scheme = models.ForeignKey(SupplyScheme, models.PROTECT, related_name="details", verbose_name=_("供电方案"))
    designed_on = models.DateField(_("设计日期"))
    surveyed_on = models.DateField(_("勘查日期"))
    metres = models.DecimalField(_("图纸长度（米）"), max_digits=8, decimal_places=1)
    total = _yuan(_("合计（元）"))

    class Meta:
        verbose_name = verbose_name_plural = _("费用明细")
        ordering = ("project", "version")
        constraints = [models.UniqueConstraint(fields=("project", "version"), name="detail_version_once")]

    def __str__(self) -> str:
        return f"{self.project.name} {self.total}"


class CostLine(models.Model):
    """One line of a cost detail; it belongs to exactly one kind of cost."""

    detail = models.ForeignKey(CostDetail, models.PROTECT, related_name="lines", verbose_name=_("费用明细"))
    name = models.CharField(_("名称"), max_length=80)
    spec = models.CharField(_("规格"), max_length=80, blank=True)
    quantity = models.DecimalField(_("数量"), max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("单位"), max_length=10, blank=True)
    unit_price = _yuan(_("单价（元）"), null=True, blank=True)
    amount = _yuan(_("金额（元）"))
    kind = models.CharField(_("类别"), max_length=24, choices=KINDS)

    class Meta:
        verbose_name = verbose_name_plural = _("费用项")
        ordering = ("detail", "id")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[value for value, _zh in KINDS]), name="cost_line_kind"),
        ]

    def __str__(self) -> str:
        return self.name


class Procurement(models.Model):
    """采购: who was chosen for what, how, and to which account he is paid."""

    project = models.ForeignKey(AccessProject, models.PROTECT, related_name="procurements", verbose_name=_("项目"))
    case = models.ForeignKey(Case, models.PROTECT, related_name="procurements", verbose_name=_("办件"))
    kind = models.CharField(_("采购内容"), max_length=4, choices=_words(ProcurementKind))
    estimate = _yuan(_("估算价（元）"))
    method = models.CharField(_("采购方式"), max_length=8, choices=_words(Method))
    contractor = models.CharField(_("成交单位"), max_length=80)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("平台内单位"))
    account = models.CharField(_("合同收款账户"), max_length=60)
    result_number = models.CharField(_("结果公告号"), max_length=60, blank=True)
    on = models.DateField(_("日期"))
    event = models.OneToOneField(Event, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("采购")
        ordering = ("project", "id")

    def __str__(self) -> str:
        return f"{self.kind} {self.contractor}"
