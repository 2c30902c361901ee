"""乡镇协调: crops in the corridor and questions of policy, in the township of the place."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import choice, day, lines, money, note, number, text
from xianzhi.law.procedure import SAME, START, Paper, Procedure, Step, final, states

PLOTS = lines(
    "plots", "地块", text("plot", "地块", most=60), text("holder", "承包人", most=60, personal="name"),
    number("area", "面积", "亩"),
    text("crop", "作物", most=40),
    money("rate", "每亩标准", help="不填的按本县标准").optional,
)  # fmt: skip
KINDS = {"policy": "政策衔接", "other": "其他"}


class TownshipMatter(Procedure):
    """乡镇协调: 青苗赔偿 from the list to the receipts, 政策衔接 from the question to the answer."""

    zh = "乡镇协调"
    numbered = "绛电协〔{year}〕{serial:04d}"
    readers = ("county_office", "government", "approval", "grid", "zone")
    opens = ("township.coordinate", "energy.works")

    listed, shown, paid, filed = states("已登记 已公示 已支付 待答复")
    signed, answered, withdrawn = final("已签收 已答复 已撤销登记")

    list_crops = Step(
        "登记青苗", START >> listed, by=("energy.works", "township.coordinate"), event="power_access.crops.listed",
        cites=("power-3-2-3-6", "power-3-2-3-5"), asks=(PLOTS, day("wanted_by", "希望办结").optional),
        guard=(rules.in_a_township, rules.crop_list),
    )  # fmt: skip
    relist = Step(
        "更正登记", listed | shown >> listed, by="township.coordinate", event="power_access.crops.relisted", aside=True,
        cites="power-3-2-3-6", asks=(PLOTS,), guard=rules.crop_list,
    )  # fmt: skip
    withdraw_list = Step(
        "撤销登记", listed >> withdrawn, by=("energy.works", "township.coordinate"),
        event="power_access.crops.withdrawn", aside=True, cites="power-3-2-3-6", asks=(note("reason", "撤销原因"),),
        grave=True, help="登记错了、还没有公示的清单，整份撤销后另行登记",
    )  # fmt: skip
    show = Step(
        "向承包人公示", listed >> shown, by="township.coordinate", event="power_access.crops.shown",
        cites="power-3-2-3-6", asks=(text("where", "公示地点"), day("from_day", "公示起"), day("to_day", "公示止")),
    )  # fmt: skip
    pay = Step(
        "支付赔偿", shown >> paid, by="township.coordinate", event="power_access.crops.paid", cites="power-3-2-3-6",
        asks=(money("paid", "支付金额"), day("paid_on", "支付日期")), guard=rules.may_pay_crops,
    )  # fmt: skip
    sign = Step(
        "承包人签收", paid >> signed, by="township.coordinate", event="power_access.crops.signed",
        cites="power-3-2-3-6", needs=(Paper("receipts", "签收单", cites="power-3-2-3-6"),),
    )  # fmt: skip

    file = Step(
        "提出问题", START >> filed, by=("energy.works", "approval.first_review", "grid.connect"),
        event="power_access.matter.filed", cites="power-3-2-3-6",
        asks=(choice("kind", "类别", KINDS), note("question", "问题"), day("wanted_by", "希望办结").optional),
        guard=rules.in_a_township,
    )  # fmt: skip
    note_progress = Step(
        "记协调情况", filed >> SAME, by="township.coordinate", event="power_access.matter.noted", cites="power-3-2-3-6",
        asks=(note("progress", "协调情况"),), aside=True,
    )  # fmt: skip
    answer = Step(
        "答复", filed >> answered, by="township.coordinate", event="power_access.matter.answered",
        cites="power-3-2-3-6", asks=(note("outcome", "结果"),),
    )  # fmt: skip
