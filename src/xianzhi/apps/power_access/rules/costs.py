"""Costs outside the red line: their lines, who pays them, and when an owner may be charged at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from xianzhi.apps.power_access.rules.reasons import FREE_FOR_OWNER, InvestmentClass, condition, sentence, total
from xianzhi.law.decision import ALLOW, REFUSE, Decision, Reason
from xianzhi.law.money import format_yuan, yuan
from xianzhi.law.parameters import Parameters


class CostKind(StrEnum):
    """What a cost line is for; the stored value is the short English name."""

    CIVIL = "civil"
    ELECTRICAL = "electrical"
    METERING = "metering"
    CORRIDOR = "corridor_compensation"
    REVIEW_FEE = "review_fee"
    MANAGEMENT = "management"

    @property
    def zh(self) -> str:
        return _KIND_ZH[self]


_KIND_ZH = {
    CostKind.CIVIL: "土建配套",
    CostKind.ELECTRICAL: "电气工程",
    CostKind.METERING: "计量装置",
    CostKind.CORRIDOR: "线路通道占地青赔",
    CostKind.REVIEW_FEE: "审价费",
    CostKind.MANAGEMENT: "管理费",
}


class Payer(StrEnum):
    """Who bears a cost. BY_RULES: 供电公司's rules say, for this notice is silent on the meter outside class A."""

    COMPANY = "供电公司"
    COUNTY = "县政府"
    OWNER = "用户"
    BY_RULES = "按供电规定"


@dataclass(frozen=True, slots=True)
class CostLine:
    """A line of 费用明细."""

    name: str
    kind: CostKind | None
    amount: Decimal
    """In yuan."""
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """The costs of a project and its class."""

    on: date
    classified: InvestmentClass
    lines: tuple[CostLine, ...]


def split_cost(facts: SplitFacts, p: Parameters) -> Decision:
    """Who pays what outside the red line, every fen once. [power-2-1-2] [power-2-2-1] [power-2-3-1] [power-2-4]

    Value: the yuan of every payer. REFUSE while a line has no kind or the project no class.
    """
    payable = (*FREE_FOR_OWNER, InvestmentClass.D)
    settled = condition(
        facts.classified in payable,
        "power-3-2-2-1-3",
        f"投资界面为{facts.classified.zh}",
        f"投资界面为{facts.classified.zh}，不能分担费用",
        cure="先认定投资界面",
        used={"投资界面": facts.classified.zh},
    )
    unkind = tuple(line_kinds(facts.lines))
    if unkind or not settled.holds:
        return Decision.of(REFUSE, settled, *unkind)
    shares = dict.fromkeys(Payer, yuan(0))
    for line in facts.lines:
        assert line.kind is not None
        shares[_payer(facts, line.kind, p)] += line.amount
    return Decision(ALLOW, (settled, *_split_reasons(facts, shares)), shares)


def _payer(facts: SplitFacts, kind: CostKind, p: Parameters) -> Payer:
    if facts.classified == InvestmentClass.A:
        return Payer.COMPANY
    if kind == CostKind.METERING:
        return Payer.BY_RULES
    if facts.classified == InvestmentClass.D:
        return Payer.OWNER
    if kind != CostKind.ELECTRICAL:
        return Payer.COUNTY
    if facts.classified == InvestmentClass.C:
        return Payer.COMPANY
    return Payer(str(p.get("power.b_electrical.payer", on=facts.on)))


_SPLIT_CITES = {
    InvestmentClass.A: {Payer.COMPANY: "power-2-1-2", Payer.COUNTY: "power-3-2-1-2"},
    InvestmentClass.B: {Payer.COMPANY: "power-2-2-1", Payer.COUNTY: "power-2-2-1"},
    InvestmentClass.C: {Payer.COMPANY: "power-2-3-3", Payer.COUNTY: "power-2-3-2"},
    InvestmentClass.D: {Payer.COMPANY: "power-2-4", Payer.COUNTY: "power-2-4"},
}
_OWNER_CITES = {InvestmentClass.D: "power-2-4"}


def _split_reasons(facts: SplitFacts, shares: dict[Payer, Decimal]) -> Iterator[Reason]:
    cites = _SPLIT_CITES[facts.classified]
    for payer, amount in shares.items():
        if payer == Payer.BY_RULES and not amount:
            continue
        default = _OWNER_CITES.get(facts.classified, "power-1-2") if payer == Payer.OWNER else "power-3-2-1-1"
        yield sentence(f"{payer}承担{format_yuan(amount)}元", cites.get(payer, default), {str(payer): amount})
    corridor = total(line.amount for line in facts.lines if line.kind == CostKind.CORRIDOR)
    if corridor and facts.classified == InvestmentClass.C:
        text = f"其中通道占地青赔{format_yuan(corridor)}元由县政府承担"
        yield sentence(text, "power-3-2-3-5", {"通道占地青赔": corridor})


def line_kinds(lines: Iterable[CostLine]) -> Iterator[Reason]:
    """A failing reason for every line that is neither civil nor electrical nor one of their company. [power-1-4]"""
    for line in lines:
        if line.kind is None:
            yield condition(
                False, "power-1-4", "", f"“{line.name}”须归入土建或电气", cure="给这一行选定类别",
                used={"费用项": line.name},
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class DetailFacts:
    """A cost detail as it is handed in."""

    classified: InvestmentClass
    lines: tuple[CostLine, ...]
    typed_total: Decimal | None
    """None while the page only previews."""


def detail_ok(facts: DetailFacts, p: Parameters) -> Decision:
    """Every line has its kind and adds up, the total is their sum. [power-3-2-2-3-3] Value: the sum.

    In class C the county's detail holds no electrical line: 供电公司 invests it. [power-3-2-3-4]
    """
    reasons = [*line_kinds(facts.lines), *_line_products(facts.lines)]
    reasons.append(
        condition(bool(facts.lines), "power-3-2-2-3-3", f"费用明细共{len(facts.lines)}行", "费用明细没有内容",
                  cure="逐行填写费用明细")
    )  # fmt: skip
    electrical = [line.name for line in facts.lines if line.kind == CostKind.ELECTRICAL]
    if facts.classified == InvestmentClass.C:
        reasons.append(
            condition(
                not electrical,
                "power-3-2-3-4",
                "费用明细只有县政府承担的项目",
                f"电气工程由供电公司投资，不能列入县级费用明细：{'、'.join(electrical)}",
                cure="删去电气项目",
            )
        )
    summed = yuan(total(line.amount for line in facts.lines))
    if facts.typed_total is not None:
        reasons.append(
            condition(
                facts.typed_total == summed,
                "power-3-2-2-3-3",
                f"合计{format_yuan(summed)}元",
                f"合计应为 {format_yuan(summed)}，所填为 {facts.typed_total:,}",
                cure="按各行之和改正合计",
                used={"各行之和": summed, "所填合计": facts.typed_total},
            )
        )
    return Decision.judge(reasons, value=summed)


def _line_products(lines: Iterable[CostLine]) -> Iterator[Reason]:
    for line in lines:
        if line.quantity is None or line.unit_price is None:
            continue
        product = yuan(line.quantity * line.unit_price)
        if product != line.amount:
            yield condition(
                False, "power-3-2-2-3-3", "",
                f"“{line.name}”数量乘单价为 {format_yuan(product)}，所填为 {line.amount:,}", cure="改正这一行的金额",
                used={"数量": line.quantity, "单价": line.unit_price, "金额": line.amount},
            )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChargeFacts:
    """A charge that somebody puts to an owner."""

    classified: InvestmentClass
    amount: Decimal | None = None
    """In yuan; None while the page only previews."""
    inside: bool = False
    """The work lies inside the red line."""
    what: str = ""
    exception: str = ""
    """The number of the law or policy that allows it."""


def may_charge(facts: ChargeFacts, p: Parameters) -> Decision:
    """No cost outside the red line falls on the owner, unless a cited law or policy says so. [power-1-2]"""
    if facts.amount is None:
        return Decision.of(ALLOW, sentence("红线外的费用不得由用户承担，另有规定的写明文号", "power-1-2"))
    sum_zh = format_yuan(facts.amount)
    used = {
        "投资界面": facts.classified.zh, "金额": facts.amount, "事项": facts.what, "例外文件": facts.exception or "无",
    }  # fmt: skip
    if facts.inside:
        return Decision.of(ALLOW, sentence(f"红线内的{sum_zh}元由用户自理，仅作记录", "power-1-3", used))
    if facts.classified == InvestmentClass.D:
        return Decision.of(ALLOW, sentence(f"用户自己投资的项目，{sum_zh}元由用户承担", "power-2-4", used))
    if facts.classified == InvestmentClass.OUT:
        return Decision.of(ALLOW, sentence("本通知不适用，收费按供电公司现行规定", "power-1-2", used))
    if facts.classified not in FREE_FOR_OWNER:
        undecided = condition(
            False, "power-1-2", "", f"投资界面{facts.classified.zh}，认定前不得向用户收取{sum_zh}元",
            cure="先认定投资界面", used=used,
        )  # fmt: skip
        return Decision.of(REFUSE, undecided)
    if facts.exception:
        text = f"依{facts.exception}收取红线外费用{sum_zh}元，在业主页面公示"
        return Decision.of(ALLOW, sentence(text, "power-1-2", used))
    text = f"{facts.classified.zh}的项目，红线外费用{sum_zh}元不得由用户承担"
    cure = "不收或退还，同时生成收费反映；确有规定的写明文件文号"
    return Decision.of(REFUSE, condition(False, "power-1-2", "", text, cure=cure, used=used))


@dataclass(frozen=True, slots=True)
class ZeroFacts:
    """The owner's answer after the light came on: what was paid outside the red line, in yuan."""

    paid: Decimal


def zero_charge(facts: ZeroFacts, p: Parameters) -> Decision:
    """Zero means zero. [power-1-2] Outcome: confirmed_zero or reported."""
    if not facts.paid:
        return Decision.of("confirmed_zero", sentence("业主确认红线外没有交费", "power-1-2", {"已交": facts.paid}))
    text = f"业主反映红线外交费{format_yuan(facts.paid)}元，转收费反映"
    return Decision.of("reported", sentence(text, "power-1-2", {"已交": facts.paid}), value=facts.paid)


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """A report of a charge that is put to a unit."""

    project: str = ""
    """The number of the project as it was typed, if it was."""
    known: bool = True


def report_linked(facts: ReportFacts, p: Parameters) -> Decision:
    """A report names its project where that was found out. [power-1-2]"""
    return Decision.judge([
        condition(facts.known, "power-1-2", "已转单位答复", f"没有编号为{facts.project}的项目",
                  cure="改正项目编号，查不到的不填", used={"项目": facts.project or "未查明"}),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class CropFacts:
    """A plot in the corridor of the line."""

    on: date
    area: Decimal
    """In mu (亩)."""
    rate: Decimal | None = None
    """Yuan per mu where the plot has a rate of its own; else the county's."""


def crop_compensation(facts: CropFacts, p: Parameters) -> Decision:
    """Area times rate, rounded half up to the fen. [power-3-2-3-6] Value: the yuan."""
    standard = p.get("power.crop.rate", on=facts.on)
    rate = standard.as_decimal() if facts.rate is None else facts.rate
    amount = yuan(facts.area * rate)
    used = {"面积": facts.area, "标准": rate, "补偿金额": amount}
    text = f"{facts.area}亩，每亩{format_yuan(yuan(rate))}元，青苗赔偿{format_yuan(amount)}元"
    return Decision.of(ALLOW, sentence(text, "power-3-2-3-6", used), value=amount)


@dataclass(frozen=True, slots=True)
class CropListFacts:
    """The plots of one list; None while the page only previews."""

    plots: tuple[CropFacts, ...] | None = None
    doubled: tuple[str, ...] = ()
    """Plots that stand on the list twice."""


def crop_list(facts: CropListFacts, p: Parameters) -> Decision:
    """Every plot once, with an area, at its rate. [power-3-2-3-6] Value: the yuan of the list."""
    if facts.plots is None:
        return Decision.of(ALLOW, sentence("逐块登记面积和作物，金额由标准算出", "power-3-2-3-6"))
    found = [crop_compensation(plot, p) for plot in facts.plots]
    empty = sum(not plot.area for plot in facts.plots)
    doubled = "、".join(facts.doubled)
    checks = (
        condition(not empty, "power-3-2-3-6", "各地块均有面积", f"{empty}块地没有面积", cure="填写面积，单位为亩"),
        condition(not doubled, "power-3-2-3-6", "每块地只列一次", f"{doubled}列了不止一次", cure="并为一行"),
    )
    reasons = [*(reason for one in found for reason in one.reasons), *checks]
    return Decision.judge(reasons, value=total(one.value for one in found))


@dataclass(frozen=True, slots=True)
class CropPayFacts:
    """A payment to the holders of a list's plots, in yuan."""

    listed: Decimal
    paid: Decimal | None = None
    """None while the page only previews."""


def may_pay_crops(facts: CropPayFacts, p: Parameters) -> Decision:
    """What is paid is what was listed and shown. [power-3-2-3-6]"""
    listed = format_yuan(facts.listed)
    if facts.paid is None:
        return Decision.of(ALLOW, sentence(f"清单合计{listed}元", "power-3-2-3-6", {"清单合计": facts.listed}))
    short = abs(facts.listed - facts.paid)
    return Decision.judge([
        condition(not short, "power-3-2-3-6", f"已付{listed}元，与清单一致", f"与清单合计相差{format_yuan(short)}元",
                  cure="按清单支付，清单有误的先改清单", used={"清单合计": facts.listed, "支付": facts.paid}),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """A line as drawn, in metres."""

    length: Decimal
    inside: Decimal
    """How much of it lies inside the red line."""


def counted_length(facts: RouteFacts, p: Parameters) -> Decision:
    """Connection works end at the red line. [power-1-3] Value: the metres that count."""
    counted = facts.length - facts.inside
    used = {"线路全长": facts.length, "红线内": facts.inside, "计入": counted}
    ok = condition(
        0 <= facts.inside <= facts.length,
        "power-1-3",
        f"线路全长{facts.length}米，红线内{facts.inside}米由用户自理，计入{counted}米",
        f"红线内{facts.inside}米与全长{facts.length}米不符",
        cure="核对路径图",
        used=used,
    )
    return Decision.judge([ok], value=counted)
