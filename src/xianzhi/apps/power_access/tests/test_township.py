"""The townships' part, and the obligations that the notice lays on units without a procedure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from xianzhi.apps.power_access.models import AccessProject, CropRow
from xianzhi.apps.power_access.services import obligations, township
from xianzhi.apps.power_access.tests import sample
from xianzhi.apps.power_access.tests.sample import GUJIANG, HENGSHUI, file, official
from xianzhi.kernel import clock, door
from xianzhi.kernel.load import load_county
from xianzhi.kernel.models import Case, Obligation
from xianzhi.kernel.queries import waiting_for

pytestmark = pytest.mark.django_db
DAY = date(2025, 5, 6)
PLOT = {"plot": "东坡3号", "holder": "示例甲", "area": "2.35", "crop": "小麦"}


@pytest.fixture(autouse=True)
def county(settings: Any, tmp_path: Any) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with clock.at(date(2025, 7, 1)), sample.sampled_works():
        load_county()
        yield


@pytest.fixture
def project() -> AccessProject:
    return sample.project()


def listed(project: AccessProject, *plots: dict[str, str], division: str = HENGSHUI) -> Case:
    return township.list_crops(
        project, division, plots or (PLOT,), by=official("energy.works"), on=DAY, wanted_by=date(2025, 6, 1)
    )


def take(case: Case, step: str, *materials: str, unit: str = "township-101", **data: Any) -> None:
    clerk = official("township.coordinate", unit=unit)
    door.take_step(case, step, by=clerk, on=DAY, data=data, materials=[file(kind) for kind in materials])


SHOWN = {"where": "东山底村公示栏", "from_day": date(2025, 5, 7), "to_day": date(2025, 5, 14)}


@pytest.mark.proves("power-3-2-3-6")
def test_crops_are_computed_and_stand_as_a_task_at_the_township_of_the_plot(project: AccessProject) -> None:
    case = listed(project)
    assert CropRow.objects.get().amount == Decimal("3525.00")
    assert case in waiting_for(official("township.coordinate", unit="township-101"))
    elsewhere = official("township.coordinate", unit="township-100")
    assert case not in Case.objects.visible_to(elsewhere)
    with pytest.raises(door.Refused, match="不在您的范围内"):
        take(case, "show", unit="township-100", **SHOWN)
    task = Obligation.objects.get(case=case)
    assert (task.unit.name, task.due_on, task.done_on) == ("横水镇人民政府", date(2025, 6, 1), None)


@pytest.mark.proves("power-3-2-3-6")
def test_a_question_of_policy_stands_at_its_township(project: AccessProject) -> None:
    case = township.ask(project, HENGSHUI, "policy", "林地占用如何衔接", by=official("energy.works"), on=DAY)
    assert case in waiting_for(official("township.coordinate", unit="township-101"))
    assert Obligation.objects.get(case=case).unit.name == "横水镇人民政府"
    take(case, "note_progress", progress="已与村委会沟通")
    take(case, "answer", outcome="按临时用地办理")
    task = Obligation.objects.get(case=case)
    assert (case.state, task.done_on, task.result) == ("answered", DAY, "按临时用地办理")


def test_compensation_is_listed_shown_paid_and_signed(project: AccessProject) -> None:
    case = listed(project, PLOT, {**PLOT, "plot": "东坡4号", "area": "1.00", "rate": "2000.00"})
    assert township.crop_total(case) == Decimal("5525.00")
    assert township.crops_unsettled(project.case) == 2
    with pytest.raises(door.Refused, match="要在“已公示”时办理"):
        take(case, "pay", paid="5525.00", paid_on=DAY)
    take(case, "show", **SHOWN)
    with pytest.raises(door.Refused, match=r"相差25\.00元"):
        take(case, "pay", paid="5500.00", paid_on=DAY)
    take(case, "pay", paid="5525.00", paid_on=DAY)
    assert not township.crops_unsettled(project.case)
    with pytest.raises(door.Refused, match="缺签收单"):
        take(case, "sign")
    take(case, "sign", "receipts")
    assert Obligation.objects.get(case=case).result == "青苗赔偿已支付并签收"


def test_a_corrected_list_replaces_the_shown_one_and_leaves_it_readable(project: AccessProject) -> None:
    case = listed(project)
    take(case, "show", **SHOWN)
    take(case, "relist", plots=[{**PLOT, "area": "2.00"}])
    assert case.state == "listed"
    assert township.crop_total(case) == Decimal("3000.00")
    assert township.crops_unsettled(project.case) == 1
    assert list(CropRow.objects.values_list("version", "amount")) == [(1, Decimal(3525)), (2, Decimal(3000))]


def test_a_list_that_cannot_be_right_is_refused(project: AccessProject) -> None:
    with pytest.raises(door.Refused, match="东坡3号列了不止一次"):
        listed(project, PLOT, PLOT)
    with pytest.raises(door.Refused, match="1块地没有面积"):
        listed(project, {**PLOT, "area": "0"})
    with pytest.raises(door.Refused, match="没有负责协调的乡镇"):
        listed(project, division="140826402000")
    assert not township.crops_unsettled(project.case)


def test_crops_of_another_township_are_its_own(project: AccessProject) -> None:
    here, there = listed(project), listed(project, {**PLOT, "plot": "西坡1号"}, division=GUJIANG)
    clerk = official("township.coordinate", unit="township-100")
    assert list(Case.objects.visible_to(clerk)) == [there]
    assert township.crops_unsettled(here) == 2


def test_the_page_offers_what_may_be_done_before_anything_is_entered(project: AccessProject) -> None:
    case = listed(project)
    assert sample.possible(case, "township.coordinate", unit="township-101") == {"show", "relist", "withdraw_list"}
    take(case, "show", **SHOWN)
    assert sample.possible(case, "township.coordinate", unit="township-101") == {"pay", "relist"}
    assert sample.possible(case, "township.coordinate", unit="township-100") == set()


# ---- obligations


@pytest.mark.proves("power-4-2-1")
def test_the_fund_rules_are_an_open_obligation_without_a_date() -> None:
    obligations.load_obligations()
    rules = Obligation.objects.get(provision="power-4-2-1")
    assert (rules.unit.name, rules.due_on, rules.done_on) == ("县能源局", None, None)


def test_loading_obligations_again_writes_nothing() -> None:
    assert obligations.load_obligations() == Obligation.objects.count() > 0
    done = Obligation.objects.get(provision="power-4-2-1")
    done.done_on, done.result = DAY, "示例能源〔2025〕1号"
    done.save()
    assert obligations.load_obligations() == 0
    assert Obligation.objects.get(provision="power-4-2-1").done_on == DAY


@pytest.mark.proves("power-0-3")
def test_eleven_territorial_addressees_are_listed_with_their_posts() -> None:
    official("township.coordinate", unit="township-101")
    obligations.load_obligations()
    found = obligations.addressees()
    assert len(found) == 11
    assert {one.unit.name: one.posts for one in found if one.posts} == {"横水镇人民政府": ("township.coordinate",)}
    named = Obligation.objects.filter(provision="power-0-3", unit__kind__in=("township", "zone"))
    assert named.count() == 11
