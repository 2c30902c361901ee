"""What a step was told of a person, in the data of its event: sealed under the key of the case.

The ledger hashes the token, so it verifies whether or not anybody can still open it. A case has a key of its own, kept
sealed under the master key: rotating the master key touches no event, and destroying the key of the case erases them.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xianzhi.kernel import clock
from xianzhi.kernel.models import Case, CaseKey
from xianzhi.kernel.personal.keys import ring
from xianzhi.kernel.personal.sealed import Destroyed, Sealed, opened
from xianzhi.kernel.personal.tokens import SM4, BadToken, Key, is_token, seal, secret_for, unseal
from xianzhi.law.fields import Field
from xianzhi.law.procedure import Step

OWNER = "case-"
"""Before the number of a case, the id of its key."""
_FRESH_SECONDS = 5
_MOST_KEPT = 200
_kept: dict[int, tuple[float, Key]] = {}
"""Keys of cases as read a moment ago, so that a list of thirty values asks once."""


def has_personal(step: Step) -> bool:
    """Whether a step asks for anything personal."""
    return any(one.personal or any(column.personal for column in one.columns) for one in step.asks)


def sealed_data(case: Case, step: Step, data: Mapping[str, Any]) -> dict[str, Any]:
    """What an event states, with every personal value sealed. Raises Fault where there is no key to seal with."""
    if not has_personal(step):
        return dict(data)
    key: list[Key] = []

    def one(field: Field, value: Any, place: str) -> Any:
        if not key:
            key.append(_key_for(case))
        return seal(str(value), place, key[0])

    return _changed(step, data, one)


def opened_data(step: Step, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an event as they were entered, for the system's own use. Raises Fault."""
    return _changed(step, data, lambda field, value, place: opened(_sealed(field, value, place)))


def shown_data(step: Step | None, data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an event as anybody may see them: personal values masked. For pages, exports and the API."""
    if step is None:  # no longer declared: what its fields were is not known
        return {name: _hidden(value) for name, value in data.items()}
    return _changed(step, data, _sealed)


def _changed(step: Step, data: Mapping[str, Any], change: Callable[[Field, Any, str], Any]) -> dict[str, Any]:
    """The data with each personal value changed."""
    found = dict(data)
    for field in step.asks:
        value = found.get(field.name)
        if field.personal and value:
            found[field.name] = change(field, value, _place(step, field))
        elif value and any(column.personal for column in field.columns):
            found[field.name] = [_line(step, field, line, change) for line in value]
    return found


def _line(
    step: Step, field: Field, line: Mapping[str, Any], change: Callable[[Field, Any, str], Any]
) -> dict[str, Any]:
    return {
        **line,
        **{
            column.name: change(column, line[column.name], _place(step, field, column))
            for column in field.columns
            if column.personal and line.get(column.name)
        },
    }


def _place(step: Step, *fields: Field) -> str:
    """Where a value belongs: a token moved to another field or step does not open."""
    return ".".join((step.procedure.name, step.name, *(field.name for field in fields)))


def _sealed(field: Field, value: Any, place: str) -> Any:
    """The masked value; what was written before its field was marked stands in clear and is masked all the same."""
    if not is_token(value):
        return Sealed.fresh(field.personal, str(value))
    return Sealed(field.personal, lambda: unseal(value, place, _find), value, place)


def _hidden(value: Any) -> Any:
    if isinstance(value, list):
        return [_hidden(one) for one in value]
    if isinstance(value, Mapping):
        return {name: _hidden(one) for name, one in value.items()}
    return "******" if is_token(value) else value


def personal_values(step: Step, data: Mapping[str, Any]) -> Iterator[tuple[str, str, Sealed]]:
    """(path, label, value) of every personal value in the data of an event: plots.2.holder, 第3行承包人."""
    shown = shown_data(step, data)
    for field in step.asks:
        value = shown.get(field.name)
        if field.personal and value:
            yield field.name, field.zh, value
        for number, line in enumerate(value or () if field.columns else ()):
            for column in field.columns:
                if column.personal and line.get(column.name):
                    yield f"{field.name}.{number}.{column.name}", f"第{number + 1}行{column.zh}", line[column.name]


# ---- the keys of cases


def _key_for(case: Case) -> Key:
    """The key of a case, made with its first personal value. Raises Destroyed."""
    if not CaseKey.objects.filter(case=case).exists():
        secret = secret_for(SM4).hex()
        CaseKey.objects.create(case=case, sealed=seal(secret, key_place(case.pk), ring().seal), made_at=clock.now())
    return _read(case.pk)


def key_place(case_id: int) -> str:
    """The place for which the key of a case is sealed."""
    return f"kernel.casekey|{case_id}"


def _find(name: str) -> Key:
    number = name.removeprefix(OWNER)
    if not name.startswith(OWNER) or not number.isdecimal():
        raise BadToken("加密的个人信息格式不对，可能被改动；请从备份中核对")
    kept = _kept.get(int(number))
    if kept and time.monotonic() - kept[0] < _FRESH_SECONDS:
        return kept[1]
    return _read(int(number))


def _read(case_id: int) -> Key:
    row = CaseKey.objects.filter(pk=case_id).first()
    if row is None:
        raise BadToken("这个办件没有密钥，个人信息不能读取；请从备份中核对")
    if not row.sealed:
        raise Destroyed
    secret = bytes.fromhex(unseal(row.sealed, key_place(case_id), ring().master))
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    _kept[case_id] = time.monotonic(), (key := Key(f"{OWNER}{case_id}", SM4, secret))
    return key


def forget() -> None:
    """Keys of cases are read anew."""
    _kept.clear()
