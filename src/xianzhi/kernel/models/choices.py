"""Words to choose from that are kept in a column, with types that a checker can follow."""

from enum import Enum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:  # Django ships no types: this is what its class does

    class TextChoices(str, Enum):  # noqa: UP042 - as Django has it
        """A word as it is stored, and `label`, as people read it."""

        choices: ClassVar[list[tuple[str, str]]]
        values: ClassVar[list[str]]
        labels: ClassVar[list[str]]
        label: str

        def __init__(self, value: str, label: str = "") -> None: ...

else:
    from django.db.models import TextChoices

__all__ = ["TextChoices"]
