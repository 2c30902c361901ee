"""Obligations of measures, notices and reports, in the project's own words."""

import pytest

from xianzhi.apps.gazette.tests.test_tasks import MEASURES, NOTICE, REPORT, Expected, brief, entries

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
    "departments named by their lines of work": (
        """第二条 县住房和城乡建设主管部门（以下简称主管部门）负责规划；自然资源、财政、公安等部门按照各自职责做好工作。
乡镇人民政府、街道办事处负责辖区内公园的日常管理。""",
        [
            ("县住房和城乡建设主管部门", [], ["县住房和城乡建设主管部门"], None),
            ("自然资源、财政、公安等部", [], ["自然资源", "财政", "公安"], None),
            ("乡镇人民政府、街道办事处", [], ["乡镇人民政府", "街道办事处"], None),
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


def test_a_notice_asks_for_reports_by_a_day_and_an_hour() -> None:
    body = """一、认真排查。各乡镇人民政府要于3月20日前完成自查，于3月25日17:00前报县农业农村局。
二、及时总结。请各单位于2024年4月10日前将总结报送至县政府办公室。"""
    assert brief(entries(body, NOTICE)) == [
        ("各乡镇人民政府要于3月2", [], ["各乡镇人民政府"], "2024-03-20"),
        ("各乡镇人民政府要于3月2", [], ["各乡镇人民政府"], "2024-03-25"),
        ("请各单位于2024年4月", [], ["各单位"], "2024-04-10"),
    ]


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
