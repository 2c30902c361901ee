"""What the pages read: the work that waits, and lists of cases. Each answers in a fixed number of queries."""

from typing import Any

from xianzhi.kernel import scope
from xianzhi.kernel.models import Case


def waiting_for(account: Any):
    """The open cases in which some step waits for the account."""
    return Case.objects.visible_to(account).open().filter(scope.work_of(account))


def count_of_work(account: Any, *, most: int) -> int:
    """How many cases wait for the account, counted no further than `most`."""
    if account is None or not account.is_authenticated or account.duty:
        return 0
    return len(waiting_for(account).order_by().values_list("pk", flat=True)[:most])
