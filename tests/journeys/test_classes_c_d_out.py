"""What is shared, what an owner wishes beyond the standard, and what the notice does not cover."""

from datetime import date

import pytest
from tests.journeys import facts
from tests.journeys.desk import Desk, Office
from tests.journeys.test_class_a import apply_for

pytestmark = pytest.mark.browser
SHARED, COUNTY = "县政府与供电公司分担", "县政府投资"


def open_project(owner: Desk, number: str) -> Desk:
    """The owner's own page of a project."""
    owner.find(number)
    return owner.open(owner.page.url.replace("/cases/", "/power/projects/") + "/")


def test_a_hospital_is_shared_after_a_dispute(office: Office) -> None:
    owner = office.sits("school")
    number = apply_for(owner, facts.hospital("示例医院", 1))
    review = office.sits("review").find(number)
    review.cannot("认定投资界面", "须由两家共同认定").take("提请共同认定")
    review.take("出审批局意见", 类别=SHARED, 理由="公共服务项目，划拨供地，未覆盖土地储备资金")
    review.cannot("共同认定", "供电公司")
    grid = office.sits("grid").find(number).take("出供电公司意见", 类别=COUNTY, 理由="应全部由县政府投资")
    grid.cannot("共同认定", "意见不一").take("报县政府办")
    county = office.sits("office").open("/").follow("电力台面").follow("示例医院")
    county.take("裁定类别", 类别=SHARED, 理由="按划拨用地分担")

    dispatch = office.sits("dispatch").find(number).take("转分担办理")
    electrical, civil = dispatch.related("分担项目电气工程"), dispatch.related("分担项目土建配套")
    works = office.sits("energy").find(civil).cannot("承接供电方案", "供电公司")
    route = {"到红线的路径": "111.5700,35.4780 111.5800,35.4825"}
    filled = {"电压": "10kV", "接入点": "示例线8号杆", "容量": "630", "敷设方式": "架空", **route}
    grid.find(electrical).take("出供电方案", "供电方案", **filled)
    works.find(civil).take("承接供电方案")
    assert works.state == "方案已出"
    open_project(owner, number).says("共同认定书", "供电公司", "县政府")


def wish(office: Office, name: str, row: int) -> tuple[str, str]:
    """A factory that wants a second feed, with both costs before it; gives project and case of the owner's choice."""
    over = {"有超标准或个性需求": "是", "具体要求": "要求第二路电源", "超出的标准": "单电源标准"}
    number = apply_for(office.sits("foundry"), facts.factory(name, row, **over))
    costs = {"标准方案费用": "386000.00", "用户方案费用": "742000.00"}
    office.sits("review").find(number).take("认定投资界面", 是否延伸项目="否", 是否县政府投资="否", **costs)
    own = office.sits("dispatch").find(number).take("转列方案").related("用户投资办理")
    grid = office.sits("grid").find(own)
    grid.take("列两个方案", "用户书面要求", 超出的标准="单电源标准", **costs).says("386,000.00", "742,000.00")
    return number, own


def test_an_owner_pays_for_a_wish_and_only_when_he_signs(office: Office) -> None:
    number, own = wish(office, "示例铸件厂双电源", 2)
    owner = open_project(office.sits("foundry"), number).follow("选择自投")
    owner.fill(**{"本人已看过两个方案的费用，自愿自投": "否"}).send("选择自投").refused("不能办")
    owner.fill(**{"本人已看过两个方案的费用，自愿自投": "是"}).press("选择自投").refused("还没有确认")
    owner.send("选择自投")
    assert owner.state == "业主自投"
    connect = office.sits("connect").find(own)
    connect.take("报开工", 开工日期=date(2025, 3, 3)).take("报接电", 接电日期=date(2025, 3, 3))
    assert connect.state == "已接电"


def test_an_owner_returns_to_the_standard_scheme(office: Office) -> None:
    number, own = wish(office, "示例铸件厂二车间", 3)
    owner = open_project(office.sits("foundry"), number).follow("改按标准方案").press("改按标准方案")
    assert owner.state == "待改按标准"
    dispatch = office.sits("dispatch").find(own).take("转标准方案办理")
    assert dispatch.related("县政府投资办理").startswith("绛电投")
    open_project(owner, number).says("县政府投资")


def test_a_project_outside_the_notice_is_turned_down_with_its_reason(office: Office) -> None:
    owner = office.sits("foundry")
    number = apply_for(owner, facts.factory("示例老厂区", 4, 取得日期="2022-05-10"))
    review = office.sits("review").find(number).cannot("认定投资界面", "不在2023年6月1日之后", "改为告知不适用")
    review.silent_on("out")
    review.take("告知不适用", 告知内容="土地证早于2023年6月1日取得，请按供电公司现行规定办理。")
    review.says("本件已到“不适用”，没有要办的步骤", "2023年6月1日")
    open_project(owner, number).says("不适用", "2023年6月1日")
