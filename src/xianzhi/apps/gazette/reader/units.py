"""The grammar of organs (rule G-11): the units that a list names, and the organ that a clause has for its subject.

Units are given as printed: no prefix is added, no alias resolved, no collective name expanded.
"""

import re
from dataclasses import dataclass, field

_SUFFIX = (
    r"(?:局|委|办|厅|(?<!全)部|院|署|处|中心|公司|银行|总工会|工会|妇联|残联|团委|工商联|科协|红十字会|办公室|督查室|研究室|办公厅|委员会|人民政府|政府|街道|办事处"
    r"|乡镇|镇|乡|管委会|领导小组|领导组|工作专班|专班|工作组|指挥部|联席会议|大队|支队|总队|分局|站|所|馆|段|法院|检察院|河长|法制办|党组|党委"
    r"|供销社|联社|分公司|支行|学校|医院|国务院|集团|村委会|居委会|社区|行署|公署|海关|协会|各地|地区|电视台|报社|联合会)"
)
_NAME = r"(?:[^\W\d_的由把将是被让使应须要]|要(?=素)|应(?=急)|(?<=供)应|(?<=自)由(?=贸))"
_COLLECTIVE = (
    r"[县市区省州旗本我]?[级直]?(?:各|有关|相关|责任|成员|牵头|配合|本级|各级|县直|市直|区直|省直|省级|市级|县级|州直|旗直|其他|其它|上述|主管|所在"
    r"|试点|职能|执法|管理|监管|驻[县市区])[\u4e00-\u9fff（）()、]{0,14}?(?:单位|部门|机构|机关|系统)"
)
_PLACES = (
    r"各(?:省|自治区|直辖市|市|县|区|州|盟|旗|乡|镇|街道?|村|社区|园区|地|级|开发区)+"
    r"(?:（[^（()）]{1,14}）)?(?:人民政府|政府|党委|办事处|管委会)?"
    r"|(?:[省市县区乡](?:（[^）]{1,6}）)?、)+(?:[县区镇]|乡镇)(?:（[^）]{1,6}）)?(?:人民政府|政府)"
)
LINES = r"(?:[\u4e00-\u9fff]{2,6}、)+[\u4e00-\u9fff]{2,6}等(?:有关|相关|行政|主管|职能)*(?:部门|单位)"
"""Fields of work that stand for their departments: 财政、公安等部门."""
_DEPARTMENT = rf"{_NAME}{{2,16}}(?:部门|机构|机关)"
_BRACKET = r"(?:（(?!以下|下称|简称)[^（()）]{2,40}）)?"
_UNIT = rf"(?:{_COLLECTIVE}|{_PLACES}|{_DEPARTMENT}|(?:{_NAME}|[（）()·]){{1,28}}?{_SUFFIX}{_BRACKET})"
UNIT = re.compile(_UNIT)
_WHOLE = re.compile(
    rf"{_UNIT}|各[\u4e00-\u9fff（）()、]{{1,12}}|本[\u4e00-\u9fff]{{1,6}}|自治区|直辖市|镇?街道?|乡镇|区县"
)
_OPEN = re.compile(
    r"等(?:(?:各|有关|相关|其他|职能|成员|责任)*(?:部门|单位|机构)?|\d+个?(?:部门|单位))?(?:和(?:有关|相关)?(?:部门|单位))?$"
)
_TAIL = re.compile(
    r"(?:(?:根据|依据)各自职能)?(?:等)?(?:按照|按|依)?(?:各自)?(?:职责|职能|分工)?(?:分工)?(?:共同|分别|具体|负责|参与|配合|落实|实施|组织实施|牵头)*(?:负责|落实|配合|实施|参加|参与|牵头|办理)$"
)
_PARTS = re.compile(r"[、，,；;\n\t]|\s{1,}")
_PAIR = re.compile(r"(?<=[局委办厅部院署处心司室府会道镇乡站所队])(?:和|及|与|以及)(?=[\u4e00-\u9fff])")

_OPENING, _CLOSING = "（(〔[【［", "）)〕]】］"
_NONE = frozenset(("无", "/", "—", "——", "-"))
"""What a field without units says."""

LEAD, OTHERS, DUE, NOBODY = "lead", "others", "due", "nobody"
_FIELDS = (
    (NOBODY, r"(?:牵头|责任|分管|包保|包联|联系|主要|挂钩|督办)?(?:县|市|区)?(?:领导|责任人|联系人|负责人|组长)"),
    (
        LEAD,
        r"(?:牵头|主办|主责|主要责任|第一责任|牵头责任|主管|牵头负责|总牵头)(?:责任)?(?:单位|部门|处室|科室)"
        r"(?:（[^）]{1,6}）)?|牵头",
    ),
    (
        OTHERS,
        r"(?:责任|配合|协办|实施|参与|参加|承办|协同|协作|协助|组织|负责|落实|成员|配合责任|主体责任|具体负责)(?:实施)?(?:单位|部门|处室|科室|主体|分工)(?:（[^）]{1,6}）|及责任人|[及和](?:单位|部门))?",
    ),
    (
        DUE,
        r"(?:完成|办理|工作|时间|整改|推进|办结|时限|落实|实施|计划完成|进度)?(?:时限|时间节点|时间要求|时间安排|完成时间|完成时限|期限|时间|进度安排|时间进度|节点)(?:要求)?",
    ),
)
_FIELD = re.compile("|".join(f"(?P<{kind}>{form})" for kind, form in _FIELDS))
_OPENS = re.compile(
    rf"(?:^|(?<=[（(〔\[【［。；;，,、—\s]))(?:{'|'.join(form for _, form in _FIELDS)})(?:为)?[：:]+"
    r"|(?<![各有相由将向为的要])(?:牵头|责任|配合|主办|协办)(?:单位|部门)[：:]+|(?<![各有相由将向为的要])(?:完成|办理)(?:时限|时间)[：:]+"
)


_MAY_HOLD = re.compile(r"[：:（(〔\[【［]")
"""Without one of these a text has no field."""


@dataclass(slots=True)
class Units:
    """lead, others: as printed, in order; open: the list ends in 等部门; due: what a field of time says."""

    lead: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    open: bool = False
    due: str = ""

    def __bool__(self) -> bool:
        return bool(self.lead or self.others)

    def add(self, other: "Units") -> None:
        """The units of another list of the same task, none twice."""
        self.lead += [unit for unit in other.lead if unit not in self.lead]
        self.others += [unit for unit in other.others if unit not in self.others]
        self.open |= other.open
        self.due = other.due or self.due


def members(text: str) -> tuple[list[str], bool]:
    """The units of a list as printed (brackets inside a name part nothing), and whether it is open (等部门)."""
    bare = re.sub(r"[。；;，,、\s]+$", "", text.strip())
    bare = _TAIL.sub("", bare)
    open_list = bool(_OPEN.search(bare))
    bare = _OPEN.sub("", bare)
    found = [part for piece in _outside_brackets(bare) for part in _PAIR.split(piece)]
    parts = [part.strip("。：: ") for part in found]
    return [part for part in parts if part and part not in _NONE], open_list


def _outside_brackets(text: str) -> list[str]:
    parts, depth, last = [], 0, 0
    for place, char in enumerate(text):
        depth += (char in "（(《") - (char in "）)》")
        if depth <= 0 and _PARTS.match(char):
            parts.append(text[last:place])
            last = place + 1
    return [*parts, text[last:]]


def is_unit(text: str) -> bool:
    """The name of a unit, or of several of a kind, and nothing else."""
    return 2 <= len(text) <= 60 and bool(_WHOLE.fullmatch(text))


def all_units(text: str) -> bool:
    """A list of units and nothing else."""
    listed, _ = members(text)
    return bool(listed) and all(is_unit(one) for one in listed) and "。" not in text


def fields_in(text: str) -> list[tuple[int, int, Units]]:
    """The fields that a text names units or a deadline in (牵头单位：…；责任单位：…), each stretch with what it says.

    A stretch runs over fields that stand beside one another, brackets included: （牵头单位：甲局，责任单位：乙局。）
    """
    if not _MAY_HOLD.search(text):
        return []
    found: list[tuple[int, int, Units]] = []
    openings = list(_OPENS.finditer(text))
    for number, opening in enumerate(openings):
        limit = openings[number + 1].start() if number + 1 < len(openings) else len(text)
        end = _field_end(text, opening.end(), limit)
        units = _field(opening[0].rstrip("：:").removesuffix("为"), text[opening.end() : end])
        opened = opening.start() > 0 and text[opening.start() - 1] in _OPENING
        start = opening.start() - opened
        if found and not re.search(r"[^\s，,；;。、—（(〔\[【［）)〕\]】］]", text[found[-1][1] : start]):
            joined = found[-1][2]
            joined.add(units)
            found[-1] = (found[-1][0], end, joined)
        else:
            found.append((start, end, units))
    found += _bracketed(text, [(start, end) for start, end, _ in found])
    return sorted((start, _past_bracket(text, end), units) for start, end, units in found if units or units.due)


def _past_bracket(text: str, end: int) -> int:
    while end < len(text) and text[end] in ("。；;" + _CLOSING):
        end += 1
    return end


def _field_end(text: str, start: int, limit: int) -> int:
    """Where the value of a field ends: at the bracket that closes it, or at a full stop."""
    depth = 0
    for place in range(start, limit):
        if text[place] in _OPENING:
            depth += 1
        elif text[place] in _CLOSING:
            depth -= 1
            if depth < 0:
                return place
        elif text[place] in "。\t" and depth == 0 and place > start:
            return place
    return limit


def _field(name: str, value: str) -> Units:
    matched = _FIELD.fullmatch(name)
    kind = matched.lastgroup if matched else OTHERS
    if kind == NOBODY:
        return Units()
    if kind == DUE:
        return Units(due=value.strip("，,；;。 "))
    if kind == OTHERS and (split := split_lead(value)):
        return split
    listed, open_list = members(value)
    return Units(lead=listed, open=open_list) if kind == LEAD else Units(others=listed, open=open_list)


_LED = re.compile(
    r"^(?:由)?(?P<lead>[^。；;]{2,80}?)(?:负责)?牵头(?:负责|组织|落实|抓总|办理)?(?P<rest>[，,、；;]?.*)$"
)


def split_lead(value: str) -> Units | None:
    """甲局牵头，乙局、丙局配合: the lead and the others; None where nobody is said to lead."""
    found = _LED.match(value.strip())
    if not found:
        return None
    lead, open_lead = members(found["lead"])
    if not lead or not all(is_unit(one) for one in lead):
        return None
    rest, open_rest = members(re.sub(r"^[，,、；;]*(?:会同|由|联合)?", "", found["rest"]))
    return Units(lead, [one for one in rest if one], open_lead or open_rest)


def _bracketed(text: str, taken: list[tuple[int, int]]) -> list[tuple[int, int, Units]]:
    """Brackets that hold units without a field name: （甲局牵头，乙局配合）, （甲局、乙局负责）, or （甲局、乙局）."""
    found = []
    for one in re.finditer(r"[（(]((?:[^（()）]|[（(][^（()）]*[）)])+)[）)]", text):
        if any(low <= one.start() < high for low, high in taken):
            continue
        inner, due = _time_apart(one[1].strip("。"))
        if units := split_lead(inner):
            units.due = due
            found.append((one.start(), one.end(), units))
            continue
        listed, open_list = members(inner)
        says_so = bool(_TAIL.search(inner))
        at_end = one.end() == len(text.rstrip("。；;")) and text[one.start() - 1 : one.start()] in "。；;"
        if listed and all(is_unit(unit) for unit in listed) and (says_so or at_end):
            found.append((one.start(), one.end(), Units([], listed, open_list, due)))
    return found


def _time_apart(inner: str) -> tuple[str, str]:
    """甲局负责，4月底前完成: the units, and the time."""
    found = re.search(r"[，,；;]([^，,；;]*(?:\d月|年)[^，,；;]*?)(?:完成|落实|办结)?$", inner)
    return (inner[: found.start()], found[1]) if found else (inner, "")
