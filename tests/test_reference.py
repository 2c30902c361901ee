"""docs/reference says what is declared, neither more nor less."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from xianzhi.kernel import reference, registry

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"


def test_the_reference_is_up_to_date(db):
    assert reference.differences(REFERENCE) == [], "run: xianzhi reference docs/reference"


def test_every_declared_thing_is_in_it(db):
    pages = reference.pages()
    for name in registry.provisions:
        assert f"| {name} |" in pages["provisions.md"]
    for name in registry.declared():
        assert f"`{name}`" in pages["parameters.md"]
    steps = [step for procedure in registry.procedures.values() for step in procedure.steps.values()]
    assert pages["steps.md"].count("\n| `") == len(steps)
    assert pages["events.md"].count("\n| `") >= len({step.event for step in steps})
    for post in registry.post_names:
        assert any(post in step.by for step in steps) == (f"| `{post}` |" in pages["permissions.md"])


def test_a_cell_cannot_end_its_table():
    assert reference._row("a|b", "c\nd") == "| a\\|b | c d |"


def test_a_page_that_is_edited_missing_or_too_many_is_found(db, tmp_path, capsys):
    call_command("reference", tmp_path)
    (tmp_path / "steps.md").write_text("edited")
    (tmp_path / "events.md").unlink()
    (tmp_path / "old.md").write_text("left over")
    with pytest.raises(SystemExit):
        call_command("reference", tmp_path, check=True)
    assert reference.differences(tmp_path) == ["events.md", "old.md", "steps.md"]
    call_command("reference", tmp_path)
    assert reference.differences(tmp_path) == []
    with pytest.raises(CommandError, match="请先建立"):
        call_command("reference", tmp_path / "nowhere")
