"""With whom messages are exchanged: the systems of units, set up by the system administrator."""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from xianzhi.kernel import clock, outgoing, scope
from xianzhi.kernel.exchange import contracts
from xianzhi.kernel.exchange.keys import BadKey, public_from
from xianzhi.kernel.models import Account, ExchangeEntry, Partner, Unit
from xianzhi.kernel.models.exchange import Transport
from xianzhi.kernel.models.units import in_force
from xianzhi.kernel.posts import appoint
from xianzhi.kernel.speech.written import in_chinese

RESERVED = ("agreed", "in", "out")
"""Names that are pages beside the partners' own addresses."""


@transaction.atomic
def settle(
    name: str, unit: Unit, *, public_key: str, transport: str = Transport.FILE, address: str = "", inside: bool = False,
    sends: Sequence[str] = (), takes: Sequence[str] = (), by: Account | None = None,
) -> Partner:  # fmt: skip
    """Sets a partner up, or changes on what terms messages are exchanged with it.

    sends, takes: kinds of messages. Its account gets the posts that the kinds taken act as, at the unit. Raises
    ValidationError with every fault.
    """
    faults = [_("代号 {name} 是页面的地址，请换一个").format(name=name)] if name in RESERVED else []
    faults += [*_unknown(sends, contracts.outgoing), *_unknown(takes, contracts.incoming)]
    try:
        public_key = public_from(public_key)
    except BadKey as error:
        faults.append(str(error))
    if transport == Transport.HTTP:
        try:
            outgoing.checked(address, allow_private=inside)
        except outgoing.Unreachable as error:
            faults.append(str(error))
    taken = Partner.objects.filter(public_key=public_key).exclude(name=name).first()
    if taken:
        faults.append(_("这把公钥已用于{name}，每个对接方用自己的").format(name=taken.name))
    if faults:
        raise ValidationError(faults)
    partner = Partner.objects.filter(name=name).first() or Partner(name=name, account=_account(name, unit))
    partner.unit, partner.transport, partner.address, partner.inside = unit, transport, address, inside
    partner.public_key, partner.sends, partner.takes = public_key, list(sends), list(takes)
    partner.full_clean(exclude=("account", "sends", "takes"))
    partner.save()
    _give_posts(partner)
    with in_chinese():
        note(partner, "settled", f"{partner.get_transport_display()} {address}".strip(), by=by)
    return partner


def _unknown(kinds: Iterable[str], known: Iterable[str]) -> list[str]:
    return [_("没有消息种类 {kind}，可用：{known}").format(kind=one, known="、".join(known)) for one in kinds
            if one not in known]  # fmt: skip


def _account(name: str, unit: Unit) -> Account:
    """The account by which a system acts. It has no password, so nobody signs in with it."""
    with in_chinese():
        account = Account(username=f"system-{name}", name=_("{unit}对接系统").format(unit=unit.short))
    account.set_unusable_password()
    account.save()
    return account


def _give_posts(partner: Partner) -> None:
    wanted = {post for kind in partner.takes for post in contracts.incoming[kind].posts}
    held = {post.key for post in scope.posts_of(Account.objects.get(pk=partner.account_id))}
    with in_chinese():
        reason = _("系统对接")
    for key in sorted(wanted - held):
        appoint(partner.account, key, partner.unit, since=clock.today(), reason=reason)


@transaction.atomic
def pause(partner: Partner, *, by: Account, why: str) -> None:
    """Nothing is sent to the partner until it is resumed; what comes in is taken."""
    if partner.paused_at is None:
        partner.paused_at = clock.now()
        partner.save(update_fields=["paused_at"])
        note(partner, "paused", why, by=by)


@transaction.atomic
def resume(partner: Partner, *, by: Account) -> None:
    if partner.paused_at is not None:
        partner.paused_at = None
        partner.save(update_fields=["paused_at"])
        partner.outbound.filter(state="waiting").update(next_try_at=clock.now())
        note(partner, "resumed", by=by)


def note(partner: Partner, what: str, words: str = "", **rest: object) -> ExchangeEntry:
    """Writes down what happened. Words beyond the record's width are cut."""
    most = ExchangeEntry._meta.get_field("words").max_length
    return ExchangeEntry.objects.create(partner=partner, what=what, words=words[:most], at=clock.now(), **rest)


def for_function(function: str, kind: str) -> list[Partner]:
    """The partners at units that hold a function today and to which a kind is sent."""
    held = Partner.objects.filter(in_force(clock.today(), "unit__functions__"), unit__functions__function=function)
    return [one for one in held.distinct().order_by("name") if kind in one.sends]
