"""设施反映: somebody stands before a pole or a well and says what is wrong; it goes to the unit that answers for it."""

from xianzhi.law.fields import note, text
from xianzhi.law.procedure import APPLICANT, PUBLIC, START, Paper, Procedure, Step, final, states

_ASKS = (
    text("asset", "设施编号"), note("what", "有什么情况"), text("contact", "联系方式", personal="contact").optional,
)  # fmt: skip
_PHOTO = (Paper("photo", "照片", required=False),)
_LIMIT = "power.defect.limit"


class DefectReport(Procedure):
    """设施反映, from anybody. It begins with whoever answers for the safety of the asset; its number is the receipt."""

    zh = "设施反映"
    numbered = "绛电设〔{year}〕{serial:04d}"
    readers = ("county_office", "government")

    with_company, with_builder = states("待供电公司处理 待建设单位处理")
    settled = final("已处理")

    report_company = Step(
        "反映供电公司设施", START >> with_company, by=(PUBLIC, APPLICANT), event="power_access.defect.company_reported",
        cites="power-5-1", asks=_ASKS, needs=_PHOTO,
    )  # fmt: skip
    report_builder = Step(
        "反映建设单位设施", START >> with_builder, by=(PUBLIC, APPLICANT), event="power_access.defect.builder_reported",
        cites="power-5-2", asks=_ASKS, needs=_PHOTO,
    )  # fmt: skip
    settle_company = Step(
        "处理", with_company >> settled, by="grid.assets", event="power_access.defect.company_settled",
        cites="power-5-1",
        asks=(note("done", "处理结果"),), within=_LIMIT, needs=_PHOTO,
    )  # fmt: skip
    settle_builder = Step(
        "处理", with_builder >> settled, by="energy.works", event="power_access.defect.builder_settled",
        cites="power-5-2",
        asks=(note("done", "处理结果"),), within=_LIMIT, needs=_PHOTO,
    )  # fmt: skip
