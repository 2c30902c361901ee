"""A small shop at low voltage: 供电公司 pays, from the application to the owner's word that nothing was charged."""

from datetime import date

import pytest
from tests.journeys import facts
from tests.journeys.desk import Desk, Office

pytestmark = pytest.mark.browser
MONDAY, LIT = date(2025, 3, 3), date(2025, 3, 13)


def apply_for(desk: Desk, what: dict[str, object]) -> str:
    """Sends an application; gives the number that the page tells."""
    desk.open("/power/").follow("申请接电").fill(facts.PAPERS, **what).press("提交申请")
    desk.page.get_by_role("status").get_by_text("申请已收到").wait_for()
    return desk.number


def connect_shop(office: Office, name: str, row: int, **browser: object) -> None:
    """The whole way of class A, as every role clicks it."""
    owner = office.sits("bakery", **browser)
    number = apply_for(owner, facts.shop(name, row))
    owner.says("还没有认定。认定之前，谁也不得向您收红线外的费用")

    review = office.sits("review", **browser).find(number)
    review.cannot("提请共同认定", "认定为：供电公司投资，由初审直接认定", "怎样才能办：由初审认定")
    review.cannot("告知不适用", "认定为：供电公司投资，本通知适用")
    review.begin("认定投资界面").fill(是否延伸项目="否", 是否县政府投资="是").send("认定投资界面")
    review.refused("2 条不符")
    review.fill(是否延伸项目="是", 是否县政府投资="否").send("认定投资界面")
    assert review.state == "已认定"

    dispatch = office.sits("dispatch", **browser).find(number)
    dispatch.cannot("派单", "只有县政府投资的延伸项目才派单")
    connection = dispatch.take("转供电公司").related("供电公司投资办理")

    connect = office.sits("connect", **browser).find(connection)
    connect.take("报受理", 受理日期=MONDAY)
    office.on(LIT)
    connect.take("报方案", 接入点="示例线12号杆").take("报建成", 建成日期=date(2025, 3, 12))
    connect.take("报接电", 接电日期=LIT).says("用时8个工作日")

    owner.find(number).open(owner.page.url.replace("/cases/", "/power/projects/") + "/")
    owner.says("已通电", "供电公司").follow("确认红线外未交费").press("确认红线外未交费")
    assert owner.state == "已确认零收费"


def test_a_shop_is_connected_at_no_cost(office: Office) -> None:
    connect_shop(office, "示例面包房一店", 1)
    for username in ("bakery", "review", "dispatch", "connect"):
        office.sits(username).sign_out()
