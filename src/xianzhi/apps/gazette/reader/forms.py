"""Lines whose form says what they are, wherever they stand: numbers, dates, marks, names of organs and titles."""

import re

_DIGIT = r"[\d〇○零一二三四五六七八九十]"
NUMBER = re.compile(r"[\u4e00-\u9fff（）()]{1,16}[〔\[［【（(]\d{4}[〕\]］】）)]\s*第?\d{1,5}号")
"""The number of a document: 字〔2024〕3号."""
ORDER = re.compile(
    r"(?:中华人民共和国)?(?<![年月\d])([\u4e00-\u9fff、]{2,40}?(?:令|公告))(?:[（(]?\s*(\d{4}年)\s*)?\s*第?([\d〇一二三四五六七八九十百]+)号[)）]?"
)
"""The number of an order or announcement: 国家安全部令第2号, 交通运输部令2022年第5号."""
DATE = re.compile(rf"(?:\d{{4}}|[〇○零一二三四五六七八九]{{4}})年{_DIGIT}{{1,3}}月{_DIGIT}{{1,3}}日")
PUBLICITY = re.compile(r"[（(]?(此件[^。；]{1,24}?|[^。；]{0,6}(?:主动公开|依申请公开|不予公开)[^。；]{0,6})[)）]?")
ANNEX_NOTE = re.compile(r"[（(]?附件[^。：:]{0,12}(?:见|另附|另发|略|登录|请到)[^。]{0,40}[)）]?")
_ORGAN_END = (
    r"(?:人民政府|政府|办公室|办公厅|委员会|管委会|人民代表大会|常务委员会|人大常委会|国务院|法院|检察院|总局|总署|总队|支队|大队|指挥部"
    r"|领导小组|联席会议|部|局|厅|委|署|院|处|中心|公司|总行|分行|支行|银行|协会|联合会|总工会|工会|团委|妇联|残联|街道办事处|办事处|行署|公署|集团"
    r"|海关|监管局|会)"
)
ORGAN = re.compile(rf"[\u4e00-\u9fff（）()·、\s]{{2,60}}?{_ORGAN_END}")
"""The name of an organ, alone."""
TITLE_END = re.compile(
    r"(?:通知|意见|方案|办法|决定|报告|批复|公告|通告|规定|细则|条例|规则|规划|计划|纲要|要点|函|命令|令|决议|规范|措施|制度|守则|规程|清单|指南|预案|举措)"
    r"(?:[（(][^（()）]{1,24}[)）])*"
)
"""How a title ends, 试行 and the like in brackets after it."""
SALUTATION = re.compile(r"(?:各位代表|各位委员|同志们|各位领导)[，,：:！!]")


def is_fixed(text: str) -> bool:
    """A line that is a paragraph by itself and can neither continue one nor be continued."""
    if len(text) > 60:
        return False
    text = re.sub(r"\s+", "", text)
    return bool(
        NUMBER.fullmatch(text) or DATE.fullmatch(text) or PUBLICITY.fullmatch(text) or ANNEX_NOTE.fullmatch(text)
        or re.fullmatch(r"附件[：:]?\d{0,2}[：:]?|附[：:]", text)
    )  # fmt: skip


def is_organ(text: str) -> bool:
    """Nothing but the name of an organ, or of several with spaces between."""
    return len(text) <= 80 and not re.match(r"第|各|向|对|由|经", text) and bool(ORGAN.fullmatch(text))


FIELD = re.compile(
    r"(?:牵头|责任|配合|协办|主办|主责|实施|参与|承办|协同|协作|组织)?"
    r"(?:单位|部门|处室|科室|领导|主体|责任人|时限|时间|时间节点|进度安排|完成时限|完成时间|办理时限|工作时限|责任单位及责任人)[：:]"
)
"""A line that names the units or the deadline of the item above it."""
LONE_DATE = re.compile(r"\d{4}年(?:\d{1,2}(?:[-—至]\d{1,2})?月(?:底|中旬|上旬|下旬)?(?:\d{1,2}日)?|底|内)?前?")
"""A date that is a line by itself and ends no sentence: a cell of a table."""
ANNEX = re.compile(r"附件\d{0,2}[：:]")
"""How the list of annexes opens."""
OPENING = re.compile(r"(?:各|\d{4}年\d|[（(]|为|为了|根据|依据|按照|遵照|第一[章条编]|一、|总则|近年来|经|现将|现就)")
"""How the body of a document opens."""
