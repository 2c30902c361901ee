"""Cases are found by their number, title and subject, by whole words of Chinese and by parts of them."""

import pytest

from xianzhi.kernel.models import Case
from xianzhi.kernel.search import grams_of, matching
from xianzhi.kernel.tests.sample import People, draft


def test_the_pairs_of_a_text() -> None:
    assert grams_of("绛电接〔2025〕1号", "绛电") == "绛电 电接 20 02 25 1号"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", 2),
        ("示例许可", 2),
        ("例许", 2),
        ("示例公司0", 2),
        ("许可 公司", 2),
        ("可许", 0),
        ("公司 没有", 0),
        ("〔〕", 2),
    ],
)
def test_every_word_must_be_there(people: People, text: str, found: int) -> None:
    draft(people), draft(people)
    assert matching(Case.objects.all(), text).count() == found


def test_a_number_finds_its_own_case_only(people: People) -> None:
    """0002 is made of the pairs of 2025 and 0001 as well: the index alone would give both."""
    cases = [draft(people) for _ in range(3)]
    for case in cases:
        assert [one.pk for one in matching(Case.objects.all(), case.number)] == [case.pk]
