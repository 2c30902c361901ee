"""What is applied for on these journeys, by the labels of the form."""

from typing import Any

from xianzhi.apps.power_access.tests.walk import COVERED, OUTSIDE, PLANNED, red_line

PAPERS = ("申请书", "土地手续")


def shop(name: str, row: int) -> dict[str, Any]:
    """A bakery in a rented shop, 45 kW at low voltage: class A. Each project draws its red line in a row of its own."""
    return {
        "在哪个乡镇": "横水镇", "项目名称": name, "地址": "横水镇示例街2号", "用地性质": "商业服务",
        "建筑区划红线": red_line(OUTSIDE, row), "土地手续": "租赁合同", "供地方式": "租赁", "报装容量": "45",
        "电压等级": "低压", "企业规模": "小微",
    }  # fmt: skip


def factory(name: str, row: int, **changed: Any) -> dict[str, Any]:
    """A factory on granted land under reserve cover: class B."""
    return {
        "在哪个乡镇": "横水镇", "项目名称": name, "地址": "横水镇示例路1号", "用地性质": "工业",
        "建筑区划红线": red_line(COVERED, row), "审批阶段": "立项用地", "计划投用日": "2025-12-01",
        "土地手续": "不动产权证书", "文号": f"示例不动产权第{row:07d}号", "取得日期": "2024-02-20", "供地方式": "出让",
        "变压器容量": "1250", "电压等级": "高压", "企业规模": "其他", **changed,
    }  # fmt: skip


def hospital(name: str, row: int) -> dict[str, Any]:
    """A hospital on allocated land without reserve cover: for both offices to determine."""
    place = {"用地性质": "公共服务", "建筑区划红线": red_line(PLANNED, row), "供地方式": "划拨"}
    return factory(name, row, **place, 企业规模="非企业")
