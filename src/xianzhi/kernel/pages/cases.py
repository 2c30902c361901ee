"""办件: the list of cases, and one case with all that belongs to it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from xianzhi.kernel import clock, door, limits, queries, registry, scope
from xianzhi.kernel.county import county
from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models import Case, Event
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.kernel.pages import words
from xianzhi.kernel.pages.documents import rows_for_case
from xianzhi.kernel.pages.guard import SIGNED_IN, page
from xianzhi.kernel.pages.panels import panels_of
from xianzhi.kernel.pages.sketch import sketch_of
from xianzhi.kernel.pages.values import Shown, answer, entered
from xianzhi.kernel.personal import opening
from xianzhi.law.procedure import Step

MOST_RELATED = 50
LONGEST = 60
"""Characters of a search text, or of anything else in the address."""


@page(SIGNED_IN)
def cases(request: HttpRequest) -> HttpResponse:
    sent = {name: value.strip()[:LONGEST] for name, value in request.GET.items()}
    wanted = queries.Wanted(
        text=sent.get("q", ""),
        procedure=sent.get("procedure", ""),
        state=sent.get("state", ""),
        place=sent.get("place", ""),
        before=sent.get("before", ""),
    )
    try:
        found = queries.find_cases(request.user, wanted)
    except ValueError:  # an address that somebody changed
        wanted = queries.Wanted(wanted.text, wanted.procedure, wanted.state, wanted.place)
        found = queries.find_cases(request.user, wanted)
    chosen = {"q": wanted.text, "procedure": wanted.procedure, "state": wanted.state, "place": wanted.place}
    procedure = registry.procedures.get(wanted.procedure)
    return render(
        request,
        "kernel/cases.html",
        {
            "found": found,
            "chosen": chosen,
            "narrowed": any(chosen.values()),
            "procedures": queries.procedures_for(request.user),
            "states": list(procedure.states.values()) if procedure else [],
            "townships": county().townships,
            "first": words.query(chosen) if wanted.before else "",
            "next": words.query({**chosen, "before": found.next}) if found.next else "",
        },
    )


def case_for(request: HttpRequest, pk: int) -> Case:
    """The case, where it exists and the account may see it; else 404 either way."""
    return get_object_or_404(Case.objects.visible_to(request.user).select_related("subject"), pk=pk)


@page(SIGNED_IN)
def case(request: HttpRequest, pk: int) -> HttpResponse:
    found = case_for(request, pk)
    events = list(found.events.select_related("by", "unit").order_by("seq"))
    moved = [limits.Moved(one.step_name, one.from_state, one.to_state, one.on, one.data) for one in events]
    armed = limits.armed(found, moved, clock.today())
    options = door.options(found, request.user)
    materials = list(found.materials.order_by("id"))
    related = _related(request, found)
    return render(
        request,
        "kernel/case.html",
        {
            "case": found,
            "journey": journey(found, events, armed),
            "options": [_Choice(one, door.takers(one.step)) for one in options],
            "answers": [answer(one.step, one.reasons, one.decision) for one in options if one.mine and one.reasons],
            "armed": armed,
            "materials": _papers(found, materials),
            "documents": rows_for_case(found),
            "history": [_Told(event, found.procedure.steps.get(event.step_name)) for event in reversed(events)],
            "sound": chain_holds(found, events),
            "parent": next((one for one in related if one.pk == found.parent_id), None),
            "related": [one for one in related if one.pk != found.parent_id],
            "obligations": list(found.obligations.select_related("unit")),
            "opens": opening.offered(request.user, found),
            "sketch": sketch_of(found.division),
            "may_invite": found.subject_id is not None and bool(scope.posts_of(request.user)),
            "main_panels": list(panels_of(request, found, "main")),
            "side_panels": list(panels_of(request, found, "side")),
            "today": clock.today(),
        },
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """A step as the list of steps shows it."""

    option: door.Option
    takers: str

    @property
    def step(self) -> Step:
        return self.option.step


@dataclass(frozen=True, slots=True)
class _Told:
    """An event as the history tells it."""

    event: Event
    step: Step | None

    @property
    def verb(self) -> str:
        return self.step.zh if self.step else self.event.name

    @property
    def values(self) -> list[Shown]:
        return entered(self.step, self.event.data)

    @property
    def moved(self) -> str:
        """The states before and after, in words: 已申请 → 已受理, or the one state that stays."""
        states = self.event.case.procedure.states
        names = (self.event.from_state, self.event.to_state)
        before, after = (states[name].zh if name in states else "" for name in names)
        return after if before == after else f"{before} → {after}".strip()


@dataclass(frozen=True, slots=True)
class Stop:
    """A stage of the journey: done, at hand or still to come."""

    zh: str
    done: bool
    here: bool
    words: str


def journey(case: Case, events: list[Event], armed: list[limits.Armed]) -> list[Stop]:
    """The stages of the case's procedure with the days on which it came to them."""
    procedure = case.procedure
    now = procedure.stage_of(case.state)
    ended = case.closed_on is not None
    arrived: dict[int, date] = {}
    for event in events:
        arrived.setdefault(procedure.stage_of(event.to_state), event.on)
    stops = []
    for index, stage in enumerate(procedure.journey):
        here = index == now and not ended
        done = index in arrived and not here and (ended or now < 0 or index < now)
        told = _at_hand(case, armed) if here else ""
        stops.append(Stop(stage.zh, done, here, told or words.short_day(arrived.get(index))))
    return stops


def _at_hand(case: Case, armed: list[limits.Armed]) -> str:
    first = next((one for one in armed if one.taken is None), None)
    if first is None:
        return ""
    if first.standing == "halt":
        return f"{words.due(case).words}，{words.left(first)}"
    return words.left(first)


def chain_holds(case: Case, events: list[Event]) -> bool:
    """Whether the events of a case are whole: none missing, none changed, the last one the case's own head."""
    prev = GENESIS
    for number, event in enumerate(events, start=1):
        event.case = case
        if event.seq != number or event.prev != prev or chain.link(prev, chain.body_of(event)) != event.hash:
            return False
        prev = event.hash
    return prev == case.head and len(events) == case.seq


def _papers(case: Case, materials: list[Any]) -> list[dict[str, Any]]:
    """The kinds of material that the procedure knows, each with the files that the case holds of it."""
    kinds: dict[str, dict[str, Any]] = {}
    for step in case.procedure.steps.values():
        for paper in step.needs:
            kinds.setdefault(paper.name, {"zh": paper.zh, "cites": paper.cites, "files": []})
    for one in materials:
        kinds.setdefault(one.kind, {"zh": one.kind, "cites": "", "files": []})["files"].append(one)
    return [kind for kind in kinds.values() if kind["files"]]


def _related(request: HttpRequest, case: Case) -> list[Case]:
    """The case above, the cases below and those beside it, as far as the account may see them."""
    near = Q(parent_id=case.pk)
    if case.parent_id:
        near |= Q(pk=case.parent_id) | Q(parent_id=case.parent_id)
    seen = Case.objects.visible_to(request.user).filter(near).exclude(pk=case.pk)
    return list(seen.order_by("opened_on", "id")[:MOST_RELATED])
