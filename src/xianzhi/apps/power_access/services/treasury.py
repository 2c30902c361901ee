"""What is exchanged with 县财政局: lines of the plan and appropriations go out, payments come in. [power-3-2-2-4-1]

A payment is one by its number of the treasury. One that fits no project waits and is listed; one whose sum was paid on
the same day under another number is asked about.
"""

from dataclasses import replace
from typing import Any

from xianzhi.apps.power_access.models import AnnualPlan, PlanLine
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.queries import works
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import door
from xianzhi.kernel.exchange import turns
from xianzhi.kernel.exchange.contracts import Differs, Done, Message, NotTaken, Waits, receives, sends
from xianzhi.kernel.exchange.outbox import send
from xianzhi.kernel.models import Account, Case, Event
from xianzhi.kernel.money import booked
from xianzhi.kernel.registry import effect
from xianzhi.law.fields import day, lines, money, text, whole

ENERGY = ("energy", "finance")
_AT = "2025-03-12T16:20:00+08:00"
_LINE = (whole("number", "行号"), text("name", "名称", most=120), text("project", "项目编号", most=60).optional,
         money("amount", "金额"))  # fmt: skip
PLAN_LINES = sends(
    "power.plan_lines", zh="年度投资计划", cites="power-3-1-3", key=("year",), answers=ENERGY,
    fields=(whole("year", "年度"), text("case", "办件编号", most=60), day("since", "自"), money("total", "合计"),
            lines("lines", "计划项目", *_LINE)),
    help="每次同意或调整发一版，为当日全部在行的计划项目",
    example={
        "year": 2025, "event": "plan_lines", "version": 1, "at": _AT, "case": "绛电计〔2025〕0001",
        "since": "2025-01-06", "total": "500000.00",
        "lines": [{"number": 1, "name": "示例食品厂新建项目", "project": "绛电接〔2025〕0031", "amount": "500000.00"}],
    },
)  # fmt: skip
APPROPRIATED = sends(
    "power.appropriation", zh="资金拨付", cites="power-3-2-2-4-1", key=("treasury_number",), answers=ENERGY,
    fields=(text("treasury_number", "国库流水号"), text("project", "项目编号", most=60),
            text("case", "办件编号", most=60), whole("line", "计划行号").optional, money("amount", "金额"),
            lines("sources", "资金来源", text("source", "来源"), money("amount", "金额"))),
    example={
        "treasury_number": "示例库〔2025〕1号", "event": "appropriation", "version": 1, "at": _AT,
        "project": "绛电接〔2025〕0031", "case": "绛电投〔2025〕0007", "line": 1, "amount": "386000.00",
        "sources": [{"source": "土地储备资金", "amount": "386000.00"}],
    },
)  # fmt: skip


# ---- out


def tell_plan(event: Event, plan: AnnualPlan) -> None:
    """Sends the lines of a plan as a consent leaves them. The version counts the consents."""
    standing = plan.lines.filter(until=None).select_related("project__case").order_by("number")
    rows = [
        {"number": line.number, "name": line.name, "amount": str(line.amount)}
        | ({"project": line.project.number} if line.project else {})
        for line in standing
    ]
    consents = event.case.events.filter(step_name__in=("consent", "adjust"), seq__lte=event.seq).count()
    body = {
        "year": plan.year, "case": event.case.number, "since": event.data["consented_on"], "lines": rows,
        "total": str(sum(line.amount for line in standing)),
    }  # fmt: skip
    if rows:
        send(event, "finance", PLAN_LINES.kind, body, version=consents)


@effect(Works.fund)
@effect(Works.fund_more)
def _funded(event: Event, attempt: door.Attempt) -> None:
    project = attempt.case.root.access_project
    line = PlanLine.objects.on(attempt.on).filter(plan__year=attempt.on.year, project=project).first()
    body: dict[str, Any] = {
        "treasury_number": attempt.data["treasury_number"], "project": project.number, "case": event.case.number,
        "amount": str(attempt.data["amount"]),
        "sources": [{"source": row["source"], "amount": str(row["amount"])} for row in attempt.data["sources"]],
    }  # fmt: skip
    send(event, "finance", APPROPRIATED.kind, body | ({"line": line.number} if line else {}))


# ---- in


def _again(message: Message, by: Account, why: str) -> Done:
    """Somebody compared the two numbers and says that they are two payments."""
    case = _works(message)
    data = {**_data(message), "another": True}
    return Done(door.take_step(case, Works.pay.name, by=by, on=_day(message, case), data=data))


@receives(
    "power.payment", zh="国库支付", cites="power-3-2-2-4-2", key=("treasury_number",), posts=("finance.treasury",),
    answers=ENERGY, chosen=_again,
    fields=(
        text("treasury_number", "国库流水号"), text("project", "项目编号", most=60), money("amount", "支付金额"),
        text("account", "收款账户"), day("paid_on", "支付日期"), text("purpose", "用途").optional,
    ),
    example={
        "treasury_number": "示例支〔2025〕1号", "event": "payment", "version": 1, "at": _AT,
        "project": "绛电接〔2025〕0031", "amount": "120000.00", "account": "6222-示例-0001", "paid_on": "2025-03-12",
    },
)  # fmt: skip
def take_payment(message: Message) -> Done:
    """A payment of the treasury, booked with the works of its project. [power-3-2-2-4-2]"""
    case, data = _works(message), message.data
    entry = booked(f"国库 {data['treasury_number']}")
    if entry is not None:
        return _booked(entry.event, message)
    day_ = _day(message, case)
    paid = case.events.filter(step_name=Works.pay.name, on=day_, data__amount=str(data["amount"])).first()
    if paid is not None:
        number = paid.data["treasury_number"]
        differs = [{"zh": "国库流水号", "ours": number, "theirs": data["treasury_number"]}]
        raise Differs(f"同一天已有同额的一笔（流水号{number}），请核对是一笔还是两笔", differs, case)
    return turns.take(replace(message, on=day_), case, Works.pay, _data(message))


def _works(message: Message) -> Case:
    """The works that a payment is for. Raises Waits for one that fits nowhere yet: it is listed until it does."""
    number = message.data["project"]
    project = found.project_numbered(number)
    if project is None:
        raise Waits(f"没有编号为{number}的项目，对不上账", unknown=True)
    case = works.works_of(project)
    if case is None:
        raise Waits(f"{number}还没有县政府投资的工程，对不上账")
    return case


def _booked(event: Event, message: Message) -> Done:
    """The number is booked: the message confirms it, or says what is different."""
    ours = {"项目": event.case.root.number, "金额": event.data.get("amount"), "收款账户": event.data.get("account")}
    data = message.data
    theirs = {"项目": data["project"], "金额": str(data["amount"]), "收款账户": data["account"]}
    if differs := [zh for zh in ours if str(ours[zh]) != str(theirs[zh])]:
        raise NotTaken(
            f"国库流水号{data['treasury_number']}已在{event.case.number}入账，{'、'.join(differs)}不同，请核对流水号"
        )
    return Done(words="已按此流水号记账，相符", case=event.case)


def _data(message: Message) -> dict[str, Any]:
    return {name: message.data[name] for name in ("amount", "account", "treasury_number", "purpose")}


def _day(message: Message, case: Case) -> Any:
    """The day of payment where the case allows it, else today: an event is never dated before the one before it."""
    told = message.data["paid_on"]
    return told if case.moved_on <= told <= message.on else message.on
