"""Which class of investment a project belongs to, and what both offices determine together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from xianzhi.apps.power_access.rules.capacity import FLAG, CapacityFacts, OtherLoad, capacity_ok
from xianzhi.apps.power_access.rules.land import LandFacts, land_class
from xianzhi.apps.power_access.rules.reasons import FREE_FOR_OWNER, InvestmentClass, condition, sentence
from xianzhi.apps.power_access.rules.scope import ScopeFacts, in_force, proof_test
from xianzhi.law.decision import ALLOW, REFUSE, Decision, Reason
from xianzhi.law.money import format_yuan
from xianzhi.law.parameters import OVERRIDE, Parameters

DISPUTED = "disputed"


class Voltage(StrEnum):
    """电压等级."""

    LOW = "低压"
    HIGH = "高压"


class OwnerSize(StrEnum):
    """The owner by the national size standard; a sole trader is sized like a firm."""

    SMALL = "小微"
    OTHER = "其他"
    NOT_A_FIRM = "非企业"


@dataclass(frozen=True, slots=True)
class ClassFacts:
    """Everything that the class of a project rests on, frozen with the classification."""

    applied_on: date
    size: OwnerSize
    voltage: Voltage
    capacity_kw: Decimal | None = None
    capacity_kva: Decimal | None = None
    same_site: tuple[OtherLoad, ...] = ()
    land: LandFacts = field(default_factory=LandFacts)
    proof_on: date | None = None
    contract_on: date | None = None
    first_proof_on: date | None = None
    over_standard: bool = False
    """The owner wishes more than the standard, or something of his own."""
    standard: str = ""
    """Which published standard the wish exceeds."""
    base_cost: Decimal | None = None
    """What the standard connection would cost, in yuan."""
    wished_cost: Decimal | None = None
    own_grid: bool = True
    """False where another grid operator runs the area: this notice binds only 供电公司."""
    layer_on: date | None = None
    """The day to which the land layers are true."""
    decided_on: date | None = None

    @property
    def scope(self) -> ScopeFacts:
        return ScopeFacts(self.applied_on, self.proof_on, self.contract_on, self.first_proof_on)

    @property
    def load(self) -> CapacityFacts:
        return CapacityFacts(self.applied_on, self.capacity_kw, self.capacity_kva, self.same_site)


def classify(facts: ClassFacts, p: Parameters) -> Decision:
    """The class of investment, the first that fits, by the law of the day of application. [power-3-2-2-1-3]

    Outcome: one of InvestmentClass. Value: beside D the base class, beside joint and pending the likely class.
    """
    found = _class(facts, p)
    outcome = InvestmentClass(found.outcome)
    reasons = (*found.reasons, _answers(outcome), *_stale_layer(facts, p))
    return Decision(outcome, reasons, found.value)


def _class(facts: ClassFacts, p: Parameters) -> Decision:
    force = in_force(facts.applied_on, p)
    if not force.holds:
        return _after_the_notice(facts, force, p)
    if not facts.own_grid:
        text = "项目所在区域由其他电网企业经营，本通知只约束供电公司，须共同认定并报县政府办"
        return Decision.of(InvestmentClass.JOINT, force, sentence(text, "power-3-2-3-1"))
    base = _base(facts, force, p)
    return _wished(facts, base) if facts.over_standard else base


def _after_the_notice(facts: ClassFacts, force: Reason, p: Parameters) -> Decision:
    """Zero investment for the small rests on higher documents, so it does not end with this notice."""
    small = _small(facts, p)
    if facts.over_standard or small.outcome == REFUSE:
        return Decision(InvestmentClass.OUT, (force, *small.reasons))
    text = "小微企业零投资以上级文件为依据，不因本通知未施行或到期而停止"
    return Decision(small.outcome, (force, sentence(text, "power-6-3"), *small.reasons), small.value)


def _base(facts: ClassFacts, force: Reason, p: Parameters) -> Decision:
    """The class at the published standard, whatever the owner wishes on top."""
    small = _small(facts, p)
    if small.outcome != REFUSE:
        return Decision(small.outcome, (force, *small.reasons), small.value)
    proof, land = proof_test(facts.scope, p), land_class(facts.land)
    before = (force, *small.reasons, *proof.reasons)
    if proof.outcome in (InvestmentClass.OUT, InvestmentClass.JOINT):
        likely = land.outcome if proof.outcome == InvestmentClass.JOINT else None
        return Decision(proof.outcome, before, likely)
    if proof.outcome == InvestmentClass.PENDING:
        likely = InvestmentClass.JOINT if proof.value == InvestmentClass.JOINT else land.outcome
        text = f"暂定{InvestmentClass(likely).zh}，取得证书后重新认定"
        return Decision(
            InvestmentClass.PENDING, (*before, *land.reasons, sentence(text, "power-6-2", {"暂定类别": likely})), likely
        )
    return Decision(land.outcome, (*before, *land.reasons), land.value)


def _small(facts: ClassFacts, p: Parameters) -> Decision:
    """A, or why not: joint for a split load, pending for an unusable one, REFUSE for everybody else. [power-2-1-2]"""
    used: dict[str, object] = {"企业规模": facts.size, "电压等级": facts.voltage}
    if facts.size != OwnerSize.SMALL or facts.voltage != Voltage.LOW:
        text = f"用电主体为{facts.size}、{facts.voltage}接入，不属低压接入的小微企业"
        return Decision.of(REFUSE, sentence(text, "power-2-1-2", used))
    load = capacity_ok(facts.load, p)
    if load.refused:
        return Decision(InvestmentClass.PENDING, load.reasons)
    assert facts.capacity_kw is not None
    cap = p.get("power.small.max_kw", on=facts.applied_on)
    by = f"（上级文件{cap.basis}）" if cap.standing == OVERRIDE else ""
    used |= {"报装容量": facts.capacity_kw, "上限": cap, "上限依据": cap.basis or "本通知"}
    if facts.capacity_kw > cap.as_decimal():
        text = f"报装容量{facts.capacity_kw}千瓦，超过小微企业零投资上限{cap}{by}"
        return Decision.of(REFUSE, sentence(text, cap.cites, used))
    if load.outcome == FLAG:
        return Decision(InvestmentClass.JOINT, load.reasons, InvestmentClass.A)
    return Decision.of(
        InvestmentClass.A,
        sentence("低压接入的小微企业，到红线处连表计的费用由供电公司承担", "power-2-1-2", used),
        sentence(f"报装容量{facts.capacity_kw}千瓦，未超过上限{cap}{by}", cap.cites, used),
        _higher_documents(facts.applied_on, p),
        *load.reasons[1:],
    )


def _higher_documents(day: date, p: Parameters) -> Reason:
    national, provincial = p.get("power.higher.national", on=day), p.get("power.higher.provincial", on=day)
    text = f"供电公司出资同时依据{national}、{provincial}"
    return sentence(text, "power-2-1-1", {"国家文件": national, "省级文件": provincial})


def _wished(facts: ClassFacts, base: Decision) -> Decision:
    """More than the standard is the owner's own; he sees the base class and both costs. [power-2-4]"""
    used: dict[str, object] = {"超出的标准": facts.standard or "未写明", "标准方案类别": base.outcome}
    if facts.base_cost is not None:
        used["标准方案费用"] = facts.base_cost
    if facts.wished_cost is not None:
        used["用户方案费用"] = facts.wished_cost
    costs = ""
    if facts.base_cost is not None and facts.wished_cost is not None:
        costs = f"；标准方案{format_yuan(facts.base_cost)}元，用户方案{format_yuan(facts.wished_cost)}元"
    text = f"用户要求超出标准（{facts.standard or '标准未写明'}），由用户自己投资{costs}"
    beside = f"用户按标准接入的，属{InvestmentClass(base.outcome).zh}"
    own = sentence(text, "power-2-4", used)
    return Decision(
        InvestmentClass.D, (base.reasons[0], own, sentence(beside, "power-2-4"), *base.reasons[1:]), base.outcome
    )


def _answers(outcome: InvestmentClass) -> Reason:
    """The two questions of the first review. [power-3-2-2-1-3]"""
    if outcome in (InvestmentClass.JOINT, InvestmentClass.PENDING):
        extension = county = "待认定"
    else:
        extension = "是" if outcome in FREE_FOR_OWNER else "否"
        county = "是" if outcome == InvestmentClass.B else "否"
    used = {"延伸项目": extension, "县政府投资": county}
    text = f"是否延伸项目：{extension}；是否县政府投资：{county}"
    return sentence(text, "power-3-2-2-1-3", used)


def _stale_layer(facts: ClassFacts, p: Parameters) -> tuple[Reason, ...]:
    """A caution, not an obstacle: the land layers may have moved since."""
    if facts.layer_on is None or facts.decided_on is None:
        return ()
    longest = p.get("power.land_layer.max_age", on=facts.decided_on)
    if facts.decided_on - facts.layer_on <= longest.as_days():
        return ()
    text = f"用地图层数据日期为{facts.layer_on}，已超过{longest}，请核对后使用"
    return (sentence(text, longest.cites, {"数据日期": facts.layer_on, "最长": longest}),)


@dataclass(frozen=True, slots=True)
class JointFacts:
    """The two opinions, and the county office's word where they differ."""

    approval: InvestmentClass | None = None
    company: InvestmentClass | None = None
    county: InvestmentClass | None = None


def joint_result(facts: JointFacts, p: Parameters) -> Decision:
    """The class that both offices determine: a class, pending while one is silent, or disputed. [power-3-2-3-1]"""
    unsettled = (None, InvestmentClass.JOINT, InvestmentClass.PENDING)
    opinions = {"审批局意见": facts.approval, "供电公司意见": facts.company}
    used: dict[str, object] = {name: opinion or "未出" for name, opinion in opinions.items()}
    missing = [name for name, opinion in opinions.items() if opinion in unsettled]
    if missing:
        gap = condition(False, "power-3-2-3-1", "", f"缺{'、'.join(missing)}", cure="两家各写明一个类别", used=used)
        return Decision.of(InvestmentClass.PENDING, gap)
    assert facts.approval is not None
    if facts.approval == facts.company:
        return Decision.of(facts.approval, sentence(f"两家共同认定为{facts.approval.zh}", "power-3-2-3-1", used))
    differ = sentence("审批局与供电公司意见不一", "power-3-2-3-1", used)
    if facts.county is None or facts.county in unsettled:
        ask = condition(False, "power-3-2-3-1", "", "意见不一，待县政府办决定", cure="报县政府办决定", used=used)
        return Decision.of(DISPUTED, differ, ask)
    decided = sentence(f"县政府办决定为{facts.county.zh}", "power-3-2-3-1", {**used, "县政府办决定": facts.county})
    return Decision.of(facts.county, differ, decided)


@dataclass(frozen=True, slots=True)
class WishFacts:
    """What the owner has to have in hand before paying for more than the standard."""

    wish: str
    """His wish in his own words."""
    standard: str
    base_cost: Decimal | None
    wished_cost: Decimal | None
    signed: bool | None = None
    """His signature under the choice; None while he is only shown the offer."""
    building_started: bool = False


def may_choose(facts: WishFacts, p: Parameters) -> Decision:
    """The owner pays himself only for a written wish, a named standard and two costs to compare. [power-2-4]"""
    used = {"标准方案费用": facts.base_cost, "用户方案费用": facts.wished_cost}
    both = facts.base_cost is not None and facts.wished_cost is not None
    reasons = [
        condition(bool(facts.wish), "power-2-4", "用户有书面要求", "缺用户书面要求", cure="由用户写明要求"),
        condition(bool(facts.standard), "power-2-4", f"超出的标准为{facts.standard}", "未写明超出哪项标准",
                  cure="引用供电公司公布的标准"),
        condition(both, "power-2-4", "标准方案与用户方案费用均已列明", "缺两个方案的费用", cure="列明两个方案的费用",
                  used=used),
        condition(not facts.building_started, "power-2-4", "尚未开工，可以改选", "已经开工，不能改选",
                  cure="按已选方案办理"),
    ]  # fmt: skip
    if facts.signed is not None:
        reasons.append(condition(facts.signed, "power-2-4", "用户已签名", "缺用户签名", cure="由用户本人签名"))
    return Decision.judge(reasons)


def may_determine(facts: JointFacts, p: Parameters) -> Decision:
    """A joint determination is signed only when it fixes a class. [power-3-2-3-1] Value: the class."""
    found = joint_result(facts, p)
    if found.outcome in (InvestmentClass.PENDING, DISPUTED):
        return Decision(REFUSE, found.reasons)
    return Decision(ALLOW, found.reasons, found.outcome)
