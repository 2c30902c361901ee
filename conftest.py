"""What every test stands on: no time pressure on property tests, no value or file left over from another test."""

import os
import secrets
from collections.abc import Iterator

import hypothesis
import pytest

hypothesis.settings.register_profile("xianzhi", deadline=None, derandomize=True)  # one result for one state of the code
hypothesis.settings.register_profile("explore", deadline=None, max_examples=1000)  # --hypothesis-profile=explore
hypothesis.settings.load_profile("xianzhi")


USE_A_DATABASE = {"db", "transactional_db", "scratch"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On a server's database only what touches a database runs: the rest has run on SQLite, and tells nothing new."""
    if not os.environ.get("XIANZHI_DATABASE"):
        return
    kept, left = [], []
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        touches = item.get_closest_marker("django_db") or fixtures & USE_A_DATABASE
        (kept if touches and not item.get_closest_marker("any_database") else left).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = kept


@pytest.fixture(autouse=True, scope="session")
def _words_compiled() -> None:
    """Pages speak English in the tests too."""
    from xianzhi.kernel.speech import catalogue  # noqa: PLC0415 - Django is ready only now

    catalogue.compile_all()


@pytest.fixture(autouse=True)
def _nothing_left_over(settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Materials go to a folder of the test's own, made when the first comes, and parameters are read anew."""
    from xianzhi.kernel import registry  # noqa: PLC0415 - Django is ready only now

    settings.MEDIA_ROOT = tmp_path_factory.getbasetemp() / f"materials-{secrets.token_hex(6)}"
    registry.forget()
    yield
    registry.forget()


@pytest.fixture
def scratch(django_db_blocker) -> Iterator:
    """A database of the test's own, to commit to from several threads or processes: see tests/support/database.py."""
    from tests.support.database import scratch_database  # noqa: PLC0415 - Django is ready only now

    with django_db_blocker.unblock(), scratch_database() as made:
        yield made
