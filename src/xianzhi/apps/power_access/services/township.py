"""The townships' part: crops in the corridor, and questions that arise at the place."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, CropRow
from xianzhi.apps.power_access.procedures.township import TownshipMatter as Matter
from xianzhi.apps.power_access.services import found
from xianzhi.kernel import door, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Account, Case, Event, Obligation
from xianzhi.kernel.registry import effect, gathers
from xianzhi.law.money import yuan

PROVISION = "power-3-2-3-6"


# ---- reading


def crops_unsettled(project_case: Case) -> int:
    """How many plots in a project's corridor are not yet paid for."""
    matters = Case.objects.filter(parent_id=project_case.root.pk, procedure_name=Matter.name)
    waiting = matters.filter(state__in=(Matter.listed.name, Matter.shown.name))
    return CropRow.objects.current().filter(matter__in=waiting).count()


def crop_total(matter: Case) -> Decimal:
    """The sum of a matter's newest list, in yuan."""
    return yuan(CropRow.objects.current().filter(matter=matter).aggregate(sum=Sum("amount"))["sum"] or 0)


# ---- facts


@gathers
def place_facts(attempt: Attempt) -> rules.PlaceFacts:
    township = found.township_of(attempt.case.division, attempt.on)
    return rules.PlaceFacts(county().place(attempt.case.division), township.name if township else "")


@gathers
def crop_list_facts(attempt: Attempt) -> rules.CropListFacts:
    rows = attempt.data.get("plots")
    if rows is None:
        return rules.CropListFacts()
    twice = [plot for plot, times in Counter(row["plot"] for row in rows).items() if times > 1]
    return rules.CropListFacts(tuple(_crop(row, attempt.on) for row in rows), tuple(twice))


def _crop(row: Mapping[str, Any], on: date) -> rules.CropFacts:
    return rules.CropFacts(on, row["area"], row["rate"])


@gathers
def crop_pay_facts(attempt: Attempt) -> rules.CropPayFacts:
    return rules.CropPayFacts(crop_total(attempt.case), attempt.data.get("paid"))


# ---- effects


@effect(Matter.list_crops)
def _listed(event: Event, attempt: Attempt) -> None:
    _write_rows(attempt)
    _order(attempt, f"{attempt.case.title}（{attempt.case.number}）")


@effect(Matter.relist)
def _relisted(event: Event, attempt: Attempt) -> None:
    _write_rows(attempt)


def _write_rows(attempt: Attempt) -> None:
    last = attempt.case.crop_rows.aggregate(last=Max("version"))["last"] or 0
    for row in attempt.data["plots"]:
        priced = rules.crop_compensation(_crop(row, attempt.on), registry.parameters())
        CropRow.objects.create(
            matter=attempt.case, version=last + 1, plot=row["plot"], holder=row["holder"], crop=row["crop"],
            area=row["area"], rate=priced.reasons[0].used["标准"], amount=priced.value,
        )  # fmt: skip


@effect(Matter.withdraw_list)
def _withdrawn(event: Event, attempt: Attempt) -> None:
    _done(attempt, "登记已撤销")


@effect(Matter.file)
def _filed(event: Event, attempt: Attempt) -> None:
    _order(attempt, f"{attempt.case.title}（{attempt.case.number}）")


def _order(attempt: Attempt, what: str) -> None:
    """The matter is a task of the township, with the day that was asked for."""
    township = found.township_of(attempt.case.division, attempt.on)
    Obligation.objects.create(
        provision=PROVISION, unit=township, what=what, due_on=attempt.data.get("wanted_by"), case=attempt.case
    )


@effect(Matter.sign)
def _signed(event: Event, attempt: Attempt) -> None:
    _done(attempt, "青苗赔偿已支付并签收")


@effect(Matter.answer)
def _answered(event: Event, attempt: Attempt) -> None:
    _done(attempt, attempt.data["outcome"])


def _done(attempt: Attempt, result: str) -> None:
    attempt.case.obligations.filter(done_on=None).update(done_on=attempt.on, result=result[:200])


# ---- verbs


def list_crops(
    project: AccessProject, division: str, plots: Sequence[Mapping[str, Any]], *, by: Account, on: date | None = None,
    wanted_by: date | str | None = None, key: str = "",
) -> Case:  # fmt: skip
    """Lists plots of a corridor: plot, holder, area in mu, crop, and a rate where it is not the county's."""
    return door.open_case(
        Matter, Matter.list_crops, by=by, on=on, title=f"{project.name}青苗赔偿", division=division,
        parent=project.case, data={"plots": list(plots), "wanted_by": wanted_by}, key=key,
    )  # fmt: skip


def ask(
    project: AccessProject, division: str, kind: str, question: str, *, by: Account, on: date | None = None,
    wanted_by: date | str | None = None, key: str = "",
) -> Case:  # fmt: skip
    """Puts a question to the township of a place; kind: policy or other."""
    return door.open_case(
        Matter, Matter.file, by=by, on=on, title=f"{project.name}协调事项", division=division, parent=project.case,
        data={"kind": kind, "question": question, "wanted_by": wanted_by}, key=key,
    )  # fmt: skip
