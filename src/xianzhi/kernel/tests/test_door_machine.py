"""Random legal and illegal steps of every registered procedure, by anyone, with good and bad data, one after another.

Whatever happens, no event is lost, no chain is broken, no state is reached but by a declared step, a refusal leaves no
trace, and a key that comes again gives the same event.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from io import BytesIO
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from xianzhi.kernel import clock, door, registry
from xianzhi.kernel.materials import Upload
from xianzhi.kernel.models import Account, Assignment, Case, Event, Unit, UnitFunction
from xianzhi.kernel.models.units import UnitKind
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tests.evidence import chain_faults, written
from xianzhi.law import fields
from xianzhi.law.identifiers import MASK
from xianzhi.law.procedure import APPLICANT, CLOCK, PUBLIC, Paper, Procedure, Step

BEGAN = date(2025, 3, 3)
JUNK = st.sampled_from(["", " ", "x", "-1", "1.005", "NaN", "９", "2025-13-01", 1.5, -1, True, [], ["x"], {"x": 1}])
OPENING = {"documents": 3, "area": 9, "deposit": 8000}
MOST_CASES = 4
GOOD: dict[str, st.SearchStrategy[Any]] = {
    fields.TEXT: st.text(min_size=1, max_size=20),
    fields.NOTE: st.text(min_size=1, max_size=60),
    fields.DAY: st.dates(date(2025, 1, 1), date(2026, 6, 1)).map(date.isoformat),
    fields.MONEY: st.sampled_from(["8000", "8000.00", "0.01", "120,000.5"]),
    fields.NUMBER: st.sampled_from(["0", "3", "120.5", "100000"]),
    fields.WHOLE: st.sampled_from(["2", "3", "4", 5]),
    fields.YES_NO: st.booleans(),
}  # fmt: skip


def good(field: fields.Field) -> st.SearchStrategy[Any]:
    """Something that a field takes."""
    if field.kind == fields.CHOICE:
        return st.sampled_from([value for value, _ in field.choices])
    if field.kind == fields.LINES:
        line = st.fixed_dictionaries({column.name: good(column) for column in field.columns})
        return st.lists(line, min_size=1, max_size=2)
    if field.personal:  # what looks masked is refused
        return GOOD[field.kind].map(lambda text: text.replace(MASK, "某"))
    return GOOD[field.kind]


def form(step: Step) -> st.SearchStrategy[dict[str, Any]]:
    """A form filled in as it asks."""
    return st.fixed_dictionaries({field.name: good(field) for field in step.asks})


def spoilt(step: Step) -> st.SearchStrategy[dict[str, Any]]:
    """A form with junk in it, or with something that nobody asked for."""
    names = st.sampled_from([*(field.name for field in step.asks), "unasked"])
    return st.builds(lambda filled, name, junk: {**filled, name: junk}, form(step), names, JUNK)


class Door(RuleBasedStateMachine):
    """The door under a crowd. `actors`, `officials` and `reached` are set by the test."""

    actors: dict[str, Account | str]
    officials: list[str]
    reached: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.today = BEGAN
        self.cases: list[Case] = []
        self.taken: list[tuple[Case, Step, dict[str, Any], int]] = []
        self.chains: dict[int, list[str]] = {}
        self.keys = count()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    # ---- what may happen

    @initialize()
    def begin(self) -> None:
        self._open(sample.Permit, sample.Permit.prepare, "applicant", sample.VILLAGE, OPENING)

    @precondition(lambda self: len(self.cases) < MOST_CASES)
    @rule(data=st.data())
    def open_a_case(self, data: st.DataObject) -> None:
        procedure = data.draw(st.sampled_from([registry.procedures[name] for name in sorted(registry.procedures)]))
        step = data.draw(st.sampled_from([step for step in procedure.steps.values() if step.starts]))
        division = data.draw(st.sampled_from([sample.VILLAGE, sample.OTHER_TOWN, sample.COUNTY]))
        self._open(procedure, step, self._taker(step, data), division, data.draw(form(step)))

    @rule(data=st.data())
    def go_on(self, data: st.DataObject) -> None:
        """A step that the state allows, by somebody whom it names, filled in."""
        case = data.draw(st.sampled_from(self.cases))
        steps = case.procedure.steps_from(case.state)
        lasting = [step for step in steps if not case.procedure.states[step.target_from(case.state)].final]
        if steps:
            step = data.draw(st.sampled_from(lasting if lasting and data.draw(st.integers(0, 7)) else steps))
            by = self.actors[self._taker(step, data)]
            key = f"key{next(self.keys)}"
            self._take(case, step, {"by": by, "on": None, "data": data.draw(form(step)), "key": key}, step.needs)

    @rule(data=st.data())
    def go_further(self, data: st.DataObject) -> None:
        """So that cases come far, however often something else is tried."""
        for _ in range(4):
            self.go_on(data)

    @rule(data=st.data())
    def try_anything(self, data: st.DataObject) -> None:
        """Any step, by anyone, on any day, filled in or not."""
        case = data.draw(st.sampled_from(self.cases))
        step = data.draw(st.sampled_from(list(case.procedure.steps.values())))
        days_ago = data.draw(st.sampled_from([None, 0, 1, 30, -1]))
        call = {
            "by": self.actors[data.draw(st.sampled_from(sorted(self.actors)))],
            "on": None if days_ago is None else self.today - timedelta(days=days_ago),
            "data": data.draw(st.one_of(form(step), spoilt(step))),
            "key": data.draw(st.sampled_from(["", "key0", "key1"])),
        }
        self._take(case, step, call, [paper for paper in step.needs if data.draw(st.booleans())])

    @rule(data=st.data())
    def spoil_a_good_step(self, data: st.DataObject) -> None:
        """A step that the state allows, by somebody whom it names, with one thing wrong in its form."""
        case = data.draw(st.sampled_from(self.cases))
        steps = case.procedure.steps_from(case.state)
        if steps:
            step = data.draw(st.sampled_from(steps))
            call = {"by": self.actors[self._taker(step, data)], "on": None, "data": data.draw(spoilt(step)), "key": ""}
            self._take(case, step, call, step.needs)

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def send_again(self, data: st.DataObject) -> None:
        case, step, call, event_id = data.draw(st.sampled_from(self.taken))
        before = written()
        again = self._within(lambda: door.take_step(case, step, **call))
        assert again.pk == event_id and written() == before

    @precondition(lambda self: self.taken)
    @rule(data=st.data())
    def use_a_key_for_something_else(self, data: st.DataObject) -> None:
        case, step, call, _ = data.draw(st.sampled_from(self.taken))
        call = {**call, "by": self.actors["nobody"]}
        assert self._attempt(lambda: door.take_step(case, step, **call)) is None

    @rule(days=st.sampled_from([1, 3, 20, 120]))
    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    @rule(data=st.data())
    def assign(self, data: st.DataObject) -> None:
        surveyor = Unit.objects.get(code="sample-survey")
        Assignment.objects.get_or_create(case=data.draw(st.sampled_from(self.cases)), unit=surveyor)

    # ---- what must hold

    @invariant()
    def every_case_fits_its_events(self) -> None:
        for case in Case.objects.all():
            assert chain_faults(case) == []
            self.reached.add(f"{case.procedure_name} {case.state}")

    @invariant()
    def no_event_is_lost(self) -> None:
        now: dict[int, list[str]] = {}
        for case_id, digest in Event.objects.order_by("case_id", "seq").values_list("case_id", "hash"):
            now.setdefault(case_id, []).append(digest)
        for case_id, before in self.chains.items():
            assert now[case_id][: len(before)] == before
        self.chains = now

    # ---- how

    def _taker(self, step: Step, data: st.DataObject) -> str:
        """One of those whom a step names."""
        named = [word for word in (CLOCK, PUBLIC, APPLICANT) if word in step.by]
        return data.draw(st.sampled_from([*named, *(self.officials if step.posts else ())]))

    def _open(self, procedure: type[Procedure], step: Step, by: str, division: str, data: dict[str, Any]) -> None:
        subject = self.actors["applicant"].subject
        call = {"by": self.actors[by], "title": "示例", "division": division, "subject": subject, "data": data}
        opened = self._attempt(lambda: door.open_case(procedure, step, **call, materials=_papers(step.needs)))
        if opened is not None:
            self.cases.append(opened)

    def _take(self, case: Case, step: Step, call: dict[str, Any], papers: Sequence[Paper]) -> None:
        event = self._attempt(lambda: door.take_step(case, step, **call, materials=_papers(papers)))
        if event is not None:
            assert (event.case_id, event.step_name) == (case.pk, step.name)
            if call["key"] and not papers:
                self.taken.append((case, step, {**call, "on": event.on}, event.pk))

    def _attempt(self, act: Callable[[], Any]) -> Any:
        """What comes of it; None where it was refused, without a trace."""
        before = written()
        try:
            return self._within(act)
        except (door.Refused, ObjectDoesNotExist):  # a gatherer misses the record of a case not opened by its service
            assert written() == before
            return None

    def _within(self, act: Callable[[], Any]) -> Any:
        with clock.at(self.today), transaction.atomic():
            return act()


def _papers(needs: Any) -> list[Upload]:
    return [Upload(paper.name, "材料.pdf", BytesIO(b"%PDF-1.7 " + paper.name.encode())) for paper in needs]


@pytest.fixture
def crowd(people: sample.People) -> sample.People:
    """Three officials who hold every post of every procedure, besides the people of the sample."""
    posts = sorted({post for procedure in registry.procedures.values() for post in procedure.posts()})
    for name in ("first", "second", "third"):
        people.accounts[name] = Account.objects.create(username=f"sample-{name}", name=name, password="!")
    for post in posts:
        function = post.partition(".")[0]
        unit, new = Unit.objects.get_or_create(
            code=f"crowd-{function}", division=sample.COUNTY, name=function, short=function, kind=UnitKind.BUREAU
        )
        if new:
            UnitFunction.objects.create(unit=unit, function=function, since=sample.BEGAN)
        people.units[unit.code] = unit
        for name in ("first", "second", "third"):
            people.post(name, unit.code, post)
    return people


def test_the_door_holds_under_a_crowd(crowd: sample.People) -> None:
    class Crowded(Door):
        actors = {**crowd.accounts, CLOCK: CLOCK, PUBLIC: PUBLIC, APPLICANT: crowd.applicant}
        officials = ["first", "second", "third"]
        reached = set()

    checks = list(HealthCheck)
    enough = settings(max_examples=60, stateful_step_count=60, deadline=None, suppress_health_check=checks)
    run_state_machine_as_test(Crowded, settings=enough)
    far = {"sample.permit accepted", "sample.permit reviewed", "sample.permit refused"}
    assert far <= Crowded.reached  # else it would prove little
