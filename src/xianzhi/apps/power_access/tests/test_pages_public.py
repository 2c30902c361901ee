"""What anybody may open without an account: the front page, the self-check, the report of a charge and its receipt."""

from datetime import date, datetime
from decimal import Decimal
from http import HTTPStatus
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse, QueryDict
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from xianzhi.apps.power_access.models import PlanningLand, ReserveCover
from xianzhi.apps.power_access.pages.self_check_map import whole_county
from xianzhi.apps.power_access.procedures import ChargeReport
from xianzhi.apps.power_access.queries.shares import shares_of
from xianzhi.apps.power_access.rules import CostKind, InvestmentClass, Payer
from xianzhi.kernel import clock, registry
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.values import sentence
from xianzhi.law.parameters import Dated

pytestmark = pytest.mark.django_db
ON = date(2025, 4, 16)
RING = [[111.56, 35.48], [111.58, 35.48], [111.58, 35.5], [111.56, 35.5], [111.56, 35.48]]
SQUARE = {"type": "Polygon", "coordinates": [RING]}
GRANTED = {
    "size": "其他", "voltage": "高压", "supply": "出让", "proof_on": "2024-02-20", "planning": "inside",
    "reserve": "yes", "wish": "standard",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_a_day():
    with clock.at(datetime(2025, 4, 16, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


def asked(**given: str):
    """The self-check as somebody without an account sees it."""
    return Client().get("/power/self-check/", given)


def answered(**given: str) -> InvestmentClass | None:
    found = asked(**given).context["answer"]
    return found.outcome if found else None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, InvestmentClass.B),
        ({"size": "小微", "voltage": "低压", "kw": "160.0"}, InvestmentClass.A),
        ({"size": "小微", "voltage": "低压", "kw": "160.1"}, InvestmentClass.B),
        ({"reserve": "no"}, InvestmentClass.C),
        ({"reserve": "unknown"}, InvestmentClass.JOINT),
        ({"planning": "partly"}, InvestmentClass.JOINT),
        ({"supply": "租赁"}, InvestmentClass.JOINT),
        ({"proof_on": ""}, InvestmentClass.PENDING),
        ({"proof_on": "2023-06-01"}, InvestmentClass.JOINT),
        ({"proof_on": "2023-05-31"}, InvestmentClass.OUT),
        ({"wish": "more"}, InvestmentClass.D),
    ],
)
def test_four_answers_give_a_class(change: dict[str, str], expected: InvestmentClass) -> None:
    assert answered(**(GRANTED | change)) == expected


def test_a_small_shop_need_not_answer_about_land() -> None:
    page = asked(size="小微", voltage="低压", kw="45.0", wish="standard")
    assert page.context["answer"].outcome == InvestmentClass.A
    text = page.content.decode()
    assert "供电公司出钱" in text and "不用出" in text and "发改能源规〔2020〕1479号" in text


def test_every_reason_links_to_its_provision() -> None:
    page = asked(**GRANTED)
    text = page.content.decode()
    assert page.context["answer"].decision.reasons
    for reason in page.context["answer"].decision.reasons:
        assert sentence(reason.text) in text
        assert f'class="citation" href="{reverse("provision", args=[reason.cites])}"' in text


@pytest.mark.parametrize(
    ("given", "name", "said"),
    [
        ({"kw": "160kVA"}, "kw", "写的是千伏安"),
        ({"kw": "159.95"}, "kw", "最多1位小数"),
        ({"size": "小微", "voltage": "低压", "kw": ""}, "kw", "没有填报装容量"),
        ({"size": "", "kw": "45"}, "size", "谁用电没有填"),
        ({"proof_on": "2025-04-17"}, "proof_on", "还没有到"),
        ({"proof_on": "去年"}, "proof_on", "不是日期"),
        ({"spot": "35.49, 111.57"}, "spot", "不在绛县境内"),
        ({"spot": "横水镇"}, "spot", "读不出坐标"),
        ({"spot": "nan nan"}, "spot", "不在绛县境内"),
        ({"supply": "<b>"}, "supply", "应为"),
    ],
)
def test_a_wrong_answer_is_explained_and_kept(given: dict[str, str], name: str, said: str) -> None:
    page = asked(**(GRANTED | given))
    assert page.status_code == 200 and page.context["answer"] is None
    wrong = {control.name: control for control in page.context["form"].errors}
    assert said in wrong[name].error
    assert wrong[name].value == given[name]
    assert "<b>" not in page.content.decode().split('id="ask"')[1].split("</form>")[0]


def test_a_spot_is_looked_up_in_the_land_layers(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    row = {"name": "示例", "shape": SQUARE, "since": date(2024, 1, 1), "source": "示例", "true_on": date(2025, 4, 1)}
    PlanningLand.objects.create(**row)
    ReserveCover.objects.create(**row)
    inside = GRANTED | {"planning": "unknown", "reserve": "unknown", "spot": "111.57，35.49"}
    with django_assert_max_num_queries(4):  # values, the two layers, and the checkpoint of the colophon
        page = asked(**inside)
    assert page.context["answer"].outcome == InvestmentClass.B
    assert "数据日期 2025年4月1日" in page.content.decode()
    assert answered(**(inside | {"spot": "111.59 35.49"})) == InvestmentClass.C


def test_without_layers_a_spot_leaves_the_doubt() -> None:
    page = asked(**(GRANTED | {"spot": "111.57, 35.49"}))
    assert page.context["answer"].outcome == InvestmentClass.JOINT
    assert "还没有载入用地图层" in page.content.decode()


def test_a_doubt_is_marked_and_the_likely_payer_is_not_told_as_settled() -> None:
    page = asked(**(GRANTED | {"reserve": "unknown"}))
    doubts = [reason.text for reason, doubtful in page.context["answer"].reasons if doubtful]
    assert doubts == ["土地储备资金是否覆盖未查明，须共同认定"]
    text = page.content.decode()
    assert "疑点消除后，多半谁出" in text and "谁也不得向您收红线外的费用" in text
    assert not any(doubtful for _, doubtful in asked(**GRANTED).context["answer"].reasons)


def test_the_empty_form_asks_and_answers_nothing() -> None:
    page = asked()
    assert page.context["answer"] is None and not page.context["form"].errors


def test_who_pays_what_comes_from_the_rule() -> None:
    def payers(classified: InvestmentClass) -> dict[CostKind, Payer]:
        return {share.kind: share.payer for share in shares_of(classified, ON)}

    assert set(payers(InvestmentClass.A).values()) == {Payer.COMPANY}
    shared = payers(InvestmentClass.C)
    assert (shared[CostKind.CIVIL], shared[CostKind.ELECTRICAL]) == (Payer.COUNTY, Payer.COMPANY)
    assert payers(InvestmentClass.D)[CostKind.ELECTRICAL] == Payer.OWNER
    assert not shares_of(InvestmentClass.JOINT, ON)


def test_the_front_page_names_the_four_classes_and_the_days(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_max_num_queries(3):
        page = Client().get("/power/")
    text = page.content.decode()
    assert page.status_code == 200
    for one in ("供电公司投资", "县政府与供电公司分担", "用户投资", "绛政办发〔2024〕4号", "（本县设定）"):
        assert one in text
    assert page.context["total"] == sum(one.usual for one in page.context["way"])


@pytest.mark.proves("power-0-1")
@pytest.mark.parametrize("address", ["power:front", "instrument"])
def test_the_higher_documents_are_named_and_marked_as_not_held(address: str) -> None:
    text = Client().get(reverse(address, args=["power"] if address == "instrument" else [])).content.decode()
    for number in ("国办函〔2020〕129号", "晋发改商品发〔2021〕309号"):
        assert number in text and "未收录" in text.split(number)[1][:20]


@pytest.mark.proves("power-0-4")
@pytest.mark.parametrize("address", ["power:front", "instrument"])
def test_anybody_reads_the_instrument_with_its_date(address: str) -> None:
    page = Client().get(reverse(address, args=["power"] if address == "instrument" else []))
    assert page.status_code == 200 and "2024年3月13日" in page.content.decode()


@pytest.mark.parametrize(("day", "outcome"), [("2026-09-13", "ok"), ("2026-09-14", "first"), ("2027-03-14", "over")])
def test_the_front_page_warns_before_the_notice_ends(day: str, outcome: str) -> None:
    with clock.at(datetime.fromisoformat(f"{day}T10:00:00+08:00")):
        page = Client().get("/power/")
    assert page.context["expiry"].outcome == outcome
    assert ("将到期" in page.content.decode() or "已到期" in page.content.decode()) == (outcome != "ok")


@pytest.mark.proves("power-1-2")
def test_anybody_reports_a_charge_and_follows_it_by_its_receipt() -> None:
    client = Client()
    sent = {"f-what": "红线外电缆40米", "f-amount": "12000.00", "f-place": "横水镇示例路1号", "key": "k1"}
    page = client.post("/power/report/", sent, follow=True)
    case = Case.objects.get(procedure_name=ChargeReport.name)
    assert case.state == "received" and Decimal(case.events.get().data["amount"]) == Decimal("12000.00")
    assert case.number in page.content.decode()
    client.post("/power/report/", sent)
    assert Case.objects.count() == 1, "a second click reports nothing twice"


def test_an_empty_report_is_refused_with_what_is_missing() -> None:
    page = Client().post("/power/report/", {"f-amount": "很多", "key": "k2"})
    text = page.content.decode()
    assert page.status_code == 422 and "收费事项没有填" in text and "金额不是数：很多" in text
    assert not Case.objects.exists()


def test_an_unknown_receipt_says_how_one_looks() -> None:
    assert "没有这个回执号" in Client().get("/power/receipt/", {"number": "绛电收〔2025〕9999"}).content.decode()


def test_a_value_that_has_ended_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    known = registry.parameters()
    ended = known["power.small.max_kw"].replaced(Dated(date(2024, 4, 1), None, "power-2-1-3"))
    monkeypatch.setattr(registry, "parameters", lambda: known.merged([ended]))
    page = Client().get("/power/self-check/")
    assert page.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    text = page.content.decode()
    assert "现在算不出" in text and "小微企业零投资的报装容量上限" in text and "2024年4月1日" in text


def pointing(**given: str) -> HttpResponse:
    return Client().get("/power/self-check/map/", given)


def test_three_clicks_on_the_map_answer_for_that_land() -> None:
    row = {"name": "示例", "shape": SQUARE, "since": date(2024, 1, 1), "source": "示例", "true_on": date(2025, 4, 1)}
    PlanningLand.objects.create(**row)
    ReserveCover.objects.create(**row)
    page = pointing(**GRANTED)
    assert "数据日期 2025年4月1日" in page.content.decode()
    for _click in range(2):
        at = page.context["pointing"]
        assert not at.near
        page = Client().get("/power/self-check/map/" + at.on_click(111.575, 35.485).split("#")[0])
    last = page.context["pointing"]
    assert last.near
    west, south, east, north = last.box
    assert west < 111.575 < east and south < 35.485 < north
    found = Client().get(last.on_click(111.575, 35.485).split("#")[0])
    assert found.context["answer"].outcome == InvestmentClass.B  # with what was answered before
    assert found.context["form"].spot.planned and found.context["form"].spot.covered


def test_a_square_of_the_map_stands_where_it_leads_to() -> None:
    page = pointing(bbox="111.56,35.48,111.57,35.49")
    at = page.context["pointing"]
    squares = list(at.squares())
    assert len(squares) % 16 == 0 and page.content.decode().count('tabindex="-1"') >= len(squares)
    for one in (squares[0], squares[37], squares[-1]):
        spot = QueryDict(urlsplit(one.url).query)["spot"]
        x, y = at.sheet.at(*map(float, spot.split(", ")))
        assert abs(x - one.x - one.side / 2) < 0.05 and abs(y - one.y - one.side / 2) < 0.05


def test_what_was_left_empty_is_not_asked_for_after_the_map() -> None:
    page = pointing(size="", kw="", bbox="111.56,35.48,111.57,35.49")
    found = Client().get(page.context["here"].split("#")[0])
    assert not found.context["form"].errors and "111.565000, 35.485000" in found.content.decode()


def test_a_spot_alone_is_kept_for_the_questions() -> None:
    page = asked(spot="111.57, 35.49")
    assert not page.context["form"].errors and 'value="111.57, 35.49"' in page.content.decode()


@pytest.mark.parametrize("box", ["x", "1,2,3", "nan,nan,nan,nan", "111.6,35.5,111.5,35.4", "1e400,0,1,1"])
def test_a_view_that_cannot_be_read_shows_the_county(box: str) -> None:
    page = pointing(bbox=box)
    assert page.status_code == HTTPStatus.OK and "读不出" in page.content.decode()
    assert page.context["pointing"].box == whole_county()


@pytest.mark.parametrize("box", ["-180,-90,180,90", "0,0,0.00002,0.00002", "179,89.9,180,90"])
def test_a_view_far_away_can_be_left(box: str) -> None:
    page = pointing(bbox=box)
    assert page.status_code == HTTPStatus.OK
    for _name, url in page.context["pointing"].moves():
        assert Client().get("/power/self-check/map/" + url.split("#")[0]).status_code == HTTPStatus.OK
