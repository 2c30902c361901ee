"""Who sees which cases: one filter, the same for lists, counts and searches."""

from datetime import date, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from xianzhi.kernel import clock, door, registry, scope
from xianzhi.kernel.models import Assignment, Case, UnitFunction
from xianzhi.kernel.search import matching
from xianzhi.kernel.tests import sample as s
from xianzhi.kernel.tests.sample import advance, draft
from xianzhi.law.procedure import START, Procedure, Step, final, states

DAY = date(2025, 6, 11)
IN_TOWN, IN_OTHER, IN_ZONE, AT_COUNTY, ASSIGNED = "town", "other", "zone", "county", "assigned"
ALL = {IN_TOWN, IN_OTHER, IN_ZONE, AT_COUNTY, ASSIGNED}


@pytest.fixture(autouse=True)
def _today():
    with clock.at(DAY):
        yield


@pytest.fixture
def cases(people) -> dict[str, Case]:
    """A case in each place, all of the applicant, and one of them assigned to the third party."""
    made = {
        IN_TOWN: draft(people, division=s.VILLAGE),
        IN_OTHER: draft(people, division="140826101200"),
        IN_ZONE: draft(people, division=s.ZONE),
        AT_COUNTY: draft(people, division=s.COUNTY),
        ASSIGNED: draft(people, division="140826102201"),
    }
    Assignment.objects.create(case=made[ASSIGNED], unit=people.units["survey"])
    return made


SEEN = {
    "clerk": ALL, "reviewer": ALL, "cashier": ALL,
    "warden": {IN_TOWN}, "other_warden": {IN_OTHER}, "zone_warden": {IN_ZONE},
    "surveyor": {ASSIGNED},
    "applicant": ALL, "neighbour": set(), "nobody": set(),
    "audit": ALL, "system": set(), "security": set(),
}  # fmt: skip


def seen(account, cases: dict[str, Case]) -> set[str]:
    """What an account sees, found in four ways that must agree."""
    visible = Case.objects.visible_to(account)
    listed = set(visible.values_list("pk", flat=True))
    assert visible.count() == len(listed) == len(list(visible))
    assert set(matching(visible, "示例许可").values_list("pk", flat=True)) == listed
    assert {case.pk for case in Case.objects.all() if visible.filter(pk=case.pk).exists()} == listed
    return {name for name, case in cases.items() if case.pk in listed}


@pytest.mark.parametrize("name", SEEN)
def test_each_sees_its_own(people, cases, name):
    assert seen(people.fresh(name), cases) == SEEN[name]


def test_a_stranger_sees_nothing_and_nothing_waits(cases):
    assert seen(AnonymousUser(), cases) == set()
    assert not Case.objects.filter(scope.work_of(AnonymousUser())).exists()


@pytest.mark.parametrize("name", ["clerk", "applicant", "audit"])
def test_an_account_that_is_switched_off_sees_nothing(people, cases, name):
    account = people.fresh(name)
    account.is_active = False
    assert seen(account, cases) == set()


@pytest.mark.parametrize(
    ("post", "sees"),
    [
        ({}, True),
        ({"until": DAY}, False),
        ({"until": DAY + timedelta(days=1)}, True),
        ({"since": DAY + timedelta(days=1)}, False),
    ],
)
def test_a_post_is_held_on_its_days(people, cases, post, sees):
    people.post("nobody", "approval", "approval.clerk", **post)
    assert seen(people.fresh("nobody"), cases) == (ALL if sees else set())


def test_a_unit_that_lost_its_function_sees_no_more(people, cases):
    held = UnitFunction.objects.get(unit=people.units["approval"])
    held.until = DAY
    held.save()
    assert seen(people.fresh("clerk"), cases) == set()
    with clock.at(DAY - timedelta(days=1)):
        assert seen(people.fresh("clerk"), cases) == ALL
    UnitFunction.objects.create(unit=people.units["finance"], function="approval", since=DAY)
    people.post("nobody", "finance", "approval.clerk")
    assert seen(people.fresh("nobody"), cases) == ALL


def test_what_counts_is_the_function_of_the_post(people, cases):
    people.post("nobody", "approval", "energy.order")  # the unit does not hold the function energy
    assert seen(people.fresh("nobody"), cases) == set()


def test_two_posts_see_what_either_sees(people, cases):
    people.post("warden", "other_township", "township.warden")
    people.post("warden", "survey", "survey.surveyor")
    assert seen(people.fresh("warden"), cases) == {IN_TOWN, IN_OTHER, ASSIGNED}


def test_a_function_that_reads_a_procedure_sees_it_and_one_that_has_no_part_does_not(people, cases):
    class Quiet(Procedure):
        zh, app, readers = "另一流程", "sample", ("township",)
        going, = states("办理中")  # fmt: skip
        done = final("办结")
        begin = Step("开始", START >> going, by="finance.cashier", event="sample.quiet.begun", cites="sample-1-1")
        end = Step("结束", going >> done, by="finance.cashier", event="sample.quiet.ended", cites="sample-1-1")

    registry.procedures[Quiet.name] = Quiet
    case = door.open_case(Quiet, Quiet.begin, by=people.cashier, title="示例许可", division=s.VILLAGE)
    quiet = {"quiet": case}
    expected = {
        "cashier": True,
        "warden": True,
        "other_warden": False,
        "clerk": False,
        "applicant": False,
        "audit": True,
    }
    for name, sees in expected.items():
        assert seen(people.fresh(name), quiet) == ({"quiet"} if sees else set()), name


def test_a_subject_sees_its_own_wherever_it_is(people, cases):
    account = people.fresh("neighbour")
    Case.objects.filter(pk=cases[IN_OTHER].pk).update(subject=account.subject)
    assert seen(account, cases) == {IN_OTHER}
    assert seen(people.fresh("applicant"), cases) == ALL - {IN_OTHER}


# ---- what waits


def waiting(account) -> set[int]:
    return set(Case.objects.filter(scope.work_of(account)).values_list("pk", flat=True))


def test_what_waits_is_what_a_post_may_move_now(people, cases):
    case = cases[IN_TOWN]
    takers = {
        "draft": {"applicant"},
        "submitted": {"applicant", "clerk", "other_clerk"},
        "deposited": {"clerk", "other_clerk"},
    }
    for step in (None, "submit", "pay_deposit"):
        if step:
            advance(people, case, step)
        names = {name for name in people.accounts if case.pk in waiting(people.fresh(name))}
        assert names == takers[case.state]
    advance(people, case, "issue")
    assert not any(case.pk in waiting(people.fresh(name)) for name in people.accounts)


def test_whatever_waits_is_also_seen(people, cases):
    for step in s.STEPS[:-1]:
        for case in cases.values():
            advance(people, case, step)
        for name in people.accounts:
            account = people.fresh(name)
            assert waiting(account) <= set(Case.objects.visible_to(account).values_list("pk", flat=True)), name


def test_one_question_for_the_posts_of_a_request(people, cases, django_assert_num_queries):
    account = people.fresh("clerk")
    with django_assert_num_queries(1):
        scope.posts_of(account)
        scope.visible_cases(account)
        scope.work_of(account)
        scope.posts_of(account)


@pytest.mark.parametrize("name", [*SEEN])
def test_whoever_may_take_a_step_sees_the_case(people, cases, name):
    """The door and the scope agree: nobody but the clock and the public moves a case that he does not see."""
    account = people.fresh(name)
    visible = set(Case.objects.visible_to(account).values_list("pk", flat=True))
    for case in cases.values():
        Case.objects.filter(pk=case.pk).update(state="accepted")
        case.state = "accepted"
        if any(option.mine for option in door.options(case, account)):
            assert case.pk in visible
