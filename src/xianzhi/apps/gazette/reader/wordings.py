"""What the words of a sentence alone say of it: the forms of basis, scope, penalty and the like, and whom it binds."""

import re
from functools import lru_cache

from xianzhi.apps.gazette.reader.units import UNIT
from xianzhi.apps.gazette.reader.verbs import imperative, orders

OBLIGATION, TARGET, PARAMETER, DEFINITION, SCOPE = "obligation", "target", "parameter", "definition", "scope"
BASIS, PERMISSION, PROHIBITION, PENALTY, PUBLICITY = "basis", "permission", "prohibition", "penalty", "publicity"
BACKGROUND, RHETORIC, HEADING, SIGNATURE, UNREAD = "background", "rhetoric", "heading", "signature", "unread"
LABELS = (
    OBLIGATION, TARGET, PARAMETER, DEFINITION, SCOPE, BASIS, PERMISSION, PROHIBITION, PENALTY, PUBLICITY,
    BACKGROUND, RHETORIC, HEADING, SIGNATURE,
)  # fmt: skip

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


COUNTS = re.compile(r"[一二三四五六七八九十]{1,3}是")
THINGS = re.compile(r"材料|资料|证件|文件|条件|情形|信息|内容|范围")
LISTS = re.compile(
    r"(?:材料|资料|证件|文件|条件|情形|内容|事项|标准|要求|信息|包括|范围|分为"
    r"|为)(?:之一)?(?:的)?(?:包括)?(?:如下|的)?[：:]$|包括[：:]$|下列[^：]*[：:]$"
    r"|[以如]下标准[：:]$|[^：]{0,12}(?:材料|条件|情形)[^：]{0,6}[：:]$"
)
MUST = re.compile(
    r"应当|必须|不得|负责|牵头|(?:^|[，,])[^，,]{0,30}(?:(?<![重主需])要(?!求|素|点)|须|应(?!急|用|对|届|收))"
)
SLOGANS = re.compile(
    r"各位代表|同志们|让我们|以[^，]{0,60}为指导|奋力谱写|不懈奋斗|“两个确立”|“两个维护”|踔厉奋发|衷心感谢"
    r"|崇高敬意|我们(?:要|必须|一定|将|坚信|相信|深知)"
    r"|^(?:新的一年|面对|站在|展望|做好(?:今年|新一年)).{0,40}(?:我们|要|关键|意义)|就一定能"
)
GUIDING = re.compile(
    r"指导思想|总体要求|总体思路|基本原则|重要意义|重大意义|提高认识|充分认识|提高(?:政治)?站位|工作思路"
)
DATED = re.compile(r"(?:20\d{2}年|年底|月底|月)[^，。]{0,4}(?:前|底|末)")
GROWS = re.compile(r"增长|增速|增幅|达到|左右|以上|以内|控制在|不低于|不少于|同步|高于|下降|提高|稳定在|突破")
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
MATTERS = re.compile(
    r"具有[^，。]{0,12}意义|关乎|(?<![一二三四五六七八九十但])是[^，。]{0,30}(?:重要(?:组成部分|举措|内容|基础"
    r"|途径|抓手|支撑)"
    r"|必然要求|迫切需要|关键所在|命脉)"
)
DONE = re.compile(r"(?:通车|投用|投运|投产|开工|竣工|完工|达标|全覆盖|建成|落地|投入(?:使用|运营|运行))[。；！]?$")
_FACT = re.compile(
    r"(?:^|[，,])[^，,。]{2,40}(?:(?<![一二三四五六七八九十])是|具有|关乎|关系(?:到)?)[^，,。]*(?:重要|关键|重大"
    r"|必然|基础|举措|意义|福祉"
    r"|工程)|(?<!为)了[^，。]*$"
)


def by_form(words: str) -> str | None:
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


def deontic(words: str, law: bool) -> str | None:
    """What is forbidden, allowed, punished or made public; law: a text of measures, where 处罚 is a rule."""
    organ = organ_acts(words)
    if law and _PENALTY.search(words):
        return PENALTY
    if _FORBIDS.search(words) and not re.search(r"不得(?:力|不)|得不得", words):
        return PROHIBITION
    if re.search(r"可以?由", words) or (_PERMITS.search(words) and not organ and (law or not imperative(words))):
        return PERMISSION
    if _FACT.search(words) and not organ and not imperative(words) and not MUST.search(words):
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


@lru_cache(maxsize=256)
def organ_acts(words: str) -> bool:
    """Whether an organ does something anywhere in the words. Kept a while: it is asked several times of a sentence."""
    return bool(_ORGAN_ACTS.search(words))


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
    return not organ_acts(words) and not organ_opens(words)


def organ_opens(words: str) -> bool:
    """Whether the words open with an organ that does something: 县水利局核定水价."""
    words = COUNTS.sub("", words, count=1)
    organ = UNIT.match(words)
    if not organ:
        return False
    return orders(re.sub(r"^(?:等(?:有关|相关)?(?:部门|单位)?)", "", words[organ.end() :]))


def decided_by_organ(words: str) -> bool:
    """Whether an organ receives or decides what the sentence asks of others (报某局备案)."""
    return bool(_TO_ORGAN.search(words))
