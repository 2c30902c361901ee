"""The paragraphs of a document as they are stored: with their place in the outline and, by character, in the source."""

from typing import Any

from xianzhi.apps.gazette.reader.identity import eids
from xianzhi.apps.gazette.reader.labels import parts_of
from xianzhi.apps.gazette.reader.model import Block, Document, Role


def clauses_of(document: Document) -> list[dict[str, Any]]:
    """Every block of a document in order; `runs` are the stretches [from, to) of the source that its text fills."""
    named = eids(document.blocks)
    by_block = {id(block): eid for block, eid in zip(document.blocks, named, strict=True)}
    return [_clause(block, eid, by_block) for block, eid in zip(document.blocks, named, strict=True)]


def _clause(block: Block, eid: str, by_block: dict[int, str]) -> dict[str, Any]:
    return {
        "eid": eid,
        "above": by_block.get(id(block.above[-1]), "") if block.above else "",
        "role": str(block.role),
        "part": str(block.part),
        "level": block.level,
        "number": block.number,
        "marker": block.marker,
        "heading": block.run_in,
        "text": block.text,
        "runs": runs_of(block.paragraph.at),
        "sentences": [list(part) for part in parts_of(block)] if block.role is not Role.TITLE else [],
    }


def runs_of(at: tuple[int, ...]) -> list[list[int]]:
    """Neighbouring places of the source as stretches [from, to)."""
    runs: list[list[int]] = []
    for place in at:
        if runs and runs[-1][1] == place:
            runs[-1][1] = place + 1
        else:
            runs.append([place, place + 1])
    return runs
