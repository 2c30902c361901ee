"""Intake: the application, the facts of its class, the joint determination."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, JointDetermination, LandProof, LoadRequest, ProofKind
from xianzhi.apps.power_access.procedures.intake import LAND, LOAD, PROJECT, Intake
from xianzhi.apps.power_access.queries.layers import area_of, land_facts
from xianzhi.apps.power_access.services import found, strands
from xianzhi.apps.power_access.services.shapes import polygon_from
from xianzhi.kernel import door, geometry
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.geometry import BadShape
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Account, Case, Event, Subject
from xianzhi.kernel.numbers import next_number
from xianzhi.kernel.registry import effect, gathers

DETERMINATION = "绛电认〔{year}〕{serial:04d}"
FORETOLD = (ProofKind.ALLOCATION, ProofKind.GRANT, ProofKind.APPROVAL)
"""Papers that promise a certificate."""
OPINIONS = ("opine_approval", "opine_grid")
GONE = (Intake.withdrawn.name, Intake.out.name)


# ---- verbs


def apply(
    by: Account, *, subject: Subject, division: str, facts: Mapping[str, Any], on: date | None = None,
    materials: Iterable[Upload] = (), key: str = "",
) -> Case:  # fmt: skip
    """Takes an application: `facts` are the fields of Intake.apply by name. Raises door.Refused with all reasons."""
    return door.open_case(
        Intake, Intake.apply, by=by, on=on, title=str(facts.get("name") or "接电申请")[:120], division=division,
        subject=subject, data=facts, materials=materials, key=key,
    )  # fmt: skip


def owner_of(kind: str, name: str, code: str) -> Subject:
    """An owner at the window, found by the code or written down anew. Raises ValidationError for a wrong digit."""
    made = Subject(kind=kind, name=name, code=code)
    made.clean()
    known = Subject.objects.filter(code=made.code).first()
    if known is None:
        made.save()
    return known or made


# ---- facts


@gathers
def application_facts(attempt: Attempt) -> rules.ApplyFacts:
    """The papers are for the door to miss, by name; what is asked for here is what only a rule can see."""
    data = attempt.data
    certified = data.get("proof_kind") == ProofKind.CERTIFICATE
    return rules.ApplyFacts(
        applied_on=attempt.on,
        application=True,
        land_document=True,
        load_request=data.get("capacity_kw") is not None or data.get("capacity_kva") is not None,
        red_line=bool(data.get("red_line")),
        proof_on=data.get("obtained_on") if certified else None,
    )


@gathers
def red_line_facts(attempt: Attempt) -> rules.RedLineFacts:
    drawn = attempt.data.get("red_line")
    if not drawn:
        return rules.RedLineFacts()
    try:
        red_line = polygon_from(drawn)
    except BadShape as fault:
        return rules.RedLineFacts(faults=(str(fault),))
    return rules.RedLineFacts(overlaps=tuple(_overlaps(attempt, red_line)))


def _overlaps(attempt: Attempt, red_line: Mapping[str, Any]) -> Iterable[rules.Overlap]:
    """Other owners' red lines under this one. Neighbours in one building share it, as shops do."""
    others = AccessProject.objects.exclude(case__state__in=GONE).exclude(case__subject_id=attempt.case.subject_id)
    if building := attempt.data.get("building"):
        others = others.exclude(loads__building=building)
    box, officer = geometry.bounds(red_line), not (isinstance(attempt.by, Account) and attempt.by.subject_id)
    for other in others.exclude(case=attempt.case.pk).select_related("case"):
        near = other.red_line and geometry.touches(other.red_line, box)
        if near and (common := geometry.overlap_m2(red_line, other.red_line)) > 0:
            yield rules.Overlap(other.number if officer else "另一项目", common)


@gathers
def first_review_facts(attempt: Attempt) -> rules.FirstReviewFacts:
    data = attempt.data
    facts = class_facts(attempt.case.access_project, attempt.on, data)
    return rules.FirstReviewFacts(facts, data.get("extension"), data.get("county_paid"))


def class_facts(project: AccessProject, on: date, costs: Mapping[str, Any] | None = None) -> rules.ClassFacts:
    """Everything that the class of a project rests on, as it stands on a day."""
    proof, load, costs = project.proof, project.load, costs or {}
    land, true_on = land_facts(project.red_line, rules.Supply(proof.supply_mode), on)
    return rules.ClassFacts(
        applied_on=project.applied_on,
        size=rules.OwnerSize(load.size),
        voltage=rules.Voltage(load.voltage),
        capacity_kw=load.capacity_kw,
        capacity_kva=load.capacity_kva,
        same_site=same_site(project, load),
        land=land,
        proof_on=proof.obtained_on if proof.kind == ProofKind.CERTIFICATE else None,
        contract_on=proof.obtained_on if proof.kind in FORETOLD else None,
        first_proof_on=proof.first_obtained_on,
        over_standard=load.over_standard,
        standard=load.standard,
        base_cost=costs.get("base_cost") or load.base_cost,
        wished_cost=costs.get("wished_cost") or load.wished_cost,
        own_grid=project.own_grid,
        layer_on=true_on,
        decided_on=on,
    )


def same_site(project: AccessProject, load: LoadRequest) -> tuple[rules.OtherLoad, ...]:
    """The owner's earlier applications for the same building."""
    if not load.building or project.case.subject_id is None:
        return ()
    others = AccessProject.objects.filter(case__subject_id=project.case.subject_id, pk__lt=project.pk)
    earlier = [other for other in others.exclude(case__state__in=GONE) if other.load.building == load.building]
    return tuple(
        rules.OtherLoad(other.load.capacity_kw, other.applied_on) for other in earlier if other.load.capacity_kw
    )


@gathers
def joint_facts(attempt: Attempt) -> rules.JointFacts:
    return opinions_of(attempt.case)


def opinions_of(case: Case) -> rules.JointFacts:
    """The newest opinion of either office since the project was referred to them."""
    referred = case.events.filter(step_name=Intake.refer.name).order_by("-seq").first()
    given: dict[str, rules.InvestmentClass] = {}
    for event in case.events.filter(step_name__in=OPINIONS, seq__gt=referred.seq if referred else 0):
        given[event.step_name] = rules.InvestmentClass(event.data["opinion"])
    return rules.JointFacts(*(given.get(step) for step in OPINIONS))


@gathers
def dispute_facts(attempt: Attempt) -> rules.DisputeFacts:
    decided = attempt.data.get("decided")
    return rules.DisputeFacts(opinions_of(attempt.case), rules.InvestmentClass(decided) if decided else None)


@gathers
def dispatch_facts(attempt: Attempt) -> rules.DispatchFacts:
    project = found.project_of(attempt.case)
    if project is None:
        return rules.DispatchFacts(rules.InvestmentClass.PENDING)
    return rules.DispatchFacts(project.classified, project.order.number if project.order else "")


# ---- effects


@effect(Intake.apply)
def _applied(event: Event, attempt: Attempt) -> None:
    red_line = polygon_from(attempt.data["red_line"])
    given = _given(attempt.data, PROJECT) | {"red_line": red_line, "area": area_of(red_line)}
    project = AccessProject.objects.create(case=attempt.case, applied_on=attempt.on, **given)
    LandProof.objects.create(project=project, **_land(attempt.data))
    LoadRequest.objects.create(project=project, **_given(attempt.data, LOAD))


@effect(Intake.amend)
def _amended(event: Event, attempt: Attempt) -> None:
    """What changed is written; papers and loads as new rows, so that the earlier ones stay readable."""
    project = attempt.case.access_project
    changed = _given(attempt.data, PROJECT)
    if "red_line" in changed:
        changed["red_line"] = polygon_from(changed["red_line"])
        changed["area"] = area_of(changed["red_line"])
    if attempt.data["own_grid"] is not None:
        changed["own_grid"] = attempt.data["own_grid"]
    changed |= {"investment_class": rules.InvestmentClass.PENDING, "base_class": ""}
    AccessProject.objects.filter(pk=project.pk).update(**changed)
    if land := _land(attempt.data):
        _again(project.proof, land)
    if load := _given(attempt.data, LOAD):
        _again(project.load, load)


def _again(row: LandProof | LoadRequest, changed: Mapping[str, Any]) -> None:
    row.pk = None
    row._state.adding = True
    for name, value in changed.items():
        setattr(row, name, value)
    row.save(force_insert=True)


def _given(data: Mapping[str, Any], fields: Iterable[Any]) -> dict[str, Any]:
    return {field.name: data[field.name] for field in fields if data[field.name] is not None}


def _land(data: Mapping[str, Any]) -> dict[str, Any]:
    names = {"proof_kind": "kind", "proof_number": "number"}
    return {names.get(name, name): value for name, value in _given(data, LAND).items()}


@effect(Intake.classify)
def _classified(event: Event, attempt: Attempt) -> None:
    project = attempt.case.access_project
    project.investment_class = event.decision["outcome"]
    project.base_class = event.decision.get("value") or project.investment_class
    project.save(update_fields=["investment_class", "base_class"])
    if costs := {name: attempt.data[name] for name in ("base_cost", "wished_cost") if attempt.data[name] is not None}:
        _again(project.load, costs)


@effect(Intake.turn_down)
def _turned_down(event: Event, attempt: Attempt) -> None:
    _set_class(attempt.case.access_project, rules.InvestmentClass.OUT)


@effect(Intake.refer)
def _referred(event: Event, attempt: Attempt) -> None:
    _set_class(attempt.case.access_project, rules.InvestmentClass(event.decision["outcome"]))


@effect(Intake.settle_joint)
def _settled_jointly(event: Event, attempt: Attempt) -> None:
    _determine(event, attempt)


@effect(Intake.settle_out)
def _settled_out(event: Event, attempt: Attempt) -> None:
    _determine(event, attempt)


@effect(Intake.decide)
def _decided(event: Event, attempt: Attempt) -> None:
    _determine(event, attempt, by_county=True)


@effect(Intake.decide_out)
def _decided_out(event: Event, attempt: Attempt) -> None:
    _determine(event, attempt, by_county=True)


def _determine(event: Event, attempt: Attempt, *, by_county: bool = False) -> None:
    """Writes 共同认定书 with its number, and the class it fixes."""
    opinions, fixed = opinions_of(attempt.case), rules.InvestmentClass(event.decision["outcome"])
    project = attempt.case.access_project
    JointDetermination.objects.create(
        project=project, number=next_number(DETERMINATION, attempt.on.year), on=attempt.on,
        approval=opinions.approval, company=opinions.company, county=fixed if by_county else "",
        investment_class=fixed,
    )  # fmt: skip
    _set_class(project, fixed)


def _set_class(project: AccessProject, fixed: rules.InvestmentClass) -> None:
    project.investment_class = project.base_class = fixed
    project.save(update_fields=["investment_class", "base_class"])


@effect(Intake.dispatch)
def _dispatched(event: Event, attempt: Attempt) -> None:
    strands.open_for(attempt.case.access_project, rules.InvestmentClass.B, attempt)


@effect(Intake.hand_over)
def _handed_over(event: Event, attempt: Attempt) -> None:
    strands.open_for(attempt.case.access_project, rules.InvestmentClass.A, attempt)


@effect(Intake.share)
def _shared(event: Event, attempt: Attempt) -> None:
    strands.open_for(attempt.case.access_project, rules.InvestmentClass.C, attempt)


@effect(Intake.offer)
def _offered(event: Event, attempt: Attempt) -> None:
    strands.open_for(attempt.case.access_project, rules.InvestmentClass.D, attempt)
