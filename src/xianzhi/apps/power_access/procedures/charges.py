"""用户收费登记 and 收费反映: no cost outside the red line falls on the owner."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import choice, day, money, note, text, yes_no
from xianzhi.law.procedure import APPLICANT, PUBLIC, START, Procedure, Step, final, states

WHAT = (text("what", "收费事项", most=120), money("amount", "金额"), yes_no("inside", "属红线内"))
EXCEPTION = text("exception", "例外文件", most=160, help="允许收取红线外费用的法规政策文号").optional
ANSWERER = {"grid": "供电公司", "energy": "县能源局"}


class ChargeRecord(Procedure):
    """用户收费登记: a charge is written only where it is allowed; a refused one becomes a report."""

    zh = "用户收费登记"
    numbered = "绛电费〔{year}〕{serial:04d}"
    readers = ("approval", "county_office", "government")

    recorded = final("已登记")

    record = Step(
        "登记收费", START >> recorded, by=("grid.connect", "energy.settle"), event="power_access.charge.recorded",
        cites=("power-1-2", "power-2-4"), asks=(*WHAT, EXCEPTION), guard=rules.may_charge,
    )  # fmt: skip


class ChargeReport(Procedure):
    """收费反映, from anybody or from a refused charge, until the money is back or explained.

    Its number is the receipt.
    """

    zh = "收费反映"
    numbered = "绛电收〔{year}〕{serial:04d}"
    readers = ("county_office", "government")
    opens = ("approval.first_review",)

    received, asked, refunded, explained = states("已收到 待答复 已退还 已说明")
    closed = final("已办结")

    report = Step(
        "反映收费", START >> received, by=(PUBLIC, APPLICANT, "grid.connect", "energy.settle", "approval.first_review"),
        event="power_access.report.received", cites="power-1-2",
        asks=(
            text("what", "收费事项", most=120), money("amount", "金额").optional, text("place", "地点或项目").optional,
            text("contact", "联系方式", personal="contact").optional,
        ),
    )  # fmt: skip
    ask = Step(
        "转单位答复", received >> asked, by="approval.first_review", event="power_access.report.asked",
        cites="power-1-2",
        asks=(
            choice("unit", "答复单位", ANSWERER),
            text("project", "项目编号", help="公众反映的，查明后填写").optional,
        ),
        guard=rules.report_linked,
    )  # fmt: skip
    refund = Step(
        "退还", asked >> refunded, by=("grid.connect", "energy.settle"), event="power_access.report.refunded",
        cites="power-1-2",
        asks=(money("refunded", "退还金额"), day("refunded_on", "退还日期"), text("receipt", "退款凭证号")),
        within="power.charge_answer.limit",
    )  # fmt: skip
    explain = Step(
        "说明", asked >> explained, by=("grid.connect", "energy.settle"), event="power_access.report.explained",
        cites="power-1-2", asks=(*WHAT, EXCEPTION, note("explanation", "说明")), guard=rules.may_charge,
        within="power.charge_answer.limit",
    )  # fmt: skip
    close = Step(
        "办结", refunded | explained >> closed, by="approval.first_review", event="power_access.report.closed",
        cites="power-1-2", asks=(note("told", "告知反映人的内容"),),
    )  # fmt: skip
    reopen = Step(
        "退回重办", refunded | explained >> asked, by="approval.first_review", event="power_access.report.reopened",
        cites="power-1-2", asks=(note("why", "原因"),), aside=True,
    )  # fmt: skip
