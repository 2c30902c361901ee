"""环节参与意见, 验收报告 and 零收费确认单: what was seen on the spot, and what the owner says at the end."""

from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access.documents.facts import HERE, owner_of, project_facts, project_of
from xianzhi.apps.power_access.procedures.works import NODES
from xianzhi.apps.power_access.queries import works
from xianzhi.kernel.documents.kinds import Kind, content
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Event
from xianzhi.kernel.posts import post_word

WITNESS = Kind("power.witness_opinion", "环节参与意见", HERE / "witness_opinion.typ", "grid", ("power-3-2-2-5-2",))
ACCEPTANCE = Kind("power.acceptance_report", "验收报告", HERE / "acceptance_report.typ", ("energy", "grid"),
                  ("power-3-2-2-6-1",), sole=True)  # fmt: skip
ZERO_CHARGE = Kind("power.zero_charge", "零收费确认单", HERE / "zero_charge.typ", "approval", ("power-1-2",),
                   sole=True)  # fmt: skip


@content(WITNESS)
def witness_opinion(event: Event, attempt: Attempt) -> dict[str, Any]:
    project = project_of(attempt.case)
    node = NODES[attempt.data["node"]]
    return {
        "title": f"关于{project.name}{node}环节的参与意见",
        "project": project_facts(project),
        "node": node,
        "opinion": attempt.data["opinion"],
        "signer": f"{post_word(event.by_post)}{f' {event.by.name}' if event.by else ''}",
        "scheme_version": works.scheme_version(project),
    }


@content(ACCEPTANCE)
def acceptance_report(event: Event, attempt: Attempt) -> dict[str, Any]:
    project, data = project_of(attempt.case), attempt.data
    built, seen = works.last(attempt.case, "build"), _company_view(attempt)
    detail = project.detail
    rejected = [moved.data for moved in attempt.past if moved.step == "reject"]
    progress = [moved.data for moved in attempt.past if moved.step == "progress"]
    return {
        "title": f"{project.name}验收报告",
        "project": project_facts(project),
        "builder": works.builder_of(project),
        "civil_on": built.data["civil_on"] if built else None,
        "electrical_on": works.recorded_day(attempt.case, "finish_electrical", "electrical_on"),
        "county_opinion": data["county_opinion"],
        "company_opinion": seen,
        "end_on": data["end_on"],
        "metres": detail.metres if detail else None,
        "sections": [
            {"name": one["section"], "metres": one["metres"], "wells": one.get("wells")} for one in progress
        ],
        "mended": [
            {"name": item["name"], "due_on": item["due_on"]} for one in rejected for item in one.get("items", ())
        ],
        "lines": [
            {"name": one.name, "spec": one.spec, "kind": one.get_kind_display(), "quantity": one.quantity,
             "unit": one.unit, "amount": one.amount}
            for one in (detail.lines.all() if detail else ())
        ],
        "total": detail.total if detail else None,
    }  # fmt: skip


def _company_view(attempt: Attempt) -> str:
    """What 供电公司 said of the acceptance, or that it did not come."""
    for moved in reversed(attempt.past):
        if moved.data.get("node") == "acceptance":
            return str(moved.data.get("opinion") or f"未到场：{moved.data.get('circumstances', '')}")
    return ""


@content(ZERO_CHARGE)
def zero_charge(event: Event, attempt: Attempt) -> dict[str, Any]:
    project = project_of(attempt.case)
    amount = attempt.data.get("amount") or Decimal()
    return {
        "title": f"{project.name}红线外{'交费情况' if amount else '零收费'}确认单",
        "project": project_facts(project),
        "owner": owner_of(project),
        "energised_on": works.energised_on(project),
        "amount": amount,
        "what": attempt.data.get("what") or "",
        "by_owner": event.by_post == "applicant",
    }
