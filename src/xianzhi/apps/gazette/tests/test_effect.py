"""From when a document applies, until when, and whether on trial (G-14)."""

import pytest

from xianzhi.apps.gazette.reader.model import Source
from xianzhi.apps.gazette.reader.output import as_json
from xianzhi.apps.gazette.reader.pipeline import read

HEAD = """示例县人民政府办公室
关于示例事项的通知
示政办发〔2024〕7号
各乡镇人民政府：
现将有关事项通知如下。
一、事项
按此办理。
"""
FOOT = "示例县人民政府办公室\n2024年3月13日\n"


def effect_of(sentence: str, head: str = HEAD) -> dict[str, object]:
    found = as_json(read(Source(f"{head}{sentence}\n{FOOT}")))["documents"][0]["effect"]
    return {key: value for key, value in found.items() if value and key != "span"}


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("二、本通知自发布之日起施行。", {"effect": "published"}),
        ("二、本通知自发文之日起执行，有效期三年。", {"effect": "dated", "years": 3}),
        ("二、本通知自印发之日起施行，有效期5年。", {"effect": "dated", "years": 5}),
        ("二、本通知自2024年5月1日起施行，有效期至2026年4月30日。",
         {"effect": "day", "effective": "2024-05-01", "until": "2026-04-30"}),
        ("二、本通知自公布之日起试行，试行期两年。", {"effect": "published", "years": 2, "trial": True}),
        ("二、各单位自接到通知之日起抓好落实。", {"effect": "silent"}),
        ("二、合同自签订之日起生效，由双方保存。", {"effect": "silent"}),
        ("二、本通知自2024年2月31日起施行。", {"effect": "silent"}),
    ],
)  # fmt: skip
def test_what_a_document_says_of_its_force(sentence: str, expected: dict[str, object]) -> None:
    assert effect_of(sentence) == expected


def test_a_title_on_trial() -> None:
    head = HEAD.replace("关于示例事项的通知", "关于印发示例管理办法（试行）的通知")
    assert effect_of("二、本通知自发布之日起施行。", head)["trial"] is True
