"""`Sealed`: a personal value that is text, and the text is always the masked one.

Whatever prints it, formats it, joins it, writes it as JSON or into a sheet gets 140***********0019, because that is all
the string holds. The rest is opened on purpose only: by `opening.reveal`, which records it, or by `opened` here, for
what the system itself must know (to look a code up, to seal it anew).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from xianzhi.kernel.personal.keys import KeyMissing, NoKeys
from xianzhi.kernel.personal.masks import masked
from xianzhi.kernel.personal.tokens import Fault

GONE = "（已删除）"
"""Stands where a value was erased."""


class Destroyed(Fault):
    """The key of a value was destroyed at the person's request or at the end of its time: nobody opens it again."""

    def __init__(self) -> None:
        super().__init__("这项个人信息已依法删除，不能再打开")


class Token(str):
    """Sealed text as the database holds it."""

    __slots__ = ()


class Sealed(str):
    """The masked text of a personal value. Two are equal when what they hide is."""

    __slots__ = ("_open", "kind", "place", "token")

    _open: Callable[[], str]
    kind: str
    token: str
    """As the database holds it; empty for a value that was only just assigned."""
    place: str

    def __new__(cls, kind: str, opener: Callable[[], str], token: str = "", place: str = "") -> Sealed:
        made = super().__new__(cls, _shown(kind, opener))
        made._open, made.kind, made.token, made.place = opener, kind, token, place
        return made

    @classmethod
    def fresh(cls, kind: str, plain: str) -> Sealed:
        """A value that was just entered."""
        return cls(kind, lambda: plain)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sealed):
            return opened(self) == opened(other)
        return str.__eq__(self, other) if isinstance(other, str) else NotImplemented

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__

    def __copy__(self) -> Sealed:
        return self

    def __deepcopy__(self, memo: Any) -> Sealed:
        return self

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return str, (str.__str__(self),)  # what leaves the process is the mask


def _shown(kind: str, opener: Callable[[], str]) -> str:
    """The mask; of a value that cannot be opened, why."""
    try:
        return masked(kind, opener())
    except Destroyed:
        return GONE
    except (KeyMissing, NoKeys):
        return _("（缺少密钥，不能读取）")
    except Fault:
        return _("（校验不符，不能读取）")


def opened(value: str) -> str:
    """What a value hides; a text that hides nothing is given back. Not for pages: `opening.reveal` records who saw it.

    Raises Fault (KeyMissing, BadToken, Destroyed).
    """
    return value._open() if isinstance(value, Sealed) else value
