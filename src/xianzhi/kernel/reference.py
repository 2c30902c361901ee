"""The pages of docs/reference, written from what is declared; a test compares them with what stands there."""

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from django.core.management import get_commands, load_command_class
from django.urls import URLPattern, URLResolver, get_resolver

from xianzhi.kernel import coverage, registry
from xianzhi.kernel.county import county
from xianzhi.law.procedure import NOT_POSTS, Procedure, Step

PAGES: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {}
"""By file name: the sentence under the title, and what gives its lines."""
SETTINGS = Path(__file__).parents[1] / "site" / "settings.py"
_FLOORS = "xianzhi."


def pages() -> dict[str, str]:
    """Every page of the reference, by file name."""
    return {name: _page(name, *made) for name, made in PAGES.items()}


def _page(name: str, sentence: str, lines: Callable[[], Iterator[str]]) -> str:
    title = name.removesuffix(".md").capitalize()
    head = f"# {title}\n\n{sentence} Written by `xianzhi reference docs/reference`; do not edit.\n"
    return head + "".join(f"\n{line}" for line in lines()) + "\n"


def _of(name: str, sentence: str) -> Callable[[Callable[[], Iterator[str]]], Callable[[], Iterator[str]]]:
    def mark(lines: Callable[[], Iterator[str]]) -> Callable[[], Iterator[str]]:
        PAGES[name] = (sentence, lines)
        return lines

    return mark


def _row(*cells: object) -> str:
    """A row of a table; what would end a cell is taken out of it."""
    return "| " + " | ".join(re.sub(r"\s+", " ", str(cell)).replace("|", "\\|") for cell in cells) + " |"


def _table(*heads: str) -> Iterator[str]:
    yield _row(*heads)
    yield _row(*("---" for _ in heads))


def _some(words: Iterable[object]) -> str:
    return "、".join(map(str, words)) or "–"


@_of("provisions.md", "Every provision of every register: what carries it out, and whether a test proves it.")
def _provisions() -> Iterator[str]:
    for name, register in sorted(registry.registers.items()):
        instrument = register.instrument
        yield f"## {instrument.short} {instrument.number}\n"
        yield from _table("id", "place", "kind", "who", "in our words", "carried out by", "proved")
        for row in coverage.of(name):
            one = row.provision
            carriers = _some(dict.fromkeys(f"{carrier.kind} {carrier.name}" for carrier in row.carriers))
            yield _row(
                one.id, one.place.short(), one.kind, _some(one.who), one.zh,
                "context" if one.is_context else carriers, "yes" if row.proofs else "–",
            )  # fmt: skip
        yield ""


@_of("parameters.md", "Every dated value, with the provision or the decision that sets it.")
def _parameters() -> Iterator[str]:
    yield from _table("name", "zh", "unit", "from", "value", "standing", "cites")
    declared = registry.declared()
    for name in sorted(declared):
        one = declared[name]
        for dated in one.values:
            value = "ended" if dated.value is None else dated.value
            yield _row(f"`{name}`", one.zh, one.unit, dated.since, value, dated.standing, dated.cites)


def _steps() -> Iterator[tuple[type[Procedure], Step]]:
    for name in sorted(registry.procedures):
        for step in registry.procedures[name].steps.values():
            yield registry.procedures[name], step


@_of("steps.md", "Every step of every procedure. A step by `applicant`, `clock` or `public` is nobody's post.")
def _all_steps() -> Iterator[str]:
    shown = None
    for procedure, step in _steps():
        if procedure is not shown:
            yield f"{chr(10) if shown else ''}## {procedure.zh} `{procedure.name}`\n"
            yield from _table("step", "zh", "from", "to", "by", "asks", "needs", "within", "issues", "cites")
            shown = procedure
        yield _row(
            f"`{step.name}`", step.zh, _some(state.zh for state in step.sources), step.move.target.zh, _some(step.by),
            _some(f"{field.zh} `{field.name}`" for field in step.asks),
            _some(paper.zh for paper in step.needs), f"`{step.limit.parameter}`" if step.within else "–",
            _some(getattr(step, "issues", ())), _some(step.cites),
        )  # fmt: skip


@_of("events.md", "Every event that a step writes, by its dotted name, as outsiders subscribe to it.")
def _events() -> Iterator[str]:
    yield from _table("event", "step", "procedure", "cites")
    found = {(step.event, step.zh, procedure.zh, _some(step.cites)) for procedure, step in _steps()}
    for event, step_zh, procedure_zh, cites in sorted(found):
        yield _row(f"`{event}`", step_zh, procedure_zh, cites)


@_of("permissions.md", "Who may take which step, and whom each address admits. Nothing else is allowed to anybody.")
def _permissions() -> Iterator[str]:
    taken: dict[str, dict[str, None]] = {}
    for procedure, step in _steps():
        for who in step.by:
            taken.setdefault(who, {})[f"{procedure.zh}·{step.zh}"] = None
    yield "## Steps\n"
    yield from _table("who", "zh", "steps")
    for who in sorted(taken, key=lambda one: (one in NOT_POSTS, one)):
        yield _row(f"`{who}`", _who_words(who), _some(taken[who]))
    yield "\n## Addresses\n"
    yield from _table("address", "name", "admits")
    for address, name, admits in sorted(_addresses()):
        yield _row(f"`/{address}`", name, admits)


def _who_words(who: str) -> str:
    fixed = {"applicant": "申请人", "clock": "系统", "public": "公众"}
    if who in fixed:
        return fixed[who]
    return f"{county().function_word(who.partition('.')[0])} {registry.post_names.get(who, who)}"


def _addresses() -> Iterator[tuple[str, str, str]]:
    def walk(patterns: Iterable[URLPattern | URLResolver], before: str, space: str) -> Iterator[tuple[str, str, str]]:
        for one in patterns:
            here = before + str(one.pattern).lstrip("^").rstrip("$")
            if isinstance(one, URLResolver):
                yield from walk(one.url_patterns, here, f"{one.namespace}:" if one.namespace else space)
            elif guard := getattr(one.callback, "who", None):
                yield here, f"{space}{one.name or ''}", guard.words()

    return walk(get_resolver().url_patterns, "", "")


@_of("settings.md", "Everything that an installation may set, as environment variables.")
def _settings() -> Iterator[str]:
    text = SETTINGS.read_text(encoding="utf-8").split('"""')[1]
    yield from _table("variable", "meaning")
    for name, meaning in re.findall(r"^(XIANZHI_\w+)\s+(.+(?:\n {2,}.+)*)$", text, re.MULTILINE):
        yield _row(f"`{name}`", meaning)


@_of("commands.md", "Every command of `xianzhi`; each tells more with `--help`.")
def _commands() -> Iterator[str]:
    yield from _table("command", "what it does", "arguments")
    for name, app in sorted(get_commands().items()):
        if str(app).startswith(_FLOORS):
            command = load_command_class(app, name)
            parser = command.create_parser("xianzhi", name)
            own = (one for one in parser._actions if not _of_django(one.dest))
            words = ((*one.option_strings, str(one.metavar or one.dest))[0] for one in own)
            yield _row(f"`{name}`", command.help, _some(f"`{word}`" for word in words))


def _of_django(name: str) -> bool:
    """Whether an option is one that every command of Django has."""
    return name in {
        "help", "version", "verbosity", "settings", "pythonpath", "traceback", "no_color", "force_color", "skip_checks",
    }  # fmt: skip


def differences(folder: Path) -> list[str]:
    """The pages in a folder that are not what would be written now."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    return sorted(name for name in {*wanted, *there} if wanted.get(name) != there.get(name))


def write(folder: Path) -> list[str]:
    """Writes the pages into a folder; gives the names of those that changed."""
    changed = differences(folder)
    wanted = pages()
    for name in changed:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    return changed
