"""Places in a document: printed and read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.law.errors import LawError
from xianzhi.law.place import Place, parse_place

number = st.integers(1, 99)
articles = st.builds(
    lambda article, rest: {"article": article, **rest},
    st.integers(1, 999),
    st.fixed_dictionaries({}, optional={"p": number, "item": number}),
)
depths = ("part", "section", "item", "step")
parts = st.lists(number, min_size=1, max_size=4).map(lambda numbers: dict(zip(depths, numbers, strict=False)))


@pytest.mark.parametrize(
    ("at", "short", "full"),
    [
        ({"article": 11, "item": 4}, "第十一条第四项", "第十一条第四项"),
        ({"chapter": 2, "article": 20, "p": 2, "item": 1}, "第二十条第二款第一项", "第二十条第二款第一项"),
        ({"article": 7, "s": 2}, "第七条", "第七条第二句"),
        ({"article": 0}, "引言", "引言"),
        ({"part": 3, "section": 2, "item": 2, "step": 4, "s": 1}, "三（二）2（4）", "三（二）2（4）第一句"),
        ({"part": 3, "section": 2, "sentence": 1}, "三（二）", "三（二）第一句"),
        ({"section": 2, "item": 1, "task": 5}, "二（一）5", "二（一）5"),
        ({"part": 0, "p": 1, "s": 2}, "引言", "引言第一段第二句"),
        ({"part": 2, "section": 0, "para": "b", "line": 452}, "二", "二第二段"),
        ({"part": 2, "para": "结尾"}, "二", "二（结尾）"),
        ({"part": 3, "s": 1, "clause": "审核拨付"}, "三", "三第一句（审核拨付）"),
        ({"section": 1, "item": 2, "sentence": 1}, "一（二）", "一（二）第一句"),
    ],
)
def test_a_place_is_printed(at: dict[str, int | str], short: str, full: str) -> None:
    place = Place.of(at)
    assert (place.short(), place.full()) == (short, full)


def test_a_lettered_part_of_a_sentence_is_a_clause() -> None:
    place = Place.of({"section": 1, "sentence": 1, "part": "b"})
    assert place.get("clause") == "b"
    assert place.full() == "一第一句（b）"


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("第十一条第四项", {"article": 11, "item": 4}),
        ("第11条第2款", {"article": 11, "p": 2}),
        ("第一百零三条", {"article": 103}),
        ("三（二）2（4）", {"part": 3, "section": 2, "item": 2, "step": 4}),
        ("三（二）2（4）第一句", {"part": 3, "section": 2, "item": 2, "step": 4, "s": 1}),
        ("六", {"part": 6}),
        ("引言", {"part": 0}),
    ],
)
def test_a_place_is_read(text: str, levels: dict[str, int]) -> None:
    assert dict(parse_place(text).levels) == levels


@given(articles)
def test_an_article_read_back_is_the_same(at: dict[str, int | str]) -> None:
    ordered = {level: at[level] for level in ("article", "p", "item") if level in at}
    assert parse_place(Place.of(at).short()) == Place.of(ordered)


@given(parts)
def test_an_outline_read_back_is_the_same(at: dict[str, int | str]) -> None:
    assert parse_place(Place.of(at).short()) == Place.of(at)


@given(st.sampled_from(depths).flatmap(lambda top: st.fixed_dictionaries({top: number}, optional={"line": number})))
def test_whatever_the_level_is_called_the_print_stays_when_read_back(at: dict[str, int | str]) -> None:
    short = Place.of(at).short()
    assert parse_place(short).short() == short


NO_PLACES = ["", "第条", "第十十条", "十一条", "三（2）", "三(二)", "第四项", "十十", "第三条之一"]


@pytest.mark.parametrize("text", NO_PLACES)
def test_what_is_no_place_is_shown_with_how_to_write_one(text: str) -> None:
    with pytest.raises(LawError) as caught:
        parse_place(text)
    assert f"“{text}”" in str(caught.value)
    assert "写法如：第十一条第四项" in str(caught.value)


@pytest.mark.parametrize(
    ("at", "message"),
    [
        ({"artikel": 3}, "不认识的层级 artikel"),
        ({"article": "三"}, "article 不是序号：三"),
        ({"article": -1}, "article 不是序号：-1"),
        ({"article": True}, "article 不是序号：True"),
        ({"article": 3, "p": "b"}, "p 不是序号：b"),
        ({"section": "总体"}, "section 不是序号：总体"),
    ],
)
def test_a_place_that_no_document_has_is_refused(at: dict[str, int | str], message: str) -> None:
    with pytest.raises(LawError, match=message):
        Place.of(at)


def test_the_heading_is_the_outermost_number() -> None:
    assert Place.of({"chapter": 2, "article": 20}).heading == 2
    assert Place.of({"part": 3, "section": 2}).heading == 3
    assert Place.of({"article": 3}).heading is None
