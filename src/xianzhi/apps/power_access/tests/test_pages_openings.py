"""The pages on which officials open a case of their own: a plan, and what stands beside a project."""

from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from xianzhi.apps.power_access.procedures import AnnualPlan, ChargeReport, TownshipMatter
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock
from xianzhi.kernel.models import Account, Case

pytestmark = pytest.mark.usefixtures("jiangxian")


def page(account: Account, url: str, data: dict[str, Any] | None = None) -> HttpResponse:
    client = Client()
    client.force_login(account)
    with clock.at(walk.APPLIED):
        return client.get(url) if data is None else client.post(url, data)


def opening(case: Case, name: str) -> str:
    return reverse("power:open", args=[case.root.pk, name])


def test_a_question_is_put_to_the_township_once() -> None:
    url, clerk = opening(walk.dispatched(), "matter"), official("energy.works")
    assert "在哪个乡镇" in page(clerk, url).content.decode()
    sent = {"f-township": "140826101000", "f-kind": "policy", "f-question": "路面恢复由谁负责", "key": "one-click"}
    first, again = page(clerk, url, sent), page(clerk, url, sent)
    assert first.status_code == again.status_code == HTTPStatus.FOUND
    matter = Case.objects.get(procedure_name=TownshipMatter.name)
    assert first.url == again.url == reverse("case", args=[matter.pk])


@pytest.mark.proves("power-1-2")
def test_a_forbidden_charge_is_refused_and_stands_as_a_report() -> None:
    url = opening(walk.dispatched(), "charge")
    sent = {"f-what": "红线外电缆40米", "f-amount": "12000.00", "f-inside": "no", "f-exception": "", "key": "one-click"}
    answered = page(official("grid.connect"), url, sent)
    assert answered.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    report = Case.objects.get(procedure_name=ChargeReport.name)
    assert f"已转为收费反映 {report.number}" in answered.content.decode()
    page(official("grid.connect"), url, sent)
    assert Case.objects.filter(procedure_name=ChargeReport.name).count() == 1, "a repeat is harmless"


def test_what_is_wrong_is_said_and_what_was_entered_stays() -> None:
    url = opening(walk.dispatched(), "crops")
    sent = {"f-township": "nowhere", "f-plots-rows": "1", "f-plots-0-plot": "横水3号", "f-plots-0-area": "-1"}
    told = page(official("energy.works"), url, sent).content.decode()
    assert "没有办成" in told and 'value="横水3号"' in told
    assert not Case.objects.filter(procedure_name=TownshipMatter.name).exists()


def test_openings_are_for_their_posts() -> None:
    case = walk.dispatched()
    assert page(official("finance.fund"), opening(case, "review")).status_code == HTTPStatus.FORBIDDEN
    assert page(walk.owner("另一业主", 2), opening(case, "review")).status_code == HTTPStatus.NOT_FOUND
    assert page(official("energy.works"), opening(case, "nothing")).status_code == HTTPStatus.NOT_FOUND
    assert page(official("energy.works"), reverse("power:draft-plan")).status_code == HTTPStatus.FORBIDDEN


def test_a_plan_is_drafted_once_a_year() -> None:
    url, planner = reverse("power:draft-plan"), official("energy.plan")
    sent = {"f-year": "2025", "f-actuals-rows": "1", "f-actuals-0-year": "2024", "f-actuals-0-amount": "3100000.00"}
    assert page(planner, url, sent | {"key": "a"}).status_code == HTTPStatus.FOUND
    assert page(planner, url, sent | {"key": "b"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Case.objects.get(procedure_name=AnnualPlan.name).title == "2025年度投资计划"
