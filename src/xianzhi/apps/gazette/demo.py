"""People who read documents in, and two invented notices: one in use, one under review."""

from collections.abc import Callable
from datetime import date

from xianzhi.apps.gazette.models import Reading, Role, Verdict
from xianzhi.apps.gazette.services import intake, review
from xianzhi.kernel import door
from xianzhi.kernel.demo import DemoAccount
from xianzhi.kernel.models import Account

ACCOUNTS = (
    DemoAccount("gazette", "示例辑", "公报编辑：读入文件、提出效力变动", (("county_office.gazette", "county-office"),)),
    DemoAccount("gazette2", "示例校", "文件审核：校核存疑各项", (("county_office.review", "county-office"),)),
    DemoAccount("gazette3", "示例签", "公报签发：签发、启用", (("supervision.gazette", "county-office"),)),
)
CHECKS = """绛县人民政府办公室
关于做好2025年汛前采砂场检查的通知（演示）
绛示发〔2025〕3号
各乡镇人民政府，县直各有关单位：
为保障今年汛期行洪安全，经县政府同意，现将汛前采砂场检查有关事项通知如下。
一、检查范围
全县在用采砂场4处、堆砂场6处，以及停采后尚未验收的场地。
二、任务分工
（一）县水务局会同各乡镇人民政府，2025年4月25日前逐场完成现场检查，检查面达到100%。
（二）县水务局逐台核验地磅和监控，2025年4月底前更换超过检定期的地磅。
（三）县交通运输局在2025年5月中旬前组织运砂车辆联合检查2次以上。
（四）各乡镇人民政府要安排专人旁站，按月报送到岗情况。
（五）做好安全度汛的宣传，及时公布举报电话。
三、工作要求
检查中发现重大隐患的，要当日报告县河长制办公室。县水务局要在2025年6月10日前将总体情况书面报县政府。
本通知自印发之日起施行，有效期至2025年10月31日。
绛县人民政府办公室
2025年4月2日
（此件公开发布）
"""
"""Invented: no such notice was issued."""
FEES = """绛县人民政府办公室
关于规范示例摊位保洁费收取的通知（演示）
绛示规〔2025〕1号
各乡镇人民政府，县直各有关单位：
为规范摊位保洁费的收取，现将有关事项通知如下。
一、收取标准
县住房和城乡建设管理局负责核定收取标准，每年3月底前向社会公布。
二、收取方式
各乡镇人民政府要于2025年6月底前完成摊位登记造册。
收取情况由县财政局负责检查，2025年12月底前完成。
三、监督
相关单位要公开举报电话，及时处理群众反映的问题。
本通知自发布之日起试行，试行期两年。
绛县人民政府办公室
2025年3月20日
（此件公开发布）
"""
"""Invented as well; of the class that two people decide apart."""


def load(say: Callable[[str], None]) -> None:
    """One notice under review, one in use."""
    editor, reviewer, signer = (Account.objects.get(username=one.username) for one in ACCOUNTS)
    intake.receive(CHECKS.encode(), "汛前检查通知（演示）.txt", by=editor, on=date(2025, 4, 7))
    taken = intake.receive(FEES.encode(), "摊位保洁费通知（演示）.txt", by=editor, on=date(2025, 3, 24))
    case = taken.cases[0]
    reading = Reading.objects.get(case=case)
    for role, who in ((Role.FIRST, reviewer), (Role.SECOND, signer)):
        for item in review.open_items(reading, role):
            review.answer(item, Verdict.ACCEPT, by=who)
        if role == Role.FIRST:
            door.take_step(case, "finish", by=reviewer, on=date(2025, 3, 25))
            reading = Reading.objects.get(case=case)
    door.take_step(case, "confirm", by=signer, on=date(2025, 3, 26))
    door.take_step(case, "publish", by=signer, on=date(2025, 3, 26), data={"published_on": "2025-03-24"})
    say("公报：一份通知待校核，一份在用")
