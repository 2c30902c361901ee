"""Parameters: the value of a day, who may change it, and what each bad file is told."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xianzhi.law.errors import LawError
from xianzhi.law.parameters import (
    COUNTY,
    DOCUMENT,
    OVERRIDE,
    Dated,
    NoValue,
    Parameter,
    Parameters,
    as_scalar,
    read_parameters,
)
from xianzhi.law.timing import Count

BAD = Path(__file__).parent / "bad" / "parameters"
FIRST, SECOND, END = date(2030, 1, 2), date(2031, 1, 1), date(2033, 1, 1)


def limit(*values: Dated, unit: str = "workday") -> Parameter:
    return Parameter("demo.limit", "演示时限", unit, values)


LIMIT = limit(Dated(FIRST, 5, "demo-1-1"), Dated(SECOND, 3, "demo-1-2"), Dated(END, None, "demo-9-1"))


# --- the value of a day -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "value", "cites"),
    [
        (FIRST, 5, "demo-1-1"),
        (SECOND - timedelta(days=1), 5, "demo-1-1"),
        (SECOND, 3, "demo-1-2"),
        (END - timedelta(days=1), 3, "demo-1-2"),
    ],
)
def test_a_value_holds_from_its_day_until_the_next(day: date, value: int, cites: str) -> None:
    found = Parameters([LIMIT]).get("demo.limit", on=day)
    assert (found.value, found.cites) == (value, cites)


def test_before_the_first_day_there_is_no_value() -> None:
    with pytest.raises(NoValue, match=r"“演示时限”（demo\.limit）自 2030-01-02 起才有值，所问日期是 2030-01-01"):
        LIMIT.on(FIRST - timedelta(days=1))


def test_after_null_there_is_no_value() -> None:
    with pytest.raises(NoValue, match="到 2033-01-01 已止，所问日期是 2040-05-05"):
        LIMIT.on(date(2040, 5, 5))


def test_a_name_nobody_declared_is_told_so() -> None:
    with pytest.raises(LawError, match=r"没有参数 demo\.none。请在 parameters\.yaml 中登记"):
        Parameters([LIMIT]).get("demo.none", on=FIRST)


@given(st.dates(FIRST, END - timedelta(days=1)))
def test_the_value_is_the_last_one_that_has_begun(day: date) -> None:
    begun = [dated for dated in LIMIT.values if dated.since <= day]
    assert LIMIT.on(day).since == begun[-1].since


# --- laying values over one another -------------------------------------------------------------------------------


def test_the_county_wins_on_the_same_day_and_is_named() -> None:
    county = limit(Dated(FIRST, 4, "demo-1-1", COUNTY, "演示函〔2030〕3号"))
    found = Parameters([LIMIT]).merged([county]).get("demo.limit", on=FIRST)
    assert (found.value, found.standing, found.basis) == (4, COUNTY, "演示函〔2030〕3号")


def test_an_override_lies_between_the_values_that_stand() -> None:
    merged = Parameters([LIMIT]).merged([limit(Dated(date(2030, 7, 1), 2, "upper-1", OVERRIDE))])
    values = [merged.get("demo.limit", on=day).value for day in (FIRST, date(2030, 7, 1), SECOND)]
    assert values == [5, 2, 3]


def test_merging_leaves_what_was_merged_as_it_was() -> None:
    base = Parameters([LIMIT])
    base.merged([limit(Dated(FIRST, 4, "demo-1-1", COUNTY))])
    assert base.get("demo.limit", on=FIRST).standing == DOCUMENT


def test_a_value_in_another_unit_is_refused() -> None:
    with pytest.raises(LawError, match=r"参数 demo\.limit 的单位不一致：workday 与 day。单位须与原参数相同"):
        Parameters([LIMIT]).merged([limit(Dated(FIRST, 4, "demo-1-1"), unit="day")])


# --- values in their own type -------------------------------------------------------------------------------------


def test_a_limit_says_how_much_of_what() -> None:
    assert LIMIT.on(FIRST).as_limit() == (5, Count.WORKDAY)


def test_working_days_are_not_calendar_days() -> None:
    with pytest.raises(TypeError, match="单位是 workday，不是天"):
        LIMIT.on(FIRST).as_days()
    assert limit(Dated(FIRST, 5, "x"), unit="day").on(FIRST).as_days() == timedelta(days=5)


def test_an_amount_is_no_whole_number() -> None:
    rate = limit(Dated(FIRST, Decimal("9.99"), "x"), unit="CNY").on(FIRST)
    assert rate.as_decimal() == Decimal("9.99")
    with pytest.raises(TypeError, match=r"值 9\.99 不是整数"):
        rate.as_int()
    with pytest.raises(TypeError, match="不是日期"):
        rate.as_date()


@pytest.mark.parametrize(
    ("unit", "value", "shown"),
    [
        ("workday", 5, "5个工作日"),
        ("CNY", Decimal("12345.60"), "12,345.60元"),
        ("percent", Decimal(40), "40%"),
        ("date", date(2030, 3, 1), "2030-03-01"),
        ("text", "土地储备资金", "土地储备资金"),
    ],
)
def test_a_value_is_shown_with_its_unit(unit: str, value: object, shown: str) -> None:
    assert str(limit(Dated(FIRST, value, "x"), unit=unit).on(FIRST)) == shown


@pytest.mark.parametrize("value", [9.99, 9.0, True])
def test_what_is_not_exact_is_refused(value: object) -> None:
    with pytest.raises(LawError, match="不精确"):
        as_scalar("CNY", value, "费用")


@pytest.mark.parametrize(
    ("unit", "value", "says"),
    [("workday", "-5", "是负数"), ("CNY", "-0.01", "是负数"), ("workday", "9999999", "太大"), ("year", 101, "太大"),
     ("month", 1201, "太大"), ("CNY", "1e999999", "太大"), ("kW", "1" * 17, "太大")],
)  # fmt: skip
def test_a_value_out_of_all_measure_is_refused(unit: str, value: object, says: str) -> None:
    with pytest.raises(LawError, match=says):
        as_scalar(unit, value, "某项")


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**9, places=3))
def test_a_quoted_amount_is_read_exactly(value: Decimal) -> None:
    assert as_scalar("CNY", str(value), "费用") == value


# --- files --------------------------------------------------------------------------------------------------------


def test_a_good_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text(
        "demo.rate:\n  zh: 标准\n  unit: CNY\n  checked: 2030-05-01\n  values:\n"
        '    - {from: 2030-01-02, value: "9.90", cites: demo-2-1, standing: county, basis: 演示函〔2030〕3号}\n'
        "    - {from: 2032-01-01, value: null, cites: demo-9-1}\n",
        encoding="utf-8",
    )
    (rate,) = read_parameters(path)
    assert rate.checked == date(2030, 5, 1)
    assert rate.values == (
        Dated(FIRST, Decimal("9.90"), "demo-2-1", COUNTY, "演示函〔2030〕3号"),
        Dated(date(2032, 1, 1), None, "demo-9-1"),
    )


def test_an_empty_file_holds_no_parameters(tmp_path: Path) -> None:
    path = tmp_path / "parameters.yaml"
    path.write_text("# 尚无参数\n", encoding="utf-8")
    assert read_parameters(path) == ()


# One bad file per mistake: (file, line, what it says, remedy).
MISTAKES = [
    ("not_a_table", 1, "文件不是参数表", "写作“参数名: {zh, unit, values}”"),
    ("no_values", 1, "参数 demo.limit 没有 values", "至少写一个 {from, value, cites}"),
    ("values_not_a_list", 1, "参数 demo.limit 没有 values", "至少写一个 {from, value, cites}"),
    ("unknown_unit", 1, "参数 demo.limit 的单位 fortnight 不认识", "可用：workday"),
    ("no_unit", 1, "参数 demo.limit 的单位 （空） 不认识", "可用：workday"),
    ("no_name", 1, "参数 demo.limit 缺中文名 zh", "请补上"),
    ("checked_not_a_date", 1, "参数 demo.limit 的 checked 不是日期：去年", "写作 2024-03-13，不加引号"),
    ("no_from", 5, "参数 demo.limit 的取值缺 from 或 value", "写作 {from: 2024-03-13, value: 160, cites: …}"),
    ("from_with_time", 5, "参数 demo.limit 的取值缺 from 或 value", "写作 {from: 2024-03-13, value: 160, cites: …}"),
    ("no_value", 5, "参数 demo.limit 的取值缺 from 或 value", "写作 {from: 2024-03-13, value: 160, cites: …}"),
    ("no_cites", 5, "参数 demo.limit 自 2030-01-02 的取值没有依据 cites", "写明条款编号"),
    ("unknown_standing", 5, "参数 demo.limit 的性质 rumour 不认识", "可用：document、county、general、override"),
    ("float", 5, "参数 demo.limit 的值 9.99 不精确", '请加引号，写作 "9.99"'),
    ("not_a_number", 5, "参数 demo.limit 的值 五 不是数", "只写数字"),
    ("not_finite", 5, "参数 demo.limit 的值 Infinity 不是数", "只写数字"),
    ("half_a_day", 5, "参数 demo.limit 的值 2.5 应为整数", "这个单位没有小数"),
    ("date_in_quotes", 5, "参数 demo.limit 应为日期：2030-03-01", "写作 2024-03-13，不加引号"),
    ("out_of_order", 1, "起始日期未按先后排列或有重复", "从早到晚，每日一个值"),
    ("same_day_twice", 1, "起始日期未按先后排列或有重复", "从早到晚，每日一个值"),
    ("name_twice", 6, "键 demo.limit 出现两次", "请检查缩进、冒号、引号和日期"),
]


@pytest.mark.parametrize(("name", "line", "what", "remedy"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_told_with_file_line_and_remedy(name: str, line: int, what: str, remedy: str) -> None:
    path = BAD / f"{name}.yaml"
    with pytest.raises(LawError) as caught:
        read_parameters(path)
    (finding,) = caught.value.findings
    assert finding.where == f"{path}:{line}"
    assert what in finding.what
    assert remedy in finding.remedy


def test_every_bad_file_is_asserted() -> None:
    assert {path.stem for path in BAD.glob("*.yaml")} == {mistake[0] for mistake in MISTAKES}
