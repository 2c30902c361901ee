"""Obligations in the forms in which plans, opinions, notices and measures give them, in the project's own words."""

from typing import Any

import pytest

from xianzhi.apps.gazette.reader import read
from xianzhi.apps.gazette.reader.model import Source

Expected = tuple[str, list[str], list[str], str | None]
"""How its text begins, who leads, who else acts, and by when."""

PLAN = """清河县人民政府办公室
关于印发《清河县乡村道路养护工作方案》的通知
清政办发〔2024〕18号
各乡镇人民政府，县直各有关单位：
《清河县乡村道路养护工作方案》已经县政府同意，现印发给你们，请认真贯彻执行。
清河县人民政府办公室
2024年3月4日
清河县乡村道路养护工作方案
为养好乡村道路，制定本方案。
{body}
"""
MEASURES = """清河县人民政府办公室
关于印发《清河县公园管理办法》的通知
清政办发〔2024〕19号
各乡镇人民政府，县直各有关单位：
现将《清河县公园管理办法》印发给你们，请遵照执行。
清河县人民政府办公室
2024年3月4日
清河县公园管理办法
第一章 总则
第一条 为了管好公园，制定本办法。
第二章 职责
{body}
第三章 附则
第九条 本办法自2024年5月1日起施行，有效期五年。
"""
NOTICE = """清河县人民政府办公室关于做好备耕工作的通知
清政办发〔2024〕20号
各乡镇人民政府，县直各有关单位：
{body}
清河县人民政府办公室
2024年3月4日
"""
REPORT = """政府工作报告
——2024年1月20日在清河县第十七届人民代表大会第四次会议上
清河县人民政府县长 某某某
各位代表：
现在，我代表县人民政府，向大会报告工作，请予审议。
一、2023年工作回顾
过去一年，建成公园三处。6月底前完成了全部验收。
二、2024年工作安排
{body}
"""


def entries(body: str, form: str = PLAN) -> list[dict[str, Any]]:
    """What is read from the last document of a text with this body."""
    return read(Source(form.format(body=body.strip()), wrapped=False))[-1].obligations


def brief(found: list[dict[str, Any]]) -> list[Expected]:
    return [(one["text_start"], one["units_lead"], one["units"], one["due"]) for one in found]


CASES: dict[str, tuple[str, list[Expected]]] = {
    "a list in brackets at the end of an item": (
        """一、重点任务
（一）修复路面。组织力量修补坑槽，9月底前完成。（牵头单位：县交通运输局；责任单位：各乡镇人民政府）
（二）栽植行道树。选好树种，保证成活。（责任单位：县林业局、各乡镇人民政府）""",
        [
            ("修复路面。组织力量修补坑", ["县交通运输局"], ["各乡镇人民政府"], "2024-09-30"),
            ("栽植行道树。选好树种，保", [], ["县林业局", "各乡镇人民政府"], None),
        ],
    ),
    "lines of their own below a heading": (
        """一、重点任务
（一）修复路面
组织力量修补坑槽。
牵头单位：县交通运输局
配合单位：县财政局、各乡镇人民政府
完成时限：2024年9月底前
（二）栽植行道树
选好树种，保证成活。
责任单位：县林业局
完成时限：长期坚持""",
        [
            ("修复路面", ["县交通运输局"], ["县财政局", "各乡镇人民政府"], "2024-09-30"),
            ("栽植行道树", [], ["县林业局"], None),
        ],
    ),
    "the deepest number that carries a list": (
        """一、重点任务
（一）养好路面
1.修补坑槽。用好料石。（县交通运输局负责）
2.清理边沟。疏通涵洞，6月底前完成。（各乡镇人民政府负责）
（二）管好桥梁
3.检测桥梁。逐座建档。（县交通运输局牵头，县应急管理局、各乡镇人民政府配合）""",
        [
            ("修补坑槽。用好料石。（县", [], ["县交通运输局"], None),
            ("清理边沟。疏通涵洞，6月", [], ["各乡镇人民政府"], "2024-06-30"),
            ("检测桥梁。逐座建档。（县", ["县交通运输局"], ["县应急管理局", "各乡镇人民政府"], None),
        ],
    ),
    "a leading person is no unit": (
        """一、重点任务
1.修补坑槽。用好料石。
牵头领导：某某某
责任单位：县交通运输局
责任人：某某某
完成时限：2024年5月20日前
2.清理边沟。疏通涵洞。
牵头领导：某某某
责任单位：各乡镇人民政府
责任人：某某某
完成时限：2024年6月""",
        [
            ("修补坑槽。用好料石。", [], ["县交通运输局"], "2024-05-20"),
            ("清理边沟。疏通涵洞。", [], ["各乡镇人民政府"], "2024-06-30"),
        ],
    ),
    "a stated rule says that the first leads": (
        """一、重点任务
（一）修补坑槽。用好料石。（责任单位：县交通运输局、县财政局）
二、工作要求
任务分工中排在第一位的部门为牵头部门。""",
        [("修补坑槽。用好料石。（责", ["县交通运输局"], ["县交通运输局", "县财政局"], None)],
    ),
    "an open list": (
        """一、重点任务
（一）修补坑槽。用好料石。（县交通运输局、县财政局等有关部门按职责分工负责）""",
        [("修补坑槽。用好料石。（县", [], ["县交通运输局", "县财政局"], None)],
    ),
    "steps with their time in the heading": (
        """一、实施步骤
（一）动员部署（2024年3月）。制定方案，召开会议。
（二）组织实施（2024年4月至10月）。逐村推进，逐条验收。
（三）总结提升（2024年11月底前）。总结经验，完善制度。""",
        [
            ("动员部署（2024年3月", [], [], "2024-03-31"),
            ("组织实施（2024年4月", [], [], "2024-10-31"),
            ("总结提升（2024年11", [], [], "2024-11-30"),
        ],
    ),
    "steps with their time in a heading of its own": (
        """一、实施步骤
（一）动员部署阶段（3月1日—3月31日）
制定方案，召开会议。
（二）组织实施阶段（4月1日—10月31日）
逐村推进，逐条验收。""",
        [
            ("动员部署阶段（3月1日—", [], [], "2024-03-31"),
            ("组织实施阶段（4月1日—", [], [], "2024-10-31"),
        ],
    ),
    "a table with tabs": (
        """附件1
任务分工表
序号\t任务内容\t牵头单位\t配合单位\t完成时限
1\t修补坑槽三百处，消除隐患\t县交通运输局\t各乡镇人民政府\t2024年6月底
2\t栽植行道树一万株\t县林业局\t县交通运输局、各乡镇人民政府\t11月底前""",
        [
            ("修补坑槽三百处，消除隐患", ["县交通运输局"], ["各乡镇人民政府"], "2024-06-30"),
            ("栽植行道树一万株", ["县林业局"], ["县交通运输局", "各乡镇人民政府"], "2024-11-30"),
        ],
    ),
    "a table with bars, the time before the units": (
        """附件1
任务分工表
| 序号 | 工作任务 | 完成时间 | 责任单位 |
| --- | --- | --- | --- |
| 1 | 修补坑槽三百处，消除隐患 | 2024年6月 | 县交通运输局 |
| 2 | 栽植行道树一万株 | 全年 | 县林业局、各乡镇人民政府 |""",
        [
            ("修补坑槽三百处，消除隐患", [], ["县交通运输局"], "2024-06-30"),
            ("栽植行道树一万株", [], ["县林业局", "各乡镇人民政府"], None),
        ],
    ),
    "a table whose cells are paragraphs": (
        """附件1
任务分工表
序号
任务类别
工作内容
牵头部门
配合部门
完成时间
1
养好路面
修补坑槽三百处，消除隐患
县交通运输局
各乡镇人民政府
2024年6月
2
养好路面
清理边沟，疏通涵洞
各乡镇人民政府
县水务局
2024年9月
3
管好桥梁
逐座检测，建立档案
县交通运输局
县应急管理局、各乡镇人民政府
2024年""",
        [
            ("修补坑槽三百处，消除隐患", ["县交通运输局"], ["各乡镇人民政府"], "2024-06-30"),
            ("清理边沟，疏通涵洞", ["各乡镇人民政府"], ["县水务局"], "2024-09-30"),
            ("逐座检测，建立档案", ["县交通运输局"], ["县应急管理局", "各乡镇人民政府"], "2024-12-31"),
        ],
    ),
    "a table of cells, the time in front of the units, no lead": (
        """附件1
任务分工表
序号
重点任务
完成时限
责任单位
1
修补坑槽三百处，消除隐患
2024年6月底前
县交通运输局
2
栽植行道树一万株
长期坚持
县林业局、各乡镇人民政府""",
        [
            ("修补坑槽三百处，消除隐患", [], ["县交通运输局"], "2024-06-30"),
            ("栽植行道树一万株", [], ["县林业局", "各乡镇人民政府"], None),
        ],
    ),
    "a table without numbers": (
        """附件1
任务分工表
工作任务\t牵头单位\t责任单位\t时限
修补坑槽三百处，消除隐患\t县交通运输局\t各乡镇人民政府\t2024年6月
栽植行道树一万株\t县林业局\t/\t2024年""",
        [
            ("修补坑槽三百处，消除隐患", ["县交通运输局"], ["各乡镇人民政府"], "2024-06-30"),
            ("栽植行道树一万株", ["县林业局"], [], "2024-12-31"),
        ],
    ),
    "organs and dates in prose": (
        """一、职责分工
县交通运输局负责业务指导和检查；县财政局负责落实经费。各乡镇人民政府要组织村民参与养护，于2024年5月20日前报送名单。
二、工作要求
道路养护关系千家万户，意义重大。""",
        [
            ("县交通运输局负责业务指导", [], ["县交通运输局"], None),
            ("县财政局负责落实经费", [], ["县财政局"], None),
            ("各乡镇人民政府要组织村民", [], ["各乡镇人民政府"], "2024-05-20"),
        ],
    ),
    "two deadlines in a clause": (
        """一、职责分工
县交通运输局要在2024年4月底前完成摸底，2024年8月底前完成整治。""",
        [
            ("县交通运输局要在2024", [], ["县交通运输局"], "2024-04-30"),
            ("县交通运输局要在2024", [], ["县交通运输局"], "2024-08-31"),
        ],
    ),
    "two organs in a clause": (
        """一、职责分工
县交通运输局负责制定标准，各乡镇人民政府负责组织实施。""",
        [
            ("县交通运输局负责制定标准", [], ["县交通运输局"], None),
            ("县交通运输局负责制定标准", [], ["各乡镇人民政府"], None),
        ],
    ),
    "an organ that a clause names with 由": (
        """一、职责分工
养护资金由县财政局统筹安排。占道经营由县城市管理局依法查处。""",
        [
            ("养护资金由县财政局统筹安", [], ["县财政局"], None),
            ("占道经营由县城市管理局依", [], ["县城市管理局"], None),
        ],
    ),
    "a lead in prose": (
        """一、职责分工
县交通运输局牵头，会同县财政局、县林业局制定考核标准。""",
        [("县交通运输局牵头，会同县", ["县交通运输局"], ["县财政局", "县林业局"], None)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_the_obligations_of_a_plan(name: str) -> None:
    body, expected = CASES[name]
    assert brief(entries(body)) == expected


def test_an_open_list_is_marked_and_a_time_without_a_day_is_kept_as_printed() -> None:
    found = entries("一、任务\n1.修补坑槽。用好料石。\n责任单位：县交通运输局等有关部门\n完成时限：长期坚持")
    assert [(one["units_open"], one["due"], one["due_text"]) for one in found] == [(True, None, "长期坚持")]


MEASURE_CASES: dict[str, tuple[str, list[Expected]]] = {
    "the division of work": (
        """第二条 县城市管理局是公园的主管部门，负责公园的监督管理。
县公安局负责公园内的治安管理。
第三条 县自然资源局、县财政局等部门应当按照各自职责，做好公园管理工作。""",
        [
            ("县城市管理局是公园的主管", [], ["县城市管理局"], None),
            ("县公安局负责公园内的治安", [], ["县公安局"], None),
            ("县自然资源局、县财政局等", [], ["县自然资源局", "县财政局"], None),
        ],
    ),
    "duties of citizens and permissions": (
        """第二条 游人应当爱护花木，不得攀折。
第三条 经营者应当亮证经营。
第四条 任何单位和个人有权举报违法行为。""",
        [],
    ),
}


@pytest.mark.parametrize("name", MEASURE_CASES)
def test_the_obligations_of_measures(name: str) -> None:
    body, expected = MEASURE_CASES[name]
    assert brief(entries(body, MEASURES)) == expected


@pytest.mark.parametrize(
    "body",
    [
        "根据上级通知，现将放假安排通知如下：\n一、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。\n"
        "二、劳动节：5月1日至5日放假调休，共5天。",
        "县政府同意设立清河公园。本通知自2024年5月1日起施行，有效期至2029年4月30日。",
        "2023年12月28日，县政府召开会议，研究了备耕工作。截至2024年2月底，化肥到位八成。",
    ],
)
def test_notices_without_duties_have_no_deadline(body: str) -> None:
    assert [one for one in entries(body, NOTICE) if one["due"]] == []


def test_a_report_gives_what_it_dates_for_the_year_to_come() -> None:
    body = """（一）办好教育。确保实验小学9月份投入使用。大力培养教师。
（二）修好道路。环城路一期6月底前通车，二期年底前开工。"""
    assert [(one["text_start"], one["due"]) for one in entries(body, REPORT) if one["due"]] == [
        ("确保实验小学9月份投入使", "2024-09-30"),
        ("环城路一期6月底前通车，", "2024-06-30"),
        ("环城路一期6月底前通车，", "2024-12-31"),
    ]


def test_the_works_that_a_report_promises_with_units_are_obligations() -> None:
    body = """今年办好以下民生实事：
1.新建口袋公园五处。（责任单位：县城市管理局）
2.改造老旧小区十个，惠及居民三千户。（牵头单位：县住建局）"""
    assert brief(entries(body, REPORT)) == [
        ("新建口袋公园五处。（责任", [], ["县城市管理局"], None),
        ("改造老旧小区十个，惠及居", ["县住建局"], [], None),
    ]


def test_every_entry_knows_its_place() -> None:
    text = PLAN.format(body="一、任务\n1.修补坑槽。用好料石。（责任单位：县交通运输局）")
    document = read(Source(text, wrapped=False))[-1]
    (entry,) = document.obligations
    low, high = entry["span"]
    assert text[low:high] == "1.修补坑槽。用好料石。（责任单位：县交通运输局）"
    assert document.blocks[entry["block"]].text.startswith("1.修补坑槽")
    assert entry["number"] == "1"
