"""What is refused: the wrong role, a stranger, whoever comes second, two clicks, a wrong digit, a lost session."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from tests.journeys import facts
from tests.journeys.desk import Desk, Office
from tests.journeys.test_class_a import apply_for

pytestmark = pytest.mark.browser
KEY = "input[name=key]"


def send(desk: Desk, path: str, **data: str) -> tuple[int, str]:
    """Posts behind the page's back, with the session of whoever sits here; gives the status and the page."""
    cookies = {one["name"]: one["value"] for one in desk.page.context.cookies()}
    answer = desk.page.context.request.post(
        path, form={"csrfmiddlewaretoken": cookies["csrftoken"], **data}, max_redirects=0
    )
    return answer.status, answer.text()


def path_of(desk: Desk) -> str:
    return urlsplit(desk.page.url).path


def events_on(desk: Desk) -> int:
    desk.page.reload()
    return desk.page.locator("#event-1").locator("..").locator("li.event").count()


def test_a_clerk_without_the_post_gets_no_button_and_no_step(office: Office) -> None:
    number = apply_for(office.sits("foundry"), facts.factory("示例越权厂", 5))
    works = office.sits("works").find(number).says("由县审批局 初审办理")
    assert not works.page.locator(".steps a.act").count()
    path, before = f"{path_of(works)}/steps/classify", events_on(works)
    works.open(path).says("不能办", "您没有这个岗位").silent_on("文件须重新选择")
    assert not works.page.get_by_role("button", name="认定投资界面").count()
    status, text = send(works, path, **{"f-extension": "yes", "f-county_paid": "yes", "key": "behind-the-page"})
    assert status in (403, 422) and "您没有这个岗位" in text
    assert events_on(works.find(number)) == before


@pytest.mark.parametrize("username", ["bakery", "nanfan", "security"])
def test_whom_a_case_does_not_concern_finds_no_page(office: Office, username: str) -> None:
    owner = office.sits("foundry")
    number = apply_for(
        owner, facts.factory(f"示例保密厂{username}", {"bakery": 6, "nanfan": 7, "security": 8}[username])
    )
    case = path_of(owner.find(number))
    other = office.sits(username)
    for path in (case, f"{case}/steps/classify", case.replace("/cases/", "/power/projects/") + "/"):
        assert other.page.goto(path).status in (403, 404)
        other.silent_on("示例保密厂")
    assert send(other, f"{case}/steps/withdraw", reason="x")[0] in (403, 404)
    stranger = office.desk().open(case)
    assert path_of(stranger) == "/sign-in"
    stranger.silent_on("示例保密厂", number)


def test_whoever_dispatches_second_is_told_the_number(office: Office) -> None:
    number = apply_for(office.sits("foundry"), facts.factory("示例抢单厂", 9))
    office.sits("review").find(number).take("认定投资界面", 是否延伸项目="是", 是否县政府投资="是")
    first, second = (office.desk().sign_in("dispatch").find(number).begin("派单") for _ in range(2))
    first.press("派单").says("已办理", "绛电派〔2025〕")
    second.press("派单").says("没有办成", "已派单，派工单为绛电派〔2025〕")
    assert re.search(r"绛电派〔2025〕\d{4}", second.page.locator("main").inner_text())
    assert first.page.locator("section[aria-labelledby=related] li", has_text="县政府投资办理").count() == 1


def test_a_step_sent_twice_is_taken_once(office: Office) -> None:
    number = apply_for(office.sits("foundry"), facts.factory("示例连点厂", 10))
    review = office.sits("review").find(number).begin("认定投资界面").fill(是否延伸项目="是", 是否县政府投资="是")
    path, key = path_of(review), review.page.locator(KEY).input_value()
    review.send("认定投资界面").says("“认定投资界面”已办理")
    taken = events_on(review)
    status, _ = send(review, path, **{"f-extension": "yes", "f-county_paid": "yes", "key": key})
    assert status == 302, "the same click once more is no fault"
    review.page.go_back()
    button = review.page.get_by_role("button", name="认定投资界面", exact=True)
    if button.count():  # the browser kept the form
        review.fill(是否延伸项目="是", 是否县政府投资="是").send("认定投资界面")
    review.says("本件现为“已认定”")
    assert events_on(review.find(number)) == taken


def test_an_impatient_double_click_applies_once(office: Office) -> None:
    owner = office.sits("foundry").open("/power/apply/").fill(facts.PAPERS, **facts.factory("示例双击厂", 11))
    owner.page.get_by_role("button", name="提交申请").dblclick()
    owner.page.wait_for_url("**/power/projects/*/")
    owner.open("/cases?q=示例双击厂")
    expect(owner.page.locator("main tbody tr")).to_have_count(1)


def test_the_wrong_digit_of_a_credit_code_is_named(office: Office) -> None:
    window = office.sits("review").open("/power/apply/")
    wrong = {
        "业主是": "单位、个体工商户",
        "业主名称": "示例错码厂",
        "统一社会信用代码或身份证号码": "91140826MAEDEM001D",
    }
    window.fill(facts.PAPERS, **wrong, **facts.factory("示例错码厂房", 12)).press("提交申请")
    window.refused("第18位", "文件须重新选择")
    field = window.page.get_by_label("统一社会信用代码或身份证号码")
    expect(field).to_have_value("91140826MAEDEM001D")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(window.page.get_by_label("项目名称")).to_have_value("示例错码厂房")
    window.fill(facts.PAPERS, 统一社会信用代码或身份证号码="91140826MAEDEM001C").press("提交申请")
    window.says("申请已收到")


def test_a_session_that_ended_leads_back_after_signing_in(office: Office) -> None:
    number = apply_for(office.sits("foundry"), facts.factory("示例断线厂", 13))
    review = office.sits("review").find(number).begin("认定投资界面").fill(是否延伸项目="是", 是否县政府投资="是")
    form = path_of(review)
    review.page.context.clear_cookies(name="sessionid")
    review.press("认定投资界面")
    assert path_of(review) == "/sign-in"
    review.sign_in("review")
    assert path_of(review) == form
    review.fill(是否延伸项目="是", 是否县政府投资="是").send("认定投资界面")
    assert review.state == "已认定"


def test_a_wrong_password_tells_nothing(office: Office) -> None:
    for username in ("review", "示例没有这个人"):
        office.desk().sign_in(username, "wrong-password").says("账号或密码不对")
