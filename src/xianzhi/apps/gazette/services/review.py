"""Deciding about what was read: one answer of one person to one item, and what stands after all answers."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from cryptography.hazmat.primitives.hashes import SM3, Hash
from django.utils.translation import gettext as _

from xianzhi.apps.gazette.models import Answer, Item, Kind, Reading, Role, Verdict
from xianzhi.apps.gazette.procedures import REVIEWER, SIGNER
from xianzhi.apps.gazette.services.items import HEADS, KINDS, NORMATIVE
from xianzhi.kernel import clock, scope
from xianzhi.kernel.models import Account, Unit

STATE_OF = {Role.FIRST: "received", Role.SECOND: "reviewed"}
_POST_OF = {Role.FIRST: REVIEWER, Role.SECOND: SIGNER}


class BadAnswer(ValueError):
    """An answer that cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Decided:
    """An item with what stands of it now."""

    item: Item
    verdict: str
    """accept, correct or reject; empty where nobody was asked or nobody answered yet."""
    value: dict[str, Any]
    reason: str = ""

    @property
    def kept(self) -> bool:
        return self.verdict != Verdict.REJECT


def role_of(reading: Reading, account: Account) -> Role | None:
    """In which role an account may answer now: the reviewer while it is under review, the signer afterwards."""
    held = {post.key for post in scope.posts_of(account)}
    for role, state in STATE_OF.items():
        if reading.case.state == state and _POST_OF[role] in held:
            return role
    return None


def answer(item: Item, verdict: str, *, by: Account, value: dict[str, Any] | None = None, reason: str = "") -> Answer:
    """Keeps an answer of this review; a later one of the same person takes its place. Raises BadAnswer."""
    reading = item.reading
    role = role_of(reading, by)
    if role is None:
        raise BadAnswer(_("本件现在不由您判定：请核对岗位，或看办件到了哪一步"))
    if role == Role.SECOND and _finished_by(reading) == by.pk:
        raise BadAnswer(_("您校核过本件，复核须由另一人"))
    if verdict not in Verdict.values:
        raise BadAnswer(_("没有这种判定：{verdict}").format(verdict=verdict[:20]))
    if verdict != Verdict.ACCEPT and not reason.strip():
        raise BadAnswer(_("没有写理由。更正或排除要写一句理由"))
    if len(reason) > Answer._meta.get_field("reason").max_length:
        raise BadAnswer(_("理由太长，最多 200 个字"))
    kept = checked(item, value or {}) if verdict == Verdict.CORRECT else None
    found, _made = Answer.objects.update_or_create(
        item=item, round=reading.round, role=role,
        defaults={"verdict": verdict, "value": kept, "reason": reason.strip(), "by": by, "at": clock.now()},
    )  # fmt: skip
    return found


def _finished_by(reading: Reading) -> int | None:
    events = reading.case.events.filter(step_name="finish").order_by("-seq")
    return events.values_list("by_id", flat=True).first()


def checked(item: Item, value: dict[str, Any]) -> dict[str, Any]:
    """A corrected content of the form that the item has. Raises BadAnswer."""
    match item.kind:
        case Kind.HEAD:
            return {"value": _head(item.key.removeprefix("head-"), value.get("value"))}
        case Kind.UNIT:
            return {**item.found, "units": _units(value.get("units") or []), "kind": "group"}
        case Kind.TASK:
            units = _units(value.get("unit_codes") or [])
            due = _day(value.get("due"), _("期限")) if value.get("due") else None
            what = str(value.get("what") or item.found["what"]).strip()
            if len(what) > 200:
                raise BadAnswer(_("任务太长，最多 200 个字"))
            return {**item.found, "what": what, "unit_codes": units, "due": due, "implied": None}
    raise BadAnswer(_("这一项只能确认或排除"))


def _head(name: str, value: Any) -> Any:
    if name == "date":
        return _day(value, _("成文日期"))
    if name == "kind" and value not in KINDS:
        raise BadAnswer(_("种类应为：{kinds}").format(kinds="、".join(KINDS)))
    if name == "effect":
        raise BadAnswer(_("施行日期在启用后由“文件效力变动”更正"))
    text = str(value or "").strip()
    if not text or len(text) > 300:
        raise BadAnswer(_("{label}没有填，或超过 300 个字").format(label=HEADS[name]))
    return text


def _units(codes: Iterable[Any]) -> list[str]:
    wanted = list(dict.fromkeys(str(code) for code in codes))
    known = set(Unit.objects.filter(code__in=wanted).values_list("code", flat=True))
    if lacking := [code for code in wanted if code not in known]:
        raise BadAnswer(_("没有单位 {codes}，请从列表中选").format(codes="、".join(lacking)[:80]))
    return wanted


def _day(text: Any, label: str) -> str:
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise BadAnswer(
            _("{label}不是日期：{text}，写作 2024-03-12").format(label=label, text=str(text)[:20])
        ) from None


# ---- what stands ----------------------------------------------------------------------------------------------------


def decided(reading: Reading) -> list[Decided]:
    """Every item with what stands of it: the newest answer of the reviewer, else what was read."""
    newest: dict[int, Answer] = {}
    answers = Answer.objects.filter(item__reading=reading, role=Role.FIRST).order_by("round")
    for one in answers:
        newest[one.item_id] = one
    return [_decided(item, newest.get(item.pk)) for item in reading.items.order_by("order")]


def _decided(item: Item, found: Answer | None) -> Decided:
    if found is None:
        return Decided(item, "", item.found)
    value = found.value if found.verdict == Verdict.CORRECT else item.found
    return Decided(item, found.verdict, value, found.reason)


def answers_of(reading: Reading, role: Role) -> dict[int, Answer]:
    """The answers that one of the two gave in this review, by item; the reviewer's earlier ones count too."""
    rows = Answer.objects.filter(item__reading=reading, role=role).order_by("round")
    if role == Role.SECOND:
        rows = rows.filter(round=reading.round)
    return {one.item_id: one for one in rows}


def open_items(reading: Reading, role: Role) -> list[Item]:
    """The doubtful items that one of the two has not decided."""
    answered = answers_of(reading, role)
    return [item for item in reading.items.exclude(doubt="") if item.pk not in answered]


def blind(reading: Reading) -> bool:
    """Whether two people decide apart: for normative documents."""
    head = next((one for one in decided(reading) if one.item.key == "head-kind"), None)
    return bool(head and head.value["value"] == NORMATIVE)


def differing(reading: Reading) -> list[tuple[Item, Answer, Answer]]:
    """The doubtful items about which the two do not say the same."""
    first, second = answers_of(reading, Role.FIRST), answers_of(reading, Role.SECOND)
    pairs = ((item, first.get(item.pk), second.get(item.pk)) for item in reading.items.exclude(doubt=""))
    return [(item, a, b) for item, a, b in pairs if a and b and (a.verdict, a.value) != (b.verdict, b.value)]


def digest(reading: Reading) -> str:
    """SM3 of the text and of all that stands."""
    stands = [[one.item.key, one.verdict != Verdict.REJECT, one.value] for one in decided(reading)]
    body = {"source": reading.file.sha256, "clauses": reading.clauses, "items": stands}
    hashed = Hash(SM3())
    hashed.update(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    return hashed.finalize().hex()
