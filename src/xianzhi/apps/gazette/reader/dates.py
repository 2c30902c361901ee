"""The grammar of dates and deadlines (rule G-8): a text goes in, and out come the expressions of time that stand in it.

底前 and 日前 include the day; a month is due on its last day, 上旬 on the 10th, 中旬 on the 20th. Nothing is inferred
but the year, which the caller knows: that of the nearest date or heading above.
"""

import calendar
import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from xianzhi.law.numerals import from_chinese

_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_MONTH = r"(?P<{0}>1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])月(?!来)"
_BEFORE = r"(?P<before>之前|以前|前)?"
_DATE = re.compile(
    r"(?:(?P<year>(?:19|20)\d{2})年|(?P<this>今年|本年|当年|明年|次年|翌年|每年|去年|上年))?的?"
    + r"(?:(?:\d{1,2}月?[-—－~～至到]{1,2})?"
    + _MONTH.format("month")
    + r"(?:份|底|末|初|中旬|上旬|下旬|中)?"
    + r"(?:(?P<day>3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])[日号])?"
    + r"(?:（含）|(?:上午|下午)?\d{1,2}(?:[时点]|[:：]\d{2})|下班|零时)?"
    + r"|(?P<half>[上下]半年)|第?(?P<quarter>[一二三四1-4])季度"
    + r"|(?P<end>年底|年末|年内|年中|(?<=[今本当明次每去上]年)[底末内]))"
    + r"(?:[底末])?" + _BEFORE
)  # fmt: skip
_PERIOD = re.compile(
    r"(?P<year>(?:19|20)\d{2})年(?:(?P<month>\d{1,2})月)?(?:(?P<day>\d{1,2})日)?(?:起)?[至到—\-－~～]{1,2}"
    r"(?:(?P<year2>(?:19|20)\d{2})年)?(?:(?P<month2>\d{1,2})月)?(?:(?P<day2>\d{1,2})日)?(?P<end>底)?(?P<before>之前|以前|前)?"
)
_YEAR = re.compile(
    r"(?P<upto>到|至|截至|力争|在)?(?P<year>20\d{2})年(?P<tail>底前|年?底|末|内|前|，|,|、)?(?!度|[\d以来])"
)
_NUMERIC = re.compile(
    r"(?<![\d.．/-])(?P<year>20\d{2})(?P<mark>[.．/-])(?P<month>1[0-2]|0?[1-9])(?:(?P=mark)(?P<day>3[01]|[12]\d|0?[1-9]))?"
    r"(?![\d.．/%％亿万元吨个年])日?底?(?P<before>之前|以前|前)?"
)
"""2024.6.30, 2024-06-30, 2024/6, as in the cells of tables."""
_HAN_YEAR = re.compile(r"(?:二[〇○零]|一九)[〇○零一二三四五六七八九]{2}(?=年)")
_TO_DIGITS = str.maketrans("〇○零一二三四五六七八九０１２３４５６７８９", "000123456789" + "0123456789")
_RELATIVE = re.compile(
    r"(?:[\u4e00-\u9fff]{0,12}?(?:之日起|后|结束后|完成后|届满前))?(?:的)?[一二三四五六七八九十\d]{1,3}(?:个)?(?:工作日|自然日|自然月|月|日|天|周|小时)(?:之?内|以内|前)"
)
_YEARLY = re.compile(
    r"(?:每年|当年|次年|每季度|每月|每半年|每周)(?:的)?(?:\d{1,2}月)?(?:\d{1,2}日|底|末|初)?(?:之?前|以前)?"
)
_START = re.compile(r"(?:起|开始|以来|之后|以后|后(?!勤|续)|至今)")
_FROM = re.compile(r"(?:从|自|截至|截止到?|早在|始于)$")


_MAY_HOLD = re.compile(r"[年月季日号]|\d[.．/-]\d")
"""Without one of these a text has no date; most texts have none."""


@dataclass(frozen=True, slots=True)
class When:
    """An expression of time at text[start:end].

    due: the last day meant, or None where it gives none (a start, a relative or yearly deadline); strict: the earlier
    of two readings (7月中旬前). precision: day, ten-day, month, half-year, quarter, year-end, year. firm: the words
    make it a deadline (前, 底, 内 …); a bare month or year is one only where a deadline is asked for. year: the year
    it speaks of.
    """

    start: int
    end: int
    raw: str
    due: datetime.date | None
    precision: str
    firm: bool
    year: int | None
    strict: datetime.date | None = None
    yearly: bool = False


def dates_in(text: str, year: int | None) -> list[When]:
    """The dates of a text from left to right, each with the year it names, else that of the one before, else `year`."""
    if not _MAY_HOLD.search(text):
        return []
    found: list[When] = []
    printed, text = text, _with_digits(text)
    quoted = [one.span() for one in re.finditer(r"《[^》]*》|〔[^〕]*〕", text)]
    for one in sorted(_all(text), key=lambda match: (match.start(), -match.end())):
        if found and one.start() < found[-1].end:
            continue
        if any(low <= one.start() < high for low, high in quoted):
            continue
        known = next((before.year for before in reversed(found) if before.year), year)
        if when := _when(one, text, known):
            found.append(replace(when, raw=printed[when.start : when.end]))
    return found


def _with_digits(text: str) -> str:
    """The text with the years of 二〇二五年 and full-width figures in digits, every character in its place."""
    text = _HAN_YEAR.sub(lambda year: year[0].translate(_TO_DIGITS), text)
    return re.sub(r"[０-９]", lambda digit: digit[0].translate(_TO_DIGITS), text)


def relative_in(text: str) -> str | None:
    """The deadline that is counted from an event or comes back every year (办结后10日内, 每年3月底前), as printed."""
    for form in (_YEARLY, _RELATIVE):
        for found in form.finditer(text):
            if form is _RELATIVE or re.search(r"前|底|内|\d", found[0]):
                return found[0]
    return None


def _all(text: str) -> Iterator[re.Match[str]]:
    yield from _PERIOD.finditer(text)
    yield from (
        found for found in _DATE.finditer(text) if found["month"] or found["half"] or found["quarter"] or found["end"]
    )
    yield from _YEAR.finditer(text)
    yield from _NUMERIC.finditer(text)


def _when(found: re.Match[str], text: str, known: int | None) -> When | None:
    if found.re is _PERIOD:
        return _period(found, text)
    if found.re is _YEAR:
        return _bare_year(found, text)
    if found.re is _NUMERIC:
        return _numeric(found)
    return _date(found, text, known)


def _numeric(found: re.Match[str]) -> When:
    due = _day(int(found["year"]), int(found["month"]), int(found["day"] or 0))
    precision = "day" if found["day"] else "month"
    return When(found.start(), found.end(), found[0], due, precision, bool(found["before"]), int(found["year"]))


def _period(found: re.Match[str], text: str) -> When | None:
    if not (found["month"] or found["year2"]) or not (found["year2"] or found["month2"] or found["day2"]):
        return None
    year = int(found["year2"] or found["year"])
    month = int(found["month2"] or (found["month"] if found["day2"] else 12))
    due = _day(year, month, int(found["day2"]) if found["day2"] else 0)
    precision = "day" if found["day2"] else "month" if found["month2"] else "year-end" if found["end"] else "year"
    raw = found[0].rstrip("，,")
    return When(found.start(), found.start() + len(raw), raw, due, precision, bool(found["month2"]), year)


def _bare_year(found: re.Match[str], text: str) -> When | None:
    tail = found["tail"] or ""
    after = text[found.end() : found.end() + 3]
    if _START.match(after) or text[found.end("year") + 1 :].startswith(("度", "以来", "来")):
        return None
    raw = found[0].rstrip("，,、")
    firm = tail in ("底前", "底", "年底", "末", "内", "前") or found["upto"] in ("到", "至")
    if found["upto"] == "截至":
        firm = False
    year = int(found["year"])
    precision = "year-end" if "底" in tail or "末" in tail else "year"
    return When(found.start(), found.start() + len(raw), raw, datetime.date(year, 12, 31), precision, firm, year)


def _date(found: re.Match[str], text: str, known: int | None) -> When | None:
    named = int(found["year"]) if found["year"] else None
    yearly = found["this"] in ("每年", "当年", "次年", "翌年")
    year = named or (known + 1 if known and found["this"] == "明年" else known)
    before = text[max(0, found.start() - 3) : found.start()]
    after = text[found.end() : found.end() + 2]
    starts = bool(_START.match(after) or _FROM.search(before)) and not found["before"]
    due, strict, precision = _last_day(found, year)
    firm = bool(found["before"] or re.search(r"底|末|内|半年|季度|月份|[上中下]旬", found[0])) and not starts
    if found["end"] == "年中":
        firm = bool(found["before"])
    if starts or yearly or found["this"] in ("去年", "上年") or year is None:
        due = strict = None
    return When(found.start(), found.end(), found[0], due, precision, firm, named or year, strict, yearly)


def _last_day(found: re.Match[str], year: int | None) -> tuple[datetime.date | None, datetime.date | None, str]:
    """The last day meant, the earlier reading of it, and how fine it is."""
    year = year or 2000
    if found["half"]:
        return _day(year, 6 if found["half"] == "上半年" else 12), None, "half-year"
    if found["quarter"]:
        return _day(year, _QUARTERS[found["quarter"]]), None, "quarter"
    if found["end"]:
        return (_day(year, 6), None, "half-year") if found["end"] == "年中" else (_day(year, 12), None, "year-end")
    month = from_chinese(found["month"])
    if found["day"]:
        return _day(year, month, from_chinese(found["day"])), None, "day"
    for word, first, last in (("上旬", 0, 10), ("中旬", 10, 20), ("下旬", 20, 0), ("月初", 0, 10)):
        if word in found[0]:
            strict = _day(year, month, first) if found["before"] and first else None
            return _day(year, month, last), strict, "ten-day"
    return _day(year, month), None, "month"


def _day(year: int, month: int, day: int = 0) -> datetime.date | None:
    """The day, or the last of the month; None for one that the calendar lacks."""
    try:
        return datetime.date(year, month, day or calendar.monthrange(year, month)[1])
    except ValueError:
        return None
