"""Accounts and the three duties kept apart: who may make whom, what the database itself refuses, what is on record."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock
from xianzhi.kernel.access import accounts, machine, nightly
from xianzhi.kernel.access.records import record
from xianzhi.kernel.models import AccessRecord, Account, DutyProposal, Invitation, Post
from xianzhi.kernel.tests import sample as the_sample
from xianzhi.kernel.tests.sample import People

What = AccessRecord.What
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_hashing")]


@pytest.fixture
def other(people: People) -> Account:
    """A second security administrator."""
    made, _one_time = accounts.create("second-guard", "第二位", duty="security")
    made.must_change = False
    made.save()
    return made


# ---- what the database refuses


def test_a_duty_holds_no_post_whoever_writes_it(people: People) -> None:
    held = Post.objects.get(account=people.clerk)
    with pytest.raises(DatabaseError, match="duty"), transaction.atomic():
        Post.objects.create(account=people.audit, unit=held.unit, function="approval", role="clerk", since=held.since)
    with pytest.raises(DatabaseError, match="duty"), transaction.atomic():
        Post.objects.filter(pk=held.pk).update(account=people.system)
    with pytest.raises(DatabaseError, match="duty"), transaction.atomic():
        Account.objects.filter(pk=people.clerk.pk).update(duty="audit")


def test_a_duty_never_becomes_another(people: People) -> None:
    for duty in ("security", ""):
        with pytest.raises(DatabaseError, match="duty"), transaction.atomic():
            Account.objects.filter(pk=people.audit.pk).update(duty=duty)


def test_a_record_is_never_changed_and_kept_for_half_a_year(people: People) -> None:
    made = record(What.SIGNED_IN, people.clerk)
    with pytest.raises(DatabaseError), transaction.atomic():
        AccessRecord.objects.update(detail="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        made.delete()
    with clock.at(machine.now() - timedelta(days=184)):
        old = record(What.SIGNED_IN, people.clerk)
    old.delete()


def test_the_night_deletes_records_beyond_their_time_only(people: People, settings) -> None:
    settings.ACCESS_RECORD_DAYS = 400
    for days in (0, 399, 401):
        with clock.at(machine.now() - timedelta(days=days)):
            record(What.SIGNED_IN, people.clerk)
    nightly.sweep()
    assert AccessRecord.objects.count() == 2


# ---- making accounts


def test_security_makes_an_account_and_hands_over_a_password_once(client: Client, people: People) -> None:
    client.force_login(people.security)
    made = client.post(reverse("account-new"), {"username": "zhang.san", "name": "张三"})
    one_time = re.search(r'class="secret">([^<]+)<', made.content.decode())[1]
    assert "no-store" in made["Cache-Control"]
    account = Account.objects.get(username="zhang.san")
    assert account.check_password(one_time) and account.must_change and not account.is_superuser
    assert one_time not in client.get(reverse("account", args=[account.pk])).content.decode()
    assert AccessRecord.objects.get(what=What.CREATED).by == people.security


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"username": "SAMPLE-CLERK", "name": "x"}, "已有人用"),
        ({"username": "", "name": "x"}, "登录名要有"),
        ({"username": "有 空格", "name": "x"}, "登录名要有"),
        ({"username": "x" * 151, "name": "x"}, "登录名要有"),
        ({"username": "good", "name": ""}, "姓名要有"),
        ({"username": "good", "name": "x", "duty": "king"}, "没有“king”"),
        ({"username": "good", "name": "x", "duty": "security"}, "没有写事由"),
    ],
)
def test_what_cannot_be_made_is_said(client: Client, people: People, sent: dict[str, str], says: str) -> None:
    client.force_login(people.security)
    before = Account.objects.count()
    answer = client.post(reverse("account-new"), sent)
    assert answer.status_code == 422 and says in answer.content.decode()
    assert Account.objects.count() == before


def test_another_security_administrator_takes_two(client: Client, people: People, other: Account) -> None:
    with pytest.raises(ValidationError, match="另一人确认"):
        accounts.create("third", "第三位", duty="security", by=people.security)
    client.force_login(people.security)
    sent = {"username": "third", "name": "第三位", "duty": "security", "reason": "轮班"}
    assert client.post(reverse("account-new"), sent).status_code == 302
    proposal = DutyProposal.objects.get()
    answer = {"answer": "agree"}
    client.post(reverse("account-decide", args=[proposal.pk]), answer)
    assert not Account.objects.filter(username="third").exists(), "not by the one who proposed it"
    client.force_login(other)
    made = client.post(reverse("account-decide", args=[proposal.pk]), answer).content.decode()
    assert "一次性密码" in made and Account.objects.get(username="third").duty == "security"
    with pytest.raises(ValidationError, match="有了结果"):
        accounts.decide(proposal, agreed=True, by=other)


def test_the_database_too_wants_two(people: People) -> None:
    made = accounts.propose("third", "第三位", reason="轮班", by=people.security)
    with pytest.raises(IntegrityError), transaction.atomic():
        DutyProposal.objects.filter(pk=made.pk).update(decided_by=people.security, decided_at=machine.now())


def test_a_proposal_may_be_declined(people: People, other: Account) -> None:
    made = accounts.propose("third", "第三位", reason="轮班", by=people.security)
    assert accounts.decide(made, agreed=False, by=other) is None
    assert not Account.objects.filter(username="third").exists()


# ---- changing them


def test_nobody_changes_his_own(client: Client, people: People) -> None:
    client.force_login(people.security)
    for act in ("disable", "reset", "unlock", "second", "enable"):
        answer = client.post(reverse("account-change", args=[people.security.pk]), {"act": act, "reason": "x"})
        assert answer.status_code == 422 and "自己的账号" in answer.content.decode(), act
    people.security.refresh_from_db()
    assert people.security.is_active


def test_disabling_and_enabling_are_kept_with_their_reasons(client: Client, people: People) -> None:
    client.force_login(people.security)
    address = reverse("account-change", args=[people.clerk.pk])
    assert "没有写事由" in client.post(address, {"act": "disable", "reason": " "}).content.decode()
    assert client.post(address, {"act": "disable", "reason": "退休"}).status_code == 302
    assert not people.fresh("clerk").is_active
    client.post(address, {"act": "enable", "reason": "返聘"})
    assert people.fresh("clerk").is_active
    told = [(one.what, one.detail, one.by) for one in AccessRecord.objects.filter(account=people.clerk)]
    assert told == [(What.ENABLED, "返聘", people.security), (What.DISABLED, "退休", people.security)]


def test_the_last_security_administrator_stays(people: People, other: Account) -> None:
    accounts.disable(people.security, reason="离任", by=other)
    with pytest.raises(ValidationError, match="最后一个"):
        accounts.disable(other, reason="离任")
    with pytest.raises(ValidationError, match="不能由一人启用"):
        accounts.enable(people.security, reason="回来", by=other)


def test_a_reset_gives_a_password_that_must_be_changed(client: Client, people: People) -> None:
    client.force_login(people.security)
    shown = client.post(reverse("account-change", args=[people.clerk.pk]), {"act": "reset"}).content.decode()
    clerk = people.fresh("clerk")
    assert clerk.must_change and clerk.check_password(re.search(r'class="secret">([^<]+)<', shown)[1])


def test_no_other_account_opens_the_pages_of_accounts(client: Client, people: People) -> None:
    for name in ("clerk", "audit", "system", "applicant"):
        client.force_login(people.accounts[name])
        assert client.get(reverse("accounts")).status_code == 403, name
        assert client.get(reverse("account", args=[people.clerk.pk])).status_code == 403, name
        assert client.post(reverse("account-new"), {"username": "x1", "name": "x"}).status_code == 403, name


# ---- where each duty works


def test_each_duty_sees_its_own_work_and_no_cases(client: Client, people: People) -> None:
    case = the_sample.draft(people)
    for name, place, closed in (
        ("system", "system", ("accounts", "access", "audit")),
        ("security", "accounts", ("system", "access", "audit")),
        ("audit", "access", ("accounts", "system")),
    ):
        client.force_login(people.accounts[name])
        assert client.get(reverse(place)).status_code == 200
        for other_place in closed:
            assert client.get(reverse(other_place)).status_code == 403, (name, other_place)
        if name != "audit":
            assert client.get(reverse("case", args=[case.pk])).status_code == 404


def test_the_system_page_shows_no_secret(client: Client, people: People, settings) -> None:
    client.force_login(people.system)
    page = client.get(reverse("system")).content.decode()
    assert settings.SECRET_KEY not in page and "体检" in page


def test_the_auditor_filters_the_records(client: Client, people: People) -> None:
    record(What.FAILED, people.clerk)
    record(What.SIGNED_IN, people.clerk)
    record(What.SIGNED_IN, people.warden)
    client.force_login(people.audit)

    def rows(**query: str) -> int:
        page = client.get(reverse("access"), query).content.decode()
        return page.partition('id="records"')[2].count("<tr>") - 1

    assert rows() == 3 and rows(what="failed") == 1 and rows(account="sample-clerk") == 2
    assert rows(since="2999-01-01") <= 0
    assert "不是日期" in client.get(reverse("access"), {"since": "去年"}).content.decode()


# ---- invitations


def test_an_official_invites_the_subject_of_a_case(client: Client, people: People) -> None:
    case = the_sample.draft(people)
    the_sample.advance(people, case, "submit")
    client.force_login(people.clerk)
    page = client.post(reverse("invite", args=[case.pk])).content.decode()
    code = re.search(r'class="secret">([^<]+)<', page)[1]
    assert code not in repr(list(Invitation.objects.values()))
    owner = Client()
    sent = {
        "code": code.lower().replace("-", " "),
        "username": "yezhu",
        "new": "院子里有棵老枣树",
        "again": "院子里有棵老枣树",
    }
    assert "邀请码不对" in owner.post(reverse("invited"), {**sent, "code": "WRONG"}).content.decode()
    short = owner.post(reverse("invited"), {**sent, "new": "短", "again": "短"})
    assert short.status_code == 422 and not Account.objects.filter(username="yezhu").exists()
    sent["new"] = sent["again"] = "院子里有棵很老的枣树"
    assert owner.post(reverse("invited"), sent).url == reverse("sign-in")
    made = Account.objects.get(username="yezhu")
    assert made.subject == case.subject and not made.must_change
    assert owner.post(reverse("invited"), {**sent, "username": "again"}).status_code == 422, "it serves once"


def test_an_invitation_lapses_and_a_new_one_replaces_it(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    case = the_sample.draft(people)
    first, then = (accounts.invite(case.subject, by=people.clerk) for _i in range(2))
    with pytest.raises(ValidationError, match="邀请码不对"):
        accounts.accept(first, "yezhu", "院子里有棵很老的枣树")
    real = machine.seconds()
    monkeypatch.setattr(machine, "seconds", lambda: real + 15 * 24 * 3600)
    with pytest.raises(ValidationError, match="邀请码不对"):
        accounts.accept(then, "yezhu", "院子里有棵很老的枣树")


def test_only_who_sees_the_case_invites(client: Client, people: People) -> None:
    case = the_sample.draft(people)
    client.force_login(people.other_warden)
    assert client.post(reverse("invite", args=[case.pk])).status_code == 404
    assert not Invitation.objects.exists()


# ---- the command


def test_the_first_security_administrator_comes_from_the_command(db: None, capsys) -> None:
    call_command("account", "create", "guard", "--name", "第一位", "--duty", "security")
    said = capsys.readouterr().out
    account = Account.objects.get(username="guard")
    assert account.duty == "security" and account.check_password(re.search(r"密码：(\S+)", said)[1])
    call_command("account", "reset", "guard")
    assert not Account.objects.get().check_password(re.search(r"密码：(\S+)", said)[1])
    call_command("account", "create", "zhang")
    call_command("account", "disable", "zhang", "--reason", "调离")
    capsys.readouterr()
    call_command("account", "list", "--json")
    rows = {row["username"]: row["active"] for row in json.loads(capsys.readouterr().out)}
    assert rows == {"guard": True, "zhang": False}
    call_command("account", "enable", "zhang", "--reason", "回来")
    call_command("account", "list")
    assert "安全管理员" in capsys.readouterr().out


@pytest.mark.parametrize("words", [("reset", "nobody"), ("disable", "nobody", "--reason", "x"), ("create", "a b")])
def test_the_command_says_what_is_wrong(db: None, words: tuple[str, ...]) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("account", *words)
    assert caught.value.returncode == 2 and re.search("没有账号|登录名要有", str(caught.value))
