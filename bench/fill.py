"""Writes many sample permits at once, with valid chains: for measurements only, past the door and quicker."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import connection, transaction

from xianzhi.kernel.ledger import chain
from xianzhi.kernel.models import Account, Case, Event, SearchText, Subject
from xianzhi.kernel.models.cases import GENESIS
from xianzhi.kernel.search import grams_of
from xianzhi.kernel.tests import sample

WAY = ("prepare", *sample.STEPS)
AT_ONCE = 2000


def fill(
    count: int,
    subjects: Sequence[Subject],
    *,
    upto: str | Callable[[int], str],
    on: date | Callable[[int], date],
    due: Callable[[int], date | None] = lambda _: None,
    entered: Callable[[int], dict[str, Any]] = lambda _: {"documents": 3, "area": 120, "deposit": 8000},
    titles: Callable[[int], str] = lambda number: f"示例许可{number}",
    divisions: Callable[[int], str] = lambda _: sample.VILLAGE,
) -> None:
    """Writes `count` permits of these subjects in turn, each on its day as far as its step on the way to the permit."""
    takers = {account.username: account for account in Account.objects.all()}
    first = (Case.objects.order_by("-pk").values_list("pk", flat=True).first() or 0) + 1
    for low in range(0, count, AT_ONCE):
        cases, events = [], []
        for number in range(low, min(low + AT_ONCE, count)):
            day = on(number) if callable(on) else on
            case = Case(
                pk=first + number,
                number=f"量〔{day.year}〕{number:06d}",
                procedure_name="sample.permit",
                state="start",
                title=titles(number),
                subject=subjects[number % len(subjects)],
                division=divisions(number),
                opened_on=day,
                moved_on=day,
            )
            last = upto(number) if callable(upto) else upto
            events += _events(case, last, day, entered(number), takers)
            case.due_on = None if case.closed_on else due(number)
            cases.append(case)
        with transaction.atomic():
            Case.objects.bulk_create(cases)
            Event.objects.bulk_create(events, batch_size=500)
            texts = [(case, grams_of(case.number, case.title, case.subject.name)) for case in cases]
            SearchText.objects.bulk_create(SearchText(case=case, grams=grams) for case, grams in texts)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('kernel_case', 'id'), max(id)) FROM kernel_case")
            cursor.execute("ANALYZE")


def _events(case: Case, last: str, day: date, opening: dict[str, Any], takers: dict[str, Account]) -> Iterator[Event]:
    """The events of a case, which is moved along with them."""
    case.head, at = GENESIS, datetime.combine(day, time(9), UTC)
    for seq, name in enumerate(WAY[: WAY.index(last) + 1], start=1):
        step = sample.Permit.steps[name]
        data = {key: str(value) if key in ("area", "deposit") else value for key, value in opening.items()}
        if name != "prepare":
            data = {key: value.isoformat() if isinstance(value, date) else value
                    for key, value in sample.entered(name, day).items()}  # fmt: skip
        taker = takers[f"sample-{sample.TAKERS.get(name, 'applicant')}"]
        event = Event(
            case=case, seq=seq, name=step.event, step_name=name, from_state=case.state,
            to_state=step.target_from(case.state), by=taker, by_post=step.by[0], on=day, at=at, data=data,
            materials=[], prev=case.head,
        )  # fmt: skip
        event.hash = chain.link(event.prev, chain.body_of(event))
        case.state, case.seq, case.head = event.to_state, seq, event.hash
        yield event
    case.closed_on = day if case.procedure.states[case.state].final else None
