"""Sheets of this service: crops of a township, payments of the treasury, assets, and lines of a cost detail."""

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
import xlsxwriter
from django.test import Client
from django.urls import reverse

from xianzhi.apps.power_access.models import AccessProject, Asset, CropRow
from xianzhi.apps.power_access.procedures.handover import Handover
from xianzhi.apps.power_access.queries.money import money_of_project
from xianzhi.apps.power_access.services import sheets, township
from xianzhi.apps.power_access.tests import sample, walk
from xianzhi.apps.power_access.tests.sample import HENGSHUI, official
from xianzhi.kernel import clock, door
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Account, Case, Obligation, TableBatch
from xianzhi.kernel.models.tables import TableState
from xianzhi.kernel.tables import batches, files
from xianzhi.kernel.tables.declare import Table

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 3)
HEADINGS = ("地块", "承包户", "面积（亩）", "作物")


@pytest.fixture(autouse=True)
def county() -> Iterator[None]:
    with clock.at(TODAY):
        load_county()
        walk.lay_land()
        yield


def workbook(*rows: tuple[Any, ...]) -> BytesIO:
    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    made.seek(0)
    return made


def checked(table: Table, file: BytesIO, by: Account, name: str = "表.xlsx", **chosen: Any) -> TableBatch:
    return batches.check(batches.receive(table, name, file, chosen, by=by).pk)


def loaded(batch: TableBatch, *, good_only: bool = False) -> TableBatch:
    batches.ask_to_load(batch, good_only=good_only)
    return batches.load(batch.pk)


def undone(batch: TableBatch, by: Account) -> TableBatch:
    batches.ask_to_undo(batch, "传错了文件", by=by)
    return batches.undo(batch.pk)


def faults(batch: TableBatch) -> dict[int, str]:
    return {one["line"]: one["reason"] for one in files.preview_of(batch)["faults"]}


# ---- crops ----


@pytest.fixture
def project() -> Iterator[AccessProject]:
    with sample.sampled_works():
        yield sample.project()


def clerk() -> Account:
    return official("township.coordinate", unit="township-101")


def crops(project: AccessProject, file: BytesIO, **chosen: Any) -> TableBatch:
    return checked(sheets.CROPS, file, clerk(), project=project.case.number, division=HENGSHUI, **chosen)


def test_thirty_seven_bad_rows_among_five_thousand(project: AccessProject) -> None:
    bad = {7 + 130 * number: number for number in range(37)}
    rows: list[tuple[Any, ...]] = [
        (f"东坡{line}号", f"示例户{line}", ("一亩", -1, "", 1.234567, 0)[bad[line] % 5] if line in bad else 2.35,
         "" if line in bad and bad[line] % 5 == 3 else "小麦")
        for line in range(2, 5002)
    ]  # fmt: skip
    batch = crops(project, workbook(HEADINGS, *rows))
    assert (batch.state, batch.good, batch.bad) == (TableState.CHECKED, 4963, 37), batch.fault
    assert not CropRow.objects.exists()
    assert set(faults(batch)) == set(bad)
    batch = loaded(batch, good_only=True)
    assert (batch.state, batch.good) == (TableState.LOADED, 4963), batch.fault
    assert CropRow.objects.count() == 4963
    entry = batch.entries.select_related("event__case").get()
    assert township.crop_total(entry.event.case) == 4963 * Decimal("3525.00")


def test_a_list_of_crops_is_withdrawn_by_a_step_until_it_is_shown(project: AccessProject) -> None:
    batch = loaded(crops(project, workbook(HEADINGS, ("东坡1号", "示例甲", 2.35, "小麦"))))
    batch = undone(batch, clerk())
    matter = batch.entries.get().event.case
    assert (batch.state, matter.state) == (TableState.UNDONE, "withdrawn")
    assert CropRow.objects.count() == 1 and not CropRow.objects.current().exists()
    assert Obligation.objects.get(case=matter).result == "登记已撤销"

    batch = loaded(crops(project, workbook(HEADINGS, ("东坡2号", "示例甲", 2.35, "小麦"))))
    shown = {"where": "村公示栏", "from_day": date(2025, 6, 1), "to_day": date(2025, 6, 8)}
    door.take_step(batch.entries.get().event.case, "show", by=clerk(), data=shown)
    batch = undone(batch, clerk())
    assert batch.state == TableState.LOADED and "要在“已登记”时办理，本件现为“已公示”" in batch.fault


def test_a_project_that_is_not_there_is_said_before_the_file_is_taken(project: AccessProject) -> None:
    with pytest.raises(ValueError, match="没有编号为绛电接〔2099〕9999的项目"):
        checked(sheets.CROPS, workbook(HEADINGS), clerk(), project="绛电接〔2099〕9999", division=HENGSHUI)
    elsewhere = official("township.coordinate", unit="township-100")
    with pytest.raises(ValueError, match="不在您的范围内"):
        checked(sheets.CROPS, workbook(HEADINGS), elsewhere, project=project.case.number, division=HENGSHUI)
    assert not TableBatch.objects.exists()


# ---- payments ----

PAID = ("项目编号", "支付金额", "收款账户", "国库流水号", "用途")


@pytest.fixture
def funded() -> Case:
    """County-paid works with 386,000.00 appropriated."""
    return walk.funded()


def payments(*rows: tuple[str, ...], name: str = "支付.csv") -> TableBatch:
    out = StringIO()
    csv.writer(out).writerows([PAID, *rows])
    return checked(sheets.PAYMENTS, BytesIO(out.getvalue().encode("gb18030")), official("energy.settle"), name)


def test_payments_of_the_treasury_become_steps_and_what_does_not_fit_is_listed(funded: Case) -> None:
    number = funded.root.number
    left = money_of_project(funded.root.access_project).left
    typed = number.replace("〔", "[").replace("〕", "]")
    batch = payments(
        (typed, "1,000.00", walk.ACCOUNT, "T-901", "进度款"),
        (number, "2000.5", walk.ACCOUNT, "T-902", ""),
        (number, "3000", "9999", "T-903", ""),
        ("绛电接〔2025〕9999", "10", walk.ACCOUNT, "T-904", ""),
        (number, "10", walk.ACCOUNT, "T-902", ""),
        (number, str(left), walk.ACCOUNT, "T-905", ""),
        (number, "0", walk.ACCOUNT, "T-906", ""),
    )
    told = faults(batch)
    assert (batch.good, batch.bad) == (2, 5)
    assert "收款账户与合同不一致" in told[4] and "没有编号为" in told[5] and told[6] == "与第 3 行重复"
    assert "余额" in told[7] and "大于零" in told[8]
    assert money_of_project(funded.root.access_project).left == left
    batch = loaded(batch, good_only=True)
    assert money_of_project(funded.root.access_project).left == left - Decimal("3000.50")
    again = payments((number, "1000", walk.ACCOUNT, "T-901", ""), name="再来.csv")
    assert "T-901" in faults(again)[2]


def test_a_batch_of_payments_is_taken_back_by_reversals(funded: Case) -> None:
    number, project = funded.root.number, funded.root.access_project
    left = money_of_project(project).left
    rows = ((number, "1000", walk.ACCOUNT, "T-901", ""), (number, "2000", walk.ACCOUNT, "T-902", ""))
    batch = undone(loaded(payments(*rows)), official("energy.settle"))
    assert batch.state == TableState.UNDONE, batch.fault
    assert money_of_project(project).left == left
    funded.refresh_from_db()
    assert funded.events.filter(step_name="reverse_payment").count() == 2
    assert loaded(payments(*rows, name="更正.csv")).state == TableState.LOADED, "the numbers are free again"


@pytest.mark.proves("power-3-2-2-4-2")
def test_only_a_payment_that_stands_is_reversed_and_only_whole(funded: Case) -> None:
    data = {"account": walk.ACCOUNT, "treasury_number": "T-1"}
    walk.take(funded, "pay", "energy.settle", TODAY, amount="1000", **data)
    say = lambda **more: walk.refused(funded, "reverse_payment", "energy.settle", TODAY, reason="记错了", **more)  # noqa: E731
    assert "没有流水号T-2的支付" in say(treasury_number="T-2", amount="1000")
    assert "须全额冲销" in say(treasury_number="T-1", amount="999")
    walk.take(funded, "reverse_payment", "energy.settle", TODAY, treasury_number="T-1", amount="1000", reason="记错了")
    assert "或已冲销" in say(treasury_number="T-1", amount="1000")


# ---- lines of a cost detail in the form of the design ----


def test_lines_of_a_cost_detail_with_a_wrong_total_and_bad_prices(settings: Any) -> None:
    works = walk.scheme_made()
    walk.take(works, "procure", "energy.design", walk.APPLIED, **walk.procurement("设计"))
    name = f"lines:{works.procedure_name}:design:lines"
    client = Client()
    client.force_login(official("energy.design"))
    rows = [
        ("名称", "规格", "类别", "数量", "单位", "单价（元）", "金额（元）"),
        ("电缆排管", "φ150", "土建配套", 820, "米", 470.73, 386000),
        ("电缆井", "", "土建配套", 12, "座", "一千", 12000),
        ("合计", "", "", "", "", "", 386100),
    ]
    file = workbook(*rows)
    file.name = "明细.xlsx"
    client.post(reverse("table", args=[name]), {"file": file, "case": works.pk})
    batch = batches.check(TableBatch.objects.get().pk)
    assert (batch.good, batch.bad) == (1, 1) and "单价不是数：一千" in faults(batch)[3]
    batches.give_up(batch)

    rows[2] = ("电缆井", "", "土建配套", 12, "座", 1000, 12000)
    batch = checked_for(name, workbook(*rows), works)
    assert batch.fault == "第 4 行：合计应为 398,000.00，表中写 386,100.00"
    rows[3] = ("合计", "", "", "", "", "", 398000)
    batch = loaded(checked_for(name, workbook(*rows), works))
    page = client.get(reverse("step", args=[works.pk, "design"]), {"batch": batch.pk}).content.decode()
    assert "电缆排管" in page and 'value="386000.00"' in page
    assert works.events.filter(step_name="design").count() == 0


def checked_for(name: str, file: BytesIO, case: Case) -> TableBatch:
    from xianzhi.kernel.tables import declare  # noqa: PLC0415

    table = declare.find(name)
    assert table is not None
    return checked(table, file, official("energy.design"), case=case.pk)


# ---- assets ----


def test_assets_with_positions_are_listed_for_their_handover() -> None:
    handover = walk.child(walk.accepted(), Handover)
    heads = ("资产编号", "类别", "位置", "坐标", "价值（元）")
    good = ("示例-井-001", "电缆井", "示例路口", "111.5712,35.4905", 12000)
    by, number = official("energy.works"), handover.root.number
    chosen = {"handover": number, "view": "transfer"}
    batch = checked(sheets.ASSETS, workbook(heads, good, ("示例-井-002", "电缆井", "示例路", "东边", 1)), by, **chosen)
    assert "示例-井-002" in batch.fault
    batch = loaded(checked(sheets.ASSETS, workbook(heads, good), by, name="二.xlsx", **chosen))
    assert batch.state == TableState.LOADED, batch.fault
    assert Asset.objects.get(code="示例-井-001").point["coordinates"] == [111.5712, 35.4905]
    with pytest.raises(batches.NotNow, match="不能整批撤销"):
        batches.ask_to_undo(batch, "错了", by=by)
