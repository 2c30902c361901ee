"""Procedures: what a declaration gives, and each fault that stops it from being loaded."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from xianzhi.law.decision import Decision, Reason
from xianzhi.law.errors import LawError
from xianzhi.law.fields import day, text
from xianzhi.law.parameters import Dated, Parameter, Parameters
from xianzhi.law.procedure import (
    APPLICANT,
    CLOCK,
    PUBLIC,
    SAME,
    START,
    Limit,
    Move,
    Paper,
    Procedure,
    State,
    Step,
    final,
    references,
    stage,
    states,
)
from xianzhi.law.tests.procedures import Permit, a_step, due


def declared(name: str = "Demo", **members: Any) -> type[Procedure]:
    """A procedure made from members; a sound small one, with some replaced, added or (None) left out."""
    begun, ended = State("已开始"), State("已办结", final=True)
    sound: dict[str, Any] = {
        "zh": "演示流程",
        "begun": begun,
        "ended": ended,
        "begin": a_step("开始", START >> begun, event="demo.case.begun"),
        "close": a_step("办结", begun >> ended, event="demo.case.closed"),
    }
    for key, member in members.items():
        sound[key] = member(begun, ended) if callable(member) and not isinstance(member, type) else member
    kept = {key: member for key, member in sound.items() if member is not None}
    return type(name, (Procedure,), {"__module__": __name__, **kept})


def faults(**members: Any) -> list[tuple[str, str]]:
    with pytest.raises(LawError) as caught:
        declared(**members)
    assert {finding.where for finding in caught.value.findings} == {"办理流程 demo"}
    return [(finding.what, finding.remedy) for finding in caught.value.findings]


# --- what a declaration gives -------------------------------------------------------------------------------------


def test_a_procedure_knows_its_states_and_steps_by_name() -> None:
    assert list(Permit.states)[:3] == ["applied", "accepted", "in_force"]
    assert Permit.steps["issue"].name == "issue"
    assert Permit.steps["issue"].procedure is Permit
    assert Permit.name == "permit"


def test_an_app_stands_before_the_name() -> None:
    made = type("FineNotice", (Procedure,), {"__module__": "xianzhi.apps.demo_app.procedures", **_members()})
    assert (made.app, made.name) == ("demo_app", "demo_app.fine_notice")


def _members() -> dict[str, Any]:
    own = ("zh", "begun", "ended", "begin", "close")
    return {key: member for key, member in vars(declared()).items() if key in own}


def test_steps_from_a_state_keep_the_order_of_declaration() -> None:
    assert [step.name for step in Permit.steps_from("accepted")] == ["issue", "deny", "withdraw"]
    assert [step.name for step in Permit.steps_from("start")] == ["apply"]


def test_a_step_that_stays_leaves_the_state() -> None:
    assert Permit.steps["inspect"].target_from("in_force") == "in_force"
    assert Permit.steps["issue"].target_from("accepted") == "in_force"


def test_posts_leave_out_applicant_clock_and_public() -> None:
    assert Permit.posts() == {"approval.reception", "approval.approver", "water.inspector", "water.enforcer"}
    assert Permit.functions() == {"approval", "water"}


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_any_number_of_states_may_lead_to_one(count: int) -> None:
    sources = [State(f"状态{index}") for index in range(count)]
    target = State("去向")
    *rest, last = sources
    chained: Any = last >> target
    if rest:  # as Python reads a | b | c >> d: the bars from the left, after the arrow
        joined: Any = rest[0]
        for state in rest[1:]:
            joined = joined | state
        chained = joined | chained
    assert chained == Move(tuple(sources), target)


def test_brackets_around_the_sources_mean_the_same() -> None:
    a, b, c, d = states("甲 乙 丙 丁")
    assert (a | b | c) >> d == Move((a, b, c), d) == (a | b | c >> d)


def test_a_stage_holds_its_states() -> None:
    assert Permit.stage_of("applied") == 0
    assert Permit.stage_of("suspended") == 1
    assert Permit.stage_of("refused") == -1


def test_one_word_is_one_final_state_several_a_tuple() -> None:
    assert final("已终止").final
    assert [state.zh for state in final("已终止 不予许可")] == ["已终止", "不予许可"]


def test_single_words_become_tuples() -> None:
    step = Step("办", START >> State("甲"), by="a.b", event="a.b.c", cites="d-1", within="p", not_by="x", guard=due)
    assert (step.by, step.cites, step.not_by, step.guards) == (("a.b",), ("d-1",), ("x",), (due,))
    assert step.within == Limit("p")


# --- each fault that stops a procedure from loading ---------------------------------------------------------------


def test_a_sound_procedure_loads() -> None:
    assert declared().name == "demo"


def test_no_name() -> None:
    assert faults(zh="") == [("没有中文名 zh", "写 zh = “…”")]


def test_no_beginning() -> None:
    found = faults(begin=None)
    assert ("没有起始步骤", "至少一个步骤从 START 开始") in found


def test_a_state_that_cannot_be_reached() -> None:
    lost = State("失联")
    found = faults(lost=lost, leave=lambda begun, ended: a_step("离开", lost >> ended, event="demo.case.left"))
    assert found == [("状态“失联”（lost）到不了", "加一个通到它的步骤，或删去")]


def test_a_state_that_cannot_be_left() -> None:
    stuck = State("停滞")
    found = faults(stuck=stuck, stall=lambda begun, ended: a_step("停", begun >> stuck, event="demo.case.stalled"))
    assert found == [("状态“停滞”（stuck）没有出路", "加一个离开它的步骤，或用 final() 声明为终态")]


@pytest.mark.parametrize("target", ["same", "itself"])
def test_staying_is_no_way_out(target: str) -> None:
    stuck = State("停滞")
    found = faults(
        stuck=stuck,
        stall=lambda begun, ended: a_step("停", begun >> stuck, event="demo.case.stalled"),
        stay=a_step("留", stuck >> (SAME if target == "same" else stuck), event="demo.case.stayed"),
    )
    assert found == [("状态“停滞”（stuck）没有出路", "加一个离开它的步骤，或用 final() 声明为终态")]


def test_a_final_state_with_a_way_out() -> None:
    found = faults(reopen=lambda begun, ended: a_step("重开", ended >> begun, event="demo.case.reopened"))
    assert found == [("终态“已办结”（ended）还有步骤离开", "删去该步骤，或改用 states() 声明")]


def test_a_final_state_may_still_record_facts() -> None:
    made = declared(note=lambda begun, ended: a_step("登记", ended >> SAME, event="demo.case.noted"))
    assert made.steps["note"].stays


@pytest.mark.parametrize(
    ("wrong", "what", "remedy"),
    [
        ({"by": ""}, "没有办理岗位", "写 by=“职能.岗位”"),
        ({"by": ()}, "没有办理岗位", "写 by=“职能.岗位”"),
        ({"by": "reception"}, "的岗位 reception 写法有误", "写作“职能.岗位”，如 approval.reception"),
        ({"by": ("a.b", "a.b.c")}, "的岗位 a.b.c 写法有误", "写作“职能.岗位”，如 approval.reception"),
        ({"cites": ""}, "没有依据", "写 cites=“条款编号”"),
        ({"cites": ("demo-1-1", "")}, "没有依据", "写 cites=“条款编号”"),
        ({"event": ""}, "没有事件名", "写作 app.noun.past，如 power_access.order.dispatched"),
        ({"event": "closed"}, "没有事件名", "写作 app.noun.past，如 power_access.order.dispatched"),
        ({"by": CLOCK}, "由时钟办理而没有 when，或有 when 而不由时钟办理", "两者须同时出现"),
        ({"when": due}, "由时钟办理而没有 when，或有 when 而不由时钟办理", "两者须同时出现"),
        ({"not_by": "nobody"}, "的 not_by 指向不存在的步骤 nobody", "改为本流程的步骤名"),
        ({"within": Limit("demo.limit", since="no.day")}, "的时限起算点 no.day 不存在", "写作“步骤名.日期字段名”"),
    ],
)
def test_a_step_that_lacks_something(wrong: dict[str, Any], what: str, remedy: str) -> None:
    given = {"event": "demo.case.closed", **wrong}
    found = faults(close=lambda begun, ended: a_step("办结", begun >> ended, **given))
    assert found == [(f"步骤“办结”（close）{what}", remedy)]


@pytest.mark.parametrize("left_out", ["by", "cites", "event"])
def test_leaving_it_out_is_told_like_leaving_it_empty(left_out: str) -> None:
    given = {"by": "demo.clerk", "event": "demo.case.closed", "cites": "demo-1-1"}
    del given[left_out]
    found = faults(close=lambda begun, ended: Step("办结", begun >> ended, **given))
    assert len(found) == 1 and found[0][0].startswith("步骤“办结”（close）没有")


def test_a_limit_runs_only_from_a_date_that_a_step_asks_for() -> None:
    def closing(begun: State, ended: State) -> Step:
        within = Limit("demo.limit", since="begin.asked")
        return a_step("办结", begun >> ended, event="demo.case.closed", within=within)

    def beginning(*asks: Any) -> Any:
        return lambda begun, ended: a_step("开始", START >> begun, event="demo.case.begun", asks=asks)

    assert faults(close=closing, begin=beginning(text("asked", "说明")))[0][0].endswith("begin.asked 不存在")
    assert declared(close=closing, begin=beginning(day("asked", "日期"))).steps["close"].within is not None


def test_one_event_for_two_steps() -> None:
    found = faults(again=lambda begun, ended: a_step("再办", begun >> ended, event="demo.case.closed"))
    assert found == [("事件 demo.case.closed 被两个步骤使用", "每个步骤一个事件名")]


def test_a_state_of_another_procedure_even_of_the_same_name() -> None:
    other = State("已开始")
    other.name = "begun"
    found = faults(stray=lambda begun, ended: a_step("误用", other >> ended, event="demo.case.strayed"))
    assert found == [("步骤“误用”（stray）用了别处的状态“已开始”", "只用本流程声明的状态")]


def test_start_and_same_have_their_sides() -> None:
    found = faults(
        back=lambda begun, ended: a_step("回到起点", begun >> START, event="demo.case.restarted"),
        odd=lambda begun, ended: a_step("从不变起", SAME >> ended, event="demo.case.odd"),
    )
    assert ("步骤“回到起点”（back）把 START 当去向或把 SAME 当起点", "START 只作起点，SAME 只作去向") in found
    assert ("步骤“从不变起”（odd）把 START 当去向或把 SAME 当起点", "START 只作起点，SAME 只作去向") in found


def test_beginning_must_lead_somewhere() -> None:
    found = faults(idle=a_step("空转", START >> SAME, event="demo.case.idled"))
    assert found == [("步骤“空转”（idle）从 START 出发却不到任何状态", "给出目标状态")]


def test_beginning_and_continuing_are_two_steps() -> None:
    found = faults(both=lambda begun, ended: a_step("两用", START | begun >> ended, event="demo.case.both"))
    assert found == [("步骤“两用”（both）既从 START 又从别的状态出发", "分成两个步骤")]


def test_a_name_that_a_procedure_itself_uses() -> None:
    found = faults(posts=lambda begun, ended: a_step("张贴", begun >> ended, event="demo.case.posted"))
    assert found == [("名字 posts 是流程自身的属性", "换一个名字")]


def test_a_journey_of_too_many_stages_or_foreign_states() -> None:
    long = faults(journey=tuple(stage(f"第{index}段") for index in range(8)))
    assert long == [("journey 多于七段", "合并相邻的段")]
    foreign = faults(journey=(stage("办理", State("别处")),))
    assert foreign == [("journey 的“办理”用了别处的状态“别处”", "只用本流程声明的状态")]


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(zh="", close=lambda begun, ended: Step("办结", begun >> ended))) == 4


# --- what a procedure refers to -----------------------------------------------------------------------------------


def limit(name: str, unit: str = "workday") -> Parameter:
    return Parameter(name, "时限", unit, (Dated(date(2030, 1, 1), 5, "demo-1-1"),))


def referring() -> type[Procedure]:
    def closing(begun: State, ended: State) -> Step:
        paper = Paper("form", "申请表", cites="demo-3-1")
        return a_step("办结", begun >> ended, event="demo.case.closed", needs=(paper,), within="demo.limit")

    def telling(begun: State, ended: State) -> Step:
        return a_step("反映", begun >> SAME, event="demo.case.told", by=PUBLIC)

    return declared(close=closing, tell=telling)


def found(**given: Any) -> list[str]:
    everything = {
        "provisions": {"demo-1-1": None, "demo-3-1": None},
        "parameters": Parameters([limit("demo.limit")]),
        "functions": frozenset({"demo"}),
    }
    return [str(finding) for finding in references(referring(), **{**everything, **given})]


def test_what_exists_is_not_told() -> None:
    assert found() == []


def test_an_unknown_provision_of_a_step_and_of_a_paper() -> None:
    told = found(provisions={})
    assert "办理流程 demo 步骤 begin：依据 demo-1-1 不在任何登记簿中。改正编号，或在 provisions.yaml 中登记" in told
    assert "办理流程 demo 步骤 close：依据 demo-3-1 不在任何登记簿中。改正编号，或在 provisions.yaml 中登记" in told


def test_an_unknown_parameter() -> None:
    (told,) = found(parameters=Parameters())
    assert told == "办理流程 demo 步骤 close：时限参数 demo.limit 没有登记。在 parameters.yaml 中登记"


def test_a_parameter_that_counts_no_time() -> None:
    (told,) = found(parameters=Parameters([limit("demo.limit", "CNY")]))
    assert "时限参数 demo.limit 的单位 CNY 不是时间。可用：workday、day、month、year" in told


def test_a_function_that_no_unit_has() -> None:
    (told,) = found(functions=frozenset({"approval"}))
    assert "职能 demo 没有单位承担。在县包 units.yaml 中给单位这项职能" in told


def test_a_rule_is_what_it_was_declared_as() -> None:
    assert Permit.steps["expire"].when is due
    assert isinstance(due(None, Parameters()), Decision)
    assert due(None, Parameters()).reasons == (Reason("期限已到", "demo-9-1"),)
    assert Permit.steps["apply"].by == (APPLICANT,)


# --- what procedures share ----------------------------------------------------------------------------------------


def test_an_abstract_procedure_lends_its_states_and_steps() -> None:
    class Shared(Procedure, abstract=True):
        begun, ended = State("已开始"), State("已办结", final=True)
        begin = a_step("开始", START >> begun, event="demo.shared.begun")

    class One(Shared):
        zh = "其一"
        close = a_step("办结", Shared.begun >> Shared.ended, event="demo.one.closed")

    class Two(Shared):
        zh = "其二"
        stop = a_step("停办", Shared.begun >> Shared.ended, event="demo.two.stopped")

    assert list(One.steps) == ["begin", "close"] and list(Two.steps) == ["begin", "stop"]
    assert One.steps["begin"].procedure is One and Two.steps["begin"].procedure is Two
    assert not hasattr(Shared, "states")
