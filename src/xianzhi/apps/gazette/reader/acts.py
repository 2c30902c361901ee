"""Reads sentences and obligations, writes the single acts (rule G-12): what an organ has to do, keep or refrain from.

A plan or a rule has one act to a sentence unless organ, deadline, figure or object change inside it; in a report each
commitment between commas is one. What only says how or what for goes with the act it belongs to.
"""

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from xianzhi.apps.gazette.reader import verbs, wordings
from xianzhi.apps.gazette.reader.actors import collective, handed_down, named_by, plausible
from xianzhi.apps.gazette.reader.clauses import Clause, clauses_of
from xianzhi.apps.gazette.reader.dates import dates_in
from xianzhi.apps.gazette.reader.labels import Sentence
from xianzhi.apps.gazette.reader.model import Block, Document, Part, Role
from xianzhi.apps.gazette.reader.tasks import years
from xianzhi.apps.gazette.reader.units import UNIT, fields_in
from xianzhi.apps.gazette.reader.wordings import decided_by_organ, of_subjects, on_subjects, organ_opens

START = 12
SHORT = 6
"""A stretch of a report of no more characters, and without a figure, is a slogan that goes with its neighbour."""
ACTING = {wordings.OBLIGATION, wordings.TARGET, wordings.PROHIBITION, wordings.PENALTY, wordings.PUBLICITY}
_NO_ACTS = {Role.PUBLICITY, Role.ADDRESSEES, Role.ANNEX, Role.SIGNATURE, Role.TITLE}
_NOBODY = re.compile(
    r"^(?:[^，]{0,24}?(?:规划|方案|合同|计划|报告|预案|协议|许可证|证件|标志|标识|标准)(?:应当|应|须"
    r"|不得))(?:充分)?(?:考虑|包括|符合|载明|具备|体现|悬挂|伪造|转让|涂改|统筹)"
    r"|^构成犯罪|不得(?:伪造|转让|涂改|买卖|出借|出租|损坏|侵占|擅自|私自|弄虚作假|虚报|冒领)"
    r"|^(?:\d{4}年)?(?:由)?(?:国家|中央|省级|市级|省财政|省政府)[^，]{0,8}(?:安排|统一|统筹)|的原则(?:实施|进行"
    r"|开展|执行)?[。；]?$"
    r"|^[^，]{2,14}实行[^，]{2,20}(?:制度|原则|制)[。；]?$|请认真贯彻|^以上|^鼓励[^，]{2,30}参(?:加|与)|^征收标准"
    r"|按照[^，]{2,20}法的规定(?:执行|办理)"
    r"|^[^，]{2,30}(?:延伸至|属于|选定为)[^，]*[。；]?$|由(?:用户|个人|申请人|企业)自行"
)
_WISH = re.compile(r"尽可能|提高(?:政治)?站位|^请|力求更好")
_NEW_ACT = re.compile(
    r"^(?:同时|并(?:及时|按照|按|对照|依据|根据|由|将|把|向|对)|对(?:单位|个人|企业|法人|逾期|拒不)|其中|另外"
    r"|此外|专项[^，]{2,8}情况|并通过|[^，]{2,16}(?:不足|结余|剩余|超出)部分|及时(?:向社会|对外)?(?:公布|公开"
    r"|公示)|及时做好[^，]{0,6}公开|指导、监督|督促指导|指导监督"
    r"|对[^，]{2,40}(?:的|者|户|单位|个人|单位或者?个人)$|对[^，]{2,40}的要?(?:及时|依法|严肃|予以|由))|^确需"
)
_COMPARED = re.compile(
    r"(?:不少于|不低于|不超过|达到|突破|超过|稳定在|控制在|增长|新增)[^，]{0,6}\d|\d[\d.]*(?:万"
    r"|亿)?[%％\u4e00-\u9fff]{1,3}(?:以上|以内|左右|以下)"
)
_ORGAN_FIRST = re.compile(
    rf"^(?:由)?(?P<units>{UNIT.pattern}(?:[、和]{UNIT.pattern})*)(?:应当|应|要|须|必须|负责|牵头|承担|从|在|统一"
    rf"|按照|组织|办理|予以|进行)"
)
_BY_ORGAN = re.compile(rf"由{UNIT.pattern}")
_MAIN_TASKS = re.compile(r"(?:主要|重点|本阶段)?(?:任务|工作)(?:是|有|包括|为)")
_SAYS_WHO = re.compile(r"坚持|自身建设")
_COUNTED = re.compile(
    r"\d[\d.]*(?:万|亿)?(?:多|余)?(?:元|亩|斤|吨|公里|[%％]|个|家|所|座|条|户|人|名|场|处|台|辆|件|项)"
)
_NAMED = re.compile(
    r"^(?P<verb>[^“”、]{0,14}?(?:推进|实施|加快|建设|推动|抓好|完成))(?P<list>.+?)等(?P<rest>\d+个[^，]*(?:项目"
    r"|工程).*)$"
)
_IN_USE = re.compile(r"确保(?!\d)[^，]{3,}(?:投入使用|投运|投产|投用|开工|竣工|完工|建成)$")
_WORKS = re.compile(r"(?:项目|工程|建设|改造|尽快[^，]{2,6}|镇|村|中心|保护修缮)[^、，]{0,4}$")
_LIST_END = re.compile(r"(?:等|和[^、]*等)")


@dataclass(slots=True)
class _Act:
    """block.text[start:end]; words: what is done."""

    start: int
    end: int
    words: str


@dataclass(slots=True)
class _Seen:
    """What the acts before have said, to know one that says the same again."""

    bags: list[tuple[set[str], str]] = field(default_factory=list)

    def repeats(self, words: str) -> bool:
        bag = {words[at : at + 2] for at in range(len(words) - 1)}
        if len(words) >= 12 and any(len(bag & one) >= 0.8 * max(len(bag), len(one)) for one, _ in self.bags):
            return True
        self.bags.append((bag, words))
        return False


def find(document: Document, sentences: list[Sentence]) -> list[dict[str, Any]]:
    """The acts in the order in which they stand."""
    return list(_Acts(document).read(sentences))


class _Acts:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.report = document.header.doc_type == "work_report"
        self.years = years(document)
        self.overall = _overall(document)
        self.clauses: dict[int, list[Clause]] = {}
        self.last: tuple[Block | None, list[str]] = (None, [])

    def read(self, sentences: list[Sentence]) -> Iterator[dict[str, Any]]:
        seen: dict[tuple[int, ...], _Seen] = {}
        everything = [(one, self.document.blocks[one.block].text[one.said : one.end]) for one in sentences]
        for number, (one, words) in enumerate(everything):
            block = self.document.blocks[one.block]
            if one.label not in ACTING or block.role in _NO_ACTS or self._outside(block):
                continue
            if _said_next(everything, number, words):
                continue
            if _NOBODY.search(words) or (on_subjects(words) and not decided_by_organ(words)):
                continue
            group = seen.setdefault(tuple(id(above) for above in block.above[:2]), _Seen())
            for act in self._split(one, block):
                if not _WISH.search(act.words) and not group.repeats(act.words):
                    yield self._entry(one, block, act)

    def _outside(self, block: Block) -> bool:
        """Paragraphs of a report that open a part and order nothing."""
        if not self.report or block.level or block.role is not Role.BODY:
            return False
        return len(block.above) == 1 and not _COMPARED.search(block.text)

    def _split(self, one: Sentence, block: Block) -> Iterator[_Act]:
        text = block.text
        segments = list(_segments(text, one.said, one.end))
        heads = "".join(above.run_in for above in block.above) + block.run_in
        if one.label == wordings.TARGET and not any(_COMPARED.search(text[low:high]) for low, high in segments):
            parts = [(one.said, one.end)]
        elif _MAIN_TASKS.match(text[one.said : one.end]) or (self.report and not _SAYS_WHO.search(heads)):
            parts = _commitments(text, segments, SHORT if self.report else 0)
        else:
            parts = _steps(text, segments)
        for start, end in parts:
            for low, high, words in _objects(text, start, end, self.report):
                yield _Act(low, high, words)

    def _entry(self, one: Sentence, block: Block, act: _Act) -> dict[str, Any]:
        span = block.span(act.start, act.end)
        task = self._task(span)
        units, proposed = self._units(one, block, act, task)
        due = self._due(one, block, act, task)
        implied = None if due else self.overall
        return {
            "text_start": re.sub(r"\s", "", act.words)[:START],
            "task": task,
            "act": act.words,
            "units": units,
            "units_proposed": proposed,
            "due": due,
            "due_implied": implied.isoformat() if implied else None,
            "label": one.label,
            "block": one.block,
            "span": list(span),
        }

    def _task(self, span: tuple[int, int]) -> int | None:
        """The obligation that the act belongs to: the narrowest whose stretch holds it."""
        holding = [
            (entry["span"][1] - entry["span"][0], number)
            for number, entry in enumerate(self.document.obligations)
            if entry["span"][0] <= span[0] < entry["span"][1]
        ]
        return min(holding)[1] if holding else None

    def _units(self, one: Sentence, block: Block, act: _Act, task: int | None) -> tuple[list[str], list[str]]:
        """The organ the act itself names, else those of its task; else, proposed, of the act before or the heading."""
        entry = self.document.obligations[task] if task is not None else None
        listed = list(dict.fromkeys(entry["units_lead"] + entry["units"])) if entry else []
        named = self._named(one, block, act)
        units = listed if listed and collective(named) else named or listed
        if units:
            self.last = (block, units)
            return units, [unit for unit in listed if unit not in units]
        if self.last[0] is block:
            return [], self.last[1]
        downs = (handed_down(above.run_in) for above in reversed(block.above) if above.role is not Role.ARTICLE)
        return [], next((list(units) for units in downs if units), [])

    def _named(self, one: Sentence, block: Block, act: _Act) -> list[str]:
        """The organs that the clause has in the stretch of the act, else those its words name, else those before it."""
        if one.block not in self.clauses:
            self.clauses[one.block] = list(clauses_of(block, self.years[one.block]))
        inside: list[str] = []
        before: list[str] = []
        for clause in self.clauses[one.block]:
            for units, place in zip(clause.organs, clause.starts, strict=False):
                at = clause.start + place
                if act.start <= at < act.end:
                    inside += [*units.lead, *units.others]
                elif clause.start <= act.start < clause.end and at < act.start:
                    before += [*units.lead, *units.others]
        found = plausible(inside) or named_by(act.words) or plausible(before)
        return list(dict.fromkeys(found))

    def _due(self, one: Sentence, block: Block, act: _Act, task: int | None) -> str | None:
        """The date in the act's own words, else of the deadline line of its task or the phase its block opens with."""
        year = self.years[one.block]
        own = [when for when in dates_in(act.words, year) if when.due and (when.firm or when.precision == "year")]
        if own and own[-1].due:
            return own[-1].due.isoformat()
        entry = self.document.obligations[task] if task is not None else None
        if entry and entry["due"] and (entry["due_text"] not in block.text or fields_in(block.text)):
            low, high = block.span(one.start, one.end)
            if entry["due_text"] not in block.text or entry["span"] == [low, high]:
                return str(entry["due"])
        opening = re.match(r"[^。]{0,30}?[：:]?(\d{4}年[^。]{2,20})。", block.words)
        if opening and one.start > 0:
            phase = [when.due for when in dates_in(opening[1], year) if when.due]
            return phase[-1].isoformat() if phase else None
        return None


def _said_next(everything: list[tuple[Sentence, str]], number: int, words: str) -> bool:
    """Whether the next sentence says what the organ does that this one sends things to (申请某局验收。某局…)."""
    to = _SENT_TO.search(words) if of_subjects(words) else None
    if not to or number + 1 >= len(everything):
        return False
    following, after = everything[number + 1]
    return following.block == everything[number][0].block and after.startswith(to[1])


_SENT_TO = re.compile(r"(?:申请|报|向)([^，。；]{2,20}?(?:局|委|厅|部|政府))")


def _segments(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The stretches between commas, none inside quotation marks or brackets."""
    depth, first = 0, start
    if opening := re.match(r"[一二三四五六七八九十]{1,3}是(?!否)", text[start:end]):
        first += opening.end()
    for place in range(first, end):
        depth += (text[place] in "（(《“") - (text[place] in "）)》”" and depth > 0)
        if depth == 0 and text[place] in "，,：:" and (text[place] in "，," or place - start < 30):
            if place > first:
                yield first, place
            first = place + 1
    if first < end:
        yield first, end


def _commitments(text: str, segments: list[tuple[int, int]], short: int) -> list[tuple[int, int]]:
    """In a report: each stretch that orders something or names a target begins an act."""
    found: list[tuple[int, int]] = []
    pending: int | None = None
    everything_counted = len(segments) > 1 and all(_COUNTED.search(text[low:high]) for low, high in segments)
    for low, high in segments:
        if high < len(text) and text[high] in "：:":
            continue
        words = text[low:high].rstrip("。；！;!")
        figure = bool(_COMPARED.search(words) or (_COUNTED.search(words) and verbs.orders(words)))
        target = figure or bool(re.search(r"同步|高于|持平", words)) or bool(_IN_USE.match(words))
        purpose = verbs.says_what_for(words) and bool(found) and pending is None
        leads = verbs.leads_up(words) and (low, high) != segments[-1] and not figure
        if leads:
            pending = low if pending is None else pending
        elif not figure and len(words) <= short and len(segments) > 1:
            if found and pending is None:
                found[-1] = (found[-1][0], high)
            elif pending is None:
                pending = low
        elif (target or everything_counted or (verbs.orders(words) and not purpose)) and len(words) >= 4:
            found.append((low if pending is None else pending, high))
            pending = None
        elif found and pending is None:
            found[-1] = (found[-1][0], high)
        elif pending is None:
            pending = low
    if pending is not None:
        if found:
            found[-1] = (found[-1][0], segments[-1][1])
        else:
            found.append((pending, segments[-1][1]))
    return found


def _steps(text: str, segments: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """In a plan or a rule: one act, and another where organ, figure or manner change."""
    found = [segments[0]] if segments else []
    for low, high in segments[1:]:
        words, before = text[low:high], text[found[-1][0] : found[-1][1]]
        acted = any(_acts(text[first:last]) for first, last in segments if found[-1][0] <= first < low)
        figures = _COMPARED.search(words) and _COMPARED.search(before) and re.search(r"\d", words)
        organ = _ORGAN_FIRST.match(words) or _BY_ORGAN.search(words)
        dated = _DATE_FIRST.match(words) and verbs.orders(words) and dates_in(before, 2000)
        topic = (
            _BY_ORGAN.search(words)
            and "的" in before
            and not re.search(rf"[，,]|{_BY_ORGAN.pattern}", before.rstrip("，,"))
        )
        if acted and not topic and ((_NEW_ACT.match(words) and verbs_follow(words)) or figures or organ or dated):
            found.append((low, high))
        else:
            found[-1] = (found[-1][0], high)
    return found


VERB_IN = verbs.VERB
_DATE_FIRST = re.compile(r"(?:原则上)?(?:于|在|到)?(?:20\d{2}年)?(?:\d{1,2}月|年)?[^，]{0,3}前")


def _acts(words: str) -> bool:
    """Whether a stretch between commas does something, and is no condition or topic of what follows."""
    if verbs.leads_up(words) and not _ORGAN_FIRST.match(words):
        return False
    return bool(
        verbs.orders(words)
        or organ_opens(words)
        or _ORGAN_FIRST.match(words)
        or _BY_ORGAN.search(words)
        or _MUST.search(words)
    )


_MUST = re.compile(r"应当|必须|应(?!急|用|对)|须|不得|予以|处以|罚款|负责|免征|(?<![重主需])要(?!求)")


def verbs_follow(words: str) -> bool:
    """Whether what opens like a new act does something."""
    return bool(VERB_IN.search(words)) or bool(re.search(r"报|送|处|公布|^对|^确需", words))


def _objects(text: str, start: int, end: int, report: bool) -> Iterator[tuple[int, int, str]]:
    """Parts an act whose verb governs several works, counts or verb phrases between 、."""
    words = text[start:end].strip("，,。；;！! ")
    if report and (named := _NAMED.match(words)):
        yield start, end, words
        for item in _items(named["list"]):
            at = start + max(text[start:end].find(item), 0)
            yield at, at + len(item), named["verb"] + item
        return
    tail = list(_segments(text, start, end))[-1:] or [(start, end)]
    items = _items(text[tail[0][0] : tail[0][1]].strip("，,。；;！! "))
    if len(items) > 1 and _parts(items, report):
        place = start
        items[0] = text[start : tail[0][0]] + items[0]
        shared = re.search(r"尽快[^，]*$", items[-1])
        verb = re.match(rf"[^、]{{0,12}}?{VERB_IN.pattern}", items[0])
        for number, item in enumerate(items):
            at = text.find(item, place, end)
            at = place if at < 0 else at
            lead = verb[0] if number and verb and not verbs.orders(item) else ""
            item_tail = shared[0] if shared and number < len(items) - 1 else ""
            yield at, min(at + len(item), end), lead + item + item_tail
            place = at + len(item)
        return
    yield start, end, words


def _items(words: str) -> list[str]:
    """What stands between 、 outside brackets and quotation marks; 和 parts the last two works."""
    found, depth, first = [], 0, 0
    for place, char in enumerate(words):
        depth += (char in "（(《“") - (char in "）)》”" and depth > 0)
        if char == "、" and depth == 0:
            found.append(words[first:place])
            first = place + 1
    found.append(words[first:])
    return found


def _parts(items: list[str], report: bool) -> bool:
    """Whether each of the items is an act: a count, a verb with its object, or (in a report) a work of its own."""
    if all(_COUNTED.search(item) for item in items):
        return True
    if len(items) >= 3 and all(verbs.orders(item) and len(item.rstrip("等")) >= 5 for item in items):
        return True
    return (
        report
        and len(items) == 2
        and all(len(item.rstrip("等项目工程")) >= 6 for item in items)
        and bool(re.search(r"(?:项目|工程|尽快[^，]{2,6})$", items[1].split("，")[0]))
    )


def _overall(document: Document) -> datetime.date | None:
    """The end of the plan, which implies a date: of a report's year, of the years in a title, or the goal's date."""
    header = document.header
    if header.doc_type == "work_report":
        return datetime.date(header.plan_year, 12, 31) if header.plan_year else None
    titles = (header.attached_title or "") + (header.title or "")
    if years_named := re.search(r"20\d{2}\s*年?\s*[-—－–~至]+\s*(20\d{2})", titles):
        return datetime.date(int(years_named[1]), 12, 31)
    for block in document.blocks:
        heads = "".join(one.run_in for one in block.above)
        if block.part is Part.ANNEX or not re.search(r"目标|时间安排|实施步骤|进度安排|总体要求", heads):
            continue
        found = [
            when.due
            for when in dates_in(block.text, header.year)
            if when.due and re.search(r"到|至|结束|前", when.raw + block.text[when.end : when.end + 2])
        ]
        if found and re.search(r"到20\d{2}年", block.text):
            return max(found)
    return None
