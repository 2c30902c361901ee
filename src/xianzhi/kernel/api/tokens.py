"""Making, finding and revoking tokens. A token is shown once; what is kept is a keyed digest (HMAC-SM3) of it."""

import hmac
import secrets
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.api import scopes
from xianzhi.kernel.models import Account, ApiToken

MARK = "xz"
_PREFIX, _SECRET = 8, 32
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_SALT = b"xianzhi.api.token"
SEEN_EVERY = timedelta(minutes=1)
"""How exactly the last use is kept."""
MOST = 50
"""Tokens in force that one account may have."""


class BadToken(Exception):
    """A token that opens nothing; the message says why, to whoever holds the whole of it."""


def keyed(key: bytes, *parts: bytes) -> bytes:
    """HMAC-SM3 of the parts put together."""
    made = HMAC(key, SM3())
    for part in parts:
        made.update(part)
    return made.finalize()


def installation_keys() -> list[bytes]:
    """The key of the installation, and former ones that still count."""
    return [str(key).encode() for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def make(
    owner: Account, *, name: str, wanted: Iterable[str], expires_on: date | None, partner: str = ""
) -> tuple[ApiToken, str]:
    """A new token and its text, which is never to be had again. Raises ValidationError with every fault."""
    name, partner, given = name.strip(), partner.strip(), sorted(dict.fromkeys(wanted))
    faults = [*_named(name, partner), *_dated(expires_on), *scopes.faults(owner, given)]
    if not given:
        faults.append(_("没有选范围，令牌什么也做不了"))
    if in_force(owner).count() >= MOST:
        faults.append(_("有效的令牌已有 {n} 个，请先撤销不用的").format(n=MOST))
    if faults or expires_on is None:
        raise ValidationError(faults)
    prefix = "".join(secrets.choice(_LETTERS) for _unused in range(_PREFIX))
    text = f"{MARK}_{prefix}_{secrets.token_urlsafe(_SECRET)}"
    made = ApiToken.objects.create(
        name=name, owner=owner, partner=partner, prefix=prefix, digest=_digests(text)[0], scopes=given,
        created_at=clock.now(), expires_on=expires_on,
    )  # fmt: skip
    return made, text


def _named(name: str, partner: str) -> list[str]:
    most = {
        label: ApiToken._meta.get_field(field).max_length
        for field, label in (("name", _("名称")), ("partner", _("使用系统")))
    }
    found = [] if name else [_("没有写名称，日后认不出是哪个程序在用")]
    for (label, longest), text in zip(most.items(), (name, partner), strict=True):
        if len(text) > longest:
            found.append(_("{label}太长，最多{most}个字").format(label=label, most=longest))
        if not text.isprintable():
            found.append(_("{label}含有不能显示的字符").format(label=label))
    return found


def _dated(expires_on: date | None) -> list[str]:
    if expires_on is None:
        return [_("没有写到期日期，写作 2025-03-12")]
    last = clock.today() + timedelta(days=settings.API_TOKEN_LONGEST_DAYS)
    if expires_on <= clock.today():
        return [_("到期日期应在今天之后")]
    if expires_on > last:
        return [_("到期日期最晚是 {day}，到期前再建新的").format(day=last.isoformat())]
    return []


def in_force(owner: Account) -> Any:
    """The tokens of an account that still open something."""
    return ApiToken.objects.filter(owner=owner, revoked_at=None, expires_on__gt=clock.today())


def _digests(text: str) -> list[str]:
    """By every key that counts, the present one first."""
    return [keyed(key, _SALT, text.encode()).hex() for key in installation_keys()]


def found(text: str) -> ApiToken:
    """The token of a text, with its owner. Raises BadToken."""
    mark, _first, rest = text.partition("_")
    prefix, _second, secret = rest.partition("_")
    known = None
    if mark == MARK and secret and len(prefix) == _PREFIX and text.isascii():
        known = ApiToken.objects.select_related("owner__subject").filter(prefix=prefix).first()
    kept = known.digest if known else "0" * 64
    if not any([hmac.compare_digest(kept, one) for one in _digests(text if text.isascii() else "")]) or known is None:
        raise BadToken(_("没有这个令牌，请核对"))
    if fault := ended(known):
        raise BadToken(fault)
    return known


def ended(token: ApiToken) -> str:
    """Why a token opens nothing any more; empty while it does."""
    if token.revoked_at is not None:
        return _("令牌已撤销，请改用新的")
    if clock.today() >= token.expires_on:
        return _("令牌已于 {day} 到期，请建新的").format(day=token.expires_on.isoformat())
    return "" if token.owner.is_active else _("令牌所属的账号已停用")


def seen(token: ApiToken) -> None:
    """Keeps when a token was last used, to the minute."""
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= SEEN_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke(token: ApiToken, *, by: Account) -> None:
    """Ends a token at once and for good. Its owner and the security administrator may. Raises ValidationError."""
    if by.pk != token.owner_id and by.duty != "security":
        raise ValidationError(_("只有所属账号和安全管理员可以撤销令牌"))
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=clock.now(), revoked_by=by)
    token.refresh_from_db()
