"""Class C: two strands under one project."""

from datetime import date
from decimal import Decimal

import pytest

from xianzhi.apps.power_access.models import AccessProject, JointDetermination, SupplyScheme
from xianzhi.apps.power_access.procedures import Handover
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.apps.power_access.tests.walk import APPLIED, child, design, funding, owner, refused, take
from xianzhi.kernel.models import Case
from xianzhi.kernel.queries import waiting_for

pytestmark = pytest.mark.usefixtures("jiangxian")
CABLE = walk.SCHEME | {
    "mode": "电缆", "mode_reason": "沿街架空通道受限", "cable_civil": "410500.00", "overhead_civil": "96000.00",
}  # fmt: skip


def schemed(**changed: str) -> tuple[Case, Case]:
    """Both strands with the scheme taken over by the civil one."""
    electrical, civil = walk.shared()
    take(electrical, "scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME | changed)
    take(civil, "take_scheme", "energy.order", APPLIED)
    return electrical, civil


def test_the_determination_stands_for_the_order():
    electrical, civil = walk.shared()
    assert "供电公司尚未出具供电方案" in refused(civil, "take_scheme", "energy.order", APPLIED)
    event = take(electrical, "scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME)
    number = JointDetermination.objects.get().number
    assert number in event.decision["reasons"][0]["text"]
    take(civil, "take_scheme", "energy.order", APPLIED)
    assert list(waiting_for(official("grid.connect"))) == [electrical]
    assert list(waiting_for(official("energy.design"))) == [civil]


@pytest.mark.proves("power-3-2-3-3")
def test_a_cable_needs_a_reason_and_shows_what_it_adds():
    electrical, _ = walk.shared()
    said = refused(electrical, "scheme", "grid.scheme", APPLIED, "scheme", **CABLE | {"mode_reason": ""})
    assert "原则上采用架空，采用电缆须说明理由" in said
    event = take(electrical, "scheme", "grid.scheme", APPLIED, "scheme", **CABLE)
    said = "".join(reason["text"] for reason in event.decision["reasons"])
    assert "增加 314,500.00 元" in said
    assert SupplyScheme.objects.get().cable_civil == Decimal("410500.00")


@pytest.mark.proves("power-3-2-3-4")
def test_an_electrical_line_does_not_belong_in_the_countys_detail():
    _, civil = schemed()
    take(civil, "procure", "energy.design", APPLIED, **walk.procurement("设计"))
    take(civil, "witness", "grid.scheme", APPLIED, node="design", opinion="同意")
    lines = [*walk.LINES, {"name": "变压器", "kind": "electrical", "amount": "512300.00"}]
    typed = design(lines=lines, total="898300.00")
    said = refused(civil, "design", "energy.design", APPLIED, "drawings", "equipment_list", **typed)
    assert "电气工程由供电公司投资，不能列入县级费用明细：变压器" in said


@pytest.mark.proves("power-3-2-3-2")
def test_civil_works_wait_for_the_electrical_strand_and_then_go_to_their_end():
    electrical, civil = schemed()
    walk.built(case=civil)
    take(civil, "witness", "grid.connect", APPLIED, node="acceptance", opinion="同意")
    acceptance = {"county_opinion": "合格", "end_on": APPLIED}
    assert "电气未竣工" in refused(civil, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
    take(electrical, "build", "grid.connect", APPLIED, built_on=APPLIED)
    take(civil, "accept", "energy.works", APPLIED, "acceptance_report", **acceptance)
    assert child(civil, Handover).state == "to_judge"
    take(electrical, "energise", "grid.connect", date(2025, 3, 5), energised_on=date(2025, 3, 5))
    assert electrical.state == "energised"
    take(electrical, "confirm_zero", owner(), date(2025, 3, 5))
    assert electrical.closed_on == date(2025, 3, 5)


def test_funding_rests_on_the_determination():
    _, civil = schemed()
    walk.listed(case=civil)
    event = take(civil, "fund", "finance.fund", APPLIED, **funding())
    assert "共同认定书、设备清单、费用明细齐全" in "".join(reason["text"] for reason in event.decision["reasons"])


def test_a_new_scheme_of_the_electrical_strand_stops_the_civil_one():
    electrical, civil = schemed()
    walk.funded(case=civil)
    take(electrical, "revise_scheme", "grid.scheme", APPLIED, "scheme", **walk.SCHEME | {"reason": "改接点"})
    said = refused(civil, "build", "energy.works", APPLIED, civil_on=APPLIED)
    assert "设计待复核" in said
    assert AccessProject.objects.get(case=civil.root.pk).scheme.version == 2
