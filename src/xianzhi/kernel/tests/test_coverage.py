"""Coverage tells what is carried out and proved, and marks nothing that is not."""

import ast
import json
from dataclasses import replace

import pytest
from django.core.management import CommandError, call_command

from xianzhi.kernel import coverage, registry
from xianzhi.kernel.coverage import CARRIED, CONTEXT, DONE, OPEN, Carrier, Covered, Proof
from xianzhi.kernel.coverage import _marked as marked
from xianzhi.law.register import Provision

CARRIER, PROOF = Carrier("规则", "may"), Proof("a test", "here")


def first() -> Provision:
    return next(one for one in registry.provisions.values() if not one.is_context)


@pytest.mark.parametrize(
    ("carriers", "proofs", "awaits", "status", "unexplained"),
    [
        ((CARRIER,), (PROOF,), "", DONE, False),
        ((CARRIER,), (), "", CARRIED, True),
        ((), (PROOF,), "", OPEN, True),
        ((), (), "", OPEN, True),
        ((CARRIER,), (PROOF,), "文书随下一步", OPEN, False),
        ((), (), "文书随下一步", OPEN, False),
    ],
)
def test_status(carriers, proofs, awaits, status, unexplained) -> None:
    row = Covered(replace(first(), awaits=awaits), carriers, proofs)
    assert (row.status, row.unexplained) == (status, unexplained)


def test_context_is_neither_open_nor_done() -> None:
    row = Covered(replace(first(), software="context"), (), ())
    assert (row.status, row.unexplained) == (CONTEXT, False)


RULES = '''
LIMITS = {"cable": "x-2"}
OTHER = "x-9"

def may(facts, p):
    """Asks first. [x-1]"""
    return _first(facts), also(facts)

def also(facts):
    return reason("x-3"), "x-3 and more"

def _first(facts):
    return _second(facts), LIMITS

def _second(facts):
    return Reason("text", "x-4")

def _unused(facts):
    return "x-5"
'''


def test_a_rule_carries_what_it_names_itself_or_through_its_private_helpers() -> None:
    known = {f"x-{n}": None for n in range(1, 10)}
    found = coverage.cited_by_functions(ast.parse(RULES), known)
    assert {name: set(cited) for name, cited in found.items()} == {"may": {"x-1", "x-2", "x-4"}, "also": {"x-3"}}


TESTS = """
import pytest

@pytest.mark.proves("x-1", "x-2")
def test_one(): ...

@pytest.mark.proves("x-3")
class TestMany:
    def test_two(self): ...

@pytest.mark.skip
@pytest.mark.proves("x-4")
def test_skipped(): ...

@pytest.mark.parametrize("x-5", [])
def test_other(): ...
"""


def test_marks_are_found_and_a_skipped_test_proves_nothing(tmp_path) -> None:
    found = [(provision, proof.name) for provision, proof in marked(ast.parse(TESTS), tmp_path / "test_it.py")]
    assert sorted(found) == [("x-1", "test_one"), ("x-2", "test_one"), ("x-3", "TestMany")]


def test_every_mark_names_a_provision_that_exists() -> None:
    assert [str(finding) for finding in coverage.findings()] == []


def test_a_mark_that_names_nothing_is_found(monkeypatch) -> None:
    monkeypatch.setitem(coverage._declared, "power-99-1", [Carrier("页面", "无此条", "here")])
    assert any("power-99-1" in str(finding) for finding in coverage.findings())


def test_carries_names_the_room_of_what_it_marks() -> None:
    def view() -> None: ...

    view.__module__ = "xianzhi.apps.sample.pages.lists"
    try:
        assert coverage.carries("sample-1-1", zh="清单")(view) is view
        assert coverage._declared["sample-1-1"] == [Carrier("页面", "清单", "xianzhi.apps.sample.pages.lists.view")]
    finally:
        del coverage._declared["sample-1-1"]


@pytest.mark.django_db
def test_every_provision_of_every_instrument_has_one_status() -> None:
    for name, register in registry.registers.items():
        rows = coverage.of(name)
        assert [row.provision.id for row in rows] == list(register)
        assert sum(coverage.counts(rows).values()) == len(register)


@pytest.mark.django_db
def test_steps_values_and_examples_are_found() -> None:
    ending = coverage.one("power-6-1")
    assert {carrier.kind for carrier in ending.carriers} >= {"参数", "规则"}
    assert ending.proofs and ending.status == DONE


@pytest.mark.django_db
def test_the_command_as_json(capsys) -> None:
    try:
        call_command("coverage", "power", "--json")
    except SystemExit as end:
        assert end.code == 1
    content = json.loads(capsys.readouterr().out)
    assert content["findings"] == []
    rows = content["instruments"]["power"]["provisions"]
    assert len(rows) == len(registry.registers["power"])
    assert sum(content["instruments"]["power"]["counts"].values()) == len(rows)


@pytest.mark.django_db
def test_the_command_ends_with_one_where_something_is_missing(monkeypatch, capsys) -> None:
    missing = Covered(first(), (), ())
    monkeypatch.setattr(coverage, "of", lambda name: (missing,))
    with pytest.raises(SystemExit) as end:
        call_command("coverage", "power")
    assert end.value.code == 1
    assert "没有落实" in capsys.readouterr().out


@pytest.mark.django_db
def test_the_command_ends_with_zero_where_what_is_missing_is_explained(monkeypatch, capsys) -> None:
    monkeypatch.setattr(coverage, "of", lambda name: (Covered(replace(first(), awaits="文书随下一步"), (), ()),))
    call_command("coverage", "power", "--open")
    assert "文书随下一步" in capsys.readouterr().out


def test_an_unknown_instrument_is_named_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"没有编号为 nothing 的文件，可用：.*power"):
        call_command("coverage", "nothing")
