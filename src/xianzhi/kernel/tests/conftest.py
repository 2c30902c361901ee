"""What the kernel's tests share: the sample procedure, and people who take its steps."""

from collections.abc import Iterator

import pytest

from xianzhi.kernel.tests import sample as the_sample


@pytest.fixture
def sample() -> Iterator[type[the_sample.Permit]]:
    """The sample permit, declared for the length of a test."""
    with the_sample.registered() as permit:
        yield permit


@pytest.fixture
def people(db: None, sample: type[the_sample.Permit]) -> the_sample.People:
    """The accounts of the sample, in the test's own transaction."""
    return the_sample.settle()
