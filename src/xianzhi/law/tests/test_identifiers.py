"""Identifiers: every single wrong digit is found and named. All numbers are made up for these tests."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

from xianzhi.law.identifiers import (
    Identifier,
    IdentifierError,
    check_credit_code,
    check_division_code,
    check_identity_number,
    make_credit_code,
    make_identity_number,
    mask,
)

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

identity_numbers = st.builds(
    lambda county, born, order: make_identity_number(f"{county}{born:%Y%m%d}{order:03}"),
    st.integers(110101, 659010),
    st.dates(date(1900, 1, 1), date(2026, 12, 31)),
    st.integers(0, 999),
)
credit_codes = st.builds(
    lambda kind, county, body: make_credit_code(f"{kind}{county}{body}"),
    st.sampled_from(["91", "92", "11", "12", "52", "N2"]),
    st.integers(110101, 659010),
    st.text(ALPHABET, min_size=9, max_size=9),
)


# --- persons ----------------------------------------------------------------------------------------------------


def test_the_standards_own_examples() -> None:
    # The two numbers that GB 11643 itself works through.
    assert make_identity_number("11010519491231002") == "11010519491231002X"
    assert make_identity_number("44052418800101001") == "440524188001010014"


def test_an_identity_number_gives_its_birthday_in_normal_form() -> None:
    expected = Identifier("identity", "11010519491231002X", date(1949, 12, 31))
    for written in (
        "11010519491231002X",
        "11010519491231002x",
        " 110105 19491231 002x ",
        "１１０１０５１９４９１２３１００２Ｘ",
    ):
        assert check_identity_number(written) == expected


def test_a_county_code_younger_than_its_holder_is_accepted() -> None:
    assert check_identity_number(make_identity_number("14082619900101001")).birth == date(1990, 1, 1)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("", "未填写，应为18位"),
        ("1408261990010100", "少2位：应为18位，填了16位"),
        ("11010519491231002X0", "多1位：应为18位，填了19位"),
        ("110105194912310O2X", "第16位应为数字，填的是 O"),
        ("140826199013320017", "第7至14位不是日期：19901332"),
        ("140826202302290017", "第7至14位不是日期：20230229"),
        ("110105194912310021", "第18位校验码应为 X，填的是 1"),
        ("11010519491231002A", "第18位校验码应为 X，填的是 A"),
    ],
)
def test_a_wrong_identity_number_is_named_by_its_place(code: str, message: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        check_identity_number(code)
    assert str(refused.value) == message


@given(identity_numbers)
def test_made_identity_numbers_pass_here_and_elsewhere(code: str) -> None:
    assert check_identity_number(code).code == code
    assert mod_11_2.is_valid(code)


@given(identity_numbers, st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(code: str, place: int, shift: int) -> None:
    digit = 0 if code[place] == "X" else (int(code[place]) + shift) % 10
    with pytest.raises(IdentifierError):
        check_identity_number(f"{code[:place]}{digit}{code[place + 1 :]}")


@given(identity_numbers, st.integers(0, 16))
def test_two_digits_changed_about_are_always_found(code: str, place: int) -> None:
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    if swapped != code:
        with pytest.raises(IdentifierError):
            check_identity_number(swapped)


# --- organisations ----------------------------------------------------------------------------------------------


def test_a_credit_code_in_normal_form() -> None:
    code = make_credit_code("91140826MA0GTE1T0")
    assert check_credit_code(f" {code.lower()} ") == Identifier("credit", code)


def test_a_village_cooperative_has_a_code_that_begins_with_a_letter() -> None:
    assert check_credit_code(make_credit_code("N2140826MF1234567")).kind == "credit"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("91140826MA0GTEST", "少2位：应为18位，填了16位"),
        ("91140826IA0GTE1T0X", "第9位不能是字母 I，请核对是否为数字 1"),
        ("91140826MAVGTE1T0X", "第11位不能是字母 V"),
        ("91140826MA-GTE1T0X", "第11位不能是字符 -"),
        ("9114A826MA0GTE1T0X", "第5位应为数字，填的是 A"),
    ],
)
def test_a_wrong_credit_code_is_named_by_its_place(code: str, message: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        check_credit_code(code)
    assert str(refused.value) == message


def test_a_wrong_check_character_is_named_with_the_right_one() -> None:
    code = make_credit_code("91140826MA0GTE1T0")
    wrong = ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)]
    with pytest.raises(IdentifierError, match=f"^第18位校验码应为 {code[-1]}，填的是 {wrong}$"):
        check_credit_code(code[:-1] + wrong)


@given(credit_codes)
def test_made_credit_codes_pass_here_and_elsewhere(code: str) -> None:
    assert check_credit_code(code).code == code
    assert uscc.calc_check_digit(code[:-1]) == code[-1]


@given(credit_codes, st.integers(0, 17), st.integers(1, 30))
def test_one_wrong_character_is_always_found(code: str, place: int, shift: int) -> None:
    char = ALPHABET[(ALPHABET.index(code[place]) + shift) % len(ALPHABET)]
    with pytest.raises(IdentifierError):
        check_credit_code(code[:place] + char + code[place + 1 :])


def test_a_body_that_cannot_begin_a_code_is_refused() -> None:
    with pytest.raises(IdentifierError, match="少1位：应为17位，填了16位"):
        make_credit_code("91140826MA0GTE1T")
    with pytest.raises(IdentifierError, match="第7至14位不是日期：19900231"):
        make_identity_number("14082619900231001")


# --- divisions --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["140826000000", "140826100000", "140826100201", "441900003000"])
def test_division_codes(code: str) -> None:
    assert check_division_code(code) == Identifier("division", code)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("140826", "少6位：应为12位，填了6位"),
        ("14082610000A", "第12位应为数字，填的是 A"),
        ("000826100000", "第1至2位省级代码不能是 00"),
        ("140826000201", "第7至9位乡级代码是 000，第10至12位村级代码就不能是 201"),
    ],
)
def test_wrong_division_codes(code: str, message: str) -> None:
    with pytest.raises(IdentifierError) as refused:
        check_division_code(code)
    assert str(refused.value) == message


# --- masks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "ends", "masked"),
    [
        ("11010519491231002X", (3, 4), "110***********002X"),
        ("11010519491231002X", (6, 2), "110105**********2X"),
        ("13800001234", (3, 4), "138****1234"),
        ("1380000123", (3, 4), "**********"),
        ("123", (3, 4), "***"),
        ("123", (1, 0), "1**"),
        ("", (3, 4), ""),
    ],
)
def test_a_mask_hides_the_middle(code: str, ends: tuple[int, int], masked: str) -> None:
    assert mask(code, *ends) == masked


@given(st.text(ALPHABET, max_size=24), st.integers(0, 8), st.integers(0, 8))
def test_a_mask_keeps_the_length_and_never_shows_most_of_a_code(code: str, head: int, tail: int) -> None:
    masked = mask(code, head, tail)
    assert len(masked) == len(code)
    shown = len(masked) - masked.count("*")
    assert shown in (0, head + tail)
    assert shown <= 2 * masked.count("*")
