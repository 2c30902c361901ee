"""How each kind of project goes from its application to its end. A walk gives the next day, then acts on it."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from xianzhi.apps.power_access.demo.accounts import subject
from xianzhi.apps.power_access.demo.cast import after, back, child, paper, take
from xianzhi.apps.power_access.demo.places import corners_text, red_line
from xianzhi.apps.power_access.demo.table import SEED, Wanted
from xianzhi.apps.power_access.demo.works import walk_electrical, walk_works
from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid, OwnPaid, SharedCivil, SharedElectrical
from xianzhi.apps.power_access.services import intake
from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Case

Walk = Iterator[date]


def walk(wanted: Wanted, owner: Account | None, waiting: list) -> Walk:
    """A project from its application on. `waiting` is where it asks for its line in the plan."""
    random = Random(SEED + wanted.serial)
    yield county().calendar.next_working(wanted.applied)
    case = _apply(wanted, owner, random)
    yield after(random.randrange(1, 6 if "slow" in wanted.marks else 3))
    if wanted.kind == "out":
        take(case, "turn_down", "approval.first_review", told="土地手续取得于2023年6月1日以前，按供电公司现行规定办理")
        return
    if wanted.kind in ("C", "joint"):
        yield from _joint(wanted, case, random)
        if wanted.kind == "joint":
            return
    else:
        costs = {"base_cost": "386000.00", "wished_cost": "742000.00"} if wanted.kind == "D" else {}
        take(
            case, "classify", "approval.first_review", extension="no" if wanted.kind == "D" else "yes",
            county_paid="yes" if wanted.kind == "B" else "no", **costs,
        )  # fmt: skip
    yield after(1)
    yield from _handed_on(wanted, case, owner, waiting, random)


def _apply(wanted: Wanted, owner: Account | None, random: Random) -> Case:
    shape, _ = red_line(
        wanted.township, wanted.slot, inside=True, covered=wanted.kind not in ("C", "joint"),
        astride=wanted.kind == "joint",
    )  # fmt: skip
    facts: dict[str, Any] = {
        "name": wanted.name,
        "place": f"{county().place(wanted.township)}示例路{wanted.serial + 1}号",
        "land_use": {"A": "商业服务", "C": "公共服务", "joint": "商业服务"}.get(wanted.kind, "工业"),
        "red_line": corners_text(shape),
        "stage": "land",
        "ready_by": wanted.applied + timedelta(days=random.randrange(150, 330)),
        "proof_kind": "certificate" if wanted.proof else "lease",
        "proof_number": f"晋（示例）绛县不动产权第{wanted.serial:07d}号" if wanted.proof else None,
        "obtained_on": wanted.proof,
        "supply_mode": wanted.supply,
        "capacity_kw": wanted.kw,
        "capacity_kva": wanted.kva,
        "voltage": wanted.voltage,
        "feeds": 2 if wanted.kind == "D" else 1,
        "size": wanted.size,
    }
    if wanted.kind != "A":
        facts["project_code"] = f"{wanted.applied.year}-140826-00-01-{100000 + wanted.serial}"
    if wanted.kind == "D":
        facts |= {"over_standard": "yes", "wish": "要求第二路电源", "standard": "供电公司公布标准：二级负荷单电源"}
    return intake.apply(
        owner or _window(), subject=owner.subject if owner else subject(wanted.name, 100 + wanted.serial),
        division=wanted.township, facts=facts,
        materials=[paper("application", "申请书"), paper("land_document", "土地手续")],
    )  # fmt: skip


def _window() -> Account:
    from xianzhi.apps.power_access.demo.cast import holder  # noqa: PLC0415 - beside its only use

    return holder("approval.first_review")


def _joint(wanted: Wanted, case: Case, random: Random) -> Walk:
    """Referred to both offices; where they differ, the county office decides."""
    take(case, "refer", "approval.first_review")
    yield after(random.randrange(1, 3))
    take(case, "opine_approval", "approval.first_review", opinion="C", reason="公共服务项目，未覆盖土地储备资金")
    if wanted.kind == "joint" and "dispute" not in wanted.marks:
        return
    yield after(1)
    differs = "dispute" in wanted.marks
    take(
        case, "opine_grid", "grid.joint", opinion="D" if differs else "C",
        reason="用户要求高于标准" if differs else "同意按分担项目办理",
    )  # fmt: skip
    yield after(1)
    if not differs:
        take(case, "settle_joint", "approval.first_review")
        return
    take(case, "dispute", "approval.first_review")
    if wanted.kind == "joint":
        return
    yield after(3)
    take(case, "decide", "county_office.decide", decided="C", reason="双方材料均表明属公共服务，按分担项目办理")


def _handed_on(wanted: Wanted, case: Case, owner: Account | None, waiting: list, random: Random) -> Walk:
    if wanted.kind == "A":
        take(case, "hand_over", "approval.dispatch")
        yield from _company(wanted, child(case, CompanyPaid), owner, random)
    elif wanted.kind == "B":
        take(case, "dispatch", "approval.dispatch")
        yield from walk_works(wanted, child(case, CountyPaid), owner, waiting, random)
    elif wanted.kind == "C":
        take(case, "share", "approval.dispatch")
        electrical, civil = child(case, SharedElectrical), child(case, SharedCivil)
        yield from walk_electrical(wanted, electrical, random)
        yield from walk_works(wanted, civil, owner, waiting, random, electrical=electrical)
    else:
        take(case, "offer", "approval.dispatch")
        yield from _own(wanted, child(case, OwnPaid), random)


def _company(wanted: Wanted, case: Case, owner: Account | None, random: Random) -> Walk:
    """Class A: what the power company reports, then the owner's answer."""
    yield after(random.randrange(1, 3))
    take(case, "accept", "grid.connect", accepted_on=clock.today())
    yield after(random.randrange(1, 4))
    take(case, "scheme", "grid.connect", access_point=f"示例线{wanted.serial % 40 + 1}号杆")
    yield after(random.randrange(2, 12 if "slow" in wanted.marks else 6))
    take(case, "build", "grid.connect", built_on=clock.today())
    yield after(random.randrange(1, 4))
    take(case, "energise", "grid.connect", energised_on=clock.today())
    if "no_answer" in wanted.marks:
        return
    yield after(random.randrange(1, 6))
    if "charge" in wanted.marks:
        yield from _charge(wanted, case)
        return
    take(case, "confirm_zero", owner or "approval.first_review")


def _charge(wanted: Wanted, case: Case) -> Walk:
    """Somebody paid for the meter: reported, asked, refunded."""
    from xianzhi.apps.power_access.services.charges import report_charge  # noqa: PLC0415 - beside its only use

    report = report_charge(what="电表费用", amount=Decimal("500.00"), by=_window(), project=case.root.access_project)
    yield after(1)
    take(report, "ask", "approval.first_review", unit="grid")
    yield after(4)
    take(report, "refund", "grid.connect", refunded="500.00", refunded_on=clock.today(), receipt="示例退〔2025〕3号")
    yield after(2)
    take(report, "close", "approval.first_review", told="500.00 元已退回，收费人员已更正")
    take(case, "confirm_zero", "approval.first_review")


def _own(wanted: Wanted, case: Case, random: Random) -> Walk:
    """Class D: both costs before the owner's eyes, then his choice, through an account made for it."""
    from xianzhi.apps.power_access.demo.accounts import owner_of  # noqa: PLC0415 - beside its only use

    yield after(random.randrange(4, 9))
    take(
        case, "offer", "grid.scheme", paper("wish", "用户书面要求"), standard="供电公司公布标准：二级负荷单电源",
        base_cost="386000.00", wished_cost="742000.00", difference="第二路电源及切换装置",
    )  # fmt: skip
    if wanted.serial % 5 == 0:
        return
    yield after(random.randrange(5, 15))
    owner = owner_of(case.subject)
    if "returns" in wanted.marks:
        take(case, "return_to_base", owner)
        yield after(2)
        take(case, "reroute", "approval.dispatch")
        return
    take(case, "choose", owner, signed="yes")
    yield after(random.randrange(10, 20))
    take(case, "begin", "grid.connect", begun_on=clock.today())
    yield after(random.randrange(40, 80))
    take(case, "energise", "grid.connect", energised_on=back(1))
