"""Every character in one sentence, every sentence with one label."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xianzhi.apps.gazette.reader import labels, read, wordings
from xianzhi.apps.gazette.reader.model import Block, Document, Header, Paragraph, Role, Source
from xianzhi.apps.gazette.tests import samples

MEASURES = """白塔县人民政府办公室
关于印发白塔县水窖管护办法的通知
白政办发〔2023〕8号
各乡镇人民政府，县直各单位：
《白塔县水窖管护办法》已经县政府同意，现印发给你们，请认真执行。
白塔县人民政府办公室
2023年5月6日
（此件公开发布）
白塔县水窖管护办法
第一章 总则
第一条 为管好水窖，根据有关法律，制定本办法。
第二条 本县行政区域内水窖的修建和使用，适用本办法。
第三条 本办法所称水窖，是指收集雨水的地下蓄水设施。
第四条 县水利局负责全县水窖的监督管理。
第五条 任何单位和个人不得破坏水窖。
第六条 农户可以向村民委员会申请修窖补助。
第七条 违反本办法规定的，由县水利局责令改正，处二百元以下罚款。
第八条 县水利局应当及时向社会公布水窖水质检测结果。
第九条 本办法自2023年6月1日起施行。
"""
REPORT = """政府工作报告
——2023年1月10日在白塔县第十届人民代表大会第二次会议上
白塔县人民政府县长 张某某
各位代表：
现在，我代表县人民政府，向大会报告工作。
一、2022年工作回顾
修建水窖两千口，解决了山区吃水难题。
二、2023年工作安排
主要预期目标是：地区生产总值增长5%以上。
（一）抓好水利建设
加快推进北山水库除险加固。
各位代表，水利是农业的命脉。我们要一张蓝图绘到底！
"""


def labelled(text: str) -> list[tuple[str, str]]:
    (document,) = read(Source(text))
    return [(document.blocks[one.block].text[one.start : one.end], one.label) for one in labels.sentences(document)]


def label_of(text: str, opening: str) -> str:
    return next(label for words, label in labelled(text) if opening in words)


@pytest.mark.parametrize(
    ("opening", "label"),
    [
        ("关于印发", "heading"), ("白政办发", "heading"), ("各乡镇人民政府", "scope"), ("现印发给你们", "basis"),
        ("2023年5月6日", "signature"), ("此件公开", "publicity"), ("第一章", "heading"), ("第一条", "basis"),
        ("第二条", "scope"), ("第三条", "definition"), ("第四条", "obligation"), ("第五条", "prohibition"),
        ("第六条", "permission"), ("第七条", "penalty"), ("第八条", "publicity"), ("第九条", "parameter"),
    ],
)  # fmt: skip
def test_measures(opening: str, label: str) -> None:
    assert label_of(MEASURES, opening) == label


@pytest.mark.parametrize(
    ("opening", "label"),
    [
        ("各位代表：", "rhetoric"), ("现在，我代表", "rhetoric"), ("修建水窖两千口", "background"),
        ("主要预期目标", "target"), ("加快推进", "obligation"), ("水利是农业的命脉", "rhetoric"),
        ("一张蓝图", "rhetoric"),
    ],
)  # fmt: skip
def test_report(opening: str, label: str) -> None:
    assert label_of(REPORT, opening) == label


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("一句。两句；三句！四句？", ["一句。", "两句；", "三句！", "四句？"]),
        ("甲局办理（乙局配合。）后归档。", ["甲局办理（乙局配合。）后归档。"]),
        ("修好水窖。（责任单位：县水利局）", ["修好水窖。", "（责任单位：县水利局）"]),
        ("做到“修一口。用一口”，常年有水。", ["做到“修一口。用一口”，常年有水。"]),
        ("没有句号", ["没有句号"]),
        ("半角;分号;", ["半角;", "分号;"]),
        ("重复。。标点！？", ["重复。。", "标点！？"]),
    ],
)
def test_where_sentences_end(text: str, parts: list[str]) -> None:
    block = Block(Paragraph(text, tuple(range(len(text))), (text,)))
    assert [text[low:high] for low, high in labels.parts_of(block)] == parts


def test_heading_in_front_of_its_sentence_stands_alone() -> None:
    text = "（一）修好水窖。县水利局负责修缮。"
    block = Block(Paragraph(text, tuple(range(len(text))), (text,)), Role.ITEM, start=3, run_in="修好水窖", level=2)
    assert [text[low:high] for low, high in labels.parts_of(block)] == ["（一）修好水窖。", "县水利局负责修缮。"]


def test_what_cannot_be_read_is_said_and_counted() -> None:
    text = "\ufffd\ufffd窖\ufffd\ufffd。"
    block = Block(Paragraph(text, tuple(range(len(text))), (text,)))
    assert [one.label for one in labels.sentences(Document(Header(), [block]))] == ["unread"]


PIECES = st.sampled_from(
    [
        "县水利局",
        "负责",
        "修缮",
        "水窖",
        "，",
        "。",
        "；",
        "！",
        "：",
        "、",
        "（",
        "）",
        "“",
        "”",
        "《",
        "》",
        "(",
        ")",
        ";",
        "一、",
        "（一）",
        "1.",
        "第一条",
        "一是",
        "2023年6月底前",
        "完成",
        "30口",
        "责任单位：",
        "牵头单位：",
        "各位代表",
        "\n",
        "不得",
        "罚款",
        "可以",
        "是指",
        "附件：",
        "县",
        "A",
        "7",
        "％",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=60))
def test_sentences_cover_every_character_once(pieces: list[str]) -> None:
    covered(MEASURES + "".join(pieces))


@pytest.mark.parametrize("text", [MEASURES, REPORT, samples.NOTICE, samples.JOINT])
def test_samples_are_read_whole(text: str) -> None:
    covered(text)
    assert not [words for words, label in labelled(text) if label == "unread"]


def covered(text: str) -> None:
    for document in read(Source(text)):
        found = labels.entries(document, labels.sentences(document))
        assert {one["label"] for one in found} <= {*wordings.LABELS, "unread"}
        for place, block in enumerate(document.blocks):
            spans = [one["span"] for one in found if one["block"] == place]
            held = [at for low, high in spans for at in block.paragraph.at if low <= at < high]
            visible = [at for at, char in zip(block.paragraph.at, block.text, strict=True) if not char.isspace()]
            assert [at for at in held if not text[at].isspace()] == [at for at in visible if not text[at].isspace()]
