"""公报校核: the source on the left, what was read on the right; only what is doubtful is asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from xianzhi.apps.gazette import queries
from xianzhi.apps.gazette.models import Answer, Item, Kind, Reading, Role, Verdict
from xianzhi.apps.gazette.pages.desk import READERS
from xianzhi.apps.gazette.reader.units import members
from xianzhi.apps.gazette.services import review
from xianzhi.apps.gazette.services.items import HEADS, KINDS
from xianzhi.apps.gazette.services.organs import UNKNOWN, Organs
from xianzhi.kernel import door
from xianzhi.kernel.coverage import carries
from xianzhi.kernel.models import Account, PublishedInstrument, Unit
from xianzhi.kernel.models.units import UnitKind
from xianzhi.kernel.pages.guard import page
from xianzhi.law.force import Effect

SURE = {"1.0": 3, "0.8": 2, "0.6": 1, "0.0": 0}
"""How many of three cells each confidence fills."""
_MARKS = {Verdict.ACCEPT: "done", Verdict.CORRECT: "near", Verdict.REJECT: "no"}
EFFECTS = {
    Effect.PUBLISHED: "自发布之日起", Effect.DATED: "自发文之日起", Effect.DAY: "自所写之日起", Effect.SILENT: "未载明",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """An item as the page shows it, with what this person answered, if anything."""

    item: Item
    number: int
    title: str
    units: str
    due: str
    entered: str
    """The units as they stand in the field of a correction."""
    answer: Answer | None
    asked: bool
    editable: bool

    @property
    def cells(self) -> list[bool]:
        full = SURE[str(self.item.confidence)]
        return [at < full for at in range(3)]

    @property
    def open(self) -> bool:
        return self.asked and self.answer is None

    @property
    def mark(self) -> str:
        """How the verdict is marked."""
        return (
            {Verdict.REJECT: "no", Verdict.CORRECT: "near"}.get(Verdict(self.answer.verdict), "done")
            if self.answer
            else ""
        )

    @property
    def accept_label(self) -> str:
        """What accepting means here, in the words of the button."""
        found = self.item.found
        if self.item.kind == Kind.UNIT:
            return _("照原名，不分给单位") if found["kind"] == UNKNOWN else _("确认")
        if self.item.kind == Kind.TASK and not found["units"]:
            return _("就由它办（拟）") if found["proposed"] else _("留待分解")
        if self.item.kind == Kind.TASK and found["strict_due"]:
            return _("按 {day}").format(day=found["due"])
        return _("确认")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a clause: plain, or lit and numbered as the item that was read there."""

    text: str
    number: int = 0
    kind: str = ""


def _reading(pk: int) -> Reading:
    return get_object_or_404(Reading.objects.select_related("case", "file").defer("file__content"), case_id=pk)


@page(READERS)
@carries("gazette-2-1", "gazette-2-3", zh="校核页")
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """The review of one document."""
    return _page(request, _reading(pk))


def _page(
    request: HttpRequest, found: Reading, fault: str = "", at: int = 0, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    role = review.role_of(found, request.user)
    rows = rows_of(found, role, request.user)
    asked = [row for row in rows if row.asked]
    open_rows = [row for row in asked if row.open]
    apart = review.blind(found)
    instrument = PublishedInstrument.objects.filter(case=found.case).first()
    second_done = not review.open_items(found, Role.SECOND)
    return render(
        request,
        "gazette/review.html",
        {
            "reading": found,
            "case": found.case,
            "role": role,
            "blind": apart,
            "heads": _heads(found, rows),
            "asked": asked,
            "open": open_rows,
            "tasks": [row for row in rows if row.item.kind == Kind.TASK],
            "editing": request.GET.get("edit", ""),
            "notes": [row for row in rows if row.item.kind == Kind.FINDING and not row.item.doubt],
            "clauses": list(lit(found, rows)),
            "units": Unit.objects.exclude(kind=UnitKind.VILLAGE).order_by("name"),
            "kinds": KINDS,
            "fault": fault,
            "fault_at": at,
            "steps": [one for one in door.options(found.case, request.user) if one.mine],
            "differing": review.differing(found) if apart and role == Role.SECOND and second_done else [],
            "changed": changed(found) if role == Role.SECOND and not apart else [],
            "instrument": instrument,
            "affected": queries.affected(instrument) if instrument and found.round > 1 else None,
        },
        status=status,
    )


def rows_of(found: Reading, role: Role | None, account: Account) -> list[Row]:
    """Every item in order. Where two decide apart, the second sees what was read and her own answers only."""
    apart = review.blind(found)
    seen = review.answers_of(found, Role.SECOND if role == Role.SECOND and apart else Role.FIRST)
    rows = []
    for number, item in enumerate(found.items.order_by("order"), start=1):
        given = seen.get(item.pk)
        value = given.value if given and given.verdict == Verdict.CORRECT else item.found
        title, units, due = _words(item, value)
        asked = bool(item.doubt) and (role != Role.SECOND or apart)
        editable = role == Role.FIRST or (role == Role.SECOND and apart and asked)
        rows.append(Row(item, number, title, units, due, _entry(item, value), given, asked, editable))
    return rows


def _words(item: Item, value: dict[str, Any]) -> tuple[str, str, str]:
    """What an item says, in words: title, units, date."""
    match item.kind:
        case Kind.TASK:
            names = value.get("unit_codes")
            units = "、".join(_names(names)) if names else "、".join(value["units"])
            proposed = "、".join(value["proposed"])
            shown = units or (_("拟：{units}").format(units=proposed) if proposed else _("未写明"))
            implied = _("{day}（推定）").format(day=value["implied"]) if value["implied"] else ""
            past = _("（追溯）") if value["past"] else ""
            return value["what"], shown, (value["due"] or implied or value["due_text"] or "") + past
        case Kind.UNIT:
            return value["name"], "、".join(_names(value["units"])) or _("没有对上单位"), ""
        case Kind.FINDING:
            return value["message"], "", ""
        case Kind.HEAD:
            return HEADS[item.key.removeprefix("head-")], _head_words(value["value"]), ""
    return item.doubt, "", ""


def _entry(item: Item, value: dict[str, Any]) -> str:
    """The units of an item by their names, as one would type them."""
    if item.kind == Kind.TASK:
        codes = value.get("unit_codes")
        return "、".join(_names(codes, "name") if codes else value["units"] or value["proposed"])
    return "、".join(_names(value["units"], "name")) if item.kind == Kind.UNIT else ""


def _head_words(value: Any) -> str:
    if isinstance(value, dict):
        days = [str(value[name]) for name in ("effective", "until") if value[name]]
        years = [_("有效期 {n} 年").format(n=value["years"])] if value["years"] else []
        trial = [_("试行")] if value["trial"] else []
        return "，".join([str(_(EFFECTS[Effect(value["effect"])])), *days, *years, *trial])
    return str(value or "")


def _names(codes: list[str], form: str = "short") -> list[str]:
    known = dict(Unit.objects.filter(code__in=codes).values_list("code", form)) if codes else {}
    return [known.get(code, code) for code in codes]


def _heads(found: Reading, rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.item.kind == Kind.HEAD]


def changed(found: Reading) -> list[dict[str, Any]]:
    """What the reviewer corrected, rejected or was asked: all that whoever signs has to look at."""
    stands = [one for one in review.decided(found) if one.verdict]
    return [
        {
            "item": one.item,
            "words": _words(one.item, one.value),
            "verdict": Verdict(one.verdict).label,
            "reason": one.reason,
        }
        for one in stands
        if one.item.doubt or one.verdict != Verdict.ACCEPT
    ]


# ---- the source, lit ------------------------------------------------------------------------------------------------


def lit(found: Reading, rows: list[Row]) -> Iterator[dict[str, Any]]:
    """The clauses of the document, each cut into stretches, those that were read lit and numbered."""
    marks = [(row.item.start, row.item.end, row) for row in rows if row.item.kind in (Kind.TASK, Kind.SENTENCE)]
    marks.sort(key=lambda one: (one[0], one[1]))
    for clause in found.clauses:
        places = [place for fro, to in clause["runs"] for place in range(fro, to)]
        stretches = list(_stretches(clause["text"], places, marks))
        yield {"role": clause["role"], "eid": clause["eid"], "stretches": stretches}


def _stretches(text: str, places: list[int], marks: list[tuple[int, int, Row]]) -> Iterator[Stretch]:
    at = 0
    if not places:
        return
    for start, end, row in marks:
        if end <= places[0] or start > places[-1]:
            continue
        fro = next((n for n, place in enumerate(places) if place >= start), len(places))
        to = next((n for n, place in enumerate(places) if place >= end), len(places))
        if to <= max(fro, at):
            continue
        fro = max(fro, at)
        if fro > at:
            yield Stretch(text[at:fro])
        yield Stretch(text[fro:to], row.number, "duty" if row.item.kind == Kind.TASK else "due")
        at = to
    if at < len(text):
        yield Stretch(text[at:])


# ---- answering ------------------------------------------------------------------------------------------------------


@page(READERS, "POST")
def decide(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Takes an answer to one item. Asked by script it gives the item alone, else it goes back to the page."""
    found = _reading(pk)
    wanted = get_object_or_404(Item.objects.select_related("reading__case"), pk=item, reading=found)
    if request.method != "POST":
        return redirect("gazette:reading", pk)
    role = review.role_of(found, request.user)
    if role == Role.SECOND and not review.blind(found):
        raise Http404(_("这份文件由校核人判定，签发人只核对"))
    try:
        verdict = request.POST.get("verdict", "")
        value = _entered(wanted, request.POST) if verdict == Verdict.CORRECT else None
        review.answer(wanted, verdict, by=request.user, value=value, reason=request.POST.get("reason", ""))
    except review.BadAnswer as error:
        if "HX-Request" in request.headers:
            return HttpResponse(str(error), "text/plain; charset=utf-8", HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(request, found, str(error), wanted.pk, HTTPStatus.UNPROCESSABLE_ENTITY)
    if "HX-Request" in request.headers:
        row = next(one for one in rows_of(found, role, request.user) if one.item.pk == wanted.pk)
        return render(request, "gazette/parts/item.html", {"row": row, "case": found.case})
    return redirect(f"{reverse('gazette:reading', args=[pk])}#item-{wanted.pk}")


def _entered(item: Item, sent: Any) -> dict[str, Any]:
    """What was entered for a correction, in the form that the item has. Raises BadAnswer."""
    match item.kind:
        case Kind.HEAD:
            return {"value": sent.get("value", "")}
        case Kind.UNIT:
            return {"units": _codes(sent.get("units", ""))}
    return {"unit_codes": _codes(sent.get("units", "")), "due": sent.get("due", ""), "what": sent.get("what", "")}


def _codes(text: str) -> list[str]:
    """The units that names mean: 县水务局、各乡镇. Raises BadAnswer naming the one that nobody has."""
    organs = Organs()
    found: list[str] = []
    for name in members(text.strip())[0] if text.strip() else []:
        meant = organs.meant(name)
        if not meant.codes:
            raise review.BadAnswer(_("没有叫“{name}”的单位。从列表中选，几个单位用顿号隔开").format(name=name[:40]))
        found += meant.codes
    return list(dict.fromkeys(found))
