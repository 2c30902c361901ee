"""Writing the record of sign-ins and accounts."""

from typing import Any

from django.http import HttpRequest

from xianzhi.kernel import clock
from xianzhi.kernel.access.address import address_of
from xianzhi.kernel.models.access import AGENT_LENGTH, AccessRecord

What = AccessRecord.What
_LONGEST = 200


def record(
    what: str, account: Any = None, *, by: Any = None, request: HttpRequest | None = None, detail: str = ""
) -> AccessRecord:
    """Writes down what happened to an account. by: who did it, where that was another one.

    detail: our own words, never something that was typed at the door.
    """
    return AccessRecord.objects.create(
        at=clock.now(), what=what, account=account, by=by, detail=detail[:_LONGEST],
        address=(address_of(request) or None) if request else None, agent=agent_of(request) if request else "",
    )  # fmt: skip


def agent_of(request: HttpRequest) -> str:
    """What the browser calls itself."""
    return "".join(char for char in request.META.get("HTTP_USER_AGENT", "")[:AGENT_LENGTH] if char.isprintable())
