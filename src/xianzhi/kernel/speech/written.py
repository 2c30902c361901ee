"""What is kept is Chinese, whatever language the page speaks that asked for it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.utils import translation

P = ParamSpec("P")
R = TypeVar("R")


def in_chinese() -> translation.override:
    """A block of the code in which every word that is made is Chinese."""
    return translation.override(settings.LANGUAGE_CODE)


def kept_in_chinese(function: Callable[P, R]) -> Callable[P, R]:
    """Marks a function that writes words down: all of it is such a block."""

    @wraps(function)
    def written(*args: P.args, **kwargs: P.kwargs) -> R:
        with in_chinese():
            return function(*args, **kwargs)

    return written
