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
from xianzhi.law.timing import ONE_DAY


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

    county_side: str | None = None
    """None while the page only previews, as the other."""
    company_side: str | None = None


def may_agree(facts: AgreeFacts, p: Parameters) -> Decision:
    """The sum is agreed between the county's units and 供电公司, both named. [power-3-1-2]"""
    sides = {"县直单位": facts.county_side, "供电公司": facts.company_side}
    reasons = [
        condition(bool(name), "power-3-1-2", f"{zh}：{name}", f"未写明{zh}一方", cure="写明协商双方", used={zh: name})
        for zh, name in sides.items()
        if name is not None
    ]
    return Decision.judge(reasons or [sentence("年度额由县直单位与供电公司协商确定", "power-3-1-2")])


@dataclass(frozen=True, slots=True)
class DraftFacts:
    """A plan that is to be drafted."""

    year: int | None = None
    """None while the page only previews."""
    existing: str = ""
    """The number of the plan that the year has already."""


def may_draft(facts: DraftFacts, p: Parameters) -> Decision:
    """A year has one plan; what changes later is an adjustment of it. [power-3-1-2]"""
    year = "本" if facts.year is None else str(facts.year)
    return Decision.judge([
        condition(not facts.existing, "power-3-1-2", f"{year}年度尚无计划", f"{year}年度已有计划{facts.existing}",
                  cure="在已有的计划中修改，执行中的走调整", used={"已有计划": facts.existing or "无"}),
    ])  # fmt: skip


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A line as it is typed, in yuan."""

    name: str
    amount: Decimal
    project: str = ""
    """The number of the project, if it is for one."""
    known: bool = True
    """There is such a project."""


@dataclass(frozen=True, slots=True)
class LinesFacts:
    """The lines of a draft, with what is carried over from the year before."""

    lines: tuple[DraftLine, ...] | None = None
    """None while the page only previews."""
    carried: Decimal = Decimal()
    agreed: Decimal | None = None
    """The sum agreed on, which the lines must reach."""


def lines_add_up(facts: LinesFacts, p: Parameters) -> Decision:
    """Each project once, and together the sum agreed on. [power-3-1-2] Value: the sum of the lines."""
    lines = facts.lines or ()
    summed = yuan(total(line.amount for line in lines) + facts.carried)
    used = {"各行": yuan(total(line.amount for line in lines)), "上年转列": facts.carried, "合计": summed}
    reasons = [sentence(f"计划各行合计{format_yuan(summed)}元", "power-3-1-2", used)]
    if facts.carried:
        text = f"含上年缺口转列{format_yuan(facts.carried)}元"
        reasons.append(sentence(text, "power-3-2-2-6-5", {"上年转列": facts.carried}))
    named = [line.project for line in lines if line.project]
    unknown = "、".join(line.project for line in lines if not line.known)
    twice = "、".join(sorted({number for number in named if named.count(number) > 1}))
    reasons += [
        condition(not unknown, "power-3-1-2", "所列项目均已受理", f"没有编号为{unknown}的项目", cure="改正项目编号"),
        condition(not twice, "power-3-1-2", "每个项目只列一行", f"{twice}列了不止一行", cure="并为一行"),
    ]
    if facts.agreed is not None:
        short = abs(facts.agreed - summed)
        reasons.append(
            condition(not short, "power-3-1-2", "各行之和等于协商数", f"各行之和与协商数相差{format_yuan(short)}元",
                      cure="先修改草案各行，再确定协商数", used={"协商数": facts.agreed, "各行之和": summed})
        )  # fmt: skip
    return Decision.judge(reasons, value=summed)


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """The county's consent to a plan or to a change of it; None while the page only previews."""

    on: date
    not_before: date
    """The day of the agreement, or from which the newest version holds."""
    consented_on: date | None = None


def consent_dated(facts: ConsentFacts, p: Parameters) -> Decision:
    """A version begins on the day of its consent, never before the one that it follows. [power-3-1-3]"""
    if facts.consented_on is None:
        return Decision.of(ALLOW, sentence("以县政府同意之日为准", "power-3-1-3"))
    day = facts.consented_on
    return Decision.judge([
        condition(facts.not_before <= day <= facts.on, "power-3-1-3", f"县政府于{day}同意",
                  f"同意日期{day}应在{facts.not_before}至{facts.on}之间", cure="改正同意日期",
                  used={"同意日期": day, "不早于": facts.not_before}),
    ])  # fmt: skip


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
    known: bool = True
    """The plan has such a line, and the project exists."""


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
    unknown = "、".join(change.name for change in facts.changes if not change.known)
    reasons.append(
        condition(bool(facts.changes) and not unknown, "power-3-1-4", f"调整{len(facts.changes)}行",
                  f"计划中没有{unknown}" if unknown else "没有写明调整哪几行", cure="核对行号和项目编号")
    )  # fmt: skip
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
                used={"项目": change.name, "调整前": change.before, "调整后": after, "已支付": change.paid},
            )
        )
    delta = total((change.after or yuan(0)) - change.before for change in facts.changes)
    return Decision.judge(reasons, value=delta)


@dataclass(frozen=True, slots=True)
class YearEndFacts:
    """A plan that is to be closed."""

    on: date
    year: int


def year_over(facts: YearEndFacts, p: Parameters) -> Decision:
    """What the year lacked or left is known on its last day. [power-3-2-2-6-5]"""
    over = (facts.on + ONE_DAY).year > facts.year
    return Decision.judge([
        condition(over, "power-3-2-2-6-5", f"{facts.year}年度已到年末", f"{facts.year}年度未到年末，不能结转",
                  cure="在年度最后一日或之后办理", used={"办理日期": facts.on}),
    ])  # fmt: skip


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
