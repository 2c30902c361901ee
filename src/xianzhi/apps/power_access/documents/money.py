"""资金审核拨付单, 结算报告, 审价报告, 审计报告, 结余退回清单, 缺口转列单: the county's money, document by document."""

from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access.documents.facts import HERE, project_facts, project_of
from xianzhi.apps.power_access.procedures.review import PriceReview
from xianzhi.apps.power_access.queries import works
from xianzhi.apps.power_access.queries.money import money_of
from xianzhi.apps.power_access.services import found, plan
from xianzhi.kernel.documents.kinds import Kind, content
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Event, Unit

NOTHING = Decimal("0.00")


def _reviewer(event: Event, attempt: Attempt) -> Unit:
    """The third party itself."""
    return event.unit


def _auditor(event: Event, attempt: Attempt) -> Unit:
    """The auditor, where he works on the platform; else the office that files his report."""
    name, _, _ = works.auditor_of(attempt.case)
    return found.third_party("auditor", name, event.on) or event.unit


FUND_SLIP = Kind("power.fund_slip", "资金审核拨付单", HERE / "fund_slip.typ", "finance",
                 ("power-3-2-2-4-1", "power-4-1"))  # fmt: skip
SETTLEMENT = Kind("power.settlement_report", "竣工结算报告", HERE / "settlement_report.typ", ("energy", "finance"),
                  ("power-3-2-2-6-4", "power-3-2-2-6-2"), sole=True)  # fmt: skip
PRICE_REVIEW = Kind("power.price_review", "审价报告", HERE / "review_report.typ", _reviewer, ("power-4-2-2",),
                    sole=True)  # fmt: skip
AUDIT = Kind("power.audit_report", "竣工结算审计报告", HERE / "review_report.typ", _auditor, ("power-3-2-2-6-3",),
             sole=True)  # fmt: skip
RETURN_LIST = Kind("power.return_list", "结余退回清单", HERE / "return_list.typ", "energy", ("power-3-2-2-6-6",))
CARRY_LIST = Kind("power.carry_list", "缺口转列单", HERE / "carry_list.typ", ("finance", "energy"),
                  ("power-3-2-2-6-5",))  # fmt: skip


@content(FUND_SLIP)
def fund_slip(event: Event, attempt: Attempt) -> dict[str, Any]:
    project, data, money = project_of(attempt.case), attempt.data, money_of(attempt.case)
    line, detail = plan.line_for(project, attempt.on), project.detail
    order, determined = project.order, project.determinations.last()
    paper = ("派工单", order.number) if order else ("共同认定书", determined.number if determined else "")
    listed = [moved.data for moved in attempt.past if moved.step == "list"]
    return {
        "title": f"{project.name}资金审核拨付单",
        "project": project_facts(project),
        "paper": paper[0],
        "paper_number": paper[1],
        "equipment_version": works.equipment_version(attempt.case),
        "detail_version": detail.version if detail else None,
        "detail_total": detail.total if detail else None,
        "approval_number": listed[-1].get("approval_number") if listed else "",
        "plan_line": f"{line.plan.year}年度第{line.number}行 {line.name}" if line else "",
        "plan_amount": line.amount if line else None,
        "plan_left": plan.line_left(project, attempt.on),
        "amount": data["amount"],
        "sources": [{"source": str(row["source"]), "amount": row["amount"]} for row in data["sources"]],
        "treasury_number": data["treasury_number"],
        "appropriated": money.appropriated,
    }


@content(SETTLEMENT)
def settlement_report(event: Event, attempt: Attempt) -> dict[str, Any]:
    project, money = project_of(attempt.case), money_of(attempt.case)
    accepted, handed = works.last(attempt.case, "accept"), works.last(attempt.case, "hand_in")
    auditor, _, _ = works.auditor_of(attempt.case)
    return {
        "title": f"{project.name}竣工结算报告",
        "project": project_facts(project),
        "end_on": accepted.data["end_on"] if accepted else None,
        "handed_on": handed.on if handed else None,
        "auditor": auditor,
        "budget": money.budget,
        "appropriated": money.appropriated,
        "submitted": money.submitted,
        "audited": money.audited,
        "cut": (money.submitted or NOTHING) - (money.audited or NOTHING),
        "paid": money.paid,
        "to_pay": money.to_pay,
        "to_recover": money.to_recover,
        "to_return": money.to_return,
        "sources": [{"source": name, "amount": amount} for name, amount in sorted(money.sources.items())],
    }


@content(PRICE_REVIEW)
def price_review(event: Event, attempt: Attempt) -> dict[str, Any]:
    project = project_of(attempt.case)
    submitted = attempt.case.events.filter(step_name=PriceReview.submit.name).latest("seq")
    sums = Decimal(submitted.data["submitted"]), Decimal(attempt.data["reviewed"])
    return _report(f"{project.name}施工价款审价报告", project_facts(project), "审定", event, *sums)


@content(AUDIT)
def audit_report(event: Event, attempt: Attempt) -> dict[str, Any]:
    project, money = project_of(attempt.case), money_of(attempt.case)
    name, _, _ = works.auditor_of(attempt.case)
    made = _report(f"{project.name}竣工结算审计报告", project_facts(project), "审定", event,
                   money.submitted or NOTHING, Decimal(attempt.data["audited"]))  # fmt: skip
    return made | {"auditor": name, "consents": ["县财政局", "县能源局"]}


def _report(
    title: str, project: dict[str, Any], word: str, event: Event, submitted: Decimal, found_: Decimal
) -> dict[str, Any]:
    cut = submitted - found_
    share = f"{cut / submitted:.2%}" if submitted else "—"
    papers = [{"name": one["name"], "sm3": one["sm3"]} for one in event.materials]
    return {"title": title, "project": project, "word": word, "submitted": submitted, "reviewed": found_, "cut": cut,
            "share": share, "papers": papers}  # fmt: skip


@content(RETURN_LIST)
def return_list(event: Event, attempt: Attempt) -> dict[str, Any]:
    """Of one project when it gives its surplus back, of a whole year with the annual plan."""
    rows = [{"name": row["name"], "amount": row["amount"]} for row in attempt.data["returns"]]
    year = attempt.case.annual_plan.year if hasattr(attempt.case, "annual_plan") else None
    project = None if year else project_of(attempt.case)
    return {
        "title": f"{project.name if project else f'{year}年度'}结余退回清单",
        "year": year,
        "project": project_facts(project) if project else None,
        "rows": rows,
        "total": sum((row["amount"] for row in rows), Decimal()),
        "treasury_number": attempt.data.get("treasury_number") or "",
    }


@content(CARRY_LIST)
def carry_list(event: Event, attempt: Attempt) -> dict[str, Any] | None:
    """Only where the budget of the year did not cover what was settled."""
    year = attempt.case.annual_plan.year
    settled = plan.settled_in(year)
    budget = plan.plan_total(year, attempt.on)
    carried = plan.carried_into(year + 1)
    if not carried:
        return None
    return {
        "title": f"{year}年度缺口转列单",
        "year": year,
        "next": year + 1,
        "budget": budget,
        "rows": [{"number": one.number, "name": one.name, "amount": amount} for one, amount in settled],
        "settled": sum((amount for _, amount in settled), Decimal()),
        "carried": carried,
    }
