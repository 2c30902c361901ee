"""Writing: taking a step, opening a case, sending a file ahead. All of it goes through the one door."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Router, Status
from ninja.files import UploadedFile as NinjaFile

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.api import schemas, told
from xianzhi.kernel.api.bodies import Body, body_of
from xianzhi.kernel.api.cases import case_for
from xianzhi.kernel.api.guard import guarded, need
from xianzhi.kernel.api.openings import Asked, BadAbout, Opening, openings_of, taker
from xianzhi.kernel.api.problems import Problem, refusal, unauthorized
from xianzhi.kernel.api.scopes import of_step
from xianzhi.kernel.materials import ORPHAN_AFTER, BadFile, Upload, path_of, received
from xianzhi.kernel.models import Case, Event, IncomingFile, TokenUse
from xianzhi.kernel.pages.guard import PUBLIC, SIGNED_IN, STAFF, SUBJECT
from xianzhi.law.decision import Reason
from xianzhi.law.fields import BadField, Field
from xianzhi.law.procedure import APPLICANT, Step

router = Router(tags=["办理"])
PART = "m-"
"""What the parts of a form that are materials begin with: m-plan is a file of the kind plan."""
MOST_WAITING = 100
"""Files that one account may have sent ahead."""
_KEY = re.compile(r"[\x21-\x7e]{1,60}")
_STEP = frozenset({"data", "materials", "sure"})


@router.post("/cases/{case}/steps/{step}", response=schemas.Taken, summary="办理一步", include_in_schema=False)
@guarded(SIGNED_IN)
def take(request: HttpRequest, case: str, step: str) -> schemas.Taken:
    """办理办件的一步。"""
    found = case_for(request, case)
    wanted = found.procedure.steps.get(step)
    if wanted is None or wanted.starts or not (wanted.posts or APPLICANT in wanted.by):
        raise Problem(404, _("这个办件没有“{step}”这一步").format(step=step[:40]))
    need(request, of_step(wanted))
    body = body_of(request)
    _known(body, _STEP)
    _sure(body, wanted)
    data, key = _part(body, "data"), key_of(request)
    with _uploads(request, body, wanted) as uploads:
        event = _through_door(
            request, wanted, data,
            lambda: door.take_step(found, wanted, by=request.user, data=data, materials=uploads, key=key),
        )  # fmt: skip
    seen = Case.objects.visible_to(request.user).select_related("subject").filter(pk=found.pk)
    row = next(iter(told.cases(request.user, seen)), None)
    return schemas.Taken(event=_reread(event), case=row)


@router.post(
    "/procedures/{name}/open", response={201: schemas.Taken}, summary="开办", include_in_schema=False
)  # fmt: skip
@guarded(PUBLIC)
def open_case(request: HttpRequest, name: str) -> Status:
    """开办一个办件。"""
    offered = openings_of(name)
    if not offered:
        known = name in registry.procedures
        raise Problem(404, _("这个流程不能直接开办，由别的办件转入") if known else "")
    public = any(one.public for one in offered)
    if not request.user.is_authenticated and not public:
        raise unauthorized(_("请带上令牌：Authorization: Bearer xz_…"))
    body = body_of(request)
    _known(body, _STEP | {"step", "about"})
    opening = _chosen(offered, body)
    if not request.user.is_authenticated and not opening.public:
        raise unauthorized(_("请带上令牌：Authorization: Bearer xz_…"))
    need(request, of_step(opening.step))
    _sure(body, opening.step)
    made = _open(request, opening, body)
    event = made.events.order_by("seq").first()
    seen = Case.objects.visible_to(request.user).select_related("subject").filter(pk=made.pk)
    row = next(iter(told.cases(request.user, seen)), None)
    return Status(201, schemas.Taken(event=_reread(event), case=row))


def _open(request: HttpRequest, opening: Opening, body: Body) -> Case:
    step, sent = opening.step, _part(body, "data")
    data, faults = _cleaned(step.asks, sent, "/data/")
    about, more = _cleaned(opening.about, _part(body, "about"), "/about/")
    if faults or more:
        raise _bad(step, {**faults, **more})
    with _uploads(request, body, step) as uploads:
        asked = Asked(request.user, taker(request.user, step), data, about, tuple(uploads), key_of(request))
        try:
            return _through_door(request, step, sent, lambda: opening.verb(asked))
        except BadAbout as error:
            raise _bad(step, {f"/about/{error.name}": str(error)}) from None


@router.post("/materials", response={201: schemas.Received}, summary="预先上传材料", tags=["办理"])
@guarded(STAFF | SUBJECT, "write:materials")
def send_ahead(request: HttpRequest, file: File[NinjaFile]) -> Status:
    """先传文件，办理时再写上它的 id；一小时内有效。"""
    if IncomingFile.objects.filter(account=request.user, at__gt=clock.now() - ORPHAN_AFTER).count() >= MOST_WAITING:
        raise Problem(409, _("预先上传而未办理的文件已有 {n} 个，请先办理").format(n=MOST_WAITING))
    try:
        with received([Upload("", file.name or "", file)]) as files:
            if files.faults:
                raise BadFile(files.faults[0])
            stored = files.stored[0]
            files.keep()
    except BadFile as error:
        raise Problem(422, str(error), errors=[{"text": str(error), "pointer": "/file", "cure": ""}]) from None
    made = IncomingFile.objects.create(
        account=request.user, name=stored.name, media_type=stored.media_type, size=stored.size, sha256=stored.sha256,
        sm3=stored.sm3, at=clock.now(),
    )  # fmt: skip
    answer = schemas.Received(
        id=str(made.pk), name=made.name, media_type=made.media_type, size=made.size, sha256=made.sha256, sm3=made.sm3,
        expires_at=made.at + ORPHAN_AFTER,
    )  # fmt: skip
    return Status(201, answer)


# ---- what was sent


def key_of(request: HttpRequest) -> str:
    """The key that makes a repeat harmless, marked with the account, so that nobody takes another's."""
    sent = request.headers.get("Idempotency-Key", "").strip().strip('"')
    if not sent:
        return ""
    if not _KEY.fullmatch(sent):
        fault = _("Idempotency-Key 应为 1 到 60 个 ASCII 字符，不含空格")
        raise Problem(422, fault, errors=[{"text": fault, "pointer": "/Idempotency-Key", "cure": ""}])
    return f"api:{request.user.pk or 0}:{sent}"


def _known(body: Body, names: Iterable[str]) -> None:
    if unknown := sorted(set(body.members) - set(names)):
        text = _("没有“{name}”这一项，可用：{known}")
        texts = [text.format(name=one[:40], known="、".join(sorted(names))) for one in unknown]
        pairs = zip(unknown, texts, strict=True)
        raise Problem(422, texts[0], errors=[{"text": told_, "pointer": f"/{one}", "cure": ""} for one, told_ in pairs])


def _part(body: Body, name: str) -> Mapping[str, Any]:
    found = body.members.get(name, {})
    if not isinstance(found, dict):
        fault = _("“{name}”应为 JSON 对象").format(name=name)
        raise Problem(422, fault, errors=[{"text": fault, "pointer": f"/{name}", "cure": ""}])
    return found


def _sure(body: Body, step: Step) -> None:
    """What is hard to undo is said twice, as on the page."""
    if step.grave and body.members.get("sure") is not True:
        doubt = Reason(
            _("这一步办理后难以撤回，还没有确认"), step.cites[0], {}, False, _('核对后加上 "sure": true，再办理')
        )
        raise refusal(422, step.zh, [doubt], {doubt.text: "/sure"})


def _chosen(offered: list[Opening], body: Body) -> Opening:
    named = body.members.get("step", "" if len(offered) > 1 else offered[0].step.name)
    found = next((one for one in offered if one.step.name == named), None)
    if found is None:
        known = "、".join(one.step.name for one in offered)
        fault = _("请在 step 中写明以哪一步开办：{known}").format(known=known)
        raise Problem(422, fault, errors=[{"text": fault, "pointer": "/step", "cure": ""}])
    return found


def _cleaned(fields: Iterable[Field], sent: Mapping[str, Any], where: str) -> tuple[dict[str, Any], dict[str, str]]:
    """The values in their own types, and what is wrong by its pointer."""
    cleaned, faults, known = {}, {}, set()
    for field in fields:
        known.add(field.name)
        try:
            cleaned[field.name] = field.clean(sent.get(field.name))
        except BadField as error:
            faults[f"{where}{field.name}"] = str(error)
    for name in sorted(set(sent) - known):
        faults[f"{where}{name}"] = f"这一步没有“{name}”这一项"  # as the door says it
    return cleaned, faults


def _bad(step: Step, faults: Mapping[str, str]) -> Problem:
    reasons = [Reason(text, step.cites[0], {}, False) for text in faults.values()]
    return refusal(422, step.zh, reasons, {text: pointer for pointer, text in faults.items()})


@contextmanager
def _uploads(request: HttpRequest, body: Body, step: Step) -> Iterator[list[Upload]]:
    """The materials of a step: the files of a form, then those that were sent ahead."""
    kinds = {paper.name for paper in step.needs}
    with ExitStack() as opened:
        found = [_of_form(name, file, kinds) for name, file in body.files]
        listed = body.members.get("materials", [])
        if not isinstance(listed, list):
            raise _bad_material("", _("materials 应为数组"))
        for number, one in enumerate(listed):
            found.append(_sent_ahead(request, one, f"/{number}", kinds, opened))
        yield found


def _of_form(name: str, file: UploadedFile, kinds: Iterable[str]) -> Upload:
    kind = name.removeprefix(PART)
    if not name.startswith(PART) or kind not in kinds:
        known = "、".join(f"{PART}{one}" for one in sorted(kinds)) or _("无")
        raise _bad_material("", _("这一步没有材料 {name}，可用：{known}").format(name=name[:40], known=known))
    return Upload(kind, file.name or "", file)


def _sent_ahead(request: HttpRequest, one: Any, where: str, kinds: Iterable[str], opened: ExitStack) -> Upload:
    if not isinstance(one, dict) or set(one) != {"kind", "upload"}:
        raise _bad_material(where, _('每份材料写作 {"kind": 种类, "upload": 上传所得的 id}'))
    if str(one["kind"]) not in kinds:
        known = "、".join(sorted(kinds)) or _("无")
        raise _bad_material(f"{where}/kind", _("这一步没有这种材料，可用：{known}").format(known=known))
    try:
        known_as = UUID(str(one["upload"]))
        found = IncomingFile.objects.get(pk=known_as, account_id=request.user.pk, at__gt=clock.now() - ORPHAN_AFTER)
        return Upload(one["kind"], found.name, opened.enter_context(path_of(found.sha256).open("rb")))
    except (ValueError, IncomingFile.DoesNotExist, FileNotFoundError):
        fault = _("没有这个上传的文件，或已过一小时；请重新上传")
        raise _bad_material(f"{where}/upload", fault) from None


def _bad_material(where: str, fault: str) -> Problem:
    return Problem(422, fault, errors=[{"text": fault, "pointer": f"/materials{where}", "cure": ""}])


# ---- the door


def _through_door(request: HttpRequest, step: Step, sent: Mapping[str, Any], act: Callable[[], Any]) -> Any:
    """What the door gives, noted as done through the token in the same transaction. A refusal becomes a problem.

    It is caught inside the transaction: what a service writes beside a refusal (a report of a charge) stays.
    """
    refused: door.Refused | None = None
    with transaction.atomic():
        try:
            made = act()
        except door.Refused as error:
            refused = error
        else:
            _note(request, made)
            return made
    assert refused is not None
    faults = _cleaned(step.asks, sent, "/data/")[1]
    pointers = {text: pointer for pointer, text in faults.items()}
    status = 422 if any(one.text in pointers for one in refused.reasons) else 409
    raise refusal(status, refused.step.zh, refused.reasons, pointers) from None


def _note(request: HttpRequest, made: Event | Case) -> None:
    """Keeps which token an event came through; of a repeat it is kept already."""
    if request.token is None:
        return
    event = made if isinstance(made, Event) else made.events.order_by("seq").first()
    if not TokenUse.objects.filter(event=event).exists():
        TokenUse.objects.create(event=event, token=request.token, at=clock.now())


def _reread(event: Event) -> schemas.EventRow:
    return told.event(Event.objects.select_related(*told.EVENT_JOINS).get(pk=event.pk))
