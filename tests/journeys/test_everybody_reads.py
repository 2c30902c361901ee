"""Every kind of page, looked at by axe-core: WCAG 2.2 AA and good practice, wide and narrow, light, dark, large."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.journeys import facts
from tests.journeys.desk import NARROW, WIDE, Desk, Office
from tests.journeys.test_class_a import apply_for

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = (
    (WIDE, "light", "", {"runOnly": RULES}),
    (NARROW, "light", "large", {"runOnly": RULES}),
    # Only colours change with the dark look.
    (WIDE, "dark", "", {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}),
)
DRESS = """([theme, text]) => {
    document.documentElement.dataset.theme = theme;
    text ? document.documentElement.dataset.text = text : delete document.documentElement.dataset.text;
}"""
READ = """() => {
    const copy = document.body.cloneNode(true);
    copy.querySelectorAll('code, script, style').forEach(one => one.remove());
    return copy.textContent;
}"""
KEPT = {
    "PDF", "OFD", "DOCX", "XLSX", "PNG", "JPG", "JSON", "GeoJSON", "CGCS", "BPMN", "SM", "MB", "kV", "kW", "kVA", "MAEDEM",  # noqa: E501
    "pdf", "CSV", "Excel", "Word", "English",
}  # fmt: skip
"""Words that Chinese officials write in Latin letters, the ends of file names, a language by its own name."""
TECHNICAL = ("/law", "/coverage", "/units", "/audit")
"""Pages that also name provisions, tests, units and accounts by their codes."""
VISITOR = (
    "/", "/sign-in", "/power/", "/power/self-check/", "/power/self-check/?size=小微&voltage=低压&kw=45&wish=standard",
    "/power/self-check/?size=其他&voltage=高压&kw=很多",
    "/power/self-check/map/?bbox=111.52,35.44,111.62,35.54", "/power/report/", "/power/receipt/", "/announcements",
    "/law", "/law/power", "/law/power/power-2-1-1", "/law/procedures/power_access.intake", "/coverage", "/no-such-page",
)  # fmt: skip
DESKS = {
    "review": ("/work", "/cases", "/search?q=示例", "/map", "/units", "/power/apply/", "/power/desk/approval/"),
    "energy": ("/power/desk/energy/", "/power/plan/draft/"),
    "grid": ("/power/desk/grid/",),
    "finance": ("/power/desk/finance/", "/audit"),
    "hengshui": ("/power/desk/township/",),
    "office": ("/power/desk/county/",),
    "auditor": ("/audit",),
    "security": ("/units", "/units/approval-bureau"),
}


def look(desk: Desk) -> Iterator[str]:
    """What axe finds on the page as it stands, in every look."""
    page = desk.page
    if not urlsplit(page.url).path.startswith(TECHNICAL):
        foreign = set(re.findall(r"[A-Za-z]{2,}", page.evaluate(READ))) - KEPT
        if foreign:
            yield f"{page.url} says {', '.join(sorted(foreign))}"
    for (width, height), theme, text, options in LOOKS:
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate(DRESS, [theme, text])
        for found in Axe().run(page, options={**options, "resultTypes": ["violations"]}).response["violations"]:
            places = "; ".join(node["html"][:160] for node in found["nodes"][:3])
            yield f"{page.url} ({width}, {theme} {text}) {found['id']}: {found['help']}: {places}"
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})


def test_visitors_pages(office: Office) -> None:
    visitor = office.desk()
    found = [one for path in VISITOR for one in look(visitor.open(path))]
    found += look(visitor.open("/sign-in").sign_in("review", "wrong-password"))
    found += look(visitor.open("/power/report/").press("提交反映"))
    assert not found, "\n".join(found)


@pytest.mark.parametrize("username", DESKS)
def test_desks(office: Office, username: str) -> None:
    desk = office.sits(username)
    found = [one for path in DESKS[username] for one in look(desk.open(path))]
    assert not found, "\n".join(found)


def test_the_pages_of_a_project(office: Office) -> None:
    owner = office.sits("foundry")
    found = list(look(owner.open("/power/apply/").press("提交申请")))
    number = apply_for(owner, facts.factory("示例无障碍厂", 14))
    found += look(owner)
    review = office.sits("review").find(number)
    found += look(review)
    found += look(review.begin("认定投资界面"))
    found += look(review.fill(是否延伸项目="否", 是否县政府投资="否").send("认定投资界面"))
    review.fill(是否延伸项目="是", 是否县政府投资="是").send("认定投资界面")
    found += look(review)
    works = office.sits("dispatch").find(number).take("派单").related("县政府投资办理")
    energy = office.sits("energy").find(works)
    found += look(energy.take("签收派工单").take("下达工单"))
    found += look(energy.open(energy.page.url + "/steps/order"))
    grid = office.sits("grid").find(works)
    found += look(grid.begin("出供电方案"))
    site = office.sits("works").find(works)
    found += look(site.follow("登记青苗").press("登记青苗"))
    assert not found, "\n".join(found)
