"""Who sees and does what in the exchange: the units that answer for a kind of message, the partner's own unit, and the
auditor, who sees all and does nothing."""

from typing import Any

from django.db.models import Q

from xianzhi.kernel import scope
from xianzhi.kernel.exchange import contracts, inbox, outbox
from xianzhi.kernel.models import Inbound, Outbound, Partner

NOTHING = Q(pk__in=())


def takes_part(account: Any) -> bool:
    """Whether the exchange is any of an account's business; asks nothing but its posts."""
    if not account.is_authenticated or not account.is_active:
        return False
    if account.duty:
        return bool(account.duty == "audit")
    functions = {post.function for post in scope.posts_of(account)}
    known = {name for one in contracts.all_kinds() for name in (*one.answers, *_functions(one.posts))}
    return bool(functions & known)


def _functions(posts: tuple[str, ...]) -> list[str]:
    return [post.partition(".")[0] for post in posts]


def kinds_of(account: Any) -> list[str]:
    """The kinds of messages that an account's functions answer for."""
    functions = {post.function for post in scope.posts_of(account)}
    return [one.kind for one in contracts.all_kinds() if functions & set(one.answers)]


def messages_of(account: Any) -> Q:
    """The filter over messages for what an account may see."""
    if not takes_part(account):
        return NOTHING
    if account.duty == "audit":
        return Q()
    return Q(kind__in=kinds_of(account)) | Q(partner__unit__in={post.unit_id for post in scope.posts_of(account)})


def partners_of(account: Any) -> list[Partner]:
    """The partners with which an account has to do."""
    if not takes_part(account):
        return []
    kinds, units = set(kinds_of(account)), {post.unit_id for post in scope.posts_of(account)}
    found = Partner.objects.select_related("unit", "account")
    return [one for one in found if account.duty == "audit" or one.unit_id in units or kinds & {*one.sends, *one.takes}]


def answers_for(account: Any, kind: str) -> bool:
    """Whether an account may send a message of a kind again, or choose between two."""
    return kind in kinds_of(account)


def manages(account: Any, partner: Partner) -> bool:
    """Whether an account may pause the sending and bring files: it answers for a kind that is exchanged there."""
    return bool(set(kinds_of(account)) & {*partner.sends, *partner.takes})


def brings(account: Any, partner: Partner) -> bool:
    """Whether an account may bring files: also an officer of the partner's own unit."""
    return manages(account, partner) or partner.unit_id in {post.unit_id for post in scope.posts_of(account)}


def red_of(account: Any) -> int:
    """How many messages stand red before an account."""
    seen = messages_of(account)
    if seen == NOTHING:
        return 0
    return Outbound.objects.filter(seen & outbox.red()).count() + Inbound.objects.filter(seen & inbox.red()).count()
