"""What `tests/test_routes.py` needs to open every page: arguments for the addresses that take some.

A service writes its own `tests/routes.py` with `ROUTES`, by the name of the address (`power:project`).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from xianzhi.kernel import clock, door, instruments, registry
from xianzhi.kernel.api import tokens
from xianzhi.kernel.ledger import log
from xianzhi.kernel.load import load_county
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import (
    Account,
    Announcement,
    Case,
    Clause,
    DutyProposal,
    Edition,
    Inbound,
    Material,
    Outbound,
    Partner,
    TableBatch,
    Unit,
)
from xianzhi.kernel.models.tokens import Subscription
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.money import AccountKind, open_account
from xianzhi.kernel.posts import appoint
from xianzhi.kernel.tables import files
from xianzhi.kernel.tests import letters, sample
from xianzhi.kernel.tests.sample import People

TODAY = date(2025, 4, 16)
"""A day on which every function has its unit."""


@dataclass
class World:
    """The people of the sample, and one account for every post that the installed services know."""

    people: People
    case: Case
    """A case of `people.applicant`, submitted, in a village of `people.warden`'s township."""
    material: Material
    accounts: dict[str, Account] = field(default_factory=dict)
    """By who they are: the sample's names, and `function.post` for the services' posts."""


@dataclass(frozen=True)
class Route:
    """Arguments for an address. private: they name something of `people.applicant`, which strangers get as 404."""

    arguments: Callable[[World], dict[str, Any]]
    private: bool = False
    query: str = ""
    """A query string with which the page is opened as well, such as `q=许可`."""


def _announcement(world: World) -> dict[str, Any]:
    unit = world.people.units["approval"]
    return {"pk": Announcement.objects.create(title="公告", body="…", unit=unit, since=clock.today()).pk}


def _proposal(world: World) -> dict[str, Any]:
    made = {"username": "sample-third", "name": "第三人", "duty": "security", "reason": "…"}
    return {"pk": DutyProposal.objects.create(**made, by=world.people.security, at=clock.now()).pk}


def _partner(world: World) -> Partner:
    found = Partner.objects.filter(name="sample").first()
    if found is None:
        account = Account.objects.create(username="system-sample", name="示例系统", password="!")
        found = Partner.objects.create(
            name="sample", unit=world.people.units["approval"], account=account, transport="file", public_key="0" * 128
        )
    return found


_BYTES = {"kind": "sample.told", "body": "{}", "digest": "0" * 64, "signature": "", "key": "示例1号"}


def _outbound(world: World) -> dict[str, Any]:
    moments = dict.fromkeys(("written_at", "sent_at", "next_try_at"), clock.now())
    made = Outbound.objects.filter(key="示例1号").first() or Outbound.objects.create(
        partner=_partner(world), number="sample-1", **_BYTES, **moments
    )
    return {"pk": made.pk}


def _inbound(world: World) -> dict[str, Any]:
    moments = dict.fromkeys(("received_at", "sent_at", "tried_at"), clock.now())
    made = Inbound.objects.filter(key="示例1号").first() or Inbound.objects.create(
        partner=_partner(world), number="sample-1", way="file", state="conflict", status=409, answer="{}", **_BYTES,
        **moments,
    )  # fmt: skip
    return {"pk": made.pk}


def _money_account(world: World) -> dict[str, Any]:
    """An account of the applicant's case."""
    opened = open_account("sample.deposit", "示例保证金", AccountKind.DEPOSIT, service="sample", case=world.case)
    return {"pk": opened.pk}


def _nothing(world: World) -> dict[str, Any]:
    return {}


def _letter(world: World) -> dict[str, Any]:
    """A letter on the applicant's case."""
    made = letters.letter_on(world.case)
    return {"pk": made.pk}


def _batch(world: World) -> dict[str, Any]:
    return {"pk": letters.a_batch(world.people.clerk).pk}


DOCUMENTS = {
    **{f"document{end}": Route(_letter, private=True)
       for end in ("", "-pdf", "-ofd", "-docx", "-picture", "-change")},
    **{f"document-batch{end}": Route(_batch) for end in ("", "-zip")},
    "documents": Route(_nothing, query="q=示&kind=sample.letter&standing=in_force&since=2025-01-01"),
    "verification": Route(_nothing, query="number=示函&code=ABCD-EFGH-JKLM"),
    "verified": Route(lambda world: {"code": letters.letter_on(world.case).code}),
}  # fmt: skip


def _event(world: World) -> dict[str, Any]:
    log.append_all()
    return {"case": str(world.case.pk), "seq": 1}


def _subscription(world: World) -> dict[str, Any]:
    known = {"url": "https://example.com/", "events": ["*"], "salt": "x", "position": 0}
    made, _ = Subscription.objects.get_or_create(
        owner=world.people.clerk, defaults={**known, "created_at": clock.now()}
    )
    return {"pk": made.pk}


def _token(world: World) -> dict[str, Any]:
    day = clock.today() + timedelta(days=9)
    return {"pk": tokens.make(world.people.clerk, name="取数", wanted=["read:cases"], expires_on=day)[0].pk}


NOWHERE = "api:nowhere"
SHUT = (NOWHERE, "api:power_self_check")
"""What opens to nobody without a query, or at all: what is not there under /api/v1 is a problem instead of a page."""

ROUTES: dict[str, Route] = {
    "token-revoke": Route(_token),
    "webhook": Route(_subscription),
    "api:case": Route(lambda world: {"case": world.case.number}, private=True),
    "api:event": Route(_event, private=True),
    "api:proof": Route(_event, private=True),
    "api:take": Route(lambda world: {"case": str(world.case.pk), "step": "accept"}, private=True),
    "api:material": Route(lambda world: {"pk": world.material.pk}, private=True),
    "api:open_case": Route(lambda world: {"name": "kernel.parameter_change"}),
    "api:cases": Route(_nothing, query="q=许可&state=open&place=140826100000&limit=1"),
    "api:work": Route(_nothing, query="post=approval.clerk&limit=1"),
    "api:search": Route(_nothing, query="q=许可"),
    "api:features": Route(_nothing, query="bbox=111.4,35.3,111.8,35.6&layer=cases"),
    "api:unit": Route(lambda world: {"code": "sample-approval"}),
    "api:instrument": Route(lambda world: {"name": "sample"}),
    "api:provisions": Route(lambda world: {"name": "sample"}),
    "api:provision": Route(lambda world: {"name": "sample-1-1"}),
    "api:parameter": Route(lambda world: {"name": "sample.accept.limit"}, query="on=2025-04-16"),
    "api:procedure": Route(lambda world: {"name": "sample.permit"}),
    "api:subscription": Route(_subscription),
    "api:resume": Route(_subscription),
    "api:replay": Route(_subscription, query="from=0"),
    "api:deliveries": Route(_subscription),
    NOWHERE: Route(lambda world: {"rest": "none"}),
    "case": Route(lambda world: {"pk": world.case.pk}, private=True),
    "step": Route(lambda world: {"pk": world.case.pk, "name": "accept"}, private=True),
    "material": Route(lambda world: {"pk": world.material.pk}, private=True),
    "personal-open": Route(lambda world: {"pk": world.case.pk}, private=True),
    "looks": Route(_nothing, query="since=2025-01-01&kind=look&account=sample-clerk&person=1"),
    **{name: Route(lambda world: {"pk": world.case.subject_id}) for name in ("person", "person-file", "person-erase")},
    "work": Route(_nothing, query="light=soon&service=sample&post=approval.clerk&page=2"),
    "cases": Route(_nothing, query="q=许可&state=open&place=140826100000"),
    "search": Route(_nothing, query="q=许可"),
    "map": Route(_nothing, query="layer=cases&place=140826100000&page=2"),
    "map-json": Route(_nothing, query="bbox=111.4,35.3,111.8,35.6"),
    "unit": Route(lambda world: {"code": "sample-approval"}),
    "appoint": Route(lambda world: {"code": "sample-approval"}),
    "relieve": Route(lambda world: {"pk": world.people.clerk.posts.get().pk}),
    "audit": Route(_nothing, query="since=2025-01-01&procedure=sample.permit&account=sample-clerk"),
    "access": Route(_nothing, query="since=2025-01-01&until=9999-12-31&what=failed&account=sample-clerk"),
    "accounts": Route(_nothing, query="q=sample&kind=duty&page=2"),
    "account": Route(lambda world: {"pk": world.people.clerk.pk}),
    "account-change": Route(lambda world: {"pk": world.people.clerk.pk}),
    "account-decide": Route(_proposal),
    "invite": Route(lambda world: {"pk": world.case.pk}, private=True),
    "announcement": Route(_announcement),
    **DOCUMENTS,
    "exchange": Route(_nothing, query="light=all&partner=sample"),
    "exchange-door": Route(lambda world: {"name": "sample"}),
    "exchange-outbound": Route(_outbound),
    "exchange-inbound": Route(_inbound),
    "exchange-partner": Route(lambda world: {"name": _partner(world).name}),
    "exchange-bundle": Route(lambda world: {"name": _partner(world).name}),
    "exchange-receipts": Route(lambda world: {"name": _partner(world).name}),
    "money": Route(_nothing, query="year=2025&service=power_access&kind=fund"),
    "money-account": Route(_money_account, private=True, query="year=2025&way=in&page=2"),
    "instrument": Route(lambda world: {"name": "sample"}),
    "provision": Route(lambda world: {"provision_id": "sample-1-1"}),
    "procedure": Route(lambda world: {"name": "sample.permit"}),
    "procedure-bpmn": Route(lambda world: {"name": "sample.permit"}),
    "procedure-svg": Route(lambda world: {"name": "sample.permit"}),
    "propose": Route(lambda world: {"name": "sample.accept.limit"}),
}


def _sent_sheet(world: World) -> dict[str, Any]:
    facts = {"table": "sample", "name": "表.xlsx", "size": 1, "sha256": "0" * 64, "at": clock.now()}
    batch, _fresh = TableBatch.objects.get_or_create(by=world.people.applicant, defaults=facts)
    files.folder(batch).mkdir(parents=True, exist_ok=True)
    files.bad_rows_of(batch).write_bytes(b"PK")
    return {"pk": batch.pk}


SHEET = "lines:sample.permit:inspect:points"


def text_of(world: World) -> dict[str, Any]:
    """A document with a text."""
    if not Edition.objects.exists():
        editor = world.accounts["county_office.gazette"]
        kept = {
            "digest": "0" * 64,
            "source_sha256": "0" * 64,
            "source_name": "示例.txt",
            "reason": "示例",
            "by": editor,
        }
        edition = Edition.objects.create(instrument=instruments.record_of("waste"), number=1, on=TODAY, **kept)
        Clause.objects.create(edition=edition, order=1, eid="sec_1", role="heading", text="一、示例", runs=[[0, 4]])
    return {"name": "waste"}


ROUTES |= {
    "text": Route(text_of, query="edition=1"),
    "text-json": Route(text_of),
    "table": Route(lambda world: {"name": SHEET}, query="case=1"),
    "table-blank": Route(lambda world: {"name": SHEET}),
    "table-batch": Route(_sent_sheet, private=True),
    "table-bad": Route(_sent_sheet, private=True),
    "listing": Route(lambda world: {"name": "cases", "form": "csv"}, query="q=许可&state=open"),
    "open-listing": Route(lambda world: {"name": "parameters", "form": "xlsx"}),
}


def of_all() -> dict[str, Route]:
    """The addresses with arguments of the kernel and of every service."""
    found = dict(ROUTES)
    for service in settings.SERVICES:
        if find_spec(f"{service}.tests.routes"):
            found |= import_module(f"{service}.tests.routes").ROUTES
    return found


def patterns(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name with its namespace, pattern) of the whole site."""
    for one in (resolver or get_resolver()).url_patterns:
        if isinstance(one, URLResolver):
            yield from patterns(one, f"{space}{one.namespace}:" if one.namespace else space)
        else:
            yield f"{space}{one.name or ''}", one


@contextmanager
def a_world() -> Iterator[World]:
    """The county's units, the sample with a submitted case that holds a material, an account for every post."""
    load_county()
    with letters.registered():
        people = sample.settle()
        case = sample.draft(people)
        plan = Upload("plan", "方案.pdf", BytesIO(b"%PDF-1.4"))
        door.take_step(case, "submit", by=people.applicant, materials=[plan])
        yield World(people, case, case.materials.get(), {**people.accounts, **_officials()})


def _officials() -> dict[str, Account]:
    """An account for each post of the installed services, at the first unit that holds its function."""
    posts = {post for procedure in registry.procedures.values() for post in procedure.posts()} - set(sample.POSTS)
    made = {}
    for post in sorted(posts):
        function = post.split(".")[0]
        holders = Unit.objects.filter(in_force(TODAY, "functions__"), functions__function=function)
        unit = holders.order_by("code").first()
        assert unit is not None, f"no unit of the county has the function {function}"
        made[post] = Account.objects.create(username=post, name=post)
        appoint(made[post], post, unit, since=sample.BEGAN)
    return made
