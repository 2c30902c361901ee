"""What every journey stands on: one server, one browser, a desk for each role, and no fault on any page."""

import os
import shutil
from collections.abc import Generator, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.journeys.desk import Office
from tests.journeys.server import Server, serving

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run",
]  # fmt: skip


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    named = os.environ.get("XIANZHI_CHROMIUM")
    found = next((path for name in ((named,) if named else NAMES) if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("there is no Chromium: ./test installs one, or name it in XIANZHI_CHROMIUM")
    # Playwright's loop runs in this thread, and Django would take its own synchronous calls here for a mistake.
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        patched.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def served(django_db_blocker) -> Iterator[Server]:
    """The one server of the journeys that do not harm it."""
    from tests.support.database import scratch_database  # noqa: PLC0415 - Django is ready only now

    with django_db_blocker.unblock(), scratch_database() as scratch, serving(scratch) as server:
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    report = yield
    if report.when == "call" and report.failed and (office := item.funcargs.get("office")):
        report.sections.append(("What the desks show", office.told()))
        report.sections.append(("What the server wrote", office.server.log))
    return report


@pytest.fixture
def office(served: Server, chromium: Browser) -> Iterator[Office]:
    """Desks at the one server. Whatever went wrong on any of their pages fails the journey."""
    office = Office(served, chromium)
    yield office
    office.close()
    assert not office.faults, "\n".join(office.faults)
