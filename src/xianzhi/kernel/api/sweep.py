"""What the API need not keep: old counts of requests, files sent ahead and never handed in, old deliveries."""

from xianzhi.kernel import clock
from xianzhi.kernel.api import rates, webhooks
from xianzhi.kernel.materials import ORPHAN_AFTER
from xianzhi.kernel.models import IncomingFile


def sweep() -> int:
    """Removes it; gives the number of rows."""
    old, _ = IncomingFile.objects.filter(at__lt=clock.now() - ORPHAN_AFTER).delete()
    return old + rates.sweep() + webhooks.sweep()
