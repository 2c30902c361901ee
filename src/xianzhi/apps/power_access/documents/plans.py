"""年度投资计划 and its 调整通知, as the county government consents to them."""

from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access.documents.facts import HERE
from xianzhi.apps.power_access.models import PlanLine
from xianzhi.apps.power_access.procedures.plan import AnnualPlan as Plan
from xianzhi.kernel.documents.kinds import Kind, content
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Event
from xianzhi.law.money import format_yuan

PLAN = Kind("power.annual_plan", "年度投资计划", HERE / "annual_plan.typ", "government",
            ("power-3-1-2", "power-3-1-3"), sole=True)  # fmt: skip
ADJUSTMENT = Kind("power.plan_adjustment", "年度投资计划调整通知", HERE / "plan_adjustment.typ", "government",
                  ("power-3-1-4",))  # fmt: skip


@content(PLAN)
def annual_plan(event: Event, attempt: Attempt) -> dict[str, Any]:
    plan = attempt.case.annual_plan
    drafted, agreed = _entered(attempt, Plan.draft.name), _entered(attempt, Plan.agree.name)
    lines = list(plan.lines.on(attempt.data["consented_on"]).select_related("project__case"))
    return {
        "title": f"{plan.year}年度电力延伸工程投资计划",
        "year": plan.year,
        "consent": attempt.data["number"],
        "consented_on": attempt.data["consented_on"],
        "actuals": [{"year": one["year"], "amount": one["amount"]} for one in drafted.get("actuals") or ()],
        "agreed": agreed.get("agreed"),
        "county_side": agreed.get("county_side"),
        "company_side": agreed.get("company_side"),
        "reason": agreed.get("reason") or "",
        "lines": [_line(one) for one in lines],
        "total": sum((one.amount for one in lines), Decimal()),
    }


def _entered(attempt: Attempt, step: str) -> dict[str, Any]:
    """What a step of the case recorded last."""
    found = [moved.data for moved in attempt.past if moved.step == step]
    return dict(found[-1]) if found else {}


def _line(one: PlanLine) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": str(one.get_kind_display()),
        "project": one.project.number if one.project else "",
        "amount": one.amount,
    }


@content(ADJUSTMENT)
def plan_adjustment(event: Event, attempt: Attempt) -> dict[str, Any]:
    """Before and after, line by line: what ended on the day, and what began on it."""
    plan, day = attempt.case.annual_plan, attempt.data["consented_on"]
    ended = {one.number: one for one in plan.lines.filter(until=day)}
    begun = {one.number: one for one in plan.lines.filter(since=day, until=None)}
    changes = [_change(number, ended.get(number), begun.get(number)) for number in sorted({*ended, *begun})]
    return {
        "title": f"关于调整{plan.year}年度电力延伸工程投资计划的通知",
        "year": plan.year,
        "consent": attempt.data["number"],
        "consented_on": day,
        "reason": attempt.data["reason"],
        "changes": changes,
        "total": sum((one.amount for one in plan.lines.on(day)), Decimal()),
    }


def _change(number: int, before: PlanLine | None, after: PlanLine | None) -> dict[str, Any]:
    named = after or before
    assert named is not None
    difference = (after.amount if after else Decimal()) - (before.amount if before else Decimal())
    return {
        "number": number,
        "name": named.name,
        "before": before.amount if before else None,
        "after": after.amount if after else None,
        "difference": f"{'+' if difference > 0 else ''}{format_yuan(difference)}",
    }
