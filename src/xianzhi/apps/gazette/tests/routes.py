"""Arguments for the addresses of the reader that take some: see the kernel's tests/routes.py."""

from typing import Any

from xianzhi.apps.gazette.demo import CHECKS
from xianzhi.apps.gazette.models import Reading, SourceFile
from xianzhi.apps.gazette.services import intake
from xianzhi.kernel.tests import routes as kernel_routes
from xianzhi.kernel.tests.routes import Route, World


def _reading(world: World) -> Reading:
    """A notice under review."""
    if not SourceFile.objects.exists():
        intake.receive(CHECKS.encode(), "检查通知.txt", by=world.accounts["county_office.gazette"])
    return Reading.objects.get()


def _item(world: World) -> dict[str, Any]:
    reading = _reading(world)
    return {"pk": reading.case_id, "item": reading.items.exclude(doubt="").first().pk}


def _text(world: World) -> dict[str, Any]:
    """A document whose text was read in."""
    return {"name": kernel_routes.text_of(world)["name"]}


ROUTES = {
    "gazette:akn": Route(_text),
    "gazette:file": Route(lambda world: {"pk": _reading(world).file_id}),
    "gazette:original": Route(lambda world: {"pk": _reading(world).file_id}),
    "gazette:reading": Route(lambda world: {"pk": _reading(world).case_id}),
    "gazette:decide": Route(_item),
}
