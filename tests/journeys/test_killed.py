"""The server dies in the middle of a step, as in a power cut: nothing is half-done, and the work goes on."""

import pytest
from playwright.sync_api import Browser
from tests.journeys import facts
from tests.journeys.desk import Office
from tests.journeys.server import serving
from tests.journeys.test_class_a import apply_for
from tests.support.database import Scratch

pytestmark = pytest.mark.browser


def test_a_server_killed_in_mid_step_leaves_nothing_half_done(scratch: Scratch, chromium: Browser) -> None:
    with serving(scratch) as server:
        office = Office(server, chromium)
        number = apply_for(office.sits("bakery"), facts.shop("示例停电店", 1))
        review = office.sits("review").find(number)
        case = review.page.url
        review.begin("认定投资界面").fill(是否延伸项目="是", 是否县政府投资="否")
        server.hold()
        review.page.get_by_role("button", name="认定投资界面", exact=True).click(no_wait_after=True)
        server.wait_until_held()
        assert not office.faults
        with review.page.expect_event("requestfailed"):
            server.kill()
        review.page.wait_for_url("chrome-error://**")  # the browser's own page about the lost connection
        assert all(fault.startswith("failed: POST") for fault in office.faults), office.faults
        office.faults.clear()
        server.release()
        server.start()

        review.open(case)
        assert review.state == "待初审"
        review.says("共 1 条，链完整").take("认定投资界面", 是否延伸项目="是", 是否县政府投资="否")
        review.says("共 2 条，链完整")
        assert not office.faults
        office.close()
        verified = scratch.run("ledger", "verify")
        assert verified.returncode == 0, verified.stdout + verified.stderr
