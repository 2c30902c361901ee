"""Fields that several procedures ask for."""

from xianzhi.apps.power_access import rules
from xianzhi.law.fields import choice, day, lines, money, note, number, text, whole, yes_no

CLASSES = {one.value: one.zh for one in (*rules.FREE_FOR_OWNER, rules.InvestmentClass.D)}
OPINIONS = CLASSES | {rules.InvestmentClass.OUT.value: rules.InvestmentClass.OUT.zh}

SCHEME = (
    text("voltage", "电压", most=20),
    text("access_point", "接入点", most=80),
    number("capacity_kva", "容量", "千伏安", places=1).optional,
    text("route", "到红线的路径", most=20_000, help="沿线各点的经纬度，如 111.570,35.490 111.572,35.491"),
    choice("mode", "敷设方式", {one.value: one.value for one in rules.Mode}, help="原则上采用架空"),
    note("mode_reason", "采用电缆的理由").optional,
    money("cable_civil", "电缆土建费用").optional,
    money("overhead_civil", "架空土建费用").optional,
    whole("company_version", "供电公司版本号", help="供电公司自编的第几版，不填的按本系统的顺序").optional,
)

DESIGN = (
    whole("scheme_version", "依据供电方案第几版"),
    day("surveyed_on", "现场勘查日期", help="没有现场勘查的设计不能提交").optional,
    number("metres", "图纸长度", "米", places=1),
    lines(
        "lines",
        "费用明细",
        text("name", "名称", most=80),
        text("spec", "规格", most=80).optional,
        choice("kind", "类别", {one.value: one.zh for one in rules.CostKind}).optional,
        number("quantity", "数量").optional,
        text("unit", "单位", most=10).optional,
        money("unit_price", "单价").optional,
        money("amount", "金额"),
    ),
    money("total", "合计"),
)

SOURCES = lines(
    "sources", "资金来源", choice("source", "来源", {one.value: one.value for one in rules.Source}),
    money("amount", "金额"),
)  # fmt: skip

ANOTHER = yes_no("another", "确为另一笔", help="同一天已有同额的一笔时，核对后选是").optional
"""Asked where money of the same sum moved on the same day under another number."""

PROCUREMENT = (
    choice("kind", "采购内容", {one.value: one.value for one in rules.ProcurementKind}),
    money("estimate", "估算价"),
    choice("method", "采购方式", {one.value: one.value for one in rules.Method}),
    text("contractor", "成交单位", most=80, functions=("designer", "builder", "auditor", "price_reviewer")),
    text("account", "合同收款账户", most=60),
    text("result_number", "结果公告号", most=60).optional,
)
