"""Reports of what is wrong with an asset."""

from collections.abc import Iterable
from datetime import date

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import Asset
from xianzhi.apps.power_access.procedures.defects import DefectReport
from xianzhi.apps.power_access.services.handover import holder_of
from xianzhi.kernel import clock, door
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Case, Event
from xianzhi.law.procedure import PUBLIC


def report_defect(
    asset: Asset, *, what: str, contact: str = "", photos: Iterable[Upload] = (), by: door.Actor = PUBLIC,
    on: date | None = None, key: str = "",
) -> Case:  # fmt: skip
    """Opens a report with the unit that answers for the asset today; the number of the case is the receipt.

    Raises door.Refused with all reasons. [power-5-1, power-5-2]
    """
    company = holder_of(asset, on or clock.today()).decision.outcome == rules.Holder.COMPANY
    root = asset.project.case
    return door.open_case(
        DefectReport, DefectReport.report_company if company else DefectReport.report_builder, by=by, on=on,
        title=f"{asset.code} {asset.kind}", division=root.division, parent=root,
        data={"asset": asset.code, "what": what, "contact": contact}, materials=photos, key=key,
    )  # fmt: skip


def defects_of(asset: Asset):
    """The reports on an asset, the newest first."""
    opened = Event.objects.filter(seq=1, data__asset=asset.code).values("case")
    return Case.objects.filter(procedure_name=DefectReport.name, parent=asset.project.case, pk__in=opened)


def inspected_on(asset: Asset) -> date | None:
    """The day of its last inspection; None where there was none."""
    rows = Event.objects.filter(case=asset.handover, step_name="inspect").order_by("-seq").values_list("on", "data")
    return next((on for on, data in rows if any(one["code"] == asset.code for one in data["findings"])), None)
