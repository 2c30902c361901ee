"""The page of a case, the form of a step, and the files: what they show, refuse and keep."""

from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from xianzhi.kernel import clock, door, limits
from xianzhi.kernel.materials import Upload, path_of
from xianzhi.kernel.models import Case, Event, Material, Obligation
from xianzhi.kernel.pages import panels, values
from xianzhi.kernel.pages.cases import chain_holds, journey
from xianzhi.kernel.tests.sample import STEPS, TAKERS, TOWN, VILLAGE, People, Permit, advance, draft, entered

TODAY = date(2025, 4, 16)
PDF = b"%PDF-1.4 sample"
CASE_QUERIES = 25


@pytest.fixture(autouse=True)
def on_a_day(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.at(TODAY):
        yield


def _shown(client: Client, people: People, who: str, case: Case) -> str:
    client.force_login(people.accounts[who])
    answer = client.get(reverse("case", args=[case.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def _at(case: Case, step: str) -> str:
    return reverse("step", args=[case.pk, step])


def _post(client: Client, people: People, who: str, case: Case, step: str, **sent):
    client.force_login(people.accounts[who])
    return client.post(_at(case, step), {"key": str(uuid4()), **sent})


# ---- the page


def test_a_case_says_what_may_be_done_and_by_whom_the_rest(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    shown = _shown(client, people, "clerk", case)
    assert f'<a class="act" href="{_at(case, "accept")}">受理</a>' in shown
    assert f'href="{_at(case, "withdraw")}"' not in shown and "由申请人办理" in shown


def test_a_refused_step_shows_reasons_values_and_what_holds(client: Client, people: People) -> None:
    case = draft(people, area="60000")
    advance(people, case, "submit")
    shown = _shown(client, people, "clerk", case)
    assert "1 条不符" in shown and "<dt>最多</dt><dd>50,000</dd>" in shown and "符合的 1 条" in shown
    assert f'href="{_at(case, "accept")}"' not in shown


def test_the_history_tells_values_in_words_and_a_persons_words_as_said(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "request_correction")
    door.take_step(case, "resubmit", by=people.applicant, data={"documents": 4})
    shown = _shown(client, people, "reviewer", case)
    assert '<span class="said">请补充方案</span>' in shown
    assert "<dt>应缴保证金</dt><dd>8,000.00 元</dd>" in shown and "<dt>面积</dt><dd>120.5 亩</dd>" in shown
    assert "已审查 → 补正中" in shown and "共 6 条，链完整" in shown.replace("\n", "")


def test_lines_and_choices_are_told_by_their_labels(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    data = {"result": "bad", "photographed": "yes", "points": [{"name": "东南角", "depth": "1.50"}]}
    door.take_step(case, "inspect", by=people.warden, data=data)
    shown = _shown(client, people, "warden", case)
    assert '<th scope="row">东南角</th><td data-label="深度">1.50 米</td>' in shown
    assert "<dd>异常</dd>" in shown and "<dt>已拍照</dt><dd>是</dd>" in shown


def test_words_of_the_public_are_shown_never_run(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    door.take_step(case, "object_to", by="public", data={"objection": "<script>alert(1)</script>"})
    shown = _shown(client, people, "clerk", case)
    assert "<script>" not in shown and "&lt;script&gt;" in shown


def test_the_journey_is_done_at_hand_and_to_come(people: People) -> None:
    case = draft(people)

    def told() -> list[tuple[str, bool, bool]]:
        events = list(case.events.order_by("seq"))
        stops = journey(case, events, limits.armed(case, _moved(events), TODAY))
        return [(stop.zh, stop.done, stop.here) for stop in stops]

    assert told() == [("申请", False, True), ("审批", False, False)]
    advance(people, case, "accept")
    assert told() == [("申请", True, False), ("审批", False, True)]
    advance(people, case, "issue")
    assert told() == [("申请", True, False), ("审批", True, False)]


def _moved(events: list[Event]) -> list[limits.Moved]:
    return [limits.Moved(one.step_name, one.from_state, one.to_state, one.on, one.data) for one in events]


def test_a_changed_record_is_noticed_on_the_page(people: People) -> None:
    case = draft(people)
    advance(people, case, "accept")
    events = list(case.events.order_by("seq"))
    assert chain_holds(case, events)
    events[1].data = {"documents": 9}
    assert not chain_holds(case, events)
    assert not chain_holds(case, events[:-1])
    assert not chain_holds(case, events[1:])


def test_clocks_show_their_days(client: Client, people: People) -> None:
    case = draft(people, on=date(2025, 4, 9))
    door.take_step(case, "submit", by=people.applicant, on=date(2025, 4, 9))
    shown = _shown(client, people, "clerk", case)
    assert 'style="--of:5;--used:5;--held:0"' in shown and "共5个工作日，已用5，暂停0，剩0" in shown


def test_nothing_of_others_is_on_the_page(client: Client, people: People) -> None:
    parent = draft(people)
    child = door.open_case(
        Permit, Permit.prepare, by=people.neighbour, title="邻居的办件", division=VILLAGE,
        subject=people.neighbour.subject, parent=parent, data={"documents": 3, "area": "1", "deposit": "1"},
    )  # fmt: skip
    assert "邻居的办件" not in _shown(client, people, "applicant", parent)
    assert "邻居的办件" in _shown(client, people, "clerk", parent)
    client.force_login(people.applicant)
    assert client.get(reverse("case", args=[child.pk])).status_code == 404
    assert client.get(_at(child, "submit")).status_code == 404


def test_obligations_of_the_case_are_listed(client: Client, people: People) -> None:
    case = draft(people, division=TOWN)
    Obligation.objects.create(
        provision="sample-1-2", unit=people.units["approval"], what="出具意见", due_on=TODAY, case=case
    )
    assert "出具意见" in _shown(client, people, "clerk", case)


def test_words_that_look_like_a_day_are_words() -> None:
    assert values.plain("2025-04-16") == "2025年4月16日 周三"
    assert values.plain("2025-13-45") == "2025-13-45"


def test_a_panel_is_shown_where_it_belongs(client: Client, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "_panels", [])
    asked = []

    @panels.panel(Permit, where="side")
    def mine(request, case):
        asked.append(case.pk)

    @panels.panel("another_service")
    def others(request, case):
        raise AssertionError("a panel of another service was asked")

    case = draft(people)
    _shown(client, people, "clerk", case)
    assert asked == [case.pk]


def _queries(client: Client, case: Case) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(reverse("case", args=[case.pk])).status_code == 200
    return len(captured)


def test_a_case_takes_the_same_queries_however_long_its_history(client: Client, people: People) -> None:
    short, long = draft(people), draft(people)
    for case in (short, long):
        advance(people, case, "submit")
    for number in range(12):
        door.take_step(long, "inspect", by=people.warden, data={"result": "good", "points": [{"name": str(number)}]})
    client.force_login(people.clerk)
    assert _queries(client, short) == _queries(client, long) <= CASE_QUERIES


# ---- the step


def test_a_step_is_taken_and_said(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    answer = _post(client, people, "clerk", case, "accept")
    assert (answer.status_code, answer.url) == (302, reverse("case", args=[case.pk]))
    case.refresh_from_db()
    assert case.state == "accepted"
    assert "“受理”已办理" in client.get(answer.url).content.decode()


def test_a_repeated_click_takes_the_step_once(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    client.force_login(people.warden)
    sent = {"key": str(uuid4()), "f-result": "good"}
    assert [client.post(_at(case, "inspect"), sent).status_code for _ in range(2)] == [302, 302]
    assert case.events.filter(step_name="inspect").count() == 1


def test_nobody_takes_the_key_of_the_clock(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    client.force_login(people.warden)
    taken = client.post(_at(case, "inspect"), {"key": f"lapse:{clock.today()}", "f-result": "good"})
    assert taken.status_code == 302
    assert not case.events.filter(key__startswith="lapse").exists()


def test_every_form_has_a_key_of_its_own(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    client.force_login(people.warden)
    keys = {client.get(_at(case, "inspect")).context["key"] for _ in range(2)}
    assert len(keys) == 2


def test_a_refusal_writes_nothing_says_why_and_keeps_what_was_entered(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    before = case.events.count()
    answer = _post(
        client, people, "warden", case, "inspect",
        **{
            "f-result": "", "f-photographed": "no",
            "f-points-rows": "2", "f-points-0-name": "东南角", "f-points-0-depth": "深",
        },
    )  # fmt: skip
    shown = answer.content.decode()
    assert answer.status_code == 422 and case.events.count() == before
    assert "结果没有填" in shown and "点位第1行：深度不是数：深" in shown
    assert 'value="东南角"' in shown and 'value="no" checked' in shown


def test_a_refusal_by_a_rule_gives_its_figures(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "approve")
    answer = _post(client, people, "cashier", case, "pay_deposit", **{"f-amount": "7,999.99"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "7,999.99" in shown and "8,000.00" in shown and "按应缴数额缴纳" in shown and 'value="7,999.99"' in shown


def test_a_table_grows_without_script_and_takes_nothing_meanwhile(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    sent = {"more": "points", "f-points-rows": "3"} | {f"f-points-{n}-name": f"点{n}" for n in range(3)}
    shown = _post(client, people, "warden", case, "inspect", **sent).content.decode()
    assert 'name="f-points-5-name"' in shown and 'value="点2"' in shown
    assert not case.events.filter(step_name="inspect").exists()


def test_a_grave_step_asks_once_more(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "accept")
    answer = _post(client, people, "approver", case, "refuse", **{"f-why": "不符合规划"})
    assert answer.status_code == 422 and "还没有确认" in answer.content.decode()
    assert "不符合规划</textarea>" in answer.content.decode()
    sure = {"f-why": "不符合规划", "sure": "yes"}
    assert _post(client, people, "approver", case, "refuse", **sure).status_code == 302


def test_a_step_of_another_post_is_refused_with_its_name(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    client.force_login(people.reviewer)
    answer = client.get(_at(case, "accept"))
    assert answer.status_code == 403 and "县审批局 受理岗" in answer.content.decode()
    assert _post(client, people, "reviewer", case, "accept").status_code == 422


def test_a_step_that_is_not_due_says_where_the_case_stands(client: Client, people: People) -> None:
    case = draft(people)
    client.force_login(people.applicant)
    answer = client.get(_at(case, "resubmit"))
    assert answer.status_code == 409 and "本件现为“草稿”" in answer.content.decode()


@pytest.mark.parametrize("name", ["no_such_step", "prepare", "lapse", "object_to"])
def test_what_is_no_step_of_a_case_is_not_found(client: Client, people: People, name: str) -> None:
    case = draft(people)
    client.force_login(people.applicant)
    assert client.get(_at(case, name)).status_code == client.post(_at(case, name)).status_code == 404


def test_two_clerks_at_once_get_one_event_and_one_clear_answer(client: Client, people: People) -> None:
    case = draft(people)
    advance(people, case, "submit")
    assert _post(client, people, "clerk", case, "accept").status_code == 302
    late = _post(client, people, "other_clerk", case, "accept")
    assert late.status_code == 422 and "本件现为“已受理”" in late.content.decode()


def test_a_case_goes_all_the_way_on_pages(client: Client, people: People) -> None:
    case = draft(people)
    for step in STEPS:
        sent = {f"f-{name}": str(value) for name, value in entered(step, TODAY).items()}
        assert _post(client, people, TAKERS[step], case, step, **sent).status_code == 302, step
    case.refresh_from_db()
    assert case.state == "issued"


# ---- materials


def test_a_missing_material_is_asked_for_and_then_taken(client: Client, people: People) -> None:
    case = draft(people)
    refused = _post(client, people, "applicant", case, "withdraw", **{"f-why": "不办了"})
    assert refused.status_code == 422 and "缺撤回申请书" in refused.content.decode()
    letter = SimpleUploadedFile("申请.pdf", PDF)
    taken = _post(client, people, "applicant", case, "withdraw", **{"f-why": "不办了", "m-letter": letter})
    assert taken.status_code == 302
    assert (case.materials.get().kind, case.materials.get().name) == ("letter", "申请.pdf")


def test_a_wrong_file_is_refused_and_must_be_chosen_again(client: Client, people: People) -> None:
    case = draft(people)
    fake = SimpleUploadedFile("申请.pdf", b"MZ not a document")
    answer = _post(client, people, "applicant", case, "withdraw", **{"f-why": "不办了", "m-letter": fake})
    shown = answer.content.decode()
    assert answer.status_code == 422 and "不是可接收的格式" in shown and "文件须重新选择" in shown
    assert 'value="不办了"' in shown and not Material.objects.exists()


def _material(people: People) -> Material:
    case = draft(people)
    door.take_step(case, "submit", by=people.applicant, materials=[Upload("plan", '方"案.pdf', BytesIO(PDF))])
    return case.materials.get()


def test_a_file_is_sent_to_be_saved_to_those_who_may_see_the_case(client: Client, people: People) -> None:
    material = _material(people)
    address = reverse("material", args=[material.pk])
    for who in ("applicant", "clerk", "audit"):
        client.force_login(people.accounts[who])
        answer = client.get(address)
        assert b"".join(answer.streaming_content) == PDF
        assert answer["Content-Disposition"].startswith("attachment;") and answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Content-Type"] == "application/pdf" and "no-store" in answer["Cache-Control"]
    for who in ("neighbour", "other_warden", "nobody", "system"):
        client.force_login(people.accounts[who])
        assert client.get(address).status_code == 404, who


def test_a_file_gone_from_the_store_is_no_crash(client: Client, people: People) -> None:
    material = _material(people)
    path_of(material.sha256).unlink()
    client.force_login(people.clerk)
    assert client.get(reverse("material", args=[material.pk])).status_code == 404


def test_days_within_a_sentence_are_written_as_people_write_them() -> None:
    assert values.sentence("预计2027-02-01通电，早138天") == "预计2027年2月1日通电，早138天"
    for number in ("项目2026-140826-00-01-100045", "编号2025-13-45"):
        assert values.sentence(number) == number
