"""Sealed fields: nothing in clear in the database, masked wherever it goes, found whole, bound to its place."""

import copy
import json
import logging
import pickle
from pathlib import Path

import pytest
from django.core.exceptions import FieldError, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.template import Context, Template

from xianzhi.kernel.models import Subject
from xianzhi.kernel.personal import keys
from xianzhi.kernel.personal.logs import Masking
from xianzhi.kernel.personal.sealed import opened
from xianzhi.kernel.personal.tokens import AES, BadToken

pytestmark = pytest.mark.django_db
CODE, OTHER, PHONE = "140826199003070010", "140826198511230026", "13800001111"
MASKED, MASKED_PHONE = "140***********0010", "138****1111"


@pytest.fixture(autouse=True)
def key_file(settings, tmp_path: Path) -> Path:
    settings.KEYS = tmp_path / "keys" / "personal.json"
    return settings.KEYS


def person(code: str = CODE, **more: str) -> Subject:
    return Subject.objects.create(kind=Subject.PERSON, name="示例甲", code=code, **{"phone": PHONE, **more})


def stored(subject: Subject) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT code, phone, address, code_index FROM kernel_subject WHERE id = %s", [subject.pk])
        return dict(zip(("code", "phone", "address", "code_index"), cursor.fetchone(), strict=True))


def store(subject: Subject, **values: str) -> Subject:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"UPDATE kernel_subject SET {name} = %s WHERE id = %s", [value, subject.pk])  # noqa: S608
    return Subject.objects.get(pk=subject.pk)


def test_the_database_holds_tokens_and_no_number() -> None:
    columns = stored(person(address="示例村一组12号"))
    for plain in (CODE, PHONE, CODE[6:14], "示例村"):
        assert not any(plain in value for value in columns.values())
    assert columns["code"].startswith(f"xz1.{keys.ring().current}.sm4.")
    assert stored(person(OTHER))["code"] != columns["code"]


def test_a_value_is_masked_wherever_it_is_written() -> None:
    for subject in (
        person(),
        Subject.objects.get(),
        Subject(kind=Subject.PERSON, name="示例乙", code=CODE, phone=PHONE),
    ):
        code = subject.code
        for text in (
            str(code), repr(code), f"{code}", f"{code:>20}", "".join([code]), "/" + code, code[:],
            json.dumps({"code": code}), DjangoJSONEncoder().encode([code]), code.encode().decode(),
            Template("{{ subject.code }} {{ subject.phone }}").render(Context({"subject": subject})),
            repr(pickle.loads(pickle.dumps(code))), repr(copy.deepcopy(code)), repr(vars(subject)),
        ):  # fmt: skip
            assert CODE not in text and CODE[6:14] not in text and PHONE not in text, text
        assert str(code) == MASKED and str(subject.phone) == MASKED_PHONE
        assert opened(code) == CODE and opened(subject.phone) == PHONE


def test_a_subject_is_found_by_its_whole_code_and_telephone_only() -> None:
    subject = person()
    person(OTHER, phone="")
    for text in (CODE, f" {CODE[:6]} {CODE[6:]} ", "".join(chr(ord(one) + 0xFEE0) for one in CODE)):
        assert Subject.objects.get(code=text) == subject
    assert Subject.objects.get(phone="+86 138-0000-1111") == subject
    assert Subject.objects.filter(code__in=[CODE, OTHER]).count() == 2
    assert Subject.objects.get(code=subject.code) == subject
    assert Subject.objects.get(phone="").name == "示例甲"
    assert not Subject.objects.filter(code=CODE[:-1]).exists()
    assert not Subject.objects.filter(code="").exists()
    assert Subject.objects.exclude(code=CODE).get().pk != subject.pk
    assert Subject.objects.get_or_create(code=CODE, defaults={"name": "别人"}) == (subject, False)
    for lookup in ("contains", "startswith", "icontains", "gt", "regex"):
        with pytest.raises(FieldError, match="sealed"):
            Subject.objects.filter(**{f"code__{lookup}": "140"}).exists()
    with pytest.raises(FieldError, match="no index"):
        Subject.objects.filter(address="示例村").exists()


def test_a_code_stands_once() -> None:
    person()
    with pytest.raises(IntegrityError), transaction.atomic():
        person(f" {CODE}")


def test_a_code_stands_once_while_the_index_key_changes() -> None:
    person()
    keys.add_index()
    assert Subject.objects.get(code=CODE).name == "示例甲"
    with pytest.raises(IntegrityError), transaction.atomic():
        person()


def test_a_changed_code_is_found_anew() -> None:
    subject = person()
    subject.code = OTHER
    subject.save(update_fields=["code"])
    assert Subject.objects.get(code=OTHER) == subject
    assert not Subject.objects.filter(code=CODE).exists()
    assert opened(Subject.objects.get().phone) == PHONE


def test_saving_leaves_what_was_not_touched() -> None:
    before = stored(person())
    subject = Subject.objects.get()
    subject.name = "示例乙"
    assert str(subject.phone) == MASKED_PHONE  # looked at, not changed
    subject.save()
    assert stored(subject) == before


def test_a_mask_is_never_saved_for_a_number() -> None:
    subject = person()
    subject.code = str(subject.code)
    with pytest.raises(ValueError, match="遮盖"), transaction.atomic():
        subject.save()
    assert opened(Subject.objects.get().code) == CODE


def test_another_rows_value_is_sealed_anew() -> None:
    subject, other = person(), person(OTHER, phone="")
    other.phone = subject.phone
    other.save()
    assert opened(Subject.objects.get(pk=other.pk).phone) == PHONE
    assert stored(other)["phone"] != stored(subject)["phone"]


def test_no_update_writes_past_the_seal() -> None:
    person()
    with pytest.raises(TypeError, match="sealed"):
        Subject.objects.update(code=OTHER)


def test_a_token_moved_to_another_row_or_column_does_not_open() -> None:
    subject, other = person(), person(OTHER)
    for columns in ({"code": stored(other)["code"]}, {"code": stored(subject)["phone"]}):
        moved = store(subject, **columns)
        assert str(moved.code) == "（校验不符，不能读取）"
        with pytest.raises(BadToken, match="不属于这一处"):
            opened(moved.code)


@pytest.mark.parametrize("place", [2, 5, -1, -30])
def test_a_changed_token_does_not_open(place: int) -> None:
    subject = person()
    head, _, body = stored(subject)["code"].rpartition(".")
    raw = list(body)
    raw[place] = "A" if raw[place] != "A" else "B"
    with pytest.raises(BadToken, match="校验不符"):
        opened(store(subject, code=f"{head}.{''.join(raw)}").code)
    with pytest.raises(BadToken):
        opened(store(subject, code=f"{head.replace('sm4', 'aes')}.{body}").code)
    with pytest.raises(BadToken):
        opened(store(subject, code="xz1.nonsense").code)


def test_aes_is_the_alternative() -> None:
    keys.add_seal(AES)
    subject = person()
    assert ".aes." in stored(subject)["code"]
    assert opened(Subject.objects.get().code) == CODE


def test_an_unknown_cipher_is_refused() -> None:
    with pytest.raises(ValueError, match="没有算法"):
        keys.add_seal("des")


def test_without_its_key_a_value_says_so_and_is_kept(key_file: Path) -> None:
    subject = person()
    before = stored(subject)
    key_file.unlink()
    with pytest.raises(keys.NoKeys, match="不要另建"):
        keys.ring()
    assert not key_file.exists()
    lost = Subject.objects.get()
    assert str(lost.code) == "（缺少密钥，不能读取）"
    with pytest.raises(keys.NoKeys, match="请从备份中恢复"):
        opened(lost.code)
    lost.name = "示例乙"
    lost.save()
    assert stored(lost) == before


def test_another_key_file_opens_nothing(key_file: Path) -> None:
    subject = person()
    other = key_file.with_name("other.json")
    other.write_text(key_file.read_text().replace(keys.ring().current, "0" * 8))
    other.replace(key_file)
    with pytest.raises(keys.KeyMissing, match="没有密钥"):
        opened(Subject.objects.get(pk=subject.pk).code)


def test_a_wrong_secret_under_the_right_id_opens_nothing(key_file: Path) -> None:
    subject = person()
    data = json.loads(key_file.read_text())
    data["seals"][data["current"]]["key"] = "00" * 16
    key_file.write_text(json.dumps(data) + " ")
    with pytest.raises(BadToken):
        opened(Subject.objects.get(pk=subject.pk).code)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"form": "xianzhi-keys-1"}', "\x00"])
def test_a_broken_key_file_is_said_and_left_alone(key_file: Path, content: str) -> None:
    person()
    key_file.write_text(content)
    with pytest.raises(keys.NoKeys, match="内容不对"):
        keys.ring()
    assert key_file.read_text() == content


def test_the_key_file_is_its_owners_only(key_file: Path) -> None:
    keys.ring()
    assert key_file.stat().st_mode & 0o077 == 0
    assert key_file.parent.stat().st_mode & 0o077 == 0
    keys.add_seal()
    assert key_file.stat().st_mode & 0o077 == 0
    assert keys.ring().seal.secret.hex() not in repr(keys.ring())


def test_a_wrong_digit_is_named_without_the_number() -> None:
    subject = Subject(kind=Subject.PERSON, name="示例甲", code=CODE[:-1] + "5")
    with pytest.raises(ValidationError, match="校验码") as error:
        subject.clean()
    assert CODE[:-1] not in str(error.value)


def test_an_organisations_code_is_public() -> None:
    made = Subject.objects.create(kind=Subject.ORGANISATION, name="示例公司", code="SAMPLE0")
    assert made.shown_code == "SAMPLE0" == Subject.objects.get().shown_code
    assert person().shown_code == MASKED


def test_the_log_masks_numbers_everywhere() -> None:
    written = Masking("{message}", style="{")
    try:
        raise ValueError(f"no such code {CODE}")
    except ValueError:
        record = logging.makeLogRecord(
            {"msg": "%s rang from %s", "args": (CODE, PHONE), "exc_info": __import__("sys").exc_info()}
        )
    line = written.format(record)
    assert CODE not in line and PHONE not in line
    assert MASKED in line and MASKED_PHONE in line and "ValueError" in line
    kept = "2025-03-12 10:32:01,123 绛电接〔2025〕0001 7c19e04b 91140826MAEDEM001X 20250312 1741746721.123456"
    assert Masking().format(logging.makeLogRecord({"msg": kept})) == kept
