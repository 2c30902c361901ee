"""The walks of the works that the county pays, and of the power company's strand in class C."""

from collections.abc import Generator, Iterator
from datetime import date
from decimal import Decimal
from random import Random

from xianzhi.apps.power_access.demo.cast import after, back, child, holder, paper, take
from xianzhi.apps.power_access.demo.places import line_text, shifted
from xianzhi.apps.power_access.demo.table import Wanted
from xianzhi.apps.power_access.models import Asset
from xianzhi.apps.power_access.procedures import Handover
from xianzhi.apps.power_access.services import review, township
from xianzhi.apps.power_access.services.defects import report_defect
from xianzhi.kernel import clock
from xianzhi.kernel.models import Account, Case, Unit

Walk = Iterator[date]
BUILDER, DESIGNER = "sample-builder", "sample-design-institute"
AUDITOR, REVIEWER = "sample-auditor", "sample-price-reviewer"
ACCOUNTS = {
    code: f"6222-示例-{serial:04d}" for serial, code in enumerate((BUILDER, DESIGNER, AUDITOR, REVIEWER), start=1)
}


def name_of(code: str) -> str:
    return Unit.objects.get(code=code).name


def scheme(wanted: Wanted, case: Case, random: Random) -> dict:
    """What a scheme states: a route from the grid to the red line."""
    corner = tuple(case.root.access_project.red_line["coordinates"][0][0])
    start = shifted(corner, -random.randrange(180, 520), -random.randrange(120, 380))
    bend = shifted(corner, -random.randrange(60, 120), -random.randrange(100, 160))
    stated = {
        "voltage": "10kV", "access_point": f"示例线{random.randrange(1, 60)}号杆", "capacity_kva": wanted.kva,
        "route": line_text(start, bend, corner), "mode": "架空",
    }  # fmt: skip
    if "cable" in wanted.marks:
        stated |= {
            "mode": "电缆", "mode_reason": "沿街架空通道受限", "cable_civil": "410500.00", "overhead_civil": "96000.00",
        }  # fmt: skip
    return stated


def walk_electrical(wanted: Wanted, case: Case, random: Random) -> Walk:
    """Class C, up to the scheme on which the civil works rest."""
    yield after(random.randrange(4, 9))
    take(case, "scheme", "grid.scheme", paper("scheme", "供电方案"), **scheme(wanted, case, random))


def walk_works(
    wanted: Wanted, case: Case, owner: Account | None, waiting: list, random: Random, electrical: Case | None = None
) -> Walk:
    """From the order, or in class C from the scheme taken over, to the closing, or to the state in which it stays."""
    for day in _whole_way(wanted, case, owner, waiting, random, electrical):
        if case.state == wanted.ends:
            return
        yield day


def _whole_way(
    wanted: Wanted, case: Case, owner: Account | None, waiting: list, random: Random, electrical: Case | None
) -> Walk:
    yield from _ordered(wanted, case, random, shared=electrical is not None)
    if (yield from _designed(wanted, case, random)):
        return
    yield from _listed(case, waiting)
    yield from _funded(wanted, case, random)
    yield from _built(wanted, case, random, electrical)
    yield from _settled(wanted, case, owner, random, electrical)


def _ordered(wanted: Wanted, case: Case, random: Random, *, shared: bool) -> Walk:
    yield after(1)
    if shared:
        take(case, "take_scheme", "energy.order")
        return
    if "reissue" in wanted.marks:
        take(case, "reissue", "approval.dispatch", reason="红线范围更正，原派工单作废")
        yield after(1)
    take(case, "receive", "energy.order")
    take(case, "order", "energy.order")
    yield after(random.randrange(12, 15) if "late" in wanted.marks else random.randrange(4, 10))
    take(case, "scheme", "grid.scheme", paper("scheme", "供电方案"), **scheme(wanted, case, random))


def _designed(wanted: Wanted, case: Case, random: Random) -> Generator[date, None, bool]:
    """Up to the design and the builder; True where the owner's pause lasts to this day."""
    yield after(random.randrange(5, 10))
    tender = "tender" in wanted.marks
    _procure(case, "procure", "energy.design", "设计", "58000.00", DESIGNER)
    if "paused" in wanted.marks:
        yield after(3)
        take(case, "pause", "approval.first_review", reason="业主调整建设时序，申请暂停")
        if wanted.serial % 2:
            return True
        yield after(20)
        take(case, "resume", "approval.first_review")
    if "second_scheme" in wanted.marks:
        yield after(4)
        changed = scheme(wanted, case, random) | {"reason": "接入点负荷已满，改接相邻线路"}
        take(_scheming(case), "revise_scheme", "grid.scheme", paper("scheme", "供电方案"), **changed)
    yield after(random.randrange(8, 16))
    _opinion(wanted, case, "design")
    take(
        case, "design", "energy.design", paper("drawings", "设计图纸"), paper("equipment_list", "设备清单"),
        **_design(case, random, Decimal(4_180_000) if tender else Decimal(random.randrange(180, 420) * 1000)),
    )  # fmt: skip
    yield after(2)
    if tender:
        _procure(case, "procure_more", "energy.works", "施工", "4200000.00", BUILDER, "公开招标", "示例招〔2025〕7号")
    else:
        _procure(case, "procure_more", "energy.works", "施工", "350000.00", BUILDER)
    return False


def _scheming(case: Case) -> Case:
    """The case in which the scheme of a project is made."""
    from xianzhi.apps.power_access.procedures import SharedCivil, SharedElectrical  # noqa: PLC0415 - beside its only use

    return child(case.parent, SharedElectrical) if case.procedure is SharedCivil else case


def _procure(
    case: Case, step: str, post: str, kind: str, estimate: str, unit: str, method: str = "直接委托", number: str = ""
) -> None:  # fmt: skip
    take(
        case, step, post, kind=kind, estimate=estimate, method=method, contractor=name_of(unit), account=ACCOUNTS[unit],
        result_number=number or None,
    )  # fmt: skip


def _opinion(wanted: Wanted, case: Case, node: str) -> None:
    if "absence" in wanted.marks and node == "design":
        told = "已书面通知，未派人到场"
        take(case, "note_absence", "energy.design", node=node, invited_on=back(5), circumstances=told)
        return
    take(case, "witness", "grid.scheme", node=node, opinion="同意，接入条件满足")


def _design(case: Case, random: Random, civil: Decimal) -> dict:
    project = case.root.access_project
    metres = project.scheme.length
    rows = [
        _row("电缆排管", "civil", civil * Decimal("0.62")),
        _row("工作井", "civil", civil * Decimal("0.30")),
        _row("路面恢复", "civil", civil * Decimal("0.08")),
        _row("审价费", "review_fee", Decimal(6000)),
    ]
    if project.classified != "C":
        rows.append(_row("线路及配电设备", "electrical", Decimal(random.randrange(260, 520) * 1000)))
    return {
        "scheme_version": project.scheme.version, "surveyed_on": back(3), "metres": metres, "lines": rows,
        "total": sum((Decimal(row["amount"]) for row in rows), Decimal()),
    }  # fmt: skip


def _row(name: str, kind: str, amount: Decimal) -> dict:
    amount = amount.quantize(Decimal("0.01"))
    return {"name": name, "kind": kind, "quantity": "1", "unit": "项", "unit_price": amount, "amount": amount}


def _listed(case: Case, waiting: list) -> Walk:
    """Asks for a line in the plan, and waits until an adjustment or the next plan gives it."""
    waiting.append(case.root.access_project)
    yield after(2)
    while case.root.access_project in waiting:
        yield after(5)
    take(
        case, "list", "energy.plan", paper("approval_document", "立项批复"), approved_on=clock.today(),
        approval_number=f"绛审批投资〔{clock.today().year}〕{case.pk}号",
    )  # fmt: skip


def _funded(wanted: Wanted, case: Case, random: Random) -> Walk:
    yield after(random.randrange(2, 5))
    total = case.root.access_project.detail.total
    from_land = (total * Decimal("0.65")).quantize(Decimal("0.01"))
    take(
        case, "fund", "finance.fund", amount=total, treasury_number=f"GK{case.pk:06d}",
        sources=[
            {"source": "土地储备资金", "amount": from_land},
            {"source": "城市基础设施配套费", "amount": total - from_land},
        ],
    )  # fmt: skip


def _built(wanted: Wanted, case: Case, random: Random, electrical: Case | None) -> Walk:
    project = case.root.access_project
    if "crops" in wanted.marks:
        yield from _crops(wanted, case, random)
    if "policy" in wanted.marks:
        township.ask(
            project, wanted.township, "policy", "沿线两户要求按新标准补偿，适用哪一份文件", by=holder("energy.works"),
            wanted_by=after(10),
        )  # fmt: skip
    yield after(random.randrange(4, 9))
    half = (project.detail.metres / 2).quantize(Decimal("0.1"))
    take(case, "progress", "builder.build", paper("photos", "分段照片"), section="第一段", metres=half, wells=3)
    _pay(case, (project.detail.total * Decimal("0.4")).quantize(Decimal("0.01")), 1)
    yield after(random.randrange(8, 20))
    take(case, "progress", "builder.build", section="第二段", metres=project.detail.metres - half, wells=4)
    take(case, "build", "energy.works", civil_on=clock.today())
    if "rejected" in wanted.marks:
        yield after(4)
        _accept_opinion(wanted, case)
        take(case, "reject", "energy.works", items=[{"name": "2号井盖标高偏差", "due_on": after(8)}])
        yield after(8)
        take(case, "build", "energy.works", civil_on=clock.today())
    yield after(random.randrange(3, 9))
    if electrical is None:
        take(case, "finish_electrical", "grid.connect", electrical_on=clock.today())
    else:
        electrical.refresh_from_db()
        take(electrical, "build", "grid.connect", built_on=clock.today())


def _crops(wanted: Wanted, case: Case, random: Random) -> Walk:
    yield after(1)
    plots = [
        {"plot": f"示例{n + 1}组{random.randrange(1, 60)}号地", "holder": f"示例户{n + 1}",
         "area": f"0.{random.randrange(30, 99)}", "crop": random.choice(("小麦", "玉米", "山楂苗"))}
        for n in range(random.randrange(3, 7))
    ]  # fmt: skip
    matter = township.list_crops(
        case.root.access_project, wanted.township, plots, by=holder("energy.works"), wanted_by=after(10)
    )
    coordinator = _coordinator(wanted)
    yield after(2)
    take(matter, "show", coordinator, where="村务公开栏", from_day=clock.today(), to_day=after(5))
    yield after(6)
    take(matter, "pay", coordinator, paid=township.crop_total(matter), paid_on=clock.today())
    yield after(1)
    take(matter, "sign", coordinator, paper("receipts", "签收单"))


def _coordinator(wanted: Wanted) -> Account:
    from xianzhi.apps.power_access.demo.accounts import coordinator_of  # noqa: PLC0415 - beside its only use

    return coordinator_of(wanted.township)


def _accept_opinion(wanted: Wanted, case: Case) -> None:
    take(case, "witness", "grid.connect", node="acceptance", opinion="具备验收条件")


def _pay(case: Case, amount: Decimal, serial: int) -> None:
    take(
        case, "pay", "energy.settle", amount=amount, account=ACCOUNTS[BUILDER], purpose="工程进度款",
        treasury_number=f"ZF{case.pk:06d}-{serial}",
    )  # fmt: skip


def _settled(wanted: Wanted, case: Case, owner: Account | None, random: Random, electrical: Case | None) -> Walk:
    project = case.root.access_project
    _pay(case, (project.detail.total * Decimal("0.5")).quantize(Decimal("0.01")), 2)
    yield after(random.randrange(2, 6))
    _accept_opinion(wanted, case)
    take(
        case, "accept", "energy.works", paper("acceptance_report", "验收报告"), county_opinion="合格",
        end_on=clock.today(),
    )  # fmt: skip
    energised = electrical or case
    take(energised, "energise", "grid.connect", energised_on=clock.today())
    yield from _handover(wanted, child(case.parent, Handover), random)
    take(energised, "confirm_zero", owner or "approval.first_review")
    yield from _reviewed(case, random)
    yield after(24 if "late" in wanted.marks else 4)
    _procure(case, "procure_more", "energy.works", "审计", "9000.00", AUDITOR)
    take(
        case, "hand_in", "energy.settle", paper("settlement_report", "结算报告"), paper("papers", "相关资料"),
        submitted=project.detail.total,
    )  # fmt: skip
    yield after(3)
    take(case, "consent_finance", "finance.close", auditor=name_of(AUDITOR))
    take(case, "consent_energy", "energy.settle", auditor=name_of(AUDITOR))
    yield after(random.randrange(8, 15))
    cut = Decimal(random.choice(("0.9300", "0.9490", "0.9720")))
    audited = (project.detail.total * cut).quantize(Decimal("0.01"))
    take(case, "audit", "auditor.audit", paper("audit_report", "竣工结算审计报告"), audited=audited)
    yield after(4)
    take(case, "settle", "finance.close")
    yield after(3)
    _finish(case, audited)


def _finish(case: Case, audited: Decimal) -> None:
    total = case.root.access_project.detail.total
    paid = sum((total * share).quantize(Decimal("0.01")) for share in (Decimal("0.4"), Decimal("0.5")))
    if audited > paid:
        _pay(case, audited - paid, 3)
    returned = total - audited
    if returned > 0:
        take(
            case, "give_back", "energy.settle", treasury_number=f"TH{case.pk:06d}",
            returns=[{"name": "审定后结余", "amount": returned}],
        )  # fmt: skip
    take(case, "close", "energy.settle")


def _reviewed(case: Case, random: Random) -> Walk:
    project = case.root.access_project
    ordered = review.order(project, name_of(REVIEWER), by=holder("energy.settle"))
    yield after(2)
    take(ordered, "submit", "energy.settle", paper("price_report", "施工价款报告"), submitted=project.detail.total)
    yield after(random.randrange(4, 8))
    reviewed = (project.detail.total * Decimal("0.985")).quantize(Decimal("0.01"))
    take(ordered, "review", "price_reviewer.review", paper("review_report", "审价报告"), reviewed=reviewed)
    yield after(1)
    take(ordered, "accept", "energy.settle")


def _handover(wanted: Wanted, case: Case, random: Random) -> Walk:
    yield after(2)
    keep = "keep" in wanted.marks
    route = case.root.access_project.scheme.route["coordinates"]
    assets = [_asset(wanted, n, route, random) for n in range(1, 15)]
    take(case, "list_assets", "energy.works", assets=assets, view="keep" if keep else "transfer")
    yield after(3)
    reasons = "位于园区内部道路，由建设单位自管更便利" if keep else "与公用线路连为一体，由供电公司运维更有利"
    take(case, "judge_keep" if keep else "judge_transfer", "grid.assets", reasons=reasons, judged=len(assets))
    if keep:
        return
    yield after(3)
    take(case, "scan", "grid.assets", codes=[{"code": asset["code"]} for asset in assets])
    agreement, today = paper("agreement", "无偿移交协议"), clock.today()
    take(case, "sign", "energy.works", agreement, signed_on=today, effective_on=today)
    yield after(1)
    take(case, "complete", "grid.assets")
    yield from _defect(case.handed_assets.order_by("code").first(), random)


def _defect(asset: Asset, random: Random) -> Walk:
    """A passer-by reports a well; the last of them is still open."""
    yield after(random.randrange(20, 60))
    report = report_defect(asset, what="井盖松动，车过有响声")
    yield after(2)
    take(report, "settle_company", "grid.assets", done="已加装防响垫圈，现场复查无异响")


def _asset(wanted: Wanted, n: int, route: list, random: Random) -> dict:
    """A well or a box on the route, the n-th of fourteen."""
    (lon, lat), (to_lon, to_lat) = route[0], route[1]
    point = f"{lon + (to_lon - lon) * n / 15:.6f},{lat + (to_lat - lat) * n / 15:.6f}"
    return {
        "code": f"JX{wanted.serial:03d}-{n:02d}",
        "kind": "工作井" if n % 3 else "分支箱",
        "position": f"示例路{n * 40}米处",
        "point": point,
        "value": Decimal(random.randrange(8, 40) * 1000),
    }
