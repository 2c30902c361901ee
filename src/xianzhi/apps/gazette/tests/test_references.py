"""Titles in 《》 and numbers of documents, in the forms in which they are cited."""

import pytest

from xianzhi.apps.gazette.reader import read, references
from xianzhi.apps.gazette.reader.model import Block, Document, Header, Paragraph, Source

FRAME = """白塔县人民政府办公室
关于印发白塔县水窖管护办法的通知
白政办发〔2023〕8号
各乡镇人民政府，县直各单位：
《白塔县水窖管护办法》已经县政府同意，现印发给你们。
白塔县人民政府办公室
2023年5月6日
白塔县水窖管护办法
第一条 为管好水窖，制定本办法。
第二条 {}
"""


def cited(sentence: str) -> list[tuple[str | None, str | None, str]]:
    text = sentence
    block = Block(Paragraph(text, tuple(range(len(text))), (text,)))
    found = references.find(Document(Header(), [block]))
    return [(one["title"], one["number"], one["kind"]) for one in found]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("按照《小水窖规程》办理。", [("小水窖规程", None, "执行")]),
        ("根据《水法》和《取水办法》，制定本办法。", [("水法", None, "依据"), ("取水办法", None, "依据")]),
        ("依照《窖水标准》（白水发〔2019〕12号）执行。", [("窖水标准", "白水发〔2019〕12号", "执行")]),
        ("按《窖水标准》(白水发[2019]12号)执行。", [("窖水标准", "白水发[2019]12号", "执行")]),
        ("依照《建窖规定》（省政府令第88号）处罚。", [("建窖规定", "省政府令第88号", "执行")]),
        ("依照《建窖规定》（水利部 21 号令）处罚。".replace(" ", ""), [("建窖规定", "水利部21号令", "执行")]),
        ("填写《水窖登记表》一式两份。", [("水窖登记表", None, "表单")]),
        ("出具《缴水费通知单》。", [("缴水费通知单", None, "表单")]),
        ("《旧窖办法》（白政发〔2011〕3号）同时废止。", [("旧窖办法", "白政发〔2011〕3号", "废止")]),
        ("对《旧窖办法》作如下修改：", [("旧窖办法", None, "修改")]),
        ("继续按白水发〔2018〕5号文件执行。", [(None, "白水发〔2018〕5号", "执行")]),
    ],
)  # fmt: skip
def test_title_and_number_say_what_they_are_for(sentence: str, expected: list[tuple[str, str, str]]) -> None:
    assert cited(sentence) == expected


@pytest.mark.parametrize(("left", "right"), ["<>", "〈〉", "《》"])
def test_title_inside_a_title(left: str, right: str) -> None:
    found = cited(f"按照《县水利局关于印发{left}清淤方案{right}的通知》（白水发〔2022〕6号）办理。")
    assert [title for title, _, _ in found] == [f"县水利局关于印发{left}清淤方案{right}的通知", "清淤方案"]
    assert [number for _, number, _ in found] == ["白水发〔2022〕6号", None]


def test_number_inside_a_title_is_a_reference_of_its_own() -> None:
    found = cited("依照《关于继续执行白水发〔2017〕4号文件的通知》（白水函〔2021〕9号）执行。")
    assert [(number, kind) for _, number, kind in found] == [
        ("白水函〔2021〕9号", "执行"),
        ("白水发〔2017〕4号", "执行"),
    ]


def test_angle_brackets_outside_titles_are_none() -> None:
    assert cited("水位<3米时停用，>5米时开闸。") == []


def test_own_text_is_told_from_others() -> None:
    (document,) = read(Source(FRAME.format("违反的，依照《水法》处理。")))
    kinds = {one["title"]: one["kind"] for one in references.find(document)}
    assert kinds == {"白塔县水窖管护办法": "自指", "水法": "执行"}


def test_span_is_the_text_as_printed() -> None:
    text = FRAME.format("依照《窖水标准》（白水发〔2019〕12号）执行。")
    (document,) = read(Source(text))
    last = references.find(document)[-1]
    assert text[slice(*last["span"])] == last["raw"] == "《窖水标准》（白水发〔2019〕12号）"
