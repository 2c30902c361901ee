"""The form of a step, made from what the step asks for. What was entered is kept when the step is refused."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Unit
from xianzhi.kernel.models.units import in_force
from xianzhi.law.fields import CHOICE, DAY, LINES, MONEY, NOTE, NUMBER, WHOLE, YES_NO, BadField, Field
from xianzhi.law.procedure import Paper, Step

_KEY_LENGTH = 36
SPARE_ROWS = 3
"""Empty rows below what was entered in a small table."""
MOST_ROWS = 200
MOST_RADIOS = 6
"""More choices than these stand in a list that opens."""
_INPUTS = {DAY: "date"}
_MODES = {MONEY: "decimal", NUMBER: "decimal", WHOLE: "numeric"}


def key_of(sent: QueryDict) -> str:
    """The key that a form was sent with, as steps are kept under it; marked, so that nobody takes the clock's."""
    key = sent.get("key", "")[:_KEY_LENGTH]
    return f"form:{key}" if key else ""


def day_of(text: str, faults: list[str]) -> date | None:
    """The day that a filter was sent with; what is none is added to the faults and left out."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        faults.append(_("不是日期：{text}，写作 2025-03-12").format(text=text[:30]))
        return None


@dataclass(slots=True)
class Control:
    """One thing to enter: its field, its name in the form, what was entered, what is wrong with it."""

    field: Field
    name: str
    value: str = ""
    error: str = ""
    rows: tuple[tuple["Control", ...], ...] = ()
    sheet: str = ""
    """Where its lines can be read from Excel or CSV."""
    proposals: tuple[str, ...] = ()
    """Names that may be chosen instead of typed."""

    @property
    def kind(self) -> str:
        """Which control: lines, note, radio, select or input."""
        if self.field.kind in (LINES, NOTE):
            return self.field.kind
        if self.field.kind == YES_NO or (self.field.kind == CHOICE and len(self.field.choices) <= MOST_RADIOS):
            return "radio"
        return "select" if self.field.kind == CHOICE else "input"

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        return (("yes", "是"), ("no", "否")) if self.field.kind == YES_NO else self.field.choices

    @property
    def input_type(self) -> str:
        return _INPUTS.get(self.field.kind, "text")

    @property
    def input_mode(self) -> str:
        return _MODES.get(self.field.kind, "")


@dataclass(slots=True)
class FileControl:
    """A material to hand in, and the files of its kind that the case already holds."""

    paper: Paper
    name: str
    held: list[Any]


def _units_of(functions: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the units that have one of the functions today."""
    if not functions:
        return ()
    held = Unit.objects.filter(in_force(clock.today(), "functions__"), functions__function__in=functions)
    return tuple(held.order_by("name").values_list("name", flat=True).distinct())


class StepForm:
    """The controls of a step, with what was sent."""

    def __init__(
        self,
        step: Step,
        held: Iterable[Any] = (),
        sent: QueryDict | None = None,
        files: MultiValueDict | None = None,
        initial: Mapping[str, str] | None = None,
    ) -> None:
        self.step = step
        self._sent, self._files = sent or QueryDict(), files
        self._checks = sent is not None
        self.data: dict[str, Any] = dict(initial or {})
        if sent is not None:
            self.data = {one.name: self._raw(one) for one in step.asks}
        self.controls = [self._control(one) for one in step.asks]
        kept = list(held)
        self.papers = [
            FileControl(paper, f"m-{paper.name}", [one for one in kept if one.kind == paper.name])
            for paper in step.needs
        ]

    @property
    def uploads(self) -> list[Upload]:
        """The files that were sent, each as the material that it was chosen for."""
        if self._files is None:
            return []
        sent = ((paper.paper.name, file) for paper in self.papers for file in self._files.getlist(paper.name))
        return [Upload(kind, file.name, file) for kind, file in sent]

    def _raw(self, asked: Field) -> Any:
        """What was sent for a field: text, or the rows of lines that are not empty."""
        if asked.kind != LINES:
            return self._sent.get(f"f-{asked.name}", "")
        rows = []
        for number in range(self._rows_sent(asked)):
            name = f"f-{asked.name}-{number}"
            row = {column.name: self._sent.get(f"{name}-{column.name}", "") for column in asked.columns}
            if any(value.strip() for value in row.values()):
                rows.append(row)
        return rows

    def _rows_sent(self, asked: Field) -> int:
        text = self._sent.get(f"f-{asked.name}-rows", "")
        return min(int(text), MOST_ROWS) if text.isdecimal() and len(text) < len("9999") else 0

    def _control(self, asked: Field) -> Control:
        control = Control(asked, f"f-{asked.name}", proposals=_units_of(asked.functions))
        value = self.data.get(asked.name)
        if asked.kind == LINES:
            control.rows = _rows(asked, control.name, value or [])
        else:
            control.value = str(value or "")
        if self._checks:
            try:
                asked.clean(value)
            except BadField as error:
                control.error = str(error)
        return control


def _rows(asked: Field, name: str, lines: list[Mapping[str, str]]) -> tuple[tuple[Control, ...], ...]:
    """The rows that were entered and some spare ones: a table grows without script."""
    count = min(len(lines) + SPARE_ROWS, MOST_ROWS)
    padded = [*lines, *({} for _ in range(count - len(lines)))]
    return tuple(
        tuple(Control(one, f"{name}-{number}-{one.name}", str(line.get(one.name) or "")) for one in asked.columns)
        for number, line in enumerate(padded)
    )
