"""Chinese numerals: both ways, against a second reader, and refused where they may mean two things."""

from __future__ import annotations

from decimal import Decimal

import cn2an
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from xianzhi.law.numerals import LIMIT, NumeralError, decimal_from_chinese, from_chinese, to_chinese

PAIRS = [
    (0, "零"),
    (7, "七"),
    (10, "十"),
    (11, "十一"),
    (20, "二十"),
    (101, "一百零一"),
    (110, "一百一十"),
    (123, "一百二十三"),
    (1010, "一千零一十"),
    (10010, "一万零一十"),
    (100000, "十万"),
    (107000, "十万七千"),
    (1234500, "一百二十三万四千五百"),
    (100010000, "一亿零一万"),
    (120000005, "一亿二千万零五"),
    (500000002000, "五千亿零二千"),
    (10**12, "一万亿"),
    (-15, "负十五"),
]


@pytest.mark.parametrize(("number", "text"), PAIRS)
def test_known_pairs_both_ways(number: int, text: str) -> None:
    assert to_chinese(number) == text
    assert from_chinese(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("一十一", 11),
        ("一百十一", 111),
        ("两百", 200),
        ("两万零二", 20002),
        ("二〇二四", 2024),
        ("二○二四", 2024),
        ("２０２４", 2024),
        ("2024", 2024),
        ("〇", 0),
        ("3亿", 300000000),
        ("1.5万", 15000),
        ("１．５万", 15000),
        ("一点五万", 15000),
        ("一亿五万", 100050000),
        ("一万亿五千万", 1000050000000),
        ("壹佰贰拾叁", 123),
        ("3千", 3000),
        (" 十二　", 12),
        ("-12", -12),
    ],
)
def test_other_spellings_are_read(text: str, number: int) -> None:
    assert from_chinese(text) == number
    assert isinstance(from_chinese(text), int)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一点五", "1.5"),
        ("零点零八", "0.08"),
        ("负三点一四", "-3.14"),
        ("1036.80", "1036.80"),
        ("二点二五亿", "225000000"),
    ],
)
def test_fractions(text: str, value: str) -> None:
    assert decimal_from_chinese(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "message", "position"),
    [
        ("", "没有填写数字", 0),
        ("负", "没有填写数字", 0),
        ("十二条", "第3个字“条”不是数字", 3),
        (" 十二条", "第4个字“条”不是数字", 4),
        ("负一百吨", "第4个字“吨”不是数字", 4),
        ("二百五", "第3个字“五”有两种读法", 3),
        ("一万五", "第3个字“五”有两种读法", 3),
        ("五百二万", "第3个字“二”有两种读法", 3),
        ("百二十", "第1个字“百”前面缺少数字", 1),
        ("一十一一", "第4个字“一”前面缺少单位", 4),
        ("一十二百", "第4个字“百”的次序不对", 4),
        ("一百百", "第3个字“百”前面缺少数字", 3),
        ("一亿万", "第3个字“万”前面缺少数字或次序不对", 3),
        ("万", "第1个字“万”前面缺少数字", 1),
        ("一百零", "第3个字“零”不能写在末尾", 3),
        ("一百零零五", "第4个字“零”前面缺少单位或重复", 4),
        ("一点", "第2个字“点”的前后都应有数字", 2),
        ("一点五十", "第4个字“十”不能写在“点”之后", 4),
        ("一点五", "“一点五”是小数，此处应为整数", 0),
        ("10000000000000000", "数值过大", 0),
        ("九亿亿", "第3个字“亿”前面缺少数字或次序不对", 3),
    ],
)
def test_what_is_no_numeral_is_refused_by_place(text: str, message: str, position: int) -> None:
    with pytest.raises(NumeralError) as refused:
        from_chinese(text)
    assert str(refused.value).startswith(message)
    assert refused.value.position == position


def test_too_large_to_write() -> None:
    with pytest.raises(ValueError, match="小于一亿亿"):
        to_chinese(LIMIT)


whole = st.integers(0, LIMIT - 1) | st.builds(lambda n, zeros: n * 10**zeros, st.integers(0, 9999), st.integers(0, 11))


@given(whole)
@example(LIMIT - 1)
def test_every_number_is_read_back_in_every_spelling(number: int) -> None:
    text = to_chinese(number)
    assert from_chinese(text) == number
    assert from_chinese(to_chinese(-number)) == -number
    assert from_chinese(text.replace("零", "〇").replace("二", "两")) == number


@given(whole)
def test_writing_agrees_with_a_second_writer(number: int) -> None:
    # The second writer leaves out the 零 that stands for an empty 万 group: 五千亿二千 for 五千亿零二千.
    assume(not (number > 10**8 and number % 10**8 // 10**4 == 0 and number % 10**4 >= 1000))
    assert to_chinese(number) == cn2an.an2cn(number, "low")


@given(st.integers(10, 10**15))
def test_digit_by_digit(number: int) -> None:
    assert from_chinese("".join("〇一二三四五六七八九"[int(figure)] for figure in str(number))) == number


@given(st.text("零〇一二两五十百千万亿负点0５.条", max_size=10))
def test_any_text_is_a_number_or_an_error_with_a_place(text: str) -> None:
    try:
        value = decimal_from_chinese(text)
    except NumeralError as refused:
        assert 0 <= refused.position <= len(text)
    else:
        assert abs(value) < LIMIT
