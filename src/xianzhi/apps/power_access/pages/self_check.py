"""谁出钱自查: four questions, one answer with its reasons. Open to anybody; nothing that is entered is kept."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from xianzhi.apps.power_access.pages.questions import SelfCheck
from xianzhi.apps.power_access.queries.shares import Share, shares_of
from xianzhi.apps.power_access.rules import InvestmentClass, classify
from xianzhi.kernel import clock, registry
from xianzhi.kernel.pages.guard import PUBLIC, page
from xianzhi.law.decision import Decision, Reason


@dataclass(frozen=True, slots=True)
class Words:
    """How a class is told to a visitor: its mark, who pays, what that means for the visitor, what comes next."""

    is_: str
    who: str
    means: str
    next: tuple[str, ...]


_APPLY = _("在网上或到县行政审批服务管理局窗口申请，带申请书、土地手续、报装需求和建筑区划红线。")
_NO_CHARGE = _("认定之前，谁也不得向您收红线外的费用；收了的，可以反映。")
WORDS = {
    InvestmentClass.A: Words("ok", _("供电公司出钱"), _("红线以外您一分钱不用出，电表也不用您买。"), (
        _("向供电公司报装，或在网上申请，由审批局当日转供电公司。"),
        _("供电公司受理、答复方案、施工、接电，您在网上看得到每一步哪天办的。"),
        _("接电后会问您一句：有没有让您出钱。"),
    )),
    InvestmentClass.B: Words("ok", _("县政府出钱"), _("红线以外您一分钱不用出，土建和电气都由县政府投资。"), (
        _APPLY,
        _("审批局初审后派单给县能源局，供电公司出供电方案，县能源局组织设计、施工和验收。"),
        _("一共七步，您在一个页面上看得到现在谁在办、预计哪天通电。"),
    )),
    InvestmentClass.C: Words("ok", _("县政府和供电公司分担"), _("土建县政府出，电气供电公司出；先由两家共同认定。"), (
        _APPLY,
        _("审批局和供电公司各出意见，一致的写进共同认定书；不一致的由县政府办决定。"),
        _("认定后电气、土建两条线同时办。"),
        _NO_CHARGE,
    )),
    InvestmentClass.D: Words("near", _("您自己出钱"), _("要高出标准或有特别要求的，接电工程由您自己投资。"), (
        _("供电公司把标准方案和您要的方案、两笔费用一起给您看，您签名选定才算数。"),
        _("开工以前随时可以改回标准方案。"),
    )),
    InvestmentClass.OUT: Words("idle", _("这份通知管不到"), _("您的项目不适用本通知，按供电公司现行规定办理。"), (
        _("向供电公司报装，费用问供电公司。"),
        _("取得日期写错了的，改正后再查一次。"),
    )),
    InvestmentClass.JOINT: Words("ask", _("要两家共同认定"), _("凭这些情况还定不了，由审批局和供电公司共同认定。"), (
        _APPLY,
        _("下面写明了哪一点存疑；能补的材料一并带上，认定会快一些。"),
        _NO_CHARGE,
    )),
    InvestmentClass.PENDING: Words("ask", _("还差材料，暂不能定"), _("补齐下面缺的材料，就能定。"), (
        _APPLY,
        _("可以先申请，取得证书后补交，申请日照算。"),
        _NO_CHARGE,
    )),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What the self-check answers."""

    outcome: InvestmentClass
    words: Words
    likely: InvestmentClass | None
    """Beside a doubt: the class that follows once it is settled. Beside D: the class at the standard."""
    shares: list[Share]
    decision: Decision

    @property
    def settled(self) -> bool:
        return self.outcome not in UNSETTLED

    @property
    def reasons(self) -> list[tuple[Reason, bool]]:
        """Every reason with whether it is one for which the class cannot be settled yet."""
        return [(one, not self.settled and any(word in one.text for word in _DOUBT)) for one in self.decision.reasons]


UNSETTLED = (InvestmentClass.JOINT, InvestmentClass.PENDING)
_DOUBT = ("须共同认定", "提请认定", "须两家认定")
"""How the rules end a sentence that leaves the class open."""


@page(PUBLIC)
def self_check(request: HttpRequest) -> HttpResponse:
    today, parameters = clock.today(), registry.parameters()
    cap = parameters.get("power.small.max_kw", on=today)
    form = SelfCheck(request.GET, today, str(cap))
    answer = None
    if facts := form.facts:
        answer = answer_of(classify(facts, parameters), form)
    return render(request, "power_access/self_check.html", {"form": form, "answer": answer, "today": today})


def answer_of(decision: Decision, form: SelfCheck) -> Answer:
    """What a visitor is told: the class, and the likely one where it is not settled yet."""
    outcome = InvestmentClass(decision.outcome)
    likely = InvestmentClass(decision.value) if decision.value in list(InvestmentClass) else None
    settled = likely if outcome in UNSETTLED and likely else outcome
    return Answer(outcome, WORDS[outcome], likely, shares_of(settled, form.today), decision)
