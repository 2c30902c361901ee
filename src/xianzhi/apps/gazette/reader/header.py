"""Reads the paragraphs of one document, writes its Header and the role of each paragraph that carries it (rule G-6).

A document is head, body and foot: the head names issuer, title, number and addressees; the foot is the signature, the
date and the marks. A notice that hands something down is signed before the text it hands down, else after its own.
"""

import datetime
import re
from dataclasses import dataclass, field

from xianzhi.apps.gazette.reader.forms import (
    ANNEX_NOTE,
    DATE,
    NUMBER,
    ORDER,
    PUBLICITY,
    SALUTATION,
    TITLE_END,
    is_fixed,
    is_organ,
)  # fmt: skip
from xianzhi.apps.gazette.reader.markers import ARTICLE, marker_of
from xianzhi.apps.gazette.reader.model import Header, Paragraph, Role
from xianzhi.apps.gazette.reader.split import is_subtitle
from xianzhi.law.numerals import from_chinese

_TYPES = (
    ("work_report", re.compile(r"报告$")),
    ("measures", re.compile(r"(?:办法|规定|细则|条例|规则)$")),
    ("plan", re.compile(r"(?:方案|计划|规划|要点|预案)$")),
    ("opinion", re.compile(r"意见$|举措$|措施$")),
    ("reply", re.compile(r"(?:批复|复函)$")),
    ("notice", re.compile(r"(?:通知|公告|通告|函|令|决定|通报|公告\d{4}年第\d+号)$")),
)
_HANDS_DOWN = re.compile(r"(?:印发|转发|批转|发布|公布|下发)(?:关于)?")
_ABOVE_TITLE = re.compile(
    r"(?:索引号|发文机关|发布机构|成文日期|发布日期|发文日期|发布时间|主题分类|主题词|信息来源|来源|标题|发文字号|文号|有效性|公开方式|名称)"
    r"[:：].*|.{2,30}文件|.{2,24}(?:公报|命令)|【.*】|(?:打印|分享|字号|浏览次数).*"
)
_HISTORY = re.compile(
    r"[（(]?(?:(?:\d{4}|[〇○零一二三四五六七八九]{4})年.{1,8}日).*(?:通过|公布|发布|批准|修正|修订|施行|第.{1,6}号).*[)）]?"
)
_SPEAKER = re.compile(r"(?:.{0,20}?)((?:代)?(?:县长|市长|区长|省长|州长|旗长|盟长|主席|总理))[：:]?(.{2,12})")
_BRACKETED_DATE = re.compile(rf"[（(]({DATE.pattern})[)）]")
_PASSED = re.compile(r"日(.{2,30}?)(?:第[一二三四五六七八九十]+届)?(人民代表大会(?:常务委员会)?).{0,24}通过")
_PLACE_MEETING = re.compile(r"在(.{2,30}?)第?[一二三四五六七八九十]+届人民代表大会")
_MEETING = re.compile(r"在(.{4,60}?(?:会议|大会))上?[)）]?$")
_NUMBERED = re.compile(r"[（(]?(?:\d{4}年)?第[\d〇一二三四五六七八九十百]+号[)）]?")
_REMARK = re.compile(r"[（(](?:本文|此文|文字|全文)[^（()）]{0,12}[)）]")
_PROMULGATES = re.compile(r"《(.{2,60}?)》.{0,80}(?:公布|发布|施行)")
_LONG_BODY = 60


@dataclass(slots=True)
class Heads:
    """header; roles: of paragraphs by their place; title_lines: the source lines of the title; attached: the place at
    which the text handed down begins, or None."""

    header: Header
    roles: dict[int, Role] = field(default_factory=dict)
    title_lines: list[str] = field(default_factory=list)
    attached: int | None = None


def header_of(paragraphs: list[Paragraph]) -> Heads:
    """Reads head, foot and what is handed down."""
    heads = Heads(Header())
    texts = [one.text for one in paragraphs]
    body = _head(paragraphs, heads)
    foot = _foot(paragraphs, body, heads)
    _marks(texts, body, heads)
    _attached(texts, body, foot, heads)
    _report(texts, heads)
    _order(texts, body, heads)
    _settle(heads)
    return heads


def _head(paragraphs: list[Paragraph], heads: Heads) -> int:
    """Title, number, addressees; the place at which the body begins."""
    header = heads.header
    title: list[str] = []
    for place, one in enumerate(paragraphs):
        text = one.text
        if is_subtitle(text) or (place < 8 and _SPEAKER.fullmatch(text) and len(text) < 30):
            heads.roles[place] = Role.TITLE
        elif SALUTATION.match(text):
            return place
        elif NUMBER.fullmatch(bare := re.sub(r"^[（(](.*)[)）]$", r"\1", text)):
            header.doc_number = header.doc_number or _plain_number(bare)
            heads.roles[place] = Role.NUMBER
        elif place < 24 and title and _is_addressees(text):
            header.addressees = text.rstrip("：:")
            heads.roles[place] = Role.ADDRESSEES
            return place + 1
        elif _is_order(text, paragraphs, place) or (_HISTORY.fullmatch(text) and len(text) < 200):
            heads.roles[place] = Role.NUMBER
        elif title and (dated := _BRACKETED_DATE.fullmatch(text)):
            header.date = date_of(dated[1])
            heads.roles[place] = Role.NUMBER
        elif DATE.fullmatch(text) or PUBLICITY.fullmatch(text) or _ABOVE_TITLE.fullmatch(text):
            if title and DATE.fullmatch(text) and place > 2:
                return place
            heads.roles[place] = Role.ISSUER if not title else Role.NUMBER
        elif _begins_body(text, bool(title)):
            return place
        else:
            if title and _is_whole(title) and not _is_organ_above(title) and is_organ(text):
                return place
            title.append(text)
            heads.title_lines += one.lines
            heads.roles[place] = Role.TITLE
            header.title = "".join(title)
    return len(paragraphs)


def _is_order(text: str, paragraphs: list[Paragraph], place: int) -> bool:
    """The head of an order: 某某部令 and 第3号, on one line or on two."""
    below = paragraphs[place + 1].text if place + 1 < len(paragraphs) else ""
    above = paragraphs[place - 1].text if place else ""
    named = re.fullmatch(r"(?:中华人民共和国)?[\u4e00-\u9fff、]{2,30}(?:令|公告)", text)
    return bool(
        (ORDER.fullmatch(text) and not NUMBER.fullmatch(text))
        or (named and _NUMBERED.fullmatch(below))
        or (_NUMBERED.fullmatch(text) and above.endswith(("令", "公告")))
    )


def _is_whole(title: list[str]) -> bool:
    return bool(re.search(TITLE_END.pattern + "$", title[-1]))


def _is_organ_above(title: list[str]) -> bool:
    return all(is_organ(line) for line in title)


def _begins_body(text: str, titled: bool) -> bool:
    marker = marker_of(text)
    if re.search(r"(?:如下|以下)[^，。]{0,12}[：:]$", text):
        return True
    long = len(text) > _LONG_BODY and text.endswith(("。", "：", "；", "！"))
    return bool(long or (marker and titled) or text.endswith(("。", "！")) or re.match(r"目\s*录$", text))


def _is_addressees(text: str) -> bool:
    """A line that ends in a colon and neither says something nor is numbered."""
    ends = text.endswith(("：", ":")) and len(text) < 400
    return ends and not re.search(r"[。；！]|(?:如下|以下)|^(?:为|根据|按照|现)", text) and not marker_of(text)


def _plain_number(text: str) -> str:
    return re.sub(r"\s+", "", text).translate(str.maketrans("[［【（(]］】）)", "〔〔〔〔〔〕〕〕〕〕"))


def _foot(paragraphs: list[Paragraph], body: int, heads: Heads) -> int | None:
    """The first date that stands alone below names of organs: signature and date. Its place, or None."""
    texts = [one.text for one in paragraphs]
    for place in range(body, len(texts)):
        found = DATE.fullmatch(texts[place]) or DATE.search(texts[place]) if _ends_in_date(texts[place]) else None
        if not found:
            continue
        names, first = _signers(texts, place, body, texts[place][: found.start()])
        if not names and not DATE.fullmatch(texts[place]):
            continue
        if not names and heads.header.date:
            continue
        heads.header.date, heads.header.date_kind = date_of(found[0]), "signed"
        apart = [part for at in range(first, place) for part in _organs(paragraphs[at])]
        heads.header.issuers = tuple(apart if "".join(apart) == "".join(names) else names)
        heads.roles |= dict.fromkeys(range(first, place + 1), Role.SIGNATURE)
        return place
    return None


def _ends_in_date(text: str) -> bool:
    return (
        len(text) < 80
        and bool(re.search(DATE.pattern + r"$", text))
        and (bool(DATE.fullmatch(text)) or is_organ(DATE.sub("", text)))
    )


def _signers(texts: list[str], place: int, body: int, same_line: str) -> tuple[list[str], int]:
    """The organs above a date, first to last, and the place of the first."""
    names = [same_line] if same_line else []
    first = place
    while first - 1 >= body and len(names) < 30 and is_organ(texts[first - 1]) and not marker_of(texts[first - 1]):
        first -= 1
        names.insert(0, texts[first])
    return names, first


def _organs(paragraph: Paragraph) -> list[str]:
    """The organs that sign on one line, with spaces between them; letter-spaced names are one."""
    parts = " ".join(paragraph.lines).split()
    return parts if len(parts) > 1 and all(len(part) > 2 and is_organ(part) for part in parts) else [paragraph.text]


def date_of(text: str) -> datetime.date | None:
    """2024年2月28日 or 二〇二四年二月二十八日; None if there is no such day."""
    found = re.match(r"(.{4})年(.{1,3})月(.{1,3})日", text)
    try:
        year = int(found[1].translate(str.maketrans("〇○零一二三四五六七八九", "000123456789"))) if found else 0
        return datetime.date(year, from_chinese(found[2]), from_chinese(found[3])) if found else None
    except ValueError:
        return None


def _marks(texts: list[str], body: int, heads: Heads) -> None:
    """Whether the document is public, and which annexes it names."""
    annexes: list[str] = []
    for place in range(body, len(texts)):
        text = texts[place]
        if place in heads.roles:
            continue
        if PUBLICITY.fullmatch(text):
            heads.header.disclosure = heads.header.disclosure or text.strip("（）()")
            heads.roles[place] = Role.PUBLICITY
        elif ANNEX_NOTE.fullmatch(text):
            heads.roles[place] = Role.ANNEX
        elif found := re.match(r"附件[：:](?=.)", text):
            annexes += _annex_list(texts, place, found.end(), heads)
    heads.header.attachments = tuple(dict.fromkeys(annexes))


def _annex_list(texts: list[str], place: int, start: int, heads: Heads) -> list[str]:
    """附件：1.… and the lines 2.… below it; a line without a number goes on with the one before."""
    listed = [re.sub(r"^\d{1,2}[.．、]", "", texts[place][start:])]
    heads.roles[place] = Role.ANNEX
    numbered = bool(re.match(r"\d", texts[place][start:]))
    for below in range(place + 1, min(place + 40, len(texts))):
        text = texts[below]
        marker = marker_of(text)
        if not numbered or is_fixed(text) or is_organ(text) or text.endswith("。") or len(text) > 80:
            break
        if marker and marker.level == 3 and marker.number == len(listed) + 1:
            listed.append(text[len(marker.text) :])
        elif marker or below in heads.roles:
            break
        else:
            listed[-1] += text
        heads.roles[below] = Role.ANNEX
    return listed


def _attached(texts: list[str], body: int, foot: int | None, heads: Heads) -> None:
    """The title over the text that a notice hands down: it stands below the signature of the notice."""
    title = heads.header.title or ""
    if foot is None or not _HANDS_DOWN.search(title):
        return
    place = foot + 1
    while place < len(texts) and (
        place in heads.roles or re.fullmatch(r"附件[：:]?\d{0,2}", texts[place]) or _REMARK.fullmatch(texts[place])
    ):
        heads.roles.setdefault(place, Role.ANNEX)
        place += 1
    lines: list[str] = []
    first = place
    name = _handed_down(title)
    while place < len(texts) and len(lines) < 5 and not _begins_attached(texts[place], bool(lines)):
        goes_on = name.startswith("".join(lines) + texts[place]) or texts[place].startswith(("（", "(", "——"))
        if lines and _is_whole(lines) and not goes_on:
            break
        lines.append(texts[place])
        place += 1
    if not lines or place >= len(texts):
        return
    named = [line for line in lines if not _HISTORY.fullmatch(line)]
    heads.header.attached_title = "".join(named) or None
    heads.attached = first
    heads.roles |= dict.fromkeys(range(first, first + len(lines)), Role.TITLE)


def _handed_down(title: str) -> str:
    """The name of what is handed down, as the title of the notice gives it; empty if it gives none."""
    found = re.search(r"(?:印发|转发|批转|发布|公布|下发)(.+)的(?:通知|函|决定|公告|意见)", title)
    return re.sub(r"^《(.*)》$", r"\1", found[1]) if found else ""


def _begins_attached(text: str, titled: bool) -> bool:
    marker = marker_of(text)
    return bool(marker and (titled or marker.level != 3)) or text.endswith(("。", "：", "；")) or len(text) > 80


def _report(texts: list[str], heads: Heads) -> None:
    """A report has day, meeting and speaker under its title; it speaks for the government of the place."""
    header = heads.header
    place = next((place for place in range(min(8, len(texts))) if is_subtitle(texts[place])), None)
    if place is None:
        return
    title = "".join(texts[at] for at in range(place) if heads.roles.get(at) is Role.TITLE)
    header.title, header.addressees, header.doc_number = title or None, None, None
    found = re.search(r"(.{4}年.{1,3}月.{1,3}日)", texts[place])
    header.date, header.date_kind = date_of(found[1]) if found else header.date, "delivered"
    meeting = _MEETING.search(texts[place])
    header.meeting = meeting[1] if meeting else None
    for line in texts[place + 1 : place + 4]:
        if (speaker := _SPEAKER.fullmatch(line)) and len(line) < 30:
            header.speaker = speaker[2]
            break
    header.issuers = (_government(texts[place], title, texts[place + 1 : place + 4]),)


def _government(subtitle: str, title: str, below: list[str]) -> str:
    for line in below:
        if (named := re.match(r".{2,20}人民政府", line)) and _SPEAKER.fullmatch(line) and len(line) < 40:
            return named[0]
    if re.search(r"在(?:第[一二三四五六七八九十]+届)?全国人民代表大会", subtitle):
        return "国务院"
    if named := re.match(r"(?:\d{4}年)?(.{2,12}?)(?:\d{4}年)?(?:人民)?政府工作报告", title):
        return f"{named[1]}人民政府"
    place = _PLACE_MEETING.search(subtitle)
    return f"{place[1]}人民政府" if place else ""


def _order(texts: list[str], body: int, heads: Heads) -> None:
    """Orders and local regulations say under the title who passed or published them, when, and by which number."""
    header = heads.header
    places = [place for place, role in sorted(heads.roles.items()) if role is Role.NUMBER]
    history = [texts[place] for place in places if not NUMBER.fullmatch(texts[place])]
    for text in ["".join(history), *(texts[place] for place in range(min(body, len(texts))))]:
        if header.doc_number is None and (found := ORDER.search(DATE.sub(" ", text))):
            header.doc_number = _order_number(found)
            header.issuers = header.issuers or (_who_orders(found[1]),)
            header.date_kind = "published" if header.date else None
    for text in history:
        if header.date is None and (found := DATE.search(text)):
            header.date = date_of(found[0])
            passed = re.search(r"通过", text[: found.end() + 60].split("根据")[0])
            header.date_kind = "passed" if passed else "published"
        if not header.issuers and (passed := _PASSED.search(text)):
            header.issuers = (re.sub(r"第[一二三四五六七八九十]+届$", "", passed[1]) + passed[2],)
    _promulgated(texts, body, heads)


def _promulgated(texts: list[str], body: int, heads: Heads) -> None:
    """An order without a title of its own has that of what it publishes."""
    found = next((found for text in texts[body : body + 3] if (found := _PROMULGATES.search(text))), None)
    if heads.header.title or not found:
        return
    heads.header.title = found[1]
    for place in range(body + 1, len(texts)):
        if texts[place] == found[1]:
            heads.attached = place
            heads.roles[place] = Role.TITLE
            return


def _order_number(found: re.Match[str]) -> str:
    who = found[1].removeprefix("中华人民共和国")
    year = found[2] or ""
    return f"{who}{year}第{found[3]}号"


def _who_orders(named: str) -> str:
    return re.sub(r"(?:令|公告)$", "", named.removeprefix("中华人民共和国"))


def _settle(heads: Heads) -> None:
    """What follows from the rest: an issuer that only the title names, and the type."""
    header = heads.header
    title = header.title or ""
    if header.date_kind is None and header.date:
        header.date_kind = "signed"
    if not header.issuers:
        header.issuers = _issuers_of(heads.title_lines, title)
    header.doc_type = "work_report" if header.date_kind == "delivered" else _type(header.attached_title or title)
    if header.attached_title and header.doc_type is None:
        header.doc_type = _type(title)


def _issuers_of(lines: list[str], title: str) -> tuple[str, ...]:
    """The organs that a title opens with, before 关于; apart where spaces or line ends stand between them."""
    spaced = re.match(r"(.{2,90}?)\s*关于", " ".join(lines))
    parts = spaced[1].split() if spaced else []
    if len(parts) > 1 and all(len(part) > 2 and is_organ(part) for part in parts):
        return tuple(parts)
    named = re.match(r"(.{2,60}?)关于", title)
    return (named[1],) if named and is_organ(named[1]) else ()


def _type(title: str) -> str | None:
    bare = re.sub(r"[（(][^（()）]*[)）]", "", title).rstrip("》")
    return next((name for name, form in _TYPES if form.search(bare)), None)


def is_measures(texts: list[str]) -> bool:
    """Whether articles stand in it."""
    return any((marker := marker_of(text)) and marker.level == ARTICLE for text in texts)
