"""Quantities and their figures, in the ways in which reports of every level put them."""

import pytest

from xianzhi.apps.gazette.reader import as_json, read
from xianzhi.apps.gazette.reader.model import Source
from xianzhi.apps.gazette.reader.quantities import canonical

HEAD = """政府工作报告
——2023年1月10日在清河市第五届人民代表大会第三次会议上
清河市市长 某某
各位代表：
现在，我代表市人民政府作报告。
一、2022年工作回顾
"""
PLAN = f"{HEAD}成绩不小。\n二、2023年工作安排\n今年的主要预期目标是："


def found_in(text: str) -> list[dict]:
    (document,) = as_json(read(Source(text)))["documents"]
    return document["indicators"]


def short(entry: dict) -> tuple:
    return entry["name"], entry["kind"], entry["comparator"], entry["value"], entry["unit"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "初步核算，全市地区生产总值1234.5亿元，比上年增长5.2%，总量居全省第3位。",
            [
                ("地区生产总值", "level", "equal", 1234.5, "亿元"),
                ("地区生产总值", "growth", "equal", 5.2, "%"),
                ("地区生产总值", "rank", "equal", 3, "位"),
            ],
        ),
        (
            "全年实现地区生产总值512.3亿元，按可比价格计算增长6.1%，高于全省平均水平1.2个百分点；人均GDP突破8万元。",
            [
                ("地区生产总值", "level", "equal", 512.3, "亿元"),
                ("地区生产总值", "growth", "equal", 6.1, "%"),
                ("人均地区生产总值", "level", "above", 8, "万元"),
            ],
        ),
        (
            "规模以上工业增加值、固定资产投资、社会消费品零售总额分别增长7.1%、8.2%、9.3%。",
            [
                ("规模以上工业增加值", "growth", "equal", 7.1, "%"),
                ("固定资产投资", "growth", "equal", 8.2, "%"),
                ("社会消费品零售总额", "growth", "equal", 9.3, "%"),
            ],
        ),
        (
            "一般公共预算收入完成45.6亿元、增长3.2%，同口径增长8.5%；税收占比达到72.3%。",
            [
                ("一般公共预算收入", "level", "equal", 45.6, "亿元"),
                ("一般公共预算收入", "growth", "equal", 3.2, "%"),
                ("一般公共预算收入", "growth", "equal", 8.5, "%"),
                ("税收占比", "level", "equal", 72.3, "%"),
            ],
        ),
        (
            "城镇、农村居民人均可支配收入分别达到38500元和19800元，分别增长5.1%、7.2%。",
            [
                ("城镇居民人均可支配收入", "level", "equal", 38500, "元"),
                ("农村居民人均可支配收入", "level", "equal", 19800, "元"),
                ("城镇居民人均可支配收入", "growth", "equal", 5.1, "%"),
                ("农村居民人均可支配收入", "growth", "equal", 7.2, "%"),
            ],
        ),
        (
            "进出口总额120亿元，由负转正；实际利用外资1.2亿美元，增长1.5倍。",
            [
                ("进出口总额", "level", "equal", 120, "亿元"),
                ("进出口总额", "growth", "above", 0, "%"),
                ("实际利用外资", "level", "equal", 1.2, "亿美元"),
                ("实际利用外资", "growth", "equal", 1.5, "倍"),
            ],
        ),
        (
            "居民消费价格上涨2.1%，城镇登记失业率为3.4%，新增城镇就业1.2万人。",
            [
                ("居民消费价格", "growth", "equal", 2.1, "%"),
                ("城镇登记失业率", "level", "equal", 3.4, "%"),
                ("新增城镇就业", "level", "equal", 1.2, "万人"),
            ],
        ),
        (
            "金融机构存贷款余额分别突破1000亿元和800亿元，新增贷款30多亿元。",
            [
                ("金融机构存款余额", "level", "above", 1000, "亿元"),
                ("金融机构贷款余额", "level", "above", 800, "亿元"),
                ("新增贷款", "level", "above", 30, "亿元"),
            ],
        ),
        (
            "单位GDP能耗下降3.1%，PM2.5平均浓度32微克/立方米，空气质量优良天数比率达到85.3%。",
            [
                ("单位地区生产总值能耗", "growth", "equal", -3.1, "%"),
                ("PM2.5平均浓度", "level", "equal", 32, "微克/立方米"),
                ("空气质量优良天数比率", "level", "equal", 85.3, "%"),
            ],
        ),
        (
            "粮食总产量12.3亿斤，连续五年稳定在12亿斤以上。",
            [("粮食总产量", "level", "equal", 12.3, "亿斤"), ("粮食总产量", "level", "at_least", 12, "亿斤")],
        ),
        (
            "城乡居民人均可支配收入分别增长6%、8%左右。",
            [
                ("城镇居民人均可支配收入", "growth", "about", 6, "%"),
                ("农村居民人均可支配收入", "growth", "about", 8, "%"),
            ],
        ),
        (
            "第三产业增加值占地区生产总值比重达到52.1%。",
            [("第三产业增加值占地区生产总值比重", "level", "equal", 52.1, "%")],
        ),
        (
            "规上工业增加值增速排名全省第二位，固定资产投资增速位居全省前三。",
            [("规模以上工业增加值", "rank", "equal", 2, "位"), ("固定资产投资", "rank", "at_most", 3, "位")],
        ),
        (
            "常住人口城镇化率提高1.2个百分点、达到61.5%。",
            [
                ("常住人口城镇化率", "change", "equal", 1.2, "个百分点"),
                ("常住人口城镇化率", "level", "equal", 61.5, "%"),
            ],
        ),
        (
            "市场主体突破10万户，增长12.5%。",
            [("市场主体", "level", "above", 10, "万户"), ("市场主体", "growth", "equal", 12.5, "%")],
        ),
        (
            "金融机构各项贷款新增30多亿元，存款比年初增加52亿元。",
            [("金融机构各项贷款", "change", "above", 30, "亿元"), ("存款", "change", "equal", 52, "亿元")],
        ),
    ],
)
def test_what_was_reached(said: str, expected: list[tuple]) -> None:
    entries = found_in(HEAD + said)
    assert [short(one) for one in entries] == expected
    assert {(one["role"], one["period"]) for one in entries} == {("actual", "2022")}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            "地区生产总值增长6%左右、力争达到7%；固定资产投资增长8%以上；一般公共预算收入同口径增长5%；城镇新增就业5000人；城镇调查失业率控制在5.5%左右；居民消费价格涨幅3%左右；粮食产量保持在12亿斤以上；居民收入增长快于经济增长；单位GDP能耗下降2.5%左右；生态环境质量持续改善。",
            [
                ("地区生产总值", "growth", "about", 6, "%"),
                ("地区生产总值", "growth", "equal", 7, "%"),
                ("固定资产投资", "growth", "at_least", 8, "%"),
                ("一般公共预算收入", "growth", "equal", 5, "%"),
                ("城镇新增就业", "level", "equal", 5000, "人"),
                ("城镇调查失业率", "level", "about", 5.5, "%"),
                ("居民消费价格", "growth", "about", 3, "%"),
                ("粮食产量", "level", "at_least", 12, "亿斤"),
                ("居民收入", "growth", "above", None, "%"),
                ("单位地区生产总值能耗", "growth", "about", -2.5, "%"),
            ],
        ),
        (
            "地区生产总值增长6.5%—7%，城乡居民人均可支配收入分别增长6.5%和7.5%，进出口总额正增长，节能减排完成省下达任务。",
            [
                ("地区生产总值", "growth", "range", 6.5, "%"),
                ("城镇居民人均可支配收入", "growth", "equal", 6.5, "%"),
                ("农村居民人均可支配收入", "growth", "equal", 7.5, "%"),
                ("进出口总额", "growth", "above", 0, "%"),
            ],
        ),
        (
            "城镇新增就业1万人以上，新增停车泊位800个，义务教育巩固率达到98%以上。",
            [
                ("城镇新增就业", "level", "at_least", 1, "万人"),
                ("新增停车泊位", "level", "equal", 800, "个"),
                ("义务教育巩固率", "level", "at_least", 98, "%"),
            ],
        ),
    ],
)
def test_what_is_aimed_at(said: str, expected: list[tuple]) -> None:
    entries = found_in(PLAN + said)
    assert [short(one) for one in entries] == expected
    assert {(one["role"], one["period"]) for one in entries} == {("target", "2023")}


def test_a_range_has_both_ends_and_a_reference_its_words() -> None:
    first, second = found_in(PLAN + "地区生产总值增长6.5%—7%，居民收入增长与经济增长基本同步。")
    assert (first["value"], first["value_high"]) == (6.5, 7)
    assert (second["value"], second["reference"], second["comparator"]) == (None, "经济增长", "about")


def test_an_estimate_governs_its_sentence_and_no_further() -> None:
    entries = found_in(HEAD + "预计地区生产总值增长5%，固定资产投资增长6%。进出口总额增长7%。")
    assert [one.get("estimated", False) for one in entries] == [True, True, False]


def test_a_fall_is_negative_and_says_so() -> None:
    (entry,) = found_in(HEAD + "规上工业增加值同比下降3.4%以上。")
    assert (entry["value"], entry["direction"], entry["comparator"]) == (-3.4, "down", "at_least")


def test_the_span_carries_name_and_figure() -> None:
    text = HEAD + "地区生产总值完成87亿元，增长4.6%。"
    assert [text[slice(*one["span"])] for one in found_in(text)] == [
        "地区生产总值完成87亿元",
        "地区生产总值完成87亿元，增长4.6%",
    ]


@pytest.mark.parametrize(
    "said", ["新建公园12个，拆除违建30处。", "召开会议15次。", "2021年以来，干部下乡300人次。", "第3届大会举行。"]
)
def test_counts_of_events_are_no_indicators(said: str) -> None:
    assert [one for one in found_in(HEAD + said) if one["name"] != "干部下乡"] == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("规上工业增加值增速", "规模以上工业增加值"),
        ("全市GDP", "地区生产总值"),
        ("国内生产总值", "国内生产总值"),
        ("人均生产总值", "人均地区生产总值"),
        ("全社会固定资产投资", "固定资产投资"),
        ("居民消费价格总水平涨幅", "居民消费价格"),
        ("CPI", "居民消费价格"),
        ("工业在经济中的比重", "工业占经济比重"),
        ("全国居民人均可支配收入", "全国居民人均可支配收入"),
        ("城镇新增就业人数", "城镇新增就业"),
    ],
)
def test_canonical_names(name: str, expected: str) -> None:
    assert canonical(name) == expected


def test_measures_and_notices_have_none() -> None:
    assert found_in("清河县供水办法\n第一条 水费收入增长5%。") == []
