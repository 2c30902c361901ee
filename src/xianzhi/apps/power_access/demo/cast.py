"""Small helpers of the walks: who acts, what is handed in, which working day comes next."""

import io
from datetime import date, timedelta
from functools import cache
from typing import Any

from xianzhi.kernel import clock, door
from xianzhi.kernel.county import county
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Account, Case, Event, Post
from xianzhi.law.procedure import Procedure

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 45>>stream
BT /F 24 Tf 72 760 Td (SAMPLE MATERIAL) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
%%EOF
"""


@cache
def holder(post: str, unit: str = "") -> Account:
    """The demonstration account that holds a post, at a unit where several do."""
    function, _, role = post.partition(".")
    posts = Post.objects.filter(function=function, role=role)
    return (posts.filter(unit__code=unit) if unit else posts).order_by("id").first().account


def forget_holders() -> None:
    """Accounts are those of one database: a second load begins anew."""
    holder.cache_clear()


def paper(kind: str, name: str) -> Upload:
    return Upload(kind, f"{name}.pdf", io.BytesIO(PDF))


def take(case: Case, step: str, post: str | Account, *papers: Upload, **data: Any) -> Event:
    """Takes a step today, by whoever holds a post."""
    by = holder(post) if isinstance(post, str) else post
    return door.take_step(case, step, by=by, data=data, materials=papers)


def after(days: int, *, since: date | None = None) -> date:
    """The working day so many working days after today."""
    return county().calendar.add_working_days(since or clock.today(), max(1, days))


def back(days: int) -> date:
    return clock.today() - timedelta(days=days)


def child(project: Case, procedure: type[Procedure]) -> Case:
    """The newest case of a procedure below a project."""
    return Case.objects.filter(parent=project, procedure_name=procedure.name).latest("id")
