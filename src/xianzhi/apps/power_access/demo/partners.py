"""The systems of 供电公司 and 县财政局, played with keys that are forgotten afterwards: messages in every state."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from xianzhi.apps.power_access.models import SupplyScheme
from xianzhi.apps.power_access.procedures import CompanyPaid, CountyPaid
from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import contracts, inbox, keys, outbox, partners, signing
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Case, Event, Outbound, Partner, Unit

CONNECTED, WEEK = date(2026, 2, 2), timedelta(days=7)
UNANSWERED = 3
"""Of the messages of each partner, the last ones whose receipts never came."""
COMPANY = ("scheme", "opinion", "accepted", "built", "electrical_finished", "energised")
TREASURY = ("plan_lines", "appropriation")
_HOURS_OFF = timedelta(hours=8)


@dataclass(frozen=True)
class System:
    """A partner and its keys."""

    partner: Partner
    keys: keys.KeyPair

    def give(self, event: str, serial: int, *, off: timedelta = timedelta(), **data: Any) -> None:
        """Sends a message as the partner's system would; its clock may be off."""
        now = clock.now()
        body = {"event": event, "version": 1, "at": (now - abs(off)).isoformat(timespec="seconds"), **data}
        raw, sent = json.dumps(body, ensure_ascii=False).encode(), (now - off).isoformat(timespec="seconds")
        stated = Envelope(self.partner.name, county().code, f"power.{event}", f"{self.partner.name}-{serial}", sent)
        inbox.receive(self.partner, stated, raw, signing.sign(self.keys, stated.statement(raw)))

    def answer(self, message: Outbound, result: str, *reasons: str) -> None:
        """Gives a signed receipt for a message of the county."""
        receipt = signing.canonical_body(
            {"kind": message.kind, "key": message.key, "version": message.version, "digest": message.digest,
             "result": result, "reasons": reasons}
        )  # fmt: skip
        signature = signing.sign(self.keys, signing.receipt_statement(receipt))
        outbox.record_receipt(message, signing.with_signature(receipt, signature).encode())

    def answer_old(self) -> None:
        """Answers what waits, but for the last."""
        waiting = list(self.partner.outbound.filter(state=Outbound.WAITING).order_by("-id")[UNANSWERED:])
        for message in reversed(waiting):
            self.answer(message, "applied")


def walk_exchange(today: date) -> Iterator[date]:
    """Connects both systems, answers every week, and hands in messages of every kind of fate."""
    yield CONNECTED
    company = connect("grid", "grid-company", COMPANY)
    treasury = connect("finance", "treasury", ("payment",))
    day = CONNECTED
    while (day := day + WEEK) < today:
        yield day
        for system in (company, treasury):
            system.answer_old()
    stuck = company.partner.outbound.filter(state=Outbound.WAITING).order_by("id").first()
    if stuck is not None:
        company.answer(stuck, "refused", "项目不在供电公司经营区内")
    yield today
    _report(company)
    _pay(treasury)


def connect(function: str, name: str, takes: tuple[str, ...]) -> System:
    pair, unit = keys.generate(), Unit.objects.filter(functions__function=function).get()
    finance = {f"power.{one}" for one in TREASURY}
    sends = [kind for kind in contracts.outgoing if (kind in finance) is (function == "finance")]
    terms = {"sends": sends, "takes": [f"power.{one}" for one in takes]}
    return System(partners.settle(name, unit, public_key=pair.public.hex(), **terms), pair)


def _report(company: System) -> None:
    """供电公司: one report taken and repeated, one before its order, one that differs from what was typed."""
    handed = Case.objects.filter(procedure_name=CompanyPaid.name)
    if done := Event.objects.filter(step_name=CompanyPaid.accept.name).order_by("id").last():
        for serial in (1, 2):  # typed by its officer, confirmed by its system, which sent it twice
            company.give("accepted", serial, order=done.case.number, accepted_on=done.data["accepted_on"])
    if case := handed.filter(state="accepted").order_by("id").last():
        company.give("energised", 3, off=_HOURS_OFF, order=case.number, energised_on=clock.today().isoformat())
    scheme: dict[str, Any] = {
        "voltage": "10kV",
        "mode": "架空",
        "length_m": 820,
        "capacity_kva": 1250,
        "file_sm3": "0" * 64,
    }
    company.give("scheme", 4, order="绛电派〔2026〕9001", access_point="示例线9号杆", **scheme)
    held = SupplyScheme.objects.filter(project__orders__withdrawn_on=None, project__orders__work_order__isnull=False)
    typed = held.filter(project__case__children__procedure_name=CountyPaid.name).order_by("id").last()
    if typed is not None:
        order, kva = typed.project.order.number, typed.capacity_kva
        told: dict[str, Any] = scheme | {"voltage": typed.voltage, "capacity_kva": str(kva) if kva else None}
        company.give(
            "scheme", 5, order=order, **told | {"version": typed.company_version, "length_m": round(typed.length) + 36},
            access_point=f"{typed.access_point}以北",
        )  # fmt: skip
        company.give("opinion", 6, order=order, node="design", opinion="同意", scheme_version=typed.company_version - 1)
        company.give("opinion", 7, order=order, node="design")


def _pay(treasury: System) -> None:
    """县财政局: a payment that fits no project."""
    treasury.give(
        "payment", 1, treasury_number="示例支〔2026〕9001号", project="绛电接〔2026〕9001", amount="86000.00",
        account="6222-示例-0009", paid_on=clock.today().isoformat(),
    )  # fmt: skip
