"""What the kernel's tests share: the sample procedure, and people who take its steps."""

from collections.abc import Callable, Iterator

import pytest

from xianzhi.kernel.access import machine
from xianzhi.kernel.models import Account
from xianzhi.kernel.tests import sample as the_sample
from xianzhi.kernel.tests.signing_in import PASSWORD


@pytest.fixture
def sample() -> Iterator[type[the_sample.Permit]]:
    """The sample permit, declared for the length of a test."""
    with the_sample.registered() as permit:
        yield permit


@pytest.fixture
def people(db: None, sample: type[the_sample.Permit]) -> the_sample.People:
    """The accounts of the sample, in the test's own transaction."""
    return the_sample.settle()


@pytest.fixture
def quick_hashing(settings) -> None:
    """Hashing is slow on purpose; for tests that are about something else."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clerk(people: the_sample.People, quick_hashing: None) -> Account:
    """The clerk, with a password."""
    people.clerk.set_password(PASSWORD)
    people.clerk.save()
    return people.clerk


@pytest.fixture
def travel(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Moves the machine's own time on, by seconds."""
    real, moved = machine.seconds, [0.0]
    monkeypatch.setattr(machine, "seconds", lambda: real() + moved[0])

    def by(seconds: float) -> None:
        moved[0] += seconds

    return by
