"""When a document may be read in, leave the review, be signed and be put to use. Frozen facts in, a Decision out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xianzhi.law.decision import Decision, Reason
from xianzhi.law.parameters import Parameters


@dataclass(frozen=True, slots=True)
class ReceiveFacts:
    """A document of a file that somebody hands in."""

    found: bool
    """Whether the file holds such a document."""
    number: str
    """Its document number; empty where it has none."""
    taken_by: str
    """The case in which a document of that number is under review or in use; empty where there is none."""


def may_receive(facts: ReceiveFacts, p: Parameters) -> Decision:
    """A document is read in unless its number is taken already. [gazette-1-2]"""
    reasons = [_about("gazette-1-1", facts.found, "文件里有这份文件", "文件里没有这份文件", "请重新读入")]
    used = {"文号": facts.number or "无", "已有办件": facts.taken_by or "无"}
    taken = f"{facts.number} 已在 {facts.taken_by} 中校核或使用"
    cure = "由县政府办决定用哪一份：先撤下原来的，或在原来的办件中更正"
    reasons.append(_about("gazette-1-2", not facts.taken_by, "文号没有重复", taken, cure, used))
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class FinishFacts:
    """How far the review of a document is."""

    items: int
    doubtful: int
    open: int
    """Doubtful items that the reviewer has not decided."""
    corrected: int
    digest: str
    """SM3 of the text and of what was read, as decided."""


def may_finish(facts: FinishFacts, p: Parameters) -> Decision:
    """A review ends when no doubtful item is open. [gazette-2-1]"""
    used = {
        "读出": facts.items, "存疑": facts.doubtful, "未处理": facts.open, "更正": facts.corrected,
        "摘要": facts.digest,
    }  # fmt: skip
    left = f"还有 {facts.open} 项存疑没有处理"
    return Decision.judge(
        [_about("gazette-2-1", not facts.open, "存疑各项都已处理", left, "逐项确认、更正或排除", used)]
    )


@dataclass(frozen=True, slots=True)
class ConfirmFacts:
    """What the second person has before signing."""

    blind: bool
    """Whether two people decide apart."""
    open: int
    """Doubtful items that the second person has not decided, where both decide."""
    differing: int
    digest: str


def may_confirm(facts: ConfirmFacts, p: Parameters) -> Decision:
    """A document is signed when, where two decide, both have and agree. [gazette-2-2, gazette-2-3]"""
    reasons = [Reason("另一人校核完毕", "gazette-2-2", {"摘要": facts.digest}, True)]
    if facts.blind:
        used = {"未判定": facts.open, "不一致": facts.differing}
        left = f"规范性文件由两人分别判定，还有 {facts.open} 项您没有判定"
        reasons.append(_about("gazette-2-3", not facts.open, "两人都已判定", left, "到校核页逐项判定", used))
        apart = f"两人的判定有 {facts.differing} 项不一致"
        same = facts.open > 0 or not facts.differing
        reasons.append(_about("gazette-2-3", same, "两人的判定一致", apart, "改为一致，或退回校核", used))
    return Decision.judge(reasons)


@dataclass(frozen=True, slots=True)
class PublishFacts:
    """A signed document that is to be put to use."""

    title: str
    dated: bool
    taken_by: str
    """The case in which a document of the same number is in use; empty where there is none."""


def may_publish(facts: PublishFacts, p: Parameters) -> Decision:
    """A signed document is put to use under a number of its own. [gazette-3-1]"""
    return Decision.judge(
        [
            _about("gazette-3-1", bool(facts.title), "有标题", "没有标题", "退回校核，补上标题"),
            _about("gazette-3-1", facts.dated, "有成文日期", "没有成文日期", "退回校核，补上成文日期"),
            _about(
                "gazette-1-2", not facts.taken_by, "文号没有别的文件使用", f"文号已由 {facts.taken_by} 使用",
                "由县政府办决定用哪一份",
            ),
        ]
    )  # fmt: skip


def _about(cites: str, holds: bool, yes: str, no: str, cure: str, used: Mapping[str, object] | None = None) -> Reason:
    return Reason(yes if holds else no, cites, used or {}, holds, "" if holds else cure)


NAMES = {
    "may_receive": "能否读入", "may_finish": "能否结束校核", "may_confirm": "能否签发", "may_publish": "能否启用",
}  # fmt: skip
"""What officials call each rule."""
