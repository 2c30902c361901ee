"""文书 on the screen: scanned, verified by anybody, listed within the scope, revoked on its page."""

import io
from datetime import date

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from xianzhi.kernel import clock
from xianzhi.kernel.documents import render
from xianzhi.kernel.door import take_step
from xianzhi.kernel.models import OfficialDocument
from xianzhi.kernel.tests import letters
from xianzhi.kernel.tests import sample as s

ON = date(2025, 4, 16)


@pytest.fixture
def people(db):
    with letters.registered(), clock.at(ON):
        yield s.settle()


def _as(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def _scanned(document: OfficialDocument, client: Client) -> str:
    """What a visitor reads who scans the code on a picture of the paper."""
    picture = Image.open(io.BytesIO(render.pictures_of(document, 150)[0]))
    address = zxingcpp.read_barcodes(picture)[0].text
    return client.get("/" + address.split("/", 3)[3]).content.decode()


@pytest.mark.proves("house-2-2")
def test_whoever_scans_the_code_learns_whether_it_is_genuine_and_no_more(people):
    case, visitor = letters.write(people.clerk), Client()
    made = letters.letter_of(case)
    said = _scanned(made, visitor)
    for words in ("真实有效", made.number, "示例函", "2025年4月16日"):
        assert words in said, words
    assert "同意你公司的申请" not in said and "示例公司" not in said  # nothing of the content
    take_step(case, "rewrite", by=people.clerk, data={"words": "另一份"})
    said = _scanned(made, visitor)
    assert "已被替代" in said and letters.letter_of(case).number in said
    take_step(case, "withdraw", by=people.clerk, data={"reason": "示例甲不再需要"})
    said = _scanned(letters.letter_of(case), visitor)
    assert "真实，已撤销" in said and "示例甲" not in said
    unknown = visitor.get(reverse("verified", args=["ABCDEFGHJKMN"]))
    assert unknown.status_code == 404 and "查无此件" in unknown.content.decode()


def test_number_and_code_must_belong_together(people):
    one, other = (letters.letter_of(letters.write(people.clerk)) for _ in range(2))
    ask = lambda number, code: Client().get(reverse("verification"), {"number": number, "code": code})  # noqa: E731
    assert ask(one.number, render.spaced(one.code).lower()).url == reverse("verified", args=[one.code])
    assert ask("示函[2025]0001", one.code).status_code == 302  # brackets as they are typed
    assert "查无此件" in ask(other.number, one.code).content.decode()
    assert "核验文书" in Client().get(reverse("verification")).content.decode()


def test_a_file_or_a_digest_is_compared_with_the_documents_own(people):
    made = letters.letter_of(letters.write(people.clerk))
    data = render.pdf_of(made).read_bytes()
    send = lambda **sent: Client().post(reverse("verified", args=[made.code]), sent).content.decode()  # noqa: E731
    assert "一个字节都没有改动" in send(file=SimpleUploadedFile("a.pdf", data))
    assert "不一致" in send(file=SimpleUploadedFile("a.pdf", data + b" "))
    assert "一个字节都没有改动" in send(digest=made.pdf_sm3.upper()) and "不一致" in send(digest="0" * 64)
    assert "请选择 PDF 文件" in send()


def test_the_case_shows_its_documents_with_their_copies(people):
    case = letters.write(people.clerk)
    made = letters.letter_of(case)
    page = _as(people.clerk).get(reverse("case", args=[case.pk])).content.decode()
    for name in ("document", "document-pdf", "document-ofd", "document-docx"):
        assert reverse(name, args=[made.pk]) in page
    assert made.number in page


@pytest.mark.parametrize(
    "name, media, begins",
    [
        ("document-pdf", "application/pdf", b"%PDF"),
        ("document-ofd", "application/ofd", b"PK"),
        ("document-docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK"),
        ("document-picture", "image/png", b"\x89PNG"),
    ],
)
def test_every_copy_is_handed_out_to_those_who_see_the_case_only(people, name, media, begins):
    made = letters.letter_of(letters.write(people.clerk))
    answer = _as(people.clerk).get(reverse(name, args=[made.pk]))
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer["Content-Type"] == media and data.startswith(begins)
    assert _as(people.neighbour).get(reverse(name, args=[made.pk])).status_code == 404


def test_the_list_is_narrowed_and_keeps_to_the_scope(people):
    case = letters.write(people.clerk)
    take_step(case, "rewrite", by=people.clerk, data={"words": "另一份"})
    client = _as(people.clerk)
    ask = lambda **query: client.get(reverse("documents"), query).content.decode()  # noqa: E731
    assert "示函〔2025〕0001" in ask() and "示函〔2025〕0002" in ask(kind="sample.letter", q="示函")
    assert "示函〔2025〕0001" not in ask(standing="in_force") and "示函〔2025〕0001" in ask(standing="superseded")
    assert "没有找到" in ask(since="2025-05-01") and "不是日期" in ask(until="16.4.2025")
    assert "示函" not in _as(people.cashier).get(reverse("documents")).content.decode()
    assert "示函〔2025〕0001" in _as(people.audit).get(reverse("documents")).content.decode()


def test_a_post_of_the_unit_revokes_on_the_page_and_others_are_not_asked(people):
    made = letters.letter_of(letters.write(people.clerk))
    page, change = reverse("document", args=[made.pk]), reverse("document-change", args=[made.pk])
    assert change in _as(people.clerk).get(page).content.decode()
    assert change not in _as(people.audit).get(page).content.decode()
    refused = _as(people.clerk).post(change, {"reason": ""})
    assert refused.status_code == 422 and "原因要写明" in refused.content.decode()
    refused = _as(people.clerk).post(change, {"reason": "写错了", "successor": "示函〔2025〕0099"})
    assert "没有文号为" in refused.content.decode()
    assert _as(people.audit).post(change, {"reason": "写错了"}).status_code == 422
    _as(people.clerk).post(change, {"reason": "写错了"})
    assert made.changes.get().by == people.clerk
    assert "写错了" in _as(people.clerk).get(page).content.decode()
