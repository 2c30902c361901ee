"""The force of documents: superseded by a newer one, revoked by a step, or by a post of the unit that issued it."""

from datetime import date
from typing import Any

from django.db import transaction

from xianzhi.kernel import clock, scope
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models.accounts import Account
from xianzhi.kernel.models.cases import Event
from xianzhi.kernel.models.documents import DocumentChange, OfficialDocument, Standing
from xianzhi.kernel.rules import StandingFacts, standing_may_change
from xianzhi.law.decision import Decision, Reason
from xianzhi.law.parameters import Parameters

_LONGEST = DocumentChange._meta.get_field("reason").max_length


class NotChanged(Exception):
    """A document whose force may not be changed so, with all the reasons."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        super().__init__("；".join(reason.text for reason in reasons))


def revoke(document: OfficialDocument, *, by: Account, reason: str, on: date | None = None) -> DocumentChange:
    """Revokes a document, by a post of the unit that issued it. Raises NotChanged with all reasons."""
    return _change(document, str(Standing.REVOKED), by, reason, on, None)


def supersede(
    document: OfficialDocument, successor: OfficialDocument, *, by: Account, reason: str, on: date | None = None
) -> DocumentChange:
    """Puts another document in the place of one, by a post of the unit that issued it. Raises NotChanged."""
    return _change(document, str(Standing.SUPERSEDED), by, reason, on, successor)


def may_change(document: OfficialDocument, by: Account) -> bool:
    """Whether somebody may revoke or supersede a document, as far as that can be said before he gives a reason."""
    return not standing_may_change(_facts(document, by, None, None, None), Parameters()).refused


def _change(
    document: OfficialDocument, to: str, by: Account, reason: str, on: date | None,
    successor: OfficialDocument | None,
) -> DocumentChange:  # fmt: skip
    on, reason = on or clock.today(), " ".join(reason.split())
    with transaction.atomic():
        locked = OfficialDocument.objects.select_for_update().get(pk=document.pk)
        decision: Decision = standing_may_change(_facts(locked, by, reason, on, successor), Parameters())
        if decision.refused:
            raise NotChanged(decision.failing or decision.reasons)
        return _write(locked, to, reason, on, by=by, successor=successor)


def _facts(
    document: OfficialDocument, by: Account, reason: str | None, on: date | None, successor: OfficialDocument | None
) -> StandingFacts:
    """What the rule looks at; what was not entered yet is None."""
    return StandingFacts(
        issuer=document.unit.name,
        held=any(post.unit_id == document.unit_id for post in scope.posts_of(by)),
        standing=str(Standing(document.standing).label),
        in_force=document.standing == Standing.IN_FORCE,
        reason=reason,
        longest=_LONGEST,
        on=on,
        issued_on=document.issued_on,
        today=clock.today(),
        other=successor.number if successor else "",
        other_fits=successor is None or (successor.pk != document.pk and successor.kind == document.kind
                                         and successor.standing == Standing.IN_FORCE),
    )  # fmt: skip


def revoke_all(event: Event, kind: str, reason: str) -> None:
    """Revokes the documents of a kind that a case holds and that are in force: for a step that says so."""
    for document in _in_force(event, kind):
        _write(document, str(Standing.REVOKED), reason, event.on, by=event.by, event=event)


def supersede_former(made: OfficialDocument, event: Event) -> None:
    """The documents of the same kind in the same case give way to the one just issued."""
    for document in _in_force(event, made.kind):
        if document.pk != made.pk:
            reason = f"另发新的{made.zh}"
            _write(document, str(Standing.SUPERSEDED), reason, event.on, by=event.by, event=event, successor=made)


def _in_force(event: Event, kind: str) -> list[OfficialDocument]:
    return list(OfficialDocument.objects.filter(case_id=event.case_id, kind=kind, changes=None).order_by("pk"))


def _write(document: OfficialDocument, to: str, reason: str, on: date, **rest: Any) -> DocumentChange:
    last = document.changes.order_by("-pk").first()
    made = DocumentChange(
        document=document, standing=to, reason=reason[:_LONGEST], on=on, at=clock.now(),
        prev=last.hash if last else document.hash, **rest,
    )  # fmt: skip
    made.hash = link(made)
    made.save(force_insert=True)
    return made


def link(change: DocumentChange) -> str:
    """The hash of a change that follows `prev`: the document's own, or that of the change before."""
    body = {
        "document": change.document_id,
        "standing": str(change.standing),
        "reason": change.reason,
        "on": change.on.isoformat(),
        "by": change.by_id,
        "event": change.event_id,
        "successor": change.successor_id,
    }
    return chain.link(change.prev, body)
