"""New keys for old: every sealed value of a row, every key of a case and every digest is made anew, batch by batch.

What is left to do is what still carries an old key's id, so a rotation that was killed goes on where it stood, and one
that is asked for while another is unfinished finishes that. Events are not touched: the keys of their cases are.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models, transaction
from django.db.models import Count, F, Q
from django.db.models.functions import Substr
from django_tasks import task

from xianzhi.kernel.models import CaseKey
from xianzhi.kernel.personal import blind, values
from xianzhi.kernel.personal.fields import SealedField
from xianzhi.kernel.personal.keys import ring
from xianzhi.kernel.personal.sealed import Token
from xianzhi.kernel.personal.tokens import PREFIX, Fault, seal, unseal

BATCH = 200
_ID = 8
"""Characters of a key's id."""
_HEAD = len(PREFIX) + 1 + _ID + 1
Say = Callable[[int, int], None]
"""Told how many rows are done, of how many."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a rotation did: rows made anew, and rows that could not be opened, with the reason of each."""

    rows: int
    faults: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        return {"rows": self.rows, "faults": list(self.faults)}


def sealed_models() -> Iterator[tuple[type[models.Model], list[SealedField]]]:
    """Every model with sealed fields, and these."""
    for model in apps.get_models():
        if fields := [one for one in model._meta.concrete_fields if isinstance(one, SealedField)]:
            yield model, fields


def uses() -> Counter[str]:
    """How often each key, master or index, is in use."""
    found: Counter[str] = Counter()
    for model, fields in sealed_models():
        for field in fields:
            found += _count(model, field.column, 1 + len(PREFIX) + 1)
            if field.index:
                found += _count(model, field.index, 1)
    return found + _count(CaseKey, "sealed", 1 + len(PREFIX) + 1)


def _count(model: type[models.Model], column: str, start: int) -> Counter[str]:
    rows = (
        model._base_manager.annotate(key_id=Substr(F(column), start, _ID)).values_list("key_id").annotate(n=Count("pk"))
    )
    return Counter({name: n for name, n in rows.order_by() if name})


def missing() -> dict[str, int]:
    """Keys that something needs and the key file does not hold, with how often. Raises NoKeys."""
    held = ring()
    return {name: n for name, n in uses().items() if name not in held.seals and name not in held.indexes}


def left() -> int:
    """How many rows still carry an older key."""
    return sum(_old(model, fields).count() for model, fields in sealed_models()) + _old_case_keys().count()


def _old(model: type[models.Model], fields: list[SealedField]) -> models.QuerySet[Any]:
    keys, found, rows = ring(), Q(), model._base_manager.all()
    for field in fields:
        rows = rows.annotate(**{f"{field.name}_head": Substr(F(field.name), 1, _HEAD)})
        found |= ~Q(**{f"{field.name}_head__in": ("", f"{PREFIX}.{keys.current}.")})
        if field.index:
            found |= Q(**{f"{field.index}__isnull": False}) & ~Q(
                **{f"{field.index}__startswith": f"{keys.current_index}:"}
            )
    return rows.filter(found)


def _old_case_keys() -> models.QuerySet[CaseKey]:
    return CaseKey.objects.exclude(sealed="").exclude(sealed__startswith=f"{PREFIX}.{ring().current}.")


def rotate(say: Say = lambda done, total: None) -> Done:
    """Makes everything anew that carries an older key than the current ones. Safe to kill and to begin again."""
    total, done = left(), 0
    faults: list[str] = []
    for model, fields in sealed_models():
        for pks in _batches(_old(model, fields)):
            done += _renew(model, fields, pks, faults)
            say(done, total)
    for pks in _batches(_old_case_keys()):
        done += _renew_case_keys(pks, faults)
        say(done, total)
    values.forget()
    return Done(done, tuple(faults))


def _batches(rows: models.QuerySet[Any]) -> Iterator[list[Any]]:
    last: Any = None
    while pks := list((rows.filter(pk__gt=last) if last else rows).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield pks
        last = pks[-1]


def _renew(model: type[models.Model], fields: list[SealedField], pks: list[Any], faults: list[str]) -> int:
    """One batch, whole or not at all; a row that cannot be opened stays as it is and is named."""
    done = 0
    with transaction.atomic():
        for row in model._base_manager.select_for_update().filter(pk__in=pks):
            try:
                changed = {name: value for field in fields for name, value in _renewed(row, field).items()}
            except Fault as error:
                faults.append(f"{model._meta.verbose_name} {row.pk}：{error}")
                continue
            model._base_manager.filter(pk=row.pk).update(**changed)
            done += 1
    return done


def _renewed(row: models.Model, field: SealedField) -> dict[str, Any]:
    token, place = str(row.__dict__[field.attname]), field.place(row)
    if not token:
        return {}
    plain = unseal(token, place, ring().master)
    found: dict[str, Any] = {field.name: Token(seal(plain, place, ring().seal))}
    if field.index:
        found[field.index] = blind.digest(field.column_label, field.kind, plain) or None
    return found


def _renew_case_keys(pks: list[Any], faults: list[str]) -> int:
    done = 0
    with transaction.atomic():
        for row in CaseKey.objects.select_for_update().filter(pk__in=pks).exclude(sealed=""):
            place = values.key_place(row.pk)
            try:
                row.sealed = seal(unseal(row.sealed, place, ring().master), place, ring().seal)
            except Fault as error:
                faults.append(f"{CaseKey._meta.verbose_name} {row.pk}：{error}")
                continue
            row.save(update_fields=["sealed"])
            done += 1
    return done


@task()
def rotate_in_background() -> dict[str, Any]:
    """As `rotate`, by the worker."""
    return rotate().as_data()
