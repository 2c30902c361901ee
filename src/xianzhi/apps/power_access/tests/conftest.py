"""What the walks through the procedures stand on: the county's units, and land layers around their red lines."""

import pytest

from xianzhi.apps.power_access.tests import walk
from xianzhi.kernel import clock
from xianzhi.kernel.load import load_county


@pytest.fixture
def jiangxian(db: None) -> None:
    """The units of the county pack, and the land layers of the walks."""
    with clock.at(walk.BEGAN):
        load_county()
    walk.lay_land()
