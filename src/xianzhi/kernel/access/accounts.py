"""Creating, disabling and resetting accounts; the three duties; invitations of the persons and bodies served.

Every verb takes who does it as `by` (empty for a command of the installation) and writes a record. Nobody acts on an
account of the same person's own, and no account with a duty acts alone on making another security administrator.
"""

import secrets
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from xianzhi.kernel.access import guesses, machine, passwords, second, sessions
from xianzhi.kernel.access.records import What, record
from xianzhi.kernel.access.seal import digest
from xianzhi.kernel.models import Account, DutyProposal, Invitation, Subject
from xianzhi.kernel.models.accounts import Duty
from xianzhi.kernel.speech.written import in_chinese

_REASON = 200
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"


def create(
    username: str, name: str, *, duty: str = "", by: Account | None = None, request: HttpRequest | None = None
) -> tuple[Account, str]:
    """A new account and its one-time password. Raises ValidationError with every reason against it.

    A security administrator is made by a command only, or by two others: see `propose` and `decide`.
    """
    if by is not None and duty == Duty.SECURITY:
        raise ValidationError([_("安全管理员须由一人提请、另一人确认设立")])
    return _made(username, name, duty, None, by, request)


def _made(
    username: str, name: str, duty: str, subject: Subject | None, by: Account | None, request: HttpRequest | None
) -> tuple[Account, str]:
    one_time = passwords.made_up()
    account = Account(username=username, name=name, duty=duty, subject=subject)
    passwords.start(account, one_time)
    _save_new(account)
    detail = str(Duty(duty).label) if duty else ""
    record(What.CREATED, account, by=by, request=request, detail=detail)
    return account, one_time


def _save_new(account: Account) -> None:
    if faults := faults_of_new(account.username, account.name, account.duty):
        raise ValidationError(faults)
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError:  # somebody else took the name a moment ago
        raise ValidationError([_taken(account.username)]) from None


def faults_of_new(username: str, name: str, duty: str = "") -> list[str]:
    """Every reason why there can be no such account."""
    faults = []
    field = Account._meta.get_field("username")
    try:
        field.clean(username, None)
    except ValidationError:
        faults.append(_("登录名要有1至150个字符，只用字母、汉字、数字和 @ . + - _"))
    if Account.objects.filter(username__iexact=username).exists():
        faults.append(_taken(username))
    most = Account._meta.get_field("name").max_length
    if not name.strip() or len(name) > most:
        faults.append(_("姓名要有1至{most}个字").format(most=most))
    if duty not in Duty.values:
        faults.append(_("没有“{duty}”这个管理职责，可用 system、security、audit").format(duty=duty))
    return faults


def _taken(username: str) -> str:
    return _("登录名“{name}”已有人用（不分大小写），请换一个").format(name=username)


# ---- disabling, enabling, resetting, unlocking


def disable(account: Account, *, reason: str, by: Account | None = None, request: HttpRequest | None = None) -> None:
    """Nobody signs in with it any more and its sessions end; what it did stays."""
    faults = _not_oneself(account, by) + _reason_faults(reason)
    if not account.is_active:
        faults.append(_("这个账号已经停用"))
    if account.duty == Duty.SECURITY and not _others(account):
        faults.append(_("这是最后一个可用的安全管理员，不能停用。请先设立另一个"))
    _raise(faults)
    _activate(account, False, What.DISABLED, reason, by, request)
    sessions.end_all(account)


def enable(account: Account, *, reason: str, by: Account | None = None, request: HttpRequest | None = None) -> None:
    """It may sign in again, with the password that it had."""
    faults = _not_oneself(account, by) + _reason_faults(reason)
    if account.is_active:
        faults.append(_("这个账号没有停用"))
    if account.duty == Duty.SECURITY and by is not None:
        faults.append(_("停用过的安全管理员不能由一人启用，请提请另设一个"))
    _raise(faults)
    _activate(account, True, What.ENABLED, reason, by, request)


def reset(account: Account, *, by: Account | None = None, request: HttpRequest | None = None) -> str:
    """A one-time password in place of the account's own; locks are opened too."""
    _raise(_not_oneself(account, by))
    one_time = passwords.reset(account, by=by, request=request)
    guesses.unlock(account)
    return one_time


def unlock(account: Account, *, by: Account | None = None, request: HttpRequest | None = None) -> int:
    """Opens the locks of an account; how many there were."""
    _raise(_not_oneself(account, by))
    opened = guesses.unlock(account)
    if opened:
        record(What.UNLOCKED, account, by=by, request=request)
    return opened


def end_sessions(account: Account, *, by: Account | None = None, request: HttpRequest | None = None) -> int:
    """Ends all sessions of an account; how many there were."""
    ended = sessions.end_all(account)
    if ended:
        record(What.ENDED, account, by=by, request=request)
    return ended


def remove_second(account: Account, *, by: Account | None = None, request: HttpRequest | None = None) -> None:
    """For somebody who lost the telephone and the recovery codes. Its sessions end."""
    _raise(_not_oneself(account, by))
    if second.enrolled(account):
        second.remove(account, by=by, request=request)
        sessions.end_all(account)


def _activate(
    account: Account, active: bool, what: str, reason: str, by: Account | None, request: HttpRequest | None
) -> None:
    with transaction.atomic():
        account.is_active = active
        account.save(update_fields=["is_active"])
        record(what, account, by=by, request=request, detail=reason.strip())


def _others(account: Account) -> bool:
    return bool(Account.objects.filter(duty=Duty.SECURITY, is_active=True).exclude(pk=account.pk).exists())


def _not_oneself(account: Account, by: Account | None) -> list[str]:
    return [_("不能办理自己的账号。请另一位安全管理员办理")] if by is not None and by.pk == account.pk else []


def _reason_faults(reason: str) -> list[str]:
    if not reason.strip():
        return [_("没有写事由")]
    return [_("事由太长，最多{most}个字").format(most=_REASON)] if len(reason.strip()) > _REASON else []


def _raise(faults: list[str]) -> None:
    if faults:
        raise ValidationError(faults)


# ---- a security administrator takes two


def propose(username: str, name: str, *, reason: str, by: Account, request: HttpRequest | None = None) -> DutyProposal:
    """One security administrator asks for another one. Raises ValidationError."""
    _raise(faults_of_new(username, name) + _reason_faults(reason))
    made = DutyProposal.objects.create(
        username=username, name=name, duty=Duty.SECURITY, reason=reason.strip(), by=by, at=machine.now()
    )
    with in_chinese():
        detail = _("安全管理员 {name}（{username}）").format(name=name, username=username)
    record(What.PROPOSED, by, request=request, detail=detail)
    return made


def decide(
    proposal: DutyProposal, *, agreed: bool, by: Account, request: HttpRequest | None = None
) -> tuple[Account, str] | None:
    """Another security administrator agrees, which makes the account, or declines. Raises ValidationError."""
    with transaction.atomic():
        locked = DutyProposal.objects.select_for_update().get(pk=proposal.pk)
        faults = []
        if locked.by_id == by.pk:
            faults.append(_("提请人自己不能确认。请另一位安全管理员确认"))
        if locked.decided_at is not None:
            faults.append(_("这件提请已经有了结果"))
        if not locked.by.is_active:
            faults.append(_("提请人的账号已停用，这件提请不再有效"))
        _raise(faults)
        locked.decided_by, locked.decided_at = by, machine.now()
        made = None
        if agreed:
            made = _made(locked.username, locked.name, locked.duty, None, by, request)
            locked.account = made[0]
        else:
            record(What.DECLINED, locked.by, by=by, request=request, detail=locked.username)
        locked.save()
    return made


# ---- invitations


def invite(subject: Subject, *, by: Account, request: HttpRequest | None = None) -> str:
    """A code on paper with which the subject makes its account; earlier ones not yet used serve no more."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _i in range(4)) for _g in range(4))
    now = machine.now()
    with transaction.atomic():
        Invitation.objects.filter(subject=subject, account=None, until__gt=now).update(until=now)
        until = now + timedelta(days=settings.INVITATION_DAYS)
        Invitation.objects.create(digest=_code_digest(code), subject=subject, by=by, at=now, until=until)
        record(What.INVITED, by, request=request)
    return code


def accept(code: str, username: str, password: str, *, request: HttpRequest | None = None) -> Account:
    """Makes the account of whoever holds a code. Raises ValidationError with every reason against it."""
    with transaction.atomic():
        found = Invitation.objects.select_for_update().filter(digest=_code_digest(code)).first()
        if found is None or found.account_id is not None or found.until <= machine.now():
            raise ValidationError([_("邀请码不对、已用过或已过期。请核对，或到受理窗口重发")])
        account = Account(username=username, name=found.subject.name[:60], subject=found.subject)
        faults = faults_of_new(username, account.name)
        try:
            validate_password(password, account)
        except ValidationError as error:
            faults += error.messages
        _raise(faults)
        account.set_password(password)
        account.password_at = machine.now()
        _save_new(account)
        found.account = account
        found.save(update_fields=["account"])
        record(What.CREATED, account, by=found.by, request=request)
    return account


def _code_digest(code: str) -> str:
    return digest("".join(char for char in code.upper() if char.isalnum()), "invitation")


def facts_of(account: Account) -> dict[str, Any]:
    """How it stands with an account, for its page and for the command."""
    locks = guesses.locked(account)
    return {
        "locks": locks, "second": second.enrolled(account), "sessions": list(sessions.open_of(account)),
        "one_time": account.must_change, "lapsed": passwords.lapsed(account),
    }  # fmt: skip
