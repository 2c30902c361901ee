"""The map: the same scope as every list, drawn on the server, readable as a table and as GeoJSON."""

import json
import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from xianzhi.kernel import layers
from xianzhi.kernel.layers import Feature
from xianzhi.kernel.models import Case
from xianzhi.kernel.pages.guard import by_function
from xianzhi.kernel.pages.map import A_PAGE, WIDTH, Shape, Sheet, _apart
from xianzhi.kernel.tests import sample as the_sample

pytestmark = pytest.mark.django_db
TOWN, OTHER = "140826100000", "140826101000"
LON, LAT = 111.568, 35.491


def route_of(case: Case) -> dict:
    east = LON + int(case.number[-4:]) / 1e4  # apart by their number: ids differ from one database to the next
    return {"type": "LineString", "coordinates": [[east, LAT], [east, LAT + 0.01]]}


@pytest.fixture
def routes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A layer as a service would add one, beside the kernel's own: the routes of the visible cases."""
    monkeypatch.setattr(layers, "layers", {"cases": layers.layers["cases"]})

    @layers.layer("routes", "线路", order=30)
    def routes(account, bbox):
        for case in Case.objects.visible_to(account):
            yield Feature(route_of(case), case.number, "route", division=case.division, properties={"状态": case.state})

    yield


def seen(client: Client, account, **asked) -> dict:
    client.force_login(account)
    answer = client.get(reverse("map-json"), asked)
    assert answer.status_code == 200
    return json.loads(answer.content)


def labels(found: dict, layer: str = "routes") -> set[str]:
    return {one["properties"]["label"] for one in found["features"] if one["properties"]["layer"] == layer}


def test_an_officer_of_one_township_sees_no_route_of_another(client: Client, people, routes) -> None:
    here, there = the_sample.draft(people), the_sample.draft(people, division=the_sample.OTHER_TOWN)
    assert labels(seen(client, people.warden)) == {here.number}
    assert labels(seen(client, people.other_warden)) == {there.number}
    assert labels(seen(client, people.clerk)) == {here.number, there.number}
    assert labels(seen(client, people.neighbour)) == set()
    client.force_login(people.warden)
    page = client.get(reverse("map")).content.decode()
    assert here.number in page and there.number not in page


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    for name in ("map", "map-json"):
        assert client.get(reverse(name)).status_code == 302


def test_open_cases_are_counted_by_township(client: Client, people) -> None:
    for division in (TOWN, "140826100201", OTHER):
        the_sample.draft(people, division=division)
    found = seen(client, people.clerk, layer="cases")
    counted = {one["properties"]["division"]: one["properties"]["在办"] for one in found["features"]}
    assert counted == {TOWN: 2, OTHER: 1}
    assert {one["properties"]["在办"] for one in seen(client, people.warden, layer="cases")["features"]} == {2}


def test_layers_and_township_are_chosen_by_the_address(client: Client, people, routes) -> None:
    here, _there = the_sample.draft(people), the_sample.draft(people, division=the_sample.OTHER_TOWN)
    assert labels(seen(client, people.clerk, layer="cases")) == set()
    assert labels(seen(client, people.clerk, layer="routes", place=TOWN)) == {here.number}
    assert here.number in labels(seen(client, people.clerk, place=TOWN)), "a link to a township shows every layer"
    assert seen(client, people.clerk, place=TOWN, chosen="1")["features"] == [], "every box was unticked"


def test_a_box_keeps_what_touches_it(client: Client, people, routes) -> None:
    case = the_sample.draft(people)
    assert labels(seen(client, people.clerk, layer="routes", bbox=f"{LON},{LAT},{LON + 1},{LAT + 1}")) == {case.number}
    assert labels(seen(client, people.clerk, layer="routes", bbox="110,35,110.5,35.2")) == set()


@pytest.mark.parametrize(
    "bad",
    ["1,2,3", "a,b,c,d", "111,36,110,35", "nan,35,112,36", "1e999,35,112,36", "111,35,400,36", "0,0,1e-320,1e-320"],
)
def test_a_box_that_cannot_be_read(client: Client, people, bad: str) -> None:
    client.force_login(people.clerk)
    answer = client.get(reverse("map-json"), {"bbox": bad})
    assert answer.status_code == 400 and "西,南,东,北" in json.loads(answer.content)["error"]
    page = client.get(reverse("map"), {"bbox": bad})
    assert page.status_code == 200 and "西,南,东,北" in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "says"), [({"layer": "nothing"}, "没有图层 nothing"), ({"place": "1"}, "没有乡镇 1")]
)
def test_an_unknown_layer_or_township_is_said(client: Client, people, asked: dict, says: str) -> None:
    client.force_login(people.clerk)
    assert says in json.loads(client.get(reverse("map-json"), asked).content)["error"]
    assert says in client.get(reverse("map"), asked).content.decode()


def test_a_layer_for_others_is_neither_offered_nor_given(client: Client, people, routes) -> None:
    layers.layer("money", "资金", who=by_function("finance"))(lambda account, bbox: [])
    client.force_login(people.clerk)
    assert "资金" not in client.get(reverse("map")).content.decode()
    assert client.get(reverse("map-json"), {"layer": "money"}).status_code == 400
    client.force_login(people.cashier)
    assert "资金" in client.get(reverse("map")).content.decode()


def test_two_layers_of_one_name_are_refused(routes) -> None:
    with pytest.raises(ValueError, match="图层 routes 已有"):
        layers.layer("routes", "又一个")(lambda account, bbox: [])


def test_the_table_has_every_feature_in_pages(client: Client, people, routes) -> None:
    layers.layer("many", "许多", order=10)(
        lambda account, bbox: (
            Feature({"type": "Point", "coordinates": [LON, LAT]}, f"点{n}", "site") for n in range(1500)
        )
    )
    client.force_login(people.clerk)
    first = client.get(reverse("map"), {"layer": "many"}).content.decode()
    assert first.count('<td class="fit">许多</td>') == A_PAGE and "没有画全" in first and "第 1 页，共 5 页" in first
    assert "点999" in client.get(reverse("map"), {"layer": "many", "page": "5"}).content.decode()
    assert client.get(reverse("map"), {"layer": "many", "page": "x"}).status_code == 200


def test_the_sheet_keeps_proportions_and_north_up() -> None:
    sheet = Sheet((111.0, 35.0, 112.0, 36.0))
    west, south = sheet.at(111.0, 35.0)
    east, north = sheet.at(112.0, 36.0)
    assert 0 < west < east < WIDTH and 0 < north < south < sheet.height
    assert (east - west) / (south - north) == pytest.approx(0.814, abs=0.001), "cos 35.5°"


def test_a_slender_township_is_shown_with_what_lies_beside_it() -> None:
    sheet = Sheet((111.0, 35.0, 111.05, 36.0))
    assert sheet.height <= WIDTH
    middle, _y = sheet.at(111.025, 35.5)
    assert middle == pytest.approx(WIDTH / 2, abs=1)


def test_labels_do_not_lie_over_one_another() -> None:
    shapes = [Shape("town", "", x, 100, 5, "横水镇", "", "横水镇") for x in (100, 110, 120, 300)]
    placed = list(_apart(shapes))
    assert [one.label for one in placed] == ["横水镇", "横水镇", "", "横水镇"]
    assert placed[0].label_y < 100 < placed[1].label_y and placed[3].label_y == placed[0].label_y


def test_labels_never_lie_over_one_another(client: Client, people, routes) -> None:
    for _ in range(6):
        the_sample.draft(people)
    client.force_login(people.clerk)
    content = client.get(reverse("map"), {"layer": "routes", "place": TOWN}).content.decode()
    spots = [
        (float(x), float(y)) for x, y in re.findall(r'<text class="halo strong" x="([\d.]+)" y="([\d.]+)"', content)
    ]
    assert spots, "a place with few features names some of them"
    assert len(spots) == len({(round(x), round(y)) for x, y in spots})
    assert all(abs(y - v) >= 15 for x, y in spots for u, v in spots if (x, y) != (u, v) and abs(x - u) < 13)


def test_the_map_goes_nearer_and_farther(client: Client, people, routes) -> None:
    the_sample.draft(people)
    client.force_login(people.clerk)
    content = client.get(reverse("map"), {"layer": "routes"}).content.decode()
    nearer, farther, fitting = re.findall(r'bbox=([\d.,-]+)">', content)
    width = lambda box: float(box.split(",")[2]) - float(box.split(",")[0])  # noqa: E731 - read once, here
    assert width(nearer) * 4 == pytest.approx(width(farther), rel=0.01)
    assert width(fitting) < width(farther)
    assert client.get(reverse("map"), {"layer": "routes", "bbox": fitting}).status_code == 200
