"""BPMN: the file is valid, another program reads it, and a case can be walked through it."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnValidator
from SpiffWorkflow.bpmn.specs.defaults import EndEvent, ExclusiveGateway, ServiceTask, UserTask
from SpiffWorkflow.util.task import TaskState

from xianzhi.law.bpmn import DC, DI, LINES, MODEL, bpmn, process_id
from xianzhi.law.procedure import CLOCK, Procedure
from xianzhi.law.tests.procedures import ALL, Permit, Smallest, Tangle

NS = {"m": MODEL, "di": DI, "dc": DC, "l": LINES}
every = pytest.mark.parametrize("procedure", ALL, ids=lambda procedure: f"{procedure.name}-{len(procedure.states)}")


def parsed(procedure: type[Procedure]) -> Any:
    """Read by another program, which also holds the file against the schemas of the standard."""
    parser = BpmnParser(validator=BpmnValidator())
    parser.add_bpmn_str(bpmn(procedure))
    return parser.get_spec(process_id(procedure))


def specs(procedure: type[Procedure], kind: type) -> dict[str, Any]:
    return {name: spec for name, spec in parsed(procedure).task_specs.items() if isinstance(spec, kind)}


# --- read by another program --------------------------------------------------------------------------------------


@every
def test_every_step_is_a_task(procedure: type[Procedure]) -> None:
    users, services = specs(procedure, UserTask), specs(procedure, ServiceTask)
    for step in procedure.steps.values():
        kept, other = (services, users) if CLOCK in step.by else (users, services)
        mine = [spec for name, spec in kept.items() if name.split(".")[0] == f"step_{step.name}"]
        assert [spec.bpmn_name for spec in mine] == [step.zh] * (len(step.sources) if step.stays else 1)
        assert f"step_{step.name}" not in other


@every
def test_every_final_state_is_an_end(procedure: type[Procedure]) -> None:
    ends = {spec.bpmn_name for spec in specs(procedure, EndEvent).values()}
    assert ends == {state.zh for state in procedure.states.values() if state.final}


@every
def test_several_ways_on_are_a_choice(procedure: type[Procedure]) -> None:
    gateways = specs(procedure, ExclusiveGateway)
    for name, state in procedure.states.items():
        onward = procedure.steps_from(name)
        several = len(onward) > 1 or (state.final and bool(onward))
        assert (f"state_{name}" in gateways) == several


def test_tasks_carry_what_an_official_asks_for() -> None:
    apply = specs(Permit, UserTask)["step_apply"]
    assert apply.documentation == "依据：demo-1-1\n办理：申请人\n材料：申请表\n记录：demo.permit.applied"
    assert apply.lane == "申请人"
    accept = specs(Permit, UserTask)["step_accept"]
    assert accept.lane == "approval"
    assert "时限：demo.accept" in accept.documentation


def test_names_are_shown_where_given() -> None:
    names = {"approval": "审批局", "demo-1-1": "《演示办法》第一条", "demo.accept": "受理时限"}
    written = bpmn(Permit, names=names).decode()
    for shown in ('name="审批局"', "依据：《演示办法》第一条", "时限：受理时限"):
        assert shown in written


def walked(procedure: type[Procedure], *steps: str, then: str = "") -> tuple[list[str], bool]:
    """The tasks taken when a case goes these steps, with `then` as the wish for the next, and whether it has ended."""
    workflow = BpmnWorkflow(parsed(procedure))
    workflow.task_tree.data["step"] = steps[0]
    taken = []
    for name, wish in zip(steps, (*steps[1:], then), strict=True):
        workflow.do_engine_steps()
        (task,) = workflow.get_tasks(state=TaskState.READY | TaskState.STARTED)
        assert task.task_spec.name.split(".")[0] == f"step_{name}"
        task.data["step"] = wish
        taken.append(task.task_spec.name)
        task.complete() if isinstance(task.task_spec, ServiceTask) else task.run()
    workflow.do_engine_steps()
    return taken, workflow.is_completed()


def test_a_case_walks_through_to_its_end() -> None:
    steps = ("apply", "supplement", "accept", "issue", "inspect", "stop", "inspect", "resume", "expire", "publish")
    taken, ended = walked(Permit, *steps)
    assert taken[4] == "step_inspect.in_force" and taken[6] == "step_inspect.suspended"
    assert ended


def test_a_case_may_end_early_or_go_back() -> None:
    assert walked(Permit, "apply", "reject")[1]
    assert walked(Smallest, "tell")[1]
    around = ("note", "give", "look", "mend", "check", "relook", "mend", "check", "show", "appeal", "restart", "drop")
    assert walked(Tangle, *around)[1]


def test_a_case_that_stands_somewhere_has_not_ended() -> None:
    assert not walked(Permit, "apply", "accept", then="issue")[1]


# --- the file itself ----------------------------------------------------------------------------------------------


@every
def test_ids_are_unique_and_references_resolve(procedure: type[Procedure]) -> None:
    root = ET.fromstring(bpmn(procedure))
    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert [ident for ident, count in ids.items() if count > 1] == []
    for name in ("sourceRef", "targetRef", "processRef", "bpmnElement", "default"):
        assert {element.get(name) for element in root.iter()} - {None} <= set(ids)
    for path in (".//m:incoming", ".//m:outgoing", ".//m:flowNodeRef"):
        assert {element.text for element in root.iterfind(path, NS)} <= set(ids)


@every
def test_every_part_stands_in_one_lane(procedure: type[Procedure]) -> None:
    root = ET.fromstring(bpmn(procedure))
    kinds = ("startEvent", "endEvent", "userTask", "serviceTask", "exclusiveGateway")
    parts = [element.get("id") for kind in kinds for element in root.iterfind(f".//m:{kind}", NS)]
    assert sorted(parts) == sorted(element.text for element in root.iterfind(".//m:flowNodeRef", NS))
    functions = {lane.get("name") for lane in root.iterfind(".//m:lane", NS)}
    assert functions >= {step.posts[0].split(".")[0] for step in procedure.steps.values() if step.by[0] in step.posts}


Bounds = tuple[float, float, float, float]


def shapes(root: ET.Element) -> dict[str, Bounds]:
    found = {}
    for shape in root.iterfind(".//di:BPMNShape", NS):
        bounds = shape.find("dc:Bounds", NS)
        assert bounds is not None
        x, y, width, height = (float(bounds.get(name, "nan")) for name in ("x", "y", "width", "height"))
        found[str(shape.get("bpmnElement"))] = (x, y, x + width, y + height)
    return found


@every
def test_the_drawing_shows_every_part_clear_of_the_others(procedure: type[Procedure]) -> None:
    root = ET.fromstring(bpmn(procedure))
    drawn = shapes(root)
    parts = {ident: box for ident, box in drawn.items() if not ident.startswith(("lane_", "pool"))}
    assert sorted(parts) == sorted(str(element.text) for element in root.iterfind(".//m:flowNodeRef", NS))
    for ident, (left, top, right, bottom) in parts.items():
        for other, (l2, t2, r2, b2) in parts.items():
            assert ident == other or right <= l2 or r2 <= left or bottom <= t2 or b2 <= top, (ident, other)
    for lane in root.iterfind(".//m:lane", NS):
        left, top, right, bottom = drawn[str(lane.get("id"))]
        for member in lane.iterfind("m:flowNodeRef", NS):
            l2, t2, r2, b2 = parts[str(member.text)]
            assert left < l2 and r2 < right and top < t2 and b2 < bottom


@every
def test_flows_lead_from_part_to_part_and_through_none(procedure: type[Procedure]) -> None:
    root = ET.fromstring(bpmn(procedure))
    parts = {ident: box for ident, box in shapes(root).items() if not ident.startswith(("lane_", "pool"))}
    flows = root.findall(".//m:sequenceFlow", NS)
    ends = {flow.get("id"): (flow.get("sourceRef"), flow.get("targetRef")) for flow in flows}
    edges = root.findall(".//di:BPMNEdge", NS)
    assert {edge.get("bpmnElement") for edge in edges} == set(ends)
    for edge in edges:
        line = [(float(p.get("x", "nan")), float(p.get("y", "nan"))) for p in edge.iterfind("l:waypoint", NS)]
        source, target = ends[edge.get("bpmnElement")]
        for part, (x, y) in ((source, line[0]), (target, line[-1])):
            left, top, right, bottom = parts[str(part)]
            assert left <= x <= right and top <= y <= bottom
        for (x1, y1), (x2, y2) in pairwise(line):
            assert x1 == x2 or y1 == y2
            for ident, (left, top, right, bottom) in parts.items():
                crosses = max(x1, x2) > left and min(x1, x2) < right and max(y1, y2) > top and min(y1, y2) < bottom
                assert not crosses, (edge.get("bpmnElement"), ident)


def test_the_file_is_the_same_every_time() -> None:
    assert bpmn(Tangle) == bpmn(Tangle)
