"""What tests of the door look at: everything that is written, and whether a case's events fit together."""

from pathlib import Path
from typing import Any

from django.conf import settings

from xianzhi.kernel import door
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models import (
    Case,
    Event,
    Material,
    MoneyAccount,
    MoneyEntry,
    MoneyLine,
    PendingLeaf,
    SearchText,
    Series,
)
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.law.procedure import START


def written() -> tuple[object, ...]:
    """Everything that a step may write."""
    return (
        list(Case.objects.order_by("pk").values()),
        list(Event.objects.order_by("pk").values()),
        list(Material.objects.order_by("pk").values()),
        *(list(model.objects.order_by("pk").values()) for model in (MoneyAccount, MoneyEntry, MoneyLine)),
        PendingLeaf.objects.count(),
        SearchText.objects.count(),
        list(Series.objects.order_by("name", "year").values("name", "year", "last")),
        [path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()],
    )


def refusal(*args: Any, **kwargs: Any) -> door.Refused:
    """Takes a step that must be refused, with citable reasons and without a trace."""
    before = written()
    try:
        door.take_step(*args, **kwargs)
    except door.Refused as refused:
        assert written() == before
        assert refused.reasons
        assert all(reason.text and reason.cites and not reason.holds for reason in refused.reasons)
        return refused
    raise AssertionError("not refused")


def texts(refused: door.Refused) -> str:
    return "；".join(reason.text for reason in refused.reasons)


def chain_faults(case: Case) -> list[str]:
    """What does not fit: a gap, a broken chain, an undeclared step, a case that stands apart from its last event."""
    case = Case.objects.get(pk=case.pk)
    found, prev, state = [], GENESIS, START.name
    events = list(Event.objects.filter(case=case).order_by("seq"))
    for place, event in enumerate(events, start=1):
        step = case.procedure.steps.get(event.step_name)
        if event.seq != place or event.prev != prev or event.hash != chain.link(prev, chain.body_of(event)):
            found.append(f"{event}: chain")
        if step is None or event.from_state not in step.source_names or event.from_state != state:
            found.append(f"{event}: from {event.from_state}, the case was in {state}")
        elif event.to_state != step.target_from(event.from_state) or event.name != step.event:
            found.append(f"{event}: to {event.to_state}")
        prev, state = event.hash, event.to_state
    if not events or (case.seq, case.head, case.state, case.moved_on) != (len(events), prev, state, events[-1].on):
        found.append(f"{case}: stands apart from its last event")
    return found
