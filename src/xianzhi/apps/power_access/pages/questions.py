"""The questions of the public self-check: what they are, how an answer is read, what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from xianzhi.apps.power_access.queries.land import Spot, spot_at
from xianzhi.apps.power_access.rules import ClassFacts, LandFacts, OwnerSize, Supply, Voltage
from xianzhi.kernel.county import county
from xianzhi.kernel.pages.forms import Control
from xianzhi.law.fields import BadField, Field, choice, day, number, text

UNKNOWN = "unknown"
INSIDE, PARTLY, OUTSIDE = "inside", "partly", "outside"
STANDARD, MORE = "standard", "more"

WHO = (
    choice("size", "谁用电", {
        OwnerSize.SMALL: "小微企业、个体工商户", OwnerSize.OTHER: "大中型企业",
        OwnerSize.NOT_A_FIRM: "学校、医院等单位",
    }, help="个体工商户比照企业划型"),
    choice("voltage", "怎么接入", {Voltage.LOW: "低压", Voltage.HIGH: "高压"},
           help="低压是220伏或380伏，不用自建变压器；高压是10千伏及以上"),
    number("kw", "报装容量", "千瓦", places=1, help="只写数字，一位小数，如 45.0。千伏安不能当千瓦填。").optional,
)  # fmt: skip
LAND = (
    choice("supply", "土地怎么来的", {
        Supply.GRANTED: "出让", Supply.ALLOCATED: "划拨", Supply.LEASED: "租赁国有土地",
        Supply.CONTRIBUTED: "作价出资", Supply.COLLECTIVE: "集体土地", Supply.NONE: "没有供地手续（如租用门面）",
        UNKNOWN: "不清楚",
    }).optional,
    day("proof_on", "土地证哪天取得", help="看不动产权证书上的登记日期；还没有证的不填").optional,
    day("contract_on", "没有证的，现有文书哪天", help="出让合同、划拨决定书等上的日期").optional,
)  # fmt: skip
PLACE = (
    choice("planning", "在不在规划建设用地内", {
        INSIDE: "全部在", PARTLY: "部分在", OUTSIDE: "不在", UNKNOWN: "不清楚",
    }).optional,
    choice("reserve", "土地储备资金覆盖", {"yes": "覆盖", "no": "没有覆盖", UNKNOWN: "不清楚"}).optional,
    text("spot", "按坐标查", help=(
        "经度在前，纬度在后，如 111.5680, 35.4910，也可以在图上点。填了的，由图层回答以上两问"
    )).optional,
)  # fmt: skip
WISH = (
    choice("wish", "怎么接", {STANDARD: "按供电公司公布的标准接", MORE: "要高出标准，或有特别要求"},
           help="如标准是一路电源，您要两路，就是高出标准"),
)  # fmt: skip


@dataclass(slots=True)
class Question:
    """One of the four questions with its controls."""

    zh: str
    hint: str
    controls: list[Control] = field(default_factory=list)


class SelfCheck:
    """What a visitor answered. `asked` is False on the empty form; `facts` is None while something is wrong."""

    def __init__(self, sent: QueryDict, today: date, cap: str) -> None:
        self.today = today
        self.asked = any(name in sent for name in ("size", "voltage", "wish", "kw"))
        self._sent = sent
        self._clean: dict[str, Any] = {}
        self.spot: Spot | None = None
        spared = _("小微企业低压接入、不超过{cap}的，二、三两题可以不答。").format(cap=cap)
        self.questions = [
            Question(_("一、谁用电，用多少"), "", self._controls(WHO)),
            Question(_("二、土地"), spared, self._controls(LAND)),
            Question(_("三、位置"), "", self._controls(PLACE)),
            Question(_("四、有没有特别要求"), "", self._controls(WISH)),
        ]
        if self.asked:
            self._compare()
            self._look_up()

    @property
    def errors(self) -> list[Control]:
        return [control for question in self.questions for control in question.controls if control.error]

    @property
    def facts(self) -> ClassFacts | None:
        """What the rule is asked; None while an answer is missing or wrong."""
        if not self.asked or self.errors:
            return None
        given = self._clean
        return ClassFacts(
            applied_on=self.today,
            size=OwnerSize(given["size"]),
            voltage=Voltage(given["voltage"]),
            capacity_kw=given["kw"],
            land=self._land(),
            proof_on=given["proof_on"],
            contract_on=given["contract_on"],
            over_standard=given["wish"] == MORE,
            standard=_("供电公司公布的标准") if given["wish"] == MORE else "",
            layer_on=self.spot.true_on if self.spot else None,
            decided_on=self.today,
        )

    def _land(self) -> LandFacts:
        supply, planning, reserve = (self._clean[name] for name in ("supply", "planning", "reserve"))
        area, inside = _AREAS.get(planning, (None, None))
        covered = {"yes": True, "no": False}.get(reserve)
        if self.spot:
            covered = self.spot.covered
            area, inside = _AREAS[{True: INSIDE, False: OUTSIDE, None: UNKNOWN}[self.spot.planned]]
        return LandFacts(Supply(supply) if supply not in (None, UNKNOWN) else None, area, inside, covered)

    def _controls(self, fields: Iterable[Field]) -> list[Control]:
        return [self._control(one) for one in fields]

    def _control(self, asked: Field) -> Control:
        control = Control(asked, asked.name, self._sent.get(asked.name, "").strip())
        self._clean[asked.name] = None
        if self.asked:
            try:
                self._clean[asked.name] = asked.clean(control.value)
            except BadField as error:
                control.error = str(error)
        return control

    def _compare(self) -> None:
        """What no single answer shows: a load that the small have to state, dates that have not come yet."""
        load = self._find("kw")
        if "va" in load.value.lower() or "千伏安" in load.value:
            load.error = _("写的是千伏安。请填千瓦，只写数字，如 45.0；不知道的，问供电公司或电工。")
        small = self._clean["size"] == OwnerSize.SMALL and self._clean["voltage"] == Voltage.LOW
        if small and not load.error and not self._clean["kw"]:
            load.error = _("没有填报装容量。小微企业低压接入的，由不由供电公司出钱要看千瓦数，请填大于零的数。")
        for name in ("proof_on", "contract_on"):
            given = self._clean[name]
            if given and given > self.today:
                self._find(name).error = _("{day}还没有到。请核对日期，还没有取得的不填。").format(day=given)

    def _look_up(self) -> None:
        control = self._find("spot")
        if not control.value or control.error:
            return
        try:
            longitude, latitude = _numbers(control.value)
        except ValueError:
            control.error = _("读不出坐标。写两个数，经度在前，纬度在后，用逗号隔开，如 111.5680, 35.4910。")
            return
        if not _in_county(longitude, latitude):
            wrong = _("坐标不在{county}境内。经度在前，纬度在后；坐标系为 CGCS2000。")
            control.error = wrong.format(county=county().name)
            return
        self.spot = spot_at(longitude, latitude, self.today)

    def _find(self, name: str) -> Control:
        return next(control for question in self.questions for control in question.controls if control.name == name)


_SOME, _NONE = Decimal(1), Decimal(0)
_AREAS: dict[str | None, tuple[Decimal | None, Decimal | None]] = {
    INSIDE: (_SOME, _SOME), OUTSIDE: (_SOME, _NONE), PARTLY: (None, None), UNKNOWN: (None, None), None: (None, None),
}  # fmt: skip
"""A visitor knows no areas: wholly inside and wholly outside are told apart, anything between is a doubt."""


def _numbers(written: str) -> tuple[float, float]:
    longitude, latitude = (float(part) for part in written.replace("，", ",").replace(",", " ").split())
    return longitude, latitude


def _in_county(longitude: float, latitude: float) -> bool:
    rings = county().shapes("boundary")["features"]
    points = [point for feature in rings for point in _points(feature["geometry"]["coordinates"])]
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    return west <= longitude <= east and south <= latitude <= north


def _points(coordinates: Any) -> Iterable[tuple[float, float]]:
    """Every point of a geometry, however deeply its rings are nested."""
    if coordinates and isinstance(coordinates[0], int | float):
        yield coordinates[0], coordinates[1]
        return
    for part in coordinates:
        yield from _points(part)
