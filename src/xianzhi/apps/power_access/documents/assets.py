"""无偿移交协议 with its list of assets, and 安全责任告知书."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access.documents.facts import HERE, project_facts, project_of
from xianzhi.apps.power_access.models import Asset
from xianzhi.apps.power_access.procedures.handover import Handover
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import clock
from xianzhi.kernel.documents.kinds import BadRow, Kind, content, each
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Case, Event, Unit

AGREEMENT = Kind("power.handover_agreement", "无偿移交协议", HERE / "handover_agreement.typ", ("energy", "grid"),
                 ("power-3-2-2-7-2", "power-5-1"), sole=True)  # fmt: skip
SAFETY_NOTICE = Kind("power.safety_notice", "安全责任告知书", HERE / "safety_notice.typ", "energy",
                     ("power-5-1", "power-5-2"), sole=True)  # fmt: skip


@content(AGREEMENT)
def handover_agreement(event: Event, attempt: Attempt) -> dict[str, Any]:
    """As it goes to be signed: the dates are written by hand."""
    project, assets = project_of(attempt.case), _assets(attempt.case)
    energy, grid = (found.unit_of(function, event.on) for function in ("energy", "grid"))
    return {
        "title": f"{project.name}电力设施无偿移交协议",
        "project": project_facts(project),
        "giver": energy.name if energy else "",
        "taker": grid.name if grid else "",
        "reasons": attempt.data["reasons"],
        "price": attempt.case.handover_agreement.price,
        "assets": assets,
        "total": sum((one["value"] for one in assets), Decimal()),
    }


@content(SAFETY_NOTICE)
def safety_notice(event: Event, attempt: Attempt) -> dict[str, Any]:
    """To whoever answers for the assets from now on: 建设单位 where they are kept, 供电公司 after a transfer."""
    project = project_of(attempt.case)
    keeps = attempt.step.name == Handover.judge_keep.name
    return _notice(project_facts(project), _assets(attempt.case), _holder(attempt.case, event.on), keeps)


@each(SAFETY_NOTICE)
def safety_notice_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """A notice for one asset, by its code: column `asset` or 资产编号."""
    code = str(row.get("asset") or row.get("资产编号") or "").strip()
    asset = Asset.objects.select_related("project__case__subject", "handover").filter(code=code).first()
    if asset is None:
        raise BadRow(f"没有编号为“{code}”的资产，请核对资产编号" if code else "没有写资产编号，请补充")
    today = clock.today()
    duty = asset.duties.on(today).select_related("holder").first()
    if duty is None:
        raise BadRow(f"{code} 今天没有安全责任单位，请先研判或移交")
    holder = {"holder": duty.holder.name, "phone": duty.holder.phone, "since": duty.since}
    return _notice(project_facts(asset.project), [_asset(asset)], holder, asset.handover.state == Handover.kept.name)


def _notice(
    project: dict[str, Any], assets: list[dict[str, Any]], holder: dict[str, Any], keeps: bool
) -> dict[str, Any]:
    return {"title": "电力设施安全责任告知书", "project": project, "assets": assets, "keeps": keeps, **holder}


def _holder(case: Case, on: date) -> dict[str, Any]:
    """Who answers for the assets of a handover on a day, and since when."""
    first = case.handed_assets.order_by("code").first()
    duty = first.duties.on(on).select_related("holder").first() if first else None
    unit: Unit | None = duty.holder if duty else found.unit_of("energy", on)
    name, phone = (unit.name, unit.phone) if unit else ("", "")
    return {"holder": name, "phone": phone, "since": duty.since if duty else on}


def _assets(case: Case) -> list[dict[str, Any]]:
    return [_asset(one) for one in case.handed_assets.order_by("code")]


def _asset(one: Asset) -> dict[str, Any]:
    return {"code": one.code, "kind": one.kind, "position": one.position, "value": one.value}
