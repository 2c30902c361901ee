"""The cases below a project: opened by its class, with their orders, schemes and connections."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, DispatchOrder, Stage, SupplyScheme
from xianzhi.apps.power_access.procedures import (
    CompanyPaid,
    CountyPaid,
    OwnPaid,
    SharedCivil,
    SharedElectrical,
)
from xianzhi.apps.power_access.procedures.company_paid import Connection
from xianzhi.apps.power_access.queries import works
from xianzhi.apps.power_access.services import charges, company, handover
from xianzhi.apps.power_access.services.shapes import line_from
from xianzhi.kernel import door, geometry
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.geometry import BadShape
from xianzhi.kernel.models import Event
from xianzhi.kernel.numbers import next_number
from xianzhi.kernel.registry import effect, gathers

ORDER, WORK_ORDER = "绛电派〔{year}〕{serial:04d}", "绛电工〔{year}〕{serial:04d}"
OPENINGS = {
    rules.InvestmentClass.A: ((CompanyPaid, CompanyPaid.hand_over),),
    rules.InvestmentClass.B: ((CountyPaid, CountyPaid.dispatch),),
    rules.InvestmentClass.C: ((SharedElectrical, SharedElectrical.open), (SharedCivil, SharedCivil.open)),
    rules.InvestmentClass.D: ((OwnPaid, OwnPaid.hand_over),),
}


def open_for(project: AccessProject, classified: rules.InvestmentClass, attempt: Attempt) -> None:
    """Opens what a class is done in, by whoever hands the project on."""
    for procedure, step in OPENINGS[classified]:
        door.open_case(
            procedure, step, by=attempt.by, on=attempt.on, title=project.name, division=project.case.division,
            subject=project.case.subject, parent=project.case,
        )  # fmt: skip


# ---- orders


@effect(CountyPaid.dispatch)
def _dispatched(event: Event, attempt: Attempt) -> None:
    project = attempt.case.root.access_project
    if project.stage == Stage.LAND:
        project.stage = Stage.WORKS_PERMIT
        project.save(update_fields=["stage"])
    _issue(project, attempt)


@effect(CountyPaid.reissue)
def _reissued(event: Event, attempt: Attempt) -> None:
    project = attempt.case.root.access_project
    project.orders.filter(withdrawn_on=None).update(withdrawn_on=attempt.on)
    _issue(project, attempt)


def _issue(project: AccessProject, attempt: Attempt) -> None:
    number = next_number(ORDER, attempt.on.year)
    DispatchOrder.objects.create(project=project, case=attempt.case, number=number, issued_on=attempt.on)


@effect(CountyPaid.withdraw)
def _withdrawn(event: Event, attempt: Attempt) -> None:
    project = attempt.case.root.access_project
    company.tell_withdrawn(event, project.order, attempt.data["reason"])
    project.orders.filter(withdrawn_on=None).update(withdrawn_on=attempt.on)


@gathers
def work_order_facts(attempt: Attempt) -> rules.WorkOrderFacts:
    order = attempt.case.root.access_project.order
    receipts = attempt.case.events.filter(step_name=CountyPaid.receive.name)
    reissued = works.last(attempt.case, CountyPaid.reissue.name)
    if reissued:
        receipts = receipts.filter(seq__gt=reissued.seq)
    return rules.WorkOrderFacts(order.number if order else "", receipts.exists())


@effect(CountyPaid.order)
def _ordered(event: Event, attempt: Attempt) -> None:
    """The work order gets its number; the day of receipt is that of the receipt's event."""
    order = attempt.case.root.access_project.order
    order.received_on = attempt.case.events.filter(step_name=CountyPaid.receive.name).latest("seq").on
    order.work_order = next_number(WORK_ORDER, attempt.on.year)
    order.save(update_fields=["received_on", "work_order"])
    company.tell_order(event, attempt.case.root.access_project, order.number, order.work_order)


# ---- schemes


@gathers
def scheme_facts(attempt: Attempt) -> rules.SchemeFacts:
    """In class C 共同认定书 stands for the work order."""
    project, data = attempt.case.root.access_project, attempt.data
    facts = {"work_order": _mandate(project, attempt.on), "classified": project.classified}
    if not data:
        return rules.SchemeFacts(**facts)
    return rules.SchemeFacts(
        **facts,
        access_point=data["access_point"],
        route=data["route"],
        mode=rules.Mode(data["mode"]),
        mode_reason=data["mode_reason"] or "",
        cable_civil=data["cable_civil"],
        overhead_civil=data["overhead_civil"],
    )


def _mandate(project: AccessProject, on: date) -> str:
    if project.classified == rules.InvestmentClass.C:
        determined = project.determinations.order_by("-id").first()
        return determined.number if determined else ""
    return project.order.work_order or "" if project.order else ""


@gathers
def route_facts(attempt: Attempt) -> rules.RouteDrawnFacts:
    if not attempt.data:
        return rules.RouteDrawnFacts()
    try:
        route = line_from(attempt.data["route"])
    except BadShape as fault:
        return rules.RouteDrawnFacts(str(fault))
    outside = geometry.cut_outside(route, attempt.case.root.access_project.red_line)
    counted = geometry.length_m(outside) if outside else geometry.length_m(route) * 0
    return rules.RouteDrawnFacts("", round(geometry.length_m(route), 1), round(counted, 1))


@effect(CountyPaid.scheme)
@effect(CountyPaid.revise_scheme)
@effect(SharedElectrical.scheme)
@effect(SharedElectrical.revise_scheme)
@effect(CountyPaid.adopt_scheme)
@effect(SharedElectrical.adopt_scheme)
def _scheme_made(event: Event, attempt: Attempt) -> None:
    project, data = attempt.case.root.access_project, attempt.data
    drawn, told = route_facts(attempt), data["company_version"]
    version = max(works.scheme_version(project) + 1, told or 0)
    SupplyScheme.objects.create(
        project=project, version=version, company_version=told or version, made_on=attempt.on, voltage=data["voltage"],
        access_point=data["access_point"], capacity_kva=data["capacity_kva"], route=line_from(data["route"]),
        length=drawn.counted, mode=data["mode"], mode_reason=data["mode_reason"] or "",
        cable_civil=data["cable_civil"], overhead_civil=data["overhead_civil"],
    )  # fmt: skip


@gathers
def ready_facts(attempt: Attempt) -> rules.ReadyFacts:
    return rules.ReadyFacts(works.scheme_version(attempt.case.root.access_project))


# ---- connections


@gathers
def connection_facts(attempt: Attempt) -> rules.ConnectionFacts:
    accepted = works.recorded_day(attempt.case, CompanyPaid.accept.name, "accepted_on")
    energised = attempt.data.get("energised_on") or attempt.on
    return rules.ConnectionFacts(accepted or attempt.case.opened_on, energised, county().calendar)


@gathers
def zero_facts(attempt: Attempt) -> rules.ZeroFacts:
    return rules.ZeroFacts(attempt.data.get("amount") or Decimal())


@gathers
def energised_facts(attempt: Attempt) -> rules.EnergisedFacts:
    return rules.EnergisedFacts(works.energised_on(attempt.case.root.access_project))


@effect(Connection.energise)
@effect(CountyPaid.energise)
def _energised(event: Event, attempt: Attempt) -> None:
    """Where assets were handed over before there was light, the duty passes now."""
    handover.move_duties(attempt.case.root.access_project)


@effect(Connection.report_paid)
@effect(CountyPaid.report_paid)
def _reported(event: Event, attempt: Attempt) -> None:
    data: Mapping[str, Any] = attempt.data
    charges.report_charge(
        what=data["what"], amount=data["amount"], by=attempt.by, project=attempt.case.root.access_project, on=attempt.on
    )


# ---- the owner's own investment


@gathers
def wish_facts(attempt: Attempt) -> rules.WishFacts:
    load = attempt.case.root.access_project.load
    return rules.WishFacts(load.wish, load.standard, load.base_cost, load.wished_cost, attempt.data.get("signed"))


@effect(OwnPaid.offer)
def _offered(event: Event, attempt: Attempt) -> None:
    load = attempt.case.root.access_project.load
    for name in ("standard", "base_cost", "wished_cost"):
        setattr(load, name, attempt.data[name])
    load.save(update_fields=["standard", "base_cost", "wished_cost"])


@gathers
def base_facts(attempt: Attempt) -> rules.BaseFacts:
    return rules.BaseFacts(rules.InvestmentClass(attempt.case.root.access_project.base_class))


@effect(OwnPaid.reroute)
def _rerouted(event: Event, attempt: Attempt) -> None:
    project = attempt.case.root.access_project
    project.investment_class = project.base_class
    project.save(update_fields=["investment_class"])
    open_for(project, project.classified, attempt)
