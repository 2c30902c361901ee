"""Subjects: the persons and organisations served."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xianzhi.law.identifiers import check_credit_code, check_identity_number, mask


class Subject(models.Model):
    """A person (GB 11643 number) or an organisation (GB 32100 code) that the county serves."""

    PERSON, ORGANISATION = "person", "organisation"

    kind = models.CharField(
        _("类别"), max_length=12, choices=[(PERSON, _("自然人")), (ORGANISATION, _("法人或其他组织"))]
    )
    name = models.CharField(_("名称"), max_length=80)
    code = models.CharField(_("证件号码或统一社会信用代码"), max_length=18, unique=True)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    address = models.CharField(_("地址"), max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("办事主体")
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=("person", "organisation")), name="subject_kind"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_code(self) -> str:
        """As it may be shown: an organisation's code is public, a person's number is masked."""
        return mask(self.code) if self.kind == self.PERSON else self.code

    def clean(self) -> None:
        """Checks the number; the message names the digit that fails."""
        check = check_identity_number if self.kind == self.PERSON else check_credit_code
        try:
            self.code = check(self.code).code
        except ValueError as error:
            raise ValidationError({"code": str(error)}) from None
