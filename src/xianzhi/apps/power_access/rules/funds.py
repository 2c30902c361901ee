"""County money: what may be appropriated and paid, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from xianzhi.apps.power_access.rules.reasons import COUNTY_PAID, InvestmentClass, condition, sentence, total
from xianzhi.law.decision import REFUSE, Decision, Reason
from xianzhi.law.money import format_yuan, yuan
from xianzhi.law.parameters import Parameters


class Source(StrEnum):
    """资金来源."""

    LAND_RESERVE = "土地储备资金"
    INFRASTRUCTURE_FEE = "城市基础设施配套费"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class SourceLine:
    """How much of an appropriation comes from one source, in yuan."""

    source: Source
    amount: Decimal


@dataclass(frozen=True, slots=True)
class FundPaper:
    """One of the three papers that an appropriation rests on."""

    number: str
    project: str
    version: int | None = None
    """None for a paper that has no versions: an order."""


@dataclass(frozen=True, slots=True)
class FundFacts:
    """An appropriation that is asked for. Amounts in yuan; None while the page only previews."""

    project: str
    classified: InvestmentClass
    order: FundPaper | None
    """派工单; in class C 共同认定书 takes its place."""
    equipment: FundPaper | None
    detail: FundPaper | None
    approval: str
    """The number of 立项批复."""
    plan_left: Decimal | None
    """What the plan still holds for the project; None when it is not in the plan."""
    detail_total: Decimal
    funded: Decimal
    """Appropriated before."""
    amount: Decimal | None = None
    sources: tuple[SourceLine, ...] | None = None
    design_current: bool = True
    """The design was drawn from the scheme in force."""
    design_opinion: bool = True
    """供电公司 gave its opinion on the design, or its absence is recorded."""


def may_fund(facts: FundFacts, p: Parameters) -> Decision:
    """Finance funds what three papers of one project and one version carry. [power-3-2-2-4-1]

    Value: the most that may be appropriated now.
    """
    if facts.classified not in COUNTY_PAID:
        return Decision.of(REFUSE, _no_county_money(facts.classified))
    room = facts.detail_total - facts.funded
    most = max(yuan(0), min(room, room if facts.plan_left is None else facts.plan_left))
    reasons = [*_papers(facts), _approval(facts), *_design(facts), *_amounts(facts, room)]
    return Decision.judge(reasons, value=most)


def _no_county_money(classified: InvestmentClass) -> Reason:
    cites = {InvestmentClass.A: "power-3-2-1-2", InvestmentClass.D: "power-2-4"}.get(classified, "power-3-2-2-4-1")
    by = {
        InvestmentClass.A: "二（一）规定的供电公司投资项目，管理费和建设费由供电公司自行承担，不拨县级资金",
        InvestmentClass.D: "用户自己投资的项目，不拨县级资金",
    }.get(classified, f"投资界面为{classified.zh}，不拨县级资金")
    return condition(False, cites, "", by, cure="只为县政府投资或分担的项目申请资金", used={"投资界面": classified.zh})


def _papers(facts: FundFacts) -> Iterator[Reason]:
    order_zh = "共同认定书" if facts.classified == InvestmentClass.C else "派工单"
    papers = {order_zh: facts.order, "设备清单": facts.equipment, "费用明细": facts.detail}
    missing = [zh for zh, paper in papers.items() if paper is None]
    yield condition(
        not missing, "power-3-2-2-4-1", f"{'、'.join(papers)}齐全", f"缺{'、'.join(missing)}", cure="补齐所缺文件"
    )
    strange = [zh for zh, paper in papers.items() if paper is not None and paper.project != facts.project]
    yield condition(
        not strange, "power-3-2-2-4-1", "各文件属同一项目", f"{'、'.join(strange)}不是本项目的", cure="改附本项目的文件"
    )
    if facts.equipment is not None and facts.detail is not None:
        listed, detailed = facts.equipment.version, facts.detail.version
        yield condition(
            listed == detailed,
            "power-3-2-2-4-1",
            "设备清单与费用明细版本一致",
            f"设备清单第{listed}版与费用明细第{detailed}版，版本不一致",
            cure="按同一版本重新提交",
            used={"设备清单版本": listed, "费用明细版本": detailed},
        )


def _approval(facts: FundFacts) -> Reason:
    return condition(
        bool(facts.approval), "power-3-1-1", f"立项批复为{facts.approval}", "缺立项批复", cure="补立项批复文号和文件"
    )


def _design(facts: FundFacts) -> Iterator[Reason]:
    yield condition(
        facts.design_current, "power-3-2-2-3-2", "设计与现行供电方案一致", "供电方案已有新版，设计待复核",
        cure="按新方案复核设计",
    )  # fmt: skip
    yield condition(
        facts.design_opinion, "power-3-2-2-5-2", "供电公司已参与设计环节", "缺供电公司设计环节意见",
        cure="由供电公司出具意见，或记录其未到场",
    )  # fmt: skip


def _amounts(facts: FundFacts, room: Decimal) -> Iterator[Reason]:
    listed = facts.plan_left is not None
    yield condition(listed, "power-3-1-3", "项目已列入年度投资计划", "待列入计划", cure="先列入年度投资计划")
    if facts.amount is None:
        return
    asked = facts.amount
    yield condition(asked > 0, "power-3-2-2-4-1", f"申请{format_yuan(asked)}元", "申请金额应大于零", cure="改正金额")
    yield condition(
        asked <= room,
        "power-3-2-2-4-1",
        f"申请{format_yuan(asked)}元，未超出费用明细",
        f"申请{format_yuan(asked)}元，超出 {format_yuan(asked - room)} 元",
        cure=f"申请不多于{format_yuan(max(room, yuan(0)))}元，或先修订费用明细",
        used={"费用明细": facts.detail_total, "已拨付": facts.funded, "申请": asked},
    )
    if facts.plan_left is not None:
        short = asked - facts.plan_left
        yield condition(
            short <= 0,
            "power-3-1-3",
            "计划余额足够",
            f"计划余额差 {format_yuan(short)} 元",
            cure="先调整年度投资计划",
            used={"计划余额": facts.plan_left, "申请": asked},
        )
    if facts.sources is not None:
        given = total(line.amount for line in facts.sources)
        yield condition(
            given == asked,
            "power-4-1",
            f"资金来源合计{format_yuan(given)}元",
            f"来源差 {format_yuan(abs(asked - given))} 元",
            cure="使各来源之和等于申请金额",
            used={"来源合计": given, "申请": asked},
        )


@dataclass(frozen=True, slots=True)
class ReversalFacts:
    """A payment that is to be taken back in the books. Amounts in yuan; None while the page only previews."""

    number: str | None = None
    amount: Decimal | None = None
    paid: Decimal | None = None
    """What stands under the number for the project; None where nothing does."""


def may_reverse(facts: ReversalFacts, p: Parameters) -> Decision:
    """Only a payment that stands, whole, under its own number of the treasury. [power-3-2-2-4-2]"""
    if facts.number is None:
        return Decision.judge([condition(True, "power-3-2-2-4-2", "按国库流水号冲销误记的支付", "")])
    there = facts.paid is not None
    reasons = [
        condition(
            there, "power-3-2-2-4-2", f"本项目有流水号{facts.number}的支付",
            f"本项目没有流水号{facts.number}的支付，或已冲销", cure="核对国库流水号",
        )
    ]  # fmt: skip
    if facts.paid is not None and facts.amount is not None:
        reasons.append(
            condition(
                facts.amount == facts.paid, "power-3-2-2-4-2", f"全额冲销{format_yuan(facts.paid)}元",
                f"该笔支付{format_yuan(facts.paid)}元，须全额冲销", cure=f"填{format_yuan(facts.paid)}",
            )
        )  # fmt: skip
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class PayFacts:
    """A payment to a contractor, in yuan; None while the page only previews."""

    appropriated: Decimal
    paid: Decimal
    contracted_account: str
    amount: Decimal | None = None
    account: str | None = None
    design_current: bool = True


def may_pay(facts: PayFacts, p: Parameters) -> Decision:
    """Only from the balance, to the contracted account, on a valid design. [power-3-2-2-4-2] Value: the balance."""
    left = facts.appropriated - facts.paid
    reasons = [
        condition(
            facts.design_current, "power-3-2-2-3-2", "设计与现行供电方案一致", "供电方案已有新版，设计待复核，停止支付",
            cure="按新方案复核设计",
        )
    ]  # fmt: skip
    if facts.amount is not None:
        reasons.append(
            condition(
                0 < facts.amount <= left,
                "power-3-2-2-4-2",
                f"支付{format_yuan(facts.amount)}元，未超过余额",
                f"支付{format_yuan(facts.amount)}元，余额 {format_yuan(left)} 元",
                cure="在余额之内支付，或先申请拨付",
                used={"已拨付": facts.appropriated, "已支付": facts.paid, "余额": left},
            )
        )
    if facts.account is not None:
        reasons.append(
            condition(
                facts.account == facts.contracted_account,
                "power-3-2-2-4-2",
                "收款账户与合同一致",
                "收款账户与合同不一致",
                cure="改为合同载明的账户",
            )
        )
    return Decision.judge(reasons, value=left)


@dataclass(frozen=True, slots=True)
class GapFacts:
    """The budget of a project and the money secured for it, in yuan."""

    budget: Decimal
    secured: Decimal


def funding_gap(facts: GapFacts, p: Parameters) -> Decision:
    """What the county still has to find. [power-2-2-2] Outcome: funded or short; value: the gap."""
    gap = max(yuan(0), facts.budget - facts.secured)
    used = {"预算": facts.budget, "已落实": facts.secured, "缺口": gap}
    text = f"预算{format_yuan(facts.budget)}元，已落实{format_yuan(facts.secured)}元，缺口{format_yuan(gap)}元"
    return Decision.of("short" if gap else "funded", sentence(text, "power-2-2-2", used), value=gap)


@dataclass(frozen=True, slots=True)
class WithdrawFacts:
    """A project that its owner takes back, in yuan."""

    appropriated: Decimal
    paid: Decimal
    reason: str | None = None


def withdrawal(facts: WithdrawFacts, p: Parameters) -> Decision:
    """Before money moves it is withdrawn, after that stopped: the rest goes back. [power-3-2-2-1-1]

    Outcome: withdrawn, stopped, or REFUSE without a reason; value: the yuan to return.
    """
    if facts.reason is not None and not facts.reason:
        return Decision.of(REFUSE, condition(False, "power-3-2-2-1-1", "", "未写明撤回原因", cure="写明撤回原因"))
    back = facts.appropriated - facts.paid
    if not facts.appropriated:
        return Decision.of("withdrawn", sentence("尚未拨付资金，项目撤回", "power-3-2-2-1-1"), value=back)
    used = {"已拨付": facts.appropriated, "已支付": facts.paid, "退回": back}
    text = f"停止办理，未用{format_yuan(back)}元退回，已花{format_yuan(facts.paid)}元报县政府办决定"
    return Decision.of("stopped", sentence(text, "power-3-2-2-1-1", used), value=back)
