"""Documents as accounts may see them: those of the cases in their scope, and what their own unit made in batches."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from xianzhi.kernel import registry, scope
from xianzhi.kernel.models import Account, Batch, Case, OfficialDocument, Unit

MARKS = {"in_force": "ok", "superseded": "idle", "revoked": "no"}
"""By standing: how its mark looks."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which documents to list. `before` is the id of the last one of the page before."""

    text: str = ""
    kind: str = ""
    unit: str = ""
    standing: str = ""
    since: date | None = None
    until: date | None = None
    before: int | None = None


def visible_to(account: Account) -> QuerySet[OfficialDocument]:
    """The documents that an account may see."""
    found = OfficialDocument.objects.all()
    if account.is_authenticated and account.is_active and account.duty == "audit":
        return found
    seen = Q(case__in=Case.objects.visible_to(account))
    units = [post.unit_id for post in scope.posts_of(account)]
    return found.filter(seen | Q(case=None, unit_id__in=units)) if units else found.filter(seen)


def find(account: Account, wanted: Wanted) -> QuerySet[OfficialDocument]:
    """The documents that are wanted, the newest first."""
    found = visible_to(account).select_related("case", "unit").prefetch_related("changes").order_by("-pk")
    if wanted.text:
        found = found.filter(Q(number__icontains=wanted.text) | Q(case__title__icontains=wanted.text))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.unit:
        found = found.filter(unit__code=wanted.unit)
    if wanted.standing == "in_force":
        found = found.filter(changes=None)
    elif wanted.standing:
        found = found.filter(changes__standing=wanted.standing).distinct()
    if wanted.since:
        found = found.filter(issued_on__gte=wanted.since)
    if wanted.until:
        found = found.filter(issued_on__lte=wanted.until)
    return found.filter(pk__lt=wanted.before) if wanted.before else found


def issuing_units(account: Account) -> QuerySet[Unit]:
    """The units whose documents an account may see."""
    return Unit.objects.filter(pk__in=visible_to(account).order_by().values("unit_id")).order_by("division", "code")


def kinds_for(account: Account) -> Iterator[tuple[str, str]]:
    """(name, zh) of the kinds of which an account may see one."""
    names = set(visible_to(account).order_by().values_list("kind", flat=True).distinct())
    for name in sorted(names):
        kind = registry.documents.get(name)
        yield name, kind.zh if kind else name


def batches_for(account: Account) -> QuerySet[Batch]:
    """The batches of the account's own units; the auditor sees all."""
    found = Batch.objects.select_related("unit", "by")
    if account.is_authenticated and account.duty == "audit":
        return found
    return found.filter(unit_id__in=[post.unit_id for post in scope.posts_of(account)])


def by_code(code: str) -> OfficialDocument | None:
    """The document with a verification code, however it was typed."""
    plain = "".join(one for one in code.upper() if one.isalnum())
    found = OfficialDocument.objects.select_related("unit").filter(code=plain)
    return found.first() if plain else None


def same_number(document: OfficialDocument, number: str) -> bool:
    """Whether a number as somebody typed it is the document's: brackets and blanks do not matter."""
    return _bare(number) == _bare(document.number)


def _bare(number: str) -> str:
    return "".join(one for one in number if one.isalnum())


def has_digest(document: OfficialDocument, digest: Any) -> bool:
    """Whether a digest, SM3 or SHA-256, is that of the document's PDF."""
    wanted = "".join(str(digest).lower().split())
    return bool(wanted) and wanted in (document.pdf_sha256, document.pdf_sm3)
