"""Draws a procedure: boxes for the states, a line with the verb and the posts for every step, read from the top down.

A state in which a case may end has a double rule; a step that leads back is dashed and runs upwards; a step that only
records a fact stands inside its state. Colours come from the page's stylesheet through variables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise
from unicodedata import east_asian_width
from xml.sax.saxutils import escape, quoteattr

from xianzhi.law.layout import Band, Link, Node, Pair, arrange, main_ways, ranks
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC, START, Procedure, State, Step

TAKERS = {APPLICANT: "申请人", CLOCK: "到期自动", PUBLIC: "公众"}
_STYLE = """
.procedure text { font-family: 'Noto Sans CJK SC', sans-serif; fill: var(--ink, #15202a); text-anchor: middle; }
.procedure .state rect { fill: var(--paper, #ffffff); stroke: var(--ink, #15202a); stroke-width: 1.2; }
.procedure .state text { font-size: 15px; }
.procedure .state .fact, .procedure .post { font-size: 11px; fill: var(--ink-soft, #4a5a68); }
.procedure .state.current rect { fill: var(--accent-soft, #dcebf7); stroke: var(--accent, #0b5c9e); stroke-width: 2.6; }
.procedure .state.current text { font-weight: 700; }
.procedure .state.current .fact { font-weight: 400; }
.procedure .label { font-size: 13px; }
.procedure .edge { fill: none; stroke: var(--line, #6b7a88); stroke-width: 1.3; }
.procedure .edge.back { stroke-dasharray: 5 3; }
.procedure .head, .procedure .start { fill: var(--line, #6b7a88); }
"""
# Programs that turn a picture into paper know no variables: they get the plain colour before it.
STYLE = re.sub(r"([a-z]+): (var\(--[a-z-]+, (#[0-9a-f]{6})\));", r"\1: \3; \1: \2;", _STYLE)
_NAME, _VERB, _SMALL = 15.0, 13.0, 11.0
_LINE = 1.35
_MOST_WITH_TAKERS = 3
_WIDEST = 170.0
_BETWEEN, _BELOW, _MARGIN = 22.0, 26.0, 16.0
_PAD, _RULE, _DOT, _HEAD = 14.0, 3.5, 12.0, 7.0


@dataclass(slots=True)
class _Arc:
    """One step, with those of its sources that lie on the same side of its target."""

    key: str
    step: Step
    sources: tuple[str, ...]
    target: str
    back: bool
    lines: list[str]


@dataclass(slots=True)
class _Drawing:
    procedure: type[Procedure]
    names: Mapping[str, str]
    say: Callable[[str], str]
    nodes: dict[str, Node] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    main: set[Link] = field(default_factory=set)
    """The lines of the ordinary course of a case."""
    arcs: list[_Arc] = field(default_factory=list)
    stays: dict[str, list[Step]] = field(default_factory=dict)
    facts: dict[str, list[str]] = field(default_factory=dict)
    paths: list[tuple[_Arc, list[str], bool]] = field(default_factory=list)
    """Arc, the keys its line passes in the direction of the step, whether an arrow head ends it."""


def svg(
    procedure: type[Procedure],
    *,
    current: str = "",
    names: Mapping[str, str] | None = None,
    say: Callable[[str], str] = str,
) -> str:
    """The procedure as an SVG picture that scales to its place.

    current: the name of the state to mark. names: how posts (`approval.reception`) are shown; by default as written.
    say: gives a Chinese word in the reader's language; boxes are as wide as what it gives.
    Where a page forbids inline styles, it carries `STYLE` in its own stylesheet.
    """
    drawing = _Drawing(procedure, names or {}, say)
    _gather(drawing)
    bands = arrange(drawing.nodes, drawing.links, main=drawing.main, between=_BETWEEN, below=_BELOW)
    parts = [*_edges(drawing, bands), *_labels(drawing), *_states(drawing, current)]
    width = max(node.left + node.width for node in drawing.nodes.values()) + 2 * _MARGIN
    height = bands[-1][1] + 2 * _MARGIN
    ident = procedure.name.replace(".", "-")
    title = f"{procedure.zh}：办理流程"
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="procedure" role="img" '
            f'viewBox="{-_MARGIN:g} {-_MARGIN:g} {width:.0f} {height:.0f}" '
            f'aria-labelledby="{ident}-title" aria-describedby="{ident}-desc">',
            f'<title id="{ident}-title">{escape(title)}</title>',
            f'<desc id="{ident}-desc">{escape(in_words(procedure, current=current, names=names))}</desc>',
            f"<style>{STYLE}</style>",
            *parts,
            "</svg>",
        )
    )


def in_words(procedure: type[Procedure], *, current: str = "", names: Mapping[str, str] | None = None) -> str:
    """The same procedure as sentences, for those who do not see the picture."""
    sentences = [f"共{len(procedure.states)}个状态、{len(procedure.steps)}个步骤"]
    if current in procedure.states:
        sentences.append(f"当前状态：{procedure.states[current].zh}")
    for step in procedure.steps.values():
        sources = "、".join(state.zh for state in step.sources)
        way = f"在{sources}时登记" if step.stays else f"由{sources}到{step.move.target.zh}"
        sentences.append(f"{step.zh}：{way}，{takers(step, names or {})}办理")
    ends = "、".join(state.zh for state in procedure.states.values() if state.final)
    sentences.append(f"终态：{ends or '无'}")
    return "。".join(sentences) + "。"


def takers(step: Step, names: Mapping[str, str]) -> str:
    """Who may take a step, as shown: posts by their name, applicant, clock and public in words."""
    return "、".join(TAKERS.get(by) or names.get(by, by) for by in step.by)


def _gather(drawing: _Drawing) -> None:
    """Every box, label and bend with its rank, and the lines between them."""
    procedure = drawing.procedure
    rank, main = ranks(procedure), main_ways(procedure)
    drawing.nodes[START.name] = Node(START.name, 0, _DOT, _DOT)
    for step in procedure.steps.values():
        for source in step.sources:
            if step.target_from(source.name) == source.name:
                drawing.stays.setdefault(source.name, []).append(step)
    for name, state in procedure.states.items():
        facts = _facts(drawing.stays.get(name, ()), drawing)
        drawing.facts[name] = facts
        width = max(_width(drawing.say(state.zh), _NAME), *(_width(line, _SMALL) for line in facts), 56.0) + 2 * _PAD
        height = _NAME * _LINE + len(facts) * _SMALL * _LINE + _PAD
        drawing.nodes[name] = Node(name, 2 * rank[name], width, height)
    for step in procedure.steps.values():
        _add_arcs(drawing, step, rank, main)


def _facts(steps: Sequence[Step], drawing: _Drawing) -> list[str]:
    """The lines under a state's name; where there are many steps, without their takers."""
    if len(steps) > _MOST_WITH_TAKERS:
        return _wrapped((drawing.say(step.zh) for step in steps), "、")
    return _wrapped((f"{drawing.say(step.zh)}（{_takers(step, drawing)}）" for step in steps), "；")


def _takers(step: Step, drawing: _Drawing) -> str:
    return "、".join(drawing.say(taker) for taker in takers(step, drawing.names).split("、"))


def _add_arcs(drawing: _Drawing, step: Step, rank: Mapping[str, int], main: Set[Pair]) -> None:
    for back in (False, True):
        target = step.move.target.name
        moving = (state.name for state in step.sources if step.target_from(state.name) != state.name)
        sources = tuple(name for name in moving if (rank[name] >= rank[target]) == back)
        if not sources:
            continue
        lines = _wrapped(_takers(step, drawing).split("、"), "、")
        arc = _Arc(f"{step.name}/{'back' if back else 'on'}", step, sources, target, back, lines)
        drawing.arcs.append(arc)
        # A label stands right under the lowest source, or, going back, right over the highest one.
        here = 2 * min(rank[name] for name in sources) - 1 if back else 2 * max(rank[name] for name in sources) + 1
        width = max(_width(drawing.say(step.zh), _VERB), *(_width(line, _SMALL) for line in lines)) + 8
        drawing.nodes[arc.key] = Node(arc.key, here, width, _VERB * _LINE + len(lines) * _SMALL * _LINE + 4)
        ways = [(_joined(drawing, source, arc.key, f"{arc.key}/in"), False) for source in sources]
        ways.append((_joined(drawing, arc.key, target, f"{arc.key}/out"), True))
        drawing.paths.extend((arc, keys, ends) for keys, ends in ways)
        straight = [keys for keys, _ in ways if (keys[0], target) in main]
        if straight:
            drawing.main.update(pair for keys in (*straight, ways[-1][0]) for pair in pairwise(keys))


def _joined(drawing: _Drawing, start: str, end: str, lane: str) -> list[str]:
    """The keys from one node to another, with a bend in every rank between; lines of one lane share their bends."""
    first, last = drawing.nodes[start].rank, drawing.nodes[end].rank
    way = 1 if last > first else -1
    keys = [start]
    for rank in range(first + way, last, way):
        key = f"{lane}/{rank}"
        drawing.nodes.setdefault(key, Node(key, rank, 8, 0, is_bend=True))
        keys.append(key)
    keys.append(end)
    for one, two in pairwise(keys):
        link = (one, two) if way > 0 else (two, one)
        if link not in drawing.links:
            drawing.links.append(link)
    return keys


def _edges(drawing: _Drawing, bands: Sequence[Band]) -> Iterable[str]:
    ports = _ports(drawing)
    drawn: set[Link] = set()
    for arc, keys, ends in drawing.paths:
        kind = "edge back" if arc.back else "edge"
        for one, two in pairwise(keys):
            if (one, two) not in drawn:
                drawn.add((one, two))
                yield f'<path class="{kind}" d="{_curve(drawing, bands, ports, one, two, ends and two == keys[-1])}"/>'
        if ends:
            x, node = ports[keys[-2], keys[-1], keys[-1]], drawing.nodes[keys[-1]]
            y, away = (node.bottom, 1) if arc.back else (node.top, -1)
            half = _HEAD * 0.55
            yield f'<path class="head" d="M{x:.1f} {y:.1f}l{-half:.1f} {away * _HEAD}h{2 * half:.1f}z"/>'


def _curve(
    drawing: _Drawing,
    bands: Sequence[Band],
    ports: Mapping[tuple[str, str, str], float],
    one: str,
    two: str,
    headed: bool,
) -> str:
    """From a node to its neighbour: straight out of its rank, a bow between the ranks, straight into the other."""
    a, b = drawing.nodes[one], drawing.nodes[two]
    down = b.rank > a.rank
    x1, x2 = ports[one, two, one], ports[one, two, two]
    leave, enter = (bands[a.rank][1], bands[b.rank][0]) if down else (bands[a.rank][0], bands[b.rank][1])
    # A bend takes the whole height of its rank, so its line starts at the far edge of the rank.
    y1 = (bands[a.rank][0] if down else bands[a.rank][1]) if a.is_bend else (a.bottom if down else a.top)
    y2 = enter if b.is_bend else (b.top if down else b.bottom)
    if headed:
        y2 -= 4 if down else -4
        enter = min(enter, y2) if down else max(enter, y2)
    middle = (leave + enter) / 2
    bow = f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {enter:.1f}"
    return f"M{x1:.1f} {y1:.1f}V{leave:.1f}{bow}V{y2:.1f}"


def _ports(drawing: _Drawing) -> dict[tuple[str, str, str], float]:
    """Where a line touches each of its nodes: (from, to, node) to x. Lines at one side of a state are spread out."""
    sides: dict[tuple[str, int], dict[str, list[tuple[str, str, str]]]] = {}
    ports: dict[tuple[str, str, str], float] = {}
    for _, keys, _ in drawing.paths:
        for one, two in pairwise(keys):
            for here, there in ((one, two), (two, one)):
                ports[one, two, here] = drawing.nodes[here].x
                if here in drawing.procedure.states:
                    side = drawing.nodes[there].rank - drawing.nodes[here].rank
                    sides.setdefault((here, side), {}).setdefault(there, []).append((one, two, here))
    for (here, _), lines in sides.items():
        node = drawing.nodes[here]
        ordered = sorted(lines, key=lambda there: drawing.nodes[there].x)
        straight = [index for index, there in enumerate(ordered) if {(here, there), (there, here)} & drawing.main]
        centre = straight[0] if straight else (len(ordered) - 1) / 2
        most = max(centre, len(ordered) - 1 - centre)
        room = min(30.0, (node.width / 2 - _PAD) / most) if most else 0.0
        for index, there in enumerate(ordered):
            for port in lines[there]:
                ports[port] = node.x + (index - centre) * room
    return ports


def _labels(drawing: _Drawing) -> Iterable[str]:
    for arc in drawing.arcs:
        node = drawing.nodes[arc.key]
        at, dy = f'x="{node.x:.1f}"', f'dy="{_SMALL * _LINE:.1f}"'
        posts = "".join(f'<tspan class="post" {at} {dy}>{escape(line)}</tspan>' for line in arc.lines)
        word = escape(drawing.say(arc.step.zh))
        yield f'<text class="label" {at} y="{node.top + 2 + _VERB:.1f}">{word}{posts}</text>'


def _states(drawing: _Drawing, current: str) -> Iterable[str]:
    start = drawing.nodes[START.name]
    yield f'<circle class="start" cx="{start.x:.1f}" cy="{start.y:.1f}" r="{_DOT / 2:g}"/>'
    for name, state in drawing.procedure.states.items():
        word = drawing.say(state.zh)
        yield _state(state, word, drawing.nodes[name], drawing.facts[name], name == current)


def _state(state: State, word: str, node: Node, facts: Sequence[str], is_current: bool) -> str:
    kinds = ["state", *(["final"] if state.final else []), *(["current"] if is_current else [])]
    parts = [_box(node, 0)]
    if state.final:
        parts.append(_box(node, _RULE))
    y = node.top + _PAD / 2 + _NAME * 1.05
    parts.append(f'<text x="{node.x:.1f}" y="{y:.1f}">{escape(word)}</text>')
    for line in facts:
        y += _SMALL * _LINE
        parts.append(f'<text class="fact" x="{node.x:.1f}" y="{y:.1f}">{escape(line)}</text>')
    return f"<g class={quoteattr(' '.join(kinds))}>{''.join(parts)}</g>"


def _box(node: Node, inset: float) -> str:
    return (
        f'<rect x="{node.left + inset:.1f}" y="{node.top + inset:.1f}" '
        f'width="{node.width - 2 * inset:.1f}" height="{node.height - 2 * inset:.1f}" rx="{5 - inset:g}"/>'
    )


def _wrapped(words: Iterable[str], mark: str) -> list[str]:
    """Words joined by a mark, in lines of about `_WIDEST`; a word is never cut."""
    lines: list[str] = []
    for word in words:
        if lines and _width(lines[-1] + mark + word, _SMALL) <= _WIDEST:
            lines[-1] += mark + word
        else:
            lines.append(word)
    return lines


def _width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is a square, a letter a little more than half of one."""
    return size * sum(1.0 if east_asian_width(char) in "WFA" else 0.62 for char in text)
