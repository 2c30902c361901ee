"""Where in a text the provisions of a register stand, so that our wording and the published one stand side by side."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from xianzhi.law.place import OUTLINE
from xianzhi.law.register import Provision

NEXT = 0.15
"""What it counts that a sentence stands where the register says, beside how alike the wordings are (0 to 1)."""
_OUTSIDE = frozenset({"issuer", "title", "number"})
_HEADINGS = frozenset({"chapter", "section", "heading"})
Clauses = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """text[start:end] of a clause is where a provision stands."""

    provision: str
    clause: int
    start: int
    end: int


def locate(provisions: Iterable[Provision], clauses: Clauses) -> Iterator[Found]:
    """For each provision whose place the text has, the sentence there that is most like its wording."""
    paths = _paths(clauses)
    for provision in provisions:
        levels = dict(provision.place.levels)
        candidates = list(_candidates(levels, clauses, paths))
        if not candidates:
            continue
        wanted = levels.get("s")
        ours = _pairs(provision.zh)
        best = max(
            range(len(candidates)),
            key=lambda at: _alike(ours, _words(clauses, candidates[at])) + (NEXT if at + 1 == wanted else 0),
        )
        clause, start, end = candidates[best]
        yield Found(provision.id, clause, start, end)


def span_of(runs: list[list[int]], start: int, end: int) -> tuple[int, int]:
    """The stretch of the source in which text[start:end] of a clause stands."""
    at = [place for fro, to in runs for place in range(fro, to)]
    return at[start], at[end - 1] + 1


class Stretches:
    """Stretches of a source with a name each; which one a place belongs to."""

    def __init__(self, stretches: Iterable[tuple[int, int, str]]) -> None:
        self._stretches = list(stretches)

    def at(self, start: int, end: int) -> str:
        """The name of the stretch that overlaps most with [start, end); of several the shortest; empty for none."""
        found = [(min(end, to) - max(start, fro), fro - to, name) for fro, to, name in self._stretches]
        overlap, _size, name = max(found, default=(0, 0, ""))
        return name if overlap > 0 else ""


def actors(register: Mapping[str, Provision], clauses: Clauses) -> Callable[[int, int], tuple[str, ...]]:
    """Who acts in a stretch of the source, by the provision of the register that stands there."""
    found = locate(register.values(), clauses)
    at = Stretches((*span_of(clauses[one.clause]["runs"], one.start, one.end), one.provision) for one in found)

    def who(start: int, end: int) -> tuple[str, ...]:
        name = at.at(start, end)
        return register[name].who if name else ()

    return who


def nobody(start: int, end: int) -> tuple[str, ...]:
    """For a document without a register."""
    return ()


def _paths(clauses: Clauses) -> list[tuple[Any, ...]]:
    """For each clause (article, numbers of its headings and items), both as far as it has any."""
    by_eid = {one["eid"]: at for at, one in enumerate(clauses)}
    paths: list[tuple[Any, ...]] = []
    for one in clauses:
        above = by_eid.get(one["above"])
        article, numbers = paths[above] if above is not None else (None, ())
        if one["role"] == "article":
            article, numbers = one["number"], ()
        elif one["level"]:
            numbers = (*numbers, one["number"])
        paths.append((article, numbers))
    return paths


def _candidates(
    levels: Mapping[str, Any], clauses: Clauses, paths: list[tuple[Any, ...]]
) -> Iterator[tuple[int, int, int]]:
    """(clause, start, end) of the sentences that may be meant, in order: those at the place; for the preamble, and for
    a part that the text does not number (its end notes), those outside all numbered parts."""
    numbers = tuple(levels[level] for level in OUTLINE if levels.get(level))
    article = levels.get("article")
    at: list[int] = []
    if article or numbers:
        at = [n for n, path in enumerate(paths) if path == (article, numbers) or _below(path, article, numbers, levels)]
        at = [n for n in at if clauses[n]["role"] not in _HEADINGS]
    paragraph = levels.get("p")
    if article and not numbers and isinstance(paragraph, int) and 0 < paragraph <= len(at):
        at = [at[paragraph - 1]]
    if not at:
        at = [n for n, one in enumerate(clauses) if paths[n] == (None, ()) and one["role"] not in _OUTSIDE]
    for n in at:
        for start, end in clauses[n]["sentences"]:
            yield n, start, end


def _below(path: tuple[Any, ...], article: Any, numbers: tuple[int, ...], levels: Mapping[str, Any]) -> bool:
    """Whether a clause stands under a place that a register only names down to the paragraph: the report's."""
    return article is None and "line" in levels and path[0] is None and path[1][: len(numbers)] == numbers


def _words(clauses: Clauses, candidate: tuple[int, int, int]) -> set[str]:
    clause, start, end = candidate
    return _pairs(clauses[clause]["text"][start:end])


def _pairs(text: str) -> set[str]:
    plain = "".join(sign for sign in text if sign.isalnum())
    return {plain[at : at + 2] for at in range(len(plain) - 1)}


def _alike(ours: set[str], theirs: set[str]) -> float:
    """How much of our wording is in theirs: 1 when every pair of neighbouring characters is."""
    return len(ours & theirs) / (len(ours) or 1)
