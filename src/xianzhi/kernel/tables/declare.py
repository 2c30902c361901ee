"""What can come in and go out as Excel or CSV: services declare their tables and lists here, and nothing else.

A `Table` is read from a sheet and applied through a verb of the services; a `Listing` is written from a query. Pages,
checks, blank sheets and the command line are made from the declarations.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from xianzhi.kernel import registry, scope
from xianzhi.kernel.models import Case
from xianzhi.law.errors import Finding, LawError
from xianzhi.law.fields import LINES, TEXT, BadField, Field, whole
from xianzhi.law.procedure import Step

MOST_ROWS = 100_000
MOST_STEPS = 2_000
"""Rows of a table of which each is a step of its own: one transaction holds them all, and others wait meanwhile."""
MOST_FILLED = 200
"""Rows that a step's form shows."""
FILLS = "lines"
"""Tables that fill the small table of a step's form are named lines:procedure:step:field."""
_IN_BRACKETS = re.compile(r"\(.*?\)")
_NOISE = re.compile(r"[\s*:_、，,.\-]+")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet: its field, other headings under which it may stand, its width in characters."""

    field: Field
    aliases: tuple[str, ...] = ()
    width: int = 0
    sample: str = ""
    """What a filled cell looks like, for the notes of the blank sheet."""

    @property
    def heading(self) -> str:
        return f"{self.field.zh}（{self.field.unit}）" if self.field.unit else self.field.zh

    @property
    def names(self) -> frozenset[str]:
        """Every heading that means this column, as `spoken` writes it."""
        return frozenset(spoken(one) for one in (self.field.zh, self.heading, *self.aliases))

    @property
    def wide(self) -> int:
        return self.width or max(12, 2 * len(self.heading) + 2)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that can be taken: the line of the sheet, and its values in their own types by the name of the field."""

    line: int
    values: dict[str, Any]


@dataclass(slots=True)
class Load:
    """One run of a batch through a table's verb."""

    batch: Any
    by: Any
    """The account that loads it."""
    chosen: Mapping[str, Any]
    """What was asked for the file as a whole, cleaned."""
    found: Any = None
    """What `Table.prepare` found for it."""
    rows: Iterator[Row] = field(default_factory=lambda: iter(()))
    """The good rows, read while they are asked for. Only of a table that is applied as a whole."""

    def key(self, line: int = 0) -> str:
        """The key for the step of a row, or of the whole: repeats are harmless, and the event names its batch."""
        return f"table:{self.batch.pk}:{line}"


Check = Callable[[Mapping[str, Any], Load], Iterable[tuple[str, str]]]
"""A rule over one row: (name of the field, what is wrong with it) for each fault."""


@dataclass(frozen=True, slots=True)
class Table:
    """A list that comes in as a sheet.

    apply: with `by_row`, `apply(load, row)` takes one row's step and gives its event; else `apply(load)` reads
    `load.rows` and gives its events, or nothing. Both raise `Refused` or `BadField`. Everything that they write is
    in one transaction with the batch.
    """

    name: str
    zh: str
    columns: tuple[Column, ...]
    by: tuple[str, ...]
    """The posts that may load it: function.post."""
    apply: Callable[..., Any]
    by_row: bool = False
    asks: tuple[Field, ...] = ()
    """What is entered once for the whole file, such as the project."""
    prepare: Callable[[Mapping[str, Any], Any], Any] | None = None
    """Finds what `asks` names, for an account. Raises BadField."""
    check: Check | None = None
    unique: tuple[str, ...] = ()
    """Fields that together stand in one row only."""
    total: str = ""
    """The field whose sum a row that begins with 合计 states."""
    undo: Callable[[Load, Any], Any] | None = None
    """`undo(load, event)` takes the step that makes up for an event of the batch. Raises Refused."""
    undo_words: str = ""
    """How a batch is undone, or what to do where it cannot be."""
    most: int = MOST_ROWS
    help: str = ""
    cites: str = ""
    back: Callable[[Load], str] | None = None
    """The address where the work goes on once the batch is loaded."""

    @property
    def fills(self) -> bool:
        """Whether its rows only go into the form of a step."""
        return self.name.startswith(f"{FILLS}:")

    @property
    def limit(self) -> int:
        return min(self.most, MOST_STEPS) if self.by_row else self.most

    def column(self, name: str) -> Column:
        return next(one for one in self.columns if one.field.name == name)


@dataclass(frozen=True, slots=True)
class Out:
    """A column of a list that goes out: its heading, how to read it from a row, its kind and width in characters."""

    zh: str
    value: Callable[[Any], Any]
    kind: str = TEXT
    width: int = 14


@dataclass(frozen=True, slots=True)
class Listing:
    """A list that goes out as a sheet, as far as an account may see it.

    rows: `rows(account, chosen)` reads what the page reads, with the same filters by the same names. told: the
    filters in words.
    """

    name: str
    zh: str
    columns: tuple[Out, ...]
    rows: Callable[[Any, Mapping[str, str]], Iterable[Any]]
    admits: Callable[[Any], bool]
    told: Callable[[Mapping[str, str]], Iterable[str]] = lambda chosen: ()
    public: bool = False
    """Open to anyone, without an account."""


tables: dict[str, Table] = {}
listings: dict[str, Listing] = {}


def table(one: Table) -> Table:
    """Registers a table. Raises LawError where another one has its name, or where it cannot work."""
    if tables.setdefault(one.name, one) is not one:
        raise LawError(Finding(f"表 {one.name} 重名", one.apply.__module__, "换一个名字"))
    spoken_for: dict[str, str] = {}
    for column in one.columns:
        for name in column.names:
            if spoken_for.setdefault(name, column.field.name) != column.field.name:
                raise LawError(Finding(f"表 {one.name} 有两列都叫“{name}”", one.apply.__module__, "改一个列名"))
    return one


def listing(one: Listing) -> Listing:
    """Registers a list that goes out. Raises LawError where another one has its name."""
    if listings.setdefault(one.name, one) is not one:
        raise LawError(Finding(f"清单 {one.name} 重名", one.rows.__module__, "换一个名字"))
    return one


def lots(rows: Iterable[Any], size: int) -> Iterator[list[Any]]:
    """Rows in lots, for lists that ask something more of many rows at once."""
    rest = iter(rows)
    while lot := list(islice(rest, size)):
        yield lot


def spoken(heading: str) -> str:
    """A heading without what people write differently: spaces, brackets with a unit, full-width letters, marks."""
    plain = unicodedata.normalize("NFKC", str(heading)).casefold()
    return _NOISE.sub("", _IN_BRACKETS.sub("", plain))


def find(name: str) -> Table | None:
    """A table by its name; also the one that fills a small table of a step: lines:procedure:step:field."""
    return _filling(name) if name.startswith(f"{FILLS}:") else tables.get(name)


def filling(step_procedure: str, step: Step, asked: Field) -> str:
    """The name of the table that fills a field of a step with lines."""
    return f"{FILLS}:{step_procedure}:{step.name}:{asked.name}"


def _filling(name: str) -> Table | None:
    _fills, _colon, rest = name.partition(":")
    procedure_name, _colon, rest = rest.partition(":")
    step_name, _colon, field_name = rest.partition(":")
    procedure = registry.procedures.get(procedure_name)
    step = procedure.steps.get(step_name) if procedure else None
    asked = next((one for one in step.asks if one.name == field_name and one.kind == LINES), None) if step else None
    if procedure is None or step is None or asked is None or step.starts:
        return None
    total = next((one.name for one in reversed(asked.columns) if one.kind == "money" and one.name == "amount"), "")
    return Table(
        name=name,
        zh=_("{step}：{field}").format(step=step.zh, field=asked.zh),
        columns=tuple(Column(one) for one in asked.columns),
        by=step.by,
        apply=_into_form,
        asks=(whole("case", "办件"),),
        prepare=lambda chosen, by: _case(chosen["case"], procedure_name, by),
        total=total,
        most=MOST_FILLED,
        cites=step.cites[0],
        help=_("读入后填进“{step}”的表单，核对后再办理；办理前什么都不写入。").format(step=step.zh),
        undo_words=_("读入的行只填进表单，还没有办理；不要的，在表单里改掉就是。"),
    )


def _case(pk: int, procedure: str, by: Any) -> Case:
    """The case whose step is to be filled, as far as the account may see it. Raises BadField."""
    case = Case.objects.visible_to(by).filter(pk=pk, procedure_name=procedure).first()
    if case is None:
        raise BadField(_("没有这个办件，或不在您的范围内"))
    return case


def _into_form(load: Load) -> tuple[()]:
    """The rows are read by the form itself."""
    for _row in load.rows:
        pass
    return ()


def may_load(one: Table, account: Any) -> bool:
    """Whether an account may load a table: it holds one of the posts."""
    if not account.is_authenticated:
        return False
    applicant = one.fills and "applicant" in one.by and account.subject_id
    return bool(applicant) or any(post.key in one.by for post in scope.posts_of(account))


def clean_chosen(table: Table, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """The answers in their own types. Raises BadField with every fault."""
    cleaned, faults = {}, []
    for asked in table.asks:
        try:
            cleaned[asked.name] = asked.clean(chosen.get(asked.name))
        except BadField as error:
            faults.append(str(error))
    if faults:
        raise BadField("；".join(faults))
    return cleaned


def tables_for(account: Any) -> list[Table]:
    return [one for one in tables.values() if may_load(one, account)]
