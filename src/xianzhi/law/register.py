"""The register of one published document: its own facts and its provisions, each with an id to cite."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from xianzhi.law.errors import Finding, LawError
from xianzhi.law.force import Effect, Terms
from xianzhi.law.place import Place
from xianzhi.law.source import Block, Rows, is_day, read

KINDS = {
    "purpose": "目的", "scope": "适用", "definition": "定义", "duty": "职责", "prohibition": "禁止",
    "permission": "许可", "step": "步骤", "material": "材料", "time-limit": "时限", "penalty": "处罚",
    "parameter": "参数", "organisation": "分工", "reporting": "报告", "publicity": "公开",
    "exemption": "减免", "coordination": "协调",
}  # fmt: skip
CONTEXT = "context"
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")
_A_DAY = "写作 2024-03-13，不加引号"
_NEEDED = ("id", "at", "kind", "who", "zh", "en", "software", "check")


@dataclass(frozen=True, slots=True)
class Instrument:
    """One published document. Its dates are separate facts; None where the document does not say."""

    id: str
    number: str
    title: str
    short: str
    issuer: str
    issued: date
    effective: date | None = None
    until: date | None = None
    applies_to: str = ""
    rests_on: tuple[str, ...] = ()
    """Numbers of the higher documents it names."""
    headings: Mapping[int, str] | None = None
    """The titles of its parts or chapters, by number."""
    kind: str = ""
    """规范性文件, 工作部署, 政府工作报告 or 其他."""
    effect: str = ""
    """From when it says that it applies, where it names no day: published, dated or silent."""
    trial: bool = False
    tasks_until: date | None = None
    """The last day of the period of a plan's tasks."""

    @property
    def terms(self) -> Terms:
        """What it says about its force."""
        effect = Effect.DAY if self.effective else Effect(self.effect or Effect.SILENT)
        return Terms(
            self.issued, effect, effective=self.effective, until=self.until, trial=self.trial,
            tasks_until=self.tasks_until,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Provision:
    """The smallest citable part of an instrument, in our own words."""

    id: str
    instrument: Instrument
    place: Place
    kind: str
    who: tuple[str, ...]
    zh: str
    en: str
    software: str
    check: str
    awaits: str = ""
    """Why the software is not whole yet; such a provision counts as open whatever carries part of it."""
    unclear: str = ""

    @property
    def is_context(self) -> bool:
        """Nothing can be done by software beyond showing it."""
        return self.software == CONTEXT

    @property
    def cited(self) -> str:
        """《…通知》三（二）2（4）"""
        return f"《{self.instrument.title}》{self.place.short()}"

    @property
    def cited_short(self) -> str:
        """绛政办发〔2024〕4号 三（二）2（4）"""
        return f"{self.instrument.number} {self.place.short()}"


class Register(Mapping[str, Provision]):
    """The provisions of one instrument, by id, in the order of the document."""

    def __init__(self, instrument: Instrument, provisions: Iterable[Provision]) -> None:
        self.instrument = instrument
        self._by_id = {provision.id: provision for provision in provisions}

    def __getitem__(self, provision_id: str) -> Provision:
        return self._by_id[provision_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self._by_id)


def read_register(path: Path) -> Register:
    """Reads `provisions.yaml`: an `instrument:` and its `provisions:`.

    Raises LawError with every fault found, each naming file, line and remedy.
    """
    content = read(path)
    if not isinstance(content, Block) or "instrument" not in content or "provisions" not in content:
        raise LawError(Finding("缺 instrument 或 provisions", f"{path}:1", "文件须有这两个顶层键"))
    if not isinstance(content["provisions"], Rows):
        where = f"{path}:{content.line_of('provisions')}"
        raise LawError(Finding("provisions 不是条目的列表", where, "每条以“- id: …”开头"))
    instrument = _instrument(content["instrument"], f"{path}:{content.line_of('instrument')}")
    findings: list[Finding] = []
    seen: dict[str, int] = {}
    provisions = []
    for block, line in zip(content["provisions"], content["provisions"].lines, strict=True):
        where = f"{path}:{line}"
        faults = list(_faults(block, instrument, seen))
        findings += [Finding(what, where, remedy) for what, remedy in faults]
        if not faults:
            seen[block["id"]] = block.line
            provisions.append(_provision(block, instrument))
    if findings:
        raise LawError(findings)
    return Register(instrument, provisions)


def _instrument(block: Any, where: str) -> Instrument:
    if not isinstance(block, Block):
        raise LawError(Finding("instrument 不是键值", where, "写作 instrument: {id, number, title, issuer, issued}"))
    path = where.rsplit(":", 1)[0]
    missing = [key for key in ("id", "number", "title", "issuer", "issued") if not block.get(key)]
    if missing:
        raise LawError(Finding(f"文件信息缺 {'、'.join(missing)}", where, "请补齐"))
    days = ("issued", "effective", "until", "tasks_until")
    faulty = [key for key in days if block.get(key) is not None and not is_day(block[key])]
    if faulty:
        where_of = {key: f"{path}:{block.line_of(key)}" for key in faulty}
        raise LawError(Finding(f"{key} 不是日期：{block[key]}", where_of[key], _A_DAY) for key in faulty)
    if block.get("effect") and block["effect"] not in set(Effect):
        what = f"effect 不认识：{block['effect']}"
        raise LawError(Finding(what, f"{path}:{block.line_of('effect')}", f"可用：{'、'.join(Effect)}"))
    known = {key: block[key] for key in Instrument.__slots__ if key in block}
    rests_on = block.get("rests_on") or ()
    known["rests_on"] = (rests_on,) if isinstance(rests_on, str) else tuple(rests_on)
    known.setdefault("short", block["title"])
    return Instrument(**known)


def _faults(block: Any, instrument: Instrument, seen: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    if not isinstance(block, Block):
        yield "条目不是键值", "每条以“- id: …”开头"
        return
    for key in _NEEDED:
        if not block.get(key) and block.get(key) != 0:
            yield f"条目 {block.get('id', '（无编号）')} 缺 {key}", "请补上这一项"
    given = str(block.get("id", ""))
    if given and (not _ID.fullmatch(given) or not given.startswith(f"{instrument.id}-")):
        yield f"编号 {given} 不合写法", f"应以 {instrument.id}- 开头，小写字母、数字和连字符"
    if given in seen:
        yield f"编号 {given} 重复，第 {seen[given]} 行已有", "每条一个编号"
    if block.get("kind") and str(block["kind"]) not in KINDS:
        yield f"种类 {block['kind']} 不认识", f"可用：{'、'.join(KINDS)}"
    if block.get("at"):
        if not isinstance(block["at"], Block):
            yield "at 不是位置", "写作 {part: 3, section: 2}"
            return
        try:
            Place.of(block["at"])
        except LawError as error:
            yield from ((finding.what, finding.remedy) for finding in error.findings)


def _provision(block: Block, instrument: Instrument) -> Provision:
    who = block["who"] if isinstance(block["who"], list) else [block["who"]]
    return Provision(
        id=block["id"],
        instrument=instrument,
        place=Place.of(block["at"]),
        kind=block["kind"],
        who=tuple(str(name) for name in who),
        zh=str(block["zh"]),
        en=str(block["en"]),
        software=str(block["software"]),
        check=str(block["check"]),
        awaits=str(block.get("awaits", "")),
        unclear=str(block.get("unclear", "")),
    )
