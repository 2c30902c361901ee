"""Files that come in: kept as they are, once, or turned away whole."""

import hashlib

import pytest

from xianzhi.apps.gazette.demo import CHECKS, FEES
from xianzhi.apps.gazette.models import Item, Kind, Reading, SourceFile
from xianzhi.apps.gazette.reader.media.unreadable import Unreadable
from xianzhi.apps.gazette.services import intake
from xianzhi.apps.gazette.tests.files import locked_pdf
from xianzhi.apps.gazette.tests.official import official
from xianzhi.kernel import door
from xianzhi.kernel.models import Case

pytestmark = pytest.mark.django_db
ISSUE = f"{CHECKS}\n{FEES}"


def take(text: str = ISSUE, name: str = "公报.txt") -> intake.Taken:
    return intake.receive(text.encode(), name, by=official("editor"))


def nothing_is_left() -> bool:
    return not (SourceFile.objects.exists() or Case.objects.exists() or Item.objects.exists())


@pytest.mark.proves("gazette-1-1")
def test_a_file_is_kept_byte_for_byte_and_each_document_gets_a_case() -> None:
    taken = take()
    kept = SourceFile.objects.get()
    assert bytes(kept.content) == ISSUE.encode()
    assert kept.sha256 == hashlib.sha256(ISSUE.encode()).hexdigest()
    assert [case.title for case in taken.cases] == [
        "绛县人民政府办公室关于做好2025年汛前采砂场检查的通知（演示）",
        "绛县人民政府办公室关于规范示例摊位保洁费收取的通知（演示）",
    ]
    assert list(Reading.objects.values_list("number", flat=True)) == ["绛示发〔2025〕3号", "绛示规〔2025〕1号"]


@pytest.mark.proves("gazette-1-1")
def test_the_same_bytes_are_not_taken_twice_whatever_their_name() -> None:
    first = take()
    with pytest.raises(intake.Known) as known:
        take(name="另一个名字.txt")
    assert known.value.file == first.file
    assert SourceFile.objects.count() == 1 and Case.objects.count() == 2


@pytest.mark.proves("gazette-1-2")
def test_a_number_that_is_taken_is_refused_and_the_other_document_is_read() -> None:
    held = take(CHECKS, "检查.txt").cases[0]
    changed = CHECKS.replace("4处", "5处")
    taken = take(f"{changed}\n{FEES}", "公报二.txt")
    assert [case.reading.number for case in taken.cases] == ["绛示规〔2025〕1号"]
    ((title, reason),) = taken.refused
    assert "采砂场" in title and held.number in reason


@pytest.mark.proves("gazette-1-2")
def test_what_was_withdrawn_holds_its_number_no_longer() -> None:
    held = take(CHECKS, "检查.txt").cases[0]
    door.take_step(held, "withdraw", by=official("editor"), data={"reason": "读错了文件"})
    assert len(take(CHECKS.replace("4处", "5处"), "检查二.txt").cases) == 1


@pytest.mark.proves("gazette-1-2")
def test_a_file_of_which_nothing_is_new_leaves_nothing() -> None:
    take(CHECKS, "检查.txt")
    with pytest.raises(door.Refused, match="已在"):
        take(CHECKS.replace("4处", "5处"), "检查二.txt")
    assert SourceFile.objects.count() == 1 and Case.objects.count() == 1


@pytest.mark.proves("gazette-1-3")
@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "是空的"),
        (b"\n \n", "是空的"),
        ("机密\n".encode() + CHECKS.encode(), "密级"),
        (b"PK\x03\x04garbage", "损坏"),
        (locked_pdf(), "密码"),
        (b"%PDF-1.4\nbroken", "PDF"),
    ],
)
def test_what_cannot_be_read_is_turned_away_whole(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        intake.receive(data, "来件", by=official("editor"))
    assert nothing_is_left()


@pytest.mark.proves("gazette-1-3")
def test_a_gb18030_file_is_read_like_any_other() -> None:
    taken = intake.receive(CHECKS.encode("gb18030"), "检查.txt", by=official("editor"))
    assert taken.cases[0].reading.number == "绛示发〔2025〕3号"


def test_only_the_editor_takes_files_in() -> None:
    with pytest.raises(door.Refused, match="公报编辑"):
        intake.receive(CHECKS.encode(), "检查.txt", by=official("reviewer"))
    assert nothing_is_left()


def test_every_character_of_a_file_is_in_a_clause_or_taken_out_as_furniture() -> None:
    text = take().file.text
    held = {
        at for reading in Reading.objects.all() for clause in reading.clauses
        for fro, to in clause["runs"] for at in range(fro, to)
    }  # fmt: skip
    assert [sign for at, sign in enumerate(text) if at not in held and not sign.isspace()] == []


def test_only_what_is_doubtful_is_asked() -> None:
    taken = take(CHECKS, "检查.txt")
    doubts = {(item.kind, item.doubt[:12]) for item in taken.cases[0].reading.items.exclude(doubt="")}
    assert doubts == {
        (Kind.TASK, "“2025年5月中旬前”"), (Kind.TASK, "没有写明责任单位：由哪个"),
    }  # fmt: skip
