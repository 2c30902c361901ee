"""The invented projects: what each is, where and when it applied, and how far it goes."""

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

SEED = 20240313
TOWNSHIPS = (
    "140826100000", "140826101000", "140826102000", "140826103000", "140826104000", "140826105000", "140826106000",
    "140826107000", "140826200000", "140826201000", "140826402000",
)  # fmt: skip
SHOPS = (
    "面包房", "便利店", "理发店", "豆腐坊", "快递站", "小吃店", "药店", "五金店", "洗衣店", "书店", "修车行", "打印社",
    "水果店", "粮油店", "照相馆", "裁缝铺", "茶叶店", "花店",
)  # fmt: skip
SMALL_FIRMS = (
    "中药切片厂", "包装厂", "木器厂", "印务社", "冷饮厂", "种苗基地", "养蜂合作社", "机修厂", "门窗厂", "面粉厂",
    "小龙虾养殖场", "家纺厂", "山楂加工厂", "纸箱厂", "电商服务部", "农机服务站",
)  # fmt: skip
COUNTY = (
    "铸件厂", "食品厂", "第三小学", "物流园", "标准厂房一期", "标准厂房二期", "职业中学", "玻璃制品厂", "中药产业园",
    "冷链中心", "农贸市场", "文化中心", "污水处理厂", "装备制造厂", "科技孵化园",
)  # fmt: skip
SHARED = (
    "县医院新院区", "第二幼儿园", "敬老院", "加油站", "中心卫生院", "抽水站", "蔬菜交易市场", "殡仪馆", "客运站",
    "畜禽养殖园", "民宿集群", "砂石加工场", "香菇基地", "轴承厂",
)  # fmt: skip
OWN = ("数据机房", "精密加工厂", "酒店", "影城", "冷库")
OUTSIDE = ("老砖厂", "旧粮站")
DAYS_AGO = (2, 9, 24, 48, 80, 120, 140, 165, 190)
"""When the last projects of each kind applied, so that every step has something in it on any day."""
ENDS = {
    ("B", 120): "listed", ("B", 140): "built", ("B", 165): "handed_in", ("B", 190): "accepted",
    ("C", 120): "funded", ("C", 140): "listed", ("C", 165): "audited", ("C", 190): "settled",
}  # fmt: skip
"""Where those of the last months stay, so that every desk has its work."""
FEW = 4
"""How many of the many of class A are recent: they take two or three weeks."""
JOINT = ("果蔬保鲜库", "家具产业园")


@dataclass(frozen=True)
class Wanted:
    """One project to be made."""

    serial: int
    name: str
    kind: str
    township: str
    applied: date
    size: str = "其他"
    voltage: str = "高压"
    kw: Decimal | None = None
    kva: Decimal | None = None
    supply: str = "出让"
    proof: date | None = None
    ends: str = ""
    """The state in which it stays; empty: as far as the days reach."""
    slot: int = 0
    """How many projects its township had before it."""
    marks: frozenset[str] = field(default_factory=frozenset)
    """What is special about it: cable, second_scheme, tender, absence, keep, dispute, reissue, late, charge …"""


def wanted(today: date) -> list[Wanted]:
    """All projects: most spread over 2024-03 to 2026-06, the last of each kind within the weeks before today."""
    random = Random(SEED)
    made: list[Wanted] = []
    for kind, names in (
        ("A", SHOPS + SMALL_FIRMS), ("B", COUNTY), ("C", SHARED), ("D", OWN), ("out", OUTSIDE), ("joint", JOINT),
    ):  # fmt: skip
        for index, name in enumerate(names):
            one = _one(kind, f"示例{name}", index, len(names), len(made), today, random)
            slot = sum(other.township == one.township for other in made)
            made.append(replace(one, slot=slot))
    return made


def _one(kind: str, name: str, index: int, of: int, serial: int, today: date, random: Random) -> Wanted:
    left = of - index
    recent = of > len(OUTSIDE) and left <= (FEW if kind == "A" else len(DAYS_AGO)) and left < of
    applied = today - timedelta(days=DAYS_AGO[left - 1]) if recent else _spread(index, of, random)
    if kind == "joint":  # both wait for an answer these days
        applied = today - timedelta(days=10 * left)
    facts_of: dict[str, dict[str, Any]] = {
        "A": {"size": "小微", "voltage": "低压", "kw": Decimal(random.randrange(80, 1600)) / 10, "supply": "无"},
        "B": {"kva": Decimal(random.choice((400, 630, 800, 1250, 1600))), "supply": random.choice(("出让", "划拨"))},
        "C": {"kva": Decimal(random.choice((200, 315, 400, 630))), "supply": "划拨", "size": "非企业"},
        "D": {"kva": Decimal(random.choice((1000, 1250, 2000))), "supply": "出让"},
        "out": {"kva": Decimal(315), "supply": "出让"},
        "joint": {"kva": Decimal(315), "supply": "租赁"},
    }
    proof = {"A": None, "out": date(2021, 6, 18)}.get(kind, applied - timedelta(days=random.randrange(20, 90)))
    if proof and kind != "out":
        proof = max(proof, date(2023, 6, 2))
    ends = ENDS.get((kind, DAYS_AGO[left - 1]), "") if recent else ""
    marks = frozenset(MARKS.get((kind, index), ()))
    # Crops and questions of the place need a township; the development zone, the last of the list, is none.
    places = TOWNSHIPS[:-1] if marks & {"crops", "policy"} else TOWNSHIPS
    township = places[(index * 3 + serial) % len(places)]
    return Wanted(serial, name, kind, township, applied, proof=proof, ends=ends, marks=marks, **facts_of[kind])


def _spread(index: int, of: int, random: Random) -> date:
    days = (date(2026, 6, 20) - date(2024, 3, 18)).days
    return date(2024, 3, 18) + timedelta(days=days * index // of + random.randrange(12))


MARKS = {
    ("A", 3): ("charge",), ("A", 9): ("slow",), ("A", 14): ("no_answer",),
    ("B", 0): ("second_scheme",), ("B", 1): ("tender", "cable"), ("B", 2): ("late", "absence"),
    ("B", 3): ("keep", "tender"), ("B", 4): ("reissue",), ("B", 5): ("absence", "second_scheme"), ("B", 6): ("keep",),
    ("B", 7): ("crops", "late"), ("B", 8): ("tender",), ("B", 9): ("paused",), ("B", 10): ("rejected",),
    ("C", 0): ("crops", "cable"), ("C", 1): ("crops",), ("C", 2): ("crops", "policy"), ("C", 3): ("dispute",),
    ("C", 4): ("crops", "keep"), ("C", 5): ("crops", "second_scheme"), ("C", 6): ("absence", "crops"),
    ("C", 7): ("crops", "policy"), ("C", 8): ("crops",), ("C", 9): ("keep", "second_scheme"),
    ("D", 1): ("returns",), ("joint", 1): ("dispute",),
}  # fmt: skip
