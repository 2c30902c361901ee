"""Diagrams: everything of the procedure is in the picture, and nothing lies over anything else."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from typing import NamedTuple
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.law.diagram import STYLE, in_words, svg
from xianzhi.law.layout import crossings, main_ways, pairs, ranks, settle, ways_back
from xianzhi.law.procedure import START, Procedure
from xianzhi.law.tests.procedures import ALL, Permit, Smallest, Tangle

SVG = "{http://www.w3.org/2000/svg}"
SIZES = {"label": 13.0, "post": 11.0, "fact": 11.0, "": 15.0}
every = pytest.mark.parametrize("procedure", ALL, ids=lambda procedure: f"{procedure.name}-{len(procedure.states)}")


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str

    def overlaps(self, other: Box) -> bool:
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)

    def holds(self, x: float, y: float, skin: float = 1.0) -> bool:
        return self.left + skin < x < self.right - skin and self.top + skin < y < self.bottom - skin


def drawn(procedure: type[Procedure], current: str = "") -> ET.Element:
    return ET.fromstring(svg(procedure, current=current))


def attribute(element: ET.Element, name: str) -> float:
    return float(element.get(name, "nan"))


def state_boxes(picture: ET.Element) -> list[Box]:
    boxes = []
    for group in picture.iter(f"{SVG}g"):
        rect = group.find(f"{SVG}rect")
        assert rect is not None
        x, y = attribute(rect, "x"), attribute(rect, "y")
        text = "".join(group.itertext())
        boxes.append(Box(x, y, x + attribute(rect, "width"), y + attribute(rect, "height"), text))
    return boxes


def text_box(x: float, y: float, size: float, text: str) -> Box:
    """A cautious box around a line of text that is centred on x and stands on y."""
    width = size * sum(1.0 if ord(char) > 0x2E80 else 0.58 for char in text)
    return Box(x - width / 2, y - size * 0.85, x + width / 2, y + size * 0.15, text)


def label_boxes(picture: ET.Element) -> list[Box]:
    boxes = []
    for label in picture.findall(f"{SVG}text"):
        x, y = attribute(label, "x"), attribute(label, "y")
        lines = [text_box(x, y, SIZES["label"], label.text or "")]
        for post in label:
            y += attribute(post, "dy")
            lines.append(text_box(x, y, SIZES["post"], post.text or ""))
        ends = [*zip(*lines, strict=True)]
        boxes.append(Box(min(ends[0]), min(ends[1]), max(ends[2]), max(ends[3]), lines[0].text))
    return boxes


def points(path: ET.Element) -> list[tuple[float, float]]:
    """Points along an edge, close to one another."""
    found = re.fullmatch(r"M(\S+) (\S+)V(\S+)C(\S+) (\S+) (\S+) (\S+) (\S+) (\S+)V(\S+)", path.get("d", ""))
    assert found, path.get("d")
    x, y, leave, ax, ay, bx, by, tx, ty, end = map(float, found.groups())

    def bow(t: float) -> tuple[float, float]:
        s = 1 - t
        return (
            s**3 * x + 3 * s * s * t * ax + 3 * s * t * t * bx + t**3 * tx,
            s**3 * leave + 3 * s * s * t * ay + 3 * s * t * t * by + t**3 * ty,
        )

    parts = [step / 40 for step in range(41)]
    out, into = ((x, y + (leave - y) * t) for t in parts), ((tx, ty + (end - ty) * t) for t in parts)
    return [*out, *(bow(t) for t in parts), *into]


@every
def test_every_state_and_step_is_in_the_picture(procedure: type[Procedure]) -> None:
    picture = drawn(procedure)
    boxes = state_boxes(picture)
    assert len(boxes) == len(procedure.states)
    for box, state in zip(boxes, procedure.states.values(), strict=True):
        assert box.text.startswith(state.zh)
    labels = {"".join(label.itertext()) for label in picture.findall(f"{SVG}text")}
    for step in procedure.steps.values():
        if step.stays:
            assert all(step.zh in boxes[list(procedure.states).index(state.name)].text for state in step.sources)
        else:
            assert any(label.startswith(step.zh) for label in labels)


@every
def test_no_box_and_no_label_lies_over_another(procedure: type[Procedure]) -> None:
    picture = drawn(procedure)
    boxes = [*state_boxes(picture), *label_boxes(picture)]
    over = [(one.text, other.text) for one, other in combinations(boxes, 2) if one.overlaps(other)]
    assert over == []


@every
def test_no_line_runs_through_a_box_or_a_label(procedure: type[Procedure]) -> None:
    picture = drawn(procedure)
    boxes = [*state_boxes(picture), *label_boxes(picture)]
    through = {
        box.text
        for path in picture.findall(f"{SVG}path")
        if "edge" in path.get("class", "")
        for x, y in points(path)
        for box in boxes
        if box.holds(x, y)
    }
    assert through == set()


@every
def test_no_text_leaves_its_box_or_the_picture(procedure: type[Procedure]) -> None:
    picture = drawn(procedure)
    left, top, width, height = map(float, picture.get("viewBox", "").split())
    for box in (*state_boxes(picture), *label_boxes(picture)):
        assert left < box.left and top < box.top and box.right < left + width and box.bottom < top + height
    for group, box in zip(picture.iter(f"{SVG}g"), state_boxes(picture), strict=True):
        for text in group.findall(f"{SVG}text"):
            size = SIZES[text.get("class", "")]
            inside = text_box(attribute(text, "x"), attribute(text, "y"), size, text.text or "")
            assert box.left < inside.left and inside.right < box.right
            assert box.top < inside.top and inside.bottom < box.bottom


@every
def test_every_line_joins_two_ends(procedure: type[Procedure]) -> None:
    """A line begins and ends at a box, a label, the start, or another line."""
    picture = drawn(procedure)
    boxes = [*state_boxes(picture), *label_boxes(picture)]
    start = picture.find(f"{SVG}circle")
    assert start is not None
    x, y, r = (attribute(start, name) for name in ("cx", "cy", "r"))
    boxes.append(Box(x - r, y - r, x + r, y + r, "start"))
    lines = [points(path) for path in picture.findall(f"{SVG}path") if "edge" in path.get("class", "")]
    ends = {(round(x, 1), round(y, 1)) for line in lines for x, y in (line[0], line[-1])}
    tops = {(round(line[0][0], 1), round(line[0][1], 1)) for line in lines}
    bottoms = {(round(line[-1][0], 1), round(line[-1][1], 1)) for line in lines}
    for x, y in ends:
        touches = any(b.left - 2 <= x <= b.right + 2 and b.top - 6 <= y <= b.bottom + 6 for b in boxes)
        assert touches or ((x, y) in tops and (x, y) in bottoms), (x, y)


def test_final_and_current_states_are_marked_by_form_as_well() -> None:
    picture = drawn(Permit, current="suspended")
    kinds = {"".join(group.itertext())[:2]: group for group in picture.iter(f"{SVG}g")}
    assert kinds["暂停"].get("class") == "state current"
    assert kinds["已终"].get("class") == "state final"
    assert len(kinds["已终"].findall(f"{SVG}rect")) == 2
    assert len(kinds["暂停"].findall(f"{SVG}rect")) == 1
    assert "stroke-width: 2.6" in STYLE


def test_ways_back_are_dashed_and_run_upwards() -> None:
    picture = drawn(Permit)
    back = [path for path in picture.findall(f"{SVG}path") if path.get("class") == "edge back"]
    assert len(back) == 2
    assert all(points(path)[0][1] > points(path)[-1][1] for path in back)


def test_applicant_clock_and_public_are_named() -> None:
    text = "".join(drawn(Permit).itertext())
    assert "补正（申请人）" in text and "群众反映（公众）" in text and "到期自动" in text


def test_posts_are_shown_by_their_names_where_given() -> None:
    picture = svg(Permit, names={"approval.reception": "受理窗口"})
    assert "受理窗口" in picture and "approval.reception" not in picture
    assert "approval.approver" in picture


def test_the_picture_is_told_in_words() -> None:
    picture = drawn(Permit, current="accepted")
    title, desc = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
    assert picture.get("role") == "img"
    assert title is not None and picture.get("aria-labelledby") == title.get("id")
    assert title.text == "演示许可：办理流程"
    assert desc is not None and picture.get("aria-describedby") == desc.get("id")
    assert desc.text == in_words(Permit, current="accepted")
    begun = "申请：由未开始到已申请，申请人办理"
    for part in ("共6个状态、13个步骤", "当前状态：已受理", begun, "在有效、暂停时登记"):
        assert part in (desc.text or "")


def test_the_picture_scales_and_names_no_colour_outside_its_style() -> None:
    picture = svg(Tangle)
    outside = picture.replace(STYLE, "")
    assert "#" not in outside and "fill=" not in outside and "style=" not in outside
    root = ET.fromstring(picture)
    assert root.get("width") is None and root.get("height") is None


def test_text_is_escaped() -> None:
    assert "&lt;b&gt; &amp; 窗口" in svg(Smallest, names={"demo.clerk": "<b> & 窗口"})


# --- the layout beneath -------------------------------------------------------------------------------------------


@every
def test_without_the_ways_back_every_way_leads_down(procedure: type[Procedure]) -> None:
    rank, back = ranks(procedure), ways_back(procedure)
    assert rank[START.name] == 0
    for source, target in pairs(procedure):
        assert (rank[source] > rank[target]) == ((source, target) in back)


def test_ways_back_follow_the_order_of_declaration() -> None:
    assert ways_back(Permit) == {("suspended", "in_force")}
    assert ("appealed", "met") in ways_back(Tangle) and ("met", "mended") not in ways_back(Tangle)


def test_the_ordinary_course_is_the_longest() -> None:
    course = main_ways(Permit)
    assert {("start", "applied"), ("applied", "accepted"), ("accepted", "in_force")} <= course
    assert ("applied", "refused") not in course and ("applied", "ended") not in course


def test_crossings_are_counted() -> None:
    assert crossings([["a", "b"], ["c", "d"]], [("a", "c"), ("b", "d")]) == 0
    assert crossings([["a", "b"], ["d", "c"]], [("a", "c"), ("b", "d")]) == 1
    assert crossings([["a", "b"], ["c", "d"]], [("a", "c"), ("a", "d"), ("b", "c")]) == 1


@given(st.lists(st.tuples(st.floats(-500, 500), st.floats(0.5, 20), st.floats(1, 90)), min_size=1, max_size=12))
def test_places_keep_their_order_and_distance(given_: list[tuple[float, float, float]]) -> None:
    wishes, weights, steps = zip(*given_, strict=True)
    places = settle(wishes, weights, steps[1:])
    for (one, two), step in zip(pairwise(places), steps[1:], strict=True):
        assert two - one >= step - 1e-6


def test_wishes_that_leave_room_are_met() -> None:
    assert settle([0, 100, 300], [1, 1, 1], [50, 50]) == [0, 100, 300]
    assert settle([100, 100], [1, 1], [50]) == [75, 125]
    assert settle([100, 100], [3, 1], [40]) == [90, 130]
