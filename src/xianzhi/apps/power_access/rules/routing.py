"""Where an application goes: what the first review settles alone, what is for both offices, who then works on it."""

from __future__ import annotations

from dataclasses import dataclass

from xianzhi.apps.power_access.rules.classes import DISPUTED, ClassFacts, JointFacts, classify, joint_result
from xianzhi.apps.power_access.rules.reasons import FREE_FOR_OWNER, InvestmentClass, condition, sentence
from xianzhi.apps.power_access.rules.works import DispatchFacts
from xianzhi.law.decision import REFUSE, Decision, Reason
from xianzhi.law.parameters import Parameters

SETTLED_ALONE = (InvestmentClass.A, InvestmentClass.B, InvestmentClass.D)
FOR_BOTH = (InvestmentClass.C, InvestmentClass.JOINT, InvestmentClass.PENDING)
DETERMINED = (*FREE_FOR_OWNER, InvestmentClass.D)


@dataclass(frozen=True, slots=True)
class FirstReviewFacts:
    """An application in its first review; the two answers None while the page only previews, or where none are due."""

    case: ClassFacts
    extension: bool | None = None
    """延伸项目?"""
    county_paid: bool | None = None
    """县政府投资?"""


def may_classify(facts: FirstReviewFacts, p: Parameters) -> Decision:
    """The reviewer settles A, B and D, and his two answers are those of the facts. [power-3-2-2-1-3]

    Outcome: the class, or REFUSE; value: beside D the base class.
    """
    found = classify(facts.case, p)
    own = [_goes(found, SETTLED_ALONE, *_elsewhere(found))]
    answers = {
        "延伸项目": (facts.extension, found.outcome in FREE_FOR_OWNER),
        "县政府投资": (facts.county_paid, found.outcome == InvestmentClass.B),
    }
    own += [_answer(zh, given, right) for zh, (given, right) in answers.items() if given is not None]
    return _with(found, own)


def may_refer(facts: FirstReviewFacts, p: Parameters) -> Decision:
    """What the facts leave open, and class C, is determined by both offices. [power-3-2-3-1]

    Outcome: the class as far as it is known, or REFUSE; value: the likely class.
    """
    found = classify(facts.case, p)
    return _with(found, [_goes(found, FOR_BOTH, *_elsewhere(found))])


def may_turn_down(facts: FirstReviewFacts, p: Parameters) -> Decision:
    """Only a project that the notice does not reach is turned down, with the reason. [power-6-2]"""
    found = classify(facts.case, p)
    return _with(found, [_goes(found, (InvestmentClass.OUT,), "本通知适用", "按所属投资界面办理")])


def _elsewhere(found: Decision) -> tuple[str, str]:
    """Where a class belongs, and what to do with it, for a step that is not for it."""
    if found.outcome == InvestmentClass.OUT:
        return "由初审告知业主", "改为告知不适用"
    if found.outcome in SETTLED_ALONE:
        return "由初审直接认定", "由初审认定"
    return "须由两家共同认定", "改为提请共同认定"


def _goes(found: Decision, there: tuple[InvestmentClass, ...], otherwise: str, cure: str) -> Reason:
    zh = InvestmentClass(found.outcome).zh
    return condition(
        found.outcome in there, "power-3-2-2-1-3", f"认定为：{zh}", f"认定为：{zh}，{otherwise}", cure=cure,
        used={"投资界面": zh},
    )  # fmt: skip


def _answer(zh: str, given: bool, right: bool) -> Reason:
    words = {True: "是", False: "否"}
    return condition(
        given == right, "power-3-2-2-1-3", f"{zh}：{words[given]}",
        f"{zh}填“{words[given]}”，按事实应为“{words[right]}”",
        cure="核对事实后重填，事实有误的先更正", used={"所填": words[given], "按事实": words[right]},
    )  # fmt: skip


def _with(found: Decision, own: list[Reason]) -> Decision:
    """A finding with the conditions of the step: refused when one of these fails, not when the finding is a no."""
    outcome = found.outcome if all(reason.holds for reason in own) else REFUSE
    return Decision(outcome, (*found.reasons, *own), found.value)


def may_settle_jointly(facts: JointFacts, p: Parameters) -> Decision:
    """Both offices, or the county office for them, name one class of the notice. [power-3-2-3-1]"""
    return _joint(facts, p, DETERMINED, "不适用本通知的另行告知", "改办“认定不适用”")


def may_turn_down_jointly(facts: JointFacts, p: Parameters) -> Decision:
    """Both offices, or the county office for them, find the notice not applicable. [power-3-2-3-1]"""
    return _joint(facts, p, (InvestmentClass.OUT,), "没有认定为不适用", "按认定的类别办理")


def _joint(facts: JointFacts, p: Parameters, there: tuple[InvestmentClass, ...], otherwise: str, cure: str) -> Decision:
    found = joint_result(facts, p)
    if found.outcome in (InvestmentClass.PENDING, DISPUTED):
        return Decision(REFUSE, found.reasons)
    zh = InvestmentClass(found.outcome).zh
    fits = condition(found.outcome in there, "power-3-2-3-1", f"认定为：{zh}", f"认定为：{zh}，{otherwise}", cure=cure)
    return _with(found, [fits])


@dataclass(frozen=True, slots=True)
class DisputeFacts:
    """Two opinions that may differ, and the class that the county office names; None while the page only previews."""

    opinions: JointFacts
    decided: InvestmentClass | None = None


def may_dispute(facts: DisputeFacts, p: Parameters) -> Decision:
    """Opinions that differ go to the county office. [power-3-2-3-1]"""
    found = joint_result(facts.opinions, p)
    differ = condition(
        found.outcome == DISPUTED, "power-3-2-3-1", "审批局与供电公司意见不一", "没有不一致的意见",
        cure="两家意见齐备且不一致时才报县政府办",
    )  # fmt: skip
    return Decision.judge((differ, *(reason for reason in found.reasons if reason.holds)))


def may_decide(facts: DisputeFacts, p: Parameters) -> Decision:
    """The county office names the class, which settles the dispute. [power-3-2-3-1] Outcome: the class."""
    if facts.decided is None:
        return Decision.of("allow", sentence("由县政府办写明一个类别", "power-3-2-3-1"))
    return may_settle_jointly(_decided(facts), p)


def may_decide_out(facts: DisputeFacts, p: Parameters) -> Decision:
    """The county office finds that the notice does not apply. [power-3-2-3-1]"""
    both = JointFacts(facts.opinions.approval, facts.opinions.company, InvestmentClass.OUT)
    return may_turn_down_jointly(both, p)


def _decided(facts: DisputeFacts) -> JointFacts:
    return JointFacts(facts.opinions.approval, facts.opinions.company, facts.decided)


def may_hand_over(facts: DispatchFacts, p: Parameters) -> Decision:
    """Zero investment goes to 供电公司. [power-3-2-1-1]"""
    return Decision.judge([_is(facts, InvestmentClass.A, "power-3-2-1-1", "转供电公司办理")])


def may_share(facts: DispatchFacts, p: Parameters) -> Decision:
    """Shared works go to both strands. [power-3-2-3-2]"""
    return Decision.judge([_is(facts, InvestmentClass.C, "power-3-2-3-2", "分为电气、土建两路办理")])


def may_offer(facts: DispatchFacts, p: Parameters) -> Decision:
    """What the owner pays himself goes to 供电公司 for both schemes. [power-2-4]"""
    return Decision.judge([_is(facts, InvestmentClass.D, "power-2-4", "由供电公司列出两个方案")])


def _is(facts: DispatchFacts, wanted: InvestmentClass, cites: str, act: str) -> Reason:
    zh = facts.classified.zh
    return condition(
        facts.classified == wanted, cites, f"投资界面为{zh}，{act}", f"投资界面为{zh}，不能{act}",
        cure="按所属投资界面办理", used={"投资界面": facts.classified.zh},
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class BaseFacts:
    """The class of the standard scheme, to which an owner goes back."""

    base: InvestmentClass


def may_return_to(facts: BaseFacts, p: Parameters) -> Decision:
    """Back to the class of the standard scheme, where that is settled. [power-2-4]"""
    return Decision.judge([
        condition(facts.base in FREE_FOR_OWNER, "power-2-4", f"按标准方案属{facts.base.zh}",
                  f"标准方案{facts.base.zh}，尚无确定的类别", cure="终止本件，由业主按标准方案重新申请",
                  used={"标准方案类别": facts.base})
    ])  # fmt: skip
