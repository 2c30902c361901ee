"""Units and posts: officials read them; whoever answers for security gives and ends posts, and each change is kept."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock, posts, scope
from xianzhi.kernel.models import Obligation, Post, PostChange
from xianzhi.kernel.pages.units import lights_of, tree
from xianzhi.kernel.tests import sample as the_sample

pytestmark = pytest.mark.django_db
GIVE = {
    "account": "sample-nobody",
    "post": "approval.clerk",
    "since": "2024-06-01",
    "until": "",
    "reason": "示例任〔2024〕1号",
}


def give(client: Client, **change: str):
    return client.post(reverse("appoint", args=["sample-approval"]), {**GIVE, **change})


def test_officials_read_and_others_do_not(client: Client, people) -> None:
    for name, status in {"clerk": 200, "security": 200, "audit": 200, "applicant": 403, "nobody": 403}.items():
        client.force_login(people.accounts[name])
        assert client.get(reverse("units")).status_code == status, name
        assert client.get(reverse("unit", args=["sample-approval"])).status_code == status, name
    client.logout()
    assert client.get(reverse("units")).status_code == 302


def test_the_tree_goes_down_from_those_above(people) -> None:
    people.units["finance"].parent = people.units["approval"]
    people.units["finance"].save()
    lines = [(line.unit.code, line.depth) for line in tree()]
    assert lines.index(("sample-finance", 1)) == lines.index(("sample-approval", 0)) + 1


def test_an_unknown_unit_is_not_found(client: Client, people) -> None:
    client.force_login(people.clerk)
    assert client.get(reverse("unit", args=["nothing"])).status_code == 404


def test_security_gives_a_post_and_it_is_kept_by_whom_and_why(client: Client, people) -> None:
    client.force_login(people.security)
    assert give(client).status_code == 302
    assert [post.key for post in scope.posts_of(people.fresh("nobody"))] == ["approval.clerk"]
    change = PostChange.objects.get()
    assert (change.change, change.by, change.reason, change.on) == (
        "given", people.security, "示例任〔2024〕1号", date(2024, 6, 1),
    )  # fmt: skip
    assert "示例任" not in client.get(reverse("unit", args=["sample-approval"])).content.decode()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"account": "missing"}, "没有账号“missing”"),
        ({"account": "sample-audit"}, "不得兼任业务岗位"),
        ({"account": "sample-clerk"}, "已任这个岗位"),
        ({"post": "finance.cashier"}, "本单位没有这个岗位"),
        ({"post": ""}, "没有选岗位"),
        ({"since": "去年"}, "起始日期不是日期"),
        ({"since": "2020-01-01"}, "没有这个岗位所属的职能"),
        ({"until": "2024-06-01"}, "截止日期应在起始日期之后"),
        ({"reason": " "}, "没有写事由"),
        ({"reason": "长" * 201}, "事由太长，最多200个字"),
    ],
)
def test_what_cannot_be_given_is_said_and_nothing_changes(client: Client, people, change: dict, says: str) -> None:
    client.force_login(people.security)
    before = Post.objects.count()
    answer = give(client, **change)
    page = answer.content.decode()
    assert answer.status_code == 422 and says in page
    if "reason" not in change:
        assert "示例任〔2024〕1号" in page, "what was entered is kept"
    assert Post.objects.count() == before and not PostChange.objects.exists()


def test_nobody_else_gives_or_ends(client: Client, people) -> None:
    post = Post.objects.get(account=people.clerk)
    for name in ("clerk", "audit", "system", "applicant"):
        client.force_login(people.accounts[name])
        assert give(client).status_code == 403, name
        assert (
            client.post(reverse("relieve", args=[post.pk]), {"until": "2030-01-01", "reason": "x"}).status_code == 403
        )
    post.refresh_from_db()
    assert post.until is None and not PostChange.objects.exists()


def test_a_post_that_ends_is_gone_from_that_day(client: Client, people) -> None:
    post = Post.objects.get(account=people.clerk)
    client.force_login(people.security)
    today = clock.today()
    client.post(reverse("relieve", args=[post.pk]), {"until": today.isoformat(), "reason": "调离"})
    assert scope.posts_of(people.fresh("clerk")) == ()
    assert PostChange.objects.get().change == "ended"
    with clock.at(today - timedelta(days=1)):
        assert [one.key for one in scope.posts_of(people.fresh("clerk"))] == ["approval.clerk"], "held until then"


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"until": "x", "reason": "调离"}, "终止日期不是日期"),
        ({"until": "2030-01-01", "reason": ""}, "没有写事由"),
        ({"until": "2030-01-01", "reason": "长" * 201}, "事由太长，最多200个字"),
        ({"until": "2025-01-01", "reason": "调离"}, "不能早于今天"),
    ],
)
def test_a_post_that_cannot_end_so(client: Client, people, sent: dict, says: str) -> None:
    post = Post.objects.get(account=people.clerk)
    client.force_login(people.security)
    answer = client.post(reverse("relieve", args=[post.pk]), sent)
    assert answer.status_code == 422 and says in answer.content.decode()
    post.refresh_from_db()
    assert post.until is None


def test_a_post_cannot_end_twice(people) -> None:
    post = Post.objects.get(account=people.clerk)
    posts.relieve(post, until=clock.today(), reason="调离")
    with pytest.raises(ValidationError, match="已于"):
        posts.relieve(post, until=clock.today() + timedelta(days=9), reason="再调离")


def test_a_change_of_posts_is_never_changed_or_deleted(people) -> None:
    posts.relieve(Post.objects.get(account=people.clerk), until=clock.today(), reason="调离")
    with pytest.raises(DatabaseError), transaction.atomic():
        PostChange.objects.update(reason="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        PostChange.objects.all().delete()


def test_the_counts_of_a_unit_are_those_that_the_viewer_sees(people) -> None:
    the_sample.draft(people)
    the_sample.draft(people, division=the_sample.OTHER_TOWN)
    unit = people.units["approval"]

    def total(name: str) -> int:
        return sum(count for _is, _word, count in lights_of(unit, people.fresh(name)))

    assert (total("clerk"), total("warden"), total("security")) == (2, 1, 0)


def test_a_task_of_a_case_is_shown_with_the_case_only(client: Client, people, sample) -> None:
    case = the_sample.draft(people, division=the_sample.OTHER_TOWN)
    unit = people.units["approval"]
    Obligation.objects.create(provision="sample-1-1", unit=unit, what="明处的任务")
    Obligation.objects.create(provision="sample-1-1", unit=unit, what="隐去的任务", case=case)
    for name, shown in {"clerk": True, "warden": False}.items():
        client.force_login(people.accounts[name])
        page = client.get(reverse("unit", args=[unit.code])).content.decode()
        assert "明处的任务" in page and ("隐去的任务" in page) is shown, name
