"""What was read, as things to look at: each with its place, how sure it is, and why a person is asked, if one is."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from xianzhi.apps.gazette.models import Kind
from xianzhi.apps.gazette.reader.naming import is_normative
from xianzhi.apps.gazette.services.organs import GROUP, ONE, UNKNOWN, Organs

SURE, RULE, GUESS, NONE = "1.0", "0.8", "0.6", "0.0"
REPORT = "work_report"
NORMATIVE, DEPLOYING, REPORTING, OTHER = "规范性文件", "工作部署", "政府工作报告", "其他"
KINDS = (NORMATIVE, DEPLOYING, REPORTING, OTHER)
HEADS = {
    "title": "标题", "doc_number": "文号", "issuer": "发文机关", "date": "成文日期", "addressees": "主送",
    "kind": "种类", "effect": "施行",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """An item before it is stored."""

    key: str
    kind: Kind
    span: tuple[int, int]
    found: dict[str, Any]
    confidence: str = RULE
    doubt: str = ""


Whose = Callable[[int, int], tuple[str, ...]]
"""Who acts by our register in a stretch of the source; nobody where the document has no register."""


def drafts(document: dict[str, Any], organs: Organs, whose: Whose = lambda start, end: ()) -> list[Draft]:
    """Every item of a document, in the order of the page."""
    return [*_heads(document), *_units(document, organs), *_tasks(document, organs, whose), *_findings(document),
            *_unread(document)]  # fmt: skip


def kind_of(document: dict[str, Any]) -> str:
    """规范性文件 by its number, 政府工作报告 by its form, else 工作部署."""
    if document["doc_type"] == REPORT:
        return REPORTING
    number = document["doc_number"] or ""
    return NORMATIVE if is_normative(number) else DEPLOYING if number else OTHER


def _heads(document: dict[str, Any]) -> Iterator[Draft]:
    values = {name: document.get(name) for name in HEADS} | {"kind": kind_of(document)}
    values["effect"] = {name: document["effect"][name] for name in ("effect", "effective", "until", "years", "trial")}
    report = document["doc_type"] == REPORT
    span = (document["span"][0], document["span"][0])
    for name, label in HEADS.items():
        missing = not values[name] and not (report and name in ("doc_number", "addressees"))
        if name == "addressees" and not document["addressees"] and document["doc_type"] == "measures":
            missing = False  # a regulation or an order is addressed to everybody
        doubt = f"没有读到{label}" if missing else ""
        at = tuple(document["effect"]["span"] or span) if name == "effect" else span
        yield Draft(f"head-{name}", Kind.HEAD, at, {"value": values[name]}, NONE if doubt else SURE, doubt)


def _units(document: dict[str, Any], organs: Organs) -> Iterator[Draft]:
    """Each printed name once, whoever it means."""
    seen: dict[str, tuple[int, int]] = {}
    for act in document["acts"]:
        for name in (*act["units"], *act["units_proposed"]):
            seen.setdefault(name, tuple(act["span"]))
    for number, (name, span) in enumerate(seen.items()):
        meant = organs.meant(name)
        doubt = "县里没有叫这个名字的单位：指哪个单位，还是外单位、不是单位" if meant.kind == UNKNOWN else ""
        found = {"name": name, "kind": meant.kind, "units": list(meant.codes)}
        confidence = SURE if meant.kind == ONE else RULE if meant.kind != UNKNOWN else NONE
        yield Draft(f"unit-{number}", Kind.UNIT, span, found, confidence, doubt)


def _tasks(document: dict[str, Any], organs: Organs, whose: Whose) -> Iterator[Draft]:
    dated = date.fromisoformat(document["date"]) if document["date"] else None
    for number, act in enumerate(document["acts"]):
        task = document["obligations"][act["task"]] if act["task"] is not None else {}
        due = act["due"] or task.get("due")
        found = {
            "what": act["act"], "units": act["units"], "proposed": act["units_proposed"], "due": due,
            "due_text": task.get("due_text") or "", "strict_due": task.get("strict_due"),
            "implied": act["due_implied"] if not due else None, "modality": task.get("modality", "must"),
            "past": bool(due and dated and date.fromisoformat(due) < dated),
        }  # fmt: skip
        if not found["units"] and not _known(found["proposed"], organs):
            found["proposed"] = [name for name in whose(*act["span"]) if organs.meant(name).kind in (ONE, GROUP)]
        doubt = _doubt(document, found)
        proposed = not act["units"]
        confidence = GUESS if doubt or proposed else SURE if due else RULE
        yield Draft(f"task-{number}", Kind.TASK, tuple(act["span"]), found, confidence, doubt)


def _known(names: list[str], organs: Organs) -> bool:
    return any(organs.meant(name).kind in (ONE, GROUP) for name in names)


def _doubt(document: dict[str, Any], found: dict[str, Any]) -> str:
    """Why a person is asked about a task. A report names no units at all: its tasks wait to be handed out."""
    if found["strict_due"]:
        return f"“{found['due_text']}”有两种读法：{found['strict_due']} 或 {found['due']}"
    if document["doc_type"] == REPORT or found["units"]:
        return ""
    if found["proposed"]:
        return f"没有写明责任单位，拟由{'、'.join(found['proposed'])}办"[:200]
    return "没有写明责任单位：由哪个单位办，还是留待分解"


def _findings(document: dict[str, Any]) -> Iterator[Draft]:
    for number, one in enumerate(document["findings"]):
        span = tuple(one["span"]) or (document["span"][0],) * 2
        found = {"code": one["code"], "severity": one["severity"], "message": one["message"]}
        doubt = one["message"][:200] if one["severity"] != "note" else ""
        yield Draft(f"finding-{number}", Kind.FINDING, (span[0], span[1]), found, NONE if doubt else RULE, doubt)


def _unread(document: dict[str, Any]) -> Iterator[Draft]:
    for number, one in enumerate(document["sentences"]):
        if one["label"] == "unread":
            doubt = "这一句没有读懂：是任务还是别的"
            yield Draft(f"sentence-{number}", Kind.SENTENCE, tuple(one["span"]), {"label": "unread"}, NONE, doubt)
