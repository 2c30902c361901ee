"""Dated, cited values. No number from a document stands in code; it is looked up here for a day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from xianzhi.law.errors import Finding, LawError
from xianzhi.law.source import Block, Rows, is_day, read
from xianzhi.law.timing import Count

DOCUMENT, COUNTY, GENERAL, OVERRIDE = "document", "county", "general", "override"
STANDINGS = {DOCUMENT: "文件规定", COUNTY: "本县设定", GENERAL: "一般规定", OVERRIDE: "上级文件"}
UNITS = {
    "workday": "个工作日", "day": "天", "month": "个月", "year": "年", "second": "秒", "CNY": "元", "CNY/mu": "元/亩",
    "kW": "千瓦", "m": "米", "percent": "%", "date": "", "text": "", "count": "",
}  # fmt: skip
_WHOLE = {"workday", "day", "month", "year", "second", "count"}
_MOST: dict[str, int] = {Count.WORKDAY: 25_000, Count.DAY: 36_525, Count.MONTH: 1_200, Count.YEAR: 100}
"""A century: a longer time limit is a slip of the pen, and could not be counted to its end."""
_MOST_DIGITS = 15

_A_DAY = "写作 2024-03-13，不加引号"
_A_VALUE = "写作 {from: 2024-03-13, value: 160, cites: …}"

Scalar = Decimal | int | date | str


class NoValue(LookupError):
    """A parameter was asked for on a day on which it has no value."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A value from a day on. `value` None ends the parameter."""

    since: date
    value: Scalar | None
    cites: str
    standing: str = DOCUMENT
    basis: str = ""
    """The other document that gives the value, where it is not the cited provision itself."""


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter's value on a day, with where it comes from."""

    name: str
    zh: str
    unit: str
    value: Scalar
    cites: str
    since: date
    standing: str
    basis: str = ""

    def as_decimal(self) -> Decimal:
        return Decimal(self._checked((Decimal, int), "数"))

    def as_int(self) -> int:
        return int(self._checked((int,), "整数"))

    def as_date(self) -> date:
        found = self._checked((date,), "日期")
        assert isinstance(found, date)
        return found

    def as_days(self) -> timedelta:
        """A number of calendar days, to add to or take from a date."""
        if self.unit != "day":
            raise TypeError(f"参数 {self.name} 的单位是 {self.unit}，不是天")
        return timedelta(days=self.as_int())

    def as_limit(self) -> tuple[int, Count]:
        """How much, counted in what: for `timing.due_date`."""
        return self.as_int(), Count(self.unit)

    def _checked(self, kinds: tuple[type, ...], word: str) -> Any:
        if not isinstance(self.value, kinds):
            raise TypeError(f"参数 {self.name} 的值 {self.value} 不是{word}")
        return self.value

    def __str__(self) -> str:
        return f"{self.value:,}{UNITS[self.unit]}" if isinstance(self.value, Decimal | int) else str(self.value)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named value over time, the earliest first."""

    name: str
    zh: str
    unit: str
    values: tuple[Dated, ...]
    checked: date | None = None
    """The day on which somebody last compared it with its source."""
    source: str = field(default="", compare=False)

    def on(self, day: date) -> Value:
        """The value in force on a day. Raises NoValue that says from when to when there is one."""
        found = next((dated for dated in reversed(self.values) if dated.since <= day), None)
        if found is None:
            raise NoValue(f"参数“{self.zh}”（{self.name}）自 {self.values[0].since} 起才有值，所问日期是 {day}")
        if found.value is None:
            raise NoValue(f"参数“{self.zh}”（{self.name}）到 {found.since} 已止，所问日期是 {day}")
        return Value(self.name, self.zh, self.unit, found.value, found.cites, found.since, found.standing, found.basis)

    def replaced(self, dated: Dated) -> Parameter:
        """The same parameter with this one value, to be merged over it."""
        return replace(self, values=(dated,))

    def with_values(self, more: Iterable[Dated]) -> Parameter:
        """Later sources win on the same day: a county's own value, an override by a higher document."""
        by_day = {dated.since: dated for dated in (*self.values, *more)}
        return replace(self, values=tuple(by_day[day] for day in sorted(by_day)))


class Parameters(Mapping[str, Parameter]):
    """All parameters by name. Immutable: `merged` gives a new one."""

    def __init__(self, parameters: Iterable[Parameter] = ()) -> None:
        self._by_name = {parameter.name: parameter for parameter in parameters}

    def __getitem__(self, name: str) -> Parameter:
        return self._by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)

    def get_declared(self, name: str) -> Parameter | None:
        return self._by_name.get(name)

    def get(self, name: str, *, on: date) -> Value:  # type: ignore[override]  # asked for a day, never without one
        """The value on a day. Raises NoValue outside its dates, LawError for a name nobody declared."""
        if name not in self._by_name:
            raise LawError(Finding(f"没有参数 {name}", remedy="请在 parameters.yaml 中登记"))
        return self._by_name[name].on(on)

    def merged(self, others: Iterable[Parameter]) -> Parameters:
        """With other parameters laid over these; a name that exists keeps its unit and gains values."""
        merged = dict(self._by_name)
        for other in others:
            standing = merged.get(other.name)
            if standing and standing.unit != other.unit:
                where = f"参数 {other.name} 的单位不一致：{standing.unit} 与 {other.unit}"
                raise LawError(Finding(where, other.source, "单位须与原参数相同"))
            merged[other.name] = standing.with_values(other.values) if standing else other
        return Parameters(merged.values())


def read_parameters(path: Path) -> tuple[Parameter, ...]:
    """Reads a `parameters.yaml`. Raises LawError with every fault, each naming file, line and remedy."""
    content = read(path)
    if content is None:
        return ()
    if not isinstance(content, Block):
        raise LawError(Finding("文件不是参数表", f"{path}:1", "写作“参数名: {zh, unit, values}”"))
    findings: list[Finding] = []
    parameters = []
    for name, block in content.items():
        where = f"{path}:{content.line_of(name)}"
        try:
            parameters.append(_parameter(str(name), block, where))
        except LawError as error:
            findings += error.findings
    if findings:
        raise LawError(findings)
    return tuple(parameters)


def _parameter(name: str, block: Any, where: str) -> Parameter:
    if not isinstance(block, Block) or not isinstance(block.get("values"), Rows) or not block["values"]:
        raise LawError(Finding(f"参数 {name} 没有 values", where, "至少写一个 {from, value, cites}"))
    unit = str(block.get("unit", ""))
    if unit not in UNITS:
        raise LawError(Finding(f"参数 {name} 的单位 {unit or '（空）'} 不认识", where, f"可用：{'、'.join(UNITS)}"))
    if not block.get("zh"):
        raise LawError(Finding(f"参数 {name} 缺中文名 zh", where, "请补上"))
    if block.get("checked") is not None and not is_day(block["checked"]):
        raise LawError(Finding(f"参数 {name} 的 checked 不是日期：{block['checked']}", where, _A_DAY))
    path = where.rsplit(":", 1)[0]
    lines = zip(block["values"], block["values"].lines, strict=True)
    values = tuple(_dated(name, unit, one, f"{path}:{line}") for one, line in lines)
    days = [dated.since for dated in values]
    if days != sorted(set(days)):
        raise LawError(Finding(f"参数 {name} 的起始日期未按先后排列或有重复", where, "从早到晚，每日一个值"))
    return Parameter(name, str(block["zh"]), unit, values, block.get("checked"), where)


def _dated(name: str, unit: str, one: Any, where: str) -> Dated:
    if not isinstance(one, Block) or "value" not in one or not is_day(one.get("from")):
        raise LawError(Finding(f"参数 {name} 的取值缺 from 或 value", where, _A_VALUE))
    if not one.get("cites"):
        raise LawError(Finding(f"参数 {name} 自 {one['from']} 的取值没有依据 cites", where, "写明条款编号"))
    standing = str(one.get("standing", DOCUMENT))
    if standing not in STANDINGS:
        raise LawError(Finding(f"参数 {name} 的性质 {standing} 不认识", where, f"可用：{'、'.join(STANDINGS)}"))
    value = as_scalar(unit, one["value"], f"参数 {name}", where)
    return Dated(one["from"], value, str(one["cites"]), standing, str(one.get("basis", "")))


def as_scalar(unit: str, value: Any, name: str, where: str = "") -> Scalar | None:
    """A value in the type that its unit asks for. Raises LawError; a float is refused, for it is not exact."""
    if value is None or unit == "text":
        return None if value is None else str(value)
    if unit == "date":
        if isinstance(value, date) and is_day(value):
            return value
        raise LawError(Finding(f"{name} 应为日期：{value}", where, _A_DAY))
    if isinstance(value, float | bool):
        raise LawError(Finding(f"{name} 的值 {value} 不精确", where, '请加引号，写作 "9.99"'))
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise LawError(Finding(f"{name} 的值 {value} 不是数", where, "只写数字")) from None
    if not number.is_finite():
        raise LawError(Finding(f"{name} 的值 {value} 不是数", where, "只写数字"))
    if number < 0:
        raise LawError(Finding(f"{name} 的值 {value} 是负数", where, "改为零或正数"))
    if number > _MOST.get(unit, 10**_MOST_DIGITS):
        raise LawError(Finding(f"{name} 的值 {value} 太大", where, "请核对单位和数值"))
    if unit not in _WHOLE:
        return number
    if number != number.to_integral_value():
        raise LawError(Finding(f"{name} 的值 {value} 应为整数", where, "这个单位没有小数"))
    return int(number)
