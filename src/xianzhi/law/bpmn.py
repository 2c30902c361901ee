"""Writes a procedure as BPMN 2.0, so that any modelling program can open it.

A step is a user task (of the clock: a service task), a final state an end event. A state with several ways on is an
exclusive gateway, whose flows ask for the variable `step`; a state with one way on is only the name of a flow. Steps
stand in the lane of the function that takes them. Nothing is an extension.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from xianzhi.law.diagram import TAKERS, takers
from xianzhi.law.layout import ranks
from xianzhi.law.procedure import CLOCK, NOT_POSTS, START, Procedure, Step

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
DC = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_PREFIXES = {"bpmn": MODEL, "bpmndi": DI, "dc": DC, "di": LINES, "xsi": XSI}

TASK, SERVICE, GATEWAY, END, BEGIN = "userTask", "serviceTask", "exclusiveGateway", "endEvent", "startEvent"
_SIZES = {TASK: (120, 64), SERVICE: (120, 64), GATEWAY: (50, 50), END: (36, 36), BEGIN: (36, 36)}
_COLUMN, _ROW, _TITLE, _AISLE = 180, 100, 30, 12


@dataclass(slots=True)
class _Part:
    """A flow node, with its lane and its place."""

    ident: str
    kind: str
    name: str
    lane: str
    column: int
    note: str = ""
    default: str = ""
    """For a gateway: the flow that needs no condition."""
    x: float = 0
    y: float = 0

    @property
    def size(self) -> tuple[int, int]:
        return _SIZES[self.kind]


@dataclass(slots=True)
class _Flow:
    ident: str
    source: str
    target: str
    name: str = ""
    condition: str = ""


@dataclass(slots=True)
class _Model:
    procedure: type[Procedure]
    names: Mapping[str, str]
    parts: dict[str, _Part] = field(default_factory=dict)
    flows: list[_Flow] = field(default_factory=list)
    lanes: dict[str, list[str]] = field(default_factory=dict)

    def add(self, part: _Part) -> None:
        self.parts[part.ident] = part
        self.lanes.setdefault(part.lane, []).append(part.ident)

    def flow(self, source: str, target: str, name: str = "", condition: str = "") -> _Flow:
        made = _Flow(f"flow_{len(self.flows) + 1}", source, target, name, condition)
        self.flows.append(made)
        return made


def bpmn(procedure: type[Procedure], *, names: Mapping[str, str] | None = None) -> bytes:
    """The procedure as a BPMN 2.0 file with its drawing, in UTF-8.

    names: how posts, functions, provision ids and parameters are shown; by default as written.
    """
    model = _Model(procedure, names or {})
    _add_parts(model)
    _add_flows(model)
    tops = _place(model)
    for prefix, uri in _PREFIXES.items():
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{MODEL}}}definitions", {"id": "definitions", "targetNamespace": "urn:xianzhi:procedures"})
    together = _child(root, MODEL, "collaboration", id="collaboration")
    ident = process_id(procedure)
    _child(together, MODEL, "participant", id="pool", name=procedure.zh, processRef=ident)
    _write_process(model, _child(root, MODEL, "process", id=ident, name=procedure.zh, isExecutable="true"))
    _write_drawing(model, _child(root, DI, "BPMNDiagram", id="diagram"), tops)
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True))


def process_id(procedure: type[Procedure]) -> str:
    """The id of the process in the file: river_sand.permit."""
    return procedure.name


def _add_parts(model: _Model) -> None:
    procedure = model.procedure
    rank = ranks(procedure)
    lane_of = {step.name: _lane(step) for step in procedure.steps.values()}
    starts = procedure.steps_from(START.name)
    model.add(_Part("start", BEGIN, "开始", lane_of[starts[0].name], 0))
    if len(starts) > 1:
        model.add(_Part("state_start", GATEWAY, "如何开始", lane_of[starts[0].name], 1))
    for step in procedure.steps.values():
        kind = SERVICE if CLOCK in step.by else TASK
        for ident, sources in _tasks(step):
            # Between the columns of the states: 3 for a state, then its gateway or end, then the steps from it.
            column = 3 * max(rank[name] for name in sources) + 2
            model.add(_Part(ident, kind, step.zh, lane_of[step.name], column, _note(step, model.names)))
    for name, state in procedure.states.items():
        onward = procedure.steps_from(name)
        near = onward or [step for step in procedure.steps.values() if step.move.target is state]
        if state.final:
            model.add(_Part(f"end_{name}", END, state.zh, lane_of[near[0].name], 3 * rank[name] + (2 if onward else 1)))
        if len(onward) > 1 or (state.final and onward):
            model.add(_Part(f"state_{name}", GATEWAY, state.zh, lane_of[near[0].name], 3 * rank[name] + 1))


def _add_flows(model: _Model) -> None:
    procedure = model.procedure
    zh = {START.name: "", **{name: state.zh for name, state in procedure.states.items()}}
    entries = {name: _entry(model, name) for name in zh}
    model.flow("start", entries[START.name])
    for step in procedure.steps.values():
        for ident, sources in _tasks(step):
            target = step.target_from(sources[0])
            model.flow(ident, entries[target], zh[target])
    for name in zh:
        gateway = f"state_{name}"
        if gateway not in model.parts:
            continue
        for step in procedure.steps_from(name):
            ident = next(ident for ident, sources in _tasks(step) if name in sources)
            model.flow(gateway, ident, step.zh, f"step == '{step.name}'")
        if f"end_{name}" in model.parts:
            model.parts[gateway].default = model.flow(gateway, f"end_{name}", "不再登记").ident


def _entry(model: _Model, state: str) -> str:
    """The part that stands for a state: its gateway, its end, or the one step that can be taken in it."""
    for ident in (f"state_{state}", f"end_{state}"):
        if ident in model.parts:
            return ident
    (step,) = model.procedure.steps_from(state)
    return next(ident for ident, sources in _tasks(step) if state in sources)


def _tasks(step: Step) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(id, source states) of the tasks for a step: one; for a step that stays, one for each state, to return to it."""
    sources = tuple(state.name for state in step.sources)
    if step.stays and len(sources) > 1:
        yield from ((f"step_{step.name}.{name}", (name,)) for name in sources)
    else:
        yield f"step_{step.name}", sources


def _lane(step: Step) -> str:
    """The function of the first taker; applicant, clock and public have lanes of their own."""
    return step.by[0] if step.by[0] in NOT_POSTS else step.by[0].split(".")[0]


def _note(step: Step, names: Mapping[str, str]) -> str:
    parts = [
        f"依据：{'、'.join(names.get(cited, cited) for cited in step.cites)}",
        f"办理：{takers(step, names)}",
        f"材料：{'、'.join(paper.zh for paper in step.needs)}" if step.needs else "",
        f"时限：{names.get(step.within.parameter, step.within.parameter)}" if step.within else "",
        f"记录：{step.event}",
        step.help,
    ]
    return "\n".join(part for part in parts if part)


def _place(model: _Model) -> dict[str, tuple[float, float]]:
    """Sets every part in the column of its rank and the band of its lane. Returns top and height of each lane."""
    tops: dict[str, tuple[float, float]] = {}
    used = sorted({part.column for part in model.parts.values()})
    for part in model.parts.values():
        part.column = used.index(part.column)  # no empty columns
    top = 0.0
    for lane, members in model.lanes.items():
        columns: dict[int, int] = {}
        for part in (model.parts[ident] for ident in members):
            row = columns.get(part.column, 0)
            columns[part.column] = row + 1
            part.x = 2 * _TITLE + part.column * _COLUMN + _COLUMN / 2
            part.y = top + row * _ROW + _ROW / 2
        height = float(max(columns.values()) * _ROW)
        tops[lane] = (top, height)
        top += height
    return tops


def _write_process(model: _Model, process: ET.Element) -> None:
    _child(process, MODEL, "documentation").text = f"办理流程 {model.procedure.name}，第{model.procedure.version}版"
    lanes = _child(process, MODEL, "laneSet", id="lanes")
    for lane, members in model.lanes.items():
        name = TAKERS.get(lane) or model.names.get(lane, lane)
        written = _child(lanes, MODEL, "lane", id=f"lane_{lane}", name=name)
        for ident in members:
            _child(written, MODEL, "flowNodeRef").text = ident
    for part in model.parts.values():
        written = _child(process, MODEL, part.kind, id=part.ident, name=part.name)
        if part.default:
            written.set("default", part.default)
        if part.note:
            _child(written, MODEL, "documentation").text = part.note
        for flow in model.flows:
            if flow.target == part.ident:
                _child(written, MODEL, "incoming").text = flow.ident
        for flow in model.flows:
            if flow.source == part.ident:
                _child(written, MODEL, "outgoing").text = flow.ident
    for flow in model.flows:
        written = _child(process, MODEL, "sequenceFlow", id=flow.ident, sourceRef=flow.source, targetRef=flow.target)
        if flow.name:
            written.set("name", flow.name)
        if flow.condition:
            asked = _child(written, MODEL, "conditionExpression")
            asked.set(f"{{{XSI}}}type", "bpmn:tFormalExpression")
            asked.text = flow.condition


def _write_drawing(model: _Model, diagram: ET.Element, tops: Mapping[str, tuple[float, float]]) -> None:
    plane = _child(diagram, DI, "BPMNPlane", id="plane", bpmnElement="collaboration")
    width = 2 * _TITLE + (max(part.column for part in model.parts.values()) + 1) * _COLUMN
    height = sum(tall for _, tall in tops.values())
    _shape(plane, "pool", 0, 0, width, height).set("isHorizontal", "true")
    for lane, (top, tall) in tops.items():
        _shape(plane, f"lane_{lane}", _TITLE, top, width - _TITLE, tall).set("isHorizontal", "true")
    for part in model.parts.values():
        wide, tall = part.size
        _shape(plane, part.ident, part.x - wide / 2, part.y - tall / 2, wide, tall)
    for flow in model.flows:
        edge = _child(plane, DI, "BPMNEdge", id=f"{flow.ident}_di", bpmnElement=flow.ident)
        for x, y in _waypoints(model.parts[flow.source], model.parts[flow.target]):
            _child(edge, LINES, "waypoint", x=f"{x:g}", y=f"{y:g}")


def _waypoints(source: _Part, target: _Part) -> Sequence[tuple[float, float]]:
    """Right angles: out of the right side and into the left; up and down only between columns, along between rows."""
    right, left = source.x + source.size[0] / 2, target.x - target.size[0] / 2
    leave, enter = source.x + _COLUMN / 2 - _AISLE, target.x - _COLUMN / 2 + _AISLE
    if target.column == source.column + 1:
        if source.y == target.y:
            return [(right, source.y), (left, target.y)]
        return [(right, source.y), (enter, source.y), (enter, target.y), (left, target.y)]
    aside = source.y - _ROW / 2 + _AISLE / 2
    turns = [(leave, source.y), (leave, aside), (enter, aside), (enter, target.y)]
    return [(right, source.y), *turns, (left, target.y)]


def _shape(plane: ET.Element, ident: str, x: float, y: float, width: float, height: float) -> ET.Element:
    shape = _child(plane, DI, "BPMNShape", id=f"{ident}_di", bpmnElement=ident)
    _child(shape, DC, "Bounds", x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}")
    return shape


def _child(parent: ET.Element, space: str, tag: str, /, **attributes: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{space}}}{tag}", attributes)
