"""The owner's page and the application; the panels of a case and the layers of the map."""

import io
import json
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from xianzhi.apps.power_access.pages import layers
from xianzhi.apps.power_access.procedures import CountyPaid, Intake
from xianzhi.apps.power_access.queries.money import money_of_project, money_of_projects
from xianzhi.apps.power_access.queries.projects import AFTER_LIGHT, WAYS, forecast, standings
from xianzhi.apps.power_access.queries.sides import days_by_side
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock
from xianzhi.kernel.models import Account, Case, Subject
from xianzhi.law.identifiers import make_credit_code

pytestmark = pytest.mark.usefixtures("jiangxian")


def client_of(account: Account) -> Client:
    made = Client()
    made.force_login(account)
    return made


def page_of(case: Case, account: Account, on: date):
    with clock.at(on):
        return client_of(account).get(reverse("power:project", args=[case.root.pk]))


# ---- the owner's page


@pytest.mark.proves("power-3-2-2-1-1")
def test_the_owner_sees_seven_steps_three_done_and_the_fourth_with_unit_and_days() -> None:
    case = walk.listed()
    page = page_of(case, walk.owner(), case.moved_on)
    stops = page.context["journey"]
    assert len(stops) == 7
    assert [stop.done for stop in stops] == [True] * 3 + [False] * 4
    assert stops[3].here and "个工作日" in stops[3].words
    text = page.content.decode()
    assert "县财政局 审核" in text and "审核拨付" in text


def test_another_owner_does_not_find_it() -> None:
    case = walk.applied(walk.factory())
    assert page_of(case, walk.owner("示例邻厂", 2), walk.APPLIED).status_code == 404


def test_before_the_class_is_settled_nobody_may_charge() -> None:
    page = page_of(walk.applied(walk.factory()), walk.owner(), walk.APPLIED)
    assert "谁也不得向您收红线外的费用" in page.content.decode()


def test_what_the_reviewer_misses_is_told_in_his_own_words() -> None:
    case = walk.applied(walk.factory())
    walk.take(case, "ask_more", "approval.first_review", walk.APPLIED, missing="补交红线图示例")
    page = page_of(case, walk.owner(), walk.APPLIED)
    assert page.context["missing"] == "补交红线图示例"
    assert "amend" in [one.step.name for one in page.context["choices"]]


def test_the_owner_may_pause_or_resume_but_not_both() -> None:
    case = walk.scheme_made()
    names = [one.step.name for one in page_of(case, walk.owner(), case.moved_on).context["choices"]]
    assert "pause" in names and "resume" not in names and "confirm_zero" not in names
    walk.take(case, "pause", walk.owner(), case.moved_on, reason="示例")
    page = page_of(case, walk.owner(), case.moved_on)
    names = [one.step.name for one in page.context["choices"]]
    assert "resume" in names and "pause" not in names
    assert page.context["light"] == "halt"


def test_an_official_sees_the_page_without_the_owners_steps() -> None:
    case = walk.dispatched()
    page = page_of(case, official("energy.order"), walk.APPLIED)
    assert page.status_code == 200 and not page.context["choices"]


def test_the_page_needs_a_bounded_number_of_queries(django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    case = walk.listed()
    client = client_of(walk.owner())
    with clock.at(case.moved_on), django_assert_max_num_queries(36):
        client.get(reverse("power:project", args=[case.root.pk]))


# ---- the forecast and whose days they were


def test_every_step_of_a_way_leads_on_from_its_state() -> None:
    for procedure, way in WAYS.items():
        for state, step in way:
            assert state in procedure.steps[step].source_names, (procedure.name, step)
    for state, step in AFTER_LIGHT.items():
        held = [one for one in WAYS if step in one.steps]
        assert held and all(state in one.steps[step].source_names for one in held if state in one.states)


def test_each_day_of_delay_moves_the_forecast() -> None:
    case = walk.dispatched(ready_by=walk.APPLIED + timedelta(days=400))
    (standing,) = standings([case.parent.access_project])
    with clock.at(walk.APPLIED):
        first = forecast(standing, {})
    assert first is not None and first.outcome == "green"
    late = walk.APPLIED + timedelta(days=28)
    with clock.at(late):
        second = forecast(standing, {})
    assert second is not None and second.value > first.value


def test_a_note_beside_the_way_does_not_begin_the_step_anew() -> None:
    case = walk.scheme_made()
    on, later = case.moved_on, case.moved_on + timedelta(days=14)
    walk.take(case, "witness", "grid.scheme", later, node="design", opinion="示例")
    (standing,) = standings([case.parent.access_project])
    assert standing.since(case) == on < case.moved_on
    page = page_of(case, walk.owner(), later)
    assert [turn.since for turn in page.context["turns"]] == [on]


def test_a_suspended_project_has_no_forecast_and_a_lit_one_needs_none() -> None:
    case = walk.scheme_made()
    walk.take(case, "pause", walk.owner(), case.moved_on, reason="示例")
    (standing,) = standings([case.parent.access_project])
    told = forecast(standing, {})
    assert told is not None and told.outcome == "halted"


def test_the_days_of_a_project_belong_to_three_sides() -> None:
    case = walk.applied(walk.factory())
    later = date(2025, 3, 10)
    walk.take(case, "ask_more", "approval.first_review", date(2025, 3, 5), missing="示例")
    walk.take(case, "amend", walk.owner(), date(2025, 3, 7), ready_by=date(2025, 12, 2))
    sides = days_by_side([case], {case.pk: Intake.steps["classify"]}, later)
    assert sides.days == {"用户": 2, "电网": 0, "政府": 3}  # until the request 2, since the amendment 1
    assert sides.total == 5


def test_money_of_many_is_the_money_of_each() -> None:
    case = walk.funded()
    project = case.parent.access_project
    assert money_of_projects([project])[project.pk] == money_of_project(project)
    assert money_of_project(project).appropriated > 0


# ---- the application


def sent(**changed: object) -> dict[str, object]:
    """The form of a factory, as a browser sends it."""
    data = {f"f-{name}": str(value) for name, value in walk.factory().items()}
    files = {f"m-{kind}": io.BytesIO(b"%PDF-1.4 " + kind.encode()) for kind in ("application", "land_document")}
    for name, file in files.items():
        file.name = f"{name}.pdf"
    return {**data, "f-township": "140826101000", "key": "k", **files, **changed}


def test_an_owner_applies_once_and_lands_on_his_page() -> None:
    client = client_of(walk.owner())
    with clock.at(walk.APPLIED):
        page = client.post(reverse("power:apply"), sent(), follow=True)
        client.post(reverse("power:apply"), sent())
    case = Case.objects.get(procedure_name=Intake.name)
    assert page.redirect_chain[0][0] == reverse("power:project", args=[case.pk])
    assert case.division == "140826101000" and case.number in page.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"m-land_document": ""}, "缺土地手续"),
        ({"f-name": ""}, "项目名称没有填"),
        ({"f-township": ""}, "在哪个乡镇没有填"),
        ({"f-obtained_on": "2025-03-04"}, "取得日期晚于申请日"),
        ({"f-red_line": "111.56,35.48 111.57,35.49 111.57,35.48 111.56,35.49"}, "自相交"),
        ({"f-red_line": "111.56;35.48"}, "写法有误"),
    ],
)
def test_a_wrong_application_is_refused_with_its_reason_and_kept(changed: dict[str, str], said: str) -> None:
    with clock.at(walk.APPLIED):
        page = client_of(walk.owner()).post(reverse("power:apply"), sent(**changed))
    text = page.content.decode()
    assert page.status_code == 422 and said in text
    assert not Case.objects.filter(procedure_name=Intake.name).exists()
    if "f-name" not in changed:
        assert "示例食品厂新建项目" in text


def test_an_overlap_names_the_other_project_to_officers_only() -> None:
    other = walk.applied(walk.factory())
    with clock.at(walk.APPLIED):
        own = client_of(walk.owner("示例邻厂", 2)).post(reverse("power:apply"), sent())
        window = client_of(official("approval.first_review")).post(reverse("power:apply"), sent(**OWNER))
    assert "平方米" in own.content.decode() and other.number not in own.content.decode()
    assert f"与{other.number}的红线重叠" in window.content.decode()


CODE = make_credit_code("91140826MAEDEM001")
OWNER = {"f-owner_kind": "organisation", "f-owner_name": "示例窗口业主", "f-owner_code": CODE}


def test_the_window_applies_for_an_owner_and_names_a_wrong_digit() -> None:
    client = client_of(official("approval.first_review"))
    last = "0" if CODE[-1] != "0" else "1"
    with clock.at(walk.APPLIED):
        wrong = client.post(reverse("power:apply"), sent(**OWNER | {"f-owner_code": CODE[:-1] + last}))
        assert wrong.status_code == 422 and "第18位" in wrong.content.decode()
        assert not Subject.objects.filter(name="示例窗口业主").exists()
        client.post(reverse("power:apply"), sent(**OWNER))
    assert Case.objects.get(procedure_name=Intake.name).subject.shown_code == CODE


def test_a_red_line_may_come_as_a_file() -> None:
    corners = [[111.56, 35.481], [111.5611, 35.481], [111.5611, 35.4817], [111.56, 35.4817], [111.56, 35.481]]
    drawn = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [corners]}}
    file = io.BytesIO(json.dumps(drawn).encode())
    file.name = "red.geojson"
    with clock.at(walk.APPLIED):
        client_of(walk.owner()).post(reverse("power:apply"), sent(**{"f-red_line": "", "red_line_file": file}))
    case = Case.objects.get(procedure_name=Intake.name)
    assert case.access_project.red_line["coordinates"] == [corners]


# ---- panels


@pytest.mark.parametrize(
    ("reach", "said"),
    [
        (lambda: walk.dispatched().parent, ("投资界面", "是否延伸项目：是", "用了谁的时间")),
        (walk.listed, ("资金", "供电方案", "费用明细", "概算", "采购")),
        (walk.accepted, ("已验收", "接入项目")),
    ],
)
def test_the_panels_of_a_case_show_what_it_rests_on(reach, said: tuple[str, ...]) -> None:
    case = Case.objects.get(pk=reach().pk)
    with clock.at(case.moved_on):
        page = client_of(official("energy.works")).get(reverse("case", args=[case.pk]))
    assert page.status_code == 200
    for one in said:
        assert one in page.content.decode()


def test_a_newer_scheme_marks_the_design_as_stale() -> None:
    case = walk.designed()
    assert "待复核" not in client_of(official("energy.works")).get(reverse("case", args=[case.pk])).content.decode()
    later = case.moved_on
    scheme = {"voltage": "10kV", "access_point": "示例线13号杆", "mode": "架空", "reason": "示例",
              "route": "111.5500,35.4805 111.5605,35.4814"}  # fmt: skip
    walk.take(case, "revise_scheme", "grid.scheme", later, walk.paper("scheme", "2"), **scheme)
    assert "待复核" in client_of(official("energy.works")).get(reverse("case", args=[case.pk])).content.decode()


# ---- layers


def drawn(layer, account: Account, on: date = walk.APPLIED) -> list[str]:
    with clock.at(on):
        return [one.label for one in layer(account, None)]


def test_the_layers_show_projects_by_class_and_routes_to_whom_they_concern() -> None:
    case = walk.scheme_made()
    officer, stranger = official("energy.works"), walk.owner("示例邻厂", 2)
    assert drawn(layers.red_lines, officer) == [f"{case.title} 县政府投资"]
    assert drawn(layers.routes, officer) == [f"{case.title} 架空"]
    assert len(drawn(layers.access_points, officer)) == 1
    for layer in (layers.red_lines, layers.routes, layers.access_points, layers.late, layers.crops, layers.assets):
        assert drawn(layer, stranger) == []
    assert drawn(layers.planning_land, stranger) == ["示例图层"] == drawn(layers.reserve_cover, stranger)


def test_a_layer_draws_only_what_lies_in_the_part_asked_for() -> None:
    walk.dispatched()
    officer = official("energy.works")
    assert len(list(layers.red_lines(officer, (111.5, 35.4, 111.7, 35.6)))) == 1
    assert list(layers.red_lines(officer, (111.7, 35.5, 111.8, 35.6))) == []


def test_a_late_project_stands_on_the_map_with_its_days() -> None:
    walk.dispatched(ready_by=walk.APPLIED + timedelta(days=10))
    (label,) = drawn(layers.late, official("county_office.decide"))
    assert label.startswith("示例食品厂新建项目 晚") and label.endswith("天")


def test_withdrawn_projects_leave_the_map() -> None:
    case = walk.applied(walk.factory())
    walk.take(case, "withdraw", walk.owner(), walk.APPLIED, reason="示例")
    assert drawn(layers.red_lines, official("approval.first_review")) == []


def test_the_journey_of_the_county_has_seven_steps() -> None:
    assert len(CountyPaid.journey) == 7
