"""What the documents for people name exists: tests, files, commands and settings."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).parents[1]
FOLDERS = ("", "docs/", "docs/recipes/", "docs/decisions/")
PAGES = sorted(page for folder in FOLDERS for page in ROOT.glob(f"{folder}*.md"))
SETTINGS = (ROOT / "src/xianzhi/site/settings.py").read_text(encoding="utf-8")
OF_THE_SCRIPTS = {"XIANZHI_INSTALL", "XIANZHI_CHROMIUM"}
ROW = re.compile(r"\| \[`(test_\w+)`\]\(\.\./([^)]+)\) \|$")


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_every_row_of_the_threat_model_names_a_test_that_exists():
    rows = [line for line in read(ROOT / "docs/threat-model.md").splitlines() if re.match(r"\| [A-Z]", line)]
    assert len(rows) > 30
    for row in rows:
        found = ROW.search(row)
        assert found, f"names no test: {row}"
        name, file = found.groups()
        assert re.search(rf"def {name}\(", read(ROOT / file)), f"{file} has no {name}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_to_files_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", read(page)):
        assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_and_settings_that_are_named_exist(page):
    known = set(get_commands())
    for command in re.findall(r"`(?:\.venv/bin/)?xianzhi ([a-z]+)", read(page)):
        assert command in known, f"{page.name} names xianzhi {command}"
    for name in re.findall(r"\bXIANZHI_[A-Z]+\b", read(page)):
        assert name in SETTINGS or name in OF_THE_SCRIPTS, f"{page.name} names {name}"
