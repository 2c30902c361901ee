"""The frame of every page: signing in and out, how pages look, where one can go, and who may open what."""

from datetime import date

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from xianzhi.kernel import clock
from xianzhi.kernel.models import Announcement
from xianzhi.kernel.pages import navigation
from xianzhi.kernel.pages.guard import PUBLIC, by_duty, by_function, page
from xianzhi.kernel.pages.preferences import COOKIE, Preferences
from xianzhi.kernel.tests.sample import People

PASSWORD = "long-enough-for-a-test"


@pytest.fixture
def clerk(people: People):
    people.clerk.set_password(PASSWORD)
    people.clerk.save()
    return people.clerk


def _sign_in(client: Client, **entered: str):
    return client.post(reverse("sign-in"), entered)


def test_signing_in_leads_to_the_page_that_was_wanted(client: Client, clerk) -> None:
    sent = client.get(reverse("cases") + "?q=x")
    assert sent.status_code == 302
    wanted = client.post(sent.url, {"username": clerk.username, "password": PASSWORD, "next": "/cases?q=x"})
    assert (wanted.status_code, wanted.url) == (302, "/cases?q=x")


def test_a_wrong_name_and_a_wrong_password_look_the_same(client: Client, clerk) -> None:
    unknown = _sign_in(client, username="nobody-at-all", password=PASSWORD).content.decode()
    wrong = _sign_in(client, username=clerk.username, password="wrong").content.decode()
    clerk.is_active = False
    clerk.save()
    stopped = _sign_in(client, username=clerk.username, password=PASSWORD).content.decode()
    for shown in (unknown, wrong, stopped):
        assert "账号或密码不对" in shown
    assert "停用" not in stopped


def test_another_site_is_no_address_to_return_to(client: Client, clerk) -> None:
    address = {"username": clerk.username, "password": PASSWORD, "next": "https://elsewhere.example/"}
    assert client.post(reverse("sign-in"), address).url == reverse("home")
    moved = client.post(reverse("preferences"), {"text": "large", "next": "//elsewhere.example/"})
    assert moved.url == reverse("home")


def test_signing_out_takes_a_post(client: Client, clerk) -> None:
    client.force_login(clerk)
    client.get(reverse("sign-out"))
    assert client.get(reverse("work")).status_code == 200
    client.post(reverse("sign-out"))
    assert client.get(reverse("work")).status_code == 302


@pytest.mark.parametrize(
    ("who", "place"),
    [("clerk", "work"), ("applicant", "cases"), ("audit", "audit"), ("security", "accounts"), ("system", "system")],
)
def test_the_front_page_leads_everyone_to_their_work(client: Client, people: People, who: str, place: str) -> None:
    client.force_login(people.accounts[who])
    assert client.get(reverse("home")).url == reverse(place)


def test_the_front_page_shows_visitors_documents_and_announcements(client: Client, people: People) -> None:
    unit = people.units["approval"]
    Announcement.objects.create(title="今天的公告", body="…", unit=unit, since=clock.today())
    Announcement.objects.create(title="将来的公告", body="…", unit=unit, since=date(2999, 1, 1))
    shown = client.get(reverse("home")).content.decode()
    assert "示规〔2024〕0号" in shown and "今天的公告" in shown and "将来的公告" not in shown


def test_an_account_with_no_post_still_has_a_front_page(client: Client, people: People) -> None:
    client.force_login(people.nobody)
    assert client.get(reverse("home")).status_code == 200


def test_large_text_and_theme_are_kept_with_the_account(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    client.post(reverse("preferences"), {"text": "large", "next": "/work"})
    client.post(reverse("preferences"), {"theme": "dark", "next": "/work"})
    kept = people.fresh("clerk")
    assert (kept.theme, kept.large_text) == ("dark", True)
    shown = client.get(reverse("work")).content.decode()
    assert '<html lang="zh-CN" data-theme="dark" data-text="large">' in shown


def test_a_visitor_keeps_the_look_in_a_cookie(client: Client, db) -> None:
    moved = client.post(reverse("preferences"), {"theme": "auto", "text": "large", "next": "/sign-in"})
    assert (moved.url, moved.cookies[COOKIE].value) == ("/sign-in", "auto.large")
    assert 'data-theme="auto" data-text="large"' in client.get(reverse("sign-in")).content.decode()
    assert Preferences.read("<script>.x") == Preferences()


def test_a_page_of_somebody_signed_in_is_not_left_in_the_browser(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    assert "no-store" in client.get(reverse("cases"))["Cache-Control"]


def test_somebody_without_the_post_reads_which_one_is_needed(rf: RequestFactory, people: People) -> None:
    @page(by_function("finance") | by_duty("audit"))
    def accounts(request):
        raise AssertionError("the view ran")

    request = rf.get("/x")
    request.user = people.fresh("clerk")
    answer = accounts(request)
    assert answer.status_code == 403
    assert "县财政局的岗位或审计员" in answer.content.decode()


def test_a_view_answers_only_the_methods_that_it_names(client: Client, db) -> None:
    assert client.post(reverse("home")).status_code == 405


def test_a_null_character_in_an_address_is_a_bad_request(client: Client, db) -> None:
    answer = client.get(reverse("verified", args=["示函\x00"]))
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


@pytest.mark.parametrize(("method", "name"), [("get", "search"), ("get", "cases"), ("post", "sign-in")])
def test_a_null_character_is_a_bad_request(client: Client, people: People, method: str, name: str) -> None:
    client.force_login(people.clerk)
    answer = getattr(client, method)(reverse(name), {"q": "许\x00可"})
    assert answer.status_code == 400 and "读不懂" in answer.content.decode()


def test_two_entries_of_one_name_are_refused() -> None:
    assert reverse("work")  # the pages, and with them their entries, are there once the addresses are
    with pytest.raises(ValueError, match="work"):
        navigation.add(navigation.Entry("work", "别的", "home", PUBLIC))


def test_the_masthead_shows_where_one_may_go(client: Client, people: People) -> None:
    client.force_login(people.clerk)
    shown = client.get(reverse("cases")).content.decode()
    assert f'<a href="{reverse("cases")}" aria-current="page">' in shown
    client.force_login(people.audit)
    assert f'href="{reverse("work")}"' not in client.get(reverse("cases")).content.decode()


def test_an_unknown_address_is_answered_in_plain_chinese(client: Client, db) -> None:
    missing = client.get("/no-such-page")
    assert missing.status_code == 404 and "没有这个页面" in missing.content.decode()


def test_a_form_of_another_session_writes_nothing_and_says_so(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(reverse("sign-in"), {"username": "x", "password": "y"})
    assert refused.status_code == 403 and "页面已过期" in refused.content.decode()
