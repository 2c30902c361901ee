"""What programs read of this service and how they open its cases."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from xianzhi.apps.power_access.procedures import ChargeReport, Intake, TownshipMatter
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock
from xianzhi.kernel.models import Case, Subject, TokenUse
from xianzhi.kernel.tests.api import Program, program

pytestmark = pytest.mark.usefixtures("jiangxian")
SCOPES = ("read:cases", "read:power_access", "write:materials")


@pytest.fixture(autouse=True)
def day(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with clock.at(walk.APPLIED):
        yield


def applied(owner: Program, **changed: Any) -> dict[str, Any]:
    ids = {
        kind: owner.ask("post", "/materials", {"file": SimpleUploadedFile("纸.pdf", b"%PDF-1.4 sample")}).json()["id"]
        for kind in ("application", "land_document")
    }
    facts = {name: value if isinstance(value, bool | int) else str(value) for name, value in walk.factory().items()
             if value is not None}  # fmt: skip
    return {
        "data": facts, "about": {"township": "140826100000"},
        "materials": [{"kind": kind, "upload": one} for kind, one in ids.items()], **changed,
    }  # fmt: skip


def test_an_owner_applies_and_follows_his_project() -> None:
    owner = program(walk.owner(), *SCOPES, f"take:{Intake.name}.*")
    made = owner.post("/procedures/power_access.intake/open", applied(owner), status=201, key="a-1")
    assert made["case"]["state"] == "submitted" and made["event"]["through_token"]
    rows = owner.get("/power/projects")["items"]
    assert [row["case"] for row in rows] == [made["case"]["id"]]
    shown = owner.get(f"/power/projects/{rows[0]['number']}")
    assert shown["name"] == walk.factory()["name"]
    assert shown["money"] is None, "the county's money is for officials"
    assert shown["foretold"] and shown["reasons"]
    other = program(walk.owner("别的企业", serial=2), *SCOPES)
    assert other.get("/power/projects")["items"] == []
    other.fail(404, "get", f"/power/projects/{rows[0]['number']}")
    other.fail(404, "get", f"/power/projects/{rows[0]['case']}")


def test_the_window_applies_for_an_owner_named_by_his_code() -> None:
    window = program(official("approval.first_review"), *SCOPES, f"take:{Intake.name}.*")
    about = {"township": "140826100000", "owner_kind": "organisation", "owner_name": "示例公司"}
    found = window.fail(422, "post", "/procedures/power_access.intake/open", applied(window, about=about))
    assert found["errors"][0]["pointer"] == "/about/owner_code"
    found = window.fail(422, "post", "/procedures/power_access.intake/open",
                        applied(window, about=about | {"owner_code": "91140826MA0000000X"}))  # fmt: skip
    assert found["errors"][0]["pointer"] == "/about/owner_code" and not Subject.objects.exists()
    assert not TokenUse.objects.exists()


def test_a_case_beside_a_project_needs_the_project_to_be_seen() -> None:
    project = walk.dispatched().root
    works = program(official("energy.works"), *SCOPES, f"take:{TownshipMatter.name}.*")
    sent = {
        "step": "file",
        "data": {"kind": "policy", "question": "路面由谁恢复"},
        "about": {"project": project.number},
    }
    address = f"/procedures/{TownshipMatter.name}/open"
    made = works.post(address, sent, status=201, key="m-1")
    assert Case.objects.get(pk=made["event"]["case"]).parent_id == project.pk
    assert works.fail(422, "post", address, {**sent, "step": "none"})["errors"][0]["pointer"] == "/step"
    found = works.fail(422, "post", address, {**sent, "about": {"project": "绛电接〔1999〕0001"}})
    assert found["errors"][0]["pointer"] == "/about/project"


def test_a_forbidden_charge_is_refused_and_stands_as_a_report() -> None:
    project = walk.dispatched().root
    grid = program(official("grid.connect"), *SCOPES, "take:power_access.charge_record.*")
    sent = {"data": {"what": "电缆", "amount": "12000.00", "inside": False}, "about": {"project": project.number}}
    found = grid.fail(409, "post", "/procedures/power_access.charge_record/open", sent)
    report = Case.objects.get(procedure_name=ChargeReport.name)
    assert report.number in found["detail"]


def test_anybody_reports_a_charge_without_a_token() -> None:
    sent = {"data": {"what": "电杆", "amount": "800", "place": "横水镇", "contact": "13800005678"}}
    answer = Client().post("/api/v1/procedures/power_access.charge_report/open", sent, content_type="application/json",
                           headers={"Idempotency-Key": "r-1"})  # fmt: skip
    assert answer.status_code == 201, answer.content.decode()
    assert answer.json()["case"] is None
    assert "13800005678" not in answer.content.decode()
    assert Case.objects.get().number == answer.json()["event"]["number"]


def test_anybody_reads_the_figures_checks_who_pays_and_asks_whose_pole_it_is() -> None:
    walk.dispatched()
    figures = Client().get("/api/v1/power/figures").json()
    assert sum(one["under_way"] for one in figures["projects"]) == 1
    asked = Client().get("/api/v1/power/self-check?size=小微&voltage=低压&kw=45&wish=standard")
    assert asked.status_code == 200, asked.content.decode()
    assert asked.json()["outcome"] == "A" and asked.json()["reasons"][0]["cites"]["printed"].startswith("《")
    wrong = Client().get("/api/v1/power/self-check?size=小微&voltage=低压&kw=x&wish=standard")
    assert wrong.status_code == 422 and wrong.json()["errors"][0]["pointer"] == "/kw"
    assert Client().get("/api/v1/power/self-check").status_code == 422
    assert Client().get("/api/v1/power/assets/none").status_code == 404


def test_a_plan_is_drafted_and_read_with_its_balances() -> None:
    planner = program(official("energy.plan"), *SCOPES, "take:power_access.annual_plan.*")
    sent = {"data": {"year": 2026, "lines": [{"name": "预留", "amount": "100000.00"}]}}
    made = planner.post("/procedures/power_access.annual_plan/open", sent, status=201)
    assert [row["case"] for row in planner.get("/power/plans")] == [made["case"]["id"]]
    assert planner.get("/power/plans/2026")["lines"] == [], "a draft binds nobody"
    case = walk.designed()
    walk.planned(case)
    shown = planner.get("/power/plans/2025")
    line = shown["lines"][0]
    assert (shown["planned"], line["amount"], line["used"], line["left"]) == (
        "500000.00",
        "500000.00",
        "0.00",
        "500000.00",
    )
    assert line["project"] == case.root.number
    planner.fail(404, "get", "/power/plans/1999")
    program(walk.owner(), *SCOPES).fail(404, "get", "/power/plans/2025")
