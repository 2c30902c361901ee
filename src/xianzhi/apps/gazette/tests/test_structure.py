"""Numbers, headings and articles, and what only looks like one."""

import pytest

from xianzhi.apps.gazette.reader import as_json, read
from xianzhi.apps.gazette.reader.markers import marker_of
from xianzhi.apps.gazette.reader.model import Role, Source
from xianzhi.apps.gazette.reader.structure import run_in_of
from xianzhi.apps.gazette.tests import samples


@pytest.mark.parametrize(
    ("text", "level", "number"),
    [
        ("第十一条 申请人", -1, 11),
        ("第三条 规划应当公布。", -1, 3),
        ("第三条 第二产业的用水", -1, 3),
        ("第三条之一 新增的一条", -1, 3),
        ("第三章 许可", -3, 3),
        ("第二节 审查", -2, 2),
        ("二十一、其他", 1, 21),
        ("(十二)强化监督", 2, 12),
        ("3．开展排查", 3, 3),
        ("7.100%完成安装", 3, 7),
        ("1.2024年底前完成", 3, 1),
        ("（4）移交资产", 4, 4),
        ("③复核", 5, 3),
    ],
)
def test_the_forms_of_numbers(text: str, level: int, number: int) -> None:
    found = marker_of(text)
    assert found is not None
    assert (found.level, found.number) == (level, number)


@pytest.mark.parametrize(
    "text", ["4.4亿元", "10.21%", "第三条规定的情形", "第一产业增长", "2024年", "一是抓", "（试行）", ""]
)
def test_what_only_looks_like_a_number(text: str) -> None:
    assert marker_of(text) is None


@pytest.mark.parametrize(
    ("words", "run_in"),
    [
        ("建立路长制。每条路都有路长。", "建立路长制"),
        ("元旦：放假三天。", "元旦"),
        ("各乡镇要落实责任。", ""),
        ("这一句没有标题，它说得太长了，超过了三十个字，所以前面的不是标题。后面还有。", ""),
    ],
)
def test_a_run_in_heading_is_a_short_clause_that_the_paragraph_goes_on_after(words: str, run_in: str) -> None:
    assert run_in_of(words) == run_in


def test_headings_have_the_level_of_their_form() -> None:
    (found,) = as_json(read(Source(samples.NOTICE)))["documents"]
    assert [(one["level"], one["marker"], one["text"]) for one in found["headings"]] == [
        (1, "一、", "总体要求"),
        (2, "（一）", "基本原则"),
        (3, "1.", "县级负责"),
        (3, "2.", "分级养护"),
        (1, "二、", "主要任务"),
        (2, "（一）", "建立路长制"),
    ]


def test_numbered_words_that_head_nothing_are_items_of_a_list() -> None:
    listed = "一、所需材料\n1.申请书\n2.身份证复印件\n二、办理\n（一）受理\n当天受理。"
    text = f"办事通知\n各单位：\n{listed}\n清河县人民政府\n2020年5月1日"
    (found,) = as_json(read(Source(text)))["documents"]
    assert [one["text"] for one in found["headings"]] == ["所需材料", "办理", "受理"]


def test_articles_stand_in_their_chapters_and_sections() -> None:
    (found,) = as_json(read(Source(samples.JOINT)))["documents"]
    assert [(one["number"], one["chapter"], one["section"]) for one in found["articles"]] == [
        (1, "总则", None),
        (2, "总则", None),
        (3, "职责", "部门职责"),
        (4, "职责", "其他"),
    ]


def test_a_table_of_contents_gives_no_articles_twice() -> None:
    (found,) = as_json(read(Source(samples.REGULATION)))["documents"]
    assert [(one["number"], one["chapter"]) for one in found["articles"]] == [(1, "总则"), (2, "总则"), (3, "附则")]


def test_a_missing_number_is_asked_and_the_rest_is_read() -> None:
    text = "防汛通知\n各乡镇人民政府：\n一、值守。要有人。\n三、巡查。要有人。\n清河县人民政府\n2020年5月1日"
    (document,) = read(Source(text))
    assert [block.number for block in document.blocks if block.level == 1] == [1, 3]
    assert [one.code for one in document.findings if one.severity == "ask"] == ["gap"]


def test_an_item_stands_under_its_section() -> None:
    (document,) = read(Source(samples.NOTICE))
    item = next(block for block in document.blocks if block.run_in == "分级养护")
    assert [one.run_in for one in item.above] == ["总体要求", "基本原则"]
    assert item.role is Role.ITEM


def test_every_character_is_in_one_block_at_its_place() -> None:
    for text in (samples.NOTICE, samples.JOINT, samples.REPORT, samples.ORDER):
        documents = read(Source(text))
        places = [
            place for one in documents for block in one.blocks for place in block.paragraph.at if text[place].strip()
        ]
        assert places == sorted(set(places))
        assert "".join(text[place] for place in places) == "".join(text.split())
