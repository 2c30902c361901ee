"""How a case is opened through the API: each service says which verb of its services does it.

    @opens(Intake.apply, choice("township", "在哪个乡镇", …))
    def apply(asked: Asked) -> Case:
        return intake.apply(asked.by, division=asked.about["township"], facts=asked.data, …)

A procedure of which nobody says so is opened by a step of another case alone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from xianzhi.kernel import registry, scope
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Account, Case
from xianzhi.law.fields import Field
from xianzhi.law.procedure import PUBLIC, Step


class BadAbout(ValueError):
    """Something beside the fields of the step cannot be taken: its name and what is wrong with it."""

    def __init__(self, name: str, fault: str) -> None:
        self.name = name
        super().__init__(fault)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was sent to open a case, each value in its own type."""

    account: Any
    """Who asks; an anonymous one where the step is for everybody."""
    by: Account | str
    """In whose name it is opened: the account, or PUBLIC."""
    data: dict[str, Any]
    """By the fields of the step."""
    about: dict[str, Any]
    """By the fields that the opening asks for beside it: a project, a place, an owner."""
    materials: tuple[Upload, ...]
    key: str


Verb = Callable[[Asked], Case]


@dataclass(frozen=True, slots=True)
class Opening:
    """A step that starts a procedure, what is asked for beside its own fields, and the verb."""

    step: Step
    about: tuple[Field, ...]
    verb: Verb

    @property
    def public(self) -> bool:
        """Whether it is open to everybody, without an account."""
        return PUBLIC in self.step.by


openings: dict[Step, Opening] = {}


def opens(step: Step, *about: Field) -> Callable[[Verb], Verb]:
    """Marks the verb that opens a case by a step. Raises ValueError where the step has one."""

    def mark(verb: Verb) -> Verb:
        if openings.setdefault(step, made := Opening(step, about, verb)) is not made:
            raise ValueError(f"步骤 {step} 已有开办方式")
        return verb

    return mark


def openings_of(procedure: str) -> list[Opening]:
    """The ways to open a case of a procedure, in the order of its steps."""
    known = registry.procedures.get(procedure)
    steps: Iterable[Step] = known.steps.values() if known else ()
    return [openings[step] for step in steps if step in openings]


def taker(account: Any, step: Step) -> Account | str:
    """In whose name an account opens a case: its own where it may, else the public's where that may."""
    if PUBLIC not in step.by:
        return account
    held = {post.key for post in scope.posts_of(account)} if account.is_authenticated else set()
    return account if held & set(step.by) else PUBLIC
