"""The grammar of figures (rule G-9): a value, its unit as printed, and how it is to be compared."""

import re
from dataclasses import dataclass
from decimal import Decimal

_NUMBER = r"\d{1,3}(?:[,，]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_UNITS = (
    r"个?百分点|微克/立方米|%|％|‰|(?:万亿|亿|万|千|百)?(?:美元|欧元|元|人次|人|吨标准煤|吨|公斤|斤|公里|千米|平方米|平方公里|立方米|米|亩|公顷|户次|户|家次|家|件|项|所|座|条|台套|台"
    r"|辆|架次|标箱|千瓦时|千瓦|度|张|套|间|处|名|位|天|次|岁|倍|种|头|只|株|枪|场|个|支|艘|批|宗|篇|孔|眼|栋|幅|片|区|镇|村)|万亿|亿|万"
)
_BEFORE = (
    r"不低于|不少于|不超过|不高于|高于|低于|突破|超过|超|大于|控制在|大约|约为?|近|逾|达到|达|完成|实现|稳定在|保持在"
    r"|维持在|为|到|至"
)
FIGURE = re.compile(
    rf"(?P<sign>[-－负])?(?P<value>{_NUMBER})(?P<unit1>%|％)?(?:[-—－~～至到](?P<high>{_NUMBER}))?(?P<more>多|余)?"
    rf"(?P<unit>{_UNITS})?(?P<more2>多|余)?(?P<after>左右|上下|以上|及以上|以内|之内|以下|以下)?"
)
_LEADS = re.compile(rf"(?P<word>{_BEFORE})(?:了|在)?$")
_COMPARATORS = {
    "左右": "about", "上下": "about", "以上": "at_least", "及以上": "at_least", "以内": "at_most", "之内": "at_most",
    "以下": "at_most", "不低于": "at_least", "不少于": "at_least", "不超过": "at_most", "不高于": "at_most",
    "高于": "above", "突破": "above", "超过": "above", "超": "above", "大于": "above", "逾": "above", "低于": "at_most",
    "控制在": "at_most", "大约": "about", "约": "about", "约为": "about", "近": "about",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """text[start:end] as printed; the word of comparison before it, if any, begins at `lead`. value, high: of a range
    both; unit: as printed, empty if there is none; comparator: about, at_least, at_most, above, equal or range."""

    start: int
    end: int
    lead: int
    value: Decimal
    high: Decimal | None
    unit: str
    comparator: str


def figures_in(text: str) -> list[Figure]:
    """The figures of a clause from left to right. Years, document numbers and ordinals are none."""
    return [figure for found in FIGURE.finditer(text) if (figure := _figure(found, text))]


def _figure(found: re.Match[str], text: str) -> Figure | None:
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
    if before.endswith(("第", "〔")) or (found["unit"] is None and (after in "年月日时号期届条") and after):
        return None
    unit = found["unit"] or found["unit1"] or ""
    if before.endswith(tuple("0123456789.")) and not found["sign"]:
        return None
    lead = _LEADS.search(before)
    word = lead["word"] if lead else ""
    value = Decimal(re.sub(r"[,，]", "", found["value"]))
    high = Decimal(re.sub(r"[,，]", "", found["high"])) if found["high"] else None
    if found["sign"] and not before[-1:].isdigit():
        value = -value
    more = found["more"] or found["more2"]
    comparator = (
        "range" if high is not None
        else _COMPARATORS.get(found["after"] or "") or ("above" if more else None) or _COMPARATORS.get(word) or "equal"
    )  # fmt: skip
    return Figure(
        found.start(),
        found.end(),
        lead.start() if lead else found.start(),
        value,
        high,
        unit.replace("％", "%"),
        comparator,
    )
