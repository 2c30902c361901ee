"""Matches the single acts that the reader finds in the county's gazette with the register of its obligations.

    .venv/bin/python bench/gazette_acts.py [SHARED] [--all]

SHARED holds gazette/jiangxian-2024-1.txt, spec/obligations.md and spec/provisions/*.yaml (default: ../shared).

The register is worded in other words than the text. A row and an act can be the same only where both stand in the same
place of the structure (article, or part / section / item / step; in the report: the paragraph of the row's line); which
of them are is settled by the words and figures they share, the units, the line and the date, as the best assignment of
one act to one row.

Printed are strict figures (one act, one row) and those of the specification, for which a merge or a split of one act
is no error as long as the act is covered: an act may cover one row beside its own, a row may have one act beside its
own. Misses and extras follow; --all prints the pairs too, to be checked by eye.
"""

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from xianzhi.apps.gazette.reader import read
from xianzhi.apps.gazette.reader.model import Block, Document, Role, Source

REGISTERS = {
    "sand": "river_sand", "waste": "waste_fee", "heritage": "heritage", "enforce": "enforcement",
    "power": "power_access", "points": "service_points",
}  # fmt: skip
NUMBERS = {
    "sand": "绛规备字〔2024〕1号", "waste": "绛规备字〔2024〕2号", "heritage": "绛政发〔2024〕2号",
    "enforce": "绛政办发〔2024〕3号", "power": "绛政办发〔2024〕4号", "points": "绛政办发〔2024〕6号", "wr": None,
}  # fmt: skip
LEVELS = (("section", "part"), ("item", "section"), ("task", "item"), ("step",))
ALIKE = 0.22
"""Below this an act and a row of the same place are not the same."""
WORDS = 0.15
"""So much of that must come from words and figures."""
ROW = re.compile(
    r"^\| ((?:sand|waste|heritage|enforce|power|points)-[\w-]+) \| ([^|]*) \| ([^|]*) \| ([^|]*) \|$", re.M
)


@dataclass(slots=True)
class Row:
    """An obligation of the register; place: the numbers of its place, outermost first, None where it says none."""

    id: str
    words: str
    units: str
    due: str
    article: int | None = None
    place: tuple[int | None, ...] = ()
    offset: int | None = None
    near: list[int] = field(default_factory=list)


def rows_of(shared: Path, text: str) -> dict[str, list[Row]]:
    """The rows of all documents, by the first word of their ids."""
    found: dict[str, list[Row]] = {name: [] for name in NUMBERS}
    register: dict[str, Any] = {}
    for name in REGISTERS.values():
        entries = yaml.safe_load((shared / "spec/provisions" / f"{name}.yaml").read_text("utf-8"))
        register |= {one["id"]: one for one in entries}
    for name, units, due, _ in ROW.findall((shared / "spec/obligations.md").read_text("utf-8")):
        entry = register.get(name) or register[name[:-1]]
        prefix = name.split("-")[0]
        found[prefix].append(_row(name, entry, units, due, prefix))
    offsets = [0]
    for line in text.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    for entry in yaml.safe_load((shared / "spec/provisions/work_report.yaml").read_text("utf-8")):
        if entry["type"] != "principle":
            date = str(entry["due"]) + (" I" if entry["due_basis"] == "implied" else "")
            found["wr"].append(Row(entry["id"], entry["zh"], "", date, offset=offsets[entry["at"]["line"] - 1]))
    return found


def _row(name: str, entry: dict[str, Any], units: str, due: str, prefix: str) -> Row:
    at = entry["at"]
    if prefix == "sand":
        return Row(name, entry["zh"], units, due, article=at["article"])
    outer = at.get("part", at.get("section")) if prefix in ("waste", "power") else at.get("section")
    inner = at.get("section") if prefix in ("waste", "power") else at.get("item")
    deep = at.get("item") if prefix == "power" else at.get("task")
    return Row(name, entry["zh"], units, due, place=(outer, inner or None, deep, at.get("step")))


def place_of(block: Block) -> tuple[int | None, tuple[int | None, ...]]:
    """The article and the numbers of the four levels at which a block stands."""
    line = [*block.above, block]
    article = next((one.number for one in line if one.role is Role.ARTICLE), None)
    numbers = {one.level: one.number for one in line if one.level}
    return article, tuple(numbers.get(level) for level in (1, 2, 3, 4))


def same_place(row: Row, document: Document, act: dict[str, Any]) -> bool:
    block = document.blocks[act["block"]]
    if row.offset is not None:
        low, high = block.span()
        return low <= row.offset + 40 and row.offset <= high
    article, place = place_of(block)
    if row.article is not None:
        return article == row.article
    if row.id == "enforce-4-1":
        return block is [one for one in document.body() if one.role is Role.BODY][-1]
    return all(want is None or want == have for want, have in zip(row.place, place, strict=True))


def alike(row: Row, act: dict[str, Any]) -> float:
    """How much of the words of the row stand in the act, of 1; the line and the date add a little."""
    words = re.sub(r"20\d\d年(?:\d{1,2}月)?(?:底|中旬)?前?|[^\w%]", "", row.words)
    other = re.sub(r"[^\w%]", "", act["act"])
    pairs = {words[at : at + 2] for at in range(len(words) - 1)}
    shared = sum(pair in other for pair in pairs) / max(len(pairs), 1)
    if row.id[-1].isalpha():  # one entry of the register worded for several acts
        own = {other[at : at + 2] for at in range(len(other) - 1)}
        shared = sum(pair in words for pair in own) / max(len(own), 1)
    signs = sum(sign in other for sign in set(words)) / max(len(set(words)), 1)
    figures = set(re.findall(r"\d+(?:\.\d+)?", row.words)) - {"2024", "2025"}
    score = 0.55 * shared + 0.3 * signs
    if figures and not row.id[-1].isalpha():
        score += 0.25 if figures <= set(re.findall(r"\d+(?:\.\d+)?", act["act"])) else -0.1
    if score < WORDS:
        return 0.0
    if row.offset is not None:
        low, high = act["span"]
        away = max(low - (row.offset + 60), row.offset - high, 0)
        score += 0.15 - min(away, 300) / 1000
    date = row.due[:10]
    if re.match(r"\d{4}-\d\d-\d\d$", date) and date in (act["due"], act["due_implied"]):
        score += 0.03
    if any(_same_unit(unit, row.units) for unit in act["units"]):
        score += 0.15
    return score


def _same_unit(unit: str, units: str) -> bool:
    bare = re.sub(r"^(?:绛县|[我本]?县|各)|[（(].*?[）)]|人民政府$|行政部门$", "", unit)
    return len(bare) >= 2 and bare in re.sub(r"[（(].*?[）)]", "", units)


def assignment(scores: list[list[float]]) -> list[tuple[int, int]]:
    """The pairs (row, act) of the greatest sum, none below ALIKE (Kuhn and Munkres, with potentials)."""
    height, width = len(scores), len(scores[0]) if scores else 0
    size = height + width
    cost = [
        [-max(scores[r][c] - ALIKE, 0.0) if r < height and c < width else 0.0 for c in range(size)]
        for r in range(height)
    ]
    ups, downs, owner = [0.0] * (height + 1), [0.0] * (size + 1), [0] * (size + 1)
    for row in range(1, height + 1):
        owner[0], column = row, 0
        least, back, used = [float("inf")] * (size + 1), [0] * (size + 1), [False] * (size + 1)
        while True:
            used[column] = True
            at, delta, after = owner[column], float("inf"), 0
            for other in range(1, size + 1):
                if not used[other]:
                    reduced = cost[at - 1][other - 1] - ups[at] - downs[other]
                    if reduced < least[other]:
                        least[other], back[other] = reduced, column
                    if least[other] < delta:
                        delta, after = least[other], other
            for other in range(size + 1):
                if used[other]:
                    ups[owner[other]] += delta
                    downs[other] -= delta
                else:
                    least[other] -= delta
            column = after
            if owner[column] == 0:
                break
        while column:
            owner[column] = owner[back[column]]
            column = back[column]
    pairs = [(owner[c] - 1, c - 1) for c in range(1, width + 1) if owner[c]]
    return [(row, act) for row, act in pairs if scores[row][act] > ALIKE]


@dataclass(slots=True)
class Result:
    name: str
    rows: list[Row]
    acts: list[dict[str, Any]]
    pairs: list[tuple[int, int]]
    merged: dict[int, int]
    split: dict[int, int]

    def figures(self) -> tuple[int, int, int, int, int]:
        return len(self.rows), len(self.acts), len(self.pairs), len(self.merged), len(self.split)


def match(name: str, rows: list[Row], document: Document) -> Result:
    acts = document.acts
    scores = [
        [alike(row, act) if same_place(row, document, act) else 0.0 for act in acts] for row in rows
    ]  # fmt: skip
    pairs = assignment(scores)
    rows_taken, acts_taken = {row for row, _ in pairs}, {act for _, act in pairs}
    merged: dict[int, int] = {}
    for row in sorted(set(range(len(rows))) - rows_taken):
        best = max(range(len(acts)), key=lambda act: scores[row][act], default=None)
        if best is not None and scores[row][best] > ALIKE and best in acts_taken and best not in merged.values():
            merged[row] = best
    split: dict[int, int] = {}
    for act in sorted(set(range(len(acts))) - acts_taken):
        best = max(range(len(rows)), key=lambda row: scores[row][act], default=None)
        if best is not None and scores[best][act] > ALIKE and best in rows_taken and best not in split.values():
            split[act] = best
    return Result(name, rows, acts, pairs, merged, split)


def dates_right(results: list[Result]) -> Iterator[tuple[str, int, int]]:
    """Of the pairs: those whose stated and whose implied date is that of the register."""
    for kind, key in (("stated", "due"), ("implied", "due_implied")):
        right = total = 0
        for result in results:
            for row, act in result.pairs:
                date, implied = result.rows[row].due, re.search(r"\bI\b", result.rows[row].due)
                if re.match(r"\d{4}-\d\d-\d\d", date) and bool(implied) == (kind == "implied"):
                    total += 1
                    right += result.acts[act][key] == date[:10]
        yield kind, right, total


def units_right(results: list[Result]) -> tuple[int, int]:
    """Of the pairs whose row names units (no 拟): those whose act names or proposes one of them, aliases unresolved."""
    named = [
        (result.rows[row].units, result.acts[act]["units"] + result.acts[act]["units_proposed"])
        for result in results for row, act in result.pairs
        if result.rows[row].units and "拟" not in result.rows[row].units and "未指明" not in result.rows[row].units
    ]  # fmt: skip
    return sum(any(_same_unit(unit, units) for unit in found) for units, found in named), len(named)


def main() -> int:
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    shared = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2] / "shared"
    text = (shared / "gazette/jiangxian-2024-1.txt").read_text("utf-8")
    documents = {document.header.doc_number: document for document in read(Source(text))}
    results = [match(name, rows, documents[NUMBERS[name]]) for name, rows in rows_of(shared, text).items()]
    print("document    rows  acts  pairs  merged  split   recall  precision   with merges and splits")
    for result in results:
        _print_line(result.name, result.figures())
    total = tuple(map(sum, zip(*(result.figures() for result in results), strict=True)))
    _print_line("all", total)  # type: ignore[arg-type]
    for kind, right, count in dates_right(results):
        print(f"dates {kind}: {right} of {count}")
    print("units named: {} of {}".format(*units_right(results)))
    for result in results:
        _print_detail(result, everything="--all" in sys.argv)
    rows, acts, pairs, merged, split = total
    return 0 if (pairs + merged) / rows >= 0.95 and (pairs + split) / acts >= 0.90 else 1


def _print_line(name: str, figures: tuple[int, int, int, int, int]) -> None:
    rows, acts, pairs, merged, split = figures
    print(
        f"{name:10}{rows:6}{acts:6}{pairs:7}{merged:8}{split:7}{pairs / rows:9.3f}{pairs / max(acts, 1):11.3f}"
        f"   {(pairs + merged) / rows:.3f} {(pairs + split) / max(acts, 1):.3f}"
    )


def _print_detail(result: Result, *, everything: bool) -> None:
    paired = dict(result.pairs)
    acts_taken = set(paired.values())
    print(f"\n== {result.name}")
    for number, row in enumerate(result.rows):
        if number in paired:
            if everything:
                print(f"   = {row.id:18} {row.words[:34]}  |  {result.acts[paired[number]]['act'][:50]}")
        elif number in result.merged:
            print(f"   ~ {row.id:18} {row.words[:34]}  |  merged in: {result.acts[result.merged[number]]['act'][:50]}")
        else:
            print(f"   - {row.id:18} {row.words[:60]}")
    for number, act in enumerate(result.acts):
        if number not in acts_taken:
            mark = f"~ split of {result.rows[result.split[number]].id}" if number in result.split else "+"
            print(f"   {mark} {act['act'][:70]}")


if __name__ == "__main__":
    sys.exit(main())
