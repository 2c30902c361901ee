"""Who farms a plot and who reports a charge: sealed in records and ledger, masked, opened by whom it concerns."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from xianzhi.apps.power_access.models import CropRow
from xianzhi.apps.power_access.services import charges, township
from xianzhi.apps.power_access.tests import sample
from xianzhi.apps.power_access.tests.sample import HENGSHUI, official
from xianzhi.kernel import clock
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Case
from xianzhi.kernel.personal import opening
from xianzhi.kernel.personal.sealed import opened
from xianzhi.kernel.tests.personal_sample import everything

pytestmark = pytest.mark.django_db
FARMER, CALLER, PHONE = "示例承包户", "示例来电人", "13800001111"
PLOTS = [{"plot": "东坡3号", "holder": FARMER, "area": "2.35", "crop": "小麦"}]


@pytest.fixture(autouse=True)
def county(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with clock.at(date(2025, 7, 1)), sample.sampled_works():
        load_county()
        yield


def items(case: Case) -> list[str]:
    return [f"{one.label} {one.value}" for one in opening.items(case)]


@pytest.mark.proves("house-4-1")
def test_who_farms_a_plot_stands_nowhere_in_clear_and_is_opened_by_the_township() -> None:
    case = township.list_crops(sample.project(), HENGSHUI, PLOTS, by=official("energy.works"))
    row = CropRow.objects.get()
    assert str(row.holder) == "示****" and opened(row.holder) == FARMER and str(row) == "东坡3号 示****"
    assert FARMER not in everything()
    assert items(case)[-1:] == ["登记青苗 第1行承包人 示****"]
    clerk = official("township.coordinate", unit="township-101")
    wanted = [one.id for one in opening.items(case) if one.id.endswith("holder")]
    ((_, plain),) = opening.reveal(clerk, case, wanted, "pay", "支付青苗赔偿")
    assert plain == FARMER
    for stranger in (official("township.coordinate", unit="township-105"), official("approval.first_review")):
        with pytest.raises(opening.NotAllowed):
            opening.reveal(stranger, case, wanted, "pay", "支付青苗赔偿")
    assert not [one for one in verify() if case.number in one.where or "查看记录" in one.where]


@pytest.mark.proves("house-4-1")
def test_who_reports_a_charge_stands_nowhere_in_clear() -> None:
    report = charges.report_charge(what="装表收费", contact=f"{CALLER} {PHONE}")
    held = everything()
    assert PHONE not in held and CALLER not in held
    assert items(report) == [f"反映收费 联系方式 {CALLER} 138****1111"]
    reader = official("approval.first_review")
    ((_, plain),) = opening.reveal(reader, report, ["event.1.contact"], "contact", "告知反映人办理结果")
    assert plain == f"{CALLER} {PHONE}"
    with pytest.raises(opening.NotAllowed):
        opening.reveal(official("energy.settle"), report, ["event.1.contact"], "contact", "告知反映人办理结果")
