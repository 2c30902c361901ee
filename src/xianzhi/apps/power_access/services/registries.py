"""What the land registry and the project approval platform send: layers of land, stages of projects. [power-1-1]

Neither is a step of a case: they are facts of others, kept with their day and source, and the message they came with.
"""

from typing import Any

from xianzhi.apps.power_access.models import AccessProject, PlanningLand, ReserveCover, Stage
from xianzhi.apps.power_access.services.shapes import polygon_from
from xianzhi.kernel.exchange.contracts import Done, Message, NotTaken, Outdated, receives
from xianzhi.kernel.geometry import BadShape
from xianzhi.law.fields import choice, day, lines, text, yes_no

LAYERS = {"planning": PlanningLand, "reserve": ReserveCover}
_WORDS = {"planning": "规划建设用地", "reserve": "土地储备资金覆盖"}
_AT = "2025-03-12T16:20:00+08:00"
_ORDER = [stage.value for stage in Stage]


@receives(
    "power.land_layer", zh="用地图层", cites="power-1-1", key=("layer", "true_on"), posts=(), answers=("approval",),
    fields=(
        choice("layer", "图层", _WORDS), day("true_on", "数据日期"), text("source", "来源", most=120),
        yes_no("whole", "是否全量", help="true 为年度全量，未列入的范围自数据日期起失效；false 只更新列出的范围"),
        lines("areas", "范围", text("name", "名称", most=80), text("shape", "范围（GeoJSON 文本）", most=200_000)),
    ),
    help="规划建设用地和土地储备资金覆盖范围，CGCS2000 经纬度；同名范围以新代旧",
    example={
        "layer": "planning", "event": "land_layer", "version": 1, "at": _AT, "true_on": "2025-03-10",
        "source": "县自然资源局 2025年更新", "whole": False,
        "areas": [{"name": "示例片区", "shape": "111.555,35.480 111.595,35.480 111.595,35.500 111.555,35.500"}],
    },
)  # fmt: skip
def take_layer(message: Message) -> Done:
    """Areas as they are from a day on; what they replace holds to the day before. All of it or nothing."""
    data, model = message.data, LAYERS[message.data["layer"]]
    since = data["true_on"]
    if since > message.on:
        raise NotTaken(f"数据日期{since}在今天之后")
    standing = model.objects.filter(until=None)
    newest = standing.order_by("-since").values_list("since", flat=True).first()
    if newest is not None and newest >= since:
        raise Outdated(f"已有数据日期{newest}的图层，{since}的存查不用")
    shapes = {row["name"]: _shape(number, row) for number, row in enumerate(data["areas"], start=1)}
    ended = standing if data["whole"] else standing.filter(name__in=shapes)
    ended.update(until=since)
    model.objects.bulk_create(
        model(name=name, shape=shape, since=since, true_on=since, source=data["source"])
        for name, shape in shapes.items()
    )
    return Done(words=f"{_WORDS[data['layer']]}{len(shapes)}个范围自{since}起使用")


def _shape(number: int, row: dict[str, Any]) -> dict[str, Any]:
    try:
        return polygon_from(row["shape"])
    except BadShape as fault:
        raise NotTaken(f"第{number}个范围“{row['name']}”：{fault}") from None


@receives(
    "power.project_stage", zh="项目审批阶段", cites="power-3-2-2-1-1", key=("project_code", "true_on"), posts=(),
    answers=("approval",),
    fields=(
        text("project_code", "投资项目代码", most=40), day("true_on", "数据日期"),
        choice("stage", "审批阶段", {str(one.value): str(one.label) for one in Stage}),
    ),
    help="按代码取数的每日文件；本系统没有的代码存查，没有代码的项目手工办理",
    example={"project_code": "2503-140826-89-01-000001", "event": "project_stage", "version": 1, "at": _AT,
             "true_on": "2025-03-12", "stage": "works_permit"},
)  # fmt: skip
def take_stage(message: Message) -> Done:
    """How far a project has come in its approval; it never goes back."""
    code, stage = message.data["project_code"], message.data["stage"]
    project = AccessProject.objects.select_for_update().filter(project_code=code).select_related("case").first()
    if project is None:
        raise Outdated(f"没有投资项目代码为{code}的接入项目")
    if _ORDER.index(stage) < _ORDER.index(project.stage):
        raise Outdated(f"{project.number}已到“{Stage(project.stage).label}”，不退回")
    project.stage = stage
    project.save(update_fields=["stage"])
    return Done(words=f"{project.number}为“{Stage(stage).label}”", case=project.case)
