"""The API as a reader sees it: who is let in, what each sees, pages that hold while others write."""

from datetime import date, timedelta

import pytest
from django.test import Client

from xianzhi.kernel import clock, door
from xianzhi.kernel.api import tokens
from xianzhi.kernel.ledger import log
from xianzhi.kernel.models import Account, Case
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tests.api import Program, program
from xianzhi.kernel.tests.sample import People

READS = ("read:cases", "read:materials", "read:ledger", "read:map")


@pytest.fixture
def clerk(people: People) -> Program:
    return program(people.clerk, *READS, "read:work", "read:units")


@pytest.fixture
def case(people: People) -> Case:
    made = sample.draft(people)
    door.take_step(made, "submit", by=people.applicant)
    return made


def test_a_stranger_is_told_how_to_show_a_token(db: None) -> None:
    answer = Client().get("/api/v1/cases")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="xianzhi"'
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "Bearer" in answer.json()["detail"]


@pytest.mark.parametrize("said", ["Bearer", "Bearer x", "Bearer xz_abcdefgh_wrong", "Basic eDp5", "Bearer 令牌", "x"])
def test_a_token_that_is_none_is_refused_even_beside_a_session(people: People, said: str) -> None:
    client = Client()
    client.force_login(people.clerk)
    answer = client.get("/api/v1/me", headers={"Authorization": said.encode("utf-8").decode("latin-1")})
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]


def test_a_token_shows_who_it_stands_for(people: People, clerk: Program) -> None:
    me = clerk.get("/me")
    assert me["name"] == "clerk"
    assert [post["key"] for post in me["posts"]] == ["approval.clerk"]
    assert me["token"]["scopes"] == sorted([*READS, "read:work", "read:units"])


def test_an_expired_a_revoked_and_an_inactive_owners_token_open_nothing(people: People) -> None:
    asked = program(people.clerk, "read:cases")
    assert asked.get("/cases") is not None
    with clock.at(clock.now() + timedelta(days=200)):
        assert "到期" in asked.fail(401, "get", "/cases")["detail"]
    Account.objects.filter(pk=people.clerk.pk).update(is_active=False)
    assert "停用" in asked.fail(401, "get", "/cases")["detail"]
    Account.objects.filter(pk=people.clerk.pk).update(is_active=True)
    tokens.revoke(asked.token, by=people.clerk)
    assert "撤销" in asked.fail(401, "get", "/cases")["detail"]


def test_too_small_a_scope_is_named(people: People) -> None:
    asked = program(people.clerk, "read:work")
    found = asked.fail(403, "get", "/cases")
    assert found["missing_scope"] == "read:cases"
    assert 'scope="read:cases"' in asked.last.headers["WWW-Authenticate"]


def test_somebody_whom_the_view_does_not_admit_gets_403(people: People) -> None:
    asked = program(people.applicant, "read:cases")
    assert "使用" in asked.fail(403, "get", "/units")["detail"]


def test_a_case_out_of_scope_is_not_there(people: People, case: Case) -> None:
    for name in ("neighbour", "other_warden", "nobody"):
        asked = program(people.accounts[name], "read:cases")
        assert asked.get("/cases")["items"] == []
        assert asked.get("/events")["items"] == []
        asked.fail(404, "get", f"/cases/{case.pk}")
        asked.fail(404, "get", f"/cases/{case.number}")
        asked.fail(404, "get", f"/cases/{case.pk}/events/1")


def test_a_case_with_everything_that_the_page_shows(people: People, clerk: Program, case: Case) -> None:
    by_number, by_id = clerk.get(f"/cases/{case.number}"), clerk.get(f"/cases/{case.pk}")
    assert by_number == by_id
    assert by_id["state"] == "submitted"
    assert [event["step"] for event in by_id["events"]] == ["prepare", "submit"]
    accept = next(one for one in by_id["options"] if one["step"] == "accept")
    assert accept["possible"] and accept["cites"][0] == {
        "id": "sample-1-2", "printed": "《示例办法》第一条", "url": "/law/sample/sample-1-2"
    }  # fmt: skip
    assert [limit["step"] for limit in by_id["limits"]] == ["accept"]
    assert by_id["events"][0]["data"] == {"documents": 3, "area": "120.5", "deposit": "8000.00"}


def test_pages_hold_while_others_write(people: People, clerk: Program) -> None:
    first = [sample.draft(people, on=date(2025, 4, day)).number for day in range(1, 8)]
    seen, following = [], ""
    while following is not None:
        page = clerk.get("/cases", limit=2, **({"cursor": following} if following else {}))
        seen += [one["number"] for one in page["items"]]
        following = page["next"]
        sample.draft(people)  # newer than all of them
    assert [number for number in seen if number in first] == first[::-1]
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("cursor", ["x", "x:y:z", "null"])
def test_a_cursor_that_is_none_is_refused(clerk: Program, cursor: str) -> None:
    assert clerk.fail(422, "get", f"/cases?cursor={cursor}")["errors"][0]["pointer"] == "/cursor"


def test_a_cursor_is_of_no_use_elsewhere(people: People, clerk: Program) -> None:
    for _ in range(3):
        sample.draft(people)
    cursor = clerk.get("/cases", limit=1)["next"]
    clerk.fail(422, "get", f"/cases?limit=1&state=open&cursor={cursor}")
    clerk.fail(422, "get", f"/work?limit=1&cursor={cursor}")
    program(people.reviewer, "read:cases").fail(422, "get", f"/cases?limit=1&cursor={cursor}")


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1e3", "999999999999999999999"])
def test_a_page_has_its_bounds(clerk: Program, limit: str) -> None:
    found = clerk.fail(422, "get", f"/cases?limit={limit}")
    assert found["errors"][0]["pointer"] == "/limit"


def test_my_work_is_soonest_first_and_pages(people: People, clerk: Program) -> None:
    for day in (3, 1, 2):
        sample.advance(people, sample.draft(people, on=date(2025, 4, day)), "submit", on=date(2025, 4, day))
    days, following = [], ""
    while following is not None:
        page = clerk.get("/work", limit=1, **({"cursor": following} if following else {}))
        days += [one["case"]["opened_on"] for one in page["items"]]
        following = page["next"]
    assert days == ["2025-04-01", "2025-04-02", "2025-04-03"]


def test_what_has_not_changed_is_not_sent_again(clerk: Program, case: Case) -> None:
    clerk.get(f"/cases/{case.pk}")
    mark = clerk.last.headers["ETag"]
    again = clerk.ask("get", f"/cases/{case.pk}", headers={"If-None-Match": mark})
    assert again.status_code == 304 and not again.content
    assert clerk.ask("get", f"/cases/{case.pk}", headers={"If-None-Match": '"other"'}).status_code == 200


def test_an_event_is_proved_by_the_log(people: People, clerk: Program, case: Case) -> None:
    assert "账本" in clerk.fail(409, "get", f"/cases/{case.pk}/events/1/proof")["detail"]
    log.append_all()
    proof = clerk.get(f"/cases/{case.pk}/events/2/proof")
    from xianzhi.kernel.ledger.merkle import verify_inclusion  # noqa: PLC0415

    path = [bytes.fromhex(one) for one in proof["path"]]
    assert verify_inclusion(proof["hash"], proof["index"], proof["size"], path, bytes.fromhex(proof["root"]))
    assert clerk.get("/ledger/checkpoints")["items"][0]["root"] == proof["root"]
    clerk.fail(422, "get", f"/cases/{case.pk}/events/2/proof?size=1")
    clerk.fail(422, "get", "/ledger/consistency?old=3&new=2")


def test_events_come_in_the_order_of_the_log(people: People, clerk: Program, case: Case) -> None:
    log.append_all()
    page = clerk.get("/events", limit=1)
    rest = clerk.get("/events", limit=5, cursor=page["next"])
    assert [one["sequence"] for one in (*page["items"], *rest["items"])] == [0, 1]
    assert clerk.get("/events", after=0)["items"] == rest["items"]
    assert [one["name"] for one in clerk.get("/events", name="sample.permit.submitted")["items"]] == [
        "sample.permit.submitted"
    ]


def test_a_session_reads_from_our_own_pages_only(people: People) -> None:
    client = Client()
    client.force_login(people.clerk)
    assert client.get("/api/v1/me").status_code == 200
    assert client.get("/api/v1/me", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert client.get("/api/v1/me", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/api/v1/me", headers={"Origin": "https://evil.example"}).status_code == 403


def test_the_law_is_open_to_everybody(db: None) -> None:
    client = Client()
    for path in ("instruments", "instruments/power", "instruments/power/provisions", "provisions/power-1-1",
                 "parameters", "parameters/power.small.max_kw?on=2025-04-16", "procedures",
                 "procedures/power_access.intake", "coverage", "announcements", "search?q=接电"):  # fmt: skip
        assert client.get(f"/api/v1/{path}").status_code == 200, path
    for path in ("instruments/none", "provisions/none", "parameters/none", "procedures/none", "none", "none/none"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == 404, path
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_parameter_without_a_value_on_a_day_says_so(db: None) -> None:
    answer = Client().get("/api/v1/parameters/power.small.max_kw?on=1990-01-01")
    assert answer.status_code == 404
    assert answer.json()["detail"]


def test_too_many_requests_are_told_when_to_come_again(people: People, settings) -> None:
    settings.API_REQUESTS_A_MINUTE = 3
    asked = program(people.clerk, "read:cases")
    with clock.at(clock.now().replace(second=5)):
        for left in (2, 1, 0):
            asked.get("/cases")
            assert asked.last.headers["RateLimit-Remaining"] == str(left)
        asked.fail(429, "get", "/cases")
        assert asked.last.headers["Retry-After"] == "55"
        program(people.reviewer, "read:cases").get("/cases")  # somebody else's count
    with clock.at(clock.now().replace(second=5) + timedelta(minutes=1)):
        asked.get("/cases")


def test_guessing_tokens_is_counted_too(db: None, settings) -> None:
    settings.API_REQUESTS_A_MINUTE_UNKNOWN = 2
    with clock.at(clock.now()):
        said = [Client().get("/api/v1/me", headers={"Authorization": "Bearer xz_a_b"}).status_code for _ in range(3)]
    assert said == [401, 401, 429]


def test_a_method_that_an_address_does_not_have(clerk: Program) -> None:
    clerk.fail(405, "delete", "/cases")
    assert clerk.last.headers["Allow"] == "GET"


def test_nothing_with_a_null_character_reaches_the_database(clerk: Program) -> None:
    clerk.fail(400, "get", "/cases/%00")
    clerk.fail(400, "get", "/cases?q=%00")
