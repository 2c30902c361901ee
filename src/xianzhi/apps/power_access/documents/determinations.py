"""投资界面认定书 and 共同认定书: the class of a project, why, and who pays what."""

from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.documents.facts import HERE, project_facts, project_of
from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures.intake import Intake
from xianzhi.apps.power_access.queries.shares import shares_of
from xianzhi.kernel import registry
from xianzhi.kernel.documents.kinds import Kind, content
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Event

CLASSIFICATION = Kind(
    "power.classification", "投资界面认定书", HERE / "classification.typ", "approval",
    ("power-3-2-2-1-3", "power-1-2"), sole=True,
)  # fmt: skip
JOINT_DETERMINATION = Kind(
    "power.joint_determination", "共同认定书", HERE / "joint_determination.typ", ("approval", "grid"),
    ("power-3-2-3-1", "power-2-3-1"), sole=True,
    numbered=lambda event, attempt: project_of(attempt.case).determinations.latest("id").number,
)  # fmt: skip


@content(CLASSIFICATION)
def classification(event: Event, attempt: Attempt) -> dict[str, Any]:
    project, data = project_of(attempt.case), attempt.data
    return {
        "title": f"关于{project.name}投资界面的初审意见书",
        "project": project_facts(project),
        "extension": data.get("extension"),
        "county_paid": data.get("county_paid"),
        "told": data.get("told") or "",
        "reasons": reasons_of(event),
        "shares": _shares(project),
    }


@content(JOINT_DETERMINATION)
def joint_determination(event: Event, attempt: Attempt) -> dict[str, Any]:
    project = project_of(attempt.case)
    determined = project.determinations.latest("id")
    return {
        "title": f"关于{project.name}投资界面的共同认定书",
        "project": project_facts(project),
        "approval": _class(determined.approval),
        "approval_reason": _given(attempt, Intake.opine_approval.name),
        "company": _class(determined.company),
        "company_reason": _given(attempt, Intake.opine_grid.name),
        "county": _class(determined.county),
        "county_reason": attempt.data.get("reason") or "",
        "result": _class(determined.investment_class),
        "reasons": reasons_of(event),
        "shares": _shares(project),
    }


def _class(value: str) -> str:
    return rules.InvestmentClass(value).zh if value else ""


def _given(attempt: Attempt, step: str) -> str:
    """The reason that an office gave with its last opinion."""
    given = [moved.data.get("reason") for moved in attempt.past if moved.step == step]
    return str(given[-1] or "") if given else ""


def _shares(project: AccessProject) -> list[dict[str, str]]:
    shares = shares_of(project.classified, project.applied_on)
    return [
        {"kind": one.kind.zh, "payer": str(one.payer), "cited": registry.provisions[one.cites].cited_short}
        for one in shares
    ]


def reasons_of(event: Event) -> list[dict[str, str]]:
    """What the rules found, each sentence with its provision."""
    found = (event.decision or {}).get("reasons", ())
    known = registry.provisions
    return [
        {"text": one["text"], "cited": known[one["cites"]].cited_short if one["cites"] in known else ""}
        for one in found
    ]
