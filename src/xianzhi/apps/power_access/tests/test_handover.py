"""Handover: what was built is listed, judged, found on the spot and passed on; somebody answers for it on every day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from xianzhi.apps.power_access.models import AccessProject, Asset, SafetyDuty
from xianzhi.apps.power_access.procedures.handover import Handover
from xianzhi.apps.power_access.services import handover
from xianzhi.apps.power_access.tests import sample
from xianzhi.apps.power_access.tests.sample import file, official, record
from xianzhi.kernel import clock, door
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Case, Unit

pytestmark = pytest.mark.django_db

ACCEPTED = date(2025, 7, 5)
CODES = [f"A-{number:03d}" for number in range(1, 15)]


@pytest.fixture(autouse=True)
def county(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with clock.at(date(2026, 8, 3)), sample.sampled_works():
        load_county()
        yield


@pytest.fixture
def project() -> AccessProject:
    return sample.project()


def opened(project: AccessProject, view: str = "transfer") -> Case:
    """A handover with fourteen assets on its list."""
    case = handover._open(project, by=official("energy.works"), on=ACCEPTED)
    assets = [{"code": code, "kind": "电缆井", "position": "示例路北侧", "value": "12000.00"} for code in CODES]
    take(case, "list_assets", "energy.works", date(2025, 7, 6), assets=assets, view=view)
    return case


def take(case: Case, step: str, post: str, on: date, *materials: str, **data: Any) -> None:
    door.take_step(case, step, by=official(post), on=on, data=data, materials=[file(kind) for kind in materials])


def judged(project: AccessProject) -> Case:
    case = opened(project)
    take(case, "judge_transfer", "grid.assets", date(2025, 7, 15), reasons="与公用线路相连，便于统一运维", judged=14)
    return case


def sign(case: Case, effective: date, *materials: str) -> None:
    signed = date(2025, 7, 18)
    take(case, "sign", "energy.works", date(2025, 7, 20), *materials, signed_on=signed, effective_on=effective)


def transferred(project: AccessProject, effective: date) -> Case:
    case = judged(project)
    sign(case, effective, "agreement")
    handover.scan(case, CODES, by=official("grid.assets"), on=date(2025, 7, 21))
    take(case, "complete", "grid.assets", date(2025, 7, 22))
    return case


def energise(project: AccessProject, day: date) -> None:
    record(sample.works(project, ACCEPTED), "energise", date(2025, 8, 20), energised_on=day)


def holder(day: date) -> str:
    return handover.holder_of(Asset.objects.get(code="A-014"), day).unit.name


@pytest.mark.proves("power-3-2-2-7-1")
def test_the_judgement_drafts_an_agreement_over_all_assets_at_no_price(project: AccessProject) -> None:
    case = judged(project)
    assert case.handed_assets.count() == 14
    assert case.handover_agreement.price == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        case.handover_agreement.price = 1
        case.handover_agreement.save()


def test_every_asset_is_judged_once_and_by_both(project: AccessProject) -> None:
    case = opened(project)
    with pytest.raises(door.Refused, match="14项资产中研判了13项"):
        take(case, "judge_transfer", "grid.assets", date(2025, 7, 15), reasons="便于运维", judged=13)
    with pytest.raises(door.Refused, match="县能源局意见为移交供电公司，与研判不一致"):
        take(case, "judge_keep", "grid.assets", date(2025, 7, 15), reasons="不便接收", judged=14)
    with pytest.raises(door.Refused, match="您没有这个岗位"):
        take(case, "judge_transfer", "energy.works", date(2025, 7, 15), reasons="便于运维", judged=14)
    other = handover._open(sample.project("示例铸件厂", serial=8), by=official("energy.works"), on=ACCEPTED)
    double = [{"code": "A-001", "kind": "电缆井", "position": "示例路", "value": "1.00"}]
    with pytest.raises(door.Refused, match="资产编号A-001重复"):
        take(other, "list_assets", "energy.works", date(2025, 7, 15), assets=double, view="keep")


@pytest.mark.proves("power-3-2-2-7-2")
def test_an_asset_stands_where_its_position_says(project: AccessProject) -> None:
    case = opened(project)
    placed = [{"code": "A-001", "kind": "工作井", "position": "示例路", "value": "8000.00", "point": "111.570,35.490"}]
    with pytest.raises(door.Refused, match="A-001：第1点“东边”写法有误"):
        take(case, "list_assets", "energy.works", date(2025, 7, 7), assets=[placed[0] | {"point": "东边"}], view="keep")
    take(case, "list_assets", "energy.works", date(2025, 7, 7), assets=placed, view="keep")
    assert Asset.objects.get(code="A-001").point == {"type": "Point", "coordinates": [111.57, 35.49]}


def test_nothing_is_transferred_without_the_signed_agreement(project: AccessProject) -> None:
    case = judged(project)
    handover.scan(case, CODES, by=official("grid.assets"), on=date(2025, 7, 16))
    with pytest.raises(door.Refused, match="缺无偿移交协议"):
        sign(case, date(2025, 8, 1))
    with pytest.raises(door.Refused, match="早于签署日期"):
        sign(case, date(2025, 7, 17), "agreement")
    with pytest.raises(door.Refused, match="要在“已签协议”时办理"):
        take(case, "complete", "grid.assets", date(2025, 7, 22))
    assert not handover.handover_done(project)


def test_an_agreement_of_fourteen_assets_is_not_complete_with_thirteen(project: AccessProject) -> None:
    case = judged(project)
    sign(case, date(2025, 8, 1), "agreement")
    handover.scan(case, CODES[:13], by=official("grid.assets"), on=date(2025, 7, 21))
    with pytest.raises(door.Refused, match="14项资产只核对了13项"):
        take(case, "complete", "grid.assets", date(2025, 7, 22))
    with pytest.raises(door.Refused, match="A-099不在移交清单内"):
        handover.scan(case, ["A-099"], by=official("grid.assets"), on=date(2025, 7, 22))
    handover.scan(case, CODES[12:], by=official("grid.assets"), on=date(2025, 7, 22))
    take(case, "complete", "grid.assets", date(2025, 7, 22))
    assert case.state == "transferred" and handover.handover_done(project)


@pytest.mark.proves("power-3-2-2-7-3")
@pytest.mark.parametrize(
    ("energised", "effective"),
    [(date(2025, 7, 10), date(2025, 8, 1)), (date(2025, 8, 1), date(2025, 7, 20))],
    ids=["in operation first", "agreement first"],
)
def test_the_duty_passes_when_both_days_are_reached(project: AccessProject, energised: date, effective: date) -> None:
    transferred(project, effective)
    energise(project, energised)
    handover.move_duties(project)
    handover.move_duties(project)
    assert (holder(date(2025, 7, 31)), holder(date(2025, 8, 1))) == ("县能源局", "国网绛县供电公司")
    for day in (date(2025, 7, 31), date(2025, 8, 1)):
        kept = SafetyDuty.objects.on(day).get(asset__code="A-014")
        assert kept.holder.name == holder(day)
    assert SafetyDuty.objects.filter(asset__code="A-014").count() == 2


def test_the_duty_passes_with_the_transfer_where_the_works_run_already(project: AccessProject) -> None:
    energise(project, date(2025, 7, 10))
    transferred(project, date(2025, 8, 1))
    assert SafetyDuty.objects.on(date(2025, 8, 1)).filter(holder__code="grid-company").count() == 14


@pytest.mark.proves("power-5-2")
def test_an_asset_in_operation_without_agreement_is_the_building_units(project: AccessProject) -> None:
    opened(project)
    energise(project, date(2025, 7, 10))
    assert holder(date(2025, 9, 1)) == "县能源局"
    assert handover.assets_without_holder(date(2025, 9, 1)) == []
    SafetyDuty.objects.filter(asset__code="A-014").delete()
    assert [asset.code for asset in handover.assets_without_holder(date(2025, 9, 1))] == ["A-014"]
    assert handover.assets_without_holder(date(2025, 7, 9)) == []


def test_two_units_never_answer_for_one_asset(project: AccessProject) -> None:
    opened(project)
    with pytest.raises(IntegrityError), transaction.atomic():
        SafetyDuty.objects.create(
            asset=Asset.objects.get(code="A-001"), holder=Unit.objects.get(code="grid-company"), since=date(2025, 9, 1)
        )


def test_kept_assets_stay_with_the_building_unit_until_judged_anew(project: AccessProject) -> None:
    case = opened(project, view="keep")
    energise(project, date(2025, 7, 10))
    take(case, "judge_keep", "grid.assets", date(2025, 7, 15), reasons="用户专用，不便接收", judged=14)
    assert case.closed_on == date(2025, 7, 15) and handover.handover_done(project)
    assert holder(date(2026, 1, 1)) == "县能源局"
    anew = handover.judge_anew(project, by=official("energy.works"), on=date(2026, 2, 2))
    assets = [{"code": code, "kind": "电缆井", "position": "示例路北侧", "value": "11000.00"} for code in CODES]
    take(anew, "list_assets", "energy.works", date(2026, 2, 3), assets=assets, view="transfer")
    assert not handover.handover_done(project)
    take(anew, "judge_transfer", "grid.assets", date(2026, 2, 4), reasons="已接入公用线路", judged=14)
    dates = {"signed_on": date(2026, 2, 5), "effective_on": date(2026, 3, 1)}
    take(anew, "sign", "energy.works", date(2026, 2, 5), "agreement", **dates)
    handover.scan(anew, CODES, by=official("grid.assets"), on=date(2026, 2, 6))
    take(anew, "complete", "grid.assets", date(2026, 2, 6))
    assert (holder(date(2026, 2, 28)), holder(date(2026, 3, 1))) == ("县能源局", "国网绛县供电公司")


def test_a_yearly_inspection_leaves_the_handover_closed_on_its_day(project: AccessProject) -> None:
    case = transferred(project, date(2025, 8, 1))
    findings = [{"code": "A-014", "finding": "井盖完好"}]
    take(case, "inspect", "grid.assets", date(2026, 7, 20), findings=findings)
    assert case.state == "transferred"
    assert case.closed_on == date(2025, 7, 22)
    with pytest.raises(door.Refused, match="不在移交清单内"):
        take(case, "inspect", "grid.assets", date(2026, 7, 21), findings=[{"code": "A-099", "finding": "无"}])


def test_the_acceptance_opens_the_handover_under_the_project(project: AccessProject) -> None:
    works = sample.works(project, ACCEPTED)
    event = works.events.get()
    attempt = door.Attempt(works, works.procedure.steps["begin"], official("energy.works"), ACCEPTED, {}, past=())
    case = handover.open_handover(event, attempt)
    assert (case.parent, case.state, case.opened_on) == (project.case, "to_judge", ACCEPTED)
    assert handover.handover_of(project) == case
    assert case.procedure is Handover


def test_the_page_offers_what_may_be_done_before_anything_is_entered(project: AccessProject) -> None:
    case = handover._open(project, by=official("energy.works"), on=ACCEPTED)
    assert sample.possible(case, "energy.works") == {"list_assets"}
    assert sample.possible(case, "grid.assets") == set(), "nothing is listed yet"
    other = opened(sample.project("示例铸件厂", serial=8))
    assert sample.possible(other, "grid.assets") == {"judge_transfer"}
    done = date(2025, 7, 15)
    take(other, "judge_transfer", "grid.assets", done, reasons="便于运维", judged=14)
    assert (sample.possible(other, "energy.works"), sample.possible(other, "grid.assets")) == ({"sign"}, {"scan"})
    sign(other, date(2025, 8, 1), "agreement")
    assert sample.possible(other, "grid.assets") == {"scan"}, "nothing is found yet"
