"""Nothing is left in Chinese on an English page, and no word of the house is without its English."""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from tests.test_routes import (
    OPENED,
    ROUTES,
    world,  # noqa: F401 - the fixture
)

from xianzhi.kernel import models
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account
from xianzhi.kernel.pages.preferences import COOKIE
from xianzhi.kernel.speech import catalogue, page
from xianzhi.kernel.speech.extract import CHINESE
from xianzhi.kernel.speech.said import said, understood
from xianzhi.kernel.tests.routes import Route, World

LANGUAGES = catalogue.languages()
_PLACEHOLDER = re.compile(r"\{\w+\}|%\(\w+\)s|%s")
_STAYS = re.compile(
    r"[\u4e00-\u9fff（）]{1,24}〔\d{4}〕第?\d+号?(?:-[土电])?"
    r"|[三（二）2（41）《…》第十一条四项 ]+(?=[,)]|$)|合计|^\d+ 份$|示例1号"
)
"""The number of a paper is its name in every language; places of provisions and 合计 are shown as one types them.
份 and 示例1号 are of the tests' own service."""
_SAMPLES = ("sample", "samples", "routes", "letters")
_PLAIN = Route(lambda _world: {})
CHINESE_PAGES = settings.LANGUAGE_CODE
_SHOWN = [(name, pattern) for name, pattern in OPENED if not name.startswith(("api", "preferences", "sign-out"))]
PEOPLE = ("clerk", "applicant", "security", "system", "audit", "energy.order")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_has_its_translation(language: str) -> None:
    missing = [f"{word.path}:{word.line} {word.text}" for word in catalogue.missing(language)]
    assert not missing, "run `xianzhi words --write`, then fill in the .po files (docs/recipes/translate.md)"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_translation_is_left_over(language: str) -> None:
    assert not list(catalogue.idle(language)), "run `xianzhi words --write`"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_names_the_values_of_its_sentence(language: str) -> None:
    faults = [
        one.id
        for folder in catalogue.folders()
        for one in catalogue.load(folder, language)
        if one.id and one.string and set(_PLACEHOLDER.findall(one.id)) != set(_PLACEHOLDER.findall(one.string))
    ]
    assert not faults


def test_the_county_names_all_that_is_its_own() -> None:
    names = county().names("en")
    own = {division.name for division in county().divisions.values()}
    own |= {str(unit[key]) for unit in county().units["units"] for key in ("name", "short")}
    own |= {parameter.zh for parameter in county().parameters}
    own |= {county().function_name(function) for function in county().functions}
    assert not [name for name in sorted(own) if name not in names and not understood(name, "en")]


# ---- pages -----------------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_no_english_page_shows_chinese(world: World) -> None:  # noqa: F811
    own, made_up = _somebodys(), _sample()
    faults: dict[str, str] = {}
    for where, text in _pages(world, "en"):
        for shown in page.texts(text):
            if not made_up.search(shown) and CHINESE.search(own.sub("", _STAYS.sub("", shown))):
                faults.setdefault(shown[:120], where)
    assert not faults, "\n".join(f"{where}: {shown}" for shown, where in faults.items())


@pytest.mark.any_database
def test_no_chinese_page_shows_english(world: World) -> None:  # noqa: F811
    english = {word for word in catalogue.compiled("en").values() if " " in word and not CHINESE.search(word)}
    faults = {
        shown: where for where, text in _pages(world, CHINESE_PAGES) for shown in page.texts(text) if shown in english
    }
    assert not faults


def _pages(world: World, language: str) -> Iterator[tuple[str, str]]:  # noqa: F811
    """(which page as whom, its HTML) of every page, as a visitor and as one of each kind of user."""
    Account.objects.update(language=language)
    people: dict[str, Account | None] = {"visitor": None, **{name: world.accounts[name] for name in PEOPLE}}
    addresses = [(name, reverse(name, kwargs=ROUTES.get(name, _PLAIN).arguments(world))) for name, _ in _SHOWN]
    for who, account in people.items():
        client = Client()
        client.cookies[COOKIE] = f"light..{language}"
        if account is not None:
            client.force_login(account)
        for name, address in addresses:
            answer = client.get(address)
            if not answer.streaming and answer.get("Content-Type", "").startswith("text/html"):
                yield f"{name} as {who}", answer.content.decode()


def _somebodys() -> re.Pattern[str]:
    """What people wrote: names and titles, what they entered, what their files are called."""
    found: set[str] = set()
    for model in (models.Account, models.Subject, models.Case, models.Material, models.Announcement, models.Unit):
        for row in model.objects.values():
            found |= {value for value in row.values() if isinstance(value, str)}
    for data in models.Event.objects.values_list("data", flat=True):
        found |= {value for value in data.values() if isinstance(value, str)}
    theirs = sorted((text for text in found if CHINESE.search(text)), key=len, reverse=True)
    return re.compile("|".join(re.escape(text) for text in theirs))


def _sample() -> re.Pattern[str]:
    """Words of the service that the tests make up: nobody translates them."""
    made = [
        path for path in catalogue.HOUSE.rglob("tests/**/*.py") if path.stem in _SAMPLES or path.parent.name in _SAMPLES
    ]
    text = "\n".join(path.read_text(encoding="utf-8") for path in made)
    unknown = {word for word in re.findall("[\u4e00-\u9fff]{2,}", text) if said(word, "en") == word}
    return re.compile("|".join(sorted(unknown, key=len, reverse=True)))
