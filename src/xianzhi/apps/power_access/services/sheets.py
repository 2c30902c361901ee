"""The lists that come in as Excel or CSV: crops of a township, payments of the treasury, assets to hand over."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q

from xianzhi.apps.power_access.models import AccessProject
from xianzhi.apps.power_access.procedures.county_paid import CountyPaid
from xianzhi.apps.power_access.procedures.forms import ANOTHER
from xianzhi.apps.power_access.procedures.handover import OUTCOMES, Handover
from xianzhi.apps.power_access.procedures.shared import SharedCivil
from xianzhi.apps.power_access.procedures.township import PLOTS
from xianzhi.apps.power_access.procedures.township import TownshipMatter as Matter
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.services import township
from xianzhi.kernel import door, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Case, Event
from xianzhi.kernel.tables.declare import Column, Load, Row, Table, table
from xianzhi.law.fields import BadField, choice, day, money, text

PROJECT = text("project", "项目编号", most=40, help="如 绛电接〔2025〕0007")
COORDINATES = Matter.relist.posts
_BRACKETS = str.maketrans("[]()（）【】", "〔〕〔〕〔〕〔〕")


def _number(typed: str) -> str:
    """A number with the brackets that it has, whichever were typed."""
    return typed.replace(" ", "").translate(_BRACKETS)


def _project(number: str, by: Account) -> AccessProject:
    """The project of a number, where the account sees it or a case under it, or coordinates at its place. Raises
    BadField."""
    found = AccessProject.objects.filter(case__number=_number(number)).select_related("case").first()
    if found is None or not _known(found.case, by):
        raise BadField(f"没有编号为{number}的项目，或不在您的范围内")
    return found


def _known(case: Case, by: Account) -> bool:
    here = any(post.key in COORDINATES and post.covers(case.division) for post in scope.posts_of(by))
    return here or Case.objects.visible_to(by).filter(Q(pk=case.pk) | Q(parent=case)).exists()


# ---- crops in the corridor


def _place(chosen: Mapping[str, Any], by: Account) -> AccessProject:
    return _project(chosen["project"], by)


def _list_crops(load: Load) -> list[Event]:
    plots = [row.values for row in load.rows]
    chosen = load.chosen
    case = township.list_crops(
        load.found, chosen["division"], plots, by=load.by, wanted_by=chosen.get("wanted_by"), key=load.key()
    )
    return [case.events.get(seq=1)]


def _withdraw_crops(load: Load, event: Event) -> Event:
    data = {"reason": load.batch.undo_reason}
    return door.take_step(event.case, Matter.withdraw_list, by=load.by, data=data, key=f"undo:{load.batch.pk}")


def _positive_area(values: Mapping[str, Any], load: Load) -> list[tuple[str, str]]:
    return [] if values["area"] else [("area", "面积应大于零")]


_PLOT = {one.name: one for one in PLOTS.columns}
CROPS = table(
    Table(
        "power_access.crops",
        "青苗赔偿清单",
        (
            Column(_PLOT["plot"], ("地块名称", "地块编号"), sample="东坡3号"),
            Column(_PLOT["holder"], ("承包户", "户主", "姓名")),
            Column(_PLOT["area"], ("亩数",), sample="2.35"),
            Column(_PLOT["crop"], ("作物种类",), sample="小麦"),
            Column(_PLOT["rate"], ("标准", "补偿标准")),
        ),
        by=Matter.list_crops.posts,
        apply=_list_crops,
        asks=(
            PROJECT,
            choice("division", "乡镇", {one.code: one.name for one in county().townships}),
            day("wanted_by", "希望办结").optional,
        ),
        prepare=_place,
        check=_positive_area,
        unique=("plot",),
        undo=_withdraw_crops,
        undo_words="撤销即对整份清单办“撤销登记”；已经公示的不能撤销，改用“更正登记”。",
        most=10_000,
        help="一个乡镇为一个项目登记一份，每行一块地；金额按本县标准计算。",
        cites=Matter.list_crops.cites[0],
    )
)


# ---- payments of the treasury


def _works_of(number: str, by: Account) -> Case:
    """The works of a project that is paid by the county. Raises BadField where there are none."""
    found = _project(number, by)
    names = (CountyPaid.name, SharedCivil.name)
    case = Case.objects.visible_to(by).filter(parent_id=found.case_id, procedure_name__in=names).order_by("-id").first()
    if case is None:
        raise BadField(f"{found.case.number}没有县政府投资的工程，不能支付")
    return case


def _pay(load: Load, row: Row) -> Event:
    case = _works_of(row.values["project"], load.by)
    data = {name: row.values[name] for name in ("amount", "account", "treasury_number", "purpose", "another")}
    return door.take_step(case, Works.pay, by=load.by, on=row.values["paid_on"], data=data, key=load.key(row.line))


def _reverse(load: Load, event: Event) -> Event:
    data = {
        "treasury_number": event.data["treasury_number"], "amount": Decimal(event.data["amount"]),
        "reason": load.batch.undo_reason,
    }  # fmt: skip
    return door.take_step(event.case, Works.reverse_payment, by=load.by, data=data, key=f"undo:{event.pk}")


def _above_zero(values: Mapping[str, Any], load: Load) -> list[tuple[str, str]]:
    return [] if values["amount"] else [("amount", "支付金额应大于零")]


PAYMENTS = table(
    Table(
        "power_access.payments",
        "国库支付清单",
        (
            Column(PROJECT, ("项目", "办件编号"), width=24),
            Column(money("amount", "支付金额"), ("金额",)),
            Column(text("account", "收款账户", most=60), ("收款账号", "收款人账号"), width=28),
            Column(text("treasury_number", "国库流水号", most=60), ("流水号", "凭证号"), width=24),
            Column(day("paid_on", "支付日期").optional, ("日期",)),
            Column(text("purpose", "用途").optional, ("摘要",)),
            Column(ANOTHER),
        ),
        by=Works.pay.posts,
        apply=_pay,
        by_row=True,
        check=_above_zero,
        unique=("treasury_number",),
        total="amount",
        undo=_reverse,
        undo_words="撤销即逐笔办“冲销支付”，原分录保留；已经审计的项目不能冲销，改用“收回多付”。",
        help="每行一笔，各记为项目的一步“支付”；流水号重复、对不上项目的逐行列出。",
        cites=Works.pay.cites[0],
    )
)


# ---- assets to hand over


def _handover(chosen: Mapping[str, Any], by: Account) -> Case:
    """The handover that is entered by its own number or its project's. Raises BadField."""
    number = _number(chosen["handover"])
    seen = Case.objects.visible_to(by).filter(procedure_name=Handover.name)
    found = seen.filter(number=number).first() or seen.filter(parent__number=number).order_by("-id").first()
    if found is None:
        raise BadField(f"没有编号为{chosen['handover']}的资产移交，或不在您的范围内")
    return found


def _list_assets(load: Load) -> list[Event]:
    data = {"assets": [row.values for row in load.rows], "view": load.chosen["view"]}
    return [door.take_step(load.found, Handover.list_assets, by=load.by, data=data, key=load.key())]


_ASSET = {one.name: one for one in Handover.list_assets.asks[0].columns}
ASSETS = table(
    Table(
        "power_access.assets",
        "移交资产清单",
        (
            Column(_ASSET["code"], ("编号", "资产编码"), width=22),
            Column(_ASSET["kind"], ("资产类别",)),
            Column(_ASSET["position"], ("地点", "安装位置"), width=30),
            Column(_ASSET["point"], ("经纬度",), width=26, sample="111.5712,35.4905"),
            Column(_ASSET["value"], ("原值", "金额")),
        ),
        by=Handover.list_assets.posts,
        apply=_list_assets,
        asks=(
            text("handover", "移交编号或项目编号", most=40, help="如 绛电移〔2025〕0003"),
            choice("view", "县能源局意见", OUTCOMES),
        ),
        prepare=_handover,
        unique=("code",),
        total="value",
        undo_words="清单不能整批撤销：研判之前改好再导入一次，同一编号的资产按新的更正。",
        most=5_000,
        help="一次移交一份，每行一项资产；编号已有的按新的更正。",
        cites=Handover.list_assets.cites[0],
    )
)
