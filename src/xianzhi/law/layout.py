"""Where to draw the parts of a procedure: in ranks, so that no line crosses a box and no two boxes touch.

Every line runs only from one rank to the next; a longer one passes the ranks between through bends, which take up room
like boxes do. So whatever is drawn in a rank stays clear of what is drawn between ranks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from xianzhi.law.procedure import START, Procedure

SWEEPS_OF_ORDER = 12
SWEEPS_OF_PLACE = 200
STRAIGHT = 8.0
"""How much more a bend is pulled to its neighbours than a box, so that long lines run straight."""


@dataclass(slots=True)
class Node:
    """A box, a label or a bend of a line. x and y are its middle, set by `arrange`."""

    key: str
    rank: int
    width: float
    height: float
    is_bend: bool = False
    x: float = 0
    y: float = 0

    @property
    def top(self) -> float:
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height / 2

    @property
    def left(self) -> float:
        return self.x - self.width / 2


Pair = tuple[str, str]
"""Names of two states, from and to."""
Link = tuple[str, str]
"""Keys of two nodes in neighbouring ranks, the upper first."""


def pairs(procedure: type[Procedure]) -> list[Pair]:
    """(from, to) of every way between two different states, in the order of declaration."""
    found = [
        (source.name, step.target_from(source.name))
        for step in procedure.steps.values()
        for source in step.sources
        if step.target_from(source.name) != source.name
    ]
    return list(dict.fromkeys(found))


def ways_back(procedure: type[Procedure]) -> frozenset[Pair]:
    """The pairs that lead back; without them the procedure has no circle.

    States are mostly declared in the order in which a case passes them; where they are not, the ways from the start
    tell better. Whichever leaves fewer ways back is taken.
    """
    order = [START.name, *procedure.states]
    against = {pair for pair in pairs(procedure) if order.index(pair[0]) > order.index(pair[1])}
    walked = _walked_back(procedure)
    return frozenset(against if len(against) <= len(walked) else walked)


def _walked_back(procedure: type[Procedure]) -> set[Pair]:
    """The pairs that, walking from the start, lead to a state that the walk has come through."""
    ways: dict[str, list[str]] = {}
    for source, target in pairs(procedure):
        ways.setdefault(source, []).append(target)
    back: set[Pair] = set()
    path: set[str] = set()
    seen: set[str] = set()

    def walk(state: str) -> None:
        path.add(state)
        seen.add(state)
        for target in ways.get(state, ()):
            if target in path:
                back.add((state, target))
            elif target not in seen:
                walk(target)
        path.remove(state)

    walk(START.name)
    return back


def ranks(procedure: type[Procedure]) -> dict[str, int]:
    """How many steps a state lies from the start on the longest way without going back. START is 0."""
    back = ways_back(procedure)
    before: dict[str, list[str]] = {}
    for source, target in pairs(procedure):
        if (source, target) not in back:
            before.setdefault(target, []).append(source)
    found: dict[str, int] = {}

    def rank(state: str) -> int:
        if state not in found:
            found[state] = max((rank(source) + 1 for source in before.get(state, ())), default=0)
        return found[state]

    return {name: rank(name) for name in (START.name, *procedure.states)}


Band = tuple[float, float]
"""Top and bottom of a rank."""


def main_ways(procedure: type[Procedure]) -> frozenset[Pair]:
    """From every state the pair on the longest way to an end, which mostly is the ordinary course of a case."""
    back = ways_back(procedure)
    onward: dict[str, list[str]] = {}
    for source, target in pairs(procedure):
        if (source, target) not in back:
            onward.setdefault(source, []).append(target)

    @cache
    def length(state: str) -> int:
        return max((length(target) + 1 for target in onward.get(state, ())), default=0)

    return frozenset((source, max(targets, key=length)) for source, targets in onward.items())


def arrange(
    nodes: Mapping[str, Node], links: Sequence[Link], *, main: Set[Link] = frozenset(), between: float, below: float
) -> list[Band]:
    """Sets x and y of every node. `between`: room left and right of a box; `below`: room under a rank.

    `main` names the lines that should run straight before all others.

    Returns the top and bottom of every rank.
    """
    rows: list[list[str]] = [[] for _ in range(max(node.rank for node in nodes.values()) + 1)]
    for node in nodes.values():
        rows[node.rank].append(node.key)
    rows = _ordered(rows, links)
    _place_across(rows, nodes, links, main, between)
    bands = []
    top = 0.0
    for row in rows:
        height = max((nodes[key].height for key in row), default=0)
        for key in row:
            nodes[key].y = top + height / 2
        bands.append((top, top + height))
        top += height + below
    leftmost = min(node.left for node in nodes.values())
    for node in nodes.values():
        node.x -= leftmost
    return bands


def _ordered(rows: list[list[str]], links: Sequence[Link]) -> list[list[str]]:
    """The rows, each in the order that lets few lines cross: nodes follow the middle of their neighbours."""
    up, down = _neighbours(links)
    best, fewest = [list(row) for row in rows], crossings(rows, links)
    for sweep in range(SWEEPS_OF_ORDER):
        near = up if sweep % 2 == 0 else down
        place = {key: index for row in rows for index, key in enumerate(row)}
        for row in rows if sweep % 2 == 0 else reversed(rows):
            row.sort(key=lambda key: _middle([place[other] for other in near.get(key, ())], place[key]))
            place |= {key: index for index, key in enumerate(row)}
        _swap_neighbours(rows, links)
        found = crossings(rows, links)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    return best


def _swap_neighbours(rows: list[list[str]], links: Sequence[Link]) -> None:
    """Exchanges two that stand side by side wherever fewer lines then cross."""
    for row in rows:
        mine = set(row)
        near = [link for link in links if mine & set(link)]
        fewest = crossings(rows, near)
        for index in range(len(row) - 1):
            row[index : index + 2] = reversed(row[index : index + 2])
            found = crossings(rows, near)
            if found < fewest:
                fewest = found
            else:
                row[index : index + 2] = reversed(row[index : index + 2])


def crossings(rows: Sequence[Sequence[str]], links: Sequence[Link]) -> int:
    """How many pairs of lines cross when the rows are drawn in this order."""
    place = {key: (rank, index) for rank, row in enumerate(rows) for index, key in enumerate(row)}
    by_rank: dict[int, list[tuple[int, int]]] = {}
    for upper, lower in links:
        by_rank.setdefault(place[upper][0], []).append((place[upper][1], place[lower][1]))
    return sum(
        (one[0] - other[0]) * (one[1] - other[1]) < 0
        for ends in by_rank.values()
        for index, one in enumerate(ends)
        for other in ends[:index]
    )


def _place_across(
    rows: list[list[str]], nodes: Mapping[str, Node], links: Sequence[Link], main: Set[Link], between: float
) -> None:
    """Draws linked nodes to one x, as far as the boxes of a rank leave room."""
    up, down = _neighbours(links)
    for row in rows:
        x = 0.0
        for key in row:
            nodes[key].x = x + nodes[key].width / 2
            x += nodes[key].width + between
    for sweep in range(SWEEPS_OF_PLACE):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wishes, weights = [], []
            for key in row:
                near = [(other, key) for other in up.get(key, ())] + [(key, other) for other in down.get(key, ())]
                ends = ((nodes[two if one == key else one], (one, two) in main) for one, two in near)
                pulls = [(other.x, _pull(nodes[key], other, is_main)) for other, is_main in ends]
                weight = sum(pull for _, pull in pulls)
                wishes.append(sum(x * pull for x, pull in pulls) / weight if weight else nodes[key].x)
                weights.append(weight or 1)
            steps = [(nodes[one].width + nodes[two].width) / 2 + between for one, two in pairwise(row)]
            for key, x in zip(row, settle(wishes, weights, steps), strict=True):
                nodes[key].x = x


def _pull(one: Node, other: Node, is_main: bool) -> float:
    if is_main:
        return 2 * STRAIGHT
    return STRAIGHT if one.is_bend and other.is_bend else 1.0


def settle(wishes: Sequence[float], weights: Sequence[float], steps: Sequence[float]) -> list[float]:
    """Places in order, at least `steps` apart, as near to the wishes as can be (weighted least squares).

    Neighbours that want to be closer than allowed are joined to a block, which stands at its members' mean.
    """
    offsets = [0.0]
    for step in steps:
        offsets.append(offsets[-1] + step)
    blocks: list[tuple[float, float, int]] = []  # weight, mean, members
    for wish, weight, offset in zip(wishes, weights, offsets, strict=True):
        block = (weight, wish - offset, 1)
        while blocks and blocks[-1][1] > block[1]:
            last = blocks.pop()
            total = last[0] + block[0]
            block = (total, (last[0] * last[1] + block[0] * block[1]) / total, last[2] + block[2])
        blocks.append(block)
    means = [mean for _, mean, members in blocks for _ in range(members)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _neighbours(links: Iterable[Link]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    up: dict[str, list[str]] = {}
    down: dict[str, list[str]] = {}
    for upper, lower in links:
        up.setdefault(lower, []).append(upper)
        down.setdefault(upper, []).append(lower)
    return up, down


def _middle(places: list[int], otherwise: int) -> float:
    return sum(places) / len(places) if places else otherwise
