"""A project, officials and files for tests of the parts of this service that stand beside the works themselves.

The works are sampled: steps of the names and fields that the money, the audit and the energising are recorded under,
so that a plan, a handover or a charge can be tested without walking a project through all its seven steps.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.models import AccessProject, CostDetail, CostLine, PlanLine, SupplyScheme
from xianzhi.apps.power_access.services import accounts
from xianzhi.apps.power_access.services import money as money_booked
from xianzhi.kernel import door, registry
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Account, Case, Subject, Unit
from xianzhi.kernel.money import Posting, pay
from xianzhi.kernel.money.entries import bookers
from xianzhi.kernel.posts import appoint
from xianzhi.law.fields import day, money
from xianzhi.law.procedure import SAME, START, Procedure, Step, final, states

BEGAN = date(2024, 3, 13)
HENGSHUI, GUJIANG = "140826101000", "140826100000"


class SampleWorks(Procedure):
    """示例工程: money in, money out, audit, settlement and energising of a project."""

    app = "power_sample"
    zh = "示例工程"

    running = states("办理中")[0]
    closed = final("已办结")

    begin = Step("开始", START >> running, by="energy.works", event="power_access.works.begun", cites="power-3-2-2-5-1")
    fund = Step("拨付", running >> SAME, by="finance.fund", event="power_access.works.funded",
                cites="power-3-2-2-4-1", asks=(money("amount", "金额"),))  # fmt: skip
    pay = Step("支付", running >> SAME, by="energy.settle", event="power_access.works.paid",
                cites="power-3-2-2-4-2", asks=(money("amount", "金额"),))  # fmt: skip
    energise = Step("接电", running >> SAME, by="grid.connect", event="power_access.works.energised",
                cites="power-2-2-3", asks=(day("energised_on", "接电日期"),))  # fmt: skip
    audit = Step("审计", running >> SAME, by="energy.settle", event="power_access.works.audited",
                cites="power-3-2-2-6-3", asks=(money("audited", "审定金额"),))  # fmt: skip
    settle = Step(
        "结算", running >> SAME, by="finance.close", event="power_access.works.settled", cites="power-3-2-2-6-4"
    )
    close = Step(
        "办结", running >> closed, by="finance.close", event="power_access.works.closed", cites="power-3-2-2-6-4"
    )


def _funded(attempt: door.Attempt) -> Iterator[Posting]:
    """As the works do it, against the project's line of the year whenever that was consented to."""
    project = attempt.case.root.access_project
    at = accounts.accounts_of(project, attempt.case)
    line = PlanLine.objects.filter(plan__year=attempt.on.year, project=project).latest("id")
    yield from money_booked.appropriation(at, line, [("其他", attempt.data["amount"])], "拨付", None)


def _paid(attempt: door.Attempt) -> Iterator[Posting]:
    at = accounts.accounts_of(attempt.case.root.access_project, attempt.case)
    yield pay(at.fund, at.paid, attempt.data["amount"], "支付")


@contextmanager
def sampled_works() -> Iterator[type[SampleWorks]]:
    registry.procedures[SampleWorks.name] = SampleWorks
    bookers.update({SampleWorks.fund.origin: _funded, SampleWorks.pay.origin: _paid})
    try:
        yield SampleWorks
    finally:
        del registry.procedures[SampleWorks.name]
        for step in (SampleWorks.fund, SampleWorks.pay):
            del bookers[step.origin]


def official(key: str, *, unit: str = "") -> Account:
    """Somebody who holds a post since the notice began; `unit` by its code where several hold the function."""
    function = key.partition(".")[0]
    held = Unit.objects.filter(functions__function=function)
    at = held.get(code=unit) if unit else held.order_by("code").first()
    account, fresh = Account.objects.get_or_create(
        username=f"{key}@{at.code}", defaults={"name": f"示例{key}", "password": "!"}
    )
    if fresh:
        appoint(account, key, at, since=BEGAN)
    return account


def project(
    name: str = "示例食品厂", *, serial: int = 7, kind: rules.InvestmentClass = rules.InvestmentClass.B,
    applied_on: date = BEGAN, fee: bool = True,
) -> AccessProject:  # fmt: skip
    """A classified project of an owner at 横水镇, with its intake already behind it."""
    owner, _ = Subject.objects.get_or_create(
        code=f"SAMPLE{serial}", defaults={"kind": Subject.ORGANISATION, "name": name}
    )
    case = Case.objects.create(
        number=f"绛电接〔2099〕{serial:04d}", procedure_name=SampleWorks.name, state="running", title=name,
        division=HENGSHUI, subject=owner, opened_on=applied_on, moved_on=applied_on,
    )  # fmt: skip
    made = AccessProject.objects.create(
        case=case, name=name, place="横水镇示例路1号", red_line={}, area=8000, land_use="工业", applied_on=applied_on,
        investment_class=kind,
    )  # fmt: skip
    scheme = SupplyScheme.objects.create(
        project=made, version=1, made_on=applied_on, voltage="10kV", access_point="示例线12号杆", route={}, length=820,
        mode=rules.Mode.OVERHEAD,
    )  # fmt: skip
    detail = CostDetail.objects.create(
        project=made, version=1, scheme=scheme, designed_on=applied_on, surveyed_on=applied_on, metres=820,
        total=Decimal("386000.00"),
    )  # fmt: skip
    CostLine.objects.create(detail=detail, name="电缆排管", kind=rules.CostKind.CIVIL, amount=Decimal("380000.00"))
    if fee:
        CostLine.objects.create(detail=detail, name="审价费", kind=rules.CostKind.REVIEW_FEE, amount=Decimal("6000.00"))
    return made


def works(of: AccessProject, on: date) -> Case:
    """The works of a project, begun on a day."""
    return door.open_case(
        SampleWorks, SampleWorks.begin, by=official("energy.works"), title=of.name, division=of.case.division,
        parent=of.case, on=on,
    )  # fmt: skip


TAKERS = {
    "fund": "finance.fund", "pay": "energy.settle", "energise": "grid.connect", "audit": "energy.settle",
    "settle": "finance.close",
}  # fmt: skip


def record(case: Case, step: str, on: date, **data: Any) -> None:
    """Takes a step of the sampled works."""
    door.take_step(case, step, by=official(TAKERS[step]), on=on, data=data)


def file(kind: str) -> Upload:
    """A small PDF handed in as a kind of material."""
    return Upload(kind, f"{kind}.pdf", io.BytesIO(b"%PDF-1.4\n" + kind.encode()))


def words(refused: door.Refused) -> str:
    """All that a refusal says."""
    return "；".join(reason.text for reason in refused.reasons)


def possible(case: Case, key: str, *, unit: str = "") -> set[str]:
    """The steps that a case's page offers to the holder of a post before anything is entered."""
    return {option.step.name for option in door.options(case, official(key, unit=unit)) if option.possible}
