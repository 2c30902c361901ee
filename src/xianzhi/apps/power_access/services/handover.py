"""Handover: the assets of a project, who keeps each of them safe, and since when."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, Asset, HandoverAgreement, SafetyDuty
from xianzhi.apps.power_access.procedures.handover import Handover
from xianzhi.apps.power_access.services import found
from xianzhi.apps.power_access.services.shapes import point_from
from xianzhi.kernel import door, registry
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.door import Actor, Attempt
from xianzhi.kernel.geometry import BadShape
from xianzhi.kernel.models import Account, Case, Event, Unit
from xianzhi.kernel.registry import effect, every_night, gathers
from xianzhi.law.decision import Decision

COMPANY, BUILDER = "grid", "energy"
"""The functions whose units hold the duty after and before a transfer: for county works 建设单位 is 县能源局."""


# ---- reading


@dataclass(frozen=True, slots=True)
class Held:
    """Who answers for an asset on a day, and why."""

    unit: Unit | None
    decision: Decision


def holder_of(asset: Asset, on: date) -> Held:
    """The unit that answers for an asset's safety on a day, by the rule."""
    decision = rules.safety_holder(_safety(asset, on), registry.parameters())
    function = COMPANY if decision.outcome == rules.Holder.COMPANY else BUILDER
    return Held(found.unit_of(function, on), decision)


def _safety(asset: Asset, on: date) -> rules.SafetyFacts:
    """An agreement counts once its transfer is complete: until every asset was found, nothing passes."""
    state, builder = asset.handover.state, found.unit_of(BUILDER, on)
    done = state == Handover.transferred.name
    return rules.SafetyFacts(
        on=on,
        in_operation_on=in_operation_on(asset.project),
        effective_on=asset.handover.handover_agreement.effective_on if done else None,
        judgement=rules.Judgement.KEEP if state == Handover.kept.name else None,
        building_unit=builder.name if builder else "",
    )


def in_operation_on(project: AccessProject) -> date | None:
    """The day on which a project was energised."""
    days = [_energised(event) for event in found.events_of(project, "energise")]
    return min(days, default=None)


def _energised(event: Event) -> date:
    return date.fromisoformat(event.data["energised_on"]) if "energised_on" in event.data else event.on


@every_night("安全责任")
@carries("power-5-2", zh="安全责任每夜核对")
def safety_gaps(on: date) -> list[str]:
    """The assets in operation for which not exactly one unit answers, in words."""
    return [f"{asset.code} {asset.kind} 没有唯一的安全责任单位" for asset in assets_without_holder(on)]


def assets_without_holder(on: date) -> list[Asset]:
    """The assets in operation on a day for which not exactly one unit answers; the nightly check expects none."""
    events = Event.objects.filter(step_name="energise", case__parent__access_project__assets__isnull=False).distinct()
    energised = {event.case.parent_id for event in events.select_related("case") if _energised(event) <= on}
    holds = Q(duties__since__lte=on) & (Q(duties__until=None) | Q(duties__until__gt=on))
    held = Asset.objects.filter(project__case__in=energised).annotate(holders=Count("duties", filter=holds))
    return list(held.exclude(holders=1))


def handover_of(project: AccessProject) -> Case | None:
    """The newest handover of a project."""
    return Case.objects.filter(parent_id=project.case_id, procedure_name=Handover.name).order_by("-id").first()


def handover_done(project: AccessProject) -> bool:
    """Whether its assets are transferred or kept."""
    case = handover_of(project)
    return case is not None and case.state in (Handover.transferred.name, Handover.kept.name)


# ---- facts


@gathers
def list_facts(attempt: Attempt) -> rules.AssetListFacts:
    """An asset of another handover may be listed anew only where it was kept."""
    if not attempt.data:
        return rules.AssetListFacts()
    codes = tuple(row["code"] for row in attempt.data["assets"] or ())
    others = Asset.objects.filter(code__in=codes).exclude(handover=attempt.case)
    others = others.exclude(project__case=attempt.case.root, handover__state=Handover.kept.name)
    return rules.AssetListFacts(codes, tuple(others.values_list("code", flat=True)), tuple(_misplaced(attempt)))


def _misplaced(attempt: Attempt) -> Iterator[str]:
    for row in attempt.data["assets"] or ():
        try:
            _point(row)
        except BadShape as fault:
            yield f"{row['code']}：{fault}"


def _point(row: Mapping[str, Any]) -> dict[str, Any] | None:
    return point_from(row["point"]) if row["point"] else None


@gathers
def judge_facts(attempt: Attempt) -> rules.JudgeFacts:
    assets = attempt.case.handed_assets.count()
    listed = attempt.case.events.filter(step_name=Handover.list_assets.name).order_by("-seq").first()
    keeps = attempt.step.name == Handover.judge_keep.name
    return rules.JudgeFacts(
        assets=assets,
        judged=attempt.data.get("judged", assets),
        reasons_given=bool(attempt.data["reasons"]) if attempt.data else None,
        county_view=rules.Judgement(listed.data["view"]) if listed else None,
        outcome=rules.Judgement.KEEP if keeps else rules.Judgement.TRANSFER,
    )


@gathers
def scan_facts(attempt: Attempt) -> rules.ScanFacts:
    rows = attempt.data.get("codes") or attempt.data.get("findings") or ()
    known = set(attempt.case.handed_assets.values_list("code", flat=True))
    return rules.ScanFacts(tuple(row["code"] for row in rows if row["code"] not in known))


@gathers
def agreement_facts(attempt: Attempt) -> rules.AgreementFacts:
    return rules.AgreementFacts(attempt.on, attempt.data.get("signed_on"), attempt.data.get("effective_on"))


@gathers
def transfer_facts(attempt: Attempt) -> rules.TransferFacts:
    case = attempt.case
    return rules.TransferFacts(
        agreement_signed=case.materials.filter(kind="agreement").exists(),
        assets=case.handed_assets.count(),
        scanned=len(scanned(case)),
        price=case.handover_agreement.price,
    )


def scanned(case: Case) -> set[str]:
    """The codes of a handover's assets that were found on the spot."""
    events = case.events.filter(step_name=Handover.scan.name).values_list("data", flat=True)
    return {row["code"] for data in events for row in data["codes"]}


# ---- effects


@effect(Handover.list_assets)
def _listed(event: Event, attempt: Attempt) -> None:
    """Writes the list; a code listed again is corrected, and the events keep what stood before."""
    for row in attempt.data["assets"] or ():
        facts = {name: row[name] for name in ("kind", "position", "value")}
        facts["point"] = _point(row)
        Asset.objects.update_or_create(
            code=row["code"],
            defaults={**facts, "handover": attempt.case},
            create_defaults={**facts, "project": attempt.case.root.access_project, "handover": attempt.case},
        )
    _begin_duties(attempt.case, attempt.on)


def _begin_duties(case: Case, on: date) -> None:
    """From the acceptance on, 建设单位 answers for what it built."""
    builder = found.unit_of(BUILDER, on)
    for asset in case.handed_assets.filter(duties=None):
        SafetyDuty.objects.create(asset=asset, holder=builder, since=case.opened_on)


@effect(Handover.judge_transfer)
def _judged_transfer(event: Event, attempt: Attempt) -> None:
    """Drafts the agreement over all assets of the list, free of charge."""
    HandoverAgreement.objects.create(case=attempt.case)


@effect(Handover.sign)
def _signed(event: Event, attempt: Attempt) -> None:
    agreement = attempt.case.handover_agreement
    agreement.signed_on, agreement.effective_on = attempt.data["signed_on"], attempt.data["effective_on"]
    agreement.save(update_fields=["signed_on", "effective_on"])


@effect(Handover.complete)
def _completed(event: Event, attempt: Attempt) -> None:
    move_duties(attempt.case.root.access_project)


@carries("power-3-2-2-7-3", zh="安全责任转移")
def move_duties(project: AccessProject) -> None:
    """Lets the duty pass to 供电公司 where the rule says so. Harmless to repeat: after a transfer, after energising."""
    for asset in project.assets.select_related("handover__handover_agreement", "project"):
        passes = rules.safety_holder(_safety(asset, date.max), registry.parameters()).value
        held = asset.duties.get(until=None)
        if passes is None or asset.duties.filter(since=passes, holder__functions__function=COMPANY).exists():
            continue
        company = found.unit_of(COMPANY, passes)
        if held.since >= passes:  # handed over on the very day of the acceptance: nobody else ever held it
            held.holder, held.since = company, passes
            held.save(update_fields=["holder", "since"])
            continue
        held.until = passes
        held.save(update_fields=["until"])
        SafetyDuty.objects.create(asset=asset, holder=company, since=passes)


# ---- verbs


def open_handover(event: Event, attempt: Attempt) -> Case:
    """Opens the handover of works that were accepted: to be called by the effect of the acceptance."""
    return _open(attempt.case.root.access_project, by=attempt.by, on=attempt.on)


def judge_anew(project: AccessProject, *, by: Actor, on: date | None = None, key: str = "") -> Case:
    """Opens another handover of a project whose assets were kept."""
    return _open(project, by=by, on=on, key=key)


def _open(project: AccessProject, *, by: Actor, on: date | None, key: str = "") -> Case:
    return door.open_case(
        Handover, Handover.open, by=by, on=on, title=f"{project.name}资产移交", division=project.case.division,
        parent=project.case, key=key,
    )  # fmt: skip


def scan(case: Case, codes: Iterable[str], *, by: Account, on: date | None = None) -> Event:
    """Records assets that were found on the spot."""
    return door.take_step(case, Handover.scan, by=by, on=on, data={"codes": [{"code": code} for code in codes]})
