"""Invented procedures that the tests draw, export and ask: small, ordinary, tangled, and as long as they get."""

from __future__ import annotations

from typing import Any

from xianzhi.law.decision import ALLOW, Decision, Reason
from xianzhi.law.parameters import Parameters
from xianzhi.law.procedure import (
    APPLICANT,
    CLOCK,
    PUBLIC,
    SAME,
    START,
    Move,
    Paper,
    Procedure,
    Step,
    final,
    stage,
    states,
)


def due(facts: object, parameters: Parameters) -> Decision:
    return Decision.of(ALLOW, Reason("期限已到", "demo-9-1"))


def a_step(zh: str, move: Move, **rest: Any) -> Step:
    """A step by a clerk under the first provision, where nothing else is said."""
    return Step(zh, move, **{"by": "demo.clerk", "cites": "demo-1-1", **rest})


RECEPTION = "approval.reception"
FORM = Paper("form", "申请表")


class Smallest(Procedure):
    zh = "告知"
    told = final("已告知")
    tell = a_step("告知", START >> told, event="demo.notice.told")


class Permit(Procedure):
    """Ways back, facts recorded on the way, several ways to each end."""

    zh = "演示许可"
    applied, accepted, in_force, suspended = states("已申请 已受理 有效 暂停")
    refused, ended = final("不予许可 已终止")
    journey = (stage("申请", applied, accepted), stage("持证", in_force, suspended))

    apply = a_step("申请", START >> applied, by=APPLICANT, event="demo.permit.applied", needs=(FORM,))
    supplement = a_step("补正", applied >> SAME, by=APPLICANT, event="demo.permit.supplemented")
    accept = a_step("受理", applied >> accepted, by=RECEPTION, event="demo.permit.accepted", within="demo.accept")
    reject = a_step("不予受理", applied >> refused, by=RECEPTION, event="demo.permit.rejected")
    issue = a_step("发证", accepted >> in_force, by="approval.approver", event="demo.permit.issued")
    deny = a_step("不予许可", accepted >> refused, by="approval.approver", event="demo.permit.denied")
    inspect = a_step("巡查", in_force | suspended >> SAME, by="water.inspector", event="demo.permit.inspected")
    complain = a_step("群众反映", in_force >> SAME, by=PUBLIC, event="demo.permit.complained")
    stop = a_step("责令暂停", in_force >> suspended, by="water.enforcer", event="demo.permit.stopped")
    both = ("water.enforcer", "approval.approver")
    resume = a_step("恢复", suspended >> in_force, by=both, event="demo.permit.resumed")
    expire = a_step("到期终止", in_force >> ended, by=CLOCK, when=due, event="demo.permit.expired")
    withdraw = a_step("撤回", applied | accepted >> ended, by=APPLICANT, event="demo.permit.withdrawn")
    publish = a_step("公示终止", ended >> SAME, by="approval.approver", event="demo.permit.published")


class Tangle(Procedure):
    """Two beginnings, crossing ways, ways back over several states, a way out of everything."""

    zh = "错综流程"
    noted, given, looked, met, mended, checked, shown, appealed = states(
        "登记 分派 核查中的名称特别长的一个状态 会商 整改 复核 公示 申诉"
    )
    kept, dropped = final("归档 撤销")

    note = a_step("登记", START >> noted, event="demo.tangle.noted")
    write = a_step("来信", START >> given, by=PUBLIC, event="demo.tangle.written")
    give = a_step("分派", noted >> given, event="demo.tangle.given")
    look = a_step("核查", given >> looked, by=("a.one", "b.two", "c.three_of_them"), event="demo.tangle.looked")
    meet = a_step("会商", given >> met, event="demo.tangle.met")
    mend = a_step("整改", looked | met >> mended, event="demo.tangle.mended")
    check = a_step("复核", mended >> checked, event="demo.tangle.checked")
    redo = a_step("退回整改并说明理由", checked >> mended, event="demo.tangle.redone")
    relook = a_step("退回核查", checked | mended >> looked, event="demo.tangle.relooked")
    show = a_step("公示", checked >> shown, event="demo.tangle.shown")
    appeal = a_step("申诉", shown >> appealed, by=APPLICANT, event="demo.tangle.appealed")
    restart = a_step("重新登记", appealed >> noted, event="demo.tangle.restarted")
    dismiss = a_step("驳回申诉", appealed >> shown, event="demo.tangle.dismissed")
    keep = a_step("归档", shown >> kept, by=CLOCK, when=due, event="demo.tangle.kept")
    keep_now = a_step("直接归档", given >> kept, event="demo.tangle.kept_now")
    drop = a_step(
        "撤销",
        noted | given | looked | met | mended | checked | shown | appealed >> dropped,
        event="demo.tangle.dropped",
    )
    move = a_step("调整", noted | appealed >> met, event="demo.tangle.moved")


def a_long_one(count: int) -> type[Procedure]:
    """A chain of as many states as asked, with a way back and a way out of each second one."""
    chain = states(" ".join(f"第{number}阶段" for number in range(1, count)))
    end = final("已办结")
    members: dict[str, Any] = {"zh": f"{count}个状态的流程", "__module__": __name__, "end": end}
    before = START
    for number, state in enumerate((*chain, end), start=1):
        members[f"state_{number}" if state is not end else "end"] = state
        members[f"on_{number}"] = a_step(f"推进到{state.zh}", before >> state, event=f"demo.long.on_{number}")
        before = state
    for number in range(2, count - 1, 2):
        members[f"back_{number}"] = a_step("退回", chain[number] >> chain[number - 2], event=f"demo.long.back_{number}")
        members[f"out_{number}"] = a_step("提前办结", chain[number - 1] >> end, event=f"demo.long.out_{number}")
    return type("Long", (Procedure,), members)


ALL = (Smallest, Permit, Tangle, *(a_long_one(count) for count in (3, 8, 20)))
