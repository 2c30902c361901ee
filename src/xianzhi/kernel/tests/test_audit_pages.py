"""The audit: for the auditor alone; the ledger is verified by the worker; filters say what they cannot read."""

import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from xianzhi.kernel import clock, posts
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Announcement, Checkpoint, Post
from xianzhi.kernel.pages.audit import A_PAGE, Wanted, events_for, last_check
from xianzhi.kernel.tasks import verify_ledger
from xianzhi.kernel.tests import sample as the_sample

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client: Client, people) -> Client:
    client.force_login(people.audit)
    return client


def page_of(client: Client, **asked: str) -> str:
    answer = client.get(reverse("audit"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("name", ["audit", "audit-verify", "audit-checkpoints"])
def test_only_the_auditor(client: Client, people, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302
    for other in ("clerk", "security", "system", "applicant"):
        client.force_login(people.accounts[other])
        assert client.get(reverse(name)).status_code == 403, other


def test_an_empty_ledger_says_so(auditor: Client) -> None:
    page = page_of(auditor)
    assert "还没有校验过" in page and "还没有办理记录" in page and "还没有检查点" in page


def test_events_and_pending_are_shown(auditor: Client, people) -> None:
    case = the_sample.draft(people)
    page = page_of(auditor)
    assert case.number in page and "起草" in page and "<b>1</b> 条待入账" in page
    log.append_all()
    page = page_of(auditor)
    assert "<b>1</b> 条已入账" in page and Checkpoint.objects.first().root[:4] in page


def test_changes_of_posts_are_shown(auditor: Client, people) -> None:
    posts.relieve(Post.objects.get(account=people.clerk), until=clock.today(), by=people.security, reason="示例调离")
    assert "示例调离" in page_of(auditor)


def test_events_by_day_procedure_and_account(people) -> None:
    with clock.at(date(2025, 3, 1)):
        early = the_sample.draft(people)
    with clock.at(date(2025, 4, 1)):
        late = the_sample.draft(people)

    def found(**asked) -> set[int]:
        return {event.case_id for event in events_for(Wanted(**asked))}

    assert found() == {early.pk, late.pk}
    assert found(since=date(2025, 3, 2)) == {late.pk}
    assert found(until=date(2025, 3, 1)) == {early.pk}
    assert found(account="sample-clerk") == set() and found(account="sample-applicant") == {early.pk, late.pk}
    assert found(procedure=early.procedure_name) == {early.pk, late.pk}


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"since": "2025-02-30"}, "不是日期：2025-02-30"),
        ({"since": "2025-03-02", "until": "2025-03-01"}, "起日在止日之后"),
        ({"procedure": "nothing"}, "没有办理流程 nothing"),
        ({"account": "missing"}, "没有账号“missing”"),
    ],
)
def test_a_filter_that_cannot_be_read_is_said(auditor: Client, asked: dict, says: str) -> None:
    assert says in page_of(auditor, **asked)


def test_pages_go_on_where_the_last_one_ended(auditor: Client, people) -> None:
    numbers = [the_sample.draft(people).number for _ in range(A_PAGE + 1)]
    first = page_of(auditor)
    assert numbers[-1] in first and numbers[0] not in first and "下一页" in first
    last = events_for(Wanted())[A_PAGE - 1].pk
    assert numbers[0] in page_of(auditor, before=str(last))
    page_of(auditor, before="9" * 40)


def test_verifying_is_asked_once_and_its_result_is_shown(auditor: Client, people) -> None:
    the_sample.draft(people)
    for _ in range(2):
        assert auditor.post(reverse("audit-verify")).url == reverse("audit")
    row = DBTaskResult.objects.get(task_path=verify_ledger.module_path)
    assert last_check().running and "排队中" in page_of(auditor)
    row.status, row.return_value = "SUCCESSFUL", verify_ledger.call()
    row.save()
    assert last_check().is_ == "done" and "相符" in page_of(auditor)


def test_what_does_not_agree_is_listed(auditor: Client) -> None:
    auditor.post(reverse("audit-verify"))
    finding = {"what": "摘要不符", "where": "示许〔2025〕0001 第 2 条", "remedy": "从备份恢复"}
    value = {"at": "2025-04-16T09:00:00+08:00", "size": 9, "root": "ab" * 32, "count": 1, "findings": [finding]}
    DBTaskResult.objects.update(status="SUCCESSFUL", return_value=value)
    page = page_of(auditor)
    assert "不符 1 处" in page and "示许〔2025〕0001 第 2 条" in page and "从备份恢复" in page


def test_a_verification_that_failed_does_not_count_as_sound(auditor: Client) -> None:
    auditor.post(reverse("audit-verify"))
    DBTaskResult.objects.update(status="FAILED")
    assert "没有校验完" in page_of(auditor)


def test_a_verification_whose_worker_was_killed_may_be_asked_anew(auditor: Client) -> None:
    auditor.post(reverse("audit-verify"))
    DBTaskResult.objects.update(status="RUNNING", started_at=clock.now() - timedelta(minutes=50))
    assert "正在校验" in page_of(auditor)
    DBTaskResult.objects.update(started_at=clock.now() - timedelta(minutes=70))
    assert "没有校验完" in page_of(auditor)
    auditor.post(reverse("audit-verify"))
    assert DBTaskResult.objects.count() == 2


def test_checkpoints_are_a_file(auditor: Client, people) -> None:
    the_sample.draft(people)
    log.append_all()
    answer = auditor.get(reverse("audit-checkpoints"))
    assert "attachment" in answer["Content-Disposition"]
    assert [(row["size"], row["root"]) for row in json.loads(answer.content)] == [(1, log.root())]


# ---- announcements


def test_announcements_are_public_from_their_day(client: Client, people) -> None:
    def announce(title: str, since: date, until: date | None = None) -> Announcement:
        unit = people.units["approval"]
        return Announcement.objects.create(
            title=title, body="示例\n内容", unit=unit, provision="sample-1-1", since=since, until=until
        )

    today = clock.today()
    now, over = announce("今日公告", today), announce("旧公告", date(2024, 1, 1), date(2024, 2, 1))
    later = announce("将来公告", date(today.year + 1, 1, 1))
    page = client.get(reverse("announcements")).content.decode()
    assert now.title in page and over.title in page and "已截止" in page and later.title not in page
    assert "内容" in client.get(reverse("announcement", args=[now.pk])).content.decode()
    assert client.get(reverse("announcement", args=[later.pk])).status_code == 404
    assert client.get(reverse("announcements"), {"page": "x"}).status_code == 200
