"""Reads blocks, writes the references: titles in 《》 with their numbers, and numbers alone (rule G-10)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from xianzhi.apps.gazette.reader.model import Block, Document, Role

BASIS, CARRIES_OUT, REPEALS, AMENDS, ANNEX, FORM, OWN = "依据", "执行", "废止", "修改", "本件附件", "表单", "自指"
_YEAR = r"[〔\[［【（(]\d{4}[〕\]］】）)]"
_NUMERAL = r"[\d〇零一二三四五六七八九十百]{1,6}"
NUMBER = re.compile(rf"[\u4e00-\u9fff]{{1,16}}?{_YEAR}第?\d{{1,5}}号")
"""字〔2024〕3号; the words before it are cut to those of the number by `_trim`."""
ORDER = re.compile(
    rf"[\u4e00-\u9fff]{{0,14}}?令(?:{_YEAR}|\d{{4}}年)?第{_NUMERAL}号|第{_NUMERAL}号(?:主席|国务院|政府)?令"
    rf"|[\u4e00-\u9fff]{{0,14}}{_NUMERAL}号令"
)
"""省政府令第286号, 第591号令, 建设部157号令."""
_BRACKET = re.compile(r"[（(]([^（）()《》]*?(?:[（(]\d{4}[）)])?[^（）()《》]*?)[）)]")
_OPEN, _CLOSE = "《<〈", "》>〉"
_FORM = re.compile(
    r"(?:单|表|登记簿|台账|清册|申请书|承诺书|告知书|决定书|通知书|委托书|责任书|协议书|说明书|审批书|建议书|回执"
    r"|凭证|许可证|执照|证书|登记证|合格证|证明|存根|票据|卡)"
    r"(?:[（(][^（）()]*[）)])?$"
)
_REPEALS = re.compile(r"同时废止|予以废止|废止|停止执行|不再执行|自行失效|同时失效|停止施行")
_AMENDS = re.compile(r"(?:作如下|作出如下|进行|予以)(?:修改|修订|修正)|修改为|(?:修改|修订)(?:后|了)?$")
_CARRIES = re.compile(r"执行|办理|处理|处罚|施行|实施(?!办法|细则|方案|意见|条例)|遵照|填写|申报|操作|管理$|规定$")
_PREAMBLE = re.compile(r"制定本|现将|现就|通知如下|提出如下|结合(?:我|本|全)?[省市县区州旗镇]?.{0,8}实际")
_BEFORE_NUMBER = re.compile(
    r"^.*(?:根据|依据|按照|按|依照|依|遵照|落实|贯彻|执行|印发|以|的|和|与|及|由|继续|对|见|文号为|文号|批复|转发"
    r"|、|“|第)(?=[\u4e00-\u9fff]{1,12}$)"
)


@dataclass(frozen=True, slots=True)
class _Title:
    """A pair of title marks at text[start:end]; depth 0 is the outermost."""

    start: int
    end: int
    depth: int


def find(document: Document) -> list[dict[str, Any]]:
    """The references in the order in which they stand, outer titles before the titles and numbers inside them."""
    found: list[dict[str, Any]] = []
    for place, block in enumerate(document.blocks):
        if block.role not in (Role.NUMBER, Role.ISSUER, Role.TITLE):
            found += _of_block(document, place, block)
    return found


def _of_block(document: Document, place: int, block: Block) -> Iterator[dict[str, Any]]:
    text = block.text
    titles = titles_in(text)
    taken: list[tuple[int, int]] = []
    entries = []
    for title in titles:
        name = text[title.start + 1 : title.end - 1]
        number, end = _number_after(text, title.end)
        if number:
            taken.append((title.end, end))
        entry = _entry(place, block, title.start, end, name, number, title.depth > 0)
        entry["kind"] = _kind(document, block, title, name, number, end)
        entries.append(entry)
    for start, end in _numbers(text):
        if any(low <= start and end <= high for low, high in taken):
            continue
        inside = any(title.start < start and end < title.end for title in titles)
        entry = _entry(place, block, start, end, None, text[start:end], inside)
        entry["kind"] = _kind_of_clause(text, start, end)
        entries.append(entry)
    yield from sorted(entries, key=lambda one: (one["span"][0], -one["span"][1]))


def _entry(
    place: int, block: Block, start: int, end: int, title: str | None, number: str | None, inside: bool
) -> dict[str, Any]:
    return {
        "raw": block.text[start:end],
        "title": title,
        "number": number,
        "kind": BASIS,
        "inside": inside,
        "block": place,
        "span": list(block.span(start, end)),
    }


def titles_in(text: str) -> list[_Title]:
    """Pairs of title marks, inner ones too; an angle bracket is one only inside a title, an unclosed mark is none."""
    found: list[_Title] = []
    opened: list[int] = []
    for place, char in enumerate(text):
        if char in _OPEN and (char == "《" or opened):
            opened.append(place)
        elif char in _CLOSE and opened:
            match = next((at for at in reversed(range(len(opened))) if _pairs(text[opened[at]], char)), None)
            if match is not None:
                found.append(_Title(opened[match], place + 1, match))
                del opened[match:]
        elif char in "。！？" and len(opened) == 1 and "》" not in text[place : place + 60]:
            opened.clear()
    return sorted(found, key=lambda one: one.start)


def _pairs(left: str, right: str) -> bool:
    return _OPEN.index(left) == _CLOSE.index(right)


def _number_after(text: str, end: int) -> tuple[str | None, int]:
    """The number in the bracket behind a title, and where the bracket ends."""
    bracket = _BRACKET.match(text, end)
    if not bracket:
        return None, end
    inner = bracket[1]
    number = NUMBER.search(inner) or ORDER.search(inner)
    return (
        (inner.strip("，,；; ") if number and len(inner) < 40 else number[0], bracket.end()) if number else (None, end)
    )


def _numbers(text: str) -> Iterator[tuple[int, int]]:
    last = 0
    for found in sorted([*NUMBER.finditer(text), *ORDER.finditer(text)], key=lambda one: one.start()):
        if found.start() < last:
            continue
        words = text[found.start() : found.end()]
        start = found.start() + _trim(words)
        if re.fullmatch(rf"第{_NUMERAL}号", words) or end_is_date(text, start):
            continue
        last = found.end()
        yield start, found.end()


def end_is_date(text: str, start: int) -> bool:
    """Whether what looks like a number is the tail of a date or of a house number."""
    return bool(re.search(r"[月路街道巷]\d{0,2}$", text[max(start - 4, 0) : start]))


def _trim(words: str) -> int:
    """How many characters at the front of a match are running text and no part of the number."""
    head = re.match(r"[\u4e00-\u9fff、“]*", words)
    before = _BEFORE_NUMBER.match(head[0]) if head else None
    return before.end() if before else 0


def _kind(document: Document, block: Block, title: _Title, name: str, number: str | None, end: int) -> str:
    """What a reference is for: by what it names, then by what its clause does with it."""
    header = document.header
    bare = _bare(name)
    if bare and bare in {_bare(header.attached_title or ""), _bare(header.title or "")}:
        return OWN
    if any(bare == _bare(annex) for annex in header.attachments) or block.role is Role.ANNEX:
        return ANNEX
    if number is None and _FORM.search(name):
        return FORM
    return _kind_of_clause(block.text, title.start, end)


def _kind_of_clause(text: str, start: int, end: int) -> str:
    before = re.split(r"[。；！？]", text[:start])[-1]
    after = re.split(r"[。；！？]", text[end:])[0]
    if _REPEALS.search(_outside(after)) or re.search(r"废止[^，]{0,6}$", before):
        return REPEALS
    if _AMENDS.search(_outside(after)) or re.search(r"(?:修改|修订|修正)[^，]{0,4}$", before):
        return AMENDS
    if _PREAMBLE.search(after):
        return BASIS
    return CARRIES_OUT if _CARRIES.search(_outside(after).split("，")[0]) else BASIS


def _outside(text: str) -> str:
    """A text without what stands in title marks."""
    return re.sub(r"《[^》]*》", "", text)


def _bare(title: str) -> str:
    return re.sub(r"[\s（）()\[\]〔〕—\-]", "", title)
