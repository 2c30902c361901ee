"""这是谁家的电杆: who answers for an asset, for anybody; a report goes to exactly that unit."""

from datetime import date, datetime
from http import HTTPStatus
from zoneinfo import ZoneInfo

import pytest
import zxingcpp
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from xianzhi.apps.power_access.models import Asset
from xianzhi.apps.power_access.pages import assets as pages
from xianzhi.apps.power_access.procedures import DefectReport
from xianzhi.apps.power_access.services import defects, handover
from xianzhi.apps.power_access.tests import walk
from xianzhi.apps.power_access.tests.sample import official
from xianzhi.apps.power_access.tests.walk import child, take
from xianzhi.kernel import clock
from xianzhi.kernel.models import Case

pytestmark = [pytest.mark.django_db, pytest.mark.proves("power-5-1"), pytest.mark.proves("power-5-2")]
TODAY = date(2025, 10, 8)
PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.fixture(autouse=True)
def _on_a_day():
    with clock.at(datetime(2025, 10, 8, 10, tzinfo=ZoneInfo("Asia/Shanghai"))):
        yield


@pytest.fixture
def asset(jiangxian) -> Asset:
    """A-014, listed after the acceptance: 县能源局 answers for it until it is handed over."""
    case = child(walk.accepted().parent, handover.Handover)
    rows = [{"code": "A-014", "kind": "工作井", "position": "示例路北侧", "point": None, "value": "1200.00"}]
    take(case, "list_assets", "energy.works", TODAY, assets=rows, view="transfer")
    return Asset.objects.get()


def transferred(asset: Asset) -> None:
    """Handed over and in operation: from now on 供电公司 answers for it."""
    case = asset.handover
    take(case, "judge_transfer", "grid.assets", TODAY, reasons="符合移交条件", judged=1)
    take(case, "scan", "grid.assets", TODAY, codes=[{"code": asset.code}])
    take(case, "sign", "energy.works", TODAY, "agreement", signed_on=TODAY, effective_on=TODAY)
    works = asset.project.case.children.get(procedure_name="power_access.county_paid")
    take(works, "energise", "grid.connect", TODAY, energised_on=TODAY)
    take(case, "complete", "grid.assets", TODAY)


def page(code: str = "A-014") -> str:
    return Client().get(f"/power/asset/{code}/").content.decode()


def test_whoever_scans_it_sees_the_holder_and_its_telephone(asset):
    energy, grid = official("energy.works").posts.get().unit, official("grid.assets").posts.get().unit
    grid.phone = "0359-5550100"
    grid.save()
    assert energy.name in page()
    transferred(asset)
    shown = page()
    assert grid.name in shown
    assert 'href="tel:0359-5550100"' in shown
    assert "2025年10月8日" in shown


def test_a_report_goes_to_whoever_answers_for_it(asset):
    before = defects.report_defect(asset, what="井盖松动")
    assert [step.name for step in before.procedure.steps_from(before.state)] == ["settle_builder"]
    transferred(asset)
    after = defects.report_defect(Asset.objects.get(), what="井盖松动")
    assert [step.name for step in after.procedure.steps_from(after.state)] == ["settle_company"]
    assert after.due_on == date(2025, 10, 11)  # three working days, for that Saturday is worked
    Asset.objects.update(kind="检查井")  # a later word for its kind takes no report away
    assert defects.defects_of(Asset.objects.get()).count() == 2
    assert not defects.defects_of(Asset(code="A-015", kind=asset.kind, project=asset.project)).exists()


def test_from_the_page_to_the_receipt(asset):
    client, form = Client(), {"key": "one", "f-what": "井盖松动", "f-contact": "13800138000"}
    answer = client.post("/power/asset/A-014/", {**form, "m-photo": SimpleUploadedFile("a.png", PNG)})
    assert answer.status_code == HTTPStatus.FOUND
    case = Case.objects.get(procedure_name=DefectReport.name)
    assert case.materials.get().kind == "photo"
    assert client.post("/power/asset/A-014/", {**form, "m-photo": SimpleUploadedFile("a.png", PNG)}).url == answer.url
    assert Case.objects.filter(procedure_name=DefectReport.name).count() == 1
    receipt = client.get(answer.url).content.decode()
    assert case.number in receipt
    assert "13800138000" not in receipt
    take(case, "settle_builder", "energy.works", TODAY, done="已更换井盖")
    assert "已更换井盖" in client.get(answer.url).content.decode()
    assert "没有" in page()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"f-what": ""}, "有什么情况"),
        ({"f-what": "x" * 5000}, "有什么情况"),
        ({"f-what": "坏了", "m-photo": SimpleUploadedFile("a.png", b"no picture")}, "a.png"),
    ],
)
def test_what_cannot_be_taken(asset, sent, said):
    answer = Client().post("/power/asset/A-014/", {"key": "k", **sent})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert said in answer.content.decode()
    assert not Case.objects.filter(procedure_name=DefectReport.name).exists()


def test_finding_by_code_or_place(asset):
    client = Client()
    assert client.get("/power/asset/", {"code": "a-014"}).url == "/power/asset/A-014/"
    assert "A-014" in client.get("/power/asset/", {"code": "示例路"}).content.decode()
    assert "没有编号或位置" in client.get("/power/asset/", {"code": "B-999"}).content.decode()
    assert client.get("/power/asset/A-015/").status_code == HTTPStatus.NOT_FOUND


def test_labels_open_the_page_of_their_asset(asset, tmp_path):
    client = Client()
    client.force_login(official("grid.assets"))
    sheet = client.get(f"/power/handover/{asset.handover.pk}/labels/")
    assert "A-014" in sheet.content.decode()
    [label] = sheet.context["labels"]
    picture = tmp_path / "code.png"
    pages.segno.make(label["url"], error="m").save(picture, scale=8)
    [read] = zxingcpp.read_barcodes(Image.open(picture))
    assert read.text == pages.url_of(asset)
    assert read.text.endswith("/power/asset/A-014/")


def test_labels_are_for_those_who_put_them_on(asset):
    client = Client()
    client.force_login(official("finance.fund"))
    assert client.get(f"/power/handover/{asset.handover.pk}/labels/").status_code == HTTPStatus.FORBIDDEN


def test_the_handover_leads_to_its_labels_for_those_who_print_them(asset):
    client, link = Client(), f"/power/handover/{asset.handover.pk}/labels/"
    for post, leads in (("grid.assets", True), ("energy.works", True), ("finance.fund", False)):
        client.force_login(official(post))
        shown = client.get(f"/cases/{asset.handover.pk}")
        assert (shown.status_code, link in shown.content.decode()) == (200, leads), post
