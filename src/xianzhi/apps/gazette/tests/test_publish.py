"""Put to use: the text is public, its orders stand with their units, a correction becomes a new edition."""

import json
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.apps.gazette import queries
from xianzhi.apps.gazette.demo import CHECKS, FEES
from xianzhi.apps.gazette.models import Kind, Reading, Role, Verdict
from xianzhi.apps.gazette.services import intake, review
from xianzhi.apps.gazette.tests.official import accept_all, official, to_use
from xianzhi.kernel import door, instruments
from xianzhi.kernel.models import Case, Clause, Edition, Obligation, PublishedInstrument
from xianzhi.law.force import Standing

pytestmark = pytest.mark.django_db
PHONE = "13800000000"


def published(text: str = CHECKS) -> Case:
    case = intake.receive(text.encode(), "来件.txt", by=official("editor")).cases[0]
    to_use(case)
    return case


def orders(**wanted: object) -> list[tuple[str, str, date | None]]:
    rows = Obligation.objects.filter(instrument__isnull=False, **wanted).order_by("due_on", "pk")
    return [(one.unit.short if one.unit else "", one.what[:8], one.due_on) for one in rows]


@pytest.mark.proves("gazette-3-1")
def test_orders_stand_with_unit_and_date_and_what_is_open_stays_open() -> None:
    published()
    dated = orders(due_on__isnull=False)
    assert ("县水务局", "县水务局逐台核验", date(2025, 4, 30)) in dated
    assert ("县交通运输局", "县交通运输局在2", date(2025, 5, 20)) in dated
    assert len([one for one in orders() if "旁站" in one[1] or one[1].startswith("各乡镇人民政府")]) == 10
    assert ("", "做好安全度汛的宣", None) in orders(unit=None), "no unit and no date are made up"


@pytest.mark.proves("gazette-3-1", "house-3-4")
def test_the_text_is_open_to_everybody_and_telephones_in_it_are_masked() -> None:
    case = published(CHECKS.replace("公布举报电话", f"公布举报电话{PHONE}、邮箱abc@example.cn"))
    name = PublishedInstrument.objects.get(case=case).name
    page = Client().get(reverse("text", args=[name]))
    body = page.content.decode()
    assert page.status_code == 200 and "逐台核验地磅" in body
    assert PHONE not in body and "abc@" not in body
    data = Client().get(reverse("text-json", args=[name])).json()
    assert PHONE not in json.dumps(data, ensure_ascii=False)
    assert PHONE in Clause.objects.get(text__contains="举报电话").text, "the text itself is never changed"


@pytest.mark.proves("gazette-3-1")
def test_its_force_is_what_it_says() -> None:
    name = PublishedInstrument.objects.get(case=published()).name
    standings = [
        instruments.standing(name, day).standing for day in (date(2025, 4, 1), date(2025, 4, 2), date(2025, 11, 1))
    ]
    assert standings == [Standing.NOT_YET, Standing.IN_FORCE, Standing.EXPIRED]


@pytest.mark.proves("gazette-3-2")
def test_a_correction_is_a_new_edition_and_what_it_affects_is_listed() -> None:
    case = published()
    door.take_step(case, "correct", by=official("reviewer"), data={"reason": "检查期限读错"})
    reading = Reading.objects.get(case=case)
    wrong = reading.items.get(kind=Kind.TASK, found__what__startswith="县水务局逐台")
    other = reading.items.get(kind=Kind.TASK, found__what__startswith="做好安全度汛")
    reviewer = official("reviewer")
    review.answer(wrong, Verdict.CORRECT, by=reviewer, reason="读错了",
                  value={"unit_codes": ["water-bureau"], "due": "2025-05-31"})  # fmt: skip
    review.answer(other, Verdict.REJECT, by=reviewer, reason="不是任务")
    to_use(case)
    first, second = Edition.objects.order_by("number")
    assert (first.reason, second.reason) == ("首次读入", "读法更正：检查期限读错")
    assert first.digest != second.digest and first.clauses.count() == second.clauses.count()
    assert Obligation.objects.get(what__startswith="县水务局逐台").due_on == date(2025, 5, 31)
    assert Obligation.objects.get(what__startswith="做好安全度汛").ended_on is not None
    found = queries.affected(PublishedInstrument.objects.get(case=case))
    assert [one.what for one in found["ended"]] == ["做好安全度汛的宣传"] and found["live"]


@pytest.mark.proves("gazette-3-2")
def test_an_older_edition_can_still_be_read() -> None:
    case = published()
    door.take_step(case, "correct", by=official("reviewer"), data={"reason": "核对"})
    to_use(case)
    name = PublishedInstrument.objects.get(case=case).name
    assert Client().get(f"{reverse('text', args=[name])}?edition=1").status_code == 200
    for number in ("3", "0", "x", "99999"):
        assert Client().get(f"{reverse('text', args=[name])}?edition={number}").status_code == 404


def test_what_stands_before_a_correction_stands_until_it_is_decided_anew() -> None:
    case = published()
    door.take_step(case, "correct", by=official("reviewer"), data={"reason": "核对"})
    assert review.open_items(Reading.objects.get(case=case), Role.FIRST) == []
    assert Obligation.objects.filter(ended_on=None).exists()


def test_a_blind_document_is_decided_twice_again_after_a_correction() -> None:
    case = published(FEES)
    door.take_step(case, "correct", by=official("reviewer"), data={"reason": "核对"})
    door.take_step(case, "finish", by=official("reviewer"))
    with pytest.raises(door.Refused, match="您没有判定"):
        door.take_step(case, "confirm", by=official("signer"))
    accept_all(Reading.objects.get(case=case), Role.SECOND)
    door.take_step(case, "confirm", by=official("signer"))


@pytest.mark.proves("gazette-4-2")
def test_corrections_are_exported_as_test_cases() -> None:
    case = intake.receive(CHECKS.encode(), "来件.txt", by=official("editor")).cases[0]
    item = Reading.objects.get(case=case).items.get(kind=Kind.TASK, found__what__startswith="做好安全度汛")
    review.answer(item, Verdict.CORRECT, by=official("reviewer"), reason="按职责拟",
                  value={"unit_codes": ["county-office"]})  # fmt: skip
    client = Client()
    client.force_login(official("reviewer"))
    (line,) = client.get(reverse("gazette:corrections")).content.decode().splitlines()
    found = json.loads(line)
    assert found["document"] == "绛示发〔2025〕3号" and found["right"]["unit_codes"] == ["county-office"]
    assert found["text"].startswith("做好安全度汛") and CHECKS[slice(*found["span"])] == found["text"]


@pytest.mark.proves("gazette-4-1")
def test_missing_numbers_absent_annexes_and_documents_that_we_lack() -> None:
    text = CHECKS.replace("（此件公开发布）", "附件：示例名单\n（此件公开发布）")
    published(text.replace("经县政府同意", "根据《示例省河道检查办法》（示政办发〔2024〕7号）"))
    found = queries.gaps()
    (own,) = [one for one in found["series"] if one["series"] == "绛示发〔2025〕"]
    assert own["missing"] == [1, 2] and own["held"] == [3]
    assert [one["number"] for one in found["lacking"]] == ["示政办发〔2024〕7号"]
    assert [one.annexes for one in found["annexes"]] == [["示例名单"]]


def test_the_page_of_force_lists_what_rests_on_a_document_that_is_gone() -> None:
    case = published()
    number = PublishedInstrument.objects.get(case=case).number
    citing = FEES.replace("为规范摊位保洁费的收取", f"根据《检查通知》（{number}）")
    other = published(citing)
    page = Client().get(f"{reverse('in-force')}?on=2025-12-01")
    assert page.status_code == 200
    resting = [(known.name, gone) for known, gone in page.context["resting"]]
    assert resting == [(PublishedInstrument.objects.get(case=other).name, [number])]


@pytest.mark.parametrize("on", ["2025-02-30", "immer", "99999"])
def test_a_day_that_is_none_is_said(on: str) -> None:
    page = Client().get(reverse("in-force"), {"on": on})
    assert page.status_code == 200 and "不是日期" in page.content.decode()
