"""Everybody reaches it: on a phone, by keyboard alone, without script."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.journeys import facts
from tests.journeys.desk import NARROW, Desk, Office
from tests.journeys.test_class_a import apply_for, connect_shop

pytestmark = pytest.mark.browser
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(one => {
    const style = getComputedStyle(one), box = one.getBoundingClientRect();
    const hides = ['hidden', 'clip'].includes(style.overflowX) && box.width > 1 && box.height > 1;
    return hides && !one.closest('.aside, .skip') && one.innerText && one.scrollWidth > one.clientWidth + 1;
}).map(one => `${one.tagName} ${one.className}: ${one.innerText.slice(0, 40)}`)"""
OUTSIDE_VIEW = """() => [...document.querySelectorAll('main *, header *, footer *')].filter(one => {
    const box = one.getBoundingClientRect();
    if (!box.width || !box.height || one.closest('.scroll, svg, .aside, .skip')) return false;
    return box.right > document.documentElement.clientWidth + 1 || box.left < -1;
}).map(one => `${one.tagName} ${one.className}: ${(one.innerText || '').slice(0, 40)}`)"""
FOCUSED = "() => (document.activeElement.innerText || document.activeElement.name || '').trim()"
MOST_TABS = 120


def fits(desk: Desk) -> None:
    """Nothing lies beyond the edge of the screen, and no text is cut off."""
    where = desk.page.url
    assert desk.page.evaluate("() => document.scrollingElement.scrollWidth") <= NARROW[0], where
    assert desk.page.evaluate(OUTSIDE_VIEW) == [], where
    assert desk.page.evaluate(CLIPPED) == [], where


def test_pages_fit_a_phone(office: Office) -> None:
    number = apply_for(office.sits("bakery", size=NARROW), facts.shop("示例面包房手机店", 2))
    owner = office.sits("bakery")
    fits(owner)
    fits(owner.open("/power/apply/"))
    visitor = office.desk(size=NARROW)
    answered = "/power/self-check/?size=小微&voltage=低压&kw=45&wish=standard"
    for path in (
        "/",
        "/sign-in",
        "/power/",
        "/power/self-check/",
        answered,
        "/power/self-check/map/",
        "/power/report/",
        "/power/receipt/",
        "/law",
    ):
        fits(visitor.open(path))
    review = office.sits("review", size=NARROW)
    for path in ("/work", "/cases", "/search?q=示例", "/map", "/units", "/power/desk/approval/"):
        fits(review.open(path))
    fits(review.find(number))
    fits(review.begin("认定投资界面"))
    review.fill(是否延伸项目="否", 是否县政府投资="是").send("认定投资界面")
    fits(review.refused())


def test_a_visitor_points_at_the_land_with_a_finger(office: Office) -> None:
    desk = office.desk(size=NARROW)
    desk.open("/power/self-check/?size=其他&voltage=高压&kw=315&wish=standard").press("在图上点位置")
    taps = 0
    while "/map/" in urlsplit(desk.page.url).path:
        assert (taps := taps + 1) <= 4
        with desk.page.expect_navigation():
            desk.page.locator("svg.map").click()  # in its middle
    expect(desk.page.locator("#spot")).to_have_value(re.compile(r"^111\.\d{6}, 35\.\d{6}$"))
    expect(desk.page.locator("#kw")).to_have_value("315")
    expect(desk.page.locator("#result")).to_be_visible()


@pytest.mark.parametrize("size", [(683, 384), NARROW], ids=["twice as large", "phone"])
def test_large_text_fits(office: Office, size: tuple[int, int]) -> None:
    """683 pixels are what is left of 1,366 at 200 per cent."""
    desk = office.desk(size=size)
    desk.open("/").press("大字")
    expect(desk.page.locator("html")).to_have_attribute("data-text", "large")
    for path in ("/", "/power/", "/power/self-check/", "/sign-in"):
        desk.open(path)
        assert desk.page.evaluate("() => document.scrollingElement.scrollWidth") <= size[0], desk.page.url
    desk.open("/").press("大字")
    expect(desk.page.locator("html")).not_to_have_attribute("data-text", "large")


def tab_to(desk: Desk, text: str) -> list[str]:
    """Presses Tab until something with this text has the focus; gives all that had it."""
    seen: list[str] = []
    while not seen or seen[-1] != text:
        assert len(seen) < MOST_TABS, f"Tab never reaches “{text}”: {seen}"
        desk.page.keyboard.press("Tab")
        seen.append(desk.page.evaluate(FOCUSED))
    return seen


def test_the_keyboard_alone_takes_a_step(office: Office) -> None:
    number = apply_for(office.sits("bakery"), facts.shop("示例面包房键盘店", 3))
    review = office.sits("review").find(number)
    review.page.reload()
    acts = [one.inner_text().strip() for one in review.page.locator("main a.act, main button.act").all()]
    assert tab_to(review, "跳到正文") == ["跳到正文"], "the skip link comes first"
    review.page.keyboard.press("Enter")
    assert review.page.url.endswith("#main")
    reached = tab_to(review, acts[-1])
    assert [one for one in reached if one in acts] == acts, "every act, in the order of the page"

    review.page.reload()
    tab_to(review, "认定投资界面")
    with review.page.expect_navigation():
        review.page.keyboard.press("Enter")
    tab_to(review, "f-extension")
    review.page.keyboard.press("Space")
    tab_to(review, "f-county_paid")
    review.page.keyboard.press("ArrowRight")
    expect(review.page.get_by_role("group", name="是否县政府投资").get_by_label("否")).to_be_checked()
    tab_to(review, "认定投资界面")
    with review.page.expect_navigation():
        review.page.keyboard.press("Enter")
    assert review.state == "已认定"


def test_a_shop_is_connected_without_script(office: Office) -> None:
    connect_shop(office, "示例面包房无脚本店", 4, java_script_enabled=False)


def test_the_look_is_kept_with_the_account(office: Office) -> None:
    review = office.sits("review").open("/work")
    review.page.locator(".whoami summary").click()
    review.press("深色")
    other = office.desk().sign_in("review")
    expect(other.page.locator("html")).to_have_attribute("data-theme", "dark")
    other.page.locator(".whoami summary").click()
    other.press("浅色")
    expect(other.page.locator("html")).to_have_attribute("data-theme", "light")
