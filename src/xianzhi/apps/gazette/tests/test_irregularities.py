"""What is hard in real gazettes, point by point (the numbers are those of the specification's list), in our own words.

Here stand the points that the text, its lines and its structure decide; those of dates, figures, units and references
stand in the tests of these.
"""

import pytest

from xianzhi.apps.gazette.reader import as_json, read
from xianzhi.apps.gazette.reader.layout import paragraphs
from xianzhi.apps.gazette.reader.model import Role, Source

FULL = "本县在城区和各镇修路架桥通水通电建校办医"  # 20 characters: with one more, a line of 42
SHORT = "到年底全部完工。"


def column(*lines: str, blank: bool = True) -> str:
    """Lines in a column of 42, padded with full ones so that it is known as such."""
    many = [*(FULL + end for end in "园院场馆站所田桥路"), SHORT]
    return ("\n\n" if blank else "\n").join([*many, *lines, *many])


def joined(*lines: str, blank: bool = True) -> list[str]:
    return [one.text for one in paragraphs(Source(column(*lines, blank=blank)))[0]][1:-1]


@pytest.mark.parametrize(
    ("point", "lines", "whole"),
    [
        (14, (FULL + "1", "48元，" + SHORT), "建校办医148元"),
        (15, (FULL[:-2] + "达37.", "27亿元，" + SHORT), "达37.27亿元"),
        (16, (FULL + "4", "9.5万亩，" + SHORT), "49.5万亩"),
        (17, (FULL[:-1] + " 2", "0个示范村，" + SHORT), "20个示范村"),
        (21, (FULL[:-3] + "（某发〔2", "017〕34号），" + SHORT), "某发〔2017〕34号"),
        (23, (FULL[:-1] + "210", "亿元，" + SHORT), "210亿元"),
        (24, (FULL[:-4] + "到2024年4", "月底前，" + SHORT), "到2024年4月底前"),
        (30, (FULL[:-2] + "经验 ，学", "先进，" + SHORT), "经验，学先进"),
    ],
)
def test_what_a_line_end_broke_is_whole(point: int, lines: tuple[str, ...], whole: str) -> None:
    found = joined(*lines)
    assert len(found) == 1, point
    assert whole in found[0], point


def test_1_and_4_blank_lines_say_nothing_where_each_line_has_one() -> None:
    assert len(joined(FULL + "一", FULL + "二", SHORT)) == 1
    text = column(FULL + "一", "\n\n" + FULL + "二", SHORT)
    assert len(paragraphs(Source(text))[0]) == 3


def test_2_7_and_8_a_page_top_opens_no_paragraph() -> None:
    assert len(joined(FULL + "砂", " 石。", SHORT, blank=False)) == 2
    assert joined(FULL + "采", " 砂。")[0].endswith("采砂。")


@pytest.mark.parametrize(
    "head",
    [
        "3/2024 清河县人民政府公报 ·工作报告·",
        "清河县人民政府公报 2024年第3期",
        "— 12 —",
        "－12－",
        "第 3 页 共 9 页",
        "·规范性文件·",
    ],
)
def test_3_a_running_head_stands_in_no_sentence(head: str) -> None:
    found, notes = paragraphs(Source(column(FULL + "布", head, "局，" + SHORT)))
    assert any("布局，" in one.text for one in found)
    assert [note.code for note in notes] == ["furniture"]


def test_5_a_letter_spaced_title_is_closed_up() -> None:
    text = "政 府 工 作 报 告\n——2024年2月20日在清河县第三届人民代表大会第一次会议上\n县长 某某\n各位代表：\n请审议。"
    (found,) = as_json(read(Source(text)))["documents"]
    assert (found["title"], found["issuer"]) == ("政府工作报告", "清河县人民政府")


def test_6_a_line_over_both_columns_goes_on_in_the_next() -> None:
    wide = FULL + FULL + "发"
    assert joined(wide, "给你们，请执行。", FULL + "末", SHORT)[0] == wide + "给你们，请执行。"


def test_9_and_10_a_document_opens_in_the_middle_of_a_page() -> None:
    head = "清河县人民政府\n关于修桥的通知\n清政发〔2024〕1号\n各乡镇：\n一、修桥。要修桥。"
    first = f"{head}\n清河县人民政府\n2024年1月2日\n（此件公开发布）"
    second = first.replace("修桥", "修路").replace("〔2024〕1号", "〔2024〕4号")
    found = as_json(read(Source(f"{first}\n{second}")))["documents"]
    assert [one["title"] for one in found] == ["清河县人民政府关于修桥的通知", "清河县人民政府关于修路的通知"]


def test_11_and_31_a_title_over_two_lines_is_one() -> None:
    text = "清河县人民政府办公室\n关于印发清河县道路管护三年行动 计\n划的通知\n清政办发〔2024〕2号\n各乡镇：\n现印发。"
    (found,) = as_json(read(Source(text)))["documents"]
    assert found["title"] == "清河县人民政府办公室关于印发清河县道路管护三年行动计划的通知"


def test_12_a_full_line_that_ends_a_sentence_ends_the_paragraph_if_the_next_is_a_first_line() -> None:
    stop = FULL + "。"
    assert len(joined(FULL + "甲", stop, FULL[:19], SHORT)) == 2
    assert len(joined(FULL + "甲", stop, FULL + "乙", SHORT)) == 1


def test_13_a_salutation_opens_a_paragraph() -> None:
    assert joined(FULL + "甲", FULL + "。", "各位代表，" + FULL[:15], SHORT)[1].startswith("各位代表")


@pytest.mark.parametrize("line", ["4.4亿元，同比增长很多。", "10.21％，稳步提升。", "9.5万亩，都已验收。"])
def test_25_a_decimal_at_the_start_of_a_line_is_no_item(line: str) -> None:
    text = f"报告\n各单位：\n一、成绩\n{line}\n二、安排\n{line}"
    (document,) = read(Source(text))
    assert [block.level for block in document.blocks if block.text == line] == [0, 0]


def test_26_an_item_number_glued_to_a_percentage_is_a_number() -> None:
    items = "".join(f"{number}.装好{number}台。\n" for number in range(1, 7))
    (document,) = read(Source(f"方案\n各单位：\n一、任务\n{items}7.100%装完。"))
    last = document.blocks[-1]
    assert (last.level, last.number, last.words) == (3, 7, "100%装完。")


@pytest.mark.parametrize("spaced", ["2月 20 日", "2月20日", "2 月20日", "2 月 20 日"])
def test_27_numbers_are_one_however_they_are_spaced(spaced: str) -> None:
    assert [one.text for one in paragraphs(Source(spaced))[0]] == ["2月20日"]


@pytest.mark.parametrize(
    "line", ["各乡镇人民政府，县直各单位：：", "各乡（镇）人民政府、县直各单位:", "县直各中小学："]
)
def test_29_and_38_addressees_are_one_string_without_the_colon(line: str) -> None:
    (found,) = as_json(read(Source(f"关于修路的通知\n{line}\n现就修路通知如下：\n一、快修。")))["documents"]
    assert found["addressees"] == line.rstrip(":：")


def test_35_two_forms_of_brackets_are_one_level() -> None:
    (found,) = as_json(read(Source("方案\n一、步骤\n(一)县级\n县里做。\n（二）乡级\n乡里做。")))["documents"]
    assert [(one["level"], one["text"]) for one in found["headings"]][1:] == [(2, "县级"), (2, "乡级")]


def test_46_a_filing_number_serves_as_the_number_of_the_document() -> None:
    (found,) = as_json(read(Source("清河县人民政府办公室\n关于修路的通知\n清规备字〔2024〕1号\n各乡镇：\n快修。")))[
        "documents"
    ]
    assert found["doc_number"] == "清规备字〔2024〕1号"


def test_48_and_49_annexes_that_are_named_and_absent() -> None:
    head = "关于普查的通知\n各乡镇：\n请查。\n附件：普查领导小组人员名单"
    text = f"{head}\n清河县人民政府\n2024年1月2日\n（此件正文公开，附件不公开）"
    (found,) = as_json(read(Source(text)))["documents"]
    assert found["disclosure"] == "此件正文公开，附件不公开"
    assert found["attachments"] == ["普查领导小组人员名单"]
    broken = "附件：清河县第四次全国古树普查领导小组人"
    assert broken + "员名单" in joined(FULL + "。", broken, "员名单")


def test_52_a_heading_over_two_lines_is_one() -> None:
    heading = "（一）突出稳增长提能级产业转型迸发新活力再"
    found = joined("一、回顾", heading, "上台阶", FULL[:19], SHORT)
    assert heading + "上台阶" in found


def test_53_and_54_a_heading_runs_up_to_the_first_stop() -> None:
    text = "报告\n一、安排\n（一）抓项目。全力抓。\n二、自身建设\n（一）忠诚为先，学习在前。常学常新。"
    (found,) = as_json(read(Source(text)))["documents"]
    assert [one["text"] for one in found["headings"]][1::2] == ["抓项目", "忠诚为先，学习在前"]


def test_56_and_57_items_and_paragraphs_stand_under_their_article() -> None:
    text = "清河县采砂办法\n第一条 申请交以下材料：\n1.申请书；\n2.身份证。\n第二条 分工如下。\n县水务局管规划。"
    (document,) = read(Source(text))
    under = {block.text: block.above[-1].marker for block in document.blocks if block.above}
    assert under == {"1.申请书；": "第一条", "2.身份证。": "第一条", "县水务局管规划。": "第二条"}


def test_58_a_lower_level_counts_anew_under_each_parent() -> None:
    first = "1.县里\n（1）立项。先立项。\n（2）设计。再设计。\n2.乡里\n（1）征地。先征地。"
    text = f"方案\n一、项目\n{first}\n二、资金\n1.拨付。按月拨付。"
    (document,) = read(Source(text))
    assert [(block.level, block.number) for block in document.blocks if block.level] == [
        (1, 1), (3, 1), (4, 1), (4, 2), (3, 2), (4, 1), (1, 2), (3, 1),
    ]  # fmt: skip
    assert not [one for one in document.findings if one.code in ("gap", "numbering")]


def test_60_and_61_a_line_of_units_or_of_a_deadline_is_its_own_paragraph() -> None:
    assert "完成时限：6月底前" in joined("1." + FULL, FULL + "。", "完成时限：6月底前", "2." + SHORT)
    assert "责任单位:县水务局" in joined("1." + FULL, FULL + "。", "责任单位:县水务局", "2." + SHORT)


def test_79_a_report_has_neither_number_nor_addressees() -> None:
    text = "政府工作报告\n——2024年2月20日在清河县第三届人民代表大会第一次会议上\n各位代表：\n请审议。"
    (found,) = as_json(read(Source(text)))["documents"]
    assert (found["doc_type"], found["doc_number"], found["addressees"]) == ("work_report", None, None)


def test_82_a_last_line_of_one_space_is_nothing() -> None:
    assert [one.text for one in paragraphs(Source("修路。\n "))[0]] == ["修路。"]


def test_signatures_are_no_part_of_the_text() -> None:
    text = "关于修路的通知\n各乡镇：\n快修。\n清河县人民政府\n2024年1月2日\n（此件公开发布）"
    (document,) = read(Source(text))
    assert [block.text for block in document.body()] == ["快修。"]
    assert [block.role for block in document.blocks[-3:]] == [Role.SIGNATURE, Role.SIGNATURE, Role.PUBLICITY]
