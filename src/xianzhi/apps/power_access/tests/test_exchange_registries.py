"""What registries send, and the locked package that goes to the auditor and comes back."""

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from xianzhi.apps.power_access.models import AccessProject, PlanningLand
from xianzhi.apps.power_access.services import package
from xianzhi.apps.power_access.tests import exchange, walk
from xianzhi.apps.power_access.tests.exchange import System, said
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.kernel import clock
from xianzhi.kernel.exchange import keys, signing
from xianzhi.kernel.exchange.files import BadBundle
from xianzhi.kernel.models import Case

DAY = walk.APPLIED
AREA = {"name": "示例图层", "shape": "111.555,35.480 111.565,35.480 111.565,35.500 111.555,35.500"}


@pytest.fixture
def registry(jiangxian: None) -> System:
    return exchange.connect("natural_resources", "land", ("land_layer", "project_stage"))


def layer(registry: System, **changed: Any) -> Any:
    given = {"layer": "planning", "true_on": "2025-03-02", "source": "示例更新", "whole": False, "areas": [AREA]}
    return registry.give("land_layer", **(given | changed))


@pytest.mark.proves("power-1-1")
def test_a_layer_replaces_areas_of_its_name_from_its_day_on(registry: System) -> None:
    assert said(layer(registry))["result"] == "applied"
    old, new = PlanningLand.objects.order_by("since")
    assert (old.until, new.since, new.true_on, new.source) == (*[date(2025, 3, 2)] * 3, "示例更新")


@pytest.mark.parametrize(("whole", "standing"), [(True, {"新片区"}), (False, {"新片区", "示例图层"})])
def test_a_whole_layer_ends_what_it_does_not_name(registry: System, whole: bool, standing: set[str]) -> None:
    layer(registry, whole=whole, areas=[{**AREA, "name": "新片区"}])
    assert set(PlanningLand.objects.filter(until=None).values_list("name", flat=True)) == standing


def test_an_older_layer_is_kept_and_a_bad_area_keeps_all_out(registry: System) -> None:
    layer(registry)
    assert said(layer(registry, true_on="2025-02-20"))["result"] == "kept"
    bad = layer(registry, true_on="2025-03-03", areas=[AREA, {"name": "坏片区", "shape": "111.5,35.4 x"}])
    assert bad.status == 422
    assert "第2个范围“坏片区”" in said(bad)["reasons"][0]
    assert "今天之后" in said(layer(registry, true_on="2025-03-04"))["reasons"][0]
    assert PlanningLand.objects.filter(until=None).get().since == date(2025, 3, 2)


def test_the_stage_of_a_project_comes_by_its_code_and_never_goes_back(registry: System) -> None:
    walk.applied(walk.factory(project_code="2503-140826-89-01-000001"))
    for stage, day, result in (
        ("building_permit", "2025-03-02", "applied"),
        ("works_permit", "2025-03-03", "kept"),
    ):
        reply = registry.give("project_stage", project_code="2503-140826-89-01-000001", stage=stage, true_on=day)
        assert said(reply)["result"] == result
    assert AccessProject.objects.get().stage == "building_permit"
    unknown = registry.give("project_stage", project_code="0000", stage="completion", true_on="2025-03-03")
    assert said(unknown)["result"] == "kept"


# ---- the package


@pytest.fixture
def handed_in(jiangxian: None) -> Case:
    case = walk.accepted()
    walk.take(case, "hand_in", "energy.settle", DAY, "settlement_report", "papers", submitted="402000.00")
    walk.take(case, "consent_finance", "finance.close", DAY, auditor="示例会计师事务所")
    walk.take(case, "consent_energy", "energy.settle", DAY, auditor="示例会计师事务所")
    return case


def opened(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def closed(held: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return target.getvalue()


@pytest.mark.proves("power-3-2-2-6-3")
def test_the_package_holds_the_papers_and_a_signed_list_of_their_digests(handed_in: Case) -> None:
    held = opened(package.package(handed_in))
    listed = json.loads(held["digests.json"])
    assert listed["case"] == handed_in.number
    assert listed["files"] == {name: signing.digest(held[name]) for name in listed["files"]}
    assert len(listed["files"]) == 3
    statement = signing.receipt_statement(held["digests.json"].decode())
    assert signing.verified(keys.own().public.hex(), statement, held["digests.sig"].decode())
    assert signing.digest(held["digests.json"]) == package.digest_of(handed_in)


@pytest.mark.proves("power-3-2-2-6-3")
def test_a_file_changed_after_the_lock_is_named(handed_in: Case) -> None:
    held = opened(package.package(handed_in))
    assert {one.state for one in package.compare(handed_in, closed(held))} == {"same"}
    names = [name for name in held if name.endswith(".pdf")]
    held[names[0]] += b"changed"
    del held[names[1]]
    found = {one.name: one.state for one in package.compare(handed_in, closed(held))}
    assert (found[names[0]], found[names[1]], found[names[2]]) == ("changed", "missing", "same")
    client = Client()
    client.force_login(official("finance.close"))
    with clock.at(DAY):
        answer = client.post(
            f"/power/works/{handed_in.pk}/package/", {"package": SimpleUploadedFile("p.zip", closed(held))}
        )
    assert (answer.status_code, f"{names[0]}、{names[1]}与锁定时不一致" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "raw",
    [b"", b"PK\x03\x04", closed({"a": b""}), closed({"digests.json": b'{"case": "x"}'})],
    ids=("empty", "torn", "without digests", "of another case"),
)
def test_what_is_no_package_of_the_case_is_refused(handed_in: Case, raw: bytes) -> None:
    with pytest.raises(BadBundle):
        package.compare(handed_in, raw)


@pytest.mark.proves("power-3-2-2-6-3")
def test_an_audit_of_another_package_is_not_taken(handed_in: Case) -> None:
    audit = {"audited": "381500.00"}
    refusal = walk.refused(
        handed_in, "audit", "finance.close", DAY, "audit_report", package_sm3="0" * 64, **audit
    )  # fmt: skip
    assert "封存包与锁定时不一致" in refusal
    walk.take(
        handed_in, "audit", "finance.close", DAY, "audit_report", package_sm3=package.digest_of(handed_in), **audit
    )
    assert Case.objects.get(pk=handed_in.pk).state == "audited"


def test_the_page_of_the_package_is_for_those_who_take_part(handed_in: Case) -> None:
    with clock.at(DAY):
        for who, status in (("energy.settle", 200), ("finance.close", 200), ("grid.scheme", 403)):
            client = Client()
            client.force_login(official(who))
            assert client.get(f"/power/works/{handed_in.pk}/package/").status_code == status, who
        client = Client()
        client.force_login(official("energy.settle"))
        assert opened(client.get(f"/power/works/{handed_in.pk}/package/?zip=1").content)["digests.json"]
        assert client.get(f"/power/works/{handed_in.root.pk}/package/").status_code == 404
