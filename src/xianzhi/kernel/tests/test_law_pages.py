"""The pages of the law: open to everyone, every provision has an address, values are shown over time."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import clock, registry
from xianzhi.kernel.models import Account, Case
from xianzhi.kernel.pages.law import ending, provision_url, spans_of
from xianzhi.kernel.tests.test_parameter_change import ENTERED, NAME, official

pytestmark = pytest.mark.django_db
SENT = {f"f-{name}": value for name, value in ENTERED.items()}


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return answer.content.decode()


@pytest.fixture
def proposer() -> Account:
    return official("proposer", "approval.parameters", "approval-bureau")


@pytest.mark.proves("power-0-4")
def test_a_stranger_reads_the_list_and_an_instrument_with_its_date(client: Client) -> None:
    assert "关于全面提升“获得电力”服务水平" in text_of(client, reverse("law"))
    page = text_of(client, "/law/power")
    assert "2024年3月13日" in page and "绛政办发〔2024〕4号" in page and "未收录" in page


def test_every_provision_has_a_page_of_its_own_and_a_place_in_the_whole(client: Client) -> None:
    whole = text_of(client, "/law/power")
    for name in registry.registers["power"]:
        assert f'id="{name}"' in whole
        assert provision_url(name) == f"/law/power/{name}"
    page = text_of(client, "/law/power/power-2-1-3")
    assert "160千瓦及以下小微企业办电全县零投资" in page and "存疑" in page and "小微企业零投资的报装容量上限" in page


@pytest.mark.parametrize(
    "address",
    [
        "/law/nothing",
        "/law/power/power-99-1",
        "/law/house/power-1-1",
        "/law/procedures/nothing",
        "/law/procedures/x.bpmn",
    ],
)
def test_what_is_not_registered_is_not_found(client: Client, address: str) -> None:
    text_of(client, address, 404)


def test_an_unknown_provision_has_no_address() -> None:
    assert provision_url("power-99") == ""


def test_only_what_is_open_is_listed_when_asked(client: Client) -> None:
    page = text_of(client, "/law/power?open=on")
    assert 'id="power-6-1"' not in page, "carried out and proved"


def test_values_over_time_mark_the_one_in_force() -> None:
    parameter = registry.parameters()[NAME]
    with clock.at(date(2022, 1, 1)):
        spans = list(spans_of(parameter, "power-2-1-3"))
    assert [(span.is_, span.standing, span.cites) for span in spans] == [
        ("now", "一般规定", "power-2-1-1"), ("idle", "", ""),
    ]  # fmt: skip
    assert spans[0].words == "160 千瓦" and spans[0].basis == "发改能源规〔2020〕1479号"


@pytest.mark.parametrize(
    ("today", "is_", "left"),
    [("2026-09-13", None, 181), ("2026-09-14", "near", 180), ("2027-03-13", "near", 0), ("2027-03-14", "over", -1)],
)
def test_the_end_of_an_instrument_is_announced(today: str, is_: str | None, left: int) -> None:
    with clock.at(date.fromisoformat(today)):
        found = ending(registry.registers["power"].instrument)
    assert (found and (found.is_, found.left)) == (is_ and (is_, left))


def test_the_page_warns_and_says_since_when(client: Client) -> None:
    with clock.at(date(2027, 3, 1)):
        assert "还有 12 天" in text_of(client, "/law/power")


def test_coverage_of_all_instruments(client: Client) -> None:
    page = text_of(client, reverse("coverage"))
    assert "获得电力通知" in page and "县治规则" in page


# ---- procedures


def test_a_procedure_is_a_table_a_drawing_and_two_files(client: Client, sample) -> None:
    page = text_of(client, reverse("procedure", args=[sample.name]))
    for step in sample.steps.values():
        assert f'id="{step.name}"' in page and step.zh in page
    assert "<svg" in page and "5个工作日" in page and "自“批准”的起缴日起" in page
    drawn = client.get(reverse("procedure-svg", args=[sample.name]))
    assert drawn["Content-Type"] == "image/svg+xml" and ET.fromstring(drawn.content).tag.endswith("svg")
    model = client.get(reverse("procedure-bpmn", args=[sample.name]))
    assert "attachment" in model["Content-Disposition"] and ET.fromstring(model.content).tag.endswith("definitions")


# ---- proposing a value


def test_the_post_proposes_from_the_law_page(client: Client, proposer: Account) -> None:
    client.force_login(proposer)
    address = reverse("propose", args=[NAME])
    assert address in text_of(client, "/law/power")
    assert "现有取值" in text_of(client, address)
    answer = client.post(address, {**SENT, "key": "once"})
    case = Case.objects.get()
    assert answer.url == reverse("case", args=[case.pk]) and case.state == "proposed"
    client.post(address, {**SENT, "key": "once"})
    assert Case.objects.count() == 1, "sent twice, proposed once"
    assert "取值" in text_of(client, answer.url)


def test_a_refused_value_keeps_what_was_entered_and_says_why(client: Client, proposer: Account) -> None:
    client.force_login(proposer)
    answer = client.post(reverse("propose", args=[NAME]), {**SENT, "f-since": "2024-03-13"})
    page = answer.content.decode()
    assert answer.status_code == 422 and "当日已有取值" in page and "示例上级文件〔2024〕9号" in page
    assert not Case.objects.exists()


def test_others_are_not_offered_it_and_may_not(client: Client) -> None:
    assert reverse("propose", args=[NAME]) not in text_of(client, "/law/power")
    assert client.get(reverse("propose", args=[NAME])).status_code == 302
    client.force_login(official("other", "county_office.parameters", "county-office"))
    assert client.get(reverse("propose", args=[NAME])).status_code == 403


def test_an_unknown_parameter_has_no_form(client: Client, proposer: Account) -> None:
    client.force_login(proposer)
    text_of(client, reverse("propose", args=["nothing.here"]), 404)
