"""Exchange with 供电公司: orders out; schemes, opinions and progress in, typed or sent, in whatever order."""

import json

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from xianzhi.apps.power_access.models import SupplyScheme
from xianzhi.apps.power_access.procedures import CountyPaid
from xianzhi.apps.power_access.services import company
from xianzhi.apps.power_access.tests import exchange, walk
from xianzhi.apps.power_access.tests.exchange import System, order_of, said
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock, registry
from xianzhi.kernel.county import county
from xianzhi.kernel.door import Refused
from xianzhi.kernel.exchange import choices, contracts, inbox
from xianzhi.kernel.models import Attachment, Case, Inbound, Outbound

DAY = walk.APPLIED


@pytest.fixture
def grid(jiangxian: None) -> System:
    return exchange.company()


def ordered() -> Case:
    case = walk.dispatched()
    walk.take(case, "receive", "energy.order", DAY)
    walk.take(case, "order", "energy.order", DAY)
    return case


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def wait_over() -> int:
    with clock.at(DAY):
        return inbox.apply_waiting()


# ---- out


@pytest.mark.proves("power-3-2-2-2-1")
def test_a_work_order_goes_to_the_company_with_what_it_needs(grid: System) -> None:
    case = ordered()
    message = Outbound.objects.get(kind="power.order")
    body = json.loads(message.body)
    project = case.root.access_project
    assert (body["order"], body["work_order"]) == (project.order.number, project.order.work_order)
    assert (body["land_use"], body["capacity_kva"], body["class"]) == ("工业", "1250.0", "B")
    assert body["red_line"].startswith("111.560000,35.481000 ")
    assert body["due_on"] == fresh(case).due_on.isoformat()
    assert message.event == case.events.get(step_name="order")
    assert set(body).isdisjoint({"owner", "subject", "phone"}), "who owns it is none of the order's"


def test_every_class_tells_the_company_under_its_own_number(grid: System) -> None:
    shop = walk.handed_over()
    electrical, _civil = walk.shared()
    numbers = set(Outbound.objects.values_list("key", flat=True))
    determined = electrical.root.access_project.determinations.get().number
    assert numbers == {shop.number, determined}


def test_an_order_that_is_withdrawn_is_told_too_and_takes_no_more_messages(grid: System) -> None:
    case = ordered()
    order = order_of(case)
    walk.take(case, "withdraw", "approval.first_review", DAY, reason="业主撤回")
    assert Outbound.objects.get(kind="power.order_withdrawn").key == order
    reply = grid.scheme(order)
    assert reply.status == 422
    assert "撤回" in said(reply)["reasons"][0]


# ---- schemes


@pytest.mark.proves("power-3-2-2-2-1")
def test_a_scheme_of_the_company_is_taken_by_its_own_account_as_its_post(grid: System) -> None:
    case = ordered()
    reply = grid.scheme(order_of(case))
    assert (reply.status, said(reply)["result"]) == (200, "applied")
    event = case.events.get(step_name="scheme")
    assert (event.by, event.by_post, event.unit) == (grid.partner.account, "grid.scheme", grid.partner.unit)
    scheme = SupplyScheme.objects.get()
    assert (scheme.version, scheme.access_point) == (1, "示例线12号杆")
    assert fresh(case).state == "scheme_made"
    assert fresh(case).materials.filter(kind="scheme", event_seq=event.seq).exists()
    assert not Attachment.objects.exists()
    assert Inbound.objects.get(kind="power.scheme").event == event


def test_the_example_of_the_contract_is_taken_and_waits_for_what_it_lacks(grid: System) -> None:
    case = ordered()
    body = {**contracts.incoming["power.scheme"].example, "order": order_of(case)}
    assert set(body) == {
        "order", "event", "version", "at", "voltage", "access_point", "capacity_kva", "mode", "length_m", "file_sm3",
    }  # fmt: skip
    reply = grid.raw("power.scheme", json.dumps(body, ensure_ascii=False).encode())
    assert reply.status == 202
    assert "没有到红线的路径" in said(reply)["reasons"][0]
    walk.take(case, "scheme", "grid.scheme", DAY, "scheme", **walk.SCHEME)
    wait_over()
    assert Inbound.objects.get().state == "conflict", "the length of the example is not that of the route"


def test_a_scheme_for_an_unknown_order_is_404_and_applied_once_the_order_appears(grid: System) -> None:
    reply = grid.scheme("绛电派〔2025〕0001")
    assert (reply.status, said(reply)["result"]) == (404, "waiting")
    case = ordered()
    assert order_of(case) == "绛电派〔2025〕0001"
    assert wait_over() == 1
    assert fresh(case).state == "scheme_made"


def test_a_scheme_before_the_work_order_or_its_file_waits(grid: System) -> None:
    case = walk.dispatched()
    order = order_of(case)
    assert "还没有轮到" in said(grid.scheme(order))["reasons"][0]
    walk.take(case, "receive", "energy.order", DAY)
    walk.take(case, "order", "energy.order", DAY)
    Attachment.objects.all().delete()
    assert wait_over() == 0
    assert "附件还没有到" in Inbound.objects.get(kind="power.scheme").reasons[0]
    grid.file(1)
    assert wait_over() == 1


@pytest.mark.proves("power-3-2-2-2-1")
def test_a_typed_scheme_is_confirmed_by_the_same_message(grid: System) -> None:
    case = ordered()
    walk.take(case, "scheme", "grid.scheme", DAY, "scheme", **walk.SCHEME)
    length = round(SupplyScheme.objects.get().length)
    reply = grid.scheme(order_of(case), length_m=length)
    assert (reply.status, said(reply)["reasons"]) == (200, ["与录入的方案相符"])
    assert SupplyScheme.objects.count() == 1


@pytest.mark.parametrize("which", [choices.OURS, choices.THEIRS])
def test_where_typed_and_sent_differ_the_energy_bureau_chooses(grid: System, which: str) -> None:
    case = ordered()
    walk.take(case, "scheme", "grid.scheme", DAY, "scheme", **walk.SCHEME)
    length = round(SupplyScheme.objects.get().length)
    reply = grid.scheme(order_of(case), access_point="示例线15号杆", length_m=length)
    assert reply.status == 409
    message = Inbound.objects.get(kind="power.scheme")
    assert message.differs == [{"zh": "接入点", "ours": "示例线12号杆", "theirs": "示例线15号杆"}]
    with clock.at(DAY):
        choices.choose(message, which, by=official("energy.order"), why="按现场勘查")
    message.refresh_from_db()
    newest = case.root.access_project.scheme
    if which == choices.THEIRS:
        assert (newest.version, newest.company_version, newest.access_point) == (2, 1, "示例线15号杆")
        assert case.events.get(step_name="adopt_scheme").data["reason"] == "按现场勘查"
        assert message.state == "applied"
    else:
        assert (newest.version, newest.access_point) == (1, "示例线12号杆")
        assert message.state == "refused"
    assert "按现场勘查" in message.chosen
    later = grid.scheme(order_of(case), 2, access_point="示例线20号杆", length_m=length)
    assert later.status == 200
    assert case.root.access_project.schemes.latest("version").access_point == "示例线20号杆"


def test_only_the_energy_bureau_takes_a_message_over(grid: System) -> None:
    case = ordered()
    walk.take(case, "scheme", "grid.scheme", DAY, "scheme", **walk.SCHEME)
    grid.scheme(order_of(case), access_point="示例线15号杆")
    with clock.at(DAY), pytest.raises(Refused, match="县能源局 工单"):
        choices.choose(Inbound.objects.get(kind="power.scheme"), choices.THEIRS, by=official("energy.plan"), why="x")
    assert Inbound.objects.get(kind="power.scheme").chosen == ""


def test_a_route_that_is_none_is_refused_by_the_same_rule_as_on_the_page(grid: System) -> None:
    case = ordered()
    reply = grid.scheme(order_of(case), route="111.5,错")
    assert reply.status == 422
    assert "第1点" in said(reply)["reasons"][0]
    assert fresh(case).state == "ordered"
    assert Attachment.objects.count() == 1, "its file waits for the corrected message"


# ---- opinions, progress


def test_opinions_go_with_the_version_that_they_rest_on(grid: System) -> None:
    case = ordered()
    order = order_of(case)
    early = grid.give("opinion", order=order, node="design", opinion="同意", scheme_version=1)
    assert early.status == 202
    grid.scheme(order)
    assert wait_over() == 1
    grid.scheme(order, 2, access_point="示例线15号杆")
    old = grid.give("opinion", order=order, node="acceptance", opinion="同意", scheme_version=1)
    assert (old.status, said(old)["result"]) == (200, "kept")
    assert case.events.filter(step_name="witness").count() == 1


def test_the_company_reports_the_whole_of_its_own_works(grid: System) -> None:
    case = walk.handed_over()
    order = case.number
    energised = grid.give("energised", order=order, energised_on="2025-03-03")
    assert energised.status == 202, "its turn has yet to come"
    for event, data in (
        ("built", {"built_on": "2025-03-03"}),
        ("accepted", {"accepted_on": "2025-03-03"}),
    ):
        grid.give(event, order=order, **data)
    grid.scheme(order)
    while wait_over():
        pass
    assert fresh(case).state == "energised"
    again = grid.give("energised", order=order, energised_on="2025-03-03", version=2)
    assert said(again)["reasons"] == ["与已有的接电相符"]
    other = grid.give("energised", order=order, energised_on="2025-03-02", version=3)
    assert other.status == 409


def test_a_clock_8_hours_ahead_is_flagged_and_a_time_without_zone_refused(grid: System) -> None:
    order = order_of(ordered())
    assert grid.give("built", order=order, built_on="2025-03-03", at="2025-03-03T10:00:00").status == 422
    case = walk.handed_over()
    grid.give("accepted", order=case.number, accepted_on="2025-03-03", at="2025-03-03T17:00:00+08:00")
    late = Inbound.objects.get(kind="power.accepted")
    assert (late.flagged, late.state) == (True, "applied")


# ---- any order

EVENTS = ["order", "scheme 1", "scheme 2", "opinion 2", "file 1", "file 2"]


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(EVENTS), twice=st.lists(st.sampled_from(EVENTS[1:]), max_size=3))
def test_in_whatever_order_they_come_the_project_ends_the_same(grid: System, order: list, twice: list) -> None:
    with transaction.atomic():
        case = walk.dispatched()
        walk.take(case, "receive", "energy.order", DAY)
        number = order_of(case)

        def happen(what: str) -> None:
            kind, _, version = what.partition(" ")
            if kind == "order" and fresh(case).state == "dispatched":
                walk.take(case, "order", "energy.order", DAY)
            elif kind == "file":
                grid.file(int(version))
            elif kind == "scheme":
                grid.scheme(number, int(version), file=False, access_point=f"示例线{version}号杆")
            elif kind == "opinion":
                grid.give("opinion", order=number, node="design", opinion="同意", scheme_version=2)

        for what in [*order, *twice]:
            happen(what)
            wait_over()
        while wait_over():
            pass
        scheme = case.root.access_project.scheme
        assert (scheme.version, scheme.company_version, scheme.access_point) == (2, 2, "示例线2号杆")
        assert fresh(case).state == "scheme_made"
        assert case.events.filter(step_name="witness").count() == 1
        states = set(Inbound.objects.exclude(kind="file").values_list("state", flat=True))
        assert states <= {"applied", "kept"}
        transaction.set_rollback(True)


def test_every_contract_says_who_answers_and_names_known_posts() -> None:
    for one in contracts.all_kinds():
        assert set(one.answers) <= county().functions, one.kind
        assert set(one.posts) <= set(registry.post_names), one.kind
        assert one.cites in registry.provisions, one.kind
    assert company.TOLD.kind in contracts.outgoing
    assert CountyPaid.adopt_scheme.by == ("energy.order",)
