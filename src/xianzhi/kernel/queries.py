"""What the pages read: the work that waits, and lists of cases. Each answers in a fixed number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case as Choose
from django.db.models import CharField, Count, F, Q, QuerySet, Value, When

from xianzhi.kernel import clock, limits, registry, scope, search
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case
from xianzhi.law.procedure import APPLICANT, Procedure, Step

PAGE = 50
MOST = 2000
"""More waiting cases than anyone works through: counts and pages end here, so that no page grows with the county."""
OVERDUE, TODAY, SOON, LATER, OPEN, HELD = "overdue", "today", "soon", "later", "open", "held"
LIGHTS = (OVERDUE, TODAY, SOON, LATER, OPEN, HELD)
"""In the order of the page: what is overdue first, what has no limit and what is held last."""


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits, with what the account may do in it; `step` is the one to do first."""

    case: Case
    light: str
    step: Step
    post: str
    others: tuple[Step, ...]

    @property
    def due_step(self) -> Step | None:
        """The step that the earliest limit of the case is for."""
        return self.case.procedure.steps.get(self.case.due_step)


@dataclass(frozen=True, slots=True)
class Work:
    """One page of what waits for an account, and how much there is by light and by service."""

    tasks: tuple[Task, ...]
    tally: dict[str, int]
    services: dict[str, int]
    page: int
    more: bool

    @property
    def total(self) -> int:
        return sum(self.tally.values())

    @property
    def capped(self) -> bool:
        return sum(self.services.values()) >= MOST


def waiting_for(account: Any, through: str = "") -> QuerySet[Case]:
    """The open cases in which some step waits for the account, or for one of its posts."""
    return Case.objects.visible_to(account).open().filter(scope.work_of(account, through))


def count_of_work(account: Any, *, most: int) -> int:
    """How many cases wait for the account, counted no further than `most`."""
    if account is None or not account.is_authenticated or account.duty:
        return 0
    return len(waiting_for(account).order_by().values_list("pk", flat=True)[:most])


def work_for(account: Any, *, light: str = "", service: str = "", post: str = "", page: int = 1) -> Work:
    """What waits for an account, soonest first; three queries at most."""
    waiting = waiting_for(account, post)
    groups = _groups(waiting)
    tally = dict.fromkeys(LIGHTS, 0)
    services: dict[str, int] = {}
    for group in groups:
        app = registry.procedures[group["procedure_name"]].app
        services[app] = services.get(app, 0) + group["n"]
        if service in ("", app):
            tally[group["light"]] += group["n"]
    cases = _page_of(_narrowed(waiting, light, service), page)
    tasks = tuple(_task(case, account, post) for case in cases[:PAGE])
    return Work(tasks, tally, services, page, len(cases) > PAGE and page < MOST // PAGE)


def waiting_as_chosen(account: Any, *, light: str = "", service: str = "", post: str = "") -> QuerySet[Case]:
    """All that waits for an account, as `work_for` has it page by page."""
    return _in_order(_narrowed(waiting_for(account, post), light, service))


def task_of(case: Case, account: Any, through: str = "") -> Task:
    """A case of `waiting_as_chosen` with what the account may do in it."""
    return _task(case, account, through)


def _groups(waiting: QuerySet[Case]) -> Iterable[dict[str, Any]]:
    kept = Case.objects.filter(pk__in=waiting.order_by().values("pk")[:MOST])
    lit = kept.order_by().annotate(light=light_on(clock.today()))
    return lit.values("procedure_name", "light").annotate(n=Count("pk"))


def _narrowed(waiting: QuerySet[Case], light: str, service: str) -> QuerySet[Case]:
    if service:
        waiting = waiting.filter(procedure_name__in=_names_of(service))
    waiting = waiting.annotate(light=light_on(clock.today()))
    return waiting.filter(light=light) if light else waiting


def _page_of(cases: QuerySet[Case], page: int) -> list[Case]:
    """A page and one row more, which tells whether there is a next one."""
    first = (page - 1) * PAGE
    return list(_in_order(cases)[first : first + PAGE + 1])


def _in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.order_by(F("halted_on").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "id")


def soon_until(on: date) -> date:
    """The last day that still counts as near: as `limits.light` has it."""
    return county().calendar.add_working_days(on, limits.NEAR_DAYS + 1) - timedelta(days=1)


def light_on(on: date) -> Choose:
    """The light of a case as the database sees it, in step with `limits.light`."""
    return Choose(
        When(halted_on__isnull=False, then=Value(HELD)),
        When(due_on__isnull=True, then=Value(OPEN)),
        When(due_on__lt=on, then=Value(OVERDUE)),
        When(due_on=on, then=Value(TODAY)),
        When(due_on__lte=soon_until(on), then=Value(SOON)),
        default=Value(LATER),
        output_field=CharField(),
    )


def _task(case: Any, account: Any, through: str) -> Task:
    mine = steps_for(case, account, through)
    first = next((one for one in mine if one[0].name == case.due_step), None)
    first = first or next((one for one in mine if not one[0].grave and not one[0].stays), mine[0])
    return Task(case, case.light, first[0], first[1], tuple(step for step, _ in mine if step is not first[0]))


def steps_for(case: Case, account: Any, through: str = "") -> list[tuple[Step, str]]:
    """The steps of a case's state that wait for the account or one of its posts, each with the post."""
    held = [post.key for post in scope.posts_of(account) if post.outside or post.covers(case.division)]
    if account.subject_id and account.subject_id == case.subject_id:
        held.append(APPLICANT)
    if through:
        held = [through]
    found = []
    for step in case.procedure.steps_from(case.state):
        if key := next((key for key in held if step.waits_for(key)), ""):
            found.append((step, key))
    return found


def _names_of(service: str) -> list[str]:
    return [name for name, procedure in registry.procedures.items() if procedure.app == service]


# ---- lists of cases --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for among the cases they may see; empty means all."""

    text: str = ""
    procedure: str = ""
    state: str = ""
    """A state of the procedure, or `open`, `closed`."""
    place: str = ""
    """A division code: a township with its villages."""
    before: str = ""
    """Where the page begins: `2025-04-16.123`, the day and id of the last case of the page before."""


@dataclass(frozen=True, slots=True)
class Found:
    """A page of cases, newest first. `next` is `Wanted.before` of the next page; `count` ends at MOST."""

    cases: tuple[Case, ...]
    count: int
    next: str

    @property
    def capped(self) -> bool:
        return self.count >= MOST


def procedures_for(account: Any) -> list[type[Procedure]]:
    """The procedures whose cases the account may see any of."""
    if account.duty == "audit":
        return list(registry.procedures.values())
    functions = {post.function for post in scope.posts_of(account)}
    served = account.subject_id is not None
    return [one for one in registry.procedures.values() if served or functions & one.functions()]


def wanted_cases(account: Any, wanted: Wanted) -> QuerySet[Case]:
    """All cases that an account may see and looks for, `before` left aside."""
    cases = search.matching(Case.objects.visible_to(account), wanted.text)
    if wanted.procedure:
        cases = cases.filter(procedure_name=wanted.procedure)
    if wanted.state in ("open", "closed"):
        cases = cases.filter(closed_on__isnull=wanted.state == "open")
    elif wanted.state:
        cases = cases.filter(state=wanted.state)
    if wanted.place:
        cases = cases.filter(division__startswith=wanted.place.removesuffix("000"))
    return cases


def find_cases(account: Any, wanted: Wanted) -> Found:
    """The cases that an account may see and looks for: two queries. Raises ValueError for a `before` that is none."""
    cases = wanted_cases(account, wanted)
    count = len(cases.order_by().values_list("pk", flat=True)[:MOST])
    page = list(_after(cases, wanted.before).select_related("subject").order_by("-opened_on", "-id")[: PAGE + 1])
    last = page[PAGE - 1] if len(page) > PAGE else None
    return Found(tuple(page[:PAGE]), count, f"{last.opened_on.isoformat()}.{last.pk}" if last else "")


def _after(cases: QuerySet[Case], before: str) -> QuerySet[Case]:
    if not before:
        return cases
    day, _, pk = before.partition(".")
    opened, last = date.fromisoformat(day), int(pk)
    return cases.filter(Q(opened_on__lt=opened) | Q(opened_on=opened, pk__lt=last))
