"""受理认定: from the application to the class of investment, and to those who then work on it."""

from xianzhi.apps.power_access import rules
from xianzhi.apps.power_access.procedures.forms import CLASSES, OPINIONS
from xianzhi.law.fields import choice, day, money, note, number, text, whole, yes_no
from xianzhi.law.procedure import APPLICANT, SAME, START, Paper, Procedure, Step, final, stage, states

STAGES = {"land": "立项用地", "works_permit": "工程建设许可", "building_permit": "施工许可", "completion": "竣工"}
PROOFS = {
    "certificate": "不动产权证书", "allocation": "划拨决定书", "grant": "出让合同", "approval": "建设用地批准",
    "lease": "租赁合同", "other": "其他",
}  # fmt: skip
PROJECT = (
    text("name", "项目名称", most=80),
    text("project_code", "投资项目代码", most=40, help="小店铺没有的不填").optional,
    text("place", "地址", most=120),
    text("land_use", "用地性质", most=40),
    text(
        "red_line", "建筑区划红线", most=1_000_000,
        help="各角点的经纬度，如 111.570,35.490 111.572,35.490 111.572,35.492；或 GeoJSON 面",
    ),
    choice("stage", "审批阶段", STAGES).optional,
    day("ready_by", "计划投用日").optional,
)  # fmt: skip
LAND = (
    choice("proof_kind", "土地手续", PROOFS),
    text("proof_number", "文号", most=60).optional,
    day("obtained_on", "取得日期").optional,
    day("first_obtained_on", "首次取得日期", help="换发的证书填最早一份的日期").optional,
    choice("supply_mode", "供地方式", {one.value: one.value for one in rules.Supply}),
    text("parcel", "宗地代码", most=40).optional,
)
LOAD = (
    number("capacity_kw", "报装容量", "千瓦", places=1).optional,
    number("capacity_kva", "变压器容量", "千伏安", places=1).optional,
    choice("voltage", "电压等级", {one.value: one.value for one in rules.Voltage}),
    whole("feeds", "电源数", "路").optional,
    choice("size", "企业规模", {one.value: one.value for one in rules.OwnerSize}),
    text("size_proof", "规模证明", most=80).optional,
    text("building", "楼栋", most=80).optional,
    yes_no("over_standard", "有超标准或个性需求").optional,
    note("wish", "具体要求").optional,
    text("standard", "超出的标准", most=120).optional,
)
COSTS = (money("base_cost", "标准方案费用").optional, money("wished_cost", "用户方案费用").optional)
APPLICATION = (*PROJECT, *LAND, *LOAD)
ANSWERS = (yes_no("extension", "是否延伸项目"), yes_no("county_paid", "是否县政府投资"))
REVIEWER = "approval.first_review"


class Intake(Procedure):
    """受理认定, the root of a project: what follows the class is done in cases below it."""

    zh = "受理认定"
    numbered = "绛电接〔{year}〕{serial:04d}"
    readers = ("energy", "finance", "government", "zone")
    opens = ("approval.first_review", "grid.connect")

    submitted, referred, disputed, classified = states("待初审 待共同认定 意见不一 已认定")
    handed_on, out, withdrawn = final("已转办 不适用 已撤回")
    journey = (
        stage("申请", submitted), stage("认定", referred, disputed, classified), stage("转办", handed_on),
    )  # fmt: skip

    apply = Step(
        "申请", START >> submitted, by=(APPLICANT, REVIEWER), event="power_access.intake.applied",
        cites="power-3-2-2-1-2",
        needs=(
            Paper("application", "申请书", cites="power-3-2-2-1-2"),
            Paper("land_document", "土地手续", cites="power-3-2-2-1-2"),
            Paper("size_proof", "企业规模声明", cites="power-2-1-2", required=False),
        ),
        asks=APPLICATION, guard=(rules.items_present, rules.red_line_ok),
    )  # fmt: skip
    classify = Step(
        "认定投资界面", submitted >> classified, by=REVIEWER, event="power_access.intake.classified",
        cites=("power-3-2-2-1-3", "power-2-1-2", "power-2-2-1", "power-2-4", "power-3-2-2-1-5"),
        asks=(*ANSWERS, *COSTS), guard=rules.may_classify, within="power.first_review.limit", resumes=True,
        issues="power.classification",
    )  # fmt: skip
    refer = Step(
        "提请共同认定", submitted >> referred, by=REVIEWER, event="power_access.intake.referred",
        cites=("power-3-2-3-1", "power-2-3-1"), guard=rules.may_refer, resumes=True,
        help="分担的项目和事实未明的项目，由审批局和供电公司共同认定",
    )  # fmt: skip
    turn_down = Step(
        "告知不适用", submitted >> out, by=REVIEWER, event="power_access.intake.turned_down",
        cites=("power-6-2", "power-6-1"), asks=(note("told", "告知内容"),), guard=rules.may_turn_down, grave=True,
        help="本通知不适用的，告知业主原因，并按供电公司现行规定办理",
        issues="power.classification",
    )  # fmt: skip
    ask_more = Step(
        "要求补正", submitted >> SAME, by=REVIEWER, event="power_access.intake.asked_more", cites="power-3-2-2-1-2",
        asks=(note("missing", "须补正的内容"),), halts=True, help="补正期间停止计时", aside=True,
    )  # fmt: skip
    amend = Step(
        "补正", submitted | referred | disputed | classified >> submitted, by=(APPLICANT, REVIEWER),
        event="power_access.intake.amended", aside=True, cites="power-3-2-2-1-2",
        asks=(*(one.optional for one in APPLICATION), yes_no("own_grid", "在供电公司经营区内").optional),
        guard=rules.red_line_ok, resumes=True, help="只填有变化的各项；认定后补正的，重新初审",
        revokes=("power.classification", "power.joint_determination"),
    )  # fmt: skip

    opine_approval = Step(
        "出审批局意见", referred >> SAME, by=REVIEWER, event="power_access.intake.approval_opined",
        cites="power-3-2-3-1", asks=(choice("opinion", "类别", OPINIONS), note("reason", "理由")),
    )  # fmt: skip
    opine_grid = Step(
        "出供电公司意见", referred >> SAME, by="grid.joint", event="power_access.intake.grid_opined",
        cites="power-3-2-3-1", asks=(choice("opinion", "类别", OPINIONS), note("reason", "理由")),
    )  # fmt: skip
    settle_joint = Step(
        "共同认定", referred >> classified, by=(REVIEWER, "grid.joint"), event="power_access.intake.settled_jointly",
        cites="power-3-2-3-1", guard=rules.may_settle_jointly, within="power.joint.limit",
        issues="power.joint_determination",
    )  # fmt: skip
    settle_out = Step(
        "认定不适用", referred >> out, by=(REVIEWER, "grid.joint"), event="power_access.intake.settled_out",
        cites="power-3-2-3-1", guard=rules.may_turn_down_jointly, grave=True,
        issues="power.joint_determination",
    )  # fmt: skip
    dispute = Step(
        "报县政府办", referred >> disputed, by=(REVIEWER, "grid.joint"), event="power_access.intake.disputed",
        cites="power-3-2-3-1", guard=rules.may_dispute,
    )  # fmt: skip
    decide = Step(
        "裁定类别", disputed >> classified, by="county_office.decide", event="power_access.intake.decided",
        cites="power-3-2-3-1", asks=(choice("decided", "类别", CLASSES), note("reason", "理由")),
        guard=rules.may_decide, within="power.dispute.limit",
        issues="power.joint_determination",
    )  # fmt: skip
    decide_out = Step(
        "裁定不适用", disputed >> out, by="county_office.decide", event="power_access.intake.decided_out",
        cites="power-3-2-3-1", asks=(note("reason", "理由"),), guard=rules.may_decide_out, grave=True,
        issues="power.joint_determination",
    )  # fmt: skip

    dispatch = Step(
        "派单", classified >> handed_on, by="approval.dispatch", event="power_access.intake.dispatched",
        cites=("power-3-2-2-1-4", "power-3-2-2-1-1"), guard=rules.may_dispatch, within="power.dispatch.limit",
        help="提前到工程建设许可阶段办理，派工单送县能源局",
    )  # fmt: skip
    hand_over = Step(
        "转供电公司", classified >> handed_on, by="approval.dispatch", event="power_access.intake.handed_over",
        cites=("power-3-2-1-1", "power-2-1-1"), guard=rules.may_hand_over,
    )  # fmt: skip
    share = Step(
        "转分担办理", classified >> handed_on, by="approval.dispatch", event="power_access.intake.shared",
        cites=("power-3-2-3-2", "power-2-3-1", "power-2-3-2", "power-2-3-3"), guard=rules.may_share,
        help="电气工程转供电公司，土建配套转县能源局，共同认定书代替派工单",
    )  # fmt: skip
    offer = Step(
        "转列方案", classified >> handed_on, by="approval.dispatch", event="power_access.intake.offered",
        cites="power-2-4", guard=rules.may_offer, help="由供电公司列出标准方案和用户方案的费用，供业主选择",
    )  # fmt: skip
    withdraw = Step(
        "撤回", submitted | referred | disputed | classified >> withdrawn, by=(APPLICANT, REVIEWER),
        event="power_access.intake.withdrawn", cites="power-3-2-2-1-1", asks=(note("reason", "撤回原因"),), grave=True,
        aside=True,
        revokes=("power.classification", "power.joint_determination"),
    )  # fmt: skip
