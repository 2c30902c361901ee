"""What the notice orders without setting up a procedure for it, as obligations of the units that it binds."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from xianzhi.kernel import clock, registry
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Obligation, Post, Unit
from xianzhi.kernel.models.units import in_force

TERRITORIAL = ("township", "zone")
COUNTY_UNITS = ("approval", "energy", "finance")
"""县直有关单位: those that take steps of this service."""
ORDERED = (
    ("power-0-3", (*TERRITORIAL, *COUNTY_UNITS), "明确获得电力工作的承办岗位"),
    ("power-2-2-2", ("government",), "落实电力延伸工程建设资金"),
    ("power-2-2-3", ("government", "energy"), "使供电配套与项目同步投用"),
    ("power-4-2-1", ("energy",), "牵头制定电力延伸工程资金管理办法"),
)
"""(provision, functions of the units bound, what they are to do). The notice gives none of these a date."""


@carries("power-4-2-1", zh="任务登记")
def load_obligations() -> int:
    """Writes the obligations that are not there yet, for the units that hold the functions today; gives their number.

    Whether they are done is for supervision to record; nothing here changes a row that exists.
    """
    made = 0
    for provision, functions, what in ORDERED:
        for unit in _holders(functions):
            made += Obligation.objects.get_or_create(provision=provision, unit=unit, what=what)[1]
    return made


def _holders(functions: tuple[str, ...]) -> Iterator[Unit]:
    held = Q(functions__function__in=functions) & in_force(clock.today(), "functions__")
    yield from Unit.objects.filter(held).distinct().order_by("division", "code")


@dataclass(frozen=True, slots=True)
class Addressee:
    """A territorial addressee of the notice, and the posts of this service that somebody holds there."""

    unit: Unit
    posts: tuple[str, ...]


@carries("power-0-3", zh="收文单位岗位")
def addressees() -> list[Addressee]:
    """The townships and the zone's committee, each with its posts; an empty tuple is a unit that has named none."""
    ours = {post for one in registry.procedures.values() if one.app == "power_access" for post in one.posts()}
    today, found = clock.today(), []
    for unit in _holders(TERRITORIAL):
        held = Post.objects.filter(in_force(today), unit=unit, account__is_active=True)
        found.append(Addressee(unit, tuple(sorted({post.key for post in held} & ours))))
    return found
