"""Opening masked values, the auditor's record, and a person's rights, through the pages and the command."""

import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.access import sessions
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import Account, Case, CaseKey, Look, Subject
from xianzhi.kernel.personal import opening, rights, values
from xianzhi.kernel.personal.sealed import opened
from xianzhi.kernel.search import matching
from xianzhi.kernel.tests.personal_sample import CODE, PHONE, Told, everything, tell
from xianzhi.kernel.tests.sample import People

pytestmark = pytest.mark.django_db
OWN_PHONE, ADDRESS = "13900002222", "示例村一组十二号院"
REASON = "约定现场核对时间"


@pytest.fixture(autouse=True)
def _prepared(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.KEYS = tmp_path / "keys" / "personal.json"
    values.forget()
    registry.procedures[Told.name] = Told
    yield
    del registry.procedures[Told.name]


@pytest.fixture
def person() -> Subject:
    return Subject.objects.create(kind=Subject.PERSON, name="示例甲某", code=CODE, phone=OWN_PHONE, address=ADDRESS)


@pytest.fixture
def case(people: People, person: Subject) -> Case:
    return tell(people, subject=person)


def as_(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def ask(account: Account, case: Case, **sent: Any) -> Any:
    return as_(account).post(reverse("personal-open", args=[case.pk]), {"purpose": "contact", "reason": REASON, **sent})


@pytest.mark.proves("house-4-1")
def test_a_value_is_shown_once_with_a_reason_and_the_look_is_kept(people: People, case: Case) -> None:
    answer = ask(people.clerk, case, item=["subject.phone", "event.1.people.0.code"])
    page = answer.content.decode()
    assert OWN_PHONE in page and CODE in page and PHONE not in page
    assert "no-store" in answer["Cache-Control"]
    look = Look.objects.get()
    assert (look.account, look.case, look.subject, look.count) == (people.clerk, case, case.subject, 2)
    assert look.post == "approval.clerk" and look.purpose == "contact" and look.reason == REASON
    assert "示例甲某 电话" in look.what and "第1行号码" in look.what
    again = as_(people.clerk).get(reverse("personal-open", args=[case.pk])).content.decode()
    assert OWN_PHONE not in again and "139****2222" in again
    assert verify() == []


@pytest.mark.proves("house-4-1")
@pytest.mark.parametrize(
    "sent",
    [{"reason": ""}, {"reason": "看看"}, {"purpose": ""}, {"purpose": "no"}, {"item": []}, {"item": ["subject.name"]}],
)
def test_without_a_reason_nothing_is_shown(people: People, case: Case, sent: dict[str, Any]) -> None:
    answer = ask(people.clerk, case, **{"item": ["subject.phone"], **sent})
    assert answer.status_code == 422 and "没有" in answer.content.decode()
    assert OWN_PHONE not in answer.content.decode() and not Look.objects.exists()


@pytest.mark.proves("house-4-1")
def test_a_post_without_need_is_refused(people: People, case: Case) -> None:
    for name, status in (("reviewer", 403), ("audit", 403), ("security", 404), ("nobody", 404), ("applicant", 404)):
        answer = ask(people.accounts[name], case, item="subject.phone")
        assert answer.status_code == status, name
        assert OWN_PHONE not in answer.content.decode()
    assert not Look.objects.exists()


def test_nobody_opens_what_a_procedure_does_not_declare(people: People, case: Case, monkeypatch: Any) -> None:
    monkeypatch.setattr(Told, "opens", ())
    assert opening.post_for(people.clerk, case) is None
    assert ask(people.clerk, case, item="subject.phone").status_code == 403


def test_opens_names_posts_that_exist() -> None:
    functions = {post.split(".")[0] for one in registry.procedures.values() for post in one.posts()}
    posts = {post for one in registry.procedures.values() for post in one.posts()}
    for procedure in registry.procedures.values():
        for name in procedure.opens:
            assert name in posts or name in functions, f"{procedure.name} opens to {name}, which nobody holds"


def test_every_list_and_page_is_masked(people: People, case: Case) -> None:
    people.clerk.posts.update(since=clock.today() - timedelta(days=9))
    addresses = [
        reverse("case", args=[case.pk]), reverse("cases"), reverse("work"), reverse("personal-open", args=[case.pk]),
        f"{reverse('search')}?q=示例甲某",
    ]  # fmt: skip
    for account in (people.clerk, people.audit):
        for address in addresses:
            page = as_(account).get(address).content.decode()
            for plain in (CODE, PHONE, OWN_PHONE, ADDRESS, "李四四"):
                assert plain not in page, (address, plain)
    assert "140***********0010" in as_(people.clerk).get(reverse("case", args=[case.pk])).content.decode()


def test_the_database_holds_no_number_after_all_of_it(people: People, case: Case) -> None:
    ask(people.clerk, case, item=["subject.phone", "subject.code"], reason=f"电话 {OWN_PHONE} 打不通，核对")
    security = as_(people.security)
    security.post(reverse("persons"), {"code": CODE, "reason": "本人申请〔2025〕1号"})
    security.post(reverse("person", args=[case.subject_id]), {"phone": "13900003333", "reason": "本人申请〔2025〕1号"})
    held = everything()
    for plain in (CODE, PHONE, OWN_PHONE, ADDRESS, "13900003333", "李四四"):
        assert plain not in held, plain
    assert opened(Subject.objects.get(pk=case.subject_id).phone) == "13900003333"


def test_the_auditor_sees_looks_by_official_and_person_and_days_with_many(people: People, case: Case) -> None:
    for _ in range(7):
        ask(people.clerk, case, item=["subject.phone", "subject.code", "subject.address"])
    page = as_(people.audit).get(reverse("looks")).content.decode()
    assert "偏多" in page and "示例甲某" in page and case.number in page and OWN_PHONE not in page
    none = as_(people.audit).get(f"{reverse('looks')}?account=sample-reviewer").content.decode()
    assert "这样筛选没有记录" in none
    assert REASON in as_(people.audit).get(f"{reverse('looks')}?person={case.subject_id}&kind=look").content.decode()
    wrong = as_(people.audit).get(f"{reverse('looks')}?since=x&until=9999-12-31&person=abc&before=99999999999999999999")
    assert wrong.status_code == 200 and "不是日期" in wrong.content.decode()
    assert as_(people.clerk).get(reverse("looks")).status_code == 403


# ---- a person's rights


@pytest.mark.proves("house-4-2")
def test_a_person_gets_a_copy_of_everything(people: People, case: Case) -> None:
    security = as_(people.security)
    address = reverse("person", args=[case.subject_id])
    assert security.get(address).url == reverse("persons")  # not asked for with a reason
    assert security.post(reverse("persons"), {"code": CODE, "reason": ""}).status_code == 422
    assert security.post(reverse("persons"), {"code": CODE[:-1] + "1", "reason": REASON}).status_code == 422
    found = security.post(reverse("persons"), {"code": CODE, "reason": REASON})
    assert found.url == address and CODE not in found.url
    page = security.get(address).content.decode()
    assert case.number in page and "140***********0010" in page and CODE not in page and OWN_PHONE not in page
    assert security.post(reverse("person-file", args=[case.subject_id]), {"reason": ""}).status_code == 422
    copy = security.post(reverse("person-file", args=[case.subject_id]), {"reason": REASON})
    data = json.loads(copy.content)
    assert data["办事主体"]["证件号码"] == CODE and data["办事主体"]["电话"] == OWN_PHONE
    assert data["办件"][0]["办理记录"][0]["个人信息"]["联系方式"] == f"张三 {PHONE}"
    assert list(Look.objects.values_list("kind", flat=True)) == [Look.Kind.EXPORT, Look.Kind.SHOW]
    assert as_(people.clerk).post(reverse("persons"), {"code": CODE, "reason": REASON}).status_code == 403


@pytest.mark.proves("house-4-2")
def test_an_open_case_or_a_time_not_over_speaks_against_erasure(people: People, case: Case) -> None:
    assert rights.reasons_against(case.subject) == [f"还有没办结的办件：{case.number}；办结后再申请"]
    door.take_step(case, Told.close, by=people.clerk)
    assert "保存期限到" in rights.reasons_against(case.subject)[0]
    with pytest.raises(rights.NotAllowed, match="保存期限"):
        rights.erase(case.subject, by=people.security, reason=REASON)
    assert not Look.objects.exists() and str(Subject.objects.get(pk=case.subject_id).phone) == "139****2222"
    organisation = people.applicant.subject
    assert "依法公开" in rights.reasons_against(organisation)[0]


@pytest.mark.proves("house-4-2")
def test_erasing_leaves_a_ledger_that_verifies_and_values_that_nobody_opens(people: People, case: Case) -> None:
    other = tell(people)
    own = Account.objects.create(username="jia", name="示例甲某", password="!", subject=case.subject)
    door.take_step(case, Told.close, by=people.clerk)
    before = {event.pk: event.hash for event in case.events.all()}
    with clock.at(clock.now() + timedelta(days=6 * 366)):
        assert rights.reasons_against(case.subject) == []
        look = rights.erase(case.subject, by=people.security, reason=REASON)
    assert look.kind == Look.Kind.ERASE and look.subject == case.subject
    assert {event.pk: event.hash for event in case.events.all()} == before
    assert verify() == []
    shown = values.shown_data(Told.tell, case.events.first().data)
    assert shown["contact"] == "（已删除）" and shown["people"][0]["code"] == "（已删除）"
    erased = Subject.objects.get(pk=case.subject_id)
    assert (erased.name, erased.code, erased.phone, erased.shown_code) == ("已删除", "", "", "")
    assert not Subject.objects.filter(code=CODE).exists()
    assert not CaseKey.objects.get(case=case).sealed
    own.refresh_from_db()
    assert not own.is_active and own.name == "已删除"
    assert not matching(Case.objects.all(), "示例甲某").exists()
    assert "示例甲某" not in everything()
    assert values.shown_data(Told.tell, other.events.get().data)["contact"] == "张三 138****1111"  # another's stays
    assert rights.reasons_against(erased) == ["已经删除"]
    page = as_(people.clerk).get(reverse("case", args=[case.pk]))
    assert page.status_code == 200 and "（已删除）" in page.content.decode()
    Subject.objects.create(kind=Subject.PERSON, name="示例甲某", code=CODE)  # and may come again


def test_the_security_administrator_erases_with_confirmation(people: People, case: Case, monkeypatch: Any) -> None:
    door.take_step(case, Told.close, by=people.clerk)
    with clock.at(clock.now() + timedelta(days=6 * 366)):
        security = as_(people.security)
        security.post(reverse("persons"), {"code": CODE, "reason": REASON})
        address = reverse("person-erase", args=[case.subject_id])
        monkeypatch.setattr(sessions, "proved", lambda request: False)
        assert security.post(address, {"reason": REASON, "sure": "yes"}).url.startswith(reverse("prove"))
        assert not Subject.objects.get(pk=case.subject_id).erased_at
        monkeypatch.setattr(sessions, "proved", lambda request: True)
        for sent, word in (({"reason": REASON}, "确认"), ({"sure": "yes", "reason": ""}, "理由")):
            refused = security.post(address, sent)
            assert refused.status_code == 422 and word in refused.content.decode()
        assert not Subject.objects.get(pk=case.subject_id).erased_at
        assert security.post(address, {"reason": REASON, "sure": "yes"}).status_code == 302
        assert "示例甲某" not in security.get(reverse("person", args=[case.subject_id])).content.decode()
    assert Subject.objects.get(pk=case.subject_id).erased_at
    assert Look.objects.filter(kind=Look.Kind.ERASE).get().account == people.security


def run(*args: str) -> str:
    out = StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def test_the_command_lists_masked_and_writes_a_recorded_copy(people: People, case: Case, tmp_path: Path) -> None:
    text = run("personal", "show", CODE)
    assert case.number in text and CODE not in text and OWN_PHONE not in text
    file = tmp_path / "copy.json"
    run("personal", "show", CODE, "--out", str(file), "--reason", REASON)
    assert json.loads(file.read_text())["办事主体"]["证件号码"] == CODE and file.stat().st_mode & 0o077 == 0
    assert Look.objects.get(kind=Look.Kind.EXPORT).account is None
    for args, word in (
        (("show", "140826199003070011"), "没有这个证件号码"), (("show", CODE, "--out", str(file)), "理由"),
        (("show", CODE, "--out", str(tmp_path / "no" / "copy.json"), "--reason", REASON), "写不了"),
        (("erase", CODE, "--reason", REASON), "没办结"),
    ):  # fmt: skip
        with pytest.raises(CommandError, match=word):
            run("personal", *args)
