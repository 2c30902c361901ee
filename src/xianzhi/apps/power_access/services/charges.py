"""Charges to owners: recorded where they are allowed, reported where they are not."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, UserCharge
from xianzhi.apps.power_access.procedures.charges import ChargeRecord, ChargeReport
from xianzhi.apps.power_access.procedures.defects import DefectReport
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import door
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Attempt, Refused
from xianzhi.kernel.models import Account, Case, Event
from xianzhi.kernel.registry import effect, gathers
from xianzhi.law.procedure import PUBLIC


class ChargeRefused(Refused):
    """A charge that may not be made. It was not written; `report` is the case that was opened instead."""

    def __init__(self, refused: Refused, report: Case) -> None:
        super().__init__(refused.step, refused.reasons, refused.decision)
        self.report = report


def record_charge(
    project: AccessProject, *, by: Account, what: str, amount: Decimal | str, inside: bool | str, exception: str = "",
    on: date | None = None, key: str = "",
) -> UserCharge:  # fmt: skip
    """Records what an owner is charged.

    Raises ChargeRefused where the notice forbids it: the charge is undone and a report of it opened, both in one
    transaction. Raises Refused for anything else that speaks against it, and then nothing is written.
    """
    data = {"what": what, "amount": amount, "inside": inside, "exception": exception}
    with transaction.atomic():
        try:  # the door undoes a refused charge, and only that
            case = door.open_case(
                ChargeRecord, ChargeRecord.record, by=by, on=on, title=f"{project.name} {what}"[:120],
                division=project.case.division, subject=project.case.subject, parent=project.case, data=data, key=key,
            )  # fmt: skip
            return case.user_charge
        except Refused as refused:
            if not _forbidden(refused, project):
                raise
            told, report = refused, _report_of(project, by, what, amount, on, key)
    raise ChargeRefused(told, report)


def _forbidden(refused: Refused, project: AccessProject) -> bool:
    """Whether the rule alone refused, in a class in which the owner pays nothing."""
    decision = refused.decision
    ruled = decision is not None and decision.refused and refused.reasons == decision.failing
    return ruled and project.classified in rules.FREE_FOR_OWNER


def _report_of(
    project: AccessProject, by: Account, what: str, amount: Decimal | str, on: date | None, key: str
) -> Case:
    return door.open_case(
        ChargeReport, ChargeReport.report, by=by, on=on, title=f"{project.name} {what}"[:120],
        division=project.case.division, subject=project.case.subject, parent=project.case,
        data={"what": what, "amount": amount}, key=key,
    )  # fmt: skip


def report_charge(
    *, what: str, amount: Decimal | None = None, place: str = "", contact: str = "", by: Account | str = PUBLIC,
    project: AccessProject | None = None, on: date | None = None, key: str = "",
) -> Case:  # fmt: skip
    """Takes a report from anybody; one on a known project stands under it. The number of the case is the receipt."""
    data = {"what": what, "amount": amount, "place": place, "contact": contact}
    case = project.case if project else None
    return door.open_case(
        ChargeReport, ChargeReport.report, by=by, on=on, title=f"收费反映 {what}"[:120], parent=case,
        division=case.division if case else county().code, subject=case.subject if case else None, data=data, key=key,
    )  # fmt: skip


def report_by_receipt(number: str) -> Case | None:
    """The report of a charge or of a defect with a receipt number, for whoever holds it."""
    names = (ChargeReport.name, DefectReport.name)
    return Case.objects.filter(number=number.strip(), procedure_name__in=names).first()


def charges_of(project: AccessProject):
    """What the owner was charged, with the exceptions that allow it: shown on his page."""
    return UserCharge.objects.filter(project=project)


def _project(case: Case) -> AccessProject | None:
    """The project of a charge or report: the case that it stands under, or the one that was found out."""
    if case.parent_id:
        return found.project_of(case)
    asked = case.events.filter(step_name=ChargeReport.ask.name).order_by("-seq").values_list("data", flat=True).first()
    return found.project_numbered(asked["project"]) if asked and asked.get("project") else None


@gathers
def charge_facts(attempt: Attempt) -> rules.ChargeFacts:
    project, data = _project(attempt.case), attempt.data
    classified = project.classified if project else rules.InvestmentClass.PENDING
    if not data:
        return rules.ChargeFacts(classified)
    return rules.ChargeFacts(classified, data["amount"], data["inside"], data["what"], data["exception"] or "")


@gathers
def report_facts(attempt: Attempt) -> rules.ReportFacts:
    number = attempt.data.get("project") or ""
    return rules.ReportFacts(number, not number or found.project_numbered(number) is not None)


@effect(ChargeRecord.record)
def _recorded(event: Event, attempt: Attempt) -> None:
    data: Mapping[str, Any] = attempt.data
    UserCharge.objects.create(
        case=attempt.case, project=attempt.case.root.access_project, what=data["what"], amount=data["amount"],
        inside=data["inside"], exception=data["exception"] or "", charged_on=attempt.on,
    )  # fmt: skip
