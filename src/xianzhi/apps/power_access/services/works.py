"""The county-paid works: purchases, designs, money, acceptance and settlement."""

from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, CostDetail, CostLine, Procurement
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.queries import works
from xianzhi.apps.power_access.queries.money import NOTHING, money_of
from xianzhi.apps.power_access.services import found, handover, package, plan, review, township
from xianzhi.apps.power_access.services.money import alike, paid_under, treasury
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Assignment, Case, Event
from xianzhi.kernel.money import booked
from xianzhi.kernel.registry import effect, gathers
from xianzhi.law.fields import DAY

THIRD_PARTIES = {
    rules.ProcurementKind.DESIGN: "designer",
    rules.ProcurementKind.BUILDING: "builder",
    rules.ProcurementKind.REVIEW: "price_reviewer",
    rules.ProcurementKind.AUDIT: "auditor",
}


def _project(attempt: Attempt) -> AccessProject:
    return attempt.case.root.access_project


# ---- purchases and designs


@gathers
def procure_facts(attempt: Attempt) -> rules.ProcureFacts:
    data, seen = attempt.data, works.study_opinion(attempt.case, _project(attempt))
    if not data:
        return rules.ProcureFacts(attempt.on, study_opinion=seen)
    return rules.ProcureFacts(
        attempt.on, rules.ProcurementKind(data["kind"]), data["estimate"], rules.Method(data["method"]), seen
    )


@effect(Works.procure)
@effect(Works.procure_more)
def _procured(event: Event, attempt: Attempt) -> None:
    """A contractor who works on the platform sees this case from now on."""
    data, names = attempt.data, ("kind", "estimate", "method", "contractor", "account")
    function = THIRD_PARTIES.get(rules.ProcurementKind(data["kind"]), "")
    unit = found.third_party(function, data["contractor"], attempt.on)
    Procurement.objects.create(
        project=_project(attempt), case=attempt.case, event=event, on=attempt.on, unit=unit,
        result_number=data["result_number"] or "", **{name: data[name] for name in names},
    )  # fmt: skip
    if unit:
        Assignment.objects.get_or_create(case=attempt.case, unit=unit)


@gathers
def design_facts(attempt: Attempt) -> rules.DesignFacts:
    project, data = _project(attempt), attempt.data
    scheme, opinion = works.scheme_version(project), works.design_opinion(attempt.case, project)
    if not data:
        return rules.DesignFacts(True, scheme, scheme, opinion, project.classified)
    return rules.DesignFacts(
        survey=data["surveyed_on"] is not None,
        scheme_version=scheme,
        design_scheme_version=data["scheme_version"],
        opinion=opinion,
        classified=project.classified,
        lines=tuple(_line(row) for row in data["lines"]),
        typed_total=data["total"],
    )


def _line(row: dict[str, Any]) -> rules.CostLine:
    kind = rules.CostKind(row["kind"]) if row["kind"] else None
    return rules.CostLine(row["name"], kind, row["amount"], row["quantity"], row["unit_price"])


@effect(Works.design)
@effect(Works.redesign)
def _designed(event: Event, attempt: Attempt) -> None:
    project, data = _project(attempt), attempt.data
    before = project.detail
    detail = CostDetail.objects.create(
        project=project, version=before.version + 1 if before else 1, designed_on=attempt.on,
        scheme=project.schemes.get(version=data["scheme_version"]), surveyed_on=data["surveyed_on"],
        metres=data["metres"], total=data["total"],
    )  # fmt: skip
    CostLine.objects.bulk_create(
        CostLine(detail=detail, **{name: "" if value is None and name in ("spec", "unit") else value
                                   for name, value in row.items()})
        for row in data["lines"]
    )  # fmt: skip


# ---- plan and money


@gathers
def list_facts(attempt: Attempt) -> rules.ListFacts:
    """The number of the approval is asked for with this step, so a page that only asks does not miss it."""
    approval = attempt.data.get("approval_number", "待填") or ""
    listed = plan.line_for(_project(attempt), attempt.on) is not None
    return rules.ListFacts(plan.plan_consented(attempt.on.year), listed, approval)


@gathers
def fund_facts(attempt: Attempt) -> rules.FundFacts:
    project, case, data = _project(attempt), attempt.case, attempt.data
    detail, money, listed = project.detail, money_of(case), works.last(case, "list")
    equipment = works.equipment_version(case)
    sources = data.get("sources")
    return rules.FundFacts(
        project=project.number,
        classified=project.classified,
        order=_order(project),
        equipment=rules.FundPaper("设备清单", project.number, equipment) if equipment else None,
        detail=rules.FundPaper("费用明细", project.number, detail.version) if detail else None,
        approval=listed.data["approval_number"] if listed else "",
        plan_left=plan.line_left(project, attempt.on),
        detail_total=money.budget,
        funded=money.appropriated,
        amount=data.get("amount"),
        sources=None if sources is None else tuple(_source(row) for row in sources),
        design_current=works.design_current(project),
        design_opinion=works.design_opinion(case, project),
    )


def _order(project: AccessProject) -> rules.FundPaper | None:
    """The dispatch order; in class C 共同认定书 in its place."""
    if project.classified == rules.InvestmentClass.C:
        order = project.determinations.order_by("-id").first()
    else:
        order = project.order
    return rules.FundPaper(order.number, order.project.number) if order else None


def _source(row: dict[str, Any]) -> rules.SourceLine:
    return rules.SourceLine(rules.Source(row["source"]), row["amount"])


@gathers
def pay_facts(attempt: Attempt) -> rules.PayFacts:
    project, money, account = _project(attempt), money_of(attempt.case), attempt.data.get("account")
    accounts = list(project.procurements.order_by("-id").values_list("account", flat=True))
    contracted = str(account) if account in accounts else (accounts or [""])[0]
    return rules.PayFacts(
        appropriated=money.appropriated - money.given_back,
        paid=money.paid,
        contracted_account=contracted,
        amount=attempt.data.get("amount"),
        account=account,
        design_current=works.design_current(project),
    )


@gathers
def treasury_facts(attempt: Attempt) -> rules.TreasuryFacts:
    number = attempt.data.get("treasury_number")
    if not number:
        return rules.TreasuryFacts(None)
    before, amount = booked(treasury(number)), attempt.data.get("amount")
    return rules.TreasuryFacts(
        number,
        booked_in=before.event.case.number if before else "",
        alike=alike(attempt) if amount else "",
        amount=amount,
        another=bool(attempt.data.get("another")),
    )


@gathers
def reversal_facts(attempt: Attempt) -> rules.ReversalFacts:
    number = attempt.data.get("treasury_number")
    if not number:
        return rules.ReversalFacts()
    entry = paid_under(number, attempt.case)
    paid = Decimal(entry.event.data["amount"]) if entry else None
    return rules.ReversalFacts(number, attempt.data.get("amount"), paid)


# ---- building, acceptance


@gathers
def build_facts(attempt: Attempt) -> rules.BuildFacts:
    project = _project(attempt)
    return rules.BuildFacts(
        builder=works.builder_of(project),
        scheme_version=works.scheme_version(project),
        design_scheme_version=works.design_version(project),
        crops_unsettled=township.crops_unsettled(attempt.case),
    )


@gathers
def accept_facts(attempt: Attempt) -> rules.AcceptFacts:
    case, data = attempt.case, attempt.data
    return rules.AcceptFacts(
        civil_finished=works.last(case, "build") is not None,
        electrical_finished=works.electrical_finished(case, _project(attempt)),
        county_opinion=bool(data["county_opinion"]) if data else None,
        company_opinion=works.acceptance_opinion(case),
    )


@gathers
def reject_facts(attempt: Attempt) -> rules.RejectFacts:
    items = attempt.data.get("items")
    if items is None:
        return rules.RejectFacts()
    return rules.RejectFacts(tuple(rules.FailedItem(row["name"], row["due_on"]) for row in items))


FOLLOWS = {"end_on": ("civil_on",), "energised_on": ("end_on", "built_on", "begun_on")}
"""Which recorded day may not lie before which others."""
ONCE = ("electrical_on", "energised_on")


@gathers
def recorded_facts(attempt: Attempt) -> rules.RecordedFacts:
    field = next(field for field in attempt.step.asks if field.kind == DAY)
    before = works.recorded_day(attempt.case, attempt.step.name, field.name) if field.name in ONCE else None
    return rules.RecordedFacts(
        what=field.zh,
        cites=attempt.step.cites[0],
        on=attempt.on,
        recorded=attempt.data.get(field.name),
        not_before=_earliest(attempt.case, field.name),
        before=before,
    )


def _earliest(case: Case, field: str) -> date:
    """The day of what led to it; an application may have reached 供电公司 before it was handed over here."""
    if field == "accepted_on":
        return case.root.access_project.applied_on
    recorded = case.events.order_by("seq").values_list("data", flat=True)
    days = [date.fromisoformat(data[name]) for data in recorded for name in FOLLOWS.get(field, ()) if name in data]
    return days[-1] if days else case.opened_on


@effect(Works.accept)
def _accepted(event: Event, attempt: Attempt) -> None:
    handover.open_handover(event, attempt)


# ---- settlement


@gathers
def hand_in_facts(attempt: Attempt) -> rules.HandInFacts:
    """The papers are for the door to miss, by name; the price review is what only a rule can see."""
    planned, accepted = review.review_standing(_project(attempt))
    return rules.HandInFacts(True, True, True, planned, accepted)


@gathers
def audit_facts(attempt: Attempt) -> rules.AuditFacts:
    _, finance, energy = works.auditor_of(attempt.case)
    return rules.AuditFacts(finance, energy)


@effect(Works.consent_finance)
@effect(Works.consent_energy)
def _consented(event: Event, attempt: Attempt) -> None:
    """Once both agree, the auditor sees this case, where he works on the platform."""
    auditor, finance, energy = works.auditor_of(attempt.case)
    unit = found.third_party("auditor", auditor, attempt.on)
    if finance and energy and unit:
        Assignment.objects.get_or_create(case=attempt.case, unit=unit)


@gathers
def package_facts(attempt: Attempt) -> rules.PackageFacts:
    locked, returned = works.package_of(attempt.case)
    if told := (attempt.data.get("package_sm3") or "").lower():
        locked, returned = locked | {"封存包": package.digest_of(attempt.case)}, returned | {"封存包": told}
    return rules.PackageFacts(locked, returned)


@gathers
def settle_facts(attempt: Attempt) -> rules.SettleFacts:
    money = money_of(attempt.case)
    locked, standing = works.package_of(attempt.case)
    return rules.SettleFacts(money.audited, money.paid, locked == standing)


@gathers
def surplus_facts(attempt: Attempt) -> rules.SurplusFacts:
    money, returns = money_of(attempt.case), attempt.data.get("returns")
    listed = None if returns is None else tuple(row["amount"] for row in returns)
    return rules.SurplusFacts(money.appropriated - money.given_back, (money.audited or NOTHING,), listed)


@gathers
def recover_facts(attempt: Attempt) -> rules.RecoverFacts:
    return rules.RecoverFacts(money_of(attempt.case).to_recover, attempt.data.get("amount"))


@gathers
def close_facts(attempt: Attempt) -> rules.CloseFacts:
    money = money_of(attempt.case)
    done = handover.handover_done(_project(attempt))
    return rules.CloseFacts(money.to_pay, money.to_recover, money.to_return, done)


# ---- the owner steps back


@gathers
def withdraw_facts(attempt: Attempt) -> rules.WithdrawFacts:
    money = money_of(attempt.case)
    return rules.WithdrawFacts(money.appropriated, money.paid, attempt.data.get("reason"))


@gathers
def rest_facts(attempt: Attempt) -> rules.RestFacts:
    return rules.RestFacts(money_of(attempt.case).left, attempt.data.get("returned"))
