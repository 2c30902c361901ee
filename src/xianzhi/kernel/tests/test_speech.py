"""English is a view over Chinese words: what is found, what is told apart, what stays as it is."""

from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from xianzhi.kernel import door, posts
from xianzhi.kernel.access import accounts
from xianzhi.kernel.models import AccessRecord, PostChange
from xianzhi.kernel.pages import procedures
from xianzhi.kernel.speech import page
from xianzhi.kernel.speech.extract import words_in
from xianzhi.kernel.speech.patterns import Pattern, Patterns
from xianzhi.kernel.speech.places import place_in_english
from xianzhi.kernel.speech.said import said
from xianzhi.kernel.speech.written import kept_in_chinese
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tests.sample import People

# ---- what is a word --------------------------------------------------------------------------------------------------

CODE = '''
"""模块的说明不是词句。"""
def rule(unit, day, n):
    """函数的说明也不是。"""
    yield f"{unit}{n}应在{day}前办理"
    yield "已办理"
    yield f"{n}年{n}月"
    yield "绛〔{year}〕{serial:04d}"
applied, accepted = states("已申请 已受理")
'''


def test_words_of_code_are_sentences_patterns_and_states(tmp_path: Path) -> None:
    (tmp_path / "rules.py").write_text(CODE, encoding="utf-8")
    found = {word.text for word in words_in(tmp_path)}
    assert found == {"{0}应在{1}前办理", "已办理", "已申请", "已受理"}


def test_words_of_templates_are_what_they_translate(tmp_path: Path) -> None:
    text = '<p>\n    {% translate "待办" %}\n  {% blocktranslate with n=1 %}第 {{ n }} 页{% endblocktranslate %}'
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert {word.text for word in words_in(tmp_path)} == {"待办", "第 %(n)s 页"}


# ---- sentences told apart --------------------------------------------------------------------------------------------


def test_a_pattern_finds_its_values() -> None:
    pattern = Pattern.of("“{0}”由{1}办理", "“{0}” is taken by {1}")
    values = pattern.match("“初审”由县审批局办理")
    assert values == {"0": "初审", "1": "县审批局"}
    assert pattern.filled({"0": "First review", "1": "Approval Bureau"}) == "“First review” is taken by Approval Bureau"
    assert pattern.match("“初审”由县审批局受理") is None


def test_a_value_in_front_of_a_unit_is_a_number() -> None:
    pattern = Pattern.of("已付{0}元", "¥{0} paid")
    assert pattern.match("已付736,200.00元") == {"0": "736,200.00"}
    assert pattern.match("已付736,200.00元，应付尾款40,082.00元") is None


def test_one_value_has_one_text() -> None:
    assert Pattern.of("{day}起，{day}止", "").match("今天起，明天止") is None


def test_the_pattern_that_says_most_comes_first() -> None:
    patterns = Patterns([("参数 {0} 的{1}", "a"), ("参数 {0} 的值 {1} 不是数", "b")])
    assert [one.string for one, _values in patterns.fitting("参数 限额 的值 若干 不是数")] == ["b", "a"]


def test_a_sentence_made_to_confuse_is_matched_in_one_pass() -> None:
    pattern = Pattern.of("".join(f"{{{n}}}的" for n in range(40)) + "完", "")
    assert pattern.match("的" * 4000) is None


# ---- said ------------------------------------------------------------------------------------------------------------

SAID = {
    "受理": "Accept",
    "横水镇 东山底村": "Hengshui Town Dongshandi Village",
    "县能源局 工单": "Energy Bureau Work order",
    "绛政办发〔2024〕4号 三（二）2（4）": "绛政办发〔2024〕4号 III(2)2(4)",
    "2025年4月16日 周三": "2025-04-16 Wed",
    "1,036.80 元": "¥1,036.80",
    "剩 3 个工作日": "3 working days left",
    "剩 1 个工作日": "1 working day left",
    "3个工作日": "3 working days",
    "现有土地文书日期为2024年1月5日，暂定供电公司投资": (
        "The present land paper is dated 2024-01-05; provisionally Paid by the power company"
    ),
    "报装容量120千瓦，未超过上限160千瓦": "The requested capacity 120 kW is not above the cap 160 kW",
    "王芳（县能源局 工单）": "王芳 (Energy Bureau Work order)",
    "Step “受理” was taken": "Step “Accept” was taken",
    "Parameters: 初审时限": "Parameters: Time limit of the first review",
}


@pytest.mark.parametrize(("chinese", "english"), SAID.items())
def test_words_sentences_and_figures_are_said_in_english(chinese: str, english: str) -> None:
    assert said(chinese, "en") == english


@pytest.mark.parametrize(
    "text", ["老王家院子东头，靠近大槐树那块地", "晋（2024）绛县不动产权第0000070号", "Plain words"]
)
def test_what_somebody_wrote_stays(text: str) -> None:
    assert said(text, "en") == text


@pytest.mark.parametrize("text", SAID)
def test_in_chinese_every_text_is_itself(text: str) -> None:
    with translation.override("zh-hans"):
        assert said(text) == text


def test_the_title_of_an_instrument_is_cited_in_english() -> None:
    cited = "《关于全面提升“获得电力”服务水平延伸电力工程投资界面的通知》三（二）2（4）"
    assert said(cited, "en").startswith("Notice on improving") and said(cited, "en").endswith(", III(2)2(4)")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("三（二）2（4）", ("III(2)2(4)", "")),
        ("第十一条第四项", ("Art. 11(4)", "")),
        ("三（二）2（6）第三句（不足）", ("III(2)2(6), sentence 3", "不足")),
        ("引言第二段", ("Preamble, para. 2", "")),
        ("三个工作日", None),
        ("第一名", None),
    ],
)
def test_places_in_documents(text: str, found: tuple[str, str] | None) -> None:
    assert place_in_english(text) == found


# ---- pages -----------------------------------------------------------------------------------------------------------


def test_a_page_is_said_but_for_what_is_chinese_or_being_typed() -> None:
    shown = (
        '<p title="受理">受理 &amp; <b>派单</b></p><p lang="zh">受理<span>派单</span></p>'
        '<textarea>受理</textarea><input value="受理" aria-label="派单"><p>受理</p>'
    )
    with translation.override("en"):
        found = page.said_page(shown)
    assert found == (
        '<p title="Accept">Accept &amp; <b>Dispatch</b></p><p lang="zh">受理<span>派单</span></p>'
        '<textarea>受理</textarea><input value="受理" aria-label="Dispatch"><p>Accept</p>'
    )


def test_what_is_said_cannot_become_markup() -> None:
    with translation.override("en"):
        assert page.said_page("<p>受理：&lt;b&gt;</p>") == "<p>Accept: &lt;b&gt;</p>"


@pytest.mark.django_db
def test_what_is_recorded_is_chinese_whatever_the_page_speaks(people: People) -> None:
    case = sample.draft(people)
    with translation.override("en"), pytest.raises(door.Refused) as refused:
        door.take_step(case, "submit", by=people.neighbour)
    assert "“" in refused.value.reasons[0].text and "submit" not in refused.value.reasons[0].text
    assert all(any(letter >= "\u4e00" for letter in reason.text) for reason in refused.value.reasons)


@pytest.mark.django_db
def test_what_services_and_pages_write_down_is_chinese_whatever_the_page_speaks(people: People, client: Client) -> None:
    with translation.override("en"):
        posts.appoint(people.fresh("nobody"), "approval.clerk", people.units["approval"], since=date(2024, 6, 1))
        accounts.propose("second-guard", "第二位", reason="示例", by=people.security)
    assert PostChange.objects.latest("pk").reason == "启用时设立"
    assert AccessRecord.objects.get(what=AccessRecord.What.PROPOSED).detail == "安全管理员 第二位（second-guard）"
    people.clerk.language = "en"
    people.clerk.save()
    client.force_login(people.clerk)
    client.post(reverse("own-account"), {"end": "all"})
    assert AccessRecord.objects.get(what=AccessRecord.What.ENDED).detail == "本人终止全部登录"


def test_a_block_in_chinese_ends_also_when_it_fails() -> None:
    @kept_in_chinese
    def fails() -> None:
        assert translation.get_language() == "zh-hans"
        raise LookupError

    with translation.override("en"):
        with pytest.raises(LookupError):
            fails()
        assert translation.get_language() == "en"


def test_a_drawing_has_room_for_its_words() -> None:
    with sample.registered():
        narrow = procedures.drawing(sample.Permit)
        with translation.override("en"):
            wide = procedures.drawing(sample.Permit)
    assert ">Accept</text>" in wide or ">Accept<tspan" in wide
    assert ">受理<" in narrow and ">受理<" not in wide
