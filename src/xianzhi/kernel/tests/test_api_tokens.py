"""Tokens: shown once, kept as digests, no wider than their owner, ended by him or by security."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock
from xianzhi.kernel.access import sessions
from xianzhi.kernel.api import scopes, tokens
from xianzhi.kernel.models import Account, ApiToken
from xianzhi.kernel.tests.api import program
from xianzhi.kernel.tests.sample import People


def later(days: int = 30):
    return clock.today() + timedelta(days=days)


def faults(owner: Account, **changed) -> str:
    given = {"name": "取数", "wanted": ["read:cases"], "expires_on": later(), **changed}
    with pytest.raises(ValidationError) as refused:
        tokens.make(owner, **given)
    return "；".join(refused.value.messages)


def test_a_token_is_not_to_be_had_from_what_is_kept(people: People) -> None:
    made, text = tokens.make(people.clerk, name="取数", wanted=["read:cases"], expires_on=later())
    kept = str(ApiToken.objects.filter(pk=made.pk).values().get())
    assert text.startswith(f"xz_{made.prefix}_") and len(text.split("_", 2)[2]) >= 43
    assert text.split("_", 2)[2] not in kept and len(made.digest) == 64
    assert tokens.found(text) == made


def test_a_former_key_of_the_installation_still_counts(people: People, settings) -> None:
    made, text = tokens.make(people.clerk, name="取数", wanted=["read:cases"], expires_on=later())
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert tokens.found(text) == made
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(tokens.BadToken):
        tokens.found(text)


def test_a_token_needs_a_name_an_end_and_a_scope(people: People) -> None:
    assert "名称" in faults(people.clerk, name=" ")
    assert "名称太长" in faults(people.clerk, name="长" * 61)
    assert "不能显示" in faults(people.clerk, name="a\x00b")
    assert "到期日期" in faults(people.clerk, expires_on=None)
    assert "今天之后" in faults(people.clerk, expires_on=clock.today())
    assert "最晚" in faults(people.clerk, expires_on=later(400))
    assert "没有选范围" in faults(people.clerk, wanted=[])


def test_a_scope_is_no_wider_than_the_posts_of_its_owner(people: People) -> None:
    assert "超出您的岗位" in faults(people.clerk, wanted=["take:sample.permit.approve"])
    assert "超出您的岗位" in faults(people.applicant, wanted=["read:units"])
    assert "没有范围" in faults(people.clerk, wanted=["take:none.*"])
    assert "没有范围" in faults(people.clerk, wanted=["read:none"])
    assert "没有范围" in faults(people.clerk, wanted=["*"])
    tokens.make(people.clerk, name="办理", wanted=["take:sample.permit.accept", "take:sample.*"], expires_on=later())
    tokens.make(people.applicant, name="申请", wanted=["take:sample.permit.submit"], expires_on=later())


@pytest.mark.parametrize("duty", ["system", "security", "audit"])
def test_the_three_duties_take_no_steps_through_tokens_either(people: People, duty: str) -> None:
    assert not [one for one in scopes.offered(people.accounts[duty]) if one.name.startswith("take:")]
    assert "超出您的岗位" in faults(people.accounts[duty], wanted=["take:sample.permit.accept"])


@pytest.mark.parametrize(
    ("held", "wanted", "covered"),
    [
        ("read:cases", "read:cases", True), ("read:cases", "read:case", False),
        ("take:sample.*", "take:sample.permit.accept", True), ("take:sample.permit.*", "take:sample.permit2.a", False),
        ("take:sample.*", "take:samples.permit.accept", False),
        ("take:sample.permit.a", "take:sample.permit.ab", False),
    ],
)  # fmt: skip
def test_what_a_scope_covers(held: str, wanted: str, covered: bool) -> None:
    assert scopes.covers([held], wanted) is covered


def test_whoever_revokes_is_the_owner_or_security(people: People) -> None:
    asked = program(people.clerk, "read:cases")
    with pytest.raises(ValidationError):
        tokens.revoke(asked.token, by=people.reviewer)
    tokens.revoke(asked.token, by=people.security)
    assert (asked.token.revoked_by, bool(asked.token.revoked_at)) == (people.security, True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiToken.objects.filter(pk=asked.token.pk).update(revoked_by=None)


def test_the_last_use_is_kept_to_the_minute(people: People) -> None:
    asked, now = program(people.clerk, "read:cases"), clock.now()
    for seconds, kept in ((0, 0), (30, 0), (90, 90)):
        with clock.at(now + timedelta(seconds=seconds)):
            asked.get("/cases")
        asked.token.refresh_from_db()
        assert asked.token.last_used_at == now + timedelta(seconds=kept)


# ---- the page


def signed_in(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.fixture
def just_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "proved", lambda request: True)


def test_a_new_token_is_shown_once(people: People, just_proved: None) -> None:
    client = signed_in(people.clerk)
    sent = {"name": "每日取数", "expires_on": later().isoformat(), "scope": ["read:cases", "take:sample.permit.accept"]}
    made = client.post(reverse("tokens"), sent)
    text = f"xz_{ApiToken.objects.get().prefix}_"
    shown = made.content.decode()
    secret = shown.split(f'<code class="long" lang="en">{text}')[1].split("<")[0]
    assert tokens.found(text + secret).owner == people.clerk
    assert made.headers["Cache-Control"] == "no-store"
    assert secret not in client.get(reverse("tokens")).content.decode()


def test_making_a_token_asks_who_one_is(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "proved", lambda request: False)
    sent = {"name": "取数", "expires_on": later().isoformat(), "scope": ["read:cases"]}
    answer = signed_in(people.clerk).post(reverse("tokens"), sent)
    assert answer.status_code == 302 and answer.url.startswith(reverse("prove"))
    assert not ApiToken.objects.exists()


def test_what_is_wrong_is_said_and_what_was_entered_stays(people: People, just_proved: None) -> None:
    sent = {"name": "取数", "expires_on": "2025-13-01", "scope": ["read:cases"]}
    answer = signed_in(people.clerk).post(reverse("tokens"), sent)
    shown = answer.content.decode()
    assert answer.status_code == 422 and "不是日期" in shown and 'value="取数"' in shown
    assert 'value="read:cases" checked' in shown
    assert not ApiToken.objects.exists()


def test_everybody_sees_his_own_and_security_all(people: People) -> None:
    asked = program(people.clerk, "read:cases")
    assert asked.token.prefix not in signed_in(people.reviewer).get(reverse("tokens")).content.decode()
    assert signed_in(people.reviewer).post(reverse("token-revoke", args=[asked.token.pk])).status_code == 404
    security = signed_in(people.security)
    assert asked.token.prefix in security.get(reverse("tokens")).content.decode()
    security.post(reverse("token-revoke", args=[asked.token.pk]))
    asked.fail(401, "get", "/cases")
