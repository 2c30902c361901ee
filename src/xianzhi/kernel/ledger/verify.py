"""Verifying the whole ledger against itself: chains, states, procedures, materials, log, nodes and checkpoints.

What the columns say today is hashed again and compared with what was hashed then. It streams, so that a ledger of any
size needs the memory of one case.
"""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash

from xianzhi.kernel import registry
from xianzhi.kernel.documents.check import findings as document_findings
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.ledger.snapshot import CHUNK, ByCase, snapshot
from xianzhi.kernel.ledger.verify_log import RESTORE, log_findings
from xianzhi.kernel.materials import path_of
from xianzhi.kernel.models import Case, Event, Material
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.kernel.money.check import findings as money_findings
from xianzhi.kernel.personal.looks import look_findings
from xianzhi.law.errors import Finding

Progress = Callable[[int, int], None]
"""Told how many events are done, of how many."""


def verify(progress: Progress | None = None, *, files: bool = False) -> list[Finding]:
    """Everything in the ledger that does not agree with itself; nothing when all is well.

    files: read every file of a material again and compare its digest.
    """
    return list(findings(progress, files=files))


def findings(progress: Progress | None = None, *, files: bool = False) -> Iterator[Finding]:
    """As `verify`, one by one as they are found."""
    with snapshot():
        try:
            yield from _cases(progress or (lambda done, total: None), files)
        except ValueError:
            unreadable = list(_unreadable())
            if not unreadable:
                raise
            yield from unreadable
        yield from log_findings()
        yield from look_findings()
        yield from money_findings()
        yield from document_findings(files=files)


def _unreadable() -> Iterator[Finding]:
    """The events with a column that no longer holds what its type wants; they stop the reading of all others."""
    for pk, number, seq in Event.objects.order_by("pk").values_list("pk", "case__number", "seq").iterator():
        try:
            Event.objects.get(pk=pk)
        except ValueError:
            yield Finding("有一列无法读取，写入后被改动；其余办件未能核验", f"办件 {number} 第 {seq} 条", RESTORE)


def _cases(progress: Progress, files: bool) -> Iterator[Finding]:
    total, done, told = Event.objects.count(), 0, 0
    events = ByCase(Event.objects.order_by("case_id", "seq"))
    materials = ByCase(Material.objects.order_by("case_id", "id"))
    for case in Case.objects.order_by("pk").iterator(chunk_size=CHUNK):
        own = events.of(case.pk)
        yield from _chain(case, own)
        yield from _end(case, own)
        yield from _materials(case, own, materials.of(case.pk), files)
        done += len(own)
        if done - told >= CHUNK:
            progress(done, total)
            told = done
    progress(done, total)


def at(case: Case, seq: int) -> str:
    """How a finding names an event."""
    return f"办件 {case.number} 第 {seq} 条"


def _chain(case: Case, events: list[Event]) -> Iterator[Finding]:
    prev, state, seq = GENESIS, "start", 0
    for event in events:
        event.case = case
        if event.seq != seq + 1:
            missing = f"缺第 {seq + 1} 条" if event.seq == seq + 2 else f"缺第 {seq + 1} 至 {event.seq - 1} 条"
            yield Finding(f"办理记录不连续，{missing}", f"办件 {case.number}", RESTORE)
        elif event.prev != prev:
            yield Finding("prev 与上一条的 hash 不符，两条之间有改动", at(case, event.seq), RESTORE)
        if not _same(event.hash, event):
            also = "（或办件的编号、事项、主体、地点等被改动）" if event.seq == 1 else ""
            yield Finding(f"内容与自身的 hash 不符，写入后被改动{also}", at(case, event.seq), RESTORE)
        yield from _move(case, event, state)
        prev, state, seq = event.hash, event.to_state, event.seq


def _same(stated: str, event: Event) -> bool:
    try:
        return stated == chain.link(event.prev, chain.body_of(event))
    except (TypeError, ValueError, AttributeError):  # a column that no longer holds what it must
        return False


def _move(case: Case, event: Event, state: str) -> Iterator[Finding]:
    """The event begins where the one before ended, and goes as its step is declared."""
    where = at(case, event.seq)
    if event.from_state != state:
        yield Finding(f"从“{event.from_state}”开始，而上一条到“{state}”为止", where, RESTORE)
    procedure = registry.procedures.get(case.procedure_name)
    if procedure is None:
        if event.seq == 1:
            yield Finding(f"办理流程 {case.procedure_name} 没有登记", f"办件 {case.number}", "启用登记它的服务后再核验")
        return
    step = procedure.steps.get(event.step_name)
    if step is None or step.event != event.name:
        yield Finding(f"办理流程 {procedure.name} 没有步骤 {event.step_name}（{event.name}）", where, RESTORE)
    elif event.from_state not in step.source_names or event.to_state != step.target_from(event.from_state):
        yield Finding(f"“{step.zh}”不能从“{event.from_state}”到“{event.to_state}”", where, RESTORE)


def _end(case: Case, events: list[Event]) -> Iterator[Finding]:
    """The case stands where its last event left it."""
    if not events:
        yield Finding("没有任何办理记录", f"办件 {case.number}", RESTORE)
        return
    last = events[-1]
    procedure = registry.procedures.get(case.procedure_name)
    state = procedure.states.get(last.to_state) if procedure else None
    stands = {"状态": case.state, "序号": case.seq, "链尾": case.head}
    ought = {"状态": last.to_state, "序号": last.seq, "链尾": last.hash}
    if state is not None:
        arrived = next((event.on for event in reversed(events) if event.from_state != event.to_state), None)
        stands["办结日期"], ought["办结日期"] = case.closed_on, arrived if state.final else None
    for name, value in stands.items():
        if value != ought[name]:
            what = f"办件的{name}（{_shown(value)}）与最后一条办理记录（{_shown(ought[name])}）不符"
            yield Finding(what, at(case, last.seq), RESTORE)


def _shown(value: Any) -> str:
    return "无" if value is None else str(value)


def _materials(case: Case, events: list[Event], rows: list[Material], files: bool) -> Iterator[Finding]:
    """Every material that an event states is there, and no other."""
    left: dict[Any, list[Material]] = {}
    for row in rows:
        left.setdefault((row.event_seq, row.kind, row.name, row.sm3), []).append(row)
    for event in events:
        for stated in event.materials if isinstance(event.materials, list) else ():
            same = left.get((event.seq, stated.get("kind"), stated.get("name"), stated.get("sm3")))
            if same:
                yield from _file(case, same.pop(), files)
            else:
                yield Finding(f"材料“{stated.get('name')}”没有登记", at(case, event.seq), RESTORE)
    for row in (row for same in left.values() for row in same):
        yield Finding(f"材料“{row.name}”不在办理记录中", at(case, row.event_seq), RESTORE)


def _file(case: Case, row: Material, files: bool) -> Iterator[Finding]:
    path, where = path_of(row.sha256), at(case, row.event_seq)
    if not path.is_file():
        yield Finding(f"材料“{row.name}”的文件不在：{path}", where, "从备份中恢复该文件")
    elif path.stat().st_size != row.size or (files and _digests(path) != (row.sha256, row.sm3)):
        yield Finding(f"材料“{row.name}”的文件与登记的摘要不符：{path}", where, "从备份中恢复该文件")


def _digests(path: Any) -> tuple[str, str]:
    sha256, sm3 = hashlib.sha256(), Hash(SM3())
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            sha256.update(block)
            sm3.update(block)
    return sha256.hexdigest(), sm3.finalize().hex()
