"""What was being entered when a session ended: kept, encrypted, until the same account has signed in again.

It lies in the anonymous session that takes the place of the ended one, so it goes with the browser and ends with the
day. Files are not kept; they have to be chosen again.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from xianzhi.kernel import clock
from xianzhi.kernel.access.seal import BadSeal, seal, unseal

_NAME, _PURPOSE = "kept_form", "kept"
MOST = 262_144
"""Characters; a longer form is not kept."""
_NOT_KEPT = frozenset({"csrfmiddlewaretoken", "password", "old", "new", "again", "code"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A form as it was sent: to which address, when (ISO), its fields in order, how many files went with it."""

    owner: int
    path: str
    at: str
    fields: tuple[tuple[str, str], ...]
    files: int


def keep(request: HttpRequest, owner: int) -> bool:
    """Keeps what was posted for an account (by its id); whether that could be done."""
    fields = [(name, value) for name, values in request.POST.lists() for value in values if name not in _NOT_KEPT]
    kept = [owner, request.get_full_path(), clock.now().isoformat(timespec="minutes"), fields, len(request.FILES)]
    text = json.dumps(kept, ensure_ascii=False)
    if not fields or len(text) > MOST:
        return False
    request.session[_NAME] = seal(text, _PURPOSE)
    return True


def kept_for(request: HttpRequest) -> Kept | None:
    """What is kept for whoever is signed in; what is another's is thrown away."""
    sealed: Any = request.session.get(_NAME)
    if not sealed or not request.user.is_authenticated:
        return None
    try:
        owner, path, at, fields, files = json.loads(unseal(sealed, _PURPOSE))
    except BadSeal:
        forget(request)
        return None
    if owner != request.user.pk:
        forget(request)
        return None
    return Kept(owner, path, at, tuple((name, value) for name, value in fields), files)


def sent(request: HttpRequest) -> None:
    """Forgets what is kept when it is sent to its address again."""
    if _NAME in request.session and (kept := kept_for(request)) and kept.path == request.get_full_path():
        forget(request)


def forget(request: HttpRequest) -> None:
    request.session.pop(_NAME, None)
