"""用数字看: each figure is that of the records, and no owner is named."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.queries import figures
from xianzhi.apps.power_access.queries.money import money_of
from xianzhi.apps.power_access.rules import InvestmentClass
from xianzhi.apps.power_access.tests import walk
from xianzhi.kernel import clock

pytestmark = [pytest.mark.django_db, pytest.mark.proves("power-1-1")]


@pytest.fixture(autouse=True)
def _on_a_day():
    with clock.at(datetime(2026, 3, 2, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


@pytest.fixture
def settled(jiangxian):
    """One project of the county, settled: 360,000.00 paid, 352,000.00 found right."""
    return walk.settled(paid="360000.00", audited="352000.00")


def test_money_by_year(settled):
    years = figures.money_by_year()
    assert sum(one.planned for one in years.values()) == Decimal("500000.00")
    assert sum(one.paid for one in years.values()) == Decimal("360000.00")
    assert sum(one.appropriated for one in years.values()) == money_of(settled).appropriated > 0
    assert sum(one.audited for one in years.values()) == Decimal("352000.00")
    walk.take(settled, "recover", "energy.settle", clock.today(), amount="8000.00", treasury_number="示例库〔2026〕9号")
    assert sum(one.paid for one in figures.money_by_year().values()) == Decimal("352000.00")


def test_what_auditing_took_off(settled):
    [(year, found)] = figures.reviews_by_year().items()
    audit = settled.events.get(step_name="audit")
    assert (year, found.works, found.audited) == (audit.on.year, 1, Decimal("352000.00"))
    handed = Decimal(settled.events.get(step_name="hand_in").data["submitted"])
    assert found.cut == (100 * (handed - 352000) / handed).quantize(Decimal("0.01"))


def test_projects_by_class(settled):
    assert figures.by_class() == {InvestmentClass.B: figures.Progress(under_way=1)}


def test_in_time_or_late(settled):
    walk.take(settled, "energise", "grid.connect", date(2026, 3, 1), energised_on="2026-02-20")
    assert figures.by_class()[InvestmentClass.B] == figures.Progress(lit=1)
    for ready_by, expected in (("2026-02-20", (1, 0, 0)), ("2026-02-01", (0, 1, 0)), ("2025-12-01", (0, 0, 1))):
        AccessProject.objects.update(ready_by=ready_by)
        assert figures.on_time() == {2026: expected}


def test_answers_by_quarter(settled):
    owner = walk.owner()
    walk.take(settled, "energise", "grid.connect", date(2026, 3, 1), energised_on="2026-02-20")
    walk.take(settled, "confirm_zero", owner, date(2026, 3, 2))
    found = figures.zero_by_quarter()
    assert found == {(2026, 1): figures.Zero(1, 0)}
    assert figures.Zero(46, 2).share == Decimal("95.8")
    assert figures.Zero(0, 0).share is None


def test_the_page_names_nobody(settled):
    page = Client().get("/power/figures/").content.decode()
    assert page.count('role="img"') >= 3
    project = AccessProject.objects.select_related("case__subject").get()
    assert project.name not in page
    assert project.case.subject.name not in page
    assert "36.00" in page  # 万元


def test_the_page_of_a_county_that_has_done_nothing_yet():
    page = Client().get("/power/figures/").content.decode()
    assert "还没有人答复" in page
    assert "还没有</td>" in page
