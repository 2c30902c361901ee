"""Two people: who may answer what, what an answer must hold, and that one does not see the other's too early."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.apps.gazette.demo import CHECKS, FEES
from xianzhi.apps.gazette.models import Answer, Item, Kind, Reading, Role, Verdict
from xianzhi.apps.gazette.services import intake, review
from xianzhi.apps.gazette.tests.official import POSTS, accept_all, official
from xianzhi.kernel import door
from xianzhi.kernel.models import Case, Unit
from xianzhi.kernel.posts import appoint

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    return intake.receive(CHECKS.encode(), "检查.txt", by=official("editor")).cases[0]


@pytest.fixture
def fees() -> Case:
    return intake.receive(FEES.encode(), "保洁费.txt", by=official("editor")).cases[0]


def open_task(case: Case) -> Item:
    return Reading.objects.get(case=case).items.filter(kind=Kind.TASK).exclude(doubt="").first()


def client(name: str) -> Client:
    made = Client()
    made.force_login(official(name))
    return made


@pytest.mark.proves("gazette-2-1")
def test_a_review_ends_only_when_nothing_is_open(case: Case) -> None:
    reading = Reading.objects.get(case=case)
    first, *rest = review.open_items(reading, Role.FIRST)
    for item in rest:
        review.answer(item, Verdict.ACCEPT, by=official("reviewer"))
    with pytest.raises(door.Refused, match="还有 1 项存疑没有处理"):
        door.take_step(case, "finish", by=official("reviewer"))
    review.answer(first, Verdict.ACCEPT, by=official("reviewer"))
    event = door.take_step(case, "finish", by=official("reviewer"))
    assert event.decision["reasons"][0]["used"]["摘要"] == review.digest(reading)


@pytest.mark.proves("gazette-2-1")
@pytest.mark.parametrize(
    ("verdict", "value", "reason", "said"),
    [
        ("reject", None, "", "没有写理由"),
        ("correct", {"unit_codes": ["water-bureau"]}, "", "没有写理由"),
        ("correct", {"unit_codes": ["no-bureau"]}, "拟", "没有单位 no-bureau"),
        ("correct", {"unit_codes": [], "due": "2025-02-30"}, "拟", "期限不是日期"),
        ("correct", {"unit_codes": [], "what": "字" * 201}, "拟", "任务太长"),
        ("reject", None, "字" * 201, "理由太长"),
        ("vanish", None, "x", "没有这种判定"),
    ],
)
def test_an_answer_that_cannot_be_taken_leaves_nothing(
    case: Case, verdict: str, value: dict[str, object] | None, reason: str, said: str
) -> None:
    with pytest.raises(review.BadAnswer, match=said):
        review.answer(open_task(case), verdict, by=official("reviewer"), value=value, reason=reason)
    assert not Answer.objects.exists()


def test_only_the_reviewer_answers_while_it_is_under_review(case: Case) -> None:
    for name in ("editor", "signer"):
        with pytest.raises(review.BadAnswer, match="不由您判定"):
            review.answer(open_task(case), Verdict.ACCEPT, by=official(name))


@pytest.mark.proves("gazette-2-2")
def test_nobody_signs_what_he_reviewed(case: Case) -> None:
    reviewer = official("reviewer")
    appoint(reviewer, POSTS["signer"], Unit.objects.get(code="county-office"), since=date(2024, 1, 1))
    accept_all(Reading.objects.get(case=case))
    door.take_step(case, "finish", by=reviewer)
    with pytest.raises(door.Refused, match="您办理过“校核完毕”"):
        door.take_step(case, "confirm", by=reviewer)
    door.take_step(case, "confirm", by=official("signer"))
    assert Case.objects.get(pk=case.pk).state == "confirmed"


@pytest.mark.proves("gazette-2-3")
def test_of_a_normative_document_the_second_decides_without_seeing_the_first(fees: Case) -> None:
    reading = Reading.objects.get(case=fees)
    assert review.blind(reading)
    item = review.open_items(reading, Role.FIRST)[0]
    review.answer(item, Verdict.REJECT, by=official("reviewer"), reason="是外单位的事")
    accept_all(reading)
    door.take_step(fees, "finish", by=official("reviewer"))
    page = client("signer").get(reverse("gazette:reading", args=[fees.pk])).content.decode()
    assert "是外单位的事" not in page, "not before the second has decided"
    with pytest.raises(door.Refused, match="您没有判定"):
        door.take_step(fees, "confirm", by=official("signer"))
    accept_all(Reading.objects.get(case=fees), Role.SECOND)
    page = client("signer").get(reverse("gazette:reading", args=[fees.pk])).content.decode()
    assert "是外单位的事" in page, "both have decided: what differs is shown"
    with pytest.raises(door.Refused, match="不一致"):
        door.take_step(fees, "confirm", by=official("signer"))
    again = Item.objects.select_related("reading__case").get(pk=item.pk)
    review.answer(again, Verdict.REJECT, by=official("signer"), reason="是外单位的事")
    door.take_step(fees, "confirm", by=official("signer"))


@pytest.mark.proves("gazette-2-3")
def test_of_a_deployment_the_signer_looks_and_does_not_decide(case: Case) -> None:
    reading = Reading.objects.get(case=case)
    accept_all(reading)
    door.take_step(case, "finish", by=official("reviewer"))
    item = reading.items.exclude(doubt="").first()
    answer = client("signer").post(reverse("gazette:decide", args=[case.pk, item.pk]), {"verdict": "accept"})
    assert answer.status_code == 404
    assert not Answer.objects.filter(role=Role.SECOND).exists()


@pytest.mark.proves("gazette-2-4")
def test_two_working_days_for_the_review_and_one_for_signing() -> None:
    friday = date(2025, 4, 11)
    case = intake.receive(CHECKS.encode(), "检查.txt", by=official("editor"), on=friday).cases[0]
    assert Case.objects.get(pk=case.pk).due_on == date(2025, 4, 15), "Friday is not counted; Monday, Tuesday"
    accept_all(Reading.objects.get(case=case))
    door.take_step(case, "finish", by=official("reviewer"), on=date(2025, 4, 14))
    assert Case.objects.get(pk=case.pk).due_on == date(2025, 4, 15)


# ---- the page -------------------------------------------------------------------------------------------------------


def test_a_correction_by_names_of_units(case: Case) -> None:
    item = open_task(case)
    sent = {
        "verdict": "correct",
        "units": "县水务局、各乡镇人民政府",
        "due": "2025-05-20",
        "what": "联合检查",
        "reason": "读错了",
    }
    answer = client("reviewer").post(reverse("gazette:decide", args=[case.pk, item.pk]), sent)
    assert answer.status_code == 302
    value = Answer.objects.get().value
    assert value["unit_codes"][0] == "water-bureau" and len(value["unit_codes"]) == 11
    assert (value["due"], value["what"]) == ("2025-05-20", "联合检查")


def test_a_name_that_no_unit_has_is_said_and_nothing_kept(case: Case) -> None:
    item = open_task(case)
    sent = {"verdict": "correct", "units": "县没有局", "reason": "拟"}
    page = client("reviewer").post(reverse("gazette:decide", args=[case.pk, item.pk]), sent)
    assert page.status_code == 422 and "没有叫“县没有局”的单位" in page.content.decode()
    assert not Answer.objects.exists()


def test_by_script_only_the_item_comes_back(case: Case) -> None:
    item = open_task(case)
    address = reverse("gazette:decide", args=[case.pk, item.pk])
    answer = client("reviewer").post(address, {"verdict": "accept"}, headers={"HX-Request": "true"})
    body = answer.content.decode()
    assert answer.status_code == 200 and body.startswith("<li") and "data-open" not in body
    refused = client("reviewer").post(address, {"verdict": "reject"}, headers={"HX-Request": "true"})
    assert refused.status_code == 422 and "没有写理由" in refused.content.decode()


def test_the_page_lights_what_was_read_and_keeps_every_character(case: Case) -> None:
    page = client("reviewer").get(reverse("gazette:reading", args=[case.pk]))
    clauses = page.context["clauses"]
    shown = ["".join(one.text for one in clause["stretches"]) for clause in clauses]
    assert shown == [clause["text"] for clause in Reading.objects.get(case=case).clauses]
    assert any(one.number for clause in clauses for one in clause["stretches"])


def test_a_head_that_was_misread_can_be_corrected(case: Case) -> None:
    item = Reading.objects.get(case=case).items.get(key="head-date")
    sent = {"verdict": "correct", "value": "2025-04-03", "reason": "读错了"}
    client("reviewer").post(reverse("gazette:decide", args=[case.pk, item.pk]), sent)
    stands = {one.item.key: one.value for one in review.decided(Reading.objects.get(case=case))}
    assert stands["head-date"] == {"value": "2025-04-03"}
