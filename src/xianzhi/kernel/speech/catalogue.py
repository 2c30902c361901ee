"""The .po files: which there are, what they lack, how they are compiled.

Each service keeps its words in its own `locale/<language>/LC_MESSAGES/django.po`; the kernel's file holds those of the
law, the kernel and the site as well. A word that the kernel has is not kept again by a service. All files of a language
are compiled into one, in LOCALE_PATHS, by `xianzhi assets`.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings

import xianzhi
from xianzhi.kernel.speech.extract import Word, words_in

HOUSE = Path(xianzhi.__file__).parent
_WIDTH = 0
"""One message a line: differences stay readable."""
_ONE_DAY = datetime(2024, 3, 13, tzinfo=UTC)
"""The date in every header: a file changes only where its words do."""


def languages() -> list[str]:
    """The languages that need a catalogue: all but that of the source."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def folders() -> dict[Path, list[Word]]:
    """By the folder that keeps their translations: the words of the house, each once. The kernel comes first."""
    kernel = HOUSE / "kernel"
    found = {kernel: _once([*words_in(HOUSE / "law"), *words_in(kernel), *words_in(HOUSE / "site")], set())}
    known = {word.text for word in found[kernel]}
    for config in apps.get_app_configs():
        if config.name in settings.SERVICES:
            own = Path(config.path)
            found[own] = _once(words_in(own), known)
    return found


def _empty(language: str) -> Catalog:
    return Catalog(
        locale=language, domain="django", project="Xianzhi", version="1", fuzzy=False, msgid_bugs_address="",
        last_translator="", language_team="", creation_date=_ONE_DAY, revision_date=_ONE_DAY,
    )  # fmt: skip


def _once(words: Iterator[Word] | list[Word], known: set[str]) -> list[Word]:
    kept: dict[str, Word] = {}
    for word in words:
        if word.text not in known:
            kept.setdefault(word.text, word)
    return list(kept.values())


def file_of(folder: Path, language: str) -> Path:
    return folder / "locale" / language / "LC_MESSAGES" / "django.po"


def load(folder: Path, language: str) -> Catalog:
    """The catalogue of a folder; an empty one where there is none yet."""
    path = file_of(folder, language)
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def missing(language: str) -> Iterator[Word]:
    """The words without a translation."""
    for folder, words in folders().items():
        kept = load(folder, language)
        for word in words:
            message = kept.get(word.text)
            if message is None or not message.string or message.fuzzy:
                yield word


def idle(language: str) -> Iterator[str]:
    """Translations of words that nobody says any more."""
    for folder, words in folders().items():
        known = {word.text for word in words}
        yield from (str(one.id) for one in load(folder, language) if one.id and one.id not in known)


def write(language: str) -> int:
    """Brings the files in line with the words: new ones come without a translation, idle ones go. Gives how many lack
    one."""
    lacking = 0
    for folder, words in folders().items():
        kept, made = load(folder, language), _empty(language)
        made.header_comment = f"# The words of {folder.name}. How to add some: docs/recipes/translate.md"
        for word in words:
            message = kept.get(word.text)
            made.add(word.text, message.string if message else "", locations=[(word.path, word.line)])
            lacking += not (message and message.string)
        _save(made, file_of(folder, language))
    return lacking


def fill(language: str, translations: dict[str, str]) -> None:
    """Enters translations for words that the files know."""
    for folder in folders():
        kept = load(folder, language)
        for message in kept:
            if message.id in translations:
                message.string = translations[str(message.id)]
        _save(kept, file_of(folder, language))


def _save(catalogue: Catalog, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for message in catalogue:
        # Lines move with every edit: the file is enough.
        message.locations = [(name, None) for name, _line in message.locations]  # type: ignore[misc]
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    partial = path.with_name(f".{path.name}.part")
    with partial.open("wb") as file:
        write_po(file, catalogue, width=_WIDTH, include_lineno=False, sort_output=True, omit_header=False)
    os.replace(partial, path)


# ---- compiled --------------------------------------------------------------------------------------------------------


def compiled_file(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.mo"


def compile_all() -> int:
    """Compiles the catalogues of every language that changed since. Gives the number of files written."""
    written = 0
    for language in languages():
        sources = [path for folder in _homes() if (path := file_of(folder, language)).exists()]
        target = compiled_file(language)
        if target.exists() and all(path.stat().st_mtime <= target.stat().st_mtime for path in sources):
            continue
        _compile(sources, target, language)
        written += 1
    return written


def _homes() -> list[Path]:
    return [HOUSE / "kernel", *(HOUSE.parent / Path(*name.split(".")) for name in settings.SERVICES)]


def _compile(sources: list[Path], target: Path, language: str) -> None:
    whole = _empty(language)
    for path in reversed(sources):  # the kernel's word wins
        with path.open("rb") as file:
            for message in read_po(file, locale=language, domain="django"):
                if message.id and message.string:
                    whole.add(message.id, message.string, context=message.context)
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}")
    with partial.open("wb") as file:
        write_mo(file, whole)
    os.replace(partial, target)


def compiled(language: str) -> dict[str, str]:
    """The compiled words of a language; none where `xianzhi assets` has not run."""
    path = compiled_file(language)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        return {str(one.id): str(one.string) for one in read_mo(file) if one.id and isinstance(one.id, str)}
