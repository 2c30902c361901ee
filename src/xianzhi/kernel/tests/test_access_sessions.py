"""Sessions: bound to a browser, over in time, ended by their owner; and what was being entered is not lost."""

import pytest
from django.conf import settings as site
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock, posts
from xianzhi.kernel.access import accounts, kept, nightly
from xianzhi.kernel.models import AccessRecord, Account, Event, Post, PostChange, Session
from xianzhi.kernel.tests import sample as the_sample
from xianzhi.kernel.tests.sample import People
from xianzhi.kernel.tests.signing_in import PASSWORD, signed_in

AGENT = "Mozilla/5.0 (Windows NT 10.0) Chrome/109.0.0.0"
What = AccessRecord.What
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_hashing")]


def sign_in(client: Client, account: Account, **more: str):
    return client.post(reverse("sign-in"), {"username": account.username, "password": PASSWORD, **more})


def key(client: Client) -> str:
    return client.cookies[site.SESSION_COOKIE_NAME].value


# ---- beginning


def test_a_session_begins_under_a_new_number(client: Client, clerk: Account) -> None:
    session = client.session
    session["left"] = "by a stranger"
    session.save()
    client.cookies[site.SESSION_COOKIE_NAME] = session.session_key
    before = key(client)
    sign_in(client, clerk)
    assert key(client) != before and not Session.objects.filter(session_key=before).exists()
    stranger = Client()
    stranger.cookies[site.SESSION_COOKIE_NAME] = before
    assert not signed_in(stranger)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/\\elsewhere.example",
        "javascript:alert(1)",
        "///x.example",
    ],
)
def test_nobody_is_sent_elsewhere_after_signing_in(client: Client, clerk: Account, wanted: str) -> None:
    assert f'value="{reverse("home")}"' in client.get(reverse("sign-in"), {"next": wanted}).content.decode()
    assert sign_in(client, clerk, next=wanted).url == reverse("home")
    assert client.get(reverse("sign-in"), {"next": wanted}).url == reverse("home")


def test_the_cookies_are_kept_from_scripts_and_other_sites(client: Client, clerk: Account) -> None:
    moved = sign_in(client, clerk)
    for name in (site.SESSION_COOKIE_NAME, "xianzhi_browser"):
        cookie = moved.cookies[name]
        assert cookie["httponly"] and cookie["samesite"] == "Lax", name


# ---- a stolen session


def test_a_stolen_session_opens_nothing_and_is_recorded(clerk: Account) -> None:
    owner, thief = Client(HTTP_USER_AGENT=AGENT), Client(HTTP_USER_AGENT=AGENT, REMOTE_ADDR="203.0.113.66")
    sign_in(owner, clerk)
    thief.cookies[site.SESSION_COOKIE_NAME] = key(owner)
    assert thief.get(reverse("cases")).url.startswith(reverse("sign-in"))
    told = AccessRecord.objects.get(what=What.REFUSED)
    assert (told.account, told.address) == (clerk, "203.0.113.66")
    assert not signed_in(owner), "it may be known to others, so it is over for all"


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (X11; Linux) Firefox/128.0", "curl/8.0", ""])
def test_both_cookies_do_not_help_in_another_kind_of_browser(clerk: Account, agent: str) -> None:
    owner, thief = Client(HTTP_USER_AGENT=AGENT), Client(HTTP_USER_AGENT=agent)
    sign_in(owner, clerk)
    thief.cookies = owner.cookies
    assert not signed_in(thief)


def test_a_forged_browser_cookie_does_not_help(clerk: Account) -> None:
    owner, thief = Client(), Client()
    sign_in(owner, clerk)
    sign_in(thief, clerk)
    thief.cookies[site.SESSION_COOKIE_NAME] = key(owner)
    assert not signed_in(thief), "a cookie of another browser, however genuine, is not this one's"


def test_an_update_of_the_browser_ends_nothing(clerk: Account) -> None:
    client = Client(HTTP_USER_AGENT=AGENT)
    sign_in(client, clerk)
    client.defaults["HTTP_USER_AGENT"] = AGENT.replace("109.0.0.0", "110.0.1.2")
    assert signed_in(client)


# ---- over in time


def test_a_session_ends_when_nobody_works(client: Client, clerk: Account, travel, settings) -> None:
    sign_in(client, clerk)
    for _i in range(3):
        travel(settings.SESSION_IDLE_MINUTES * 60 - 10)
        assert signed_in(client), "whoever works stays"
    travel(settings.SESSION_IDLE_MINUTES * 60 + 1)
    assert not signed_in(client)
    assert AccessRecord.objects.filter(what=What.TIMED_OUT, account=clerk).count() == 1
    assert "已自动退出" in client.get(reverse("sign-in")).content.decode()
    assert "已自动退出" not in client.get(reverse("sign-in")).content.decode(), "said once"


def test_a_session_ends_after_a_working_day(client: Client, clerk: Account, travel, settings) -> None:
    sign_in(client, clerk)
    for _i in range(settings.SESSION_HOURS * 3):
        travel(20 * 60)
        last = signed_in(client)
    assert not last


def test_the_countys_clock_ends_no_session(client: Client, clerk: Account) -> None:
    sign_in(client, clerk)
    with clock.at(clock.today().replace(year=2031)):
        assert signed_in(client)


def test_the_night_clears_what_is_over(client: Client, clerk: Account, travel) -> None:
    sign_in(client, clerk)
    nightly.sweep()
    assert Session.objects.filter(account=clerk).count() == 1
    travel(3 * 24 * 3600)
    nightly.sweep()
    assert not Session.objects.exists()


# ---- seen and ended by their owner


def test_one_sees_and_ends_ones_other_sessions(clerk: Account, people: People) -> None:
    here, there, alien = Client(), Client(HTTP_USER_AGENT=AGENT), Client()
    sign_in(here, clerk)
    sign_in(there, clerk)
    alien.force_login(people.warden)
    page = here.get(reverse("own-account")).content.decode()
    assert "Chrome（Windows）" in page and key(there) not in page and key(here) not in page
    mark = page.partition('name="end" value="')[2].partition('"')[0]
    here.post(reverse("own-account"), {"end": mark})
    assert signed_in(here) and not signed_in(there) and signed_in(alien)
    sign_in(there, clerk)
    here.post(reverse("own-account"), {"end": "others"})
    assert signed_in(here) and not signed_in(there)
    sign_in(there, clerk)
    here.post(reverse("own-account"), {"end": "all"})
    assert not signed_in(here) and not signed_in(there) and signed_in(alien)


def test_signing_out_ends_the_session_itself(client: Client, clerk: Account) -> None:
    sign_in(client, clerk)
    kept_key = key(client)
    client.post(reverse("sign-out"))
    assert not Session.objects.filter(session_key=kept_key).exists()
    assert [one.what for one in AccessRecord.objects.all()] == [What.SIGNED_OUT, What.SIGNED_IN]


def test_disabling_ends_the_sessions(client: Client, clerk: Account, people: People) -> None:
    sign_in(client, clerk)
    accounts.disable(clerk, reason="调离", by=people.security)
    assert not signed_in(client) and not Session.objects.filter(account=clerk).exists()


def test_the_last_post_takes_the_sessions_with_it(client: Client, clerk: Account, people: People) -> None:
    sign_in(client, clerk)
    second_post = people.post("clerk", "approval", "approval.reviewer") if clerk.posts.count() == 1 else None
    assert second_post is not None
    posts.relieve(clerk.posts.exclude(pk=second_post.pk).get(), until=clock.today(), reason="调岗")
    assert signed_in(client)
    posts.relieve(second_post, until=clock.today(), reason="离任")
    assert not signed_in(client)


# ---- what was being entered


def test_a_form_outlives_the_session(client: Client, people: People, travel, settings) -> None:
    people.security.set_password(PASSWORD)
    people.security.save()
    sign_in(client, people.security)
    travel(settings.SESSION_IDLE_MINUTES * 60 + 1)
    sent = {
        "account": "sample-nobody",
        "post": "approval.clerk",
        "since": "2024-06-01",
        "until": "",
        "reason": "任职文",
    }
    address = reverse("appoint", args=["sample-approval"])
    assert client.post(address, sent).url.startswith(reverse("sign-in"))
    assert not PostChange.objects.exists()
    assert "任职文" not in repr(Session.objects.values_list("session_data", flat=True).get()), "encrypted"
    assert "任职文" not in repr(client.session.items())
    assert sign_in(client, people.security, next=address).url == reverse("kept")
    page = client.get(reverse("kept")).content.decode()
    assert f'action="{address}"' in page and 'name="reason" value="任职文"' in page
    client.post(address, sent)
    assert PostChange.objects.get().reason == "任职文"
    assert client.get(reverse("kept")).url == reverse("home"), "it is done, and kept no more"


def test_a_step_comes_back_as_a_form_and_is_not_taken_by_itself(
    client: Client, people: People, travel, settings
) -> None:
    case = the_sample.draft(people)
    the_sample.advance(people, case, "submit")
    people.clerk.set_password(PASSWORD)
    people.clerk.save()
    sign_in(client, people.clerk)
    travel(settings.SESSION_IDLE_MINUTES * 60 + 1)
    address, events = reverse("step", args=[case.pk, "accept"]), Event.objects.count()
    client.post(address, {"key": "k", "f-note": "抄了半天的意见"})
    sign_in(client, people.clerk)
    page = client.get(reverse("kept")).content.decode()
    assert 'name="more"' in page and "抄了半天的意见" in page
    assert client.post(address, {"key": "k", "more": "kept"}).status_code == 200
    assert Event.objects.count() == events


def test_what_one_entered_is_not_shown_to_another(
    client: Client, people: People, clerk: Account, travel, settings
) -> None:
    sign_in(client, clerk)
    travel(settings.SESSION_IDLE_MINUTES * 60 + 1)
    client.post(reverse("preferences"))
    client.post(reverse("step", args=[1, "accept"]), {"f-note": "只给自己看"})
    people.warden.set_password(PASSWORD)
    people.warden.save()
    assert sign_in(client, people.warden).url == reverse("home")
    assert "只给自己看" not in client.get(reverse("kept"), follow=True).content.decode()


def test_passwords_and_codes_are_never_kept(client: Client, clerk: Account, travel, settings) -> None:
    sign_in(client, clerk)
    travel(settings.SESSION_IDLE_MINUTES * 60 + 1)
    client.post(reverse("password"), {"password": "p", "new": "n", "again": "n", "code": "c"})
    assert kept._NAME not in client.session


# ---- once more, for grave acts


def test_a_grave_act_asks_who_one_is_and_then_goes_on(client: Client, people: People, travel, settings) -> None:
    people.security.set_password(PASSWORD)
    people.security.save()
    sign_in(client, people.security)
    travel(settings.PROVED_MINUTES * 60 + 1)
    post = Post.objects.get(account=people.clerk)
    address = reverse("relieve", args=[post.pk])
    sent = {"until": clock.today().isoformat(), "reason": "调离"}
    assert client.post(address, sent).url.startswith(reverse("prove"))
    assert not PostChange.objects.exists()
    assert client.post(reverse("prove"), {"password": "wrong", "next": address}).status_code == 422
    assert client.post(reverse("prove"), {"password": PASSWORD, "next": address}).url == reverse("kept")
    assert "调离" in client.get(reverse("kept")).content.decode()
    client.post(address, sent)
    assert PostChange.objects.get().reason == "调离"


def test_showing_who_one_is_counts_guesses(client: Client, people: People, clerk: Account, settings) -> None:
    client.force_login(clerk)
    for _i in range(settings.GUESSES):
        client.post(reverse("prove"), {"password": "wrong"})
    assert "尝试次数过多" in client.post(reverse("prove"), {"password": PASSWORD}).content.decode()


# ---- nothing stays in the browser


@pytest.mark.parametrize("place", ["/accounts", "/no-such-page", "/cases/999999"])
def test_refusals_are_not_left_in_the_browser_either(client: Client, people: People, place: str) -> None:
    client.force_login(people.clerk)
    answer = client.get(place)
    assert answer.status_code in (403, 404) and "no-store" in answer["Cache-Control"]
