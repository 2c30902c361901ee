"""Long work that a page puts off until the worker takes it."""

from dataclasses import asdict
from typing import Any

from django_tasks import task

from xianzhi.kernel import clock
from xianzhi.kernel.api import webhooks
from xianzhi.kernel.documents import batches, render
from xianzhi.kernel.exchange import delivery
from xianzhi.kernel.ledger import log
from xianzhi.kernel.ledger.verify import verify
from xianzhi.kernel.models import Batch, OfficialDocument

SHOWN = 200
"""Findings that are kept; a ledger that is wrong throughout needs no longer list."""


@task()
def verify_ledger(files: bool = False) -> dict[str, Any]:
    """Verifies the whole ledger; its result says when, of how many events, and what was found."""
    found = verify(files=files)
    return {
        "at": clock.now().isoformat(timespec="seconds"),
        "size": log.size(),
        "root": log.root(),
        "count": len(found),
        "findings": [asdict(finding) for finding in found[:SHOWN]],
    }


@task()
def render_document(pk: int) -> None:
    """Sets the PDF of a document, unless it is there."""
    render.pdf_of(OfficialDocument.objects.get(pk=pk))


@task()
def run_batch(pk: int) -> None:
    """Makes the documents of a batch that are still missing."""
    batches.run(Batch.objects.get(pk=pk))


@task()
def deliver_messages() -> int:
    """Sends what is due to other units' systems; gives how many messages were answered."""
    return delivery.deliver()


@task()
def deliver_webhooks(pk: int) -> int:
    """Sends what is due to one subscription; gives how many deliveries arrived."""
    return webhooks.deliver(pk)
