"""Signing in: guesses, locks, one-time codes, passwords, and nothing told to whoever should not know."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
import vl_convert
import zxingcpp
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import reverse
from PIL import Image

from xianzhi.kernel.access import accounts, guesses, machine, passwords, second
from xianzhi.kernel.access.address import address_of, house_of
from xianzhi.kernel.models import AccessRecord, Account, Guesses, RecoveryCode, SecondFactor
from xianzhi.kernel.tests.sample import People
from xianzhi.kernel.tests.signing_in import PASSWORD, signed_in

What = AccessRecord.What
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_hashing")]


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post(reverse("sign-in"), {"username": username, "password": password, **more})


def enrol(account: Account) -> tuple[str, list[str]]:
    secret = second.new_secret()
    step = int(machine.seconds()) // second.STEP - 1
    return secret, second.enrol(account, secret, second.code_at(secret, step))


def code(secret: str, ahead: int = 0) -> str:
    return second.code_at(secret, int(machine.seconds()) // second.STEP + ahead)


# ---- guesses


def test_after_five_guesses_even_the_right_password_waits(client: Client, clerk: Account, travel, settings) -> None:
    for _i in range(settings.GUESSES):
        assert "账号或密码不对" in sign_in(client, clerk.username, "wrong").content.decode()
    locked = sign_in(client, clerk.username)
    assert "尝试次数过多" in locked.content.decode() and not signed_in(client)
    assert [one.what for one in AccessRecord.objects.all()][:2] == [What.LOCKED, What.FAILED]
    travel(settings.LOCK_MINUTES * 60 + 1)
    assert sign_in(client, clerk.username).status_code == 302 and signed_in(client)


def test_a_lock_holds_for_one_address_and_spares_the_others(clerk: Account, settings) -> None:
    for _i in range(settings.GUESSES):
        sign_in(Client(REMOTE_ADDR="203.0.113.9"), clerk.username, "wrong")
    assert sign_in(Client(REMOTE_ADDR="203.0.113.9"), clerk.username).status_code == 200
    assert sign_in(Client(REMOTE_ADDR="203.0.113.10"), clerk.username).status_code == 302


def test_guesses_from_many_addresses_lock_the_account(clerk: Account, settings) -> None:
    settings.GUESSES_ACCOUNT = 8
    for number in range(8):
        sign_in(Client(REMOTE_ADDR=f"203.0.113.{number}"), clerk.username, "wrong")
    assert "尝试次数过多" in sign_in(Client(REMOTE_ADDR="198.51.100.1"), clerk.username).content.decode()


def test_one_address_cannot_try_all_accounts(clerk: Account, settings) -> None:
    settings.GUESSES_ADDRESS = 6
    for number in range(6):
        sign_in(Client(), f"name-{number}", "wrong")
    assert "尝试次数过多" in sign_in(Client(), clerk.username).content.decode()


def test_successes_never_add_up_to_a_lock(clerk: Account, settings) -> None:
    settings.GUESSES = settings.GUESSES_ACCOUNT = settings.GUESSES_ADDRESS = 3
    for _i in range(6):
        assert sign_in(Client(), clerk.username).status_code == 302


def test_a_name_of_nobody_is_locked_just_like_an_account(client: Client, clerk: Account, settings) -> None:
    told = {}
    for name in (clerk.username, "nobody-at-all"):
        seen = []
        for _i in range(settings.GUESSES + 2):
            page = sign_in(client, name, "wrong").content.decode()
            seen.append(re.search(r'role="alert".*?</div>', page, re.S)[0])
        told[name] = seen
    assert told[clerk.username] == told["nobody-at-all"]


def test_what_was_typed_is_nowhere_on_record(client: Client, clerk: Account) -> None:
    sign_in(client, "my-Secret-Password", "other-secret")
    sign_in(client, clerk.username, "third-secret")
    for model in (AccessRecord, Guesses):
        kept = repr(list(model.objects.values()))
        for typed in ("my-Secret-Password", "other-secret", "third-secret"):
            assert typed not in kept
    assert AccessRecord.objects.filter(what=What.FAILED, account=None).count() == 1
    assert AccessRecord.objects.filter(what=What.FAILED, account=clerk).count() == 1


def test_the_security_administrator_opens_a_lock(client: Client, clerk: Account, people: People, settings) -> None:
    for _i in range(settings.GUESSES):
        sign_in(Client(), clerk.username, "wrong")
    client.force_login(people.security)
    assert "已锁定" in client.get(reverse("account", args=[clerk.pk])).content.decode()
    client.post(reverse("account-change", args=[clerk.pk]), {"act": "unlock"})
    assert sign_in(Client(), clerk.username).status_code == 302
    assert AccessRecord.objects.filter(what=What.UNLOCKED, account=clerk, by=people.security).exists()


@pytest.mark.django_db(transaction=False)
def test_guesses_sent_side_by_side_are_counted_one_by_one(scratch, settings) -> None:
    Account.objects.create(username="target", name="目标")

    def guess(_number: int) -> bool:
        try:
            guesses.begin("target", "203.0.113.9")
            return True
        except guesses.LockedOut:
            return False
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        let_in = sum(pool.map(guess, range(24)))
    assert let_in == settings.GUESSES


# ---- where a request comes from


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "found"),
    [
        ([], "192.0.2.1", "203.0.113.9", "192.0.2.1"),
        (["192.0.2.1"], "192.0.2.1", "203.0.113.9", "203.0.113.9"),
        (["192.0.2.0/24"], "192.0.2.1", "1.1.1.1, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        (["192.0.2.1"], "198.51.100.7", "203.0.113.9", "198.51.100.7"),
        (["192.0.2.1"], "192.0.2.1", "rubbish", "192.0.2.1"),
        (["unix"], "", "203.0.113.9", "203.0.113.9"),
        ([], "", "203.0.113.9", ""),
        ([], "::ffff:192.0.2.1", "", "192.0.2.1"),
    ],
)
def test_only_trusted_proxies_are_believed(rf: RequestFactory, settings, trusted, peer, forwarded, found) -> None:
    settings.TRUSTED_PROXIES = trusted
    request = rf.get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert address_of(request) == found


def test_a_house_of_ipv6_is_counted_as_one() -> None:
    assert house_of("2001:db8:1:2::5") == house_of("2001:db8:1:2:ffff::1") != house_of("2001:db8:1:3::5")
    assert house_of("203.0.113.9") == "203.0.113.9" and house_of("") == ""


# ---- one-time codes


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, to six digits."""
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert [second.code_at(secret, at // 30) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_a_telephone_reads_the_picture(clerk: Account) -> None:
    address = second.address_of(clerk, second.new_secret())
    shown = vl_convert.svg_to_png(
        second.picture(address).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '), 4
    )
    read = zxingcpp.read_barcodes(Image.open(BytesIO(shown)))
    assert [one.text for one in read] == [address]
    assert "secret=" in address and address.startswith("otpauth://totp/")


def test_the_password_alone_does_not_let_in(client: Client, clerk: Account) -> None:
    secret, _codes = enrol(clerk)
    assert sign_in(client, clerk.username, next="/map").url == reverse("sign-in-code")
    assert not signed_in(client)
    assert client.post(reverse("sign-in-code"), {"code": "000000"}).status_code == 422
    assert client.post(reverse("sign-in-code"), {"code": code(secret)}).url == "/map"
    assert signed_in(client)


def test_a_code_serves_once(client: Client, clerk: Account) -> None:
    secret, _codes = enrol(clerk)
    used = code(secret)
    for expected in (302, 422):
        other = Client()
        sign_in(other, clerk.username)
        assert other.post(reverse("sign-in-code"), {"code": used}).status_code == expected
    assert not second.accepts(clerk, code(secret, -1)), "nor does an earlier one after it"


def test_codes_far_from_now_are_refused(clerk: Account) -> None:
    secret, _codes = enrol(clerk)
    assert not second.accepts(clerk, code(secret, 5)) and not second.accepts(clerk, "")
    assert not second.accepts(clerk, "一二三四五六")
    assert second.accepts(clerk, code(secret, 1)), "a telephone may be half a minute fast"


def test_the_code_that_set_it_up_does_not_sign_in(clerk: Account) -> None:
    secret = second.new_secret()
    second.enrol(clerk, secret, code(secret))
    assert not second.accepts(clerk, code(secret))


def test_guesses_at_codes_are_locked_too(client: Client, clerk: Account, settings) -> None:
    secret, _codes = enrol(clerk)
    sign_in(client, clerk.username)
    for _i in range(settings.GUESSES):
        client.post(reverse("sign-in-code"), {"code": "000000"})
    assert client.post(reverse("sign-in-code"), {"code": code(secret)}).status_code == 422
    assert not signed_in(client)


def test_a_password_that_changed_meanwhile_stops_half_a_sign_in(client: Client, clerk: Account) -> None:
    secret, _codes = enrol(clerk)
    sign_in(client, clerk.username)
    passwords.change(clerk, "另一句很长的话-77")
    assert client.post(reverse("sign-in-code"), {"code": code(secret)}).url == reverse("sign-in")


def test_half_a_sign_in_does_not_wait_long(client: Client, clerk: Account, travel) -> None:
    secret, _codes = enrol(clerk)
    sign_in(client, clerk.username)
    travel(301)
    assert client.post(reverse("sign-in-code"), {"code": code(secret)}).url == reverse("sign-in")


def test_a_recovery_code_serves_once_and_is_kept_as_a_digest(client: Client, clerk: Account) -> None:
    _secret, codes = enrol(clerk)
    assert len(codes) == 10 and second.recovery_codes_left(clerk) == 10
    assert not {one.digest for one in RecoveryCode.objects.all()} & set(codes)
    sign_in(client, clerk.username)
    assert client.post(reverse("sign-in-code"), {"code": codes[0].upper().replace("-", " ")}).status_code == 302
    assert second.recovery_codes_left(clerk) == 9 and not second.recovers(clerk, codes[0])
    assert AccessRecord.objects.filter(what=What.RECOVERY_USED, account=clerk).count() == 1


def test_the_secret_is_encrypted_at_rest(clerk: Account) -> None:
    secret, _codes = enrol(clerk)
    assert secret not in repr(SecondFactor.objects.values().get())


def test_the_duties_and_named_posts_must_set_it_up_first(client: Client, people: People, settings) -> None:
    settings.SECOND_FACTOR = True
    client.force_login(people.security)
    assert client.get(reverse("accounts")).url == reverse("second-factor")
    assert client.post(reverse("account-new"), {"username": "x", "name": "x"}).url == reverse("second-factor")
    page = client.get(reverse("second-factor")).content.decode()
    assert "<svg" in page and 'role="img"' in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    assert client.post(reverse("second-factor"), {"code": "000000"}).status_code == 422
    done = client.post(reverse("second-factor"), {"code": code(secret)})
    assert done.content.decode().count("<li><code>") == 10 and "no-store" in done["Cache-Control"]
    assert client.get(reverse("accounts")).status_code == 200
    client.post(reverse("second-factor"), {"remove": "yes"})
    assert second.enrolled(people.security), "whoever must use it cannot put it down"


def test_others_may_do_without(client: Client, people: People, settings) -> None:
    settings.SECOND_FACTOR = True
    client.force_login(people.clerk)
    assert client.get(reverse("work")).status_code == 200


def test_the_county_names_the_posts_that_must(people: People, settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SECOND_FACTOR = True
    monkeypatch.setitem(second.county().facts, "second_factor", ["approval.clerk"])
    assert second.needed(people.fresh("clerk")) and not second.needed(people.fresh("warden"))


# ---- passwords


@pytest.mark.parametrize(
    ("new", "says"),
    [("短密码", "10"), ("password123", "常见|common"), ("xx-sample-clerk-xx", "登录名"), (PASSWORD, "最近用过")],
)
def test_what_is_no_password(client: Client, clerk: Account, new: str, says: str) -> None:
    client.force_login(clerk)
    answer = client.post(reverse("password"), {"password": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 422 and re.search(says, answer.content.decode())


def test_the_last_five_are_not_taken_again(clerk: Account) -> None:
    words = [f"第{number}句很长的密码" + "x" * 6 for number in range(6)]
    for new in words:
        passwords.change(clerk, new)
    with pytest.raises(ValidationError):
        passwords.change(clerk, words[1])
    passwords.change(clerk, PASSWORD)


def test_changing_it_ends_the_other_sessions(clerk: Account) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        sign_in(client, clerk.username)
    new = "换过的很长的密码-1"
    moved = here.post(reverse("password"), {"password": PASSWORD, "new": new, "again": new})
    assert moved.status_code == 302 and signed_in(here) and not signed_in(there)
    assert sign_in(Client(), clerk.username).status_code == 200
    assert sign_in(Client(), clerk.username, new).status_code == 302


def test_a_wrong_old_password_changes_nothing(client: Client, clerk: Account) -> None:
    client.force_login(clerk)
    new = "换过的很长的密码-1"
    assert client.post(reverse("password"), {"password": "x", "new": new, "again": new}).status_code == 422
    assert client.post(reverse("password"), {"password": PASSWORD, "new": new, "again": "y"}).status_code == 422
    assert sign_in(Client(), clerk.username).status_code == 302


def test_a_one_time_password_has_to_be_changed_first(client: Client, people: People) -> None:
    _made, one_time = accounts.create("new-one", "新来的", by=people.security)
    assert re.fullmatch(r"(\w{4}-){3}\w{4}", one_time)
    sign_in(client, "new-one", one_time)
    for place in ("cases", "map", "search", "home"):
        assert client.get(reverse(place)).url == reverse("password")
    new = "自己定的很长的一句密码"
    client.post(reverse("password"), {"password": one_time, "new": new, "again": new})
    assert signed_in(client)


def test_a_one_time_password_lapses(client: Client, people: People, travel, settings) -> None:
    _made, one_time = accounts.create("new-one", "新来的", by=people.security)
    travel(settings.ONE_TIME_HOURS * 3600 + 1)
    assert "账号或密码不对" in sign_in(client, "new-one", one_time).content.decode()


def test_the_county_may_set_an_age_of_passwords(client: Client, clerk: Account, settings) -> None:
    settings.PASSWORD_DAYS = 90
    clerk.password_at = machine.now() - timedelta(days=91)
    clerk.save()
    client.force_login(clerk)
    assert client.get(reverse("work")).url == reverse("password")
