"""The work of the clock: every limit armed, each reminder once, steps of the clock taken once, due days kept right."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import connection

from xianzhi.kernel import clock, door, limits, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.models import Case, Event, LogEntry, Mark, PendingLeaf, Reminder
from xianzhi.kernel.tests import sample as the_sample
from xianzhi.kernel.tick import Looked, tick
from xianzhi.law.parameters import Dated
from xianzhi.law.procedure import Procedure, State, Step
from xianzhi.law.timing import WorkingCalendar

MONDAY = date(2025, 3, 3)


# ---- every declared limit


def _arrivals(procedure: type[Procedure], state: State) -> list[Step]:
    return [step for step in procedure.steps.values() if not step.stays and step.move.target is state]


def _histories(procedure: type[Procedure], limited: Step, on: date) -> list[list[limits.Moved]]:
    """Every shortest history that brings a case among the source states of a step, its start day recorded."""
    found = []
    for state in limited.sources:
        for arrival in _arrivals(procedure, state):
            for origin in arrival.source_names - limited.source_names:
                events = [limits.Moved(arrival.name, origin, state.name, on, {})]
                if limited.within.since:
                    name, _, field = limited.within.since.partition(".")
                    events[0:0] = [limits.Moved(name, "start", origin, on, {field: on.isoformat()})]
                found.append(events)
    return found


def limited_steps() -> list[tuple[type[Procedure], Step]]:
    with the_sample.registered():
        procedures = list(registry.procedures.values())
    return [(procedure, step) for procedure in procedures for step in procedure.steps.values() if step.within]


@pytest.mark.parametrize(("procedure", "step"), limited_steps(), ids=lambda one: getattr(one, "name", ""))
def test_every_declared_limit_is_armed_when_a_case_comes_among_its_source_states(db, sample, procedure, step):
    today = clock.today()
    case = SimpleNamespace(procedure=procedure)
    histories = _histories(procedure, step, today)
    assert histories, f"nothing leads to {step}, so its limit never runs"
    for events in histories:
        (mine,) = [one for one in limits.armed(case, events, today) if one.step is step and one.taken is None]
        assert mine.since == today and mine.due.on >= today
        first = limits.earliest(procedure, events[-1], lambda events=events: events, halted=False)
        assert first is not None and first[0].on <= mine.due.on


def test_a_case_in_a_state_with_limits_has_a_due_day(people):
    with clock.at(MONDAY):
        case = the_sample.draft(people)
        assert case.due_on is None
        the_sample.advance(people, case, "submit")
    assert (case.due_on, case.due_step) == (date(2025, 3, 10), "accept")  # five working days from the day after


# ---- reminders


@pytest.fixture
def submitted(people) -> Case:
    """Handed in on a Monday, to be accepted by the Monday after."""
    with clock.at(MONDAY):
        case = the_sample.draft(people)
        the_sample.advance(people, case, "submit")
    return case


def at_nine(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_near_and_over_are_each_reminded_of_once(submitted):
    seen = {}
    for offset in range(14):
        day = MONDAY + timedelta(days=offset)
        for _ in range(3):
            tick(at_nine(day))
        seen[day] = sorted(Reminder.objects.values_list("kind", flat=True))
    assert seen[date(2025, 3, 4)] == []
    assert seen[date(2025, 3, 5)] == ["near"]  # three working days left: Thursday, Friday, Monday
    assert seen[date(2025, 3, 10)] == ["near"]  # the due day itself is not over
    assert seen[date(2025, 3, 11)] == ["near", "over"]
    assert seen[date(2025, 3, 16)] == ["near", "over"]
    assert set(Reminder.objects.values_list("case_id", "step_name", "due_on")) == {
        (submitted.pk, "accept", date(2025, 3, 10))
    }


def test_a_second_limit_is_reminded_of_while_the_first_is_overdue(people):
    with clock.at(MONDAY):
        case = the_sample.draft(people)
        the_sample.advance(people, case, "accept")
    assert case.due_step == "review"  # ten days; the decision has twenty working days
    tick(at_nine(date(2025, 3, 28)))
    found = set(Reminder.objects.values_list("step_name", "kind", "due_on"))
    assert found == {("review", "over", date(2025, 3, 13)), ("refuse", "near", date(2025, 3, 31))}


def test_nobody_is_reminded_of_what_is_done_halted_or_far(people, submitted):
    with clock.at(date(2025, 3, 4)):
        the_sample.advance(people, submitted, "request_correction")
    assert submitted.halted_on
    for day in (date(2025, 3, 12), date(2025, 5, 12)):
        tick(at_nine(day))
    assert not Reminder.objects.exists()


def test_a_clock_that_was_down_reminds_of_what_is_over_only(submitted):
    assert tick(at_nine(date(2025, 4, 1))).reminded == 1
    assert list(Reminder.objects.values_list("kind", flat=True)) == ["over"]


# ---- steps of the clock


@pytest.fixture
def approved(people) -> Case:
    with clock.at(MONDAY):
        case = the_sample.draft(people)
        the_sample.advance(people, case, "approve")
    return case


def test_a_step_of_the_clock_is_taken_when_its_day_has_come_and_once(approved):
    eve = MONDAY + timedelta(days=90)
    assert tick(at_nine(eve)).taken == 0
    done = tick(at_nine(eve + timedelta(days=1)))
    assert (done.taken, done.refused, done.failed) == (1, 0, 0)
    approved.refresh_from_db()
    assert approved.state == "lapsed" and approved.closed_on == eve + timedelta(days=1)
    event = approved.events.get(step_name="lapse")
    assert (event.by, event.by_post, event.key) == (None, "clock", f"lapse:{eve + timedelta(days=1)}")
    assert tick(at_nine(eve + timedelta(days=2))).taken == 0


def test_a_refused_step_of_the_clock_is_counted_and_stops_nothing(approved, people, monkeypatch):
    with clock.at(MONDAY):
        other = the_sample.draft(people)
        the_sample.advance(people, other, "approve")
    Case.objects.filter(pk=approved.pk).update(moved_on=date(2030, 1, 1))  # no step may lie before the last
    done = tick(at_nine(date(2025, 7, 1)))
    assert (done.taken, done.refused) == (1, 1)
    other.refresh_from_db()
    assert other.state == "lapsed"


def test_a_fault_in_one_case_does_not_stop_the_clock(approved, people, monkeypatch, caplog):
    with clock.at(MONDAY):
        other = the_sample.draft(people)
        the_sample.advance(people, other, "approve")

    def gather(attempt):
        if attempt.case.pk == approved.pk:
            raise ZeroDivisionError
        return the_sample.gather(attempt)

    monkeypatch.setitem(registry.gatherers, the_sample.PermitFacts, gather)
    done = tick(at_nine(date(2025, 7, 1)))
    assert (done.taken, done.failed) == (1, 1)
    assert approved.number in caplog.text


def test_a_sleeping_case_is_not_asked_at_every_tick(approved, people, monkeypatch):
    asked = []

    def gather(attempt):
        asked.append(attempt.case.pk)
        return the_sample.gather(attempt)

    monkeypatch.setitem(registry.gatherers, the_sample.PermitFacts, gather)
    looked: Looked = {}
    morning = at_nine(date(2025, 5, 6))
    for minutes in (0, 1, 2):
        tick(morning + timedelta(minutes=minutes), looked=looked)
    assert len(asked) == 1
    tick(morning + timedelta(minutes=11), looked=looked)
    assert len(asked) == 2
    with clock.at(morning + timedelta(minutes=12)):
        door.take_step(approved, "inspect", by=people.warden, data={"result": "good"})
    tick(morning + timedelta(minutes=12), looked=looked)
    assert len(asked) == 3  # it moved, so its day may have come
    tick(morning + timedelta(days=1), looked=looked)
    assert len(asked) == 4


# ---- due days


def test_due_days_follow_a_new_calendar(submitted, monkeypatch):
    tick(at_nine(MONDAY))
    assert tick(at_nine(MONDAY)).recomputed == 0
    moved = WorkingCalendar({2025: {"notice": "新通知", "off": ["2025-03-10"]}})
    monkeypatch.setitem(county().__dict__, "calendar", moved)
    assert tick(at_nine(MONDAY)).recomputed == 1
    submitted.refresh_from_db()
    assert submitted.due_on == date(2025, 3, 11)
    assert tick(at_nine(MONDAY)).recomputed == 0


def test_a_provisional_due_day_becomes_certain_with_the_notice(people, monkeypatch):
    plain = {2026: {"notice": "示例", "off": [], "on": []}}
    monkeypatch.setitem(county().__dict__, "calendar", WorkingCalendar(plain))
    with clock.at(date(2026, 12, 29)):
        case = the_sample.draft(people)
        the_sample.advance(people, case, "submit")
    assert case.due_provisional and case.due_on == date(2027, 1, 5)
    notice = {**plain, 2027: {"notice": "示例二", "off": ["2027-01-01", "2027-01-04"], "on": []}}
    monkeypatch.setitem(county().__dict__, "calendar", WorkingCalendar(notice))
    tick(at_nine(date(2026, 12, 30)))
    case.refresh_from_db()
    assert case.due_on == date(2027, 1, 7) and not case.due_provisional


def test_a_due_day_that_went_astray_is_brought_back(submitted):
    Case.objects.filter(pk=submitted.pk).update(due_on=None, due_step="")
    assert tick(at_nine(MONDAY)).recomputed == 1
    submitted.refresh_from_db()
    assert submitted.due_on == date(2025, 3, 10)


def test_many_cases_cost_few_queries(people, django_assert_max_num_queries):
    with clock.at(MONDAY):
        for _ in range(12):
            the_sample.advance(people, the_sample.draft(people), "submit")
    tick(at_nine(MONDAY))
    Mark.objects.filter(name="due_days").delete()
    with django_assert_max_num_queries(60):
        tick(at_nine(date(2025, 3, 6)))
    with django_assert_max_num_queries(22):
        tick(at_nine(date(2025, 3, 6)))


# ---- the log, and several at once


def test_a_tick_puts_events_into_the_log(submitted):
    assert tick(at_nine(MONDAY)).appended == 2
    assert not PendingLeaf.objects.exists() and LogEntry.objects.count() == 2
    assert not tick(at_nine(MONDAY))


def test_one_broken_part_does_not_stop_the_others(submitted, monkeypatch):
    monkeypatch.setattr("xianzhi.kernel.tick._recompute", lambda done: 1 / 0)
    done = tick(at_nine(date(2025, 4, 1)))
    assert (done.failed, done.reminded, done.appended) == (1, 1, 2)


def test_the_command_says_what_was_done_in_one_line(submitted, capsys):
    call_command("tick")
    assert capsys.readouterr().out.splitlines() == [
        "入账 2 条，提醒 1 项，自动办理 0 步，到期日更新 0 件，清理文件 0 个，核对不符 0 处，办不了 0 步，出错 0 处，"
        "候办来文 0 件，待推送 0 件"
    ]


TICKS = """
from xianzhi.kernel.tests import sample
from xianzhi.kernel.tick import tick
with sample.registered():
    done = [tick() for _ in range(3)]
print(sum(one.taken for one in done), sum(one.appended for one in done), sum(one.failed + one.refused for one in done))
"""


def test_several_processes_tick_at_once(scratch):
    with the_sample.registered():
        people = the_sample.settle()
        cases = []
        with clock.at(MONDAY):
            for _ in range(6):
                cases.append(the_sample.draft(people))
                the_sample.advance(people, cases[-1], "approve")
        connection.close()
        others = [scratch.python(TICKS) for _ in range(3)]
        said = [process.communicate(timeout=120) for process in others]
        counts = [list(map(int, out.split())) for out, _ in said]
        assert [process.returncode for process in others] == [0, 0, 0], said
        assert [sum(column) for column in zip(*counts, strict=True)][:1] == [6], said
        assert all(failed == 0 for _, _, failed in counts), said
        assert Event.objects.filter(step_name="lapse").count() == 6
        tick()
        assert not PendingLeaf.objects.exists()
        assert LogEntry.objects.count() == Event.objects.count()
        assert Reminder.objects.count() == Reminder.objects.distinct().count()


def test_a_limit_whose_parameter_was_ended_runs_no_more_and_stops_nothing(people):
    case = the_sample.draft(people, on=MONDAY)
    the_sample.advance(people, case, "submit", on=MONDAY)
    assert case.due_step == "accept"
    ended = Dated(date(2025, 1, 1), None, "sample-1-2")
    declared = registry._values.declared
    registry._values.declared = declared.merged([declared["sample.accept.limit"].replaced(ended)])
    registry.forget()
    with clock.at(MONDAY):
        done = tick()
        assert (done.failed, done.recomputed) == (0, 1)
        case.refresh_from_db()
        assert (case.due_on, case.due_step) == (None, "")
        assert limits.armed(case, limits.history(case), MONDAY) == []
        with pytest.raises(door.Refused, match="已止"):  # a step that would set it running says so
            other = the_sample.draft(people, on=MONDAY)
            the_sample.advance(people, other, "submit", on=MONDAY)


@pytest.mark.django_db
def test_a_nightly_check_is_made_once_a_day(monkeypatch):
    asked = []

    def gaps(on: date) -> list[str]:
        asked.append(on)
        return ["示例杆 没有安全责任单位"]

    monkeypatch.setattr(registry, "nightly", {"示例核对": gaps})
    with clock.at(MONDAY):
        assert tick().faults == 1
        assert tick().faults == 0
        assert asked == [MONDAY]
    with clock.at(MONDAY + timedelta(days=1)):
        assert tick().faults == 1
