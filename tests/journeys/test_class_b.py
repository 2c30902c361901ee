"""A factory on county land: 县政府 pays, from the application through the seven steps to the closing."""

from datetime import date

import pytest
from tests.journeys import facts
from tests.journeys.desk import Desk, Office
from tests.journeys.test_class_a import apply_for

pytestmark = pytest.mark.browser
NAME = "示例食品厂新建项目"
AUDITOR, DESIGNER, BUILDER = "示例会计师事务所", "示例设计院", "示例工程公司"
ACCOUNT = "6222-示例-0001"
LINES = (
    {"名称": "电缆排管", "类别": "土建配套", "金额": "386000.00"},
    {"名称": "线路及配电设备", "类别": "电气工程", "金额": "512300.00"},
    {"名称": "审价费", "类别": "审价费", "金额": "6000.00"},
)
TOTAL, YEAR = "904300.00", 2025


def dispatched(office: Office) -> tuple[str, str]:
    """Applied for, classified, dispatched; gives the numbers of the project and of the works."""
    owner = office.sits("foundry")
    project = apply_for(owner, facts.factory(NAME, 1))
    review = office.sits("review").find(project)
    review.take("认定投资界面", 是否延伸项目="是", 是否县政府投资="是").says("县政府投资")
    works = office.sits("dispatch").find(project).take("派单").related("县政府投资办理")
    return project, works


def schemed(office: Office, works: str) -> None:
    """Work order and supply scheme."""
    energy = office.sits("energy").find(works)
    energy.cannot("下达工单", "派工单尚未签收", "先签收派工单")
    energy.take("签收派工单").take("下达工单")
    grid = office.sits("grid").find(works)
    filled = {"电压": "10kV", "接入点": "示例线12号杆", "容量": "1250", "敷设方式": "架空"}
    grid.begin("出供电方案").fill(["供电方案"], **filled, 到红线的路径="从12号杆沿路向北").send("出供电方案")
    grid.refused("文件须重新选择")
    grid.fill(["供电方案"], 到红线的路径="111.5500,35.4780 111.5600,35.4810").send("出供电方案")
    assert grid.state == "方案已出"


def designed(office: Office, works: str) -> None:
    """Designer, opinion, drawings with a wrong total first, and the builder."""
    energy = office.sits("energy").find(works)
    bought = {"估算价": "58000.00", "采购方式": "直接委托"}
    energy.take("选定设计单位", 采购内容="设计", **bought, 成交单位=DESIGNER, 合同收款账户="6222-示例-0002")
    office.sits("grid").find(works).take("出环节意见", 环节="设计", 意见="同意，接入条件满足")
    energy.find(works).begin("交设计")
    drawn = {"依据供电方案第几版": "1", "现场勘查日期": date(2025, 3, 3), "图纸长度": "820", "费用明细": LINES}
    energy.fill(["设计图纸", "设备清单"], **drawn, 合计="900000.00").send("交设计")
    energy.refused("合计应为 904,300.00")
    assert energy.page.get_by_label("金额 2", exact=True).input_value() == "512300.00", "what was entered is lost"
    energy.fill(["设计图纸", "设备清单"], 合计=TOTAL).send("交设计")
    assert energy.state == "已设计"
    builder = {"估算价": "390000.00", "采购方式": "直接委托", "成交单位": BUILDER, "合同收款账户": ACCOUNT}
    office.sits("works").find(works).take("另行采购", 采购内容="施工", **builder)


def planned(office: Office, project: str) -> None:
    """The year's plan with a line for the project: drafted, agreed on, consented to."""
    energy = office.sits("energy").open("/").follow("电力台面").follow("编制计划")
    line = {"名称": NAME, "项目编号": project, "金额": TOTAL}
    energy.fill(年度=YEAR, 计划项目=[{**line, "项目编号": "绛电接〔2025〕9999"}]).press("编制计划")
    energy.says("绛电接〔2025〕9999").fill(计划项目=[line]).press("编制计划")
    plan = energy.number
    sides = {"县直单位一方": "县能源局、县财政局", "供电公司一方": "国网绛县供电公司", "协商数": TOTAL}
    energy.take("确定协商数", "协商纪要", **sides, 理由="新增项目")
    county = office.sits("county").find(plan)
    county.take("同意计划", 同意文号="示例政函〔2025〕1号", 同意日期=date(2025, 3, 3))
    assert county.state == "执行中"


def funded(office: Office, works: str) -> None:
    """Listed in the plan, then funded; a sum over the detail and sources that do not add up are refused."""
    energy = office.sits("energy").find(works)
    energy.take("立项列入计划", "立项批复文件", 立项批复文号="示例发改〔2025〕8号", 批复日期=date(2025, 3, 3))
    finance = office.sits("finance").find(works).begin("审核拨付")
    asked = [{"来源": "土地储备资金", "金额": "500000.00"}, {"来源": "城市基础设施配套费", "金额": "408300.00"}]
    finance.fill(拨付金额="908300.00", 资金来源=asked, 国库流水号="示例库〔2025〕1号").send("审核拨付")
    finance.refused("超出 4,000.00")
    finance.fill(拨付金额=TOTAL).send("审核拨付")
    finance.refused("来源差 4,000.00")
    finance.fill(资金来源=[asked[0], {"来源": "城市基础设施配套费", "金额": "404300.00"}]).send("审核拨付")
    assert finance.state == "已拨付"


def built(office: Office, works: str) -> None:
    """Crops settled first, then progress, payment and the end of both works."""
    site = office.sits("works").find(works)
    site.follow("登记青苗").fill(地块=[{"地块": "横水3号", "承包人": "示例戊", "面积": "2.35", "作物": "小麦"}])
    crops = site.press("登记青苗").number
    site.find(works).cannot("报进度", "还有1块地的青苗赔偿未结清", "由乡镇结清青苗赔偿后施工")
    township = office.sits("hengshui").find(crops)
    dates = {"公示地点": "村委会", "公示起": date(2025, 3, 3), "公示止": date(2025, 3, 3)}
    township.take("向承包人公示", **dates).begin("支付赔偿")
    township.fill(支付金额="3500.00", 支付日期=date(2025, 3, 3)).send("支付赔偿")
    township.refused("与清单合计相差25.00元", "3,525.00").fill(支付金额="3525.00").send("支付赔偿")
    township.take("承包人签收", "签收单")
    assert township.state == "已签收"
    site.find(works).take("报进度", 分段="一段", 本次完成="820", 井="8")
    site.take("支付", 支付金额="300000.00", 收款账户=ACCOUNT, 国库流水号="示例支〔2025〕1号")
    site.take("电气完工", 电气竣工日期=date(2025, 3, 3)).take("土建完工", 土建竣工日期=date(2025, 3, 3))


def accepted(office: Office, works: str) -> str:
    """Accepted by both sides and lit; gives the number of the handover, which opened of itself."""
    site = office.sits("works").find(works).cannot("验收合格", "缺供电公司验收环节意见")
    connect = office.sits("connect").find(works).take("出环节意见", 环节="验收", 意见="合格")
    site.find(works).take("验收合格", "验收报告", 县能源局验收意见="合格", 项目结束日=date(2025, 3, 3))
    assert site.state == "已验收"
    connect.find(works).take("接电", 接电日期=date(2025, 3, 3))
    owner = office.sits("foundry").find(works).take("确认红线外未交费")
    owner.says("确认红线外未交费")
    return site.related("资产移交")


def handed_over(office: Office, handover: str) -> None:
    """Both sides judge, every asset is found, the agreement is signed."""
    site, connect = office.sits("works").find(handover), office.sits("connect")
    assets = [
        {"资产编号": f"示例-{one}", "类别": "电缆井", "位置": "横水镇示例路", "价值": "1000.00"} for one in (1, 2)
    ]
    site.take("报资产清单", 资产=assets, 县能源局意见="移交供电公司")
    connect.find(handover).take("研判移交", 研判理由="线路对公用电网有益", 研判资产="2")
    site.find(handover).take("签协议", "无偿移交协议", 签署日期=date(2025, 3, 3), 生效日期=date(2025, 3, 3))
    connect.find(handover).take("现场核对", 资产=[{"资产编号": "示例-1"}])
    connect.cannot("办结移交", "2项资产只核对了1项")
    connect.take("现场核对", 资产=[{"资产编号": "示例-2"}]).take("办结移交")
    assert connect.state == "已移交"


def reviewed(office: Office, works: str) -> None:
    """The prices are reviewed by a third party, as the fee in the budget says."""
    site = office.sits("works").find(works)
    review = site.follow("委托审价").fill(审价单位="示例造价咨询公司").press("委托审价").number
    site.take("送审", "施工价款报告", 送审金额="402000.00")
    office.sits("reviewer").find(review).take("审定", "审价报告", 审定金额="381500.00")
    site.find(review).take("采纳审价")


def closed(office: Office, works: str) -> None:
    """Papers handed in, audited with both consents, settled, the rest paid and given back, closed."""
    site, finance = office.sits("works").find(works), office.sits("finance")
    site.take("交结算资料", "结算报告", "相关资料", 送审金额="402000.00")
    finance.find(works).take("县财政局认可审计单位", 审计单位=AUDITOR)
    finance.cannot("出审计结果", "县能源局")
    site.find(works).take("县能源局认可审计单位", 审计单位=AUDITOR)
    office.sits("accountant").find(works).take("出审计结果", "竣工结算审计报告", 审定金额="381500.00")
    finance.find(works).take("据实结算")
    site.find(works).cannot("办结", "81,500.00")
    site.take("支付", 支付金额="81500.00", 收款账户=ACCOUNT, 国库流水号="示例支〔2025〕2号")
    rest = [{"事项": "工程结余", "金额": "522800.00"}]
    site.take("退回结余", 结余退回清单=rest, 国库流水号="示例退〔2025〕1号").take("办结")
    site.says("本件已到“已办结”，没有要办的步骤")


def test_a_factory_is_connected_by_the_county(office: Office) -> None:
    project, works = dispatched(office)
    schemed(office, works)
    designed(office, works)
    planned(office, project)
    funded(office, works)
    built(office, works)
    handover = accepted(office, works)
    handed_over(office, handover)
    reviewed(office, works)
    closed(office, works)
    owner: Desk = office.sits("foundry").find(project)
    owner.open(owner.page.url.replace("/cases/", "/power/projects/") + "/").says("已通电", "县政府")
    for username in ("foundry", "review", "dispatch", "energy", "works", "finance", "county"):
        office.sits(username).sign_out()
