"""What is exchanged with 供电公司: orders go out; schemes, opinions, progress and energising come in. [power-3-2-2-2-1]

An order is known by the number under which the company got it: 派工单 or 工单 in class B, 共同认定书 in class C, the
number of the case in classes A and D. What its officer typed stands; a message with the same version confirms it or
shows the difference, and 县能源局 chooses.
"""

from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, DispatchOrder, JointDetermination, SupplyScheme
from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid, OwnPaid, SharedElectrical
from xianzhi.apps.power_access.procedures.company_paid import Connection
from xianzhi.apps.power_access.procedures.forms import SCHEME
from xianzhi.apps.power_access.procedures.works import NODES, Works
from xianzhi.kernel import door, registry
from xianzhi.kernel.exchange import turns
from xianzhi.kernel.exchange.contracts import Differs, Done, Message, NotTaken, Outdated, Waits, receives, sends
from xianzhi.kernel.exchange.outbox import send
from xianzhi.kernel.models import Account, Case, Event
from xianzhi.law.fields import choice, day, note, number, text, whole

ORDER = text("order", "派工单号", most=60, help="派工单、工单、共同认定书或供电公司投资办件的编号")
ANSWERS, CONNECT, SCHEMES = ("energy", "approval"), ("grid.connect",), ("grid.scheme",)
_AT = "2025-03-12T16:20:00+08:00"
_CASES = (CompanyPaid, OwnPaid, SharedElectrical, CountyPaid)


# ---- out

PROJECT = (
    text("project", "项目编号", most=60), text("name", "项目名称", most=80), text("place", "地址", most=120),
    text("land_use", "用地性质", most=40), text("class", "投资界面类别", most=10),
    text("red_line", "建筑区划红线", most=20_000, help="各角点的经纬度（CGCS2000），如 111.570,35.490"),
    number("capacity_kw", "报装容量", "千瓦").optional, number("capacity_kva", "变压器容量", "千伏安").optional,
    text("voltage", "电压等级"), whole("feeds", "电源数"), day("ready_by", "计划投用日").optional,
)  # fmt: skip
TOLD = sends(
    "power.order", zh="工单", cites="power-3-2-2-2-1", key=("order",), answers=ANSWERS,
    fields=(ORDER, text("work_order", "工单号", most=60).optional, text("case", "办件编号", most=60), *PROJECT,
            day("due_on", "方案答复期限").optional),
    example={
        "order": "绛电派〔2025〕0007", "event": "order", "version": 1, "at": _AT, "work_order": "绛电工〔2025〕0007",
        "case": "绛电投〔2025〕0007", "project": "绛电接〔2025〕0031", "name": "示例食品厂新建项目",
        "place": "横水镇示例路1号", "land_use": "工业", "class": "B", "voltage": "高压", "feeds": 1,
        "capacity_kva": "1250.0", "ready_by": "2025-12-01", "due_on": "2025-03-26",
        "red_line": "111.560,35.481 111.561,35.481 111.561,35.482 111.560,35.482",
    },
)  # fmt: skip
STOPPED = sends(
    "power.order_withdrawn", zh="工单撤回", cites="power-3-2-2-1-1", key=("order",), answers=ANSWERS,
    fields=(ORDER, note("reason", "原因").optional),
    example={"order": "绛电派〔2025〕0007", "event": "order_withdrawn", "version": 1, "at": _AT, "reason": "业主撤回"},
)  # fmt: skip


def tell_order(event: Event, project: AccessProject, order: str, work_order: str | None = None) -> None:
    """Sends an order to 供电公司's system, where one is connected."""
    case, load = event.case, project.load
    body = {
        "order": order, "work_order": work_order, "case": case.number, "project": project.number, "name": project.name,
        "place": project.place, "land_use": project.land_use, "class": project.investment_class,
        "red_line": _corners(project.red_line), "voltage": load.voltage, "feeds": load.feeds,
        "capacity_kw": _plain(load.capacity_kw), "capacity_kva": _plain(load.capacity_kva),
        "ready_by": _plain(project.ready_by), "due_on": _plain(case.due_on),
    }  # fmt: skip
    send(event, "grid", TOLD.kind, {name: value for name, value in body.items() if value is not None})


def _plain(value: Any) -> str | None:
    return None if value is None else str(value)


def _corners(shape: dict[str, Any]) -> str:
    ring = shape["coordinates"][0] if shape["type"] == "Polygon" else shape["coordinates"][0][0]
    return " ".join(f"{point[0]:.6f},{point[1]:.6f}" for point in ring)


def tell_withdrawn(event: Event, order: DispatchOrder | None, reason: str) -> None:
    """Tells 供电公司 that an order which it holds is void."""
    if order is not None and order.work_order:
        body = {"order": order.number} | ({"reason": reason} if reason else {})
        send(event, "grid", STOPPED.kind, body)


@registry.effect(CompanyPaid.hand_over)
@registry.effect(OwnPaid.hand_over)
def _handed_over(event: Event, attempt: door.Attempt) -> None:
    tell_order(event, attempt.case.root.access_project, event.case.number)


@registry.effect(SharedElectrical.open)
def _opened(event: Event, attempt: door.Attempt) -> None:
    project = attempt.case.root.access_project
    determined = project.determinations.order_by("-id").first()
    tell_order(event, project, determined.number if determined else event.case.number)


# ---- which case


def case_of(order: str) -> Case:
    """The case in which 供电公司 works on an order. Raises Waits while there is none, NotTaken for one withdrawn."""
    dispatched = DispatchOrder.objects.filter(number=order) | DispatchOrder.objects.filter(work_order=order)
    if (found := dispatched.select_related("case").first()) is not None:
        if found.withdrawn_on:
            raise NotTaken(f"{order}已于{found.withdrawn_on}撤回，不再办理")
        return found.case
    determined = JointDetermination.objects.filter(number=order).select_related("project").first()
    cases = Case.objects.filter(procedure_name__in=[one.name for one in _CASES])
    if determined is not None:
        strands = cases.filter(parent_id=determined.project.case_id, procedure_name=SharedElectrical.name)
        case = strands.order_by("-id").first()
    else:
        case = cases.filter(number=order).first()
    if case is None:
        raise Waits(f"本系统还没有{order}", unknown=True)
    return case


def _received(message: Message) -> Case:
    """The case of a message whose time can be believed. A clock that runs ahead does not stop a message."""
    facts = rules.ClockFacts(message.at, message.received_at)
    answer = rules.clock_ok(facts, registry.parameters())
    if answer.refused:
        raise NotTaken(*(reason.text for reason in answer.failing))
    return case_of(message.data["order"])


# ---- schemes

_SAID = {"voltage": "电压", "access_point": "接入点", "capacity_kva": "容量（千伏安）", "mode": "敷设方式"}


def _chosen(message: Message, by: Account, why: str) -> Done:
    """县能源局 takes the company's message over what was typed: a version of its own, so that designs are looked at."""
    case = case_of(message.data["order"])
    step = case.procedure.steps.get(CountyPaid.adopt_scheme.name)
    if step is None:
        raise NotTaken("供电公司投资的办件不能改用来文，请由供电公司在页面更正")
    papers = turns.attached(message.partner, case, message.data["file_sm3"], "scheme")
    event = door.take_step(
        case, step, by=by, on=message.on, data={**_step_data(message), "reason": why}, materials=papers
    )
    turns.used_up(message.partner, message.data["file_sm3"])
    return Done(event)


@receives(
    "power.scheme", zh="供电方案", cites="power-3-2-2-2-1", key=("order",), posts=(*SCHEMES, *CONNECT), answers=ANSWERS,
    chosen=_chosen,
    fields=(
        ORDER, text("voltage", "电压", most=20), text("access_point", "接入点", most=80),
        number("capacity_kva", "容量", "千伏安", places=1).optional,
        choice("mode", "敷设方式", {one.value: one.value for one in rules.Mode}),
        number("length_m", "到红线的长度", "米", places=1),
        text("file_sm3", "方案文件的 SM3 摘要", most=64, help="文件先以种类 file 发来"),
        text("route", "到红线的路径", most=20_000, help="没有路径的来文等供电公司补录后核对").optional,
        *(one.optional for one in SCHEME if one.name in ("mode_reason", "cable_civil", "overhead_civil")),
    ),
    example={
        "order": "绛电派〔2025〕0007", "event": "scheme", "version": 1, "at": _AT, "voltage": "10kV",
        "access_point": "示例线12号杆", "capacity_kva": 1250, "mode": "架空", "length_m": 820, "file_sm3": "0" * 64,
    },
)  # fmt: skip
def take_scheme(message: Message) -> Done:
    """A version of the scheme; the first makes it, a later one changes it. [power-3-2-2-2-1]"""
    case = _received(message)
    if case.procedure_name == CompanyPaid.name:
        data = {"access_point": message.data["access_point"]}
        return turns.once(message, case, CompanyPaid.scheme, data, CompanyPaid.scheme.zh)
    if case.procedure_name not in (CountyPaid.name, SharedElectrical.name):
        raise NotTaken(f"{case.number}的方案由供电公司与用户商定，不在此报送")
    project = case.root.access_project
    held = project.schemes.filter(company_version=message.version).order_by("-version").first()
    if held is not None:
        return _compared(held, message, case)
    newest = project.scheme
    if newest is not None and newest.company_version > message.version:
        raise Outdated(f"供电公司第{newest.company_version}版已经采用，本版存查不用")
    if not message.data["route"]:
        raise Waits("来文没有到红线的路径，请供电公司补发，或由其经办人在页面录入后自动核对")
    papers = turns.attached(message.partner, case, message.data["file_sm3"], "scheme")
    step, data = CountyPaid.scheme, _step_data(message)
    if newest is not None:
        step, data = CountyPaid.revise_scheme, data | {"reason": f"供电公司来文第{message.version}版"}
    done = turns.take(message, case, step, data, *papers)
    turns.used_up(message.partner, message.data["file_sm3"])
    return done


def _step_data(message: Message) -> dict[str, Any]:
    names = ("voltage", "access_point", "capacity_kva", "route", "mode", "mode_reason", "cable_civil", "overhead_civil")
    return {name: message.data[name] for name in names} | {"company_version": message.version}


def _compared(held: SupplyScheme, message: Message, case: Case) -> Done:
    """The scheme that was typed against the company's message, a length to the metre."""
    pairs = {zh: (getattr(held, name), message.data[name]) for name, zh in _SAID.items()}
    pairs["到红线的长度（米）"] = (round(held.length), round(message.data["length_m"]))
    differs = [
        {"zh": zh, "ours": _shown(ours), "theirs": _shown(theirs)}
        for zh, (ours, theirs) in pairs.items()
        if _shown(ours) != _shown(theirs)
    ]
    if differs:
        words = f"供电方案第{message.version}版已经录入，与来文有{len(differs)}处不同，由县能源局选定"
        raise Differs(words, differs, case)
    return Done(words="与录入的方案相符", case=case)


def _shown(value: Any) -> str:
    return "" if value is None else f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


# ---- opinions and progress


@receives(
    "power.opinion", zh="环节意见", cites="power-3-2-2-5-2", key=("order", "node"), posts=(*SCHEMES, *CONNECT),
    answers=ANSWERS,
    fields=(ORDER, choice("node", "环节", NODES), note("opinion", "意见"), whole("scheme_version", "依据方案第几版")),
    example={"order": "绛电派〔2025〕0007", "event": "opinion", "version": 1, "at": _AT, "node": "design",
             "opinion": "同意", "scheme_version": 1},
)  # fmt: skip
def take_opinion(message: Message) -> Done:
    """The company's opinion at a node, on the scheme in force. [power-3-2-2-5-2]"""
    case = _received(message)
    if case.procedure_name != CountyPaid.name:
        raise NotTaken("环节意见只用于县政府投资的工程")
    newest = case.root.access_project.scheme
    known, told = newest.company_version if newest else 0, message.data["scheme_version"]
    if told > known:
        raise Waits(f"供电方案第{told}版还没有到")
    if told < known:
        raise Outdated(f"意见依据方案第{told}版，现行第{known}版，请按现行方案重出")
    data = {name: message.data[name] for name in ("node", "opinion")}
    return turns.take(message, case, Works.witness, data)


def _progress(event: str, zh: str, cites: str, field: Any, steps: dict[str, Any]) -> None:
    """Declares a message that reports one day: steps by the name of the procedure."""

    def handle(message: Message) -> Done:
        case = _received(message)
        step = steps.get(case.procedure_name)
        if step is None:
            raise NotTaken(f"{case.number}是{case.procedure.zh}，没有“{zh}”这一步")
        return turns.once(message, case, step, {field.name: message.data[field.name]}, zh)

    example = {"order": "绛电派〔2025〕0007", "event": event, "version": 1, "at": _AT, field.name: "2025-03-12"}
    receives(
        f"power.{event}", zh=zh, cites=cites, key=("order",), posts=CONNECT, answers=ANSWERS, fields=(ORDER, field),
        example=example,
    )(handle)  # fmt: skip


_progress("accepted", "受理", "power-3-2-1-1", day("accepted_on", "受理日期"), {CompanyPaid.name: CompanyPaid.accept})
_progress(
    "built", "建成", "power-3-2-1-1", day("built_on", "建成日期"),
    {CompanyPaid.name: Connection.build, SharedElectrical.name: Connection.build},
)  # fmt: skip
_progress(
    "electrical_finished", "电气完工", "power-3-2-2-6-1", day("electrical_on", "电气竣工日期"),
    {CountyPaid.name: CountyPaid.finish_electrical},
)  # fmt: skip
_progress(
    "energised", "接电", "power-2-2-3", day("energised_on", "接电日期"),
    {CompanyPaid.name: Connection.energise, SharedElectrical.name: Connection.energise,
     CountyPaid.name: CountyPaid.energise},
)  # fmt: skip
