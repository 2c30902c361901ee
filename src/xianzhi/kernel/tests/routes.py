"""What `tests/test_routes.py` needs to open every page: arguments for the addresses that take some.

A service writes its own `tests/routes.py` with `ROUTES`, by the name of the address (`power:project`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from xianzhi.kernel import clock
from xianzhi.kernel.models import Account, Announcement, Case, Material
from xianzhi.kernel.tests.sample import People


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


def _nothing(world: World) -> dict[str, Any]:
    return {}


ROUTES: dict[str, Route] = {
    "case": Route(lambda world: {"pk": world.case.pk}, private=True),
    "step": Route(lambda world: {"pk": world.case.pk, "name": "accept"}, private=True),
    "material": Route(lambda world: {"pk": world.material.pk}, private=True),
    "work": Route(_nothing, query="light=soon&service=sample&post=approval.clerk&page=2"),
    "cases": Route(_nothing, query="q=许可&state=open&place=140826100000"),
    "search": Route(_nothing, query="q=许可"),
    "map": Route(_nothing, query="layer=cases&place=140826100000&page=2"),
    "map-json": Route(_nothing, query="bbox=111.4,35.3,111.8,35.6"),
    "unit": Route(lambda world: {"code": "sample-approval"}),
    "appoint": Route(lambda world: {"code": "sample-approval"}),
    "relieve": Route(lambda world: {"pk": world.people.clerk.posts.get().pk}),
    "audit": Route(_nothing, query="since=2025-01-01&procedure=sample.permit&account=sample-clerk"),
    "announcement": Route(_announcement),
    "instrument": Route(lambda world: {"name": "sample"}),
    "provision": Route(lambda world: {"provision_id": "sample-1-1"}),
    "procedure": Route(lambda world: {"name": "sample.permit"}),
    "procedure-bpmn": Route(lambda world: {"name": "sample.permit"}),
    "procedure-svg": Route(lambda world: {"name": "sample.permit"}),
    "propose": Route(lambda world: {"name": "sample.accept.limit"}),
}
