"""The desks: every list holds what waits there, nobody sees another's, and no list grows in queries with its rows."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from xianzhi.apps.power_access.queries.desks import Board
from xianzhi.apps.power_access.services.obligations import load_obligations
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock, limits

pytestmark = pytest.mark.usefixtures("jiangxian")
DESKS = {
    "approval": "approval.first_review", "energy": "energy.works", "grid": "grid.scheme", "finance": "finance.fund",
    "township": "township.coordinate", "county": "county_office.decide",
}  # fmt: skip


def opened(desk: str, on: date, post: str = ""):
    client = Client()
    client.force_login(official(post or DESKS[desk]))
    with clock.at(on):
        return client.get(reverse(f"power:desk-{desk}"))


def section(desk: str, name: str, on: date) -> dict[str, tuple[str, ...]]:
    """The rows of one list: by title, the texts of the cells."""
    sections = {one.id: one for one in opened(desk, on).context["sections"]}
    return {row.title: tuple(cell.text for cell in row.cells) for row in sections[name].rows}


def test_a_new_application_waits_for_the_first_review_with_its_facts() -> None:
    walk.applied(walk.factory())
    walk.applied(walk.shop(), by=walk.owner("示例面包店", 2))
    rows = section("approval", "review", walk.APPLIED)
    assert rows["示例食品厂新建项目"][2] == "齐全"
    assert rows["示例面包店"][2] == "缺土地证"


def test_a_joint_determination_shows_whose_opinion_is_missing() -> None:
    case = walk.applied(walk.hospital())
    walk.take(case, "refer", "approval.first_review", walk.APPLIED)
    walk.take(case, "opine_grid", "grid.joint", walk.APPLIED, opinion="C", reason="示例理由")
    (row,) = section("grid", "joint", walk.APPLIED).values()
    assert row[1:3] == ("未出", "已出")


def test_the_orders_wait_for_a_scheme() -> None:
    case = walk.dispatched()
    assert section("energy", "works", walk.APPLIED)[case.title][1] == "下达工单"
    assert not section("grid", "schemes", walk.APPLIED)


@pytest.mark.proves("power-2-2-2")
def test_a_gap_in_the_money_is_shown_in_red() -> None:
    case = walk.listed()
    (row,) = section("energy", "money", case.moved_on).values()
    detail = case.parent.access_project.detail
    assert row[0] == row[-1] == f"{detail.total:,.2f}"
    marks = {one.id: one for one in opened("energy", case.moved_on).context["sections"]}["money"].rows[0].cells
    assert marks[-1].is_ == "over"


def test_a_request_for_money_shows_its_papers_and_the_line() -> None:
    case = walk.listed()
    project = case.parent.access_project
    (row,) = section("finance", "requests", case.moved_on).values()
    assert row[0] == project.order.number and row[1] == "第1版"
    assert row[2] == f"{project.detail.total:,.2f}" and row[3]
    assert section("finance", "plan", case.moved_on)


@pytest.mark.proves("power-4-2-1")
def test_the_rules_for_the_money_are_an_open_obligation_without_a_date() -> None:
    load_obligations()
    row = section("energy", "duties", walk.APPLIED)["牵头制定电力延伸工程资金管理办法"]
    assert row[:2] == ("无期限", "未完成")


@pytest.mark.proves("power-2-2-3")
def test_a_project_that_will_be_late_is_listed_with_its_days() -> None:
    case = walk.dispatched(ready_by=walk.APPLIED + timedelta(days=30))
    standing, told, days = _late(case)
    assert told.outcome == "red" and days == (told.value - standing.project.ready_by).days > 0
    (row,) = section("county", "late", walk.APPLIED).values()
    assert row[-1] == f"{days}天"


def _late(case):
    with clock.at(walk.APPLIED):
        (row,) = Board(official("county_office.decide")).late()
    assert row[0].project.case_id == case.parent_id
    return row


def ordered():
    case = walk.dispatched()
    walk.take(case, "receive", "energy.order", walk.APPLIED)
    walk.take(case, "order", "energy.order", walk.APPLIED)
    return case


@pytest.mark.proves("power-3-2-2-1-5", "power-3-2-2-2-2")
@pytest.mark.parametrize(("reach", "unit"), [(lambda: walk.applied(walk.factory()), "县审批局"), (ordered, "供电公司")])
def test_an_overdue_step_counts_for_the_unit_that_answers_for_it(reach, unit: str) -> None:
    case = reach()
    later = case.due_on + timedelta(days=1)
    with clock.at(later):
        loads = Board(official("county_office.decide")).loads()
    assert [(one.unit, one.overdue) for one in loads if one.overdue] == [(unit, 1)]


@pytest.mark.proves("power-3-2-2-3-4", "power-3-2-2-4-3", "power-3-2-2-5-3")
@pytest.mark.parametrize(
    ("reach", "unit"), [(walk.scheme_made, "县能源局"), (walk.listed, "县财政局"), (walk.funded, "县能源局")]
)
def test_what_waits_counts_for_the_unit_of_the_step(reach, unit: str) -> None:
    case = reach()
    with clock.at(case.moved_on):
        loads = Board(official("county_office.decide")).loads()
    assert [(one.unit, one.waiting) for one in loads] == [(unit, 1)]


@pytest.mark.proves("power-0-3")
def test_every_township_and_the_zone_is_listed_with_its_posts_or_without() -> None:
    official("township.coordinate")
    rows = section("county", "addressees", walk.APPLIED)
    assert len(rows) == 11
    assert [cells for cells in rows.values() if cells == ("协调",)] and ("未明确岗位",) in rows.values()


@pytest.mark.proves("power-3-2-2-6-7")
def test_energy_has_handed_in_on_time_while_finance_is_still_at_it() -> None:
    case = walk.accepted()
    walk.take(case, "hand_in", "energy.settle", case.moved_on, "settlement_report", "papers", submitted="402000.00")
    with clock.at(case.moved_on):
        armed = limits.armed(case, limits.history(case), clock.today())
        loads = Board(official("county_office.decide")).loads()
    assert [(one.standing, one.late) for one in armed if one.step.name == "hand_in"] == [("done", 0)]
    assert ("县财政局", 1) in [(one.unit, one.waiting) for one in loads]
    assert section("finance", "ending", case.moved_on)


def test_a_township_sees_its_own_matters_only() -> None:
    page = opened("township", walk.APPLIED)
    assert page.status_code == 200 and "青苗赔偿" in page.content.decode()


@pytest.mark.parametrize("desk", sorted(DESKS))
def test_a_desk_is_for_its_own_unit(desk: str) -> None:
    others = [post for name, post in DESKS.items() if name != desk]
    assert {opened(desk, walk.APPLIED, post).status_code for post in others} == {403}


@pytest.mark.parametrize(
    ("desk", "most"),
    [("approval", 20), ("energy", 22), ("grid", 22), ("finance", 22), ("township", 10), ("county", 40)],
)
def test_more_projects_need_no_more_queries(
    desk: str, most: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = Client()
    client.force_login(official(DESKS[desk]))

    def count() -> int:
        with clock.at(walk.APPLIED), django_assert_max_num_queries(most) as seen:
            assert client.get(reverse(f"power:desk-{desk}")).status_code == 200
        return len(seen)

    _projects(0)
    few = count()
    for row in (1, 2, 3):
        _projects(row)
    assert count() <= few


def _projects(row: int) -> None:
    """One project of each kind, in a row of their own."""
    owner = walk.owner(f"示例业主{row}", 10 + row)
    walk.applied(walk.factory(name=f"新建{row}", red_line=walk.red_line(row=3 * row)), by=owner)
    case = walk.applied(walk.factory(name=f"在办{row}", red_line=walk.red_line(row=3 * row + 1)), by=owner)
    walk.take(case, "classify", "approval.first_review", walk.APPLIED, extension=True, county_paid=True)
    walk.take(case, "dispatch", "approval.dispatch", walk.APPLIED)
    joint = walk.hospital() | {"name": f"认定{row}", "red_line": walk.red_line(walk.PLANNED, row=3 * row + 2)}
    walk.take(walk.applied(joint, by=owner), "refer", "approval.first_review", walk.APPLIED)


def test_works_stopped_after_money_was_spent_are_before_the_county_office() -> None:
    case = walk.funded()
    walk.take(case, "pay", "energy.settle", walk.APPLIED, **walk.payment("300000.00", "示例支1号"))
    assert not section("county", "stopped", walk.APPLIED)
    walk.take(case, "stop", "energy.works", walk.APPLIED, reason="业主停建", returned="86000.00")
    ((_title, cells),) = section("county", "stopped", walk.APPLIED).items()
    assert cells[1:] == ("业主停建", "86,000.00", "300,000.00")
    foot = {one.id: one for one in opened("county", walk.APPLIED).context["sections"]}["stopped"].sums
    assert foot[-1].text == "300,000.00"


@pytest.mark.proves("power-6-1")
def test_as_the_notice_ends_its_open_cases_are_listed_from_the_first_warning_on() -> None:
    last = date(2027, 3, 13)
    applied = walk.applied(walk.factory(), on=last - timedelta(days=200))

    def listed(on: date) -> set[str]:
        sections = {one.id: one for one in opened("county", on).context["sections"]}
        return {row.title for row in sections["ending"].rows} if "ending" in sections else set()

    assert listed(last - timedelta(days=181)) == set()
    for left in (180, 90, 30, 0):
        assert listed(last - timedelta(days=left)) == {applied.title}, left
    assert listed(last + timedelta(days=1)) == {applied.title}, "what was applied for in time goes on"
