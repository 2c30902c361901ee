"""What the page of a case shows of a reading."""

from typing import Any

from django.http import HttpRequest

from xianzhi.apps.gazette.models import Role
from xianzhi.apps.gazette.procedures import Reading
from xianzhi.apps.gazette.services import review
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.panels import panel


@panel(Reading, order=10)
def reading(request: HttpRequest, case: Case) -> dict[str, Any] | None:
    """Where the review is done, and how much of it is left."""
    found = getattr(case, "reading", None)
    if found is None:
        return None
    role = Role.SECOND if case.state == "reviewed" and review.blind(found) else Role.FIRST
    left = len(review.open_items(found, role))
    return {"template": "gazette/panels/reading.html", "context": {"reading": found, "left": left}}
