"""Lists that go out: as the page shows them, harmless, recorded, and read back the same."""

import csv
import itertools
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from xianzhi.kernel import clock, door, queries
from xianzhi.kernel.models import Account, Case, Event, Look, Subject
from xianzhi.kernel.pages import lists
from xianzhi.kernel.tables import cells, declare, export, heads, reading
from xianzhi.kernel.tables.declare import Column, Listing, Load, Out, Row, Table
from xianzhi.kernel.tables.rows import Rows
from xianzhi.kernel.tests import sample as the_sample
from xianzhi.kernel.tests.sample import People
from xianzhi.law.fields import BadField, choice, day, money, note, number, text, whole, yes_no

HEADS = [str(one.zh) for one in lists.CASE]


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.at(date(2025, 4, 16)):
        yield


def open_as(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def taken(client: Client, name: str, form: str, **query: str) -> bytes:
    answer = client.get(reverse("listing", args=[name, form]), query)
    assert answer.status_code == 200, answer.content[:200]
    return b"".join(answer.streaming_content)


def rows_of(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf"), "Excel reads Chinese only with the mark"
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


# ---- the same as the page ----


def test_the_list_holds_what_the_account_sees_and_chose(people: People) -> None:
    mine, other = the_sample.draft(people), the_sample.draft(people)
    Case.objects.filter(pk=other.pk).update(title="另一个")
    client = open_as(people.applicant)
    assert {row[0] for row in rows_of(taken(client, "cases", "csv"))[1:]} == {mine.number, other.number}
    chosen = rows_of(taken(client, "cases", "csv", state="closed"))
    assert chosen == [HEADS]
    assert rows_of(taken(open_as(people.neighbour), "cases", "csv")) == [HEADS]


@pytest.mark.parametrize("name", sorted(declare.listings))
@pytest.mark.parametrize("form", sorted(export.FORMATS))
def test_every_list_can_be_taken_by_those_it_is_for(people: People, name: str, form: str) -> None:
    the_sample.draft(people)
    one = declare.listings[name]
    route = "open-listing" if one.public else "listing"
    took = 0
    for account in people.accounts.values():
        answer = open_as(account).get(reverse(route, args=[name, form]), {"q": "许可", "light": "soon"})
        admitted = one.public or one.admits(account)
        assert answer.status_code == (200 if admitted else 403), account
        if admitted:
            took += len(b"".join(answer.streaming_content)) > 0
    assert took


def test_work_goes_out_as_its_page_shows_it(people: People) -> None:
    case = the_sample.draft(people)
    (head, row) = rows_of(taken(open_as(people.applicant), "work", "csv"))
    assert row[head.index("编号")] == case.number and row[head.index("要办的步骤")]
    assert len(list(queries.waiting_as_chosen(people.applicant))) == 1


def test_the_pages_offer_what_they_show(people: People) -> None:
    client = open_as(people.applicant)
    page = client.get(reverse("cases"), {"state": "open", "page": "2"}).content.decode()
    assert f'{reverse("listing", args=["cases", "xlsx"])}?state=open"' in page


# ---- harmless, and without what is personal ----


def test_no_text_becomes_a_formula(people: People) -> None:
    case = the_sample.draft(people)
    wicked = '=HYPERLINK("http://evil","点我")'
    Case.objects.filter(pk=case.pk).update(title=wicked)
    client = open_as(people.applicant)
    (_head, row) = rows_of(taken(client, "cases", "csv"))
    assert f"'{wicked}" in row
    book = BytesIO(taken(client, "cases", "xlsx"))
    import zipfile  # noqa: PLC0415

    with zipfile.ZipFile(book) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def test_identity_numbers_go_out_masked(people: People) -> None:
    person = people.applicant.subject
    Subject.objects.filter(pk=person.pk).update(kind=Subject.PERSON)
    the_sample.draft(people)
    from xianzhi.kernel.personal.sealed import opened  # noqa: PLC0415

    whole = opened(person.code)
    for form in export.FORMATS:
        content = taken(open_as(people.applicant), "cases", form)
        assert whole.encode() not in content
        if form == "xlsx":
            sheet = CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
            assert all(whole not in str(cell) for row in sheet for cell in row)


def test_each_export_is_recorded_before_it_is_sent(people: People) -> None:
    the_sample.draft(people)
    taken(open_as(people.applicant), "cases", "csv", state="open")
    look = Look.objects.get(kind=Look.Kind.EXPORT)
    assert (look.account, look.count) == (people.applicant, 1)
    assert "办件清单" in look.what and "在办" in look.reason


def test_a_workbook_says_where_it_comes_from(people: People) -> None:
    the_sample.draft(people)
    answer = open_as(people.applicant).get(reverse("listing", args=["cases", "xlsx"]), {"state": "open"})
    assert "%E5%8A%9E%E4%BB%B6%E6%B8%85%E5%8D%95-20250416" in answer["Content-Disposition"]
    book = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content)))
    told = {row[0]: row[1] for row in book.get_sheet_by_name("说明").to_python()}
    assert told["筛选"] == "状态：在办" and told["行数"] == "1" and "示例数据" in told["数据"]
    assert told["导出人"] == people.applicant.name


def test_a_list_that_is_too_long_is_refused_and_not_cut(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    the_sample.draft(people)
    the_sample.draft(people)
    monkeypatch.setattr(export, "MOST", 1)
    answer = open_as(people.applicant).get(reverse("listing", args=["cases", "csv"]))
    assert answer.status_code == 302 and not Look.objects.filter(kind=Look.Kind.EXPORT).exists()


# ---- out and in again ----

FIELDS = (
    text("name", "名称").optional, note("said", "意见").optional, day("on", "日期").optional,
    money("amount", "金额").optional, number("area", "面积", "亩", places=3).optional, whole("count", "株数").optional,
    choice("kind", "类别", {"a": "甲类", "b": "乙类"}).optional, yes_no("paid", "已付").optional,
)  # fmt: skip
SAME = Table("test.same", "往返", tuple(Column(one) for one in FIELDS), (), lambda load: ())
_WORDS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Co", "Cn"]) | st.sampled_from("=+-@'\n\t,;\"")
)
_KINDS: dict[str, st.SearchStrategy[Any]] = {
    "name": _WORDS.map(lambda one: one[:60]), "said": _WORDS,
    "on": st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    "amount": st.decimals(0, 9_999_999_999, places=2), "area": st.decimals(0, 999_999, places=3),
    "count": st.integers(0, 10**12), "kind": st.sampled_from(["a", "b"]), "paid": st.booleans(),
}  # fmt: skip


def clean(row: Mapping[str, Any]) -> dict[str, Any] | None:
    """The row as the fields of a step would keep it; None where they would not."""
    kept = {}
    for one in FIELDS:
        value = row[one.name]
        if isinstance(value, str):
            value = cells.clean_text(value).strip(cells._BLANK).strip()
        try:
            kept[one.name] = one.clean(value)
        except BadField:
            return None
    return kept


def _shown(row: Mapping[str, Any], name: str) -> Any:
    one = next(field for field in FIELDS if field.name == name)
    return cells.shown(row[name], one)


LISTING = Listing(
    "test.same", "往返",
    tuple(Out(one.zh, lambda row, name=one.name: _shown(row, name), one.kind) for one in FIELDS),
    lambda account, chosen: (), lambda account: True, public=True,
)  # fmt: skip


@pytest.mark.parametrize("form", sorted(export.FORMATS))
@hypothesis_settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(rows=st.lists(st.fixed_dictionaries({name: st.none() | one for name, one in _KINDS.items()}), max_size=6))
def test_what_goes_out_comes_in_the_same(form: str, tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    kept = [row for row in map(clean, rows) if row and any(value is not None for value in row.values())]
    path = tmp_path / f"same.{form}"
    writing: Callable[..., int] = export._xlsx if form == "xlsx" else export._csv
    assert writing(LISTING, path, iter(kept), [], None) == len(kept)
    if not kept:
        return
    with reading.opened(path, path.name) as sheets:
        found = [row for row, _cells in Rows(SAME, heads.find(SAME, sheets), Load(None, None, {}))]
    assert all(isinstance(row, Row) for row in found), found
    assert [row.values for row in found] == kept


@given(words=st.text())
def test_the_guard_against_formulas_is_taken_off_again(words: str) -> None:
    assert cells.unguarded(cells.harmless(words)) == words


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "'=", "''@"])
def test_whatever_may_be_a_formula_is_guarded(first: str) -> None:
    assert cells.harmless(f"{first}1").startswith("'")
    assert cells.csv_cell(Decimal("-5.00")) == "-5.00", "a number is no formula"


def test_rows_in_lots() -> None:
    assert list(declare.lots(range(5), 2)) == [[0, 1], [2, 3], [4]]
    assert list(itertools.chain(*declare.lots(range(5), 3))) == [0, 1, 2, 3, 4]


def test_events_go_out_with_their_hashes(people: People) -> None:
    case = the_sample.draft(people)
    (head, row) = rows_of(taken(open_as(people.accounts["audit"]), "events", "csv"))
    event = Event.objects.get(case=case)
    assert row[head.index("摘要（SM3）")] == event.hash
    assert door.takers(event.step)


def test_xlsxwriter_is_told_to_take_nothing_for_a_formula() -> None:
    assert xlsxwriter.__version__
    assert not any(export.OPTIONS[name] for name in ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"))
