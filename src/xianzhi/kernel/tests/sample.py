"""An invented permit for the kernel's own tests and benchmarks: every kind of step, guard, limit and field.

Eight steps lead from a draft to the permit: submit, accept, review, request_correction, resubmit, approve, pay_deposit,
issue. Around them: halting, a record that moves nothing, a step of the public, of a third party and of the clock.
Nothing of it exists until `registered()` is entered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.models import (
    Account,
    Case,
    Event,
    Post,
    Subject,
    Unit,
    UnitFunction,
)  # fmt: skip
from xianzhi.kernel.models.units import UnitKind
from xianzhi.law.decision import Decision, Reason
from xianzhi.law.fields import choice, day, lines, money, note, number, text, whole, yes_no
from xianzhi.law.parameters import Dated, Parameter, Parameters
from xianzhi.law.place import Place
from xianzhi.law.procedure import (
    APPLICANT,
    CLOCK,
    PUBLIC,
    SAME,
    START,
    Limit,
    Paper,
    Procedure,
    Step,
    final,
    stage,
    states,
)  # fmt: skip
from xianzhi.law.register import Instrument, Provision, Register

BEGAN = date(2024, 1, 1)


# ---- rules: facts in, decision out


@dataclass(frozen=True, slots=True)
class PermitFacts:
    """What was entered so far, with what is being entered now."""

    on: date
    documents: int
    """Handed in so far."""
    documents_now: int | None
    """After the correction, once it is entered: a page that only asks what may be done has no such value yet."""
    area: Decimal
    deposit_due: Decimal
    amount: Decimal | None
    paid: Decimal | None
    pay_from: date | None


def enough_documents(facts: PermitFacts, p: Parameters) -> Decision:
    least = p.get("sample.documents.least", on=facts.on)
    holds = facts.documents >= least.as_int()
    return _judge("文件份数", "sample-1-1", holds, {"份数": facts.documents, "最少": least.as_int()}, "请补齐文件")


def small_enough(facts: PermitFacts, p: Parameters) -> Decision:
    most = p.get("sample.area.most", on=facts.on)
    used = {"面积": facts.area, "最多": most.as_decimal()}
    return _judge("面积", "sample-1-2", facts.area <= most.as_decimal(), used)


def more_documents(facts: PermitFacts, p: Parameters) -> Decision:
    used = {"补正后": facts.documents_now, "补正前": facts.documents}
    holds = facts.documents_now is None or facts.documents_now > facts.documents
    return _judge("补正后文件增加", "sample-1-3", holds, used, "请补充文件")


def right_amount(facts: PermitFacts, p: Parameters) -> Decision:
    holds = facts.amount in (None, facts.deposit_due)
    used = {"应缴": facts.deposit_due, "实缴": facts.amount}
    return _judge("保证金数额", "sample-2-1", holds, used, "按应缴数额缴纳")


def deposit_paid(facts: PermitFacts, p: Parameters) -> Decision:
    return _judge("保证金已缴清", "sample-2-1", facts.paid == facts.deposit_due, {"应缴": facts.deposit_due})


def deposit_never_came(facts: PermitFacts, p: Parameters) -> Decision:
    """The day has come on which an approval lapses for want of its deposit."""
    days = p.get("sample.lapse.after", on=facts.on).as_days()
    holds = facts.pay_from is not None and facts.on > facts.pay_from + days
    return _judge("逾期未缴保证金", "sample-2-2", holds, {"起缴日": facts.pay_from})


def _judge(what: str, cites: str, holds: bool, used: dict[str, object], cure: str = "") -> Decision:
    return Decision.judge([Reason(what, cites, used, holds, "" if holds else cure)])


# ---- the procedure


class Permit(Procedure):
    """示例许可, from a draft to the permit."""

    app = "sample"
    zh = "示例许可"
    numbered = "示许〔{year}〕{serial:04d}"
    opens = ("approval.clerk",)

    draft, submitted, accepted, reviewed, correction, resubmitted, approved, deposited = states(
        "草稿 已申请 已受理 已审查 补正中 已补正 已批准 已缴款"
    )
    issued, refused, withdrawn, lapsed = final("已发证 不予许可 已撤回 已失效")
    journey = (stage("申请", draft, submitted), stage("审批", accepted, reviewed, correction, resubmitted))

    prepare = Step(
        "起草", START >> draft, by=APPLICANT, event="sample.permit.prepared", cites="sample-1-1",
        asks=(whole("documents", "文件", "份"), number("area", "面积", "亩", places=2), money("deposit", "应缴保证金")),
    )  # fmt: skip
    submit = Step(
        "申请", draft >> submitted, by=APPLICANT, event="sample.permit.submitted", cites="sample-1-1",
        needs=(Paper("plan", "方案", required=False),), guard=enough_documents,
    )  # fmt: skip
    accept = Step(
        "受理", submitted >> accepted, by="approval.clerk", event="sample.permit.accepted", cites="sample-1-2",
        guard=(small_enough, enough_documents), within="sample.accept.limit",
    )  # fmt: skip
    review = Step(
        "审查", accepted >> reviewed, by="approval.reviewer", not_by="accept", event="sample.permit.reviewed",
        cites="sample-1-2", within=Limit("sample.review.limit", rolls=False),
    )  # fmt: skip
    request_correction = Step(
        "要求补正", reviewed >> correction, by="approval.reviewer", event="sample.permit.correction_requested",
        cites="sample-1-3", asks=(note("note", "补正内容"),), halts=True,
    )  # fmt: skip
    resubmit = Step(
        "补正", correction >> resubmitted, by=APPLICANT, event="sample.permit.resubmitted", cites="sample-1-3",
        asks=(whole("documents", "文件", "份"),), guard=more_documents, resumes=True,
    )  # fmt: skip
    approve = Step(
        "批准", reviewed | resubmitted >> approved, by="approval.approver", not_by=("review", "accept"),
        event="sample.permit.approved", cites="sample-1-4", asks=(day("pay_from", "起缴日"),),
    )  # fmt: skip
    refuse = Step(
        "不予许可", accepted | reviewed | correction | resubmitted >> refused, by="approval.approver", grave=True,
        event="sample.permit.refused", cites="sample-1-4", asks=(note("why", "理由"),), within="sample.decide.limit",
    )  # fmt: skip
    pay_deposit = Step(
        "缴保证金", approved >> deposited, by="finance.cashier", event="sample.permit.deposit_paid", cites="sample-2-1",
        asks=(money("amount", "实缴"),), guard=right_amount,
        within=Limit("sample.deposit.limit", since="approve.pay_from"),
    )  # fmt: skip
    issue = Step(
        "发证", deposited >> issued, by="approval.clerk", event="sample.permit.issued", cites="sample-2-1",
        needs=(Paper("form", "领证单", cites="sample-2-1", required=False),), guard=deposit_paid,
    )  # fmt: skip
    withdraw = Step(
        "撤回", draft | submitted | accepted >> withdrawn, by=APPLICANT, event="sample.permit.withdrawn",
        cites="sample-1-1",
        needs=(Paper("letter", "撤回申请书", cites="sample-1-1"),), asks=(text("why", "原因"),),
    )  # fmt: skip
    inspect = Step(
        "巡查", submitted | accepted | approved >> SAME, by=("township.warden", "zone.warden"),
        event="sample.permit.inspected", cites="sample-1-2", aside=True,
        asks=(
            choice("result", "结果", {"good": "正常", "bad": "异常"}), yes_no("photographed", "已拍照").optional,
            lines("points", "点位", text("name", "名称"), number("depth", "深度", "米").optional).optional,
        ),
    )  # fmt: skip
    survey = Step(
        "测绘", accepted | reviewed >> SAME, by="survey.surveyor", event="sample.permit.surveyed", cites="sample-1-2",
        asks=(note("finding", "意见"),),
    )  # fmt: skip
    object_to = Step(
        "提异议", submitted | accepted >> SAME, by=PUBLIC, event="sample.permit.objected", cites="sample-1-2",
        asks=(note("objection", "异议"),),
    )  # fmt: skip
    lapse = Step(
        "失效", approved >> lapsed, by=CLOCK, when=deposit_never_came, event="sample.permit.lapsed", cites="sample-2-2",
    )  # fmt: skip


STEPS = ("submit", "accept", "review", "request_correction", "resubmit", "approve", "pay_deposit", "issue")
"""The way from a draft to the permit."""


def gather(attempt: door.Attempt) -> PermitFacts:
    """Reads what the case's events recorded; an app would read a record of its own."""
    before = {name: value for moved in attempt.past for name, value in moved.data.items()}
    paid = before.get("amount")
    pay_from = before.get("pay_from")
    return PermitFacts(
        on=attempt.on,
        documents=int(before.get("documents", 0)),
        documents_now=attempt.data.get("documents"),
        area=Decimal(before.get("area", 0)),
        deposit_due=Decimal(before.get("deposit", 0)),
        amount=attempt.data.get("amount"),
        paid=Decimal(paid) if paid else None,
        pay_from=date.fromisoformat(pay_from) if pay_from else None,
    )


# ---- what it refers to

INSTRUMENT = Instrument("sample", "示规〔2024〕0号", "示例办法", "示例", "示例", BEGAN, BEGAN)
POSTS = {
    "approval.clerk": "受理岗", "approval.reviewer": "审查岗", "approval.approver": "批准岗",
    "finance.cashier": "收款岗", "township.warden": "巡查岗", "zone.warden": "巡查岗", "survey.surveyor": "测绘岗",
}  # fmt: skip


def _provision(article: int, paragraph: int) -> Provision:
    words = "示例条款"
    place = Place((("article", article), ("paragraph", paragraph)))
    return Provision(f"sample-{article}-{paragraph}", INSTRUMENT, place, "step", ("示例",), words, words, words, words)


def _parameter(name: str, unit: str, value: Any, cites: str) -> Parameter:
    return Parameter(f"sample.{name}", name, unit, (Dated(BEGAN, value, cites),))


REGISTER = Register(INSTRUMENT, [_provision(article, number) for article, number in
                                 ((1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2))])  # fmt: skip
PARAMETERS = (
    _parameter("documents.least", "count", 3, "sample-1-1"),
    _parameter("area.most", "count", 50_000, "sample-1-2"),
    _parameter("accept.limit", "workday", 5, "sample-1-2"),
    _parameter("review.limit", "day", 10, "sample-1-2"),
    _parameter("decide.limit", "workday", 20, "sample-1-4"),
    _parameter("deposit.limit", "month", 1, "sample-2-1"),
    _parameter("lapse.after", "day", 90, "sample-2-2"),
)


@contextmanager
def registered() -> Iterator[type[Permit]]:
    """The sample as if a service had declared it; all is as before afterwards."""
    stores = (registry.registers, registry.provisions, registry.procedures, registry.post_names, registry.gatherers,
              registry.effects)  # fmt: skip
    kept, declared = [dict(store) for store in stores], registry._values.declared
    registry.registers["sample"] = REGISTER
    registry.provisions.update(REGISTER)
    registry.procedures[Permit.name] = Permit
    registry.post_names.update(POSTS)
    registry.gatherers[PermitFacts] = gather
    registry._values.declared = declared.merged(PARAMETERS)
    registry.forget()
    try:
        yield Permit
    finally:
        for store, before in zip(stores, kept, strict=True):
            store.clear()
            store.update(before)
        registry._values.declared = declared
        registry.forget()


# ---- people

COUNTY, TOWN, OTHER_TOWN, VILLAGE, ZONE = (
    "140826000000", "140826100000", "140826101000", "140826100201", "140826402000",
)  # fmt: skip
_UNITS = {
    "approval": (COUNTY, UnitKind.BUREAU), "finance": (COUNTY, UnitKind.BUREAU), "township": (TOWN, UnitKind.TOWNSHIP),
    "other_township": (OTHER_TOWN, UnitKind.TOWNSHIP), "zone": (ZONE, UnitKind.ZONE),
    "survey": (COUNTY, UnitKind.THIRD_PARTY),
}  # fmt: skip
_STAFF = {
    "clerk": ("approval", "approval.clerk"), "other_clerk": ("approval", "approval.clerk"),
    "reviewer": ("approval", "approval.reviewer"), "approver": ("approval", "approval.approver"),
    "cashier": ("finance", "finance.cashier"), "warden": ("township", "township.warden"),
    "other_warden": ("other_township", "township.warden"), "zone_warden": ("zone", "zone.warden"),
    "surveyor": ("survey", "survey.surveyor"),
}  # fmt: skip


@dataclass
class People:
    """The accounts that the sample's tests act with, by name: people.clerk, people.applicant …"""

    accounts: dict[str, Account] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Account:
        try:
            return self.__dict__["accounts"][name]
        except KeyError:
            raise AttributeError(name) from None

    def post(self, name: str, unit: str, key: str, *, since: date = BEGAN, until: date | None = None) -> Post:
        function, _, role = key.partition(".")
        return Post.objects.create(
            account=self.accounts[name], unit=self.units[unit], function=function, role=role, since=since, until=until
        )

    def fresh(self, name: str) -> Account:
        """The account as a new request would read it."""
        return Account.objects.select_related("subject").get(pk=self.accounts[name].pk)


def settle() -> People:
    """Writes the units, posts, subjects and accounts."""
    people = People()
    for code, (division, kind) in _UNITS.items():
        unit = Unit.objects.create(code=f"sample-{code}", division=division, name=code, short=code, kind=kind)
        UnitFunction.objects.create(unit=unit, function=code.removeprefix("other_"), since=BEGAN)
        people.units[code] = unit
    for name, (unit, key) in _STAFF.items():
        people.accounts[name] = _account(name)
        people.post(name, unit, key)
    for index, name in enumerate(("applicant", "neighbour")):
        subject = Subject.objects.create(kind=Subject.ORGANISATION, name=f"示例公司{index}", code=f"SAMPLE{index}")
        people.accounts[name] = _account(name, subject=subject)
    people.accounts["nobody"] = _account("nobody")
    for duty in ("system", "security", "audit"):
        people.accounts[duty] = _account(duty, duty=duty)
    return people


def _account(name: str, **more: Any) -> Account:
    return Account.objects.create(username=f"sample-{name}", name=name, password="!", **more)


OPENING = {"documents": 3, "area": "120.5", "deposit": "8000"}


def draft(people: People, *, on: date | None = None, division: str = VILLAGE, key: str = "", **entered: Any) -> Case:
    """A permit in draft, of the applicant, in a village of the township."""
    return door.open_case(
        Permit, Permit.prepare, by=people.applicant, title="示例许可", division=division,
        subject=people.applicant.subject, on=on, data={**OPENING, **entered}, key=key,
    )  # fmt: skip


TAKERS = {
    "submit": "applicant", "accept": "clerk", "review": "reviewer", "request_correction": "reviewer",
    "resubmit": "applicant", "approve": "approver", "pay_deposit": "cashier", "issue": "clerk",
}  # fmt: skip


def entered(step: str, on: date) -> dict[str, Any]:
    """What a step on the way to the permit asks for, filled in rightly."""
    return {
        "request_correction": {"note": "请补充方案"},
        "resubmit": {"documents": 4},
        "approve": {"pay_from": on},
        "pay_deposit": {"amount": "8000.00"},
    }.get(step, {})


def advance(people: People, case: Case, upto: str, *, on: date | None = None, days: int = 0) -> Event:
    """Takes the steps on the way to the permit up to and with the named one; `days` lie between two of them."""
    day_ = on or clock.today()
    taken = set(case.events.values_list("step_name", flat=True))
    for name in STEPS[: STEPS.index(upto) + 1]:
        if name not in taken:
            event = door.take_step(case, name, by=people.accounts[TAKERS[name]], on=day_, data=entered(name, day_))
            day_ += timedelta(days=days)
    return event
