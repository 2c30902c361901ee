"""The county's money end to end: every figure of the rules' examples out of entries, to the last fen."""

from datetime import date
from decimal import Decimal

import pytest

from xianzhi.apps.power_access.procedures import Handover
from xianzhi.apps.power_access.queries.money import money_of
from xianzhi.apps.power_access.services import accounts, township
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import HENGSHUI, official
from xianzhi.apps.power_access.tests.walk import APPLIED, BUDGET, child, funding, payment, refused, take
from xianzhi.kernel import clock, money
from xianzhi.kernel.models import Case, MoneyEntry
from xianzhi.kernel.money.accounts import balance

pytestmark = pytest.mark.usefixtures("jiangxian")


def of(case: Case, part: str) -> Decimal:
    """What stands on an account of the case's project."""
    return balance(accounts.project_account(case.root.number, part))


def line(number: int = 1, year: int = 2025) -> Decimal:
    return balance(accounts.plan_account(year, f"line {number}"))


@pytest.fixture(autouse=True)
def _sound(jiangxian):
    """Whatever a test did, the books agree with the events afterwards."""
    yield
    assert list(money.findings()) == []


# ---- R6 the funding guard, R8 the balance


@pytest.mark.proves("power-3-2-2-4-1", "power-4-1")
def test_an_appropriation_comes_from_its_sources_against_its_line():
    case = walk.funded()
    drawn, entry = MoneyEntry.objects.filter(event=case.events.get(step_name="fund")).order_by("place")
    lines = [*drawn.lines.select_related("account"), *entry.lines.select_related("account")]
    assert {one.account.name: one.amount for one in lines} == {
        "power.source/土地储备资金": Decimal("-250000.00"),
        "power.source/城市基础设施配套费": Decimal("-136000.00"),
        f"power.project/{case.root.number}/fund": Decimal("386000.00"),
        "power.plan/2025/line 1": Decimal("-386000.00"),
        "power.plan/2025/appropriated": Decimal("386000.00"),
    }
    assert (entry.kind, entry.reference, entry.on) == ("appropriation", "国库 示例库〔2025〕1号", APPLIED)
    assert line() == Decimal("114000.00")


def test_the_line_of_the_plan_is_what_its_account_still_holds():
    case = walk.designed()
    walk.planned(case, "300000.00")
    take(case, "list", "energy.plan", APPLIED, "approval_document", **walk.APPROVAL)
    said = refused(case, "fund", "finance.fund", APPLIED, **funding(amount="390000.00"))
    assert "超出 4,000.00 元" in said and "计划余额差 90,000.00 元" in said and "来源差 4,000.00 元" in said
    assert "计划余额差 86,000.00 元" in refused(case, "fund", "finance.fund", APPLIED, **funding())
    assert not MoneyEntry.objects.filter(kind="appropriation").exists()


@pytest.mark.proves("power-3-2-2-4-2")
def test_a_payment_beyond_the_balance_moves_nothing():
    case = walk.funded()
    take(case, "pay", "energy.settle", APPLIED, **payment("300000.00", "示例支1号"))
    assert "余额 86,000.00 元" in refused(case, "pay", "energy.settle", APPLIED, **payment("90000.00", "示例支2号"))
    assert (of(case, "fund"), of(case, "paid")) == (Decimal("86000.00"), Decimal("300000.00"))


@pytest.mark.proves("power-3-2-2-4-2")
def test_two_numbers_with_one_sum_and_day_are_asked_about_and_both_are_kept():
    case = walk.funded()
    take(case, "pay", "energy.settle", APPLIED, **payment("100000.00", "示例支1号"))
    again = payment("100000.00", "示例支2号")
    said = refused(case, "pay", "energy.settle", APPLIED, **again)
    assert "同一天已有同额的一笔：流水号示例支1号，100,000.00元" in said
    take(case, "pay", "energy.settle", APPLIED, **again, another=True)
    assert of(case, "paid") == Decimal("200000.00")
    take(case, "pay", "energy.settle", date(2025, 3, 4), **payment("100000.00", "示例支3号"))  # another day
    said = refused(case, "pay", "energy.settle", date(2025, 3, 4), **payment("1.00", "示例支1号"), another=True)
    assert "已在" in said


def closed(paid: str, audited: str) -> Case:
    """Settled, the handover done; what is open is money."""
    case = walk.settled(paid=paid, audited=audited)
    handover = child(case, Handover)
    assets = [{"code": "A-001", "kind": "工作井", "position": "示例路口", "value": "1000.00"}]
    take(handover, "list_assets", "energy.works", APPLIED, assets=assets, view="keep")
    take(handover, "judge_keep", "grid.assets", APPLIED, reasons="县里自留", judged=1)
    return case


def give_back(case: Case, amount: str) -> None:
    returns = [{"name": "结余", "amount": amount}]
    take(case, "give_back", "energy.settle", APPLIED, returns=returns, treasury_number="示例退1号")


@pytest.mark.proves("power-3-2-2-6-4", "power-3-2-2-6-6")
def test_what_is_to_pay_and_to_return_is_moved_until_the_fund_is_empty():
    case = closed("360000.00", "381500.00")
    sums = money_of(case)
    assert (sums.submitted - sums.audited, sums.to_pay) == (Decimal("20500.00"), Decimal("21500.00"))
    take(case, "pay", "energy.settle", APPLIED, **payment("21500.00", "示例支9号"))
    assert "还有应退回结余4,500.00元" in refused(case, "close", "energy.settle", APPLIED)
    give_back(case, "4500.00")
    take(case, "close", "energy.settle", APPLIED)
    assert [of(case, part) for part in accounts.PARTS] == [0, Decimal("381500.00"), Decimal("4500.00")]


@pytest.mark.proves("power-3-2-2-6-4")
def test_what_was_paid_beyond_the_audit_comes_back_before_it_is_returned():
    case = closed("360000.00", "352000.00")
    said = refused(case, "close", "energy.settle", APPLIED)
    assert "还有应收回8,000.00元" in said and "还有应退回结余34,000.00元" in said
    returns = {"returns": [{"name": "结余", "amount": "34000.00"}], "treasury_number": "示例退1号"}
    said = refused(case, "give_back", "energy.settle", APPLIED, **returns)  # part of it is still with the builder
    assert "项目资金”余额 26,000.00 元，不足 34,000.00 元" in said
    take(case, "recover", "energy.settle", APPLIED, amount="8000.00", treasury_number="示例收1号")
    give_back(case, "34000.00")
    take(case, "close", "energy.settle", APPLIED)
    assert [of(case, part) for part in accounts.PARTS] == [0, Decimal("352000.00"), Decimal("34000.00")]


def test_equal_sums_close_without_another_entry():
    case = closed(BUDGET, BUDGET)
    take(case, "close", "energy.settle", APPLIED)
    assert of(case, "fund") == 0 and money_of(case).to_pay == money_of(case).to_recover == money_of(case).to_return == 0


@pytest.mark.proves("power-3-2-2-1-1")
def test_a_project_that_stops_gives_its_rest_back():
    case = walk.funded()
    take(case, "pay", "energy.settle", APPLIED, **payment("300000.00", "示例支1号"))
    take(case, "stop", "energy.works", APPLIED, reason="停建", returned="86000.00")
    assert [of(case, part) for part in accounts.PARTS] == [0, Decimal("300000.00"), Decimal("86000.00")]


# ---- R4 who bears what


CIVIL = {"name": "土建配套", "kind": "civil", "amount": "386000.00"}
CROPS = {"name": "线路通道青赔", "kind": "corridor_compensation", "amount": "24500.00"}


def crops_paid(case: Case, plots: list[dict[str, str]], paid: str) -> Case:
    project = case.root.access_project
    with clock.at(APPLIED):
        matter = township.list_crops(project, HENGSHUI, plots, by=official("energy.works"))
    coordinate = official("township.coordinate", unit="township-101")
    take(matter, "show", coordinate, APPLIED, where="村委会", from_day=APPLIED, to_day=APPLIED)
    take(matter, "pay", coordinate, APPLIED, paid=paid, paid_on=APPLIED)
    return matter


@pytest.mark.proves("power-2-3-2", "power-3-2-3-6")
def test_the_county_bears_civil_works_and_crops_of_class_c_and_pays_both_from_the_fund(monkeypatch):
    electrical, civil = walk.shared()
    take(electrical, "scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME)
    take(civil, "take_scheme", "energy.order", APPLIED)
    detail = {"lines": [CIVIL, CROPS], "total": "410500.00"}
    designed = walk.design
    monkeypatch.setattr(walk, "design", lambda *given, **changed: designed(*given, **detail, **changed))
    walk.listed(case=civil)
    sources = [{"source": "土地储备资金", "amount": "410500.00"}]
    take(civil, "fund", "finance.fund", APPLIED, **funding(amount="410500.00", sources=sources))
    assert of(civil, "fund") == Decimal("410500.00")
    plots = [{"plot": "东坡1号", "holder": "示例甲", "area": "24.50", "crop": "小麦", "rate": "1000.00"}]
    matter = crops_paid(civil, plots, "24500.00")
    assert (of(civil, "fund"), of(civil, "paid")) == (Decimal("386000.00"), Decimal("24500.00"))
    assert MoneyEntry.objects.get(event__case=matter).text == f"青苗赔偿 {matter.number}"


@pytest.mark.proves("power-3-2-3-6")
def test_crops_beside_the_detail_are_paid_from_the_money_for_crops():
    case = walk.funded()
    matter = crops_paid(case, [{"plot": "东坡1号", "holder": "示例甲", "area": "2.35", "crop": "小麦"}], "3525.00")
    assert balance(f"power.crops/{matter.number}/paid") == Decimal("3525.00")
    assert (balance("power.crops/source"), of(case, "fund")) == (Decimal("-3525.00"), Decimal(BUDGET))
