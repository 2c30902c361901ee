"""The real gazette from the file to its use: seven documents, matched to the county's registers."""

from collections import Counter
from pathlib import Path

import pytest

from xianzhi.apps.gazette.services import intake
from xianzhi.apps.gazette.tests.official import official, to_use
from xianzhi.kernel import registry
from xianzhi.kernel.models import Clause, Edition, Obligation, PublishedInstrument, Wording

REAL = Path(__file__).resolve().parents[6] / "shared" / "gazette" / "jiangxian-2024-1.txt"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not REAL.exists(), reason=f"the county's gazette is not here: {REAL.name}"),
]
SEVEN = {"wr", "sand", "waste", "heritage", "enforce", "power", "points"}


@pytest.fixture
def taken() -> intake.Taken:
    found = intake.receive(REAL.read_bytes(), REAL.name, by=official("editor"))
    for case in found.cases:
        to_use(case)
    return found


def test_the_whole_gazette_is_read_and_put_to_use(taken: intake.Taken) -> None:
    assert len(taken.cases) == 7 and not taken.refused
    assert set(PublishedInstrument.objects.values_list("name", flat=True)) == SEVEN
    assert Edition.objects.count() == 7
    matched = Counter(name.split("-")[0] for name in Wording.objects.values_list("provision", flat=True))
    for name in SEVEN:
        register = registry.registers[name]
        assert matched[name] / len(register) > 0.97, f"{name}: {matched[name]} of {len(register)} provisions found"
    ours = Obligation.objects.exclude(instrument=None)
    assert ours.exclude(unit=None).count() > 300
    assert ours.filter(due_on="2024-04-15", provision__startswith="waste-").exists()


def test_every_character_of_a_text_is_that_of_the_source(taken: intake.Taken) -> None:
    text = taken.file.text
    for clause in Clause.objects.all():
        source = "".join(text[fro:to] for fro, to in clause.runs)
        assert len(source) == len(clause.text)
