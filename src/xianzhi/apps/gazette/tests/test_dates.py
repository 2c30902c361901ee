"""Expressions of time as governments write them, in the project's own words; the year of the document is 2024."""

import datetime

import pytest

from xianzhi.apps.gazette.reader.dates import When, dates_in, relative_in

YEAR = 2024


def the_deadline(text: str) -> When | None:
    """The last deadline of a text whose time is asked for, as in the column of a table or a line of its own."""
    return next((when for when in reversed(dates_in(text, YEAR)) if when.due), None)


@pytest.mark.parametrize(
    ("text", "due", "precision"),
    [
        ("2024年6月30日前", "2024-06-30", "day"),
        ("于2024 年6月30日之前".replace(" ", ""), "2024-06-30", "day"),
        ("9月25日以前", "2024-09-25", "day"),
        ("2024年12月31日24时前", "2024-12-31", "day"),
        ("6月30日（含）前", "2024-06-30", "day"),
        ("二〇二五年三月底前", "2025-03-31", "month"),
        ("二○二五年十一月三十日前", "2025-11-30", "day"),
        ("六月底前", "2024-06-30", "month"),
        ("十二月十五日前", "2024-12-15", "day"),
        ("2月底前", "2024-02-29", "month"),
        ("2025年2月底", "2025-02-28", "month"),
        ("9月份", "2024-09-30", "month"),
        ("11月末", "2024-11-30", "month"),
        ("5月上旬", "2024-05-10", "ten-day"),
        ("7月中旬前", "2024-07-20", "ten-day"),
        ("8月下旬", "2024-08-31", "ten-day"),
        ("10月初", "2024-10-10", "ten-day"),
        ("上半年", "2024-06-30", "half-year"),
        ("2025年上半年", "2025-06-30", "half-year"),
        ("下半年", "2024-12-31", "half-year"),
        ("一季度末", "2024-03-31", "quarter"),
        ("2024年第三季度前", "2024-09-30", "quarter"),
        ("4季度", "2024-12-31", "quarter"),
        ("年底前", "2024-12-31", "year-end"),
        ("2024年年底前", "2024-12-31", "year-end"),
        ("2026年底", "2026-12-31", "year-end"),
        ("年内", "2024-12-31", "year-end"),
        ("2025年末", "2025-12-31", "year-end"),
        ("今年底前", "2024-12-31", "year-end"),
        ("今年6月底前", "2024-06-30", "month"),
        ("明年3月底前", "2025-03-31", "month"),
        ("明年底前", "2025-12-31", "year-end"),
        ("到2025年", "2025-12-31", "year"),
        ("至2027年", "2027-12-31", "year"),
        ("2025年前", "2025-12-31", "year"),
        ("2023年11月至2024年1月", "2024-01-31", "month"),
        ("2024年4—9月", "2024-09-30", "month"),
        ("3月1日至5月20日", "2024-05-20", "day"),
        ("2024年3月1日-15日", "2024-03-15", "day"),
        ("1月至3月", "2024-03-31", "month"),
        ("2024-2026年", "2026-12-31", "year"),
        ("2024年至2026年", "2026-12-31", "year"),
        ("2024年10月—2025年底", "2025-12-31", "year-end"),
        ("即日起至2024年8月31日", "2024-08-31", "day"),
        ("2024.6.30前", "2024-06-30", "day"),
        ("2024.09", "2024-09-30", "month"),
        ("2024-06-30", "2024-06-30", "day"),
        ("2024/11/5", "2024-11-05", "day"),
        ("２０２４年５月底前", "2024-05-31", "month"),
    ],
)
def test_a_deadline_is_the_last_day_meant(text: str, due: str, precision: str) -> None:
    when = the_deadline(text)
    assert when is not None
    assert when.due is not None
    assert (when.due.isoformat(), when.precision) == (due, precision)


@pytest.mark.parametrize(
    "text",
    [
        "从4月16日开始",
        "自2024年5月1日起",
        "5月1日起施行",
        "每年3月底前",
        "当年3月31日前",
        "每季度末",
        "每月5日前",
        "次年1月底前",
        "今年",
        "全年",
        "长期坚持",
        "及时",
        "尽快",
        "收到通知后5个工作日内",
        "2024年度",
        "近两年来",
        "2023年以来",
        "自2024年起",
        "去年底",
        "每年底前",
    ],
)
def test_a_start_or_what_comes_back_every_year_is_no_deadline(text: str) -> None:
    assert the_deadline(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "第六次全国会议",
        "《养老服务三年行动方案（2024年6月底前）》",
        "3个月",
        "一月来",
        "12.5万亩",
        "4.4亿元",
        "1.30公里",
    ],
)
def test_what_looks_like_a_date_is_none(text: str) -> None:
    assert [when for when in dates_in(text, YEAR) if when.due] == []


def test_a_date_has_the_year_of_the_one_before_it() -> None:
    whens = dates_in("2023年9月底前完成勘察，11月底前封顶", YEAR)
    assert [when.due.isoformat() for when in whens if when.due] == ["2023-09-30", "2023-11-30"]


def test_the_year_stands_in_the_text_of_a_deadline_only_if_it_was_printed() -> None:
    assert [when.raw for when in dates_in("2024年5月底前开工，10月底前完工", YEAR)] == ["2024年5月底前", "10月底前"]


def test_the_earlier_reading_of_a_third_of_a_month_is_kept() -> None:
    when = the_deadline("7月中旬前")
    assert when is not None
    assert when.strict == datetime.date(2024, 7, 10)


def test_a_day_that_the_calendar_lacks_is_no_deadline() -> None:
    assert the_deadline("2024年2月30日前") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("应当在收到材料后10个工作日内答复", "后10个工作日内"),
        ("自受理之日起二十日内作出决定", "之日起二十日内"),
        ("每年12月底前报送总结", "每年12月底前"),
        ("在24小时内上报", "24小时内"),
    ],
)
def test_a_deadline_counted_from_an_event_is_kept_as_printed(text: str, found: str) -> None:
    assert found in (relative_in(text) or "")


def test_a_text_without_time_has_no_relative_deadline() -> None:
    assert relative_in("加强领导，落实责任") is None
