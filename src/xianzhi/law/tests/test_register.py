"""Registers: what is read from a good file, and what each bad one is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from xianzhi.law.errors import LawError
from xianzhi.law.force import in_force
from xianzhi.law.register import read_register

BAD = Path(__file__).parent / "bad" / "registers"

GOOD = """\
instrument:
  id: demo
  number: 演示发〔2030〕1号
  title: 演示办法
  issuer: 演示县人民政府
  issued: 2030-01-02
  effective: 2030-02-01
  until: 2033-01-31
  rests_on: 上级发〔2029〕9号
  headings: {3: 重点任务}
provisions:
  - id: demo-3-2
    at: {part: 3, section: 2, item: 1, s: 2}
    kind: duty
    who: 演示局
    zh: 演示局每月检查一次。
    en: The bureau inspects monthly.
    software: A task every month
    check: given a month when it ends then one inspection is recorded
  - id: demo-1-1
    at: {part: 0, p: 1}
    kind: purpose
    who: [演示局, 演示乡]
    zh: 目的是演示。
    en: The purpose is to show.
    software: context
    check: given the page when opened then it is shown
"""


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "provisions.yaml"
    path.write_text(GOOD, encoding="utf-8")
    return path


def test_provisions_keep_the_order_of_the_document(good: Path) -> None:
    assert list(read_register(good)) == ["demo-3-2", "demo-1-1"]


def test_a_provision_prints_its_citation(good: Path) -> None:
    provision = read_register(good)["demo-3-2"]
    assert provision.cited == "《演示办法》三（二）1"
    assert provision.cited_short == "演示发〔2030〕1号 三（二）1"
    assert provision.who == ("演示局",)
    assert not provision.is_context
    assert read_register(good)["demo-1-1"].is_context


def test_one_higher_document_is_one_number_not_its_letters(good: Path) -> None:
    assert read_register(good).instrument.rests_on == ("上级发〔2029〕9号",)


@pytest.mark.parametrize(
    ("day", "standing"),
    [
        (date(2030, 1, 31), "not_yet"),
        (date(2030, 2, 1), "in_force"),
        (date(2033, 1, 31), "in_force"),
        (date(2033, 2, 1), "expired"),
    ],
)
def test_an_instrument_stands_from_its_first_day_to_its_last(good: Path, day: date, standing: str) -> None:
    assert in_force(read_register(good).instrument.terms, day).standing == standing


# One bad file per mistake: (file, line, what it says, remedy).
MISTAKES = [
    ("not_a_register", 1, "缺 instrument 或 provisions", "文件须有这两个顶层键"),
    ("provisions_not_a_list", 7, "provisions 不是条目的列表", "每条以“- id: …”开头"),
    ("instrument_not_a_mapping", 1, "instrument 不是键值", "写作 instrument: {id, number, title, issuer, issued}"),
    ("instrument_incomplete", 1, "文件信息缺 number、issuer", "请补齐"),
    ("instrument_date", 6, "issued 不是日期：2030年1月2日", "写作 2024-03-13，不加引号"),
    ("no_such_day", 6, "没有这一天：2030-02-30", "请检查缩进、冒号、引号和日期"),
    ("provision_not_a_mapping", 16, "条目不是键值", "每条以“- id: …”开头"),
    ("provision_without_check", 8, "条目 demo-1-1 缺 check", "请补上这一项"),
    ("foreign_id", 8, "编号 other-1-1 不合写法", "应以 demo- 开头，小写字母、数字和连字符"),
    ("id_in_capitals", 8, "编号 demo-1-A 不合写法", "应以 demo- 开头，小写字母、数字和连字符"),
    ("id_twice", 16, "编号 demo-1-1 重复，第 8 行已有", "每条一个编号"),
    ("unknown_kind", 8, "种类 wish 不认识", "可用：purpose、"),
    ("place_not_a_mapping", 8, "at 不是位置", "写作 {part: 3, section: 2}"),
    ("place_with_unknown_level", 8, "位置里有不认识的层级 artikel", "可用：article、"),
    ("place_without_number", 8, "位置里的 article 不是序号：一", "写数字，如 {part: 3}"),
    ("key_twice", 16, "键 kind 出现两次", "请检查缩进、冒号、引号和日期"),
    ("key_a_list", 16, "键不能是列表或键值", "请检查缩进、冒号、引号和日期"),
    ("broken_yaml", 12, "YAML 写法有误", "请检查缩进、冒号、引号和日期"),
    ("not_utf8", 0, "不是 UTF-8 文本（第 12 字节）", "请另存为 UTF-8"),
]


@pytest.mark.parametrize(("name", "line", "what", "remedy"), MISTAKES, ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_told_with_file_line_and_remedy(name: str, line: int, what: str, remedy: str) -> None:
    path = BAD / f"{name}.yaml"
    with pytest.raises(LawError) as caught:
        read_register(path)
    (finding,) = caught.value.findings
    assert finding.where == (f"{path}:{line}" if line else str(path))
    assert what in finding.what
    assert remedy in finding.remedy


def test_every_bad_file_is_asserted() -> None:
    assert {path.stem for path in BAD.glob("*.yaml")} == {mistake[0] for mistake in MISTAKES}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(LawError, match="文件不存在。请核对文件名和位置"):
        read_register(tmp_path / "none.yaml")


def test_all_mistakes_of_a_file_are_told_at_once(good: Path) -> None:
    text = GOOD.replace("kind: duty", "kind: wish").replace("id: demo-1-1", "id: other-1-1")
    good.write_text(text, encoding="utf-8")
    with pytest.raises(LawError) as caught:
        read_register(good)
    assert [finding.where.rsplit(":", 1)[1] for finding in caught.value.findings] == ["12", "20"]
    assert "种类 wish" in str(caught.value) and "other-1-1" in str(caught.value)
