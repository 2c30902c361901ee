"""Subjects: the persons and organisations served."""

import secrets
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.personal.fields import BlindField, SealedField
from xianzhi.kernel.personal.masks import ADDRESS, IDENTITY, PHONE
from xianzhi.kernel.personal.sealed import opened
from xianzhi.law.identifiers import check_credit_code, check_identity_number

_REF_BYTES = 16


def new_ref() -> str:
    """A random name of a row, to which its sealed values are bound."""
    return secrets.token_hex(_REF_BYTES)


class Subject(models.Model):
    """A person (GB 11643 number) or an organisation (GB 32100 code) that the county serves.

    Code, telephone and address are sealed: as attributes they are the masked text, and only a whole code or telephone
    finds them (`Subject.objects.filter(code=…)`).
    """

    PERSON, ORGANISATION = "person", "organisation"

    kind = models.CharField(
        _("类别"), max_length=12, choices=[(PERSON, _("自然人")), (ORGANISATION, _("法人或其他组织"))]
    )
    name = models.CharField(_("名称"), max_length=80)
    ref = models.CharField(max_length=32, default=new_ref, editable=False)
    code = SealedField(_("证件号码或统一社会信用代码"), kind=IDENTITY, row="ref", index="code_index")
    code_index = BlindField(unique=True)
    phone = SealedField(_("电话"), kind=PHONE, row="ref", index="phone_index", blank=True)
    phone_index = BlindField(db_index=True)
    address = SealedField(_("地址"), kind=ADDRESS, row="ref", blank=True)
    erased_at = models.DateTimeField(_("删除时间"), null=True, blank=True, editable=False)
    """When the person's data were erased at the end of their time; the row stays, for cases point to it."""

    class Meta:
        verbose_name = verbose_name_plural = _("办事主体")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("person", "organisation")), name="subject_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """An index is written with the value that it finds."""
        if update_fields is not None:
            named = set(update_fields)
            update_fields = named | {f"{name}_index" for name in ("code", "phone") if name in named}
        super().save(*args, update_fields=update_fields, **kwargs)

    @property
    def shown_code(self) -> str:
        """As it may be shown: an organisation's code is public, a person's number is masked."""
        return str(self.code) if self.kind == self.PERSON or self.erased_at else opened(self.code)

    def clean(self) -> None:
        """Checks the number; the message names the digit that fails."""
        check = check_identity_number if self.kind == self.PERSON else check_credit_code
        try:
            self.code = check(opened(self.code)).code  # type: ignore[assignment]  # a column takes plain text
        except ValueError as error:
            raise ValidationError({"code": str(error)}) from None
