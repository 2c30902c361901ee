"""Panels that services add to the page of a case."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest

from xianzhi.kernel.models import Case
from xianzhi.law.procedure import Procedure

Made = dict[str, Any] | None
"""{"template": …, "context": …}, or None where there is nothing to show."""
Maker = Callable[[HttpRequest, Case], Made]
Where = Literal["main", "side"]


@dataclass(frozen=True, slots=True)
class _Panel:
    of: type[Procedure] | str
    where: Where
    order: int
    make: Maker

    def belongs_to(self, case: Case) -> bool:
        return case.procedure.app == self.of if isinstance(self.of, str) else issubclass(case.procedure, self.of)


_panels: list[_Panel] = []


def panel(of: type[Procedure] | str, *, where: Where = "main", order: int = 50) -> Callable[[Maker], Maker]:
    """Marks a function that makes a panel for the cases of a procedure, or of all procedures of a service (its app
    name). Panels of the main column stand below what may be done, those of the side below the time limits."""

    def mark(make: Maker) -> Maker:
        _panels.append(_Panel(of, where, order, make))
        return make

    return mark


def panels_of(request: HttpRequest, case: Case, where: Where) -> Iterator[dict[str, Any]]:
    """What to include in a column: the template and its context."""
    for one in sorted(_panels, key=lambda one: one.order):
        if one.where == where and one.belongs_to(case) and (made := one.make(request, case)):
            yield {"template": made["template"], "context": {**made.get("context", {}), "case": case}}
