"""Reads blocks and obligations, writes the sentences: every character of each block in one of them, one label to each.

A sentence ends at 。！？；or at the end of its paragraph; a heading and a list of units are sentences of their own.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from xianzhi.apps.gazette.reader.model import Block, Document, Part, Role
from xianzhi.apps.gazette.reader.units import UNIT, fields_in, is_unit
from xianzhi.apps.gazette.reader.verbs import has_figure, imperative, orders

OBLIGATION, TARGET, PARAMETER, DEFINITION, SCOPE = "obligation", "target", "parameter", "definition", "scope"
BASIS, PERMISSION, PROHIBITION, PENALTY, PUBLICITY = "basis", "permission", "prohibition", "penalty", "publicity"
BACKGROUND, RHETORIC, HEADING, SIGNATURE, UNREAD = "background", "rhetoric", "heading", "signature", "unread"
LABELS = (
    OBLIGATION, TARGET, PARAMETER, DEFINITION, SCOPE, BASIS, PERMISSION, PROHIBITION, PENALTY, PUBLICITY,
    BACKGROUND, RHETORIC, HEADING, SIGNATURE,
)  # fmt: skip
START = 12
_SURE, _RULE, _GUESS = 1.0, 0.8, 0.6
_BY_ROLE = {
    Role.ISSUER: HEADING, Role.TITLE: HEADING, Role.NUMBER: HEADING, Role.ADDRESSEES: SCOPE, Role.SIGNATURE: SIGNATURE,
    Role.PUBLICITY: PUBLICITY, Role.ANNEX: HEADING, Role.CHAPTER: HEADING, Role.SECTION: HEADING, Role.HEADING: HEADING,
}  # fmt: skip
_STOPS = "。！？；;!?"
_OPENS, _CLOSES = "（(《“〈「", "）)》”〉」"
_READABLE = re.compile(r"[\u4e00-\u9fffA-Za-z0-9]")
_BROKEN = re.compile(r"[\ufffd\ue000-\uf8ff□]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """block.text[start:end] of the block at `block`; said: where its words begin, after the number."""

    block: int
    start: int
    end: int
    said: int
    label: str
    confidence: float


def find(document: Document) -> list[dict[str, Any]]:
    """The sentences in the order in which they stand."""
    return [_entry(document, one) for one in sentences(document)]


def sentences(document: Document) -> list[Sentence]:
    """The same with their places in the blocks, for the stages that go on from them."""
    return list(_Reader(document).read())


def _entry(document: Document, one: Sentence) -> dict[str, Any]:
    block = document.blocks[one.block]
    words = re.sub(r"\s", "", block.text[one.said : one.end] or block.text[one.start : one.end])
    return {
        "label": one.label,
        "text_start": words[:START],
        "span": list(block.span(one.start, one.end)),
        "block": one.block,
        "confidence": one.confidence,
    }


def parts_of(block: Block) -> list[tuple[int, int]]:
    """Where the sentences of a block begin and end: head to head, from its first character to its last."""
    text = block.text
    cuts = {0, len(text), *_field_cuts(text)}
    body = 0
    if block.role in (Role.ITEM, Role.ARTICLE) and block.run_in and len(block.run_in) + 1 < len(block.words):
        body = block.start + len(block.run_in) + 1
        cuts.add(body)
    depth = 0
    for place in range(body, len(text)):
        char = text[place]
        depth += (char in _OPENS) - (char in _CLOSES and depth > 0)
        if char in _STOPS and (depth == 0 or _ends_quote(text, place)):
            cuts.add(_past_marks(text, place + 1))
    ordered = sorted(cuts)
    found: list[tuple[int, int]] = []
    for start, end in pairwise(ordered):
        if found and not _READABLE.search(text[start:end]) and not _BROKEN.search(text[start:end]):
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _field_cuts(text: str) -> Iterator[int]:
    """Around lists of units and deadlines that stand at the end of a paragraph or between sentences."""
    for start, end, _ in fields_in(text):
        if start and text[start - 1] in _STOPS + "）)” ":
            yield start
            yield end


def _ends_quote(text: str, place: int) -> bool:
    """A full stop that closes a quotation closes the sentence too, if the bracket never closes otherwise."""
    rest = text[place + 1 :]
    return not any(char in _CLOSES for char in rest)


def _past_marks(text: str, place: int) -> int:
    while place < len(text) and (text[place] in _STOPS + _CLOSES or text[place].isspace()):
        place += 1
    return place


_PRIVATE = (
    r"(?:(?:采砂|采矿|开采|运输|排放|排污|养殖|经营|生产|使用|产生|作业|收集|处置|用水|用电|购买|销售|运营"
    r"|供应)(?:单位|者|企业|主体|人)|申请人|申请单位|当事人|经营主体|经营者"
    r"|缴费(?:单位|人)|缴纳(?:单位|人|义务人)|单位(?:和|或者?)个人|个人|公民|法人|用户|业主|用人单位|设计单位|施工单位"
    r"|建设单位|监理单位|生产经营单位|投标人|中标人|举报人|参保人员|投资者|企业|使用人|所有权人|使用权人|产权人"
    r"|承包人|承租人|驾驶人|[\u4e00-\u9fff]{0,4}车辆|学生|考生|居民|村民)"
)
_PRIVATE_SUBJECT = re.compile(
    rf"(?:^|[，,。])(?:任何|有关|相关|各类|从事[^，]{{2,20}}的|取得[^，]{{2,16}}的"
    rf"|[\u4e00-\u9fff]{{0,6}}?)?{_PRIVATE}(?:[、和及或]{_PRIVATE})*"
    r"(?:应当|应(?!急)|须|必须|不得|要(?!求)|可以|可|有权|按|依|终止|在|向|接到|对|未|擅自|违反|根据|需|有)"
)
_ORGAN_ACTS = re.compile(
    rf"(?:由{UNIT.pattern}|{UNIT.pattern}(?:应当|应|要|须|必须|负责|牵头|组织|统一|批准|审批|审核|受理|予以|会同"
    rf"|每[年月季周]|分别|依据|根据|按照|承担|联合|提交|报"
    rf"|出具|核查|支付|签订|督促|指导|做好|完成|从|将|把|于|统筹|共同)"
    r"|(?:县|市|区|乡|镇|省|村)级(?:要|应|须|负责|督促|组织|统筹)|[\u4e00-\u9fff]{2}部门(?:要|应))"
)
_BY_ORGAN = re.compile(rf"(?<![可])由{UNIT.pattern}")
_TO_ORGAN = re.compile(
    r"(?:报|经|向|申请)[^，。；]{2,24}?(?:局|委|厅|部|政府|机关|部门|办公室|办)(?:负责)?(?:备案|审批|批准|批复"
    r"|审查|审核|同意|核准|验收|提出申请|申请|核定|认定)"
)


class _Reader:
    """Goes over a document once; what a sentence is depends on its words and on the headings it stands under."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.report = document.header.doc_type == "work_report"
        self.tasks = [one for one in document.obligations if "span" in one]
        self.openings = Counter(
            _family(block) for block in document.blocks if block.role is Role.BODY and _has_opening(block)
        )
        self.plain = {_family(block) for block in document.blocks if block.role is Role.ITEM and not block.run_in}

    def read(self) -> Iterator[Sentence]:
        for place, block in enumerate(self.document.blocks):
            lead_in = _LISTS.search(self._lead_in(block, place)) if place else None
            listed = bool(_THINGS.search(lead_in[0])) if lead_in else None
            parts = parts_of(block)
            for number, (start, end) in enumerate(parts):
                said = max(start, block.start) if start < block.start < end else start
                words = block.text[said:end].strip()
                after = block.text[end : parts[number + 1][1]] if number + 1 < len(parts) else ""
                if _opens(block, words, number, after) and (number or self._many_open(block)):
                    label, sure = HEADING, _RULE
                else:
                    label, sure = self._label(block, words, start, number, listed)
                yield Sentence(place, start, end, said, label, sure)

    def _many_open(self, block: Block) -> bool:
        """Whether the paragraphs beside this one open with a heading of their own too."""
        return self.openings[_family(block)] > 1

    def _in_table(self, block: Block) -> bool:
        """Whether a paragraph is what is left of a cell: no sentence, and nothing but a number, units or a few words."""
        text = block.text.strip("、，, ")
        if re.search(r"[。；！？：:]", text):
            return False
        return len(text) <= 8 or bool(re.fullmatch(r"[\d.%％/-]+", text)) or all(map(is_unit, re.split(r"[、，,]", text)))

    def _lead_in(self, block: Block, place: int) -> str:
        """The sentence that opens the list in which an item stands."""
        above = block.above[-1] if block.above else None
        if block.role is not Role.ITEM:
            return ""
        if above is not None and above.text.rstrip().endswith(("：", ":")):
            return above.text.rstrip()
        before = place - 1
        while before >= 0 and self.document.blocks[before].role is Role.ITEM:
            if self.document.blocks[before].level < block.level:
                break
            before -= 1
        text = self.document.blocks[before].text.rstrip() if before >= 0 else ""
        return text if text.endswith(("：", ":")) else ""

    def _label(self, block: Block, words: str, start: int, number: int, listed: bool | None) -> tuple[str, float]:
        if not _READABLE.search(words) or len(_BROKEN.findall(words)) * 4 > len(words):
            return (UNREAD, 0.0) if _BROKEN.search(words) or not words else (HEADING, _GUESS)
        if block.role in _BY_ROLE:
            return _BY_ROLE[block.role], _SURE
        if number == 0 and block.run_in and start == 0 and len(words) <= len(block.run_in) + 1:
            return (OBLIGATION, _GUESS) if self._among_sentences(block) and imperative(words) else (HEADING, _SURE)
        if number == 0 and block.level in (1, 2) and not block.run_in and re.fullmatch(r"[^，,：:\d]{2,12}。", words):
            if len(block.words) > len(words) and not imperative(words):
                return HEADING, _RULE
        if block.role is Role.CELL:
            return self._cell(block, words)
        if (stretch := fields_in(words)) and stretch[0][0] <= 1:
            return PARAMETER, _SURE
        if block.role is Role.BODY and self._in_table(block):
            return PARAMETER, _GUESS
        if listed is not None and (listed or not imperative(words)):
            return PARAMETER, _RULE
        if label := _by_form(words):
            return label, _RULE
        label, sure = self._by_place(block, words)
        if label in (BACKGROUND, SCOPE, TARGET) and sure == _GUESS and self._ordered(block, start):
            return OBLIGATION, _RULE
        return label, sure

    def _among_sentences(self, block: Block) -> bool:
        """Whether what looks like a run-in heading is the first sentence of an item, as its neighbours have no headings."""
        return block.role is Role.ITEM and _family(block) in self.plain

    def _ordered(self, block: Block, start: int) -> bool:
        """Whether the tasks that were found hold this place."""
        place = block.span(start, start + 1)[0]
        return any(one["span"][0] <= place < one["span"][1] for one in self.tasks)

    def _cell(self, block: Block, words: str) -> tuple[str, float]:
        low, high = block.span()
        inside = any(one["span"][0] <= low and high <= one["span"][1] for one in self.tasks)
        if inside:
            return (OBLIGATION, _RULE) if len(words) > START or imperative(words) else (PARAMETER, _RULE)
        return (HEADING, _RULE) if len(words) <= START else (PARAMETER, _GUESS)

    def _by_place(self, block: Block, words: str) -> tuple[str, float]:
        """The words alone do not settle it: the heading above does, else the verb."""
        heads = "".join(one.run_in for one in block.above) + block.run_in
        if self.report and re.match(r"各位(?:代表|委员)[，,！!：]|同志们[，,！!]", block.text):
            return (BACKGROUND if looks_back(block, self.document) else RHETORIC), _RULE
        if self.report and looks_back(block, self.document):
            return BACKGROUND, _RULE
        if _MATTERS.search(words) and not re.search(r"[，,][^，,]{2,30}(?:(?<![重主需])要(?!求)|须|应当)", words):
            return BACKGROUND, _RULE
        if re.search(r"目标", block.run_in or (block.above[-1].run_in if block.above else "")) and _DATED.search(words):
            return TARGET, _RULE
        if _RHETORIC.search(words) or (_GUIDING.search(heads) and not has_figure(words) and not _MUST.search(words)):
            return RHETORIC, _RULE
        law = self.document.header.doc_type == "measures" and block.part is not Part.NOTICE
        if label := _deontic(words, law or bool(re.search(r"处罚|罚则|法律责任", heads))):
            return label, _RULE
        if decided_by_organ(words) or (law and re.search(r"(?:全部|一律|统一)纳入|采取[^，。]*方式", words)):
            return OBLIGATION, _RULE
        if self.report and _DONE.search(words):
            return OBLIGATION, _GUESS
        if re.search(r"增速[^，]*(?:同步|高于|持平)|指标[^，]*(?:完成|达到|控制)", words):
            return TARGET, _RULE
        if re.search(r"标准|条件|要素|内容$", heads) and not _ORGAN_ACTS.search(words) and not imperative(words):
            return PARAMETER, _GUESS
        if (
            re.search(r"(?:适用|实施|征收|收费|保护|调查|普查)(?:的)?(?:范围|对象)|^范围", heads)
            and not has_figure(words)
            and not imperative(words)
        ):
            return SCOPE, _GUESS
        if has_figure(words) and (_GROWS.search(words) or re.search(r"目标|指标", heads)) and not imperative(words):
            return TARGET, _RULE
        if _ORGAN_ACTS.search(words) or imperative(words) or _MUST.search(words) or organ_opens(words):
            return OBLIGATION, _RULE
        if re.search(r"目标", heads) and len(words) > START:
            return TARGET, _GUESS
        return BACKGROUND, _GUESS


def _family(block: Block) -> tuple[int, int]:
    """What the items of one list have in common."""
    return (id(block.above[-1]) if block.above else 0, block.level)


def _opens(block: Block, words: str, number: int, after: str) -> bool:
    """Whether a short sentence is the heading of what follows: 优化产业布局。…, or 一是提供窗口服务。… with no 二是 after it."""
    short = len(words) <= 16 and not re.search(r"[，,：:\d]|[！!？?]$", words) and len(after) > 6
    if _COUNTS.match(words):
        return short and not _COUNTS.match(after)
    return short and number == 0 and block.role is Role.BODY and not block.marker and words.endswith("。")


def _has_opening(block: Block) -> bool:
    head, _, rest = block.text.partition("。")
    return bool(rest) and len(rest) > 30 and _opens(block, head + "。", 0, rest)


_COUNTS = re.compile(r"[一二三四五六七八九十]{1,3}是")
_THINGS = re.compile(r"材料|资料|证件|文件|条件|情形|信息|内容|范围")
_LISTS = re.compile(
    r"(?:材料|资料|证件|文件|条件|情形|内容|事项|标准|要求|信息|包括|范围|分为"
    r"|为)(?:之一)?(?:的)?(?:包括)?(?:如下|的)?[：:]$|包括[：:]$|下列[^：]*[：:]$"
    r"|[以如]下标准[：:]$|[^：]{0,12}(?:材料|条件|情形)[^：]{0,6}[：:]$"
)
_MUST = re.compile(
    r"应当|必须|不得|负责|牵头|(?:^|[，,])[^，,]{0,30}(?:(?<![重主需])要(?!求|素|点)|须|应(?!急|用|对|届|收))"
)
_RHETORIC = re.compile(
    r"各位代表|同志们|让我们|以[^，]{0,60}为指导|奋力谱写|不懈奋斗|“两个确立”|“两个维护”|踔厉奋发|衷心感谢"
    r"|崇高敬意|我们(?:要|必须|一定|将|坚信|相信|深知)"
    r"|^(?:新的一年|面对|站在|展望|做好(?:今年|新一年)).{0,40}(?:我们|要|关键|意义)|就一定能"
)
_GUIDING = re.compile(
    r"指导思想|总体要求|总体思路|基本原则|重要意义|重大意义|提高认识|充分认识|提高(?:政治)?站位|工作思路"
)
_DATED = re.compile(r"(?:20\d{2}年|年底|月底|月)[^，。]{0,4}(?:前|底|末)")
_GROWS = re.compile(r"增长|增速|增幅|达到|左右|以上|以内|控制在|不低于|不少于|同步|高于|下降|提高|稳定在|突破")
_BASIS = re.compile(
    r"制[定订]本(?:办法|规定|细则|方案|条例|意见|通知|制度|规划|计划|措施|规则|预案|行动|决定|要点|通告|公告|指南"
    r"|规范|实施|工作方案|标准)|现印发给|印发给你们|现(?:予"
    r"|将)[^，。]{2,40}(?:印发|转发|公布|通知)|通知如下|公告如下|提出(?:如下|以下)|制定(?:此|以下|如下)|批复如下"
    r"|决定如下"
)
_FORCE = re.compile(
    r"自[^，。]{1,24}(?:起)?(?:施行|执行|实施|生效)|有效期(?:为|至|\d|[一二三四五六七八九十]|到|限)|同时废止"
    r"|不一致(?:的|之处)?[，,]?以|试行期"
)
_DEFINES = re.compile(
    r"(?:是指|系指|所称[^，。]{1,40}(?:包括|是|指|为)|本[办细规条方]\w{0,2}所称|^[^，]{2,20}分为"
    r"|^[^，。]{1,14}包括[^，]|[^，。]{2,20}属于[^，。]{2,12}所有)"
)
_SCOPE = re.compile(r"适用(?:于)?本|适用于|(?:范围|对象)(?:为|是|包括|：)|(?:参照|比照)(?:本[^，。]{2,6})?执行|不适用")
_PENALTY = re.compile(
    r"罚款|处罚(?!裁量|程序|事项|决定书)|处以|追究[^，。]{0,14}责任|没收|给予[^，。]{0,8}(?:处分|处理|警告)|吊销"
    r"|责令|依法(?:依规|依纪)?[^，。]{0,30}处理|赔偿责任|治安管理"
)
_PERMITS = re.compile(
    r"可以|(?<![不认许])可(?:由|向|在|按|根据|通过|进行|凭|依|自|申请|以|持|将)|有权|允许|鼓励|不再另行|方可"
)
_FORBIDS = re.compile(r"不得|禁止|严禁|不准|不允许|杜绝|一律不")
_PUBLISHES = re.compile(
    r"(?:予以|及时|依法|向社会|对外|主动|广泛|网站|统一|专题|加大|加强|开展|做好|集中|定期)(?:进行)?(?:公告|公布"
    r"|公示|公开|宣传|通报|曝光|发布|宣讲|报道)"
    r"|(?:宣传|公示|公开)(?:活动|力度)|^(?:发布|公布|公开|公示|宣传)"
)
_REFERS = re.compile(
    r"^[（(]?[^，。（(]{0,24}(?:详见|见)附件[^，。]{0,6}[。）)]*$|^联系(?:人|电话)[：:]|^(?:电话|邮箱|地址|传真"
    r"|邮编)[：:]"
)
_PERIOD = re.compile(
    r"[（(]?(?:20\d{2}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|前"
    r"|起)*(?:[至到—\-－~～]+(?:20\d{2}年)?(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|前)*)?[）)。；]*"
)
_MATTERS = re.compile(
    r"具有[^，。]{0,12}意义|关乎|(?<![一二三四五六七八九十但])是[^，。]{0,30}(?:重要(?:组成部分|举措|内容|基础|途径|抓手|支撑)"
    r"|必然要求|迫切需要|关键所在|命脉)"
)
_DONE = re.compile(r"(?:通车|投用|投运|投产|开工|竣工|完工|达标|全覆盖|建成|落地|投入(?:使用|运营|运行))[。；！]?$")
_FACT = re.compile(
    r"(?:^|[，,])[^，,。]{2,40}(?:(?<![一二三四五六七八九十])是|具有|关乎|关系(?:到)?)[^，,。]*(?:重要|关键|重大|必然|基础|举措|意义|福祉"
    r"|工程)|(?<!为)了[^，。]*$"
)


def _by_form(words: str) -> str | None:
    """Labels that the form of the sentence gives, wherever it stands."""
    if re.match(r"^各位(?:代表|委员)[：:！!，,]?$", words) or re.match(r"^现在，我(?:代表|受)", words):
        return RHETORIC
    if _BASIS.search(words):
        return BASIS
    if _FORCE.search(words):
        return PARAMETER
    if _REFERS.search(words) or _PERIOD.fullmatch(words) or re.search(r"放假|调休|日）?(?:照常)?上班", words):
        return PARAMETER
    if re.search(r"^构成犯罪的|标准时点", words):
        return PENALTY if "犯罪" in words else PARAMETER
    if _DEFINES.search(words) and not _PENALTY.search(words):
        return DEFINITION
    if _SCOPE.search(words):
        return SCOPE
    return None


def _deontic(words: str, law: bool) -> str | None:
    """What is forbidden, allowed, punished or made public; law: a text of measures, where 处罚 is a rule and no topic."""
    organ = bool(_ORGAN_ACTS.search(words))
    if law and _PENALTY.search(words):
        return PENALTY
    if _FORBIDS.search(words) and not re.search(r"不得(?:力|不)|得不得", words):
        return PROHIBITION
    if re.search(r"可以?由", words) or _PERMITS.search(words) and not organ and (law or not imperative(words)):
        return PERMISSION
    if _FACT.search(words) and not organ and not imperative(words) and not _MUST.search(words):
        return BACKGROUND
    if (
        _PUBLISHES.search(words)
        and re.search(rf"(?:{_PUBLISHES.pattern})[^，]*[。；]?$", words)
        and (organ or imperative(words))
    ):
        return PUBLICITY
    if law and _PRIVATE_SUBJECT.search(words):
        return OBLIGATION
    return None


def of_subjects(words: str) -> bool:
    """Whether a sentence has citizens or firms for its subject."""
    return bool(_PRIVATE_SUBJECT.search(words))


def on_subjects(words: str) -> bool:
    """Whether a sentence binds citizens and firms only, and no organ has to do anything."""
    private = _PRIVATE_SUBJECT.search(words)
    if not private or _TO_ORGAN.search(words):
        return False
    if private.start() == 0 and not _ORGAN_ACTS.match(words) and not organ_opens(words):
        return not _BY_ORGAN.search(words)
    return not _ORGAN_ACTS.search(words) and not organ_opens(words)


def organ_opens(words: str) -> bool:
    """Whether the words open with an organ that does something: 县水利局核定水价."""
    words = _COUNTS.sub("", words, count=1)
    organ = UNIT.match(words)
    if not organ:
        return False
    return orders(re.sub(r"^(?:等(?:有关|相关)?(?:部门|单位)?)", "", words[organ.end() :]))


def decided_by_organ(words: str) -> bool:
    """Whether an organ receives or decides what the sentence asks of others (报某局备案)."""
    return bool(_TO_ORGAN.search(words))


def looks_back(block: Block, document: Document) -> bool:
    """Whether a paragraph of a report tells what was done."""
    heads = "".join(one.run_in for one in (*block.above, block) if one.level == 1)
    if not heads:
        return block.role is Role.BODY
    past = str((document.header.plan_year or 0) - 1)
    return bool(re.search(r"回顾|总结|成效|工作情况|成绩|过去", heads)) or (past in heads and "今年" not in heads)
