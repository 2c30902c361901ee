"""Names that last: an id for each paragraph of a document, and the addresses of the document itself (G-15).

Ids follow the naming convention of Akoma Ntoso 1.0: chp_3__art_11__list_1__point_4 is item 4 of article 11 in chapter
3, sec_3__para_2__subpara_2__point_6 is 三（二）2（6）. What a notice hands down is counted by itself; the notice around
it stands under `cover`.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from xianzhi.apps.gazette.reader.model import Block, Part, Role

_BY_ROLE = {Role.CHAPTER: "chp", Role.SECTION: "sec", Role.ARTICLE: "art"}
_BY_LEVEL = {1: "sec", 2: "para", 3: "subpara", 4: "point"}
_HEADS = {
    Role.ISSUER: "issuer", Role.TITLE: "title", Role.NUMBER: "number", Role.ADDRESSEES: "to",
    Role.SIGNATURE: "signature", Role.PUBLICITY: "publicity", Role.ANNEX: "annex",
}  # fmt: skip


def eids(blocks: Sequence[Block]) -> list[str]:
    """An id for each block of a document, each once: the same blocks give the same ids."""
    handed_down = any(block.part is Part.ATTACHED for block in blocks)
    by_block: dict[int, str] = {}
    taken: Counter[str] = Counter()
    counted: Counter[str] = Counter()
    for block in blocks:
        wanted = _wanted(block, by_block, counted, cover=handed_down and block.part is Part.NOTICE)
        taken[wanted] += 1
        by_block[id(block)] = wanted if taken[wanted] == 1 else f"{wanted}-{taken[wanted]}"
    return [by_block[id(block)] for block in blocks]


def _wanted(block: Block, by_block: dict[int, str], counted: Counter[str], *, cover: bool) -> str:
    """The id of a block by its place; `counted` holds how many unnumbered ones stand under each place."""
    above = by_block[id(block.above[-1])] if block.above else "cover" if cover else ""
    if block.role in _HEADS:
        return _below("cover" if cover else "", _counting(_HEADS[block.role], counted, cover=cover))
    if block.role in _BY_ROLE:
        return _below(above, f"{_BY_ROLE[block.role]}_{block.number}")
    under_article = bool(block.above) and block.above[-1].role is Role.ARTICLE
    if block.level and under_article:
        return _below(above, f"list_1__point_{block.number}")
    if block.level:
        return _below(above, f"{_BY_LEVEL[block.level]}_{block.number}")
    counted[f"{above}/p"] += 1
    number = counted[f"{above}/p"]
    # The article itself is its first paragraph.
    return _below(above, f"para_{number + 1}" if under_article else f"p_{number}")


def _counting(name: str, counted: Counter[str], *, cover: bool) -> str:
    key = f"{'cover' if cover else ''}/{name}"
    counted[key] += 1
    return name if counted[key] == 1 else f"{name}_{counted[key]}"


def _below(above: str, name: str) -> str:
    return f"{above}__{name}" if above else name


@dataclass(frozen=True, slots=True)
class Identity:
    """What the addresses of a document are made of.

    place: cn or cn-sx; kind: notice, measures, plan, report …; issuer, number: as they stand in an address, without
    spaces or strokes; printed: the number as printed; edition: the day of the text.
    """

    place: str
    kind: str
    issuer: str
    dated: date
    number: str
    printed: str
    edition: date
    language: str = "zho"

    @property
    def work(self) -> str:
        """/akn/cn-sx/doc/notice/county-office-140826/2024-02-28/guibeizi-2024-1"""
        return f"/akn/{self.place}/doc/{self.kind}/{self.issuer}/{self.dated.isoformat()}/{self.number}"

    @property
    def expression(self) -> str:
        return f"{self.work}/{self.language}@{self.edition.isoformat()}"

    @property
    def manifestation(self) -> str:
        return f"{self.expression}.xml"
