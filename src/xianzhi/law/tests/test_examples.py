"""Worked examples: read with a finding for each fault, built by annotation, compared in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import pytest

from xianzhi.law import examples
from xianzhi.law.decision import Decision, Reason
from xianzhi.law.errors import LawError
from xianzhi.law.parameters import Dated, Parameter, Parameters
from xianzhi.law.timing import WorkingCalendar

CALENDAR = WorkingCalendar({})
RATE = Parameter("sample.rate", "示例标准", "CNY", (Dated(date(2024, 1, 1), Decimal("2.00"), "sample-1"),))


class Kind(StrEnum):
    HOUSE = "住宅"
    SHOP = "商铺"


@dataclass(frozen=True, slots=True)
class Line:
    kind: Kind
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class FeeFacts:
    on: date
    calendar: WorkingCalendar
    lines: tuple[Line, ...] = ()
    known: Mapping[int, Decimal] | None = None


def fee(facts: FeeFacts, p: Parameters) -> Decision:
    rate = p.get("sample.rate", on=facts.on)
    amount = rate.as_decimal() * sum((line.quantity for line in facts.lines), Decimal())
    return Decision.of("allow", Reason(f"应收{amount}元", rate.cites, {"标准": rate}), value=amount)


RULES = ModuleType("rules")
RULES.fee = fee  # type: ignore[attr-defined]

WHOLE = """
- check: sample-1
  name: two lines
  given: {on: 2024-05-06, lines: [{kind: 住宅, quantity: "1.5"}, {kind: 商铺, quantity: 2}]}
  when: fee
  then: {outcome: allow, value: "7.00", cites: [sample-1], used: {标准: 2.00元}, says: [应收7.000元]}
- check: sample-1
  name: the rate of the example
  like: two lines
  given: {parameters: {sample.rate: "3.00"}}
  when: fee
  then: {value: "10.50"}
- check: sample-1
  name: a rate from a later day
  like: two lines
  given: {parameters: {sample.rate: {from: 2024-05-07, value: "3.00", cites: sample-2}}}
  when: fee
  then: {value: "7.00"}
"""


def load(tmp_path: Path, text: str) -> list[examples.Example]:
    path = tmp_path / "examples.yaml"
    path.write_text(text, encoding="utf-8")
    return examples.load(path)


def run(example: examples.Example) -> list[str]:
    return examples.run(example, RULES, Parameters([RATE]), CALENDAR)


def test_examples_that_hold_have_no_differences(tmp_path: Path) -> None:
    assert [run(example) for example in load(tmp_path, WHOLE)] == [[], [], []]


@pytest.mark.parametrize(
    "then, said",
    [
        ("{outcome: refuse}", "结果应为 refuse，得到 allow"),
        ('{value: "7.01"}', "数值应为 7.01，得到 7.000"),
        ("{value: null}", "数值应为 无"),
        ("{cites: [sample-2]}", "依据应有 sample-2，只有 sample-1"),
        ("{used: {标准: 3.00元}}", "所用的“标准”应为 3.00元，得到 2.00元"),
        ("{used: {面积: 1}}", "所用的“面积”应为 1，得到 没有这一项"),
        ("{says: 免收}", "理由中应有“免收”"),
    ],
)
def test_a_difference_is_told(tmp_path: Path, then: str, said: str) -> None:
    text = WHOLE.split("- check")[1].rsplit("  then:", 1)[0]
    (example,) = load(tmp_path, f"- check{text}  then: {then}\n")
    (difference,) = run(example)
    assert said in difference
    assert "examples.yaml:1" in difference


@pytest.mark.parametrize(
    "given, said",
    [
        ("{lines: []}", "given 缺 on"),
        ("{on: 2024-05-06, colour: 1}", "没有字段 colour"),
        ("{on: 五月六日}", "on 应为 date"),
        ("{on: 2024-05-06, lines: [{kind: 船, quantity: 1}]}", "lines[0].kind 的值 船 不认识，可用：住宅、商铺"),
        ("{on: 2024-05-06, lines: [{kind: 住宅, quantity: 1.5}]}", "不精确，请加引号"),
        ("{on: 2024-05-06, lines: 3}", "lines 应为列表"),
        ("{on: 2024-05-06, known: [1]}", "known 应为键值"),
        ("{on: 2023-05-06}", "自 2024-01-01 起才有值"),
        ("{on: 2024-05-06, parameters: {sample.other: 1}}", "没有参数 sample.other"),
    ],
)
def test_facts_that_cannot_be_made_are_told(tmp_path: Path, given: str, said: str) -> None:
    (example,) = load(
        tmp_path, f"- {{check: sample-1, name: a, given: {given}, when: fee, then: {{outcome: allow}}}}\n"
    )
    (difference,) = run(example)
    assert said in difference


def test_a_rule_that_is_not_there_is_told(tmp_path: Path) -> None:
    (example,) = load(tmp_path, "- {check: a-1, name: a, given: {}, when: tax, then: {outcome: allow}}\n")
    assert "没有规则 tax" in run(example)[0]


@pytest.mark.parametrize(
    "text, said",
    [
        ("- 3\n", "例子不是键值"),
        ("- {check: a-1, name: a, given: {}, when: fee}\n", "例子缺 then"),
        ("- {check: a-1, name: a, when: fee, then: {outcome: a}}\n", "例子缺 given"),
        ("- {check: a-1, name: a, given: {}, when: fee, then: {result: a}}\n", "then 里有不认识的键 result"),
        ("- {check: a-1, name: a, given: 3, when: fee, then: {outcome: a}}\n", "given 或 then 不是键值"),
        ("- {check: a-1, name: a, like: b, when: fee, then: {outcome: a}}\n", "like 所指的例子“b”不在前面"),
        ("- {check: a-1, name: a, given: {}, when: fee, then: {outcome: a}, note: x}\n", "不认识的键 note"),
        ("- &e {check: a-1, name: a, given: {}, when: fee, then: {outcome: a}}\n- *e\n", "同名"),
    ],
)
def test_a_bad_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(LawError, match=said):
        load(tmp_path, text)
