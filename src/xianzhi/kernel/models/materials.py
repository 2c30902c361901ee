"""Materials: files that were handed in, kept by their digest."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from xianzhi.kernel.models.cases import Case


class Material(models.Model):
    """One file of one kind in one case. The bytes stand once under their SHA-256, whoever hands them in."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="materials", verbose_name=_("办件"))
    kind = models.CharField(_("材料"), max_length=40)
    name = models.CharField(_("文件名"), max_length=160)
    media_type = models.CharField(_("格式"), max_length=80)
    size = models.PositiveBigIntegerField(_("字节"))
    sha256 = models.CharField(max_length=64, db_index=True)
    sm3 = models.CharField(_("摘要（SM3）"), max_length=64)
    event_seq = models.PositiveIntegerField(_("随哪一步"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人")
    )
    at = models.DateTimeField(_("收到"))

    class Meta:
        verbose_name = verbose_name_plural = _("材料")
        ordering = ("case", "kind", "id")

    def __str__(self) -> str:
        return self.name
