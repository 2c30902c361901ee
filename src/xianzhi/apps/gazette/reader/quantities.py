"""Names of statistical quantities: where one ends in a clause, what is one, and its canonical form (CONVENTIONS 12)."""

import re

_SAYS = (
    r"(?:预计|累计|全年|首次|历史性|成功|有望|力争|确保|努力|保持|基本|总体|年均|名义|实际(?!利用|使用|到位)|同比|环比|比上年(?:同期)?|较上年(?:同期)?|比去年|较去年|比年初|较年初|上年"
    r"|再|又|也|均|都|分别|各|约|近|共|已|将|可|连续[^，]{0,6}|增速|增幅|增长率|涨幅|降幅)"
)
_DOES = (
    r"(?:完成|达到|达|实现|为|是|突破|超过|超|稳定在|控制在|保持在|维持在|稳定|控制|保持|维持|不低于|不少于|不超过|不高于|高于|低于|增加到|提高到|提升到|增加至|提高至|提升至|增至|升至|降至|降到|降低到|下降到|下降至"
    r"|增长|新增|增加|提高|提升|上升|上涨|扩大|递增|下降|降低|减少|回落|下滑|收窄|增|涨|降|减|排名|位居|位列|居|列|排|有|占|与|和|同|大约|约为|约|近|逾|到|至|在)"
)
_TAIL = re.compile(rf"(?:{_SAYS}|{_DOES})+$")
_HEAD = re.compile(
    r"^(?:20\d{2}年|预计|实现|完成|全年|今年|去年|上年|全国(?!居民)|全省|全市|全区|全县|全盟|全州|全旗|我国|我省|我市|我区|我县|我州|其中|初步核算|初步统计|累计|力争|确保|努力|实现"
    r"|来源于[^，。]{2,6}的|引进|全面|主要|一是|二是|三是|四是|五是|六是|要|使|推动|促进|带动|到|至|末|底|，|共)+"
)
_RESPECTIVE, _EACH = (
    re.compile(r"分别"),
    re.compile(r"(?:均|都)(?=完成|达|增|下|保|实|超|突|高|居|位|列|排|控|为|稳|提|上)|(?:均|都)$"),
)
_QUANTITY = re.compile(
    r"总值|产值|增加值|投资|收入|总额|零售额|进出口|出口|进口|外资|内资|资金|引资|就业|失业率|价格|CPI|GDP|指数|产量|能耗|排放|强度|比重|占比|占.{1,12}比|率$|余额|税收|贷款|存款"
    r"|人次|交易额|销售额|营业额|利润|销量|周转量|吞吐量|发电量|用电量|客流|接待|到位|支出|城镇化|覆盖|达标|优良天数|浓度|面积|总产|单产|存栏|出栏|脱贫|户籍|人口|营收|收益|产能|总量|规模$|(?:市场|经营)主体"
)
_BARE = ("城镇", "农村", "城市", "全体", "存款", "进口", "出口")
"""What has only its first half before a 、: 城镇、农村居民收入."""
_RESIDENTS = re.compile(r"^(?:城镇|农村|城市|全体|贷款|进口|出口)")
_AND = re.compile(r"[、]|(?<=[值资入额率产价口])(?:和|及|与|以及)")


def name_in(before: str) -> tuple[str, bool, bool]:
    """The name that the words before a figure give, empty if they give none; whether 分别, whether 均 stands there."""
    respective, each = bool(_RESPECTIVE.search(before)), bool(_EACH.search(before))
    name = _TAIL.sub("", before)
    name = _HEAD.sub("", name.strip())
    return (name if len(name) >= 2 else ""), respective, each


def is_quantity(name: str) -> bool:
    """A statistical quantity, by its noun; a count of events, projects or prizes is none."""
    return 2 <= len(name) <= 30 and bool(_QUANTITY.search(name))


def parted(names: list[str], *, respective: bool, each: bool) -> list[tuple[str, str]]:
    """(name, as written) of each quantity: 城乡居民…分别 is 城镇 and 农村, X和Y均 is X and Y; else it stays one."""
    if not (respective or each):
        return [(name, name) for name in names]
    found: list[tuple[str, str]] = []
    for name in names:
        if name.startswith("城乡") and respective and len(names) == 1:
            found += [(f"城镇{name[2:]}", name), (f"农村{name[2:]}", name)]
            continue
        found += [(part, part) for part in _AND.split(name) if part]
    if respective and len(found) == 1 and "存贷款" in found[0][0]:
        return [(found[0][0].replace("存贷款", kind), found[0][0]) for kind in ("存款", "贷款")]
    last = found[-1][0] if found else ""
    shared = _RESIDENTS.sub("", last)
    return [(part + shared, written) if part in _BARE else (part, written) for part, written in found]


def canonical(name: str) -> str:
    """规上 is 规模以上, GDP is 地区生产总值 and so on; growth words at the end, the place in front are dropped."""
    name = _HEAD.sub("", name)
    name = name.replace("规上", "规模以上").replace("全社会固定资产投资", "固定资产投资").replace("GDP", "地区生产总值")
    if "国内生产总值" not in name and "地区生产总值" not in name:
        name = re.sub(r"(?<!单位)生产总值", "地区生产总值", name)
    if re.fullmatch(
        r"居民消费价格(?:总水平|指数|总指数)?(?:上涨幅度|涨幅|上涨|涨幅水平)?|CPI|物价(?:总水平)?涨?幅?", name
    ):
        return "居民消费价格"
    name = re.sub(r"(.+?)(?:在|占)(.+?)(?:中的|的)?(?:比重|占比)$", r"\1占\2比重", name)
    return re.sub(r"(?<=..)(?:增速|增幅|增长率|增长速度|涨幅|人数)$", "", name)
