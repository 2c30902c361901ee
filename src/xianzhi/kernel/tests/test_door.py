"""The one door: what it refuses and why, and that a step is written whole or not at all."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models import Assignment, Case, Event, PendingLeaf
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.kernel.tests import sample as s
from xianzhi.kernel.tests.evidence import refusal, texts, written
from xianzhi.kernel.tests.sample import Permit, advance, draft
from xianzhi.law.decision import REFUSE, Decision, Reason
from xianzhi.law.fields import text
from xianzhi.law.parameters import NoValue
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC, START, Procedure, Step, final, states

TODAY = date(2025, 6, 11)  # a Wednesday


@pytest.fixture(autouse=True)
def _today():
    with clock.at(TODAY):
        yield


# ---- what a step writes


def test_the_way_to_the_permit_is_written_step_by_step(people):
    case = draft(people)
    advance(people, case, "issue")
    events = list(case.events.all())
    assert [event.step_name for event in events] == ["prepare", *s.STEPS]
    assert [event.seq for event in events] == list(range(1, 10))
    assert (case.state, case.seq, case.head, case.closed_on) == ("issued", 9, events[-1].hash, TODAY)
    stored = Case.objects.get(pk=case.pk)
    for name in ("state", "seq", "head", "moved_on", "due_on", "due_step", "halted_on", "closed_on"):
        assert getattr(stored, name) == getattr(case, name), name


def test_an_event_says_who_as_what_when_and_why(people):
    case = draft(people)
    advance(people, case, "submit")
    event = door.take_step(case, Permit.accept, by=people.clerk)
    event = Event.objects.get(pk=event.pk)
    assert (event.by, event.by_post, event.unit) == (people.clerk, "approval.clerk", people.units["approval"])
    assert (event.name, event.from_state, event.to_state, event.on) == (
        "sample.permit.accepted", "submitted", "accepted", TODAY,
    )  # fmt: skip
    assert event.decision["outcome"] == "allow"
    assert [reason["cites"] for reason in event.decision["reasons"]] == ["sample-1-2", "sample-1-1"]


def test_every_hash_can_be_computed_again_from_what_is_stored(people):
    case = draft(people)
    advance(people, case, "issue")
    prev = GENESIS
    for event in Event.objects.filter(case=case).order_by("seq"):
        assert event.prev == prev
        assert chain.link(prev, chain.body_of(event)) == event.hash
        prev = event.hash
    assert prev == Case.objects.get(pk=case.pk).head


def test_every_event_waits_for_the_log(people):
    case = draft(people)
    advance(people, case, "review")
    pending = set(PendingLeaf.objects.values_list("event_id", flat=True))
    assert pending == set(case.events.values_list("pk", flat=True))


def test_data_is_kept_in_its_own_types(people):
    case = draft(people, documents="3", area="1,200.50", deposit="8000")
    assert case.events.get().data == {"documents": 3, "area": "1200.50", "deposit": "8000.00"}
    seen = []
    registry.effects[Permit.inspect] = lambda event, attempt: seen.append(attempt.data)
    advance(people, case, "submit")
    entered = {"result": "good", "points": [{"name": "东坡", "depth": "1.5"}]}
    event = door.take_step(case, "inspect", by=people.warden, data=entered)
    points = [{"name": "东坡", "depth": Decimal("1.5")}]
    assert seen == [{"result": "good", "photographed": None, "points": points}]
    assert event.data == {"result": "good", "points": [{"name": "东坡", "depth": "1.5"}]}
    assert Event.objects.get(pk=event.pk).data == event.data


def test_a_step_that_stays_records_and_does_not_move(people):
    case = draft(people)
    advance(people, case, "accept")
    event = door.take_step(case, "inspect", by=people.warden, data={"result": "bad"})
    assert (event.from_state, event.to_state, case.state, case.seq) == ("accepted", "accepted", "accepted", 4)


def test_a_step_of_another_procedure_is_no_step(people):
    class Other(Procedure):
        zh, app = "另一流程", "sample_other"
        draft, = states("草稿")  # fmt: skip
        done = final("完")
        begin = Step("开始", START >> draft, by=APPLICANT, event="other.case.begun", cites="sample-1-1")
        submit = Step("申请", draft >> done, by=APPLICANT, event="other.case.submitted", cites="sample-1-1")

    case = draft(people)
    with pytest.raises(LookupError):
        door.take_step(case, Other.submit, by=people.applicant)
    with pytest.raises(LookupError):
        door.take_step(case, "no_such_step", by=people.applicant)


# ---- refusals


@pytest.mark.parametrize("name", ["nobody", "applicant", "reviewer", "cashier", "system", "security", "audit"])
def test_only_the_post_may_take_a_step(people, name):
    case = draft(people)
    advance(people, case, "submit")
    refused = refusal(case, "accept", by=people.accounts[name])
    assert "受理岗" in texts(refused) and refused.reasons[0].cure


@pytest.mark.parametrize("name", ["neighbour", "clerk", "nobody", "audit"])
def test_only_the_subject_is_the_applicant(people, name):
    assert "申请人" in texts(refusal(draft(people), "submit", by=people.accounts[name]))


def test_an_account_that_is_switched_off_takes_no_step(people):
    case = draft(people)
    people.applicant.is_active = False
    refusal(case, "submit", by=people.applicant)


@pytest.mark.parametrize(
    ("post", "takes"),
    [
        ({"until": TODAY}, False),
        ({"since": TODAY + timedelta(days=1)}, False),
        ({"since": TODAY, "until": TODAY + timedelta(days=1)}, True),
    ],
)
def test_a_post_counts_on_its_days(people, post, takes):
    case = draft(people)
    advance(people, case, "submit")
    people.post("nobody", "approval", "approval.clerk", **post)
    if takes:
        door.take_step(case, "accept", by=people.fresh("nobody"))
    else:
        refusal(case, "accept", by=people.fresh("nobody"))


def test_a_township_acts_in_its_own_villages_only(people):
    case = draft(people)
    advance(people, case, "submit")
    refusal(case, "inspect", by=people.other_warden, data={"result": "good"})
    refusal(case, "inspect", by=people.zone_warden, data={"result": "good"})
    door.take_step(case, "inspect", by=people.warden, data={"result": "good"})


def test_a_third_party_acts_in_what_is_assigned_to_it_only(people):
    case = draft(people)
    advance(people, case, "accept")
    refusal(case, "survey", by=people.surveyor, data={"finding": "可行"})
    Assignment.objects.create(case=case, unit=people.units["survey"])
    assert door.take_step(case, "survey", by=people.surveyor, data={"finding": "可行"}).by_post == "survey.surveyor"


@pytest.mark.parametrize("step", ["issue", "review", "prepare"])
def test_a_step_has_its_state(people, step):
    case = draft(people)
    advance(people, case, "submit")
    refused = refusal(case, step, by=people.clerk, data=s.OPENING if step == "prepare" else {})
    assert "已申请" in texts(refused)


def test_nothing_moves_a_case_that_ended(people):
    case = draft(people)
    advance(people, case, "issue")
    for step in Permit.steps.values():
        refused = refusal(case, step, by=people.clerk, data=s.entered(step.name, TODAY))
        assert "本件现为“已发证”" in texts(refused)


def test_guards_refuse_with_the_values_that_decided(people):
    case = draft(people, documents=2)
    (reason,) = refusal(case, "submit", by=people.applicant).reasons
    assert (reason.cites, reason.used, reason.cure) == ("sample-1-1", {"份数": 2, "最少": 3}, "请补齐文件")


def test_a_rule_that_refuses_without_a_failing_condition_still_refuses(people, monkeypatch):
    def never(facts: s.PermitFacts, p) -> Decision:
        return Decision.of(REFUSE, Reason("不准", "sample-1-1"))

    monkeypatch.setattr(Permit.submit, "guards", (never,))
    case = draft(people)
    with pytest.raises(door.Refused, match="不准"):
        door.take_step(case, "submit", by=people.applicant)
    assert not next(option for option in door.options(case, people.applicant) if option.step is Permit.submit).possible


def test_a_guard_without_a_value_on_the_day_refuses_and_says_so(people, monkeypatch):
    def unset(facts: s.PermitFacts, p) -> Decision:
        raise NoValue("参数“示例”自 2030-01-01 起才有值")

    monkeypatch.setattr(Permit.submit, "guards", (unset,))
    (reason,) = refusal(draft(people), "submit", by=people.applicant).reasons
    assert "2030-01-01" in reason.text and "设定参数" in reason.cure


def test_a_limit_without_a_value_on_the_day_refuses_and_says_so(people, monkeypatch):
    with clock.at(date(2023, 12, 1)):  # before the sample's parameters begin
        monkeypatch.setattr(Permit.submit, "guards", ())
        refused = refusal(draft(people), "submit", by=people.applicant)
    assert "sample.accept.limit" in texts(refused)


def test_all_reasons_come_at_once(people):
    case = draft(people)
    refused = refusal(
        case, "withdraw", by=people.clerk, on=TODAY + timedelta(days=1), data={"why": " ", "colour": "red"}
    )
    said = texts(refused)
    for part in ("由申请人办理", "在今天之后", "原因没有填", "没有“colour”这一项", "缺撤回申请书"):
        assert part in said
    assert len(refused.reasons) == 5
    assert "办理日期" in str(refused) and str(refused).startswith("撤回：")


def test_all_guards_speak(people):
    case = draft(people, documents=3, area="60000")
    advance(people, case, "submit")
    refused = refusal(case, "accept", by=people.nobody)
    assert len(refused.reasons) == 2 and refused.reasons[1].text == "面积"  # no post, and the area
    assert [reason.text for reason in refused.decision.reasons] == ["面积", "文件份数"]


def test_dates(people):
    case = draft(people, on=TODAY - timedelta(days=5))
    assert "今天之后" in texts(refusal(case, "submit", by=people.applicant, on=TODAY + timedelta(days=1)))
    assert "早于上一步" in texts(refusal(case, "submit", by=people.applicant, on=TODAY - timedelta(days=6)))
    event = door.take_step(case, "submit", by=people.applicant, on=TODAY - timedelta(days=5))
    assert (event.on, event.at.date(), case.moved_on) == (TODAY - timedelta(days=5), TODAY, TODAY - timedelta(days=5))


@pytest.mark.parametrize(
    ("step", "data", "said"),
    [
        ("request_correction", {}, "补正内容没有填"),
        ("request_correction", {"note": "  "}, "补正内容没有填"),
        ("request_correction", {"note": "x", "extra": 1}, "没有“extra”这一项"),
        ("refuse", {"why": ["x"]}, "理由应为文字"),
    ],
)
def test_what_was_entered_is_checked(people, step, data, said):
    case = draft(people)
    advance(people, case, "review")
    taker = people.reviewer if step == "request_correction" else people.approver
    assert said in texts(refusal(case, step, by=taker, data=data))


def test_four_eyes(people):
    people.post("clerk", "approval", "approval.reviewer")
    people.post("reviewer", "approval", "approval.approver")
    people.accounts["clerk"], people.accounts["reviewer"] = people.fresh("clerk"), people.fresh("reviewer")
    case = draft(people)
    advance(people, case, "accept")
    (reason,) = refusal(case, "review", by=people.clerk).reasons
    assert reason.text == "您办理过“受理”，不能再办“审查”"
    advance(people, case, "review")
    assert "您办理过“审查”" in texts(refusal(case, "approve", by=people.reviewer, data={"pay_from": TODAY}))
    door.take_step(case, "approve", by=people.approver, data={"pay_from": TODAY})


# ---- the clock and the public


def test_the_clock_acts_when_its_day_has_come(people):
    case = draft(people)
    advance(people, case, "approve")
    assert "逾期未缴保证金" in texts(refusal(case, "lapse", by=CLOCK))
    with clock.at(TODAY + timedelta(days=91)):
        event = door.take_step(case, "lapse", by=CLOCK)
    assert (event.by_id, event.by_post, event.unit_id, case.state) == (None, "clock", None, "lapsed")
    assert event.decision["outcome"] == "allow"


def test_nobody_acts_for_the_clock_nor_the_clock_for_anybody(people):
    case = draft(people)
    refusal(case, "submit", by=CLOCK)
    refusal(case, "submit", by=PUBLIC)
    refusal(case, "submit", by=APPLICANT)
    refusal(case, "submit", by="approval.clerk")
    advance(people, case, "approve")
    with clock.at(TODAY + timedelta(days=91)):
        refusal(case, "lapse", by=people.fresh("approver"))
        refusal(case, "lapse", by=PUBLIC)


def test_anyone_takes_a_step_of_the_public(people):
    case = draft(people)
    advance(people, case, "submit")
    event = door.take_step(case, "object_to", by=PUBLIC, data={"objection": "影响通行"})
    assert (event.by_id, event.by_post) == (None, "public")


# ---- what may be done


def test_options_show_the_possible_first_and_why_not_the_rest(people):
    case = draft(people, area="60000")
    advance(people, case, "submit")
    options = door.options(case, people.clerk)
    assert [option.step.name for option in options] == ["accept", "withdraw", "inspect"]
    accept, withdraw, inspect = options
    assert accept.mine and not accept.possible and [reason.text for reason in accept.reasons] == ["面积"]
    assert not withdraw.mine and "申请人" in withdraw.reasons[0].text
    assert not inspect.mine and "巡查岗" in inspect.reasons[0].text
    case = draft(people)
    mine = door.options(case, people.applicant)
    assert [(option.step.name, option.possible) for option in mine] == [("submit", True), ("withdraw", True)]


def test_options_leave_out_the_clock_and_the_public_and_write_nothing(people):
    case = draft(people)
    advance(people, case, "approve")
    before = written()
    names = {option.step.name for option in door.options(case, people.cashier)}
    assert names == {"pay_deposit", "inspect"} and written() == before
    assert door.options(case, people.cashier)[0].possible  # the amount is asked for by the form, not missed here


def test_what_options_offers_the_door_takes(people):
    case = draft(people)
    for step in s.STEPS:
        taker = people.accounts[s.TAKERS[step]]
        assert step in {option.step.name for option in door.options(case, taker) if option.possible}
        door.take_step(case, step, by=taker, data=s.entered(step, TODAY))


def test_an_inherited_step_is_known_by_its_base(people):
    class Common(Procedure, abstract=True):
        open_, = states("办理中")  # fmt: skip
        done = final("办结")
        begin = Step("开始", START >> open_, by=PUBLIC, event="sample.common.begun", cites="sample-1-1")
        finish = Step("办结", open_ >> done, by=PUBLIC, event="sample.common.done", cites="sample-1-1",
                      asks=(text("result", "结果"),))  # fmt: skip

    class One(Common):
        zh, app = "甲流程", "sample"

    class Two(Common):
        zh, app = "乙流程", "sample"

    done = []
    registry.procedures.update({One.name: One, Two.name: Two})
    registry.effect(Common.finish)(lambda event, attempt: done.append((event.case.procedure, attempt.step)))
    for procedure in (One, Two):
        case = door.open_case(procedure, Common.begin, by=PUBLIC, title="示例", division=s.VILLAGE)
        assert case.procedure is procedure
        door.take_step(case, Common.finish, by=PUBLIC, data={"result": "好"})
    assert done == [(One, One.finish), (Two, Two.finish)]
