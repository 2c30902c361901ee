"""Prose cut into clauses (at 。 ； ！ ？ and the end of a paragraph), each with the organs it orders and its dates."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from xianzhi.apps.gazette.reader.dates import When, dates_in, relative_in
from xianzhi.apps.gazette.reader.model import Block
from xianzhi.apps.gazette.reader.units import LINES, UNIT, Units, all_units, members, split_lead

_STOPS, _OPENS, _CLOSES = "。；！？;!?", "（(《“", "）)》”"
_MARK = re.compile(rf"[{_STOPS}{_OPENS}{_CLOSES}]")
_UNIT = UNIT.pattern
_SUBJECT = (
    rf"(?P<units>{LINES}|{_UNIT}(?:[、，]{_UNIT})*(?:(?:和|及|与|以及){_UNIT})?(?:等(?:各|有关|相关)*(?:部门|单位)?)?)"
)
_DUTY = (
    r"(?:应当|应|须|要|必须|务必|负责|牵头|将(?!来)|不得|统筹|统一|协调|组织|指导|会同|承担|制定|编制|监督|督促|审核|受理|核定|做好|开展|落实|定期|每年|每季度"
    r"|[是为](?=[^，。]{0,24}(?:主管部门|管理部门|管理机构|责任主体|牵头部门|牵头单位|责任单位|执法主体|实施机关))"
    r"|依法|按照|根据|依据|分别|具体|作为|共同|积极|及时|严格|完成|建立|推进|对|在|于(?=\d|每|当)|从(?=\d|每)|予以|配合|加强"
    r"|逐[台项一户场村件个条级步]|全面|全力|认真|切实|扎实|抓紧|尽快|加快|主动|深入)"
)
_MUST = re.compile(
    r"应当|务必|应(?!急|用|对|收|届|税)|须|要(?!求|点|素|件|害|闻|么)|必须|负责|牵头|将(?!来)|不得|统筹协调|指导支持|承担|会同|严禁|做好|配合"
)
_HEAD = re.compile(rf"{_SUBJECT}(?:（以下[^）]*）)?[：:]?(?P<duty>{_DUTY})")
_VERB = (
    r"(?:负责|承担|组织|出具|予以|统一|及时|依照|依法|依规|按照|按|根据|依据|责令|审批|审核|审查|批准|同意|共担|共同|落实|运维|管理(?!局|委|部门|中心|站)"
    r"|结合|在|向|牵头|会同|指导|协调|统筹|监督(?!管理局)|实施|制定|编制|核定|确定|认定|公布|公告|发布|印发|办理|受理|提供|配合|参与|处理|处罚|给予"
    r"|作出|决定|建设(?!管理|局|厅|部|委|投资|集团|发展)|安排|拨付|汇总|报|送|通知|告知|收取|代|委托|另行|具体|分别|商|做好|开展|进行|推进|加强|完成"
    r"|建立|督促|验收|考核|纳入|解释|解读|支付|执行|推荐|选定|组成|派|对|将|于|与|要|应|须|必须|不得|定期|每)"
)
_BY = re.compile(rf"(?<![自理缘])由{_SUBJECT}(?={_VERB}|[，,]|$)")
_SUBJECTS_OF_LAW = re.compile(
    r"(?:缴费|缴纳|建设|施工|用人|生产|经营|设计|监理|产生|用水|用电|采砂|中标|养护|使用|申请|产权|运输|收集|处置|物业|承包|投标|勘察|委托|举报)"
    r"(?:单位|主体|者|人|企业)|个人|企业|公民|公司|用户|业主|单位或"
)
_OF_THE_COUNTY = re.compile(r"(?:供电|水务|燃气|国网|自来水|热力|城投|国有|邮政|电信)[\u4e00-\u9fff]*公司|投资集团")
_HELPS = re.compile(rf"{_SUBJECT}(?:配合|协助|参与|协同|参加)")
_ASKS = re.compile(r"(?:请|望|责成|要求)(?=[^求])")
_LEADING = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}是|[（(]\d{1,2}[)）]|同时|此外|另外|其中|具体|原则上|对[^，]{2,40}|根据[^，]{2,200}|按照[^，]{2,200}|为[^，]{2,80}|涉及[^，]{2,40}|在[^，]{2,60}|经[^，]{2,60}|(?:到|至|在|力争)?(?:20\d{2}年|今年)?[^，]{0,12}(?:前|底|内|末|半年|季度|年|月份?|[上中下]旬))[，,：:]"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """words: block.text[start:end] without its mark; organs: whom it orders, in order; starts: where in words
    each stands."""

    start: int
    end: int
    words: str
    organs: list[Units]
    starts: list[int]
    whens: list[When]
    relative: str | None

    @property
    def yearly(self) -> bool:
        """It carries a day that comes back every year."""
        return any(when.yearly and when.firm for when in self.whens)

    @property
    def organ_opens(self) -> bool:
        """The first organ stands before the first date or right after it, so that the date is its own."""
        return bool(self.starts and self.whens and self.starts[0] <= self.whens[0].end + 1)


def clauses_of(block: Block, year: int | None) -> Iterator[Clause]:
    """The clauses of a block after its number, its run-in heading left out where the block goes on after it."""
    text = block.text
    start = block.start + (len(block.run_in) + 1 if block.run_in and len(block.run_in) < len(block.words) else 0)
    named = members(block.run_in)[0] if block.run_in and block.level and all_units(block.run_in) else []
    known = year
    for first, last in _cut(text, start):
        if named and first == start:  # 1.甲局：负责…: the heading is the subject
            first = block.start
        words = text[first:last]
        if len(words) < 4:
            continue
        whens = dates_in(words, known)
        known = next((when.year for when in reversed(whens) if when.year), known)
        organs, starts = _organs(words)
        if named and first == block.start:
            organs, starts = organs or [Units(others=named)], starts or [0]
        yield Clause(first, last, words, organs, starts, _deadlines(words, whens), relative_in(words))


def _cut(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Stretches between the marks; a mark inside brackets or a title cuts nothing."""
    depth, first = 0, start
    for mark in _MARK.finditer(text, start):
        char, place = mark[0], mark.start()
        depth += (char in _OPENS) - (char in _CLOSES and depth > 0)
        if depth == 0 and char in _STOPS:
            yield first, place
            first = place + 1
    if first < len(text):
        yield first, len(text)


def _deadlines(words: str, whens: list[When]) -> list[When]:
    """The dates that are deadlines: no effect, no validity, no holiday, no day on which something was or is counted."""
    if re.search(r"放假|调休|上班|起施行|起执行|有效期|标准时点|同时废止|之日起", words):
        return []
    return [when for when in whens if not re.match(r"(?:以来|以后|之后|至今|起|截至)", words[when.end : when.end + 2])]


def _organs(words: str) -> tuple[list[Units], list[int]]:
    """The organs a clause orders: its subject, and a second one whose own duty follows."""
    found: list[Units] = []
    starts: list[int] = []
    leading = _LEADING.match(words)
    first = leading.end() if leading else 0
    if asks := _ASKS.match(words, first):
        first = asks.end()
    if not (_MUST.search(words) or _BY.search(words) or _HEAD.match(words) or _HEAD.match(words, first)):
        return [], []
    for place in sorted({0, first, *(comma.end() for comma in re.finditer(r"[，,]", words))}):
        if starts and place <= starts[-1]:
            continue
        if found and found[0].lead and (helps := _HELPS.match(words, place)):
            found[0].others += [unit for unit in members(helps["units"])[0] if unit not in found[0].others]
            starts.append(place)
            continue
        units = _subject(words, place, anywhere=place > first)
        if units and not any(set(units.others + units.lead) == set(one.others + one.lead) for one in found):
            found.append(units)
            starts.append(place)
    for by in _BY.finditer(words):
        listed, is_open = members(by["units"])
        units = Units(others=listed, open=is_open)
        known = {unit for one in found for unit in one.others + one.lead}
        if listed and not known & set(listed) and not _SUBJECTS_OF_LAW.search(by["units"]):
            found.append(units)
            starts.append(by.start())
    return found[:2], starts[:2]


def _subject(words: str, place: int, *, anywhere: bool) -> Units | None:
    """The organ that stands here with a duty; anywhere: in mid-clause, where the duty must be said in full."""
    head = _HEAD.match(words, place)
    if not head or (_SUBJECTS_OF_LAW.search(head["units"]) and not _OF_THE_COUNTY.search(head["units"])):
        return None
    if head["duty"] == "牵头" or words[head.end() : head.end() + 2] == "牵头":
        return _led(words[place:]) or Units(lead=members(head["units"])[0])
    if anywhere and not _MUST.match(head["duty"]) and head["duty"] not in ("从", "于"):
        return None
    listed, is_open = members(head["units"])
    return Units(others=listed, open=is_open)


def _led(words: str) -> Units | None:
    """甲局牵头，会同乙局制定…: the lead, and those who act with it."""
    found = re.match(
        rf"(?P<lead>[^，。]{{2,60}}?)(?:负责)?牵头[，,]?(?:会同(?P<others>{_SUBJECT.replace('?P<units>', '?:')}))?",
        words,
    )
    if not found:
        return split_lead(words)
    lead, _ = members(found["lead"])
    others, is_open = members(found["others"]) if found["others"] else ([], False)
    return Units(lead, others, is_open)
