"""Whether a message comes at its turn: what is true of a case now, may become true, or can no longer."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from xianzhi.kernel import door
from xianzhi.kernel.exchange.contracts import Differs, Done, Message, NotTaken, Waits
from xianzhi.kernel.exchange.signing import digest
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Attachment, Case, Event, Material, Partner
from xianzhi.law.procedure import Procedure, Step


def may_come(procedure: type[Procedure], state: str, step: Step) -> bool:
    """Whether a case that stands in a state can still come to where a step begins."""
    reached, ahead = set(), {state}
    while ahead:
        here = ahead.pop()
        reached.add(here)
        for one in procedure.steps.values():
            if here in one.source_names and (there := one.target_from(here)) not in reached:
                ahead.add(there)
    return bool(reached & step.source_names)


def take(message: Message, case: Case, step: Step, data: dict[str, Any], *papers: Upload) -> Done:
    """Takes a step for a message. Raises Waits where its turn has yet to come, NotTaken where it never will, and the
    door's Refused with every reason."""
    step = case.procedure.steps[step.name]
    if case.state not in step.source_names:
        shown = case.state_shown.zh
        if may_come(case.procedure, case.state, step):
            raise Waits(f"{case.number}现为“{shown}”，还没有轮到“{step.zh}”")
        raise NotTaken(f"{case.number}现为“{shown}”，不能再办“{step.zh}”")
    key = f"exchange:{digest(f'{message.partner.pk} {message.kind} {message.key} {message.version}'.encode())}"
    event = door.take_step(case, step, by=message.by, on=message.on, data=data, materials=papers, key=key)
    return Done(event)


def once(message: Message, case: Case, step: Step, data: dict[str, Any], zh: str) -> Done:
    """Takes a step that is taken once for a case. Where it was taken already, by hand or by another message, the
    message confirms it, or shows the difference."""
    before = case.events.filter(step_name=step.name).order_by("-seq").first()
    if before is None:
        return take(message, case, step, data)
    return confirm(before, data, {name: field.zh for field in step.asks if (name := field.name) in data}, zh)


def confirm(
    before: Event, told: dict[str, Any], words: dict[str, str], zh: str, same: Callable[[Any, Any], bool] | None = None
) -> Done:
    """What a message tells against what an event recorded. Raises Differs."""
    alike = same or (lambda ours, theirs: str(ours or "") == str(theirs or ""))
    differs = [
        {"zh": words[name], "ours": str(before.data.get(name) or ""), "theirs": str(told[name] or "")}
        for name in words
        if not alike(before.data.get(name), told[name])
    ]
    if differs:
        raise Differs(f"{zh}已有记录，与来文不同", differs, before.case)
    return Done(words=f"与已有的{zh}相符", case=before.case)


def attached(partner: Partner, case: Case, sm3: str, kind: str) -> tuple[Upload, ...]:
    """The file that a message names by its digest, to hand in as a material; none where the case has it already.
    Raises Waits until it comes."""
    if Material.objects.filter(case=case, kind=kind, sm3=sm3).exists():
        return ()
    kept = Attachment.objects.filter(partner=partner, sm3=sm3).first()
    if kept is None:
        raise Waits(f"附件还没有到（摘要 {sm3[:12]}…）")
    return (Upload(kind, kept.name, BytesIO(bytes(kept.content))),)


def used_up(partner: Partner, sm3: str) -> None:
    """Forgets a file that a case now holds."""
    Attachment.objects.filter(partner=partner, sm3=sm3).delete()
