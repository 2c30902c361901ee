"""Model fields for personal data: sealed in the database, masked in Python, found by a blind index."""

from typing import Any

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.expressions import Col
from django.db.models.lookups import IsNull, Lookup
from django.db.models.query_utils import DeferredAttribute
from django.db.utils import IntegrityError

from xianzhi.kernel.personal import blind
from xianzhi.kernel.personal.keys import ring
from xianzhi.kernel.personal.masks import KINDS
from xianzhi.kernel.personal.sealed import Sealed, Token, opened
from xianzhi.kernel.personal.tokens import seal, unseal
from xianzhi.law.identifiers import MASK


class SealedField(models.TextField):
    """Text of a person, stored as a token that opens in this row and column only.

    kind: how it is masked (masks.KINDS). row: the attribute that tells rows apart and is known before the row is
    written (a random `ref`, the id of a case). index: the `BlindField` beside it, for finding it by its whole value.
    """

    def __init__(self, *args: Any, kind: str, row: str, index: str = "", **kwargs: Any) -> None:
        if kind not in KINDS:
            raise ValueError(f"no kind of personal data {kind}; one of {', '.join(KINDS)}")
        self.kind, self.row, self.index = kind, row, index
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "kind": self.kind, "row": self.row, "index": self.index}

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        setattr(cls, self.attname, _Attribute(self))

    @property
    def column_label(self) -> str:
        return f"{self.model._meta.label_lower}.{self.name}"

    def place(self, instance: models.Model) -> str:
        """Where a token of this row belongs. Raises ValueError while the row cannot be told from others."""
        which = getattr(instance, self.row)
        if which in (None, ""):
            raise ValueError(f"{self.column_label}: {self.row} must be known before the value is sealed")
        return f"{self.column_label}|{which}"

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str:
        return Token(value) if value else ""

    def get_prep_value(self, value: Any) -> str:
        """Only what `pre_save` sealed, or what came from the database, is written."""
        if value in (None, ""):
            return ""
        if not isinstance(value, Token):
            raise TypeError(f"{self.column_label} is sealed: assign it to the object and save() it, no update()")
        return str.__str__(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        kept: Any = model_instance.__dict__.get(self.attname) or ""
        if not kept or isinstance(kept, Token):
            return kept
        place = self.place(model_instance)
        if kept.token and kept.place == place:
            return Token(kept.token)
        plain = opened(kept)
        if MASK in plain:
            raise ValueError(f"{self.verbose_name}含有 {MASK}，像是遮盖后的文字，没有保存；请填写完整的内容")
        token = Token(seal(plain, place, ring().seal))
        if self.index:
            self._index(model_instance, plain)
        model_instance.__dict__[self.attname] = self.sealed(token, place)
        return token

    def _index(self, instance: models.Model, plain: str) -> None:
        column = instance._meta.get_field(self.index)
        setattr(instance, self.index, blind.digest(self.column_label, self.kind, plain) or None)
        found = blind.candidates(self.column_label, self.kind, plain)[1:]
        if column.unique and found:  # a rotation is on its way, and the constraint sees one key at a time
            others = type(instance)._default_manager.filter(**{f"{self.index}__in": found}).exclude(pk=instance.pk)
            if others.exists():
                raise IntegrityError(f"UNIQUE constraint failed: {self.column_label}")

    def sealed(self, token: str, place: str) -> Sealed:
        return Sealed(self.kind, lambda: unseal(token, place, ring().master), str.__str__(token), place)

    def get_lookup(self, lookup_name: str) -> Any:
        found = {"exact": _Exact, "in": _In, "isnull": IsNull}.get(lookup_name)
        if found is None:
            raise FieldError(
                f"{self.column_label} is sealed: it is found by its whole value only, not by {lookup_name}"
            )
        return found


class BlindField(models.CharField):
    """The keyed digest of a sealed field beside it; empty (NULL) where that one is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": blind.LENGTH, "null": True, "editable": False, **kwargs})


class _Attribute(DeferredAttribute):
    """What was assigned is sealed at once; what came from the database is opened for its mask when it is looked at."""

    field: SealedField

    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        if instance is None:
            return self
        kept = instance.__dict__.get(self.field.attname)
        if kept is None:
            kept = super().__get__(instance, cls)
        if isinstance(kept, Token):
            kept = instance.__dict__[self.field.attname] = self.field.sealed(kept, self.field.place(instance))
        return kept

    def __set__(self, instance: models.Model, value: Any) -> None:
        if value and not isinstance(value, Token | Sealed) and isinstance(value, str):
            value = Sealed.fresh(self.field.kind, str(value))
        instance.__dict__[self.field.attname] = "" if value is None else value


class _Blind(Lookup):
    """Finds a sealed value by the digests beside it."""

    prepare_rhs = False

    def values(self) -> list[str]:
        return [self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        field: SealedField = self.lhs.output_field
        wanted = self.values()
        if not field.index and any(wanted):
            raise FieldError(f"{field.column_label} is sealed and has no index to find it by")
        column, params = compiler.compile(self.lhs)
        parts = [f"{column} = ''"] if "" in wanted else []
        found = [one for text in wanted for one in blind.candidates(field.column_label, field.kind, opened(text))]
        if found:
            other, params = compiler.compile(Col(self.lhs.alias, field.model._meta.get_field(field.index)))
            parts.append(f"{other} IN ({', '.join(['%s'] * len(found))})")
        return (f"({' OR '.join(parts)})", [*params, *found]) if parts else ("1 = 0", [])


class _Exact(_Blind):
    lookup_name = "exact"


class _In(_Blind):
    lookup_name = "in"

    def values(self) -> list[str]:
        return list(self.rhs)
