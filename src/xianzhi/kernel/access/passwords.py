"""What a password must be, changing it, and passwords that somebody else gives and that serve once."""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from xianzhi.kernel.access import machine, sessions
from xianzhi.kernel.access.records import What, record
from xianzhi.kernel.models import Account, PastPassword

KEPT = 5
"""Earlier passwords that are not taken again."""
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look like one another on paper."""


class OwnWords:
    """A validator of Django's: no password that is built around the account's name or holds the person's name."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None:
            return
        folded = password.casefold()
        if user.username and user.username.casefold() in folded:
            raise ValidationError(_("密码不能含有登录名"), code="own_words")
        if user.name and user.name.casefold() in folded:
            raise ValidationError(_("密码不能含有姓名"), code="own_words")

    def get_help_text(self) -> str:
        return _("不含登录名和姓名")


class NotAgain:
    """A validator of Django's: none of the last five passwords."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        known = [user.password, *user.past_passwords.values_list("password", flat=True)[:KEPT]]
        if any(check_password(password, one) for one in known if one):
            raise ValidationError(_("这个密码最近用过，请换一个"), code="again")

    def get_help_text(self) -> str:
        return _("与最近{n}次的密码不同").format(n=KEPT)


def change(account: Account, new: str, *, request: HttpRequest | None = None) -> None:
    """The account's own new password; its other sessions end. Raises ValidationError with every reason against it."""
    validate_password(new, account)
    with transaction.atomic():
        _set(account, new, must_change=False)
        here = request.session.session_key if request else None
        sessions.end_all(account, but=here)
        record(What.PASSWORD_CHANGED, account, request=request)


def reset(account: Account, *, by: Account | None, request: HttpRequest | None = None) -> str:
    """A one-time password, which nobody sees again; all sessions of the account end. by: empty for a command."""
    one_time = made_up()
    with transaction.atomic():
        _set(account, one_time, must_change=True)
        sessions.end_all(account)
        record(What.PASSWORD_RESET, account, by=by, request=request)
    return one_time


def made_up() -> str:
    """A password of four groups of four, about 79 bits: hk3m-p2xw-…"""
    return "-".join("".join(secrets.choice(_LETTERS) for _i in range(4)) for _group in range(4))


def start(account: Account, one_time: str) -> None:
    """Gives a new account, not yet saved, its one-time password."""
    account.set_password(one_time)
    account.must_change, account.password_at = True, machine.now()


def lapsed(account: Account) -> bool:
    """Whether a one-time password was not used in time."""
    limit = timedelta(hours=settings.ONE_TIME_HOURS)
    return bool(account.must_change and account.password_at and machine.now() - account.password_at > limit)


def must_change(account: Account) -> bool:
    """Whether the account has to take a new password before anything else."""
    if account.must_change:
        return True
    days = settings.PASSWORD_DAYS
    return bool(days and account.password_at and machine.now() - account.password_at > timedelta(days=days))


def _set(account: Account, new: str, *, must_change: bool) -> None:
    if account.has_usable_password():
        PastPassword.objects.create(account=account, password=account.password, at=machine.now())
    stale = account.past_passwords.values_list("pk", flat=True)[KEPT:]
    PastPassword.objects.filter(pk__in=list(stale)).delete()
    account.set_password(new)
    account.must_change, account.password_at = must_change, machine.now()
    account.save(update_fields=["password", "must_change", "password_at"])
