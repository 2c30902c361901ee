"""The door through which other units' systems put messages. Guarded by the signature on each, not by an account."""

import logging
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import inbox
from xianzhi.kernel.exchange.delivery import KIND, NUMBER, SENDER, SENT, SIGNATURE
from xianzhi.kernel.exchange.inbox import FILE, TurnedAway
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Partner
from xianzhi.kernel.pages.guard import PUBLIC, page

logger = logging.getLogger(__name__)
_TYPES = {"application/json", "application/octet-stream"}
"""No type that a form of another site could send, so that no browser can be made to post here."""


@csrf_exempt
@page(PUBLIC, "POST")
def door(request: HttpRequest, name: str) -> HttpResponse:
    """Takes one message. The only thing that admits it is the partner's SM2 signature, checked before anything else."""
    if request.method != "POST":
        return redirect("exchange-partner", name=name)
    partner = Partner.objects.select_related("unit").filter(name=name).first()
    try:
        if partner is None:
            raise TurnedAway(HTTPStatus.NOT_FOUND, _("没有这个对接方。请核对地址"))
        reply = inbox.receive(partner, *_read(request, partner))
    except TurnedAway as refusal:
        logger.warning("拒收 %s：%s", name, refusal.words)
        return JsonResponse({"error": refusal.words}, status=refusal.status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(reply.body, content_type="application/json; charset=utf-8", status=reply.status)


def _read(request: HttpRequest, partner: Partner) -> tuple[Envelope, bytes, str]:
    if request.content_type not in _TYPES:
        raise TurnedAway(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, _("正文类型应为 application/json"))
    stated = Envelope(
        request.headers.get(SENDER, ""), county().code, request.headers.get(KIND, ""), request.headers.get(NUMBER, ""),
        request.headers.get(SENT, ""),
    )  # fmt: skip
    missing = [one for one in (SENDER, KIND, NUMBER, SENT, SIGNATURE) if not request.headers.get(one)]
    if missing:
        raise TurnedAway(HTTPStatus.BAD_REQUEST, _("缺请求头 {names}").format(names="、".join(missing)))
    most = inbox.most_bytes(FILE if stated.kind == FILE else stated.kind)
    body = request.read(most + 1)  # one more, so that what is too long is seen to be, and no more is ever held
    return stated, body, request.headers[SIGNATURE]
