"""The annual investment plan: what it looks at, who agrees, and how it is adjusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access.rules.reasons import condition, sentence, total
from xianzhi.law.decision import ALLOW, Decision
from xianzhi.law.money import format_yuan, yuan
from xianzhi.law.parameters import Parameters


@dataclass(frozen=True, slots=True)
class PlanFacts:
    """The years before the planned one, in yuan by year, and the sum agreed; None while the page only previews."""

    on: date
    year: int
    actuals: Mapping[int, Decimal]
    agreed: Decimal | None = None
    reason: str | None = None


def plan_reference(facts: PlanFacts, p: Parameters) -> Decision:
    """Last year and the mean of the last years are looked at; more than both needs a reason. [power-3-1-2]

    Value: {"上年": …, "平均": …}, None for what is not known.
    """
    span = p.get("power.plan.reference_years", on=facts.on)
    years = [facts.year - back - 1 for back in range(span.as_int())]
    known = [facts.actuals[year] for year in years if year in facts.actuals]
    last = facts.actuals.get(facts.year - 1)
    mean = yuan(total(known) / len(known)) if known and len(known) == len(years) else None
    shown = {"上年": last, "平均": mean}
    words = "，".join(f"{zh}{_or_dash(amount)}" for zh, amount in shown.items())
    reasons = [
        sentence(
            f"{facts.year}年计划参考：{words}（{span}平均）",
            "power-3-1-2",
            {"上年": _or_dash(last), "平均": _or_dash(mean), "平均年数": span},
        )
    ]
    if facts.agreed is not None and facts.reason is not None:
        above = all(facts.agreed > amount for amount in shown.values() if amount is not None)
        reasons.append(
            condition(
                bool(facts.reason) or not above,
                "power-3-1-2",
                f"协商确定{format_yuan(facts.agreed)}元",
                f"协商确定{format_yuan(facts.agreed)}元，高于参考数，须说明理由",
                cure="写明高于参考数的理由",
                used={"协商数": facts.agreed},
            )
        )
    return Decision.judge(reasons, value=shown)


def _or_dash(amount: Decimal | None) -> str:
    return "–" if amount is None else f"{format_yuan(amount)}元"


@dataclass(frozen=True, slots=True)
class AgreeFacts:
    """Who agreed on the sum of the year."""

    county_side: str
    company_side: str


def may_agree(facts: AgreeFacts, p: Parameters) -> Decision:
    """The sum is agreed between the county's units and 供电公司, both named. [power-3-1-2]"""
    sides = {"县直单位": facts.county_side, "供电公司": facts.company_side}
    return Decision.judge(
        condition(bool(name), "power-3-1-2", f"{zh}：{name}", f"未写明{zh}一方", cure="写明协商双方", used={zh: name})
        for zh, name in sides.items()
    )


@dataclass(frozen=True, slots=True)
class ListFacts:
    """A designed project that is to get its line in the plan."""

    plan_consented: bool
    """The county consented to the year's plan."""
    listed: bool
    """The plan has a line for the project."""
    approval: str
    """The number of 立项批复."""


def may_list(facts: ListFacts, p: Parameters) -> Decision:
    """A line counts once the county consented to the plan and the project is approved. [power-3-1-3]"""
    return Decision.judge([
        condition(facts.plan_consented, "power-3-1-3", "年度投资计划已经县政府同意",
                  "待列入计划：年度投资计划未经县政府同意", cure="报县政府同意年度投资计划"),
        condition(facts.listed, "power-3-1-3", "计划中有本项目", "待列入计划：计划中没有本项目",
                  cure="在年度投资计划中列入本项目，或调整计划"),
        condition(bool(facts.approval), "power-3-1-1", f"立项批复为{facts.approval}", "缺立项批复",
                  cure="补立项批复文号和文件"),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of the plan before and after; `after` None strikes it out. In yuan."""

    name: str
    before: Decimal
    after: Decimal | None
    paid: Decimal


@dataclass(frozen=True, slots=True)
class AdjustFacts:
    """An adjustment of the plan; None while the page only previews."""

    reason: str | None = None
    changes: tuple[LineChange, ...] | None = None


def may_adjust(facts: AdjustFacts, p: Parameters) -> Decision:
    """Any day of the year, with a reason, no line below the money paid. [power-3-1-4] Value: the change of the sum."""
    reasons = [sentence("年度投资计划可在年中调整", "power-3-1-4")]
    if facts.reason is not None:
        reasons.append(
            condition(bool(facts.reason), "power-3-1-4", "已说明调整理由", "未说明调整理由", cure="写明调整理由")
        )
    if facts.changes is None:
        return Decision.judge(reasons)
    for change in facts.changes:
        after = yuan(0) if change.after is None else change.after
        act = "删去" if change.after is None else f"调为{format_yuan(after)}元"
        reasons.append(
            condition(
                after >= change.paid,
                "power-3-1-4",
                f"“{change.name}”{act}",
                f"“{change.name}”已支付{format_yuan(change.paid)}元，不能{act}",
                cure="调整后不低于已支付金额",
                used={"项目": change.name, "调整前": change.before, "已支付": change.paid},
            )
        )
    delta = total((change.after or yuan(0)) - change.before for change in facts.changes)
    return Decision.judge(reasons, value=delta)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A change of the plan's sum from a day on, in yuan."""

    since: date
    change: Decimal


@dataclass(frozen=True, slots=True)
class PlanSumFacts:
    """A plan, its adjustments, and the day for which it is read."""

    on: date
    consented: Decimal
    adjustments: tuple[Adjustment, ...] = ()


def plan_sum(facts: PlanSumFacts, p: Parameters) -> Decision:
    """The plan as it stood on a day: older versions stay. [power-3-1-4] Value: the yuan."""
    reached = [one for one in facts.adjustments if one.since <= facts.on]
    amount = facts.consented + total(one.change for one in reached)
    text = f"{facts.on}年度计划为{format_yuan(amount)}元，经{len(reached)}次调整"
    used = {"原计划": facts.consented, "调整次数": len(reached)}
    return Decision.of(ALLOW, sentence(text, "power-3-1-4", used), value=amount)
