"""Money: stated rounding, and amounts in words both ways."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal, localcontext

import cn2an
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xianzhi.law.money import LARGEST, Rounding, capital, format_yuan, parse_capital, yuan
from xianzhi.law.numerals import NumeralError

sums = st.decimals(-LARGEST + 1, LARGEST - 1, places=2)


# --- rounding ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "rounding", "expected"),
    [
        ("0.005", Rounding.HALF_UP_FEN, "0.01"),
        ("1.235", Rounding.HALF_UP_FEN, "1.24"),
        ("-1.235", Rounding.HALF_UP_FEN, "-1.24"),
        ("1.239", Rounding.DOWN_FEN, "1.23"),
        ("12.50", Rounding.HALF_UP_YUAN, "13.00"),
        ("12.49", Rounding.HALF_UP_YUAN, "12.00"),
        ("-12.99", Rounding.DOWN_YUAN, "-12.00"),
        ("-0.001", Rounding.HALF_UP_FEN, "0.00"),
        (" 3 ", Rounding.HALF_UP_FEN, "3.00"),
    ],
)
def test_rounding_does_what_its_name_says(value: str, rounding: Rounding, expected: str) -> None:
    assert str(yuan(value, rounding)) == expected
    assert rounding.zh


def test_rounding_does_not_depend_on_the_context_of_the_caller() -> None:
    with localcontext() as context:
        context.prec, context.rounding = 3, ROUND_UP
        assert str(yuan("1234567.891")) == "1234567.89"
        assert format_yuan(Decimal("1234567.89")) == "1,234,567.89"
        assert parse_capital(capital(Decimal("1234567.89"))) == Decimal("1234567.89")


@pytest.mark.parametrize("value", [0.1, True, None, [1]])
def test_what_is_not_exact_is_refused_as_a_type(value: object) -> None:
    with pytest.raises(TypeError, match="请用 Decimal"):
        yuan(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", "1,036.80", "3元", "1e3", "1_000", "１２", "NaN", ".5", "5."])
def test_text_that_is_no_plain_number_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="不是金额；请写成"):
        yuan(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity"), Decimal("1E+999"), Decimal(LARGEST)])
def test_what_is_no_finite_sum_is_refused(value: Decimal) -> None:
    with pytest.raises(ValueError, match=r"不是金额|过大"):
        yuan(value)


# --- figures and words ------------------------------------------------------------------------------------------


def test_figures() -> None:
    assert format_yuan(Decimal("1036.8")) == "1,036.80"
    assert format_yuan(Decimal("-1234567")) == "-1,234,567.00"
    assert format_yuan(Decimal(0)) == "0.00"


@pytest.mark.parametrize("function", [format_yuan, capital])
def test_a_sum_finer_than_a_fen_is_never_shown_as_another(function: object) -> None:
    with pytest.raises(ValueError, match="先按规定舍入到分"):
        function(Decimal("1.005"))  # type: ignore[operator]


WORDS = [
    ("0", "零元整"),
    ("0.05", "伍分"),
    ("0.50", "伍角"),
    ("0.55", "伍角伍分"),
    ("10", "壹拾元整"),
    ("100", "壹佰元整"),
    ("177.2", "壹佰柒拾柒元贰角"),
    ("325.04", "叁佰贰拾伍元零肆分"),
    ("1036.80", "壹仟零叁拾陆元捌角"),
    ("1409.50", "壹仟肆佰零玖元伍角"),
    ("1680.32", "壹仟陆佰捌拾元叁角贰分"),
    ("6007.14", "陆仟零柒元壹角肆分"),
    ("10001.01", "壹万零壹元零壹分"),
    ("107000.53", "壹拾万柒仟元伍角叁分"),
    ("100010000", "壹亿零壹万元整"),
    ("100002000", "壹亿零贰仟元整"),
    ("1000000000000", "壹万亿元整"),
    ("1000000000000000", "壹仟万亿元整"),
    ("999999999999999.99", "玖佰玖拾玖万玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
    ("-3.20", "负叁元贰角"),
]


@pytest.mark.parametrize(("amount", "text"), WORDS)
def test_words_both_ways(amount: str, text: str) -> None:
    assert capital(Decimal(amount)) == text
    assert parse_capital(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("人民币壹佰元正", "100"),
        ("壹佰圆整", "100"),
        ("壹佰元", "100"),
        ("壹佰柒拾柒元贰角整", "177.20"),
        ("壹仟陆佰捌拾元零叁角贰分", "1680.32"),
        ("壹拾万零柒仟元零伍角叁分", "107000.53"),
        ("贰佰元零伍分", "200.05"),
        ("贰佰元零角伍分", "200.05"),
        ("拾元整", "10"),
        (" 伍角 ", "0.50"),
    ],
)
def test_the_other_lawful_spellings_are_read(text: str, amount: str) -> None:
    assert parse_capital(text) == Decimal(amount)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "“”不是大写金额"),
        ("整", "“整”不是大写金额"),
        ("壹佰", "“壹佰”不是大写金额"),
        ("壹佰元伍分叁角", "“壹佰元伍分叁角”不是大写金额"),
        ("壹百X拾元整", "第3个字“X”不是数字"),
        ("人民币壹佰叁元整", "第6个字“叁”有两种读法"),
        ("壹贰叁元整", "第2个字“贰”前面缺少单位"),
        ("壹元壹贰角", "第3个字“壹贰”处应只有一位数字"),
        ("零伍分", "第1个字“零伍”处应只有一位数字"),
    ],
)
def test_words_that_are_no_sum_are_refused_by_place(text: str, message: str) -> None:
    with pytest.raises(NumeralError) as refused:
        parse_capital(text)
    assert str(refused.value).startswith(message)


@given(sums)
@example(Decimal("1000000000000000.10"))
@example(Decimal(LARGEST) - Decimal("0.01"))
def test_words_are_read_back(amount: Decimal) -> None:
    assert parse_capital(capital(amount)) == amount


@given(st.decimals(0, 10**8, places=2))  # above, the second writer leaves out a 零 (see test_numerals)
def test_words_agree_with_a_second_writer(amount: Decimal) -> None:
    assert capital(amount) == cn2an.an2cn(str(amount), "rmb")
