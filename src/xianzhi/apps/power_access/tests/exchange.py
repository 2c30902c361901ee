"""The systems of 供电公司 and of 县财政局, as the tests play them."""

import json
from dataclasses import dataclass
from typing import Any

from xianzhi.apps.power_access.models import DispatchOrder
from xianzhi.apps.power_access.tests import walk
from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import contracts, keys, partners, signing
from xianzhi.kernel.exchange.inbox import Reply, receive
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Case, Partner, Unit

PDF = b"%PDF-1.4\nscheme "
GRID = ("scheme", "opinion", "accepted", "built", "electrical_finished", "energised")


@dataclass(frozen=True)
class System:
    """A partner and the keys that only it has."""

    partner: Partner
    keys: keys.KeyPair

    def give(self, event: str, *, at: str = "2025-03-03T10:00:00+08:00", version: int = 1, **data: Any) -> Reply:
        """Sends a message on the day of the walks."""
        body = {**data, "event": event, "version": version, "at": at}
        return self.raw(f"power.{event}", json.dumps(body, ensure_ascii=False).encode())

    def raw(self, kind: str, body: bytes, number: str = "m-1") -> Reply:
        with clock.at(walk.APPLIED):
            sent = clock.now().isoformat(timespec="seconds")
            stated = Envelope(self.partner.name, county().code, kind, number, sent)
            partner = Partner.objects.get(pk=self.partner.pk)
            return receive(partner, stated, body, signing.sign(self.keys, stated.statement(body)))

    def file(self, edition: int = 1) -> str:
        """Sends the file of a scheme ahead; its digest."""
        content = PDF + str(edition).encode()
        assert self.raw("file", content, f"scheme-{edition}.pdf").status == 200
        return signing.digest(content)

    def scheme(self, order: str, version: int = 1, *, file: bool = True, **changed: Any) -> Reply:
        sm3 = self.file(version) if file else signing.digest(PDF + str(version).encode())
        given = {**SCHEME, "order": order, "file_sm3": sm3} | changed
        return self.give("scheme", version=version, **{name: one for name, one in given.items() if one is not None})


SCHEME = {
    "voltage": "10kV", "access_point": "示例线12号杆", "capacity_kva": 1250, "mode": "架空", "length_m": 966,
    "route": walk.SCHEME["route"],
}  # fmt: skip


def connect(function: str, name: str, takes: tuple[str, ...]) -> System:
    pair = keys.generate()
    unit = Unit.objects.filter(functions__function=function).get()
    sends = [kind for kind in contracts.outgoing if (kind in FINANCE) is (function == "finance")]
    with clock.at(walk.BEGAN):
        partner = partners.settle(
            name, unit, public_key=pair.public.hex(), sends=sends, takes=[f"power.{one}" for one in takes]
        )
    return System(partner, pair)


FINANCE = ("power.plan_lines", "power.appropriation")


def company() -> System:
    return connect("grid", "grid", GRID)


def treasury() -> System:
    return connect("finance", "treasury", ("payment",))


def order_of(case: Case) -> str:
    return DispatchOrder.objects.get(case=case, withdrawn_on=None).number


def said(reply: Reply) -> dict[str, Any]:
    return json.loads(reply.receipt)
