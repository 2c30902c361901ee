"""Fields: each kind takes what is right in its own type, and says what is wrong with the rest."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.law.fields import (
    BadField,
    Field,
    as_plain,
    choice,
    day,
    lines,
    money,
    note,
    number,
    text,
    whole,
    yes_no,
)

TABLE = lines("items", "明细", text("name", "名称"), money("amount", "金额"), number("length", "长度", "米").optional)
LAND = choice("land", "用地", {"state": "国有", "village": "集体"})


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        (text("a", "名称"), "  演示路 ", "演示路"),
        (text("a", "编号"), 12, "12"),
        (note("a", "意见"), "同意。\n请办理。", "同意。\n请办理。"),
        (day("a", "日期"), "2030-03-12", date(2030, 3, 12)),
        (day("a", "日期"), date(2030, 3, 12), date(2030, 3, 12)),
        (money("a", "金额"), "12，345.6", Decimal("12345.60")),
        (money("a", "金额"), "1,000", Decimal("1000.00")),
        (money("a", "金额"), Decimal("0.01"), Decimal("0.01")),
        (money("a", "金额"), 7, Decimal("7.00")),
        (number("a", "容量", "千瓦", places=1), "160.5", Decimal("160.5")),
        (number("a", "比例"), "0.333333", Decimal("0.333333")),
        (whole("a", "户数"), "12", 12),
        (whole("a", "户数"), "12.0", 12),
        (LAND, "state", "state"),
        (yes_no("a", "齐全"), "yes", True),
        (yes_no("a", "齐全"), "on", True),
        (yes_no("a", "齐全"), False, False),
        (yes_no("a", "齐全"), "0", False),
        (
            TABLE,
            [{"name": "电杆", "amount": "3.5", "other": "x"}],
            [{"name": "电杆", "amount": Decimal("3.50"), "length": None}],
        ),
    ],
)
def test_what_is_right_comes_in_its_own_type(field: Field, raw: Any, value: Any) -> None:
    found = field.clean(raw)
    assert found == value
    assert type(found) is type(value)
    assert str(found) == str(value)


@pytest.mark.parametrize(
    ("field", "raw", "message"),
    [
        (text("a", "名称"), "   ", "名称没有填"),
        (text("a", "名称"), None, "名称没有填"),
        (text("a", "名称"), ["x"], "名称应为文字"),
        (text("a", "名称"), "演示\x00路", "名称含有不能保存的字符，请重新输入"),
        (text("a", "承包人", personal="name"), "张*", "承包人含有 *，像是遮盖后的文字，请填写完整的内容"),
        (day("a", "日期"), "2030年3月", "日期不是日期：2030年3月，写作 2025-03-12"),
        (text("a", "名称"), "演" * 201, "名称太长，最多200个字，现有201个"),
        (text("a", "名称", most=4), "演示道路一", "名称太长，最多4个字，现有5个"),
        (note("a", "意见"), "演" * 2001, "意见太长，最多2000个字，现有2001个"),
        (day("a", "日期"), "9999-12-31", "日期的年份不对：9999-12-31，请核对"),
        (day("a", "日期"), date(1, 1, 1), "日期的年份不对：0001-01-01，请核对"),
        (day("a", "日期"), "2030-02-30", "日期不是日期：2030-02-30，写作 2025-03-12"),
        (day("a", "日期"), datetime(2030, 3, 12, 8), "日期不是日期：2030-03-12 08:00:00，写作 2025-03-12"),
        (money("a", "金额"), "十元", "金额不是数：十元"),
        (money("a", "金额"), 9.99, "金额须以文字形式给出数值，以免失真"),
        (money("a", "金额"), True, "金额须以文字形式给出数值，以免失真"),
        (money("a", "金额"), "-1", "金额不能是负数：-1"),
        (money("a", "金额"), "1.005", "金额精确到分，最多两位小数：1.005"),
        (money("a", "金额"), "NaN", "金额不是数：NaN"),
        (money("a", "金额"), "Infinity", "金额不是数：Infinity"),
        (money("a", "金额"), "1e999999", "金额位数太多：1e999999，请核对"),
        (whole("a", "户数"), "1e400", "户数位数太多：1e400，请核对"),
        (number("a", "长度"), "0.0000000000001", "长度位数太多：0.0000000000001，请核对"),
        (number("a", "容量", places=1), "1.25", "容量应为最多1位小数：1.25"),
        (number("a", "容量", places=0), "1.5", "容量应为整数：1.5"),
        (whole("a", "户数"), "2.5", "户数应为整数：2.5"),
        (LAND, "private", "用地应为：国有、集体"),
        (LAND, ["state"], "用地应为：国有、集体"),
        (yes_no("a", "齐全"), "也许", "齐全应为是或否"),
        (TABLE, [], "明细没有填"),
        (TABLE, "电杆", "明细应为若干行"),
        (TABLE, ["电杆"], "明细第1行不是一行数据"),
        (TABLE, [{"name": "电杆", "amount": "1"}, {"name": "电缆", "amount": "x"}], "明细第2行：金额不是数：x"),
        (TABLE, [{"amount": "1"}], "明细第1行：名称没有填"),
    ],
)
def test_what_is_wrong_is_told(field: Field, raw: Any, message: str) -> None:
    with pytest.raises(BadField) as caught:
        field.clean(raw)
    assert str(caught.value) == message


@pytest.mark.parametrize("field", [text("a", "名"), day("a", "名"), money("a", "名"), LAND, TABLE])
@pytest.mark.parametrize("raw", [None, "", "  ", []])
def test_what_is_optional_may_stay_empty(field: Field, raw: Any) -> None:
    assert field.optional.clean(raw) is None


def test_nought_is_not_empty() -> None:
    assert money("a", "金额").clean("0") == 0
    assert str(money("a", "金额").clean("-0")) == "0.00"
    assert whole("a", "户数").clean(0) == 0
    assert yes_no("a", "齐全").clean(False) is False


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.lists(st.integers()) | st.none())
def test_nothing_that_is_entered_breaks_a_field(raw: Any) -> None:
    for field in (text("a", "名"), day("a", "名"), money("a", "名"), whole("a", "名"), LAND, yes_no("a", "名"), TABLE):
        try:
            field.clean(raw)
        except BadField as error:
            assert str(error).startswith((field.zh,))


@given(st.decimals(0, 10**12, places=2))
def test_an_amount_comes_through_exactly(amount: Decimal) -> None:
    assert money("a", "金额").clean(f"{amount:,}") == amount


def test_cleaned_values_are_stored_as_text() -> None:
    value = {"a": Decimal("1.10"), "b": [date(2030, 1, 2), True, None], "c": {"d": 3}}
    assert as_plain(value) == {"a": "1.10", "b": ["2030-01-02", True, None], "c": {"d": 3}}
