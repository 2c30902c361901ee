"""What gives an act and what none, where one sentence holds several, and whose they are."""

import pytest

from xianzhi.apps.gazette.reader import read
from xianzhi.apps.gazette.reader.actors import handed_down
from xianzhi.apps.gazette.reader.model import Source

MEASURES = """白塔县人民政府办公室
关于印发白塔县水窖管护办法的通知
白政办发〔2023〕8号
各乡镇人民政府，县直各单位：
《白塔县水窖管护办法》已经县政府同意，现印发给你们，请认真贯彻执行。
白塔县人民政府办公室
2023年5月6日
白塔县水窖管护办法
第一条 为管好水窖，制定本办法。
第二条 {}
第三条 本办法自2023年6月1日起施行。
"""
PLAN = """白塔县人民政府办公室
关于印发白塔县水窖修缮工作方案（2023-2024年）的通知
白政办发〔2023〕9号
各乡镇人民政府，县直各单位：
《白塔县水窖修缮工作方案（2023-2024年）》已经县政府同意，现印发给你们。
白塔县人民政府办公室
2023年5月6日
白塔县水窖修缮工作方案（2023-2024年）
一、重点任务
1.修好老窖。{}（牵头单位：县水利局，责任单位：各乡镇人民政府。）
2.管好新窖。建立台账。（责任单位：各乡镇人民政府。）
"""
REPORT = """政府工作报告
——2023年1月10日在白塔县第十届人民代表大会第二次会议上
白塔县人民政府县长 张某某
各位代表：
一、2022年工作回顾
修建水窖两千口。
二、2023年工作安排
（一）抓好水利建设
{}
"""


def acts(frame: str, sentence: str, fixed: str = "建立台账") -> list[dict[str, object]]:
    (document,) = read(Source(frame.format(sentence)))
    return [one for one in document.acts if one["act"] != fixed]


def words(frame: str, sentence: str) -> list[object]:
    return [one["act"] for one in acts(frame, sentence)]


@pytest.mark.parametrize(
    "sentence",
    [
        "水窖是指收集雨水的设施。", "本县修建水窖，适用本办法。", "农户可以申请补助。", "用户应当按时缴纳水费。",
        "水窖管护方案应当包括水源、水质和责任人。", "构成犯罪的，依法追究刑事责任。", "水窖使用证不得转让。",
    ],
)  # fmt: skip
def test_what_gives_no_act(sentence: str) -> None:
    assert words(MEASURES, sentence) == []


@pytest.mark.parametrize(
    ("sentence", "count"),
    [
        ("县水利局负责水窖的监督管理。", 1),
        ("县水利局负责检查；县财政局负责经费；各乡镇人民政府负责看护。", 3),
        ("县水利局核定水价，并将水价推送至县发展和改革局，同时向用户出具《水费通知单》。", 3),
        ("水窖经费由县财政局拨付，水质由县疾病预防控制中心检测。", 2),
        ("对单位处以两千元以下罚款，对个人处以二百元以下罚款。", 2),
        ("不得向农户收取看护费用。", 1),
        ("用户修窖的，应当编制图纸，报县水利局备案。", 1),
    ],
)
def test_acts_of_a_rule(sentence: str, count: int) -> None:
    assert len(words(MEASURES, sentence)) == count


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("围绕山区吃水，加快修缮老窖，提升供水能力。", ["围绕山区吃水，加快修缮老窖，提升供水能力"]),
        ("新建水窖300口，培训管护员50人。", ["新建水窖300口", "培训管护员50人"]),
        ("加快推进北山水库除险加固，启动南川灌区改造。", ["加快推进北山水库除险加固", "启动南川灌区改造"]),
        ("建设12个水美示范村、20个节水示范村。", ["建设12个水美示范村", "建设20个节水示范村"]),
    ],
)
def test_commitments_of_a_report(sentence: str, expected: list[str]) -> None:
    assert words(REPORT, sentence) == expected


def test_closing_words_of_a_report_promise_nothing() -> None:
    assert words(REPORT, "新建水窖300口。\n各位代表，水是命脉。我们要推进水利再上台阶！") == ["新建水窖300口"]


def test_task_gives_its_units_to_its_acts() -> None:
    (one,) = acts(PLAN, "修缮老窖，清除淤泥。")
    assert (one["units"], one["task"]) == (["县水利局", "各乡镇人民政府"], 0)
    assert (one["due"], one["due_implied"]) == (None, "2024-12-31")


def test_organ_named_in_the_sentence_goes_before_the_list() -> None:
    (one,) = acts(PLAN, "县自然资源局要做好用地保障。")
    assert one["units"] == ["县自然资源局"]
    assert one["units_proposed"] == ["县水利局", "各乡镇人民政府"]


def test_date_in_the_words_is_due_and_not_implied() -> None:
    (one,) = acts(PLAN, "2023年9月底前完成老窖排查。")
    assert (one["due"], one["due_implied"]) == ("2023-09-30", None)


def test_said_again_is_one_act() -> None:
    sentence = "组织各村排查老旧水窖的渗漏情况。组织各村排查老旧水窖的渗漏情况。"
    assert len(words(PLAN, sentence)) == 1


def test_place_in_the_source() -> None:
    text = MEASURES.format("县水利局负责检查；县财政局负责经费。")
    (document,) = read(Source(text))
    assert [text[slice(*one["span"])].strip("；。") for one in document.acts] == [
        "县水利局负责检查",
        "县财政局负责经费",
    ]


@pytest.mark.parametrize(
    ("sentence", "units"),
    [
        ("水窖经费由县财政局拨付，水质由县卫生健康局组织检测。", [["县财政局"], ["县卫生健康局"]]),
        ("用户修窖的，应当编制图纸，报县水利局备案。", [["县水利局"]]),
        ("县水利局、县财政局负责水窖的监督管理。", [["县水利局", "县财政局"]]),
    ],
)
def test_each_act_has_its_own_organ(sentence: str, units: list[list[str]]) -> None:
    assert [one["units"] for one in acts(MEASURES, sentence)] == units


def test_list_of_a_task_goes_before_a_name_by_kind() -> None:
    (one,) = acts(PLAN, "各级行政执法机关要加强巡查。")
    assert one["units"] == ["县水利局", "各乡镇人民政府"]


@pytest.mark.parametrize(
    ("heading", "units"),
    [
        ("乡（镇）、社区服务中心任务步骤", ["乡（镇）", "社区服务中心"]), ("县水利局工作职责", ["县水利局"]),
        ("县财政局", ["县财政局"]), ("第三阶段", []), ("提高政治站位", []), ("成立组织机构", []), ("落实经费", []),
    ],
)  # fmt: skip
def test_organs_that_a_heading_hands_down(heading: str, units: list[str]) -> None:
    assert list(handed_down(heading)) == units
