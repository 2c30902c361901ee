"""Walks through the procedures, step by step through the door, for tests: who acts, on which day, with which papers.

Red lines lie in three strips of land, all of 8,000 m² and some: planned and covered, planned only, neither.
"""

import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from xianzhi.apps.power_access.models import PlanningLand, ReserveCover
from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid, OwnPaid, SharedCivil, SharedElectrical
from xianzhi.apps.power_access.services import apply, plan
from xianzhi.apps.power_access.tests.sample import HENGSHUI, official, words
from xianzhi.kernel import clock, door
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Account, Case, Event, Subject
from xianzhi.law.procedure import Procedure

BEGAN = date(2024, 3, 13)
APPLIED = date(2025, 3, 3)  # a Monday
COVERED, PLANNED, OUTSIDE = 111.560, 111.580, 111.600
"""Where a red line begins, in degrees east: under reserve cover and planned, planned only, neither."""
ACCOUNT = "6222-示例-0001"


def lay_land(true_on: date = date(2025, 3, 1)) -> None:
    """The layers in force since the notice began."""
    facts = {"name": "示例图层", "since": BEGAN, "source": "示例规划", "true_on": true_on}
    PlanningLand.objects.create(shape=_box(111.555, 111.595), **facts)
    ReserveCover.objects.create(shape=_box(111.555, 111.575), **facts)


def _box(west: float, east: float) -> dict[str, Any]:
    south, north = 35.480, 35.500
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def red_line(west: float = COVERED, row: int = 0) -> str:
    """A red line by its corners, about 100 m by 80 m; another row for another project."""
    south = 35.4810 + row / 1000
    return f"{west:.4f},{south:.4f} {west + 0.0011:.4f},{south:.4f} {west + 0.0011:.4f},{south + 0.0007:.4f} " + (
        f"{west:.4f},{south + 0.0007:.4f}"
    )


def owner(name: str = "示例食品厂", serial: int = 1) -> Account:
    """An owner's own account."""
    subject, _ = Subject.objects.get_or_create(
        code=f"SAMPLEOWNER{serial}", defaults={"kind": Subject.ORGANISATION, "name": name}
    )
    account, _ = Account.objects.get_or_create(
        username=f"owner-{serial}", defaults={"name": name, "subject": subject, "password": "!"}
    )
    return account


def factory(**changed: Any) -> dict[str, Any]:
    """What a factory on granted land under reserve cover applies for: class B."""
    return {
        "name": "示例食品厂新建项目", "place": "横水镇示例路1号", "land_use": "工业", "red_line": red_line(),
        "stage": "land", "ready_by": date(2025, 12, 1), "proof_kind": "certificate",
        "proof_number": "示例不动产权第0000001号", "obtained_on": date(2024, 2, 20), "supply_mode": "出让",
        "capacity_kva": "1250", "voltage": "高压", "size": "其他", **changed,
    }  # fmt: skip


def shop(**changed: Any) -> dict[str, Any]:
    """What a bakery in a rented shop applies for: class A."""
    return {
        "name": "示例面包店", "place": "横水镇示例街2号", "land_use": "商业服务", "red_line": red_line(OUTSIDE),
        "proof_kind": "lease", "supply_mode": "租赁", "capacity_kw": "45.0", "voltage": "低压", "size": "小微",
        **changed,
    }  # fmt: skip


def hospital(**changed: Any) -> dict[str, Any]:
    """A hospital on allocated land without reserve cover: class C by joint determination."""
    return factory(
        name="示例医院", land_use="公共服务", red_line=red_line(PLANNED), supply_mode="划拨", capacity_kva="630",
        size="非企业", **changed,
    )  # fmt: skip


def paper(kind: str, edition: str = "") -> Upload:
    """A small PDF handed in as a kind of material; another edition is another file."""
    return Upload(kind, f"{kind}.pdf", io.BytesIO(b"%PDF-1.4\n" + f"{kind}{edition}".encode()))


def applied(facts: Mapping[str, Any], by: Account | None = None, on: date = APPLIED, **rest: Any) -> Case:
    """An application with its two papers."""
    by = by or owner()
    with clock.at(on):
        return apply(
            by, subject=by.subject, division=HENGSHUI, facts=facts,
            materials=rest.pop("materials", [paper("application"), paper("land_document")]), **rest,
        )  # fmt: skip


def take(case: Case, step: str, by: Account | str, on: date, *papers: str | Upload, **data: Any) -> Event:
    """Takes a step, by an account or by whoever holds a post."""
    who = official(by) if isinstance(by, str) else by
    files = [paper(one) if isinstance(one, str) else one for one in papers]
    with clock.at(on):
        return door.take_step(case, step, by=who, data=data, materials=files)


def refused(case: Case, step: str, by: Account | str, on: date, *papers: str | Upload, **data: Any) -> str:
    """All that the door says against a step; the step fails to be taken, or the test fails."""
    seq = case.seq
    try:
        take(case, step, by, on, *papers, **data)
    except door.Refused as refusal:
        assert Case.objects.get(pk=case.pk).seq == seq, "a refused step wrote an event"
        return words(refusal)
    raise AssertionError(f"“{step}”没有被拒绝")


def child(case: Case, procedure: type[Procedure]) -> Case:
    """The newest case of a procedure below a root."""
    return Case.objects.filter(parent=case.root, procedure_name=procedure.name).latest("id")


# ---- intake


def classified(facts: Mapping[str, Any], on: date = APPLIED, **costs: str) -> Case:
    """An application that the first review settles alone."""
    case = applied(facts, on=on)
    kind = "A" if facts["size"] == "小微" else "D" if facts.get("over_standard") else "B"
    take(
        case, "classify", "approval.first_review", on, extension=kind in "AB", county_paid=kind == "B", **costs,
    )  # fmt: skip
    return case


def determined(facts: Mapping[str, Any], on: date = APPLIED) -> Case:
    """An application on which both offices agree: class C."""
    case = applied(facts, on=on)
    take(case, "refer", "approval.first_review", on)
    take(case, "opine_approval", "approval.first_review", on, opinion="C", reason="公共服务项目")
    take(case, "opine_grid", "grid.joint", on, opinion="C", reason="同意")
    take(case, "settle_joint", "approval.first_review", on)
    return case


def dispatched(on: date = APPLIED, **changed: Any) -> Case:
    """The works of a factory, just dispatched."""
    case = classified(factory(**changed), on)
    take(case, "dispatch", "approval.dispatch", on)
    return child(case, CountyPaid)


def shared(on: date = APPLIED) -> tuple[Case, Case]:
    """Both strands of a hospital: electrical, civil."""
    case = determined(hospital(), on)
    take(case, "share", "approval.dispatch", on)
    return child(case, SharedElectrical), child(case, SharedCivil)


def handed_over(on: date = APPLIED) -> Case:
    """A shop's connection, just handed over to 供电公司."""
    case = classified(shop(), on)
    take(case, "hand_over", "approval.dispatch", on)
    return child(case, CompanyPaid)


def wished(on: date = APPLIED) -> Case:
    """A factory that wishes a second feed, handed over for both schemes."""
    wish = {"over_standard": True, "wish": "要求第二路电源", "standard": "单电源标准"}
    case = classified(factory(**wish), on, base_cost="386000.00", wished_cost="742000.00")
    take(case, "offer", "approval.dispatch", on)
    return child(case, OwnPaid)


# ---- works

SCHEME = {
    "voltage": "10kV", "access_point": "示例线12号杆", "capacity_kva": "1250",
    "route": "111.5500,35.4780 111.5600,35.4810", "mode": "架空",
}  # fmt: skip
LINES = (
    {"name": "电缆排管", "kind": "civil", "amount": "120000.00"},
    {"name": "工作井", "kind": "civil", "amount": "86400.00"},
    {"name": "路面恢复", "kind": "civil", "amount": "179600.00"},
)
SOURCES = ({"source": "土地储备资金", "amount": "250000.00"}, {"source": "城市基础设施配套费", "amount": "136000.00"})
BUDGET = "386000.00"


def scheme_made(on: date = APPLIED) -> Case:
    case = dispatched(on)
    take(case, "receive", "energy.order", on)
    take(case, "order", "energy.order", on)
    take(case, "scheme", "grid.scheme", on, "scheme", **SCHEME)
    return case


def procurement(kind: str, **changed: Any) -> dict[str, Any]:
    return {
        "kind": kind, "estimate": "350000.00", "method": "直接委托", "contractor": "示例工程公司", "account": ACCOUNT,
        **changed,
    }  # fmt: skip


def design(version: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "scheme_version": version, "surveyed_on": APPLIED, "metres": "820", "lines": list(LINES), "total": BUDGET,
        **changed,
    }  # fmt: skip


def designed(on: date = APPLIED, case: Case | None = None) -> Case:
    case = case or scheme_made(on)
    take(case, "procure", "energy.design", on, **procurement("设计", contractor="示例设计院", account="6222-示例-0002"))
    take(case, "procure_more", "energy.works", on, **procurement("施工"))
    take(case, "witness", "grid.scheme", on, node="design", opinion="同意")
    take(case, "design", "energy.design", on, "drawings", "equipment_list", **design())
    return case


def planned(case: Case, amount: str = "500000.00", on: date = date(2025, 1, 6)) -> None:
    """A plan of the year, consented to, with a line for the project of a case. Drafted afterwards, dated before."""
    line = {"name": case.title, "project": case.root.number, "amount": amount}
    with clock.at(APPLIED):
        made = plan.draft(on.year, by=official("energy.plan"), on=on, lines=[line])
    agreed = {"county_side": "县能源局", "company_side": "国网绛县供电公司", "agreed": amount, "reason": "新增项目"}
    _on_day(made, "agree", "energy.plan", on, "minutes", **agreed)
    _on_day(made, "consent", "government.consent", on, number="示例政函〔2025〕1号", consented_on=on)


def _on_day(case: Case, step: str, by: str, on: date, *papers: str, **data: Any) -> None:
    with clock.at(APPLIED):
        files = [paper(one) for one in papers]
        door.take_step(case, step, by=official(by), on=on, data=data, materials=files)


APPROVAL = {"approval_number": "示例发改〔2025〕8号", "approved_on": APPLIED}


def listed(on: date = APPLIED, case: Case | None = None) -> Case:
    case = designed(on, case)
    planned(case)
    take(case, "list", "energy.plan", on, "approval_document", **APPROVAL)
    return case


def funding(number: str = "示例库〔2025〕1号", **changed: Any) -> dict[str, Any]:
    return {"amount": BUDGET, "sources": list(SOURCES), "treasury_number": number, **changed}


def payment(amount: str, number: str, account: str = ACCOUNT) -> dict[str, Any]:
    return {"amount": amount, "account": account, "treasury_number": number}


def funded(on: date = APPLIED, case: Case | None = None) -> Case:
    case = listed(on, case)
    take(case, "fund", "finance.fund", on, **funding())
    return case


def built(on: date = APPLIED, case: Case | None = None) -> Case:
    case = funded(on, case)
    take(case, "build", "energy.works", on, civil_on=on)
    return case


def accepted(on: date = APPLIED, end_on: date | None = None) -> Case:
    case = built(on)
    take(case, "finish_electrical", "energy.works", on, electrical_on=on)
    take(case, "witness", "grid.connect", on, node="acceptance", opinion="同意")
    take(case, "accept", "energy.works", on, "acceptance_report", county_opinion="合格", end_on=end_on or on)
    return case


def settled(on: date = APPLIED, *, paid: str, audited: str) -> Case:
    """Audited and settled, everything on one day."""
    case = accepted(on)
    take(case, "pay", "energy.settle", on, **payment(paid, "示例支〔2025〕1号"))
    take(case, "hand_in", "energy.settle", on, "settlement_report", "papers", submitted="402000.00")
    take(case, "consent_finance", "finance.close", on, auditor="示例会计师事务所")
    take(case, "consent_energy", "energy.settle", on, auditor="示例会计师事务所")
    take(case, "audit", "finance.close", on, "audit_report", audited=audited)
    take(case, "settle", "finance.close", on)
    return case
