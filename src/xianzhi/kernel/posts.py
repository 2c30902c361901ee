"""Posts in words, and who is given them."""

from datetime import date

from django.core.exceptions import ValidationError

from xianzhi.kernel import registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Account, Post, Unit


def post_word(key: str) -> str:
    """A post as an official reads it: 县能源局 工单."""
    function, _, role = key.partition(".")
    return f"{county().function_word(function)} {registry.post_names.get(key, role)}"


def appoint(account: Account, key: str, unit: Unit, *, since: date, until: date | None = None) -> Post:
    """Gives an account a post at a unit. Raises ValidationError where duties must stay apart."""
    function, _, role = key.partition(".")
    if account.duty:
        raise ValidationError("系统管理员、安全管理员和审计员不得兼任业务岗位")
    return Post.objects.create(account=account, unit=unit, function=function, role=role, since=since, until=until)
