"""Every service has the same rooms; what a service does not have yet is listed here with its reason."""

from pathlib import Path

import pytest

APPS = Path(__file__).resolve().parents[1] / "src" / "xianzhi" / "apps"
ROOMS = (
    "README.md", "provisions.yaml", "parameters.yaml", "rules", "procedures", "models", "services", "queries",
    "documents", "pages", "api", "demo", "tests",
)  # fmt: skip
MISSING: dict[tuple[str, str], str] = {
    ("gazette", "documents"): "reading ends in a text and a register; nothing is issued to anybody",
}
MORE: dict[str, set[str]] = {"gazette": {"reader", "management"}}
"""Rooms that one service has beside the common ones: the reader is plain Python, without a record or a page."""
LONGEST = 450
SERVICES = sorted(path.name for path in APPS.iterdir() if (path / "provisions.yaml").exists())


def has(service: str, room: str) -> bool:
    """A room is a file of that name, a module, or a package."""
    folder = APPS / service
    return any((folder / name).exists() for name in (room, f"{room}.py"))


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_every_room(service: str, room: str) -> None:
    excused = MISSING.get((service, room))
    assert has(service, room) or excused, f"{service} has no room {room}: make it, or give the reason here"
    assert not (has(service, room) and excused), f"{service} has {room} now: take it out of MISSING"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_has_no_other_rooms(service: str) -> None:
    known = {*ROOMS, *(f"{room}.py" for room in ROOMS), "__init__.py", "apps.py", "locale", "migrations", "templates"}
    others = {path.name for path in (APPS / service).iterdir()} - known - {"__pycache__"} - MORE.get(service, set())
    assert not others, f"{service}: {sorted(others)} stand in no room"


def test_files_stay_readable() -> None:
    sources = [path for path in APPS.parent.rglob("*.py") if not {"migrations", "tests"} & set(path.parts)]
    long = {
        str(path.relative_to(APPS.parent)): n for path in sources if (n := len(path.read_text().splitlines())) > LONGEST
    }
    assert not long, f"split by noun: {long}"
