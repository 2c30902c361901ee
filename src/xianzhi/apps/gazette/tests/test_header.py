"""Titles, numbers, issuers, dates and addressees, in the forms in which governments print them."""

import pytest

from xianzhi.apps.gazette.reader import as_json, read
from xianzhi.apps.gazette.reader.model import Source
from xianzhi.apps.gazette.tests import samples


def read_one(text: str) -> dict:
    (found,) = as_json(read(Source(text)))["documents"]
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            samples.NOTICE,
            {
                "title": "青石县人民政府关于加强村级道路养护工作的实施意见",
                "attached_title": None,
                "doc_type": "opinion",
                "doc_number": "青政发〔2023〕7号",
                "issuer": "青石县人民政府",
                "date": "2023-04-02",
                "date_kind": "signed",
                "addressees": "各乡镇人民政府，县直各单位",
                "disclosure": "此件主动公开",
                "attachments": ["路长名单", "养护标准"],
            },
        ),
        (
            samples.JOINT,
            {
                "title": "国家林草委国家水利委关于印发《小型水库管护办法》的通知",
                "attached_title": "小型水库管护办法",
                "doc_type": "measures",
                "issuer": "国家林草委",
                "issuers": ["国家林草委", "国家水利委"],
                "date": "2022-08-05",
            },
        ),
        (
            samples.REGULATION,
            {
                "title": "云山市市容管理条例",
                "doc_type": "measures",
                "doc_number": None,
                "issuer": "云山市人民代表大会常务委员会",
                "date": "2019-08-28",
                "date_kind": "passed",
            },
        ),
        (
            samples.ORDER,
            {
                "title": "渡口值守规定",
                "attached_title": None,
                "doc_type": "measures",
                "doc_number": "渡口管理部令2021年第9号",
                "issuer": "渡口管理部",
                "date": "2021-06-03",
                "date_kind": "published",
            },
        ),
        (
            samples.REPLY,
            {"doc_type": "reply", "addressees": "省商务厅", "issuer": "省人民政府", "disclosure": "此件公开发布"},
        ),
        (
            samples.REPORT,
            {
                "title": "2024年平湖区政府工作报告",
                "doc_type": "work_report",
                "issuer": "平湖区人民政府",
                "date": "2024-01-15",
                "date_kind": "delivered",
                "addressees": None,
                "meeting": "平湖区第六届人民代表大会第四次会议",
            },
        ),
        (
            samples.SITE,
            {
                "title": "省人民政府办公厅关于备耕工作的通知",
                "doc_number": "省政办电〔2022〕3号",
                "addressees": "各市、县人民政府",
                "date": "2022-02-18",
            },
        ),
        (
            samples.BARE_SUBTITLE,
            {
                "title": "清河县人民政府工作报告",
                "issuer": "清河县人民政府",
                "date": "2021-02-02",
                "doc_type": "work_report",
            },
        ),
        (samples.DATE_BELOW_TITLE, {"issuers": ["中共清河县委", "清河县人民政府"], "date": "2023-03-20"}),
        (
            samples.TWO_ON_ONE_LINE,
            {
                "doc_number": "清教〔2022〕18号",
                "issuers": ["清河县教育局", "清河县财政局"],
                "addressees": "各中小学",
                "attachments": ["资金分配表"],
            },
        ),
        (samples.CHINESE_DATE, {"date": "2019-05-10", "doc_type": "notice", "issuer": "青石县人民政府办公室"}),
        (samples.FORWARDED, {"attached_title": "关于养老服务的意见", "doc_type": "opinion", "date": "2021-02-01"}),
    ],
)
def test_the_header_of_a_document(text: str, expected: dict) -> None:
    found = read_one(text)
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("关于印发防汛工作方案（试行）的通知", "notice"),
        ("清河县防汛工作方案（试行）", "plan"),
        ("清河县绿化三年行动计划（2023—2025年）", "plan"),
        ("清河县古树保护暂行规定", "measures"),
        ("关于公布执法主体名单的公告", "notice"),
    ],
)
def test_the_type_is_that_of_the_last_word_of_the_title(title: str, kind: str) -> None:
    assert read_one(f"{title}\n各乡镇人民政府：\n现就有关事项说明如下。")["doc_type"] == kind


def test_a_number_that_is_cited_is_not_the_number_of_the_document() -> None:
    found = read_one(
        "关于防汛的通知\n各乡镇人民政府：\n按照省政发〔2020〕3号要求，做好准备。\n清河县人民政府\n2020年5月1日"
    )
    assert found["doc_number"] is None
    assert found["issuer"] == "清河县人民政府"


def test_a_day_that_the_calendar_lacks_is_no_date() -> None:
    assert read_one(samples.CHINESE_DATE.replace("五月十日", "二月三十日"))["date"] is None


def test_documents_of_one_file_are_parted_at_their_titles() -> None:
    found = as_json(read(Source(samples.REPLY + samples.CHINESE_DATE + samples.JOINT)))["documents"]
    assert [one["doc_number"] for one in found] == ["省政函〔2020〕55号", "青政办函〔2019〕3号", "林水〔2022〕1234号"]
    assert [one["issuer"] for one in found] == ["省人民政府", "青石县人民政府办公室", "国家林草委"]


def test_an_empty_text_holds_no_document() -> None:
    assert read(Source("")) == [] == read(Source(" \n\n　\n"))


def test_organs_that_sign_on_one_line_are_parted_by_the_space_between_them() -> None:
    text = samples.JOINT.replace("国家林草委\n国家水利委", "国家林草委　国家水利委")
    assert read_one(text)["issuers"] == ["国家林草委", "国家水利委"]
    assert read_one(samples.REPLY.replace("\n省人民政府\n", "\n省 人 民 政 府\n"))["issuers"] == ["省人民政府"]
