"""The same messages in files, for a partner without a connection or whose system is down.

A bundle is a zip: `messages.json` lists the messages (sender, receiver, kind, number, sent_at, signature, file), each
body stands in a file of its own, byte for byte as signed, and so do the files that messages name by their digest. What
comes back is a zip with `receipts.json`, the signed receipts. A single message may come as one JSON with its body as
text. The signatures are those of HTTP, so it makes no difference how a message came.
"""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from xianzhi.kernel import clock
from xianzhi.kernel.county import county
from xianzhi.kernel.exchange import inbox, outbox, signing
from xianzhi.kernel.exchange.inbox import FILE, Reply, TurnedAway
from xianzhi.kernel.exchange.outbox import NotSent
from xianzhi.kernel.exchange.partners import note
from xianzhi.kernel.exchange.signing import Envelope
from xianzhi.kernel.models import Account, Inbound, Outbound, Partner
from xianzhi.kernel.models.exchange import Transport

MESSAGES, RECEIPTS = "messages.json", "receipts.json"
MOST = 1000
"""Messages in one bundle."""
_STATED = ("sender", "receiver", "kind", "number", "sent_at", "signature")


class BadBundle(ValueError):
    """A file that holds no messages; the message says why and what to hand in."""


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one message of a file."""

    what: str
    state: str
    """applied, waiting, conflict, refused, kept; away for what was refused unread; answered for a receipt."""
    words: str

    @property
    def word(self) -> str:
        return str(_STATES.get(self.state, self.state))


_STATES = {
    **dict(Inbound.STATES), "away": gettext_lazy("没有收"), "answered": gettext_lazy("已回执"),
}  # fmt: skip


@dataclass(slots=True)
class Report:
    """What became of a file, and the receipts to give back."""

    lines: list[Line] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)

    @property
    def ack(self) -> bytes:
        """The receipts as a zip for the sender."""
        return zipped({RECEIPTS: f"[{','.join(one.body for one in self.replies)}]".encode()})


def export(partner: Partner, *, by: Account | None) -> bytes:
    """All that waits for a partner as one signed bundle; the messages go on waiting until receipts come."""
    listed, files = [], {}
    with transaction.atomic():
        waiting = partner.outbound.filter(state=Outbound.WAITING).order_by("id")[:MOST]
        for serial, message in enumerate(waiting, start=1):
            outbox.signed(message)
            message.save(update_fields=["sent_at", "signature"])
            stated, name = outbox.envelope(message), f"{serial:04d}.json"
            files[name] = message.body.encode()
            listed.append({**{one: getattr(stated, one) for one in _STATED[:-1]}, "signature": message.signature,
                           "file": name})  # fmt: skip
            note(partner, "exported", outbound=message, by=by)
    return zipped({MESSAGES: json.dumps(listed, ensure_ascii=False, indent=1).encode(), **files})


def receipts_for(partner: Partner) -> bytes:
    """The receipts for the messages that came by file, the last ones that fit in one bundle."""
    came = partner.inbound.filter(way=Transport.FILE).order_by("-id")[:MOST]
    return Report(replies=[inbox.answer_of(one) for one in came]).ack


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A zip of the files. The same files make the same bytes: no times of this machine in them."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, content)
    return target.getvalue()


def receive_file(partner: Partner, raw: bytes) -> Report:
    """Takes a bundle, a single message or a file of receipts in. Raises BadBundle; one bad message of many is told in
    its line and keeps none of the others out."""
    report = Report()
    files = unzipped(raw) if raw.startswith(b"PK") else {"": raw}
    if RECEIPTS in files:
        _receipts(partner, files.pop(RECEIPTS), report)
    listed = _listed(files)
    named = {str(one.get("file")) for one in listed}
    for name, content in files.items():  # files first: messages name them
        if name not in named | {"", MESSAGES}:
            inbox.keep_file(partner, name.rpartition("/")[2], content)
    for one in listed:
        _message(partner, one, files, report)
    if not report.lines:
        raise BadBundle(_("文件里没有消息，也没有回执。应为对方系统导出的 zip 或 JSON"))
    return report


def _listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    raw = files.get(MESSAGES, files.get(""))
    if raw is None:
        return []
    try:
        found = signing.read_json(raw)
    except (ValueError, RecursionError):
        raise BadBundle(_("读不出消息清单，应为 UTF-8 编码的 JSON")) from None
    listed = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in listed):
        raise BadBundle(_("消息清单的每一项应是一个 JSON 对象"))
    if len(listed) > MOST:
        raise BadBundle(_("一个文件最多 {most} 条消息，现有 {n} 条，请分开").format(most=MOST, n=len(listed)))
    return listed


def unzipped(raw: bytes) -> dict[str, bytes]:
    """The files of a zip, none larger than an attachment may be; nothing is written to the disk. Raises BadBundle."""
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if len(entries) > 2 * MOST:
                raise BadBundle(_("压缩包里文件太多，请分开"))
            return {one.filename: _bounded(archive, one) for one in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        if isinstance(error, BadBundle):
            raise
        raise BadBundle(_("压缩包读不出，可能已损坏或加了密码，请重新导出")) from None


def _bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    most = inbox.most_bytes(FILE)
    with archive.open(entry) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise BadBundle(_("压缩包里的 {name} 太大，最多 {most} 字节").format(name=entry.filename, most=most))
    return content


def _message(partner: Partner, one: Mapping[str, Any], files: Mapping[str, bytes], report: Report) -> None:
    stated = {name: str(one.get(name) or "") for name in _STATED}
    body = files.get(str(one.get("file")), str(one.get("body") or "").encode())
    what = f"{stated['kind']} {stated['number']}"[:160]
    signature = stated.pop("signature")
    try:
        envelope = Envelope(stated["sender"], stated["receiver"], stated["kind"], stated["number"], stated["sent_at"])
        reply = inbox.receive(partner, envelope, body, signature, way="file")
    except TurnedAway as refusal:
        report.lines.append(Line(what, "away", refusal.words))
        return
    report.replies.append(reply)
    receipt = json.loads(reply.receipt)
    report.lines.append(Line(f"{what} {receipt['key']}", receipt["result"], "；".join(receipt["reasons"])))


def _receipts(partner: Partner, raw: bytes, report: Report) -> None:
    """Gives each receipt to the message of which it tells the digest."""
    try:
        receipts = signing.read_json(raw)
        found = [(one, str(one["receipt"]["digest"])) for one in receipts]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadBundle(_("读不出回执清单，应为对方系统导出的 receipts.json")) from None
    for one, digest in found[:MOST]:
        message = partner.outbound.filter(digest=digest).order_by("-id").first()
        if message is None:
            report.lines.append(Line(digest[:12], "away", _("没有发过这条消息")))
            continue
        try:
            means = outbox.record_receipt(message, json.dumps(one, ensure_ascii=False, default=str).encode())
            state = {"done": "answered", "again": "waiting", "stop": "refused"}[means]
            report.lines.append(Line(str(message), state, ""))
        except NotSent as error:
            report.lines.append(Line(str(message), "away", str(error)))


def name_of(partner: Partner) -> str:
    """What a bundle is called when it is downloaded."""
    return f"{county().code}-{partner.name}-{clock.now():%Y%m%d-%H%M}.zip"
