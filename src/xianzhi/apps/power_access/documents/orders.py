"""派工单, 工单 and 供电方案答复: who is to do what, where, by when."""

from typing import Any

from xianzhi.apps.power_access.documents.facts import HERE, project_facts, project_of, red_line_map
from xianzhi.kernel.documents.kinds import Kind, content
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Event


def _order_number(event: Event, attempt: Attempt) -> str:
    return _order(attempt).number


def _work_order_number(event: Event, attempt: Attempt) -> str:
    return str(_order(attempt).work_order)


def _order(attempt: Attempt) -> Any:
    """The order in force."""
    return project_of(attempt.case).orders.get(withdrawn_on=None)


DISPATCH_ORDER = Kind(
    "power.dispatch_order", "派工单", HERE / "dispatch_order.typ", "approval", ("power-3-2-2-1-4", "power-3-2-2-1-1"),
    numbered=_order_number, sole=True,
)  # fmt: skip
WORK_ORDER = Kind(
    "power.work_order", "工单", HERE / "work_order.typ", "energy", ("power-3-2-2-2-1",), numbered=_work_order_number,
    sole=True,
)  # fmt: skip
SCHEME_REPLY = Kind(
    "power.scheme_reply", "供电方案答复", HERE / "scheme_reply.typ", "grid", ("power-3-2-2-2-1", "power-3-2-2-2-2"),
    sole=True,
)  # fmt: skip


@content(DISPATCH_ORDER)
def dispatch_order(event: Event, attempt: Attempt) -> dict[str, Any]:
    project = project_of(attempt.case)
    return {
        "title": "电力延伸工程派工单",
        "project": project_facts(project),
        "map": red_line_map(project),
        "reissued": attempt.data.get("reason") or "",
    }


@content(WORK_ORDER)
def work_order(event: Event, attempt: Attempt) -> dict[str, Any]:
    project, order = project_of(attempt.case), _order(attempt)
    return {
        "title": "电力延伸工程工单",
        "project": project_facts(project),
        "dispatch_order": order.number,
        "received_on": order.received_on,
        "scheme_due": attempt.case.due_on if attempt.case.due_step == "scheme" else None,
    }


@content(SCHEME_REPLY)
def scheme_reply(event: Event, attempt: Attempt) -> dict[str, Any]:
    project = project_of(attempt.case)
    scheme = project.schemes.latest("version")
    order = project.order
    determined = project.determinations.last()
    return {
        "title": f"关于{project.name}供电方案的答复",
        "project": project_facts(project),
        "basis": (order.work_order or order.number) if order else determined.number if determined else "",
        "version": scheme.version,
        "voltage": scheme.voltage,
        "access_point": scheme.access_point,
        "capacity": scheme.capacity_kva,
        "length": scheme.length,
        "mode": scheme.mode,
        "mode_reason": scheme.mode_reason,
        "points": len(scheme.route.get("coordinates", ())),
        "changed": attempt.data.get("reason") or "",
    }
