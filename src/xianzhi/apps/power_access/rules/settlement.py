"""From the end of a project to its last yuan: due date, audit, balance, closing of the year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from xianzhi.apps.power_access.rules.reasons import condition, sentence, total
from xianzhi.law.decision import ALLOW, REFUSE, Decision
from xianzhi.law.money import format_yuan, yuan
from xianzhi.law.parameters import Parameters
from xianzhi.law.timing import WorkingCalendar, due_date


@dataclass(frozen=True, slots=True)
class SettlementFacts:
    """When a project ended, and when its papers were handed in, if they were."""

    end_on: date
    """The day on which it was accepted."""
    calendar: WorkingCalendar
    handed_in_on: date | None = None
    on: date | None = None
    """The day of asking, where they were not."""


def settlement_due(facts: SettlementFacts, p: Parameters) -> Decision:
    """One natural month after the end, moved past days of rest. [power-3-2-2-6-2]

    Outcome: running, green (handed in in time) or late; value: the last day.
    """
    limit = p.get("power.settlement.limit", on=facts.end_on)
    due = due_date(facts.end_on, *limit.as_limit(), facts.calendar)
    used: dict[str, object] = {"项目结束": facts.end_on, "时限": limit, "应交日期": due.on}
    if due.provisional:
        used["暂定"] = "放假通知未发布"
    if due.moved_from:
        used["顺延前"] = due.moved_from
    first = sentence(f"项目{facts.end_on}结束，验收、结算资料应于{due.on}前交县财政局", "power-3-2-2-6-2", used)
    day = facts.handed_in_on or facts.on
    late = (day - due.on).days if day else 0
    if day and late > 0:
        text = f"{day}提交，晚{late}天" if facts.handed_in_on else f"尚未提交，已晚{late}天"
        missed = condition(False, "power-3-2-2-6-2", "", text, cure="立即提交并说明原因", used={"晚天数": late})
        return Decision.of("late", first, missed, value=due.on)
    if facts.handed_in_on:
        text = f"{facts.handed_in_on}提交，未逾期"
        return Decision.of("green", first, sentence(text, "power-3-2-2-6-2"), value=due.on)
    return Decision.of("running", first, value=due.on)


@dataclass(frozen=True, slots=True)
class HandInFacts:
    """What goes to finance after the acceptance."""

    acceptance_report: bool
    settlement_report: bool
    papers: bool
    """The project's other papers."""
    review_planned: bool = False
    review_accepted: bool = False


def may_hand_in(facts: HandInFacts, p: Parameters) -> Decision:
    """Acceptance report, settlement report and papers; the price review first. [power-3-2-2-6-2] [power-4-2-2]"""
    parts = {"验收报告": facts.acceptance_report, "结算报告": facts.settlement_report, "相关资料": facts.papers}
    missing = "、".join(zh for zh, there in parts.items() if not there)
    reasons = [condition(not missing, "power-3-2-2-6-2", "验收、结算资料齐全", f"缺{missing}", cure="补齐后提交")]
    if facts.review_planned:
        reasons.append(
            condition(facts.review_accepted, "power-4-2-2", "审价已完成", "审价尚未完成", cure="先完成第三方审价")
        )
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """A builder's price report and what the review made of it, in yuan."""

    submitted: Decimal
    reviewed: Decimal | None = None
    """None while the page only previews."""


def review_cut(facts: ReviewFacts, p: Parameters) -> Decision:
    """What a third party's review takes off. [power-4-2-2] Value: the yuan cut."""
    if facts.reviewed is None:
        text = f"送审{format_yuan(facts.submitted)}元，待审价"
        return Decision.of(ALLOW, sentence(text, "power-4-2-2", {"送审": facts.submitted}))
    cut = facts.submitted - facts.reviewed
    share = f"{cut / facts.submitted:.2%}" if facts.submitted else "–"
    used = {"送审": facts.submitted, "审定": facts.reviewed, "核减": cut, "核减率": share}
    ok = condition(
        0 <= facts.reviewed <= facts.submitted,
        "power-4-2-2",
        f"送审{format_yuan(facts.submitted)}元，审定{format_yuan(facts.reviewed)}元，核减{format_yuan(cut)}元（{share}）",
        f"审定{format_yuan(facts.reviewed)}元高于送审{format_yuan(facts.submitted)}元",
        cure="核对审价报告",
        used=used,
    )
    return Decision.judge([ok], value=cut)


@dataclass(frozen=True, slots=True)
class AuditFacts:
    """Who agrees to the auditor."""

    finance_consent: bool
    energy_consent: bool


def may_audit(facts: AuditFacts, p: Parameters) -> Decision:
    """Both 县财政局 and 县能源局 accept the third party before it starts. [power-3-2-2-6-3]"""
    consents = {"县财政局": facts.finance_consent, "县能源局": facts.energy_consent}
    return Decision.judge(
        condition(given, "power-3-2-2-6-3", f"{unit}已认可审计单位", f"缺{unit}认可", cure=f"请{unit}认可审计单位")
        for unit, given in consents.items()
    )


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """The digests of the files that were locked for the auditor, and of those that came back, by file name."""

    locked: Mapping[str, str]
    returned: Mapping[str, str]


def package_unchanged(facts: PackageFacts, p: Parameters) -> Decision:
    """What was audited is what was handed over. [power-3-2-2-6-3]"""
    changed = "、".join(name for name, digest in facts.locked.items() if facts.returned.get(name) != digest)
    return Decision.judge(
        [condition(not changed, "power-3-2-2-6-3", "送审文件与锁定时一致", f"{changed}与锁定时不一致",
                   cure="用锁定的文件重新审计", used={"不一致的文件": changed})]
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BalanceFacts:
    """An audited project, in yuan; audited None before the audit is in."""

    audited: Decimal | None
    paid: Decimal


def balance(facts: BalanceFacts, p: Parameters) -> Decision:
    """The audit settles the real cost. [power-3-2-2-6-4]

    Outcome: pay, recover or even, REFUSE before the audit; value: audited less paid, negative to recover.
    """
    if facts.audited is None:
        missing = condition(False, "power-3-2-2-6-3", "", "尚无竣工结算审计结果", cure="先完成第三方审计")
        return Decision.of(REFUSE, missing)
    rest = facts.audited - facts.paid
    used = {"审定": facts.audited, "已支付": facts.paid, "差额": rest}
    basis = f"审定{format_yuan(facts.audited)}元，已付{format_yuan(facts.paid)}元"
    if rest > 0:
        outcome, text = "pay", f"{basis}，应付尾款{format_yuan(rest)}元"
    elif rest < 0:
        outcome, text = "recover", f"{basis}，应收回{format_yuan(-rest)}元"
    else:
        outcome, text = "even", f"{basis}，已结清"
    return Decision.of(outcome, sentence(text, "power-3-2-2-6-4", used), value=rest)


@dataclass(frozen=True, slots=True)
class CarryFacts:
    """A year of the plan at its end, in yuan."""

    year: int
    budget: Decimal
    settled: tuple[Decimal, ...]
    """The settled amount of every project of the year."""


def carry(facts: CarryFacts, p: Parameters) -> Decision:
    """What the year's budget could not cover goes into the next year's plan. [power-3-2-2-6-5] Value: the yuan."""
    settled = yuan(total(facts.settled))
    short = max(yuan(0), settled - facts.budget)
    used = {"预算": facts.budget, "结算": settled, "转列": short}
    text = f"{facts.year}年预算{format_yuan(facts.budget)}元，结算{format_yuan(settled)}元"
    text += f"，缺口{format_yuan(short)}元列入{facts.year + 1}年计划" if short else "，没有缺口"
    return Decision.of("carry" if short else "even", sentence(text, "power-3-2-2-6-5", used), value=short)


@dataclass(frozen=True, slots=True)
class SurplusFacts:
    """What was appropriated, what was settled, and the list of what goes back, in yuan."""

    appropriated: Decimal
    settled: tuple[Decimal, ...]
    listed: tuple[Decimal, ...] | None = None
    """The lines of 结余退回清单; None while there is none."""


def surplus(facts: SurplusFacts, p: Parameters) -> Decision:
    """A surplus goes back by a list that sums to it. [power-3-2-2-6-6]

    Outcome: return, even or REFUSE; value: the yuan.
    """
    settled = yuan(total(facts.settled))
    back = max(yuan(0), facts.appropriated - settled)
    used = {"已拨付": facts.appropriated, "结算": settled, "退回": back}
    text = f"拨付{format_yuan(facts.appropriated)}元，结算{format_yuan(settled)}元，结余{format_yuan(back)}元"
    found = sentence(text, "power-3-2-2-6-6", used)
    if facts.listed is not None and (short := back - total(facts.listed)):
        wrong = condition(
            False, "power-3-2-2-6-6", "", f"清单差 {format_yuan(abs(short))} 元", cure="使清单之和等于结余",
            used={"清单合计": total(facts.listed)},
        )  # fmt: skip
        return Decision.of(REFUSE, found, wrong, value=back)
    return Decision.of("return" if back else "even", found, value=back)


@dataclass(frozen=True, slots=True)
class YearSurplusFacts:
    """What was appropriated to the projects that a year settled, and the list of what goes back, in yuan."""

    appropriated: Decimal
    settled: tuple[Decimal, ...]
    listed: tuple[Decimal, ...] | None = None


def year_surplus(facts: YearSurplusFacts, p: Parameters) -> Decision:
    """As for one project, over a year. [power-3-2-2-6-6] Outcome: return, even or REFUSE; value: the yuan."""
    return surplus(SurplusFacts(facts.appropriated, facts.settled, facts.listed), p)


@dataclass(frozen=True, slots=True)
class CloseFacts:
    """What is still open when a settled project is to be closed, in yuan."""

    to_pay: Decimal
    to_recover: Decimal
    to_return: Decimal
    handover_done: bool
    """Its assets are transferred or kept."""


def may_close(facts: CloseFacts, p: Parameters) -> Decision:
    """Nothing is left to pay, to recover, to return or to hand over. [power-3-2-2-6-4] [power-3-2-2-7-1]"""
    money = (
        ("应付尾款", facts.to_pay, "power-3-2-2-6-4"),
        ("应收回", facts.to_recover, "power-3-2-2-6-4"),
        ("应退回结余", facts.to_return, "power-3-2-2-6-6"),
    )
    reasons = [
        condition(not amount, cites, f"没有{zh}", f"还有{zh}{format_yuan(amount)}元", cure="先结清", used={zh: amount})
        for zh, amount, cites in money
    ]
    reasons.append(
        condition(facts.handover_done, "power-3-2-2-7-1", "资产已移交或确定自留", "资产移交尚未办结", cure="先办结移交")
    )
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class SettleFacts:
    """An audited project that finance is to settle."""

    audited: Decimal | None
    paid: Decimal
    package_intact: bool = True


def may_settle(facts: SettleFacts, p: Parameters) -> Decision:
    """Settled by the audit, on unchanged papers. [power-3-2-2-6-4] Value: audited less paid."""
    rest = balance(BalanceFacts(facts.audited, facts.paid), p)
    intact = condition(
        facts.package_intact, "power-3-2-2-6-3", "送审文件与锁定时一致", "送审文件与锁定时不一致",
        cure="用锁定的文件重新审计",
    )  # fmt: skip
    reasons = (*rest.reasons, intact)
    return Decision(ALLOW if all(reason.holds for reason in reasons) else REFUSE, reasons, rest.value)
