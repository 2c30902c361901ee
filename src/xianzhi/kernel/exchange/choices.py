"""Two say different things under one number and version: somebody who answers for it chooses, and says why."""

from django.db import transaction
from django.utils.translation import gettext as _

from xianzhi.kernel import clock
from xianzhi.kernel.exchange import contracts, inbox, signing
from xianzhi.kernel.exchange.contracts import NotTaken
from xianzhi.kernel.exchange.partners import note
from xianzhi.kernel.models import Account, Inbound, Partner
from xianzhi.kernel.speech.written import kept_in_chinese

OURS, THEIRS = "ours", "theirs"


def rival_of(message: Inbound) -> Inbound | None:
    """The other message under the same number and version, where the two are both messages."""
    same = Inbound.objects.filter(
        partner=message.partner, kind=message.kind, key=message.key, version=message.version,
        state__in=(Inbound.APPLIED, Inbound.WAITING, Inbound.KEPT),
    )  # fmt: skip
    return same.exclude(pk=message.pk).order_by("id").first()


@kept_in_chinese
@transaction.atomic
def choose(message: Inbound, which: str, *, by: Account, why: str) -> Inbound:
    """Keeps what we hold (OURS) or takes the message over it (THEIRS). Both stay; the sender hears it at his next try.

    Raises NotTaken where there is nothing to choose, no reason, or the kind cannot be taken over, and the door's
    Refused where the account may not take the step.
    """
    Partner.objects.select_for_update().get(pk=message.partner_id)
    message = Inbound.objects.select_related("partner__unit").get(pk=message.pk)
    if message.state != Inbound.CONFLICT or message.chosen:
        raise NotTaken(_("这件来文没有待选的两份，或已经选定"))
    if not why.strip():
        raise NotTaken(_("没有写理由"))
    if which == THEIRS:
        _take_over(message, by, why)
        words = _("采用来文：{why}")
    else:
        words = _("沿用原有：{why}")
        inbox.finish(message, inbox.refusal([_("{name}已选定沿用原有内容").format(name=by.name)]))
    most = Inbound._meta.get_field("chosen").max_length
    message.chosen = words.format(why=why.strip())[:most]
    message.save(update_fields=["chosen"])
    note(message.partner, "chosen", message.chosen, inbound=message, by=by)
    return message


def _take_over(message: Inbound, by: Account, why: str) -> None:
    contract, rival = contracts.incoming[message.kind], rival_of(message)
    if rival is not None and rival.state == Inbound.WAITING:  # nothing was done yet, so the message takes its place
        inbox.finish(rival, inbox.refusal([_("{name}已选定另一份").format(name=by.name)]))
        inbox.retry(message)
        return
    if contract.chosen is None:
        raise NotTaken(_("这种消息不能改用来文，请对方另编版号重发"))
    data, at, _version = contract.cleaned(signing.read_json(message.body.encode()))
    done = contract.chosen(inbox.message_of(message, data, at), by, why)
    inbox.finish(message, inbox.applied(done))
    message.tried_at = clock.now()
