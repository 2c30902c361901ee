"""What each step of this service moves: appropriations, payments, what comes back, the plan, charges and crops."""

from collections.abc import Iterable, Iterator
from decimal import Decimal

from xianzhi.apps.power_access.models import AccessProject, LineKind, PlanLine
from xianzhi.apps.power_access.procedures import plan as plan_procedures
from xianzhi.apps.power_access.procedures.charges import ANSWERER, ChargeRecord, ChargeReport
from xianzhi.apps.power_access.procedures.township import TownshipMatter
from xianzhi.apps.power_access.procedures.works import Works
from xianzhi.apps.power_access.queries import works
from xianzhi.apps.power_access.rules import CostKind
from xianzhi.apps.power_access.services import accounts, plan
from xianzhi.kernel import money
from xianzhi.kernel.door import Attempt
from xianzhi.kernel.models import Case, MoneyAccount, MoneyEntry
from xianzhi.kernel.money import AccountKind, EntryKind, Posting, books, open_account

Plan = plan_procedures.AnnualPlan
Postings = Iterator[Posting]


TREASURY = "国库 "


def treasury(number: str | None) -> str:
    """How a number of the treasury is written in the books."""
    return f"{TREASURY}{number}" if number else ""


MOVED_BY = {
    Works.fund.name: (EntryKind.APPROPRIATION, 1), Works.fund_more.name: (EntryKind.APPROPRIATION, 1),
    Works.pay.name: (EntryKind.PAYMENT, -1), Works.recover.name: (EntryKind.REFUND, 1),
}  # fmt: skip
"""The steps with a number of the treasury and one amount: as what, and whether into the project's fund or out of it."""


def alike(attempt: Attempt) -> str:
    """The number under which the same sum moved for the project on the same day in the same way; empty for none."""
    if attempt.step.name not in MOVED_BY:
        return ""
    kind, sign = MOVED_BY[attempt.step.name]
    fund = accounts.project_account(attempt.case.root.number, accounts.FUND)
    moved = MoneyEntry.objects.filter(kind=kind, on=attempt.on, reversed_by=None).exclude(reference="")
    found = moved.filter(lines__account__name=fund, lines__amount=sign * attempt.data["amount"]).first()
    return found.reference.removeprefix(TREASURY) if found else ""


def _of(attempt: Attempt) -> tuple[AccessProject, accounts.ProjectAccounts]:
    project = attempt.case.root.access_project
    return project, accounts.accounts_of(project, attempt.case)


# ---- projects


@books(Works.fund, Works.fund_more)
def _funded(attempt: Attempt) -> Postings:
    """From its sources into the project's fund, against its line of the plan of the year."""
    project, at = _of(attempt)
    line = plan.line_for(project, attempt.on)
    assert line is not None, "may_fund asks for a line of the plan"
    sources = [(row["source"], row["amount"]) for row in attempt.data["sources"]]
    yield from appropriation(at, line, sources, f"{project.number}资金拨付", attempt.data["treasury_number"])


def appropriation(
    at: accounts.ProjectAccounts, line: PlanLine, sources: Iterable[tuple[str, Decimal]], text: str, number: str | None
) -> Postings:
    """Money of several sources for a project, which its line must hold."""
    summed: dict[str, Decimal] = {}
    for name, amount in sources:
        summed[name] = summed.get(name, Decimal()) + amount
    from_, used = accounts.line_account(line.plan, line.number), accounts.used_account(line.plan)
    yield money.draw(from_, used, sum(summed.values(), Decimal()), text)
    taken = {accounts.source_account(name): amount for name, amount in summed.items() if amount}
    yield money.appropriate(taken, at.fund, text, reference=treasury(number))


@books(Works.pay)
def _paid(attempt: Attempt) -> Postings:
    _, at = _of(attempt)
    data = attempt.data
    text = data.get("purpose") or "支付工程款"
    yield money.pay(at.fund, at.paid, data["amount"], text, reference=treasury(data["treasury_number"]))


def paid_under(number: str, case: Case) -> MoneyEntry | None:
    """The payment of a case that stands under a number of the treasury."""
    paid = MoneyEntry.objects.filter(event__case=case, kind=EntryKind.PAYMENT, reversed_by=None)
    return paid.filter(reference=treasury(number)).select_related("event").first()


@books(Works.reverse_payment)
def _payment_reversed(attempt: Attempt) -> Postings:
    entry = paid_under(attempt.data["treasury_number"], attempt.case)
    if entry is not None:
        yield money.reverse(entry, "冲销误记的支付")


@books(Works.recover)
def _recovered(attempt: Attempt) -> Postings:
    _, at = _of(attempt)
    number = attempt.data["treasury_number"]
    yield money.refund(at.paid, at.fund, attempt.data["amount"], "收回多付款项", reference=treasury(number))


@books(Works.give_back)
def _given_back(attempt: Attempt) -> Postings:
    _, at = _of(attempt)
    listed = sum((row["amount"] for row in attempt.data["returns"]), Decimal())
    if listed:
        number = attempt.data["treasury_number"]
        yield money.transfer(at.fund, at.returned, listed, "退回结余", reference=treasury(number))


@books(Works.stop)
def _stopped(attempt: Attempt) -> Postings:
    _, at = _of(attempt)
    if attempt.data["returned"]:
        yield money.transfer(at.fund, at.returned, attempt.data["returned"], "停止办理，退回未用资金")


# ---- the annual plan


@books(Plan.consent)
def _consented(attempt: Attempt) -> Postings:
    """What the county consented to stands on the lines; what the year before lacked is taken over."""
    standing = attempt.case.annual_plan
    yield from _planned(attempt, plan.consented_lines(standing))


@books(Plan.adjust)
def _adjusted(attempt: Attempt) -> Postings:
    yield from _planned(attempt, plan.adjusted_lines(attempt.case.annual_plan, attempt.data["changes"]))


def _planned(attempt: Attempt, changes: Iterable[plan.Change]) -> Postings:
    """The change of each line, from the consent; of a line that takes over a shortfall, from where that waited."""
    standing, day = attempt.case.annual_plan, attempt.data["consented_on"]
    consent = accounts.consent_account(standing)
    given: list[tuple[MoneyAccount, Decimal]] = []
    taken: list[tuple[MoneyAccount, Decimal]] = []
    for change in changes:
        line, amount = change.line, change.amount
        moves = [(accounts.line_account(standing, line.number, line.name), amount), (consent, -amount)]
        carried = change.old is None and line.kind == LineKind.CARRY
        if carried and (waited := plan.before(standing)):
            taken += [*moves, (accounts.carry_account(waited), -amount), (accounts.consent_account(waited), amount)]
        else:
            given += moves
    number = attempt.data["number"]
    if any(amount for _, amount in given):
        yield money.posting(EntryKind.BUDGET, given, f"{standing.year}年计划 {number}", on=day)
    if any(amount for _, amount in taken):
        yield money.posting(EntryKind.CARRY, taken, f"{standing.year - 1}年缺口转列 {number}", on=day)


@books(Plan.close)
def _closed(attempt: Attempt) -> Postings:
    """At the end of a year its accounts are brought to nothing; only what the plan lacked waits for the next one."""
    standing = attempt.case.annual_plan
    held = list(attempt.case.money_accounts.order_by("pk"))
    left = money.balances(held)
    if any(left.values()):
        lines = [(account, -left[account.pk]) for account in held]
        yield money.posting(EntryKind.TRANSFER, lines, f"{standing.year}年计划年终结账")
    if lacking := plan.shortfall(standing, attempt.on):
        consent, waiting = accounts.consent_account(standing), accounts.carry_account(standing)
        yield money.carry(consent, waiting, lacking, f"{standing.year}年缺口转列下年")


# ---- charges to owners


@books(ChargeRecord.record)
def _charged(attempt: Attempt) -> Postings:
    number, amount = attempt.case.number, attempt.data["amount"]
    if not amount:
        return
    due = open_account(
        f"power.charge/{number}/due", f"{number}用户应缴", AccountKind.DUE, service=accounts.SERVICE, case=attempt.case
    )
    levied = open_account("power.charge/levied", "用户收费", AccountKind.LEVIED, service=accounts.SERVICE)
    yield money.charge(due, levied, amount, attempt.data["what"])


@books(ChargeReport.refund)
def _refunded(attempt: Attempt) -> Postings:
    """What the owner paid, as it was reported, comes into the books with its refund: never more goes back."""
    case, refunded = attempt.case, attempt.data["refunded"]
    collected, payer = (
        open_account(f"power.report/{case.number}/{part}", f"{case.number}{zh}", kind, service=accounts.SERVICE,
                     case=case)
        for part, zh, kind in (
            ("collected", "已收用户费用", AccountKind.RECEIVED), ("payer", "交费用户", AccountKind.OUTSIDE),
        )
    )  # fmt: skip
    if not collected.lines.exists():
        reported = Decimal(case.events.get(step_name=ChargeReport.report.name).data.get("amount") or refunded)
        if reported:
            yield money.pay(payer, collected, reported, "反映的收费")
    if refunded:
        asked = case.events.filter(step_name=ChargeReport.ask.name).latest("seq").data["unit"]
        reference = f"{ANSWERER[asked]} {attempt.data['receipt']}"
        yield money.refund(collected, payer, refunded, "退还收费", reference=reference)


@books(ChargeReport.reopen)
def _reopened(attempt: Attempt) -> Postings:
    """A refund that is to be done anew is taken back first."""
    refunds = MoneyEntry.objects.filter(event__case=attempt.case, kind=EntryKind.REFUND, reversed_by=None)
    for entry in refunds.order_by("pk"):
        yield money.reverse(entry, "退回重办，冲销退款")


# ---- crops


@books(TownshipMatter.pay)
def _compensated(attempt: Attempt) -> Postings:
    """From the project's fund where its cost detail holds the compensation, else from the money for crops."""
    case, amount = attempt.case, attempt.data["paid"]
    if not amount:
        return
    project = case.root.access_project
    detail, building = project.detail, works.works_of(project)
    text = f"青苗赔偿 {case.number}"
    if building is not None and detail is not None and detail.lines.filter(kind=CostKind.CORRIDOR).exists():
        at = accounts.accounts_of(project, building)
        yield money.pay(at.fund, at.paid, amount, text)
        return
    paid = open_account(
        f"power.crops/{case.number}/paid", f"{case.number}已付青苗赔偿", AccountKind.SPENT, service=accounts.SERVICE,
        case=case,
    )  # fmt: skip
    source = open_account("power.crops/source", "青苗赔偿资金", AccountKind.OUTSIDE, service=accounts.SERVICE)
    yield money.pay(source, paid, amount, text)
