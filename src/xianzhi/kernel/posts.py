"""Posts in words; who is given them, and who is relieved of them."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, registry
from xianzhi.kernel.access import sessions
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Post, PostChange, Unit
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.speech.written import in_chinese


def post_word(key: str) -> str:
    """A post as an official reads it: 县能源局 工单."""
    function, _dot, role = key.partition(".")
    return f"{county().function_word(function)} {registry.post_names.get(key, role)}"


@transaction.atomic
def appoint(
    account: Account, key: str, unit: Unit, *, since: date, until: date | None = None, by: Account | None = None,
    reason: str = "",
) -> Post:  # fmt: skip
    """Gives an account a post (`function.post`) at a unit, and records who gave it and why.

    by: empty where the installation itself sets it up. Raises ValidationError with every reason against it.
    """
    function, _dot, role = key.partition(".")
    faults = []
    if account.duty:
        faults.append(_("系统管理员、安全管理员和审计员不得兼任业务岗位。请换一个账号"))
    if not account.is_active:
        faults.append(_("{name}的账号已停用。请先启用，或换一个账号").format(name=account.name))
    if until is not None and until <= since:
        faults.append(_("截止日期应在起始日期之后"))
    if not unit.functions.filter(in_force(since), function=function).exists():
        faults.append(_("{unit}自{day}起没有这个岗位所属的职能。请核对单位和日期").format(unit=unit.name, day=since))
    held = Post.objects.filter(
        Q(until=None) | Q(until__gt=since), account=account, unit=unit, function=function, role=role
    )
    if until is not None:
        held = held.filter(since__lt=until)
    if earlier := held.first():
        faults.append(_("{name}自{day}起已任这个岗位").format(name=account.name, day=earlier.since))
    faults += _too_long(reason)
    if faults:
        raise ValidationError(faults)
    post = Post.objects.create(account=account, unit=unit, function=function, role=role, since=since, until=until)
    with in_chinese():
        _record(post, PostChange.GIVEN, since, by, reason or _("启用时设立"))
    return post


@transaction.atomic
def relieve(post: Post, *, until: date, by: Account | None = None, reason: str) -> Post:
    """Ends a post: it is held to the day before `until`. The record of having held it stays.

    Raises ValidationError with every reason against it.
    """
    locked = Post.objects.select_for_update().get(pk=post.pk)
    faults = []
    if not reason.strip():
        faults.append(_("没有写事由"))
    faults += _too_long(reason)
    if until <= locked.since:
        faults.append(_("终止日期应在任职之日（{day}）之后").format(day=locked.since))
    if until < clock.today():
        faults.append(_("终止日期不能早于今天：已经办过的事不因终止而失效"))
    if locked.until is not None and locked.until <= clock.today():
        faults.append(_("这个岗位已于{day}终止").format(day=locked.until))
    if faults:
        raise ValidationError(faults)
    locked.until = until
    locked.save(update_fields=["until"])
    _record(locked, PostChange.ENDED, until, by, reason)
    post.until = until
    sessions.end_if_nothing_left(locked.account)
    return locked


def _too_long(reason: str) -> list[str]:
    most = PostChange._meta.get_field("reason").max_length
    return [_("事由太长，最多{most}个字").format(most=most)] if len(reason.strip()) > most else []


def _record(post: Post, change: str, on: date, by: Account | None, reason: str) -> None:
    PostChange.objects.create(post=post, change=change, on=on, by=by, reason=reason.strip(), at=clock.now())
