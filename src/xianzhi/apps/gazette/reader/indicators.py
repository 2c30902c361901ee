"""Reads the blocks of a document, writes its indicators: statistical quantities with a figure or a stated reference,
what was reached and what is aimed at (rule G-9).

A sentence is read clause by clause. A clause names a quantity and gives a figure for it, or gives one more figure for
the quantity named last: …完成87亿元，增长4.6%.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from xianzhi.apps.gazette.reader.figures import Figure, figures_in
from xianzhi.apps.gazette.reader.model import Block, Document, Role
from xianzhi.apps.gazette.reader.quantities import canonical, is_quantity, name_in, parted

_GOAL = re.compile(
    r"(?:预期|主要|发展|工作|总体|奋斗|年度)?(?:预期)?目标(?:任务)?(?:确定|定|安排)?(?:是|为|：)|目标(?:任务)?(?:是|为)?[：:]"
)
_PAST = re.compile(r"回顾|总结|成效|情况|成绩|过去")
_CLAUSE = re.compile(r"[，、；（）：(),;:]|(?<!\d)[,，](?!\d{3})")
_GROWS = re.compile(r"(?:增长|新增|增加|提高|提升|上升|上涨|扩大|攀升|递增|增|涨)(?:了|约)?$")
_FALLS = re.compile(r"(?:下降|降低|减少|回落|下跌|下滑|收窄|负增长|降|减)(?:了|约)?$")
_TO = re.compile(r"(?:到|至|为|达)$")
_SAME = ("总量", "增速", "增幅", "增长速度", "增长率", "规模", "增量")
"""Words that speak of the quantity named before them."""
_QUALIFIER = re.compile(
    r"(?:扣除|剔除)[^，。；）]{2,24}?因素(?:影响)?(?:后|，)?|(?:按)?(?:同口径|可比口径|可比价格?)(?:计算)?"
)
_EVEN = re.compile(r"(?:与|同|和)(?:上年|去年|上年同期|往年)(?:基本)?持平|(?:保持)?正增长|由负转正")
_REFERENCE = re.compile(
    r"(?:(?:与|和|同)(?P<with>经济(?:发展|增长)|地区生产总值(?:增长|增速)?|GDP(?:增长|增速)?|居民收入|物价)(?:增长|增速)?(?:保持)?(?P<about>基本)?同步"
    r"|(?P<how>高于|快于|略高于|不低于|跑赢|超过|低于)(?P<than>经济(?:发展|增长)|地区生产总值|GDP|全国平均|全省平均|全市平均|全国|全省|全市|城镇居民|全区)(?:增长|增速|平均|水平)*)"
)
_HOW = {
    "高于": "above",
    "快于": "above",
    "略高于": "above",
    "跑赢": "above",
    "超过": "above",
    "不低于": "at_least",
    "低于": "at_most",
}
_RANK = re.compile(
    r"(?:(?:位居|位列|居|列|排名|排在|排|位于|名列|跃居|升至)(?:[\u4e00-\u9fff]{1,8}?)?|(?:全国|全省|全市|全区|全盟|全州|同类[\u4e00-\u9fff]{0,6}))"
    r"第(?P<value>\d{1,3}|[一二三四五六七八九十]{1,3})(?:位|名)?"
)
_FIRST_FEW = re.compile(
    r"(?:位居|位列|居|列|排名|排在|排|位于|名列|跃居)[\u4e00-\u9fff]{0,8}?前(?P<value>\d{1,3}|[一二三四五六七八九十]{1,3})(?:位|名|列)?$"
)
_AGAINST = re.compile(
    r"^(?:分别)?(?:高于|低于|快于|高出|超出|比).{2,16}(?:平均|水平|全国|全省|全市|目标|计划|增速|年初)"
)
_AIMED = re.compile(r"力争|争取|确保|奋力")
_HAN = {char: number for number, char in enumerate("一二三四五六七八九十", start=1)}


@dataclass(slots=True)
class _State:
    """What is known in the sentence in hand: the names that figures go to, since which place in it, names that wait
    for 分别, and what governs. The words of an indicator run from its name to its figure."""

    names: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    respective: bool = False
    taken: int = 0
    since: int = 0
    kind: str = ""
    group: int = 0
    direction: str | None = None
    estimated: bool = False
    goal: bool = False


def find(document: Document) -> list[dict[str, Any]]:
    """The indicators of a document in the order in which they stand."""
    if document.header.doc_type not in ("work_report", "plan", "opinion"):
        return []
    found: list[dict[str, Any]] = []
    for block in document.blocks:
        if block.role in (Role.BODY, Role.ITEM) and (place := _place_of(block, document)):
            found += _block(block, *place)
    return found


def other_targets(document: Document) -> list[str]:
    """The clauses of the paragraph of expected targets that carry neither figure nor reference."""
    paragraphs = [
        block.text for block in document.blocks if block.role in (Role.BODY, Role.ITEM) and _GOAL.search(block.text)
    ]
    if document.header.doc_type != "work_report" or not paragraphs:
        return []
    text = paragraphs[0]
    words = text[_GOAL.search(text).end() :]  # type: ignore[union-attr]
    clauses = [clause.strip() for clause in re.split(r"[，；。]", words)]
    return [
        one
        for one in clauses
        if len(one) > 4 and not figures_in(one) and not _REFERENCE.search(one) and not _EVEN.search(one)
    ][:6]


def _place_of(block: Block, document: Document) -> tuple[str, int] | None:
    """actual or target, and the year: a report looks back in its first part; a plan has targets under its goals."""
    year = document.header.plan_year
    if year is None:
        return None
    if document.header.doc_type != "work_report":
        goals = any("目标" in one.run_in for one in (*block.above, block)) or bool(_GOAL.search(block.text))
        return ("target", document.header.year or year) if goals else None
    heads = "".join(one.run_in for one in block.above if one.level == 1)
    looks_back = not heads or _PAST.search(heads) or (str(year - 1) in heads and str(year) not in heads)
    return ("actual", year - 1) if looks_back and not _GOAL.search(block.text) else ("target", year)


def _block(block: Block, role: str, year: int) -> Iterator[dict[str, Any]]:
    text = block.text
    goal_from = found.start() if (found := _GOAL.search(text)) else len(text) + 1
    start = block.start + (len(block.run_in) + 1 if block.run_in else 0)
    for sentence in re.finditer(r"[^。！？]+", text[start:]):
        first = start + sentence.start()
        spoken = re.match(r"(?:到|至)?(20\d{2})年(?!度)", sentence[0].lstrip())
        state = _State(goal=first + len(sentence[0]) > goal_from)
        entries = list(_sentence(block, first, sentence[0], role, int(spoken[1]) if spoken else year, state))
        _share_about(entries)
        yield from entries


def _share_about(entries: list[dict[str, Any]]) -> None:
    """左右 after the last of a list of 分别 governs all of them."""
    about = {entry["group"] for entry in entries if "group" in entry and entry["comparator"] == "about"}
    for entry in entries:
        if entry.pop("group", None) in about and entry["comparator"] == "equal":
            entry["comparator"] = "about"


def _sentence(block: Block, first: int, text: str, role: str, year: int, state: _State) -> Iterator[dict[str, Any]]:
    start = 0
    bounds = [*(mark.start() for mark in _CLAUSE.finditer(text)), len(text)]
    for end in bounds:
        mark = text[end : end + 1]
        clause = text[start:end]
        if "预计" in clause:
            state.estimated = True
        named = state.names
        for entry in _clause(clause, state, mark):
            if state.names is not named:
                named, state.since = state.names, start
            low, high = first + state.since, first + end
            entry["text"] = block.text[low:high]
            entry["period"], entry["role"] = str(year), role
            if state.estimated and role == "actual":
                entry["estimated"] = True
            entry["span"] = list(block.span(low, high))
            yield entry
        if mark == "；":
            state.names, state.waiting, state.respective = [], [], False
        start = end + 1


def _clause(clause: str, state: _State, mark: str) -> Iterator[dict[str, Any]]:
    """The indicators of a clause; what it names is kept for the next."""
    qualifier = _QUALIFIER.search(clause)
    bare = clause.replace(qualifier[0], "") if qualifier else clause
    figures = [one for one in figures_in(bare) if one.unit]
    if _AGAINST.search(bare) and any(one.unit.endswith("百分点") for one in figures):
        return
    rank, reference, even = _RANK.search(bare), _REFERENCE.search(bare), _EVEN.search(bare)
    first_few = _FIRST_FEW.search(bare)
    rank = rank or first_few
    ends = min([one.lead for one in figures] + [one.start() for one in (rank, reference, even) if one], default=-1)
    if ends < 0:
        if mark in "、" and len(clause) <= 20:
            state.waiting.append(clause)
        elif mark != "（":
            state.waiting = []
        return
    _name(bare[:ends], state)
    if not state.names:
        return
    if reference and not figures:
        made = [_from_reference(reference)]
    elif even and not figures:
        made = [_entry("growth", Decimal(0), "%", "above" if "正" in even[0] else "equal")]
    elif rank and not figures:
        made = [_entry("rank", Decimal(_number(rank["value"])), "位", "at_most" if rank is first_few else "equal")]
    else:
        made = [_from_figure(bare, one, state) for one in figures]
    yield from _given(made, state, qualifier[0] if qualifier else None)


def _name(before: str, state: _State) -> None:
    """Sets whom the figures go to: names that stand in the clause, else those of the clause before."""
    if not before and state.names:
        return
    grows, falls = bool(_GROWS.search(before)), bool(_FALLS.search(before))
    state.direction = "up" if grows else "down" if falls else None
    name, respective, each = name_in(before)
    if name in _SAME and state.names:
        name = ""
    if name and (is_quantity(name) or state.goal):
        listed = (
            [*(found for one in state.waiting if (found := name_in(one)[0])), name] if respective or each else [name]
        )
        state.names = parted(listed, respective=respective, each=each)
        state.respective, state.taken, state.group = respective, 0, state.group + 1
    elif name:
        state.names = []
    elif before and (grows or falls):
        state.taken, state.group = 0, state.group + 1
    state.waiting = []


def _given(made: list[dict[str, Any]], state: _State, qualifier: str | None) -> Iterator[dict[str, Any]]:
    """Each figure to its name: of several names with 分别 one after another, else to every name."""
    if state.respective and made and made[0]["comparator"] == "above":
        for one in made[1:]:
            one["comparator"] = "above" if one["comparator"] == "equal" else one["comparator"]
    for one in made:
        state.kind = one["kind"]
        if state.respective and len(state.names) > 1:
            names = [state.names[min(state.taken, len(state.names) - 1)]]
            state.taken += 1
        else:
            names = state.names
        for name, written in names:
            entry = {"name": canonical(name), "name_text": written, **one}
            if entry["name"] == "居民消费价格" and entry["kind"] == "level":
                entry["kind"], entry["direction"] = "growth", "up"
            if state.respective:
                entry["group"] = state.group
            if qualifier:
                entry["qualifier"] = qualifier.rstrip("后，")
            yield entry


def _from_figure(clause: str, figure: Figure, state: _State) -> dict[str, Any]:
    before = clause[: figure.lead]
    relative = figure.unit in ("%", "倍", "‰")
    if relative and state.kind == "growth" and _AIMED.search(before) and not name_in(before)[0]:
        return _entry("growth", figure.value, figure.unit, figure.comparator, figure.high)
    moved = state.direction if not _TO.search(clause[: figure.start]) or figure.lead == figure.start else None
    if re.search(
        r"(?:提高|提升|增加|上升|增|降|降低|下降|减少|扩大|升)(?:到|至)$", before + clause[figure.lead : figure.start]
    ):
        moved = None
    sign = -1 if moved == "down" else 1
    if moved and relative:
        return _entry("growth", figure.value * sign, figure.unit, figure.comparator, figure.high)
    if moved:
        return _entry("change", figure.value * sign, figure.unit, figure.comparator, figure.high)
    return _entry("level", figure.value, figure.unit, figure.comparator, figure.high)


def _from_reference(found: re.Match[str]) -> dict[str, Any]:
    subject = found["with"] or found["than"]
    subject = "经济增长" if re.match(r"经济|GDP|地区生产总值", subject) else subject
    comparator = _HOW[found["how"]] if found["how"] else "about" if found["about"] else "equal"
    return _entry("growth", None, "%", comparator) | {"reference": subject, "direction": None}


def _entry(kind: str, value: Decimal | None, unit: str, comparator: str, high: Decimal | None = None) -> dict[str, Any]:
    direction = None
    if kind == "growth" and value is not None:
        direction = "up" if value > 0 else "down" if value < 0 else "flat"
    made: dict[str, Any] = {
        "kind": kind,
        "comparator": comparator,
        "value": _plain(value),
        "unit": unit,
        "direction": direction,
    }
    return made | {"value_high": _plain(high)} if high is not None else made


def _plain(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _HAN.get(text, 10 + _HAN.get(text[-1], 0))
