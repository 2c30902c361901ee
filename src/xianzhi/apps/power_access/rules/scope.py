"""Does the notice apply: its own days, the day of the land proof, and what an application must bring."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from xianzhi.apps.power_access.rules.reasons import InvestmentClass, condition, sentence
from xianzhi.law.decision import ALLOW, Decision, Reason
from xianzhi.law.parameters import Parameters
from xianzhi.law.timing import days_before


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    """The day of application and the days of the land papers."""

    applied_on: date
    proof_on: date | None = None
    """The date on the certificate of land rights; None while it is not issued."""
    contract_on: date | None = None
    """The date of another land paper (出让合同, 划拨决定书 …), which gives only a provisional answer."""
    first_proof_on: date | None = None
    """The date of the earliest certificate that this one replaces, where it replaces any."""


def applies(facts: ScopeFacts, p: Parameters) -> Decision:
    """The notice is in force on the day of application and the land proof is late enough. [power-6-1] [power-6-2]

    Outcome: ALLOW, out, joint, or pending (then the value is the provisional outcome, if there is one).
    """
    force = in_force(facts.applied_on, p)
    if not force.holds:
        return Decision.of(InvestmentClass.OUT, force)
    proof = proof_test(facts, p)
    return Decision(proof.outcome, (force, *proof.reasons), proof.value)


def in_force(applied_on: date, p: Parameters) -> Reason:
    """The day of application decides, whatever the day of the decision. [power-6-1]"""
    first = p.get("power.in_force.from", on=applied_on).as_date()
    last = p.get("power.in_force.until", on=applied_on).as_date()
    used = {"申请日期": applied_on, "施行日期": first, "有效期至": last}
    started = first <= applied_on
    return condition(
        started and applied_on <= last,
        "power-6-1",
        f"申请之日{applied_on}在本通知有效期内",
        f"申请之日{applied_on}，本通知已到期" if started else f"申请之日{applied_on}，本通知尚未施行",
        cure="按供电公司现行规定办理" if started else f"自{first}起申请",
        used=used,
    )


def proof_test(facts: ScopeFacts, p: Parameters) -> Decision:
    """The certificate's day decides; other papers only foreshadow it. [power-6-2]"""
    after = p.get("power.proof.after", on=facts.applied_on).as_date()
    used = {"须晚于": after, "取得日期": facts.proof_on}
    if facts.proof_on is None:
        return _provisional(facts, after)
    if facts.first_proof_on and facts.first_proof_on <= after < facts.proof_on:
        text = f"{facts.proof_on}的证书系换发，首次取得在{facts.first_proof_on}，提请认定"
        return Decision.of(
            InvestmentClass.JOINT, sentence(text, "power-6-2", {**used, "首次取得": facts.first_proof_on})
        )
    if facts.proof_on == after:
        text = f"土地产权证明恰在{after}取得，“之后”是否含当日须两家认定"
        return Decision.of(InvestmentClass.JOINT, sentence(text, "power-6-2", used))
    late_enough = facts.proof_on > after
    reason = condition(
        late_enough,
        "power-6-2",
        f"土地产权证明于{facts.proof_on}取得，在{after}之后",
        f"土地产权证明于{facts.proof_on}取得，不在{after}之后，本通知不适用",
        cure="按供电公司现行规定办理",
        used=used,
    )
    return Decision.of(ALLOW if late_enough else InvestmentClass.OUT, reason)


def _provisional(facts: ScopeFacts, after: date) -> Decision:
    """No certificate yet. A contract dated late enough promises a certificate that will be, too."""
    used = {"须晚于": after, "其他土地文书日期": facts.contract_on}
    missing = condition(
        False, "power-6-2", "", "土地产权证书尚未取得，以证书日期为准", cure="取得权属证书后补交", used=used
    )
    if facts.contract_on is None:
        return Decision.of(InvestmentClass.PENDING, missing)
    expected = ALLOW if facts.contract_on > after else InvestmentClass.JOINT
    word = "适用" if expected == ALLOW else "提请认定"
    note = sentence(f"现有土地文书日期为{facts.contract_on}，暂定{word}", "power-6-2", used)
    return Decision.of(InvestmentClass.PENDING, missing, note, value=expected)


@dataclass(frozen=True, slots=True)
class ExpiryFacts:
    """The day on which somebody asks how long the notice still runs."""

    on: date


def expiry_warning(facts: ExpiryFacts, p: Parameters) -> Decision:
    """How near the notice is to its end: ok, first, second, third, over. [power-6-1] Value: the days left."""
    last = p.get("power.in_force.until", on=facts.on).as_date()
    left = (last - facts.on).days
    used = {"有效期至": last, "剩余天数": left}
    if left < 0:
        return Decision.of("over", sentence(f"本通知已于{last}到期", "power-6-1", used), value=left)
    reached = "ok"
    for name in ("first", "second", "third"):
        ahead = p.get(f"power.warning.{name}", on=facts.on)
        if facts.on >= days_before(last, ahead.as_int()):
            reached, used["提前天数"] = name, ahead
    return Decision.of(reached, sentence(f"本通知{last}到期，还有{left}天", "power-6-1", used), value=left)


@dataclass(frozen=True, slots=True)
class ApplyFacts:
    """What an application brought."""

    applied_on: date
    application: bool
    land_document: bool
    """Any paper on the land: a certificate, a contract, a lease."""
    load_request: bool
    red_line: bool
    proof_on: date | None = None


def items_present(facts: ApplyFacts, p: Parameters) -> Decision:
    """All four items of an application are there, and the land proof is not dated after it. [power-3-2-2-1-2]"""
    brought = {
        "申请书": facts.application,
        "土地手续": facts.land_document,
        "报装需求": facts.load_request,
        "建筑区划红线": facts.red_line,
    }
    missing = [item for item, there in brought.items() if not there]
    reasons = [
        condition(
            not missing,
            "power-3-2-2-1-2",
            "申请材料齐全",
            f"申请材料缺{'、'.join(missing)}",
            cure="补齐所缺材料后提交",
            used={"缺少": "、".join(missing)},
        )
    ]
    if facts.proof_on is not None:
        reasons.append(
            condition(
                facts.proof_on <= facts.applied_on,
                "power-6-2",
                "土地产权证明的取得日期不晚于申请日",
                f"取得日期晚于申请日：{facts.proof_on}晚于{facts.applied_on}",
                cure="核对取得日期",
                used={"取得日期": facts.proof_on, "申请日期": facts.applied_on},
            )
        )
    return Decision.judge(reasons)
