"""One search box: each group as far as the account may see it, in a bounded number of queries."""

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import registry
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account
from xianzhi.kernel.pages.search import MOST, find, provisions_for
from xianzhi.kernel.tests import sample as the_sample


@pytest.fixture
def units_of_county(db) -> None:
    load_county()


def ids(text: str) -> list[str]:
    return [provision.id for provision in provisions_for(text)]


# ---- provisions


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("power-2-1-3", ["power-2-1-3"]),
        ("160千瓦 零投资", ["power-2-1-3"]),
        ("没有这样的词", []),
    ],
)
def test_provisions_by_id_place_and_words(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


@pytest.mark.parametrize("text", ["二（四）", "二(四)"])
def test_a_place_is_found_in_every_document_that_has_it(text: str) -> None:
    found = ids(text)
    assert {"power-2-4", "points-2-4", "wr-4a-01"} & set(found) == {"power-2-4", "wr-4a-01"}
    assert all(registry.provisions[name].place.short().startswith("二（四）") for name in found)


def test_a_place_finds_what_lies_below_it() -> None:
    found = ids("三（二）2（4）")
    assert {name for name in found if name.startswith("power-3-2-2-4-")}
    assert all(registry.provisions[name].place.short().startswith("三（二）2（4）") for name in found)
    assert set(found) < set(ids("三（二）"))


# ---- cases and subjects


@pytest.mark.django_db
def test_staff_find_the_cases_they_see_and_no_others(client: Client, people) -> None:
    case = the_sample.draft(people)
    number = case.number
    for name, seen in {
        "clerk": True,
        "warden": True,
        "other_warden": False,
        "neighbour": False,
        "applicant": True,
    }.items():
        found = find(people.fresh(name), number)
        assert ([one.pk for one in found.cases] == [case.pk]) is seen, name
        client.force_login(people.accounts[name])
        page = client.get(reverse("search"), {"q": number}).content.decode()
        assert (reverse("case", args=[case.pk]) in page) is seen, name


@pytest.mark.django_db
def test_subjects_only_of_visible_cases(people) -> None:
    the_sample.draft(people)
    applicant = people.applicant.subject
    assert [one.pk for one in find(people.clerk, "示例公司").subjects] == [applicant.pk], "the neighbour has no case"
    assert [one.pk for one in find(people.clerk, applicant.shown_code.lower()).subjects] == [applicant.pk]
    assert find(people.other_warden, applicant.shown_code).subjects == ()
    assert find(people.clerk, people.neighbour.subject.shown_code).subjects == ()
    assert find(people.applicant, "示例公司").subjects == (), "subjects are for officials"


@pytest.mark.django_db
def test_units_by_alias_for_officials_only(units_of_county, people) -> None:
    assert "县行政审批服务管理局" in [one.name for one in find(people.clerk, "县行政审批局").units]
    assert find(people.applicant, "县行政审批局").units == ()


@pytest.mark.django_db
def test_a_stranger_finds_the_law_and_is_told_what_was_searched(client: Client) -> None:
    page = client.get(reverse("search"), {"q": "零投资"}).content.decode()
    assert "/law/power/power-2-1-3" in page
    page = client.get(reverse("search"), {"q": "绝无此事"}).content.decode()
    assert "查了这些地方" in page and "文件和条款" in page and "登录后还能查办件" in page


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "   ", "%", "'; --", '"', "三（三（三", "水" * 500, "<b>"])
def test_odd_texts_are_only_texts(client: Client, people, text: str) -> None:
    client.force_login(people.clerk)
    answer = client.get(reverse("search"), {"q": text})
    assert answer.status_code == 200 and b"<b>\xe2\x80\x9d" not in answer.content


@pytest.mark.django_db
def test_queries_do_not_grow_with_the_cases(people, django_assert_max_num_queries) -> None:
    for _ in range(MOST + 5):
        the_sample.draft(people)
    account: Account = people.fresh("clerk")
    with django_assert_max_num_queries(6):
        found = find(account, "示例")
    assert len(found.cases) == MOST and found.more_cases == str(MOST + 5)
