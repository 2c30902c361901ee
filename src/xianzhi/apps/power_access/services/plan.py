"""The annual plan: its references, its lines, and the plan as it stood on any day."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max, Sum

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, AnnualPlan, LineKind, PlanLine
from xianzhi.apps.power_access.procedures import plan as procedures
from xianzhi.apps.power_access.services import accounts, found, treasury
from xianzhi.kernel import door, money, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Account, Case, Event
from xianzhi.kernel.registry import effect, gathers
from xianzhi.law.money import format_yuan, yuan

Plan = procedures.AnnualPlan


# ---- reading


def plan_total(year: int, on: date) -> Decimal:
    """The plan of a year as it stood on a day, in yuan; 0 where it was not yet consented to."""
    lines = PlanLine.objects.on(on).filter(plan__year=year)
    return yuan(lines.aggregate(sum=Sum("amount"))["sum"] or 0)


def line_for(project: AccessProject, on: date) -> PlanLine | None:
    """The line that a project has on a day in the plan of that day's year."""
    return PlanLine.objects.on(on).filter(plan__year=on.year, project=project).select_related("plan").first()


def line_left(project: AccessProject, on: date) -> Decimal | None:
    """What the line still holds, on the day and after all that was booked since, in yuan; None where there is none."""
    line = line_for(project, on)
    if line is None:
        return None
    account = accounts.plan_account(line.plan.year, f"line {line.number}")
    return min(money.balance(account, on), money.balance(account))


def plan_consented(year: int) -> bool:
    """Whether the county consented to the plan of a year."""
    return Event.objects.filter(case__annual_plan__year=year, step_name=Plan.consent.name).exists()


def drafted_lines(plan: AnnualPlan) -> list[rules.DraftLine]:
    """The lines as last drafted, before the county consents to them; the shortfall carried over is not among them."""
    return _typed(_last(plan.case, Plan.draft, Plan.revise).get("lines") or ())


def carried_into(year: int, by: date | None = None) -> Decimal:
    """What the budget of the year before could not cover, once that year is closed (by a day). In yuan."""
    return accounts.carried_over(year - 1, by)


def carry_waiting(plan: AnnualPlan) -> Decimal:
    """What was carried over only after the plan had been agreed on: it waits for an adjustment. In yuan."""
    return money.balance(accounts.plan_account(plan.year - 1, "carry"))


def before(plan: AnnualPlan) -> AnnualPlan | None:
    """The plan of the year before."""
    return AnnualPlan.objects.filter(year=plan.year - 1).select_related("case").first()


def shortfall(plan: AnnualPlan, on: date) -> Decimal:
    """What the plan lacks for what its year settled, in yuan: carried over when it is closed. [power-3-2-2-6-5]"""
    return rules.carry(_carry(plan, on), registry.parameters()).value


def settled_in(year: int) -> list[tuple[AccessProject, Decimal]]:
    """The projects that were settled in a year, each with its audited sum in yuan."""
    events = Event.objects.filter(
        step_name="settle", on__year=year, case__parent__access_project__isnull=False
    ).select_related("case__parent__access_project")
    return [(event.case.parent.access_project, _audited(event.case)) for event in events.order_by("on", "id")]


def _audited(case: Case) -> Decimal:
    data = case.events.filter(step_name="audit").order_by("-seq").values_list("data", flat=True).first() or {}
    return Decimal(data.get("audited", 0))


def _last(case: Case, *steps: Any) -> Mapping[str, Any]:
    names = [step.name for step in steps]
    return case.events.filter(step_name__in=names).order_by("-seq").values_list("data", flat=True).first() or {}


def _typed(lines: Sequence[Mapping[str, Any]]) -> list[rules.DraftLine]:
    return [
        rules.DraftLine(
            name=line["name"],
            amount=Decimal(line["amount"]),
            project=line.get("project") or "",
            known=not line.get("project") or found.project_numbered(line["project"]) is not None,
        )
        for line in lines
    ]


# ---- facts


@gathers
def draft_facts(attempt: Attempt) -> rules.DraftFacts:
    year = attempt.data.get("year")
    existing = AnnualPlan.objects.filter(year=year).values_list("case__number", flat=True).first() if year else None
    return rules.DraftFacts(year, existing or "")


@gathers
def plan_facts(attempt: Attempt) -> rules.PlanFacts:
    """The actual sums as typed with the draft; a year that was closed here counts as it was settled."""
    data = attempt.data
    drafted = data if "year" in data else _last(attempt.case, Plan.draft)
    year = int(drafted["year"])
    actuals = {int(row["year"]): Decimal(row["amount"]) for row in drafted.get("actuals") or ()}
    for plan in AnnualPlan.objects.filter(year__lt=year, case__closed_on__isnull=False):
        actuals[plan.year] = sum((amount for _, amount in settled_in(plan.year)), Decimal())
    agreed = data.get("agreed")
    return rules.PlanFacts(attempt.on, year, actuals, agreed, None if agreed is None else data.get("reason") or "")


@gathers
def agree_facts(attempt: Attempt) -> rules.AgreeFacts:
    return rules.AgreeFacts(attempt.data.get("county_side"), attempt.data.get("company_side"))


@gathers
def lines_facts(attempt: Attempt) -> rules.LinesFacts:
    data = attempt.data
    if attempt.case.state == "start":
        return rules.LinesFacts(tuple(_typed(data.get("lines") or ())), carried_into(data["year"], attempt.on))
    plan = attempt.case.annual_plan
    lines = _typed(data["lines"]) if data.get("lines") else drafted_lines(plan)
    return rules.LinesFacts(tuple(lines), carried_into(plan.year, attempt.on), data.get("agreed"))


@gathers
def consent_facts(attempt: Attempt) -> rules.ConsentFacts:
    newest = PlanLine.objects.filter(plan__case=attempt.case).aggregate(day=Max("since"))["day"]
    return rules.ConsentFacts(attempt.on, newest or _agreed_on(attempt.case), attempt.data.get("consented_on"))


def _agreed_on(case: Case) -> date:
    return case.events.filter(step_name=Plan.agree.name).order_by("-seq").values_list("on", flat=True)[0]


@gathers
def adjust_facts(attempt: Attempt) -> rules.AdjustFacts:
    if not attempt.data:
        return rules.AdjustFacts()
    return rules.AdjustFacts(attempt.data["reason"], tuple(_changes(attempt)))


def _changes(attempt: Attempt) -> Iterator[rules.LineChange]:
    plan = attempt.case.annual_plan
    standing = {line.number: line for line in plan.lines.filter(until=None).select_related("project")}
    listed = {line.project_id for line in standing.values()}
    for change in attempt.data["changes"]:
        line = standing.get(change["line"])
        if line is not None:
            paid = accounts.paid_in(line.project, plan.year) if line.project else Decimal()
            yield rules.LineChange(line.name, line.amount, change["after"], paid)
            continue
        if change["carry"]:
            waiting = carry_waiting(plan)
            name = f"上年缺口{format_yuan(waiting)}元以外的转列"
            yield rules.LineChange(name, Decimal(), change["after"], Decimal(), change["after"] == waiting > 0)
            continue
        project = found.project_numbered(change["project"]) if change["project"] else None
        name = f"第{change['line']}行" if change["line"] else change["name"] or change["project"] or "未写名称的行"
        named = bool(change["name"] or project) and (not change["project"] or project is not None)
        known = change["line"] is None and named and (project is None or project.pk not in listed)
        yield rules.LineChange(name, Decimal(), change["after"], Decimal(), known)


@gathers
def year_end_facts(attempt: Attempt) -> rules.YearEndFacts:
    return rules.YearEndFacts(attempt.on, attempt.case.annual_plan.year)


@gathers
def carry_facts(attempt: Attempt) -> rules.CarryFacts:
    return _carry(attempt.case.annual_plan, attempt.on)


def _carry(plan: AnnualPlan, on: date) -> rules.CarryFacts:
    settled = tuple(amount for _, amount in settled_in(plan.year))
    return rules.CarryFacts(year=plan.year, budget=plan_total(plan.year, on), settled=settled)


@gathers
def year_surplus_facts(attempt: Attempt) -> rules.YearSurplusFacts:
    """What was appropriated, in whatever year, to the projects that the year settled; and the list, when it closes."""
    settled = settled_in(attempt.case.annual_plan.year)
    listed = attempt.data.get("returns")
    if listed is None and attempt.step.name == Plan.close.name:
        listed = _last(attempt.case, Plan.list_return).get("returns") or ()
    return rules.YearSurplusFacts(
        appropriated=sum((accounts.appropriated(project) for project, _ in settled), Decimal()),
        settled=tuple(amount for _, amount in settled),
        listed=None if listed is None else tuple(Decimal(row["amount"]) for row in listed),
    )


# ---- effects


@effect(Plan.draft)
def _drafted(event: Event, attempt: Attempt) -> None:
    AnnualPlan.objects.create(case=attempt.case, year=attempt.data["year"])


@effect(Plan.consent)
def _consented(event: Event, attempt: Attempt) -> None:
    """The lines agreed on, and what was carried over by then, stand from the day of the consent."""
    _write(consented_lines(attempt.case.annual_plan), attempt.data["consented_on"])
    treasury.tell_plan(event, attempt.case.annual_plan)


@effect(Plan.adjust)
def _adjusted(event: Event, attempt: Attempt) -> None:
    _write(list(adjusted_lines(attempt.case.annual_plan, attempt.data["changes"])), attempt.data["consented_on"])
    treasury.tell_plan(event, attempt.case.annual_plan)


@dataclass(frozen=True, slots=True)
class Change:
    """A line before and after a consent; not there before where it is new, nor after where it is struck out."""

    old: PlanLine | None
    new: PlanLine | None

    @property
    def line(self) -> PlanLine:
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def amount(self) -> Decimal:
        """By how much it changes, in yuan."""
        before, after = ((one.amount if one else Decimal()) for one in (self.old, self.new))
        return after - before


def consented_lines(plan: AnnualPlan) -> Iterator[Change]:
    """The lines that a consent brings into force, what was carried over first."""
    number = 1
    carried = carried_into(plan.year, _agreed_on(plan.case))
    if carried:
        yield Change(None, _line(plan, number, LineKind.CARRY, _carry_name(plan), None, carried))
        number += 1
    for line in drafted_lines(plan):
        project = found.project_numbered(line.project) if line.project else None
        yield Change(None, _line(plan, number, _kind_of(project), line.name, project, line.amount))
        number += 1


def adjusted_lines(plan: AnnualPlan, changes: Sequence[Mapping[str, Any]]) -> Iterator[Change]:
    """What an adjustment makes of the lines, one by one; a line that it adds gets the next number."""
    standing = {line.number: line for line in plan.lines.filter(until=None).select_related("project")}
    last = plan.lines.aggregate(last=Max("number"))["last"] or 0
    for change in changes:
        old, after = standing.get(change["line"]), change["after"]
        if old is not None:
            new = None if after is None else _line(
                plan, old.number, old.kind, change["name"] or old.name, old.project, after
            )  # fmt: skip
            yield Change(old, new)
        elif after is not None:
            last += 1
            yield Change(None, _added(plan, last, change, after))


def _added(plan: AnnualPlan, number: int, change: Mapping[str, Any], amount: Decimal) -> PlanLine:
    if change["carry"]:
        return _line(plan, number, LineKind.CARRY, _carry_name(plan), None, amount)
    project = found.project_numbered(change["project"]) if change["project"] else None
    name = change["name"] or (project.name if project else "")
    return _line(plan, number, _kind_of(project), name, project, amount)


def _carry_name(plan: AnnualPlan) -> str:
    return f"{plan.year - 1}年缺口转列"


def _kind_of(project: AccessProject | None) -> LineKind:
    return LineKind.PROJECT if project else LineKind.RESERVE


def _line(
    plan: AnnualPlan, number: int, kind: Any, name: str, project: AccessProject | None, amount: Decimal
) -> PlanLine:
    return PlanLine(plan=plan, number=number, kind=kind, name=name, project=project, amount=amount)


def _write(changes: Iterable[Change], since: date) -> None:
    """Ends the versions before and writes those after, from a day on."""
    for change in changes:
        if change.old is not None:
            change.old.until = since
            change.old.save(update_fields=["until"])
        if change.new is not None:
            change.new.since = since
            change.new.save(force_insert=True)


# ---- verbs


def draft(
    year: int | str, *, by: Account, on: date | None = None,
    actuals: Mapping[int, Decimal] | Mapping[str, str] | None = None, lines: Sequence[Mapping[str, Any]] = (),
    key: str = "",
) -> Case:  # fmt: skip
    """Begins the plan of a year. lines: name, amount, and the project's number unless it is a reserve."""
    typed = [{"year": one, "amount": amount} for one, amount in (actuals or {}).items()]
    return door.open_case(
        Plan, Plan.draft, by=by, on=on, title=f"{year}年度投资计划", division=county().code,
        data={"year": year, "actuals": typed, "lines": list(lines)}, key=key,
    )  # fmt: skip
