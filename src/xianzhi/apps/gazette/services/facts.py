"""What the rules are told."""

from xianzhi.apps.gazette.models import Reading, Role, Verdict
from xianzhi.apps.gazette.rules import ConfirmFacts, FinishFacts, PublishFacts, ReceiveFacts
from xianzhi.apps.gazette.services import review
from xianzhi.apps.gazette.services.intake import document_of
from xianzhi.kernel import door, registry

_OVER = "withdrawn"


@registry.gathers
def receive_facts(attempt: door.Attempt) -> ReceiveFacts:
    _file, document, found = document_of(attempt.data["file"], attempt.data["index"])
    number = (found.get("doc_number") or "") if document else ""
    return ReceiveFacts(document is not None, number, _holder(number))


def _holder(number: str, *, except_for: int | None = None) -> str:
    """The case in which a document of that number is under review or in use."""
    if not number:
        return ""
    others = Reading.objects.filter(number=number).exclude(case__state=_OVER).exclude(case_id=except_for)
    return others.values_list("case__number", flat=True).first() or ""


@registry.gathers
def finish_facts(attempt: door.Attempt) -> FinishFacts:
    reading = attempt.case.reading
    answers = review.answers_of(reading, Role.FIRST)
    return FinishFacts(
        items=reading.items.count(),
        doubtful=reading.items.exclude(doubt="").count(),
        open=len(review.open_items(reading, Role.FIRST)),
        corrected=sum(one.verdict != Verdict.ACCEPT for one in answers.values()),
        digest=review.digest(reading),
    )


@registry.gathers
def confirm_facts(attempt: door.Attempt) -> ConfirmFacts:
    reading = attempt.case.reading
    apart = review.blind(reading)
    left = len(review.open_items(reading, Role.SECOND)) if apart else 0
    return ConfirmFacts(apart, left, len(review.differing(reading)), review.digest(reading))


@registry.gathers
def publish_facts(attempt: door.Attempt) -> PublishFacts:
    reading = attempt.case.reading
    heads = {one.item.key: one.value["value"] for one in review.decided(reading) if one.item.kind == "head"}
    number = heads["head-doc_number"] or ""
    return PublishFacts(
        heads["head-title"] or "", bool(heads["head-date"]), _holder(number, except_for=attempt.case.pk)
    )
