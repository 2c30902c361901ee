"""办理流程 of 获得电力, by noun."""

from xianzhi.apps.power_access.procedures.charges import ChargeRecord, ChargeReport
from xianzhi.apps.power_access.procedures.company_paid import CompanyPaid
from xianzhi.apps.power_access.procedures.county_paid import CountyPaid
from xianzhi.apps.power_access.procedures.defects import DefectReport
from xianzhi.apps.power_access.procedures.handover import Handover
from xianzhi.apps.power_access.procedures.intake import Intake
from xianzhi.apps.power_access.procedures.own_paid import OwnPaid
from xianzhi.apps.power_access.procedures.plan import AnnualPlan
from xianzhi.apps.power_access.procedures.review import PriceReview
from xianzhi.apps.power_access.procedures.shared import SharedCivil, SharedElectrical
from xianzhi.apps.power_access.procedures.township import TownshipMatter

POSTS = {
    "approval.first_review": "初审",
    "approval.dispatch": "派单",
    "energy.order": "工单",
    "energy.design": "设计",
    "energy.works": "工程",
    "energy.settle": "结算",
    "energy.plan": "计划",
    "grid.scheme": "方案",
    "grid.connect": "接电",
    "grid.joint": "认定",
    "grid.assets": "资产",
    "finance.fund": "审核",
    "finance.close": "拨付",
    "finance.treasury": "国库",
    "township.coordinate": "协调",
    "county_office.decide": "协调",
    "government.consent": "同意",
    "auditor.audit": "结算审计",
    "price_reviewer.review": "审价",
    "designer.design": "设计",
    "builder.build": "施工",
    "zone.coordinate": "联络",
}

__all__ = [
    "POSTS",
    "AnnualPlan",
    "ChargeRecord",
    "ChargeReport",
    "CompanyPaid",
    "CountyPaid",
    "DefectReport",
    "Handover",
    "Intake",
    "OwnPaid",
    "PriceReview",
    "SharedCivil",
    "SharedElectrical",
    "TownshipMatter",
]
