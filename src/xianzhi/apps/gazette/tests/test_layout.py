"""Lines of a printed column become the paragraphs that were printed; nothing is lost on the way."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xianzhi.apps.gazette.reader.layout import paragraphs, width_of
from xianzhi.apps.gazette.reader.model import Source
from xianzhi.apps.gazette.tests import samples
from xianzhi.apps.gazette.tests.wrapping import wrapped

LONG = (
    "清河县今年要把村级道路养护当作一件大事来抓，县里统筹安排经费，各乡镇落实养护人员，每条道路都要有人管、有人巡、有人修，"
    "全年完成养护里程149.5公里，投入14889元的工具，建成20个示范村，验收合格率达到97%以上。\n"
    "各乡镇要把责任落到人头，每季度开展一次检查，检查结果向全县通报，对连续两次排名末位的乡镇由县里约谈主要负责人并限期整改到位。\n"
)


def texts(text: str) -> list[str]:
    return [one.text for one in paragraphs(Source(text))[0]]


@pytest.mark.parametrize("width", [36, 38, 40, 42, 44, 60])
def test_a_printed_column_gives_back_its_paragraphs(width: int) -> None:
    assert texts(wrapped(LONG * 4, width)) == LONG.split() * 4


@pytest.mark.parametrize("sample", [samples.NOTICE, samples.JOINT, samples.REPLY])
def test_short_lines_are_paragraphs_in_a_column_too(sample: str) -> None:
    assert set(texts(sample)) <= set(texts(wrapped(sample + LONG * 3)))


def test_a_clean_text_has_a_paragraph_on_each_line() -> None:
    assert texts(LONG) == LONG.split()


def test_numbers_broken_over_a_line_are_whole_again() -> None:
    for width in range(36, 46):
        joined = "".join(texts(wrapped(LONG * 3, width)))
        assert joined.count("149.5公里") == joined.count("14889元") == 3


def test_furniture_is_taken_out_of_the_middle_of_a_sentence_and_listed() -> None:
    found, notes = paragraphs(Source(wrapped(LONG * 4, lines_a_page=5)))
    assert [one.text for one in found] == LONG.split() * 4
    assert len(notes) >= 2
    assert all((note.code == "furniture" and "公报" in note.message) or "—" in note.message for note in notes)


def test_white_space_is_closed_up_but_for_words_of_letters() -> None:
    assert texts("政 府 工 作 报 告") == ["政府工作报告"]
    assert texts("到 2024 年 3 月，用 Open Data 平台") == ["到2024年3月，用Open Data平台"]


def test_cells_of_a_row_stay_apart() -> None:
    assert texts("1\t建立台账\t县水务局") == ["1\t建立台账\t县水务局"]


def test_an_indent_opens_a_paragraph_where_it_was_kept() -> None:
    lines = ["　　" + "甲" * 19, "乙" * 21, "丙" * 21, "　　" + "丁" * 19, "戊" * 21, "己" * 5 + "。"] * 3
    assert len(texts("\n".join(lines))) == 6


@given(st.text(alphabet="第一二（）1.、，。：；\n\t 　甲乙丙丁2024年月日号〔〕·—公报/附件", max_size=400))
@settings(max_examples=200, deadline=None)
def test_no_character_is_lost_or_moved(text: str) -> None:
    found, furniture = paragraphs(Source(text))
    places = [place for one in found for place, char in zip(one.at, one.text, strict=True) if not char.isspace()]
    outside = {place for note in furniture for place in range(*note.span)}
    assert places == sorted(set(places))
    assert {place for place, char in enumerate(text) if not char.isspace()} - outside == set(places)


def test_width_counts_a_chinese_character_as_two() -> None:
    assert width_of("县2024") == 6
