"""Steps through the API: the door's own answers, with every reason; repeats without harm; files either way."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from xianzhi.kernel import clock, door
from xianzhi.kernel.api import openings
from xianzhi.kernel.api.openings import Asked, opens
from xianzhi.kernel.materials import ORPHAN_AFTER
from xianzhi.kernel.models import Case, IncomingFile, TokenUse
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tests.api import Program, program
from xianzhi.kernel.tests.sample import People, Permit
from xianzhi.law.fields import choice

PDF = b"%PDF-1.4 sample"


@pytest.fixture
def owner(people: People) -> Program:
    return program(people.applicant, "read:cases", "write:materials", "take:sample.permit.*")


@pytest.fixture
def draft(people: People) -> Case:
    return sample.draft(people)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path


def test_a_step_is_taken_in_the_name_of_the_account_and_noted_as_through_the_token(owner: Program, draft: Case) -> None:
    taken = owner.post(f"/cases/{draft.number}/steps/submit")
    assert taken["case"]["state"] == "submitted"
    assert (
        taken["event"] | {"step": "submit", "by": "applicant", "post": "applicant", "through_token": True}
        == taken["event"]
    )
    use = TokenUse.objects.get()
    assert (use.token, use.event.step_name) == (owner.token, "submit")
    assert "token" not in use.event.data
    page = owner.get(f"/cases/{draft.pk}")
    assert [event["through_token"] for event in page["events"]] == [False, True]


def test_a_use_of_a_token_cannot_be_changed(owner: Program, draft: Case) -> None:
    owner.post(f"/cases/{draft.pk}/steps/submit")
    for change in (lambda: TokenUse.objects.update(at=clock.now()), lambda: TokenUse.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_repeat_under_one_key_is_taken_once(owner: Program, draft: Case) -> None:
    first = owner.post(f"/cases/{draft.pk}/steps/submit", key="k-1")
    again = owner.post(f"/cases/{draft.pk}/steps/submit", key='"k-1"')
    assert first["event"] == again["event"]
    assert TokenUse.objects.count() == 1
    other = owner.fail(409, "post", f"/cases/{draft.pk}/steps/withdraw", {"data": {"why": "x"}},
                       headers={"Idempotency-Key": "k-1"})  # fmt: skip
    assert "提交编号" in other["detail"]


@pytest.mark.parametrize("key", ["x" * 61, "a b", "键"])
def test_a_key_that_cannot_be_kept_is_refused(owner: Program, draft: Case, key: str) -> None:
    said = {"Idempotency-Key": key.encode("utf-8").decode("latin-1")}
    owner.fail(422, "post", f"/cases/{draft.pk}/steps/submit", {}, headers=said)


def test_a_refusal_names_every_reason(people: People, owner: Program) -> None:
    made = sample.draft(people, documents=1)
    found = owner.fail(409, "post", f"/cases/{made.pk}/steps/submit", {})
    error = found["errors"][0]
    assert error["text"] == "文件份数" and error["cure"] == "请补齐文件"
    assert error["cites"]["id"] == "sample-1-1" and error["cites"]["printed"].startswith("《示例办法》")
    assert error["cites"]["url"] == "/law/sample/sample-1-1"
    assert error["used"] == {"份数": 1, "最少": 3}
    assert made.events.count() == 1


def test_bad_fields_are_422_and_point_to_themselves(people: People, owner: Program) -> None:
    made = sample.draft(people)
    found = owner.fail(422, "post", f"/cases/{made.pk}/steps/withdraw", {"data": {"why": "", "more": 1}})
    pointers = {error.get("pointer") for error in found["errors"]}
    assert {"/data/why", "/data/more"} <= pointers
    assert any("撤回申请书" in error["text"] for error in found["errors"]), "the missing paper is named at once"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 409), ("{", 400), ("[]", 400), ("null", 400), ('"x"', 400), ('{"data": []}', 422), ('{"data": 1}', 422),
        ('{"unknown": 1}', 422), ('{"materials": 1}', 422), ('{"materials": [1]}', 422), ('{"data": {"a": NaN}}', 400),
        ('{"data": {"a": "\\u0000"}}', 400), ('{"data": {"a": "\\ud800"}}', 400), ("[" * 100_000, 400),
        ('{"data": {"a": ' + "9" * 5000 + "}}", 400),
    ],
)  # fmt: skip
def test_a_body_that_is_none_is_said_to_be_none(people: People, owner: Program, body: str, status: int) -> None:
    made = sample.draft(people, documents=1)
    owner.fail(status, "post", f"/cases/{made.pk}/steps/submit", body)


def test_another_kind_of_content_is_refused(owner: Program, draft: Case) -> None:
    owner.fail(415, "post", f"/cases/{draft.pk}/steps/submit", "x", content_type="text/plain")


def test_too_small_a_scope_is_named_but_only_of_what_one_may_see(people: People, draft: Case) -> None:
    asked = program(people.applicant, "take:sample.permit.withdraw")
    assert asked.fail(403, "post", f"/cases/{draft.pk}/steps/submit")["missing_scope"] == "take:sample.permit.submit"
    stranger = program(people.neighbour, "take:sample.permit.submit")
    stranger.fail(404, "post", f"/cases/{draft.pk}/steps/submit")
    asked.fail(404, "post", f"/cases/{draft.pk}/steps/none")
    asked.fail(404, "post", f"/cases/{draft.pk}/steps/prepare")
    asked.fail(404, "post", f"/cases/{draft.pk}/steps/lapse")


def test_a_scope_does_not_widen_what_the_posts_allow(people: People, draft: Case) -> None:
    asked = program(people.clerk, "take:sample.permit.*")
    door.take_step(draft, "submit", by=people.applicant)
    asked.post(f"/cases/{draft.pk}/steps/accept")
    found = asked.fail(409, "post", f"/cases/{draft.pk}/steps/review", {})
    assert "您没有这个岗位" in found["errors"][0]["text"]


def test_a_step_that_is_hard_to_undo_is_said_twice(people: People) -> None:
    made = sample.draft(people)
    for step, who in (("submit", "applicant"), ("accept", "clerk")):
        door.take_step(made, step, by=people.accounts[who])
    asked = program(people.approver, "take:sample.permit.*")
    sent: dict[str, Any] = {"data": {"why": "不符合"}}
    assert asked.fail(422, "post", f"/cases/{made.pk}/steps/refuse", sent)["errors"][0]["pointer"] == "/sure"
    asked.post(f"/cases/{made.pk}/steps/refuse", {**sent, "sure": True})


def test_a_file_goes_ahead_or_along(owner: Program, draft: Case) -> None:
    sent = owner.ask("post", "/materials", {"file": SimpleUploadedFile("方案.pdf", PDF)})
    assert sent.status_code == 201, sent.content
    ahead = sent.json()
    taken = owner.post(
        f"/cases/{draft.pk}/steps/submit", {"materials": [{"kind": "plan", "upload": ahead["id"]}]}, key="m-1"
    )
    assert taken["event"]["materials"] == [{"kind": "plan", "name": "方案.pdf", "sm3": ahead["sm3"]}]
    again = owner.post(
        f"/cases/{draft.pk}/steps/submit", {"materials": [{"kind": "plan", "upload": ahead["id"]}]}, key="m-1"
    )
    assert again["event"] == taken["event"]


def test_a_form_holds_the_body_in_its_part_data(owner: Program, draft: Case) -> None:
    sent = {"data": '{"data": {"why": "改址"}}', "m-letter": SimpleUploadedFile("撤回.pdf", PDF)}
    along = owner.ask("post", f"/cases/{draft.pk}/steps/withdraw", sent)
    assert along.status_code == 200, along.content.decode()
    pk = owner.get(f"/cases/{draft.pk}")["materials"][0]["id"]
    program_answer = program(owner.token.owner, "read:materials").ask("get", f"/materials/{pk}")
    assert b"".join(program_answer.streaming_content) == PDF


def test_a_file_of_anothers_a_late_one_and_one_of_no_kind_are_refused(
    people: People, owner: Program, draft: Case
) -> None:
    other = program(people.neighbour, "write:materials")
    theirs = other.ask("post", "/materials", {"file": SimpleUploadedFile("方案.pdf", PDF)}).json()["id"]
    mine = owner.ask("post", "/materials", {"file": SimpleUploadedFile("方案.pdf", PDF)}).json()["id"]
    address = f"/cases/{draft.pk}/steps/submit"
    bad: tuple[dict[str, Any], ...] = (
        {"kind": "plan", "upload": theirs}, {"kind": "none", "upload": mine}, {"kind": "plan"},
        {"kind": ["plan"], "upload": mine}, {"kind": "plan", "upload": "x"}, {"kind": "plan", "upload": 5},
    )  # fmt: skip
    for one in bad:
        found = owner.fail(422, "post", address, {"materials": [one]})
        assert found["errors"][0]["pointer"].startswith("/materials/0")
    with clock.at(clock.now() + ORPHAN_AFTER + timedelta(minutes=1)):
        owner.fail(422, "post", address, {"materials": [{"kind": "plan", "upload": mine}]})
    owner.fail(422, "post", "/materials", {"file": SimpleUploadedFile("方案.pdf", b"no pdf")})
    owner.fail(422, "post", "/materials", {})
    owner.fail(422, "post", address, {"other": SimpleUploadedFile("方案.pdf", PDF)})


def test_no_more_files_wait_than_may(owner: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xianzhi.kernel.api.steps.MOST_WAITING", 1)
    owner.ask("post", "/materials", {"file": BytesIO(PDF)})
    owner.ask("post", "/materials", {"file": SimpleUploadedFile("方案.pdf", PDF)})
    owner.fail(409, "post", "/materials", {"file": SimpleUploadedFile("方案.pdf", PDF)})
    assert IncomingFile.objects.count() == 1


def test_a_session_takes_steps_only_with_the_mark_of_our_own_pages(people: People, draft: Case) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(people.applicant)
    address = f"/api/v1/cases/{draft.pk}/steps/submit"
    assert client.post(address, {}, content_type="application/json").status_code == 403
    assert draft.events.count() == 1
    client.get("/sign-in")
    client.get("/cases")
    mark = client.cookies["csrftoken"].value
    sent = client.post(address, {}, content_type="application/json", headers={"X-CSRFToken": mark})
    assert sent.status_code == 200, sent.content
    assert not TokenUse.objects.exists()


# ---- opening


@pytest.fixture
def opened(sample: type[Permit]):
    """The sample can be opened by programs while a test runs."""

    @opens(Permit.prepare, choice("place", "在哪", {sample_village(): "村"}))
    def prepare(asked: Asked) -> Case:
        return door.open_case(
            Permit, Permit.prepare, by=asked.by, title="示例许可", division=asked.about["place"],
            subject=asked.account.subject, data=asked.data, materials=asked.materials, key=asked.key,
        )  # fmt: skip

    yield
    del openings.openings[Permit.prepare]


def sample_village() -> str:
    return sample.VILLAGE


BODY = {"about": {"place": sample.VILLAGE}, "data": sample.OPENING}


def test_a_case_is_opened_once_under_one_key(owner: Program, opened: None) -> None:
    first = owner.post("/procedures/sample.permit/open", BODY, status=201, key="o-1")
    again = owner.post("/procedures/sample.permit/open", BODY, status=201, key="o-1")
    assert first == again
    assert Case.objects.count() == 1
    assert TokenUse.objects.get().event.step_name == "prepare"
    assert first["case"]["state"] == "draft"


def test_an_opening_names_all_that_is_wrong_at_once(owner: Program, opened: None) -> None:
    found = owner.fail(
        422, "post", "/procedures/sample.permit/open", {"about": {}, "data": {"area": "x", "deposit": 1.5}}
    )
    assert {error["pointer"] for error in found["errors"]} == {
        "/data/documents", "/data/area", "/data/deposit", "/about/place",
    }  # fmt: skip
    assert not Case.objects.exists()


def test_what_cannot_be_opened_is_not_there(owner: Program, db: None) -> None:
    assert "转入" in owner.fail(404, "post", "/procedures/sample.permit/open")["detail"]
    owner.fail(404, "post", "/procedures/none/open")


def test_opening_needs_a_token_and_its_scope(people: People, opened: None) -> None:
    assert (
        Client().post("/api/v1/procedures/sample.permit/open", {}, content_type="application/json").status_code == 401
    )
    asked = program(people.applicant, "read:cases")
    found = asked.fail(403, "post", "/procedures/sample.permit/open", BODY)
    assert found["missing_scope"] == "take:sample.permit.prepare"
